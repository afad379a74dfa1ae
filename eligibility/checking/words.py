"""Flaws of sentences: words that order or reassure, and stray spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.knowledge.yaml_source import Document
from eligibility.wording import BANNED_WORDS

__all__ = ["orders_or_reassures", "word_flaws"]

_BANNED = re.compile("|".join(rf"\b{re.escape(word.strip())}\b" for word in BANNED_WORDS), re.IGNORECASE)


def orders_or_reassures(text: str) -> str | None:
    """The first word of a sentence that gives an order or reassures; None when there is none."""
    found = _BANNED.search(text)
    return found.group() if found else None


def word_flaws(text: str, document: Document, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    """What is wrong with one sentence or name that is shown."""
    word = orders_or_reassures(text)
    if word is not None:
        found = f"{text!r} says {word!r}: sentences inform, they neither order nor reassure."
        yield flaw(FlawKind.WORDS, document, path, found, "Say it in other words.")
    if text != " ".join(text.split()):
        yield flaw(FlawKind.WORDS, document, path, f"{text!r} has stray spaces or line breaks.", "Take them out.")
