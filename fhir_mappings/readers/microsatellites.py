"""Microsatellite instability and mismatch repair: coded, worded, panel and protein by protein (ER-16)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from eligibility.facts import Evidence
from fhir_mappings.answers import Outcome, coded_outcome, outcome, said, unsure
from fhir_mappings.observations import ObservationKind, observation_table
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.resources import Observation, Value

__all__ = ["read_mmr_protein", "read_msi", "say_mmr_proteins"]

_MSI_HIGH = re.compile(
    r"\b(?:msi[ -]?h(?:igh)?|microsatellite instability[ -]?high|high microsatellite instability|"
    r"microsatellite instable|unstable|d[ -]?mmr|mmr[ -]?d|mmr deficient|(?:mismatch repair )?deficient|"
    r"loss of (?:nuclear )?(?:expression|mlh1|msh2|msh6|pms2))\b"
)
_MSS = re.compile(
    r"\b(?:mss|microsatellite[ -]?stable|msi[ -]?stable|stable|p[ -]?mmr|mmr[ -]?p|mmr proficient|"
    r"(?:mismatch repair )?proficient|msi[ -]?l(?:ow)?|not msi[ -]?h(?:igh)?|"
    r"no (?:evidence of )?(?:loss|microsatellite instability)|(?:intact|retained)(?: (?:nuclear )?expression)?)\b"
)
_NEGATED = re.compile(r"\b(?:no|not|without|negative for)\b[^.;]{0,40}")
_RETAINED = re.compile(r"\b(?:retained|intact|preserved|normal|expressed|present|positive)\b")
_LOST = re.compile(r"\b(?:loss|lost|absent|not expressed|deficient|negative)\b")
_NOT_LOST = re.compile(r"\bno loss\b")


def _msi_words(text: str) -> Literal["msi_h", "mss"] | None:
    words = said(text)
    if not words or unsure(words):
        return None
    stable = _MSS.search(words) is not None
    high = _MSI_HIGH.search(_NEGATED.sub(" ", _MSS.sub(" ", words))) is not None
    if high is stable:
        return None
    return "msi_h" if high else "mss"


def read_msi(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Microsatellite status or a mismatch-repair panel, in each of its forms."""
    source = source.but(
        method="mismatch repair by immunohistochemistry" if _is_ihc(source, observation) else "microsatellite test",
    )
    concept = observation.valueCodeableConcept
    codes = {(c.code or "").strip() for c in (concept.coding if concept else None) or ()}
    text = observation.valueString or (concept.words if concept else "")
    source = source.but(text=text or None)
    value: str | None = _msi_words(text) or _msi_words(" ".join(concept.all_words) if concept else "")
    if "LA14122-8" in codes or "LA26203-2" in codes:
        coded = "mss" if "LA14122-8" in codes else "msi_h"
        if value not in (None, coded) or {"LA14122-8", "LA26203-2"} <= codes:
            g.say(source.finding(kind.facts[0], None, "the code and the words of the result disagree"))
            return
        value = coded
    elif value is None and observation.component and (proteins := _protein_components(g, observation)):
        _say_proteins(g, proteins, source)
        return
    elif value is None and kind.concept == "msi" and not unsure(text):
        answer, _ = outcome(observation)
        # "Present" of a code named instability means unstable; titles may equally mean that the proteins are present.
        if answer in (Outcome.PRESENT, Outcome.ABSENT) and not kind.titled:
            value = "msi_h" if answer is Outcome.PRESENT else "mss"
    g.say(source.finding(kind.facts[0], value, "" if value else "the result says neither stable nor unstable"))


def _is_ihc(source: Source, observation: Observation) -> bool:
    words = said(
        " ".join(
            filter(
                None,
                [
                    observation.code.words if observation.code else "",
                    observation.method.words if observation.method else "",
                ],
            )
        )
    )
    return "62862-8" in (source.code or "") or bool(re.search(r"\bimmun|\bihc\b|mismatch", words))


def _protein_state(value: Value) -> bool | None:
    """Whether a protein is expressed; None when that cannot be told."""
    concept = value.valueCodeableConcept
    words = said(value.valueString or (" ".join(concept.all_words) if concept else ""))
    if unsure(words):
        return None
    coded = coded_outcome(concept)
    lost = _LOST.search(_NOT_LOST.sub(" ", words)) is not None
    kept = (
        _RETAINED.search(re.sub(r"\bnot expressed\b|\bloss of expression\b", " ", words)) is not None
        or _NOT_LOST.search(words) is not None
    )
    if coded in (Outcome.PRESENT, Outcome.ABSENT) and not lost and not kept:
        return coded is Outcome.PRESENT
    return None if lost is kept else kept


def _protein_components(g: Gathering, observation: Observation) -> dict[str, bool | None]:
    found: dict[str, bool | None] = {}
    for component in observation.component or ():
        for words in component.code.all_words if component.code else ():
            kind = observation_table(g.codes).title(words)
            if kind is not None and kind.reader == "mmr_protein":
                found[kind.settings["protein"]] = _protein_state(component)
                break
    return found


def _say_proteins(
    g: Gathering, proteins: dict[str, bool | None], source: Source, evidence: tuple[Evidence, ...] = ()
) -> None:
    """Any loss is deficient; proficient needs all four proteins expressed."""
    source = source.but(
        method="mismatch repair by immunohistochemistry",
        text=", ".join(
            f"{protein} {'expressed' if state else 'lost' if state is False else 'unclear'}"
            for protein, state in sorted(proteins.items())
        ),
    )
    if any(state is False for state in proteins.values()):
        g.say(replace(source.finding("bm.msi", "msi_h"), evidence=evidence or (source.evidence,)))
    elif len(proteins) == 4 and all(proteins.values()):
        g.say(replace(source.finding("bm.msi", "mss"), evidence=evidence or (source.evidence,)))
    else:
        missing = [p for p in ("MLH1", "MSH2", "MSH6", "PMS2") if not proteins.get(p)]
        g.say(source.finding("bm.msi", None, f"{', '.join(missing)} not reported as expressed or lost"))


def read_mmr_protein(
    observation: Observation, kind: ObservationKind, source: Source
) -> tuple[str, bool | None, Source]:
    """One protein's expression, to be joined with the other three."""
    return kind.settings["protein"], _protein_state(observation), source


def say_mmr_proteins(g: Gathering, results: Sequence[tuple[str, bool | None, Source]]) -> None:
    """Single-protein Observations of one day, together; two results of one protein that differ are unclear."""
    by_day: dict[date | None, list[tuple[str, bool | None, Source]]] = {}
    for result in results:
        by_day.setdefault(result[2].effective, []).append(result)
    for day in by_day.values():
        states: dict[str, set[bool | None]] = {}
        for protein, state, _ in day:
            states.setdefault(protein, set()).add(state)
        joined = {protein: found.pop() if len(found) == 1 else None for protein, found in states.items()}
        first = day[0][2]
        preliminary = any(source.preliminary for _, _, source in day)
        _say_proteins(g, joined, first.but(preliminary=preliminary), tuple(source.evidence for _, _, source in day))
