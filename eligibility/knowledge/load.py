"""Reads the knowledge base from its files, checks it strictly, and returns it frozen.

Refuses to start on an unknown fact, a value outside its list, a number against a code, a missing source, a
duplicate or unknown key: every KnowledgeError names file, line, what was found and what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from eligibility.assessment import ReasonKind, Status
from eligibility.catalogue import Absence, Catalogue, FactDefinition, FactType, SecondUnit, Settle
from eligibility.errors import FactInputError, KnowledgeError
from eligibility.knowledge.model import Example, Family, KnowledgeBase, Option, Requirement, Rule, Source
from eligibility.knowledge.shapes import (
    FactFile,
    FactsFile,
    GateFile,
    ManifestFile,
    OptionFile,
    RuleFile,
    SourcesFile,
)
from eligibility.knowledge.yaml_source import Document, parse_yaml
from eligibility.predicates import Predicate, parse

__all__ = ["load_knowledge", "read_knowledge"]


@cache
def load_knowledge() -> KnowledgeBase:
    """The knowledge base that comes with this package. Raises KnowledgeError."""
    return read_knowledge(files("eligibility.knowledge"))


def read_knowledge(root: Traversable) -> KnowledgeBase:
    """The knowledge base in a folder. Raises KnowledgeError."""
    return _Builder(root).build()


_Model = TypeVar("_Model", bound=BaseModel)

FIRST_LINE_SOURCES = ("MedicationAdministration", "MedicationRequest", "MedicationStatement")
"""What must have been read completely before earlier exposure may count as none."""


def _checked(model: type[_Model], document: Document) -> _Model:
    """The document in its shape; the first violation becomes a KnowledgeError with its line."""
    try:
        return model.model_validate(document.content)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        path = tuple(first["loc"])
        where = ".".join(str(p) for p in path) or "the file"
        if first["type"] == "extra_forbidden":
            allowed = ", ".join(model.model_fields) if len(path) == 1 else "the keys listed in knowledge/README.md"
            raise document.error(path, f"the key {path[-1]!r} is not known.", f"Allowed: {allowed}.") from None
        given = first["input"]
        shown = f" (found {given!r})" if isinstance(given, str | int | Decimal) else ""
        raise document.error(path, f"{where}: {first['msg']}{shown}.", "See knowledge/README.md.") from None


class _Builder:
    """Reads all files of one folder in order; holds what later files refer to."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._digest = hashlib.sha256()
        self._predicates: dict[str, tuple[int, Predicate]] = {}
        self._catalogue = Catalogue({})
        self._sources: dict[str, Source] = {}
        self._gates: dict[str, tuple[Document, GateFile]] = {}

    def build(self) -> KnowledgeBase:
        manifest_document = self._document("knowledge.yaml")
        manifest = _checked(ManifestFile, manifest_document)
        self._catalogue = self._read_catalogue(manifest.facts)
        self._sources = self._read_sources()
        self._gates = self._read_gates()
        families = tuple(Family(f.id, f.title) for f in manifest.families)
        folders = sorted(f.name for f in self._root.joinpath("options").iterdir() if f.is_dir())
        known = [f.id for f in families]
        for folder in folders:
            if folder not in known:
                raise manifest_document.error(("families",), f"the folder options/{folder} is not listed.", "List it.")
        options = tuple(option for family in families for option in self._read_family(family))
        seen: set[str] = set()
        for option in options:
            if option.id in seen:
                raise KnowledgeError(
                    f"the option {option.id} exists twice.", "Ids are unique.", file=f"options/{option.id}"
                )
            seen.add(option.id)
        return KnowledgeBase(
            manifest.version, self._digest.hexdigest(), self._catalogue, families, options,
            MappingProxyType(self._sources), MappingProxyType({g: f.title for g, (_, f) in self._gates.items()}),
            tuple(p for _, p in self._predicates.values()),
        )  # fmt: skip

    def _document(self, *path: str) -> Document:
        name = "/".join(path)
        try:
            text = self._root.joinpath(*path).read_text("utf-8")
        except FileNotFoundError:
            raise KnowledgeError("the file is missing.", "Put it back.", file=name) from None
        document = parse_yaml(text, name)
        self._digest.update(f"{name}\n{_canonical(document.content)}\n".encode())
        return document

    def _yaml_names(self, *path: str) -> list[str]:
        folder = self._root.joinpath(*path)
        if not folder.is_dir():
            raise KnowledgeError("the folder is missing.", "Put it back, or take it off the list.", file="/".join(path))
        return sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))

    def _read_catalogue(self, sections: Sequence[str]) -> Catalogue:
        definitions: dict[str, FactDefinition] = {}
        for section in sections:
            document = self._document("facts", f"{section}.yaml")
            for index, entry in enumerate(_checked(FactsFile, document).facts):
                path: tuple[str | int, ...] = ("facts", index)
                if entry.id in definitions:
                    raise document.error((*path, "id"), f"the fact {entry.id} stands twice.", "Keep one.")
                definitions[entry.id] = _definition(entry, section, document, path)
        return Catalogue(definitions)

    def _read_sources(self) -> dict[str, Source]:
        document = self._document("sources.yaml")
        sources: dict[str, Source] = {}
        for index, entry in enumerate(_checked(SourcesFile, document).sources):
            if entry.id in sources:
                raise document.error(("sources", index, "id"), f"the source {entry.id} stands twice.", "Keep one.")
            sources[entry.id] = Source(entry.id, entry.citation, entry.year, entry.url, entry.read)
        return sources

    def _read_gates(self) -> dict[str, tuple[Document, GateFile]]:
        gates = {}
        for name in self._yaml_names("gates"):
            document = self._document("gates", name)
            gate = _checked(GateFile, document)
            if name != f"{gate.id}.yaml":
                raise document.error(("id",), f"the gate {gate.id} stands in {name}.", f"Name the file {gate.id}.yaml.")
            gates[gate.id] = (document, gate)
        return gates

    def _read_family(self, family: Family) -> list[Option]:
        read = []
        for name in self._yaml_names("options", family.id):
            document = self._document("options", family.id, name)
            entry = _checked(OptionFile, document)
            if name != f"{entry.id}.yaml":
                raise document.error(
                    ("id",), f"the option {entry.id} stands in {name}.", f"Name the file {entry.id}.yaml."
                )
            read.append((entry.order, entry.id, entry, document))
        options = []
        for _, _, entry, document in sorted(read, key=lambda r: r[:2]):
            if entry.status != "retired":
                options.append(self._option(entry, family, document))
        return options

    def predicate(self, text: str, document: Document, path: tuple[str | int, ...]) -> tuple[int, Predicate]:
        """A condition and its place among all of them; the same text is parsed once."""
        if text not in self._predicates:
            try:
                parsed = parse(text, self._catalogue)
            except KnowledgeError as problem:
                raise problem.at(document.file, document.line(path)) from None
            self._predicates[text] = (len(self._predicates), parsed)
        return self._predicates[text]

    def fact(self, fact: str, document: Document, path: tuple[str | int, ...]) -> FactDefinition:
        """A fact's line of the catalogue. Raises KnowledgeError at the place that names it."""
        if fact not in self._catalogue:
            raise document.error(path, f"the fact {fact!r} is not in the catalogue.", "See knowledge/facts/.")
        return self._catalogue[fact]

    def _option(self, entry: OptionFile, family: Family, document: Document) -> Option:
        for index, source in enumerate(entry.sources):
            if source not in self._sources:
                raise document.error(
                    ("sources", index), f"the source {source!r} is not in sources.yaml.", "Add it there."
                )
        parts = _Parts(self, entry, document)
        relief: Rule | bool = entry.symptom_relief == "always"
        if entry.symptom_relief not in (None, "always"):
            relief = parts.rule(str(entry.symptom_relief), ReasonKind.GOAL, "Relieves symptoms", ("symptom_relief",))
        raised = entry.raised_if
        option = Option(
            id=entry.id, name=entry.name, family=family, modality=entry.modality, intent=entry.intent,
            primaries=entry.primaries, setting=entry.setting, cancer_directed=entry.kind == "cancer-directed",
            liver_directed=entry.liver_directed, level=Status(entry.level), status=entry.status,
            scope=parts.rule(entry.scope, ReasonKind.SCOPE, f"Meant for: {entry.primaries}", ("scope",)),
            indications=parts.rules("indications", ReasonKind.INDICATION),
            contraindications=parts.rules("contraindications", ReasonKind.CONTRAINDICATION),
            downgrades=parts.rules("downgrades", ReasonKind.DOWNGRADE),
            cautions=parts.rules("cautions", ReasonKind.CAUTION),
            requirements=parts.requirements(), requires=parts.required_facts,
            raised_if=parts.rule(raised, ReasonKind.UPGRADE, "Weighs for it", ("raised_if",)) if raised else None,
            symptom_relief=relief, gates=tuple(entry.gates), reads=(), tests=entry.tests, monitoring=entry.monitoring,
            evidence=entry.evidence, controversies=entry.controversies, named_in=tuple(entry.named_in),
            sources=tuple(entry.sources), known_limits=tuple(entry.known_limits),
            examples=self._examples(entry, document),
        )  # fmt: skip
        self._check_examples(option, document)
        rules = (*option.rules, relief) if isinstance(relief, Rule) else option.rules
        return replace(option, reads=tuple(dict.fromkeys(f for r in rules for f in r.predicate.facts)))

    def gate(self, name: str, document: Document, path: tuple[str | int, ...]) -> tuple[Document, GateFile]:
        """A gate by its name. Raises KnowledgeError at the place that names it."""
        if name not in self._gates:
            raise document.error(path, f"the gate {name!r} does not exist.", f"Gates: {', '.join(self._gates)}.")
        return self._gates[name]

    def _check_examples(self, option: Option, document: Document) -> None:
        conditions = {r.predicate.text for r in option.rules}
        for index, example in enumerate(option.examples):
            if example.because is not None and example.because not in conditions:
                raise document.error(
                    ("examples", index, "because"), f"{example.because!r} is not a rule of this option or its gates.",
                    "Copy the `when` of the rule that decides.",
                )  # fmt: skip
            for fact in example.needs:
                self.fact(fact, document, ("examples", index, "needs"))

    def _examples(self, entry: OptionFile, document: Document) -> tuple[Example, ...]:
        base = self._given(entry.example_base, document, ("example_base",))
        made = []
        for index, example in enumerate(entry.examples):
            path = ("examples", index)
            given = base | self._given(example.given, document, (*path, "given"))
            for fact in example.without:
                self.fact(fact, document, (*path, "without"))
                given.pop(fact, None)
            made.append(
                Example(
                    example.say, MappingProxyType(given), Status(example.expect), example.because, tuple(example.needs)
                )
            )
        return tuple(made)

    def _given(self, given: Mapping[str, object], document: Document, path: tuple[str | int, ...]) -> dict[str, Any]:
        values = {}
        for fact, value in given.items():
            definition = self.fact(fact, document, (*path, fact))
            if definition.derived:
                raise document.error(
                    (*path, fact), f"{fact} is computed and cannot be given.", "Give what it is computed from."
                )
            try:
                values[fact] = definition.value_of(value)
            except FactInputError as problem:
                raise document.error((*path, fact), str(problem), "Mend the value.") from None
        return values


