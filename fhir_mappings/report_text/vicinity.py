"""Closeness to vessels and ducts, shares of the liver, and LI-RADS categories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from fhir_mappings.report_text.assertion import doubted, earlier, of_family
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Statement, stated

__all__ = ["closeness", "li_rads", "shares"]

_TOUCHES = re.compile(
    r"\b(?P<verb>abut(?:s|ting|ted)?|touch(?:es|ing|ed)?|contacts?|in contact|inseparable|"
    r"encas\w+|invades?|infiltrat\w+|indissociable)\b(?P<between>[^.;]{0,60}?)\b(?P<vessel>(?:hepatic|"
    r"portal) veins?|vena cava|venae cavae|portal (?:bifurcation|branch))\b"
)

_TOUCHED = re.compile(
    r"\b(?:hepatic|portal) vein(?: is)? (?:touched|contacted|abutted|encased) by (?:the|"
    r"a) (?:lesion|metastasis|mass|tumor|nodule)\b"
)

_SUBJECT = re.compile(r"\b(?:lesions?|metastas[ei]s|mass|it|nodule|tumor|hcc|deposit|\w*carcinoma|which|contact)\b")

_DUCT_NEAR = re.compile(
    r"\b(?P<n>\d{1,2}(?:\.\d)?) (?P<u>mm|cm) (?:away )?from (?:the )?(?:(?:left|right|"
    r"main|common|central) (?:and (?:left|right) )?(?:hepatic|bile) ducts?|(?:biliary |"
    r"hepatic )?confluence(?: of the (?:hepatic|bile) ducts)?|hilar (?:bile )?ducts?|"
    r"common hepatic duct)"
)


def closeness(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Lesions that touch a larger vessel, or lie within 10 mm of a central bile duct."""
    for s in sentences:
        if not s.section.now or s.unread or earlier(s.words):
            continue
        for c in s.clauses:
            m = _TOUCHES.search(c) or _TOUCHED.search(c)
            if (
                m
                and (m.re is _TOUCHED or _SUBJECT.search(c[: m.end()]) or c.startswith("segment"))
                and not re.search(r"\bno(?:t|r)?\b|\bwithout\b|\bno longer\b|\bclose to\b", c)
                and not doubted(c)
            ):
                yield stated("liver.near_vessel", True, s.place)
            n = _DUCT_NEAR.search(c)
            if n and (_SUBJECT.search(s.words) or "segment" in c) and not doubted(c):
                millimetres = Decimal(n["n"]) * (10 if n["u"] == "cm" else 1)
                if millimetres <= 10:
                    yield stated("liver.central_bile_duct_close", True, s.place)


_FLR = re.compile(
    r"\b(?:future liver remnant|future remnant|flr|remnant volume)\b[^.;]{0,60}?(?<![\d.])(?P<n>\d{1,2}(?:\.\d)"
    r"?) ?(?:%|percent)"
)

_SHARE = re.compile(
    r"\b(?:replac\w+|occup\w+|involv\w+) (?:about |approximately |around |roughly )?(?P<k>\d{1,2}) ?(?:%|"
    r"percent) of (?:the )?(?:total )?(?:liver|hepatic)|"
    r"(?<![\d.-])(?P<n>\d{1,2}) ?(?:%|percent) of (?:the )?(?:total )?(?:liver|hepatic)(?: volume|"
    r" parenchyma)?(?= (?:is|are|has been)? ?(?:replaced|occupied|involved|infiltrated|"
    r"tumor))|"
    r"\btumor (?:share|burden|load|fraction|involvement)(?: of (?:the )?(?:liver|"
    r"hepatic)(?: volume| parenchyma)?)?:? (?:is |of )?(?:about |approximately )?(?P<m>\d{1,2}) ?(?:%|"
    r"percent)"
)

_LR = re.compile(r"\b(?:li-?rads(?: category)?:? ?(?:lr ?-? ?)?|lr ?-? ?)(?P<n>[1-5]|m)\b(?!-)")

_LR_ORDER = ("1", "2", "3", "4", "m", "5")


def shares(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """The future liver remnant, and the share of the liver that is tumour, in percent."""
    for s in sentences:
        if not s.section.now or s.unread or earlier(s.words):
            continue
        for c in s.clauses:
            if doubted(c):
                continue
            if (m := _FLR.search(c)) and "required" not in c and "minimum" not in c:
                yield stated("liver.flr_pct", Decimal(m["n"]), s.place)
            if m := _SHARE.search(c):
                yield stated("liver.involvement_pct", Decimal(m["n"] or m["m"] or m["k"]), s.place)


def li_rads(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """The highest LI-RADS category of now."""
    found: list[tuple[str, Sentence]] = []
    for s in sentences:
        if not s.section.now or s.unread or earlier(s.words) or of_family(s.words):
            continue
        for c in s.clauses:
            for m in _LR.finditer(c):
                if re.search(
                    r"\b(?:no|not|previously|prior|was|formerly|from|initial) (?:an? )?$",
                    c[max(0, m.start() - 25) : m.start()],
                ):
                    continue
                if re.search(r"^[^.]{0,20}\b(?:initial|prior|previous|before|last)\b", c[m.end() :]):
                    continue
                found.append((m["n"], s))
    if found:
        highest, s = max(found, key=lambda pair: _LR_ORDER.index(pair[0]))
        several = len({n for n, _ in found}) > 1
        yield stated(
            "liver.li_rads", f"LR{highest.upper()}", s.place, "the highest of several categories" if several else ""
        )
