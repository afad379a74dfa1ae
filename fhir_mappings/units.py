"""Units of measurement: which UCUM code a unit stands for, and numbers in another unit.

Units decide, not codes and not magnitudes (SS-58): an unknown or missing unit means that a number cannot be used.
The units, their sizes and spellings are the table `valuesets/units.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from fhir_mappings.observations import load_table

__all__ = ["UCUM", "Unit", "between", "convert", "factor", "known_units", "ucum"]

UCUM = "http://unitsofmeasure.org"

_LETTERS = str.maketrans(
    {
        "µ": "u", "μ": "u", "^": "*", "˄": "*", "×": "x", "∙": ".", "·": ".", "∕": "/", "⁄": "/", "⁻": "-", "−": "-",
        **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)), **dict.fromkeys("\u200b\u200c\u200d\ufeff"),
    }
)  # fmt: skip
_MICROLITRE = re.compile(r"(?:mm\*?3|cumm|cu\.mm|cmm)$")
_MICRO = re.compile(r"(?<![a-z])mc(?=(?:g|l|mol|kat)\b)|(?<=/)mc(?=l\b)")
_POWER = re.compile(
    r"(?:x\.?|\*)?(?:(?:10(?:\*{1,2}|e|exp|\()|1e)\+?0?(?P<a>\d{1,2})\)?(?=\D|$)|10(?P<b>[369]|12)(?=/))"
)
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, and its exact size in the first unit of that kind."""

    kind: str
    size: Fraction


@dataclass(frozen=True, slots=True)
class _Table:
    units: Mapping[str, Unit]
    by_spelling: Mapping[str, str]
    either: Mapping[str, frozenset[str]]
    annotations: frozenset[str]


def _plain(text: str) -> str:
    """Lower case, without blanks; one spelling of micro, of powers of ten and of cubic millimetres."""
    plain = "".join(text.translate(_LETTERS).split()).lower().rstrip(",;")
    plain = _MICRO.sub("u", plain)
    plain = _MICROLITRE.sub("mm3", plain)
    match = _POWER.match(plain)
    return f"10*{match['a'] or match['b']}{plain[match.end() :]}" if match is not None else plain


@cache
def _table() -> _Table:
    raw: Mapping[str, Any] = load_table("units")
    units = {code: Unit(entry["kind"], factor(entry["size"])) for code, entry in raw["units"].items()}
    by_spelling: dict[str, str] = {}
    for code, entry in raw["units"].items():
        for word in (code, *entry["also"]):
            if by_spelling.setdefault(_plain(str(word)), code) != code:
                raise ValueError(f"units.yaml: {word!r} stands for two units")
    either = {text: frozenset(codes) for text, codes in raw["either"].items()}
    return _Table(
        MappingProxyType(units), MappingProxyType(by_spelling), MappingProxyType(either), frozenset(raw["annotations"])
    )


def known_units() -> Mapping[str, Unit]:
    """Every unit of the table, by its code."""
    return _table().units


@lru_cache(maxsize=1024)
def ucum(unit: str | None, code: str | None = None, system: str | None = None) -> str | None:
    """The UCUM code of a quantity's unit, from its code where it is UCUM, else from the unit's text.

    A text that means two units, such as G/L, is returned as it is where no code tells which.
    None when there is no unit, when it is not known, or when code and text name two different units.
    """
    by_code = _known(code) if code and (system is None or system.strip() == UCUM) else None
    by_text = _known(unit)
    if code and code.strip() and system is not None and system.strip() == UCUM and by_code is None:
        return None
    if by_code is not None and by_text is not None and not _same(by_code, by_text):
        return None
    either = _table().either
    return by_text if by_text is not None and by_code in either else by_code or by_text


def _known(text: str | None) -> str | None:
    if not text:
        return None
    table = _table()
    if (word := text.strip()) in table.either:
        return word
    plain = _plain(text)
    return table.by_spelling.get(plain) or table.by_spelling.get(_BRACES.sub(_without_annotation, plain))


def _without_annotation(braces: re.Match[str]) -> str:
    return "" if braces[1] in _table().annotations else braces[0]


def _same(one: str, other: str) -> bool:
    """Whether two codes can be two names of one unit."""
    if one == other:
        return True
    table = _table()
    ones, others = table.either.get(one, {one}), table.either.get(other, {other})
    return any(table.units[a] == table.units[b] for a in ones for b in others)


def between(unit: str, other: str) -> Fraction | None:
    """What a number in `unit` is multiplied with to be one in `other`; None when they measure different things."""
    one, two = known_units().get(unit), known_units().get(other)
    return one.size / two.size if one is not None and two is not None and one.kind == two.kind else None


def factor(text: str) -> Fraction:
    """An exact factor as the tables write it: "10", "1/17.1", "0.1"."""
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom) if bottom else Fraction(top)


def convert(number: Decimal, by: Fraction, plus: Fraction = Fraction(0)) -> Decimal:
    """A number times an exact factor, plus an exact number where two scales have different zeros."""
    if by == 1 and not plus:
        return number
    exact = Fraction(number) * by + plus
    return Decimal(exact.numerator) / Decimal(exact.denominator)
