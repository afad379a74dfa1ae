"""Decompensation (rules 2.3 and 3.3d): what it is, what may be taken as absent, and when it cannot be told."""

from __future__ import annotations

import pytest

from eligibility.assessment import Status
from eligibility.facts import Fact, FactStatus, Obtained, ReadState, Scalar
from tests.fact_patients import KNOWLEDGE, fact_of, patient, reading, result_of, worked

NOT_COMPLETE = [ReadState.PARTIAL, ReadState.FAILED, ReadState.NOT_READ, None]


def state(fact: Fact) -> tuple[FactStatus, Scalar | None, Obtained]:
    return fact.status, fact.value, fact.obtained


DEFAULTED, UNKNOWN = Obtained.DEFAULTED, (FactStatus.UNKNOWN, None, Obtained.STRUCTURED)


# -- (d) decompensation -------------------------------------------------------------------------------------------

COLORECTAL = {"dx.primary": "colorectal", "dx.active_primaries": 1, "lab.bilirubin": 1.0}
UNRECORDED = {"liver.ascites", "liver.encephalopathy", "liver.variceal_bleed_90d", "liver.cirrhosis"}


def test_outside_cirrhosis_unrecorded_signs_count_as_absent_and_are_named() -> None:
    fact = fact_of(COLORECTAL, "drv.decompensated")
    assert (FactStatus.KNOWN, False, Obtained.DERIVED) == state(fact)
    assert UNRECORDED == set(fact.assumed)
    option = worked("thermal-ablation")
    unsaid = {k: v for k, v in option.items() if k != "liver.cirrhosis"}
    assert set(result_of(unsaid, "thermal-ablation").confirm) >= UNRECORDED


@pytest.mark.parametrize("recorded", ["liver.ascites", "liver.encephalopathy"])
def test_recorded_signs_need_no_confirmation(recorded: str) -> None:
    assert UNRECORDED - {recorded} == set(fact_of(COLORECTAL | {recorded: "none"}, "drv.decompensated").assumed)


@pytest.mark.parametrize(
    "facts",
    [
        {"liver.ascites": "moderate_severe"}, {"liver.encephalopathy": "grade1_2"},
        {"liver.encephalopathy": "grade3_4"}, {"liver.variceal_bleed_90d": True}, {"lab.bilirubin": 3.01},
        {"liver.ascites": "moderate_severe", "liver.ascites_malignant": False},
        {"lab.bilirubin": 3.01, "liver.biliary_obstruction": False},
        {"liver.ascites": "moderate_severe", "lab.bilirubin": None},
    ],
)  # fmt: skip
def test_each_sign_of_decompensation_is_enough(facts: dict[str, object]) -> None:
    assert fact_of(COLORECTAL | facts, "drv.decompensated").value is True


@pytest.mark.parametrize(
    "facts",
    [
        {}, {"liver.ascites": "mild"}, {"lab.bilirubin": 3.0}, {"lab.bilirubin": {"value": 51.3, "unit": "umol/L"}},
        {"liver.ascites": "moderate_severe", "liver.ascites_malignant": True},
        {"lab.bilirubin": 9.0, "liver.biliary_obstruction": True},
    ],
)  # fmt: skip
def test_what_is_no_decompensation(facts: dict[str, object]) -> None:
    assert fact_of(COLORECTAL | facts, "drv.decompensated").value is False


@pytest.mark.parametrize(
    "facts, waits_for",
    [
        ({"lab.bilirubin": None}, ("lab.bilirubin",)),
        ({"lab.bilirubin": None, "liver.biliary_obstruction": True}, ("lab.bilirubin",)),
        ({"liver.ascites": "conflicting"}, ("liver.ascites",)),
        ({"liver.cirrhosis": "conflicting"}, ("liver.cirrhosis",)),
    ],
)
def test_decompensation_waits_for_what_is_not_settled(facts: dict[str, object], waits_for: tuple[str, ...]) -> None:
    fact = fact_of(COLORECTAL | facts, "drv.decompensated")
    assert (FactStatus.UNKNOWN, waits_for) == (fact.status, fact.inputs)


