"""What to find out next: missing facts by the test that answers them, those that settle most treatments first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from eligibility.assessment import NextStep, Status
from eligibility.engine import assess
from tests.fact_patients import KNOWLEDGE, ON, finding, judged, patient, result_of, worked

FOLFOX, ABLATION, RAS = "crc-folfox-capox", "thermal-ablation", "extended RAS test on tumour tissue"


def steps(facts: dict[str, object], *options: str, without: tuple[str, ...] = ()) -> tuple[NextStep, ...]:
    """The next steps when the knowledge base holds only these options."""
    few = replace(KNOWLEDGE, options=tuple(KNOWLEDGE.option(o) for o in options))
    return assess(patient(facts, without=without), few, ON).next_steps


def given(option: str) -> dict[str, object]:
    return dict(worked(option))


def test_nothing_is_asked_when_nothing_waits() -> None:
    assert () == steps(given(FOLFOX), FOLFOX)


def test_a_step_settles_an_option_that_waits_for_nothing_else() -> None:
    (step,) = steps(given(FOLFOX), FOLFOX, without=("bm.dpyd",))
    assert (("bm.dpyd",), (FOLFOX,), ()) == (step.facts, step.settles, step.narrows)
    dpyd = KNOWLEDGE.catalogue["bm.dpyd"]
    assert (dpyd.test, dpyd.ask) == (step.test, step.ask)


def test_a_step_narrows_an_option_that_waits_for_more() -> None:
    found = steps(given(FOLFOX), FOLFOX, without=("bm.dpyd", "lab.creatinine"))
    assert [((), (FOLFOX,))] * 2 == [(s.settles, s.narrows) for s in found]
    assert {("bm.dpyd",), ("lab.creatinine",)} == {s.facts for s in found}


def test_facts_of_one_test_are_one_step() -> None:
    (step,) = steps(given(ABLATION), ABLATION, without=("liver.lesion_count", "liver.max_diameter_cm"))
    assert {"liver.lesion_count", "liver.max_diameter_cm"} == set(step.facts)
    assert ("liver MRI", (ABLATION,)) == (step.test, step.settles)
    assert KNOWLEDGE.catalogue[step.facts[0]].ask == step.ask


def test_a_missing_score_is_asked_for_by_what_it_is_computed_from() -> None:
    (step,) = steps(given("nsclc-nonsq-pem-platinum"), "nsclc-nonsq-pem-platinum", without=("lab.creatinine",))
    assert ("lab.creatinine",) == step.facts


def test_what_settles_more_treatments_comes_first() -> None:
    options = ("crc-anti-egfr", FOLFOX, "crc-folfiri", "crc-folfoxiri")
    found = steps(given("crc-anti-egfr"), *options, without=("bm.dpyd", "bm.ras"))
    order = [(len(s.settles), len(s.narrows)) for s in found]
    assert sorted(order, reverse=True) == order
    assert ("DPYD genotype or uracil", RAS) == tuple(s.test for s in found[:2])


def test_treatments_count_before_coordination() -> None:
    facts = given(FOLFOX) | {"dx.histology_confirmed": None, "bm.dpyd": None}
    found = steps(facts, FOLFOX, "confirm-tissue-diagnosis", "complete-biomarker-testing")
    assert ("bm.dpyd",) == found[0].facts
    assert (FOLFOX,) == found[0].settles


def test_steps_of_equal_use_stand_in_a_stable_order() -> None:
    found = steps(given(FOLFOX), FOLFOX, without=("bm.dpyd", "lab.creatinine", "pt.ecog"))
    assert sorted(s.test for s in found) == [s.test for s in found]


def test_only_options_that_need_data_ask() -> None:
    facts = given(FOLFOX) | {"pt.ecog": 4}
    assert () == steps(facts, FOLFOX, without=("bm.dpyd",))


@pytest.mark.parametrize("option", [o.id for o in KNOWLEDGE.options])
def test_every_step_asks_for_something_that_an_option_waits_for(option: str) -> None:
    assessment = judged(worked(option))
    waiting = {r.option.id: r for r in assessment.with_status(Status.NEEDS_DATA)}
    asked = {f for s in assessment.next_steps for f in s.facts}
    assert {f for r in waiting.values() for f in r.missing} == asked
    for step in assessment.next_steps:
        assert set(step.settles) == {o for o, r in waiting.items() if set(r.missing) <= set(step.facts)}
        touched = {o for o, r in waiting.items() if set(r.missing) & set(step.facts)}
        assert touched == set(step.settles) | set(step.narrows)
        assert not set(step.settles) & set(step.narrows)


def test_answering_a_step_settles_what_it_promised() -> None:
    facts = {k: v for k, v in worked(FOLFOX).items() if k not in ("bm.dpyd", "bm.msi")}
    before = judged(facts)
    step = next(s for s in before.next_steps if s.facts == ("bm.dpyd",))
    assert step.settles
    for phenotype in KNOWLEDGE.catalogue["bm.dpyd"].values:
        after = judged(facts | {"bm.dpyd": phenotype})
        assert Status.NEEDS_DATA not in {result_of(after, option).status for option in step.settles}


def test_a_value_that_is_too_old_is_asked_for_again() -> None:
    record = patient(worked(FOLFOX), finding("lab.bilirubin", Decimal("0.8"), 20))
    asked = next(s for s in judged(record).next_steps if "lab.bilirubin" in s.facts)
    assert FOLFOX in asked.settles
