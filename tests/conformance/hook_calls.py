"""Calls of the patient-view hook for one synthetic patient, always valid: a test says only what differs.

The patient has liver metastases of colorectal cancer, treated before, with enough results for several options.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fhir_mappings.searches import prefetch_templates
from tests.fhir_charts import concept, condition, icd, lab, observation, quantity, resource

__all__ = [
    "ABSENT",
    "bundle",
    "call",
    "chart",
    "healthy_chart",
    "outcome",
    "patient",
    "with_context",
    "with_prefetch",
]

Raw = dict[str, Any]


class _Absent:
    """Not even null; spelled the same in every process."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()
"""Stands for a key that is left out."""


def patient(**elements: Any) -> Raw:
    """The Patient `p`, 66 years old."""
    return {
        "resourceType": "Patient",
        "id": "p",
        "active": True,
        "identifier": [{"system": "urn:example:practice-ehr", "value": "TEST-000815"}],
        "name": [{"use": "official", "family": "Specimen", "given": ["Quirina"]}],
        "gender": "female",
        "birthDate": "1960-05-04",
        **elements,
    }


def bundle(*resources: object, **more: Any) -> Raw:
    """A searchset; what is no resource becomes an entry as it stands."""
    entries = [{"resource": r} if isinstance(r, dict) and "resourceType" in r else r for r in resources]
    made: Raw = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return {**made, **({"entry": entries} if entries else {}), **more}


def outcome(severity: str) -> Raw:
    """What an EHR says of a search that did not work, or not quite."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


def chart() -> dict[str, Raw | None]:
    """The prefetch by key: problems, results, an operation; nothing was found for any other key."""
    return dict.fromkeys((*prefetch_templates(), "local-1", "local-2")) | {
        "patient": patient(),
        "conditions": bundle(
            condition(icd("C18.7", "Malignant neoplasm of sigmoid colon"), "colon"),
            condition(icd("C78.7", "Secondary malignant neoplasm of liver"), "liver"),
            condition(concept("38341003", display="Hypertensive disorder"), "hypertension"),
        ),
        "labs": bundle(
            lab("1975-2", "0.8", "mg/dL", "bilirubin"),
            lab("1751-7", "4.1", "g/dL", "albumin"),
            lab("777-3", 210, "10*3/uL", "platelets"),
            lab("751-8", "4.2", "10*3/uL", "neutrophils"),
            lab("33914-3", 88, "mL/min/{1.73_m2}", "egfr"),
        ),
        "assessments": bundle(observation("89247-1", "ecog", valueQuantity=quantity(1, "{score}"))),
        "procedures": bundle(
            resource("Procedure", "colectomy", status="completed", code=concept("43075005"), performedDateTime="2025")
        ),
    }  # fmt: skip


def healthy_chart() -> dict[str, Raw | None]:
    """The same patient without any cancer on record."""
    return chart() | {"conditions": bundle(condition(concept("38341003"), "hypertension")), "procedures": None}


def call(prefetch: Mapping[str, Any] | None = None, **fields: Any) -> Raw:
    """A call; keyword arguments replace its fields, ABSENT takes one away."""
    made = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/d", "patientId": "p"},
        "prefetch": chart() if prefetch is None else prefetch,
        **fields,
    }
    return deepcopy({key: value for key, value in made.items() if value is not ABSENT})


def with_context(**fields: Any) -> Raw:
    """A call whose context has other fields."""
    context = {"userId": "Practitioner/d", "patientId": "p", **fields}
    return call(context={key: value for key, value in context.items() if value is not ABSENT})


def with_prefetch(**keys: Any) -> Raw:
    """A call whose prefetch has other values; `medication_requests` means the key with hyphens."""
    sent = chart() | {key.replace("_", "-"): value for key, value in keys.items()}
    return call({key: value for key, value in sent.items() if value is not ABSENT})
