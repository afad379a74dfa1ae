"""What a check finds: one flaw, with its place, what was found, what is allowed and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eligibility.errors import KnowledgeError
from eligibility.knowledge.yaml_source import Document

__all__ = ["Flaw", "FlawKind", "flaw"]

Path = tuple[str | int, ...]


class FlawKind(StrEnum):
    """The kinds of flaws."""

    REFUSED = "refused"
    VERSION = "version"
    WORDS = "words"
    CATALOGUE = "catalogue"
    UNIT = "unit"
    THRESHOLD = "threshold"
    NEVER_TRUE = "never true"
    ALWAYS_TRUE = "always true"
    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    UNTRUE_EXAMPLE = "untrue example"
    NOT_SHOWN = "not shown"
    UNUSED_GATE = "unused gate"
    SOURCE = "source"
    INTERVENTION = "intervention"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong. `allowed` is empty where there is nothing to choose from."""

    kind: FlawKind
    file: str
    line: int | None
    found: str
    allowed: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """In one line, as an editor finds its way by: file, line, what, what instead."""
        return str(KnowledgeError(self.found, self.remedy, allowed=self.allowed, file=self.file, line=self.line))


def flaw(kind: FlawKind, document: Document, path: Path, found: str, remedy: str, allowed: str = "") -> Flaw:
    """A flaw at a place in a file."""
    return Flaw(kind, document.file, document.line(path), found, allowed, remedy)
