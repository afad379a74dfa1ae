"""A rule's condition in plain words, derived from its tree: `total bilirubin at most 1.5 mg/dL (26 µmol/L)`.

Negations are carried inwards first, which changes nothing in three-valued logic: what is left are single statements,
joined by "all of these" and "any of these". Nothing here knows what a fact means; words come from the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.evaluation import And, Comparison, Known, Node, Not, Or
from eligibility.facts import Scalar
from eligibility.wording import number, value_words

__all__ = ["Group", "Limit", "Part", "Phrase", "Words", "in_words", "inwards", "limits", "sentence", "stated"]

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in"}
_COMPARED = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "exactly", "!=": "other than"}
_COUNTED = {"<": "fewer than {}", "<=": "{} or fewer", ">": "more than {}", ">=": "{} or more", "==": "exactly {}",
            "!=": "a number other than {} of"}  # fmt: skip
_LONGEST_INLINE = 110


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; with `fact`, the words stand for that fact."""

    text: str
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One statement. `choice`: it offers several values, so that it needs brackets beside an "and"."""

    parts: tuple[Part, ...]
    choice: bool = False

    def __str__(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of which every one has to hold, or any one."""

    every: bool
    members: tuple[Phrase | Group, ...]

    @property
    def inline(self) -> bool:
        """Whether it reads well as one line, without a list."""
        plain = all(isinstance(m, Phrase) and not set(str(m)) & set(",;") for m in self.members)
        return plain and len(self.members) <= 3 and len(sentence(self)) <= _LONGEST_INLINE


