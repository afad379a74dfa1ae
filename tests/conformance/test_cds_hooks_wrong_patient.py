"""Whose data it is and whether options may be shown at all: SS-02 to SS-06, CH-33, CH-66, CH-75, F18."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.card_reading import code_spans
from tests.conformance.card_rules import problems_of
from tests.conformance.hook_calls import (
    bundle,
    call,
    chart,
    healthy_chart,
    outcome,
    patient,
    with_context,
    with_prefetch,
)
from tests.conformance.live_hooks import Answer, Hooks
from tests.fhir_charts import condition, icd, lab

MIXED = "Data for more than one patient was received. No options are shown."
BASE = "https://ehr.example/fhir"


def withheld(answer: Answer, sentence: str) -> bool:
    """Whether this is the one plain card: a sentence, no option, nothing of the record."""
    card = answer.card
    assert "withheld" == card["source"]["topic"]["code"]
    assert sentence.replace(". No", "; no") == card["summary"]
    paragraphs: list[str] = card["detail"].split("\n\n")
    assert 2 == len(paragraphs)
    assert [] == code_spans(card["detail"])
    assert [] == problems_of(answer.json)
    return sentence == paragraphs[0]


def result(name: str = "x", **subject: Any) -> dict[str, Any]:
    return lab("1975-2", 1, "mg/dL", name) | {"subject": subject}


def test_ss_03_fifty_right_results_and_one_wrong_give_one_plain_card(hooks: Hooks) -> None:
    right = [lab("1975-2", "0.8", "mg/dL", f"b{n}") for n in range(50)]
    wrong = result("other", reference="Patient/q")
    for position in (0, 25, 50):
        labs = bundle(*right[:position], wrong, *right[position:])
        assert withheld(hooks.call(with_prefetch(labs=labs)), MIXED)


@pytest.mark.parametrize("key", sorted(set(chart()) - {"patient"}))
def test_f18_another_patients_resource_under_any_key_withholds_everything(hooks: Hooks, key: str) -> None:
    wrong = result(reference="Patient/q", display="Zqx Marker")
    held = (chart()[key] or bundle()).get("entry", [])
    answer = hooks.call(with_prefetch(**{key: bundle(*held, wrong)}))
    assert withheld(answer, MIXED)
    assert b"zqx" not in answer.body.lower()
    assert b"Specimen" not in answer.body


@pytest.mark.parametrize(
    "wrong",
    [
        result(reference="Patient/q"),
        result(reference="Patient/P"),
        result(reference="Patient/q/_history/2"),
        result(reference="https://other.example/fhir/Patient/p"),
        result(reference=f"{BASE}/Patient/q"),
        patient(id="q"),
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/q"}},
        {"resourceType": "Basic", "id": "b", "subject": {"reference": "Patient/q"}},
        result(reference="Patient/q") | {"code": "malformed"},
        result(reference="Patient/q") | {"status": "entered-in-error"},
    ],
    ids=str,
)
def test_ss_03_every_way_of_naming_another_patient_is_noticed(hooks: Hooks, wrong: dict[str, Any]) -> None:
    answer = hooks.call(with_prefetch(labs=bundle(wrong)) | {"fhirServer": BASE})
    assert withheld(answer, MIXED)


def test_ss_03_data_of_another_patient_under_a_key_nobody_asked_for_withholds_too(hooks: Hooks) -> None:
    assert withheld(hooks.call(with_prefetch(stray=bundle(result(reference="Patient/q")))), MIXED)


def test_ss_03_mixed_data_is_said_for_a_patient_out_of_scope_as_well(hooks: Hooks) -> None:
    assert withheld(hooks.call(call(healthy_chart() | {"labs": bundle(result(reference="Patient/q"))})), MIXED)


def test_ss_03_mixed_data_leave_a_safety_event_without_ids(hooks: Hooks, capsys: pytest.CaptureFixture[str]) -> None:
    hooks.call(with_prefetch(labs=bundle(result(reference="Patient/zqx-other"))))
    logged = capsys.readouterr().err
    assert '"withheld": true' in logged
    assert "zqx" not in logged


@pytest.mark.parametrize(
    "reference", ["Patient/p", "Patient/p/_history/3", f"{BASE}/Patient/p"], ids=["relative", "versioned", "absolute"]
)
def test_ss_02_every_accepted_spelling_of_this_patient_is_used(hooks: Hooks, reference: str) -> None:
    ecog = (chart()["assessments"] or {})["entry"][0]["resource"] | {"subject": {"reference": reference}}
    answer = hooks.call(with_prefetch(assessments=bundle(ecog)) | {"fhirServer": f"{BASE}/"})
    assert answer.said("ECOG 1 (10 Nov 2026), `Observation/ecog`")


@pytest.mark.parametrize(
    "subject",
    [None, {}, {"display": "Zqx"}, {"identifier": {"value": "zqx-1"}}, {"reference": ""}, {"reference": "#p"},
     {"reference": "urn:uuid:c1b0c9a2-9c5b-4d3e-8f6f-3a1d2b4c5e6f"}, {"reference": "../Patient/p"}],
    ids=str,
)  # fmt: skip
def test_ss_04_a_result_that_names_nobody_is_left_out_and_counted(hooks: Hooks, subject: Any) -> None:
    two = [lab("1975-2", 9, "mg/dL", name) | {"subject": subject} for name in ("n1", "n2")]
    for each in two:
        if subject is None:
            del each["subject"]
    answer = hooks.call(with_prefetch(labs=bundle(*two)))
    assert answer.said(
        "2 results could not be matched to this patient and were not used: Observation/n1, Observation/n2."
    )
    assert not answer.said("total bilirubin 9")
    assert b"zqx" not in answer.body.lower()


def test_ss_04_a_result_about_a_group_or_device_is_left_out(hooks: Hooks) -> None:
    answer = hooks.call(with_prefetch(labs=bundle(result(reference="Group/g"), result("y", reference="Device/d"))))
    assert not answer.said("total bilirubin 1 ")


# Statements of which patient is meant (SS-05).

TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.rs", "subject": "h"}


@pytest.mark.parametrize(
    "body, named",
    [
        (with_prefetch(patient=patient(id="q")), ("context.patientId", "prefetch.patient")),
        (with_context(patientId="q"), ("context.patientId", "prefetch.patient")),
        (
            call(fhirServer=BASE, fhirAuthorization=TOKEN | {"patient": "q"}),
            ("context.patientId", "fhirAuthorization.patient"),
        ),
        (
            with_prefetch(patient=patient(id="q"))
            | {"fhirServer": BASE, "fhirAuthorization": TOKEN | {"patient": "q"}},
            ("context.patientId", "fhirAuthorization.patient"),
        ),
    ],
    ids=["prefetch", "context", "authorization", "both"],
)
def test_ss_05_statements_that_disagree_end_the_call(
    hooks: Hooks, body: dict[str, Any], named: tuple[str, str]
) -> None:
    answer = hooks.call(body)
    assert (412, f"{named[0]} and {named[1]} name different patients.") == (answer.status, answer.diagnostics)
    assert "conflict" == answer.json["issue"][0]["code"]


@pytest.mark.parametrize("stated", ["p", "Patient/p"])
def test_ss_05_statements_that_agree_go_on(hooks: Hooks, stated: str) -> None:
    body = call(fhirServer=BASE, fhirAuthorization=TOKEN | {"patient": stated})
    assert 412 != hooks.call(body).status


# The state of the record (SS-06), and children.


@pytest.mark.parametrize(
    "marks, word",
    [
        ({"active": False}, "inactive"),
        ({"link": [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]}, "replaced"),
        ({"deceasedBoolean": True}, "deceased"),
        ({"deceasedDateTime": "2026-11-02"}, "deceased"),
        ({"deceasedDateTime": "2026"}, "deceased"),
        ({"deceasedBoolean": True, "active": False}, "deceased and inactive"),
    ],
    ids=str,
)
def test_ss_06_a_record_marked_so_gives_no_options_and_the_reason(
    hooks: Hooks, marks: dict[str, Any], word: str
) -> None:
    answer = hooks.call(with_prefetch(patient=patient(**marks)))
    assert withheld(answer, f"This record is marked {word}. No options are shown.")


@pytest.mark.parametrize(
    "marks",
    [
        {"deceasedBoolean": False},
        {"active": True},
        {"link": [{"type": "seealso", "other": {"reference": "Patient/x"}}]},
    ],
    ids=str,
)
def test_ss_06_a_record_not_marked_so_is_judged(hooks: Hooks, marks: dict[str, Any]) -> None:
    assert "overview" == hooks.call(with_prefetch(patient=patient(**marks))).cards[0]["source"]["topic"]["code"]


def test_ss_06_a_deceased_patient_without_cancer_gives_no_card(hooks: Hooks) -> None:
    assert [] == hooks.call(call(healthy_chart() | {"patient": patient(deceasedBoolean=True)})).cards


@pytest.mark.parametrize("born", ["2008-11-21", "2009", "2026-11-20", "2008-12"])
def test_under_18_no_options_are_shown(hooks: Hooks, born: str) -> None:
    answer = hooks.call(with_prefetch(patient=patient(birthDate=born)))
    assert withheld(answer, "Hepatica is for adults. No options are shown.")


def test_from_the_18th_birthday_options_are_shown(hooks: Hooks) -> None:
    answer = hooks.call(with_prefetch(patient=patient(birthDate="2008-11-20")))
    assert answer.said("age 18 years")


def test_without_a_birth_date_the_age_is_not_known_and_no_option_needing_it_fits(hooks: Hooks) -> None:
    answer = hooks.call(with_prefetch(patient={k: v for k, v in patient().items() if k != "birthDate"}))
    assert "overview" in {card["source"]["topic"]["code"] for card in answer.cards}
    assert not answer.said("age ")


def test_ch_66_two_patients_under_one_key_are_two_patients(hooks: Hooks) -> None:
    conditions = [condition(icd("C78.7"), "liver")]
    sent = with_prefetch(patient=bundle(patient(), patient(id="q")), conditions=bundle(*conditions))
    assert withheld(hooks.call(sent), MIXED)


def test_f18_the_guard_comes_before_the_missing_data(hooks: Hooks) -> None:
    sent = with_prefetch(conditions=outcome("error"), labs=bundle(result(reference="Patient/q")))
    assert withheld(hooks.call(sent), MIXED)
