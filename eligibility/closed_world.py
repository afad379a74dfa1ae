"""From findings to facts: settled, taken as absent where the closed-world rules (3.3) allow it, and derived.

A failed read is never an empty chart: "not recorded" counts as absent only in sources that were read completely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from eligibility.catalogue import Absence, Catalogue, FactDefinition
from eligibility.derived import derive
from eligibility.facts import Fact, FactStatus, Obtained, PatientFacts, ReadState, Scalar
from eligibility.settling import settle

__all__ = ["settle_all"]


def settle_all(patient: PatientFacts, catalogue: Catalogue, on: date) -> dict[str, Fact]:
    """Every fact of the catalogue, settled, defaulted within the closed-world rules (3.3) and derived."""
    complete = frozenset(kind for kind, r in patient.readings.items() if r.state is ReadState.COMPLETE)
    facts = dict(_silent_record(catalogue, complete))
    for fact, findings in patient.findings.items():
        definition = catalogue.get(fact)
        if definition is not None and not definition.derived and findings:
            facts[fact] = settle(definition, findings, on)
    _cirrhosis_from_background(facts)
    _pregnancy(facts)
    if _value(facts, "tx.prior_lines") == 0:
        _no_earlier_exposure(facts, catalogue, complete)
    facts.update(derive(facts, patient.readings))
    return facts


def _value(facts: Mapping[str, Fact], fact: str) -> Scalar | None:
    found = facts.get(fact)
    return found.value if found is not None and found.decides else None


@lru_cache(maxsize=64)
def _silent_record(catalogue: Catalogue, complete: frozenset[str]) -> Mapping[str, Fact]:
    """The facts of a record that mentions none, when these sources were read completely."""
    return {d.id: _unrecorded(d, complete) for d in catalogue.values() if not d.derived}


def _unrecorded(definition: FactDefinition, complete: frozenset[str]) -> Fact:
    """A fact the record does not mention: absent where the closed-world rules allow it, else unknown."""
    if definition.absence is not None:
        return _absent(definition, definition.absence, complete)
    return _unknown(definition.id, definition.unit, "not recorded")


def _absent(definition: FactDefinition, absence: Absence, complete: frozenset[str]) -> Fact:
    """Absent, if every source that would tell was read completely; a failed read is never an empty chart."""
    for source in absence.sources:
        if source not in complete:
            why = f"{source} was not read completely, so that it is not recorded means nothing"
            return _unknown(definition.id, definition.unit, why)
    return _defaulted(definition.id, definition.unit, absence.value)


@cache
def _unknown(fact: str, unit: str | None, why: str) -> Fact:
    return Fact(fact, FactStatus.UNKNOWN, unit=unit, why=why)


@cache
def _defaulted(fact: str, unit: str | None, value: Scalar) -> Fact:
    why = "not recorded: confirm before ordering"
    return Fact(fact, FactStatus.KNOWN, value, unit, obtained=Obtained.DEFAULTED, why=why)


def _no_earlier_exposure(facts: dict[str, Fact], catalogue: Catalogue, complete: frozenset[str]) -> None:
    """Before any line for advanced disease, earlier exposure counts as none unless recorded (3.3a)."""
    for definition in catalogue.values():
        absence = definition.absence_in_first_line
        if absence is not None and _silent(facts[definition.id]):
            facts[definition.id] = _absent(definition, absence, complete)


def _silent(fact: Fact) -> bool:
    """Whether the record says nothing at all of a fact."""
    return fact.status is FactStatus.UNKNOWN and not fact.candidates


def _cirrhosis_from_background(facts: dict[str, Fact]) -> None:
    """A cirrhotic background is cirrhosis; the two recorded against each other are a contradiction."""
    background, cirrhosis = facts["liver.background"], facts["liver.cirrhosis"]
    if not background.decides:
        if _silent(cirrhosis) and any(f.value == "cirrhosis" for f in background.candidates):
            why = f"the background liver may be cirrhotic: {background.why}"
            facts["liver.cirrhosis"] = replace(background, id="liver.cirrhosis", value=None, unit=None, why=why)
    elif background.value != "cirrhosis" or (cirrhosis.value is True and cirrhosis.decides):
        return
    elif cirrhosis.decides:
        both = cirrhosis.candidates + background.candidates
        why = "recorded as absent, and the background liver as cirrhotic"
        facts["liver.cirrhosis"] = replace(
            cirrhosis, status=FactStatus.CONFLICTING, value=None, why=why, candidates=both,
            evidence=cirrhosis.evidence + background.evidence,
        )  # fmt: skip
    elif cirrhosis.status is not FactStatus.CONFLICTING:
        facts["liver.cirrhosis"] = replace(
            background,
            id="liver.cirrhosis",
            value=True,
            unit=None,
            obtained=Obtained.DERIVED,
            inputs=("liver.background",),
        )


def _pregnancy(facts: dict[str, Fact]) -> None:
    """Not applicable for men, after the menopause, over 55 or without childbearing potential (3.3c)."""
    recorded = facts["pt.pregnancy_status"]
    if recorded.decides or any(str(f.value).startswith("pregnant") for f in recorded.candidates):
        return
    if recorded.status is FactStatus.CONFLICTING or any(f.value is None for f in recorded.candidates):
        return
    potential = facts["pt.childbearing_potential"]
    if potential.value is True or (not potential.decides and any(f.value is True for f in potential.candidates)):
        return
    age = _value(facts, "pt.age")
    grounds = {
        "pt.sex": _value(facts, "pt.sex") == "male",
        "pt.menopausal_status": _value(facts, "pt.menopausal_status") == "post",
        "pt.age": isinstance(age, Decimal) and age > 55,
        "pt.childbearing_potential": _value(facts, "pt.childbearing_potential") is False,
    }
    grounds_met = tuple(fact for fact, met in grounds.items() if met)
    if grounds_met:
        facts["pt.pregnancy_status"] = Fact(
            "pt.pregnancy_status", FactStatus.KNOWN, "not_applicable", obtained=Obtained.DERIVED, inputs=grounds_met
        )
