"""HER2 and the hormone receptors: single results, and the joining of those that only mean something together.

HER2 2+ without in situ hybridisation is equivocal (ER-17); receptor-negative needs both receptors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eligibility.facts import Finding, Obtained
from fhir_mappings.answers import Outcome, outcome, said, unsure
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.numbers import measured, number_in_text
from fhir_mappings.resources import CodeableConcept, Observation

__all__ = ["Her2Result", "PartResult", "read_her2", "read_receptor", "say_her2", "say_parts"]

_IHC = re.compile(
    r"(?<![\d.])(?P<score>[0-3])\s?\+(?!\w)|\b(?:score|ihc)\s*(?:of|:|=|is)?\s*(?P<plain>[0-3])(?!\s?[+\d.])|^\s*(?P<only>[0-3])\s*$"
)
_ULTRALOW = re.compile(r"\bultra[ -]?low\b")
_ISH = re.compile(
    r"\b(?:f?ish|c-?ish|d-?ish|in situ hybridi[sz]ation)\s*[:=]?\s*(?:is |was )?"
    r"(?P<neg>(?:negative|not amplified|non-?amplified|-)(?!\w))?(?P<pos>(?:positive|amplified|\+)(?!\w))?"
)
_PAIR_DAYS = 180


@dataclass(frozen=True, slots=True)
class Her2Result:
    """One HER2 result: an immunohistochemistry score, a hybridisation result, or a bare positive/negative."""

    source: Source
    score: int | None = None
    ultralow: bool = False
    ish: bool | None = None
    plain: bool | None = None
    why: str = ""


def read_her2(observation: Observation, kind: ObservationKind, source: Source) -> Her2Result:
    """A HER2 result as it stands; scores and hybridisation are joined in `say_her2`."""
    concept = observation.valueCodeableConcept
    text = observation.valueString or (concept.words if concept else "")
    if observation.valueQuantity is not None or observation.valueInteger is not None:
        found = measured(observation)
        text = (
            ""
            if isinstance(found, str)
            else f"{found.number}+"
            if found.unit in (None, "1", "{score}") and not found.comparator
            else ""
        )
        text = text.replace(".0+", "+")
    answer, _ = outcome(observation)
    if kind.settings.get("method") == "ISH":
        source = source.but(text=text or None, method="in situ hybridisation")
        known = answer in (Outcome.PRESENT, Outcome.ABSENT)
        return Her2Result(
            source,
            ish=answer is Outcome.PRESENT if known else None,
            why="" if known else "the hybridisation result is unclear",
        )
    source = source.but(text=text or None, method="immunohistochemistry")
    words = said(text) or _coded_words(concept)
    scores = {int(m["score"] or m["plain"] or m["only"]) for m in _IHC.finditer(words)}
    ish_match = _ISH.search(words)
    ish = None if ish_match is None or not (ish_match["neg"] or ish_match["pos"]) else bool(ish_match["pos"])
    if len(scores) > 1:
        return Her2Result(source, why="two different scores in one result")
    if scores:
        return Her2Result(source, score=scores.pop(), ultralow=_ULTRALOW.search(words) is not None, ish=ish)
    if _ULTRALOW.search(words):
        return Her2Result(source, score=0, ultralow=True)
    if re.search(r"\bher-?2[ -]?low\b", words):
        return Her2Result(source, score=1)
    if answer in (Outcome.PRESENT, Outcome.ABSENT) and re.search(r"\b(?:positive|negative|over-?express)", words):
        return Her2Result(source, plain=answer is Outcome.PRESENT)
    return Her2Result(source, why="equivocal" if "equivocal" in words else "the result gives no score")


def _coded_words(concept: CodeableConcept | None) -> str:
    """Positive or negative of a coding that carries no words. Present is not yet positive."""
    codes = {(c.code or "").strip() for c in (concept.coding if concept else None) or ()}
    return "positive" if codes & {"LA6576-8", "10828004"} else "negative" if codes & {"LA6577-6", "260385009"} else ""


def say_her2(g: Gathering, results: Sequence[Her2Result]) -> None:
    """Positive is 3+, or 2+ with amplification; 2+ alone is equivocal; "negative" alone does not tell low from zero."""
    ish = [r for r in results if r.score is None and r.ish is not None and not r.source.preliminary]
    for r in results:
        _say_one(g, r, ish)


def _say_one(g: Gathering, r: Her2Result, ish: Sequence[Her2Result]) -> None:
    s = r.source
    if r.score is not None:
        g.say(s.finding("bm.her2_ihc3", r.score == 3))
    if r.score == 3:
        g.say(s.finding("bm.her2", "positive"))
    elif r.score == 2:
        _say_two_plus(g, r, ish)
    elif r.score == 1:
        g.say(s.finding("bm.her2", "low"))
    elif r.score == 0:
        g.say(s.finding("bm.her2", "ultralow" if r.ultralow else "zero"))
    elif r.ish is True or r.plain is True:
        g.say(s.finding("bm.her2", "positive"))
    elif r.ish is False:
        g.say(
            s.finding(
                "bm.her2",
                None,
                "not amplified; the immunohistochemistry score that tells low from zero is not reported",
            )
        )
    elif r.plain is False:
        g.say(s.finding("bm.her2", None, "negative; the score that tells low from zero is not reported"))
        g.say(s.finding("bm.her2_ihc3", False))
    else:
        g.say(s.finding("bm.her2", None, r.why))


def _say_two_plus(g: Gathering, r: Her2Result, ish: Sequence[Her2Result]) -> None:
    if r.ish is not None:
        g.say(r.source.finding("bm.her2", "positive" if r.ish else "low"))
        return
    near = [i for i in ish if _near(r.source, i.source)]
    answers = {i.ish for i in near}
    if len(answers) != 1:
        g.say(r.source.finding("bm.her2", None, "2+ is equivocal without in situ hybridisation"))
        return
    value = "positive" if answers.pop() else "low"
    evidence = (r.source.evidence, *(i.source.evidence for i in near))
    g.say(replace(r.source.finding("bm.her2", value), evidence=evidence))


def _near(one: Source, other: Source) -> bool:
    """Whether two results belong together: within half a year, or both undated."""
    if one.effective is None or other.effective is None:
        return one.effective is other.effective
    return abs((one.effective - other.effective).days) <= _PAIR_DAYS


# -- hormone receptors


@dataclass(frozen=True, slots=True)
class PartResult:
    """One receptor's result."""

    part: str
    positive: bool | None
    source: Source
    why: str = ""


