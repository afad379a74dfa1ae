"""Scores: the edges of every band and the bounds of every input. Their worked examples stand in `scores.yaml`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility import scores
from eligibility.facts import Bound, FactStatus, Scalar
from tests.fact_patients import fact_of, finding, patient

D = Decimal


def entered(**facts: object) -> dict[str, object]:
    """Facts by name, written `lab__bilirubin=...`."""
    return {name.replace("__", ".", 1): value for name, value in facts.items()}


def umol(value: float) -> dict[str, object]:
    return {"value": value, "unit": "umol/L"}


def grams(value: float) -> dict[str, object]:
    return {"value": value, "unit": "g/L"}


CIRRHOSIS = entered(
    liver__cirrhosis=True, dx__primary="colorectal", dx__active_primaries=1, lab__bilirubin=1.0, lab__albumin=4.0,
    lab__inr=1.0, liver__ascites="none", liver__encephalopathy="none",
)  # fmt: skip
"""A cirrhotic liver with one point for every Child-Pugh component."""


def number(record: Any, fact: str) -> Decimal:
    value = fact_of(record, fact).value
    assert isinstance(value, Decimal), value
    return value


def child_pugh(**changes: object) -> tuple[Decimal, Scalar | None]:
    record = CIRRHOSIS | entered(**changes)
    return number(record, "drv.child_pugh_points"), fact_of(record, "drv.child_pugh_class").value


# -- Child-Pugh ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact, value, points",
    [
        ("lab__bilirubin", 1.99, 1), ("lab__bilirubin", 2.0, 2), ("lab__bilirubin", 3.0, 2), ("lab__bilirubin", 3.01,
            3),
        ("lab__bilirubin", umol(34.1), 1), ("lab__bilirubin", umol(34.2), 2), ("lab__bilirubin", umol(51.3), 2),
        ("lab__bilirubin", umol(51.4), 3),
        ("lab__albumin", 3.51, 1), ("lab__albumin", 3.5, 2), ("lab__albumin", 2.8, 2), ("lab__albumin", 2.79, 3),
        ("lab__albumin", grams(36), 1), ("lab__albumin", grams(35), 2), ("lab__albumin", grams(28), 2),
        ("lab__albumin", grams(27), 3),
        ("lab__inr", 1.69, 1), ("lab__inr", 1.7, 2), ("lab__inr", 2.3, 2), ("lab__inr", 2.31, 3),
        ("liver__ascites", "none", 1), ("liver__ascites", "mild", 2), ("liver__ascites", "moderate_severe", 3),
        ("liver__encephalopathy", "none", 1), ("liver__encephalopathy", "grade1_2", 2),
        ("liver__encephalopathy", "grade3_4", 3),
    ],
)  # fmt: skip
def test_each_child_pugh_component_has_its_band(fact: str, value: object, points: int) -> None:
    assert 4 + points == child_pugh(**{fact: value})[0]


@pytest.mark.parametrize("points, expected", [(5, "A"), (6, "A"), (7, "B"), (9, "B"), (10, "C"), (15, "C")])
def test_child_pugh_classes_have_their_edges(points: int, expected: str) -> None:
    assert expected == scores.child_pugh_class(D(points))


@pytest.mark.parametrize(
    "component", ["lab.bilirubin", "lab.albumin", "lab.inr", "liver.ascites", "liver.encephalopathy"]
)
def test_child_pugh_waits_for_every_component(component: str) -> None:
    record = patient(CIRRHOSIS, without=(component,))
    points, letter = fact_of(record, "drv.child_pugh_points"), fact_of(record, "drv.child_pugh_class")
    assert [FactStatus.UNKNOWN] * 2 == [points.status, letter.status]
    assert (component,) == points.inputs == letter.inputs


@pytest.mark.parametrize(
    "bilirubin, points",
    [
        (Bound("<", D(2)), 5),
        (Bound("<=", D(1)), 5),
        (Bound(">", D(3)), 7),
        (Bound("<", D("2.5")), None),
        (Bound(">", D("2.5")), None),
        (Bound(">=", D(3)), None),
    ],
)
def test_a_one_sided_component_counts_where_its_band_is_certain(bilirubin: Bound, points: int | None) -> None:
    fact = fact_of(patient(CIRRHOSIS, finding("lab.bilirubin", bilirubin)), "drv.child_pugh_points")
    assert points == fact.value
    assert (points is not None) is fact.decides


def test_child_pugh_applies_to_hepatocellular_carcinoma_without_recorded_cirrhosis() -> None:
    record = {k: v for k, v in CIRRHOSIS.items() if k != "liver.cirrhosis"} | entered(dx__primary="hcc")
    assert 5 == fact_of(record, "drv.child_pugh_points").value
    from_lesion = record | entered(dx__primary="other", liver__lesion_nature="hcc")
    assert "A" == fact_of(from_lesion, "drv.child_pugh_class").value


def test_child_pugh_does_not_apply_without_cirrhosis() -> None:
    record = CIRRHOSIS | entered(liver__cirrhosis=False)
    assert "not_cirrhotic" == fact_of(record, "drv.child_pugh_class").value
    points = fact_of(record, "drv.child_pugh_points")
    assert (FactStatus.UNKNOWN, ()) == (points.status, points.inputs)


@pytest.mark.parametrize(
    "left_out, waits_for",
    [(("liver.cirrhosis",), ("liver.cirrhosis",)), (("dx.primary",), ("drv.target_primary",))],
)
def test_child_pugh_waits_for_cirrhosis_and_primary(left_out: tuple[str, ...], waits_for: tuple[str, ...]) -> None:
    record = patient(CIRRHOSIS | entered(liver__cirrhosis=False), without=left_out)
    assert waits_for == fact_of(record, "drv.child_pugh_class").inputs


def test_child_pugh_waits_for_the_primary_when_liver_cancer_is_unspecified() -> None:
    record = CIRRHOSIS | entered(liver__cirrhosis=False, dx__primary="liver_unspecified")
    assert not fact_of(record, "drv.child_pugh_class").decides


def test_child_pugh_says_that_anticoagulants_mislead() -> None:
    record = CIRRHOSIS | entered(sf__anticoagulated=True)
    assert "INR is unreliable on anticoagulants" == fact_of(record, "drv.child_pugh_class").why
    assert "" == fact_of(CIRRHOSIS, "drv.child_pugh_class").why


# -- ALBI ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "score, grade", [("-3.1", 1), ("-2.60", 1), ("-2.599", 2), ("-1.39", 2), ("-1.389", 3), ("0.2", 3)]
)
def test_albi_grades_have_their_edges(score: str, grade: int) -> None:
    assert grade == scores.albi_grade(D(score))


# -- MELD ---------------------------------------------------------------------------------------------------------

MELD: dict[str, Any] = {"bilirubin": D("2.0"), "sodium": D(130), "inr": D("1.5"), "creatinine": D("1.2")}


def test_meld_3_counts_female_sex() -> None:
    as_man = scores.meld_3(female=False, albumin=D("2.8"), **MELD)
    assert (D(22), D(21)) == (scores.meld_3(female=True, albumin=D("2.8"), **MELD), as_man)


@pytest.mark.parametrize(
    "change, same_as",
    [
        ({"bilirubin": D("0.4")}, {"bilirubin": D("1.0")}),
        ({"inr": D("0.8")}, {"inr": D("1.0")}),
        ({"creatinine": D("0.6")}, {"creatinine": D("1.0")}),
        ({"creatinine": D("7.0")}, {"creatinine": D("3.0")}),
        ({"sodium": D(110)}, {"sodium": D(125)}),
        ({"sodium": D(148)}, {"sodium": D(137)}),
        ({"albumin": D("0.9")}, {"albumin": D("1.5")}),
        ({"albumin": D("4.6")}, {"albumin": D("3.5")}),
    ],
)
def test_meld_3_bounds_its_inputs(change: dict[str, Decimal], same_as: dict[str, Decimal]) -> None:
    usual = MELD | {"albumin": D("2.8")}
    assert scores.meld_3(female=False, **usual | same_as) == scores.meld_3(female=False, **usual | change)
    assert scores.meld_3(female=False, **usual) != scores.meld_3(female=False, **usual | change)


@pytest.mark.parametrize(
    "change, same_as",
    [
        ({"bilirubin": D("0.4")}, {"bilirubin": D("1.0")}),
        ({"inr": D("0.8")}, {"inr": D("1.0")}),
        ({"creatinine": D("0.6")}, {"creatinine": D("1.0")}),
        ({"creatinine": D("9.0")}, {"creatinine": D("4.0")}),
        ({"sodium": D(110)}, {"sodium": D(125)}),
        ({"sodium": D(148)}, {"sodium": D(137)}),
    ],
)
def test_meld_na_bounds_its_inputs(change: dict[str, Decimal], same_as: dict[str, Decimal]) -> None:
    assert scores.meld_na(**MELD | same_as) == scores.meld_na(**MELD | change)
    assert scores.meld_na(**MELD) != scores.meld_na(**MELD | change)


def test_meld_na_ignores_sodium_up_to_11_points() -> None:
    mild: dict[str, Any] = {"bilirubin": D("1.2"), "inr": D("1.2"), "creatinine": D("1.0")}
    assert D(9) == scores.meld_na(sodium=D(137), **mild) == scores.meld_na(sodium=D(125), **mild)


@pytest.mark.parametrize("inr, with_low_sodium", [("1.5", 11), ("1.63", 23)])
def test_meld_na_counts_sodium_from_12_points(inr: str, with_low_sodium: int) -> None:
    mild: dict[str, Any] = {"bilirubin": D(1), "inr": D(inr), "creatinine": D(1)}
    assert with_low_sodium == scores.meld_na(sodium=D(125), **mild)
    assert (11 if with_low_sodium == 11 else 12) == scores.meld_na(sodium=D(137), **mild)


@pytest.mark.parametrize(
    "inputs, expected",
    [
        ({"bilirubin": D("0.5"), "sodium": D(140), "inr": D("0.9"), "creatinine": D("0.7")}, 6),
        ({"bilirubin": D(40), "sodium": D(120), "inr": D(6), "creatinine": D(6)}, 40),
    ],
)
def test_meld_lies_between_6_and_40(inputs: dict[str, Decimal], expected: int) -> None:
    assert expected == scores.meld_na(**inputs)
    assert expected == scores.meld_3(female=False, albumin=D(4) if expected == 6 else D("1.5"), **inputs)


# -- tumour burden, clinical risk ---------------------------------------------------------------------------------


def test_tumour_burden_is_the_same_in_another_unit() -> None:
    record = entered(liver__max_diameter_cm=4.2, liver__lesion_count=8)
    in_mm = entered(liver__max_diameter_cm={"value": 42, "unit": "mm"}, liver__lesion_count=8)
    assert number(record, "drv.tbs") == number(in_mm, "drv.tbs")


RISK = entered(
    dx__nodes_positive=True, dx__dfi_months=18, liver__lesion_count=2, lab__cea=18, liver__max_diameter_cm=3.5
)


@pytest.mark.parametrize(
    "change, expected",
    [
        (entered(dx__nodes_positive=False), 1),
        (entered(dx__dfi_months=11.9), 3), (entered(dx__dfi_months=12), 2),
        (entered(liver__lesion_count=1), 1),
        (entered(lab__cea=200), 2), (entered(lab__cea=200.1), 3),
        (entered(liver__max_diameter_cm=5), 2), (entered(liver__max_diameter_cm=5.1), 3),
        (entered(dx__dfi_months=0, lab__cea=900, liver__max_diameter_cm=9), 5),
    ],
)  # fmt: skip
def test_each_clinical_risk_point_has_its_edge(change: dict[str, object], expected: int) -> None:
    assert expected == fact_of(RISK | change, "drv.fong_crs").value
