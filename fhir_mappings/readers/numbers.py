"""Numbers as charts write them: Quantity, integer, or a short text such as "1.2 mg/dL H".

A number keeps its comparator; a text that is more than a number, a unit and a flag is not a number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

import msgspec

from eligibility.facts import Bound
from fhir_mappings.resources import Quantity, ReferenceRange, Value
from fhir_mappings.units import ucum

__all__ = ["Comparator", "Measured", "bounded", "measured", "number_in_text", "upper_limit"]

Comparator = Literal["<", "<=", ">", ">="]

_COMPARATORS: dict[str, Comparator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}
_TEXT = re.compile(
    r"\s*(?P<comparator><=|>=|<|>|≤|≥)?\s*(?P<number>\d{1,9}(?:[.]\d{1,6}|,\d{1,2})?)\s*"
    r"(?P<unit>[^\s()\d<>=\[][^\s()]{0,20}|\[[^\s()]{1,20}|10[*^][^\s()]{1,15})?\s*"
    r"(?P<flag>\(?\b(?:H|L|HH|LL|A|N|high|low|normal|abnormal)\b\)?|\*)?\s*",
    re.I,
)
_FLAG = re.compile(r"(?:H|L|HH|LL|A|N|high|low|normal|abnormal)", re.I)
_LIMIT_TEXT = re.compile(
    r"\s*(?:(?P<low>\d{1,6}(?:\.\d{1,4})?)\s*(?:-|–|to)\s*|(?:<=?|≤|up to)\s*)"
    r"(?P<high>\d{1,6}(?:\.\d{1,4})?)\s*(?P<unit>[^\s\d]\S{0,15})?\s*"
)


class Measured(msgspec.Struct, frozen=True, gc=False):
    """A number with its comparator, the UCUM code of its unit (None: not known) and the unit's own words."""

    number: Decimal
    comparator: Comparator | None
    unit: str | None
    unit_words: str
    text: str


def number_in_text(text: str) -> Measured | None:
    """A text that is a number with, at most, a comparator, a unit and a flag."""
    match = _TEXT.fullmatch(text[:80])
    if match is None or len(text) > 80:
        return None
    unit = match["unit"] or ""
    if _FLAG.fullmatch(unit):
        unit = ""
    comparator = _COMPARATORS[match["comparator"]] if match["comparator"] else None
    return Measured(Decimal(match["number"].replace(",", ".")), comparator, ucum(unit), unit, text.strip())


def _of_quantity(quantity: Quantity) -> Measured | str:
    number = quantity.number
    if number is None:
        return "no number" if quantity.value is None else "the value is not a number"
    raw = (quantity.comparator or "").strip()
    if raw and raw not in _COMPARATORS:
        return f"the comparator {raw!r} is not one that FHIR allows"
    words = (quantity.unit or quantity.code or "").strip()
    return Measured(
        number, _COMPARATORS.get(raw), ucum(quantity.unit, quantity.code, quantity.system), words,
        f"{raw}{number} {words}".strip(),
    )  # fmt: skip


def measured(value: Value) -> Measured | str:
    """The number of an Observation or component; or a sentence that says why there is none."""
    if value.valueQuantity is not None:
        return _of_quantity(value.valueQuantity)
    if value.valueInteger is not None:
        if type(value.valueInteger) is int:
            return Measured(Decimal(value.valueInteger), None, None, "", str(value.valueInteger))
        return "the value is not a number"
    if value.valueString is not None:
        return (
            number_in_text(value.valueString)
            or f"the result is words, not a number: {value.valueString.strip()[:80]!r}"
        )
    if value.valueCodeableConcept is not None:
        return f"the result is words, not a number: {value.valueCodeableConcept.words[:80]!r}"
    if value.dataAbsentReason is not None:
        return f"no value: {value.dataAbsentReason.words!r}"
    return "no value that can be read"


def bounded(number: Decimal, comparator: Comparator | None) -> Decimal | Bound:
    """The number, or the side it bounds."""
    return number if comparator is None else Bound(comparator, number)


def upper_limit(ranges: tuple[ReferenceRange, ...] | None) -> tuple[Decimal, str | None] | None:
    """The upper reference limit and its unit; None when there is none, or when several differ."""
    found: set[tuple[Decimal, str | None]] = set()
    for entry in ranges or ():
        kind = next((c.code for c in (entry.type.coding if entry.type else None) or () if c.code), None)
        if kind is not None and kind != "normal":
            continue
        if entry.high is not None and (number := entry.high.number) is not None and not entry.high.comparator:
            found.add((number, ucum(entry.high.unit, entry.high.code, entry.high.system) or _bad_unit(entry.high)))
        elif entry.high is None and entry.text and (match := _LIMIT_TEXT.fullmatch(entry.text[:60])):
            unit = match["unit"]
            found.add((Decimal(match["high"]), (ucum(unit) or "?") if unit else None))
    positive = {(number, unit) for number, unit in found if number > 0}
    return positive.pop() if len(positive) == 1 else None


def _bad_unit(quantity: Quantity) -> str | None:
    """A marker for a unit that is there and not known: it equals no unit."""
    return "?" if (quantity.unit or quantity.code) else None
