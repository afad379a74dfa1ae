"""The gate before any value is read: which statuses let a resource count, and as what (SS-11).

Status text outside its value set is never used silently: the model library does not check status codes.
"""

from __future__ import annotations

from enum import Enum

from fhir_mappings.resources import CodeableConcept, Condition, Observation

__all__ = [
    "Clinical",
    "Given",
    "Result",
    "Standing",
    "allergy_counts",
    "clinical",
    "code_of",
    "given",
    "procedure_was_done",
    "report",
    "result",
    "standing",
]


class Result(Enum):
    """What the status of an Observation or a DiagnosticReport makes of its content."""

    FINAL = "final"
    PRELIMINARY = "preliminary"
    DROPPED = "dropped"
    UNUSABLE = "unusable"


class Standing(Enum):
    """How certain a Condition is."""

    CONFIRMED = "confirmed"
    UNSTATED = "unstated"
    SUSPECTED = "suspected"
    REFUTED = "refuted"
    IN_ERROR = "in error"
    UNUSABLE = "unusable"


class Clinical(Enum):
    """Whether a Condition is current."""

    CURRENT = "current"
    PAST = "past"
    UNSTATED = "unstated"
    UNUSABLE = "unusable"


class Given(Enum):
    """Whether a medication was given, only ordered, or neither."""

    GIVEN = "given"
    ONGOING = "ongoing"
    ORDERED = "ordered"
    NO = "no"
    UNUSABLE = "unusable"


_RESULT = {
    "final": Result.FINAL,
    "amended": Result.FINAL,
    "corrected": Result.FINAL,
    "preliminary": Result.PRELIMINARY,
    "registered": Result.DROPPED,
    "cancelled": Result.DROPPED,
    "entered-in-error": Result.DROPPED,
}
_REPORT = {
    "final": Result.FINAL,
    "amended": Result.FINAL,
    "corrected": Result.FINAL,
    "appended": Result.FINAL,
    "preliminary": Result.PRELIMINARY,
    "partial": Result.PRELIMINARY,
    "registered": Result.DROPPED,
    "cancelled": Result.DROPPED,
    "entered-in-error": Result.DROPPED,
}
_STANDING = {
    "confirmed": Standing.CONFIRMED,
    "unconfirmed": Standing.SUSPECTED,
    "provisional": Standing.SUSPECTED,
    "differential": Standing.SUSPECTED,
    "refuted": Standing.REFUTED,
    "entered-in-error": Standing.IN_ERROR,
}
_CLINICAL = {
    "active": Clinical.CURRENT,
    "recurrence": Clinical.CURRENT,
    "relapse": Clinical.CURRENT,
    "inactive": Clinical.PAST,
    "remission": Clinical.PAST,
    "resolved": Clinical.PAST,
}
_ADMINISTRATION = {
    "completed": Given.GIVEN,
    "in-progress": Given.ONGOING,
    "not-done": Given.NO,
    "on-hold": Given.NO,
    "entered-in-error": Given.NO,
    "stopped": Given.UNUSABLE,
    "unknown": Given.UNUSABLE,
}
_STATEMENT = {
    "completed": Given.GIVEN,
    "active": Given.ONGOING,
    "entered-in-error": Given.NO,
    "intended": Given.NO,
    "not-taken": Given.NO,
    "on-hold": Given.UNUSABLE,
    "stopped": Given.UNUSABLE,
    "unknown": Given.UNUSABLE,
}
_REQUEST = {
    "active": Given.ORDERED,
    "on-hold": Given.ORDERED,
    "completed": Given.GIVEN,
    "stopped": Given.UNUSABLE,
    "cancelled": Given.NO,
    "entered-in-error": Given.NO,
    "draft": Given.NO,
    "unknown": Given.UNUSABLE,
}
_PLANNED = frozenset({"proposal", "plan", "option"})


def result(observation: Observation) -> Result:
    """What the status lets be done with the value."""
    return _RESULT.get((observation.status or "").strip(), Result.UNUSABLE)


def report(status: str | None) -> Result:
    """What the status of a DiagnosticReport lets be done with its text (ER-22)."""
    return _REPORT.get((status or "").strip(), Result.UNUSABLE)


def code_of(concept: CodeableConcept | None) -> str | None:
    """The status code of a status CodeableConcept; its text where there is no coding; None when missing."""
    if concept is None:
        return None
    for coding in concept.coding or ():
        if coding.code and coding.code.strip():
            return coding.code.strip()
    return concept.text.strip().lower() if concept.text and concept.text.strip() else None


def standing(condition: Condition) -> Standing:
    """The verification status; missing is usable but unverified."""
    code = code_of(condition.verificationStatus)
    return Standing.UNSTATED if code is None else _STANDING.get(code, Standing.UNUSABLE)


def clinical(condition: Condition) -> Clinical:
    """The clinical status; an abatement says past where the status is missing."""
    code = code_of(condition.clinicalStatus)
    if code is not None:
        return _CLINICAL.get(code, Clinical.UNUSABLE)
    past = condition.abatementDateTime or (condition.abatementPeriod and condition.abatementPeriod.end)
    return Clinical.PAST if past else Clinical.UNSTATED


def given(kind: str, status: str | None, intent: str | None, do_not: bool | None) -> Given:
    """What a medication resource proves: a request is an order, not exposure, unless completed."""
    code = (status or "").strip()
    if do_not is True:
        return Given.NO
    if kind == "MedicationAdministration":
        return _ADMINISTRATION.get(code, Given.UNUSABLE)
    if kind == "MedicationStatement":
        return _STATEMENT.get(code, Given.UNUSABLE)
    if (intent or "").strip() in _PLANNED:
        return Given.NO
    return _REQUEST.get(code, Given.UNUSABLE)


def procedure_was_done(status: str | None) -> bool:
    """Only a completed procedure counts as done."""
    return (status or "").strip() == "completed"


def allergy_counts(clinical_status: CodeableConcept | None, verification: CodeableConcept | None) -> bool:
    """Whether an allergy is neither refuted, nor in error, nor over."""
    return code_of(verification) not in ("refuted", "entered-in-error") and code_of(clinical_status) not in (
        "inactive",
        "resolved",
    )
