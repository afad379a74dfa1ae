"""What a report says: statements about facts of the catalogue, things named beside them, and the reading as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from eligibility.facts import Scalar

__all__ = [
    "TEXT_LIMIT",
    "Assertion",
    "Confidence",
    "Kind",
    "Mention",
    "Place",
    "Reading",
    "Statement",
    "settled",
    "stated",
]

TEXT_LIMIT = 100_000
"""Characters of a report that are read (SS-51)."""

Kind = Literal["radiology", "pathology", "other"]


class Assertion(StrEnum):
    """How a report puts a thing. Only what is affirmed carries a value (ER-25)."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    FAMILY = "family"
    COMPARISON = "comparison"


class Confidence(StrEnum):
    """Whether the wording leaves a doubt about how it was read."""

    CLEAR = "clear"
    LOOK = "needs a look"


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence of the report: `text[start:end]` is it, letter by letter."""

    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about one fact.

    `value` is in the catalogue's unit and spelling; None unless the assertion is `affirmed`. A clear absence is an
    affirmed value ("No ascites": none); `negated` without a value denies something that is no value ("no progression").
    `why` gives the reason for a doubt or for a missing value. `contradicted`: the same report also says otherwise.
    `also` are further sentences that the value rests on.
    """

    fact: str
    value: Scalar | None
    place: Place
    assertion: Assertion = Assertion.AFFIRMED
    confidence: Confidence = Confidence.CLEAR
    why: str = ""
    contradicted: bool = False
    also: tuple[Place, ...] = ()
    method: str | None = None

    @property
    def sentence(self) -> str:
        """The sentence, in the report's own words."""
        return self.place.sentence

    @property
    def start(self) -> int:
        """Where the sentence starts in the reading's text."""
        return self.place.start

    @property
    def end(self) -> int:
        """Where the sentence ends in the reading's text."""
        return self.place.end


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named that is no fact by itself: a liver segment, a site of disease, a treated zone."""

    kind: Literal["segment", "site", "treated"]
    what: str
    assertion: Assertion
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """One report, read. `text` is what offsets count in; `cut` says that the rest of a longer report was not read."""

    kind: Kind
    text: str
    statements: tuple[Statement, ...] = ()
    mentions: tuple[Mention, ...] = ()
    cut: bool = False

    @property
    def values(self) -> tuple[Statement, ...]:
        """The statements that carry a value."""
        return tuple(s for s in self.statements if s.value is not None)


def settled(statements: Iterable[Statement], together: frozenset[tuple[str, Scalar]] = frozenset()) -> list[Statement]:
    """Each fact and value once, its further sentences joined; different values of one fact are flagged.

    `together` are values that may stand beside others of their fact without contradiction.
    """
    groups: dict[tuple[object, ...], list[Statement]] = {}
    for s in statements:
        key = (s.fact, s.value) if s.value is not None else (s.fact, None, s.assertion, s.why, s.start)
        groups.setdefault(key, []).append(s)
    merged = [_as_one(group) for group in groups.values()]
    values: dict[str, set[Scalar]] = {}
    for s in merged:
        if s.value is not None and (s.fact, s.value) not in together:
            values.setdefault(s.fact, set()).add(s.value)
    return [
        replace(s, contradicted=True, confidence=Confidence.LOOK, why=s.why or "the report also says otherwise")
        if s.value is not None and len(values.get(s.fact, ())) > 1 and (s.fact, s.value) not in together
        else s
        for s in merged
    ]


def _as_one(group: list[Statement]) -> Statement:
    """The first of the clearest, with every other sentence that says the same."""
    first = min(group, key=_rank)
    others = (p for s in (first, *group) for p in ((*s.also,) if s is first else (s.place, *s.also)))
    return replace(first, also=tuple(dict.fromkeys(p for p in others if p != first.place))) if len(group) > 1 else first


def _rank(s: Statement) -> int:
    return 0 if s.confidence is Confidence.CLEAR else 1


def stated(
    fact: str,
    value: Scalar | None,
    place: Place,
    why: str = "",
    put: Assertion = Assertion.AFFIRMED,
    also: Iterable[Place] = (),
) -> Statement:
    """A statement; without a value, or with a reason for doubt, it needs a look."""
    doubt = Confidence.LOOK if why or value is None else Confidence.CLEAR
    return Statement(fact, value, place, put, doubt, why, also=tuple(dict.fromkeys(p for p in also if p != place)))
