"""Performance status, stage, nodes, response and pregnancy status: single Observations with a reader each."""

from __future__ import annotations

import re
from decimal import Decimal

from fhir_mappings.codes import LOINC, SNOMED
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.numbers import measured
from fhir_mappings.resources import CodeableConcept, Observation

__all__ = [
    "read_ecog",
    "read_karnofsky",
    "read_nodes",
    "read_pregnancy",
    "read_response",
    "read_stage",
    "stage_group",
]

_ECOG_ANSWERS = {"LA9622-7": 0, "LA9623-5": 1, "LA9624-3": 2, "LA9625-0": 3, "LA9626-8": 4, "LA9627-6": 5}
_KPS_ANSWERS = {
    "LA29175-9": 100, "LA29176-7": 90, "LA29177-5": 80, "LA29178-3": 70, "LA29179-1": 60, "LA29180-9": 50,
    "LA29181-7": 40, "LA29182-5": 30, "LA29183-3": 20, "LA29184-1": 10, "LA9627-6": 0,
}  # fmt: skip
_ECOG_TEXT = re.compile(
    r"\s*(?:ecog|ps|performance status|zubrod|who|grade|score|[:=,\s(]|of)*\s*(?P<one>[0-5])"
    r"(?:\s*(?:-|–|to|/(?=[0-5]\b)|or)\s*(?P<two>[0-5]))?\s*(?:[-–:,.)(][^\d]{0,120})?",
    re.I,
)
_KPS_TEXT = re.compile(r"\s*(?:karnofsky|kps|performance status|score|[:=\s])*\s*(?P<one>\d{1,3})\s*%?\s*", re.I)
_STAGE = re.compile(
    r"(?:^|\bstage(?: group)?\s*:?\s*|\b[cpy]{0,2}stage\s*)"
    r"(?P<g>IV|III|II|I|[1-4])\s?(?:[A-D]\d?|[a-d]\d?)?(?=$|[\s,;()])",
    re.I,
)
_OTHER_STAGE = re.compile(r"(?:\bor|\bto|\bvs\.?|\bversus|/|-|–)\s*(?:stage\s*)?(?P<g>IV|III|II|I|[1-4])\b", re.I)
_NODES = re.compile(r"(?<![A-Za-z])(?:[cpyrda]{0,3})N(?P<n>[0-3X])(?:mi|[a-c])?(?:\d|\(|\s|$|[a-d])", re.I)
_RESPONSES = {"268910001": "PR", "359746009": "SD", "271299001": "PD", "709137006": "NE", "260415000": "CR"}
_RESPONSE_TEXT = (
    ("PD", re.compile(r"\b(?:progressive disease|progression|pd)\b", re.I)),
    ("SD", re.compile(r"\b(?:stable disease|sd)\b", re.I)),
    ("CR", re.compile(r"\b(?:complete (?:remission|response)|cr)\b", re.I)),
    ("PR", re.compile(r"\b(?:partial (?:remission|response)|pr)\b", re.I)),
)


def _answers(concept: CodeableConcept | None, system: str, table: dict[str, int]) -> set[int]:
    return {
        table[code]
        for coding in (concept.coding if concept else None) or ()
        if (coding.system or "").strip() == system and (code := (coding.code or "").strip()) in table
    }


def _text(observation: Observation) -> str:
    """The coded answer's own text."""
    concept = observation.valueCodeableConcept
    return (concept.text or "") if concept is not None else ""


def _score(observation: Observation, table: dict[str, int], pattern: re.Pattern[str]) -> tuple[int | None, str, str]:
    """The score, a remark, the words. A range counts as its worse end; number and coded answer must agree."""
    coded = _answers(observation.valueCodeableConcept, LOINC, table)
    for interpretation in observation.interpretation or ():
        coded |= _answers(interpretation, LOINC, table)
    words = observation.valueString or (
        observation.valueCodeableConcept.words if observation.valueCodeableConcept else ""
    )
    numbers: set[int] = set()
    remark = ""
    if observation.valueInteger is not None or observation.valueQuantity is not None:
        found = measured(observation)
        if isinstance(found, str) or found.number != found.number.to_integral_value() or found.comparator:
            return None, "the score is not a whole number", str(observation.valueInteger)
        if found.unit not in (None, "1", "{score}", "%", "{count}"):
            return None, f"the unit {found.unit_words!r} does not fit a score", found.text
        numbers, words = {int(found.number)}, found.text
    elif words:
        match = pattern.fullmatch(words[:200]) or pattern.fullmatch(_text(observation)[:200])
        if match is None and (observation.valueString is not None or not coded):
            return None, "no score can be read from the words", words
        if match is not None:
            one, two = int(match["one"]), match.groupdict().get("two")
            numbers = {max(one, int(two)) if two else one}
            remark = f"recorded as {words.strip()[:40]!r}: the worse value counts" if two else ""
    both = numbers | coded
    if len(both) > 1:
        return None, "the score and its coded answer disagree", words
    return (both.pop() if both else None), remark or ("" if numbers or coded else "no score is given"), words


