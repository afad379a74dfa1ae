"""A stored answer is repeated to the byte from what is stored with it (SS-95)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.assessment import Assessment
from eligibility.document import as_document
from eligibility.engine import assess
from eligibility.entered import READ_SOURCES, facts_of
from eligibility.facts import (
    Bound,
    Evidence,
    Finding,
    Notice,
    Obtained,
    PatientFacts,
    Reading,
    ReadState,
    Scalar,
    Severity,
    Specimen,
)
from eligibility.knowledge.model import SignOff
from eligibility.replay import stored_answer
from fhir_mappings.strict_json import read_json
from server.bundled_patients import BundledPatient, bundled_patients
from tests.fact_patients import KNOWLEDGE, ON, days_ago
from tests.properties.generated_patients import ENTERABLE, charts, values

BUNDLED = list(bundled_patients(KNOWLEDGE.catalogue))
NUMBERS = sorted(f for f, d in ENTERABLE.items() if d.type.numeric)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def stored(assessment: Assessment, identifier: str | None = None, resources: dict[str, int] | None = None) -> bytes:
    return json.dumps(as_document(assessment, identifier, resources), allow_nan=False).encode()


def repeated(body: bytes) -> bytes:
    """The answer made again from its stored text alone, and the rules."""
    found = stored_answer(read_json(body))
    signed = replace(KNOWLEDGE, sign_off=found.sign_off)
    resources = None if found.resources is None else dict(found.resources)
    return stored(assess(found.patient, signed, found.on), found.identifier, resources)


@st.composite
def odd_values(draw: st.DrawFn, fact: str) -> Scalar | None:
    """A value as a record may hold it: exact to many digits, one-sided, of no use, or impossible."""
    numbers = st.decimals(Decimal("-1e6"), Decimal("1e6"), places=draw(st.integers(0, 25)))
    bounds = st.builds(Bound, st.sampled_from(["<", "<=", ">", ">="]), numbers)
    odd = st.one_of(numbers, bounds) if fact in NUMBERS else st.nothing()
    return draw(st.one_of(values(fact), st.none(), odd))


@st.composite
def findings(draw: st.DrawFn, fact: str) -> Finding:
    effective = draw(st.one_of(st.none(), st.integers(-30, 400).map(days_ago)))
    clock = st.times(timezones=st.just(UTC)).map(lambda t: datetime.combine(effective or ON, t))
    return Finding(
        fact,
        draw(odd_values(fact)),
        effective,
        draw(st.sampled_from([Obtained.STRUCTURED, Obtained.ENTERED, Obtained.NARRATIVE])),
        tuple(draw(st.lists(st.builds(Evidence, WORDS, WORDS, st.none() | WORDS, st.none() | WORDS), max_size=2))),
        draw(WORDS),
        draw(st.booleans()),
        draw(st.sampled_from([None, *Specimen])),
        draw(st.none() | WORDS),
        draw(st.sampled_from([None, True, False])),
        draw(st.none() | st.decimals(Decimal("0.1"), Decimal(9), places=3)) if fact in NUMBERS else None,
        draw(st.none() | clock) if effective else None,
    )


@st.composite
def records(draw: st.DrawFn) -> PatientFacts:
    """A worked example with some facts told in odd ways, sources read badly, and things the reader was told of."""
    known = dict(facts_of(draw(charts())).findings)
    for fact in draw(st.lists(st.sampled_from(sorted(ENTERABLE)), max_size=8, unique=True)):
        known[fact] = tuple(draw(st.lists(findings(fact), min_size=1, max_size=3)))
    read = st.builds(Reading, st.sampled_from(list(ReadState)), WORDS)
    readings = draw(st.dictionaries(st.sampled_from(READ_SOURCES), read))
    notices = draw(st.lists(st.builds(Notice, st.sampled_from(list(Severity)), WORDS, WORDS, st.none() | WORDS)))
    return PatientFacts(
        draw(st.none() | WORDS), MappingProxyType(known), MappingProxyType(readings), tuple(notices),
        draw(st.none() | WORDS), draw(st.none() | st.dates(date(2000, 1, 1), ON)),
    )  # fmt: skip


@pytest.mark.parametrize("patient", BUNDLED, ids=[p.name for p in BUNDLED])
def test_every_bundled_patient_is_repeated(patient: BundledPatient) -> None:
    body = stored(assess(patient.facts, KNOWLEDGE, patient.on), None, {"Observation": 3})
    assert body == repeated(body)


@given(records(), st.none() | WORDS)
def test_any_record_is_repeated(record: PatientFacts, identifier: str | None) -> None:
    body = stored(assess(record, KNOWLEDGE, ON), identifier)
    assert body == repeated(body)


@given(records())
def test_what_comes_back_is_what_was_known(record: PatientFacts) -> None:
    found = stored_answer(json.loads(stored(assess(record, KNOWLEDGE, ON))))
    assert dict(record.findings) == dict(found.patient.findings)
    assert (dict(record.readings), record.notices) == (dict(found.patient.readings), found.patient.notices)
    assert (record.withheld, record.newest) == (found.patient.withheld, found.patient.newest)


def test_a_number_keeps_every_digit() -> None:
    third = Decimal(24) / Decimal("17.1")
    record = facts_of({"lab.bilirubin": third})
    found = stored_answer(json.loads(stored(assess(record, KNOWLEDGE, ON))))
    assert str(third) == str(found.patient.findings["lab.bilirubin"][0].value)


def test_times_of_one_day_stay_in_order() -> None:
    early, late = (datetime.combine(ON, time(hour), UTC) for hour in (7, 15))
    record = replace(
        facts_of({}),
        findings=MappingProxyType(
            {"lab.inr": (Finding("lab.inr", Decimal(1), ON, at=early), Finding("lab.inr", Decimal(2), ON, at=late))}
        ),
    )
    body = stored(assess(record, KNOWLEDGE, ON))
    assert body == repeated(body)
    assert 2 == next(f["value"] for f in json.loads(repeated(body))["facts"] if f["id"] == "lab.inr")


def test_who_had_signed_the_rules_is_repeated_too() -> None:
    signed = KNOWLEDGE.signed_off(SignOff("A. Reviewer", "oncologist", "Practice", date(2026, 11, 1)))
    body = stored(assess(facts_of({}), signed, ON))
    assert "signed-off" == json.loads(body)["knowledge"]["review"]
    assert body == repeated(body)
