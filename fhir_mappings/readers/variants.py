"""Genetic variants, the regions studied, and what other Observations add to them.

The gene being listed is not a finding: "absent" with a gene is a negative, and a missing value is a result that is
unclear. The significance of a variant may stand in an Observation of its own that is derived from it; a panel's overall
negative is a negative of each region that the panel says it studied, and of no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fhir_mappings.alterations import Change, event_in
from fhir_mappings.answers import Outcome, outcome
from fhir_mappings.codes import CodeIndex
from fhir_mappings.readers.components import (
    GENE_STUDIED,
    VARIATION,
    components,
    genes_of,
    named_changes,
    names_a_change,
    origin_of,
    significance_of,
    words_of,
)
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.genes import GeneStatement, exons_in
from fhir_mappings.resources import Observation

__all__ = ["PanelResults", "joined_statements", "read_overall", "read_region", "read_significance", "read_variant"]

CHANGE_TYPE, COPY_NUMBER = "48019-4", "82155-3"
_SEVERAL = "several genes are named as one; which of them carries the change is not stated"


@dataclass(frozen=True, slots=True)
class Region:
    """One gene that a panel studied, and the exons it studied where it says so."""

    gene: str
    exons: frozenset[int] | None
    source: Source
    specimen: str | None


@dataclass(slots=True)
class PanelResults:
    """What variants need from other Observations."""

    regions: list[Region] = field(default_factory=list)
    overall: list[tuple[Outcome, Source, str | None]] = field(default_factory=list)
    significance: dict[str, set[str]] = field(default_factory=dict)


def _event(observation: Observation, codes: CodeIndex) -> str | None:
    texts = [words_of(c) for code in (CHANGE_TYPE, VARIATION) for c in components(observation, code)]
    texts += [observation.valueString or ""]
    texts += [observation.valueCodeableConcept.words] if observation.valueCodeableConcept else []
    for interpretation in observation.interpretation or ():
        if "gene_amplification" in codes.of_concept(interpretation):
            return "amplification"
        texts.append(interpretation.words)
    return event_in(" . ".join(texts))


def read_variant(g: Gathering, observation: Observation, source: Source) -> list[GeneStatement]:
    """A genomics-reporting or mCODE variant: present or absent, for each gene it names."""
    answer, text = outcome(observation)
    parts = components(observation, GENE_STUDIED)
    named = [genes_of(part, g.codes) for part in parts]
    genes = list(dict.fromkeys(gene for found, _ in named for gene in found))
    conflict = next((why for _, why in named if why), "")
    changes = named_changes(observation, genes)
    event = _event(observation, g.codes)
    if event is None and len(parts) > 1 and answer is Outcome.PRESENT and not changes:
        event = "fusion"
    if event is None and not changes and answer is Outcome.PRESENT and components(observation, COPY_NUMBER):
        event = "copy number change"
    if event is not None and not (event == "copy number change" and changes):
        changes = (*changes, Change("event", event=event))
    source = source.but(text=", ".join([*(c.name for c in changes), *([text] if text else [])]) or None)
    outcome_now = answer or Outcome.UNCLEAR
    why = "" if answer in (Outcome.PRESENT, Outcome.ABSENT) else "reported, but present or absent is not stated"
    if observation.dataAbsentReason is not None:
        outcome_now, why = Outcome.UNCLEAR, f"no value: {observation.dataAbsentReason.words!r}"
    elif conflict:
        outcome_now, why = Outcome.UNCLEAR, conflict
        genes = sorted({*genes, *(w for w in re.findall(r"\b[A-Z][A-Z0-9]{2,7}\b", conflict))})
    elif answer is Outcome.PRESENT and any(len(found) > 1 for found, _ in named):
        outcome_now, why = Outcome.UNCLEAR, _SEVERAL
    tested = changes[0].name if outcome_now is Outcome.ABSENT and changes and changes[0].event is None else None
    unread = not changes and names_a_change(observation)
    return [
        GeneStatement(
            gene, outcome_now, source, changes, tested, event, origin_of(observation), significance_of(observation),
            why=why, unread=unread,
        )
        for gene in genes
    ]  # fmt: skip


# -- regions studied and the overall result of a panel


def read_region(g: Gathering, observation: Observation, source: Source) -> tuple[list[GeneStatement], list[Region]]:
    """The regions studied: what was tested. By itself it is no result."""
    found = [gene for part in components(observation, GENE_STUDIED) for gene in genes_of(part, g.codes)[0]]
    genes = list(dict.fromkeys(found))
    texts = [words_of(c) for c in observation.component or () if c not in components(observation, GENE_STUDIED)]
    texts += [observation.valueString or "", *(note.text or "" for note in observation.note or ())]
    specimen = observation.specimen.reference if observation.specimen else None
    regions = [Region(gene, _studied(gene, genes, texts), source, specimen) for gene in genes]
    why = "the gene was tested; no result of it is coded"
    origin = origin_of(observation)
    return [GeneStatement(gene, Outcome.UNCLEAR, source, origin=origin, why=why) for gene in genes], regions


def _studied(gene: str, genes: Sequence[str], texts: Iterable[str]) -> frozenset[int] | None:
    """The exons that a description gives for this gene; a description that names no gene is for all of them."""
    exons: frozenset[int] | None = None
    for text in texts:
        for segment in re.split(r"[;\n.]|,(?= ?[A-Z][A-Z0-9]{2,6}\b)", text[:2000]):
            here = [name for name in genes if re.search(rf"\b{name}\b", segment)]
            if (gene in here or not here) and (named := exons_in(segment)) is not None:
                exons = named if exons is None else exons | named
    return exons


def read_overall(observation: Observation, source: Source) -> tuple[Outcome, Source, str | None]:
    """The overall interpretation of a genetic analysis: positive, negative or unclear."""
    answer, _ = outcome(observation)
    if observation.dataAbsentReason is not None:
        answer = None
    return answer or Outcome.UNCLEAR, source, observation.specimen.reference if observation.specimen else None


def read_significance(g: Gathering, raw: Mapping[str, object], observation: Observation) -> dict[str, set[str]]:
    """The clinical significance that an implication states of the variants it is derived from, by their names."""
    stated = significance_of(observation)
    found: dict[str, set[str]] = {}
    if stated is not None:
        for reference in observation.derivedFrom or ():
            target = g.intake.resolve(reference.reference, dict(raw))
            if target is not None:
                found.setdefault(name_of(target), set()).add(stated)
    return found


def joined_statements(statements: Sequence[GeneStatement], panel: PanelResults) -> list[GeneStatement]:
    """The statements with their significance, and with the negatives of panels that found nothing."""
    judged = [_with_significance(s, panel.significance.get(s.source.reference, set())) for s in statements]
    found = {(s.gene, s.source.effective) for s in judged if not _only_studied(s, panel)}
    return [_of_panel(s, panel, found) for s in judged]


def _with_significance(s: GeneStatement, stated: set[str]) -> GeneStatement:
    every = stated | ({s.significance} if s.significance else set())
    if not every:
        return s
    return replace(s, significance=every.pop() if len(every) == 1 else "contradictory")


def _only_studied(s: GeneStatement, panel: PanelResults) -> bool:
    return any(r.source.reference == s.source.reference and r.gene == s.gene for r in panel.regions)


def _of_panel(s: GeneStatement, panel: PanelResults, found: set[tuple[str, date | None]]) -> GeneStatement:
    """A region's statement as a negative, when its panel's overall result is negative and nothing else was said."""
    region = next((r for r in panel.regions if r.source.reference == s.source.reference and r.gene == s.gene), None)
    if region is None or s.source.effective is None or (s.gene, s.source.effective) in found:
        return s
    same = [
        (answer, source)
        for answer, source, specimen in panel.overall
        if source.effective == s.source.effective and specimen == region.specimen
    ]
    if not same or any(answer is not Outcome.ABSENT for answer, _ in same):
        return s
    preliminary = s.source.preliminary or any(source.preliminary for _, source in same)
    source = s.source.but(text="no variant found in the regions studied", preliminary=preliminary)
    beside = tuple(source.evidence for _, source in same)
    return replace(s, outcome=Outcome.ABSENT, why="", exons=region.exons, panel=True, source=source, beside=beside)
