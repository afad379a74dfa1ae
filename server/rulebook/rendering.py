"""From pages to HTML: one set of templates for files, for the running service and for the one page that holds all.

Only how a place becomes an address differs between the three. No script, no style inside a page.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from enum import Enum
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eligibility.wording import STATUS_MEANINGS, STATUS_WORDS, certainty_words
from fhir_mappings.code_lists import system_name
from server.rulebook import conditions, fact_words
from server.rulebook.book import PRINT, Book, Page, pages

__all__ = ["STYLESHEET", "Form", "Renderer"]

_FOLDER = Path(__file__).parent
STYLESHEET = "rulebook.css"
"""The place of the style sheet, beside the first page."""

_NAVIGATION = (
    ("", "Start"),
    ("options/", "Options"),
    ("primaries/", "Primaries"),
    ("modalities/", "Modalities"),
    ("gates/", "Gates"),
    ("facts/", "Facts"),
    ("scores/", "Scores"),
    ("drugs/", "Drugs"),
    ("sources/", "Sources"),
    (PRINT, "Whole book, to print"),
)
_MOST_CODES = 60
"""Longer code lists are counted on the page, and named with the file that holds them."""


class Form(Enum):
    """Where pages are read: as files from a folder, or under an address of the service."""

    FILES = "files"
    SERVED = "served"


class Renderer:
    """Renders the pages of a book, each when it is asked for."""

    def __init__(self, book: Book, form: Form) -> None:
        """Prepare the templates."""
        self._book, self._form = book, form
        self._pages = {page.place: page for page in pages(book)}
        self._templates = _templates(book)

    @property
    def places(self) -> tuple[str, ...]:
        """The place of every page."""
        return (*self._pages, PRINT)

    @cached_property
    def stylesheet(self) -> str:
        """The one style sheet."""
        return (_FOLDER / "static" / STYLESHEET).read_text("utf-8")

    def html(self, place: str) -> str:
        """One page. Raises KeyError for a place that the book does not have."""
        if place == PRINT:
            return self._render("print.html", self._whole(), self._address_from(PRINT, whole=True))
        return self._render("page.html", self._pages[place], self._address_from(place))

    def file_of(self, place: str) -> str:
        """The file of a place, below the folder of the book."""
        return f"{place}index.html" if not place or place.endswith("/") else f"{place}.html"

    def _render(self, template: str, page: Page, to: Callable[[str], str]) -> str:
        chapters = [p for p in self._pages.values() if p.place] if template == "print.html" else []
        return self._templates.get_template(template).render(
            page=page, to=to, chapters=chapters, whole=template == "print.html", served=self._form is Form.SERVED,
            top=2 if template == "print.html" else 1,
        )  # fmt: skip

    def _whole(self) -> Page:
        first = self._pages[""]
        return Page(PRINT, first.template, "The whole rule book", "Whole book, to print", first.content)

    def _address_from(self, here: str, *, whole: bool = False) -> Callable[[str], str]:
        """How a page at `here` links to a place: always a relative address, so that the book can be moved."""

        def address(place: str) -> str:
            if whole and place in self._pages:
                return f"#{anchor(place)}"
            target = place
            if self._form is Form.FILES and place != STYLESHEET:
                target = self.file_of(place)
            start = posixpath.dirname(here) or "."
            relative = posixpath.relpath(target or ".", start)
            if (not target or target.endswith("/")) and not relative.endswith("/"):
                relative += "/"
            return relative

        return address


def anchor(place: str) -> str:
    """The id of a page inside the page that holds all."""
    return (place or "start").strip("/").replace("/", "-")


def _templates(book: Book) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "first_upper": _first_upper,
        "typeset": _typeset,
        "anchor": anchor,
        "certainty": certainty_words,
        "system": system_name,
        "option_of": lambda option: book.options[option],
        "is_group": lambda words: isinstance(words, conditions.Group),
        "extract_words": lambda code, definition: definition.values[code],
    }
    environment.globals |= {
        "book": book,
        "knowledge": book.knowledge,
        "catalogue": book.knowledge.catalogue,
        "navigation": _NAVIGATION,
        "status_words": STATUS_WORDS,
        "status_meanings": STATUS_MEANINGS,
        "words_of": fact_words,
        "most_codes": _MOST_CODES,
        "stylesheet": STYLESHEET,
    }
    return environment


def _first_upper(text: str) -> str:
    """A capital at the start of a line, but for names such as eGFR, c-Met and dx.primary."""
    named = text[1:2].isupper() or text[1:2] == "-" or re.match(r"[a-z]+\.[a-z]", text) is not None
    return text if named else text[:1].upper() + text[1:]


def _typeset(text: str) -> str:
    """The knowledge files write <= and >=; a book prints ≤ and ≥."""
    spaced = re.sub(r"\s*(<=|>=)\s*", lambda found: " ≤ " if found[1] == "<=" else " ≥ ", text)
    return spaced.replace("( ", "(").replace("/ ≥", "/≥").strip()
