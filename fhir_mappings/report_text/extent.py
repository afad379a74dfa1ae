"""How large the largest liver lesion is now, and whether one lobe or both are involved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from eligibility.facts import Bound
from fhir_mappings.report_text.assertion import assertion_at, earlier, of_family
from fhir_mappings.report_text.counting import of_many
from fhir_mappings.report_text.lesion_words import site_of
from fhir_mappings.report_text.measures import Size, lobes_of
from fhir_mappings.report_text.mentions import Group
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Place, Statement, stated

__all__ = ["lobes", "sizes"]

_SIZE, _SPREAD = "liver.max_diameter_cm", "liver.distribution"
_SMALLEST, _LARGEST = Decimal("0.1"), Decimal(35)
_UNITLESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d)? ?x ?\d{1,3}(?:\.\d)?(?! ?(?:cm|mm|x|\.?\d))")

_BOTH_LOBES = re.compile(
    r"\b(?:both|two)(?: the)?(?: hepatic| liver)? lobes\b|\bbilobar\b|\bbi-lobar\b|"
    r"\bleft and (?:the )?right(?: hepatic| liver)? lobes?\b|\bright and (?:the )?left(?: hepatic|"
    r" liver)? lobes?\b|\beither lobe\b|\bright lobe \w+, left lobe (?:two|three|"
    r"four|five|six|one|\d)"
    r"|\br ?[>&+] ?l\b|\bl ?[>&+] ?r\b|\b\d right and \d left\b|\b(?:\d|one|two|three|"
    r"four|five|six) in the (?:right|left)(?: lobe)?,? and (?:\d|one|two|three|four|"
    r"five|six) in the (?:right|left)|\b(?:in|within) each(?: hepatic| liver)? lobe\b|"
    r"\bboth hemilivers\b|\bthroughout (?:both|the liver)\b|"
    r"\bboth sides of the liver\b"
)

_ONE_LOBE = re.compile(
    r"\bunilobar\b|\b(?:confined|limited|restricted) to the (?:left|right)(?: hepatic|"
    r" liver)? (?:lobe|liver|hemiliver)\b|\b(?:left|right)(?: hepatic| liver)? lobe only\b|"
    r"\ball (?:in|within|of them in) the (?:left|right)(?: hepatic)? lobe\b|\bonly (?:in|"
    r"within) the (?:left|right)(?: hepatic)? lobe\b"
)

_SPARED = re.compile(
    r"\b(?:left|right)(?: hepatic| liver)? lobe(?: is| of the liver is|:)? (?:clear|"
    r"free|spared|uninvolved|not involved|without (?:lesions?|metast\w*)|unaffected|"
    r"normal)\b|\bnone in the (?:left|right) lobe\b|\bleaves the (?:left|right) lobe free\b"
)

_ABOUT_LOBES = re.compile(r"lobes?:|distribution|bilobar")
_LOBE = re.compile(
    r"\b(left|right)(?: hepatic| liver)? lobe\b(?!\s?(?:clear|free|normal|:? clear|"
    r"is (?:clear|free|spared|uninvolved|normal)|without))"
)


def sizes(current: Sequence[Group]) -> list[Statement]:
    """The largest diameter of now, in cm; a bound where only a bound is given, nothing where a unit is missing."""
    for g in current:
        if _UNITLESS.search(g.clause):
            return [stated(_SIZE, None, g.sentence.place, "a size without a unit is given")]
    measured = [(s, g) for g in current if not g.treated for s in g.sizes if s.when == "now"]
    if not measured or any(s.cm > _LARGEST for s, _ in measured):
        return []
    plain = [(s, g) for s, g in measured if not s.bound and s.cm >= _SMALLEST]
    return _largest(plain, measured) if plain else _below(measured)


def _largest(plain: Sequence[tuple[Size, Group]], measured: Sequence[tuple[Size, Group]]) -> list[Statement]:
    size, group = max(plain, key=lambda pair: (pair[0].cm, pair[1].sentence.section.concludes, pair[1].largest))
    place = group.sentence.place
    if any(s.bound == ">" and s.cm >= size.cm for s, _ in measured):
        return [stated(_SIZE, None, place, "a larger lesion is given without its exact size")]
    said = [stated(_SIZE, size.cm, place, also=[g.sentence.place for s, g in plain if s.cm == size.cm])]
    if not group.sentence.section.concludes:
        called = [(s, g) for s, g in plain if g.largest and g.sentence.section.concludes]
        if called:
            other, where = max(called, key=lambda pair: pair[0].cm)
            why = "the conclusion names another largest size"
            said.append(stated(_SIZE, other.cm, where.sentence.place, why))
    return said


def _below(measured: Sequence[tuple[Size, Group]]) -> list[Statement]:
    """ "All under 1 cm": the bound."""
    if any(s.bound != "<" for s, _ in measured):
        return []
    if not any(g.plural or g.largest or g.role in ("item", "total") for _, g in measured):
        return []
    limit, group = max(measured, key=lambda pair: pair[0].cm)
    return [stated(_SIZE, Bound("<", limit.cm), group.sentence.place)]


def lobes(sentences: Sequence[Sentence], current: Sequence[Group], counted: Sequence[Statement]) -> list[Statement]:
    """One lobe or both: in so many words, or from where every lesion lies. Treated lesions place nothing."""
    live = [g for g in current if not g.treated]
    if not live:
        return []
    complete = len(live) == len(current)
    own = {g.sentence.number for g in current}
    near = {n + d for n in own for d in (-2, -1, 0, 1, 2)}
    around = [s for s in sentences if s.number in near and not earlier(s.words) and not of_family(s.words)]
    both = next(
        (s for s in around if _named(s, _BOTH_LOBES) and (s.number in own or _ABOUT_LOBES.match(s.words))), None
    )
    one = next((s for s in around if _named(s, _ONE_LOBE)), None)
    spared = next((s for s in around if _SPARED.search(s.words)), None)
    segments = frozenset(x for g in live for x in g.segments)
    words = _lobes_named(live, several=len(current) > 1)
    placed = lobes_of(segments) | words.keys()
    evidence = [*(g.sentence.place for g in live if g.segments), *words.values()]
    if both is not None and one is None:
        return [stated(_SPREAD, "bilobar", both.place)]
    if placed == {"left", "right"}:
        return [stated(_SPREAD, "bilobar", evidence[0], also=evidence)]
    if one is not None:
        return [stated(_SPREAD, "unilobar", one.place, also=evidence)]
    if not placed or not complete:
        return []
    if spared is not None:
        return [stated(_SPREAD, "unilobar", spared.place, also=evidence)]
    known = next((s.value for s in counted if isinstance(s.value, Decimal)), None)
    return (
        [stated(_SPREAD, "unilobar", evidence[0], also=evidence)]
        if known and _all_placed(live, segments, known)
        else []
    )


def _lobes_named(live: Sequence[Group], several: bool) -> dict[str, Place]:
    """The lobes that the mentions' own words name; of several in one clause, the first has the clause's words."""
    found: dict[str, Place] = {}
    seen: set[tuple[int, str]] = set()
    for g in live:
        first = (g.sentence.number, g.clause) not in seen
        seen.add((g.sentence.number, g.clause))
        if g.role != "named" or several:
            found.update({m[1]: g.sentence.place for m in _LOBE.finditer(g.clause if first else g.before)})
    return found


def _named(s: Sentence, pattern: re.Pattern[str]) -> bool:
    for c in s.clauses:
        m = pattern.search(c)
        if m is None or site_of(c) is False or earlier(c):
            continue
        if assertion_at(c, m.start(), m.end()) in (Assertion.AFFIRMED, Assertion.UNCERTAIN):
            return True
    return False


def _all_placed(live: Sequence[Group], segments: frozenset[str], number: Decimal) -> bool:
    """Whether every lesion of the report has its segment or lobe: one lesion, or as many segments as lesions."""
    uncounted = [
        g for g in live if not g.describes and (g.role == "additional" or (g.role == "vague" and of_many([g])))
    ]
    if uncounted or any(g.count is not None and g.count[1] for g in live):
        return False
    if number == 1 or len(segments) >= number:
        return True
    items = [g for g in live if g.role == "item"]
    return len(items) == number and all(g.segments or _LOBE.search(g.clause) for g in items)