def read_receptor(observation: Observation, kind: ObservationKind, source: Source) -> PartResult:
    """Oestrogen or progesterone receptor: positive from 1 % of cells."""
    part: str = kind.settings["part"]
    concept: CodeableConcept | None = observation.valueCodeableConcept
    text = observation.valueString or (concept.words if concept else "")
    source = source.but(text=text or None)
    found = number_in_text(text) if text else None
    if observation.valueQuantity is not None:
        number = measured(observation)
        found = None if isinstance(number, str) else number
    if found is not None:
        source = source.but(text=found.text)
        if found.unit != "%" or found.number > 100:
            return PartResult(part, None, source, "the share of cells has no usable unit")
        if found.comparator in (">", ">="):
            return PartResult(
                part,
                True if found.number >= 1 else None,
                source,
                "" if found.number >= 1 else "the bound does not tell",
            )
        if found.comparator in ("<", "<="):
            return PartResult(
                part,
                False if found.number <= 1 else None,
                source,
                "" if found.number <= 1 else "the bound does not tell",
            )
        return PartResult(part, found.number >= 1, source)
    answer, _ = outcome(observation)
    if answer in (Outcome.PRESENT, Outcome.ABSENT):
        return PartResult(part, answer is Outcome.PRESENT, source)
    share = re.search(r"\b(positive|negative)\b[^%\d]{0,20}\(?\s*([<>]?)\s*(\d{1,3})\s*%", said(text))
    if share is not None and not unsure(text):
        return PartResult(part, share[1] == "positive", source)
    return PartResult(part, None, source, "the result says neither positive nor negative")


def say_parts(g: Gathering, results: Sequence[PartResult]) -> None:
    """Hormone receptors: one positive is enough, negative needs both within half a year of each other."""
    for r in results:
        if r.positive:
            g.say(r.source.finding("bm.hr", "positive"))
        elif r.positive is None:
            g.say(r.source.finding("bm.hr", None, f"{r.part}: {r.why}"))
        elif r.part == "ER":
            other = [p for p in results if p.part == "PR" and _near(r.source, p.source)]
            if not other:
                g.say(r.source.finding("bm.hr", None, "ER negative; PR not reported"))
            elif all(p.positive is False for p in other):
                g.say(_both(r, other))
        elif not any(p.part == "ER" and _near(r.source, p.source) for p in results):
            g.say(r.source.finding("bm.hr", None, "PR negative; ER not reported"))


def _both(er: PartResult, pr: Sequence[PartResult]) -> Finding:
    finding = er.source.finding("bm.hr", "negative")
    narrative = any(p.source.obtained is Obtained.NARRATIVE for p in pr)
    return replace(
        finding, evidence=(*finding.evidence, *(p.source.evidence for p in pr)),
        obtained=Obtained.NARRATIVE if narrative else finding.obtained,
        preliminary=finding.preliminary or any(p.source.preliminary for p in pr),
    )  # fmt: skip
