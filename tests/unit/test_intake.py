"""One patient's intake: duplicates, resources set aside, references, readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Reading, ReadState
from fhir_mappings.intake import Intake
from fhir_mappings.records import gather

COMPLETE, PARTIAL, FAILED = ReadState.COMPLETE, ReadState.PARTIAL, ReadState.FAILED
SUBJECT = {"reference": "Patient/123"}
PATIENT = {"resourceType": "Patient", "id": "123"}


def observation(own_id: Any = "o1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": own_id, "status": "final", "subject": SUBJECT, **more}


def meta(version: str | None = None, updated: str | None = None) -> dict[str, str]:
    return {key: value for key, value in (("versionId", version), ("lastUpdated", updated)) if value is not None}


def bundle(*resources: Any, kind: str = "collection", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": each} for each in resources], **more}


def intake(*resources: Any) -> Intake:
    return gather(bundle(PATIENT, *resources), patient_id="123")


def ids(found: Intake, kind: str = "Observation") -> list[str | None]:
    return [resource.get("id") for resource in found.resources.get(kind, ())]


def texts(found: Intake, code: str) -> list[str]:
    return [notice.text for notice in found.notices if notice.code == code]


def extension(levels: int) -> list[dict[str, Any]]:
    return [{"url": "x", "extension": extension(levels - 1)}] if levels > 1 else [{"url": "x", "valueString": "y"}]


def test_same_result_on_two_pages_counts_once() -> None:
    assert ["o1"] == ids(gather(bundle(observation()), bundle(observation()), PATIENT, patient_id="123"))


@pytest.mark.parametrize(
    "old, new",
    [
        (meta("9"), meta("10")),
        (meta("1", "2026-01-02T00:00:00Z"), meta("2", "2026-01-01T00:00:00Z")),
        (meta(None, "2026-01-01T00:30:00+01:00"), meta(None, "2026-01-01T00:00:00Z")),
        (meta("a", "2026-01-01T00:00:00Z"), meta("b", "2026-01-01T00:00:00.001Z")),
        (meta("3", "2026-01-01T00:00:00Z"), meta("3", "2026-01-02T00:00:00Z")),
        (meta(None, "2026-01-01"), meta(None, "2026-01-02T00:00:00")),
    ],
)
def test_newest_version_counts_whichever_comes_first(old: dict[str, str], new: dict[str, str]) -> None:
    first, second = observation(meta=old, valueString="old"), observation(meta=new, valueString="new")
    for pair in ((first, second), (second, first)):
        assert ["new"] == [resource["valueString"] for resource in intake(*pair).resources["Observation"]]


@pytest.mark.parametrize(
    "one, other",
    [({}, {}), (meta("1"), {}), (meta("1"), meta("1")), (meta("a"), meta("b")), (meta(None, "x"), meta(None, "y"))],
)
def test_copies_that_differ_with_none_newer_are_not_used(one: dict[str, str], other: dict[str, str]) -> None:
    found = intake(observation(meta=one, valueString="a"), observation(meta=other, valueString="b"), observation("o2"))
    assert ["o2"] == ids(found)
    assert PARTIAL is found.readings["Observation"].state
    expected = "1 result in copies that differ without saying which is newer was not used: Observation/o1."
    assert [expected] == texts(found, "copies-differ")
    assert found.resolve("Observation/o1", {}) is None


def test_copies_that_differ_in_meta_only_count_once() -> None:
    found = intake(observation(meta={"source": "a"}), observation(meta={"source": "b"}), observation())
    assert ["o1"] == ids(found)
    assert COMPLETE is found.readings["Observation"].state


def test_results_without_id_count_once_each() -> None:
    bare = {key: value for key, value in observation().items() if key != "id"}
    found = intake(bare, dict(bare), {**bare, "valueString": "x"}, {**bare, "id": ""})
    assert ["", None, None] == ids(found)


def test_result_without_id_takes_the_id_of_its_fullurl() -> None:
    bare = {key: value for key, value in observation().items() if key != "id"}
    entries = [
        {"fullUrl": "urn:uuid:5", "resource": bare},
        {"fullUrl": "https://ehr.example/fhir/Observation/6", "resource": bare},
        {"fullUrl": "https://ehr.example/fhir/", "resource": bare},
    ]
    found = gather({"resourceType": "Bundle", "entry": [*entries, {"resource": PATIENT}]}, patient_id="123")
    assert ["5", "6", None] == ids(found)
    assert "id" not in bare


def test_patient_copies_that_disagree_withhold_when_any_is_marked() -> None:
    found = intake({**PATIENT, "deceasedBoolean": True}, {**PATIENT, "gender": "male"})
    assert "This record is marked deceased. No options are shown." == found.withheld


def test_two_people_under_one_id_are_withheld() -> None:
    found = intake({**PATIENT, "birthDate": "1950-01-01"}, {**PATIENT, "birthDate": "1970-01-01"})
    assert "The data holds two different patients under one id. No options are shown." == found.withheld
    assert found.patient is None


MALFORMED: list[Any] = [
    *(None, "text", 7, [], {}, {"id": "x"}, {"resourceType": None}, {"resourceType": 5}, {"resourceType": ""}),
    *(observation(5), observation(None), observation("x", meta="m"), observation("x", code="c")),
    observation("x", status=1),
]


@pytest.mark.parametrize("malformed", MALFORMED, ids=str)
def test_three_malformed_of_twenty_leave_seventeen(malformed: Any) -> None:
    good = [observation(f"o{number:02}") for number in range(17)]
    page = bundle(*good[:5], malformed, *good[5:9], malformed, *good[9:], malformed)
    page["entry"] = [{} if entry["resource"] is None else entry for entry in page["entry"]]
    page["link"] = [{"relation": "self", "url": "https://ehr.example/fhir/Observation?patient=123"}]
    found = gather(page, PATIENT, patient_id="123")
    assert [resource["id"] for resource in good] == ids(found)
    assert Reading(PARTIAL, "3 records could not be read") == found.readings["Observation"]
    assert COMPLETE is found.readings["Condition"].state
    assert 1 == len(texts(found, "unreadable"))
    assert texts(found, "unreadable")[0].startswith("3 results could not be read: ")


def test_unreadable_entry_of_unknown_type_spoils_every_reading() -> None:
    found = gather(bundle(PATIENT, "text"), patient_id="123")
    assert {PARTIAL} == {reading.state for reading in found.readings.values()}


def test_resource_of_unknown_type_is_named_and_spoils_nothing() -> None:
    found = intake({"resourceType": "GenomicStudy", "id": "g", "subject": SUBJECT}, observation())
    assert ["1 result of an unknown type was not used: a resource of unknown type."] == texts(found, "unknown-type")
    assert {COMPLETE} == {reading.state for reading in found.readings.values()}


@pytest.mark.parametrize(
    "mark",
    [
        {"modifierExtension": [{"url": "https://example.org/not", "valueBoolean": True}]},
        {"component": [{"code": {}, "modifierExtension": [{"url": "x"}]}]},
        {"implicitRules": "https://example.org/rules"},
    ],
)
def test_result_whose_meaning_is_modified_is_set_aside(mark: dict[str, Any]) -> None:
    found = intake(observation("o1", **mark), observation("o2"))
    assert ["o2"] == ids(found)
    assert PARTIAL is found.readings["Observation"].state
    expected = "1 result with a modifier that changes the meaning was not used: Observation/o1."
    assert [expected] == texts(found, "modifier-extension")


def test_empty_modifier_extension_modifies_nothing() -> None:
    assert ["o1"] == ids(intake(observation("o1", modifierExtension=[])))


def test_ten_nested_extensions_are_read_and_eleven_are_set_aside() -> None:
    found = intake(observation("o1", extension=extension(10)), observation("o2", extension=extension(11)))
    assert ["o1"] == ids(found)
    expected = "1 result with extensions nested deeper than 10 levels was not used: Observation/o2."
    assert [expected] == texts(found, "nested-extensions")


def test_three_hundred_nested_extensions_hurt_nothing_else() -> None:
    assert ["o1"] == ids(intake(observation("o1"), observation("o2", extension=extension(300))))


@pytest.mark.parametrize(
    "field", [{"unknownField": 1}, {"note": ""}, {"valueString": " x "}, {"effectiveDateTime": "2026-01-01T10:00"}]
)
def test_oddities_that_hurt_nobody_are_tolerated(field: dict[str, Any]) -> None:
    assert ["o1"] == ids(intake(observation("o1", **field)))


def test_many_names_are_cut_short_in_a_fixed_order() -> None:
    found = intake(*(observation(f"o{number}", subject={}) for number in (7, 3, 5, 1, 6, 2, 4)))
    expected = (
        "7 results could not be matched to this patient and were not used: "
        "Observation/o1, Observation/o2, Observation/o3, Observation/o4, Observation/o5 and 2 more."
    )
    assert [expected] == texts(found, "unmatched")


def test_notices_never_repeat_text_of_the_record() -> None:
    found = intake(observation("<b>Erika Muster</b>", subject={}))
    expected = "1 result could not be matched to this patient and was not used: Observation without a usable id."
    assert [expected] == texts(found, "unmatched")


def test_references_are_resolved() -> None:
    medication = {"resourceType": "Medication", "id": "m1"}
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": SUBJECT}
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport", "id": "r1", "subject": SUBJECT,
        "contained": [{"resourceType": "Observation", "id": "in", "status": "final"}],
    }  # fmt: skip
    entries: list[dict[str, Any]] = [
        {"fullUrl": "urn:uuid:m", "resource": medication},
        {"fullUrl": "https://ehr.example/fhir/Specimen/s1", "resource": specimen},
        {"fullUrl": "urn:uuid:o", "resource": observation("o1")},
        {"resource": report},
        {"resource": PATIENT},
    ]
    found = gather({"resourceType": "Bundle", "entry": entries}, patient_id="123")
    assert medication == found.resolve("Medication/m1", report)
    assert medication == found.resolve("urn:uuid:m", report)
    assert specimen == found.resolve("Specimen/s1", report)
    assert specimen == found.resolve("https://ehr.example/fhir/Specimen/s1", report)
    assert observation("o1") == found.resolve("urn:uuid:o", report)
    assert observation("o1") == found.resolve("Observation/o1/_history/2", report)
    assert report["contained"][0] == found.resolve("#in", report)
    for missing in ("#out", "Medication/m2", "", None, "Patient/999", "#"):
        assert found.resolve(missing, report) is None
    assert "Medication" not in found.resources


def test_differing_medications_under_one_id_are_not_found() -> None:
    one, other = (
        {"resourceType": "Medication", "id": "m1", "status": "active"},
        {"resourceType": "Medication", "id": "m1"},
    )
    found = intake(one, other)
    assert found.resolve("Medication/m1", {}) is None
    assert "copies-differ" in {notice.code for notice in found.notices}


def test_older_version_can_no_longer_be_pointed_to() -> None:
    entries = [
        {"fullUrl": "urn:uuid:old", "resource": observation(meta=meta("1"), valueString="old")},
        {"fullUrl": "urn:uuid:new", "resource": observation(meta=meta("2"), valueString="new")},
        {"resource": PATIENT},
    ]
    found = gather({"resourceType": "Bundle", "entry": entries}, patient_id="123")
    assert found.resolve("urn:uuid:old", {}) is None
    assert "new" == (found.resolve("urn:uuid:new", {}) or {})["valueString"]


@pytest.mark.parametrize(
    "kind", ["searchset", "collection", "transaction", "batch", "document", "message", "history", "odd", ""]
)
def test_bundle_of_any_type_is_read(kind: str) -> None:
    assert ["o1"] == ids(gather(bundle(PATIENT, observation(), kind=kind), patient_id="123"))


def test_bundles_inside_a_bundle_are_read() -> None:
    assert ["o1", "o2"] == ids(
        gather(bundle(bundle(observation("o1")), bundle(PATIENT, observation("o2"))), patient_id="123")
    )


def test_deleted_resource_is_gone_unless_it_came_back() -> None:
    def entry(own_id: str, updated: str) -> dict[str, Any]:
        return {"resource": observation(own_id, meta=meta(None, updated))}

    def deletion(own_id: str, when: str | None) -> dict[str, Any]:
        response = {"lastModified": when} if when else {}
        return {"request": {"method": "DELETE", "url": f"Observation/{own_id}"}, "response": response}

    entries = [
        deletion("gone", "2026-02-01T00:00:00Z"),
        entry("gone", "2026-01-01T00:00:00Z"),
        entry("back", "2026-03-01T00:00:00Z"),
        deletion("back", "2026-02-01T00:00:00Z"),
        entry("undated", "2026-03-01T00:00:00Z"),
        deletion("undated", None),
        {"resource": PATIENT},
    ]
    assert ["back"] == ids(gather({"resourceType": "Bundle", "type": "history", "entry": entries}, patient_id="123"))


@pytest.mark.parametrize(
    "kind", ["Condition", "Observation", "Procedure", "MedicationRequest", "AllergyIntolerance", "ImagingStudy"]
)
def test_record_speaks_of_types_it_does_not_hold(kind: str) -> None:
    assert Reading(COMPLETE) == intake().readings[kind]


@pytest.mark.parametrize(
    "severity, state",
    [
        ("information", COMPLETE),
        ("warning", PARTIAL),
        ("error", FAILED),
        ("fatal", FAILED),
        ("zzz", FAILED),
        (None, FAILED),
    ],
)
def test_outcome_inside_a_search_result_says_how_it_was_read(severity: str | None, state: ReadState) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "x"}]}
    page = bundle(observation(), outcome, kind="searchset")
    page["link"] = [{"relation": "self", "url": "https://ehr.example/fhir/Observation?patient=123"}]
    found = gather(page, PATIENT, patient_id="123")
    assert state is found.readings["Observation"].state
    assert COMPLETE is found.readings["Condition"].state
    assert ["o1"] == ids(found)


@pytest.mark.parametrize("issue", [[], None, "x", [None], [{}]])
def test_outcome_that_says_nothing_counts_as_failure(issue: Any) -> None:
    found = gather(PATIENT, {"resourceType": "OperationOutcome", "issue": issue}, patient_id="123")
    assert COMPLETE is not found.readings["Condition"].state


def test_failed_request_of_a_batch_makes_the_record_partial() -> None:
    page = bundle(PATIENT, kind="batch-response")
    page["entry"].append({"response": {"status": "403 Forbidden"}})
    assert PARTIAL is gather(page, patient_id="123").readings["Condition"].state


def test_first_page_alone_is_partial_and_with_the_next_is_complete() -> None:
    url = "https://ehr.example/fhir/Observation?patient=123&page="
    first = bundle(
        observation("o1"), link=[{"relation": "self", "url": url + "1"}, {"relation": "next", "url": url + "2"}]
    )
    second = bundle(observation("o2"), link=[{"relation": "self", "url": url + "2"}])
    assert PARTIAL is gather(PATIENT, first, patient_id="123").readings["Observation"].state
    assert COMPLETE is gather(PATIENT, first, second, patient_id="123").readings["Observation"].state


def test_missing_patient_resource_is_told_and_facts_stay_usable() -> None:
    found = gather(observation(), patient_id="123")
    assert (None, "Patient/123", ["o1"], None) == (found.patient, found.reference, ids(found), found.withheld)
    assert Reading(ReadState.NOT_READ, "the Patient resource is missing") == found.readings["Patient"]
    assert 1 == len(texts(found, "patient-missing"))


def test_without_an_id_the_data_say_who_it_is() -> None:
    assert "Patient/123" == gather(bundle(PATIENT, observation())).reference
    assert "Patient/123" == gather(observation()).reference
    assert (
        "Data for more than one patient was received. No options are shown."
        == gather(PATIENT, {**PATIENT, "id": "9"}).withheld
    )
    assert gather().reference is None
    assert {} == dict(gather({"resourceType": "Medication", "id": "m"}).resources)


def test_decimals_stay_exact() -> None:
    quantity = {"value": Decimal("1.50"), "unit": "mg/dL"}
    assert "1.50" == str(
        intake(observation(valueQuantity=quantity)).resources["Observation"][0]["valueQuantity"]["value"]
    )


def _bundle_of(entry: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": entry, **more}


ODD: list[dict[str, Any]] = [
    *({}, {"resourceType": "Bundle"}, _bundle_of({}), _bundle_of(None), _bundle_of([7], type=7, link=7)),
    _bundle_of([], link=[{"relation": "next"}, 5]),
    _bundle_of([{"resource": _bundle_of([{"search": 3, "fullUrl": 3}])}]),
    _bundle_of([{"request": 3, "response": {"outcome": 3, "status": 4}}]),
    *({"resourceType": "Patient"}, {"resourceType": "Patient", "id": 5}),
    {"resourceType": "Patient", "id": "123", "name": [3, {"family": 3}], "link": [4], "birthDate": 1950},
    {"resourceType": "Observation", "subject": [3, {"reference": 4}]},
    {"resourceType": "Observation", "subject": "Patient/123"},
    {"resourceType": "Observation", "subject": SUBJECT, "focus": 3, "contained": [3]},
    {"resourceType": "Observation", "focus": [{}]},
]


@pytest.mark.parametrize("value", ODD, ids=str)
def test_odd_data_never_raises(value: dict[str, Any]) -> None:
    assert isinstance(gather(value), Intake)
    assert isinstance(gather(value, patient_id="123"), Intake)


def test_bundles_nested_too_deeply_are_unreadable() -> None:
    deep = bundle(observation("o9"))
    for _ in range(5):
        deep = bundle(deep)
    found = gather(deep, bundle(PATIENT, observation("o1")), patient_id="123")
    assert ["o1"] == ids(found)
    assert PARTIAL is found.readings["Observation"].state


def test_whole_batch_answers_are_read() -> None:
    page = bundle(PATIENT, observation(), kind="batch-response")
    for entry in page["entry"]:
        entry["response"] = {"status": "200 OK", "outcome": {"resourceType": "OperationOutcome", "issue": INFORMATION}}
    found = gather(page, patient_id="123")
    assert ["o1"] == ids(found)
    assert COMPLETE is found.readings["Observation"].state


INFORMATION = [{"severity": "information", "code": "informational"}]
