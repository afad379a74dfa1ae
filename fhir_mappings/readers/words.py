"""Whole words and phrases in a record's own text, for suggestions: never negated, past or hedged ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fhir_mappings.answers import said

__all__ = ["WordList"]


class WordList:
    """Phrases compiled once; a text matches when it holds one of them as whole words."""

    def __init__(self, phrases: Iterable[str], *, hyphens: bool = True) -> None:
        """`hyphens`: whether a hyphen belongs to a word, so that a part of a hyphenated word is no match."""
        letter = r"[\w-]" if hyphens else r"\w"
        ordered = sorted({p.lower() for p in phrases}, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!{letter})(?:" + "|".join(re.escape(p) for p in ordered) + rf")(?!{letter})")

    def find(self, text: str) -> str | None:
        """The first phrase in the text."""
        match = self._pattern.search(said(text))
        return match[0] if match else None

    def all(self, text: str) -> frozenset[str]:
        """Every phrase in the text, the longer where two overlap."""
        return frozenset(m[0] for m in self._pattern.finditer(said(text)))
