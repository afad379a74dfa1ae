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
from fhir_mappings.dates import full_years, when
from fhir_mappings.observations import ObservationKind, load_table
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.number_text import Measured
from fhir_mappings.readers.numbers import bounded, measured
from fhir_mappings.readers.reference_ranges import Limit, Person, upper_limit
from fhir_mappings.resources import Observation
from fhir_mappings.units import convert, factor

__all__ = ["QuantitySpec", "multiple", "presence", "quantity", "quantity_spec", "read_dipstick", "say_cea_fall"]

_DIPSTICK = {0: "none", 1: "1plus", 2: "2plus", 3: "3plus"}
_PLUSES = re.compile(r"(?:^|[\s=])(\+{1,4}|[1-4]\s?\+)(?:$|[\s(])")
_NEGATIVE_DIPSTICK = re.compile(r"\b(?:negative|none|not detected|nil)\b", re.I)


@dataclass(frozen=True, slots=True)
class QuantitySpec:
    """How a number becomes a fact: by unit, an exact factor and the number that is added."""

    fact: str
    scales: Mapping[str, tuple[Fraction, Fraction]]
    low: Decimal
    high: Decimal
    remarks: Mapping[str, str]
    refused: Mapping[str, str]
    unitless: bool = False
    upper_limit: bool = False

    def scale(self, unit: str | None, words: str) -> tuple[Fraction, Fraction] | str:
        """How a unit is converted; or a sentence that says why a number in it cannot be used."""
        if unit is None and not words and self.unitless:
            unit = "1"
        if unit is None:
            return f"the unit {words!r} is not known" if words else "no unit is given"
        if unit in self.refused:
            return f"the unit {words!r} cannot be used: {self.refused[unit]}"
        return self.scales.get(unit) or f"the unit {words!r} does not fit this test"

    def convert(self, found: Measured) -> tuple[Decimal | None, str]:
        """The number in the fact's unit, and a remark; None with the reason when it cannot be used."""
        scale = self.scale(found.unit, found.unit_words)
        if isinstance(scale, str):
            return None, scale
        return self.checked(convert(found.number, *scale), found, self.remarks.get(found.unit or "", ""))

    def checked(self, number: Decimal, found: Measured, remark: str = "") -> tuple[Decimal | None, str]:
        """The number where a patient can have it; None with the reason where none can (SS-58)."""
        if not self.low <= number <= self.high:
            return None, f"{found.text!r} is outside what is plausible"
        return number, remark


@cache
def quantity_spec(concept: str, code: str | None = None) -> QuantitySpec:
    """The spec of a quantity or multiple of the table, for a `system|code` where that code has units of its own."""
    tables = load_table("observations")
    entry: dict[str, Any] = tables["quantities"].get(concept) or tables["multiples"][concept]
    system, _, bare = (code or "").rpartition("|")
    own: dict[str, Any] = tables["unit_by_code"].get(system, {}).get(bare, {})
    scales = {u: (factor(f), Fraction(0)) for u, f in {**entry["units"], **own.get("add", {})}.items()}
    scales |= {u: (factor(f), factor(plus)) for u, (f, plus) in entry.get("affine", {}).items()}
    low, high = entry["plausible"]
    return QuantitySpec(
        entry["fact"], scales, Decimal(low), Decimal(high), entry.get("say", {}), own.get("drop", {}),
        entry.get("unitless", False), entry.get("upper_limit", False),
    )  # fmt: skip


def quantity(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A number in the fact's unit. An unknown unit, words or an implausible number make a finding without value."""
    spec = quantity_spec(kind.concept, source.code)
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
    if spec.upper_limit:
        limit = upper_limit(observation.referenceRange, _person(g, source))
        scale = _scale_of_limit(limit, found, spec) if isinstance(limit, Limit) else None
        if isinstance(limit, Limit) and scale is not None:
            finding = replace(finding, upper_limit=convert(limit.number, *scale))
    g.say(finding)


def _scale_of_limit(limit: Limit, found: Measured, spec: QuantitySpec) -> tuple[Fraction, Fraction] | None:
    """How a limit is converted. A limit without a unit has the value's (FHIR R4 Observation.referenceRange)."""
    words = limit.unit_words or found.unit_words
    scale = spec.scale(limit.unit if limit.unit_words else found.unit, words)
    return None if isinstance(scale, str) else scale


def _person(g: Gathering, source: Source) -> Person:
    """The patient, as reference ranges tell people apart; the age on the day of the result."""
    sexes = {f.value for f in g.findings.get("pt.sex", ())}
    sex = sexes.pop() if len(sexes) == 1 else None
    born = when((g.intake.patient or {}).get("birthDate"))
    day = source.when.last if source.when is not None else g.on
    years = (full_years(born.last, day), full_years(born.first, day)) if born is not None and day is not None else None
    return Person(sex if isinstance(sex, str) else None, years)


def multiple(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A number as a multiple of the same report's upper limit; without that limit it cannot be used."""
    spec = quantity_spec(kind.concept, source.code)
    found = measured(observation)
    if isinstance(found, str):
        g.say(source.finding(spec.fact, None, found))
        return
    source = source.but(text=found.text)
    scale = spec.scale(found.unit, found.unit_words)
    if isinstance(scale, str):
        g.say(source.finding(spec.fact, None, scale))
        return
    limit = upper_limit(observation.referenceRange, _person(g, source))
    if isinstance(limit, str):
        g.say(source.finding(spec.fact, None, limit))
        return
    limits = _scale_of_limit(limit, found, spec)
    if limits is None:
        g.say(
            source.finding(spec.fact, None, f"the unit {limit.unit_words!r} of the upper limit does not fit this test")
        )
        return
    times, remark = spec.checked(convert(found.number, scale[0] / (limits[0] * Fraction(limit.number))), found)
    g.say(source.finding(spec.fact, None if times is None else bounded(times, found.comparator), remark))


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
    """The fall of CEA from its highest value, in percent, when two dated results exist. Derived; names both.

    Results after the chart's date do not exist yet; different newest values of one moment leave the fall open.
    """
    usable = [
        f for f in g.findings.get("lab.cea", ())
        if isinstance(f.value, Decimal) and f.effective and not f.preliminary and f.obtained is Obtained.STRUCTURED
        and (g.on is None or f.effective <= g.on)
    ]  # fmt: skip
    if len(usable) < 2:
        return
    latest = max(usable, key=lambda f: (f.effective or date.min, f.at.isoformat() if f.at else ""))
    peak = max(usable, key=_number)
    rivals = [f for f in usable if f.effective == latest.effective and (f.at is None or f.at == latest.at)]
    if len({f.value for f in (latest, *rivals)}) > 1:
        why = "the newest CEA results of one date differ"
        evidence = tuple(dict.fromkeys(e for f in (latest, *rivals) for e in f.evidence))
        g.say(Finding("lab.cea_peak_fall_pct", None, latest.effective, Obtained.DERIVED, evidence, why))
        return
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
