"""Lines of text for a terminal: its width, wrapping that never cuts, and colour only where there is any.

What is said does not belong here.
"""

from __future__ import annotations

import os
import re
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from server.plain_text import visible

__all__ = ["LABEL_WIDTH", "Page", "console_for"]

LABEL_WIDTH: Final = 9
_NARROWEST: Final = 40
_WIDEST: Final = 120
_WIDTH_OF_FILES: Final = 100
_GLUE: Final = "\ue000"  # stands for a space that no line may break at
_IN_DATE: Final = re.compile(r"(?<=\d) ([A-Z][a-z]{2}) (?=\d{4})")
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=× 10|[^\s/]{1,12}/|(?:cm|mm|kg|years|months|days)\b)")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows what to do."""
        raise BrokenPipeError


def console_for(stream: TextIO) -> Console:
    """A console of the terminal's width, at most 120 columns; without colour where the stream is no terminal."""
    console = _Console(file=stream, highlight=False, markup=False, emoji=False)
    known = console.is_terminal or "COLUMNS" in os.environ
    console.width = min(max(console.width, _NARROWEST), _WIDEST) if known else _WIDTH_OF_FILES
    return console


class Page:
    """Writes paragraphs, headings and labelled rows to a console, top to bottom; only what is visible of each text."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """A paragraph; in an indented one, lines after the first are indented further."""
        self.row("", text, style, indent=indent, label_width=0, hang=min(indent, 2))

    def heading(self, text: str, style: str = "bold") -> None:
        """A line after an empty one."""
        self.blank()
        self.say(text, style)

    def blank(self) -> None:
        """An empty line."""
        self._console.print()

    def row(
        self, label: str, text: str, style: str = "", *, indent: int = 4, label_width: int = LABEL_WIDTH,
        bold: int = 0, hang: int = 0,
    ) -> None:  # fmt: skip
        """A label and a text that wraps beside it and is never cut.

        The first `bold` characters are bold; further lines stand `hang` columns to the right of the first.
        """
        start = indent + label_width + hang
        glued = _BEFORE_UNIT.sub(_GLUE, _IN_DATE.sub(rf"{_GLUE}\1{_GLUE}", visible(text)))
        styled = Text(glued, style)
        styled.stylize("bold", 0, bold)
        lead = " " * indent + label.ljust(label_width)
        for line in styled.wrap(self._console, self._console.width - start, overflow="fold"):
            line.plain = line.plain.replace(_GLUE, " ").rstrip()
            self._console.print(Text.assemble((lead, "dim"), line), soft_wrap=True)
            lead = " " * start
