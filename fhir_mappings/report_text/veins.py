"""The portal vein: open, thrombosed, with tumour in it, or described without certainty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fhir_mappings.report_text.assertion import assertion_at, earlier, of_family
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated
from fhir_mappings.report_text.topics import topic_clauses

__all__ = ["veins"]

_PORTAL = re.compile(
    r"\bportal(?:,? (?:and )?(?:hepatic|splenic|superior mesenteric|mesenteric|smv)(?: and superior mesenteric|"
    r" and mesenteric)?)? (?:veins?|venous (?:system|branch\w*)|vein\w*|vien|vasculature)\b|"
    r"\b(?:hepatic and portal veins)\b|\b(?:intrahepatic )?portal branch\w*|\btumor (?:in vein|"
    r"thromb\w+)"
)

_OPEN = re.compile(
    r"\b(?:patent|patency|open|free|perfused|opacif(?:y|ies|ied) (?:normally|well)|"
    r"fills? normally|normal(?: forward| hepatopetal| antegrade)? flow|hepatopetal flow|"
    r"unobstructed|permeable)\b"
)

_CLOT = re.compile(
    r"\b(?:thrombus|thrombos[ei]s|thrombosed|thrombotic|occlu(?:ded|sion|des)|tumor in vein|"
    r"filling defect|does not opacify|invasion|invades?|invaded|infiltrat\w+|extends? into|"
    r"extension into|no flow|thrombi)\b"
)

_TUMOR_CLOT = re.compile(
    r"\btumor (?:in vein|thromb\w+)|\b(?:enhancing|expansile|arteriali[sz]ed)(?: \w+){0,2} thromb\w+|"
    r"\b(?:invasion|invades?|invaded|extends? into|extension into)\b|\bby (?:the )?tumor\b"
)

_BLAND = re.compile(r"\b(?:bland|chronic|calcified|non-?enhancing|without enhancement|organi[sz]ed)\b")

_BRANCH = re.compile(r"\b(?:right|left|branch\w*|segmental|anterior|posterior|sectoral|peripheral|intrahepatic)\b")

_MAIN = re.compile(r"\b(?:main|trunk|stem|extrahepatic|truncal|confluence)\b")

_GONE = re.compile(
    r"\b(?:replaced by|recanali[sz]\w*|present on the (?:last|prior|previous)|resolved|"
    r"no longer|previously|disappeared|formerly|history of)\b"
)

_VAGUE_VEIN = re.compile(
    r"\b(?:definite|convincing|attenuated|narrow\w*|small calib\w+|thin|poorly|suboptimal\w*|"
    r"limited|not (?:well|reliably)|slow|sluggish|unopacified)\b"
)

_CAVERNOUS = re.compile(r"\bcavernous transformation|\bcavernoma\b")

_PARTS = re.compile(
    r"[;]|, (?=(?:the )?(?:main|right|left) (?:portal )?(?:vein|branch|trunk)\b[^,]{0,25}\b(?:patent|"
    r"open|free|throm|occl))|, (?!right|left|main|bland|chronic|tumor|occlu|calcified|"
    r"non-|hepatic|hv|splenic|superior|smv)|\band (?=(?:left|right|main) \w+ (?:patent|"
    r"open|throm|occl))|\bwhile\b|\bbut\b|\bwith (?=tumor|bland)"
)


def veins(sentences: Sequence[Sentence]) -> list[Statement]:
    """The portal vein. Thrombosis of one part outweighs that another is open; doubt gives no value."""
    liver_cancer = any(re.search(r"\bhcc\b|hepatocellular|cirrho|\blr-", s.words) for s in sentences)
    opened: list[Statement] = []
    closed: list[Statement] = []
    unclear: list[Statement] = []
    for s, clause, _ in topic_clauses(sentences, _PORTAL):
        if _CAVERNOUS.search(clause):
            unclear.append(
                stated(
                    "liver.pvt", None, s.place, "cavernous transformation: an older occlusion, its extent not stated"
                )
            )
            continue
        if _GONE.search(s.words):
            if re.search(r"\bcomplete recanali[sz]ation\b|\bbranches fill normally\b", s.words):
                opened.append(stated("liver.pvt", "none", s.place))
            continue
        for part in _PARTS.split(clause):
            if part and _PORTAL.search(part):
                _vein(s, part, liver_cancer, opened, closed, unclear)
    final = [x for x in closed if x.value == "main"] or closed
    if any(x.fact == "liver.pvt" and x.value for x in final):
        opened = [x for x in opened if x.why == "" and x.fact == "liver.pvt" and x.method == "denied"]
    return [*final, *([] if unclear and not final else opened), *unclear]


def _vein(
    s: Sentence,
    part: str,
    liver_cancer: bool,
    opened: list[Statement],
    closed: list[Statement],
    unclear: list[Statement],
) -> None:
    clot, free = _CLOT.search(part), _OPEN.search(part)
    if _VAGUE_VEIN.search(part) or of_family(part):
        unclear.append(
            stated("liver.pvt", None, s.place, "the portal vein is described without certainty", Assertion.UNCERTAIN)
        )
        return
    if clot is None:
        whole = (not _BRANCH.search(part) and not re.search(r"\bmain\b", part)) or re.search(
            r"\bbranches\b|\bbranch portal veins\b|\bright and left\b|\bleft and right\b|\bright, left\b", part
        )
        if (free and whole and assertion_at(part, free.start(), free.end()) is Assertion.AFFIRMED) or (
            whole and re.search(r"\bportal vein(?:s)?(?: is| are|:)? (?:regular|normal)(?:ly)?(?: perfused)?$", part)
        ):
            opened.append(stated("liver.pvt", "none", s.place))
        return
    put = assertion_at(part, clot.start(), clot.end())
    if earlier(s.words) and put is Assertion.AFFIRMED:
        put = Assertion.COMPARISON
    if put is Assertion.NEGATED:
        if re.search(r"\btumor (?:in vein|thromb)|\binvasion\b", part) and liver_cancer:
            opened.append(stated("liver.macrovascular_invasion", "none", s.place))
        if not _BRANCH.search(part) and re.search(r"\bportal\b", part):
            opened.append(Statement("liver.pvt", "none", s.place, method="denied"))
        return
    if put is not Assertion.AFFIRMED:
        unclear.append(stated("liver.pvt", None, s.place, f"portal vein: {put.value}", put))
        return
    if not re.search(r"\bportal\b", part) and not re.search(r"\bportal\b", s.words):
        return
    extent = "main" if _MAIN.search(part) else "branch" if _BRANCH.search(part) else None
    closed.append(
        stated("liver.pvt", extent, s.place, "" if extent else "portal vein thrombosis, its extent not stated")
    )
    if _TUMOR_CLOT.search(part) and not _BLAND.search(s.words) and liver_cancer and extent:
        closed.append(stated("liver.macrovascular_invasion", extent, s.place))
