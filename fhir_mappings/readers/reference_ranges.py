"""The upper limit of normal that a report states for this patient.

Of several ranges, those for the other sex or another age are left out; ranges that then differ give no limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fhir_mappings.codes import SNOMED
from fhir_mappings.readers.number_text import LONGEST, Measured, read_text
from fhir_mappings.readers.numbers import of_quantity
from fhir_mappings.resources import CodeableConcept, Quantity, ReferenceRange

__all__ = ["NO_LIMIT", "Limit", "Person", "upper_limit"]

NO_LIMIT = "the report gives no upper limit of normal"
_SEVERAL = "the report gives several upper limits, and which one is the patient's cannot be told"
_GROUP = "the report's upper limit is for a group of people that is not understood"
_HEAD = re.compile(r"(?:(?:normal|reference|ref\.?|range|interval|values?)\s*)+[:=]?\s*", re.I)
_ENDS = re.compile(
    r"(?P<low>[0-9][0-9.,]{0,9})\s*(?P<unit>[^\s0-9]{0,12}?)\s*(?:-|–|—|\bto\b)\s*(?P<high>[0-9].*)", re.I
)
_NORMAL = frozenset({"normal", "normal range", "reference range", "reference interval", "normal reference range"})
_SEX = {
    "248152002": "female", "248153007": "male", "female": "female", "male": "male", "f": "female", "m": "male",
    "women": "female", "woman": "female", "men": "male", "man": "male", "females": "female", "males": "male",
}  # fmt: skip
_SEX_SYSTEMS = frozenset(
    {
        SNOMED,
        "http://hl7.org/fhir/administrative-gender",
        "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    }
)
_YEARS = {
    "a": Fraction(1), "y": Fraction(1), "yr": Fraction(1), "yrs": Fraction(1), "year": Fraction(1),
    "years": Fraction(1), "mo": Fraction(1, 12), "month": Fraction(1, 12), "months": Fraction(1, 12),
    "wk": Fraction(7, 365), "week": Fraction(7, 365), "weeks": Fraction(7, 365), "d": Fraction(1, 365),
    "day": Fraction(1, 365), "days": Fraction(1, 365),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Whose limits are looked for: sex, and the youngest and oldest age in completed years; None: not known."""

    sex: str | None = None
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """An upper limit and its unit's UCUM code; without any unit it is in the unit of the value (FHIR R4)."""

    number: Decimal
    unit: str | None
    unit_words: str


def upper_limit(ranges: Sequence[ReferenceRange] | None, person: Person) -> Limit | str:
    """The upper limit of normal for a person; or a sentence that says why there is none."""
    applying = [entry for entry in ranges or () if _applies(entry, person) and _limit(entry) is not None]
    if any(_sex_of(group) is None for entry in applying for group in entry.appliesTo or ()):
        return _GROUP
    found = {limit for entry in applying if (limit := _limit(entry)) is not None}
    if len(found) > 1:
        return _SEVERAL
    return found.pop() if found else NO_LIMIT


def _applies(entry: ReferenceRange, person: Person) -> bool:
    """Whether a range is one of normal values, and not of another sex or age."""
    return _is_normal(entry.type) and _fits_sex(entry.appliesTo or (), person) and _fits_age(entry, person)


def _is_normal(kind: CodeableConcept | None) -> bool:
    code = next((c.code.strip() for c in (kind.coding if kind else None) or () if c.code), None)
    if code is not None:
        return code == "normal"
    return kind is None or not kind.words or kind.words.lower() in _NORMAL


def _fits_sex(groups: Iterable[CodeableConcept], person: Person) -> bool:
    sexes = {sex for group in groups if (sex := _sex_of(group)) is not None}
    return len(sexes) != 1 or person.sex is None or person.sex in sexes


def _sex_of(group: CodeableConcept) -> str | None:
    for coding in group.coding or ():
        if (coding.system or "").strip() in _SEX_SYSTEMS and (sex := _SEX.get((coding.code or "").strip().lower())):
            return sex
    return _SEX.get(group.words.lower())


def _fits_age(entry: ReferenceRange, person: Person) -> bool:
    if entry.age is None or person.years is None:
        return True
    low, high = _in_years(entry.age.low), _in_years(entry.age.high)
    youngest, oldest = person.years
    return not (low is not None and oldest + 1 <= low) and not (high is not None and youngest > high)


def _in_years(age: Quantity | None) -> Fraction | None:
    if age is None or age.number is None or age.comparator:
        return None
    by = _YEARS.get((age.code or age.unit or "").strip().lower())
    return Fraction(age.number) * by if by is not None else None


def _limit(entry: ReferenceRange) -> Limit | None:
    if entry.high is None:
        return _limit_in_text(entry.text) if entry.text and entry.low is None else None
    high = of_quantity(entry.high)
    if isinstance(high, str) or high.comparator in (">", ">=") or high.number <= 0:
        return None
    low = entry.low.number if entry.low is not None else None
    return None if low is not None and low > high.number else Limit(high.number, high.unit, high.unit_words)


def _limit_in_text(text: str) -> Limit | None:
    """The upper end of "5 - 40 U/L", "< 40", "up to 40", "(10-40)"; words about sex, age or illness are not read."""
    plain = " ".join(text.split())
    if len(plain) > LONGEST:
        return None
    head = _HEAD.match(plain)
    plain = plain[head.end() :] if head is not None else plain
    if plain[:1] + plain[-1:] in ("()", "[]"):
        plain = plain[1:-1].strip()
    ends = _ENDS.fullmatch(plain)
    high = read_text(ends["high"] if ends is not None else plain)
    if not isinstance(high, Measured) or high.number <= 0:
        return None
    if ends is None:
        return Limit(high.number, high.unit, high.unit_words) if high.comparator in ("<", "<=") else None
    low = read_text(ends["low"])
    if not isinstance(low, Measured) or low.number > high.number or high.comparator is not None:
        return None
    return Limit(high.number, high.unit, high.unit_words)
