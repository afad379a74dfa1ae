"""Numbers written as text: "1.2 mg/dL H", "<0.2", "1 200", "1,2"; and what is not one number.

A text is read only when it can be read in one way. A comma or point before exactly three digits may part thousands or
decimals: "1,200" and "150.000" are not read, "1,2", "0,125" and "1.234,5" are. Groups of three behind blanks or
apostrophes are thousands. The size of a number never decides how it is read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from fhir_mappings.units import ucum

__all__ = ["COMPARATORS", "LONGEST", "Comparator", "Measured", "read_text"]

Comparator = Literal["<", "<=", ">", ">="]
LONGEST = 80
"""Characters: a longer text is words, whatever it begins with."""

COMPARATORS: dict[str, Comparator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}
_WORDS: dict[str, Comparator] = {
    "less than": "<", "lower than": "<", "below": "<", "under": "<", "more than": ">", "greater than": ">",
    "higher than": ">", "above": ">", "over": ">", "at least": ">=", "at most": "<=", "up to": "<=",
}  # fmt: skip
_COMPARATOR = re.compile(rf"(<=|>=|<|>|≤|≥|(?:{'|'.join(_WORDS)})(?= ))\s*", re.I)
_FLAG = r"(?:HH?|LL?|AA?|N|high|low|normal|abnormal|critical|crit)"
_FLAGS = re.compile(rf"(?:\s*(?:\({_FLAG}\)|\[{_FLAG}\]|(?<![A-Za-z/*]){_FLAG}|\*{{1,2}}|!|↑|↓))", re.I)
_NUMBER = re.compile(r"[0-9]+(?:[.,'’ ][0-9]+)*|[.,][0-9]+")
_UNIT_WORD = re.compile(r"[A-Za-zµμ%\[{#][^\s0-9<>=()]{0,20}")
_RANGE = re.compile(r"[0-9][0-9.,]*\s*(?:-|–|—|to|\.\.)\s*[0-9][0-9.,]*(?![0-9/]).*", re.I)
_MOST_DIGITS = 15


class Measured(msgspec.Struct, frozen=True, gc=False):
    """A number with its comparator, the UCUM code of its unit (None: not known) and the unit's own words."""

    number: Decimal
    comparator: Comparator | None
    unit: str | None
    unit_words: str
    text: str


def read_text(text: str) -> Measured | str:
    """A text that is one number with, at most, a comparator, a unit and a flag; else a sentence that says why not."""
    shown = text.strip()
    if not shown or len(shown) > LONGEST:
        return f"the result is words, not a number: {shown[:LONGEST]!r}"
    plain = " ".join(html.unescape(shown).split())
    comparator: Comparator | None = None
    if (match := _COMPARATOR.match(plain)) is not None:
        comparator = COMPARATORS.get(match[1]) or _WORDS[match[1].lower()]
    found = set(_readings(plain[match.end() :] if match is not None else plain))
    known = {(number, unit, words) for number, unit, words in found if unit is not None or not words}
    if len(known or found) > 1:
        return f"{shown!r} can be read as more than one number"
    for number, unit, words in known or found:
        return Measured(number, comparator, unit, words, shown)
    if _RANGE.fullmatch(plain):
        return f"{shown!r} is a range, not one number"
    return f"the result is words, not a number: {shown!r}"


def _readings(plain: str) -> Iterator[tuple[Decimal, str | None, str]]:
    """Every way to part a text into a number and a unit: number, UCUM code, the unit's words."""
    match = _NUMBER.match(plain)
    if match is None:
        return
    ends = {match.end(), *(match.start() + i for i, letter in enumerate(match[0]) if letter == " ")}
    for end in sorted(ends):
        words = _without_flags(plain[end:])
        if words is None:
            continue
        unit = ucum(words) if words else None
        if words and unit is None and _UNIT_WORD.fullmatch(words) is None:
            continue
        for number in _meanings(plain[:end]):
            yield number, unit, words


def _without_flags(rest: str) -> str | None:
    """What follows a number, without the laboratory's flags before and after the unit."""
    start = match.end() if (match := _FLAGS.match(rest)) is not None and not rest[match.end() :][:1].isalnum() else 0
    rest = rest[start:].strip()
    if _FLAGS.fullmatch(rest):
        return ""
    last = max((m.start() for m in _FLAGS.finditer(rest) if m.end() == len(rest)), default=len(rest))
    return rest[:last].strip()


def _meanings(text: str) -> Iterator[Decimal]:
    """The numbers that digits with separators can stand for: none, one or two."""
    marks = [c for c in text if not c.isdigit()]
    if sum(c.isdigit() for c in text) > _MOST_DIGITS:
        return
    if not marks:
        yield Decimal(text)
        return
    last = marks[-1]
    whole, _, fraction = text.rpartition(last)
    before = set(marks[:-1])
    if last in ".," and last not in before and len(before) <= 1 and (not before or _grouped(whole, *before)):
        digits = "".join(c for c in whole if c.isdigit())
        yield Decimal(f"{digits or '0'}.{fraction}")
    if len(set(marks)) == 1 and _grouped(text, last):
        yield Decimal("".join(c for c in text if c.isdigit()))


def _grouped(text: str, mark: str) -> bool:
    """Whether a mark parts digits into thousands."""
    first, *groups = text.split(mark)
    return 1 <= len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in groups)
