"""Hook bodies of any size: one believable patient, the Observations that matter, and many that do not.

The 60 that matter are the same in every size, so that only the cost of the rest grows. Deterministic.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

__all__ = ["hook_body"]

RELEVANT = 60
PATIENT = "bench-1"
TODAY = date(2026, 11, 20)

_LABORATORY = (
    ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 0.7, 1.2),
    ("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 4.1, 5.0),
    ("6301-6", "INR in Platelet poor plasma by Coagulation assay", "{INR}", 1.0, 1.2),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.9, 1.2),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 221, 400),
    ("751-8", "Neutrophils [#/volume] in Blood by Automated count", "10*3/uL", 4.2, 7.5),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.8, 17.5),
    ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 31, 40),
    ("6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 102, 120),
    ("2039-6", "Carcinoembryonic Ag [Mass/volume] in Serum or Plasma", "ng/mL", 18.4, 5.0),
)
_NOISE = (
    ("8480-6", "Systolic blood pressure", "mm[Hg]", 128),
    ("8867-4", "Heart rate", "/min", 72),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 190),
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 96),
    ("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 14),
    ("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 9.4),
)


def hook_body(observations: int) -> bytes:
    """A `patient-view` call whose prefetch holds so many Observations, as an EHR would send it."""
    relevant = [_laboratory(i) for i in range(min(RELEVANT, observations) - 4)] + _judgements()
    noise = [_noise(i) for i in range(observations - len(relevant))]
    step = max(1, len(noise) // len(relevant))
    mixed: list[dict[str, Any]] = []
    for place, resource in enumerate(relevant):
        mixed += [resource, *noise[place * step : (place + 1) * step]]
    mixed += noise[len(relevant) * step :]
    call = {
        "hook": "patient-view",
        "hookInstance": "5d2b8f60-8e7d-4f0c-9d5e-000000000001",
        "context": {"userId": "Practitioner/bench", "patientId": PATIENT},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": PATIENT, "gender": "male", "birthDate": "1962-04-03"},
            "conditions": _bundle(_conditions()),
            "labs": _bundle(mixed),
            "biomarkers": _bundle([]),
            "procedures": _bundle([]),
            "medication-requests": _bundle([]),
            "medication-administrations": _bundle([]),
            "medication-statements": _bundle([]),
            "allergies": _bundle([]),
        },
    }
    return json.dumps(call).encode()


def _bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [
        {
            "fullUrl": f"https://ehr.example/fhir/{r['resourceType']}/{r['id']}",
            "resource": r,
            "search": {"mode": "match"},
        }
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def _coded(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _conditions() -> list[dict[str, Any]]:
    icd = "http://hl7.org/fhir/sid/icd-10-cm"
    listed = (("C18.2", "Malignant neoplasm of ascending colon"), ("C78.7", "Secondary malignant neoplasm of liver"),
              ("I10", "Essential (primary) hypertension"))  # fmt: skip
    terminology = "http://terminology.hl7.org/CodeSystem"
    return [
        {
            "resourceType": "Condition", "id": f"condition-{place}", "subject": {"reference": f"Patient/{PATIENT}"},
            "clinicalStatus": _coded(f"{terminology}/condition-clinical", "active", "Active"),
            "verificationStatus": _coded(f"{terminology}/condition-ver-status", "confirmed", "Confirmed"),
            "category": [_coded(f"{terminology}/condition-category", "problem-list-item", "Problem List Item")],
            "code": _coded(icd, code, display), "recordedDate": "2026-09-02",
        }
        for place, (code, display) in enumerate(listed)
    ]  # fmt: skip


def _observation(
    identity: str, code: str, display: str, when: date, category: str, value: dict[str, Any]
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": identity,
        "meta": {
            "versionId": "1",
            "lastUpdated": f"{when.isoformat()}T11:04:00.000+00:00",
            "profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"],
        },
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{display}, {when.isoformat()}</p></div>',
        },
        "status": "final",
        "category": [_coded("http://terminology.hl7.org/CodeSystem/observation-category", category, category.title())],
        "code": _coded("http://loinc.org", code, display),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "encounter": {"reference": f"Encounter/encounter-{when.isoformat()}"},
        "effectiveDateTime": f"{when.isoformat()}T09:30:00+00:00",
        "issued": f"{when.isoformat()}T11:04:00.000+00:00",
        "performer": [{"reference": "Organization/laboratory"}],
        **value,
    }


def _quantity(value: float, unit: str, high: float | None = None) -> dict[str, Any]:
    ucum = "http://unitsofmeasure.org"
    measured: dict[str, Any] = {"valueQuantity": {"value": value, "unit": unit, "system": ucum, "code": unit}}
    if high is not None:
        limit = {"value": high, "unit": unit, "system": ucum, "code": unit}
        measured["referenceRange"] = [{"high": limit, "text": f"up to {high} {unit}"}]
    return measured


def _laboratory(place: int) -> dict[str, Any]:
    code, display, unit, value, high = _LABORATORY[place % len(_LABORATORY)]
    when = TODAY - timedelta(days=2 + 14 * (place // len(_LABORATORY)))
    drift = round(value * (1 + 0.01 * (place // len(_LABORATORY))), 2)
    return _observation(f"laboratory-{place}", code, display, when, "laboratory", _quantity(drift, unit, high))


def _judgements() -> list[dict[str, Any]]:
    return [
        _observation(
            "ecog", "89247-1", "ECOG Performance Status score", TODAY - timedelta(days=3), "survey",
            {"valueInteger": 1},
        ),
        _observation("weight", "29463-7", "Body weight", TODAY - timedelta(days=3), "vital-signs", _quantity(78, "kg")),
        _observation(
            "msi", "81695-9", "Microsatellite instability", TODAY - timedelta(days=60), "laboratory",
            {"valueCodeableConcept": _coded("http://loinc.org", "LA14122-8", "Stable")},
        ),
        _observation(
            "braf", "58415-1", "BRAF gene p.Val600Glu [Presence]", TODAY - timedelta(days=60), "laboratory",
            {"valueCodeableConcept": _coded("http://loinc.org", "LA9634-2", "Absent")},
        ),
    ]  # fmt: skip


def _noise(place: int) -> dict[str, Any]:
    code, display, unit, value = _NOISE[place % len(_NOISE)]
    when = TODAY - timedelta(days=place % 1500)
    category = "vital-signs" if place % len(_NOISE) < 2 else "laboratory"
    return _observation(f"noise-{place}", code, display, when, category, _quantity(value + place % 7, unit))
