"""Observations as lines of the practice EHR's result table."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox_ehr.chart_view import newest_first, recorded, shown_when, written
from sandbox_ehr.charts import Chart
from sandbox_ehr.dates import shown
from sandbox_ehr.fhir_json import Resource, codings, concept_text, items, mapping, text

__all__ = ["Result", "results"]

_OBSERVED = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")
_MARKS = {"H": "High", "HH": "Very high", "L": "Low", "LL": "Very low", "A": "Abnormal", "AA": "Very abnormal"}


@dataclass(frozen=True, slots=True)
class Result:
    """The latest value of one test."""

    test: str
    about: str
    """What the test was about, when its name alone does not tell two apart: gene, site, source."""
    value: str
    reference: str
    mark: str
    when: str


def results(chart: Chart) -> tuple[Result, ...]:
    """The newest observations of each test, newest first.

    Tests of one name about different things (a gene, a site) are different tests; several values of one test at
    the same moment (several lesions) are all shown.
    """
    latest: dict[tuple[str, str], str] = {}
    shown_results = []
    for observation in newest_first(recorded(chart, "Observation"), *_OBSERVED):
        name = concept_text(observation.get("code")) or "Result without a name"
        about, moment = _about(observation), written(observation, _OBSERVED)
        if latest.setdefault((name, about), moment) == moment:
            shown_results.append(
                Result(
                    test=name,
                    about=about,
                    value=_value(observation),
                    reference=_reference_range(observation),
                    mark=_mark(observation),
                    when=shown_when(observation, *_OBSERVED),
                )
            )
    return tuple(shown_results)


def _about(observation: Resource) -> str:
    parts = [concept_text(observation.get("bodySite"))]
    parts += [concept_text(component.get("valueCodeableConcept")) for component in items(observation.get("component"))]
    return ", ".join(part for part in parts if part)


def _value(observation: Resource) -> str:
    own = _one_value(observation)
    parts = [(concept_text(c.get("code")), _number(c)) for c in items(observation.get("component"))]
    listed = [f"{name} {value}".strip() for name, value in parts if value]
    if own or listed:
        return "; ".join([own, *listed] if own else listed)
    absent = concept_text(observation.get("dataAbsentReason"))
    return f"no value: {absent}" if absent else "no value"


def _one_value(holder: Resource) -> str:
    if concept := concept_text(holder.get("valueCodeableConcept")):
        return concept
    return _number(holder)


def _number(holder: Resource) -> str:
    """Any value but a code; the codes of components are in `about`."""
    if quantity := mapping(holder.get("valueQuantity")):
        return _quantity(quantity)
    if extent := mapping(holder.get("valueRange")):
        ends = [_quantity(mapping(extent.get(end))) for end in ("low", "high")]
        return " to ".join(end for end in ends if end)
    truth = holder.get("valueBoolean")
    if isinstance(truth, bool):
        return "yes" if truth else "no"
    count = holder.get("valueInteger")
    if isinstance(count, int):
        return str(count)
    moment = text(holder.get("valueDateTime"))
    return shown(moment) if moment else text(holder.get("valueString"))


def _quantity(quantity: Resource) -> str:
    value = quantity.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    number = str(value).replace("-", "\N{MINUS SIGN}")
    unit = text(quantity.get("unit")) or text(quantity.get("code"))
    return " ".join(part for part in (text(quantity.get("comparator")), number, unit) if part)


def _reference_range(observation: Resource) -> str:
    for extent in items(observation.get("referenceRange")):
        if words := text(extent.get("text")):
            return words
        low, high = _quantity(mapping(extent.get("low"))), _quantity(mapping(extent.get("high")))
        if low and high:
            return f"{low.split()[0]} to {high}"
        if low or high:
            return f"from {low}" if low else f"up to {high}"
    return ""


def _mark(observation: Resource) -> str:
    """What must be read with the value: that it is not final, or how the laboratory marked it."""
    status = text(observation.get("status"))
    marks = [] if status in ("final", "amended", "corrected") else [status or "status not recorded"]
    codes = (code for _, code in codings(observation.get("interpretation")))
    return ", ".join([*marks, *dict.fromkeys(_MARKS[code] for code in codes if code in _MARKS)])
