"""Scores and derived facts: the worked examples of the formulas, the edges of every band, and what is never computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility import scores
from eligibility.facts import Bound, Evidence, Fact, FactStatus, Obtained, Scalar
from tests.fact_patients import KNOWLEDGE, fact_of, finding, patient

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


def test_child_pugh_of_a_decompensated_liver_is_13() -> None:
    assert (D(13), "C") == child_pugh(
        lab__bilirubin=umol(68), lab__albumin=grams(24), lab__inr=2.1, liver__ascites="moderate_severe",
        liver__encephalopathy="grade1_2",
    )  # fmt: skip


def test_child_pugh_of_a_liver_with_mild_ascites_is_8() -> None:
    assert (D(8), "B") == child_pugh(
        lab__bilirubin=2.4, lab__albumin=3.0, lab__inr=1.4, liver__ascites="mild", liver__encephalopathy="none"
    )


@pytest.mark.parametrize(
    "fact, value, points",
    [
        ("lab__bilirubin", 1.99, 1), ("lab__bilirubin", 2.0, 2), ("lab__bilirubin", 3.0, 2), ("lab__bilirubin", 3.01, 3),
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


@pytest.mark.parametrize(
    "points, expected", [(5, "A"), (6, "A"), (7, "B"), (9, "B"), (10, "C"), (15, "C")]
)
def test_child_pugh_classes_have_their_edges(points: int, expected: str) -> None:
    assert expected == scores.child_pugh_class(D(points))


@pytest.mark.parametrize("component", ["lab.bilirubin", "lab.albumin", "lab.inr", "liver.ascites", "liver.encephalopathy"])
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


@pytest.mark.parametrize("bilirubin, albumin, score, grade", [(10, 40, "-2.74", 1), (30, 37, "-2.17", 2)])
def test_albi_worked_examples(bilirubin: float, albumin: float, score: str, grade: int) -> None:
    record = entered(lab__bilirubin=umol(bilirubin), lab__albumin=grams(albumin))
    assert D(score) == round(number(record, "drv.albi_score"), 2)
    assert grade == fact_of(record, "drv.albi_grade").value


@pytest.mark.parametrize(
    "score, grade", [("-3.1", 1), ("-2.60", 1), ("-2.599", 2), ("-1.39", 2), ("-1.389", 3), ("0.2", 3)]
)
def test_albi_grades_have_their_edges(score: str, grade: int) -> None:
    assert grade == scores.albi_grade(D(score))


# -- MELD ---------------------------------------------------------------------------------------------------------

MELD: dict[str, Any] = {"bilirubin": D("2.0"), "sodium": D(130), "inr": D("1.5"), "creatinine": D("1.2")}
MELD_FACTS = entered(lab__bilirubin=2.0, lab__sodium=130, lab__inr=1.5, lab__creatinine=1.2)


def test_meld_worked_examples() -> None:
    record = MELD_FACTS | entered(pt__sex="female", lab__albumin=2.8)
    assert (22, 21) == (fact_of(record, "drv.meld3").value, fact_of(record, "drv.meld_na").value)


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


def test_tumour_burden_worked_example() -> None:
    record = entered(liver__max_diameter_cm=4.2, liver__lesion_count=8)
    assert D("9.04") == round(number(record, "drv.tbs"), 2)
    in_mm = entered(liver__max_diameter_cm={"value": 42, "unit": "mm"}, liver__lesion_count=8)
    assert number(record, "drv.tbs") == number(in_mm, "drv.tbs")


RISK = entered(
    dx__nodes_positive=True, dx__dfi_months=18, liver__lesion_count=2, lab__cea=18, liver__max_diameter_cm=3.5
)


def test_clinical_risk_worked_example() -> None:
    assert 2 == fact_of(RISK, "drv.fong_crs").value


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


# -- kidney -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sex, age, creatinine, expected", [("male", 60, 1.0, "86.2"), ("female", 55, 0.9, "75.5")])
def test_egfr_worked_examples(sex: str, age: int, creatinine: float, expected: str) -> None:
    record = entered(pt__sex=sex, pt__age=age, lab__creatinine=creatinine)
    assert D(expected) == round(number(record, "drv.egfr"), 1)


@pytest.mark.parametrize("female, k", [(True, "0.7"), (False, "0.9")])
def test_egfr_changes_its_slope_at_the_reference_creatinine(female: bool, k: str) -> None:
    def egfr(creatinine: Decimal) -> float:
        return float(scores.egfr_ckd_epi_2021(female=female, age=D(60), creatinine=creatinine))

    at = egfr(D(k))
    assert egfr(D(k) / 2) == pytest.approx(at * 0.5 ** (-0.241 if female else -0.302), rel=1e-4)
    assert egfr(D(k) * 2) == pytest.approx(at * 2**-1.2, rel=1e-4)


def test_creatinine_clearance_worked_example() -> None:
    record = entered(pt__sex="female", pt__age=68, pt__weight_kg=50, lab__creatinine=1.1)
    assert D("38.6") == round(number(record, "drv.crcl"), 1)
    man = record | entered(pt__sex="male")
    assert number(man, "drv.crcl") == pytest.approx(number(record, "drv.crcl") / D("0.85"), rel=D("1e-6"))


KIDNEY = entered(pt__sex="male", pt__age=60, pt__weight_kg=70, lab__creatinine=1.0)


def test_clearance_is_by_weight_where_weight_is_known() -> None:
    by_weight = fact_of(KIDNEY, "drv.renal")
    assert (number(KIDNEY, "drv.crcl"), "Cockcroft-Gault") == (by_weight.value, by_weight.why)
    without_weight = patient(KIDNEY, without=("pt.weight_kg",))
    by_surface = fact_of(without_weight, "drv.renal")
    assert number(without_weight, "drv.egfr") == by_surface.value
    assert "CKD-EPI 2021, no weight recorded" == by_surface.why


@pytest.mark.parametrize("left_out", ["lab.creatinine", "pt.age", "pt.sex"])
def test_clearance_waits_for_its_inputs(left_out: str) -> None:
    fact = fact_of(patient(KIDNEY, without=(left_out,)), "drv.renal")
    assert (FactStatus.UNKNOWN, (left_out,)) == (fact.status, fact.inputs)


# -- bilirubin, remnant, primary ----------------------------------------------------------------------------------


@pytest.mark.parametrize("given, shown", [(30, "1.75"), (34, "1.99"), (41, "2.40"), (51, "2.98")])
def test_bilirubin_conversions(given: int, shown: str) -> None:
    assert D(shown) == round(number(entered(lab__bilirubin=umol(given)), "lab.bilirubin"), 2)


@pytest.mark.parametrize("given, exact", [(34.2, "2"), (51.3, "3")])
def test_a_converted_value_on_a_limit_is_exactly_on_it(given: float, exact: str) -> None:
    assert D(exact) == number(entered(lab__bilirubin=umol(given)), "lab.bilirubin")


@pytest.mark.parametrize("given, above", [(34, False), (34.2, False), (34.21, True)])
def test_limits_are_compared_with_unrounded_values(given: float, above: bool) -> None:
    value = KNOWLEDGE.catalogue["lab.bilirubin"].value_of(given, "umol/L")
    assert isinstance(value, Decimal)
    assert above is (value > 2)


@pytest.mark.parametrize(
    "limit, expected, why",
    [("0.8", "2.5", "upper limit 0.8 mg/dL"), (None, "1.666667", "upper limit 1.2 mg/dL, assumed")],
)
def test_bilirubin_over_its_limit_uses_the_limit_of_the_report(limit: str | None, expected: str, why: str) -> None:
    report = finding("lab.bilirubin", D("2.0"), 3, upper_limit=D(limit) if limit else None)
    fact = fact_of(patient({}, report), "drv.bili_xuln")
    assert isinstance(fact.value, Decimal)
    assert (D(expected), why) == (round(fact.value, 6), fact.why)


def test_bilirubin_over_its_limit_can_be_one_sided() -> None:
    report = finding("lab.bilirubin", Bound("<", D("0.3")), 3, upper_limit=D("1.0"))
    assert Bound("<", D("0.3")) == fact_of(patient({}, report), "drv.bili_xuln").value


def test_the_limit_is_that_of_the_result_that_stands() -> None:
    older = finding("lab.bilirubin", D(1), 9, upper_limit=D(5), evidence=(Evidence("Observation/1", "value"),))
    newer = finding("lab.bilirubin", D(2), 2, evidence=(Evidence("Observation/2", "value"),))
    assert "upper limit 1.2 mg/dL, assumed" == fact_of(patient({}, older, newer), "drv.bili_xuln").why


@pytest.mark.parametrize(
    "facts, required",
    [
        (entered(liver__background="normal"), 20), (entered(liver__background="chemo_injured"), 30),
        (entered(liver__background="steatosis"), 30), (entered(liver__background="cirrhosis"), 40),
        (entered(liver__cirrhosis=True), 40), (entered(liver__cirrhosis=True, liver__background="normal"), 40),
        (entered(liver__cirrhosis=False), None), ({}, None),
    ],
)  # fmt: skip
def test_the_remnant_required_follows_the_background(facts: dict[str, object], required: int | None) -> None:
    assert required == fact_of(facts, "drv.flr_required_pct").value


@pytest.mark.parametrize(
    "facts, primary, waits_for",
    [
        (entered(liver__lesion_origin="breast", dx__primary="colorectal", dx__active_primaries=2), "breast", None),
        (entered(dx__primary="colorectal", dx__active_primaries=1), "colorectal", None),
        (entered(dx__primary="colorectal", dx__active_primaries=2), None, ("liver.lesion_origin",)),
        (entered(dx__primary="colorectal", dx__active_primaries=0), None, ("liver.lesion_origin",)),
        (entered(dx__primary="colorectal"), None, ("dx.active_primaries",)),
        (entered(dx__active_primaries=1), None, ("dx.primary",)),
        ({}, None, ("dx.primary", "dx.active_primaries")),
        (
            entered(liver__lesion_origin="unknown", dx__primary="colorectal", dx__active_primaries=1), None,
            ("liver.lesion_origin",),
        ),
        (
            entered(liver__lesion_origin="conflicting", dx__primary="colorectal", dx__active_primaries=1), None,
            ("liver.lesion_origin",),
        ),
        (entered(dx__primary="colorectal", dx__active_primaries="conflicting"), None, ("dx.active_primaries",)),
    ],
)  # fmt: skip
def test_the_primary_that_decides(
    facts: dict[str, object], primary: str | None, waits_for: tuple[str, ...] | None
) -> None:
    fact = fact_of(facts, "drv.target_primary")
    assert primary == fact.value
    if waits_for is not None:
        assert (FactStatus.UNKNOWN, waits_for) == (fact.status, fact.inputs)


# -- never computed from what cannot be relied on -----------------------------------------------------------------

SCORES: list[tuple[str, dict[str, object], str]] = [
    ("drv.albi_score", entered(lab__bilirubin=1.0, lab__albumin=3.0), "lab.albumin"),
    ("drv.albi_grade", entered(lab__bilirubin=1.0, lab__albumin=3.0), "lab.bilirubin"),
    ("drv.meld3", MELD_FACTS | entered(pt__sex="female", lab__albumin=2.8), "lab.albumin"),
    ("drv.meld3", MELD_FACTS | entered(pt__sex="female", lab__albumin=2.8), "lab.inr"),
    ("drv.meld_na", MELD_FACTS, "lab.sodium"),
    ("drv.tbs", entered(liver__max_diameter_cm=4.2, liver__lesion_count=8), "liver.lesion_count"),
    ("drv.fong_crs", RISK, "lab.cea"),
    ("drv.egfr", KIDNEY, "lab.creatinine"),
    ("drv.crcl", KIDNEY, "lab.creatinine"),
    ("drv.bili_xuln", entered(lab__bilirubin=1.0), "lab.bilirubin"),
    ("drv.child_pugh_points", CIRRHOSIS, "lab.inr"),
]


def standing(facts: dict[str, object], fact: str) -> Decimal:
    value = fact_of(facts, fact).value
    assert isinstance(value, Decimal)
    return value


@pytest.mark.parametrize("score, facts, spoilt", SCORES)
@pytest.mark.parametrize("how", ["missing", "too old", "contradictory", "unreadable", "preliminary", "read from text"])
def test_a_score_is_not_computed_from_a_value_that_is(
    score: str, facts: dict[str, object], spoilt: str, how: str
) -> None:
    assert fact_of(facts, score).decides
    value = standing(facts, spoilt)
    spoiling = {
        "missing": (),
        "too old": (finding(spoilt, value, 60),),
        "contradictory": (finding(spoilt, value, 1), finding(spoilt, value + 1, 1)),
        "unreadable": (finding(spoilt, None, 1, why="the unit is not known"),),
        "preliminary": (finding(spoilt, value, 1, preliminary=True),),
        "read from text": (finding(spoilt, value, 1, obtained=Obtained.NARRATIVE),),
    }[how]
    fact = fact_of(patient(facts, *spoiling, without=(spoilt,)), score)
    assert (FactStatus.UNKNOWN, None, (spoilt,)) == (fact.status, fact.value, fact.inputs)


ONE_SIDED = [case for case in SCORES if case[0] not in ("drv.child_pugh_points", "drv.bili_xuln")]


@pytest.mark.parametrize("score, facts, spoilt", ONE_SIDED)
def test_a_formula_is_not_computed_from_a_value_known_from_one_side(
    score: str, facts: dict[str, object], spoilt: str
) -> None:
    one_sided = finding(spoilt, Bound("<", standing(facts, spoilt)), 1)
    fact = fact_of(patient(facts, one_sided), score)
    assert (FactStatus.UNKNOWN, True) == (fact.status, spoilt in fact.inputs)


def test_a_derived_fact_is_dated_by_its_oldest_input() -> None:
    albumin, bilirubin = finding("lab.albumin", D(4), 9), finding("lab.bilirubin", D(1), 2)
    fact: Fact = fact_of(patient({}, albumin, bilirubin), "drv.albi_score")
    assert (albumin.effective, Obtained.DERIVED) == (fact.effective, fact.obtained)
    assert ("lab.bilirubin", "lab.albumin") == fact.inputs
