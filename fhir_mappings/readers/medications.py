"""Medications: what was given, what is only ordered, and what is being taken now.

Matched by RxNorm ingredient code, else by the ingredient's name as a whole word. Exposure is not progression; and the
absence of a drug is never "never had it". What the records mean together is in `readers.therapy_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from eligibility.facts import Bound
from fhir_mappings.dates import When, first_of, when
from fhir_mappings.intake import Resource
from fhir_mappings.observations import load_table
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.procedures import days_since
from fhir_mappings.readers.therapy_doses import Dose, named_regimen, of_record, therapies, unnamed_treatment
from fhir_mappings.readers.words import WordList
from fhir_mappings.resources import CodeableConcept, Medication, MedicationUse
from fhir_mappings.statuses import Given, given

__all__ = ["KINDS", "drugs_of", "read_medications"]

KINDS = ("MedicationAdministration", "MedicationStatement", "MedicationRequest")
_UNCLEAR = {
    Given.ORDERED: "ordered; that it was given is not recorded",
    Given.UNUSABLE: "its status does not tell whether it was given",
}


@cache
def _table() -> dict[str, Any]:
    return load_table("medications")


@cache
def _names() -> tuple[WordList, Mapping[str, str]]:
    """Every drug name, and the drug it means."""
    t = _table()
    drugs: set[str] = set()
    for section in ("exposure", "last"):
        for row in t[section].values():
            drugs.update(row["drugs"])
    for row in t["current"].values():
        drugs.update([*row["full"], *row["unclear"]["drugs"]])
    for group in t["allergy"]["groups"].values():
        drugs.update(group)
    drugs |= therapies().drugs | therapies().companions
    names = {drug.replace("_", " "): drug for drug in drugs}
    for further in (t["names"], load_table("therapies")["names"]):
        for drug, others in further.items():
            names.update(dict.fromkeys(others, drug))
    return WordList(names, hyphens=False), names


def drugs_of(g: Gathering, concepts: Iterable[CodeableConcept | None]) -> dict[str, str | None]:
    """The drugs that concepts name, each with the `system|code` that said so (None: recognised by name)."""
    found: dict[str, str | None] = {}
    words, names = _names()
    for concept in concepts:
        for name, code in g.codes.of_concept(concept).items():
            if name.startswith("drug_"):
                found[name.removeprefix("drug_")] = code
        for text in concept.all_words if concept else ():
            for name in words.all(re.sub(r"[,/()+&]", " ", text)):
                found.setdefault(names[name], None)
    for short, longer in _table()["longer"].items():
        if short in found and any(drug in found for drug in longer):
            del found[short]
    return found


@cache
def _not_systemic() -> WordList:
    return WordList(_table()["not_systemic"])


def _concepts(g: Gathering, raw: Resource, use: MedicationUse) -> list[CodeableConcept | None]:
    concepts = [use.medicationCodeableConcept]
    if use.medicationReference is not None:
        target = g.intake.resolve(use.medicationReference.reference, raw)
        if target is not None and target.get("resourceType") == "Medication":
            medication = g.read(target, Medication)
            if medication is not None:
                concepts.append(medication.code)
                concepts += [i.itemCodeableConcept for i in medication.ingredient or ()]
        elif use.medicationReference.display:
            concepts.append(CodeableConcept(text=use.medicationReference.display))
    return concepts


def read_medications(g: Gathering, advanced_since: date | None) -> list[Dose]:
    """Read every medication resource; the cancer drugs among them as doses.

    `advanced_since`: from when disease is recorded as distant, for "advanced setting".
    """
    doses: list[Dose] = []
    for kind in KINDS:
        for raw in g.all_of(kind):
            g.attempt(raw, _one, kind, advanced_since, doses)
    _doubt_last(g, doses)
    return doses


def _dates(kind: str, use: MedicationUse) -> tuple[When | None, When | None]:
    """When it was last known to be given, and since when; for a request, the order's date stands for both."""
    period = use.effectivePeriod
    start = first_of(
        use.effectiveDateTime, period.start if period else None, use.authoredOn if kind == "MedicationRequest" else None
    )
    last = when(period.end) if period and period.end else when(use.effectiveDateTime)
    return last, start or last or when(use.dateAsserted)


def _one(g: Gathering, raw: Resource, kind: str, advanced_since: date | None, doses: list[Dose]) -> None:
    use = g.read(raw, MedicationUse)
    if use is None:
        return
    state = given(kind, use.status, use.intent, use.doNotPerform)
    if state is Given.NO or not g.usable_meaning(raw):
        return
    concepts = _concepts(g, raw, use)
    if not any(c is not None and (c.coding or c.text) for c in concepts):
        g.set_aside(raw, "which medicine it names cannot be told")  # its kind is no longer completely read
        return
    drugs = drugs_of(g, concepts)
    texts = [text for c in concepts if c for text in c.all_words]
    if any(_not_systemic().find(text) for text in texts):
        return
    last, start = _dates(kind, use)
    words = next((c.words for c in concepts if c is not None and c.words), None)
    source = Source(name_of(raw), f"{kind}.medication", None, words, last or start)
    doses += _doses(kind, use, state, drugs, texts, source)
    if not drugs:
        return
    g.seen(last or start)
    t = _table()
    for drug, code in drugs.items():
        named = source.but(code=code)
        for fact, row in t["exposure"].items():
            if drug in row["drugs"]:
                _say_exposure(g, fact, row, drug, named, state, advanced_since)
        for fact, row in t["last"].items():
            if drug in row["drugs"]:
                _say_last(g, fact, drug, named, state, last, start)
        for fact, row in t["current"].items():
            _say_current(g, fact, row, drug, named, state)


