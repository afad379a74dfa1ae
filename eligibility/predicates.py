"""The notation of the rules: parsed once into a typed tree, checked against the catalogue, and compiled.

    liver.flr_pct >= drv.flr_required_pct
    bm.ras == wild_type and not (pt.ecog >= 3 or unknown(lab.bilirubin))
    pt.pregnancy_status in {pregnant_t1, pregnant_t2}

A comparison with a fact that is not known is unknown; `known(f)` and `unknown(f)` are always true or false.
On a set of codes `==` means "contains". A code that names only a parent ("lung cancer") is unknown against
its children and false against everything else. Nothing here knows what a fact means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.errors import KnowledgeError
from eligibility.evaluation import And, Comparison, Evaluate, Known, Node, Not, Or, Undecided, compiled, facts_in

__all__ = ["Predicate", "parse"]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A rule's condition: its text, its tree, the facts it reads in order of appearance, and two functions.

    `evaluate` gives its truth. `undecided` names the facts that keep it unknown: only those of parts that are
    unknown themselves. A fact that is known and cannot settle its comparison (a parent code, a number known
    from one side) is one of them.
    """

    text: str
    tree: Node
    facts: tuple[str, ...]
    evaluate: Evaluate
    undecided: Undecided


def parse(text: str, catalogue: Catalogue) -> Predicate:
    """Read one predicate. Raises KnowledgeError saying what was found, at which word, and what is allowed."""
    parser = _Parser(text, catalogue)
    tree = parser.whole()
    facts = tuple(dict.fromkeys(facts_in(tree)))
    return Predicate(text, tree, facts, *compiled(tree, catalogue))


class _Token(NamedTuple):
    kind: str
    text: str


_TOKEN = re.compile(
    r"\s+|(?P<fact>[a-z]+\.[a-z0-9_]+)|(?P<number>-?\d+(?:\.\d+)?(?![A-Za-z_0-9.]))|(?P<word>[A-Za-z0-9_]+)"
    r"|(?P<operator>==|!=|<=|>=|<|>)|(?P<mark>[(){},])"
)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise KnowledgeError(
                f"the condition {text!r} has an unexpected {text[position]!r}.",
                allowed="comparisons, `in {…}`, and, or, not, known(), unknown()",
            )
        if match.lastgroup:
            tokens.append(_Token(match.lastgroup, match.group()))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over: or < and < not < atom."""

    def __init__(self, text: str, catalogue: Catalogue) -> None:
        self._text = text
        self._catalogue = catalogue
        self._tokens = _tokens(text)
        self._next = 0

    def whole(self) -> Node:
        node = self._any()
        if self._next < len(self._tokens):
            raise self._wrong("the end", "Join parts with `and` or `or`.")
        return node

    def _wrong(self, wanted: str, remedy: str = "", allowed: str = "") -> KnowledgeError:
        found = self._tokens[self._next].text if self._next < len(self._tokens) else "the end"
        said = f"the condition {self._text!r} has {found!r} where {wanted} was expected."
        return KnowledgeError(said, remedy, allowed=allowed)

    def _take(self, *texts: str) -> str | None:
        if self._next < len(self._tokens) and self._tokens[self._next].text in texts:
            self._next += 1
            return self._tokens[self._next - 1].text
        return None

    def _kind(self, *kinds: str) -> _Token | None:
        if self._next < len(self._tokens) and self._tokens[self._next].kind in kinds:
            self._next += 1
            return self._tokens[self._next - 1]
        return None

    def _any(self) -> Node:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        if self._take("not"):
            return Not(self._not())
        return self._atom()

    def _atom(self) -> Node:
        if self._take("("):
            node = self._any()
            if not self._take(")"):
                raise self._wrong("`)`")
            return node
        if word := self._take("known", "unknown"):
            if not self._take("("):
                raise self._wrong("`(`")
            fact = self._fact()
            if not self._take(")"):
                raise self._wrong("`)`")
            return Known(fact.id, word == "known")
        return self._comparison()

    def _fact(self) -> FactDefinition:
        token = self._kind("fact")
        if token is None:
            raise self._wrong("a fact", "Facts are written section.name, as in knowledge/facts/.")
        if token.text not in self._catalogue:
            raise KnowledgeError(
                f"the condition {self._text!r} names the fact {token.text!r}, which is not in the catalogue.",
                f"Did you mean {_closest(token.text, self._catalogue)}?",
            )
        return self._catalogue[token.text]

    def _comparison(self) -> Node:
        fact = self._fact()
        if self._take("in"):
            return Comparison(fact.id, "in", self._codes(fact))
        token = self._kind("operator")
        if token is None:
            raise self._wrong("a comparison", "Use ==, !=, <, <=, >, >= or in.")
        if self._next < len(self._tokens) and self._tokens[self._next].kind == "fact":
            other = self._fact()
            if not (fact.type.numeric and other.type.numeric):
                raise KnowledgeError(
                    f"the condition {self._text!r} compares {fact.id} with {other.id}.", "Only numbers compare."
                )
            return Comparison(fact.id, token.text, other.id, right_is_fact=True)
        return Comparison(fact.id, token.text, self._value(fact, token.text))

    def _codes(self, fact: FactDefinition) -> tuple[str, ...]:
        if fact.type is not FactType.CODE:
            raise KnowledgeError(
                f"the condition {self._text!r} uses `in` on {fact.id}, a {fact.type}.", "Use it on codes."
            )
        if not self._take("{"):
            raise self._wrong("`{`")
        codes = [self._code(fact)]
        while self._take(","):
            codes.append(self._code(fact))
        if not self._take("}"):
            raise self._wrong("`}`")
        return tuple(codes)

    def _code(self, fact: FactDefinition) -> str:
        token = self._kind("word", "number")
        if token is None or token.text not in fact.values:
            if token is not None:
                self._next -= 1
            raise self._wrong(f"a value of {fact.id}", allowed=", ".join(fact.values))
        return token.text

    def _value(self, fact: FactDefinition, comparison: str) -> Decimal | bool | str:
        if fact.type.numeric:
            token = self._kind("number")
            if token is None:
                raise self._wrong(f"a number in {fact.unit or 'no unit'}")
            return Decimal(token.text)
        if comparison not in ("==", "!="):
            raise KnowledgeError(f"the condition {self._text!r} orders {fact.id}, a {fact.type}.", "Use == or !=.")
        if fact.type is FactType.BOOLEAN:
            word = self._take("true", "false")
            if word is None:
                raise self._wrong("true or false")
            return word == "true"
        return self._code(fact)


def _closest(name: str, catalogue: Catalogue) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(catalogue), n=3)
    return " or ".join(close) if close else "one of those in knowledge/facts/"