@pytest.mark.parametrize("how", NOT_COMPLETE)
def test_signs_are_not_absent_when_the_problem_list_was_not_read(how: ReadState | None) -> None:
    record = reading(patient(COLORECTAL), "Condition", how)
    fact = fact_of(record, "drv.decompensated")
    assert (FactStatus.UNKNOWN, UNRECORDED) == (fact.status, set(fact.inputs))
    result = result_of(reading(patient(worked("thermal-ablation")), "Condition", how), "thermal-ablation")
    assert (Status.NEEDS_DATA, True) == (result.status, {"liver.ascites", "liver.encephalopathy"} <= {*result.missing})


def test_signs_known_to_be_absent_do_not_need_the_problem_list() -> None:
    signs = {
        "liver.ascites": "none", "liver.encephalopathy": "none", "liver.variceal_bleed_90d": False,
        "liver.cirrhosis": False,
    }  # fmt: skip
    record = reading(patient(COLORECTAL | signs), "Condition", ReadState.FAILED)
    fact = fact_of(record, "drv.decompensated")
    assert (False, ()) == (fact.value, fact.assumed)


CIRRHOTIC = COLORECTAL | {
    "liver.cirrhosis": True, "lab.albumin": 4.0, "lab.inr": 1.0, "liver.ascites": "none",
    "liver.encephalopathy": "none",
}  # fmt: skip


@pytest.mark.parametrize(
    "left_out", ["lab.bilirubin", "lab.albumin", "lab.inr", "liver.ascites", "liver.encephalopathy"]
)
@pytest.mark.parametrize("liver", [{"liver.cirrhosis": True}, {"liver.cirrhosis": False, "dx.primary": "hcc"}])
def test_in_cirrhosis_and_hcc_every_component_has_to_be_known(liver: dict[str, object], left_out: str) -> None:
    complete = CIRRHOTIC | liver
    assert fact_of(complete, "drv.decompensated").value is False
    fact = fact_of(patient(complete, without=(left_out,)), "drv.decompensated")
    assert (FactStatus.UNKNOWN, (left_out,)) == (fact.status, fact.inputs)


def test_in_cirrhosis_a_variceal_bleed_taken_as_absent_is_named_too() -> None:
    assert ("liver.variceal_bleed_90d",) == fact_of(CIRRHOTIC, "drv.decompensated").assumed
    nodules = next(e.given for e in KNOWLEDGE.option("thermal-ablation").examples if e.given["dx.primary"] == "hcc")
    result = result_of(nodules, "thermal-ablation")
    assert (True, True) == (result.status.fits, "liver.variceal_bleed_90d" in result.confirm)


def test_child_pugh_c_is_decompensation() -> None:
    worst = CIRRHOTIC | {"lab.bilirubin": 2.9, "lab.albumin": 2.4, "lab.inr": 2.5, "liver.ascites": "mild"}
    fact = fact_of(worst, "drv.decompensated")
    assert (True, ("drv.child_pugh_class",)) == (fact.value, fact.inputs)


def test_cirrhosis_follows_from_a_cirrhotic_background() -> None:
    fact = fact_of({"liver.background": "cirrhosis"}, "liver.cirrhosis")
    assert (FactStatus.KNOWN, True, Obtained.DERIVED) == state(fact)
    assert ("liver.background",) == fact.inputs
    assert UNKNOWN == state(fact_of({"liver.background": "normal"}, "liver.cirrhosis"))
    recorded = fact_of({"liver.background": "cirrhosis", "liver.cirrhosis": True}, "liver.cirrhosis")
    assert (FactStatus.KNOWN, True, Obtained.ENTERED) == state(recorded)


def test_cirrhosis_recorded_against_the_background_is_a_contradiction() -> None:
    fact = fact_of({"liver.background": "cirrhosis", "liver.cirrhosis": False}, "liver.cirrhosis")
    assert (FactStatus.CONFLICTING, None) == state(fact)[:2]
    assert {"cirrhosis", False} == {f.value for f in fact.candidates}