Words = Phrase | Group


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a rule compares a fact with, in words. `alone`: the comparison is the whole rule."""

    fact: str
    words: str
    alone: bool


def in_words(tree: Node, catalogue: Catalogue) -> Words:
    """The condition in words."""
    return _words(inwards(tree), catalogue)


def sentence(words: Words) -> str:
    """The words as plain text on one line; what has to hold together inside a list stands in brackets."""
    if isinstance(words, Phrase):
        return str(words)
    inner = [
        f"({sentence(m)})" if isinstance(m, Group) or (m.choice and words.every) else sentence(m) for m in words.members
    ]
    return (" and " if words.every else " or ").join(inner)


def limits(tree: Node, catalogue: Catalogue) -> Iterator[Limit]:
    """Every comparison with a number, in the order of the condition."""
    whole = inwards(tree)
    for leaf in _leaves(whole):
        if isinstance(leaf, Comparison) and isinstance(leaf.right, Decimal):
            definition = catalogue[leaf.fact]
            word = _COMPARED[leaf.operator]
            yield Limit(leaf.fact, f"{word} {_amount(definition, leaf.right)}", alone=leaf is whole)


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def inwards(node: Node, *, negated: bool = False) -> Node:
    """The same condition without `not`, nested joins of one kind made one."""
    if isinstance(node, Not):
        return inwards(node.part, negated=not negated)
    if isinstance(node, Comparison):
        if not negated:
            return node
        return Comparison(node.fact, _OPPOSITE[node.operator], node.right, node.right_is_fact)
    if isinstance(node, Known):
        return Known(node.fact, node.wanted is not negated)
    kind = And if isinstance(node, And) is not negated else Or
    parts: list[Node] = []
    for part in node.parts:
        inner = inwards(part, negated=negated)
        parts += inner.parts if isinstance(inner, kind) else [inner]
    return kind(tuple(parts))


def _words(node: Node, catalogue: Catalogue) -> Words:
    if isinstance(node, And | Or):
        parts = list(node.parts)
        open_facts = _known_or_not(parts) if isinstance(node, Or) else frozenset()
        members = []
        for part in parts:
            if isinstance(part, Known) and part.fact in open_facts:
                continue
            words = _words(part, catalogue)
            if isinstance(part, Comparison) and part.fact in open_facts and isinstance(words, Phrase):
                words = Phrase((*words.parts, Part(" (or not known)")), words.choice)
            members.append(words)
        return members[0] if len(members) == 1 else Group(isinstance(node, And), tuple(members))
    if isinstance(node, Known):
        definition = catalogue[node.fact]
        return Phrase((Part(definition.label, node.fact), Part(" known" if node.wanted else " not known")))
    assert isinstance(node, Comparison)
    return _comparison(node, catalogue)


def _known_or_not(parts: list[Node]) -> frozenset[str]:
    """The facts of which one statement or "not known" is enough: said in one phrase."""
    unknown = {p.fact for p in parts if isinstance(p, Known) and not p.wanted}
    compared = [p.fact for p in parts if isinstance(p, Comparison) and not p.right_is_fact]
    return frozenset(fact for fact in unknown if compared.count(fact) == 1)


def _comparison(node: Comparison, catalogue: Catalogue) -> Phrase:
    definition = catalogue[node.fact]
    if node.right_is_fact:
        other = catalogue[str(node.right)]
        return Phrase(
            (
                Part(definition.label, node.fact), Part(f" {_COMPARED[node.operator]} the "),
                Part(other.label, other.id),
            )
        )  # fmt: skip
    if isinstance(node.right, Decimal):
        return _numeric(node, definition, node.right)
    if isinstance(node.right, bool):
        held = node.right is (node.operator == "==")
        return Phrase((Part(value_words(definition, held), node.fact),))
    codes = node.right if isinstance(node.right, tuple) else (node.right,)
    return _coded(definition, codes, wanted=node.operator in ("==", "in"))


def _coded(definition: FactDefinition, codes: tuple[str, ...], *, wanted: bool) -> Phrase:
    values = [definition.values[code] for code in codes]
    label, several = definition.label, len(values) > 1
    if definition.type is FactType.SET:
        return Phrase((Part(_listed(values), definition.id), *(() if wanted else (Part(" not recorded"),))))
    alone = all(_speaks_for_itself(label, value) for value in values)
    if wanted:
        told = _listed(values)
        parts = (Part(told, definition.id),) if alone else (Part(label, definition.id), Part(f" is {told}"))
        return Phrase(parts, several)
    told = f"neither {_listed(values, 'nor')}" if several else f"not {values[0]}"
    return Phrase((Part(told, definition.id),) if alone else (Part(label, definition.id), Part(f" is {told}")))


def _listed(items: list[str], last: str = "or") -> str:
    """`a, b or c`; with semicolons where an item has a comma of its own."""
    comma = "; " if any("," in item for item in items) else ", "
    return items[0] if len(items) == 1 else f"{comma.join(items[:-1])}{';' if comma == '; ' else ''} {last} {items[-1]}"


def _speaks_for_itself(label: str, value: str) -> bool:
    """Whether the words of a value name what they are about: "RAS wild type" does, "progressive disease" does not."""
    stems = {word[:5].casefold() for word in re.findall(r"[\w-]{3,}", label)} - {"the", "for", "last", "state"}
    return any(word[:5].casefold() in stems for word in re.findall(r"[\w-]{3,}", value))


def _numeric(node: Comparison, definition: FactDefinition, limit: Decimal) -> Phrase:
    named = definition.values.get(number(limit))
    if node.operator == "==" and named is not None:
        return Phrase((Part(named, node.fact),))
    if definition.unit == "{count}" or definition.label.startswith("days "):
        operator, count = node.operator, limit
        if operator == "!=" and definition.plausible is not None and limit == definition.plausible[0]:
            operator, count = ">=", limit + 1  # not the lowest there is
        counted = _COUNTED[operator].format(number(count))
        return Phrase((Part(f"{counted} {definition.label}", node.fact),))
    amount = _amount(definition, limit)
    return Phrase((Part(definition.label, node.fact), Part(f" {_COMPARED[node.operator]} {amount}")))


def _amount(definition: FactDefinition, limit: Decimal) -> str:
    """A number with its unit, and in the second unit where there is one."""
    words = value_words(definition, limit)
    if definition.unit == "{xULN}":
        words += " times the upper limit of normal"
    if definition.unit == "{grade}" and "grade" not in definition.label:
        words = f"grade {words}"
    return words


def stated(definition: FactDefinition, value: Scalar) -> Phrase:
    """A fact with its value, as a worked example gives it: `total bilirubin 0.7 mg/dL (12 µmol/L)`."""
    if isinstance(value, Decimal) and definition.values.get(number(value)) is not None:
        return Phrase((Part(definition.values[number(value)], definition.id),))
    words = value_words(definition, value)
    if isinstance(value, bool):
        return Phrase((Part(words, definition.id),))
    if isinstance(value, frozenset):
        return Phrase((Part(definition.label, definition.id), Part(f": {words}")))
    if isinstance(value, str):
        alone = _speaks_for_itself(definition.label, words)
        return Phrase(
            (Part(words, definition.id),) if alone else (Part(definition.label, definition.id), Part(f": {words}"))
        )
    amount = _amount(definition, value) if isinstance(value, Decimal) else words
    return Phrase((Part(definition.label, definition.id), Part(f" {amount}")))
