"""Observations: screened by code first, then read leanly, gated by status, and handed to the reader of their kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.facts import Obtained, Specimen
from fhir_mappings.dates import When, first_of
from fhir_mappings.intake import Resource
from fhir_mappings.observations import ObservationKind, observation_table
from fhir_mappings.readers import laboratory, performance
from fhir_mappings.readers.breast_markers import Her2Result, PartResult, read_her2, read_receptor
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.genes import GeneStatement, read_gene_test, read_region, read_variant
from fhir_mappings.readers.lesions import LesionSize, read_lesion_count, read_size
from fhir_mappings.readers.microsatellites import read_mmr_protein, read_msi
from fhir_mappings.readers.pdl1 import read_pdl1
from fhir_mappings.resources import Observation
from fhir_mappings.resources import Specimen as SpecimenResource
from fhir_mappings.statuses import Result, result

__all__ = ["ObservationResults", "read_observations"]

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
    "pdl1": read_pdl1,
}
_TUMOUR = frozenset({"variant", "region", "gene_test", "msi", "mmr_protein", "pdl1", "her2", "receptor"})
_STATUS = "its status is not one that lets it count"


@dataclass(slots=True)
class ObservationResults:
    """What Observations leave for others to join."""

    genes: list[GeneStatement] = field(default_factory=list)
    her2: list[Her2Result] = field(default_factory=list)
    parts: list[PartResult] = field(default_factory=list)
    proteins: list[tuple[str, bool | None, Source]] = field(default_factory=list)
    sizes: list[LesionSize] = field(default_factory=list)


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
    elif observation.dataAbsentReason is not None and observation.component is None:
        _nothing(g, kind, source, f"no value: {observation.dataAbsentReason.words!r}")
    else:
        _dispatch(g, raw, observation, kind, _with_specimen(g, raw, observation, kind, source), results)


def _nothing(g: Gathering, kind: ObservationKind, source: Source, why: str) -> None:
    for fact in kind.facts:
        g.say(source.finding(fact, None, why))


def _dispatch(
    g: Gathering, raw: Resource, o: Observation, kind: ObservationKind, source: Source, results: ObservationResults
) -> None:
    simple = _SIMPLE.get(kind.reader)
    if simple is not None:
        simple(g, o, kind, source)
        return
    match kind.reader:
        case "variant":
            results.genes += read_variant(g, o, source)
        case "region":
            results.genes += read_region(g, o, source)
        case "gene_test":
            results.genes += read_gene_test(o, kind, source)
        case "mmr_protein":
            results.proteins.append(read_mmr_protein(o, kind, source))
        case "her2":
            results.her2.append(read_her2(o, kind, source))
        case "receptor":
            results.parts.append(read_receptor(o, kind, source))
        case "size":
            size = read_size(g, dict(raw), o, source)
            results.sizes += [size] if size is not None else []
        case "lesion_count":
            read_lesion_count(g, dict(raw), o, kind, source)
        case "history":
            if o.valueBoolean is not False:
                g.say(source.finding(kind.facts[0], None, "history of liver metastasis; it does not prove disease now"))
        case other:
            raise AssertionError(f"no reader {other!r}")


def _with_specimen(g: Gathering, raw: Resource, o: Observation, kind: ObservationKind, source: Source) -> Source:
    """The source with what it was measured on: the specimen where one is given, else what the code's name says."""
    if kind.reader not in _TUMOUR:
        return source
    specimen, metastasis, unread = None, None, False
    if o.specimen is not None:
        found = g.intake.resolve(o.specimen.reference, raw)
        specimen, metastasis = _specimen(g, found, o.specimen.display)
        unread = found is None and specimen is None
    if o.bodySite is not None and metastasis is None:
        metastasis = _from_liver(g.codes.of_concept(o.bodySite).keys())
    if specimen is None and source.code is not None:
        concepts = g.codes.of(*source.code.rsplit("|", 1))
        specimen = (
            Specimen.PLASMA
            if "test_on_plasma" in concepts
            else Specimen.TISSUE
            if "test_on_tissue" in concepts
            else None
        )
    if specimen is None and unread:
        specimen = Specimen.UNREAD
    return source.but(specimen=specimen, from_metastasis=metastasis)


def _from_liver(concepts: object) -> bool | None:
    names = set(concepts) if isinstance(concepts, set | type({}.keys())) else set()
    if names & {"liver", "couinaud_segments", "liver_lobes", "extrahepatic_sites"} and "other_body_sites" not in names:
        return True
    return False if "other_body_sites" in names else None


def _specimen(g: Gathering, raw: Resource | None, display: str | None) -> tuple[Specimen | None, bool | None]:
    """Tissue or plasma, and whether it came from a metastasis."""
    if raw is None or raw.get("resourceType") != "Specimen":
        return _specimen_words(display or ""), None
    found = g.read(raw, SpecimenResource)
    if found is None:
        return None, None
    concepts = g.codes.of_concept(found.type)
    kind = (
        Specimen.TISSUE if "specimen_tissue" in concepts else Specimen.PLASMA if "specimen_blood" in concepts else None
    )
    site = found.collection.bodySite if found.collection else None
    words = " ".join((*(found.type.all_words if found.type else ()), *(site.all_words if site else ())))
    return kind or _specimen_words(words), _from_liver(g.codes.of_concept(site).keys())


def _specimen_words(words: str) -> Specimen | None:
    low = words.lower()
    plasma = any(w in low for w in ("plasma", "blood", "cfdna", "cell-free", "cell free", "serum"))
    tissue = any(w in low for w in ("tissue", "biopsy", "ffpe", "paraffin", "resection", "tumor", "tumour", "cytology"))
    return None if plasma is tissue else Specimen.PLASMA if plasma else Specimen.TISSUE
