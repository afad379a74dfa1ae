"""The practice EHR's synthetic patients: valid FHIR R4, one patient a file, exactly what their builder writes."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sandbox_ehr" / "patients"
FILES = sorted(FOLDER.glob("*.json"))
EXPECTED = ROOT / "tests" / "patients" / "expected"
MALFORMED_ON_PURPOSE = {"AllergyIntolerance/emil-broken-allergy-20190505"}
BOARD = "https://practice.example/tumour-board"
STATUSES = {"recommended", "may_consider", "not_now", "needs_data", "not_applicable"}
AS_OF = date(2026, 11, 20)

Resource = dict[str, Any]
each_patient = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def read(path: Path) -> Resource:
    bundle: Resource = json.loads(path.read_text(encoding="utf-8"))
    return bundle


def resources(path: Path) -> list[Resource]:
    return [entry["resource"] for entry in read(path)["entry"]]


def named(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def validate(resource: Resource) -> None:
    """Raises pydantic's ValidationError when the resource is not valid FHIR R4 (R4B models)."""
    kind = resource["resourceType"]
    model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    model.model_validate(resource)


def values_of(node: Any, key: str) -> Iterator[Any]:
    """Every value filed under `key`, anywhere below the node."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(item, key)


def board_answers(path: Path) -> Iterator[tuple[str, Resource]]:
    """The tumour board form's question code and Observation, for every question answered in the file."""
    for resource in resources(path):
        for coding in resource.get("code", {}).get("coding", []) if isinstance(resource.get("code"), dict) else []:
            if coding.get("system") == BOARD:
                yield coding["code"], resource


def test_there_are_at_least_eighteen_patients() -> None:
    assert 18 <= len(FILES)


@each_patient
def test_every_resource_is_valid_fhir(path: Path) -> None:
    for resource in resources(path):
        if named(resource) not in MALFORMED_ON_PURPOSE:
            validate(resource)


@each_patient
def test_only_the_named_resource_is_malformed(path: Path) -> None:
    broken = set()
    for resource in resources(path):
        try:
            validate(resource)
        except ValidationError:
            broken.add(named(resource))
    assert {name for name in MALFORMED_ON_PURPOSE if name.split("/")[1].startswith(path.stem.split("-")[-1])} == broken


@each_patient
def test_the_patient_comes_first_and_alone(path: Path) -> None:
    kinds = [resource["resourceType"] for resource in resources(path)]
    assert "Patient" == kinds[0]
    assert 1 == kinds.count("Patient")


@each_patient
def test_every_resource_belongs_to_the_patient_of_its_file(path: Path) -> None:
    patient, *others = resources(path)
    for resource in others:
        if resource["resourceType"] != "Practitioner":
            owner = resource.get("subject") or resource.get("patient")
            assert {"reference": named(patient)} == owner, named(resource)


@each_patient
def test_every_reference_leads_to_a_resource_of_the_file(path: Path) -> None:
    present = {named(resource) for resource in resources(path)}
    assert set() == {reference for reference in values_of(read(path), "reference") if reference not in present}


@each_patient
def test_the_bundle_says_in_one_sentence_what_it_shows(path: Path) -> None:
    bundle = read(path)
    (tag,) = bundle["meta"]["tag"]
    assert ("https://practice.example/case", path.stem) == (tag["system"], tag["code"])
    assert 20 < len(tag["display"]) < 130
    assert "collection" == bundle["type"]


@each_patient
def test_the_patient_is_plainly_synthetic(path: Path) -> None:
    patient = resources(path)[0]
    (identifier,) = patient["identifier"]
    assert "https://practice.example/mrn" == identifier["system"]
    assert re.fullmatch(r"TEST-00\d{4}", identifier["value"])
    assert patient["name"][0]["family"].isupper()
    assert date.fromisoformat(patient["birthDate"]) < AS_OF


@each_patient
def test_nothing_is_dated_after_the_day_the_answers_are_for(path: Path) -> None:
    for key in ("effectiveDateTime", "performedDateTime", "recordedDate", "onsetDateTime", "authoredOn", "issued"):
        for value in values_of(read(path), key):
            assert date.fromisoformat(value[:10]) <= AS_OF, value


def test_no_id_is_used_by_two_patients() -> None:
    seen: dict[str, str] = {}
    for path in FILES:
        for resource in resources(path):
            if resource["resourceType"] != "Practitioner":
                assert named(resource) not in seen, f"{named(resource)} in {path.stem} and {seen[named(resource)]}"
                seen[named(resource)] = path.stem


def test_medical_record_numbers_are_all_different() -> None:
    numbers = [resources(path)[0]["identifier"][0]["value"] for path in FILES]
    assert len(set(numbers)) == len(numbers)


def test_the_builder_writes_exactly_what_is_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tools.make_patients", "--out", str(tmp_path)], cwd=ROOT, check=True)
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "patients").iterdir()}
    assert {path.name: path.read_text(encoding="utf-8") for path in FILES} == made
    committed = (ROOT / "sandbox_ehr" / "overlay.yaml").read_text(encoding="utf-8")
    assert committed == (tmp_path / "overlay.yaml").read_text(encoding="utf-8")


def test_the_overlay_reads_every_answer_on_the_tumour_board_form() -> None:
    overlay = yaml.safe_load((ROOT / "sandbox_ehr" / "overlay.yaml").read_text(encoding="utf-8"))
    rows = {row["code"]: row for row in overlay if row["system"] == BOARD}
    assert len(overlay) == len(rows)
    for path in FILES:
        for code, observation in board_answers(path):
            row = rows[code]
            if "values" in row:
                assert observation["valueCodeableConcept"]["coding"][0]["code"] in row["values"], named(observation)
            else:
                (kind,) = set(row) & {"quantity", "boolean", "integer"}
                assert f"value{kind.title()}" in observation, named(observation)


def test_about_two_thirds_of_the_patients_have_a_tumour_board_form() -> None:
    with_form = [path for path in FILES if any(board_answers(path))]
    assert 0.6 <= len(with_form) / len(FILES) <= 0.75


def test_every_patient_has_an_expected_answer() -> None:
    assert {path.name for path in FILES} == {path.name for path in EXPECTED.glob("*.json")}


@each_patient
def test_the_expected_answer_is_written_in_the_agreed_words(path: Path) -> None:
    answer = read(EXPECTED / path.name)
    assert AS_OF == date.fromisoformat(answer["asOf"])
    assert answer["inScope"] in (True, False, None)
    assert set(answer["options"].values()) <= STATUSES
    assert {fact["status"] for fact in answer["facts"].values()} <= {"known", "stale", "conflicting", "unknown"}
    if "withheld" not in answer:
        assert 10 <= len(answer["facts"])
        assert 6 <= len(answer["options"])


def test_the_expected_answers_reach_every_status() -> None:
    reached = {status for path in EXPECTED.glob("*.json") for status in read(path)["options"].values()}
    assert STATUSES == reached
