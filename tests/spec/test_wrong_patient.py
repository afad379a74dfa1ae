"""One patient: which spellings name the patient, and what happens to everything else (SS-01 to SS-06)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eligibility.facts import ReadState, Severity
from fhir_mappings.intake import Intake
from fhir_mappings.patients import (
    PatientStatementsDisagree,
    UnusablePatientId,
    agree_on_patient,
    bare_patient_id,
    withheld_for_age,
    withheld_for_status,
)
from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.references import Whose, names_patient, whose

BASE = "https://ehr.example/fhir"
MIXED = "Data for more than one patient was received. No options are shown."
KEYS = {"patient": ("Patient",), "conditions": ("Condition",), "labs": ("Observation",)}


def observation(number: int | str = 1, subject: Any = "Patient/123", **more: Any) -> dict[str, Any]:
    reference = {"reference": subject} if isinstance(subject, str) else subject
    return {"resourceType": "Observation", "id": f"o{number}", "status": "final", "subject": reference, **more}


def bundle(*resources: Any, **more: Any) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def patient(own_id: str = "123", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": own_id, **more}


def intake(labs: Any, base: str | None = BASE, **other: Any) -> Intake:
    return gather_prefetch({"patient": patient(), "labs": labs, **other}, KEYS, patient_id="123", base=base)


@pytest.mark.parametrize(
    "spelling, verdict",
    [
        ("Patient/123", Whose.THIS),
        ("Patient/123/_history/4", Whose.THIS),
        (f"{BASE}/Patient/123", Whose.THIS),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", Whose.THIS),
        ("Patient/124", Whose.ANOTHER),
        ("Patient/124/_history/4", Whose.ANOTHER),
        ("Patient/0123", Whose.ANOTHER),
        ("Patient/1234", Whose.ANOTHER),
        ("Patient/12", Whose.ANOTHER),
        (f"{BASE}/Patient/124", Whose.ANOTHER),
        ("https://other.example/fhir/Patient/123", Whose.ANOTHER),
        ("https://ehr.example/Patient/123", Whose.ANOTHER),
        ("http://ehr.example/fhir/Patient/123", Whose.ANOTHER),
        ("https://ehr.example/fhir/tenant/Patient/123", Whose.ANOTHER),
        ("urn:uuid:9c3e28ba-2fa1-11d2-883f-0016d3cca427", Whose.ANOTHER),
        ("urn:uuid:00000000-0000-0000-0000-000000000000", Whose.UNKNOWN),
        (f"{BASE}/Patient/123/_history/4", Whose.UNKNOWN),
        ("patient/123", Whose.UNKNOWN),
        ("Patient/123 ", Whose.UNKNOWN),
        (" Patient/123", Whose.UNKNOWN),
        ("/Patient/123", Whose.UNKNOWN),
        ("Patient/123/", Whose.UNKNOWN),
        ("Patient/123#x", Whose.UNKNOWN),
        ("Patient/123?_format=json", Whose.UNKNOWN),
        ("Patient?identifier=123", Whose.UNKNOWN),
        ("Patient%2F123", Whose.UNKNOWN),
        ("fhir/Patient/123", Whose.UNKNOWN),
        ("ftp://ehr.example/fhir/Patient/123", Whose.UNKNOWN),
        ("#pat", Whose.UNKNOWN),
        ("123", Whose.UNKNOWN),
        ("Patient/" + "1" * 5_000, Whose.UNKNOWN),
        ("Group/123", Whose.NOBODY),
        ("Device/123", Whose.NOBODY),
        (f"{BASE}/Location/123", Whose.NOBODY),
    ],
)
def test_spelling_of_a_patient_reference(spelling: str, verdict: Whose) -> None:
    here = {
        "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427": "123",
        "urn:uuid:9c3e28ba-2fa1-11d2-883f-0016d3cca427": "999",
    }
    assert verdict is whose(spelling, "123", BASE, here)


def test_same_id_behind_an_unknown_base_cannot_be_told() -> None:
    assert Whose.UNKNOWN is whose(f"{BASE}/Patient/123", "123", None, {})
    assert Whose.ANOTHER is whose(f"{BASE}/Patient/124", "123", None, {})


def test_one_result_of_another_patient_among_fifty_withholds_everything() -> None:
    found = intake(bundle(*(observation(number) for number in range(50)), observation(51, "Patient/999")))
    assert MIXED == found.withheld
    assert (None, None, {}, {}, {}) == (
        found.patient,
        found.reference,
        dict(found.resources),
        dict(found.referenced),
        dict(found.readings),
    )
    assert [(Severity.ERROR, "another-patient", MIXED)] == [(n.severity, n.code, n.text) for n in found.notices]


@pytest.mark.parametrize(
    "stranger",
    [
        patient("999"),
        observation(2, "https://other.example/fhir/Patient/123"),
        observation(2, "Patient/999", status="entered-in-error"),
        observation(2, "Patient/999", modifierExtension=[{"url": "x"}]),
        observation(2, "Patient/999", code="malformed"),
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/999"}},
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/999"}},
        {"resourceType": "FamilyMemberHistory", "id": "f", "patient": {"reference": "Patient/999"}},
        {"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/999"}},
        {"resourceType": "Coverage", "id": "c", "beneficiary": {"reference": "Patient/999"}},
        {"resourceType": "Task", "id": "t", "for": {"reference": "Patient/999"}},
        observation(2, "Patient/123", patient={"reference": "Patient/999"}),
        observation(2, "Patient/123", contained=[observation(3, "Patient/999")]),
    ],
    ids=lambda resource: f"{resource['resourceType']}-{len(resource)}",
)
def test_no_kind_of_resource_of_another_patient_passes(stranger: dict[str, Any]) -> None:
    assert MIXED == intake(bundle(observation(1), stranger)).withheld


def test_included_resource_of_another_patient_withholds_everything() -> None:
    labs = bundle(observation(1))
    labs["entry"].append({"resource": observation(2, "Patient/999"), "search": {"mode": "include"}})
    assert MIXED == intake(labs).withheld


def test_resource_of_another_patient_under_an_unpublished_key_withholds_everything() -> None:
    assert MIXED == intake(bundle(observation(1)), extra=bundle(observation(2, "Patient/999"))).withheld


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {},
        {"display": "Erika Muster"},
        {"identifier": {"system": "urn:oid:1.2.3", "value": "123"}},
        {"reference": ""},
        {"reference": None},
        {"reference": 123},
        {"reference": "urn:uuid:00000000-0000-0000-0000-000000000000"},
        {"reference": "#pat"},
        "Patient?identifier=123",
        "patient/123",
    ],
)
def test_result_that_names_nobody_is_left_out_counted_and_named(subject: Any) -> None:
    found = intake(bundle(observation(1), observation(2, subject), observation(3, subject)))
    assert ["o1"] == [resource["id"] for resource in found.resources["Observation"]]
    expected = "2 results could not be matched to this patient and were not used: Observation/o2, Observation/o3."
    assert [expected] == [notice.text for notice in found.notices if notice.code == "unmatched"]
    assert found.withheld is None
    assert ReadState.PARTIAL is found.readings["Observation"].state


def test_one_unmatched_result_is_told_in_the_singular() -> None:
    found = intake(bundle(observation(2, None)))
    expected = "1 result could not be matched to this patient and was not used: Observation/o2."
    assert [(expected, "Observation/o2")] == [(n.text, n.reference) for n in found.notices if n.code == "unmatched"]


def test_urn_uuid_resolves_inside_its_own_bundle_only() -> None:
    url = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    inside = bundle(observation(1, url))
    inside["entry"].append({"fullUrl": url, "resource": patient()})
    assert "Observation" in intake(None, all=inside).resources
    outside = {"resourceType": "Bundle", "entry": [{"fullUrl": url, "resource": patient()}]}
    assert "Observation" not in intake(bundle(observation(1, url)), all=outside).resources


def test_fullurl_that_two_patients_claim_names_neither() -> None:
    url = "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    entries = [{"fullUrl": url, "resource": patient()}, {"fullUrl": url, "resource": patient("999")}]
    assert MIXED == intake({"resourceType": "Bundle", "entry": entries}).withheld


def test_observation_about_someone_else_is_not_the_patients() -> None:
    donor = observation(2, focus=[{"reference": "Patient/999"}])
    child = observation(3, focus=[{"reference": "RelatedPerson/7"}])
    tumour = observation(4, focus=[{"reference": "Condition/c1"}])
    found = intake(bundle(donor, child, tumour))
    assert ["o4"] == [resource["id"] for resource in found.resources["Observation"]]
    assert found.withheld is None


def test_result_about_a_group_or_device_is_not_the_patients() -> None:
    found = intake(bundle(observation(1, "Group/123"), observation(2)))
    assert ["o2"] == [resource["id"] for resource in found.resources["Observation"]]
    assert ReadState.COMPLETE is found.readings["Observation"].state


def test_family_history_never_counts() -> None:
    history = {"resourceType": "FamilyMemberHistory", "id": "f", "patient": {"reference": "Patient/123"}}
    found = intake(None, extra=bundle(history))
    assert "FamilyMemberHistory" not in found.resources
    assert found.resolve("FamilyMemberHistory/f", {}) is None


@pytest.mark.parametrize(
    "resource, verdict",
    [
        (observation(1), Whose.THIS),
        (observation(1, "Patient/999"), Whose.ANOTHER),
        (observation(1, None), Whose.UNKNOWN),
        (patient(), Whose.THIS),
        (patient("999"), Whose.ANOTHER),
        (observation(1, patient={"reference": "Patient/999"}), Whose.ANOTHER),
    ],
)
def test_owner_of_a_single_resource_can_be_asked(resource: dict[str, Any], verdict: Whose) -> None:
    assert verdict is names_patient(resource, "123")


# SS-05

STATEMENTS = ["context.patientId", "prefetch.patient", "fhirAuthorization.patient", "token.patient", "Patient read"]


def test_statements_that_agree_give_the_patient() -> None:
    assert "123" == agree_on_patient({**dict.fromkeys(STATEMENTS, "123"), "context.patientId": "Patient/123"})
    assert "123" == agree_on_patient({"context.patientId": "123", "fhirAuthorization.patient": None})


@pytest.mark.parametrize("first", STATEMENTS)
@pytest.mark.parametrize("second", STATEMENTS)
def test_each_pair_of_statements_that_disagree_is_refused(first: str, second: str) -> None:
    if first == second:
        return
    stated: dict[str, object] = {first: "123", second: "999"}
    with pytest.raises(PatientStatementsDisagree) as refused:
        agree_on_patient(stated)
    assert {first, second} == {refused.value.first, refused.value.second}
    assert "123" not in str(refused.value)
    assert "999" not in str(refused.value)


def test_patient_read_by_id_must_be_the_patient_of_the_call() -> None:
    with pytest.raises(PatientStatementsDisagree, match=r"context\.patientId and prefetch\.patient name"):
        gather_prefetch({"patient": patient("999")}, KEYS, patient_id="123")


@pytest.mark.parametrize(
    "stated",
    ["1&_include=*", "../Practitioner/1", "1?x=y", "", "1" * 65, "Practitioner/1", "a b", None, 1, "Patient/", "1\n"],
)
def test_unusable_patient_ids_are_refused(stated: object) -> None:
    with pytest.raises(UnusablePatientId):
        bare_patient_id(stated)


def test_no_statement_at_all_is_refused() -> None:
    with pytest.raises(UnusablePatientId):
        agree_on_patient({"context.patientId": None})


# SS-06


@pytest.mark.parametrize(
    "marks, word",
    [
        ({"active": False}, "inactive"),
        ({"active": "false"}, "inactive"),
        ({"deceasedBoolean": True}, "deceased"),
        ({"deceasedBoolean": "true"}, "deceased"),
        ({"deceasedDateTime": "2026-01-01"}, "deceased"),
        ({"_deceasedDateTime": {"extension": [{"url": "x", "valueCode": "unknown"}]}}, "deceased"),
        ({"link": [{"type": "seealso"}, {"type": "replaced-by", "other": {"reference": "Patient/9"}}]}, "replaced"),
        ({"active": False, "deceasedBoolean": True}, "deceased and inactive"),
    ],
)
def test_marked_records_show_no_options_and_say_why(marks: dict[str, Any], word: str) -> None:
    expected = f"This record is marked {word}. No options are shown."
    assert expected == withheld_for_status(patient(**marks))
    found = gather_prefetch({"patient": patient(**marks), "labs": bundle(observation())}, KEYS, patient_id="123")
    assert (expected, "Patient/123") == (found.withheld, found.reference)


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {"active": True},
        {"active": None},
        {"deceasedBoolean": False},
        {"link": [{"type": "replaces", "other": {"reference": "Patient/8"}}]},
        {"link": "odd"},
    ],
)
def test_unmarked_records_are_not_withheld(marks: dict[str, Any]) -> None:
    assert withheld_for_status(patient(**marks)) is None
    assert withheld_for_status(None) is None


@pytest.mark.parametrize(
    "born, adult",
    [
        ("2008-11-21", True),
        ("2008-11-22", False),
        ("2008-11", False),
        ("2008-10", True),
        ("2008", False),
        ("2007", True),
        ("2015-01-01", False),
        ("2030-01-01", False),
        ("1950", True),
    ],
)
def test_children_and_who_may_be_one_are_withheld(born: str, adult: bool) -> None:
    expected = None if adult else "Hepatica is for adults. No options are shown."
    assert expected == withheld_for_age(patient(birthDate=born), date(2026, 11, 21))


@pytest.mark.parametrize("born", [None, "", "unknown", 1950, "08-11-21"])
def test_without_a_readable_birth_date_age_is_simply_unknown(born: Any) -> None:
    assert withheld_for_age(patient(birthDate=born), date(2026, 11, 21)) is None
    assert withheld_for_age(None, date(2026, 11, 21)) is None
