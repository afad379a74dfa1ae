"""The practice EHR's FHIR search finds what R4 says, and refuses in words what it does not support."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox_ehr.charts import Chart, ChartUnusable, load_charts
from sandbox_ehr.dates import WRITTEN_FOR
from sandbox_ehr.fhir_search import SearchRefused, parameters_of, search
from sandbox_ehr.prefetch import CLINICIAN, filled, prefetched
from tests.journeys.practice_charts import bundle, condition, ivo, lab, marit, patient, write

BASE = "http://ehr.example.org/fhir"
CONTEXT = {"userId": "Practitioner/practice-clinician", "patientId": "test-marit"}


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    return load_charts(write(tmp_path, marit(), ivo()), WRITTEN_FOR)["test-marit"]


def found(chart: Chart, query: str) -> dict[str, Any]:
    kind, _, parameters = query.partition("?")
    return search(chart, kind, parameters_of(parameters), BASE)


def ids(chart: Chart, query: str) -> list[str]:
    return [entry["resource"]["id"] for entry in found(chart, query).get("entry", [])]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("Observation?patient=test-marit&category=laboratory", {"lab-1", "lab-2", "lab-3", "lab-4", "lab-5"}),
        ("Observation?patient=Patient/test-marit&code=http://loinc.org|1975-2", {"lab-1", "lab-2"}),
        ("Observation?subject=test-marit&code=1975-2,http://loinc.org|777-3", {"lab-1", "lab-2", "lab-4"}),
        ("Observation?patient=test-marit&code=http%3A%2F%2Floinc.org%7C777-3", {"lab-4"}),
        ("Observation?patient=test-marit&code=http://snomed.info/sct|1975-2", set()),
        ("Observation?patient=test-marit&code=|1975-2", set()),
        ("Observation?patient=test-marit&code=http://loinc.org|", {"lab-1", "lab-2", "lab-3", "lab-4", "lab-5"}),
        ("Observation?patient=test-marit&status=registered", {"ras"}),
        ("Observation?patient=test-marit&status=registered,preliminary", {"ras"}),
        ("Observation?patient=test-marit&date=ge2026-11-12&category=laboratory", {"lab-2", "lab-3", "lab-4", "lab-5"}),
        ("Observation?patient=test-marit&date=gt2026-11-12", {"lab-2", "lab-3", "lab-4"}),
        ("Observation?patient=test-marit&date=lt2026-11-12", {"lab-1"}),
        ("Observation?patient=test-marit&date=le2026-11-12&category=laboratory", {"lab-1", "lab-5"}),
        ("Observation?patient=test-marit&date=2026-10", {"lab-1"}),
        ("Observation?patient=test-marit&date=ge2026-11-19T06:55:00Z", {"lab-2", "lab-3", "lab-4"}),
        ("Condition?patient=test-marit&clinical-status=resolved", {"problem-4"}),
        ("Condition?patient=test-marit&onset-date=ge2025", {"problem-2", "problem-3"}),
        ("Patient?_id=test-marit", {"test-marit"}),
        ("Patient?_id=test-ivo", set()),
        ("Patient?_id=test-marit&identifier=urn:example:practice-ehr|TEST-004417", {"test-marit"}),
        ("Patient?_id=test-marit&identifier=urn:example:other|TEST-004417", set()),
        ("Observation?patient=test-marit&_id=lab-1,lab-3,mri", {"lab-1", "lab-3"}),
        ("MedicationRequest?patient=test-marit&intent=order", {"amlodipine"}),
        ("DiagnosticReport?patient=test-marit", {"mri"}),
        ("Procedure?patient=test-marit&status=completed", {"resection"}),
        ("Observation?patient=test-ivo", set()),
        ("AllergyIntolerance?patient=test-marit", set()),
    ],
)
def test_a_search_finds_what_fhir_says(chart: Chart, query: str, expected: set[str]) -> None:
    assert expected == set(ids(chart, query))


def test_newest_first_and_oldest_first(chart: Chart) -> None:
    bilirubin = "Observation?patient=test-marit&code=1975-2&_sort="
    assert ["lab-2", "lab-1"] == ids(chart, f"{bilirubin}-date")
    assert ["lab-1", "lab-2"] == ids(chart, f"{bilirubin}date")


def test_the_undated_comes_last_either_way(tmp_path: Path) -> None:
    undated = lab(9, "1975-2", "Bilirubin", 1.0, "mg/dL", "not a date")
    folder = write(tmp_path, bundle(patient("test-marit", "E", "M", "1962", "female", "1"), undated,
                                    lab(1, "1975-2", "Bilirubin", 1.2, "mg/dL", "2026-10-30")))  # fmt: skip
    chart = load_charts(folder, WRITTEN_FOR)["test-marit"]
    for order in ("date", "-date"):
        assert ["lab-1", "lab-9"] == ids(chart, f"Observation?patient=test-marit&_sort={order}")


def test_a_period_is_found_by_any_day_it_may_cover(tmp_path: Path) -> None:
    course = {
        "resourceType": "MedicationStatement",
        "id": "course",
        "status": "active",
        "subject": {"reference": "Patient/test-marit"},
        "effectivePeriod": {"start": "2026-08-01"},
    }
    folder = write(tmp_path, bundle(patient("test-marit", "E", "M", "1962", "female", "1"), course))
    chart = load_charts(folder, WRITTEN_FOR)["test-marit"]
    assert ["course"] == ids(chart, "MedicationStatement?patient=test-marit&effective=ge2026-11-01")
    assert [] == ids(chart, "MedicationStatement?patient=test-marit&effective=lt2026-08-01")


@pytest.mark.parametrize(
    "odd",
    [
        {"effectivePeriod": {}},
        {"effectiveDateTime": 20261119},
        {"effectivePeriod": {"start": "x"}},
        {"effectiveDateTime": "x"},
    ],
)
def test_a_date_that_cannot_be_read_matches_no_date(tmp_path: Path, odd: dict[str, Any]) -> None:
    result = {"resourceType": "Observation", "id": "odd", "subject": {"reference": "Patient/test-marit"}, **odd}
    chart = load_charts(write(tmp_path, bundle(patient("test-marit", "E", "M", "1962", "f", "1"), result)), WRITTEN_FOR)
    assert ["odd"] == ids(chart["test-marit"], "Observation?patient=test-marit")
    assert [] == ids(chart["test-marit"], "Observation?patient=test-marit&date=gt1900")


def test_a_smaller_count_gives_a_next_link_that_leads_to_the_rest(chart: Chart) -> None:
    first = found(chart, "Observation?patient=test-marit&code=http://loinc.org|1975-2,1751-7&_sort=-date&_count=2")
    links = {link["relation"]: link["url"] for link in first["link"]}
    assert 3 == first["total"]
    assert ["lab-2", "lab-3"] == [entry["resource"]["id"] for entry in first["entry"]]
    kind, _, query = links["next"].removeprefix(f"{BASE}/").partition("?")
    rest = search(chart, kind, parameters_of(query), BASE)
    assert ["lab-1"] == [entry["resource"]["id"] for entry in rest["entry"]]
    assert ["self"] == [link["relation"] for link in rest["link"]]


def test_a_count_that_is_large_enough_gives_no_next_link(chart: Chart) -> None:
    assert ["self"] == [link["relation"] for link in found(chart, "Condition?patient=test-marit&_count=4")["link"]]


def test_a_count_of_nought_only_counts(chart: Chart) -> None:
    counted = found(chart, "Condition?patient=test-marit&_count=0")
    assert (4, False) == (counted["total"], "entry" in counted)


def test_matches_are_marked_as_matches(chart: Chart) -> None:
    entry = found(chart, "Observation?patient=test-marit&code=777-3")["entry"][0]
    assert (f"{BASE}/Observation/lab-4", {"mode": "match"}) == (entry["fullUrl"], entry["search"])


@pytest.mark.parametrize(
    "query, named",
    [
        ("Observation?patient=test-marit&code:below=1", "code:below"),
        ("Observation?patient=test-marit&value-quantity=gt5", "value-quantity"),
        ("Observation?patient=test-marit&_include=Observation:subject", "_include"),
        ("Observation?patient=test-marit&date=ap2026", "date"),
        ("Observation?patient=test-marit&date=soon", "date"),
        ("Observation?patient=test-marit&code=", "code"),
        ("Observation?patient=test-marit&_sort=code", "code"),
        ("Observation?patient=test-marit&_count=many", "_count"),
        ("Observation?category=laboratory", "patient"),
        ("Binary?patient=test-marit", "Binary"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(chart: Chart, query: str, named: str) -> None:
    with pytest.raises(SearchRefused, match=named):
        found(chart, query)


def test_another_patients_resource_is_never_found(tmp_path: Path) -> None:
    stray = lab(7, "1975-2", "Bilirubin", 9.9, "mg/dL", "2026-11-19") | {"subject": {"reference": "Patient/test-ivo"}}
    folder = write(tmp_path, bundle(patient("test-marit", "E", "M", "1962", "female", "1"), stray))
    chart = load_charts(folder, WRITTEN_FOR)["test-marit"]
    assert [] == ids(chart, "Observation?patient=test-marit")


def test_prefetch_tells_found_from_nothing_from_refused_from_not_run(chart: Chart) -> None:
    templates = {
        "patient": "Patient/{{context.patientId}}",
        "labs": "Observation?patient={{context.patientId}}&category=laboratory",
        "nothing": "AllergyIntolerance?patient={{context.patientId}}",
        "no-such-read": "Observation/none",
        "refused": "Observation?patient={{context.patientId}}&code:in=x",
        "odd": "Observation",
        "not-run": "Encounter/{{context.encounterId}}",
        "not-run-either": "PractitionerRole/{{userPractitionerRoleId}}",
        "user": "{{context.userId}}",
        "practitioner": "Practitioner/{{userPractitionerId}}",
    }
    kept = prefetched(templates, CONTEXT, chart, BASE)
    kinds = {key: value and value["resourceType"] for key, value in kept.items()}
    assert {
        "patient": "Patient",
        "labs": "Bundle",
        "nothing": None,
        "no-such-read": None,
        "refused": "OperationOutcome",
        "odd": "OperationOutcome",
        "user": "Practitioner",
        "practitioner": "Practitioner",
    } == kinds
    assert kept["user"] == CLINICIAN


def test_a_refusal_says_what_was_refused(chart: Chart) -> None:
    template = {"labs": "Observation?patient={{context.patientId}}&code:in=x"}
    refused = prefetched(template, CONTEXT, chart, BASE)["labs"]
    assert refused is not None
    issue = refused["issue"][0]
    assert ("error", "not-supported") == (issue["severity"], issue["code"])
    assert "The parameter code:in is not supported for Observation." == issue["diagnostics"]


def test_a_token_is_filled_in_place() -> None:
    assert "Patient/test-marit" == filled("Patient/{{ context.patientId }}", CONTEXT)
    assert filled("{{today() - 90 days}}", CONTEXT) is None
    assert filled("Practitioner/{{userPractitionerId}}", {"userId": "Patient/test-marit"}) is None


def test_references_inside_a_bundle_become_those_a_server_stores(chart: Chart) -> None:
    report = chart.read("DiagnosticReport/mri")
    assert report is not None
    assert {"reference": "Patient/test-marit"} == report["subject"]


@pytest.mark.parametrize(
    "content, why",
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is not a FHIR Bundle"),
        ('{"resourceType": "Patient", "id": "a"}', "is not a FHIR Bundle"),
        ('{"resourceType": "Bundle", "entry": []}', "has 0 Patient resources"),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}', "no usable id"),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "a/b"}}]}', "usable id"),
    ],
)
def test_a_file_that_is_no_chart_is_named(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "odd.json").write_text(content, encoding="utf-8")
    with pytest.raises(ChartUnusable, match=f"^odd.json: .*{why}"):
        load_charts(tmp_path, date(2026, 11, 21))


def test_one_patient_in_two_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChartUnusable, match="already in another file"):
        load_charts(write(tmp_path, ivo(), ivo()), WRITTEN_FOR)


def test_the_case_tag_is_not_the_test_data_mark(tmp_path: Path) -> None:
    content = ivo()
    mark = {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "code": "HTEST",
        "display": "test health data",
    }
    content["meta"] = {"tag": [mark, {"system": "urn:example:case", "display": "Nothing wrong"}]}
    assert "Nothing wrong" == load_charts(write(tmp_path, content), WRITTEN_FOR)["test-ivo"].shows


def test_dates_are_those_of_the_day_of_opening(tmp_path: Path) -> None:
    chart = load_charts(write(tmp_path, marit()), date(2027, 11, 20))["test-marit"]
    assert ["lab-2", "lab-3", "lab-4"] == ids(chart, "Observation?patient=test-marit&date=2027-11-19")


def test_a_condition_without_the_category_is_not_in_that_category(chart: Chart, tmp_path: Path) -> None:
    listed = condition(9, "Gout", category=[{"coding": [{"code": "problem-list-item"}]}])
    content = bundle(patient("test-marit", "E", "M", "1962", "female", "1"), listed, condition(8, "Cough"))
    other = load_charts(write(tmp_path, content, ivo()), WRITTEN_FOR)["test-marit"]
    assert ["problem-9"] == ids(other, "Condition?patient=test-marit&category=problem-list-item")
