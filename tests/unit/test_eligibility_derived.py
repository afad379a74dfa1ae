"""Derived facts: kidney function, bilirubin over its limit, the primary that decides, and what is never computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility import scores
from eligibility.facts import Bound, Evidence, Fact, FactStatus, Obtained
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


MELD_FACTS = entered(lab__bilirubin=2.0, lab__sodium=130, lab__inr=1.5, lab__creatinine=1.2)
RISK = entered(
    dx__nodes_positive=True, dx__dfi_months=18, liver__lesion_count=2, lab__cea=18, liver__max_diameter_cm=3.5
)


# -- kidney -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("female, k", [(True, "0.7"), (False, "0.9")])
def test_egfr_changes_its_slope_at_the_reference_creatinine(female: bool, k: str) -> None:
    def egfr(creatinine: Decimal) -> float:
        return float(scores.egfr_ckd_epi_2021(female=female, age=D(60), creatinine=creatinine))

    at = egfr(D(k))
    assert egfr(D(k) / 2) == pytest.approx(at * 0.5 ** (-0.241 if female else -0.302), rel=1e-4)
    assert egfr(D(k) * 2) == pytest.approx(at * 2**-1.2, rel=1e-4)


def test_creatinine_clearance_of_a_man_is_higher() -> None:
    record = entered(pt__sex="female", pt__age=68, pt__weight_kg=50, lab__creatinine=1.1)
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
