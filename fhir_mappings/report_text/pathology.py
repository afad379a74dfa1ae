"""Pathology reports: markers, and what tissue of the liver, the omentum and ascitic fluid shows.

Sizes and numbers of a specimen are never those of the liver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.report_text.assertion import assertion_at, doubted, earlier, of_family
from fhir_mappings.report_text.gene_words import in_plasma, result_sentences
from fhir_mappings.report_text.genes import read_genes
from fhir_mappings.report_text.liver_state import read_tissue_state
from fhir_mappings.report_text.receptors import her2, receptors
from fhir_mappings.report_text.repair import repair
from fhir_mappings.report_text.scores import claudin, scores
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated

__all__ = ["read_pathology"]

_LIVER = re.compile(r"\b(?:liver|hepatic|hepatectomy|hemihepatectomy|(?:lateral |left |right )?sectionectomy)\b")
_ELSEWHERE = re.compile(
    r"\b(?:omental|omentum|peritone\w+|lung|pulmonary|bone|lymph|node|skin|breast|"
    r"colon|sigmoid|rect\w+|stomach|gastric|duoden\w+|gallbladder|brain|ovar\w+|thyroid|"
    r"prostate|kidney|bronch\w+|pleura\w*)\b(?=[^.:]{0,40}\b(?:biops\w+|bx|resection|"
    r"excision|specimen|cytology|fluid)\b)"
)
_NATURES = re.compile(
    r"\b(?P<metastasis>metastatic(?: [\w-]+){0,6}? (?:(?:adeno)?carcinoma|melanoma|"
    r"tumor|neoplasm|disease|sarcoma|cancer)|metastas[ei]s(?: of| from)?\b)"
    r"|\b(?P<hcc>hepatocellular carcinoma|hcc)\b|\b(?P<icca>intrahepatic cholangiocarcinoma)\b"
    r"|\b(?P<hemangioma>(?:cavernous )?hemangioma)\b|\b(?P<fnh>focal nodular hyperplasia)\b|"
    r"\b(?P<adenoma>(?:hepatocellular|hepatic|liver cell) adenoma)\b|\b(?P<abscess>(?:hepatic |"
    r"liver |pyogenic )?abscess)\b"
    r"|\b(?P<cyst>(?:simple |biliary |hepatic )cyst)\b|\b(?P<other>bile duct hamartoma|"
    r"von meyenburg|biliary hamartoma|bile duct adenoma)\b"
)
_MALIGNANT = ("metastasis", "hcc", "icca")
_INHERENT = ("hcc", "icca", "fnh", "adenoma", "other")


def read_pathology(sentences: Sequence[Sentence]) -> list[Statement]:
    """Every statement of a pathology report."""
    results = list(result_sentences(sentences))
    return [
        *read_genes(sentences),
        *repair(results, in_plasma(sentences)),
        *her2(results),
        *receptors(results),
        *scores(results),
        *claudin(results),
        *_tissue(sentences),
        *read_tissue_state(sentences),
    ]


_OPEN_ENDED = re.compile(r"\b(?:vs|versus|differential|or (?:intrahepatic|metast\w+|primary))\b")


def _tissue(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """What a specimen of the liver is. A benign finding stands only where nothing malignant is named."""
    liver = False
    malignant: list[Statement] = []
    benign: list[Statement] = []
    for s in sentences:
        if s.unread or of_family(s.words):
            continue
        liver = _of_liver(s, liver)
        yield from _omentum(s)
        if s.section.now and not earlier(s.words):
            for kind, statement in _kinds(s, liver):
                (malignant if kind in _MALIGNANT else benign).append(statement)
    yield from malignant or benign


def _of_liver(s: Sentence, before: bool) -> bool:
    """Whether the text is at a specimen of the liver, after this sentence's own words."""
    elsewhere, here = _ELSEWHERE.search(s.words), _LIVER.search(s.words)
    if elsewhere is not None:
        return here is not None and here.start() > elsewhere.start()
    return before or here is not None or _LIVER.search(f"{s.title} {s.heading} {s.label}") is not None


def _kinds(s: Sentence, liver: bool) -> Iterator[tuple[str, Statement]]:
    for clause in s.clauses:
        for m in _NATURES.finditer(clause):
            kind = m.lastgroup or ""
            put = assertion_at(clause, m.start(), m.end())
            if put is Assertion.NEGATED or not (liver or kind in _INHERENT):
                continue
            if put is not Assertion.AFFIRMED or _OPEN_ENDED.search(s.words) or doubted(clause):
                why = f"{m[0]}: named, not affirmed"
                yield "hcc", stated("liver.lesion_nature", None, s.place, why, Assertion.UNCERTAIN)
            elif kind in _MALIGNANT:
                yield kind, stated("liver.lesion_nature", kind, s.place)
            else:
                yield kind, stated("liver.lesion_nature", "benign", s.place)
                yield kind, stated("liver.benign_type", kind, s.place)


_OMENTAL = re.compile(
    r"\b(?:omental|omentum|peritoneal|peritoneum)\b[^.:;]{0,30}(?:biopsy|bx|nodule|"
    r"deposit|resection)?[^.;]{0,10}:[^.;]{0,40}\b(?:metastatic|carcinoma|adenocarcinoma|"
    r"metastasis)\b"
)


def _omentum(s: Sentence) -> Iterator[Statement]:
    m = _OMENTAL.search(s.words)
    if m and s.section.now and not doubted(s.words) and not re.search(r"\b(?:no|not|without|negative)\b", m[0]):
        yield stated("dx.peritoneal", True, s.place)
    m = re.search(r"\bmalignant ascites\b", s.words)
    if m and assertion_at(s.words, m.start(), m.end()) is Assertion.AFFIRMED and s.section.now:
        yield stated("liver.ascites_malignant", True, s.place)
