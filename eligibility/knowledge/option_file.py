"""One option, from its file and the gates it names to the rules that the engine judges by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from eligibility.assessment import ReasonKind, Status
from eligibility.errors import FactInputError
from eligibility.knowledge.model import Example, Family, Gate, GateLine, Intervention, Option, Requirement, Review, Rule
from eligibility.knowledge.references import References
from eligibility.knowledge.refusals import Refusals
from eligibility.knowledge.shapes import GateFile, OptionFile, RuleFile
from eligibility.knowledge.yaml_source import Document

__all__ = ["check_block", "gate_of", "option_of"]

Path = tuple[str | int, ...]

LINES_OF_RULES = ("indications", "contraindications", "downgrades", "cautions")


def check_block(entry: OptionFile | GateFile, document: Document, references: References, refusals: Refusals) -> None:
    """Look up every name and read every condition that an option and a gate have in common."""
    for key in LINES_OF_RULES:
        lines: list[RuleFile] = getattr(entry, key, [])
        for index, line in enumerate(lines):
            with refusals:
                references.condition(line.when, document, (key, index, "when"))
    for index, must in enumerate(entry.must_be_true):
        with refusals:
            references.condition(must.when, document, ("must_be_true", index, "when"))
        with refusals:
            references.fact(must.needs, document, ("must_be_true", index, "needs"))
    for index, fact in enumerate(entry.requires):
        with refusals:
            references.fact(fact, document, ("requires", index))
    for index, source in enumerate(entry.sources):
        with refusals:
            references.source(source, document, ("sources", index))


def gate_of(entry: GateFile, document: Document, references: References) -> Gate:
    """The lines of a gate, as its file states them, in the order of evaluation."""

    def line(
        kind: ReasonKind, when: str, say: str, path: Path, certainty: str | None = None, needs: str = ""
    ) -> GateLine:
        return GateLine(kind, references.condition(when, document, path), say, certainty, (needs,) if needs else ())

    lines = [
        line(kind, rule.when, rule.say, (key, index, "when"), rule.certainty)
        for key, kind in (
            ("contraindications", ReasonKind.CONTRAINDICATION), ("downgrades", ReasonKind.DOWNGRADE),
            ("cautions", ReasonKind.CAUTION),
        )
        for index, rule in enumerate(getattr(entry, key))
    ]  # fmt: skip
    for index, fact in enumerate(entry.requires):
        label = references.fact(fact, document, ("requires", index)).label
        where: Path = ("requires", index)
        lines.append(line(ReasonKind.REQUIRED, f"known({fact})", f"Known: {label}", where, needs=fact))
    for index, must in enumerate(entry.must_be_true):
        where = ("must_be_true", index, "when")
        label = references.fact(must.needs, document, where).label
        lines.append(line(ReasonKind.REQUIRED, must.when, f"Settled: {label}", where, must.certainty, must.needs))
    return Gate(entry.id, entry.title, tuple(lines), tuple(entry.sources))


def option_of(
    entry: OptionFile, family: Family, document: Document, references: References, refusals: Refusals,
    fingerprint: Callable[[Option], str],
) -> Option | None:  # fmt: skip
    """The option of a file. None when something in it was refused and the refusals are collected."""
    before = len(refusals.found)
    _check_option(entry, document, references, refusals)
    if len(refusals.found) > before or references.unusable_gates.intersection(entry.gates):
        return None
    with refusals:
        option = _option(entry, family, document, references)
        _check_examples(option, entry, document)
        return _with_review(replace(option, fingerprint=fingerprint(option)), entry)
    return None


def _check_option(entry: OptionFile, document: Document, references: References, refusals: Refusals) -> None:
    check_block(entry, document, references, refusals)
    for key in ("scope", "raised_if", "symptom_relief"):
        text = getattr(entry, key)
        if text is not None and (key, text) != ("symptom_relief", "always"):
            with refusals:
                references.condition(text, document, (key,))
    for index, gate in enumerate(entry.gates):
        if gate not in references.unusable_gates:
            with refusals:
                references.gate(gate, document, ("gates", index))
    for fact, value in entry.example_base.items():
        with refusals:
            _value(fact, value, document, ("example_base", fact), references)
    for index, example in enumerate(entry.examples):
        for fact, value in example.given.items():
            with refusals:
                _value(fact, value, document, ("examples", index, "given", fact), references)
        for key, facts in (("without", example.without), ("needs", example.needs)):
            for fact in facts:
                with refusals:
                    references.fact(fact, document, ("examples", index, key))
    if entry.status == "reviewed" and entry.review is None:
        with refusals:
            raise document.error(
                ("status",), "the status is reviewed, and there is no `review`.",
                "Sign it with `hepatica knowledge sign`, or write draft.",
            )  # fmt: skip


def _check_examples(option: Option, entry: OptionFile, document: Document) -> None:
    conditions = {r.predicate.text for r in option.rules}
    for index, example in enumerate(entry.examples):
        if example.because is not None and example.because not in conditions:
            raise document.error(
                ("examples", index, "because"), f"{example.because!r} is not a rule of this option or its gates.",
                "Copy the `when` of the rule that decides.",
            )  # fmt: skip


def _option(entry: OptionFile, family: Family, document: Document, references: References) -> Option:
    parts = _Parts(references, entry, document)
    relief: Rule | bool = entry.symptom_relief == "always"
    if entry.symptom_relief not in (None, "always"):
        relief = parts.rule(str(entry.symptom_relief), ReasonKind.GOAL, "Relieves symptoms", ("symptom_relief",))
    raised = entry.raised_if
    base = _given(entry.example_base, document, ("example_base",), references)
    option = Option(
        id=entry.id, name=entry.name, family=family, modality=entry.modality, intent=entry.intent,
        primaries=entry.primaries, setting=entry.setting, cancer_directed=entry.kind == "cancer-directed",
        liver_directed=entry.liver_directed, level=Status(entry.level), status="draft",
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
        examples=_examples(entry, base, document, references), example_base=MappingProxyType(base),
        interventions=tuple(Intervention(i.say, i.system, i.code) for i in entry.interventions),
    )  # fmt: skip
    rules = (*option.rules, relief) if isinstance(relief, Rule) else option.rules
    return replace(option, reads=tuple(dict.fromkeys(f for r in rules for f in r.predicate.facts)))


def _with_review(option: Option, entry: OptionFile) -> Option:
    """Reviewed only while what was signed is what stands there."""
    if entry.review is None:
        return option
    review = Review(entry.review.reviewer, date.fromisoformat(entry.review.date), entry.review.fingerprint)
    signed = entry.status == "reviewed" and review.fingerprint == option.fingerprint
    return replace(option, review=review, status="reviewed" if signed else "draft")


def _examples(
    entry: OptionFile, base: Mapping[str, Any], document: Document, references: References
) -> tuple[Example, ...]:
    made = []
    for index, example in enumerate(entry.examples):
        given = {**base, **_given(example.given, document, ("examples", index, "given"), references)}
        for fact in example.without:
            given.pop(fact, None)
        made.append(
            Example(example.say, MappingProxyType(given), Status(example.expect), example.because, tuple(example.needs))
        )
    return tuple(made)


def _given(given: Mapping[str, object], document: Document, path: Path, references: References) -> dict[str, Any]:
    return {fact: _value(fact, value, document, (*path, fact), references) for fact, value in given.items()}


def _value(fact: str, value: object, document: Document, path: Path, references: References) -> Any:
    definition = references.fact(fact, document, path)
    if definition.derived:
        raise document.error(path, f"{fact} is computed and cannot be given.", "Give what it is computed from.")
    try:
        return definition.value_of(value)
    except FactInputError as problem:
        raise document.error(path, str(problem), "Mend the value.") from None


class _Parts:
    """The rules of one option: its own, then those of its gates."""

    def __init__(self, references: References, entry: OptionFile, document: Document) -> None:
        self._references = references
        self._document = document
        self._sources = tuple(entry.sources)
        self._blocks: list[tuple[Document, OptionFile | GateFile, str | None]] = [(document, entry, None)]
        for index, gate in enumerate(entry.gates):
            self._blocks.append((*references.gate(gate, document, ("gates", index)), gate))
        self._gate_sources = {gate: tuple(block.sources) for _, block, gate in self._blocks if gate}

    @property
    def required_facts(self) -> frozenset[str]:
        """The facts that have to be known."""
        return frozenset(fact for _, block, _ in self._blocks for fact in block.requires)

    def rule(self, text: str, kind: ReasonKind, say: str, path: Path, certainty: str | None = None,
             where: Document | None = None, gate: str | None = None) -> Rule:  # fmt: skip
        """One rule, its condition parsed or shared. A gate's own sources go with its rules."""
        index, predicate = self._references.predicate(text, where or self._document, path)
        sources = self._gate_sources.get(gate or "") or self._sources
        return Rule.of(index, predicate, kind, say, certainty, sources, gate)

    def rules(self, key: str, kind: ReasonKind) -> tuple[Rule, ...]:
        """All rules under one key.

        The option's own sentence stands for that of a gate with the same condition; two gates each keep theirs.
        """
        found: dict[tuple[str, str | None], Rule] = {}
        for where, block, gate in self._blocks:
            lines: list[RuleFile] = getattr(block, key, [])
            for i, line in enumerate(lines):
                said = line.say if gate else None
                if (line.when, None) not in found and (line.when, said) not in found:
                    path = (key, i, "when")
                    made = self.rule(line.when, kind, line.say, path, line.certainty, where, gate)
                    found[line.when, said] = made
        return tuple(found.values())

    def requirements(self) -> tuple[Requirement, ...]:
        """What has to be known, and what has to be true."""
        found: dict[str, Requirement] = {}
        for where, block, gate in self._blocks:
            for i, fact in enumerate(block.requires):
                path: Path = ("requires", i)
                say = f"Known: {self._references.fact(fact, where, path).label}"
                made = self.rule(f"known({fact})", ReasonKind.REQUIRED, say, path, None, where, gate)
                found.setdefault(made.predicate.text, Requirement(made, (fact,)))
            for i, must in enumerate(block.must_be_true):
                path = ("must_be_true", i, "when")
                label = self._references.fact(must.needs, where, ("must_be_true", i, "needs")).label
                made = self.rule(must.when, ReasonKind.REQUIRED, f"Settled: {label}", path, must.certainty, where, gate)
                found.setdefault(made.predicate.text, Requirement(made, (must.needs,)))
        return tuple(found.values())
