"""PD-L1: tumour proportion score and combined positive score, each only where the record names it (ER-17).

Scores of different kinds are never exchanged; an immune-cell score is neither. A score that stands only in a note is a
suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from eligibility.facts import Obtained
from fhir_mappings.answers import said
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.numbers import Comparator, bounded, measured
from fhir_mappings.resources import CodeableConcept, Component, Observation, Value

__all__ = ["read_pdl1"]

_Score = tuple[Decimal, Comparator | None]

_NUMBER = r"(?P<comparator><=|>=|<|>|≤|≥)?\s*(?P<number>\d{1,3}(?:\.\d)?)"
_TPS = (
    re.compile(
        rf"\b(?:tps|tumou?r proportion score)\b(?: \([^)]{{0,30}}\))?\s*(?:is|of|was)?\s*[:=]?\s*{_NUMBER}\s*%?"
    ),
    re.compile(rf"(?<![\d.]){_NUMBER}\s*%\s*(?:tps\b|tumou?r proportion score)"),
)
_CPS = (
    re.compile(
        rf"\b(?:cps|combined positive score)\b(?: \([^)]{{0,30}}\))?\s*(?:is|of|was)?\s*[:=]?\s*{_NUMBER}(?![\d.]*\s*%)"
    ),
)
_NAMES_TPS = re.compile(r"\btps\b|tumou?r proportion")
_NAMES_CPS = re.compile(r"\bcps\b|combined positive")
_COMPARATORS: dict[str, Comparator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}
_ASSAYS = ("22C3", "28-8", "SP142", "SP263")
_BARE = re.compile(r"\s*(?:[<>≤≥]=?\s*)?\d{1,3}(?:\.\d)?\s*%?\s*")


def read_pdl1(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """TPS and CPS from code, title, components or words. What cannot be told apart gives no value."""
    title = said(" ".join(observation.code.all_words if observation.code else ()))
    assay = kind.settings.get("assay") or next((a for a in _ASSAYS if a.lower() in title), None)
    value = _value_words(observation)
    source = source.but(text=value or None, method=f"{assay} assay" if assay else source.method)
    found = _in_components(observation.component or ())
    notes = " . ".join(note.text or "" for note in observation.note or ())
    if assay != "SP142":
        found = found or _in_value(
            observation, value, _named_by(title), tumour_cells=kind.settings.get("score") == "TPS"
        )
        if not found and (noted := _in_words(notes)):
            found, source = (
                noted,
                source.but(path="Observation.note", text=notes[:200], obtained=Obtained.NARRATIVE),
            )
    for fact, score in found.items():
        if isinstance(score, str):
            g.say(source.finding(fact, None, score))
        elif score[0] > 100:
            g.say(source.finding(fact, None, "a score above 100"))
        else:
            g.say(source.finding(fact, bounded(*score)))
    if not found:
        sp142 = "SP142 scores tumour and immune cells in its own way"
        for fact in kind.facts:
            g.say(
                source.finding(
                    fact, None, sp142 if assay == "SP142" else "which PD-L1 score was measured is not stated"
                )
            )


def _value_words(value: Value) -> str:
    concept: CodeableConcept | None = value.valueCodeableConcept
    if value.valueQuantity is not None or value.valueInteger is not None:
        number = measured(value)
        return "" if isinstance(number, str) else number.text
    return value.valueString or (concept.words if concept else "")


def _named_by(title: str) -> str | None:
    """The fact that a title names, when it names just one score."""
    tps, cps = _NAMES_TPS.search(title) is not None, _NAMES_CPS.search(title) is not None
    return None if tps is cps else "bm.pdl1_tps" if tps else "bm.pdl1_cps"


def _in_words(words: str) -> dict[str, _Score | str]:
    found: dict[str, _Score | str] = {}
    for fact, patterns in (("bm.pdl1_tps", _TPS), ("bm.pdl1_cps", _CPS)):
        score = _one_score(patterns, said(words))
        if score is not None:
            found[fact] = score
    return found


def _one_score(patterns: Sequence[re.Pattern[str]], words: str) -> _Score | None:
    found = {
        (Decimal(m["number"]), _COMPARATORS.get(m["comparator"] or "")) for p in patterns for m in p.finditer(words)
    }
    return found.pop() if len(found) == 1 else None


def _in_value(
    observation: Observation, words: str, named: str | None, *, tumour_cells: bool
) -> dict[str, _Score | str]:
    """Scores that the words name; else a bare number, where the title or the code says of what."""
    if found := _in_words(words):
        return found
    fact = named or ("bm.pdl1_tps" if tumour_cells else None)
    if fact is None or not _BARE.fullmatch(words):
        return {}
    number = measured(observation)
    if isinstance(number, str):
        return {}
    if fact == "bm.pdl1_tps" and number.unit != "%":
        return {fact: "a share of cells without a percent sign"}
    if fact == "bm.pdl1_cps" and number.unit == "%":
        return {fact: "a combined positive score is not a percentage"}
    return {fact: (number.number, number.comparator)}


def _in_components(components: Sequence[Component]) -> dict[str, _Score | str]:
    found: dict[str, _Score | str] = {}
    for component in components:
        fact = _named_by(said(" ".join(component.code.all_words if component.code else ())))
        if fact is None:
            continue
        number = measured(component)
        if isinstance(number, str):
            found[fact] = number
        elif fact == "bm.pdl1_tps" and number.unit != "%":
            found[fact] = "a share of cells without a percent sign"
        else:
            found[fact] = (number.number, number.comparator)
    return found
