"""Which primary a liver metastasis came from, and how long after it: from the links and dates of Conditions.

A link is what mCODE's secondary cancer says of its primary. Without one nothing is concluded of the origin. The
interval needs the two days of diagnosis (onset or assertion); the day on which something was entered is no diagnosis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from eligibility.facts import Bound, Obtained
from fhir_mappings.readers.cancers import CancerRecord, Cancers
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.statuses import Standing

__all__ = ["say_origins"]

_HELD = (Standing.CONFIRMED, Standing.UNSTATED)
_DAYS_OF_MONTH = Decimal("30.4375")


def say_origins(g: Gathering, cancers: Cancers) -> None:
    """Findings of the origin of the liver lesion and of the disease-free interval."""
    primaries = {r.source.reference: r for r in cancers.records if not r.secondary}
    _say_origin(g, [r for r in cancers.records if r.liver_metastasis and r.counts and r.related], primaries)
    _say_interval(g, cancers, primaries)


def _say_origin(g: Gathering, lesions: Sequence[CancerRecord], primaries: dict[str, CancerRecord]) -> None:
    named = [(r, *_origin(r, primaries)) for r in lesions]
    different = len({p.primary for _, p, _ in named if p is not None}) > 1
    for lesion, primary, why in named:
        if primary is None or different:
            words = why or "liver metastases are recorded as coming from different primaries"
            g.say(lesion.source.but(path="Condition.extension").finding("liver.lesion_origin", None, words))
        else:
            made = lesion.source.but(path="Condition.extension").finding("liver.lesion_origin", primary.primary)
            g.say(replace(made, evidence=(*made.evidence, primary.source.evidence)))


def _origin(lesion: CancerRecord, primaries: dict[str, CancerRecord]) -> tuple[CancerRecord | None, str]:
    """The one primary that a metastasis names as its own; or None and the reason."""
    found = [primaries.get(name) if name else None for name in lesion.related]
    known = [r for r in found if r is not None]
    if len(known) < len(found):
        return None, "the cancer that it is recorded as coming from is not among the recorded primaries"
    if any(r.standing not in _HELD for r in known):
        return None, "the cancer that it is recorded as coming from is not confirmed"
    if any(r.primary is None for r in known) or len({r.primary for r in known}) != 1:
        return None, "it is recorded as coming from a cancer whose kind is not clear"
    return known[0], ""


# -- the interval from the primary to the liver metastasis


def _say_interval(g: Gathering, cancers: Cancers, primaries: dict[str, CancerRecord]) -> None:
    lesions = [r for r in cancers.records if r.liver_metastasis and r.standing in _HELD and not r.encounter_only]
    dated = [r for r in lesions if r.diagnosed is not None]
    if not dated:
        return
    lesion = min(dated, key=_first_day)
    linked, _ = _origin(lesion, primaries) if lesion.related else (None, "")
    held = [r for r in primaries.values() if r.primary and r.standing in _HELD]
    if linked is None and (lesion.related or len({r.distinct for r in held}) != 1 or cancers.possible):
        return
    same = [r for r in held if linked is None or r.distinct == linked.distinct]
    own = [r for r in same if r.diagnosed is not None and not r.encounter_only]
    if not own:
        return
    primary = min(own, key=_first_day)
    value, why = _months(primary, lesion)
    made = lesion.source.finding("dx.dfi_months", value, why, obtained=Obtained.DERIVED)
    g.say(replace(made, evidence=(primary.source.evidence, *made.evidence), effective=_first_day(lesion), at=None))


def _first_day(record: CancerRecord) -> date:
    return record.diagnosed.first if record.diagnosed else date.max


def _months(primary: CancerRecord, lesion: CancerRecord) -> tuple[Decimal | Bound | None, str]:
    """The interval in months. A date without its day gives the side that it is certain of."""
    start, end = primary.diagnosed, lesion.diagnosed
    if start is None or end is None:
        return None, "a date of diagnosis is not recorded"
    words = f"from {start.first} to {end.first}"
    if start.exact and end.exact:
        days = (end.first - start.first).days
        if days < 0:
            return None, "the metastasis is dated before its primary"
        return _of_days(days), f"{words}, the dates of diagnosis"
    shortest, longest = (end.first - start.last).days, (end.last - start.first).days
    if longest < 0:
        return None, "the metastasis is dated before its primary"
    if shortest > 0:
        return Bound(">=", _of_days(shortest)), f"at least, {words}: a date gives no day"
    return Bound("<=", _of_days(longest)), f"at most, {words}: a date gives no day"


def _of_days(days: int) -> Decimal:
    return (Decimal(days) / _DAYS_OF_MONTH).quantize(Decimal("0.1"))
