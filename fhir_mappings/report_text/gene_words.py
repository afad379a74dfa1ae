"""Words around genes: names, events, what is a result and what a general remark, one spelling for outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eligibility.facts import Scalar
from fhir_mappings.report_text.assertion import earlier, of_family
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated

__all__ = [
    "ASKED",
    "BENIGN",
    "CODONS",
    "EXON14",
    "EXONS",
    "FUSION",
    "GENE",
    "GENERAL",
    "GERMLINE",
    "IHC_ONLY",
    "JOINS",
    "OTHER_THAN",
    "PAIR",
    "PATHOGENIC",
    "PLASMA",
    "RAS",
    "READS",
    "REFERENCE",
    "RESISTANT",
    "SAME",
    "SKIP",
    "SPLITS",
    "TISSUE",
    "TRK",
    "UNKNOWN",
    "in_plasma",
    "result",
    "result_sentences",
]

RAS = ("KRAS", "NRAS")

TRK = ("NTRK1", "NTRK2", "NTRK3")

GENE = re.compile(
    r"(?<![A-Za-z0-9])(?<!anti-)(?<!Anti-)(?P<gene>[Kk]-?(?:RAS|ras)|KRAS|[Nn]-?(?:RAS|"
    r"ras)|NRAS|(?:[Aa]ll-|[Pp]an-)?RAS|BRAF|B-RAF|[Bb]raf|EGFR|[Ee]gfr|ALK|ROS-?1|"
    r"(?:c-)?MET(?:ex14)?|RET|"
    r"NTRK ?1 ?(?:[-\u2013] ?3|/ ?2 ?/ ?3)|NTRK ?[123]|NTRK|ERBB2|HER2(?= (?:mutation|"
    r"exon|gene mut|insertion|p\.))|FGFR2|IDH1|PIK3CA|NRG1|ESR1|AKT1|PTEN|BRCA ?1/ ?2|"
    r"BRCA ?[12])(?![A-Za-z0-9])"
)

JOINS = re.compile(
    r"(?:\((?:exons?|codons?)[^()]{0,40}\)|(?:exons?|codons?) [\d,\- ]{1,20}(?:and \d{1,3})?|"
    r"genes?|[,/&+\s]|\b(?:and|or|nor|of|the|gene)\b){1,12}"
)

SPLITS = re.compile(
    r"[;\n]|\b(?:but|while|whereas|however|although)\b|, (?=no |not |neither )|(?<=[a-z%)\d])\. (?=[A-Z])"
)

GENERAL = re.compile(
    r"->|\u2192|\b(?:inhibitors?|antibod(?:y|ies)|candidates?|patients with|would|"
    r"expected to|approved|therap(?:y|ies)|recommend\w*|this assay|the assay|limitations?|"
    r"limit of|requires?|needed|should be (?:considered|confirmed|tested)|"
    r"may (?:be|benefit)|associated with|predicts?|prognos\w+|guidelines?|tested genes|"
    r"genes (?:analy[sz]ed|tested|covered|included)|was requested|requested because|"
    r"looked for in|scoring key|in (?:head and neck|other) cancers?|lynch|reported separately|"
    r"will follow|to follow|do not act|being repeated)\b",
    re.IGNORECASE,
)

OTHER_THAN = re.compile(r"\b(?:other than|except(?: for)?|apart from|unlike|not the) (?:the )?\S{1,20}", re.IGNORECASE)
RESISTANT = re.compile(r"\b(?:resistance|resistant|sensitive|sensitivity|response)\b", re.IGNORECASE)

PLASMA = re.compile(
    r"\b(?:plasma|ct-?dna|cf-?dna|cell[- ]free|liquid biopsy|circulating (?:tumou?r )?dna)\b", re.IGNORECASE
)

TISSUE = re.compile(r"\b(?:tissue|ffpe|biopsy block|paraffin|resection block)\b", re.IGNORECASE)

GERMLINE = re.compile(r"\bgermline\b|\bblood leucocytes\b", re.IGNORECASE)

UNKNOWN = re.compile(r"\b(?:unknown|uncertain|unclear) (?:clinical )?significance\b|\bvus\b", re.IGNORECASE)

BENIGN = re.compile(r"\b(?:likely )?benign\b|\bpolymorphism\b", re.IGNORECASE)

PATHOGENIC = re.compile(r"\b(?:pathogenic|oncogenic)\b", re.IGNORECASE)

READS = re.compile(r"\bshould (?:have )?read\b|\bcorrected to\b|\bnow reads\b", re.IGNORECASE)

FUSION = re.compile(r"\b(?:fusions?|rearrange\w+|translocations?|split signals?|break-?apart)\b", re.IGNORECASE)

PAIR = re.compile(
    r"\b(?!(?:DNA|RNA|FISH|IHC)\b)[A-Z][A-Z0-9]{1,7}(?:-|::)(?:ALK|ROS1|RET|NTRK[123]|"
    r"NRG1)\b|\b(?:FGFR2|NRG1|RET|ROS1|NTRK[123])(?:-|::)[A-Z][A-Z0-9]{1,7}\b"
)

ASKED = re.compile(
    r"\b(?:test(?:ed|ing|s)?|analy[sz]ed|analysis|assay|screen\w*|looked|requested|"
    r"mutation status|evaluat\w+|examined|covers?|includ\w+|e\.g\.|such as|for example|"
    r"known)\b|\?",
    re.IGNORECASE,
)

EXON14 = re.compile(r"\bex(?:on)? ?14\b", re.IGNORECASE)

SKIP = re.compile(r"\bskip\w*\b", re.IGNORECASE)

EXONS = re.compile(r"\bexons?\s*((?:\d{1,2}(?:\s*(?:,|-|\u2013|and|&|to|/)\s*)?){1,6})", re.IGNORECASE)

CODONS = re.compile(r"\bcodons?\s*((?:\d{1,3}(?:\s*(?:,|-|\u2013|and|&|to|/)\s*)?){1,8})", re.IGNORECASE)

IHC_ONLY = re.compile(r"\b(?:ihc|immunohistochem\w+|overexpress\w+|protein expression)\b", re.IGNORECASE)

REFERENCE = re.compile(
    r"\b(?P<head>(?<!not )(?:detected|positive|abnormal))\b\s+(?:a|abn|abnormal|h|"
    r"\*|!)\s+(?:not detected|negative|wild type|normal)\s*$",
    re.IGNORECASE,
)

SAME = (
    (
        re.compile(
            r"\bwithout (?:any )?(?:detectable |evidence of )?(?:an? )?(?:mutations?|variants?|"
            r"alterations?|changes?)\b",
            re.I,
        ),
        "no mutation",
    ),
    (
        re.compile(r"\b(?:unaltered|unmutated|un-mutated|non-?mutated|not altered|no abnormality)\b", re.I),
        "not mutated",
    ),
    (re.compile(r"\bwt\b|\bwild-?typ(?:e|us)?\b|\bwildtype\b", re.I), "wild type"),
    (re.compile(r"\bneg\b\.?", re.I), "negative"),
    (re.compile(r"\bpos\b\.?", re.I), "positive"),
    (re.compile(r"\b(?:no|without) (?:(?:evidence of|sign of) )?skipping\b", re.I), "skipping not detected"),
    (
        re.compile(r"\bis demonstrated\b|\brevealed\b|\bharbou?rs?\b|\bcarries\b|\bshowed an?\b|\bshows an?\b", re.I),
        "detected",
    ),
    (re.compile(r"\blooked for and not found\b", re.I), "not found"),
    (re.compile(r"\bis not (?:the|an?) [\w ]{1,20}(?:mutation|variant)\b", re.I), "equivocal"),
    (
        re.compile(
            r"\bwere? not (?:requested|examined|determined|part of|covered)\b|\bnot covered\b|\bno result\b", re.I
        ),
        "not tested",
    ),
    (
        re.compile(
            r"\b(?:no known|no activating|no known activating|no clinically relevant|no pathogenic|"
            r"no reportable|no relevant|no hotspot)\b",
            re.I,
        ),
        "no",
    ),
    (re.compile(r"\bnone (?:was |were )?(?:found|seen|detected|identified)\b", re.I), "not detected"),
)


def in_plasma(sentences: Sequence[Sentence]) -> bool:
    """Whether the report is of a plasma test: a clear absence then proves nothing."""
    text = " ".join(s.place.sentence for s in sentences)
    return PLASMA.search(text) is not None and TISSUE.search(text) is None


def result_sentences(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """The sentences that may hold a result of this patient's tumour, as found now."""
    skipping = ""
    for s in sentences:
        if s.heading != skipping and re.search(r"therapy|treatment|drug|trial", s.heading):
            skipping = s.heading
        if (
            s.unread
            or not s.section.now
            or (skipping and s.heading == skipping)
            or of_family(s.words)
            or _former(s.words)
        ):
            continue
        yield s


def _former(words: str) -> bool:
    return (
        earlier(words)
        or re.search(
            r"\b(?:in the original report|primary (?:of|in|from) (?:the year )?(?:(?:19|20)\d\d|"
            r"@date)|previous(?:ly)? (?:result|report|biopsy)|earlier (?:result|report|biopsy)|"
            r"was given as)\b",
            words,
        )
        is not None
    )


def result(
    fact: str,
    value: Scalar | None,
    s: Sentence,
    why: str = "",
    also: Sequence[Sentence] = (),
    method: str | None = None,
) -> Statement:
    """A statement of a result; without a value it is uncertain."""
    put = Assertion.AFFIRMED if value is not None else Assertion.UNCERTAIN
    return replace(stated(fact, value, s.place, why, put, [o.place for o in also]), method=method)
