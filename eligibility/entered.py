"""Facts given by name instead of read from FHIR: the vignettes of reviewers, worked examples, a clinician's what-if.

    {"lab.bilirubin": {"value": 24, "unit": "umol/L", "date": "2026-11-19"}, "bm.ras": "wild_type"}

Such facts are a person's word: a value without a date counts as current, and the list counts as the whole
record, so that the closed-world defaults apply to what it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from eligibility.catalogue import Catalogue, FactDefinition, FactType, Settle
from eligibility.errors import FactInputError
from eligibility.facts import Finding, Obtained, PatientFacts, Reading, ReadState, Scalar, Specimen

__all__ = ["READ_SOURCES", "entered_facts", "facts_of"]

READ_SOURCES = (
    "Patient",
    "Condition",
    "Observation",
    "Procedure",
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationStatement",
    "AllergyIntolerance",
    "DiagnosticReport",
)
"""The FHIR resource types that facts are read from."""


def entered_facts(given: Mapping[str, object], catalogue: Catalogue) -> PatientFacts:
    """A patient as described by named facts.

    Raises FactInputError naming the fact, what was given and what is allowed.
    """
    findings: dict[str, tuple[Finding, ...]] = {}
    newest: date | None = None
    for fact, statement in given.items():
        found = _finding(fact, statement, catalogue)
        if found is None:
            continue
        findings[fact] = found
        dates = [f.effective for f in found if f.effective is not None]
        newest = max([*dates, *([newest] if newest else [])], default=None)
    readings = {source: Reading(ReadState.COMPLETE) for source in READ_SOURCES}
    return PatientFacts(findings=MappingProxyType(findings), readings=MappingProxyType(readings), newest=newest)


def facts_of(values: Mapping[str, Scalar]) -> PatientFacts:
    """A patient from values that are already checked and in canonical units."""
    findings = {fact: (Finding(fact, value, None, Obtained.ENTERED),) for fact, value in values.items()}
    readings = {source: Reading(ReadState.COMPLETE) for source in READ_SOURCES}
    return PatientFacts(findings=MappingProxyType(findings), readings=MappingProxyType(readings))


def _finding(fact: str, statement: object, catalogue: Catalogue) -> tuple[Finding, ...] | None:
    definition = catalogue.get(fact)
    if definition is None:
        raise FactInputError(f"{fact!r} is not a fact of the catalogue. See `knowledge/facts/` for their names.")
    if definition.derived:
        raise FactInputError(f"{fact} is computed from other facts and cannot be given.")
    unit, when, value = None, None, statement
    if isinstance(statement, Mapping):
        unknown = set(statement) - {"value", "unit", "date"}
        if unknown or "value" not in statement:
            raise FactInputError(f"{fact}: give a value, or an object of value, unit and date.")
        value, unit, when = statement["value"], statement.get("unit"), statement.get("date")
    if value is None or value == "not_tested":
        return None
    effective = _date(fact, when)
    if value == "conflicting":
        return _conflict(definition, effective)
    if unit is not None and not isinstance(unit, str):
        raise FactInputError(f"{fact}: the unit {unit!r} is not text.")
    return (Finding(fact, definition.value_of(value, unit), effective, Obtained.ENTERED),)


def _date(fact: str, given: object) -> date | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise FactInputError(f"{fact}: the date {given!r} is not text such as 2026-11-19.")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise FactInputError(f"{fact}: {given!r} is not a date such as 2026-11-19.") from None


def _conflict(definition: FactDefinition, effective: date | None) -> tuple[Finding, ...]:
    """`conflicting` is a legal value of a biomarker: it stands for two results that contradict each other."""
    if definition.type is FactType.SET or definition.settle in (Settle.HIGHEST, Settle.LARGEST_OF_LATEST):
        return (Finding(definition.id, None, effective, Obtained.ENTERED, why="given as conflicting"),)
    pair: tuple[Scalar, Scalar] = (True, False)
    if definition.type is FactType.CODE:
        first, second, *_ = definition.values
        pair = (first, second)
    elif definition.type.numeric:
        pair = definition.plausible or (Decimal(0), Decimal(1))
    return tuple(
        Finding(definition.id, v, effective, Obtained.ENTERED, why="given as conflicting", specimen=Specimen.TISSUE)
        for v in pair
    )
