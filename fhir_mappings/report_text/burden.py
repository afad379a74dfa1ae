"""From mentions of lesions to facts: how many, how large, in which lobes, of what nature. In doubt, no number.

The conclusion of a report leads, what only the findings say follows, an addendum replaces both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from fhir_mappings.report_text.counting import counts
from fhir_mappings.report_text.extent import lobes, sizes
from fhir_mappings.report_text.lesions import groups_of
from fhir_mappings.report_text.mentions import Group
from fhir_mappings.report_text.natures import RESTRICTED, absences, natures, not_affirmed
from fhir_mappings.report_text.sections import Section
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Mention, Statement, stated
from fhir_mappings.report_text.wording import DATE

__all__ = ["read_burden"]

_MENTIONS = 400
_CORRECTS = re.compile(
    r"\bshould (?:have )?read\b|\binstead of\b|\bincorrect\w*|\bcorrect(?:ed|ion)\b|\btyping error\b|\bnot \d"
)
_ZONE = re.compile(r"zone|cavit|defect")
_DATED = re.compile(rf"(?:ct|mri?|us|ultrasound|sonography|pet-?ct)[a-z ,/-]{{0,30}} {DATE}")


def read_burden(sentences: Sequence[Sentence]) -> tuple[list[Statement], list[Mention]]:
    """Statements about number, size, lobes and nature of liver lesions, and the segments named."""
    readable = [s for s in sentences if s.section.now and not s.unread]
    groups = _newest_study([g for g in groups_of(readable) if g.liver])
    if len(groups) > _MENTIONS:
        why = "too many mentions of lesions to be one report"
        return [stated("liver.lesion_count", None, groups[0].sentence.place, why)], []
    if any(s.section is Section.ADDENDUM for s in readable):
        groups = _after_addendum(groups)
    current = [g for g in groups if g.current]
    none = absences(readable, groups)
    counted = counts(readable, groups, current, none)
    statements = [*natures(groups, none), *counted, *sizes(current), *lobes(readable, current, counted)]
    statements += not_affirmed(groups)
    return statements, _segments(groups)


def _newest_study(groups: list[Group]) -> list[Group]:
    """Where a text tells several dated studies of the liver, only the one told last speaks of now."""
    dated = list(dict.fromkeys(g.sentence.label for g in groups if _DATED.match(g.sentence.label)))
    return [g for g in groups if g.sentence.label not in dated[:-1]]


def _after_addendum(groups: list[Group]) -> list[Group]:
    """An addendum that takes lesions back, or measures them again, replaces what was said before."""
    later = [g for g in groups if g.sentence.section is Section.ADDENDUM]
    before = [g for g in groups if g.sentence.section is not Section.ADDENDUM]
    benign = any(g.nature == "benign" and g.assertion is Assertion.AFFIRMED for g in later)
    denied = any(
        g.assertion is Assertion.NEGATED and not RESTRICTED.search(g.before)
        for g in later
        if g.nature in ("metastasis", "lesion", "hcc")
    )
    if (benign or denied) and not any(g.current for g in later):
        return later
    corrected = any(g.sizes and _CORRECTS.search(g.sentence.words) for g in later)
    if corrected or any(g.largest and g.sizes for g in later):
        before = [replace(g, sizes=()) for g in before]
    return [*before, *later]


def _segments(groups: Sequence[Group]) -> list[Mention]:
    """The segments that lesions and treated zones lie in."""
    found: list[Mention] = []
    for g in groups:
        zone = g.nature == "benign" and _ZONE.search(g.noun) is not None
        if g.tumour or zone:
            kind: Literal["treated", "segment"] = "treated" if zone or g.treated else "segment"
            found += [Mention(kind, name, g.assertion, g.sentence.place) for name in sorted(g.segments)]
    return found
