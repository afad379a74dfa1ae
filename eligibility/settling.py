"""Several findings of one fact become one fact: newest, conflicting, stale, suggested or unknown.

The policies are those of the catalogue's `settle` key. They follow the project's rules for results that
disagree over time (tissue against plasma, metastasis against primary, old against new): see
`knowledge/README.md`. A value that cannot be relied on is kept, shown and never decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from eligibility.catalogue import FactDefinition, FactType, Settle
from eligibility.facts import Bound, Evidence, Fact, FactStatus, Finding, Obtained, Scalar, Specimen

__all__ = ["overtaken", "settle"]

Chosen = Finding | str | None
"""The finding that stands; or a sentence, when the findings contradict each other; or None, when none can stand."""


def settle(definition: FactDefinition, findings: Sequence[Finding], on: date) -> Fact:
    """One fact from all findings of it, as seen on a date: findings dated later do not exist yet."""
    seen = _newest_first([_plausible(definition, f) for f in findings if f.effective is None or f.effective <= on])
    usable = [f for f in seen if f.value is not None and not f.preliminary and f.obtained is not Obtained.NARRATIVE]
    if not usable:
        return _undecided(definition, seen)
    chosen = _chosen(definition, usable)
    if isinstance(chosen, str):
        return Fact(
            definition.id, FactStatus.CONFLICTING, evidence=_evidence(usable), why=chosen, candidates=tuple(usable),
            unit=definition.unit,
        )  # fmt: skip
    if chosen is None:
        return Fact(
            definition.id, FactStatus.UNKNOWN, evidence=_evidence(usable), why=_NOT_ENOUGH[definition.settle],
            candidates=tuple(usable), unit=definition.unit,
        )  # fmt: skip
    doubt = _doubt(definition, chosen, seen)
    if doubt:
        return Fact(
            definition.id, FactStatus.UNKNOWN, evidence=_evidence(seen), why=doubt, candidates=tuple(seen),
            unit=definition.unit,
        )  # fmt: skip
    status, why = _freshness(definition, chosen, on)
    return Fact(
        definition.id, status, chosen.value, definition.unit, chosen.effective, chosen.obtained, chosen.evidence,
        why or chosen.why, tuple(usable),
    )  # fmt: skip


def overtaken(definition: FactDefinition, fact: Fact) -> Scalar | None:
    """The last usable value of a fact that grows old, when a newer result that cannot be used leaves it unknown."""
    if fact.status is not FactStatus.UNKNOWN or definition.fresh_days is None:
        return None
    usable = (f for f in fact.candidates if f.value is not None and not f.preliminary)
    return next((f.value for f in usable if f.obtained is not Obtained.NARRATIVE), None)


def _doubt(definition: FactDefinition, chosen: Finding, seen: Sequence[Finding]) -> str:
    """Why a usable value may not stand beside one that cannot be used; empty when it may.

    Of a fact that grows old, a newer result counts even when it cannot be read: an older one is not the latest then.
    A stated absence does not outweigh a record of the thing itself whose detail is missing.
    """
    unusable = [f for f in seen if f.obtained is Obtained.STRUCTURED and (f.value is None or f.preliminary)]
    if definition.fresh_days is not None and chosen.obtained is Obtained.STRUCTURED and chosen.effective is not None:
        for finding in unusable:
            if finding.effective is not None and finding.effective > chosen.effective:
                why = "it is preliminary" if finding.preliminary else finding.why or "it has no usable value"
                return f"a newer result cannot be used: {why}"
    if definition.absence is not None and chosen.value == definition.absence.value:
        for finding in unusable:
            if finding.value is None:
                return f"stated as absent, and also recorded: {finding.why}"
    return ""


def _plausible(definition: FactDefinition, finding: Finding) -> Finding:
    """The finding, its value dropped when no patient can have it: it is unreadable, not evidence (SS-58)."""
    if finding.value is None or definition.accepts(finding.value):
        return finding
    return replace(finding, value=None, why="the value lies outside what is possible, so it was not used")


def _newest_first(findings: Sequence[Finding]) -> list[Finding]:
    """By date, time, a person's word first, then a stable order of content: the order of resources never matters."""

    def key(finding: Finding) -> tuple[object, ...]:
        moment = finding.at or datetime.combine(finding.effective or date.min, time.min, UTC)
        first = finding.evidence[0] if finding.evidence else None
        return (
            finding.effective is not None, finding.effective or date.min, moment,
            finding.obtained is Obtained.ENTERED, str(finding.value),
            f"{first.reference}#{first.path}" if first else "",
            str(finding.obtained), str(finding.specimen), str(finding.method), finding.preliminary, finding.why,
        )  # fmt: skip

    return sorted(findings, key=key, reverse=True) if len(findings) > 1 else list(findings)


