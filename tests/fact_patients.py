"""Patients made of facts, without FHIR: what a test says of them is all that is known of them.

Always valid: a test names only what it is about. The date of the question is `ON`, and no clock is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from eligibility.assessment import Assessment, OptionResult, Status
from eligibility.engine import assess
from eligibility.entered import READ_SOURCES, entered_facts
from eligibility.facts import Fact, Finding, PatientFacts, Reading, ReadState, Scalar
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase, Option

ON = date(2026, 11, 21)
KNOWLEDGE: KnowledgeBase = load_knowledge()


def days_ago(days: int) -> date:
    """A date before (or, negative, after) the date of the question."""
    return ON - timedelta(days=days)


def finding(fact: str, value: Scalar | None, days: int | None = 0, **more: Any) -> Finding:
    """A result in a record, so many days old; None days: the record gives no date."""
    return Finding(fact, value, None if days is None else days_ago(days), **more)


def patient(
    given: Mapping[str, object] | None = None,
    *findings: Finding,
    without: tuple[str, ...] = (),
    readings: Mapping[str, ReadState] | None = None,
) -> PatientFacts:
    """A record: facts by name, findings that replace them, and how each source was read (completely, unless said)."""
    stated = {fact: value for fact, value in (given or {}).items() if fact not in without}
    known = dict(entered_facts({f: _plain(v) for f, v in stated.items()}, KNOWLEDGE.catalogue).findings)
    for fact in dict.fromkeys(f.fact for f in findings):
        known[fact] = tuple(f for f in findings if f.fact == fact)
    read = {source: Reading((readings or {}).get(source, ReadState.COMPLETE)) for source in READ_SOURCES}
    return PatientFacts(findings=MappingProxyType(known), readings=MappingProxyType(read))


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def reading(record: PatientFacts, source: str, state: ReadState | None) -> PatientFacts:
    """The same record with one source read differently; None: not read at all."""
    others = {name: how for name, how in record.readings.items() if name != source}
    return replace(record, readings=MappingProxyType(others if state is None else {**others, source: Reading(state)}))


def judged(
    record: PatientFacts | Mapping[str, object], on: date = ON, knowledge: KnowledgeBase = KNOWLEDGE
) -> Assessment:
    """The answer for a record, or for facts by name."""
    return assess(record if isinstance(record, PatientFacts) else patient(record), knowledge, on)


def fact_of(record: PatientFacts | Mapping[str, object], fact: str) -> Fact:
    """One fact as the answer holds it."""
    return judged(record).facts[fact]


def result_of(record: Assessment | PatientFacts | Mapping[str, object], option: str) -> OptionResult:
    """What one option is for a record."""
    assessment = record if isinstance(record, Assessment) else judged(record)
    return next(r for r in assessment.options if r.option.id == option)


def worked(option: str, expect: Status | None = None) -> dict[str, Scalar]:
    """The facts of the first worked example of an option that fits, or that has the status asked for."""
    examples = KNOWLEDGE.option(option).examples
    return dict(next(e.given for e in examples if (e.expect is expect if expect else e.expect.fits)))


def fitting_treatments(assessment: Assessment) -> set[str]:
    """The cancer-directed options that are shown as ones to consider."""
    return {r.option.id for r in assessment.options if r.status.fits and r.option.cancer_directed}


def statuses(assessment: Assessment) -> dict[str, str]:
    """The status of every option."""
    return {r.option.id: str(r.status) for r in assessment.options}


def options_with(*, cancer_directed: bool) -> list[Option]:
    """The options that treat the cancer, or those that coordinate and support."""
    return [o for o in KNOWLEDGE.options if o.cancer_directed is cancer_directed]
