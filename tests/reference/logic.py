"""True, false, unknown (README, rule 3.2), and what a comparison is for a value known from one side only.

None is unknown. Where the prose leaves a choice:

- A record that names only a parent ("lung cancer") is unknown against each child, also against both children
  together: nobody said which.
- A number known from one side is any real number of that side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.reference.book import FactLine
from tests.reference.notation import AllOf, AnyOf, Compare, Condition, IsKnown, Negated
from tests.reference.record import OneSided, Standing, Value

__all__ = ["Truth", "all_of", "any_of", "holds", "negation", "open_facts", "ordered"]

Truth = bool | None


def negation(truth: Truth) -> Truth:
    """Not unknown is unknown."""
    return None if truth is None else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """False wins, then unknown."""
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """True wins, then unknown."""
    found = list(truths)
    if True in found:
        return True
    return None if None in found else False


def ordered(value: Decimal | OneSided, sign: str, limit: Decimal) -> Truth:
    """A number against a limit."""
    if isinstance(value, Decimal):
        return {
            "==": value == limit, "!=": value != limit, "<": value < limit, "<=": value <= limit,
            ">": value > limit, ">=": value >= limit,
        }[sign]  # fmt: skip
    if sign == "<":
        return _below(value, limit)
    if sign == ">=":
        return negation(_below(value, limit))
    if sign == "<=":
        return _at_most(value, limit)
    if sign == ">":
        return negation(_at_most(value, limit))
    possible = _below(value, limit) is not True and _at_most(value, limit) is not False
    equal = None if possible else False
    return equal if sign == "==" else negation(equal)


def _below(value: OneSided, limit: Decimal) -> Truth:
    """Whether every number of that side is below the limit, none is, or some are."""
    if value.sign == "<":
        return True if value.limit <= limit else None
    if value.sign == "<=":
        return True if value.limit < limit else None
    return False if value.limit >= limit else None


def _at_most(value: OneSided, limit: Decimal) -> Truth:
    if value.sign in ("<", "<="):
        return True if value.limit <= limit else None
    if value.sign == ">":
        return False if value.limit >= limit else None
    return False if value.limit > limit else None


def holds(condition: Condition, facts: Mapping[str, Standing], lines: Mapping[str, FactLine]) -> Truth:
    """Whether a condition is true, false or unknown of these facts."""
    if isinstance(condition, AllOf):
        return all_of(holds(p, facts, lines) for p in condition.parts)
    if isinstance(condition, AnyOf):
        return any_of(holds(p, facts, lines) for p in condition.parts)
    if isinstance(condition, Negated):
        return negation(holds(condition.part, facts, lines))
    if isinstance(condition, IsKnown):
        return facts[condition.fact].known is condition.wanted
    return _compared(condition, facts, lines)


def open_facts(condition: Condition, facts: Mapping[str, Standing], lines: Mapping[str, FactLine]) -> frozenset[str]:
    """The facts that keep an unknown condition unknown: those of its unknown parts, down to single comparisons."""
    if holds(condition, facts, lines) is not None:
        return frozenset()
    if isinstance(condition, Negated):
        return open_facts(condition.part, facts, lines)
    if isinstance(condition, AllOf | AnyOf):
        return frozenset().union(*(open_facts(p, facts, lines) for p in condition.parts))
    assert isinstance(condition, Compare)
    right = [w for w in condition.words if w in lines and not facts[w].known]
    left_is_open = not facts[condition.fact].known or not right
    return frozenset([condition.fact] if left_is_open else []) | frozenset(right)


def _compared(compare: Compare, facts: Mapping[str, Standing], lines: Mapping[str, FactLine]) -> Truth:
    value = facts[compare.fact].value
    if value is None:
        return None
    if compare.sign == "in":
        return any_of(_equal(value, word, lines[compare.fact]) for word in compare.words)
    (word,) = compare.words
    if isinstance(value, Decimal | OneSided):
        if word in lines:
            other = facts[word].value
            return ordered(value, compare.sign, other) if isinstance(other, Decimal) else None
        return ordered(value, compare.sign, Decimal(word))
    equal = _equal(value, word, lines[compare.fact])
    return equal if compare.sign == "==" else negation(equal)


def _equal(value: Value, word: str, line: FactLine) -> Truth:
    if isinstance(value, Decimal | OneSided):
        return ordered(value, "==", Decimal(word))
    if isinstance(value, bool):
        return value is (word == "true")
    if isinstance(value, frozenset):
        return word in value
    if value == word:
        return True
    if value in line.parents:
        children = line.parents[value]
        return None if children is None or word in children else False
    return False
