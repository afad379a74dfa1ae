"""The parts of a report: which heading opens which part, and which parts speak of now.

A heading is a known name, on a line of its own or before a colon; other names before a colon are labels
("Liver: two lesions"), which say what a line is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

__all__ = ["Line", "Section", "label_in", "lines_of"]


class Section(StrEnum):
    """A part of a report, by what it is for."""

    BODY = "body"
    FINDINGS = "findings"
    IMPRESSION = "impression"
    ADDENDUM = "addendum"
    HISTORY = "history"
    COMPARISON = "comparison"
    TECHNIQUE = "technique"
    RECOMMENDATION = "recommendation"
    FAMILY = "family"

    @property
    def now(self) -> bool:
        """Whether the part states what this examination found."""
        return self in (Section.BODY, Section.FINDINGS, Section.IMPRESSION, Section.ADDENDUM)

    @property
    def concludes(self) -> bool:
        """Whether the part sums up."""
        return self in (Section.IMPRESSION, Section.ADDENDUM)


_NAMES: dict[Section, str] = {
    Section.ADDENDUM: r"(?:addend(?:um|a)(?: ?(?:no\.? ?|#)?\d)?(?:,? (?:to|after|on|of|by) .{1,40})?|"
    r"amend(?:ment|ed report)|correct(?:ion|ed report)|late entry|supplementa(?:l|"
    r"ry) report"
    r"|consultant(?: statement| review)?|attending(?: statement| note| review)?|staff(?: radiologist)?|"
    r"final(?: read| report)?)",
    Section.FAMILY: r"family (?:history|hx)",
    Section.HISTORY: (
        r"(?:relevant |brief |clinical |past |medical |oncolog(?:ic|ical|y) |surgical |"
        r"treatment |patient |pertinent ){0,6}"
        r"(?:history|hx|anamnesis)|(?:clinical )?(?:indications?|details|question|context|"
        r"data|problem|notes?)|clinical background"
        r"|(?:clinical|relevant) (?:information|info|summary|diagnosis)|clinical|referral(?: diagnosis|"
        r" question)?|request"
        r"|reason(?: for .{1,30})?|question|(?:pre-?operative|pre-?op) diagnosis|prior treatment|anamnese"
    ),
    Section.COMPARISON: r"comparisons?(?: (?:made )?(?:with|to|study|studies|exams?))?|compared (?:with|to)|priors?|"
    r"(?:prior|previous) (?:imaging|stud(?:y|ies)|exams?|examinations?|reports?|results?|"
    r"ct|mri?|scans?|biops(?:y|ies))",
    Section.TECHNIQUE: r"(?:scan |imaging |exam(?:ination)? )?(?:techniques?|protocol|procedure(?: details)?|"
    r"modality|exam(?:ination)?|"
    r"study|exam type|report type|contrast(?: agent| media)?|radiation dose|dose|"
    r"method(?:s|ology)?|limitations?|test description|assay(?: description| information)?"
    r"|specimens?(?: received| submitted| type| site)?|gross(?: description| examination)?|"
    r"disclaimer|references?|test performed|tests? ordered)",
    Section.RECOMMENDATION: r"recommend(?:ations?|ed)|plan|suggestions?|follow[ -]?up|next steps?|advice|"
    r"management|proposal",
    Section.IMPRESSION: (
        r"(?:(?:final |overall |diagnostic |ct |mri? )?(?:impressions?|imp|conclusions?|"
        r"concl|summary|assessment|opinion|interpretation"
        r"|(?:final |pathologic(?:al)? |histologic(?:al)? |integrated )?diagnos[ie]s|"
        r"in summary|in conclusion|bottom line|key findings|overall(?: response)?|result summary|"
        r"beurteilung|conclusie))"
    ),
    Section.FINDINGS: (
        r"(?:original|initial|first) report|(?:(?:imaging |radiolog(?:ical|ic) |ct |mri? )?(?:findings?|"
        r"results?|report|"
        r"description|narrative|body)(?: by region)?"
        r"|microscop(?:y|ic(?: description| findings)?)|comments?|discussion|immunohistochemistry|"
        r"ihc|molecular(?: (?:findings|results|studies|pathology))?|biomarkers?|befund)"
    ),
}
_HEADING = re.compile(
    "(?:" + "|".join(f"(?P<{section.name}>{names})" for section, names in _NAMES.items()) + r")(?: ?\([^()]{0,40}\))?"
)
_BULLET = re.compile(
    r"[ \t]{0,8}(?:[-*\u2022\u2023\u25cf\u25e6\u2013>o](?=[ \t])|\(?(?:\d{1,2}|[a-hA-H])[.)](?=[ \t]|$))[ \t]{0,4}"
)
_LABEL_LENGTH = 60
_NOT_IN_LABEL = re.compile(r"[\n;!?]|\.(?!\d)")
_DASHED = re.compile(r"[ \t]{0,12}(?P<label>[A-Za-z][A-Za-z ]{1,28}?) [-\u2013\u2014](?: |$)")
_INLINE = re.compile(
    r"(?<=[.;!?)\w] )(?=(?:FINDINGS|IMPRESSION|IMP|CONCLUSIONS?|COMPARISON|TECHNIQUE|"
    r"HISTORY|CLINICAL HISTORY|INDICATION|ADDENDUM|FINAL|ATTENDING|"
    r"RECOMMENDATIONS?|DIAGNOSIS|SUMMARY) ?:)"
    r"|(?<=[.;!?] )(?=(?:Findings|Impression|Imp|Conclusions?|Comparison|Technique|"
    r"Clinical history|History|Indication|"
    r"Addendum|Recommendations?|Diagnosis|Summary|Opinion|In summary|In conclusion|Follow-up) ?:)"
)
_GOES_ON = frozenset(
    "a an the of in to with and or at for by no on is are was were from measuring measures segment segments seg segs "
    "left right than up which that has have been without into not both as its x approximately about stable new hepatic "
    "liver portal now".split()
)
_LONG = 55


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: `start` and `end` in the text (label and bullet included), where its words begin, its part."""

    start: int
    end: int
    words_at: int
    section: Section
    title: str
    heading: str
    label: str
    numbered: bool


