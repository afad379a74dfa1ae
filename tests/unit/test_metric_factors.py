"""Factors between units that differ in metric prefixes; nothing is guessed about others."""

from __future__ import annotations

from fractions import Fraction

import pytest

from eligibility.checking.metric import metric_factor


@pytest.mark.parametrize(
    "unit, canonical, factor",
    [
        ("mg/L", "mg/dL", "1/10"),
        ("g/L", "g/dL", "1/10"),
        ("ug/L", "ng/mL", "1"),
        ("kU/L", "U/mL", "1"),
        ("mm", "cm", "1/10"),
        ("s", "ms", "1000"),
        ("g", "kg", "1/1000"),
        ("L", "mL", "1000"),
        ("l", "mL", "1000"),
        ("cm3", "mL", "1"),
        ("dm3", "L", "1"),
        ("10*3/uL", "10*9/L", "1"),
        ("/uL", "10*9/L", "1/1000"),
        ("10^6/L", "10*9/L", "1/1000"),
        ("{cells}/uL", "/uL", "1"),
        ("cGy", "Gy", "1/100"),
        ("umol/L", "mmol/L", "1/1000"),
        ("k[IU]/L", "[IU]/mL", "1"),
        ("kPa", "Pa", "1000"),
        ("mL/h", "mL/min", "1/60"),
        ("wk", "d", "7"),
        ("1", "%", "100"),
        ("1", "{count}", "1"),
    ],
)
def test_units_of_one_kind_have_an_exact_factor(unit: str, canonical: str, factor: str) -> None:
    assert Fraction(factor) == metric_factor(unit, canonical)
    assert 1 / Fraction(factor) == metric_factor(canonical, unit)


@pytest.mark.parametrize(
    "unit, canonical",
    [
        ("umol/L", "mg/dL"),
        ("meq/L", "mmol/L"),
        ("[IU]/mL", "ng/mL"),
        ("a", "d"),
        ("mo", "d"),
        ("years", "a"),
        ("[degF]", "Cel"),
        ("mL/min/1.73 m2", "mL/min/{1.73_m2}"),
        ("m2", "m3"),
        ("mutations/Mb", "1/1000000{Base}"),
        ("mol", "g"),
    ],
)
def test_units_of_different_kinds_have_none(unit: str, canonical: str) -> None:
    assert metric_factor(unit, canonical) is None
