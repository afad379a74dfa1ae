"""Observations: screened by code first, then read leanly, gated by status, and handed to the reader of their kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.facts import Obtained
from fhir_mappings.answers import told_elsewhere
from fhir_mappings.dates import When, first_of
from fhir_mappings.intake import Resource
from fhir_mappings.observations import ObservationKind, observation_table
from fhir_mappings.readers import laboratory, performance
from fhir_mappings.readers.breast_markers import Her2Result, PartResult, read_her2, read_receptor
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.genes import GeneStatement, read_gene_test
from fhir_mappings.readers.genotypes import read_genotype, read_implication
from fhir_mappings.readers.histologies import TissueResult, read_tissue
from fhir_mappings.readers.lesions import LesionSize, read_lesion_count, read_size
from fhir_mappings.readers.microsatellites import read_mmr_protein, read_msi
from fhir_mappings.readers.pdl1 import read_pdl1
from fhir_mappings.readers.specimens import with_specimen
from fhir_mappings.readers.variants import (
    PanelResults,
    joined_statements,
    read_overall,
    read_region,
    read_significance,
    read_variant,
)
from fhir_mappings.resources import Observation
from fhir_mappings.statuses import Result, result

__all__ = ["ObservationResults", "read_observations"]


def _shown(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A result that speaks of a fact and cannot give its value; the table says why."""
    concept = observation.valueCodeableConcept
    words = observation.valueString or (concept.words if concept else None)
    for fact in kind.facts:
        g.say(source.but(text=words).finding(fact, None, kind.settings["why"]))


_SIMPLE: dict[str, Callable[[Gathering, Observation, ObservationKind, Source], None]] = {
    "quantity": laboratory.quantity,
    "multiple": laboratory.multiple,
    "presence": laboratory.presence,
    "dipstick": laboratory.read_dipstick,
    "ecog": performance.read_ecog,
    "karnofsky": performance.read_karnofsky,
    "stage": performance.read_stage,
    "nodes": performance.read_nodes,
    "response": performance.read_response,
    "pregnancy": performance.read_pregnancy,
    "msi": read_msi,
    "shown": _shown,
    "pdl1": read_pdl1,
}
_TUMOUR = frozenset({"variant", "region", "gene_test", "msi", "mmr_protein", "pdl1", "her2", "receptor"})
_SCORED = frozenset({"msi", "mmr_protein", "pdl1", "her2", "receptor"})
_ELSEWHERE = "the words take the result back, or tell of an earlier test or another person"
_SAYS_ABSENT = frozenset({"variant", "gene_test", "overall", "genotype"})
_STATUS = "its status is not one that lets it count"


@dataclass(slots=True)
class ObservationResults:
    """What Observations leave for others to join."""

    genes: list[GeneStatement] = field(default_factory=list)
    panel: PanelResults = field(default_factory=PanelResults)
    her2: list[Her2Result] = field(default_factory=list)
    parts: list[PartResult] = field(default_factory=list)
    proteins: list[tuple[str, bool | None, Source]] = field(default_factory=list)
    sizes: list[LesionSize] = field(default_factory=list)
    tissue: list[TissueResult] = field(default_factory=list)


def read_observations(g: Gathering) -> ObservationResults:
    """Read every Observation that matters; the others cost one lookup."""
    results = ObservationResults()
    table = observation_table(g.codes)
    glance, screen = table.glance, table.screen
    for raw in g.intake.resources.get("Observation", ()):
        looked = glance(raw)
        found = screen(raw) if looked is False else looked
        if found is None:
            continue
        if isinstance(found[1], ObservationKind):
            g.attempt(raw, _clash, found)
        else:
            g.attempt(raw, _one, found[0], found[1], results)
    results.genes = joined_statements(results.genes, results.panel)
    return results


def _when(o: Observation) -> When | None:
    period = o.effectivePeriod
    return first_of(
        o.effectiveDateTime,
        period.end if period else None,
        o.effectiveInstant,
        period.start if period else None,
        o.issued,
    )


def _clash(g: Gathering, raw: Resource, kinds: tuple[ObservationKind, ...]) -> None:
    """Codings that mean different tests: neither may be believed."""
    observation = g.read(raw, Observation)
    if observation is None or result(observation) is Result.DROPPED:
        return
    source = Source(
        name_of(raw), "Observation.code", None, observation.code.words if observation.code else None, _when(observation)
    )
    names = " and ".join(dict.fromkeys(k.concept for k in kinds))
    for kind in kinds:
        for fact in kind.facts:
            g.say(source.finding(fact, None, f"its codes mean different tests ({names})"))


