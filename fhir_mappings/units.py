"""Units of measurement: which UCUM code a unit stands for, and numbers in another unit.

Units decide, not codes and not magnitudes (SS-58): an unknown or missing unit means that a number cannot be used.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

__all__ = ["UCUM", "convert", "factor", "ucum"]

UCUM = "http://unitsofmeasure.org"

# Spellings met in charts, compared after `_plain`. Only spellings with one possible meaning.
_SPELLINGS = {
    "mg/dL": ("mg/dl", "mg%", "mg/100ml", "mgs/dl"),
    "g/dL": ("gm/dl", "g/100ml", "gms/dl", "gm%", "g%"),
    "g/L": ("gm/l",),
    "mg/L": (),
    "umol/L": ("mcmol/l", "micromol/l", "umoles/l"),
    "mmol/L": ("mmoles/l",),
    "meq/L": (),
    "10*9/L": ("10e9/l", "109/l", "giga/l"),
    "10*3/uL": (
        "10e3/ul", "103/ul", "k/ul", "k/mm3", "k/cumm", "k/mcl", "thou/ul", "thousand/ul", "th/ul", "thous/ul",
        "10*3/mm3", "10e3/mm3", "10*3/mcl", "10(3)/ul", "1000/ul", "x1000/ul",
    ),
    "/uL": ("cells/ul", "{cells}/ul", "/mm3", "cells/mm3", "/cumm", "/mcl", "cells/mcl"),
    "/L": (),
    "/nL": (),
    "10*6/L": (),
    "U/L": ("units/l", "unit/l"),
    "[IU]/L": ("iu/l",),
    "U/mL": ("units/ml", "[arb'u]/ml"),
    "[IU]/mL": ("iu/ml",),
    "k[IU]/L": ("kiu/l",),
    "kU/L": (),
    "ng/mL": (),
    "ug/L": ("mcg/l",),
    "ng/L": (),
    "ng/dL": (),
    "pg/mL": (),
    "%": ("percent", "pct", "{percent}"),
    "1": ("{ratio}", "ratio", "{inr}", "inr", "[inr]", "{index}"),
    "{score}": ("score", "(score)", "{cps}", "cps", "{ecog}"),
    "cm": ("centimeters", "centimetres", "centimeter", "centimetre"),
    "mm": ("millimeters", "millimetres", "millimeter", "millimetre"),
    "kg": ("kgs", "kilogram", "kilograms"),
    "g": ("gm", "gram", "grams"),
    "[lb_av]": ("lb", "lbs", "pound", "pounds"),
    "ms": ("msec", "milliseconds"),
    "{count}": ("{#}", "count", "lesions", "{lesions}", "{lesion}"),
    "{mutations}/Mb": (
        "mutations/mb", "mut/mb", "muts/mb", "mutations/megabase", "{mutation}/mb", "1/1000000{base}", "1/10*6{base}",
        "mutations/megabases", "{mutations}/megabase", "{mutations}/{mb}", "[#]/mb",
    ),
}  # fmt: skip
_LETTERS = str.maketrans({"µ": "u", "μ": "u", "^": "*", "×": "x", "⁹": "9", "³": "3", "⁶": "6"})


def _plain(text: str) -> str:
    """Lower case, without blanks, one spelling of micro, of powers, no sign before a power of ten."""
    plain = "".join(text.split()).lower().translate(_LETTERS)
    return plain[1:] if plain.startswith("x10") and not plain.startswith("x1000") else plain


_BY_SPELLING = {_plain(word): code for code, words in _SPELLINGS.items() for word in (code, *words)}


@lru_cache(maxsize=1024)
def ucum(unit: str | None, code: str | None = None, system: str | None = None) -> str | None:
    """The UCUM code of a quantity's unit, from its code where it is UCUM, else from the unit's text.

    None when there is no unit, when it is not known, or when code and text name two different units.
    """
    by_code = _known(code) if code and (system is None or system.strip() == UCUM) else None
    by_text = _known(unit)
    if code and code.strip() and system is not None and system.strip() == UCUM and by_code is None:
        return None
    if by_code is not None and by_text is not None and by_code != by_text and not _same(by_code, by_text):
        return None
    return by_code or by_text


def _known(text: str | None) -> str | None:
    return _BY_SPELLING.get(_plain(text)) if text else None


def _same(one: str, other: str) -> bool:
    """Whether two codes are two names of one unit."""
    return {one, other} in (
        {"10*3/uL", "10*9/L"}, {"U/L", "[IU]/L"}, {"ug/L", "ng/mL"}, {"1", "{score}"}, {"kU/L", "U/mL"},
        {"[IU]/mL", "k[IU]/L"},
    )  # fmt: skip


def factor(text: str) -> Fraction:
    """An exact factor as the tables write it: "10", "1/17.1", "0.1"."""
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom) if bottom else Fraction(top)


def convert(number: Decimal, by: Fraction) -> Decimal:
    """A number times an exact factor."""
    if by == 1:
        return number
    exact = Fraction(number) * by
    return Decimal(exact.numerator) / Decimal(exact.denominator)
