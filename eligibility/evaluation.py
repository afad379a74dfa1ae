"""The tree of a rule's condition, and its evaluation: compiled once into functions of the known values.

Nothing here knows the notation (that is `predicates`) or what a fact means.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.facts import Bound, Scalar
from eligibility.logic import Truth

__all__ = [
    "And",
    "Comparison",
    "Evaluate",
    "Known",
    "Node",
    "Not",
    "Or",
    "Undecided",
    "Values",
    "compare",
    "compiled",
    "facts_in",
]

Values = Mapping[str, Scalar]
"""The facts that may decide, by id. A fact that is missing from it is unknown."""

Evaluate = Callable[[Values], Truth]
Undecided = Callable[[Values], tuple[str, ...]]

_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`fact operator right`: right is a value, codes (for `in` and `not in`), or the id of another fact."""

    fact: str
    operator: str
    right: Decimal | bool | str | tuple[str, ...]
    right_is_fact: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """`known(fact)`, or `unknown(fact)` when `wanted` is false."""

    fact: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any part."""

    parts: tuple[Node, ...]


Node = Comparison | Known | Not | And | Or


def compare(left: Scalar, comparison: str, right: Scalar) -> Truth:
    """Compare two numbers, either of which may be known only from one side; unknown when that cannot settle it."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ORDER[comparison](left, right)
    if comparison == "!=":
        equal = compare(left, "==", right)
        return None if equal is None else not equal
    low, low_open, high, high_open = _range(left)
    rlow, rlow_open, rhigh, rhigh_open = _range(right)
    if comparison in (">", ">="):
        return compare(right, "<" if comparison == ">" else "<=", left)
    if comparison in ("<", "<="):
        strict = comparison == "<"
        if high is not None and rlow is not None:
            if high < rlow or (high == rlow and (not strict or high_open or rlow_open)):
                return True
        if low is not None and rhigh is not None:
            if low > rhigh or (low == rhigh and (strict or low_open or rhigh_open)):
                return False
        return None
    apart = (
        high is not None and rlow is not None and (high < rlow or (high == rlow and (high_open or rlow_open)))
    ) or (low is not None and rhigh is not None and (low > rhigh or (low == rhigh and (low_open or rhigh_open))))
    return False if apart else None


def _range(value: Scalar) -> tuple[Decimal | None, bool, Decimal | None, bool]:
    """(lowest, whether it is excluded, highest, whether it is excluded); None means no limit."""
    if isinstance(value, Bound):
        open_end = value.comparator in ("<", ">")
        if value.comparator in ("<", "<="):
            return None, False, value.limit, open_end
        return value.limit, open_end, None, False
    assert isinstance(value, Decimal)
    return value, False, value, False


def facts_in(node: Node) -> list[str]:
    """The facts a condition reads, in order of appearance."""
    if isinstance(node, Comparison):
        return [node.fact, str(node.right)] if node.right_is_fact else [node.fact]
    if isinstance(node, Known):
        return [node.fact]
    if isinstance(node, Not):
        return facts_in(node.part)
    return [fact for part in node.parts for fact in facts_in(part)]


def compiled(node: Node, catalogue: Catalogue) -> tuple[Evaluate, Undecided]:
    """The tree as functions of the known values, so that a hook call walks no tree."""
    if isinstance(node, Not):
        part, open_part = compiled(node.part, catalogue)

        def opposite(values: Values) -> Truth:
            result = part(values)
            return None if result is None else not result

        return opposite, open_part
    if isinstance(node, And | Or):
        return _joined(tuple(compiled(p, catalogue) for p in node.parts), decisive=isinstance(node, Or))
    if isinstance(node, Known):
        fact, wanted = node.fact, node.wanted
        return (lambda values: (fact in values) is wanted), (lambda _: ())
    evaluate, facts = _comparison(node, catalogue[node.fact]), tuple(facts_in(node))

    def open_facts(values: Values) -> tuple[str, ...]:
        if evaluate(values) is not None:
            return ()
        return tuple(f for f in facts if f not in values) or facts

    return evaluate, open_facts


def _joined(parts: tuple[tuple[Evaluate, Undecided], ...], *, decisive: bool) -> tuple[Evaluate, Undecided]:
    """And (decided by a false part) or or (decided by a true one)."""
    evaluates = tuple(evaluate for evaluate, _ in parts)

    def joined(values: Values) -> Truth:
        result: Truth = not decisive
        for each in evaluates:
            one = each(values)
            if one is decisive:
                return decisive
            if one is None:
                result = None
        return result

    def open_facts(values: Values) -> tuple[str, ...]:
        if joined(values) is not None:
            return ()
        return tuple(dict.fromkeys(f for _, undecided in parts for f in undecided(values)))

    return joined, open_facts


def _comparison(node: Comparison, definition: FactDefinition) -> Evaluate:
    fact, right = node.fact, node.right
    if definition.type.numeric:
        return _numeric(node)
    if definition.type is FactType.SET:
        wanted = node.operator == "=="

        def contains(values: Values) -> Truth:
            value = values.get(fact)
            return None if value is None else (right in value) is wanted  # type: ignore[operator]

        return contains
    if definition.type is FactType.BOOLEAN:
        expected = right if node.operator == "==" else not right

        def same(values: Values) -> Truth:
            value = values.get(fact)
            return None if value is None else value is expected

        return same
    members = frozenset(right) if isinstance(right, tuple) else frozenset((right,))
    positive = node.operator not in ("!=", "not in")
    answers = {code: _code_answer(code, members, positive, definition) for code in definition.values}

    def listed(values: Values) -> Truth:
        value = values.get(fact)
        return None if value is None else answers[value]  # type: ignore[index]

    return listed


def _code_answer(code: str, members: frozenset[object], positive: bool, definition: FactDefinition) -> Truth:
    """Whether one recorded code is among the members, given that some codes name only a parent."""
    if code in members:
        return positive
    if code in definition.unspecified:
        children = definition.unspecified[code]
        if children is None or children & members:
            return None
    return not positive


def _numeric(node: Comparison) -> Evaluate:
    fact, sign, right = node.fact, node.operator, node.right
    order = _ORDER[sign]
    if node.right_is_fact:
        other = str(right)

        def against_fact(values: Values) -> Truth:
            one, two = values.get(fact), values.get(other)
            return None if one is None or two is None else compare(one, sign, two)

        return against_fact
    assert isinstance(right, Decimal)
    limit = right

    def against_limit(values: Values) -> Truth:
        value = values.get(fact)
        if value is None:
            return None
        if value.__class__ is Decimal:
            return order(value, limit)
        return compare(value, sign, limit)

    return against_limit
