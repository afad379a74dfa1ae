"""Disease outside the liver: that there is none, the sites named, the peritoneum, the brain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.report_text.assertion import assertion_at, doubted, earlier, of_family
from fhir_mappings.report_text.lesion_words import site_of
from fhir_mappings.report_text.sections import Section
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Mention, Statement, stated

__all__ = ["brain", "outside", "peritoneum"]

_NO_OUTSIDE = re.compile(
    r"\bno (?:evidence of |sign of |signs of |other |definite |demonstrable |suspicious |"
    r"measurable ){0,6}(?:extra-?hepatic|distant)(?: \w+){0,2}? (?:disease|metastas[ei]s|"
    r"tumor|lesions?|spread|manifestations?|involvement|metastatic disease|malignancy)\b"
    r"|\bno (?:evidence of )?(?:disease|metastas[ei]s|metastatic disease|tumor) (?:elsewhere|"
    r"outside (?:of )?the liver)\b(?! in the (?:liver|remnant))"
    r"|\b(?:no |not ).{0,12}metastatic disease in (?:the )?(?:chest, abdomen|abdomen, pelvis|"
    r"thorax, abdomen)[a-z, ]*pelvis\b"
    r"|\b(?:liver[- ](?:only|limited|confined|exclusive)|disease (?:is )?(?:confined|"
    r"limited|restricted) to the liver)\b"
    r"|\bextra-?hepatic (?:disease|metastas[ei]s|manifestations?|tumor)(?: is| are|"
    r":)? (?:absent|none|not (?:seen|identified|present|found|demonstrated|shown|"
    r"detected))"
)

_NOWHERE = re.compile(
    r"\bno (?:evidence of |sign of |signs of )?(?:metastatic disease|metastas[ei]s|"
    r"malignancy)\b(?! (?:in|to|at|of|within|elsewhere in))"
)

_PARTLY = re.compile(
    r"\b(?:new|imaged|included|visuali[sz]ed|scanned|covered|in the abdomen|upper abdomen|"
    r"on this|within the|limited|osseous|scintigraphic|further|in the (?:chest|pelvis|"
    r"lung|lungs|bones?))\b"
)

_EXTENSIVE = re.compile(
    r"\b(?:widespread|extensive|disseminated|diffuse|generali[sz]ed)(?: \w+){0,3} (?:metastatic disease|"
    r"metastas[ei]s|disease|spread|metastatic spread)\b"
)

_SITES = {
    "lung": r"lungs?|pulmonary",
    "bone": r"bones?|osseous|skelet\w+|vertebral",
    "lymph nodes": r"nodes?|nodal|lymph\w*|adenopathy",
    "adrenal": r"adrenal",
    "brain": r"brain|cerebral|intracranial|cerebellar",
    "peritoneum": r"peritoneal|peritoneum|omental",
    "pleura": r"pleural?",
    "spleen": r"splenic|spleen",
    "soft tissue": r"soft tissue|subcutaneous",
}

_SITE = {name: re.compile(rf"(?<!retro)\b(?:{words})\b") for name, words in _SITES.items()}

_MALIGNANT = re.compile(r"\b(?:metasta\w+|deposits?|carcinomatosis|adenopathy|lymphadenopathy)\b")


def outside(sentences: Sequence[Sentence]) -> tuple[list[Statement], list[Mention]]:
    """Disease outside the liver: none, extensive, or the sites named, whose weight is a judgement."""
    none: list[Statement] = []
    said: list[Statement] = []
    sites: list[Mention] = []
    body = {
        name
        for name in ("chest", "lung", "thora", "abd", "pelvi", "liver")
        for s in sentences
        if name in s.words or name in s.label or name in s.heading
    }
    broad = bool(body & {"chest", "lung", "thora"}) and bool(body & {"abd", "liver", "pelvi"})
    for s in sentences:
        if not s.section.now or s.unread:
            continue
        for c in s.clauses:
            found = _NO_OUTSIDE.search(c)
            global_no = (
                _NOWHERE.search(c)
                if broad and s.section.concludes and site_of(c) is None and site_of(s.label) is None
                else None
            )
            m = found or global_no
            if (
                m
                and not doubted(c, negated=True)
                and not of_family(c)
                and not earlier(c)
                and not _PARTLY.search(
                    (c[: m.start()] + " " + c[m.end() : m.end() + 40]).replace("in the chest, abdomen", "")
                )
            ):
                none.append(stated("dx.extrahepatic", "none", s.place))
            if (m := _EXTENSIVE.search(c)) and assertion_at(c, m.start(), m.end()) is Assertion.AFFIRMED:
                organs = [name for name, p in _SITE.items() if p.search(c)]
                if len(organs) >= 2:
                    said.append(stated("dx.extrahepatic", "extensive", s.place))
            sites.extend(_sites(s, c))
    final = {s.place for s in sentences if s.section is Section.ADDENDUM}
    affirmed = [
        m
        for m in sites
        if m.assertion is Assertion.AFFIRMED and (m.place in final or not any(n.place in final for n in none))
    ]
    if affirmed and none:
        why = f"the report also names disease in: {', '.join(sorted({m.what for m in affirmed}))}"
        none = [stated("dx.extrahepatic", None, n.place, why) for n in none]
    elif affirmed and not said:
        what = ", ".join(sorted({m.what for m in affirmed}))
        none.append(
            stated(
                "dx.extrahepatic",
                None,
                affirmed[0].place,
                f"disease named in: {what}; limited or extensive is a judgement",
            )
        )
    return [*said, *none], sites


def _sites(s: Sentence, clause: str) -> Iterator[Mention]:
    for m in _MALIGNANT.finditer(clause):
        around = clause[max(0, m.start() - 40) : m.end() + 25]
        label = f"{s.label} {s.heading}" if site_of(around) is None else ""
        for name, pattern in _SITE.items():
            if pattern.search(around) or (label and pattern.search(label)):
                put = assertion_at(clause, m.start(), m.end())
                if re.search(r"\badenoma", around):
                    continue
                yield Mention(
                    "site",
                    name,
                    Assertion.COMPARISON if earlier(s.words) and put is Assertion.AFFIRMED else put,
                    s.place,
                )


_PERITONEAL = re.compile(
    r"\bperitoneal (?:carcinomatosis|carcinosis|metasta\w+|deposits?|implants?|disease|"
    r"nodul\w+|seeding|dissemination|spread|tumor\w*|involvement)\b|\bcarcinomatosis\b|"
    r"\bperitoneal and omental \w+|"
    r"\bomental (?:cak\w+|deposits?|nodul\w+|implants?|metasta\w+|disease|thickening)\b|"
    r"\bperitoneum[:, -]+(?:no (?:deposits?|nodul\w+|implants?|metasta\w+)|none|clean|"
    r"no disease)"
)


def peritoneum(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Peritoneal metastases. Retroperitoneal things are not peritoneal; nodularity alone proves nothing."""
    said: list[Statement] = []
    for s in sentences:
        if not s.section.now or s.unread:
            continue
        for c in s.clauses:
            matches = list(_PERITONEAL.finditer(c))
            m = next((x for x in matches if not re.search(r"nodul|thickening", x[0])), matches[0] if matches else None)
            if m is None or re.search(r"lymphangitic|meningeal|leptomeningeal|pleural carcinomatosis", c):
                continue
            if m[0].startswith("peritoneum"):
                said.append(stated("dx.peritoneal", False, s.place))
                continue
            put = assertion_at(c, m.start(), m.end())
            if earlier(s.words) and put is Assertion.AFFIRMED:
                put = Assertion.COMPARISON
            soft = re.search(r"nodul|thickening", m[0]) is not None
            value = False if put is Assertion.NEGATED else True if put is Assertion.AFFIRMED and not soft else None
            said.append(
                stated(
                    "dx.peritoneal",
                    value,
                    s.place,
                    "" if value is not None else f"{m[0]}: {put.value}",
                    put if value is None else Assertion.AFFIRMED,
                )
            )
    yield from said


