"""Every synthetic patient gets the answer that was decided by hand from the rules, on the facts of its record."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eligibility.assessment import Assessment
from eligibility.document import as_document
from eligibility.engine import assess
from eligibility.knowledge.load import load_knowledge
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import load_overlay
from fhir_mappings.records import gather
from fhir_mappings.strict_json import read_json

ROOT = Path(__file__).parents[2]
PATIENTS = ROOT / "sandbox_ehr" / "patients"
EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.json"))
KNOWLEDGE = load_knowledge()
OVERLAY = load_overlay((ROOT / "sandbox_ehr" / "overlay.yaml").read_text("utf-8"), KNOWLEDGE.catalogue)


def _expected(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def _assessment(path: Path) -> Assessment:
    on = date.fromisoformat(_expected(path)["asOf"])
    chart = read_json((PATIENTS / path.name).read_bytes())
    assert isinstance(chart, dict)
    return assess(read_chart(gather(chart), on, overlay=OVERLAY), KNOWLEDGE, on)


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, int | float) and isinstance(found, int | float) and not isinstance(expected, bool):
        return abs(Decimal(str(expected)) - Decimal(str(found))) < Decimal("0.02")
    return expected == found


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: p.stem)
def test_patient_has_the_facts_that_the_record_states(path: Path) -> None:
    document = as_document(_assessment(path))
    found = {fact["id"]: fact for fact in document["facts"]}
    wrong = {
        fact: (expected, found[fact]["status"], found[fact]["value"], found[fact]["why"])
        for fact, expected in _expected(path)["facts"].items()
        if expected["status"] != found[fact]["status"]
        or ("value" in expected and not _same(expected["value"], found[fact]["value"]))
    }
    assert {} == wrong


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: p.stem)
def test_patient_gets_the_statuses_decided_by_hand(path: Path) -> None:
    expected = _expected(path)
    assessment = _assessment(path)
    found = {result.option.id: str(result.status) for result in assessment.options}
    wanted = expected["options"]
    assert set() == set(wanted) - {option.id for option in KNOWLEDGE.options}
    assert expected.get("withheld") == assessment.withheld
    if assessment.withheld is None:
        assert expected["inScope"] is assessment.in_scope
        assert wanted == {option: found[option] for option in wanted}
    else:
        assert {} == found


def test_every_status_is_reached_by_some_patient() -> None:
    reached = {status for path in EXPECTED for status in _expected(path)["options"].values()}
    assert {"recommended", "may_consider", "not_now", "needs_data", "not_applicable"} == reached


def test_every_known_value_can_be_traced_to_a_resource_of_the_record() -> None:
    for path in EXPECTED:
        chart = json.loads((PATIENTS / path.name).read_text("utf-8"))
        names = {f"{e['resource']['resourceType']}/{e['resource'].get('id')}" for e in chart["entry"]}
        for fact in _assessment(path).facts.values():
            references = {e.reference for e in fact.evidence}
            assert set() == references - names, (path.stem, fact.id)
            if fact.decides and str(fact.obtained) == "structured":
                assert references, (path.stem, fact.id)
