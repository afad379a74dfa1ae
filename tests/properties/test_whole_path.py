"""From a record to its assessment: order never matters, and what has nothing to do with it changes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.document import as_document
from eligibility.engine import assess
from eligibility.knowledge.load import load_knowledge
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import load_overlay
from fhir_mappings.records import gather

ROOT = Path(__file__).parents[2]
KNOWLEDGE = load_knowledge()
OVERLAY = load_overlay((ROOT / "sandbox_ehr" / "overlay.yaml").read_text("utf-8"), KNOWLEDGE.catalogue)
ON = date(2026, 11, 20)
RECORDS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "sandbox_ehr" / "patients").glob("*.json"))
    if path.stem[:2] in ("01", "03", "05", "09", "13", "16", "22")
}

UNRELATED = st.sampled_from(
    [
        {"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "influenza"}},
        {"resourceType": "Observation", "status": "final", "code": {"text": "Heart rate"}, "valueInteger": 71,
         "effectiveDateTime": "2026-10-01"},
        {"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M81.0"}]}, "recordedDate": "2020-02"},
        {"resourceType": "Procedure", "status": "completed", "code": {"text": "Cataract extraction"},
         "performedDateTime": "2019-05-05"},
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order",
         "medicationCodeableConcept": {"text": "paracetamol 500 mg"}, "authoredOn": "2026-09-09"},
        {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}},
    ]
)  # fmt: skip


def _answer(entries: list[dict[str, Any]]) -> dict[str, Any]:
    record = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return as_document(assess(read_chart(gather(record), ON, overlay=OVERLAY), KNOWLEDGE, ON))


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=6)
@given(data=st.data())
def test_order_of_resources_never_matters(name: str, data: st.DataObject) -> None:
    entries = RECORDS[name]["entry"]
    assert _answer(entries) == _answer(data.draw(st.permutations(entries), label="order"))


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=6)
@given(unrelated=UNRELATED, place=st.integers(min_value=0, max_value=400))
def test_an_unrelated_resource_changes_nothing(name: str, unrelated: dict[str, Any], place: int) -> None:
    entries = RECORDS[name]["entry"]
    patient = next(e["resource"]["id"] for e in entries if e["resource"]["resourceType"] == "Patient")
    owner = "patient" if unrelated["resourceType"] == "Immunization" else "subject"
    added = {**unrelated, "id": "unrelated-1", owner: {"reference": f"Patient/{patient}"}}
    at = place % (len(entries) + 1)
    before, after = _answer(entries), _answer([*entries[:at], {"resource": added}, *entries[at:]])
    for part in ("facts", "options", "nextSteps", "inScope", "notices"):
        assert before[part] == after[part]
