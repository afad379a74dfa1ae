"""What liver lesions are, and whether a report denies them: of every nature, or only metastases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_mappings.report_text.assertion import assertion_at, doubted, earlier
from fhir_mappings.report_text.lesion_words import site_of
from fhir_mappings.report_text.mentions import Group
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Place, Statement, stated

__all__ = ["RESTRICTED", "Absence", "absences", "natures", "not_affirmed"]

_NATURE, _BENIGN_TYPE = "liver.lesion_nature", "liver.benign_type"
_BENIGN = {
    "hemangioma": "hemangioma",
    "cyst": "cyst",
    "focal nodular": "fnh",
    "adenoma": "adenoma",
    "abscess": "abscess",
}
_CLEAR = re.compile(
    r"\b(?:liver|hepatic parenchyma)(?: parenchyma)?(?: is| now| remains?| appears?|:){0,6}(?: otherwise)? "
    r"(?:clear|free(?: of (?:disease|metastas[ei]s|lesions|focal lesions|tumor))?)(?=$|[ ,.;]*$|,| -|:| and)"
)
_AREA = re.compile(
    r"\b(?:(?:left|right|caudate) (?:hepatic |liver )?lobe|segments?|elsewhere|otherwise|rest of|remaining|remainder|"
    r"edge|margin|remnant|to the (?:left|right)|within the limit\w*|imaged|included|visuali[sz]ed (?:portion|part)|"
    r"partly|limited|unenhanced|left liver|right liver|on the (?:left|right))\b"
)
RESTRICTED = re.compile(
    r"\b(?:new|newly|additional|other|others|further|second|third|fourth|fifth|enlarging|growing|larger|more|recurrent|"
    r"residual|measurable|interval|discrete|dominant|drainable|definite|viable)\b"
)
"""A denial with one of these words denies less than lesions: "no new lesion" is not "no lesion"."""
_KINDS = re.compile(
    r"\b(?:suspicious|solid|malignant|enhancing|hypervascular|arteriali[sz]ed|concerning|worrisome|aggressive|"
    r"metastatic|diffusion|restricting|washout)\b"
)
_ACTIVITY = re.compile(
    r"\b(?:no longer|avid|enlarg\w+|hypermetabolic|enhanc\w+|progress\w*|larger|changed|measurable|viable)\b"
)
_LISTED = re.compile(
    r"\bno (?:evidence of |signs? of |definite )?(?:[a-z]{3,12}(?:, | or | and |, or )){0,4}(?:hepatic|liver)"
    r"(?:(?:, | or | and |, or )[a-z]{3,12}){1,4} metastas[ei]s\b"
)
_NOWHERE = re.compile(
    r"\b(?:no|without)(?: (?:evidence|sign|signs) (?:of|for))?(?: any)?(?: recurrent or)? "
    r"(?:metastatic disease|metastas[ei]s)\b(?! (?:in|to|of|at|elsewhere))|"
    r"\bno (?:evidence of |sign of |signs of )?metastatic disease in (?:the )?(?:chest|thorax),? (?:the )?abdomen\b"
)
_ABDOMEN = re.compile(r"\b(?:liver|hepatic|abdomen|abdominal|ct cap|tap)\b")
_BEYOND_LIVER = ("skeleton", "bones")
_IN_LIVER = re.compile(r"\b(?:intrahepatic|of the liver|segments?|lobe)\b")


@dataclass(frozen=True, slots=True)
class Absence:
    """A sentence that denies liver lesions; `every`: of every nature, not only metastases."""

    place: Place
    every: bool


def absences(sentences: Sequence[Sentence], groups: Sequence[Group]) -> list[Absence]:
    """Every plain denial of liver lesions. What denies only new, other or active ones is none."""
    found = [Absence(g.sentence.place, g.nature == "lesion" and not _KINDS.search(g.clause)) for g in _denied(groups)]
    found += [Absence(s.place, True) for s in sentences if any(_is_clear(c) for c in s.clauses)]
    covered = any(site_of(s.words) is True or _ABDOMEN.search(s.words) for s in sentences)
    for s in sentences:
        if any(_denies_globally(c, s, covered) for c in s.clauses) and all(a.place != s.place for a in found):
            found.append(Absence(s.place, False))
    return found


def _denied(groups: Sequence[Group]) -> Iterator[Group]:
    for g in groups:
        if g.assertion is not Assertion.NEGATED or g.nature not in ("metastasis", "lesion"):
            continue
        if g.role in ("additional", "ordinal", "total") or (g.resolved and not g.plural and g.role == "part"):
            continue
        limited = _ACTIVITY.search(g.clause[g.clause.find(g.noun) :]) or RESTRICTED.search(g.before[-60:])
        if not limited and not _AREA.search(g.clause):
            yield g


def _is_clear(clause: str) -> bool:
    plain = assertion_at(clause, 0, len(clause)) in (Assertion.AFFIRMED, Assertion.NEGATED)
    return plain and _CLEAR.search(clause) is not None and not _AREA.search(clause)


def _denies_globally(clause: str, s: Sentence, covered: bool) -> bool:
    if doubted(clause, negated=True) or _AREA.search(clause) or earlier(clause):
        return False
    if _LISTED.search(clause):
        return True
    elsewhere = (
        site_of(s.label) is False
        or (site_of(clause) is not None and "abdomen" not in clause)
        or s.heading in _BEYOND_LIVER
    )
    return covered and not elsewhere and _NOWHERE.search(clause) is not None


def natures(groups: Sequence[Group], none: Sequence[Absence]) -> list[Statement]:
    """The natures that a report affirms. A benign one stands only where nothing malignant or open is named."""
    malignant = [
        g
        for g in groups
        if g.tumour and g.nature != "lesion" and g.assertion is Assertion.AFFIRMED and not g.resolved and not g.unsure
    ]
    said = [_malignant(g) for g in sorted(malignant, key=_conclusion_first) if not _of_another(g, malignant)]
    benign = [g for g in groups if g.nature == "benign" and g.assertion is Assertion.AFFIRMED and not _hedged(g)]
    kinds = [(g, kind) for g in benign for word, kind in _BENIGN.items() if word in g.noun]
    unsettled = any(_open(g) or (g.current and g.nature == "lesion") for g in groups)
    if kinds and not malignant:
        if not unsettled:
            said.append(stated(_NATURE, "benign", kinds[0][0].sentence.place))
        said += [stated(_BENIGN_TYPE, kind, g.sentence.place) for g, kind in kinds]
    every = [a.place for a in none if a.every]
    if every and not (malignant or kinds or unsettled):
        said.append(stated(_NATURE, "none", every[-1], also=every))
    return said


def _conclusion_first(g: Group) -> bool:
    return not g.sentence.section.concludes


def _malignant(g: Group) -> Statement:
    if g.treated and (g.role in ("named", "item") or g.describes):
        return stated(_NATURE, None, g.sentence.place, "the lesion is described as treated")
    return stated(_NATURE, g.nature, g.sentence.place)


def _of_another(g: Group, malignant: Sequence[Group]) -> bool:
    """Satellites of a liver cancer are no metastases to the liver; a bile duct cancer need not lie in the liver."""
    if g.nature == "icca":
        return _IN_LIVER.search(g.clause) is None
    satellite = g.nature == "metastasis" and re.search(r"\b(?:satellites?|intrahepatic)\b", g.before) is not None
    return satellite and any(x.nature in ("hcc", "icca") for x in malignant)


def _open(g: Group) -> bool:
    """Whether the mention leaves open what a lesion is."""
    unsure = g.assertion is Assertion.UNCERTAIN or (g.unsure and g.assertion is Assertion.AFFIRMED)
    return unsure and g.nature != "benign" and not g.resolved


def _hedged(g: Group) -> bool:
    return doubted(g.clause) and re.search(r"\btypical\b", g.clause) is None


def not_affirmed(groups: Sequence[Group]) -> list[Statement]:
    """Natures that are named and not affirmed, with how they are put."""
    return [
        stated(_NATURE, None, g.sentence.place, f"{g.noun}: {g.assertion.value}", g.assertion)
        for g in groups
        if g.nature in ("metastasis", "hcc", "icca") and g.assertion not in (Assertion.AFFIRMED, Assertion.NEGATED)
    ]
