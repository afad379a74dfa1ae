"""Small FHIR charts for the readers' tests: one synthetic patient, valid resources, a test says only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from eligibility.facts import Finding, PatientFacts, Scalar
from fhir_mappings.chart import read_chart
from fhir_mappings.codes import CodeIndex
from fhir_mappings.records import gather

ON = date(2026, 11, 21)
LOINC = "http://loinc.org"
SCT = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HGNC = "http://www.genenames.org/geneId"
UCUM = "http://unitsofmeasure.org"

Raw = dict[str, Any]


def concept(code: str | None = None, system: str = SCT, display: str | None = None, text: str | None = None) -> Raw:
    """A CodeableConcept with at most one coding."""
    made: Raw = {}
    if code is not None:
        made["coding"] = [{"system": system, "code": code, **({"display": display} if display else {})}]
    if text is not None:
        made["text"] = text
    return made


def icd(code: str, display: str | None = None) -> Raw:
    """An ICD-10-CM concept."""
    return concept(code, ICD, display)


def resource(kind: str, name: str, **elements: Any) -> Raw:
    """A resource of the patient."""
    who = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": name, who: {"reference": "Patient/p"}, **elements}


def condition(
    code: Raw,
    name: str = "c",
    *,
    clinical: str | None = "active",
    verified: str | None = "confirmed",
    category: str = "problem-list-item",
    **elements: Any,
) -> Raw:
    """A Condition on the problem list, active and confirmed unless said otherwise."""
    base = "http://terminology.hl7.org/CodeSystem/condition-"
    made = resource("Condition", name, code=code, recordedDate="2026-03-01", **elements)
    made["category"] = [concept(category, base + "category")]
    if clinical is not None:
        made["clinicalStatus"] = concept(clinical, base + "clinical")
    if verified is not None:
        made["verificationStatus"] = concept(verified, base + "ver-status")
    return made


def observation(
    code: str | Raw, name: str = "o", *, system: str = LOINC, status: str = "final", **elements: Any
) -> Raw:
    """A final Observation of this month."""
    made = resource("Observation", name, status=status, effectiveDateTime="2026-11-10")
    made["code"] = code if isinstance(code, dict) else concept(code, system)
    return {**made, **elements}


def quantity(value: str | int, unit: str | None, *, code: str | None = None, comparator: str | None = None) -> Raw:
    """A Quantity with a unit as text, or with its UCUM code."""
    made: Raw = {"value": Decimal(value) if isinstance(value, str) else value}
    if unit is not None:
        made["unit"] = unit
    if code is not None:
        made |= {"system": UCUM, "code": code}
    if comparator is not None:
        made["comparator"] = comparator
    return made


def lab(code: str, value: str | int, unit: str | None, name: str = "lab", **elements: Any) -> Raw:
    """A laboratory result."""
    return observation(code, name, valueQuantity=quantity(value, unit), **elements)


def component(code: str, value: Raw | None = None, **elements: Any) -> Raw:
    """A component with a LOINC code, its value a CodeableConcept unless another element is given."""
    return {"code": concept(code, LOINC), **({"valueCodeableConcept": value} if value else {}), **elements}


def variant(
    answer: str | None, *genes: tuple[str, str], name: str = "v", parts: Sequence[Raw] = (), **more: Any
) -> Raw:
    """A genetic variant: LOINC answer code, genes as (HGNC code, symbol), further components."""
    given = [component("48018-6", concept(code, HGNC, symbol)) for code, symbol in genes]
    value = {"valueCodeableConcept": concept(answer, LOINC)} if answer else {}
    return observation("69548-6", name, **{"component": [*given, *parts], **value, **more})


def facts_of(
    *resources: Raw, on: date | None = ON, patient: Mapping[str, Any] | None = None, codes: CodeIndex | None = None
) -> PatientFacts:
    """What the readers make of a chart."""
    who = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-04", **(patient or {})}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}
    return read_chart(gather(who, bundle, patient_id="p"), on, codes)


def findings(fact: str, *resources: Raw, **more: Any) -> tuple[Finding, ...]:
    """The findings of one fact."""
    return facts_of(*resources, **more).findings.get(fact, ())


def one(fact: str, *resources: Raw, **more: Any) -> Finding:
    """The only finding of one fact."""
    found = findings(fact, *resources, **more)
    assert 1 == len(found), f"{fact}: {[(f.value, f.why) for f in found]}"
    return found[0]


def values(fact: str, *resources: Raw, **more: Any) -> list[Scalar | None]:
    """The values of all findings of one fact."""
    return [f.value for f in findings(fact, *resources, **more)]
