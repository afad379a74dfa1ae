"""The exact factor between two UCUM units of the same kind that differ in metric prefixes or powers of ten."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["metric_factor"]

_PREFIXES = {
    "": 0, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15,
}  # fmt: skip
_BASES = {
    "mol": "mol", "osm": "osm", "kat": "kat", "eq": "eq", "Pa": "Pa", "[iU]": "[IU]", "[IU]": "[IU]", "Gy": "Gy",
    "g": "g", "m": "m", "s": "s", "U": "U",
}  # fmt: skip
_WORDS = {
    "%": (Fraction(1, 100), ""), "min": (Fraction(60), "s"), "h": (Fraction(3600), "s"), "d": (Fraction(86400), "s"),
    "wk": (Fraction(604800), "s"),
}  # fmt: skip
_PREFIX = "|".join(sorted(filter(None, _PREFIXES), key=len, reverse=True))
_ATOM = re.compile(rf"(?P<prefix>{_PREFIX})?(?P<base>{'|'.join(map(re.escape, _BASES))})(?P<power>-?\d)?")
_LITRE = re.compile(rf"(?P<prefix>{_PREFIX})?[Ll]")
_NUMBER = re.compile(r"10[*^](?P<exponent>-?\d+)|(?P<plain>\d+)|(?P<annotation>\{[^}]*\})")

_Term = tuple[Fraction, str, int]
"""The size of a term, its base unit ("" for a number) and the power of the base."""


def metric_factor(unit: str, canonical: str) -> Fraction | None:
    """What a number in `unit` is multiplied with to be one in `canonical`.

    None when the two are not known to measure the same thing. Annotations such as {cells} count as 1, as UCUM says.
    """
    one, other = _read(unit), _read(canonical)
    if one is None or other is None or one[1] != other[1]:
        return None
    return one[0] / other[0]


def _read(unit: str) -> tuple[Fraction, dict[str, int]] | None:
    """The size of a unit and its base units with their powers; None for anything but prefixes and known bases."""
    size, powers = Fraction(1), dict[str, int]()
    sign = 1
    for index, text in enumerate(re.split(r"([./])", unit)):
        if index % 2:
            sign = -1 if text == "/" else 1
            continue
        term = _term(text)
        if term is None:
            return None
        factor, base, power = term
        size *= factor**sign
        powers[base] = powers.get(base, 0) + sign * power
    return size, {base: power for base, power in powers.items() if base and power}


def _term(text: str) -> _Term | None:
    if text in _WORDS:
        size, base = _WORDS[text]
        return size, base, 1
    number = _NUMBER.fullmatch(text)
    if number is not None:
        if number["exponent"]:
            return Fraction(10) ** int(number["exponent"]), "", 0
        return Fraction(number["plain"] or 1), "", 0
    if text == "":  # before the stroke of "/L"
        return Fraction(1), "", 0
    litre = _LITRE.fullmatch(text)
    if litre is not None:
        return Fraction(10) ** (_PREFIXES[litre["prefix"] or ""] - 3), "m", 3
    atom = _ATOM.fullmatch(text)
    if atom is None:
        return None
    power = int(atom["power"] or 1)
    return (Fraction(10) ** _PREFIXES[atom["prefix"] or ""]) ** power, _BASES[atom["base"]], power
