"""What options and gates refer to by name: facts, sources, gates, and the conditions that many of them share."""

from __future__ import annotations

from collections.abc import Mapping

from eligibility.catalogue import Catalogue, FactDefinition
from eligibility.errors import KnowledgeError
from eligibility.knowledge.model import Source
from eligibility.knowledge.shapes import GateFile
from eligibility.knowledge.yaml_source import Document
from eligibility.predicates import Predicate, parse

__all__ = ["References"]

Path = tuple[str | int, ...]


class References:
    """Looks names up, and refuses one that does not exist at the place that names it."""

    def __init__(self, catalogue: Catalogue, sources: Mapping[str, Source]) -> None:
        self.catalogue = catalogue
        self.sources = sources
        self.gates: dict[str, tuple[Document, GateFile]] = {}
        self.unusable_gates: set[str] = set()
        self._parsed: dict[str, Predicate] = {}
        self._indexes: dict[str, int] = {}

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The conditions of options, by their index."""
        return tuple(self._parsed[text] for text in self._indexes)

    def condition(self, text: str, document: Document, path: Path) -> Predicate:
        """A condition; the same text is parsed once. Raises KnowledgeError."""
        found = self._parsed.get(text)
        if found is None:
            try:
                found = parse(text, self.catalogue)
            except KnowledgeError as problem:
                raise problem.at(document.file, document.line(path)) from None
            self._parsed[text] = found
        return found

    def predicate(self, text: str, document: Document, path: Path) -> tuple[int, Predicate]:
        """A condition of an option, and its place among all of them. Raises KnowledgeError."""
        found = self.condition(text, document, path)
        return self._indexes.setdefault(text, len(self._indexes)), found

    def fact(self, fact: str, document: Document, path: Path) -> FactDefinition:
        """A fact's line of the catalogue. Raises KnowledgeError."""
        if fact not in self.catalogue:
            raise document.error(path, f"the fact {fact!r} is not in the catalogue.", "See knowledge/facts/.")
        return self.catalogue[fact]

    def source(self, source: str, document: Document, path: Path) -> Source:
        """A source that is cited. Raises KnowledgeError."""
        if source not in self.sources:
            raise document.error(path, f"the source {source!r} is not in sources.yaml.", "Add it there.")
        return self.sources[source]

    def gate(self, name: str, document: Document, path: Path) -> tuple[Document, GateFile]:
        """A gate with the file it stands in. Raises KnowledgeError."""
        if name not in self.gates:
            raise document.error(path, f"the gate {name!r} does not exist.", f"Gates: {', '.join(self.gates)}.")
        return self.gates[name]
