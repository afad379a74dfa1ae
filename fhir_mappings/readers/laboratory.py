"""Observations that are numbers or found/not found: laboratory results, weight, ejection fraction, mutational burden.

Which code is which fact, in which units, is the table `valuesets/observations.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from eligibility.facts import Bound, Finding, Obtained
from fhir_mappings.answers import Outcome, outcome
from fhir_mappings.observations import ObservationKind, load_table
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.numbers import Measured, bounded, measured, upper_limit
from fhir_mappings.resources import Observation
from fhir_mappings.units import convert, factor

__all__ = ["QuantitySpec", "multiple", "presence", "quantity", "quantity_spec", "read_dipstick", "say_cea_fall"]

_DIPSTICK = {0: "none", 1: "1plus", 2: "2plus", 3: "3plus"}
_PLUSES = re.compile(r"(?:^|[\s=])(\+{1,4}|[1-4]\s?\+)(?:$|[\s(])")
_NEGATIVE_DIPSTICK = re.compile(r"\b(?:negative|none|not detected|nil)\b", re.I)


@dataclass(frozen=True, slots=True)
class QuantitySpec:
    """How a number becomes a fact."""

    fact: str
    factors: Mapping[str, Fraction]
    low: Decimal
    high: Decimal
    remarks: Mapping[str, str]
    unitless: bool = False
    upper_limit: bool = False

    def convert(self, found: Measured) -> tuple[Decimal | None, str]:
        """The number in the fact's unit, and a remark; None with the reason when it cannot be used."""
        unit = found.unit if found.unit is not None or found.unit_words or not self.unitless else "1"
        if unit is None:
            return None, f"the unit {found.unit_words!r} is not known" if found.unit_words else "no unit is given"
        by = self.factors.get(unit)
        if by is None:
            return None, f"the unit {found.unit_words!r} does not fit this test"
        number = convert(found.number, by)
        if not self.low <= number <= self.high:
            return None, f"{found.text!r} is outside what is plausible"
        return number, self.remarks.get(unit, "")


@cache
def quantity_spec(concept: str) -> QuantitySpec:
    """The spec of a quantity or multiple of the table."""
    tables = load_table("observations")
    entry: dict[str, Any] = tables["quantities"].get(concept) or tables["multiples"][concept]
    units = entry["units"]
    factors = {u: factor(f) for u, f in units.items()} if isinstance(units, dict) else dict.fromkeys(units, Fraction(1))
    low, high = entry["plausible"]
    return QuantitySpec(
        entry["fact"], factors, Decimal(low), Decimal(high), entry.get("say", {}),
        entry.get("unitless", False), entry.get("upper_limit", False),
    )  # fmt: skip


def quantity(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A number in the fact's unit. An unknown unit, words or an implausible number make a finding without value."""
    spec = quantity_spec(kind.concept)
    found = measured(observation)
    if isinstance(found, str):
        g.say(source.finding(spec.fact, None, found))
        return
    source = source.but(text=found.text)
    number, remark = spec.convert(found)
    if number is None:
        g.say(source.finding(spec.fact, None, remark))
        return
    finding = source.finding(spec.fact, bounded(number, found.comparator), remark)
    if spec.upper_limit and (limit := _limit_in_unit(observation, found, spec)) is not None:
        finding = replace(finding, upper_limit=limit)
    g.say(finding)


def _limit_in_unit(observation: Observation, found: Measured, spec: QuantitySpec) -> Decimal | None:
    """The report's own upper limit in the fact's unit. A limit without a unit has the value's (FHIR R4 Observation)."""
    limit = upper_limit(observation.referenceRange)
    if limit is None:
        return None
    number, unit = limit
    by = spec.factors.get(unit or found.unit or "1")
    return convert(number, by) if by is not None else None


def multiple(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A number as a multiple of the same report's upper limit; without that limit it cannot be used."""
    spec = quantity_spec(kind.concept)
    found = measured(observation)
    if isinstance(found, str):
        g.say(source.finding(spec.fact, None, found))
        return
    source = source.but(text=found.text)
    if found.unit is None or found.unit not in spec.factors:
        words = f"the unit {found.unit_words!r} is not known" if found.unit_words else "no unit is given"
        g.say(source.finding(spec.fact, None, words))
        return
    limit = upper_limit(observation.referenceRange)
    if limit is None:
        g.say(source.finding(spec.fact, None, "the report gives no upper limit of normal"))
        return
    number, unit = limit
    if unit is not None and unit not in spec.factors:
        g.say(source.finding(spec.fact, None, "the upper limit is given in another unit"))
        return
    times = found.number / number
    if not spec.low <= times <= spec.high:
        g.say(source.finding(spec.fact, None, f"{found.text!r} is outside what is plausible"))
        return
    g.say(source.finding(spec.fact, bounded(times, found.comparator)))


def presence(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Found or not found."""
    answer, text = outcome(observation)
    source = source.but(text=text or None)
    fact = kind.facts[0]
    if answer in (Outcome.PRESENT, Outcome.ABSENT):
        g.say(source.finding(fact, answer is Outcome.PRESENT))
    else:
        g.say(source.finding(fact, None, "the result says neither positive nor negative"))


def read_dipstick(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """Urine protein by test strip, as pluses."""
    text = observation.valueString or (
        observation.valueCodeableConcept.words if observation.valueCodeableConcept else ""
    )
    source = source.but(text=text or None)
    fact = kind.facts[0]
    match = _PLUSES.search(f" {text[:200]} ")
    if match is not None:
        mark = match[1].replace(" ", "")
        grade = int(mark[0]) if mark[0].isdigit() else len(mark)
        g.say(source.finding(fact, _DIPSTICK[min(grade, 3)], "" if grade <= 3 else "recorded as 4+"))
    elif _NEGATIVE_DIPSTICK.search(text):
        g.say(source.finding(fact, "none"))
    else:
        g.say(source.finding(fact, None, "the result does not give a number of pluses"))


def say_cea_fall(g: Gathering) -> None:
    """The fall of CEA from its highest value, in percent, when two dated results exist. Derived; names both."""
    usable = [
        f for f in g.findings.get("lab.cea", ())
        if isinstance(f.value, Decimal) and f.effective and not f.preliminary and f.obtained is Obtained.STRUCTURED
    ]  # fmt: skip
    if len(usable) < 2:
        return
    latest = max(usable, key=lambda f: (f.effective or date.min, f.at.isoformat() if f.at else ""))
    peak = max(usable, key=_number)
    top = _number(peak)
    if top <= 0:
        return
    fall = ((top - _number(latest)) / top * 100).quantize(Decimal("0.1"))
    g.say(
        Finding(
            "lab.cea_peak_fall_pct", fall, latest.effective, Obtained.DERIVED, latest.evidence + peak.evidence,
            f"from a highest CEA of {top} ng/mL on {peak.effective}", at=latest.at,
        )
    )  # fmt: skip


def _number(finding: Finding) -> Decimal:
    value = finding.value
    if isinstance(value, Bound) or not isinstance(value, Decimal):  # pragma: no cover - filtered by the caller
        return Decimal(0)
    return value
