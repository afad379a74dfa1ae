"""One mention of lesions: its noun, number, role, and what the words around it say of it.

Benign things and treated zones own their sizes and segments, so that these never become a tumour's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fhir_mappings.report_text.assertion import assertion_at, doubted
from fhir_mappings.report_text.lesion_words import (
    ANATOMY,
    ARTICLE,
    DESCRIBES,
    LARGEST,
    MORE,
    NEW,
    NOUNS,
    ORDINAL,
    PART,
    REMOVED,
    RESOLVED,
    THE,
    TREATED,
    TREATED_SO,
    UNSURE,
    VAGUE,
)
from fhir_mappings.report_text.measures import COUNT, Size, count_value, segments_in, sizes_in
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion
from fhir_mappings.report_text.wording import NUMBER_WORDS

__all__ = ["Group", "Marks", "Nature", "Role", "marks_of", "mention"]

Nature = Literal["metastasis", "hcc", "icca", "lesion", "benign", "other"]
Role = Literal["total", "additional", "ordinal", "item", "part", "vague", "named"]
"""What a mention does for the number of lesions: states it, adds to it, is one of several, or only names a nature."""

_CLOSE = 45
_BREAKS = re.compile(
    r"[,;:()]|\b(?:and|with|in the|is|are|was|from|but|no|segments?|involv\w*|abut\w*|"
    r"near|adjacent|close|touch\w*|next)\b"
)
_BESIDE = re.compile(r"\b(?:vein|veins|cava|duct|ducts|surface|wall)\b")
_HEDGED_ADJECTIVE = re.compile(r"\b(?:highly )?suspicious\b|\bindeterminate\b|\bsuspected\b")
_DENYING = re.compile(r"\b(?:no|not|without|if|should|exclude|rule out|evaluate for|assess for)\b")
_NO_COUNT_BEFORE = re.compile(
    r"\b(?:segments?|grade|type|station|line|class|stage|part|cycles?|version|lesion|"
    r"target|observation|number \d|day|"
    r"level|bismuth|after|every|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) of (?:the )?|recist) $"
)
_NO_COUNT_BETWEEN = re.compile(r"[:;]|\b(?:lobes?|phase|images?|weeks?|months?|years?|cycles?)\b")
_COUNT_AFTER = re.compile(r",? (?=(?:at least|more than|greater than|over|>=?) )")
_COUNT_LISTED = re.compile(r": ?(\d{1,2}|[a-z]{3,6})(?=,| \(|$)")
_COUNT_TIMES = re.compile(r" ?(?:x ?|\(n ?= ?|n ?= ?)(\d{1,3})\b(?!\.\d)(?! ?(?:cm|mm|x))")
_ONLY = re.compile(r"\bthe (?:only|sole|single|one)\b")
_SOME_OF = re.compile(r"\b(?:largest|biggest|smaller|larger|of (?:the|these|those))\b")
_MASS = re.compile(r"\bdisease|burden|involvement|spread")
_IS_NEW = re.compile(r"\b(?:is|are) new\b")
_GONE = re.compile(r"\b(?:resolution|disappearance) of\b")


@dataclass(frozen=True, slots=True)
class Group:
    """One mention of one or several lesions, or of a benign thing; `liver`: whether it lies there, None if not said."""

    sentence: Sentence
    clause: str
    nature: Nature
    noun: str
    assertion: Assertion
    liver: bool | None
    role: Role
    count: tuple[int, str] | None = None
    plural: bool = False
    new: bool = False
    treated: bool = False
    resolved: bool = False
    unsure: bool = False
    largest: bool = False
    before: str = ""
    sizes: tuple[Size, ...] = ()
    segments: frozenset[str] = frozenset()
    describes: bool = False

    @property
    def tumour(self) -> bool:
        """Whether it is no benign thing."""
        return self.nature not in ("benign", "other")

    @property
    def current(self) -> bool:
        """Whether it is a lesion that is plainly in the liver now, not benign."""
        return (
            self.liver is True
            and self.tumour
            and self.assertion is Assertion.AFFIRMED
            and not self.resolved
            and not self.unsure
        )


@dataclass(frozen=True, slots=True)
class Marks:
    """What a clause holds: nouns, sizes and segments, each size and segment with the noun that owns it."""

    clause: str
    nouns: Sequence[re.Match[str]]
    sizes: Sequence[Size]
    segments: Sequence[tuple[str, int, int]]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where sizes and segments stand."""
        return [(s.start, s.end) for s in self.sizes] + [(s[1], s[2]) for s in self.segments]

    def sizes_of(self, index: int) -> tuple[Size, ...]:
        """The sizes of one noun."""
        return tuple(s for s in self.sizes if self._owner(s.start, s.end) == index)

    def segments_of(self, index: int) -> frozenset[str]:
        """The segments of one noun."""
        return frozenset(name for name, start, end in self.segments if self._nearest(start, end) == index)

    def _owner(self, start: int, end: int) -> int | None:
        """Which noun a size belongs to: the one it stands before, else the nearest before it."""
        following = next((i for i, noun in enumerate(self.nouns) if noun.start() >= end), None)
        if following is not None:
            noun = self.nouns[following]
            between = self.clause[end : noun.start()]
            crowded = any(end <= s.start < noun.start() for s in self.sizes)
            if len(between) <= _CLOSE and not _BREAKS.search(between) and not crowded:
                return following
        before = [i for i, noun in enumerate(self.nouns) if noun.end() <= start]
        if not before:
            return 0 if self.nouns and self.nouns[0].start() - end < 80 else None
        nearest = self.nouns[before[-1]]
        aside = nearest.lastgroup == "other" and len(before) > 1 and _BESIDE.search(nearest[0])
        return before[-2] if aside else before[-1]

    def _nearest(self, start: int, end: int) -> int:
        """Which noun a segment belongs to: the nearest, rather before than after a comma."""
        placed = [i for i, n in enumerate(self.nouns) if n.lastgroup != "other" or not ANATOMY.search(n[0])]

        def distance(i: int) -> int:
            noun = self.nouns[i]
            if noun.start() < end:
                return start - noun.end() + 1
            between = self.clause[end : noun.start()]
            return len(between) + (60 if re.search(r"[,;()]|\bno\b", between) else 0)

        return min(placed or range(len(self.nouns)), key=distance)


