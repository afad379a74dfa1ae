"""Single-gene tests, their answer as a code or as words: what each states of its gene.

A statement is not yet a fact; `readers.gene_facts` turns statements into findings. Variants are in `readers.variants`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from eligibility.facts import Evidence
from fhir_mappings.alterations import Change, changes_in
from fhir_mappings.answers import Outcome, outcome, outcome_of_text, unsure
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.components import changes_of, named_changes
from fhir_mappings.readers.gathering import Source
from fhir_mappings.resources import Observation

__all__ = ["GeneStatement", "exons_in", "read_gene_test"]

_SEGMENTS = re.compile(r"[;\n|]|,(?= ?[A-Z][A-Z0-9]{2,6}\b)")
_EXONS = re.compile(r"\bexons?\s*((?:\d{1,2}(?:\s*(?:,|-|–|and|&|to|/)\s*)?){1,6})", re.I)
_CODONS = re.compile(r"\bcodons?\b", re.I)
_NEGATED_CHANGE = re.compile(
    r"\s*(?:[a-z0-9]{2,8}:?\s+)?(?:gene\s+)?(?P<what>[\w.*() -]{2,30}?)\s*"
    r"(?:mutation|variant|deletion|insertion|fusion|rearrangement)?"
    r"\s*:?\s*(?:is |was )?(?:not detected|not identified|not found|not present|negative|absent)\.?\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class GeneStatement:
    """What one result states of one gene.

    `changes` are the changes it names; `unread`: a change is named in a form that is not understood. `tested` limits a
    negative to one alteration. `about` is the kind of event the test looks for, when it is a test of one kind (fusion);
    `panel`: a negative of all regions of a panel. `origin` is germline, somatic or unclear. `why` says why an unclear
    result is unclear; `beside` is evidence in other resources.
    """

    gene: str
    outcome: Outcome
    source: Source
    changes: tuple[Change, ...] = ()
    tested: str | None = None
    about: str | None = None
    origin: str | None = None
    significance: str | None = None
    exons: frozenset[int] | None = None
    why: str = ""
    unread: bool = False
    panel: bool = False
    beside: tuple[Evidence, ...] = ()


def read_gene_test(observation: Observation, kind: ObservationKind, source: Source) -> list[GeneStatement]:
    """A coded or titled test of one or several genes, its answer as code or words."""
    genes: list[str] = list(kind.settings["genes"])
    if observation.dataAbsentReason is not None:
        why = f"no value: {observation.dataAbsentReason.words!r}"
        return [_statement(gene, Outcome.UNCLEAR, kind, source, (), why) for gene in genes]
    answer, text = outcome(observation)
    source = source.but(text=text or None)
    parts = _by_gene(text, genes) if len(genes) > 1 else None
    if parts is not None:
        return [_of_text(gene, words, kind, source.but(text=words)) for gene, words in parts.items()]
    if answer is not None and not (
        observation.valueString or (observation.valueCodeableConcept and observation.valueCodeableConcept.text)
    ):
        changes = named_changes(observation, genes) or changes_of(text, genes)
        return [_statement(gene, answer, kind, source, changes) for gene in genes]
    return [_of_text(gene, text, kind, source) for gene in genes]


def _by_gene(text: str, genes: list[str]) -> dict[str, str] | None:
    """A text split by the gene that opens each part: "KRAS wild type; NRAS p.Q61R"."""
    parts: dict[str, str] = {}
    for segment in _SEGMENTS.split(text):
        here = [gene for gene in genes if re.search(rf"\b{gene}\b", segment)]
        if len(here) == 1 and here[0] not in parts:
            parts[here[0]] = segment.strip()
        elif segment.strip():
            return None
    return parts if len(parts) == len(genes) else None


def _of_text(gene: str, text: str, kind: ObservationKind, source: Source) -> GeneStatement:
    """What free words say of one gene. Words that name another gene, or say two things, are unclear."""
    changes = changes_of(text, (gene,))
    answer = outcome_of_text(text)
    if unsure(text):
        return _statement(gene, Outcome.UNCLEAR, kind, source, (), "the words do not give a usable result")
    if answer is None:
        answer = Outcome.PRESENT if changes else Outcome.UNCLEAR
        return _statement(
            gene, answer, kind, source, changes, "" if changes else "the words do not give a usable result"
        )
    if answer is Outcome.ABSENT and any(c.event is None for c in changes):
        match = _NEGATED_CHANGE.fullmatch(text[:200])
        if match is None:
            return _statement(gene, Outcome.UNCLEAR, kind, source, (), "the words say more than one thing")
        made = _statement(gene, answer, kind, source, changes)
        return replace(made, tested=next(c.name for c in changes if c.event is None))
    if answer is Outcome.ABSENT:
        return replace(_statement(gene, answer, kind, source, changes), exons=exons_in(text))
    return _statement(
        gene,
        answer,
        kind,
        source,
        changes,
        "" if answer is not Outcome.UNCLEAR else "the words say more than one thing",
    )


def exons_in(text: str) -> frozenset[int] | None:
    """The exons a negative speaks of; an empty set when only codons are named; None when it is not limited."""
    numbers: set[int] = set()
    for match in _EXONS.finditer(text[:400]):
        parts = re.findall(r"\d{1,2}|[-–]|to", match[1])
        for index, part in enumerate(parts):
            if (
                part in ("-", "–", "to")
                and 0 < index < len(parts) - 1
                and parts[index + 1].isdigit()
                and parts[index - 1].isdigit()
            ):
                numbers.update(range(int(parts[index - 1]), int(parts[index + 1]) + 1))
            elif part.isdigit():
                numbers.add(int(part))
    if numbers:
        return frozenset(numbers)
    return frozenset() if _CODONS.search(text) else None


def _statement(
    gene: str, answer: Outcome, kind: ObservationKind, source: Source, changes: tuple[Change, ...], why: str = ""
) -> GeneStatement:
    settings = kind.settings
    tested, event = settings.get("tested"), settings.get("event")
    if settings.get("ambiguous") and answer is Outcome.PRESENT:
        return GeneStatement(
            gene,
            Outcome.UNCLEAR,
            source,
            changes,
            why="a change was found; which of the genes carries it is not stated",
        )
    if answer is Outcome.PRESENT and tested is not None and not changes:
        changes = _tested_changes(tested)
    if answer is Outcome.PRESENT and event is not None and not any(c.event for c in changes):
        changes = (*changes, Change("event", event=event))
    return GeneStatement(gene, answer, source, changes, tested, event, settings.get("origin"), why=why)


def _tested_changes(tested: str) -> tuple[Change, ...]:
    """The change a single-alteration test found. "G719X" stands for any new amino acid, not for a stop."""
    if re.fullmatch(r"[A-Z]\d{3}X", tested):
        return (Change("missense", int(tested[1:4]), tested[0]),)
    return changes_in(tested)
