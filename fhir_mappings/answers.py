"""What a qualitative result says: present, absent, or nothing that can be used.

Narrow on purpose: "not detected" contains "detected", and a sentence that says two things says nothing here.
Every pattern is linear, and texts are cut at 2,000 characters (SS-51).
"""

from __future__ import annotations

import re
from enum import Enum

from fhir_mappings.resources import CodeableConcept, Value

__all__ = ["TEXT_LIMIT", "Outcome", "coded_outcome", "outcome", "outcome_of_text", "said", "told_elsewhere", "unsure"]

TEXT_LIMIT = 2000


class Outcome(Enum):
    """What a result says of the thing it looked for."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCLEAR = "unclear"


_CODED = {
    ("http://loinc.org", "LA9633-4"): Outcome.PRESENT,
    ("http://loinc.org", "LA6576-8"): Outcome.PRESENT,
    ("http://loinc.org", "LA9634-2"): Outcome.ABSENT,
    ("http://loinc.org", "LA6577-6"): Outcome.ABSENT,
    ("http://loinc.org", "LA4489-6"): Outcome.UNCLEAR,
    ("http://snomed.info/sct", "10828004"): Outcome.PRESENT,
    ("http://snomed.info/sct", "52101004"): Outcome.PRESENT,
    ("http://snomed.info/sct", "373066001"): Outcome.PRESENT,
    ("http://snomed.info/sct", "260385009"): Outcome.ABSENT,
    ("http://snomed.info/sct", "2667000"): Outcome.ABSENT,
    ("http://snomed.info/sct", "373067005"): Outcome.ABSENT,
    ("http://snomed.info/sct", "260415000"): Outcome.ABSENT,
    ("http://snomed.info/sct", "260408008"): Outcome.UNCLEAR,
    ("http://snomed.info/sct", "415684004"): Outcome.UNCLEAR,
    ("http://snomed.info/sct", "42425007"): Outcome.UNCLEAR,
    ("http://snomed.info/sct", "261665006"): Outcome.UNCLEAR,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "POS"): Outcome.PRESENT,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG"): Outcome.ABSENT,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "DET"): Outcome.PRESENT,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "ND"): Outcome.ABSENT,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "IND"): Outcome.UNCLEAR,
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "E"): Outcome.UNCLEAR,
}

_UNSURE = re.compile(
    r"\b(?:equivocal|indeterminate|inconclusive|insufficient|inadequate|failed|failure|untested|qns|pending|"
    r"cancell?ed|uncertain|unknown|vus|borderline|unable|cannot|could not|invalid|suspicious|possible|possibly|"
    r"suspected|suspect|probable|probably|discordant|hemoly[sz]ed|to follow|deferred|not sufficient|"
    r"not (?:performed|tested|done|reported|assessed|evaluated|evaluable|available|interpretable|ordered|"
    r"applicable|clear)|see (?:note|comment|report|attached|scanned|pdf|below)|sent out|in progress|"
    r"refer to|likely(?! (?:pathogenic|oncogenic)))\b|\?"
)
_ELSEWHERE = re.compile(
    r"\b(?:previous|previously|prior|earlier|former|formerly|history|historical|historic|repeat|repeated|retest|re-test|"
    r"mother|father|sister|brother|siblings?|parents?|son|daughter|aunt|uncle|cousin|relatives?|family|familial|"
    r"maternal|paternal|donor|no longer|not (?:been )?confirmed|unconfirmed|to be confirmed|awaiting|excluded?|"
    r"ruled? out|r/o|not (?:an? )?(?:her2 )?(?:[0-3] ?\+|positive|overexpressed))(?!\w)"
)
_NEGATIVE = re.compile(
    r"\b(?:no (?:[a-z0-9]{2,8} ){0,2}?[\w.*>-]{0,12}\d[\w.*>-]{0,20} (?:mutation |variant )?(?:was |is )?"
    r"(?:detected|identified|found|present|seen|observed)|(?:not|none|non|un)[ -]?(?:been )?"
    r"(?:detected|identified|found|present|seen|observed|mutated|amplified|rearranged|expressed)|"
    r"no (?:[\w/+.*>-]{1,30} ){0,6}?(?:mutations?|variants?|alterations?|fusions?|rearrangements?|amplifications?|"
    r"deletions?|insertions?|changes?|evidence|translocations?|abnormality|abnormalities)"
    r"(?: (?:was|were|is|are|has been|have been))?(?: (?:detected|identified|found|present|seen|observed))?|"
    r"negative|absent|wild[ -]?type|undetectable)\b"
)
_POSITIVE = re.compile(
    r"\b(?:detected|identified|found|present|positive|mutated|mutant|amplified|rearranged|pathogenic|altered|abnormal)\b"
)
_NOT_WILD = re.compile(
    r"\b(?:not|non|negative for|no evidence of|absence of|without|loss of|lacks?)[ -]"
    r"(?:a |the |kras |nras |braf |egfr )?wild[ -]?type|\bwild[ -]?type (?:allele |sequence |status )?(?:is |was )?"
    r"(?:not (?:detected|identified|found|present|seen|confirmed)|absent|negative)\b"
)
_OTHER = re.compile(r"\b(?:other|additional|further|else|except|but|however|only)\b")


def said(text: str | None) -> str:
    """Text as it is compared: lower case, single blanks, cut to size."""
    return " ".join((text or "")[:TEXT_LIMIT].lower().split())


def unsure(text: str) -> bool:
    """Whether the words say that the result cannot be relied on, or is not there."""
    return _UNSURE.search(said(text)) is not None or told_elsewhere(text)


def told_elsewhere(text: str) -> bool:
    """Whether the words take back what they name, or tell of an earlier test or another person."""
    return _ELSEWHERE.search(said(text)) is not None


def outcome_of_text(text: str) -> Outcome | None:
    """What plain words say; None when they say neither present nor absent. Mixed or hedged words are unclear."""
    words = said(text)
    if not words:
        return None
    if _UNSURE.search(words) or _NOT_WILD.search(words) or _ELSEWHERE.search(words):
        return Outcome.UNCLEAR
    rest, negatives = _NEGATIVE.subn(" ", words)
    positive = _POSITIVE.search(rest) is not None
    if negatives and (positive or _OTHER.search(words)):
        return Outcome.UNCLEAR
    if negatives:
        return Outcome.ABSENT
    return Outcome.PRESENT if positive else None


def coded_outcome(concept: CodeableConcept | None) -> Outcome | None:
    """What the codings say; unclear when two of them disagree."""
    found = {
        _CODED[key]
        for coding in (concept.coding if concept else None) or ()
        if (key := ((coding.system or "").strip(), (coding.code or "").strip())) in _CODED
    }
    if not found:
        return None
    return found.pop() if len(found) == 1 else Outcome.UNCLEAR


def outcome(value: Value) -> tuple[Outcome | None, str]:
    """What an Observation or component says, and its words. A value and an interpretation that disagree are unclear."""
    stated = _of_value(value)
    answers = {coded_outcome(i) for i in value.interpretation or ()} - {None}
    if stated is None:
        text = next((i.words for i in value.interpretation or ()), "") if answers else ""
        return (answers.pop() if len(answers) == 1 else Outcome.UNCLEAR if answers else None), text
    found, words = stated
    if {found, *answers} >= {Outcome.PRESENT, Outcome.ABSENT}:
        return Outcome.UNCLEAR, words
    return found, words


def _of_value(value: Value) -> tuple[Outcome | None, str] | None:
    """What the value says, None where there is none. A code and words that disagree are unclear."""
    if value.valueBoolean is not None:
        return (Outcome.PRESENT if value.valueBoolean else Outcome.ABSENT), "true" if value.valueBoolean else "false"
    if value.valueString is not None:
        return outcome_of_text(value.valueString), value.valueString
    if (concept := value.valueCodeableConcept) is not None:
        coded, worded = coded_outcome(concept), outcome_of_text(concept.text or "")
        if coded is None:
            answers = {outcome_of_text(words) for words in concept.all_words} - {None}
            return (answers.pop() if len(answers) == 1 else Outcome.UNCLEAR if answers else None), concept.words
        if worded in (Outcome.PRESENT, Outcome.ABSENT) and worded is not coded:
            return Outcome.UNCLEAR, concept.words
        return coded, concept.words
    return None