class _Parts:
    """The rules of one option: its own, then those of its gates. A condition that stands twice counts once."""

    def __init__(self, builder: _Builder, entry: OptionFile, document: Document) -> None:
        self._builder = builder
        self._document = document
        self._sources = tuple(entry.sources)
        self._blocks: list[tuple[Document, OptionFile | GateFile, str | None]] = [(document, entry, None)]
        for index, gate in enumerate(entry.gates):
            self._blocks.append((*builder.gate(gate, document, ("gates", index)), gate))

    @property
    def required_facts(self) -> frozenset[str]:
        """The facts that have to be known."""
        return frozenset(fact for _, block, _ in self._blocks for fact in block.requires)

    def rule(self, text: str, kind: ReasonKind, say: str, path: tuple[str | int, ...], certainty: str | None = None,
             where: Document | None = None, gate: str | None = None) -> Rule:  # fmt: skip
        """One rule, its condition parsed or shared."""
        index, predicate = self._builder.predicate(text, where or self._document, path)
        return Rule.of(index, predicate, kind, say, certainty, self._sources, gate)

    def rules(self, key: str, kind: ReasonKind) -> tuple[Rule, ...]:
        """All rules under one key."""
        found: dict[str, Rule] = {}
        for where, block, gate in self._blocks:
            lines: list[RuleFile] = getattr(block, key, [])
            for i, line in enumerate(lines):
                made = self.rule(line.when, kind, line.say, (key, i, "when"), line.certainty, where, gate)
                found.setdefault(line.when, made)
        return tuple(found.values())

    def requirements(self) -> tuple[Requirement, ...]:
        """What has to be known, and what has to be true."""
        found: dict[str, Requirement] = {}
        for where, block, gate in self._blocks:
            for i, fact in enumerate(block.requires):
                path: tuple[str | int, ...] = ("requires", i)
                say = f"Known: {self._builder.fact(fact, where, path).label}"
                made = self.rule(f"known({fact})", ReasonKind.REQUIRED, say, path, None, where, gate)
                found.setdefault(made.predicate.text, Requirement(made, (fact,)))
            for i, must in enumerate(block.must_be_true):
                path = ("must_be_true", i, "when")
                say = f"Settled: {self._builder.fact(must.needs, where, ('must_be_true', i, 'needs')).label}"
                made = self.rule(must.when, ReasonKind.REQUIRED, say, path, must.certainty, where, gate)
                found.setdefault(made.predicate.text, Requirement(made, (must.needs,)))
        return tuple(found.values())