def marks_of(clause: str) -> Marks:
    """The nouns, sizes and segments of a clause."""
    return Marks(clause, list(NOUNS.finditer(clause)), sizes_in(clause), segments_in(clause))


def mention(marks: Marks, index: int, sentence: Sentence, liver: bool | None) -> Group:
    """The mention that one noun of a clause makes."""
    clause, noun = marks.clause, marks.nouns[index]
    start = marks.nouns[index - 1].end() if index else 0
    stop = marks.nouns[index + 1].start() if index + 1 < len(marks.nouns) else len(clause)
    before, after, all_before = clause[start : noun.start()], clause[noun.end() : stop], clause[: noun.start()]
    nature: Nature = noun.lastgroup  # type: ignore[assignment]
    describes = index > 0 and nature != "other" and DESCRIBES.search(before) is not None
    count = _count(marks, start, noun.start(), after)
    plural = _plural(noun[0])
    role = _role(before, count, plural, nature)
    if describes and count is None and role not in ("additional", "ordinal"):
        role = "named"
    return Group(
        sentence,
        clause,
        nature,
        noun[0],
        _existence(clause, noun, nature),
        liver,
        role,
        count,
        plural,
        new=NEW.search(before[-40:]) is not None or _IS_NEW.search(re.split(r"[,;]", after[:45])[0]) is not None,
        treated=any((TREATED.search(before[-40:]), TREATED_SO.search(all_before), TREATED.search(after[:160]))),
        resolved=any((RESOLVED.search(after), REMOVED.search(all_before), _GONE.search(before))),
        unsure=nature in ("lesion", "metastasis") and UNSURE.search(clause) is not None,
        largest=LARGEST.search(before) is not None or LARGEST.search(after[:70]) is not None,
        before=before,
        sizes=marks.sizes_of(index),
        segments=marks.segments_of(index),
        describes=describes,
    )


def _plural(noun: str) -> bool:
    if noun.endswith(("ses", "ies", "foci")):
        return True
    return noun.endswith("s") and not noun.endswith(("sis", "ss", "us", "is"))


def _existence(clause: str, noun: re.Match[str], nature: Nature) -> Assertion:
    """How the thing itself is put. A hedge about what a lesion is does not put the lesion itself in doubt."""
    put = assertion_at(clause, noun.start(), noun.end())
    if nature != "lesion" or put not in (Assertion.UNCERTAIN, Assertion.HYPOTHETICAL):
        return put
    near = _HEDGED_ADJECTIVE.sub(" ", clause[max(0, noun.start() - 30) : noun.start()])
    return put if doubted(near) or _DENYING.search(clause[: noun.start()]) else Assertion.AFFIRMED


def _count(marks: Marks, start: int, end: int, after: str) -> tuple[int, str] | None:
    """The number that belongs to a noun: before it, or right after it."""
    clause, spans = marks.clause, marks.spans
    found: tuple[int, str] | None = None
    for match in COUNT.finditer(clause, start, end):
        at, between = match.start("number"), clause[match.end() : end]
        if any(a <= at < b for a, b in spans) or end - at > 75:
            continue
        if _NO_COUNT_BEFORE.search(clause[:at]) or _NO_COUNT_BETWEEN.search(between):
            continue
        if match["number"].isdigit() and re.search(r"[(),]", between):
            continue
        found = count_value(match)
    return found or _count_after(after)


def _count_after(after: str) -> tuple[int, str] | None:
    if (opening := _COUNT_AFTER.match(after)) is not None:
        later = COUNT.match(after, opening.end())
        return count_value(later) if later is not None else None
    if (listed := _COUNT_LISTED.match(after)) is not None:
        number = NUMBER_WORDS.get(listed[1]) or (int(listed[1]) if listed[1].isdigit() else 0)
        if number:
            return number, ""
    times = _COUNT_TIMES.match(after)
    return (int(times[1]), "") if times is not None else None


def _role(before: str, count: tuple[int, str] | None, plural: bool, nature: Nature) -> Role:
    before = re.split(r"\b(?:no|without)\b", before)[-1]
    if ORDINAL.search(before) and not plural:
        return "ordinal"
    if count is not None:
        return _role_of_number(before)
    if MORE.search(before):
        return "additional"
    if VAGUE.search(before):
        return "vague"
    if PART.search(before):
        return "part"
    if plural or (nature == "metastasis" and _MASS.search(before)):
        return "part" if THE.search(before) else "vague"
    if ARTICLE.search(before) or NEW.search(before):
        return "item"
    return "part" if THE.search(before) else "named"


def _role_of_number(before: str) -> Role:
    if _ONLY.search(before):
        return "part"
    tail = before[max((m.start() for m in COUNT.finditer(before)), default=0) :]
    if _SOME_OF.search(tail):
        return "part"
    return "additional" if MORE.search(before) else "total"
