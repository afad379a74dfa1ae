"""Reads the knowledge base from its files, checks it strictly, and returns it frozen.

Refuses to start on an unknown fact, a value outside its list, a number against a code, a missing source, a
duplicate or unknown key: every KnowledgeError names file, line, what was found and what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from eligibility.catalogue import Catalogue, FactDefinition
from eligibility.errors import KnowledgeError
from eligibility.knowledge.catalogue_file import definition_of
from eligibility.knowledge.model import Family, Gate, KnowledgeBase, Option, Retired, Score, Source
from eligibility.knowledge.option_file import check_block, gate_of, option_of
from eligibility.knowledge.references import References
from eligibility.knowledge.refusals import Refusals
from eligibility.knowledge.score_file import scores_of
from eligibility.knowledge.shapes import (
    FactsFile,
    FamilyFile,
    GateFile,
    ManifestFile,
    OptionFile,
    ScoresFile,
    SourcesFile,
)
from eligibility.knowledge.shaping import shaped
from eligibility.knowledge.signoff import Inherited, canonical, without_signature
from eligibility.knowledge.yaml_source import Document, parse_yaml

__all__ = ["Folder", "Survey", "load_knowledge", "read_knowledge", "survey"]

Folder = Traversable
"""A folder on disk or inside a package."""


@dataclass(frozen=True, slots=True)
class Survey:
    """All that could be read of a folder, and all that was refused, for those who want to know everything at once.

    `knowledge` holds what was not refused; None when so much is wrong that no option can be read. `documents` are by
    file name, `entries` the options by id, retired ones included.
    """

    knowledge: KnowledgeBase | None
    refusals: tuple[KnowledgeError, ...]
    documents: Mapping[str, Document]
    entries: Mapping[str, OptionFile]
    gates: Mapping[str, GateFile]


@cache
def load_knowledge() -> KnowledgeBase:
    """The knowledge base that comes with this package. Raises KnowledgeError."""
    return read_knowledge(files("eligibility.knowledge"))


def read_knowledge(root: Folder) -> KnowledgeBase:
    """The knowledge base in a folder. Raises KnowledgeError at the first thing that is wrong."""
    knowledge = _Reader(root, Refusals()).read()
    assert knowledge is not None, "what is wrong was raised"
    return knowledge


def survey(root: Folder) -> Survey:
    """A folder with everything that is wrong in it. Raises nothing."""
    refusals = Refusals(collect=True)
    reader = _Reader(root, refusals)
    knowledge = reader.read()
    found = {str(problem): problem for problem in refusals.found}
    return Survey(knowledge, tuple(found.values()), reader.documents, reader.entries, reader.gates)


class _Reader:
    """Reads all files of one folder in order; holds what later files refer to."""

    def __init__(self, root: Folder, refusals: Refusals) -> None:
        self.documents: dict[str, Document] = {}
        self.entries: dict[str, OptionFile] = {}
        self.gates: dict[str, GateFile] = {}
        self._root = root
        self._refusals = refusals
        self._digest = hashlib.sha256()
        self._references = References(Catalogue({}), {})
        self._inherited: Inherited | None = None
        self._retired: dict[str, Retired] = {}
        self._places: dict[str, str] = {}

    def read(self) -> KnowledgeBase | None:
        """The knowledge base; None when the refusals are collected and hit what all options rest on."""
        manifest_document = self._document("knowledge.yaml")
        manifest = shaped(ManifestFile, manifest_document, self._refusals) if manifest_document else None
        if manifest is None or manifest_document is None:
            return None
        catalogue, sources = self._read_catalogue(manifest.facts), self._read_sources()
        self._references = References(catalogue, sources)
        sound = not self._refusals.found
        self._read_gates(names=sound)
        scores = self._read_scores(names=sound)
        if sound:
            sections = [self.documents[f"facts/{section}.yaml"] for section in manifest.facts]
            scored = self.documents.get("scores.yaml") if scores else None
            self._inherited = Inherited(sections, self.documents["sources.yaml"], scored)
        families = self._families(manifest.families, manifest_document)
        options = tuple(option for family in families for option in self._read_family(family))
        if not sound:
            return None
        return KnowledgeBase(
            manifest.version, self._digest.hexdigest(), catalogue, families, options, MappingProxyType(sources),
            MappingProxyType({gate: entry.title for gate, entry in self.gates.items()}), self._references.predicates,
            scores=scores, retired=MappingProxyType(self._retired), shared=self._shared(),
        )  # fmt: skip

    def _document(self, *path: str) -> Document | None:
        """One file; None when it cannot be read and the refusals are collected."""
        name = "/".join(path)
        with self._refusals:
            try:
                text = self._root.joinpath(*path).read_text("utf-8")
            except (FileNotFoundError, NotADirectoryError):
                raise KnowledgeError("the file is missing.", "Put it back.", file=name) from None
            except UnicodeDecodeError:
                raise KnowledgeError("the file is not UTF-8.", "Save it as UTF-8.", file=name) from None
            document = parse_yaml(text, name)
            counted = without_signature(document.content) if path[0] == "options" else document.content
            self._digest.update(f"{name}\n{canonical(counted)}\n".encode())
            self.documents[name] = document
            return document
        return None

    def _names(self, *path: str) -> list[str]:
        """The YAML files of a folder."""
        folder = self._root.joinpath(*path)
        with self._refusals:
            if not folder.is_dir():
                raise KnowledgeError(
                    "the folder is missing.", "Put it back, or take it off the list.", file="/".join(path)
                )
            return sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
        return []

    def _read_catalogue(self, sections: Sequence[str]) -> Catalogue:
        definitions: dict[str, FactDefinition] = {}
        for section in sections:
            document = self._document("facts", f"{section}.yaml")
            shape = shaped(FactsFile, document, self._refusals) if document else None
            if document is None or shape is None:
                continue
            for index, entry in enumerate(shape.facts):
                with self._refusals:
                    path: tuple[str | int, ...] = ("facts", index)
                    if entry.id in definitions:
                        raise document.error((*path, "id"), f"the fact {entry.id} stands twice.", "Keep one.")
                    definitions[entry.id] = definition_of(entry, section, document, path)
        return Catalogue(definitions)

    def _read_sources(self) -> dict[str, Source]:
        document = self._document("sources.yaml")
        shape = shaped(SourcesFile, document, self._refusals) if document else None
        sources: dict[str, Source] = {}
        if document is None or shape is None:
            return sources
        for index, entry in enumerate(shape.sources):
            with self._refusals:
                if entry.id in sources:
                    raise document.error(("sources", index, "id"), f"the source {entry.id} stands twice.", "Keep one.")
                sources[entry.id] = Source(entry.id, entry.citation, entry.year, entry.url, entry.read)
        return sources

    def _read_scores(self, *, names: bool) -> tuple[Score, ...]:
        """What `scores.yaml` says; a version from before the file has none."""
        if not self._root.joinpath("scores.yaml").is_file():
            return ()
        document = self._document("scores.yaml")
        shape = shaped(ScoresFile, document, self._refusals) if document else None
        if document is None or shape is None or not names:
            return ()
        with self._refusals:
            return scores_of(shape, document, self._references.catalogue, self._references.sources)
        return ()

    def _read_gates(self, *, names: bool) -> None:
        for name in self._names("gates"):
            before = len(self._refusals.found)
            document = self._document("gates", name)
            gate = shaped(GateFile, document, self._refusals) if document else None
            if document is not None and gate is not None:
                with self._refusals:
                    if name != f"{gate.id}.yaml":
                        raise document.error(
                            ("id",), f"the gate {gate.id} stands in {name}.", f"Name the file {gate.id}.yaml."
                        )
                self._references.gates[gate.id] = (document, gate)
                self.gates[gate.id] = gate
                if names:
                    check_block(gate, document, self._references, self._refusals)
            if len(self._refusals.found) > before:
                self._references.unusable_gates.update({name.removesuffix(".yaml"), gate.id if gate else name})

    def _shared(self) -> Mapping[str, Gate]:
        """The gates with their lines; those of which something was refused are left out."""
        return MappingProxyType({
            name: gate_of(gate, document, self._references)
            for name, (document, gate) in self._references.gates.items()
            if name not in self._references.unusable_gates
        })  # fmt: skip

    def _families(self, listed: Sequence[FamilyFile], manifest: Document) -> tuple[Family, ...]:
        """The families in the order of the manifest; every folder has to be one of them."""
        families: dict[str, Family] = {}
        for index, family in enumerate(listed):
            with self._refusals:
                if family.id in families:
                    raise manifest.error(
                        ("families", index, "id"), f"the family {family.id} stands twice.", "Keep one."
                    )
                families[family.id] = Family(family.id, family.title)
        folder = self._root.joinpath("options")
        for name in sorted(f.name for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else ():
            if name not in families:
                with self._refusals:
                    raise manifest.error(("families",), f"the folder options/{name} is not listed.", "List it.")
        return tuple(families.values())

    def _read_family(self, family: Family) -> list[Option]:
        read = []
        for name in self._names("options", family.id):
            document = self._document("options", family.id, name)
            entry = shaped(OptionFile, document, self._refusals) if document else None
            if document is None or entry is None:
                continue
            with self._refusals:
                if name != f"{entry.id}.yaml":
                    raise document.error(
                        ("id",), f"the option {entry.id} stands in {name}.", f"Name the file {entry.id}.yaml."
                    )
                if entry.id in self._places:
                    raise document.error(
                        ("id",), f"the id {entry.id} is taken by {self._places[entry.id]}.",
                        "Ids are unique, and stay taken after an option was retired: choose another.",
                    )  # fmt: skip
                self._places[entry.id] = document.file
                self.entries[entry.id] = entry
                read.append((entry.order, entry.id, entry, document))
        found = [self._option(entry, family, document) for _, _, entry, document in sorted(read, key=lambda r: r[:2])]
        return [option for option in found if option is not None]

    def _option(self, entry: OptionFile, family: Family, document: Document) -> Option | None:
        """An option that is judged; None for one that is retired, or refused."""
        if entry.status == "retired":
            with self._refusals:
                if entry.retired_because is None:
                    raise document.error(
                        ("status",), "the option is retired without a reason.", "Say why in `retired_because`."
                    )
                self._retired[entry.id] = Retired(entry.id, entry.name, entry.retired_because)
            return None
        if entry.retired_because is not None:
            with self._refusals:
                raise document.error(
                    ("retired_because",), f"the option has a reason to be retired and is {entry.status}.",
                    "Write `status: retired`, or take the reason out.",
                )  # fmt: skip
        inherited = self._inherited
        if inherited is None:
            return None
        gates = {gate: self._references.gates[gate][0] for gate in entry.gates if gate in self._references.gates}
        return option_of(
            entry, family, document, self._references, self._refusals,
            lambda option: inherited.fingerprint(option, document, gates),
        )  # fmt: skip