_BRAIN = re.compile(r"\b(?:brain|intracranial|cerebral|cerebellar|intracerebral)(?: \w+)? (?:metasta\w+|deposits?)\b")

_BRAIN_LABEL = re.compile(r"\b(?:brain|head|cranial|intracranial)\b")

_TREATED_BRAIN = re.compile(r"\b(?:treated and stable|stable,? treated|stable and treated|treated,? stable)\b")


def brain(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Brain metastases: none, treated and stable, or named without their state."""
    for s in sentences:
        if not s.section.now or s.unread:
            continue
        for c in s.clauses:
            m = _BRAIN.search(c) or (re.search(r"\bmetastas[ei]s\b", c) if _BRAIN_LABEL.search(s.label) else None)
            if m is None:
                continue
            put = assertion_at(c, m.start(), m.end())
            if put is Assertion.NEGATED and not re.search(r"\b(?:new|further|additional|other)\b", c):
                yield stated("dx.brain_mets", "none", s.place)
            elif put is Assertion.AFFIRMED and _TREATED_BRAIN.search(c):
                yield stated("dx.brain_mets", "treated_stable", s.place)
            elif put is not Assertion.NEGATED:
                yield stated(
                    "dx.brain_mets",
                    None,
                    s.place,
                    "named; treatment and symptoms are not stated"
                    if put is Assertion.AFFIRMED
                    else f"brain metastases: {put.value}",
                    put,
                )
