"""Facts given by name: what a reviewer may write, and what is refused with a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from eligibility.entered import READ_SOURCES, entered_facts, facts_of
from eligibility.errors import FactInputError, HepaticaError, KnowledgeError
from eligibility.facts import FactStatus, Finding, Obtained, ReadState
from tests.fact_patients import KNOWLEDGE, judged

CATALOGUE = KNOWLEDGE.catalogue


def test_a_fact_is_a_value_or_a_value_with_unit_and_date() -> None:
    given = {
        "bm.ras": "wild_type",
        "lab.bilirubin": {"value": 34.2, "unit": "umol/L", "date": "2026-11-19"},
        "lab.albumin": {"value": 3.8},
    }
    record = entered_facts(given, CATALOGUE)
    expected = {
        "bm.ras": (Finding("bm.ras", "wild_type", None, Obtained.ENTERED),),
        "lab.bilirubin": (Finding("lab.bilirubin", Decimal(2), date(2026, 11, 19), Obtained.ENTERED),),
        "lab.albumin": (Finding("lab.albumin", Decimal("3.8"), None, Obtained.ENTERED),),
    }
    assert expected == record.findings
    assert date(2026, 11, 19) == record.newest


def test_the_newest_date_is_that_of_the_newest_fact() -> None:
    given = {f: {"value": 1.0, "date": d} for f, d in (("lab.inr", "2026-11-01"), ("lab.bilirubin", "2026-10-01"))}
    assert date(2026, 11, 1) == entered_facts(given, CATALOGUE).newest
    assert entered_facts({"lab.inr": 1.0}, CATALOGUE).newest is None


def test_the_list_counts_as_the_whole_record() -> None:
    for record in (entered_facts({}, CATALOGUE), facts_of({})):
        assert dict.fromkeys(READ_SOURCES, ReadState.COMPLETE) == {s: r.state for s, r in record.readings.items()}


@pytest.mark.parametrize("value", [None, "not_tested", {"value": None}, {"value": "not_tested", "date": "2026-11-01"}])
def test_not_tested_is_not_known(value: object) -> None:
    assert {} == entered_facts({"bm.ras": value}, CATALOGUE).findings


@pytest.mark.parametrize("definition", [d for d in CATALOGUE.values() if not d.derived], ids=lambda d: d.id)
def test_conflicting_never_becomes_a_value(definition: object) -> None:
    fact = getattr(definition, "id", "")
    settled = judged({fact: "conflicting"}).facts[fact]
    assert settled.status in (FactStatus.CONFLICTING, FactStatus.UNKNOWN)
    assert settled.value is None


@pytest.mark.parametrize("fact", [d.id for d in CATALOGUE.values() if d.id.startswith("bm.")])
def test_a_conflicting_biomarker_shows_both_results(fact: str) -> None:
    settled = judged({fact: {"value": "conflicting", "date": "2026-11-01"}}).facts[fact]
    assert (FactStatus.CONFLICTING, 2) == (settled.status, len(settled.candidates))
    assert {date(2026, 11, 1)} == {f.effective for f in settled.candidates}


@pytest.mark.parametrize(
    "given, named",
    [
        ({"bm.rass": "wild_type"}, ["'bm.rass' is not a fact of the catalogue", "knowledge/facts/"]),
        ({"drv.albi_score": -2}, ["drv.albi_score is computed from other facts"]),
        ({"lab.bilirubin": {"value": 1, "units": "mg/dL"}}, ["lab.bilirubin", "an object of value, unit and date"]),
        ({"lab.bilirubin": {"unit": "mg/dL"}}, ["lab.bilirubin", "give a value"]),
        ({"lab.bilirubin": {}}, ["lab.bilirubin", "give a value"]),
        ({"lab.bilirubin": {"value": 1, "unit": 5}}, ["lab.bilirubin: the unit 5 is not text"]),
        ({"lab.bilirubin": {"value": 1, "unit": "stone"}}, ["the unit 'stone' is not known"]),
        ({"lab.bilirubin": {"value": 1, "date": 20261119}}, ["the date 20261119 is not text such as 2026-11-19"]),
        ({"lab.bilirubin": {"value": 1, "date": "19.11.2026"}}, ["'19.11.2026' is not a date such as 2026-11-19"]),
        ({"lab.bilirubin": {"value": 1, "date": "2026-02-30"}}, ["'2026-02-30' is not a date"]),
        ({"bm.ras": "negative"}, ["bm.ras: 'negative' is not one of wild_type, mutated"]),
        ({"sf.allergy": [["platinum"]]}, ["sf.allergy"]),
    ],
)
def test_a_mistake_is_refused_with_the_name_of_the_fact(given: dict[str, object], named: list[str]) -> None:
    with pytest.raises(FactInputError) as refusal:
        entered_facts(given, CATALOGUE)
    message = str(refusal.value)
    assert [] == [part for part in named if part not in message], message


def test_every_error_of_the_core_is_one_sentence_for_a_user() -> None:
    assert issubclass(FactInputError, HepaticaError)
    assert issubclass(KnowledgeError, HepaticaError)


@pytest.mark.parametrize(
    "error, message",
    [
        (KnowledgeError("found."), "found."),
        (KnowledgeError("found.", "Mend it."), "found. Mend it."),
        (KnowledgeError("found.", file="a.yaml"), "a.yaml: found."),
        (KnowledgeError("found.", "Mend it.", file="a.yaml", line=3), "a.yaml:3: found. Mend it."),
        (KnowledgeError("found.", "Mend it.").at("b.yaml", 4), "b.yaml:4: found. Mend it."),
    ],
)
def test_a_knowledge_error_leads_to_its_place(error: KnowledgeError, message: str) -> None:
    assert message == str(error)
