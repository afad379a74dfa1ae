"""The course so far: response in the words of the criteria, and treatments the liver has had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.report_text.assertion import assertion_at, doubted, earlier, of_family
from fhir_mappings.report_text.lesion_words import site_of
from fhir_mappings.report_text.sections import Section
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated

__all__ = ["response", "treatments"]

_RESPONSES = (
    (
        "PR",
        re.compile(
            r"\bpartial (?:metabolic |radiologic(?:al)? |imaging |treatment |tumor ){0,6}(?:response|" r"remission)\b"
        ),
    ),
    (
        "CR",
        re.compile(
            r"(?<!near )(?<!near-)(?<!nearly )(?<!almost )(?<!sub)\bcomplete (?:metabolic |"
            r"radiologic(?:al)? |imaging |treatment |tumor ){0,6}(?:response|remission)\b"
        ),
    ),
    ("SD", re.compile(r"\bstable disease\b|\bdisease (?:is |remains |overall )?stable\b")),
    (
        "PD",
        re.compile(
            r"\bprogressive (?:metastatic |hepatic |liver ){0,6}disease\b|\bprogression\b(?!-free)|"
            r"\bprogress of (?:the )?(?:disease|metastas[ei]s|tumor)\b|\bdisease (?:has )?progress(?:ed|"
            r"ion)\b"
        ),
    ),
)

_NO_RESPONSE = re.compile(r"\bmixed (?:metabolic )?response\b|\bdissociated response\b|\bpseudo-?progression\b")

_PARTS = re.compile(r"\b(?:disease|metasta\w+|tumor|hcc)\b")
_LOCAL = re.compile(
    r"\b(?:in|of) the (?:liver|lungs?|bones?|nodes?|segment)\b(?!.{0,30}overall)|"
    r"\bhepatic response\b|\blocal\b|\bcontinued if\b|\bprogression of (?!the (?:known |"
    r"hepatic |liver |disease|metast)|hepatic|liver|metast|disease|known|tumor|cancer|"
    r"hcc)"
)


def response(sentences: Sequence[Sentence]) -> list[Statement]:
    """Response in the words of the criteria, of the whole disease; a mixed response is none of them."""
    if any(_NO_RESPONSE.search(s.words) for s in sentences if s.section.now):
        return []
    said: list[tuple[Statement, Sentence]] = []
    for s in sentences:
        if not s.section.now or s.unread or earlier(s.words):
            continue
        for c in s.clauses:
            for value, pattern in _RESPONSES:
                m = pattern.search(c)
                if m is None:
                    continue
                put = assertion_at(c, m.start(), m.end())
                worse = value == "PD" and _PARTS.search(c) is not None and "local" not in c
                if put is Assertion.AFFIRMED and (worse or not _LOCAL.search(c)):
                    said.append((stated("tx.response_last", value, s.place), s))
                elif put is not Assertion.NEGATED:
                    said.append(
                        (stated("tx.response_last", None, s.place, f"{m[0]}: of a part, or {put.value}", put), s)
                    )
    values = {x.value for x, _ in said if x.value}
    for narrow in (lambda s: "overall" in s.words or "recist" in s.words, lambda s: s.section.concludes):
        if len(values) > 1:
            kept = [(x, s) for x, s in said if narrow(s)]
            if len({x.value for x, _ in kept if x.value}) == 1:
                said, values = kept, {x.value for x, _ in kept if x.value}
    return [x for x, _ in said]


_RESECTED = re.compile(
    r"\b(?:(?:extended |left |right |partial |central |major |minor ){0,6}(?:hemi-?)?hepatectomy|"
    r"(?:left lateral |left |right |anterior |posterior |bi|tri)?-?sect(?:ion|or)ectomy|"
    r"trisegmentectomy|bisegmentectomy|(?:left lateral|hepatic|liver) segmentectomy|"
    r"segmentectomy (?:of )?(?:segment )?[ivx\d]+|(?:liver|hepatic) (?:wedge )?resections?|"
    r"wedge resections? (?:in|of) (?:the )?(?:liver|segment)|(?:hepatic|liver) lobectomy|"
    r"(?:liver|hepatic) metastasectomy|resection of (?:the )?(?:segment|right lobe|"
    r"left lobe|liver|hepatic))"
)

_RADIOEMBOLISED = re.compile(
    r"\b(?:y-?90|yttrium(?:-?90)?|radio-?emboli[sz]ation|radio-?emboli[sz]ed|sirt|tare|selective internal radi\w+)\b"
)

_IRRADIATED = re.compile(
    r"\b(?:sbrt|sabr|stereotactic (?:body )?(?:radio\w*|radiation|irradiation)|external[- ]beam radi\w+|"
    r"radiotherapy|radiation therapy|irradiat(?:ed|ion))\b"
)

_DONE = re.compile(
    r"\b(?:status post|post|after|following|undergone|underwent|prior|previous(?:ly)?|"
    r"history of|had|state after|status after|ago|treated|resected|remnant|changes of|"
    r"known|received|performed|was|were|since|to segment|in @date|@date)\b|\bs/?p\b|"
    r"-treated|^ct post|hypertrophied"
)

_TO_COME = re.compile(
    r"\b(?:planned|planning|plan|contemplated|if|would|could|consider(?:ed)?|discuss\w*|"
    r"candidate|before|prior to|evaluat\w+ for|assessment for|work-?up|scheduled|"
    r"should|will|recommend\w*|proposed|for possible|possible|eligible|feasib\w+|"
    r"suitable|amenable|future|upcoming|pre-?operative|flr|remnant after|not documented|"
    r"not known)\b|\b(?:no|not|never|without)(?: \w+){0,3}? (?:hepatectomy|"
    r"\w*hepatectomy|\w*sectionectomy|resection|sirt|y-?90|radio\w+|sbrt|irradiat\w+)\b"
)


def treatments(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Resection, radioembolisation and radiation of the liver that were done; what is planned is not."""
    for s in sentences:
        if (
            s.unread
            or s.section in (Section.FAMILY, Section.RECOMMENDATION, Section.COMPARISON)
            or re.match(r"planned|plan", s.label)
        ):
            continue
        why = "" if s.section.now else "stands in the clinical history"
        for c in s.clauses:
            if of_family(c) or _TO_COME.search(c) or doubted(c):
                continue
            full = c if _DONE.search(c) else f"{s.label}: {c}"
            if not (_DONE.search(full) or re.match(r"treatment|prior|previous", s.label)):
                continue
            if _RESECTED.search(c):
                yield stated("liver.prior_hepatectomy", True, s.place, why)
            if _RADIOEMBOLISED.search(c):
                yield stated("liver.prior_y90", True, s.place, why)
            if _IRRADIATED.search(c) and site_of(c) is True:
                yield stated("liver.prior_rt", True, s.place, why)