def lines_of(text: str) -> list[Line]:
    """The logical lines of a text with their parts: lines broken in mid-sentence are joined, headings consumed."""
    spans = list(_joined(text, list(_physical(text))))
    later_findings = _later(text, spans)
    lines: list[Line] = []
    section, title, heading, ends_at_break, blank = Section.BODY, "", "", False, False
    for start, end in spans:
        raw = text[start:end]
        if not raw.strip():
            blank = True
            continue
        bullet = _BULLET.match(raw)
        at = bullet.end() if bullet and bullet.end() < len(raw) else 0
        label, named, rest = _headed(raw, at)
        if (
            named is None
            and label.strip().lower() == "background"
            and not any(line.section.now for line in lines)
            and not title
        ):
            named = Section.HISTORY
        if named is not None:
            section, heading, label = named, "", ""
            ends_at_break = rest < len(raw.rstrip())
        elif rest and rest >= len(raw.rstrip()):
            heading, label = label.strip().lower(), ""
            title = title or heading
            if not section.now or (section is Section.IMPRESSION and bullet is None and blank):
                section = Section.BODY
        elif _closes(section, ends_at_break, blank, start < later_findings, bool(label)):
            section = Section.BODY
            heading = ""
        elif blank and heading and not bullet and not label:
            heading = ""
        blank = False
        if rest < len(raw.rstrip()):
            lines.append(Line(start, end, start + rest, section, title, heading, label.lower(), bullet is not None))
    return lines


def _closes(section: Section, inline: bool, blank: bool, findings_follow: bool, label: bool) -> bool:
    """Whether a part that does not speak of now ends before this line."""
    if section in (Section.TECHNIQUE, Section.COMPARISON):
        return inline or blank
    if section in (Section.HISTORY, Section.FAMILY, Section.RECOMMENDATION):
        return (blank or (label and inline)) and not findings_follow
    return False


