"""Allergies: prior severe hypersensitivity to the drugs and contrast that options depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from eligibility.facts import Evidence, Finding
from fhir_mappings.dates import first_of
from fhir_mappings.intake import Resource
from fhir_mappings.observations import load_table
from fhir_mappings.readers.gathering import Gathering, name_of
from fhir_mappings.readers.medications import drugs_of
from fhir_mappings.readers.words import WordList
from fhir_mappings.resources import AllergyIntolerance
from fhir_mappings.statuses import allergy_counts, code_of

__all__ = ["read_allergies"]


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = load_table("medications")["allergy"]
    return table


@cache
def _severe_words() -> WordList:
    return WordList(_table()["severe_words"])


def read_allergies(g: Gathering) -> None:
    """One finding with every severe allergy on record.

    An allergy of unstated severity cannot be a value by itself: alone it makes the fact unknown; beside a severe
    one it is counted with it, because the set must not look complete without it.
    """
    heard = _Heard({}, {}, [])
    for raw in g.all_of("AllergyIntolerance"):
        g.attempt(raw, _one, heard)
    _say(g, heard.severe, heard.unrated, max(heard.dates, default=None))


@dataclass(frozen=True, slots=True)
class _Heard:
    severe: dict[str, Evidence]
    unrated: dict[str, Evidence]
    dates: list[date]


def _one(g: Gathering, raw: Resource, heard: _Heard) -> None:
    allergy = g.read(raw, AllergyIntolerance)
    if allergy is None or not allergy_counts(allergy.clinicalStatus, allergy.verificationStatus):
        return
    named = [c for c in (allergy.code, *(r.substance for r in allergy.reaction or ())) if c is not None]
    if not any(c.coding or c.text for c in named):
        g.set_aside(raw, "what the allergy is to cannot be told")  # its kind is no longer completely read
        return
    drugs = drugs_of(g, named)
    groups = {group for group, members in _table()["groups"].items() if drugs.keys() & set(members)}
    if not groups or not g.usable_meaning(raw):
        return
    when = first_of(allergy.recordedDate, allergy.onsetDateTime)
    if when is not None:
        heard.dates.append(when.first)
    code = next((c for c in drugs.values() if c), None)
    evidence = Evidence(name_of(raw), "AllergyIntolerance.code", code, allergy.code.words if allergy.code else None)
    rated = _severe(allergy)
    for group in groups:
        if rated is not False:
            (heard.severe if rated else heard.unrated).setdefault(group, evidence)


def _severe(allergy: AllergyIntolerance) -> bool | None:
    """Severe, not severe, or not stated. An unconfirmed allergy is as severe as it says; anaphylaxis is severe."""
    table, words = _table(), _severe_words()
    if any(
        words.find(" . ".join(shown.all_words)) is not None
        or any((c.code or "").strip() in table["severe_sct"] for c in shown.coding or ())
        for reaction in allergy.reaction or ()
        for shown in reaction.manifestation or ()
    ):
        return True
    severities = {(r.severity or "").strip() for r in allergy.reaction or ()} - {""}
    criticality = (allergy.criticality or "").strip()
    if "severe" in severities or criticality == "high":
        return True
    if severities <= {"mild", "moderate"} and severities:
        return False
    return False if criticality == "low" and code_of(allergy.verificationStatus) is not None else None


def _say(g: Gathering, severe: Mapping[str, Evidence], unrated: Mapping[str, Evidence], on: date | None) -> None:
    fact = _table()["fact"]
    open_ones = {group: e for group, e in unrated.items() if group not in severe}
    if severe:
        names = frozenset(severe) | frozenset(open_ones)
        why = f"severity not recorded for {', '.join(sorted(open_ones))}: counted as severe" if open_ones else ""
        evidence = tuple(dict.fromkeys((*severe.values(), *open_ones.values())))
        g.say(Finding(fact, names, on, evidence=evidence, why=why))
    elif open_ones:
        why = f"allergy to {', '.join(sorted(open_ones))} recorded, how severe is not"
        g.say(Finding(fact, None, on, evidence=tuple(dict.fromkeys(open_ones.values())), why=why))
