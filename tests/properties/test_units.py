"""Promise 5 of rule 3.7: another supported unit never changes a status; an unsupported one counts as missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from eligibility.errors import FactInputError
from eligibility.facts import Finding
from eligibility.knowledge.model import Example
from tests.fact_patients import KNOWLEDGE, judged, patient, statuses
from tests.properties.generated_patients import ENTERABLE, FITTING, Chart, charts, thresholds

QUANTITIES = {f: d for f, d in ENTERABLE.items() if len(set(d.units.values())) > 1}
CONVERSIONS = sorted((fact, unit) for fact, d in QUANTITIES.items() for unit in d.units if unit != d.unit)


def expressed(fact: str, value: Decimal, unit: str) -> Decimal | None:
    """A canonical value in another unit, where it can be written with a finite number of digits."""
    exact = Fraction(value) / ENTERABLE[fact].units[unit]
    written = Decimal(exact.numerator) / Decimal(exact.denominator)
    return written if Fraction(written) == exact else None


def test_the_conversions_that_matter_are_tried() -> None:
    assert {
        ("lab.bilirubin", "umol/L"), ("lab.creatinine", "umol/L"), ("lab.albumin", "g/L"), ("lab.hb", "g/L"),
        ("lab.platelets", "/uL"), ("lab.anc", "/mm3"), ("liver.max_diameter_cm", "mm"),
        ("liver.uninvolved_volume_ml", "L"), ("ecg.qtcf", "s"), ("pt.weight_kg", "g"),
    } <= set(CONVERSIONS)  # fmt: skip


@given(charts(), st.data())
def test_another_unit_never_changes_a_status(chart: Chart, data: st.DataObject) -> None:
    measured = sorted(f for f in chart if f in QUANTITIES)
    assume(measured)
    other: dict[str, object] = dict(chart)
    for fact in data.draw(st.lists(st.sampled_from(measured), min_size=1, unique=True)):
        value = chart[fact]
        assert isinstance(value, Decimal)
        unit = data.draw(st.sampled_from(sorted(ENTERABLE[fact].units)))
        written = expressed(fact, value, unit)
        assume(written is not None)
        other[fact] = {"value": written, "unit": unit}
    assert statuses(judged(patient(chart))) == statuses(judged(patient(other)))


@pytest.mark.parametrize("fact, unit", CONVERSIONS)
def test_every_threshold_is_hit_exactly_in_every_unit(fact: str, unit: str) -> None:
    definition = ENTERABLE[fact]
    for limit in thresholds(fact):
        written = expressed(fact, limit, unit)
        if written is None:
            continue
        assert limit == definition.value_of(written, unit)
        if Decimal(str(float(written))) == written:
            assert limit == definition.value_of(float(written), unit)


@given(st.sampled_from(CONVERSIONS), st.decimals(0, 100000, places=3))
@example(("lab.bilirubin", "umol/L"), Decimal("34.2"))
@example(("lab.bilirubin", "umol/L"), Decimal("51.3"))
def test_a_converted_value_lies_on_the_right_side_of_every_threshold(
    conversion: tuple[str, str], number: Decimal
) -> None:
    fact, unit = conversion
    definition = ENTERABLE[fact]
    exact = Fraction(number) * definition.units[unit]
    converted = definition.convert(number, unit)
    for limit in thresholds(fact):
        assert (exact < limit, exact > limit) == (converted < limit, converted > limit)


@given(st.sampled_from(CONVERSIONS), st.decimals("0.01", 10000, places=2), st.decimals("0.01", 10000, places=2))
def test_conversion_keeps_the_order(conversion: tuple[str, str], one: Decimal, other: Decimal) -> None:
    fact, unit = conversion
    first, second = (ENTERABLE[fact].convert(n, unit) for n in (one, other))
    assert (one < other, one == other) == (first < second, first == second)


@given(st.sampled_from(sorted(QUANTITIES)), st.text(max_size=8))
def test_a_unit_that_is_not_listed_is_never_guessed(fact: str, unit: str) -> None:
    definition = ENTERABLE[fact]
    assume(unit not in definition.units)
    with pytest.raises(FactInputError, match="is not known"):
        definition.convert(Decimal(1), unit)


MEASURED = [(e, f) for _, e in FITTING for f in e.given if f in QUANTITIES]


@given(st.sampled_from(MEASURED))
def test_a_value_in_an_unknown_unit_counts_like_a_missing_one(case: tuple[Example, str]) -> None:
    worked, fact = case
    facts = dict(worked.given)
    missing = patient(facts, without=(fact,))
    unreadable = patient(facts, Finding(fact, None, None, why="the unit is not known"), without=(fact,))
    assert statuses(judged(missing)) == statuses(judged(unreadable))


def test_bilirubin_of_34_micromoles_is_below_two_and_of_35_above() -> None:
    base = dict(KNOWLEDGE.option("crc-folfiri").examples[0].given)
    below = statuses(judged(patient(base | {"lab.bilirubin": {"value": 34, "unit": "umol/L"}})))
    on = statuses(judged(patient(base | {"lab.bilirubin": {"value": 34.2, "unit": "umol/L"}})))
    above = statuses(judged(patient(base | {"lab.bilirubin": {"value": 34.3, "unit": "umol/L"}})))
    assert below["crc-folfiri"] == on["crc-folfiri"] != "not_now" == above["crc-folfiri"]
