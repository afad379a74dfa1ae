"""Scores with numbers: PD-L1 by its kind of score, mutational burden; and claudin 18.2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from eligibility.facts import Bound, Scalar
from fhir_mappings.answers import unsure
from fhir_mappings.report_text.gene_words import GENERAL, result
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Statement

__all__ = ["claudin", "scores"]

_NUMBER = (
    r"(?P<comparator><=|>=|<|>|less than|below|at least|more than|over|under)? ?(?P<number>\d{1,3}(?:\.\d{1,2})"
    r"?)(?![\d.]*\s?(?:-|to) ?\d)"
)

_TPS = re.compile(
    rf"\b(?:tps|tumor proportion score)\b(?: ?\([^()]{{0,40}}\))?(?: is| of| was|:|=|,){{0,6}} ?{_NUMBER} ?"
    r"(?:%|percent)?"
)

_CPS = re.compile(
    rf"\b(?:cps|combined positive score)\b(?: ?\([^()]{{0,40}}\))?(?: is| of| was|"
    rf":|=|,){{0,6}} ?{_NUMBER}(?! ?(?:%|percent))"
)

_TMB = re.compile(
    r"\b(?:tmb|tumor mutation(?:al)? burden)\b(?: \([^()]{0,20}\))?(?: is| of| was|"
    r":|=|,| low| high| intermediate){0,6} ?(?P<number>\d{1,4}(?:\.\d{1,2})?) ?(?:muts?|"
    r"mutations?|variants?)?(?: per |/ ?)(?:mb|megabase)"
)

_COMPARATORS = {
    "<=": "<=",
    ">=": ">=",
    "<": "<",
    ">": ">",
    "less than": "<",
    "below": "<",
    "under": "<",
    "at least": ">=",
    "more than": ">",
    "over": ">",
}

_CONDITION = re.compile(
    r"\b(?:would|needed|threshold|cut-?off|or higher|or more|required|approved|eligible|" r"if|when)\b"
)


def scores(lines: Sequence[Sentence]) -> Iterator[Statement]:
    """PD-L1 scores by kind, and mutational burden. Thresholds and conditions are not results."""
    for s in lines:
        for fact, pattern in (("bm.pdl1_tps", _TPS), ("bm.pdl1_cps", _CPS), ("bm.tmb", _TMB)):
            for m in pattern.finditer(s.words):
                if _CONDITION.search(s.words[max(0, m.start() - 30) : m.end() + 30]) or unsure(s.words):
                    continue
                number = Decimal(m["number"])
                if fact != "bm.tmb" and number > 100:
                    continue
                sign = _COMPARATORS.get(m["comparator"] or "") if fact != "bm.tmb" else None
                value: Scalar = Bound(sign, number) if sign else number  # type: ignore[arg-type]
                yield result(fact, value, s)


_CLAUDIN = re.compile(r"\b(?:claudin[ -]?18(?:\.2)?|cldn[ -]?18(?:\.2)?)\b")


def claudin(lines: Sequence[Sentence]) -> Iterator[Statement]:
    """Claudin 18.2: positive or negative as the report concludes."""
    for s in lines:
        m = _CLAUDIN.search(s.words)
        if m is None or GENERAL.search(s.words) or unsure(s.words):
            continue
        rest = s.words[m.end() :]
        no, yes = re.search(r"\bnegative\b|\bnot positive\b", rest), re.search(r"(?<!not )\bpositive\b", rest)
        if bool(no) != bool(yes):
            yield result("bm.cldn18", yes is not None, s)
