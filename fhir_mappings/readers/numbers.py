"""Numbers as charts hold them: Quantity, integer, range, ratio, or a short text.

A number keeps its comparator. A range is a number only where one of its ends is missing (a bound) or both are equal.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from eligibility.facts import Bound
from fhir_mappings.readers.number_text import COMPARATORS, LONGEST, Comparator, Measured, read_text
from fhir_mappings.resources import Quantity, Range, Ratio, Value, read
from fhir_mappings.units import UCUM, convert, ucum

__all__ = ["Comparator", "Measured", "bounded", "measured", "number_in_text", "of_quantity"]


def number_in_text(text: str) -> Measured | None:
    """A text that is one number with, at most, a comparator, a unit and a flag."""
    found = read_text(text)
    return found if isinstance(found, Measured) else None


def of_quantity(quantity: Quantity) -> Measured | str:
    """The number of a Quantity; or a sentence that says why there is none."""
    number = quantity.number
    if number is None:
        return "no number" if quantity.value is None else "the value is not a number"
    raw = (quantity.comparator or "").strip()
    if raw and raw not in COMPARATORS:
        return f"the comparator {raw!r} is not one that FHIR allows"
    words = (quantity.unit or quantity.code or "").strip()
    return Measured(
        number, COMPARATORS.get(raw), ucum(quantity.unit, quantity.code, quantity.system), words,
        f"{raw}{number} {words}".strip(),
    )  # fmt: skip


def measured(value: Value) -> Measured | str:
    """The number of an Observation or component; or a sentence that says why there is none."""
    if value.valueQuantity is not None:
        return of_quantity(value.valueQuantity)
    if value.valueInteger is not None:
        if type(value.valueInteger) is int:
            return Measured(Decimal(value.valueInteger), None, None, "", str(value.valueInteger))
        return "the value is not a number"
    if value.valueString is not None:
        return read_text(value.valueString)
    if value.valueRange is not None:
        return _of_range(value.valueRange)
    if value.valueRatio is not None:
        return _of_ratio(value.valueRatio)
    if value.valueCodeableConcept is not None:
        return f"the result is words, not a number: {value.valueCodeableConcept.words[:LONGEST]!r}"
    if value.dataAbsentReason is not None:
        return f"no value: {value.dataAbsentReason.words!r}"
    return "no value that can be read"


def _of_range(value: Range) -> Measured | str:
    """A range with one end is a bound: the missing end is not known (FHIR R4 Range)."""
    low, high = (
        of_quantity(end) if end is not None and end.value is not None else None for end in (value.low, value.high)
    )
    for end in (low, high):
        if isinstance(end, str) or (end is not None and end.comparator is not None):
            return "the range cannot be read"
    if isinstance(low, Measured) and isinstance(high, Measured):
        if (low.number, low.unit, low.unit_words) == (high.number, high.unit, high.unit_words):
            return low
        return f"'{low.text} to {high.text}' is a range, not one number"
    if isinstance(low, Measured):
        return msgspec.structs.replace(low, comparator=">=", text=f">={low.text}")
    if isinstance(high, Measured):
        return msgspec.structs.replace(high, comparator="<=", text=f"<={high.text}")
    return "the range has no ends"


def _of_ratio(raw: object) -> Measured | str:
    """A ratio is its numerator by its denominator, in the unit of the one per the unit of the other."""
    try:
        ratio = read(raw, Ratio)
    except msgspec.ValidationError:
        return "the ratio cannot be read"
    if ratio.numerator is None or ratio.denominator is None:
        return "the ratio is not complete"
    top, bottom = of_quantity(ratio.numerator), of_quantity(ratio.denominator)
    if isinstance(top, str) or isinstance(bottom, str) or bottom.comparator is not None or bottom.number <= 0:
        return "the ratio cannot be read"
    if not top.unit_words and not bottom.unit_words:
        return "a ratio of two numbers without units"
    words = f"{top.unit_words}/{bottom.unit_words}" if bottom.unit_words not in ("", "1") else top.unit_words
    number = convert(top.number, 1 / Fraction(bottom.number))
    return Measured(number, top.comparator, ucum(words, words, UCUM), words, f"{top.text} / {bottom.text}")


def bounded(number: Decimal, comparator: Comparator | None) -> Decimal | Bound:
    """The number, or the side it bounds."""
    return number if comparator is None else Bound(comparator, number)
