"""Sources that hold several patients: each is taken apart, never mixed."""

from __future__ import annotations

from typing import Any

from eligibility.facts import ReadState
from fhir_mappings.intake import Intake
from fhir_mappings.records import Records, split_patients
from fhir_mappings.sources import Document


def patient(own_id: str = "1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": own_id, **more}


def observation(own_id: str, subject: str | None = "Patient/1", **more: Any) -> dict[str, Any]:
    reference = {"reference": subject} if subject else {"display": "somebody"}
    return {"resourceType": "Observation", "id": own_id, "status": "final", "subject": reference, **more}


def bundle(*entries: Any, **more: Any) -> dict[str, Any]:
    wrapped = [entry if "resource" in entry else {"resource": entry} for entry in entries]
    return {"resourceType": "Bundle", "type": "collection", "entry": wrapped, **more}


def at(url: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": url, "resource": resource}


def split(*documents: Any) -> Records:
    return split_patients(
        Document(f"{number}.json", tuple(document) if isinstance(document, list) else (document,), plain=False)
        for number, document in enumerate(documents)
    )


def held(records: Records) -> list[tuple[str | None, list[str]]]:
    return [
        (found.reference, [resource["id"] for kind in found.resources.values() for resource in kind])
        for found in records.intakes
    ]


def texts(found: Intake | Records, code: str) -> list[str]:
    return [notice.text for notice in found.notices if notice.code == code]


def test_several_patients_of_one_source_are_apart() -> None:
    found = split(bundle(patient("1"), patient("2"), observation("a"), observation("b", "Patient/2")))
    assert [("Patient/1", ["a"]), ("Patient/2", ["b"])] == held(found)
    assert [None, None] == [each.withheld for each in found.intakes]


def test_export_files_of_one_folder_are_one_record_system() -> None:
    found = split([patient("1"), patient("2")], [observation("a"), observation("b", "Patient/2")], [observation("c")])
    assert [("Patient/1", ["a", "c"]), ("Patient/2", ["b"])] == held(found)


def test_resources_without_a_patient_resource_are_grouped_by_their_subject() -> None:
    found = split(observation("a"), observation("b"), observation("c", "Patient/2"))
    assert [("Patient/1", ["a", "b"]), ("Patient/2", ["c"])] == held(found)
    assert {"patient-missing"} == {notice.code for each in found.intakes for notice in each.notices}


def test_urn_references_resolve_inside_their_bundle() -> None:
    url = "urn:uuid:5"
    first = bundle(at(url, patient("1")), observation("a", url))
    second = bundle(at(url, patient("2")), observation("b", url))
    stray = bundle(patient("3"), observation("c", url))
    found = split(first, second, stray)
    assert [("Patient/1", ["a"]), ("Patient/2", ["b"]), ("Patient/3", [])] == held(found)
    assert ["1 result could not be matched to a patient and was not used: Observation/c."] == texts(found, "unmatched")


def test_urn_references_group_when_no_patient_resource_is_there() -> None:
    assert [("urn:uuid:5", ["a", "b"])] == held(
        split(bundle(observation("a", "urn:uuid:5"), observation("b", "urn:uuid:5")))
    )


def test_patient_without_id_takes_it_from_its_fullurl() -> None:
    nameless = {"resourceType": "Patient"}
    assert [("Patient/5", ["a"])] == held(split(bundle(at("urn:uuid:5", nameless), observation("a", "urn:uuid:5"))))
    assert [(None, [])] == held(split(nameless))


def test_absolute_and_relative_references_to_one_base_are_one_patient() -> None:
    base = "https://ehr.example/fhir"
    found = split(bundle(at(f"{base}/Patient/1", patient()), observation("a", f"{base}/Patient/1"), observation("b")))
    assert [("Patient/1", ["a", "b"])] == held(found)


def test_same_id_at_two_bases_is_two_patients() -> None:
    one, other = "https://one.example/fhir", "https://two.example/fhir"
    found = split(
        bundle(at(f"{one}/Patient/1", patient()), at(f"{one}/Observation/a", observation("a"))),
        bundle(at(f"{other}/Patient/1", patient()), observation("b", f"{other}/Patient/1")),
        observation("c"),
    )
    assert [("Patient/1", ["a"]), ("Patient/1", ["b"])] == held(found)
    assert 1 == len(texts(found, "unmatched"))


def test_id_without_base_belongs_to_the_only_base_that_has_it() -> None:
    one, other = "https://one.example/fhir", "https://two.example/fhir"
    found = split(
        bundle(at(f"{one}/Patient/1", patient())), bundle(at(f"{other}/Patient/2", patient("2"))), observation("c")
    )
    assert [("Patient/1", ["c"]), ("Patient/2", [])] == held(found)


def test_people_who_share_an_id_are_never_mixed() -> None:
    anna = patient("1", birthDate="1950-01-01", name=[{"family": "Muster", "given": ["Anna"]}])
    bert = patient("1", birthDate="1971-05-05", name=[{"family": "Beispiel", "given": ["Bert"]}])
    found = split(bundle(anna, observation("a")), bundle(bert, observation("b")), observation("c"))
    assert [("Patient/1", ["a"]), ("Patient/1", ["b"])] == held(found)
    assert [anna, bert] == [each.patient for each in found.intakes]
    expected = "Patient/1 stands for different people in this source; each file was taken by itself."
    assert [expected] == texts(found, "patients-share-id") == texts(found.intakes[0], "patients-share-id")
    assert ["1 result could not be matched to a patient and was not used: Observation/c."] == texts(found, "unmatched")


def test_same_person_in_two_files_is_one_patient() -> None:
    exact = patient(
        "1", birthDate="1950-01-01", name=[{"family": "Muster", "given": ["Anna", "B."]}], meta={"versionId": "2"}
    )
    vague = patient("1", birthDate="1950", name=[{"family": "MUSTER ", "given": ["anna"]}], meta={"versionId": "1"})
    found = split(bundle(exact, observation("a")), bundle(vague, observation("b")))
    assert [("Patient/1", ["a", "b"])] == held(found)
    assert exact == found.intakes[0].patient


def test_two_people_under_one_id_in_one_file_are_withheld() -> None:
    found = split(bundle(patient("1", birthDate="1950"), patient("1", birthDate="1970"), observation("a")))
    assert ["The data holds two different patients under one id. No options are shown."] == [
        e.withheld for e in found.intakes
    ]


def test_moved_result_counts_only_where_it_was_moved_to() -> None:
    old = observation("a", "Patient/1", meta={"versionId": "1"})
    new = observation("a", "Patient/2", meta={"versionId": "2"})
    assert [("Patient/1", []), ("Patient/2", ["a"])] == held(split(bundle(patient("1"), patient("2"), old, new)))


def test_result_filed_under_two_patients_counts_for_neither() -> None:
    found = split(bundle(patient("1"), patient("2"), observation("a", "Patient/1"), observation("a", "Patient/2")))
    assert [("Patient/1", []), ("Patient/2", [])] == held(found)
    assert 1 == len(texts(found, "copies-differ"))


def test_unmatched_result_may_be_anybodys() -> None:
    found = split(bundle(patient("1"), patient("2"), observation("a", None)))
    assert [ReadState.PARTIAL] * 2 == [each.readings["Observation"].state for each in found.intakes]
    assert [ReadState.COMPLETE] * 2 == [each.readings["Condition"].state for each in found.intakes]


def test_result_about_a_group_is_left_out() -> None:
    found = split(bundle(patient("1"), observation("a", "Group/1"), observation("b", "Patient?identifier=1")))
    assert [("Patient/1", [])] == held(found)
    assert ["1 result about a group, device or place was not used: Observation/a."] == texts(found, "not-a-patient")


def test_unreadable_line_of_an_export_file_spoils_only_its_type() -> None:
    export = Document(
        "Observation.ndjson", (observation("a"), observation("b")), ("Observation.ndjson, line 3, was not read.",)
    )
    (found,) = split_patients([Document("Patient.ndjson", (patient(),)), export]).intakes
    assert ReadState.PARTIAL is found.readings["Observation"].state
    assert ReadState.COMPLETE is found.readings["Condition"].state
    assert ["Observation.ndjson, line 3, was not read."] == texts(found, "unreadable")


def test_unreadable_file_spoils_every_type_and_foreign_json_none() -> None:
    broken = Document("broken.json", unreadable=("broken.json was not read.",))
    (found,) = split_patients([Document("p.json", (patient(),)), broken]).intakes
    assert {ReadState.PARTIAL} == {reading.state for reading in found.readings.values()}
    (found,) = split_patients([Document("p.json", (patient(),)), Document("package.json", foreign=True)]).intakes
    assert {ReadState.COMPLETE} == {reading.state for reading in found.readings.values()}
    assert ["package.json is JSON without any FHIR resource in it and was not used."] == texts(found, "not-fhir")


def test_source_without_patients_has_none() -> None:
    assert () == split(bundle({"resourceType": "ResearchStudy", "id": "r"})).intakes


def test_medications_are_shared_and_other_patients_results_are_not() -> None:
    medication = {"resourceType": "Medication", "id": "m"}
    found = split(bundle(patient("1"), patient("2"), medication, at("urn:uuid:a", observation("a"))))
    assert [medication, medication] == [each.resolve("Medication/m", {}) for each in found.intakes]
    assert [True, False] == [each.resolve("Observation/a", {}) is not None for each in found.intakes]
    assert [True, False] == [each.resolve("urn:uuid:a", {}) is not None for each in found.intakes]
