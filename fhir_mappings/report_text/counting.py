"""How many liver lesions a report states. In doubt no number: a wrong one is worse than none (ER-26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from eligibility.facts import Bound, Scalar
from fhir_mappings.report_text.assertion import earlier, of_family
from fhir_mappings.report_text.lesion_words import ordinal_in, site_of
from fhir_mappings.report_text.measures import COUNT, count_value
from fhir_mappings.report_text.mentions import Group
from fhir_mappings.report_text.natures import Absence
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated
from fhir_mappings.report_text.wording import NUMBER_WORDS

__all__ = ["counts", "of_many"]

_FACT = "liver.lesion_count"
_ADDED_UP = "added up from single mentions"
_NO_NUMBER = "lesions named without a number"
_UNCLEAR_NUMBER = "further lesions named without a clear number"
_TREATED_TOO = "treated and untreated lesions are listed; which count is not stated"
_OPENS_TOTAL = re.compile(
    r"(?:\btotal(?: count| number)?(?: of)?(?: (?:liver|hepatic|metastases|lesions|is|now|therefore|of)){0,6}:? ?|"
    r"\bnumber(?: of (?:liver |hepatic )?(?:metastases|lesions))?: |\baltogether (?:there are )?|\bin total,? |"
    r"\b(?:metastases|lesions)(?: are| have increased| increased)?(?: in number)?,? now |"
    r"\b(?:formerly|previously) \d{1,2},? now |(?:^|[,;:] )all )$"
)
_CLOSES_TOTAL = re.compile(
    r" ?(?:in (?:total|all|toto|number)|altogether|(?:in all|of them) remain|"
    r"(?:are|remain) (?:visible|metastases|present|in number))"
)
_NOT_LESIONS = re.compile(
    r" ?(?:cm|mm|x|%|cycles?|weeks?|months?|of the|lobes?|nodes?|lung|pulmonary|cysts?|segments?|phases?)\b"
)
_CLOSED = re.compile(
    r"\bno (?:other|others|further|additional|more|second|third|fourth|fifth|sixth)\b|"
    r"\b(?:further|other|additional)(?: focal)? lesions? (?:is|are) not\b|\bnone elsewhere\b|"
    r"\bremaining liver is free\b|\bonly lesion\b|\bsole lesion\b|\bno others\b"
)
_ELLIPSIS = re.compile(
    r"\banother (?:one )?(?:in|within|at|of|measur\w+)\b|"
    r"\b(?:one|two|three|four|several|some) (?:more|others|further)\b|(?<!no )\bothers\b"
)
_BY_LOBE = re.compile(
    r"\b(\w{1,6}) (?:metastases |lesions |deposits )?in the (left|right)(?: hepatic| liver)? lobe,?(?: and)? "
    r"(\w{1,6}) (?:metastases |lesions |deposits )?in the (left|right)\b"
)
_ONE_EACH = re.compile(r"\bone (?:\([^)]{1,12}\) )?(?:in|within|at|of) (?:the )?(?:segment|left|right|caudate)")
_IN_A_LOBE = re.compile(rf"\b({'|'.join(NUMBER_WORDS)}|\d{{1,2}}) in the (?:left|right)\b")
_ONE_SIDE = re.compile(r"\b(?:left|right)(?: hepatic| liver)? lobe\b")
_THESE = re.compile(r"\b(?:the|these|those|known|of|all|both|new) (?:\w+ )?$")
_REST = re.compile(r"\b(?:other|others|remaining|rest)\b")
_MANY = re.compile(r"\b(?:multiple|numerous|several|innumerable|many|few)\b")
_BEYOND_COUNTING = re.compile(r"\b(?:numerous|innumerable|countless|several|uncountable)\b")


def counts(
    sentences: Sequence[Sentence], groups: Sequence[Group], current: Sequence[Group], none: Sequence[Absence]
) -> list[Statement]:
    """The number of liver lesions: of the conclusion, else of the findings; two that differ are both given."""
    if not current:
        return _none_counted(groups, none)
    grand = _grand_total(sentences, current)
    if grand is not None:
        return [grand]
    mixed = any(g.nature == "benign" and g.count is not None for g in groups)
    closed = any(_CLOSED.search(c) for s in sentences for c in s.clauses)
    said = [s for t in _tiers(current) if t and (s := _tier(t, closed, mixed)) is not None]
    valued = [s for s in said if s.value is not None]
    if len(valued) == 2 and valued[0].value != valued[1].value and valued[1].why:
        valued = valued[:1]
    if none and any(isinstance(s.value, Decimal) for s in valued) and all(s.place != none[0].place for s in valued):
        valued.append(stated(_FACT, Decimal(0), none[0].place, "the report also names liver lesions"))
    return valued or said[:1]


def _tiers(current: Sequence[Group]) -> list[list[Group]]:
    """The mentions of the conclusion and those of the rest; a conclusion that only picks out one lesion leads not."""
    tiers = [
        [g for g in current if g.sentence.section.concludes],
        [g for g in current if not g.sentence.section.concludes],
    ]
    numbered = [any(g.role in ("total", "ordinal") for g in t) for t in tiers]
    single = [[g for g in t if g.role in ("item", "additional")] for t in tiers]
    picked = all(g.role in ("item", "part", "named") or g.describes for g in tiers[0])
    unplaced = not any(g.segments or g.sizes for g in single[0])
    if (numbered == [False, True] and picked) or (all(single) and not any(numbered) and unplaced):
        tiers[0] = []
    return tiers


def _none_counted(groups: Sequence[Group], none: Sequence[Absence]) -> list[Statement]:
    if none:
        doubtful = any(g.assertion is Assertion.UNCERTAIN and g.nature == "metastasis" for g in groups)
        why = "a metastasis is not excluded elsewhere in the report" if doubtful else ""
        return [stated(_FACT, Decimal(0), none[-1].place, why, also=[a.place for a in none])]
    settled = (Assertion.AFFIRMED, Assertion.NEGATED)
    gone = [g for g in groups if g.resolved and g.assertion in settled and g.nature in ("metastasis", "lesion")]
    if gone and len(gone) == len([g for g in groups if g.tumour]):
        why = "lesions named as resolved; that none is left is not stated"
        return [stated(_FACT, None, gone[0].sentence.place, why)]
    return []


def _value(count: tuple[int, str]) -> Scalar:
    number, comparator = count
    if comparator == ">":
        return Bound(">", Decimal(number))
    return Bound(">=", Decimal(number)) if comparator == ">=" else Decimal(number)


def _grand_total(sentences: Sequence[Sentence], current: Sequence[Group]) -> Statement | None:
    """A number that says it is the whole: "three in all", "total count: two", "now more than 15"."""
    own = {g.sentence.number for g in current}
    near = own | {n + d for n in own for d in (1, 2, 3)}
    found = [
        (s, value)
        for s in sentences
        if s.number in near or (s.words.startswith("number") and s.number >= min(own) - 2)
        for value in _totals_in(s)
    ]
    if not found:
        return None
    last, value = found[-1]
    if len({v for _, v in found}) > 1 and not last.section.concludes:
        return stated(_FACT, None, last.place, "several totals are given")
    return stated(_FACT, _value(value), last.place)


def _totals_in(s: Sentence) -> Iterable[tuple[int, str]]:
    if site_of(s.words) is False:
        return
    for clause in s.clauses:
        if earlier(clause) or of_family(clause):
            continue
        for m in COUNT.finditer(clause):
            rest = clause[m.end() :]
            says_so = _OPENS_TOTAL.search(clause[: m.start()]) or _CLOSES_TOTAL.match(rest)
            if not says_so or m["number"] in ("both", "single", "sole", "solitary") or _NOT_LESIONS.match(rest):
                continue
            if (value := count_value(m)) is not None:
                yield value


def _tier(groups: Sequence[Group], closed: bool, mixed: bool) -> Statement | None:
    """The number that one part of the report gives."""
    totals = [g for g in groups if g.role == "total" and g.count is not None]
    ordinals = [g for g in groups if g.role == "ordinal"]
    more = [g for g in groups if g.role == "additional"]
    vague = [g for g in groups if g.role == "vague" and not g.describes]
    items = _distinct([g for g in groups if g.role == "item"])
    if ordinals:
        return _ordinal(ordinals, totals, mixed)
    if totals:
        return _totalled(totals, more, items, vague)
    spelled = _spelled_out(groups, vague, more, closed)
    if spelled is not None:
        return spelled
    if vague or (more and not items):
        return stated(_FACT, None, (vague or more)[0].sentence.place, _NO_NUMBER)
    if more:
        return _with_more(items, more)
    if items and any(_ELLIPSIS.search(g.clause) for g in groups):
        return stated(_FACT, None, items[0].sentence.place, _UNCLEAR_NUMBER)
    return _itemised(items, closed) if items else None


def of_many(groups: Sequence[Group]) -> bool:
    """Whether one of the mentions speaks of many."""
    return any(_MANY.search(g.before) for g in groups)


def _spelled_out(
    groups: Sequence[Group], vague: Sequence[Group], more: Sequence[Group], closed: bool
) -> Statement | None:
    """A number told in parts: by lobe, "one in … and one in …", or as a closed list of segments with sizes."""
    for g in groups:
        m = _BY_LOBE.search(g.clause)
        if m is not None and m[2] != m[4]:
            numbers = [NUMBER_WORDS.get(w) or (int(w) if w.isdigit() else 0) for w in (m[1], m[3])]
            if all(numbers):
                return stated(_FACT, Decimal(sum(numbers)), g.sentence.place, "added up from both lobes")
    for g in groups:
        ones = len(_ONE_EACH.findall(g.clause))
        if ones > 1 and (g.plural or g.count is None) and not of_many(vague):
            return stated(_FACT, Decimal(ones), g.sentence.place)
    listed = [g for g in groups if g.segments and g.role in ("vague", "part", "item") and not g.treated]
    if vague and listed and closed and not more and not of_many(vague):
        segments = sum(len(g.segments) for g in listed)
        if segments == sum(len([s for s in g.sizes if s.when == "now"]) for g in listed) > 1:
            return stated(_FACT, Decimal(segments), listed[0].sentence.place, "counted from the segments listed")
    return None


def _with_more(items: Sequence[Group], more: Sequence[Group]) -> Statement:
    """Single lesions and "another", "the other two"; anything less definite gives no number."""
    place = more[0].sentence.place
    if any(g.treated for g in items):
        return stated(_FACT, None, place, _TREATED_TOO)
    first = more[0].count
    if len(more) == 1 and first is not None and not first[1] and re.search(r"\bthe other\b", more[0].before):
        return stated(_FACT, Decimal(len(items) + first[0]), place, _ADDED_UP)
    if all(not g.plural and g.count is None and "another" in g.before for g in more):
        return stated(_FACT, Decimal(len(items) + len(more)), more[-1].sentence.place, _ADDED_UP)
    return stated(_FACT, None, place, _UNCLEAR_NUMBER)


def _itemised(items: Sequence[Group], closed: bool) -> Statement:
    places = [g.sentence.place for g in items]
    if any(g.treated for g in items):
        return stated(_FACT, None, places[0], _TREATED_TOO)
    one_clause = len({g.clause for g in items}) < len(items)
    if one_clause and not all(g.segments or g.sizes or "lobe" in g.before + g.clause for g in items):
        return stated(_FACT, None, places[0], "lesions are listed without a number")
    why = "" if closed or len({g.sentence.number for g in items}) == 1 else _ADDED_UP
    return stated(_FACT, Decimal(len(items)), places[0], why, also=places)


def _distinct(items: Sequence[Group]) -> list[Group]:
    """Items that are not the same lesion named twice: another segment, or else another size."""
    kept: list[Group] = []
    for g in items:
        if not g.segments and not g.sizes and kept and "lobe" not in g.clause:
            continue
        if not any(_same_lesion(g, k) for k in kept):
            kept.append(g)
    return kept


def _same_lesion(g: Group, k: Group) -> bool:
    if k.sentence.number == g.sentence.number and k.sentence.section is g.sentence.section and g.sizes:
        return False
    if not g.segments and not g.sizes:
        return g.describes
    same_size = not g.sizes or not k.sizes or g.sizes[0].cm == k.sizes[0].cm
    return bool(g.segments) and g.segments == k.segments and same_size


def _ordinal(ordinals: Sequence[Group], totals: Sequence[Group], mixed: bool) -> Statement:
    """ "A fifth lesion" makes five, where nothing said contradicts it."""
    last = max(ordinals, key=lambda g: ordinal_in(g.before))
    highest = ordinal_in(last.before)
    place = last.sentence.place
    base = [g.count[0] for g in totals if g.count is not None]
    if mixed:
        return stated(_FACT, None, place, "a part of the lesions counted is of another nature")
    if base and max(base) not in (highest - 1, highest):
        return stated(_FACT, None, place, "the numbers given do not add up")
    why = "" if base else "counted up by the report's own order"
    return stated(_FACT, Decimal(highest), place, why, also=[g.sentence.place for g in totals])


def _totalled(
    totals: Sequence[Group], more: Sequence[Group], items: Sequence[Group], vague: Sequence[Group]
) -> Statement:
    """The stated number, where everything else said of lesions agrees with it."""
    values = [g.count for g in totals if g.count is not None]
    base, place = values[0], totals[0].sentence.place
    if len(set(values)) > 1 and (summed := _several(totals, values)) is not None:
        return summed
    why = _disagreement(totals, more, items, vague)
    if why:
        return stated(_FACT, None, place, why)
    return stated(_FACT, _value(base), place, also=[g.sentence.place for g in totals])


def _several(totals: Sequence[Group], values: Sequence[tuple[int, str]]) -> Statement | None:
    """What several different numbers come to; None when the first is their whole."""
    base, rest, place = values[0][0], [v[0] for v in values[1:]], totals[0].sentence.place
    exact = not any(comparator for _, comparator in values)
    if exact and sum(rest) == base:
        return None
    one_sentence = len({g.sentence.number for g in totals}) == 1
    if one_sentence and exact and _of_both_sides(totals[0].sentence.words):
        return stated(_FACT, Decimal(base + sum(rest)), place, "added up from parts of one sentence")
    if one_sentence and all(n <= base for n in rest):
        return None
    return stated(_FACT, None, place, "several numbers are given")


def _of_both_sides(words: str) -> bool:
    """Whether the numbers of one sentence speak of different parts of the liver."""
    right = words.find("right")
    return "left" in words and right >= 0 and ":" not in words[max(0, right - 40) : right]


def _disagreement(
    totals: Sequence[Group], more: Sequence[Group], items: Sequence[Group], vague: Sequence[Group]
) -> str:
    """Why the stated number cannot be the whole; empty when it can."""
    if any(g.treated for g in totals):
        all_treated = all(g.treated for g in totals)
        return "the lesions counted are described as treated" if all_treated else _TREATED_TOO
    beyond = [g for g in more if not _REST.search(g.before) or g.new or g.count]
    if beyond or any(g.new for g in items):
        return "a number and further lesions are given; the sum is not stated"
    base = totals[0].count
    if base is None or base[1]:
        return ""
    by_lobe = sum(NUMBER_WORDS.get(word) or int(word) for word in _IN_A_LOBE.findall(totals[0].clause))
    if by_lobe not in (0, base[0]):
        return "a number and further lesions are given; the sum is not stated"
    clauses = {t.clause for t in totals}
    apart = [g for g in vague if g.clause not in clauses]
    of_a_part = base[0] == 1 or any(_ONE_SIDE.search(g.clause) for g in totals)
    if (apart and of_a_part and not _THESE.search(apart[0].before)) or any(
        _BEYOND_COUNTING.search(g.before) for g in vague
    ):
        return "a number and an uncounted number are given"
    return ""
