"""One spelling for what hospitals write in many: blanks, dashes, decimal commas, short forms, dates, image numbers.

The result is for matching only. What is quoted is always the report's own text.
"""

from __future__ import annotations

import re

__all__ = ["DATE", "NUMBER_WORDS", "normal"]

DATE = "@date"
"""What stands in place of every date."""

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip

_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_WORDED = "|".join(NUMBER_WORDS)
_SIGNS = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u00d7": "x", "~": " ",
     "\u2265": ">=", "\u2264": "<=", "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ",
     "\u2192": "->", "_": " ", "\u2022": " ", "\u00bd": ".5", "*": " "}
)  # fmt: skip
_SPACES = re.compile(r"\s+")
_IMAGE = (
    r"\(?\b(?:series|se|ser|images?|imgs?|im|slices?)[ .:#]{0,3}\d{1,4}"
    r"(?: ?[/,-] ?(?:images?|imgs?|im|slices?)? ?[.:#]? ?\d{1,4})?(?:,? ?(?:images?|im|img)[ .:#]{0,3}\d{1,4})?\b\)?"
)
_VERTEBRA = (
    r"\b(?:[ctl]\d{1,2}|s1)(?:[-/ ](?:[ctls]?\d{1,2}))?\b(?= (?:vertebra|body|hemangioma|haemangioma|fracture|root|"
    r"compression|level|lesion|metast|lytic|sclerotic|osteo))|\b[tl]\d{1,2}/[tls]?\d{1,2}\b"
)
_NO_VERB = r"(?<!has )(?<!have )(?<!are )(?<!is )(?<!was )(?<!were )(?<!been )(?<!criteria )(?<!be )"
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (_IMAGE, " "),
        (r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b(?! ?(?:cm|mm))", f" {DATE} "),
        (r"\b(?:19|20)\d{2}-\d{2}(?:-\d{2})?\b", f" {DATE} "),
        (rf"\b\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?(?:{_MONTHS})\b\.?(?:,? (?:19|20)\d{{2}}\b)?", f" {DATE} "),
        (rf"\b(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}}\b", f" {DATE} "),
        (rf"\b(?:{_MONTHS}),? (?:19|20)\d{{2}}\b", f" {DATE} "),
        (rf"\b(in|since|from|of|last) (?:{_MONTHS})\b", rf"\1 {DATE}"),
        (r"\b[0-3]?\d/[01]\d\b(?! ?(?:cm|mm))", f" {DATE} "),
        (r"\b(?:in|since|from|of|until|before) (?:19|20)\d{2}\b", f" {DATE} "),
        (_VERTEBRA, " @vertebra "),
        (r"(?<=\d),(?=\d{1,2} ?(?:cm|mm|x|by|to|-|und|bis|\(|\)|$))", "."),
        (r"(?<=\d),(?=\d (?:to|x|-))", "."),
        (rf"\b(\d|{_WORDED}) point (\d|{_WORDED}) ?(?=cm|centimet)", r"\1 . \2 "),
        (r"(?<=\d) 1/2(?= ?(?:cm|inch))", ".5"),
        (r"\bcentimet(?:er|re)s?\b", "cm"),
        (r"\bmillimet(?:er|re)s?\b", "mm"),
        (r"(?<=\d) ?(cm|mm)s?\b\.?(?=[ ,;:)/.x]|$)", r" \1"),
        (r"\bw/o\b", "without"),
        (r"\bc/w\b", "consistent with"),
        (r"\bw/(?=\w| )", "with "),
        (r"\bs/p\b", "status post"),
        (r"\bh/o\b", "history of"),
        (r"\br/o\b", "rule out"),
        (r"\bf/u\b", "follow-up"),
        (r"\bmpv\b", "main portal vein"),
        (r"\brpv\b", "right portal vein"),
        (r"\blpv\b", "left portal vein"),
        (r"\bpvt\b", "portal vein thrombosis"),
        (r"\bpv\b", "portal vein"),
        (r"\bhvs?\b", "hepatic veins"),
        (r"\bcbd\b", "common bile duct"),
        (r"\bivc\b", "inferior vena cava"),
        (r"\bff\b", "free fluid"),
        (r"\b(?:rt|r)\.? (?=lobe|hepatic|portal|hemi|hepatectomy|liver|branch)", "right "),
        (r"\b(?:lt|l)\.? (?=lobe|hepatic|portal|hemi|hepatectomy|liver|branch|lateral)", "left "),
        (r"\bsegm?e?m?e?nt(?=s?\b)|\bsegm?\.?(?=s? |s?\b)(?!me)", "segment"),
        (r"\bsegments?\.(?= ?[ivx\d])", "segment"),
        (r"\bfili(?:a|ae|as)\b", "metastases"),
        (r"\bmetast(?:at)?i[sz]ation\b", "metastases"),
        (r"\bmet[aeo]?s?t[aeo]?s?t?[aei]?s[ei]s\b(?<!metastases)(?<!metastasis)", "metastasis"),
        (rf"{_NO_VERB}\bmets\b", "metastases"),
        (rf"{_NO_VERB}\bmet\b(?! (?:the|criteria|with|all|by))", "metastasis"),
        (r"\bhaem", "hem"),
        (r"\boedema", "edema"),
        (r"\bhemangiomata\b", "hemangiomas"),
        (r"\btumour", "tumor"),
        (r"\blarges(?:t|)\b|\blargets\b", "largest"),
        (r"\bfnh\b", "focal nodular hyperplasia"),
    )
)
_BEFORE = re.compile(
    r"\((?:then|previously|formerly|before|prior|was|were|earlier|compared (?:to|with))\b[^()\d]{0,40}\d[^()]{0,30}\)"
)
"""An aside about an earlier scan: it says nothing of now."""
_SHORT_SEGMENT = re.compile(r"\bs([2-8][ab]?)\b(?!\.\d)")
_LISTED = re.compile(r"^\(?\d{1,2}[.)] ?(?=[a-z])")
_WORDED_SIZE = re.compile(rf"\b({_WORDED})(?= ?(?:cm|mm)\b)")
_WORDED_POINT = re.compile(rf"\b(\d|{_WORDED}) \. (\d|{_WORDED}) (?=cm)")


def _digit(word: str) -> str:
    return word if word.isdigit() else str(NUMBER_WORDS[word])


def normal(text: str) -> str:
    """A sentence in lower case with one spelling for each thing."""
    if not text:
        return ""
    words = _SPACES.sub(" ", text.translate(_SIGNS).lower()).strip()
    words = _BEFORE.sub(" ", words)
    for pattern, replacement in _STEPS:
        words = pattern.sub(replacement, words)
    if "liver" in words or "hepat" in words:
        words = _SHORT_SEGMENT.sub(r"segment \1", words)
    words = _LISTED.sub("", words)
    words = _WORDED_POINT.sub(lambda m: f"{_digit(m[1])}.{_digit(m[2])} ", words)
    words = _WORDED_SIZE.sub(lambda m: _digit(m[1]), words)
    return _SPACES.sub(" ", words).strip()
