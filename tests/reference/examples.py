"""Worked examples as records: the facts that they give are a person's word, and everything was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.book import FactLine, read_book
from tests.reference.record import Record, Statement, Value

__all__ = ["ON", "SOURCES", "example_record", "values_of"]

ON = date(2026, 11, 21)
"""The day of the question."""

SOURCES = (
    "Patient", "Condition", "Observation", "Procedure", "MedicationRequest", "MedicationAdministration",
    "MedicationStatement", "AllergyIntolerance", "DiagnosticReport",
)  # fmt: skip
"""Every kind of source that facts are read from."""


def example_record(given: Mapping[str, Any]) -> Record:
    """The patient of a worked example."""
    statements = tuple(Statement(fact, value, source="entered") for fact, value in values_of(given).items())
    return Record(ON, statements, frozenset(SOURCES))


def values_of(given: Mapping[str, Any]) -> dict[str, Value]:
    """Values as they stand in a file."""
    lines = read_book().facts
    return {fact: _value(lines[fact], value) for fact, value in given.items()}


def _value(line: FactLine, given: Any) -> Value:
    if line.type == "set":
        return frozenset([given] if isinstance(given, str) else given)
    if line.numeric:
        return Decimal(str(given))
    return given if isinstance(given, bool) else str(given)