def _doses(
    kind: str, use: MedicationUse, state: Given, drugs: Mapping[str, str | None], texts: Sequence[str], source: Source
) -> list[Dose]:
    """The cancer drugs of one record. A regimen named as a whole is no proof of any of its drugs."""
    period = use.effectivePeriod
    start = first_of(
        use.effectiveDateTime, period.start if period else None, use.authoredOn if kind == "MedicationRequest" else None
    )
    end = when(period.end) if period else None
    t = therapies()
    if not drugs:
        ordered = Given.UNUSABLE if state is not Given.ORDERED else state
        parts = named_regimen(texts)
        whole: list[str | None] = [*parts] if parts else [None] if unnamed_treatment(texts) else []
        return [of_record(drug, kind, ordered, end, start, source) for drug in whole]
    known = [drug for drug in drugs if drug in t.drugs | t.companions]
    return [of_record(drug, kind, state, end, start, source.but(code=drugs[drug])) for drug in known]


def _say_exposure(
    g: Gathering,
    fact: str,
    row: Mapping[str, Any],
    drug: str,
    source: Source,
    state: Given,
    advanced_since: date | None,
) -> None:
    name = drug.replace("_", " ")
    if state in _UNCLEAR:
        g.say(source.finding(fact, None, f"{name}: {_UNCLEAR[state]}"))
    elif "needs" in row:
        g.say(source.finding(fact, None, f"{name} was given; {row['needs']} is not recorded"))
    elif row.get("advanced"):
        after = advanced_since is not None and source.when is not None and source.when.first >= advanced_since
        why = "" if after else f"{name} was given; whether for advanced disease is not recorded"
        g.say(source.finding(fact, True if after else None, why))
    else:
        g.say(source.finding(fact, True, f"{name} was given"))


def _say_last(
    g: Gathering, fact: str, drug: str, source: Source, state: Given, last: When | None, start: When | None
) -> None:
    name = drug.replace("_", " ")
    if state in _UNCLEAR:
        g.say(source.finding(fact, None, f"{name}: {_UNCLEAR[state]}"))
    elif last is not None and state is Given.GIVEN:
        days, why = days_since(last, g)
        g.say(source.finding(fact, days, why))
    elif start is not None:
        days, why = days_since(start, g, ongoing_from=start)
        g.say(source.finding(fact, days, why))
    else:
        g.say(source.finding(fact, None, f"{name} was given; when is not recorded"))


def _doubt_last(g: Gathering, doses: Sequence[Dose]) -> None:
    """An order later than the last recorded dose: the last dose may be later too, and the days since it fewer."""
    for fact, row in _table()["last"].items():
        known = [f for f in g.findings.get(fact, ()) if f.value is not None and f.effective is not None]
        newest = max((f.effective for f in known if f.effective is not None), default=None)
        unclear = [d for d in doses if d.drug in row["drugs"] and not d.given and d.start is not None]
        later = [d for d in unclear if newest is not None and d.start is not None and d.start.last > newest]
        for dose in later:
            if g.on is None or newest is None or dose.start is None or dose.start.first > g.on:
                continue
            why = "recorded again after the last dose that is known to have been given"
            g.say(dose.source.finding(fact, Bound("<=", Decimal((g.on - newest).days)), why))


def _say_current(g: Gathering, fact: str, row: Mapping[str, Any], drug: str, source: Source, state: Given) -> None:
    """On the drug now: an open order or statement (the medication list), or one given lately."""
    full, unclear = drug in row["full"], drug in row["unclear"]["drugs"]
    if not (full or unclear):
        return
    name = drug.replace("_", " ")
    if state is Given.UNUSABLE:
        g.say(source.finding(fact, None, f"{name}: {_UNCLEAR[state]}"))
        return
    recent = (
        g.on is not None
        and source.when is not None
        and source.when.last >= g.on - timedelta(days=_table()["current_days"])
    )
    if state is Given.GIVEN and not recent:
        return
    if unclear:
        g.say(source.finding(fact, None, f"{name} {row['unclear']['why']}"))
    elif state is Given.GIVEN:
        g.say(source.finding(fact, None, f"{name} was given lately; whether it continues is not recorded"))
    else:
        g.say(source.finding(fact, True, f"{name} is on the medication list"))
