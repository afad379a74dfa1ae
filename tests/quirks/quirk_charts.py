"""The folders of quirks: how a folder becomes a chart and an answer, and how facts are written in its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cds_hooks.cards import CardSettings, cards_for
from eligibility.assessment import Assessment
from eligibility.engine import assess
from eligibility.entered import entered_facts
from eligibility.facts import Bound, Fact, FactStatus, Finding, Scalar
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.chart import read_chart
from fhir_mappings.intake import Intake
from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.records import gather

__all__ = [
    "FOLDER",
    "ON",
    "Expectation",
    "answer_of",
    "arrived",
    "cards_of",
    "expectations",
    "found",
    "has_answer",
    "plain",
]

FOLDER = Path(__file__).parent
ON = date(2026, 11, 21)
AT = datetime.combine(ON, time(9, 30), UTC)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of an `answer.json`: its folder, its name (`facts.bm.ras`, `options.crc-her2`), what it says."""

    folder: str
    name: str
    says: Any


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


@cache
def _knowledge() -> KnowledgeBase:
    return load_knowledge()


def plain(value: Scalar | None) -> Any:
    """A fact's value as the files write it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Bound):
        return f"{value.comparator}{format(value.limit.normalize(), 'f')}"
    return sorted(value) if isinstance(value, frozenset) else value


def has_answer(folder: str) -> bool:
    """Whether a folder says what answer its chart gets."""
    return (FOLDER / folder / "answer.json").exists()


def arrived(folder: str, beside: tuple[str, ...] = ()) -> Intake:
    """What arrived, and the parts of a chart that stand beside it.

    `before.json` is a list of pages. `sources.json`, in its place, is what a record system answered to the search for
    each resource type.
    """
    answers = FOLDER / folder / "sources.json"
    if answers.exists():
        if beside:
            raise ValueError(f"{folder}: answers by resource type are a whole chart, so nothing may stand beside them")
        sources = _read(answers)
        return gather_prefetch(sources, {kind: (kind,) for kind in sources}, patient_id="p")
    rest = [resource for name in beside for resource in _read(FOLDER / "beside" / f"{name}.json")]
    page = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in rest]}
    return gather(*_read(FOLDER / folder / "before.json"), page, patient_id="p")


@cache
def answer_of(folder: str) -> Assessment:
    """The answer for the quirk in its chart: what arrived, what stands beside it, and what a person entered."""
    given = _read(FOLDER / folder / "answer.json")
    chart = read_chart(arrived(folder, tuple(given.get("beside", ()))), ON)
    entered = entered_facts(given.get("entered", {}), _knowledge().catalogue).findings
    both = {fact: (*chart.findings.get(fact, ()), *entered.get(fact, ())) for fact in {**chart.findings, **entered}}
    return assess(replace(chart, findings=both), _knowledge(), ON)


@cache
def cards_of(folder: str) -> tuple[Mapping[str, Any], ...]:
    """The cards of that answer."""
    return tuple(cards_for(answer_of(folder), CardSettings("https://hepatica.example"), AT))


def expectations(folder: str) -> list[Expectation]:
    """Every line of a folder's `answer.json`, by name."""
    content = _read(FOLDER / folder / "answer.json")
    lines: list[Expectation] = []
    for key, says in content.items():
        if key in ("facts", "options", "waits_for", "readings", "notices"):
            lines += [Expectation(folder, f"{key}.{name}", each) for name, each in says.items()]
        elif key not in ("chart", "beside", "entered"):
            lines.append(Expectation(folder, key, says))
    return lines


def found(expectation: Expectation) -> Any:
    """What the answer gives where an expectation looks, in the same form, so that the two can be compared.

    Of a fact only what the expectation speaks of. `quote`, `why` and the texts of notices, cards and `withheld` are
    phrases to be contained: they come back as the expected phrase when they are, else as the whole text.
    """
    answer = answer_of(expectation.folder)
    kind, _, name = expectation.name.partition(".")
    says = expectation.says
    match kind:
        case "facts":
            return _fact(answer.facts[name], says)
        case "options":
            return {o.option.id: str(o.status) for o in answer.options}[name]
        case "waits_for":
            return {o.option.id: sorted(o.missing) for o in answer.options}[name]
        case "readings":
            reading = answer.readings.get(name)
            return reading.state.value if reading else "not listed"
        case "notices":
            return _phrase(says, [n.text for n in answer.notices if n.reference == name])
        case "in_scope":
            return answer.in_scope
        case "withheld":
            return _phrase(says, [answer.withheld or ""])
        case "judged":
            return len(answer.options) > 0
        case "treatments":
            return sorted(o.option.id for o in answer.options if o.option.cancer_directed and o.status.fits)
        case "cards":
            return [card["source"]["topic"]["code"] for card in cards_of(expectation.folder)]
        case "card_words":
            texts = [f"{card['summary']}\n{card.get('detail', '')}" for card in cards_of(expectation.folder)]
            return [_phrase(phrase, texts) for phrase in says]
        case _:
            raise ValueError(f"{expectation.folder}: nothing is known of {expectation.name!r}")


def _phrase(wanted: str, texts: list[str]) -> str:
    return wanted if any(wanted.casefold() in text.casefold() for text in texts) else " | ".join(texts)


def _fact(fact: Fact, says: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, wanted in says.items():
        match key:
            case "status":
                shown[key] = fact.status.value
            case "value":
                shown[key] = plain(fact.value)
            case "values":
                shown[key] = sorted({str(plain(f.value)) for f in fact.candidates if f.value is not None})
            case "effective":
                shown[key] = str(fact.effective)
            case "from":
                shown[key] = sorted({e.reference for e in fact.evidence})
            case "quote":
                shown[key] = _phrase(wanted, [e.text or "" for e in fact.evidence])
            case "why":
                shown[key] = _phrase(wanted, [fact.why])
            case "never":
                shown[key] = [value for value in wanted if value not in _shown_values(fact)]
            case _:
                raise ValueError(f"nothing is known of {key!r}")
    return shown


def _shown_values(fact: Fact) -> set[str]:
    """Every value a reader may take the fact to have: known, suggested, stale, or one side of a contradiction."""
    usable: list[Finding] = [] if fact.status is FactStatus.UNKNOWN else list(fact.candidates)
    return {str(plain(fact.value))} | {str(plain(f.value)) for f in usable}
