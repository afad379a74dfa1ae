"""The lean reader against the full FHIR R4B models: on valid resources both see the same, field by field."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B import get_fhir_model_class

from fhir_mappings import resources
from fhir_mappings.dates import when
from tests.fhir_charts import (
    LOINC,
    RXNORM,
    Raw,
    component,
    concept,
    condition,
    icd,
    lab,
    observation,
    quantity,
    resource,
    variant,
)

SHAPES: dict[str, type] = {
    "Observation": resources.Observation,
    "Condition": resources.Condition,
    "Procedure": resources.Procedure,
    "MedicationRequest": resources.MedicationUse,
    "MedicationAdministration": resources.MedicationUse,
    "MedicationStatement": resources.MedicationUse,
    "Medication": resources.Medication,
    "AllergyIntolerance": resources.AllergyIntolerance,
    "Patient": resources.Patient,
    "BodyStructure": resources.BodyStructure,
    "Specimen": resources.Specimen,
}
PATIENT = {"reference": "Patient/p"}
EXAMPLES: list[Raw] = [
    lab(
        "1975-2",
        "1.20",
        "mg/dL",
        issued="2026-11-10T09:00:00Z",
        referenceRange=[
            {"low": quantity("0.2", "mg/dL"), "high": quantity("1.2", "mg/dL", code="mg/dL"), "text": "0.2-1.2"}
        ],
    ),
    observation(
        "1975-2", valueQuantity=quantity("0.2", "mg/dL", comparator="<"), effectiveDateTime="2026-11-10T08:30:00+01:00"
    ),
    observation("2160-0", valueString="1.2 mg/dL H", note=[{"text": "hemolyzed"}]),
    observation("89247-1", valueInteger=1, interpretation=[concept("LA9623-5", LOINC)]),
    observation("1098951000119108", system="http://snomed.info/sct", valueBoolean=True),
    observation(
        "1751-7", dataAbsentReason=concept("not-performed", "http://terminology.hl7.org/CodeSystem/data-absent-reason")
    ),
    observation(
        "21889-1",
        bodySite=concept("10200004"),
        focus=[{"reference": "BodyStructure/b"}],
        component=[component("33728-7", valueQuantity=quantity("3.2", "cm"))],
    ),
    variant(
        "LA9633-4",
        ("HGNC:6407", "KRAS"),
        parts=[component("48005-3", concept("p.Gly12Asp", "http://varnomen.hgvs.org"))],
        specimen={"reference": "Specimen/s"},
        method=concept(text="NGS"),
    ),
    {
        k: v
        for k, v in lab("718-7", 12, "g/dL", effectivePeriod={"start": "2026-10-01", "end": "2026-10-04"}).items()
        if k != "effectiveDateTime"
    },
    condition(
        icd("C18.2", "Malignant neoplasm of ascending colon"),
        onsetDateTime="2025-02",
        bodySite=[concept("71854001")],
        stage=[{"summary": concept(text="IVA"), "type": concept("260998006")}],
        extension=[
            {
                "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
                "valueCodeableConcept": concept("35917007"),
            }
        ],
    ),
    condition(icd("C78.7"), clinical="resolved", abatementDateTime="2026-01-01", onsetPeriod={"start": "2025-01-01"}),
    resource(
        "Procedure",
        "p",
        status="completed",
        code=concept("71273005"),
        performedPeriod={"start": "2026-09-20", "end": "2026-09-22"},
        bodySite=[concept("10200004")],
    ),
    resource(
        "MedicationRequest",
        "r",
        status="active",
        intent="order",
        doNotPerform=False,
        medicationCodeableConcept=concept("51499", RXNORM, "irinotecan"),
        authoredOn="2026-10-01",
    ),
    resource(
        "MedicationAdministration",
        "a",
        status="completed",
        medicationReference={"reference": "Medication/m", "display": "irinotecan"},
        effectiveDateTime="2026-10-01T10:00:00Z",
    ),
    resource(
        "MedicationStatement",
        "s",
        status="active",
        medicationCodeableConcept={"text": "capecitabine"},
        effectivePeriod={"start": "2026-10-01"},
        dateAsserted="2026-10-02",
    ),
    {
        "resourceType": "Medication",
        "id": "m",
        "code": concept("51499", RXNORM),
        "ingredient": [{"itemCodeableConcept": concept("51499", RXNORM)}],
    },
    resource(
        "AllergyIntolerance",
        "al",
        clinicalStatus=concept("active", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"),
        criticality="high",
        code={"text": "Carboplatin"},
        recordedDate="2025-01-01",
        reaction=[{"severity": "severe", "manifestation": [{"text": "rash"}], "substance": {"text": "carboplatin"}}],
    ),
    {
        "resourceType": "Patient",
        "id": "p",
        "gender": "female",
        "birthDate": "1960-05-04",
        "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}],
    },
    {
        "resourceType": "BodyStructure",
        "id": "b",
        "patient": PATIENT,
        "active": True,
        "location": concept("277961009"),
        "morphology": concept("86049000"),
    },
    {
        "resourceType": "Specimen",
        "id": "s",
        "subject": PATIENT,
        "type": concept("TISS", "http://terminology.hl7.org/CodeSystem/v2-0487"),
        "collection": {"bodySite": concept("10200004")},
    },
]


def same(lean: Any, full: Any, path: str) -> None:
    """Both sides of one element, in both directions for the fields that the lean shape declares."""
    if isinstance(lean, msgspec.Struct):
        for field in lean.__struct_fields__:
            same(getattr(lean, field), full.get(field) if isinstance(full, dict) else None, f"{path}.{field}")
    elif isinstance(lean, tuple):
        assert len(full) == len(lean), path
        for n, (one, other) in enumerate(zip(lean, full, strict=True)):
            same(one, other, f"{path}[{n}]")
    elif isinstance(lean, dict):
        assert full == lean, path
    elif isinstance(lean, Decimal | int) and not isinstance(lean, bool):
        assert Decimal(str(full)) == Decimal(lean), path
    elif isinstance(lean, str) and lean != full:
        assert when(str(full)) == when(lean) is not None, f"{path}: {full!r} and {lean!r}"
    else:
        assert full == lean, path


@pytest.mark.parametrize("raw", EXAMPLES, ids=lambda raw: f"{raw['resourceType']}-{raw['id']}")
def test_both_readers_see_the_same(raw: Raw) -> None:
    model = get_fhir_model_class(raw["resourceType"]).model_validate(json.loads(json.dumps(_floats(raw))))
    full = json.loads(model.model_dump_json(), parse_float=Decimal)
    same(resources.read(raw, SHAPES[raw["resourceType"]]), full, raw["resourceType"])


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_floats(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def test_every_shape_that_is_read_has_an_example() -> None:
    assert set(SHAPES) == {raw["resourceType"] for raw in EXAMPLES}


@pytest.mark.parametrize(
    "broken",
    [
        {"status": ["final"]},
        {"code": "1975-2"},
        {"code": {"coding": {"system": LOINC, "code": "1975-2"}}},
        {"component": {"code": {}}},
        {"valueCodeableConcept": ["x"]},
    ],
)
def test_an_element_of_the_wrong_shape_is_refused(broken: Raw) -> None:
    with pytest.raises(msgspec.ValidationError):
        resources.read({**lab("1975-2", "1.2", "mg/dL"), **broken}, resources.Observation)


def test_unknown_elements_cost_nothing() -> None:
    raw = {
        **lab("1975-2", "1.2", "mg/dL"),
        "fromTheFuture": {"a": [1]},
        "note": [{"text": "x", "extra": 1}],
        "_status": {},
    }
    assert "final" == resources.read(raw, resources.Observation).status
