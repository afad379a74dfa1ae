"""The upper limit of normal that a report states for this patient, and when there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fhir_charts import LOINC, SCT, Raw, concept, facts_of, lab, one, quantity

AST = "1920-8"
FEMALE, MALE = concept("248152002", SCT), concept("248153007", SCT)
KIND = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
RANGE, LIMIT = "the report gives several upper limits", "the report gives no upper limit of normal"


def multiple(*ranges: Raw, **patient: Any) -> tuple[Decimal | None, str]:
    """AST of 120 U/L as a multiple of the report's limit, for a woman of 66 unless said otherwise."""
    found = one("lab.ast_xuln", lab(AST, 120, "U/L", referenceRange=list(ranges)), patient=patient)
    assert found.value is None or isinstance(found.value, Decimal)
    return found.value, found.why


def high(value: int | str, **more: Any) -> Raw:
    return {"high": quantity(value, "U/L"), **more}


def years(low: int | None = None, top: int | None = None, unit: str = "a") -> Raw:
    ends = {"low": low, "high": top}
    return {k: quantity(v, None, code=unit) for k, v in ends.items() if v is not None}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("5 - 40 U/L", 3),
        ("5-40", 3),
        ("(5-40)", 3),
        ("[5 - 40] ", 3),
        ("5,0 - 40,0 U/L", 3),
        ("5 U/L - 40 U/L", 3),
        ("5 to 40", 3),
        ("< 40", 3),
        ("<= 40 U/L", 3),
        ("≤40", 3),
        ("up to 40 U/L", 3),
        ("less than 40", 3),
        ("Normal: 5-40 U/L", 3),
        ("Reference range: < 40", 3),
        ("0.1 - 0.5 µkat/L", 4),
        ("> 10", None),
        ("40", None),
        ("40 - 5", None),
        ("5 - 1,200", None),
        ("M: 5-40 F: 5-35", None),
        ("Male 5 - 40", None),
        ("see note", None),
        ("5-40" + " " * 10 + "x" * 80, None),
        ("0", None),
    ],
)
def test_a_limit_in_words(text: str, expected: int | None) -> None:
    value, why = multiple({"text": text})
    assert (None if expected is None else Decimal(expected)) == value
    assert expected is not None or why.startswith("the report gives no upper limit")


@pytest.mark.parametrize(
    "entry, expected",
    [
        ({"high": quantity(40, "U/L")}, 3),
        ({"high": {"value": 40}}, 3),
        ({"low": quantity(5, "U/L"), "high": quantity(40, "U/L"), "text": "5 - 60"}, 3),
        ({"high": quantity(40, "U/L", comparator="<")}, 3),
        ({"high": quantity(40, "U/L", comparator=">")}, None),
        ({"low": quantity(5, "U/L")}, None),
        ({"low": quantity(5, "U/L"), "text": "5 - 40"}, None),
        ({"low": quantity(50, "U/L"), "high": quantity(40, "U/L")}, None),
        ({"high": quantity(0, "U/L")}, None),
        ({"high": quantity(-40, "U/L")}, None),
        ({"high": {"value": "40"}}, None),
    ],
)
def test_a_limit_as_quantity(entry: Raw, expected: int | None) -> None:
    assert (None if expected is None else Decimal(expected)) == multiple(entry)[0]


@pytest.mark.parametrize(
    "kind, counts",
    [
        (concept("normal", KIND), True),
        (concept(text="Normal Range"), True),
        (concept("therapeutic", KIND), False),
        (concept("treatment", KIND), False),
        (concept(text="Therapeutic range"), False),
    ],
)
def test_only_ranges_of_normal_values_count(kind: Raw, counts: bool) -> None:
    assert counts == (multiple(high(40, type=kind))[0] is not None)


@pytest.mark.parametrize(
    "gender, expected", [("female", 3), ("male", 2), ("other", None), ("unknown", None), (None, None)]
)
@pytest.mark.parametrize(
    "women, men",
    [
        (FEMALE, MALE),
        (concept(text="Women"), concept(text="male")),
        (
            concept("female", "http://hl7.org/fhir/administrative-gender"),
            concept("male", "http://hl7.org/fhir/administrative-gender"),
        ),
    ],
)
def test_of_ranges_by_sex_the_patients_counts(women: Raw, men: Raw, gender: str | None, expected: int | None) -> None:
    ranges = (high(40, appliesTo=[women]), high(60, appliesTo=[men]))
    value, why = multiple(*ranges, gender=gender)
    assert (None if expected is None else Decimal(expected)) == value
    assert expected is not None or why.startswith(RANGE)


def test_a_range_of_the_other_sex_alone_is_no_limit() -> None:
    assert (None, LIMIT) == multiple(high(40, appliesTo=[MALE]))


def test_a_code_of_another_system_is_no_sex() -> None:
    assert None is multiple(high(40, appliesTo=[concept("male", LOINC)]))[0]


def test_a_range_of_a_group_that_is_not_understood_is_no_limit() -> None:
    value, why = multiple(high(40), high(40, appliesTo=[concept("77386006", SCT, "Pregnancy")]))
    assert None is value
    assert "group of people that is not understood" in why


@pytest.mark.parametrize(
    "born, expected",
    [
        ("1960-05-04", 3),  # 66 on the day of the result
        ("1966-11-10", 3),  # turned 60 that day
        ("1966-11-11", 2),  # still 59
        ("1966", None),
        ("1990-01-01", 2),
        (None, None),
    ],
)
def test_of_ranges_by_age_the_one_on_the_day_of_the_result_counts(born: str | None, expected: int | None) -> None:
    value, why = multiple(high(60, age=years(18, 59)), high(40, age=years(60)), birthDate=born)
    assert (None if expected is None else Decimal(expected)) == value
    assert expected is not None or why.startswith(RANGE)


def test_ages_in_months_are_told_from_years() -> None:
    assert Decimal(3) == multiple(high(60, age=years(top=24, unit="mo")), high(40, age=years(low=24, unit="mo")))[0]


def test_an_age_without_a_unit_leaves_nobody_out() -> None:
    assert None is multiple(high(60, age={"high": {"value": 24}}), high(40))[0]


def test_bilirubin_takes_the_limit_of_the_patients_sex() -> None:
    ranges = [
        {"high": quantity("1.2", "mg/dL"), "appliesTo": [FEMALE]},
        {"high": quantity(25, "umol/L"), "appliesTo": [MALE]},
    ]
    raw = lab("1975-2", "2.4", "mg/dL", referenceRange=ranges)
    assert Decimal("1.2") == one("lab.bilirubin", raw).upper_limit
    man = facts_of(raw, patient={"gender": "male"}).findings["lab.bilirubin"][0]
    assert Decimal(25) / Decimal("17.1") == man.upper_limit


def test_bilirubin_without_a_limit_stays_a_number() -> None:
    ranges = [{"high": quantity(12, "mmol/mol")}]
    found = one("lab.bilirubin", lab("1975-2", "2.4", "mg/dL", referenceRange=ranges))
    assert (Decimal("2.4"), None) == (found.value, found.upper_limit)
