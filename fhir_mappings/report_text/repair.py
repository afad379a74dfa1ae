"""Mismatch repair and microsatellites in prose, in stains and protein by protein (ER-16)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.answers import unsure
from fhir_mappings.report_text.gene_words import GENERAL, result
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Statement

__all__ = ["repair"]

_FACT = "bm.msi"
_HIGH = re.compile(
    r"\bmsi[ -]?h(?:igh)?\b|\bmicrosatellite[- ]instability[ -]?high\b|\bhigh microsatellite instability\b|"
    r"\bhigh-level microsatellite instability\b|\bmicrosatellites? (?:is |are |status:? )?(?:instable|"
    r"unstable)\b|\bmsi(?: \([^()]{1,20}\))?:? unstable\b|"
    r"\bd-?mmr\b|\bmmr-?d\b|\b(?:mmr|mismatch[- ]repair)(?: protein)?(?: expression)?[ :-]*(?:is )?deficient\b|"
    r"\bdeficient (?:mmr|mismatch repair)\b|\bmismatch repair deficiency\b"
)

_STABLE = re.compile(
    r"\bmss\b|\bms-?stable\b|\bmicrosatellites?(?: status| is| are|:|-){0,6} ?stable\b|"
    r"\bmsi(?: \([^()]{1,20}\)| status)?:? ?(?:pcr:? )?stable\b|\bp-?mmr\b|\bmmr-?p\b|"
    r"\b(?:mmr|mismatch[- ]repair)(?: protein)?(?: expression)?[ :-]*(?:is )?proficient\b|"
    r"\bproficient (?:mmr|mismatch repair|\(pmmr\))|"
    r"\bno loss of (?:nuclear )?(?:expression|mmr|mismatch)|(?<!other )(?<!two )(?<!three )(?<!remaining )\b(?:mmr|"
    r"mismatch[- ]repair) proteins?(?: expression)?(?: are| is|:){0,6}(?: all)? ?(?:intact|"
    r"retained|preserved|expressed|normal)\b|\bmsi[ -]?l(?:ow)?\b|\bnot msi[ -]?h(?:igh)?\b|"
    r"\bmicrosatellite instability:? (?:not detected|absent|negative)\b|\bmsi:? (?:not detected|"
    r"negative|absent)\b"
)

_DENIED = re.compile(
    r"\bmsi[ -]?h(?:igh)?:? (?:is )?(?:negative|not detected|absent)\b|"
    r"\b(?:low probability of|no evidence of|not|no|without|negative for|absence of) (?:\w+ ){0,2}?(?=msi|"
    r"dmmr|mismatch repair defic|microsatellite inst|deficien)|(?<=msi-high) not detected|"
    r"(?<=msi-h) not detected"
)

_PROTEIN = re.compile(r"\b(mlh-?1|pms-?2|msh-?2|msh-?6)\b")

_KEPT = re.compile(r"\b(?:retained|intact|preserved|present|positive|expressed|normal|no loss)\b|(?<!\w)\+(?!\w)")

_LOST = re.compile(r"\b(?:loss|lost|absent|negative|not expressed|deficient|missing)\b")

_CONTRADICTS = re.compile(r"\b(?:contradict\w*|discrepan\w+|discordan\w+|conflict\w*)\b")


_ABOUT = re.compile(r"\bms[is]\b|\bms-?stable|\bmsi|mmr|mismatch|microsatellite|\bm[ls]h-?\d|\bpms")
_REMARK = re.compile(r"->|\bpatients with\b|\bwould\b|\bcandidates?\b")
_NOT_PROTEIN_STATE = re.compile(r"\b(?:methylation|promoter|germline|variant|mutation|patchy)\b")
_LOSS_OF = re.compile(r"\b(?:loss of|isolated loss of|lost)\b(?P<first>[^.;]{0,80}?)(?:\bwith\b|\bbut\b|$)")
_RETAINED_BEFORE = re.compile(
    r"\b(?:retained|intact|preserved|normal)(?: nuclear)?(?: expression of| staining for| for)?"
    r"(?: (?:mlh1|pms2|msh2|msh6|and|,)){0,6}[ ,]{0,3}$"
)
_LINK = re.compile(r"[ ,/&+]{0,4}(?:and )?[ ,/&+]{0,4}")


def repair(lines: Sequence[Sentence], plasma: bool) -> Iterator[Statement]:
    """Microsatellite status, or repair proteins one by one: all four retained, or one lost."""
    about = [s for s in lines if _ABOUT.search(f"{s.words} {s.heading} {s.label}")]
    contradicted = next((s for s in about if _CONTRADICTS.search(s.words)), None)
    if contradicted is not None:
        yield result(_FACT, None, contradicted, "the report says that its results disagree")
        return
    proteins: dict[str, tuple[bool, Sentence]] = {}
    for s in about:
        for words in s.words.split("; "):
            yield from _of_words(words, s, plasma, proteins)
    lost = [s for kept, s in proteins.values() if not kept]
    if lost:
        yield result(_FACT, "msi_h", lost[0], "", lost, "immunohistochemistry")
    elif len(proteins) == 4:
        where = [s for _, s in proteins.values()]
        yield result(_FACT, "mss", where[-1], "", where, "immunohistochemistry")


def _of_words(words: str, s: Sentence, plasma: bool, proteins: dict[str, tuple[bool, Sentence]]) -> Iterator[Statement]:
    if _remark(words):
        return
    if unsure(words):
        yield result(_FACT, None, s, "the words do not give a usable result")
        return
    value = _status(words, s.heading, plasma)
    if value == "mss" and plasma:
        yield result(_FACT, None, s, "stable in plasma, which does not exclude instability in the tumour")
    elif value is not None:
        yield result(_FACT, value, s)
    _proteins(words, s, proteins)


def _remark(words: str) -> bool:
    """Whether the sentence speaks of patients and treatments in general, not of a result."""
    if not GENERAL.search(words):
        return False
    return _REMARK.search(words) is not None or _HIGH.search(words.partition(";")[0]) is None


def _status(words: str, heading: str, plasma: bool) -> str | None:
    """Stable or unstable as the sentence says; None when it says neither or both."""
    stable = _STABLE.search(words) is not None
    high = _HIGH.search(_STABLE.sub(" ", words)) is not None
    if high and _DENIED.search(words):
        high, stable = False, stable or not plasma
    if re.search(r"\bproficient\b", words) and re.search(r"mmr|stain", heading):
        stable = True
    if re.search(r"\bno evidence of deficiency\b", words) and re.search(r"mmr|mismatch", words):
        stable = True
    if stable is high:
        return None
    return "mss" if stable else "msi_h"


def _proteins(words: str, s: Sentence, proteins: dict[str, tuple[bool, Sentence]]) -> None:
    """Each protein's state; a loss outweighs what else is said of it."""
    if _NOT_PROTEIN_STATE.search(words):
        return
    loss = _LOSS_OF.search(words)
    matches = list(_PROTEIN.finditer(words))
    for index, match in enumerate(matches):
        name = match[1].replace("-", "")
        after = _words_of(words, matches, index)
        if loss and loss.start("first") <= match.start() < loss.end("first"):
            proteins[name] = (False, s)
        elif _RETAINED_BEFORE.search(words[: match.start()][-60:]):
            proteins.setdefault(name, (True, s))
        elif _LOST.search(after) and not re.search(r"\bno loss\b", after):
            proteins[name] = (False, s)
        elif _KEPT.search(after):
            proteins.setdefault(name, (True, s))


def _words_of(words: str, matches: Sequence[re.Match[str]], index: int) -> str:
    """The words after a protein, up to the next; proteins named together share those after the last."""
    for i in range(index, len(matches)):
        end = matches[i + 1].start() if i + 1 < len(matches) else matches[i].end() + 60
        after = words[matches[i].end() : end]
        if _KEPT.search(after) or _LOST.search(after) or not _LINK.fullmatch(after):
            return after
    return ""
