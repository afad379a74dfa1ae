"""Conditions: cancers go to `readers.cancers`; every other listed condition becomes findings here.

Codes decide; words suggest, for Conditions that no listed code recognises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from eligibility.facts import Obtained
from fhir_mappings.answers import said
from fhir_mappings.dates import When, first_of
from fhir_mappings.intake import Resource
from fhir_mappings.observations import load_table
from fhir_mappings.readers.breast_markers import Her2Result, PartResult
from fhir_mappings.readers.cancers import Cancers, cancer_record
from fhir_mappings.readers.condition_codes import by_code, has_code
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.words import WordList
from fhir_mappings.resources import Condition
from fhir_mappings.statuses import Clinical, Standing, clinical, code_of, standing

__all__ = ["ConditionResults", "read_conditions"]

ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
RELATED = (
    "http://hl7.org/fhir/StructureDefinition/condition-related",
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-primary-cancer-condition",
)
_UNUSABLE = "its status is not one that FHIR allows"


@dataclass(slots=True)
class ConditionResults:
    """What Conditions leave for others to join."""

    cancers: Cancers
    parts: list[PartResult]
    her2: list[Her2Result]


@cache
def _table() -> dict[str, Any]:
    return load_table("conditions")


@cache
def _words() -> tuple[tuple[WordList, Mapping[str, Any]], ...]:
    return tuple((WordList(row["words"]), row) for row in _table()["words"])


@cache
def _cancer_words() -> tuple[WordList, WordList]:
    return WordList(_table()["cancer_words"]), WordList(_table()["not_now_words"])


@cache
def _allergy_words() -> WordList:
    rule = _table()["allergies"]
    return WordList(form.format(drug=drug) for form in rule["forms"] for drug in rule["drugs"])


@cache
def _not_allergic() -> WordList:
    return WordList(["no", "not", "denies", "without", "negative for", "family history", "ruled out", "rule out"])


def read_conditions(g: Gathering) -> ConditionResults:
    """Read every Condition of the chart."""
    results = ConditionResults(Cancers(), [], [])
    for raw in g.all_of("Condition"):
        g.attempt(raw, _one, results)
    return results


def _when(condition: Condition) -> When | None:
    asserted = next((e.valueDateTime for e in condition.extension or () if e.url == ASSERTED), None)
    return first_of(
        condition.onsetDateTime,
        condition.onsetPeriod.start if condition.onsetPeriod else None,
        condition.recordedDate,
        asserted,
    )


def _one(g: Gathering, raw: Resource, results: ConditionResults) -> None:
    condition = g.read(raw, Condition)
    if condition is None or not g.usable_meaning(raw):
        return
    concepts = g.codes.of_concept(condition.code)
    text = condition.code.words if condition.code else ""
    when = _when(condition)
    source = Source(name_of(raw), "Condition.code", next(iter(concepts.values()), None), text or None, when)
    certain, current = standing(condition), clinical(condition)
    g.seen(first_of(condition.recordedDate) or when)
    t = _table()
    if any(c in concepts for c in t["history"]):
        _say_history(g, concepts, source)
        return
    record = cancer_record(g, condition, concepts, source, certain, current)
    if record is not None:
        record = replace(record, related=_related(g, raw, condition), diagnosed=_diagnosed(condition))
        results.cancers.records.append(record)
        if record.counts:
            _say_spread(g, condition, concepts, source)
            _receptors(condition, source, results)
    elif certain is Standing.IN_ERROR:
        return
    elif not _say_listed(g, condition, concepts, source, certain, current, results) and not concepts:
        _say_words(g, condition, source, certain, current, results)


def _say_history(g: Gathering, concepts: Mapping[str, str], source: Source) -> None:
    """Past disease: it proves nothing about now."""
    if "liver_metastasis_history" in concepts:
        g.say(source.finding("liver.lesion_nature", None, "history of liver metastasis; it does not prove disease now"))


def _related(g: Gathering, raw: Resource, condition: Condition) -> tuple[str | None, ...]:
    """The resources that the Condition is recorded as related to; None for one that is not in the record."""
    named = [e.valueReference for e in condition.extension or () if e.url in RELATED and e.valueReference is not None]
    targets = [g.intake.resolve(r.reference, raw) for r in named]
    return tuple(name_of(t) if t is not None else None for t in targets)


def _diagnosed(condition: Condition) -> When | None:
    """When the cancer was first diagnosed. The date of a recurrence is not that, nor is the day of the entry."""
    if code_of(condition.clinicalStatus) in ("recurrence", "relapse"):
        return None
    asserted = next((e.valueDateTime for e in condition.extension or () if e.url == ASSERTED), None)
    return first_of(condition.onsetDateTime, condition.onsetPeriod.start if condition.onsetPeriod else None, asserted)


def _say_spread(g: Gathering, condition: Condition, concepts: Mapping[str, str], source: Source) -> None:
    rule = _table()["extrahepatic"]
    general = any(c in concepts for c in _table()["generic_secondary"])
    sites = {(c.code or "").strip() for s in condition.bodySite or () for c in s.coding or ()} if general else set()
    if has_code(rule["peritoneal"], condition.code) or sites & set(rule["peritoneal_sites"]):
        g.say(source.finding("dx.peritoneal", True))
    elif has_code(rule["peritoneal_possible"], condition.code):
        g.say(source.finding("dx.peritoneal", None, "the code means the peritoneum or the retroperitoneum"))
    if has_code(rule["brain"], condition.code) or sites & set(rule["brain_sites"]):
        g.say(source.finding("dx.brain_mets", None, "brain metastases are recorded, their state is not"))


def _receptors(condition: Condition, source: Source, results: ConditionResults) -> None:
    """Receptor status that is part of a cancer's code."""
    if has_code({"sct": _table()["triple_negative"]}, condition.code):
        _add_receptors({"ER": False, "PR": False, "HER2": False}, source, results)


