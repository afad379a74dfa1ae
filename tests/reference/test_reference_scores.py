"""The slow evaluator's formulas against worked vectors, on paper and from the publications."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.reference import scores
from tests.reference.record import OneSided

D = Decimal


def mg(umol: str) -> Decimal:
    return D(umol) / D("17.1")


@pytest.mark.parametrize(
    "parts, points, letter",
    [
        ((mg("68"), D("2.4"), D("2.1"), "moderate_severe", "grade1_2"), 13, "C"),
        ((D("2.4"), D("3.0"), D("1.4"), "mild", "none"), 8, "B"),
        ((D("1.9"), D("3.6"), D("1.6"), "none", "none"), 5, "A"),
        ((D("2.0"), D("3.5"), D("1.7"), "none", "none"), 8, "B"),
        ((D("3.0"), D("2.8"), D("2.3"), "none", "none"), 8, "B"),
        ((D("3.1"), D("2.7"), D("2.4"), "none", "none"), 11, "C"),
        ((D("1"), D("4"), D("1"), "mild", "none"), 6, "A"),
        ((D("1"), D("4"), D("1"), "mild", "grade1_2"), 7, "B"),
        ((D("1"), D("4"), D("1"), "moderate_severe", "grade3_4"), 9, "B"),
        ((D("2.5"), D("4"), D("1"), "moderate_severe", "grade3_4"), 10, "C"),
        ((OneSided("<", D("0.2")), D("4"), D("1"), "none", "none"), 5, "A"),
        ((OneSided(">", D("20")), D("4"), D("1"), "none", "none"), 7, "B"),
    ],
)
def test_child_pugh(parts: tuple[Decimal, Decimal, Decimal, str, str], points: int, letter: str) -> None:
    assert points == scores.child_pugh_points(*parts)
    assert letter == scores.child_pugh_class(points)


def test_child_pugh_is_unknown_when_a_one_sided_value_lies_across_a_limit() -> None:
    assert scores.child_pugh_points(OneSided("<", D("2.5")), D(4), D(1), "none", "none") is None
    assert scores.child_pugh_points(OneSided(">", D("1")), D(4), D(1), "none", "none") is None


@pytest.mark.parametrize(
    "bilirubin, albumin, score, grade",
    [("10", "4.0", "-2.74", 1), ("30", "3.7", "-2.17", 2), ("50", "2.0", "-0.58", 3)],
)
def test_albi(bilirubin: str, albumin: str, score: str, grade: int) -> None:
    found = scores.albi(mg(bilirubin), D(albumin))
    assert D(score) == round(found, 2)
    assert grade == scores.albi_grade(found)


def test_albi_grades_end_at_their_limits() -> None:
    limits = ("-2.61", "-2.60", "-2.59", "-1.40", "-1.39", "-1.38")
    assert [1, 1, 2, 2, 2, 3] == [scores.albi_grade(D(score)) for score in limits]


def test_meld() -> None:
    inputs = {"bilirubin": D(2), "inr": D("1.5"), "creatinine": D("1.2"), "sodium": D(130)}
    assert D(22) == scores.meld3(**inputs, albumin=D("2.8"), female=True)
    assert D(21) == scores.meld_na(**inputs)
    well = {"bilirubin": D("0.3"), "inr": D("0.9"), "creatinine": D("0.5"), "sodium": D(145)}
    assert [D(6), D(7), D(6)] == [
        scores.meld3(**well, albumin=D(5), female=False), scores.meld3(**well, albumin=D(5), female=True),
        scores.meld_na(**well),
    ]  # fmt: skip
    ill = {"bilirubin": D(40), "inr": D(9), "creatinine": D(9), "sodium": D(110)}
    assert [D(40), D(40)] == [scores.meld3(**ill, albumin=D(1), female=True), scores.meld_na(**ill)]


def test_tumour_burden_and_clinical_risk() -> None:
    assert D("9.04") == round(scores.tumour_burden(D("4.2"), D(8)), 2)
    assert 2 == scores.clinical_risk(True, D(18), D(2), D(18), D("3.5"))
    assert 5 == scores.clinical_risk(True, D("11.9"), D(2), D("200.1"), D("5.1"))
    assert 0 == scores.clinical_risk(False, D(12), D(1), D(200), D(5))


@pytest.mark.parametrize(
    "creatinine, age, female, expected",
    [("1.0", 60, False, "86.2"), ("0.9", 55, True, "75.5"), ("0.7", 40, True, "112.1")],
)
def test_egfr(creatinine: str, age: int, female: bool, expected: str) -> None:
    assert D(expected) == round(scores.egfr(D(creatinine), D(age), female=female), 1)


def test_clearance() -> None:
    assert D("38.6") == round(scores.clearance(D("1.1"), D(68), D(50), female=True), 1)
    assert D(50) == scores.clearance(D(1), D(68), D(50), female=False)


@pytest.mark.parametrize("umol, expected", [("30", "1.75"), ("34", "1.99"), ("41", "2.40"), ("51", "2.98")])
def test_bilirubin_in_both_units(umol: str, expected: str) -> None:
    assert D(expected) == round(mg(umol), 2)
