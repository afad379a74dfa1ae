"""Sentences and clauses of a report, with their place in its text.

A sentence ends at a full stop that is none of an abbreviation, a decimal or a list number; a clause at a semicolon or
at a word that turns the statement around ("but", "although"). Text that nobody punctuated is cut before words that
open a new statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fhir_mappings.report_text.sections import Line, Section, label_in, lines_of
from fhir_mappings.report_text.statements import Place
from fhir_mappings.report_text.wording import normal

__all__ = ["Sentence", "sentences_of"]

_LONGEST = 1_500
_END = re.compile(r"[.!?]+[\"')\]]?(?=\s|$)|(?<=[a-z]{3})\.(?=[A-Z][a-z]{2,}|No |A )")
_ABBREVIATIONS = frozenset(
    "approx ca cf vs dr prof mr mrs ms fig nos st e.g i.e eg ie incl resp rec diam seg segs segm dx hx rt lt art inf "
    "sup ant lat b.i.d u.s pat tel ext vol".split()
)
_SOMETIMES = frozenset("max min neg pos post med etc est mo yr yrs wk wks pt pts".split())
_LIST_NUMBER = re.compile(r"\s{0,4}\(?\d{1,2}\.")
_TURNS = re.compile(
    r"[;]|(?:,)? \b(?:but|however|although|though|whereas|while|yet|except(?: for|"
    r" that)?|apart from|aside from|other than|"
    r"in addition|and there (?:is|are|was|were)|and (?:the|its) \w+ (?:vein|veins|"
    r"lobe|liver|duct|ducts) (?:is|are|remains?))\b"
    r"|, (?:and )?(?:there (?:is|are)|the (?:main |left |right )?(?:portal|liver|"
    r"peritoneum|hepatic|spleen|lungs?|largest|remaining)\b)"
)
_OPENERS = (
    "no|there (?:is|are|has)|portal veins?|main portal|"
    "the (?:main|portal|liver|largest|left|right|spleen|remnant|lesion)|numerous|several|a few|multiple|impression|"
    "gallbladder|spleen|kidneys?|(?:left|right) lobe (?:clear|free)|"
    "liver shows?|esophageal|small volume|moderate ascites|disease progression|stable disease|partial response|"
    "the (?:sister|mother|father)|ct shows|diagnostic of|hepatopetal|sclerotic|pancreatic|double"
)
_NOT_AFTER = (
    "shows is are with has have there and or of in demonstrates but was were ct impression into to the by from right "
    "left main no involving involves near on"
).split()
_UNPUNCTUATED = re.compile(rf" (?=(?:{_OPENERS})\b)" + "".join(rf"(?<!\b{word} )" for word in _NOT_AFTER))
_WORDY = 70


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `words` is it in normal spelling; `label` and `heading` are what its line stands under.

    `clauses` are its parts, in order. `number` counts sentences, `line` counts lines.
    """

    place: Place
    words: str
    clauses: tuple[str, ...]
    section: Section
    title: str
    heading: str
    label: str
    number: int
    line: int
    unread: bool = False


def sentences_of(text: str) -> list[Sentence]:
    """All sentences of a text, in order. One longer than 1,500 characters is given without words: `unread`."""
    found: list[Sentence] = []
    for index, line in enumerate(lines_of(text)):
        label, section = normal(line.label), line.section
        for start, end in _spans(text, line):
            raw = text[start:end]
            own = label_in(raw, 0, len(raw))
            if start > line.words_at and own is not None:
                label = normal(own[0])
                section = _resumed(section, label)
            place = Place(raw, start, end)
            long = len(raw) > _LONGEST
            words = "" if long else normal(raw)
            heading = normal(line.heading)
            clauses = tuple(_clauses(words))
            found.append(
                Sentence(place, words, clauses, section, normal(line.title), heading, label, len(found), index, long)
            )
    return found


_MODALITY = re.compile(
    r"(?:ct|mri?|mrt|us|ultrasound|sonography|pet-?ct|doppler|current study|today|"
    r"this examination|answer)(?: .{0,30})?"
)
_ORGAN = re.compile(
    r"\b(?:liver|hepatic|lungs?|spleen|segment|kidneys?|abdomen|chest|ascites|portal vein|bones?|nodes)\b"
)


def _resumed(section: Section, label: str) -> Section:
    """A label in mid-line ends a part that does not speak of now: "Comparison: May. Segment 6: 21 mm"."""
    if section in (Section.COMPARISON, Section.TECHNIQUE) or (
        section in (Section.HISTORY, Section.FAMILY) and (_MODALITY.fullmatch(label) or _ORGAN.search(label))
    ):
        return Section.BODY
    return section


def _spans(text: str, line: Line) -> Iterator[tuple[int, int]]:
    """The sentences of one line. Its label, unless it names a part of the report, belongs to the first."""
    raw = text[line.start : line.end]
    start = line.words_at
    if line.label:
        at = raw.lower().find(line.label[:20])
        start = line.start + at if at >= 0 else start
    for match in _END.finditer(text, line.words_at, line.end):
        if match[0].startswith(".") and _abbreviated(text, start, match):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, line.end)


def _abbreviated(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation or a list number."""
    if _LIST_NUMBER.fullmatch(text, start, match.end()):
        return True
    before = text[max(start, match.start() - 8) : match.start()].replace("(", " ").split()
    word = before[-1].lower() if before else ""
    following = text[match.end() : match.end() + 3].strip()[:1]
    if word == "no":
        return following.isdigit()
    if word in _SOMETIMES:
        return following.isdigit() or following.islower()
    return word in _ABBREVIATIONS or (word in ("r", "l") and following.islower())


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and (text[start].isspace() or text[start] in "-*\u2022"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _clauses(words: str) -> Iterator[str]:
    for part in _cut(words, _TURNS):
        if len(part) > _WORDY and part.count(",") + part.count(":") < len(part) // 90:
            yield from _cut(part, _UNPUNCTUATED)
        else:
            yield part.rstrip(" .,")


def _cut(words: str, pattern: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in pattern.finditer(words):
        if words[start : match.start()].strip():
            yield words[start : match.start()].strip()
        start = match.start() + (1 if match[0] in (";",) else 0)
    if words[start:].strip():
        yield words[start:].strip(" ,.")
