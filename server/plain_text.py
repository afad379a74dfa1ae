"""Text of the record made fit for a terminal: nothing in it can move the cursor, colour, hide or reorder our output."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["MOST_CHARACTERS", "plain", "visible"]

MOST_CHARACTERS: Final = 300
"""Of one quoted text (SS-59, SS-60)."""

_LOOKED_AT: Final = 20 * MOST_CHARACTERS
_ESCAPES: Final = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # operating system commands, such as links and titles
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"  # cursor and colour
    "|\x1b[ -/]*[0-~]?"
)
_SPACES: Final = frozenset({"Zs", "Zl", "Zp"})
_SHOWN: Final = frozenset("LMNPS")


def visible(text: str) -> str:
    """The text without escape sequences, control, invisible and direction characters; every white space is a space."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in _ESCAPES.sub("", text):
        category = unicodedata.category(character)
        if category[0] in _SHOWN:
            kept.append(character)
        elif category in _SPACES or character in "\t\n\r\v\f\x85":
            kept.append(" ")
    return "".join(kept)


def plain(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text of the record, visible, on one line and at most so long."""
    words = " ".join(visible(text[:_LOOKED_AT]).split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
