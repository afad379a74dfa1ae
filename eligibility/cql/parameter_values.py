"""One record as values of the library's parameters: what a caller has to hand over, as plain data for JSON.

Settles and ages the findings as the engine does, and stops there: everything after that is the library's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from eligibility.catalogue import Catalogue, FactDefinition
from eligibility.cql.settled import CONFLICTING, READ_COMPLETELY, UNDECIDED, UPPER_LIMIT, outdated
from eligibility.facts import Bound, Fact, FactStatus, PatientFacts, ReadState, Scalar
from eligibility.settling import overtaken, settle

__all__ = ["Plain", "parameter_values"]

Plain = bool | int | float | str | list[str]
"""A parameter's value as JSON has it."""

_BILIRUBIN, _PREGNANCY = "lab.bilirubin", "pt.pregnancy_status"


def parameter_values(patient: PatientFacts, catalogue: Catalogue, on: date) -> dict[str, Plain]:
    """The parameters for one record on a date; those that are not named are null."""
    values: dict[str, Plain] = {}
    undecided: list[str] = []
    conflicting: list[str] = []
    for fact, findings in patient.findings.items():
        definition = catalogue.get(fact)
        if definition is None or definition.derived or not findings:
            continue
        settled = settle(definition, findings, on)
        if settled.decides and settled.value is not None:
            values |= _value(fact, fact, settled.value)
        elif settled.status is FactStatus.STALE and settled.value is not None:
            values |= _value(outdated(fact), fact, settled.value)
        elif (last := overtaken(definition, settled)) is not None:
            values |= _value(outdated(fact), fact, last)
        undecided += _doubted_besides(settled)
        if _undecided(settled, definition):
            undecided.append(fact)
        if settled.status is FactStatus.CONFLICTING:
            conflicting.append(fact)
        if fact == _BILIRUBIN and (limit := _upper_limit(settled)) is not None:
            values[UPPER_LIMIT] = _number(limit)
    values[READ_COMPLETELY] = sorted(k for k, r in patient.readings.items() if r.state is ReadState.COMPLETE)
    values[UNDECIDED] = sorted(set(undecided))
    values[CONFLICTING] = sorted(conflicting)
    return values


def _value(parameter: str, fact: str, value: Scalar) -> Mapping[str, Plain]:
    if isinstance(value, Bound):
        return {parameter: _number(value.limit), f"{fact} comparator": value.comparator}
    if isinstance(value, Decimal):
        return {parameter: _number(value)}
    if isinstance(value, frozenset):
        return {parameter: sorted(value)}
    return {parameter: value}


def _number(value: Decimal) -> int | float:
    """Whole numbers without a point, others to the eight decimals that CQL has."""
    return int(value) if value == value.to_integral_value() else float(round(value, 8))


def _undecided(fact: Fact, definition: FactDefinition) -> bool:
    """Whether the record speaks of the fact without a value that may decide, so that silence proves nothing."""
    if fact.decides:
        return False
    if fact.id == _PREGNANCY:
        told = any(f.value is None or str(f.value).startswith("pregnant") for f in fact.candidates)
        return told or fact.status is FactStatus.CONFLICTING
    return fact.status is not FactStatus.STALE and (bool(fact.candidates) or definition.absence is not None)


def _doubted_besides(fact: Fact) -> list[str]:
    """What a fact without a deciding value leaves in doubt besides itself: cirrhosis, pregnancy."""
    said = () if fact.decides else [f.value for f in fact.candidates]
    if fact.id == "liver.background" and "cirrhosis" in said:
        return ["liver.cirrhosis"]
    return [_PREGNANCY] if fact.id == "pt.childbearing_potential" and True in said else []


def _upper_limit(fact: Fact) -> Decimal | None:
    """The upper limit on the report that gave the value."""
    limits = [f.upper_limit for f in fact.candidates if f.evidence == fact.evidence and f.upper_limit]
    return limits[0] if limits else None