def _definition(entry: FactFile, section: str, document: Document, path: tuple[str | int, ...]) -> FactDefinition:
    kind = FactType(entry.type)
    if kind.numeric and not entry.unit and not entry.derived:
        raise document.error((*path, "id"), f"{entry.id} is a {kind} without a unit.", "Give `unit`.")
    if kind in (FactType.CODE, FactType.SET) and not entry.values:
        raise document.error((*path, "id"), f"{entry.id} has no `values`.", "List what is allowed.")
    definition = FactDefinition(
        id=entry.id, type=kind, label=entry.label, meaning=entry.meaning, ask=entry.ask, test=entry.test,
        section=section,
        unit=entry.unit, units=MappingProxyType({u: _fraction(f, document, path) for u, f in entry.units.items()}),
        values=MappingProxyType(dict(entry.values)), fresh_days=entry.fresh_days,
        plausible=(entry.plausible[0], entry.plausible[1]) if entry.plausible else None, settle=Settle(entry.settle),
        absence_in_first_line=Absence(False, FIRST_LINE_SOURCES) if entry.absent_when_first_line else None,
        judgement=entry.judgement, derived=entry.derived,
        also=SecondUnit(entry.also.label, _fraction(entry.also.factor, document, path)) if entry.also else None,
        unspecified=MappingProxyType(
            {code: None if children == "any" else frozenset(children) for code, children in entry.unspecified.items()}
        ),
    )  # fmt: skip
    if entry.absent_unless_recorded is None:
        return definition
    given = entry.absent_unless_recorded
    try:
        value = definition.value_of(_boolean(given.value) if kind is FactType.BOOLEAN else given.value)
    except FactInputError as problem:
        raise document.error((*path, "absent_unless_recorded"), str(problem), "Mend the value.") from None
    return replace(definition, absence=Absence(value, tuple(given.sources)))


def _boolean(given: object) -> object:
    """Quoted or not: the catalogue writes "false" where YAML could mistake it."""
    return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given


def _fraction(text: str, document: Document, path: tuple[str | int, ...]) -> Fraction:
    """ "1/17.1" exactly: a numerator over a denominator, either with decimals."""
    numerator, _, denominator = text.partition("/")
    try:
        return Fraction(numerator) / Fraction(denominator or "1")
    except (ValueError, ZeroDivisionError):
        raise document.error((*path, "units"), f"{text!r} is not a factor such as 1/17.1.", "Mend it.") from None


def _canonical(content: object) -> str:
    """The content as text that does not depend on the order of keys, quoting or comments."""
    if isinstance(content, dict):
        return "{" + ",".join(f"{k!r}:{_canonical(content[k])}" for k in sorted(content)) + "}"
    if isinstance(content, list):
        return "[" + ",".join(_canonical(item) for item in content) + "]"
    return repr(content)