def _add_receptors(stated: Mapping[str, bool], source: Source, results: ConditionResults) -> None:
    for part, positive in stated.items():
        if part == "HER2":
            results.her2.append(Her2Result(source, plain=positive))
        elif part == "HR":
            named = ("ER",) if positive else ("ER", "PR")
            results.parts.extend(PartResult(p, positive, source) for p in named)
        else:
            results.parts.append(PartResult(part, positive, source))


def _say_listed(
    g: Gathering, condition: Condition, concepts: Mapping[str, str], source: Source, certain: Standing,
    current: Clinical, results: ConditionResults,
) -> bool:  # fmt: skip
    """Findings of listed codes. True when the Condition was recognised."""
    t = _table()
    rows = [row for concept in concepts for row in t["facts"].get(concept, ())]
    for extra in by_code(t["code_facts"], condition.code):
        rows += extra
    for lesion in by_code(t["lesions"], condition.code):
        rows.append({"fact": "liver.lesion_nature", "value": lesion["nature"]})
        if "benign_type" in lesion:
            rows.append({"fact": "liver.benign_type", "value": lesion["benign_type"]})
    if has_code({"sct": t["coma"]}, condition.code):
        rows = [{"fact": "liver.encephalopathy", "value": "grade3_4", "why": "recorded as hepatic coma"}]
    for stated in by_code({"icd10cm": t["receptors"]}, condition.code):
        if certain in (Standing.CONFIRMED, Standing.UNSTATED):
            _add_receptors(stated, source, results)
        return True
    for row in rows:
        _say_row(g, row, source, certain, current)
    return bool(rows)


def _say_row(g: Gathering, row: Mapping[str, Any], source: Source, certain: Standing, current: Clinical) -> None:
    """One row of the table, under the status gate and its window of days."""
    fact, value, why = row["fact"], row["value"], row.get("why", "")
    days = row.get("days")
    if certain is Standing.REFUTED or (current is Clinical.PAST and not row.get("past")):
        return
    if certain is Standing.UNUSABLE or current is Clinical.UNUSABLE:
        g.say(source.finding(fact, None, _UNUSABLE))
    elif certain is Standing.SUSPECTED:
        g.say(source.finding(fact, None, "suspected, not confirmed"))
    elif days is not None and value is not None and not _within(g, source.when, days):
        if current is Clinical.PAST:
            return
        told = "undated" if source.when is None else f"recorded more than {days} days ago"
        g.say(source.finding(fact, None, f"{told}: whether it still counts is not known"))
    else:
        g.say(
            source.finding(fact, value, why or ("clinical status not recorded" if current is Clinical.UNSTATED else ""))
        )


def _within(g: Gathering, when: When | None, days: int) -> bool:
    return when is not None and g.on is not None and when.last >= g.on - timedelta(days=days)


def _say_words(
    g: Gathering, condition: Condition, source: Source, certain: Standing, current: Clinical, results: ConditionResults
) -> None:
    """Suggestions from the words of a Condition that no listed code recognises."""
    if certain is Standing.REFUTED or current is Clinical.PAST:
        return
    cancer, past = _cancer_words()
    text = " . ".join(condition.code.all_words if condition.code else ())
    if _allergy_words().find(text) is not None and _not_allergic().find(text) is None:
        allergies = _table()["allergies"]
        g.say(source.but(obtained=Obtained.NARRATIVE).finding(allergies["fact"], None, allergies["why"]))
        return
    if not text or past.find(text) is not None:
        return
    suggested = source.but(obtained=Obtained.NARRATIVE)
    for words, row in _words():
        if words.find(text) is not None:
            value = row["value"] if certain in (Standing.CONFIRMED, Standing.UNSTATED) else None
            g.say(suggested.finding(row["fact"], value, row.get("why") or "read from the words of a Condition"))
    if cancer.find(text) is not None or said(text).endswith("cancer"):
        results.cancers.possible.append(source)
