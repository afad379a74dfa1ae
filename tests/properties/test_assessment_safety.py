"""The promises of rule 3.7, on generated patients: what is not known, refuted or in dispute never makes anything fit.

Promise 5 (units) is in `test_units.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eligibility.assessment import Assessment
from eligibility.entered import facts_of
from eligibility.evaluation import And, Comparison, Node, Or
from eligibility.facts import Scalar
from eligibility.knowledge.model import Example, Option, Rule
from tests.fact_patients import KNOWLEDGE, fitting_treatments, judged, patient, result_of, statuses
from tests.properties.generated_patients import (
    ENTERABLE,
    FITTING_TREATMENTS,
    Chart,
    charts,
    statements,
    values,
    ways_to_make,
)

WORKED = st.sampled_from(FITTING_TREATMENTS)
BIOMARKERS = sorted(fact for fact in ENTERABLE if fact.startswith("bm."))

UNRECORDED_MEANS_ABSENT = {
    fact for fact, d in ENTERABLE.items() if d.absence is not None or d.absence_in_first_line is not None
} | {"liver.ascites", "liver.encephalopathy", "liver.cirrhosis", "liver.background", "pt.pregnancy_status"}
"""Rules 3.3(a) to (d): facts that may count as absent when they are not recorded."""


def answer(chart: Mapping[str, Scalar]) -> Assessment:
    return judged(facts_of(chart))


def fits(chart: Mapping[str, Scalar], option: Option) -> bool:
    return result_of(answer(chart), option.id).status.fits


# -- 1: what is not known fits nothing ----------------------------------------------------------------------------


@pytest.mark.parametrize("known", [{}, {"dx.cancer_status": "confirmed"}, {"dx.cancer_status": "suspected"}])
def test_an_empty_record_fits_no_treatment(known: dict[str, Scalar]) -> None:
    assert set() == fitting_treatments(answer(known))


@given(st.sampled_from(sorted(ENTERABLE)), st.data())
def test_one_fact_alone_fits_no_treatment(fact: str, data: st.DataObject) -> None:
    chart: Chart = {"dx.cancer_status": "confirmed", fact: data.draw(values(fact))}
    assert set() == fitting_treatments(answer(chart))


@given(statements(most=25))
def test_random_facts_without_a_confirmed_cancer_fit_no_treatment(chart: Chart) -> None:
    chart.pop("dx.cancer_status", None)
    assert set() == fitting_treatments(answer(chart))


# -- 2 and 3: taking facts away -----------------------------------------------------------------------------------


@given(WORKED, statements(), st.data())
def test_without_a_required_fact_an_option_never_fits(
    example: tuple[Option, Example], more: Chart, data: st.DataObject
) -> None:
    option, worked = example
    needed = sorted(f for f in option.requires if f in ENTERABLE and f not in UNRECORDED_MEANS_ABSENT)
    assume(needed)
    chart = dict(worked.given) | more
    left_out = data.draw(st.sampled_from(needed))
    chart.pop(left_out, None)
    assert not fits(chart, option), left_out


@pytest.mark.parametrize("option, example", FITTING_TREATMENTS, ids=[f"{o.id}: {e.say}" for o, e in FITTING_TREATMENTS])
def test_taking_any_required_fact_from_a_worked_example_leaves_it_waiting_or_stopped(
    option: Option, example: Example
) -> None:
    for fact in option.requires:
        if fact in ENTERABLE and fact not in UNRECORDED_MEANS_ABSENT:
            chart = {f: v for f, v in example.given.items() if f != fact}
            result = result_of(answer(chart), option.id)
            assert not result.status.fits, fact
            assert fact in result.missing or result.decisive


OPENLY_UNREAD = {"pt.goals", "pt.weight_kg", "liver.lesion_origin", "liver.lesion_nature"}
"""Facts whose absence is not silence but another rule: the goal stops only when recorded (3.4, step 3), clearance
falls back on the estimate by surface (2.9), the primary on the only active one (3.5), and systemic treatment of
extensive disease does not wait for the nature of the lesion (3.4, step 3)."""


@given(charts(), st.data())
def test_taking_a_fact_away_makes_nothing_fit_unless_it_is_named_to_confirm(chart: Chart, data: st.DataObject) -> None:
    assume(chart)
    left_out = data.draw(st.sampled_from(sorted(chart)))
    assume(left_out not in OPENLY_UNREAD)
    before = fitting_treatments(answer(chart))
    after = answer({f: v for f, v in chart.items() if f != left_out})
    for option in fitting_treatments(after) - before:
        result = result_of(after, option)
        assert left_out in UNRECORDED_MEANS_ABSENT or left_out in result.confirm, (option, left_out)


# -- 4: contraindications -----------------------------------------------------------------------------------------

STOPS = [(o, e, rule) for o, e in FITTING_TREATMENTS for rule in o.contraindications]


@given(st.sampled_from(STOPS), statements(most=4), st.integers(0, 11))
def test_a_true_contraindication_never_leaves_an_option_fitting(
    stop: tuple[Option, Example, Rule], more: Chart, way: int
) -> None:
    option, example, rule = stop
    ways = list(ways_to_make(rule.predicate.tree, True))
    chart = dict(example.given) | more | ways[way % len(ways)]
    assessment = answer(chart)
    known = {f.id: f.value for f in assessment.facts.values() if f.decides and f.value is not None}
    assume(rule.predicate.evaluate(known) is True)
    assert not result_of(assessment, option.id).status.fits


def test_every_contraindication_can_be_made_true_and_then_stops() -> None:
    never: list[tuple[str, str]] = []
    for option in KNOWLEDGE.options:
        example = next(e for e in option.examples if e.expect.fits)
        for rule in option.contraindications:
            stopped = False
            for added in ways_to_make(rule.predicate.tree, True):
                result = result_of(answer(dict(example.given) | added), option.id)
                assert not result.status.fits or rule.predicate.text not in [r.when for r in result.decisive]
                stopped = rule.predicate.text in [r.when for r in result.decisive if r.result is True]
                if stopped:
                    break
            if not stopped:
                never.append((option.id, rule.predicate.text))
    assert [] == never


# -- 6: biomarkers ------------------------------------------------------------------------------------------------


def needs_a_biomarker(node: Node) -> bool:
    """Whether a condition cannot be true without a biomarker result."""
    if isinstance(node, Comparison):
        return node.fact.startswith("bm.")
    if isinstance(node, Or):
        return all(needs_a_biomarker(p) for p in node.parts)
    return isinstance(node, And) and any(needs_a_biomarker(p) for p in node.parts)


SELECTED = [
    o
    for o in KNOWLEDGE.options
    if o.cancer_directed and any(needs_a_biomarker(r.predicate.tree) for r in o.indications)
]


def test_some_options_are_selected_by_biomarkers() -> None:
    assert len(SELECTED) > 20
    assert {"crc-anti-egfr", "nsclc-egfr-osimertinib", "crc-ici-msih"} <= {o.id for o in SELECTED}


@given(charts())
def test_without_biomarkers_no_option_fits_that_is_selected_by_one(chart: Chart) -> None:
    assessment = answer({f: v for f, v in chart.items() if not f.startswith("bm.")})
    assert set() == fitting_treatments(assessment) & {o.id for o in SELECTED}


# -- 7: refuted or benign -----------------------------------------------------------------------------------------


@given(
    charts(),
    st.sampled_from(
        [
            ("dx.cancer_status", "refuted"), ("dx.cancer_status", "entered_in_error"),
            ("liver.lesion_nature", "benign"), ("liver.lesion_nature", "none"),
        ]
    ),
)  # fmt: skip
def test_a_refuted_cancer_or_a_benign_liver_fits_no_treatment(chart: Chart, known: tuple[str, str]) -> None:
    assessment = answer(chart | {known[0]: known[1]})
    assert set() == fitting_treatments(assessment)
    assert {"not_applicable"} == {str(r.status) for r in assessment.options if r.option.cancer_directed}


@given(charts(), st.sampled_from(["suspected", None]))
def test_an_unconfirmed_cancer_fits_no_treatment(chart: Chart, status: str | None) -> None:
    chart.pop("dx.cancer_status", None)
    assert set() == fitting_treatments(answer(chart | ({"dx.cancer_status": status} if status else {})))


# -- 8: two active cancers ----------------------------------------------------------------------------------------

SPECIFIC = {o.id for o in KNOWLEDGE.options if "drv.target_primary" in o.scope.predicate.facts}


@given(charts(), st.integers(2, 4), st.sampled_from([None, "unknown"]))
def test_with_two_active_cancers_nothing_specific_fits_until_the_lesion_is_attributed(
    chart: Chart, count: int, origin: str | None
) -> None:
    chart.pop("liver.lesion_origin", None)
    two: dict[str, object] = {**chart, "dx.active_primaries": count, "liver.lesion_origin": origin}
    assert set() == fitting_treatments(judged(patient(two))) & SPECIFIC
    assert len(SPECIFIC) > 50


# -- 9: contradictions --------------------------------------------------------------------------------------------


@given(charts(), st.lists(st.sampled_from(BIOMARKERS), min_size=1, max_size=4, unique=True))
def test_a_contradictory_biomarker_counts_like_a_missing_one(chart: Chart, disputed: list[str]) -> None:
    missing: dict[str, object] = {f: v for f, v in chart.items() if f not in disputed}
    conflicting = missing | dict.fromkeys(disputed, "conflicting")
    assert statuses(judged(patient(missing))) == statuses(judged(patient(conflicting)))


# -- the goal -----------------------------------------------------------------------------------------------------


@given(charts())
def test_a_patient_who_wants_comfort_is_offered_only_what_relieves(chart: Chart) -> None:
    relieving = {o.id for o in KNOWLEDGE.options if o.symptom_relief is not False}
    assert fitting_treatments(answer(chart | {"pt.goals": "symptom_focused"})) <= relieving
