"""Sizes, numbers of things and liver segments in a clause.

A size belongs to now, to an earlier scan, or is no size of a thing at all (a change, a distance, a slice).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fhir_mappings.report_text.wording import DATE, NUMBER_WORDS

__all__ = ["COUNT", "Size", "count_value", "lobes_of", "segments_in", "sizes_in"]

When = Literal["now", "earlier", "other"]


@dataclass(frozen=True, slots=True)
class Size:
    """The longest of up to three diameters, in cm. `bound` is "<" or ">" for "under 1 cm", "over 5 cm"."""

    cm: Decimal
    start: int
    end: int
    when: When
    bound: Literal["", "<", ">"] = ""


_NUMBER = r"\d{1,3}(?:\.\d{1,2})?|\.\d{1,2}"
_SIZE = re.compile(
    rf"(?<![\d./@])(?P<a>{_NUMBER})(?: ?(?P<ua>cm|mm)\b)?"
    rf"(?:(?P<by> ?(?:x|by) ?)(?P<b>{_NUMBER})(?: ?(?P<ub>cm|mm)\b)?)?"
    rf"(?: ?(?:x|by) ?(?P<c>{_NUMBER})(?: ?(?P<uc>cm|mm)\b)?)?(?![\d/])"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:suv(?:max)?|hu|adc|ratio|stiffness|score|grade|level|sum|age|aged|cea|"
    r"afp|ki-?67)[ :=]{0,3}(?:max |of |is )?$"
)
_JOINED = re.compile(r" ?(?:->|=>|-|to|and|,|\+|&|or|, and|,? respectively,?) ?")
_EARLIER_BEFORE = re.compile(
    r"(?:previous(?:ly)?|prior(?:ly)?|former(?:ly)?|earlier|was|were|had been|from|"
    r"form|compared (?:to|with)|versus|vs\.?|against|"
    rf"baseline|initial(?:ly)?|original(?:ly)?|before|not|instead of|rather than|last (?:scan|time|exam|ct|mri|"
    rf"study)|old|nadir|than|in {DATE}|{DATE})"
    r"(?: (?:measured|measuring|was|were|at|of|up to|size|value|it|being|about|approximately|"
    r"the|prior|examination|exam|study|scan|lesion|mass|now|:|=)|[ ,(:=~]){0,9}$"
)
_EARLIER_AFTER = re.compile(
    rf"^[ ,(]*(?:previously|prior(?:ly)?|before(?! contrast)|earlier|formerly|initially|"
    rf"at baseline|on (?:the )?(?:prior|previous|last|{DATE})|(?:in |of )?{DATE})\b(?! not\b)"
)
_OLD_THEN_NEW = re.compile(r"^ ?(?:->|to|=>) ?$")
_RANGE = re.compile(r"\b(?:rang\w{2,4}|var\w{3,5}|between|sizes?|from)(?: in size)?(?: from| between)? ?$")
_CHANGING = re.compile(
    r"\b(?:decreas\w+|increas\w+|reduc\w+|grown?|grew|growing|enlarg\w+|shr[aiu]nk\w*|"
    r"declin\w+|progress\w*|regress\w*|chang\w+|contract\w+|diminish\w+|went|gone|"
    r"down|up|smaller|larger|has)\b"
)
_CHANGE_BEFORE = re.compile(
    r"\b(?:increase|decrease|growth|change|reduction|grown|increased|decreased|shrunk|"
    r"difference|enlarged|reduced|plus|minus)(?: \w+){0,2} (?:by|of)(?: about| approximately)? ?$|"
    r"\bby(?: about)? ?$"
)
_NO_SIZE_BEFORE = re.compile(
    r"\b(?:within|slice|slices|section|sections|collimation|thickness|interval|margins?(?: of)?|"
    r"distance(?: of)?|plane of|lies|located|lying|situated|depth of|abut\w*[a-z ]{0,40} over|"
    r"contact[a-z ]{0,50} (?:over|of)|"
    r"length of|span(?: of)?|duct(?: measures| measuring| is| diameter| of|,)?(?: only)?|"
    r"vein(?: measures| measuring| is| diameter(?: of)?)|calib(?:er|re)(?: of)?|dilat\w+ (?:to|"
    r"up to)|wall(?: of)?|short axis(?: of)?|beyond|shift of|"
    r"(?:liver|spleen|gland|organ|craniocaudal) (?:measures|measuring|size(?: of)?|"
    r"is|span)|>|aort\w+[:,]?|stone|calculus|calculi|enlarged to|volume of|at|spleen) ?(?:about |"
    r"approximately |up to )?$"
)
_NO_SIZE_AFTER = re.compile(
    r"^ ?(?:slices?|sections?|collimation|thick|reconstructions?|margin|away|from (?!\d)|"
    r"below the|above the|to the|distal|proximal|deep|cranial|caudal|inferior|superior|"
    r"medial|lateral|anterior|posterior|off|short axis|steps?|increments?|"
    r"distance|without (?:touch|contact)|dilat|stones?|calculus|length|longer|over|"
    r"increase|decrease|growth|change|of (?:the )?(?:hepatic|portal|main|right|left|"
    r"confluence|bile))"
)
_BELOW = re.compile(r"(?:less than|<=?|under|below|smaller than|not exceeding|sub-?) ?$")
_ABOVE = re.compile(r"(?:greater than|more than|larger than|(?<!-)>=?|over|exceeding|at least|beyond) ?$")
_LEAST = re.compile(r"\b(?:sub-?centimet(?:er|re|ric)|sub-?cm)\b")
_WINDOW = 60


def _raw_sizes(clause: str) -> list[tuple[Decimal, int, int]]:
    """Every size with a unit, and unit-less numbers joined to one ("8-12 mm", "11 and 8 mm"); longest diameter."""
    taken = [(start, end) for _, start, end in segments_in(clause)]
    matches = [m for m in _SIZE.finditer(clause) if m["a"] and not any(a <= m.start() < b for a, b in taken)]
    found: list[tuple[Decimal, int, int]] = []
    unit = ""
    following: re.Match[str] | None = None
    for m in reversed(matches):
        own = m["uc"] or m["ub"] or m["ua"]
        if own is None:
            joined = following is not None and _JOINED.fullmatch(clause[m.end() : following.start()]) is not None
            if not unit or not joined or m["by"] or _OTHER_NUMBER.search(clause[: m.start()]):
                following, unit = None, ""
                continue
            own = unit
        parts = [(m["a"], m["ua"] or own), (m["b"], m["ub"] or own), (m["c"], own)]
        cms = [Decimal(n) / (10 if u == "mm" else 1) for n, u in parts if n]
        found.append((max(cms), m.start(), m.end()))
        following, unit = m, own
    return found[::-1]


def sizes_in(clause: str) -> list[Size]:
    """Every size of a clause, in order, and when it was measured."""
    raw = _raw_sizes(clause)
    sizes: list[Size] = []
    for index, (cm, start, end) in enumerate(raw):
        previous_end = raw[index - 1][2] if index else 0
        next_start = raw[index + 1][1] if index + 1 < len(raw) else len(clause)
        before = clause[max(previous_end, start - _WINDOW) : start]
        after = clause[end : end + _WINDOW]
        joins_next = index + 1 < len(raw) and _OLD_THEN_NEW.match(clause[end:next_start]) is not None
        when = _when(clause[:start], before, after, joins_next, index, next_start - end)
        if when == "now" and sizes and sizes[-1].when == "earlier" and _AND.fullmatch(clause[previous_end:start]):
            if not joins_next and not _TODAY.match(after) and not _WENT.search(clause[:previous_end]):
                when = "earlier"
        bound: Literal["", "<", ">"] = "<" if _BELOW.search(before) else ">" if _ABOVE.search(before) else ""
        sizes.append(Size(cm, start, end, when, bound))
    sizes += [Size(Decimal(1), m.start(), m.end(), "now", "<") for m in _LEAST.finditer(clause)]
    return sizes


_WENT = re.compile(r"(?:->|\bfrom [\d. xcm]{1,20} to )[\d. xcm]{1,20}$")
_TODAY = re.compile(r"[ ,(]{0,3}(?:now|today|currently|at present)\b(?!:? ?\d)")
_LOBE_SIZE = re.compile(
    r"^(?:the )?(?:left |right |caudate )?(?:hepatic )?lobe (?:measures|measuring|" r"is|of)\b[^,;]*$"
)
_AND = re.compile(r" ?(?:\([^()]{0,20}\) ?)?(?:and|,|/|&|\+|, and) ?")


def _when(all_before: str, before: str, after: str, joins_next: bool, index: int, gap: int) -> When:
    if _CHANGE_BEFORE.search(before) or _LOBE_SIZE.search(all_before):
        return "other"
    if (
        joins_next
        and _CHANGING.search(all_before[-_WINDOW:])
        and not re.search(r"\b(?:rang|vary|varie)\w*", all_before[-_WINDOW:])
    ):
        return "earlier"
    if joins_next and after[:gap].strip() in ("->", "=>"):
        return "earlier"
    called = _EARLIER_AFTER.match(after)
    if called is not None and not re.match(r"[^),.;\d]{0,25}\d", after[called.end() :]):
        return "earlier"
    if _NO_SIZE_AFTER.match(after) or _NO_SIZE_BEFORE.search(before):
        return "other"
    if _TODAY.match(after):
        return "now"
    if _EARLIER_BEFORE.search(before) and not _BELOW.search(before) and not _ABOVE.search(before):
        return (
            "now" if _RANGE.search(before) and not _CHANGING.search(all_before[-_WINDOW:]) and joins_next else "earlier"
        )
    if re.search(rf"{DATE}[^,;()]{{0,25}}$", before) and index == 0 and re.search(rf"{DATE}|today|now", after[:gap]):
        return "earlier"
    return "now"


_WORDS = "|".join(NUMBER_WORDS)
COUNT = re.compile(
    rf"(?<![\w./@-])(?:(?P<bound>at least|more than|greater than|over|>=|>|less than|"
    rf"fewer than|up to|about|approximately|approx\.?|around|some|nearly|almost|roughly|"
    rf"a minimum of|minimum of|no fewer than|=) ?)?"
    rf"(?P<number>\d{{1,3}}(?![\d./%]| ?(?:cm|mm|x|-|%|percent|percents|years?|y|yr|"
    rf"weeks?|months?|days?|hu|ml|cc|phase|h|min|st|nd|rd|th|-?fold)\b)|{_WORDS}|solitary|"
    rf"single|sole|dozen|both)\b"
    rf"(?P<range> ?(?:-|to|or) ?(?:\d{{1,3}}|{_WORDS})\b(?! ?(?:cm|mm)))?"
)
"""A number of things, with its bound; a number with a unit is none."""


def count_value(match: re.Match[str]) -> tuple[int, str] | None:
    """The number and "" or a comparator; None when it is only an estimate."""
    bound = (match["bound"] or "").strip(" .")
    if match["range"] or bound in (
        "about",
        "approximately",
        "approx",
        "around",
        "some",
        "nearly",
        "almost",
        "roughly",
        "up to",
        "less than",
        "fewer than",
    ):
        return None
    word = match["number"]
    if word == "dozen":
        return None
    number = (
        2
        if word == "both"
        else 1
        if word in ("solitary", "single", "sole")
        else int(word)
        if word.isdigit()
        else NUMBER_WORDS[word]
    )
    comparator = (
        ">="
        if bound in ("at least", ">=", "a minimum of", "minimum of", "no fewer than")
        else ">"
        if bound in ("more than", "greater than", "over", ">")
        else ""
    )
    return number, comparator


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_SEGMENT = r"(?:viii|vii|vi|iv|v|iii|ii|i|[1-8]|one|two|three|four|five|six|seven|eight)(?: ?[ab])?"
_SEGMENTS = re.compile(
    rf"\bsegments?(?: (?:nos?\.?|number|numbers))? ?(?P<list>{_SEGMENT}\b(?! ?(?:cm|"
    rf"mm|x ?\d)\b)(?!\.\d)(?:(?P<sep>(?: ?\([^()]{{0,30}}\))? ?(?:,|/|and|&|\+|-|"
    rf"to|or|, and|as well as) ?)(?:the )?(?:segment )?{_SEGMENT}\b(?! ?(?:cm|mm|x ?\d|"
    rf"metast|lesion)\b)(?!\.\d)(?:\([^()]{{0,30}}\))?){{0,7}})"
)
_LATE = re.compile(
    r"(?:metastas[ei]s|lesions?), (?P<list>(?:viii|vii|vi|iva?b?|v|iii|ii|i[ab]?)(?: ?(?:\+|"
    r",|and|&|/) ?(?:viii|vii|vi|iva?b?|v|iii|ii|i[ab]?)){0,6})\b(?! ?\d)"
)
_ONE = re.compile(rf"(?<![a-z\d]){_SEGMENT}(?![a-z\d])(?! ?(?:cm|mm)\b)")
_INSIDE = re.compile(r"\([^()]{0,30}\)")


def segments_in(clause: str) -> list[tuple[str, int, int]]:
    """Couinaud segments named, as 1 to 8, 4a or 4b, each with its place. A size after a segment is no segment."""
    found: list[tuple[str, int, int]] = []
    for match in (*_SEGMENTS.finditer(clause), *_LATE.finditer(clause)):
        base = match.start("list")
        words = _INSIDE.sub(lambda m: " " * len(m[0]), match["list"])
        names = [(_segment(one[0]), base + one.start(), base + one.end()) for one in _ONE.finditer(words)]
        spans = list(_spanned(names, words, base))
        found.extend(spans)
    return found


def _spanned(names: list[tuple[str, int, int]], words: str, base: int) -> Iterator[tuple[str, int, int]]:
    for index, (name, start, end) in enumerate(names):
        yield name, start, end
        if index + 1 < len(names):
            between = words[end - base : names[index + 1][1] - base].strip()
            if between in ("to", "-") and name[0].isdigit() and names[index + 1][0][0].isdigit():
                for number in range(int(name[0]) + 1, int(names[index + 1][0][0])):
                    yield str(number), start, end


def _segment(word: str) -> str:
    word = word.replace(" ", "")
    suffix = word[-1] if word[-1] in "ab" and len(word) > 1 else ""
    stem = word[: len(word) - len(suffix)] if suffix else word
    stem = _ROMAN.get(stem) or (str(NUMBER_WORDS[stem]) if stem in NUMBER_WORDS else stem)
    return stem + (suffix if stem == "4" else "")


def lobes_of(segments: frozenset[str]) -> frozenset[str]:
    """The lobes that segments lie in: left for 2 to 4, right for 5 to 8; the caudate lobe is neither."""
    return frozenset("left" if s[0] in "234" else "right" for s in segments if s[0] in "2345678")
