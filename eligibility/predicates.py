"""The notation of the rules: parsed once into a typed tree, checked against the catalogue, compiled to a function.

    liver.flr_pct >= drv.flr_required_pct
    bm.ras == wild_type and not (pt.ecog >= 3 or unknown(lab.bilirubin))
    pt.pregnancy_status in {pregnant_t1, pregnant_t2}

A comparison with a fact that is not known is unknown; `known(f)` and `unknown(f)` are always true or false.
On a set of codes `==` means "contains". A code that names only a parent ("lung cancer") is unknown against
its children and false against everything else. Nothing here knows what a fact means.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.errors import KnowledgeError
from eligibility.facts import Bound, Scalar
from eligibility.logic import Truth

__all__ = ["And", "Comparison", "Known", "Node", "Not", "Or", "Predicate", "compare", "parse"]

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
    """`fact operator right`, where right is a value, a set of codes (for `in`) or the id of another fact."""

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


def parse(text: str, catalogue: Catalogue) -> Predicate:
    """Read one predicate. Raises KnowledgeError saying what was found, at which word, and what is allowed."""
    parser = _Parser(text, catalogue)
    tree = parser.whole()
    facts = tuple(dict.fromkeys(_facts(tree)))
    return Predicate(text, tree, facts, *_compiled(tree, catalogue))


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
                "Use comparisons, `in {…}`, and, or, not, known(), unknown().",
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

    def _wrong(self, wanted: str, remedy: str = "") -> KnowledgeError:
        found = self._tokens[self._next].text if self._next < len(self._tokens) else "the end"
        return KnowledgeError(f"the condition {self._text!r} has {found!r} where {wanted} was expected.", remedy)

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
            raise self._wrong(f"a value of {fact.id}", f"Allowed: {', '.join(fact.values)}.")
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


def _facts(node: Node) -> list[str]:
    if isinstance(node, Comparison):
        return [node.fact, str(node.right)] if node.right_is_fact else [node.fact]
    if isinstance(node, Known):
        return [node.fact]
    if isinstance(node, Not):
        return _facts(node.part)
    return [fact for part in node.parts for fact in _facts(part)]


def _compiled(node: Node, catalogue: Catalogue) -> tuple[Evaluate, Undecided]:
    """The tree as functions of the known values, so that a hook call walks no tree."""
    if isinstance(node, Not):
        part, open_part = _compiled(node.part, catalogue)

        def opposite(values: Values) -> Truth:
            result = part(values)
            return None if result is None else not result

        return opposite, open_part
    if isinstance(node, And | Or):
        return _joined(tuple(_compiled(p, catalogue) for p in node.parts), decisive=isinstance(node, Or))
    if isinstance(node, Known):
        fact, wanted = node.fact, node.wanted
        return (lambda values: (fact in values) is wanted), (lambda _: ())
    evaluate, facts = _compiled_comparison(node, catalogue[node.fact]), tuple(_facts(node))

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


def _compiled_comparison(node: Comparison, definition: FactDefinition) -> Evaluate:
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
    positive = node.operator != "!="
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