def _one(g: Gathering, raw: Resource, kind: ObservationKind, code: str | None, results: ObservationResults) -> None:
    observation = g.read(raw, Observation)
    if observation is None:
        return
    status = result(observation)
    if status is Result.DROPPED:
        return
    when = _when(observation)
    g.seen(when)
    source = Source(
        name_of(raw), "Observation.value", code, None, when, status is Result.PRELIMINARY,
        Obtained.NARRATIVE if kind.titled else Obtained.STRUCTURED,
    )  # fmt: skip
    if not g.usable_meaning(raw):
        _nothing(g, kind, source, "it carries a modifier that is not understood")
    elif status is Result.UNUSABLE:
        _nothing(g, kind, source, _STATUS)
    elif observation.dataAbsentReason is not None and not (observation.component or kind.reader in _SAYS_ABSENT):
        _nothing(g, kind, source, f"no value: {observation.dataAbsentReason.words!r}")
    elif kind.reader in _SCORED and told_elsewhere(_own_words(observation)):
        _nothing(g, kind, source.but(text=_own_words(observation)), _ELSEWHERE)
    else:
        _dispatch(Seen(g, raw, observation, kind, _measured_on(g, raw, observation, kind, source), results))


def _own_words(observation: Observation) -> str:
    """The value in words; empty for a number."""
    concept = observation.valueCodeableConcept
    return observation.valueString or (concept.text if concept else None) or ""


def _measured_on(g: Gathering, raw: Resource, o: Observation, kind: ObservationKind, source: Source) -> Source:
    return with_specimen(g, raw, o, source) if kind.reader in _TUMOUR else source


def _nothing(g: Gathering, kind: ObservationKind, source: Source, why: str) -> None:
    for fact in kind.facts:
        g.say(source.finding(fact, None, why))


@dataclass(frozen=True, slots=True)
class Seen:
    """One Observation being read, with everything that its reader may need."""

    g: Gathering
    raw: Resource
    o: Observation
    kind: ObservationKind
    source: Source
    results: ObservationResults


def _dispatch(seen: Seen) -> None:
    simple = _SIMPLE.get(seen.kind.reader)
    if simple is not None:
        simple(seen.g, seen.o, seen.kind, seen.source)
    else:
        _JOINED[seen.kind.reader](seen)


# -- readers that leave something for others to join, or that follow references


def _variant(x: Seen) -> None:
    x.results.genes += read_variant(x.g, x.o, x.source)


def _region(x: Seen) -> None:
    statements, regions = read_region(x.g, x.o, x.source)
    x.results.genes += statements
    x.results.panel.regions += regions


def _significance(x: Seen) -> None:
    for name, stated in ({} if x.source.preliminary else read_significance(x.g, x.raw, x.o)).items():
        x.results.panel.significance.setdefault(name, set()).update(stated)


def _size(x: Seen) -> None:
    size = read_size(x.g, dict(x.raw), x.o, x.source)
    x.results.sizes += [size] if size is not None else []


def _history(x: Seen) -> None:
    if x.o.valueBoolean is not False:
        why = "history of liver metastasis; it does not prove disease now"
        x.g.say(x.source.finding(x.kind.facts[0], None, why))


_JOINED: dict[str, Callable[[Seen], None]] = {
    "variant": _variant,
    "region": _region,
    "significance": _significance,
    "overall": lambda x: x.results.panel.overall.append(read_overall(x.o, x.source)),
    "gene_test": lambda x: x.results.genes.extend(read_gene_test(x.o, x.kind, x.source)),
    "genotype": lambda x: read_genotype(x.g, x.o, x.kind, x.source),
    "implication": lambda x: read_implication(x.g, x.raw, x.o, x.source),
    "mmr_protein": lambda x: x.results.proteins.append(read_mmr_protein(x.o, x.kind, x.source)),
    "her2": lambda x: x.results.her2.append(read_her2(x.o, x.kind, x.source)),
    "receptor": lambda x: x.results.parts.append(read_receptor(x.o, x.kind, x.source)),
    "tissue": lambda x: x.results.tissue.append(read_tissue(x.g, x.raw, x.o, x.kind, x.source)),
    "size": _size,
    "lesion_count": lambda x: read_lesion_count(x.g, dict(x.raw), x.o, x.kind, x.source),
    "history": _history,
}
