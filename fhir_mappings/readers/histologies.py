"""Histology and grade that stand in Observations of their own, joined to the cancer that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fhir_mappings.answers import unsure
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.cancers import CancerRecord, Cancers
from fhir_mappings.readers.condition_codes import condition_table
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.resources import Observation

__all__ = ["TissueResult", "read_tissue", "refined_by_histology", "say_tissue"]

RELATED = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition"
_GRADE = re.compile(r"(?<![A-Za-z])(?:who )?(?:g|grade)\s?(?P<n>[1-3])(?![\d/])", re.I)
_NEUROENDOCRINE = frozenset({"net", "neuroendocrine_unspecified"})


@dataclass(frozen=True, slots=True)
class TissueResult:
    """What one examination of tissue states: a histological type or a grade; the Conditions it is about."""

    source: Source
    about: frozenset[str]
    named: bool
    histologies: frozenset[str] = frozenset()
    grade: str | None = None
    is_grade: bool = False
    on_specimen: bool = False


def read_tissue(
    g: Gathering, raw: Mapping[str, Any], observation: Observation, kind: ObservationKind, source: Source
) -> TissueResult:
    """A histological type or a grade, and the Conditions that the Observation names as its own."""
    references = _related(raw)
    about = {name_of(target) for r in references if (target := g.intake.resolve(r, dict(raw))) is not None}
    concept = observation.valueCodeableConcept
    words = observation.valueString or (concept.words if concept else "")
    made = TissueResult(
        source.but(text=words or None), frozenset(about), bool(references), on_specimen=observation.specimen is not None
    )
    if kind.concept == "grade":
        grades = {m["n"] for m in _GRADE.finditer(words[:200])} if not unsure(words) else set()
        return replace(made, is_grade=True, grade=f"G{grades.pop()}" if len(grades) == 1 else None)
    table = condition_table()["histology"]
    return replace(made, histologies=frozenset(table[c] for c in g.codes.of_concept(concept) if c in table))


def _related(raw: Mapping[str, Any]) -> list[str | None]:
    found: list[str | None] = []
    for extension in raw.get("extension") or ():
        if isinstance(extension, dict) and extension.get("url") == RELATED:
            value = extension.get("valueReference")
            reference = value.get("reference") if isinstance(value, dict) else None
            found.append(reference if isinstance(reference, str) else None)
    return found


def _its_cancer(result: TissueResult, cancers: Cancers) -> CancerRecord | None:
    """The primary that a result is about: the one it names, a metastasis' own primary, or the only one recorded."""
    held = [r for r in cancers.records if r.counts]
    primaries = [r for r in held if r.primary and not r.secondary]
    if result.named:
        names = {n for r in held if r.source.reference in result.about for n in (r.source.reference, *r.related) if n}
        primaries = [r for r in primaries if r.source.reference in names]
    elif cancers.possible:
        return None
    return primaries[0] if primaries and len({r.distinct for r in primaries}) == 1 else None


def refined_by_histology(cancers: Cancers, results: Sequence[TissueResult]) -> Cancers:
    """The cancers, a general name made exact by the histology of the same cancer: lung cancer that is small cell."""
    usable = [r for r in results if len(r.histologies) == 1 and not r.source.preliminary]
    exact: dict[str, set[str]] = {}
    for result in usable:
        cancer = _its_cancer(result, cancers)
        if cancer is not None and cancer.primary is not None:
            choices = condition_table()["refined"].get(cancer.primary, {})
            exact.setdefault(cancer.distinct, set()).update(choices[h] for h in result.histologies if h in choices)
    settled = {distinct: values.pop() for distinct, values in exact.items() if len(values) == 1}
    records = [
        replace(r, primary=settled[r.distinct], distinct=settled[r.distinct])
        if r.primary and r.distinct in settled
        else r
        for r in cancers.records
    ]
    return Cancers(records, cancers.possible)


def say_tissue(g: Gathering, cancers: Cancers, results: Sequence[TissueResult]) -> None:
    """Histological type, proof by tissue, and the grade of a neuroendocrine tumour."""
    for result in results:
        cancer = _its_cancer(result, cancers)
        if result.is_grade:
            _say_grade(g, result, cancer)
            continue
        named = result.histologies - {"nsclc"}
        if len(named) == 1 and cancer is not None:
            g.say(result.source.finding("dx.histology", next(iter(named))))
        elif result.histologies and cancer is None:
            g.say(result.source.finding("dx.histology", None, "which cancer the histology is of is not stated"))
        elif not result.histologies:
            g.say(result.source.finding("dx.histology", None, "the histological type is not one that is listed"))
        if result.histologies and result.on_specimen and cancer is not None:
            g.say(result.source.finding("dx.histology_confirmed", True, "a malignant histological type of a specimen"))


def _say_grade(g: Gathering, result: TissueResult, cancer: CancerRecord | None) -> None:
    if cancer is None or cancer.primary not in _NEUROENDOCRINE:
        return
    why = "" if result.grade else "no grade 1 to 3 can be read"
    g.say(result.source.finding("dx.net_grade", result.grade, why))
