"""One line of the catalogue, from its shape to its definition: what has to hold inside one fact is checked here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from eligibility.catalogue import Absence, FactDefinition, FactType, SecondUnit, Settle
from eligibility.entered import READ_SOURCES
from eligibility.errors import FactInputError
from eligibility.knowledge.shapes import FactFile
from eligibility.knowledge.yaml_source import Document

__all__ = ["definition_of"]

Path = tuple[str | int, ...]

FIRST_LINE_SOURCES = ("MedicationAdministration", "MedicationRequest", "MedicationStatement")
"""What must have been read completely before earlier exposure may count as none."""


def definition_of(entry: FactFile, section: str, document: Document, path: Path) -> FactDefinition:
    """The definition of a fact. Raises KnowledgeError at the place that is wrong."""
    kind = FactType(entry.type)
    _check_values(entry, kind, document, path)
    definition = FactDefinition(
        id=entry.id, type=kind, label=entry.label, meaning=entry.meaning, ask=entry.ask, test=entry.test,
        section=section,
        unit=entry.unit, units=MappingProxyType({u: _fraction(f, document, path) for u, f in entry.units.items()}),
        values=MappingProxyType(dict(entry.values)), fresh_days=entry.fresh_days,
        plausible=(entry.plausible[0], entry.plausible[1]) if entry.plausible else None, settle=Settle(entry.settle),
        absence_in_first_line=Absence(False, FIRST_LINE_SOURCES) if entry.absent_when_first_line else None,
        judgement=entry.judgement, derived=entry.derived,
        also=SecondUnit(entry.also.label, _fraction(entry.also.factor, document, path)) if entry.also else None,
        unspecified=MappingProxyType(
            {code: None if children == "any" else frozenset(children) for code, children in entry.unspecified.items()}
        ),
    )  # fmt: skip
    if entry.absent_unless_recorded is None:
        return definition
    given = entry.absent_unless_recorded
    for index, source in enumerate(given.sources):
        if source not in READ_SOURCES:
            raise document.error(
                (*path, "absent_unless_recorded", "sources", index), f"{entry.id}: {source!r} is no part of a record "
                "that facts are read from.", "Name what has to be read completely.", ", ".join(READ_SOURCES),
            )  # fmt: skip
    try:
        value = definition.value_of(_boolean(given.value) if kind is FactType.BOOLEAN else given.value)
    except FactInputError as problem:
        raise document.error((*path, "absent_unless_recorded"), str(problem), "Mend the value.") from None
    return replace(definition, absence=Absence(value, tuple(given.sources)))


def _check_values(entry: FactFile, kind: FactType, document: Document, path: Path) -> None:
    """What the loader never checked key by key: that values, parents and limits fit together."""
    if kind.numeric and not entry.unit and not entry.derived:
        raise document.error((*path, "id"), f"{entry.id} is a {kind} without a unit.", "Give `unit`.")
    if kind in (FactType.CODE, FactType.SET) and not entry.values:
        raise document.error((*path, "id"), f"{entry.id} has no `values`.", "List what is allowed.")
    if kind is FactType.BOOLEAN and set(entry.values) != {"true", "false"}:
        raise document.error(
            (*path, "values") if entry.values else (*path, "id"), f"{entry.id} is true or false, and its `values` are "
            f"{', '.join(entry.values) or 'not given'}.", "Give the words of each state.", "true, false",
        )  # fmt: skip
    for parent, children in entry.unspecified.items():
        where = (*path, "unspecified", parent)
        if parent not in entry.values:
            raise document.error(
                where, f"{entry.id}: the parent {parent!r} is not one of its values.", "Mend the name.",
                ", ".join(entry.values),
            )  # fmt: skip
        for child in () if children == "any" else children:
            if child not in entry.values or child == parent:
                raise document.error(
                    where, f"{entry.id}: {child!r} cannot be a child of {parent!r}.", "Mend the name.",
                    ", ".join(v for v in entry.values if v != parent),
                )  # fmt: skip
    if entry.plausible is not None and not entry.plausible[0] < entry.plausible[1]:
        low, high = entry.plausible
        raise document.error(
            (*path, "plausible"), f"{entry.id}: the plausible limits {low} and {high} are not in order.",
            "Write the lower one first.",
        )  # fmt: skip


def _boolean(given: object) -> object:
    """Quoted or not: the catalogue writes "false" where YAML could mistake it."""
    return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given


def _fraction(text: str, document: Document, path: Path) -> Fraction:
    """ "1/17.1" exactly: a numerator over a denominator, either with decimals."""
    numerator, _, denominator = text.partition("/")
    try:
        return Fraction(numerator) / Fraction(denominator or "1")
    except (ValueError, ZeroDivisionError):
        raise document.error((*path, "units"), f"{text!r} is not a factor such as 1/17.1.", "Mend it.") from None
