"""Which statuses let a resource count: one test per status of each value set, and one outside it (SS-11)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.facts import ReadState
from tests.fhir_charts import RXNORM, concept, condition, facts_of, icd, lab, observation, one, resource, values

BILIRUBIN = "1975-2"


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "final "])
def test_a_finished_observation_counts(status: str) -> None:
    found = one("lab.bilirubin", lab(BILIRUBIN, "1.2", "mg/dL", status=status))
    assert (Decimal("1.2"), False) == (found.value, found.preliminary)


def test_a_preliminary_observation_is_marked() -> None:
    found = one("lab.bilirubin", lab(BILIRUBIN, "1.2", "mg/dL", status="preliminary"))
    assert (Decimal("1.2"), True) == (found.value, found.preliminary)


@pytest.mark.parametrize("status", ["registered", "cancelled", "entered-in-error"])
def test_an_observation_without_a_valid_value_is_dropped(status: str) -> None:
    assert [] == values("lab.bilirubin", lab(BILIRUBIN, "1.2", "mg/dL", status=status))


@pytest.mark.parametrize("status", ["unknown", "bogus", "completed", "", "Final"])
def test_an_unknown_observation_status_is_never_used_silently(status: str) -> None:
    found = one("lab.bilirubin", lab(BILIRUBIN, "1.2", "mg/dL", status=status))
    assert (None, "its status is not one that lets it count") == (found.value, found.why)


def test_a_missing_observation_status_is_never_used_silently() -> None:
    raw = lab(BILIRUBIN, "1.2", "mg/dL")
    del raw["status"]
    assert [None] == values("lab.bilirubin", raw)


LIVER = icd("C78.7")


@pytest.mark.parametrize("verified", ["confirmed", "confirmed ", None])
def test_a_confirmed_or_unstated_condition_is_present(verified: str | None) -> None:
    found = one("liver.lesion_nature", condition(LIVER, verified=verified))
    assert "metastasis" == found.value
    assert (verified is None) == ("verification" in found.why)


@pytest.mark.parametrize("verified", ["unconfirmed", "provisional", "differential"])
def test_an_unconfirmed_condition_is_suspected_and_never_present(verified: str) -> None:
    chart = facts_of(condition(LIVER, verified=verified))
    assert ["indeterminate"] == [f.value for f in chart.findings["liver.lesion_nature"]]
    assert ["suspected"] == [f.value for f in chart.findings["dx.cancer_status"]]


def test_a_refuted_condition_is_not_present() -> None:
    chart = facts_of(condition(LIVER, verified="refuted"))
    assert [None] == [f.value for f in chart.findings["liver.lesion_nature"]]
    assert ["refuted"] == [f.value for f in chart.findings["dx.cancer_status"]]


def test_a_condition_entered_in_error_says_nothing_of_the_liver() -> None:
    chart = facts_of(condition(LIVER, verified="entered-in-error"))
    assert "liver.lesion_nature" not in chart.findings
    assert ["entered_in_error"] == [f.value for f in chart.findings["dx.cancer_status"]]


def test_an_error_beside_a_confirmed_cancer_does_not_show() -> None:
    chart = facts_of(condition(LIVER, "wrong", verified="entered-in-error"), condition(icd("C18.2"), "right"))
    assert ["confirmed"] == [f.value for f in chart.findings["dx.cancer_status"]]


@pytest.mark.parametrize("verified", ["bogus", "CONFIRMED"])
def test_an_unknown_verification_status_is_not_present(verified: str) -> None:
    assert "metastasis" not in values("liver.lesion_nature", condition(LIVER, verified=verified))


@pytest.mark.parametrize("clinical", ["active", "recurrence", "relapse", None])
def test_a_current_or_unstated_condition_is_present(clinical: str | None) -> None:
    assert ["metastasis"] == values("liver.lesion_nature", condition(LIVER, clinical=clinical))


@pytest.mark.parametrize("clinical", ["inactive", "remission", "resolved"])
def test_a_past_condition_is_not_present_now(clinical: str) -> None:
    found = one("liver.lesion_nature", condition(LIVER, clinical=clinical))
    assert (None, "recorded as past") == (found.value, found.why)


def test_an_abatement_without_status_means_past() -> None:
    assert [None] == values("liver.lesion_nature", condition(LIVER, clinical=None, abatementDateTime="2025-01-01"))


def test_an_unknown_clinical_status_is_not_present() -> None:
    assert [None] == values("liver.lesion_nature", condition(LIVER, clinical="bogus"))


HEART_FAILURE = icd("I50.9")


@pytest.mark.parametrize(
    "clinical, verified, expected",
    [
        ("active", "confirmed", [True]),
        ("active", None, [True]),
        (None, "confirmed", [True]),
        ("resolved", "confirmed", []),
        ("active", "refuted", []),
        ("active", "entered-in-error", []),
        ("active", "unconfirmed", [None]),
        ("active", "bogus", [None]),
        ("bogus", "confirmed", [None]),
    ],
)
def test_conditions_that_block_options_pass_the_same_gate(
    clinical: str | None, verified: str | None, expected: list[bool | None]
) -> None:
    assert expected == values("sf.heart_failure", condition(HEART_FAILURE, clinical=clinical, verified=verified))


HEPATECTOMY = concept("71273005")


@pytest.mark.parametrize("status", ["completed", " completed"])
def test_a_completed_procedure_was_done(status: str) -> None:
    raw = resource("Procedure", "x", status=status, code=HEPATECTOMY, performedDateTime="2025-05-01")
    assert [True] == values("liver.prior_hepatectomy", raw)


@pytest.mark.parametrize(
    "status",
    ["preparation", "in-progress", "not-done", "on-hold", "stopped", "entered-in-error", "unknown", "bogus", ""],
)
def test_any_other_procedure_was_not_done(status: str) -> None:
    chart = facts_of(resource("Procedure", "x", status=status, code=HEPATECTOMY, performedDateTime="2025-05-01"))
    assert {} == {k: v for k, v in chart.findings.items() if k.startswith(("liver.", "tx."))}


IRINOTECAN = concept("51499", RXNORM)


def drug(kind: str, status: str, **more: object) -> dict[str, object]:
    return resource(
        kind, "m", status=status, medicationCodeableConcept=IRINOTECAN, effectiveDateTime="2026-05-01", **more
    )


@pytest.mark.parametrize(
    "kind, status, expected",
    [
        ("MedicationAdministration", "completed", [True]),
        ("MedicationAdministration", "in-progress", [True]),
        ("MedicationAdministration", "not-done", []),
        ("MedicationAdministration", "on-hold", []),
        ("MedicationAdministration", "stopped", [None]),
        ("MedicationAdministration", "unknown", [None]),
        ("MedicationAdministration", "entered-in-error", []),
        ("MedicationAdministration", "bogus", [None]),
        ("MedicationStatement", "active", [True]),
        ("MedicationStatement", "completed", [True]),
        ("MedicationStatement", "intended", []),
        ("MedicationStatement", "not-taken", []),
        ("MedicationStatement", "stopped", [None]),
        ("MedicationStatement", "on-hold", [None]),
        ("MedicationStatement", "unknown", [None]),
        ("MedicationStatement", "entered-in-error", []),
        ("MedicationStatement", "bogus", [None]),
    ],
)
def test_what_a_record_of_giving_proves(kind: str, status: str, expected: list[bool | None]) -> None:
    assert expected == values("tx.prior_irinotecan", drug(kind, status))


@pytest.mark.parametrize(
    "status, intent, expected",
    [
        ("completed", "order", [True]),
        ("active", "order", [None]),
        ("on-hold", "order", [None]),
        ("stopped", "order", [None]),
        ("unknown", "order", [None]),
        ("bogus", "order", [None]),
        ("cancelled", "order", []),
        ("entered-in-error", "order", []),
        ("draft", "order", []),
        ("completed", "plan", []),
        ("active", "proposal", []),
    ],
)
def test_a_request_is_an_order_and_not_exposure(status: str, intent: str, expected: list[bool | None]) -> None:
    raw = resource(
        "MedicationRequest",
        "m",
        status=status,
        intent=intent,
        medicationCodeableConcept=IRINOTECAN,
        authoredOn="2026-05-01",
    )
    assert expected == values("tx.prior_irinotecan", raw)


def test_do_not_perform_turns_a_request_round() -> None:
    raw = resource(
        "MedicationRequest",
        "m",
        status="completed",
        intent="order",
        doNotPerform=True,
        medicationCodeableConcept=IRINOTECAN,
    )
    assert [] == values("tx.prior_irinotecan", raw)


@pytest.mark.parametrize(
    "elements, expected",
    [
        ({}, [frozenset({"platinum"})]),
        ({"verificationStatus": concept("refuted", "http://x")}, []),
        ({"verificationStatus": concept("entered-in-error", "http://x")}, []),
        ({"clinicalStatus": concept("resolved", "http://x")}, []),
        ({"clinicalStatus": concept("inactive", "http://x")}, []),
        ({"clinicalStatus": concept("active", "http://x")}, [frozenset({"platinum"})]),
    ],
)
def test_an_allergy_counts_unless_refuted_or_over(elements: dict[str, object], expected: list[object]) -> None:
    raw = resource("AllergyIntolerance", "a", code=concept("2555", RXNORM), criticality="high", **elements)
    assert expected == values("sf.allergy", raw)


@pytest.mark.parametrize("kind", ["Observation", "Condition", "Procedure", "MedicationAdministration"])
def test_an_extension_that_may_change_the_meaning_makes_a_resource_unusable(kind: str) -> None:
    raws = {
        "Observation": lab(BILIRUBIN, "1.2", "mg/dL"),
        "Condition": condition(LIVER),
        "Procedure": resource("Procedure", "x", status="completed", code=HEPATECTOMY),
        "MedicationAdministration": drug("MedicationAdministration", "completed"),
    }
    chart = facts_of({**raws[kind], "modifierExtension": [{"url": "http://unknown", "valueBoolean": True}]})
    told = [f.value for fact, found in chart.findings.items() if not fact.startswith("pt.") for f in found]
    assert not any(told)
    assert ReadState.PARTIAL is chart.readings[kind].state
    assert chart.notices


def test_family_history_is_not_the_patients_disease() -> None:
    raw = {
        "resourceType": "FamilyMemberHistory",
        "id": "f",
        "patient": {"reference": "Patient/p"},
        "status": "completed",
        "relationship": concept(text="mother"),
        "condition": [{"code": LIVER}],
    }
    assert {"pt.age", "pt.sex"} == set(facts_of(raw).findings)


def test_a_result_answered_false_is_not_a_history() -> None:
    assert [] == values(
        "liver.lesion_nature", observation("1098951000119108", system="http://snomed.info/sct", valueBoolean=False)
    )