def _physical(text: str) -> Iterator[tuple[int, int]]:
    """Lines by line end, and before a heading in mid-line."""
    at = 0
    for line in text.splitlines(keepends=True):
        cuts = [at, *(at + match.start() for match in _INLINE.finditer(line)), at + len(line)]
        for start, end in pairwise(cuts):
            if start < end:
                yield start, end
        at += len(line)


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Lines that a typist broke in mid-sentence, joined."""
    i = 0
    while i < len(spans):
        start, end = spans[i]
        while i + 1 < len(spans) and _goes_on(text[spans[i][0] : spans[i][1]], text[slice(*spans[i + 1])]):
            i += 1
            end = spans[i][1]
        yield start, end
        i += 1


def _goes_on(line: str, following: str) -> bool:
    body, after = line.rstrip(), following.strip()
    if not body.strip() or not after or body[-1] in ".!?" or _BULLET.match(following):
        return False
    if body[-1] in ":;" and not (
        after[0].islower() and len(body) >= _LONG - 10 and _indent(following) <= _indent(line)
    ):
        return False
    label = label_in(following, 0, len(following))
    if label is not None and not (
        after[0].islower()
        and (_breaks_off(body) or (len(body) >= _LONG - 10 and (len(label[0].split()) > 4 or not body.islower())))
    ):
        return False
    if _section(after) is not None:
        return False
    goes_down = after[0].islower() or after[0].isdigit() or re.match(r"[IVX]+[ab]?\b", after) is not None
    if _breaks_off(body) and (goes_down or len(body) >= 40):
        return _section(body.strip()) is None
    if "|" in body or (body.isupper() and len(body) < _LONG + 7) or _indent(following) > _indent(line) + 1:
        return False
    if len(body) >= _LONG:
        return True
    return after[0].islower() and len(body) > 25


def _breaks_off(body: str) -> bool:
    """Whether a line ends in a word or sign that cannot end a sentence."""
    return body[-1] in ",(/&+-" or body.rsplit(maxsplit=1)[-1].lower() in _GOES_ON


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def label_in(text: str, at: int, stop: int) -> tuple[str, int] | None:
    """The label that opens a line or sentence ("Liver:"), and where its colon ends; None when there is none."""
    while at < stop and text[at] in " \t":
        at += 1
    colon = text.find(":", at, min(stop, at + _LABEL_LENGTH))
    if colon <= at or not (text[at].isalpha() and text[at].isascii()):
        return None
    label = text[at:colon].rstrip()
    following = text[colon + 1 : min(stop, colon + 2)]
    plain = not following or following.isspace() or following.isupper() or following.isdigit() or following in "<>"
    return (label, colon + 1) if plain and _NOT_IN_LABEL.search(label) is None else None


def _headed(raw: str, at: int) -> tuple[str, Section | None, int]:
    """The label or heading that opens a line, the part a heading names, and where the words after it begin."""
    body = raw[at:].rstrip()
    found = label_in(raw, at, len(raw)) or _dashed(raw, at)
    if found is not None:
        label, after = found
        while after < len(raw) and raw[after] in " \t":
            after += 1
        return label, _section(label), after
    if len(body) <= 60 and body and body[-1] not in ".,;?!":
        named = _section(body.strip())
        if named is not None or _is_title(body.strip()):
            return body.strip(), named, len(raw)
    return "", None, at


def _dashed(raw: str, at: int) -> tuple[str, int] | None:
    """A heading before a dash: "Impression - stable disease"."""
    found = _DASHED.match(raw, at)
    if found is None or _section(found["label"]) is None:
        return None
    return found["label"].strip(), found.end()


def _section(name: str) -> Section | None:
    found = _HEADING.fullmatch(name.strip(" *_#=").lower()) if len(name) <= _LABEL_LENGTH else None
    return Section[found.lastgroup] if found is not None and found.lastgroup else None


_TITLES = re.compile(
    r"(?:the )?(?:liver|hepatobiliary|abdomen|chest|pelvis|thorax|lungs?|spleen|kidneys|peritoneum|bones?|skeleton|"
    r"lymph nodes|nodes|ascites|vessels|vasculature|biliary(?: tree| system)?|hepatic vasculature|"
    r"liver parenchyma|liver lesions|"
    r"extrahepatic|other|portal (?:vein|system)|bile ducts|fluid|lesions|veins|abdomen and pelvis)",
    re.IGNORECASE,
)


_RESULT = re.compile(
    r"[\d|+]|\b(?:detected|negative|positive|wild|retained|pending|mutations?|loss|"
    r"lost|intact|no|not|normal|absent|present|clear|"
    r"patent|metastas[ei]s|mets|lesions?|cirrhosis|ascites (?:mild|none)|proficient|"
    r"deficient|amplified|stable|type|cirrhotic|"
    r"massive|moderate|mild|omental)\b",
    re.IGNORECASE,
)


def _is_title(body: str) -> bool:
    """A line of its own that names what follows: an organ, or a few words in capitals."""
    letters = [c for c in body if c.isalpha()]
    if _TITLES.fullmatch(body):
        return True
    return len(letters) > 3 and body.upper() == body and len(body.split()) <= 6 and not _RESULT.search(body)


def _later(text: str, spans: list[tuple[int, int]]) -> int:
    """Where the last heading of a part with findings or a conclusion stands; 0 when there is none."""
    for start, end in reversed(spans):
        raw = text[start:end]
        named = _headed(raw, 0)[1]
        if named in (Section.FINDINGS, Section.IMPRESSION):
            return start
    return 0
