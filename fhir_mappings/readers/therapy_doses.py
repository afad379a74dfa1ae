"""Records of cancer drugs as doses on a timeline: which drug, from when to when, and whether it was given for certain.

What doses make together is in `readers.therapy_lines`; what is said of it, in `readers.therapy_facts`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from fhir_mappings.dates import When
from fhir_mappings.observations import load_table
from fhir_mappings.readers.gathering import Source
from fhir_mappings.readers.words import WordList
from fhir_mappings.statuses import Given

__all__ = [
    "Covered",
    "Dose",
    "Item",
    "Regimen",
    "Therapies",
    "believable",
    "named_regimen",
    "of_record",
    "therapies",
    "timeline",
    "unnamed_treatment",
]

FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Regimen:
    """Drugs given together under one name; a part is a drug or a class."""

    name: str
    parts: tuple[str, ...]
    cycle_days: int | None


@dataclass(frozen=True, slots=True)
class Therapies:
    """The table of therapies, ready to use. Days are whole days; groups hold drugs that may stand for each other.

    `drugs` are all that can make a line.
    """

    drugs: frozenset[str]
    classes: Mapping[str, frozenset[str]]
    only: Mapping[str, frozenset[str]]
    companions: frozenset[str]
    regimens: tuple[Regimen, ...]
    same_line: tuple[frozenset[str], ...]
    added: frozenset[str]
    maintenance: frozenset[str]
    adjuvant_counts: frozenset[str]
    advanced_by_nature: frozenset[str]
    arterial_procedures: frozenset[str]
    chemotherapy_procedures: frozenset[str]
    days: Mapping[str, int]

    def counts_for(self, drug: str, primaries: frozenset[str]) -> bool:
        """Whether a drug can make a line where these primaries are recorded."""
        limits = [self.only[name] for name, drugs in self.classes.items() if drug in drugs and name in self.only]
        return all(limit & primaries for limit in limits)

    def span(self, name: str) -> timedelta:
        """A length of time of the table."""
        return timedelta(days=self.days[name])


@dataclass(frozen=True, slots=True)
class Dose:
    """One record of one cancer drug. `drug` is None for a treatment that names none.

    `given`: the record says that it was given, and is no mere order. `start` is None when it is not dated.
    """

    drug: str | None
    start: When | None
    end: When | None
    given: bool
    ongoing: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Item:
    """A dated dose on the timeline. `certain`: given, and dated to the day."""

    drug: str
    start: date
    end: date
    certain: bool
    source: Source


class Covered:
    """The days that doses cover, each widened to both sides. Asking costs a search, whatever the number of doses."""

    def __init__(self, items: Iterable[Item], *, before: timedelta = timedelta(0), after: timedelta) -> None:
        """Join what overlaps."""
        self._starts: list[date] = []
        self._ends: list[date] = []
        for start, end in sorted((i.start - before, i.end + after) for i in items):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, day: date) -> bool:
        """Whether a day is covered."""
        place = bisect_right(self._starts, day) - 1
        return place >= 0 and day <= self._ends[place]


def believable(day: date) -> bool:
    """Whether a day can be one of a treatment; "0001-01-01" and "9999-12-31" stand for no date."""
    return FIRST_DAY <= day <= LAST_DAY


@cache
def therapies() -> Therapies:
    """The shipped table."""
    t = load_table("therapies")
    classes: dict[str, frozenset[str]] = {name: frozenset(row["drugs"]) for name, row in t["classes"].items()}
    return Therapies(
        frozenset().union(*classes.values()),
        MappingProxyType(classes),
        MappingProxyType({n: frozenset(row["only"]) for n, row in t["classes"].items() if "only" in row}),
        frozenset(t["companions"]),
        tuple(Regimen(row["name"], tuple(row["parts"]), row.get("cycle_days")) for row in t["regimens"]),
        tuple(frozenset(group) for group in t["same_line"]),
        frozenset(t["added"]),
        frozenset(t["maintenance"]),
        frozenset().union(*(classes[name] for name in t["adjuvant_counts"])),
        frozenset(t["advanced_by_nature"]),
        frozenset(t["arterial_procedures"]),
        frozenset(t["chemotherapy_procedures"]),
        MappingProxyType(t["days"]),
    )


@cache
def _texts() -> tuple[WordList, Mapping[str, tuple[str, ...]], WordList]:
    t: dict[str, Any] = load_table("therapies")
    by_text = {text: tuple(row["parts"]) for row in t["regimens"] for text in row.get("text", ())}
    return WordList(by_text), by_text, WordList(t["unnamed"])


def named_regimen(texts: Iterable[str]) -> tuple[str, ...]:
    """The drugs of a regimen that is named as a whole ("FOLFIRI, cycle 1"); empty when none is."""
    words, by_text, _ = _texts()
    for text in texts:
        if (name := words.find(text)) is not None:
            return by_text[name]
    return ()


def unnamed_treatment(texts: Iterable[str]) -> bool:
    """Whether words speak of cancer treatment without naming a drug."""
    return any(_texts()[2].find(text) is not None for text in texts)


def of_record(drug: str | None, kind: str, state: Given, last: When | None, start: When | None, source: Source) -> Dose:
    """One dose from what a medication resource says. A request is an order, whatever its status."""
    given = kind != "MedicationRequest" and state in (Given.GIVEN, Given.ONGOING)
    return Dose(drug, start, last, given, kind == "MedicationStatement" and state is Given.ONGOING, source)


def timeline(doses: Sequence[Dose], on: date | None, arterial: Iterable[date] = ()) -> tuple[Item, ...]:
    """Dated doses up to a day, in order. Same-day copies count once; an order beside a record of giving is that record.

    `arterial`: days on which a drug went into the liver's artery; what was given then is left out.
    """
    spans = therapies()
    days = frozenset(arterial)
    items = [i for dose in doses if (i := _item(dose, on)) is not None and i.start not in days]
    certain = [i for i in items if i.certain]
    by_drug: dict[str, list[Item]] = {}
    for i in certain:
        by_drug.setdefault(i.drug, []).append(i)
    near = spans.span("same_item")
    recorded = {drug: Covered(some, before=near, after=near) for drug, some in by_drug.items()}
    kept = certain + [i for i in items if not i.certain and i.start not in recorded.get(i.drug, ())]
    unique: dict[tuple[str, date, date, bool], Item] = {}
    for i in sorted(kept, key=lambda i: (i.start, i.drug, i.end, not i.certain, i.source.reference)):
        unique.setdefault((i.drug, i.start, i.end, i.certain), i)
    return tuple(unique.values())


def _item(dose: Dose, on: date | None) -> Item | None:
    if dose.drug is None or dose.start is None or (on is not None and dose.start.first > on):
        return None
    start, end = dose.start.first, dose.end.last if dose.end is not None else dose.start.first
    if dose.ongoing and dose.end is None and on is not None:
        end = on
    if not believable(start):
        return None
    end = min(end, on or LAST_DAY)
    certain = dose.given and dose.start.exact and (dose.end is None or dose.end.exact) and end >= start
    return Item(dose.drug, start, max(start, end), certain, dose.source)
