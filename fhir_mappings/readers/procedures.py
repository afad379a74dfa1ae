"""Procedures that were completed: liver surgery, radiation and radioembolisation, transplant, removal of the primary.

Only `completed` counts as done. A procedure marked as not done proves nothing about other procedures of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from eligibility.facts import Bound, Obtained
from fhir_mappings.dates import When, first_of
from fhir_mappings.intake import Resource
from fhir_mappings.observations import load_table
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.words import WordList
from fhir_mappings.resources import Procedure
from fhir_mappings.statuses import procedure_was_done

__all__ = ["days_since", "read_procedures"]

_LIVER = frozenset({"liver", "couinaud_segments", "liver_lobes"})
_NOT_DONE = WordList(
    ("planned", "consult", "consultation", "evaluation", "workup", "work-up", "discussion", "no", "not", "history of",
     "simulation", "planning", "cancelled", "canceled", "declined"),
)  # fmt: skip


_UNSETTLED = frozenset({"in-progress", "stopped", "unknown"})
"""Statuses of a procedure that may have been done, wholly or in part."""


@cache
def _table() -> dict[str, Any]:
    return load_table("procedures")


@cache
def _words() -> tuple[tuple[WordList, Mapping[str, Any]], ...]:
    return tuple((WordList(row["words"]), row) for row in _table()["words"])


def days_since(last: When, g: Gathering, *, ongoing_from: When | None = None) -> tuple[Decimal | Bound | None, str]:
    """Days from an event to the chart's date. A partial date leaves a bound."""
    if g.on is None:
        return None, "no date to count from"
    days = (g.on - last.last).days
    if ongoing_from is not None:
        return Bound(
            "<=", Decimal(max((g.on - ongoing_from.first).days, 0))
        ), "given since then; the last dose is not dated"
    if last.first > g.on:
        return None, "dated after today"
    if last.exact:
        return Decimal(days), ""
    return Bound(">=", Decimal(max(days, 0))), "the day is not recorded"


def read_procedures(g: Gathering, primaries: frozenset[str]) -> None:
    """Read every completed Procedure. `primaries`: the primaries on record, for what removes a primary."""
    unsettled: list[Source] = []
    for raw in g.all_of("Procedure"):
        g.attempt(raw, _one, primaries, unsettled)
    _doubt_surgery(g, unsettled)


def _one(g: Gathering, raw: Resource, primaries: frozenset[str], unsettled: list[Source]) -> None:
    procedure = g.read(raw, Procedure)
    if procedure is None:
        return
    done, perhaps = procedure_was_done(procedure.status), (procedure.status or "").strip() in _UNSETTLED
    if not (done or perhaps) or not g.usable_meaning(raw):
        return
    period = procedure.performedPeriod
    on = first_of(procedure.performedDateTime, period.end if period else None, period.start if period else None)
    if done:
        g.seen(on)
    concepts = g.codes.of_concept(procedure.code)
    text = procedure.code.words if procedure.code else ""
    source = Source(name_of(raw), "Procedure.code", next(iter(concepts.values()), None), text or None, on)
    t = _table()
    exact = [
        t["codes"][c.code.strip()]
        for c in (procedure.code.coding if procedure.code else None) or ()
        if c.code and c.code.strip() in t["codes"]
    ]
    rows = exact or [t["concepts"][c] for c in concepts if c in t["concepts"]]
    if perhaps:
        unsettled += [source] if any(row.get("major") for row in rows) else []
        return
    for row in rows:
        _say(g, row, procedure, source, primaries)
    if any(row.get("major") for row in rows):
        _say_surgery(g, source, on)
    if not concepts and text and _NOT_DONE.find(text) is None:
        suggested = source.but(obtained=Obtained.NARRATIVE)
        for words, row in _words():
            if words.find(" . ".join(procedure.code.all_words if procedure.code else ())) is not None:
                _say(g, {**row, "why": "read from the words of a Procedure"}, procedure, suggested, primaries)
                if row.get("major"):
                    _say_surgery(g, suggested, on)


def _say(g: Gathering, row: Mapping[str, Any], procedure: Procedure, source: Source, primaries: frozenset[str]) -> None:
    fact, value, why = row["fact"], row.get("value"), row.get("why", "")
    if fact is None:
        return
    if row.get("primary") is not None and row["primary"] not in primaries:
        return
    if row.get("site") == "liver":
        sites = procedure.bodySite or ()
        inside = any(g.codes.of_concept(s).keys() & _LIVER for s in sites)
        if sites and not inside:
            return
        if not sites:
            value, why = None, "radiation is recorded, its body site is not"
    g.say(source.finding(fact, value, why))


def _say_surgery(g: Gathering, source: Source, on: When | None) -> None:
    fact = _table()["major_surgery"]
    if on is None:
        g.say(source.finding(fact, None, "major surgery is recorded, its date is not"))
        return
    days, why = days_since(on, g)
    g.say(source.but(path="Procedure.performed").finding(fact, days, why))


def _doubt_surgery(g: Gathering, unsettled: Sequence[Source]) -> None:
    """Surgery that is not certain, later than the latest that is: the days since surgery are that many at most.

    `unsettled`: major surgery whose status does not tell whether it was done.
    """
    fact = _table()["major_surgery"]
    found = [f for f in g.findings.get(fact, ()) if g.on is None or f.effective is None or f.effective <= g.on]
    certain = [f for f in found if f.obtained is Obtained.STRUCTURED and f.value is not None]
    newest = max(certain, key=lambda f: f.effective or date.min, default=None)
    if newest is None or newest.effective is None or g.on is None:
        return
    limit = newest.value if isinstance(newest.value, Decimal) else Decimal((g.on - newest.effective).days)
    why = "surgery that is not certain is recorded after the last one that is"
    doubtful = [replace(f, obtained=Obtained.STRUCTURED) for f in found if f.obtained is Obtained.NARRATIVE]
    doubtful += [s.but(path="Procedure.performed").finding(fact, None) for s in unsettled]
    for f in doubtful:
        if f.effective is not None and newest.effective < f.effective <= g.on:
            g.say(replace(f, value=Bound("<=", limit), why=why))
