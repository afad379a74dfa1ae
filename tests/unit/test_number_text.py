"""Numbers written as text: read when there is one way to read them, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.readers.number_text import Measured, read_text


def numbers(text: str) -> tuple[str | None, str, str | None] | str:
    """Comparator, number and unit; or the reason for none."""
    found = read_text(text)
    return (found.comparator, str(found.number), found.unit) if isinstance(found, Measured) else found


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1.2", (None, "1.2", None)),
        ("1.2 (H)", (None, "1.2", None)),
        ("1.2 H", (None, "1.2", None)),
        ("1.2*", (None, "1.2", None)),
        ("1.2 mg/dL", (None, "1.2", "mg/dL")),
        ("1.2mg/dL", (None, "1.2", "mg/dL")),
        ("1.2 mg/dL H", (None, "1.2", "mg/dL")),
        ("1.2 mg/dL [HH]", (None, "1.2", "mg/dL")),
        ("1.2 H mg/dL", (None, "1.2", "mg/dL")),
        ("1.2 mg/dL*", (None, "1.2", "mg/dL")),
        ("45 U/L", (None, "45", "U/L")),
        ("45 U/L L", (None, "45", "U/L")),
        ("<0.2", ("<", "0.2", None)),
        ("< 0.2 mg/dL", ("<", "0.2", "mg/dL")),
        ("> 1000 ng/mL", (">", "1000", "ng/mL")),
        (">=20%", (">=", "20", "%")),
        ("≥ 20 %", (">=", "20", "%")),
        ("Greater than 1000 ng/mL", (">", "1000", "ng/mL")),
        ("up to 5 ng/mL", ("<=", "5", "ng/mL")),
        ("210 10*3/uL", (None, "210", "10*3/uL")),
        ("210 x 10^9/L", (None, "210", "10*9/L")),
        ("210 K/uL (L)", (None, "210", "10*3/uL")),
        ("8.1 % of total Hgb", (None, "8.1", "%")),
        (".5 mg/dL", (None, "0.5", "mg/dL")),
    ],
)
def test_a_number_with_comparator_unit_and_flag_is_read(text: str, expected: object) -> None:
    assert expected == numbers(text)


@pytest.mark.parametrize(
    "text, number",
    [
        ("1,2 mg/dL", "1.2"),
        ("12,34 mg/dL", "12.34"),
        ("0,125 mg/dL", "0.125"),
        ("0.125 mg/dL", "0.125"),
        ("1234.567 ng/mL", "1234.567"),
        ("1.2345 ng/mL", "1.2345"),
        ("1,234.5 ng/mL", "1234.5"),
        ("1.234,5 ng/mL", "1234.5"),
        ("1,234,567 ng/mL", "1234567"),
        ("1.234.567 ng/mL", "1234567"),
        ("1 200 ng/mL", "1200"),
        ("1\u00a0200 ng/mL", "1200"),
        ("1\u202f200,5 ng/mL", "1200.5"),
        ("150 000 /uL", "150000"),
        ("1'200 ng/mL", "1200"),
    ],
)
def test_separators_with_one_meaning_are_read(text: str, number: str) -> None:
    found = read_text(text)
    assert isinstance(found, Measured)
    assert Decimal(number) == found.number


@pytest.mark.parametrize("text", ["1,200 ng/mL", "150.000 /uL", "4.125 ng/mL", "12,345", "210 109/L", "210 103/uL"])
def test_separators_with_two_meanings_are_not_read(text: str) -> None:
    assert f"{text!r} can be read as more than one number" == read_text(text)


@pytest.mark.parametrize("text", ["3-5", "3 - 5 mg/dL", "1.2–1.4 mg/dL", "1.2 to 1.4 mg/dL"])
def test_a_range_is_not_one_number(text: str) -> None:
    assert f"{text!r} is a range, not one number" == read_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "see comment",
        "not done",
        "haemolysed",
        "TNP",
        "QNS",
        "pending",
        "",
        "mg/dL 1.2",
        "-1.2 mg/dL",
        "~1.2 mg/dL",
        "1.2 on 3 May",
        "1.2 mg/dL previously 3.4 mg/dL",
        "1.2 / 3.4",
        "1.2.3 mg/dL",
        "12 34 mg/dL",
        "1:128",
        "12/20",
        "1.2 N/A",
        "++",
        "<",
        "10*3/uL",
        "1" * 16,
        "1.2 mg/dL" + " " * 20 + "x" * 80,
        "\u0663",
    ],
)
def test_anything_else_is_words(text: str) -> None:
    found = read_text(text)
    assert isinstance(found, str)
    assert found.startswith("the result is words, not a number")


def test_an_unknown_unit_keeps_its_words() -> None:
    found = read_text("1.2 furlongs H")
    assert isinstance(found, Measured)
    assert (None, "furlongs", Decimal("1.2")) == (found.unit, found.unit_words, found.number)
