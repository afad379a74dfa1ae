"""Two invented patients for the tests of the practice EHR, written as of its reference date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition"


def coded(system: str, code: str, words: str) -> Resource:
    return {"coding": [{"system": system, "code": code}], "text": words}


def lab(number: int, code: str, name: str, value: float, unit: str, when: str, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"lab-{number}",
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
        "code": coded(LOINC, code, name),
        "subject": {"reference": "Patient/test-marit"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        **more,
    }


def condition(number: int, name: str, *, profile: str = "", status: str = "active", **more: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": f"problem-{number}",
        **({"meta": {"profile": [f"{_MCODE}/{profile}"]}} if profile else {}),
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": status}]},
        "verificationStatus": {"coding": [{"system": _VERIFIED, "code": "confirmed"}]},
        "code": {"text": name},
        "subject": {"reference": "Patient/test-marit"},
        **more,
    }


def patient(identity: str, family: str, given: str, birth: str, sex: str, number: str, **more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": identity,
        "identifier": [{"system": "urn:example:practice-ehr", "value": number}],
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": sex,
        "birthDate": birth,
        **more,
    }


def bundle(*resources: Resource, shows: str = "") -> Resource:
    tag = {"meta": {"tag": [{"system": "urn:example:case", "code": "case", "display": shows}]}} if shows else {}
    return {
        "resourceType": "Bundle",
        **tag,
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{r['resourceType']}-{r['id']}", "resource": r} for r in resources],
    }


def marit() -> Resource:
    """Colorectal cancer with liver metastases; laboratory results of several days."""
    return bundle(
        patient("test-marit", "Example", "Marit", "1962-03-04", "female", "TEST-004417"),
        condition(1, "Hypertension", onsetDateTime="2011"),
        condition(
            2, "Metastatic malignant neoplasm to liver", profile="mcode-secondary-cancer-condition",
            onsetDateTime="2026-10-28",
        ),
        condition(
            3, "Adenocarcinoma of sigmoid colon", profile="mcode-primary-cancer-condition", onsetDateTime="2025-03",
            stage=[{"summary": {"text": "Stage IV"}}],
        ),
        condition(4, "Deep vein thrombosis", status="resolved", onsetDateTime="2019-07-30"),
        lab(1, "1975-2", "Bilirubin, total", 1.2, "mg/dL", "2026-10-30T07:40:00+01:00"),
        lab(
            2, "1975-2", "Bilirubin, total", 1.6, "mg/dL", "2026-11-19T07:55:00+01:00",
            referenceRange=[{"low": {"value": 0.2, "unit": "mg/dL"}, "high": {"value": 1.2, "unit": "mg/dL"}}],
            interpretation=[{"coding": [{"code": "H", "display": "High"}]}],
        ),
        lab(3, "1751-7", "Albumin", 3.8, "g/dL", "2026-11-19T07:55:00+01:00"),
        lab(4, "777-3", "Platelets", 184, "10*9/L", "2026-11-19T07:55:00+01:00"),
        lab(5, "2039-6", "CEA", 42, "ng/mL", "2026-11-12"),
        {
            "resourceType": "Observation",
            "id": "ras",
            "status": "registered",
            "code": {"text": "RAS mutation analysis"},
            "subject": {"reference": "Patient/test-marit"},
            "effectiveDateTime": "2026-11-12",
            "dataAbsentReason": {"text": "result pending"},
        },
        {
            "resourceType": "DiagnosticReport",
            "id": "mri",
            "status": "final",
            "code": {"text": "MRI liver"},
            "subject": {"reference": "urn:uuid:Patient-test-marit"},
            "effectiveDateTime": "2026-11-09",
            "conclusion": "Four metastases: segment VIII 38 mm (previously 31 mm), segment VII 24 mm",
        },
        {
            "resourceType": "MedicationRequest",
            "id": "amlodipine",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Amlodipine 5 mg"},
            "subject": {"reference": "Patient/test-marit"},
            "authoredOn": "2024-02-14",
            "dosageInstruction": [{"text": "once daily"}],
        },
        {
            "resourceType": "Procedure",
            "id": "resection",
            "status": "completed",
            "code": {"text": "Sigmoid colectomy"},
            "subject": {"reference": "Patient/test-marit"},
            "performedDateTime": "2025-04-02",
        },
        shows="Borderline resectable, RAS pending",
    )  # fmt: skip


def ivo() -> Resource:
    """A healthy man with an empty chart."""
    return bundle(patient("test-ivo", "Sample", "Ivo", "1968-01-15", "male", "TEST-005102"))


def write(folder: Path, *bundles: Resource) -> Path:
    for number, content in enumerate(bundles):
        (folder / f"{number}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
