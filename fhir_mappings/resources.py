"""Lean, typed views of the FHIR R4 elements that are read: a few dozen fields, nothing else.

Strict about the shape of what decides (a list is a list, a status is text), blind to everything else, so that one
unknown field elsewhere never loses a resource. The full models stay the oracle in tests.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

__all__ = [
    "AllergyIntolerance",
    "Annotation",
    "BodySite",
    "BodyStructure",
    "CodeableConcept",
    "Coding",
    "Component",
    "Condition",
    "Extension",
    "Medication",
    "MedicationUse",
    "Observation",
    "Patient",
    "Period",
    "Procedure",
    "Quantity",
    "Range",
    "Ratio",
    "Reaction",
    "Reference",
    "ReferenceRange",
    "Specimen",
    "Stage",
    "Value",
    "read",
]

T = TypeVar("T")


class Coding(msgspec.Struct, frozen=True, gc=False):
    """FHIR Coding."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(msgspec.Struct, frozen=True):
    """FHIR CodeableConcept."""

    coding: tuple[Coding, ...] | None = None
    text: str | None = None

    @property
    def words(self) -> str:
        """The record's own words: the text, else the first display."""
        if self.text and self.text.strip():
            return self.text.strip()
        return next((c.display.strip() for c in self.coding or () if c.display and c.display.strip()), "")

    @property
    def all_words(self) -> tuple[str, ...]:
        """Text and every display, without repeats."""
        found = [self.text or "", *(c.display or "" for c in self.coding or ())]
        return tuple(dict.fromkeys(w.strip() for w in found if w.strip()))


class BodySite(CodeableConcept, frozen=True):
    """A CodeableConcept for a place in the body, with the qualifiers that mCODE puts on it."""

    extension: tuple[Extension, ...] | None = None


MOST_MAGNITUDE = 60
"""Powers of ten: a number beyond them, such as 1E-400000, measures nothing and takes seconds to convert."""


class Quantity(msgspec.Struct, frozen=True):
    """FHIR Quantity. `value` is what the JSON holds; `number` is it as a number, None when it is not one."""

    value: Any = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None

    @property
    def number(self) -> Decimal | None:
        """The value as a finite Decimal; text, booleans and infinities are not numbers."""
        value = self.value
        if type(value) is int:
            return Decimal(value)
        number = value if type(value) is Decimal else Decimal(repr(value)) if type(value) is float else None
        if number is None or not number.is_finite() or abs(number.adjusted()) > MOST_MAGNITUDE:
            return None
        return number


class Period(msgspec.Struct, frozen=True, gc=False):
    """FHIR Period."""

    start: str | None = None
    end: str | None = None


class Reference(msgspec.Struct, frozen=True, gc=False):
    """FHIR Reference; only the literal reference is followed."""

    reference: str | None = None
    display: str | None = None


class Range(msgspec.Struct, frozen=True):
    """FHIR Range."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(msgspec.Struct, frozen=True):
    """FHIR Ratio."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Annotation(msgspec.Struct, frozen=True, gc=False):
    """FHIR Annotation, its text only."""

    text: str | None = None


class Extension(msgspec.Struct, frozen=True):
    """FHIR Extension with the value types that are read."""

    url: str | None = None
    valueCode: str | None = None
    valueDateTime: str | None = None
    valueBoolean: bool | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueReference: Reference | None = None


