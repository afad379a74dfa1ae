"""Units: spellings, UCUM codes and exact factors. A unit is never guessed (SS-58)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_mappings.units import UCUM, convert, factor, ucum


@pytest.mark.parametrize(
    "text, code",
    [
        ("mg/dl", "mg/dL"),
        ("MG/DL", "mg/dL"),
        ("mg / dL", "mg/dL"),
        ("K/uL", "10*3/uL"),
        ("10*3/uL", "10*3/uL"),
        ("x10^3/µL", "10*3/uL"),
        ("10^9/L", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("µmol/L", "umol/L"),
        ("μmol/L", "umol/L"),
        ("gm/dL", "g/dL"),
        ("IU/L", "[IU]/L"),
        ("U/L", "U/L"),
        ("mEq/L", "meq/L"),
        ("{INR}", "1"),
        ("%", "%"),
        ("10(9)/L", "10*9/L"),
        ("10E9/L", "10*9/L"),
        ("1e9/L", "10*9/L"),
        ("10^03/uL", "10*3/uL"),
        ("Thousand/cu.mm", "10*3/uL"),
        ("Tsd./µl", "10*3/uL"),
        ("10*3{cells}/uL", "10*3/uL"),
        ("{cells}/mm3", "/uL"),
        ("µkat/L", "ukat/L"),
        ("UI/L", "[IU]/L"),
        ("% of total Hgb", "%"),
        ("mmol/mol{Hb}", "mmol/mol"),
        ("mcg/L", "ug/L"),
        ("G/L", "G/L"),
        ("lbs.", "[lb_av]"),
    ],
)
def test_a_spelling_stands_for_its_ucum_code(text: str, code: str) -> None:
    assert code == ucum(text)


@pytest.mark.parametrize(
    "text", [None, "", " ", "mg", "dL", "furlong", "mg/dL/h", "10*7/L", "?", "mg/dL{direct}", "UL", "10*3"]
)
def test_other_text_is_no_unit(text: str | None) -> None:
    assert None is ucum(text)


def test_a_ucum_code_counts_without_text() -> None:
    assert "mg/dL" == ucum(None, "mg/dL", UCUM)


def test_a_unit_code_of_another_system_falls_back_to_the_text() -> None:
    assert "mg/dL" == ucum("mg/dL", "258797006", "http://snomed.info/sct")


def test_an_unknown_ucum_code_is_not_replaced_by_its_text() -> None:
    assert None is ucum("mg/dL", "kg/m3", UCUM)


def test_a_text_that_means_two_units_is_settled_by_its_code() -> None:
    assert "10*9/L" == ucum("G/L", "10*9/L", UCUM)
    assert "g/L" == ucum("G/L", "g/L", UCUM)
    assert "g/L" == ucum("g/L", "G/L", UCUM)
    assert None is ucum("G/L", "mg/dL", UCUM)


def test_code_and_text_must_agree() -> None:
    assert None is ucum("mg/dL", "umol/L", UCUM)
    assert "10*3/uL" == ucum("10*9/L", "10*3/uL", UCUM), "two names of one unit agree"


@pytest.mark.parametrize(
    "text, exact", [("1", Fraction(1)), ("1/17.1", Fraction(10, 171)), ("0.45359237", Fraction(45359237, 10**8))]
)
def test_a_factor_is_exact(text: str, exact: Fraction) -> None:
    assert exact == factor(text)


def test_a_scale_with_another_zero_is_converted_exactly() -> None:
    assert Decimal("7.00044") == convert(Decimal(53), factor("0.09148"), factor("2.152"))


def test_conversion_keeps_the_number_of_a_factor_of_one() -> None:
    assert "1.20" == str(convert(Decimal("1.20"), Fraction(1)))


def test_conversion_is_not_rounded() -> None:
    assert Decimal(30) / Decimal("17.1") == convert(Decimal(30), factor("1/17.1"))
