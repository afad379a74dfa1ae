"""Units of measurement: which UCUM code a unit stands for, and numbers in another unit.

Units decide, not codes and not magnitudes (SS-58): an unknown or missing unit means that a number cannot be used.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

__all__ = ["UCUM", "convert", "factor", "ucum"]

UCUM = "http://unitsofmeasure.org"

# Spellings met in charts, compared without case and blanks. Only spellings with one possible meaning.
_SPELLINGS = {
    "mg/dL": ("mg/dl", "mg%", "mg/100ml", "mgs/dl"),
    "g/dL": ("g/dl", "gm/dl", "g/100ml", "gms/dl", "gm%", "g%"),
    "g/L": ("g/l", "gm/l"),
    "mg/L": ("mg/l",),
    "umol/L": ("umol/l", "µmol/l", "μmol/l", "mcmol/l", "micromol/l", "umoles/l"),
    "mmol/L": ("mmol/l", "mmoles/l"),
    "meq/L": ("meq/l",),
    "10*9/L": ("10*9/l", "10^9/l", "x10*9/l", "x10^9/l", "10e9/l", "x10e9/l", "×10^9/l", "×10⁹/l", "10⁹/l", "giga/l"),
    "10*3/uL": (
        "10*3/ul", "10^3/ul", "x10*3/ul", "x10^3/ul", "10e3/ul", "x10e3/ul", "k/ul", "k/mm3", "k/cumm", "k/mcl",
        "thou/ul", "thousand/ul", "th/ul", "thous/ul", "10*3/mm3", "10^3/mm3", "10*3/mcl", "10^3/mcl", "x10(3)/ul",
        "x1000/ul", "1000/ul", "10*3/µl", "10^3/µl", "10*3/μl", "10^3/μl", "k/µl", "k/μl", "×10³/µl", "10³/µl",
    ),
    "/uL": (
        "/ul", "cells/ul", "{cells}/ul", "/µl", "/μl", "cells/µl", "/mm3", "cells/mm3", "/cumm", "/mcl", "cells/mcl",
    ),
    "/L": ("/l",),
    "/nL": ("/nl",),
    "10*6/L": ("10*6/l", "10^6/l", "x10^6/l"),
    "U/L": ("u/l", "units/l", "unit/l"),
    "[IU]/L": ("[iu]/l", "iu/l"),
    "U/mL": ("u/ml", "units/ml", "[arb'u]/ml"),
    "[IU]/mL": ("[iu]/ml", "iu/ml"),
    "k[IU]/L": ("k[iu]/l", "kiu/l"),
    "kU/L": ("ku/l",),
    "ng/mL": ("ng/ml",),
    "ug/L": ("ug/l", "µg/l", "μg/l", "mcg/l"),
    "ng/L": ("ng/l",),
    "ng/dL": ("ng/dl",),
    "pg/mL": ("pg/ml",),
    "%": ("%", "percent", "pct", "%{vol}", "{percent}"),
    "1": ("1", "{ratio}", "ratio", "{inr}", "inr", "[inr]", "{index}", "{nominal}"),
    "{score}": ("{score}", "score", "(score)", "{scored}", "{cps}", "cps"),
    "cm": ("cm", "centimeters", "centimetres", "centimeter", "centimetre"),
    "mm": ("mm", "millimeters", "millimetres", "millimeter", "millimetre"),
    "kg": ("kg", "kgs", "kilogram", "kilograms"),
    "g": ("g", "gm", "gram", "grams"),
    "[lb_av]": ("[lb_av]", "lb", "lbs", "pound", "pounds"),
    "ms": ("ms", "msec", "milliseconds"),
    "mmol/mol": ("mmol/mol",),
    "{count}": ("{count}", "{#}", "count", "lesions", "{lesions}", "{lesion}"),
    "wk": ("wk", "week", "weeks"),
    "{mutations}/Mb": (
        "{mutations}/mb", "mutations/mb", "mut/mb", "muts/mb", "mutations/megabase", "{mutation}/mb", "1/1000000{base}",
        "1/10*6{base}", "mutations/megabases", "{mutations}/megabase", "[#]/mb",
    ),
}  # fmt: skip
_BY_SPELLING = {spelling: code for code, spellings in _SPELLINGS.items() for spelling in (code.lower(), *spellings)}


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
    return _BY_SPELLING.get("".join(text.split()).lower()) if text else None


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