def read_ecog(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """ECOG 0 to 4 in every shape met; 5, negatives and other numbers are not a performance status."""
    score, remark, words = _score(observation, _ECOG_ANSWERS, _ECOG_TEXT)
    source = source.but(text=words or None, method=source.method or "ECOG")
    if score is None or not 0 <= score <= 4:
        g.say(source.finding(kind.facts[0], None, remark or f"{score} is not an ECOG performance status"))
        return
    g.say(source.finding(kind.facts[0], Decimal(score), remark))


def read_karnofsky(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Karnofsky as ECOG: 90-100 is 0, 70-80 is 1, 50-60 is 2, 30-40 is 3, 10-20 is 4."""
    score, remark, words = _score(observation, _KPS_ANSWERS, _KPS_TEXT)
    source = source.but(text=words or None, method="Karnofsky")
    if score is None or not 10 <= score <= 100 or score % 10:
        g.say(source.finding(kind.facts[0], None, remark or f"{score} is not a Karnofsky score of a living patient"))
        return
    g.say(source.finding(kind.facts[0], Decimal((100 - score) // 20), f"from Karnofsky {score}"))


def stage_group(words: str) -> str | None:
    """The overall stage group I to IV that words name; stage 0 and anything else give none."""
    cleaned = words.replace("American Joint Committee on Cancer", "").replace("(qualifier value)", "").strip()
    found = {_roman(match["g"]) for match in _STAGE.finditer(cleaned[:200])}
    found |= {_roman(match["g"]) for match in _OTHER_STAGE.finditer(cleaned[:200])} if found else set()
    return found.pop() if len(found) == 1 else None


def _roman(group: str) -> str:
    return {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(group, group.upper())


def _value_words(observation: Observation) -> tuple[str, ...]:
    if observation.valueCodeableConcept is not None:
        codes = tuple(c.code for c in observation.valueCodeableConcept.coding or () if c.code and len(c.code) <= 5)
        return observation.valueCodeableConcept.all_words or codes
    return (observation.valueString,) if observation.valueString else ()


def read_stage(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Overall stage group from a staging Observation."""
    words = _value_words(observation)
    found = {stage_group(w) for w in words} - {None}
    source = source.but(text=words[0] if words else None)
    if len(found) == 1:
        g.say(source.finding(kind.facts[0], found.pop()))
    else:
        g.say(source.finding(kind.facts[0], None, "no stage group I to IV can be read"))


def read_nodes(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Whether the primary had nodal metastasis, from the pathological N category; NX says nothing."""
    words = _value_words(observation)
    found = {m["n"].upper() for w in words for m in _NODES.finditer(f"{w[:200]} ")}
    source = source.but(text=words[0] if words else None)
    if len(found) == 1 and "X" not in found:
        g.say(source.finding(kind.facts[0], found.pop() != "0"))
    else:
        g.say(source.finding(kind.facts[0], None, "the N category does not say whether nodes were involved"))


def read_response(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Disease status as the clinician judged it. A trend is not a measured response; the source says so."""
    coded = {
        _RESPONSES[c.code.strip()]
        for c in (observation.valueCodeableConcept.coding if observation.valueCodeableConcept else None) or ()
        if (c.system or "").strip() == SNOMED and c.code and c.code.strip() in _RESPONSES
    }
    words = _value_words(observation)
    if not coded:
        coded = {name for w in words for name, pattern in _RESPONSE_TEXT if pattern.search(w[:200])}
    source = source.but(text=words[0] if words else None, method="clinician's judgement of the trend")
    if len(coded) == 1:
        g.say(source.finding(kind.facts[0], coded.pop(), "a judgement of the trend, not a measured response"))
    else:
        g.say(source.finding(kind.facts[0], None, "the answer is not one of the known trends"))


def read_pregnancy(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Pregnancy status. Pregnant without a trimester cannot be one of the values: it is shown, and never lost."""
    codes = {
        (c.code or "").strip()
        for c in (observation.valueCodeableConcept.coding if observation.valueCodeableConcept else None) or ()
        if (c.system or "").strip() == SNOMED
    }
    words = observation.valueCodeableConcept.words if observation.valueCodeableConcept else observation.valueString
    source = source.but(text=words)
    if "60001007" in codes and "77386006" not in codes:
        g.say(source.finding(kind.facts[0], "not_pregnant"))
    elif "77386006" in codes and "60001007" not in codes:
        g.say(source.finding(kind.facts[0], None, "pregnancy is recorded, its trimester is not"))
        g.say(source.finding("pt.childbearing_potential", True, "pregnancy is recorded"))
    else:
        g.say(source.finding(kind.facts[0], None, "the answer is neither pregnant nor not pregnant"))