class ReferenceRange(msgspec.Struct, frozen=True):
    """Observation.referenceRange."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    appliesTo: tuple[CodeableConcept, ...] | None = None
    age: Range | None = None
    text: str | None = None


class Value(msgspec.Struct, frozen=True):
    """What Observation and its components share: a value in one of several shapes, or the reason for none."""

    code: CodeableConcept | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueString: str | None = None
    valueInteger: Any = None
    valueBoolean: bool | None = None
    valueRange: Range | None = None
    valueRatio: Any = None
    dataAbsentReason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] | None = None
    referenceRange: tuple[ReferenceRange, ...] | None = None


class Component(Value, frozen=True):
    """Observation.component."""


class Observation(Value, frozen=True):
    """FHIR Observation."""

    id: str | None = None
    status: str | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    effectiveInstant: str | None = None
    issued: str | None = None
    bodySite: CodeableConcept | None = None
    method: CodeableConcept | None = None
    specimen: Reference | None = None
    focus: tuple[Reference, ...] | None = None
    derivedFrom: tuple[Reference, ...] | None = None
    component: tuple[Component, ...] | None = None
    note: tuple[Annotation, ...] | None = None


class Stage(msgspec.Struct, frozen=True):
    """Condition.stage."""

    summary: CodeableConcept | None = None
    type: CodeableConcept | None = None


class Condition(msgspec.Struct, frozen=True):
    """FHIR Condition."""

    id: str | None = None
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] | None = None
    code: CodeableConcept | None = None
    bodySite: tuple[BodySite, ...] | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    recordedDate: str | None = None
    abatementDateTime: str | None = None
    abatementPeriod: Period | None = None
    stage: tuple[Stage, ...] | None = None
    extension: tuple[Extension, ...] | None = None


class Procedure(msgspec.Struct, frozen=True):
    """FHIR Procedure."""

    id: str | None = None
    status: str | None = None
    code: CodeableConcept | None = None
    bodySite: tuple[CodeableConcept, ...] | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    extension: tuple[Extension, ...] | None = None


class Medication(msgspec.Struct, frozen=True):
    """FHIR Medication: its code; ingredients by their concept."""

    class Ingredient(msgspec.Struct, frozen=True):
        """Medication.ingredient."""

        itemCodeableConcept: CodeableConcept | None = None

    code: CodeableConcept | None = None
    ingredient: tuple[Ingredient, ...] | None = None


class MedicationUse(msgspec.Struct, frozen=True):
    """What MedicationRequest, MedicationAdministration and MedicationStatement share."""

    id: str | None = None
    status: str | None = None
    intent: str | None = None
    doNotPerform: bool | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    authoredOn: str | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dateAsserted: str | None = None


class Reaction(msgspec.Struct, frozen=True):
    """AllergyIntolerance.reaction."""

    substance: CodeableConcept | None = None
    severity: str | None = None
    manifestation: tuple[CodeableConcept, ...] | None = None


class AllergyIntolerance(msgspec.Struct, frozen=True):
    """FHIR AllergyIntolerance."""

    id: str | None = None
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    criticality: str | None = None
    code: CodeableConcept | None = None
    reaction: tuple[Reaction, ...] | None = None
    onsetDateTime: str | None = None
    recordedDate: str | None = None


class Patient(msgspec.Struct, frozen=True):
    """FHIR Patient."""

    id: str | None = None
    gender: str | None = None
    birthDate: str | None = None
    extension: tuple[Extension, ...] | None = None


class BodyStructure(msgspec.Struct, frozen=True):
    """FHIR BodyStructure."""

    id: str | None = None
    active: bool | None = None
    location: CodeableConcept | None = None
    morphology: CodeableConcept | None = None
    extension: tuple[Extension, ...] | None = None


class Specimen(msgspec.Struct, frozen=True):
    """FHIR Specimen."""

    class Collection(msgspec.Struct, frozen=True):
        """Specimen.collection."""

        bodySite: CodeableConcept | None = None

    id: str | None = None
    type: CodeableConcept | None = None
    collection: Collection | None = None


def read(raw: object, shape: type[T]) -> T:
    """The raw resource in its lean shape. Raises msgspec.ValidationError, naming the element, for a wrong type.

    One interpretation that stands for itself instead of in a list, as older versions of FHIR had it, is read as a list
    of one: it means the same.
    """
    if shape is Observation and isinstance(raw, dict):
        raw = _listed_interpretation(raw)
    return msgspec.convert(raw, shape)


def _listed_interpretation(raw: dict[str, Any]) -> dict[str, Any]:
    if type(raw.get("interpretation")) is dict:
        raw = {**raw, "interpretation": [raw["interpretation"]]}
    parts = raw.get("component")
    if type(parts) is list and any(type(p) is dict and type(p.get("interpretation")) is dict for p in parts):
        listed = [_listed_interpretation(p) if type(p) is dict else p for p in parts]
        raw = {**raw, "component": listed}
    return raw
