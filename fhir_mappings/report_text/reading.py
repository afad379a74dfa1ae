"""The one entry: a report's text becomes statements, each with its sentence, its assertion and its doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhir_mappings.report_text.pathology import read_pathology
from fhir_mappings.report_text.plain import plain_text
from fhir_mappings.report_text.radiology import read_radiology
from fhir_mappings.report_text.sections import Section
from fhir_mappings.report_text.sentences import sentences_of
from fhir_mappings.report_text.statements import (
    Assertion,
    Confidence,
    Kind,
    Mention,
    Place,
    Reading,
    Statement,
    settled,
)

__all__ = ["read_report"]

_VOID = re.compile(
    r"(?<!earlier )\b(?:report|examination)s? (?:is |was |has been |have been )?(?:cancel+ed|"
    r"void(?:ed)?|withdrawn|retracted|issued in error|entered in error)\b|\bimages belong to another\b|"
    r"\bwrong patient\b|\bdictated (?:on|under) the wrong\b|\bdisregard (?:this|the) (?:report|"
    r"dictation)\b"
)


def read_report(text: str, kind: Kind = "other") -> Reading:
    """Read one report. Never raises; what is not plainly affirmed has no value (ER-25, ER-26).

    `text` may carry markup; `Reading.text` is the plain text that offsets count in, at most 100,000 characters.
    """
    plain = plain_text(text)
    sentences = sentences_of(plain.text)
    statements: list[Statement] = []
    mentions: list[Mention] = []
    if not any(_VOID.search(s.words) for s in sentences):
        if kind in ("radiology", "other"):
            found, mentions = read_radiology(sentences)
            statements += found
        if kind in ("pathology", "other"):
            statements += read_pathology(sentences)
    sections = {s.place: s.section for s in sentences}
    statements = settled(_superseded(statements, sections), together=_TOGETHER)
    if kind == "other":
        statements = [_of_unknown_kind(s) for s in statements]
    statements.sort(key=lambda s: (s.start, s.fact))
    return Reading(kind, plain.text, tuple(statements), tuple(mentions), plain.cut)


_TOGETHER = frozenset(
    ("liver.benign_type", kind) for kind in ("cyst", "hemangioma", "fnh", "adenoma", "abscess", "other")
)


def _superseded(statements: Sequence[Statement], sections: Mapping[Place, Section]) -> list[Statement]:
    """What an addendum says replaces what the report said of the same fact before."""
    valued = [s for s in statements if s.value is not None]
    final = [s for s in valued if sections.get(s.place) is Section.ADDENDUM]
    facts, agreed = {s.fact for s in final}, {(s.fact, s.value) for s in final}
    replaced = [
        s for s in valued if s.fact in facts and (s.fact, s.value) not in agreed and s.fact != "liver.benign_type"
    ]
    ids = {id(s) for s in replaced}
    return [_withdrawn(s) if id(s) in ids else s for s in statements]


def _withdrawn(s: Statement) -> Statement:
    why = "an addendum says otherwise"
    return replace(s, value=None, assertion=Assertion.COMPARISON, confidence=Confidence.LOOK, why=why)


def _of_unknown_kind(s: Statement) -> Statement:
    return replace(s, confidence=Confidence.LOOK, why=s.why or "the kind of report is not stated")
