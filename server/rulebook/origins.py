"""Where an option comes from: what `named_in` says of the project's five founding texts, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Origin", "origin"]

_RANGE = re.compile(r"\b(\d{3})-(\d{3})\b")
_TEXT = re.compile(r"\b\d{3}\b")
_REMARK = re.compile(r"(?P<numbers>\d{3}(?:-\d{3})?) ?\((?P<remark>[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Origin:
    """The founding texts that name an option, and what was noted beside them. No text: added as a companion."""

    texts: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """A sentence."""
        if not self.texts:
            return "Added as a companion: none of the five founding texts names it."
        if len(self.texts) == 5:
            return "Named in all five founding texts."
        last = self.texts[-1]
        listed = f"{', '.join(self.texts[:-1])} and {last}" if len(self.texts) > 1 else last
        return f"Named in founding text{'s' if len(self.texts) > 1 else ''} {listed}."


def origin(named_in: Iterable[str]) -> Origin:
    """What the entries of `named_in` say: a number names a text; "companion" or "not in" names none."""
    texts: set[str] = set()
    notes: list[str] = []
    for entry in named_in:
        plain = " ".join(entry.split())
        if plain.startswith(("companion", "not in")):
            if plain != "companion":
                notes.append(plain)
            continue
        numbered = _REMARK.fullmatch(plain)
        numbers = numbered["numbers"] if numbered else plain.partition("(")[0]
        for first, last in _RANGE.findall(numbers):
            texts |= {f"{number:03}" for number in range(int(first), int(last) + 1)}
        texts |= set(_TEXT.findall(_RANGE.sub(" ", numbers)))
        if numbered:
            notes.append(f"{numbers.strip()}: {numbered['remark']}")
        elif not _TEXT.fullmatch(plain) and not _RANGE.fullmatch(plain):
            notes.append(plain)
    return Origin(tuple(sorted(texts)), tuple(notes))
