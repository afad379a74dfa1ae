"""The notation of `when` (README, section 5), read by hand: words, then brackets, `not`, `and`, `or`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

__all__ = ["AllOf", "AnyOf", "Compare", "Condition", "IsKnown", "Negated", "facts_in", "parse"]


@dataclass(frozen=True)
class Compare:
    """`fact sign word`, or `fact in {words}`. A word may be a number, a code, true, false or another fact."""

    fact: str
    sign: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class IsKnown:
    """`known(fact)` or, not wanted, `unknown(fact)`."""

    fact: str
    wanted: bool


@dataclass(frozen=True)
class Negated:
    """`not part`."""

    part: Condition


@dataclass(frozen=True)
class AllOf:
    """`part and part`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """`part or part`."""

    parts: tuple[Condition, ...]


Condition = Compare | IsKnown | Negated | AllOf | AnyOf

_TOKEN = re.compile(r"\s*(==|!=|<=|>=|[<>(){},]|[A-Za-z0-9_.]+)")


@cache
def parse(text: str) -> Condition:
    """A condition. Raises ValueError when the text is not one."""
    tokens: list[str] = []
    rest = text.strip()
    while rest:
        match = _TOKEN.match(rest)
        if match is None:
            raise ValueError(f"cannot read {rest!r} in {text!r}")
        tokens.append(match.group(1))
        rest = rest[match.end() :].strip()
    reader = _Reader(tokens, text)
    condition = reader.disjunction()
    if reader.tokens:
        raise ValueError(f"{reader.tokens[0]!r} is left over in {text!r}")
    return condition


class _Reader:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = text

    def take(self, *wanted: str) -> str:
        if not self.tokens or (wanted and self.tokens[0] not in wanted):
            raise ValueError(f"expected {' or '.join(wanted) or 'more'} in {self.text!r}")
        return self.tokens.pop(0)

    def next_is(self, token: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == token

    def disjunction(self) -> Condition:
        parts = [self.conjunction()]
        while self.next_is("or"):
            self.take("or")
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def conjunction(self) -> Condition:
        parts = [self.negation()]
        while self.next_is("and"):
            self.take("and")
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def negation(self) -> Condition:
        if self.next_is("not"):
            self.take("not")
            return Negated(self.negation())
        if self.next_is("("):
            self.take("(")
            inside = self.disjunction()
            self.take(")")
            return inside
        return self.statement()

    def statement(self) -> Condition:
        word = self.take()
        if word in ("known", "unknown") and self.next_is("("):
            self.take("(")
            fact = self.take()
            self.take(")")
            return IsKnown(fact, word == "known")
        sign = self.take("==", "!=", "<", "<=", ">", ">=", "in")
        if sign != "in":
            return Compare(word, sign, (self.take(),))
        self.take("{")
        words = [self.take()]
        while self.next_is(","):
            self.take(",")
            words.append(self.take())
        self.take("}")
        return Compare(word, "in", tuple(words))


@cache
def facts_in(text: str) -> frozenset[str]:
    """The facts that a condition reads. A word on the right is a fact when it looks like one."""
    return _facts_in(parse(text))


def _facts_in(condition: Condition) -> frozenset[str]:
    if isinstance(condition, Compare):
        right = [w for w in condition.words if re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", w)]
        return frozenset([condition.fact, *right])
    if isinstance(condition, IsKnown):
        return frozenset([condition.fact])
    if isinstance(condition, Negated):
        return _facts_in(condition.part)
    return frozenset().union(*(_facts_in(p) for p in condition.parts))