def _undecided(definition: FactDefinition, seen: Sequence[Finding]) -> Fact:
    """Nothing that may decide: a report's suggestion, a preliminary result, or a value nobody can use."""
    narrative = [f for f in seen if f.value is not None and f.obtained is Obtained.NARRATIVE and not f.preliminary]
    if narrative:
        first = narrative[0]
        return Fact(
            definition.id, FactStatus.SUGGESTED, first.value, definition.unit, first.effective, Obtained.NARRATIVE,
            first.evidence, first.why or "read from text: a clinician's confirmation is needed", tuple(narrative),
        )  # fmt: skip
    first_seen = seen[0] if seen else None
    why = "not recorded"
    if first_seen is not None:
        why = (
            "only a preliminary result"
            if first_seen.preliminary
            else first_seen.why or "recorded without a usable value"
        )
    return Fact(
        definition.id,
        FactStatus.UNKNOWN,
        unit=definition.unit,
        evidence=_evidence(seen),
        why=why,
        candidates=tuple(seen),
    )


def _freshness(definition: FactDefinition, chosen: Finding, on: date) -> tuple[FactStatus, str]:
    if definition.fresh_days is None or (chosen.effective is None and chosen.obtained is Obtained.ENTERED):
        return FactStatus.KNOWN, ""
    if chosen.effective is None:
        return FactStatus.STALE, f"undated: its age cannot be told, and the limit is {definition.fresh_days} days"
    age = (on - chosen.effective).days
    if age > definition.fresh_days:
        return FactStatus.STALE, f"{age} days old, the limit is {definition.fresh_days}"
    return FactStatus.KNOWN, ""


def _evidence(findings: Sequence[Finding]) -> tuple[Evidence, ...]:
    return tuple(e for f in findings for e in f.evidence)


def _values(findings: Sequence[Finding]) -> list[Scalar]:
    return list(dict.fromkeys(f.value for f in findings if f.value is not None))


def _same_moment(findings: Sequence[Finding]) -> list[Finding]:
    """The findings as recent as the first: same day, and not ordered by a time that both give."""
    first = findings[0]
    return [
        f for f in findings if f.effective == first.effective and (f.at is None or first.at is None or f.at == first.at)
    ]


def _latest(findings: Sequence[Finding]) -> Chosen:
    """The newest. Different values of the same moment contradict each other."""
    if len(_values(_same_moment(findings))) > 1:
        return "two different values of the same date"
    return findings[0]


def _earliest(findings: Sequence[Finding]) -> Chosen:
    """The oldest dated one."""
    dated = [f for f in findings if f.effective is not None]
    return _latest(dated[::-1]) if dated else _latest(findings)


def _any_true(findings: Sequence[Finding]) -> Chosen:
    """Present once recorded as present, unless a later statement says that it is absent (no longer)."""
    newest = findings[0]
    present = [f for f in findings if _positive(f)]
    if not present or all(_positive(f) for f in _same_moment(findings)):
        return present[0] if present else newest
    if present[0].effective is None or present[0].effective == newest.effective:
        return "recorded as present and as absent"
    return newest


def _positive(finding: Finding) -> bool:
    """Whether a finding says that the marker, condition or mutation is there."""
    return finding.value is not False and finding.value not in ("wild_type", "mss", "none", "not_pregnant")


def _may_refute(finding: Finding) -> bool:
    """Whether a negative result says anything by itself: plasma does not, nor does what may have been plasma."""
    return finding.specimen not in (Specimen.PLASMA, Specimen.UNREAD)


def _lesion_nature(findings: Sequence[Finding]) -> Chosen:
    """A malignant lesion outranks a benign one beside it; two kinds of malignancy contradict each other."""
    malignant = [f for f in findings if f.value in ("metastasis", "hcc", "icca")]
    if len(_values(malignant)) > 1:
        return "recorded both as metastasis and as primary liver cancer, or as two kinds of it"
    if malignant:
        return malignant[0]
    indeterminate = [f for f in findings if f.value == "indeterminate"]
    return indeterminate[0] if indeterminate else _latest(findings)


def _ras(findings: Sequence[Finding]) -> Chosen:
    """Mutated while the latest result says so; "none detected" after a mutation is a contradiction, never wild type.

    Plasma alone cannot show wild type.
    """
    mutated = [f for f in findings if _positive(f)]
    if not mutated:
        tissue = [f for f in findings if _may_refute(f)]
        return tissue[0] if tissue else None
    latest = _same_moment(findings)
    if all(_positive(f) for f in latest):
        return latest[0]
    return "a mutation was found, and a later or equally recent result does not show it"


