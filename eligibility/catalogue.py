"""The catalogue: what each fact is called, measured in, allowed to be, and how long it stays good.

The entries themselves are data, in `knowledge/facts/`; this module gives them a shape and turns values
given in any supported unit into the canonical one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eligibility.errors import FactInputError
from eligibility.facts import Bound, Scalar

__all__ = ["Absence", "Catalogue", "FactDefinition", "FactType", "SecondUnit", "Settle"]

FARTHEST_EXPONENT = 99
"""Powers of ten beyond this are no measurement, and exact arithmetic on them could take minutes."""


class FactType(StrEnum):
    """What kind of value a fact has."""

    NUMBER = "number"
    INTEGER = "integer"
    QUANTITY = "quantity"
    BOOLEAN = "boolean"
    CODE = "code"
    SET = "set"

    @property
    def numeric(self) -> bool:
        """Whether the value is a Decimal (or a Bound)."""
        return self in (FactType.NUMBER, FactType.INTEGER, FactType.QUANTITY)


class Settle(StrEnum):
    """How several findings become one fact; `eligibility.settling` says what each means."""

    LATEST = "latest"
    ANY_TRUE = "any_true"
    LESION_NATURE = "lesion_nature"
    RAS = "ras"
    DRIVER = "driver"
    RECEPTOR = "receptor"
    MSI = "msi"
    PDL1 = "pdl1"
    PERSISTS = "persists"
    HIGHEST = "highest"
    EARLIEST = "earliest"
    LARGEST_OF_LATEST = "largest_of_latest"


@dataclass(frozen=True, slots=True)
class Absence:
    """The value that "not recorded" stands for, and the sources that must have been read completely for it."""

    value: Scalar
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondUnit:
    """A second unit that a value is echoed in, such as µmol/L beside mg/dL."""

    label: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One line of the catalogue. The README beside the data explains every field to a clinician."""

    id: str
    type: FactType
    label: str
    meaning: str
    ask: str
    test: str
    section: str
    unit: str | None = None
    units: Mapping[str, Fraction] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    fresh_days: int | None = None
    plausible: tuple[Decimal, Decimal] | None = None
    settle: Settle = Settle.LATEST
    absence: Absence | None = None
    absence_in_first_line: Absence | None = None
    judgement: bool = False
    derived: bool = False
    also: SecondUnit | None = None
    unspecified: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    def convert(self, number: Decimal, unit: str | None) -> Decimal:
        """The number in the canonical unit.

        No unit means the canonical one. Raises FactInputError for a unit the catalogue does not know:
        a unit is never guessed.
        """
        if unit is None or unit == self.unit:
            return number
        factor = self.units.get(unit)
        if factor is None:
            allowed = ", ".join(self.units) or str(self.unit)
            raise FactInputError(f"{self.id}: the unit {unit!r} is not known. Use {allowed}.")
        if abs(number.adjusted()) > FARTHEST_EXPONENT:
            raise FactInputError(f"{self.id}: a number of this size cannot be converted.")
        exact = Fraction(number) * factor
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def value_of(self, given: object, unit: str | None = None) -> Scalar:
        """A value as people and files write it (JSON or YAML), checked and in the canonical unit.

        Raises FactInputError naming the fact, what was given and what is allowed.
        """
        if self.type is FactType.BOOLEAN:
            if isinstance(given, bool):
                return given
            raise FactInputError(f"{self.id}: {given!r} is not true or false.")
        if self.type is FactType.CODE:
            text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else None
            if text in self.values:
                return str(text)
            raise FactInputError(f"{self.id}: {given!r} is not one of {', '.join(self.values)}.")
        if self.type is FactType.SET:
            members = [given] if isinstance(given, str) else given
            if isinstance(members, list | tuple | set | frozenset) and all(
                isinstance(m, str) and m in self.values for m in members
            ):
                return frozenset(members)
            raise FactInputError(f"{self.id}: {given!r} is not a list of {', '.join(self.values)}.")
        return self._number_of(given, unit)

    def _number_of(self, given: object, unit: str | None) -> Scalar:
        if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
            raise FactInputError(f"{self.id}: {given!r} is not a number.")
        number = given if isinstance(given, Decimal) else Decimal(repr(given))
        if not number.is_finite():
            raise FactInputError(f"{self.id}: {given!r} is not a finite number.")
        value = self.convert(number, unit)
        if self.type is FactType.INTEGER and value != value.to_integral_value():
            raise FactInputError(f"{self.id}: {given!r} is not a whole number.")
        if self.plausible is not None and not self.plausible[0] <= value <= self.plausible[1]:
            low, high = self.plausible
            raise FactInputError(f"{self.id}: {given!r} lies outside {low} to {high} {self.unit or ''}".rstrip() + ".")
        return value

    def accepts(self, value: Scalar) -> bool:
        """Whether a value already in the canonical unit is one this fact may have."""
        if self.type is FactType.BOOLEAN:
            return isinstance(value, bool)
        if self.type is FactType.CODE:
            return isinstance(value, str) and value in self.values
        if self.type is FactType.SET:
            return isinstance(value, frozenset) and value <= self.values.keys()
        number = value.limit if isinstance(value, Bound) else value
        if not isinstance(number, Decimal) or not number.is_finite() or abs(number.adjusted()) > FARTHEST_EXPONENT:
            return False
        return self.plausible is None or isinstance(value, Bound) or self.plausible[0] <= number <= self.plausible[1]


class Catalogue(Mapping[str, FactDefinition]):
    """All facts by id, in the order of the catalogue."""

    def __init__(self, definitions: Mapping[str, FactDefinition]) -> None:
        self._definitions = dict(definitions)

    def __getitem__(self, fact: str) -> FactDefinition:
        return self._definitions[fact]

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def values(self) -> ValuesView[FactDefinition]:
        """The definitions, without the detour of Mapping: every assessment walks them."""
        return self._definitions.values()
