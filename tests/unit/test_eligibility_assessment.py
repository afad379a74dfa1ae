"""The answer as a whole: every option with every reason, the scope of the record, and what is passed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.assessment import Status
from eligibility.facts import Notice, PatientFacts, Reading, ReadState, Severity
from tests.fact_patients import KNOWLEDGE, ON, days_ago, judged, patient, reading, result_of, worked

ABLATION, FOLFOX = "thermal-ablation", "crc-folfox-capox"


def test_every_rule_is_in_the_reasons_with_its_result() -> None:
    result = result_of(worked(ABLATION), ABLATION)
    assert [r.predicate.text for r in result.option.rules] == [r.when for r in result.reasons]
    assert next(r for r in result.reasons if r.when == "liver.ablatable == true").result is True
    unread = next(r for r in result.reasons if r.when.startswith("liver.macrovascular_invasion"))
    assert (None, "B", None) == (unread.result, unread.certainty, unread.gate)


def test_every_option_is_in_the_answer_in_the_order_of_the_knowledge_base() -> None:
    assert [o.id for o in KNOWLEDGE.options] == [r.option.id for r in judged({}).options]


def test_a_withheld_record_shows_no_options() -> None:
    record = replace(patient(worked(FOLFOX)), withheld="The record belongs to another patient.")
    assessment = judged(record)
    assert ((), ()) == (assessment.options, assessment.next_steps)
    assert "The record belongs to another patient." == assessment.withheld == assessment.scope_reason


def test_statuses_can_be_picked() -> None:
    assessment = judged(worked(ABLATION))
    fitting = assessment.with_status(Status.RECOMMENDED, Status.MAY_CONSIDER)
    assert ABLATION in {r.option.id for r in fitting}
    assert {True} == {r.status.fits for r in fitting}
    assert not any(s.fits for s in (Status.NOT_NOW, Status.NEEDS_DATA, Status.NOT_APPLICABLE))


@pytest.mark.parametrize(
    "facts, in_scope, words",
    [
        ({"liver.lesion_nature": "metastasis"}, True, "Cancer in the liver is on record."),
        ({"liver.lesion_nature": "icca"}, True, "Cancer in the liver is on record."),
        ({"liver.lesion_nature": "indeterminate"}, None, "has not been settled"),
        ({"liver.lesion_nature": "benign"}, False, "benign, or as absent"),
        ({"liver.lesion_nature": "none"}, False, "benign, or as absent"),
        ({"liver.lesion_nature": "conflicting"}, None, "cannot be told"),
        ({"liver.lesion_nature": "metastasis", "dx.cancer_status": "refuted"}, False, "refuted or entered in error"),
        ({}, False, "No cancer in the liver found"),
    ],
)
def test_whether_there_is_cancer_in_the_liver(facts: dict[str, object], in_scope: bool | None, words: str) -> None:
    assessment = judged(facts)
    assert in_scope is assessment.in_scope
    assert words in assessment.scope_reason


@pytest.mark.parametrize("how", [ReadState.FAILED, ReadState.PARTIAL, ReadState.NOT_READ, None])
def test_an_unread_problem_list_never_means_that_there_is_no_cancer(how: ReadState | None) -> None:
    record: PatientFacts = reading(patient({}), "Condition", how)
    assessment = judged(record)
    assert assessment.in_scope is None
    assert "not read completely" in assessment.scope_reason


def test_readings_notices_and_dates_are_passed_on() -> None:
    notice = Notice(Severity.WARNING, "odd-unit", "A result has no unit.", "Observation/1")
    record = replace(patient({}), notices=(notice,), newest=days_ago(3), reference="Patient/1")
    assessment = judged(record)
    assert (ON, "Patient/1", (notice,), days_ago(3)) == (
        assessment.on, assessment.patient, assessment.notices, assessment.newest,
    )  # fmt: skip
    assert Reading(ReadState.COMPLETE) == assessment.readings["Condition"]