def _persists(findings: Sequence[Finding]) -> Chosen:
    """Any credible positive persists; a negative plasma test never refutes tissue and alone shows nothing."""
    positive = [f for f in findings if _positive(f)]
    tissue_negative = [f for f in findings if not _positive(f) and _may_refute(f)]
    if positive:
        clash = [
            n for n in tissue_negative for p in positive
            if n.specimen is p.specimen is Specimen.TISSUE and n.effective == p.effective
        ]  # fmt: skip
        return "tissue results of the same date contradict each other" if clash else positive[0]
    return tissue_negative[0] if tissue_negative else None


def _driver(findings: Sequence[Finding]) -> Chosen:
    """As `persists`; the first class found is the driver, later ones are additions under treatment."""
    positive = [f for f in findings if _positive(f)]
    if not positive:
        return _persists(findings)
    first = _earliest(positive)
    if isinstance(first, str):
        return "two different classes of the same date"
    return first if isinstance(_persists(findings), Finding) else _persists(findings)


def _receptor(findings: Sequence[Finding]) -> Chosen:
    """The newest result on metastatic tissue prevails, else the newest."""
    metastatic = [f for f in findings if f.from_metastasis]
    return _latest(metastatic or findings)


def _msi(findings: Sequence[Finding]) -> Chosen:
    """Methods agree, or it is a contradiction; a stable plasma result refutes nothing and alone shows nothing."""
    credible = [f for f in findings if _positive(f) or _may_refute(f)]
    if len(_values(credible)) > 1:
        return "mismatch repair and microsatellite results disagree"
    return credible[0] if credible else None


def _pdl1(findings: Sequence[Finding]) -> Chosen:
    """The newest of one assay; assays of the same date that differ are both shown, never averaged."""
    return "assays of the same date differ" if len(_values(_same_moment(findings))) > 1 else findings[0]


def _highest(definition: FactDefinition, findings: Sequence[Finding]) -> Finding:
    """The highest ever recorded (grade, proliferation); codes rank in the order of the catalogue."""
    ranks = {code: Decimal(place) for place, code in enumerate(definition.values)}

    def rank(finding: Finding) -> Decimal:
        value = finding.value
        if isinstance(value, Bound):
            return value.limit
        return value if isinstance(value, Decimal) else ranks.get(str(value), Decimal(-1))

    return max(findings, key=rank)


def _largest_of_latest(findings: Sequence[Finding]) -> Finding:
    """The largest value of the newest day: several lesions are measured on one scan."""

    def at_least(finding: Finding) -> tuple[Decimal, bool]:
        value = finding.value
        if isinstance(value, Bound):
            return (value.limit, True) if value.comparator in (">", ">=") else (Decimal(-1), False)
        return (value, False) if isinstance(value, Decimal) else (Decimal(-1), False)

    return max((f for f in findings if f.effective == findings[0].effective), key=at_least)


def _union(findings: Sequence[Finding]) -> Finding:
    """A set of codes: everything that any finding names."""
    members = frozenset(m for f in findings if isinstance(f.value, frozenset) for m in f.value)
    return replace(findings[0], value=members, evidence=_evidence(findings))


def _chosen(definition: FactDefinition, findings: Sequence[Finding]) -> Chosen:
    if definition.type is FactType.SET:
        return _union(findings)
    if definition.settle is Settle.HIGHEST:
        return _highest(definition, findings)
    return _POLICIES[definition.settle](findings)


_POLICIES: dict[Settle, Callable[[Sequence[Finding]], Chosen]] = {
    Settle.LATEST: _latest,
    Settle.EARLIEST: _earliest,
    Settle.LARGEST_OF_LATEST: _largest_of_latest,
    Settle.ANY_TRUE: _any_true,
    Settle.LESION_NATURE: _lesion_nature,
    Settle.RAS: _ras,
    Settle.PERSISTS: _persists,
    Settle.DRIVER: _driver,
    Settle.RECEPTOR: _receptor,
    Settle.MSI: _msi,
    Settle.PDL1: _pdl1,
}

_NOT_ENOUGH: dict[Settle, str] = dict.fromkeys(Settle, "no result that can stand alone") | {
    Settle.RAS: "plasma alone cannot show wild type",
    Settle.PERSISTS: "a negative plasma test does not rule it out",
    Settle.DRIVER: "a negative plasma test does not rule it out",
    Settle.MSI: "a stable plasma result does not rule out deficiency",
}
