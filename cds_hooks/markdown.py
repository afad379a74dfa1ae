"""Text into GitHub-flavoured Markdown without letting the record's text become anything but text.

Our own sentences are plain; a string from the record stands only in a code span (SS-60, CH-89).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["bold", "bullet", "escaped", "italic", "quoted", "remark"]

LONGEST = 300
"""Characters of one record string shown anywhere (SS section 0)."""

_SPACE = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")
_ACTIVE = re.compile(r"([\\`*_\[\]|~]|<(?=[A-Za-z/!?])|&(?=[A-Za-z#]))")
_BETWEEN_MARKS = re.compile(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*(?:'(?!\w)|$)|"(?:[^"\\]|\\.)*(?:"(?!\w)|$))""")
_LINKED_BY_ITSELF = re.compile(r"(\S*(?:://|@|www\.|mailto:|xmpp:)\S*)", re.IGNORECASE)
"""What renderers turn into a link without being asked to."""


def quoted(text: str) -> str:
    """A string from the record as a code span: one line, no control, bidi or zero-width characters, at most 300 long.

    The fence is longer than any run of backticks inside, so nothing in it can end the span.
    """
    clean = "".join(c for c in _SPACE.sub(" ", text) if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    clean = clean.strip()
    if len(clean) > LONGEST:
        clean = clean[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    if not clean:
        return "(no text)"
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(clean)), default=0) + 1)
    pad = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{pad}{clean}{pad}{fence}"


def escaped(text: str) -> str:
    """Our own words with Markdown's marks taken literally: `10*9/L`, `[x]`."""
    return _ACTIVE.sub(r"\\\1", text) if _ACTIVE.search(text) else text


def remark(text: str) -> str:
    """A reason given by the mapping; words of the record, between quotation marks there, become code spans."""
    parts, end, text = [], 0, text[: 2 * LONGEST]
    for found in _BETWEEN_MARKS.finditer(text):
        parts += [_unlinked(text[end : found.start()]), quoted(found[0].strip(found[0][0]))]
        end = found.end()
    return "".join([*parts, _unlinked(text[end:])])


def _unlinked(text: str) -> str:
    """Text of ours, but for addresses in it: these are the record's."""
    parts = enumerate(_LINKED_BY_ITSELF.split(text))
    return "".join(quoted(part) if place % 2 else escaped(part) for place, part in parts)


def bold(text: str) -> str:
    """Our own words in bold."""
    return f"**{escaped(text)}**"


def italic(text: str) -> str:
    """Our own words in italics."""
    return f"*{escaped(text)}*"


def bullet(text: str) -> str:
    """One line of a list."""
    return f"- {text}"
