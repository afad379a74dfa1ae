"""Three-valued logic: true, false and unknown, row by row.

The rows are the definition. `None` is unknown; unknown is never turned into yes or no (rule 3.2).
"""

from __future__ import annotations

import pytest

from eligibility.facts import Scalar
from eligibility.knowledge.model import KnowledgeBase
from eligibility.logic import UNKNOWN, Truth, all_of, any_of, negation, word
from eligibility.predicates import parse
from tests.fact_patients import finding, patient, result_of, worked

VESSEL, PAIN = "liver.near_vessel", "liver.capsular_pain"

# one, other, one and other, one or other
ROWS: list[tuple[Truth, Truth, Truth, Truth]] = [
    (True, True, True, True),
    (True, False, False, True),
    (True, None, None, True),
    (False, True, False, True),
    (False, False, False, False),
    (False, None, False, None),
    (None, True, None, True),
    (None, False, False, None),
    (None, None, None, None),
]

# one, not one
NOT_ROWS: list[tuple[Truth, Truth]] = [(True, False), (False, True), (None, None)]


def known(**values: Truth) -> dict[str, Scalar]:
    """The facts of a row; an unknown one is simply not there."""
    names = {"vessel": VESSEL, "pain": PAIN}
    return {names[name]: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("one, other, both, either", ROWS)
def test_and_or_follow_the_table(
    knowledge: KnowledgeBase, one: Truth, other: Truth, both: Truth, either: Truth
) -> None:
    values = known(vessel=one, pain=other)
    conjunction = parse(f"{VESSEL} == true and {PAIN} == true", knowledge.catalogue)
    disjunction = parse(f"{VESSEL} == true or {PAIN} == true", knowledge.catalogue)
    assert both is conjunction.evaluate(values)
    assert either is disjunction.evaluate(values)
    assert both is all_of((one, other))
    assert either is any_of((one, other))


@pytest.mark.parametrize("one, opposite", NOT_ROWS)
def test_not_follows_the_table(knowledge: KnowledgeBase, one: Truth, opposite: Truth) -> None:
    assert opposite is parse(f"not {VESSEL} == true", knowledge.catalogue).evaluate(known(vessel=one))
    assert one is parse(f"not not {VESSEL} == true", knowledge.catalogue).evaluate(known(vessel=one))
    assert opposite is negation(one)


@pytest.mark.parametrize("one, other, both, either", ROWS)
def test_not_turns_and_into_or(knowledge: KnowledgeBase, one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    values = known(vessel=one, pain=other)
    turned = parse(f"not ({VESSEL} == false or {PAIN} == false)", knowledge.catalogue)
    assert both is turned.evaluate(values)
    turned = parse(f"not ({VESSEL} == false and {PAIN} == false)", knowledge.catalogue)
    assert either is turned.evaluate(values)


@pytest.mark.parametrize(
    "values, is_known", [({VESSEL: True}, True), ({VESSEL: False}, True), ({}, False), ({PAIN: True}, False)]
)
def test_known_and_unknown_are_always_answered(
    knowledge: KnowledgeBase, values: dict[str, Scalar], is_known: bool
) -> None:
    assert is_known is parse(f"known({VESSEL})", knowledge.catalogue).evaluate(values)
    assert (not is_known) is parse(f"unknown({VESSEL})", knowledge.catalogue).evaluate(values)
    assert (not is_known) is parse(f"not known({VESSEL})", knowledge.catalogue).evaluate(values)


@pytest.mark.parametrize(
    "values, expected",
    [
        # not binds closest, then and, then or: (not vessel) or (pain and crisis)
        ({VESSEL: False}, True),
        ({VESSEL: True, PAIN: True, "dx.visceral_crisis": True}, True),
        ({VESSEL: True, PAIN: True, "dx.visceral_crisis": False}, False),
        ({VESSEL: True, PAIN: False}, False),
        ({VESSEL: True, PAIN: True}, None),
    ],
)
def test_not_binds_before_and_before_or(knowledge: KnowledgeBase, values: dict[str, Scalar], expected: Truth) -> None:
    text = f"not {VESSEL} == true or {PAIN} == true and dx.visceral_crisis == true"
    assert expected is parse(text, knowledge.catalogue).evaluate(values)
    bracketed = f"(not {VESSEL} == true) or ({PAIN} == true and dx.visceral_crisis == true)"
    assert expected is parse(bracketed, knowledge.catalogue).evaluate(values)


def test_brackets_come_first(knowledge: KnowledgeBase) -> None:
    values: dict[str, Scalar] = {VESSEL: True, PAIN: True, "dx.visceral_crisis": False}
    loose = f"{VESSEL} == true or {PAIN} == true and dx.visceral_crisis == true"
    tight = f"({VESSEL} == true or {PAIN} == true) and dx.visceral_crisis == true"
    assert parse(loose, knowledge.catalogue).evaluate(values) is True
    assert parse(tight, knowledge.catalogue).evaluate(values) is False


@pytest.mark.parametrize("length", [0, 1, 5])
def test_long_chains_keep_the_table(length: int) -> None:
    assert all_of([True] * length) is True
    assert any_of([False] * length) is False
    assert all_of([True] * length + [None]) is None
    assert any_of([False] * length + [None]) is None
    assert all_of([None] * length + [False]) is False
    assert any_of([None] * length + [True]) is True


@pytest.mark.parametrize("truth, written", [(True, "true"), (False, "false"), (UNKNOWN, "unknown")])
def test_results_have_a_word(truth: Truth, written: str) -> None:
    assert written == word(truth)


def test_results_that_contradict_each_other_count_as_unknown() -> None:
    outstanding = "unknown(bm.msi) and tx.prior_lines == 0"
    disputed = patient(
        worked("crc-folfox-capox"), finding("bm.msi", "msi_h", 10), finding("bm.msi", "mss", 10), without=("bm.msi",)
    )
    assert outstanding in [r.when for r in result_of(disputed, "crc-folfox-capox").decisive]
