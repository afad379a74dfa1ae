"""Two versions of the rules, one patient: what differs, and what decided on each side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from eligibility.engine import assess
from eligibility.entered import facts_of
from eligibility.facts import Scalar
from eligibility.knowledge.load import read_knowledge
from eligibility.knowledge.model import KnowledgeBase
from eligibility.verdicts import Case, CaseKind, Difference, compare, list_options
from tests.fact_patients import ON
from tests.knowledge_copies import ABLATION, edit, replace_all, small_copy

PATIENT = Case(CaseKind.PATIENT, "a patient")
LIMIT = "liver.max_diameter_cm <= 5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_copy(tmp_path)


def restrict(folder: Path, stricter: str) -> None:
    """Another largest size for ablation."""
    replace_all(folder, ABLATION, LIMIT, stricter)


def fitting(knowledge: KnowledgeBase) -> dict[str, Scalar]:
    """A patient for whom ablation fits."""
    return dict(next(e.given for e in knowledge.option("thermal-ablation").examples if e.expect.fits))


def differing(before: KnowledgeBase, after: KnowledgeBase, facts: Mapping[str, Scalar]) -> Difference:
    patient = facts_of(facts)
    return compare(
        PATIENT, assess(patient, before, ON), assess(patient, after, ON), list_options(before, after)
    )  # fmt: skip


def test_the_same_rules_give_the_same_answers(folder: Path) -> None:
    before, after = read_knowledge(folder), read_knowledge(folder)
    assert Difference((), None) == differing(before, after, fitting(before))


def test_a_changed_threshold_names_the_rule_on_both_sides(folder: Path) -> None:
    before = read_knowledge(folder)
    restrict(folder, "liver.max_diameter_cm <= 2")
    change, *rest = differing(before, read_knowledge(folder), fitting(before)).changes
    assert [] == [c for c in rest if c.option.id == "thermal-ablation"]
    assert ("thermal-ablation", "recommended", "not_now", True) == (
        change.option.id, change.before.status, change.after.status, change.of_status,
    )  # fmt: skip
    assert change.before.because.startswith("meets Malignant liver lesion;")
    assert ["liver.max_diameter_cm <= 2"] == [r.when for r in change.after.decisive]
    assert change.after.because.endswith("[liver.max_diameter_cm <= 2]")
    assert ("largest liver lesion 2.4 cm",) == change.after.values


def test_a_threshold_that_the_patient_does_not_meet_either_way_changes_only_the_grounds(folder: Path) -> None:
    before = read_knowledge(folder)
    restrict(folder, "liver.max_diameter_cm <= 4")
    large = {**fitting(before), "liver.max_diameter_cm": Decimal(6)}
    changes = differing(before, read_knowledge(folder), large).changes
    assert [("thermal-ablation", False)] == [(c.option.id, c.of_status) for c in changes]


def test_a_sentence_alone_changes_no_answer(folder: Path) -> None:
    before = read_knowledge(folder)
    edit(folder, ABLATION, "say: Malignant liver lesion", "say: A malignant lesion of the liver")
    after = read_knowledge(folder)
    assert before.sha256 != after.sha256
    assert () == differing(before, after, fitting(before)).changes


def test_a_waiting_answer_changes_with_what_it_waits_for(folder: Path) -> None:
    before = read_knowledge(folder)
    replace_all(folder, ABLATION, "liver.ablatable == true", "liver.near_vessel == false")
    facts = {f: v for f, v in fitting(before).items() if f not in ("liver.ablatable", "liver.near_vessel")}
    change = next(c for c in differing(before, read_knowledge(folder), facts).changes)
    assert (False, ("liver.ablatable",), ("liver.near_vessel", "liver.ablatable")) == (
        change.of_status, change.before.missing, change.after.missing,
    )  # fmt: skip
    assert "waits for ablatability" == change.before.because


def test_what_to_test_first_is_compared(folder: Path) -> None:
    before = read_knowledge(folder)
    facts = {f: v for f, v in fitting(before).items() if f != "liver.ablatable"}
    without = replace(before, options=tuple(o for o in before.options if o.id != "thermal-ablation"))
    steps = differing(before, without, facts).steps
    assert steps is not None
    assert "interventional radiologist's judgement" in (steps.first_before, *steps.no_longer)


def test_options_that_came_went_and_were_renamed_are_told_apart(folder: Path) -> None:
    before = read_knowledge(folder)
    first, second, third, *rest = before.options
    other_id = replace(first, id="another-id")
    other_name = replace(second, name="Another name")
    new = replace(third, id="new-option", name="A new option")
    lists = list_options(before, replace(before, options=(other_id, other_name, new, *rest)))
    assert [("new-option",), (third.id,)] == [tuple(o.id for o in group) for group in (lists.added, lists.removed)]
    assert [(first.id, "another-id"), (second.id, second.id)] == [(was.id, now.id) for was, now in lists.renamed]
    assert first.id == lists.former["another-id"]
    assert "new-option" not in lists.former


def test_a_renamed_option_is_compared_with_what_it_was(folder: Path) -> None:
    before = read_knowledge(folder)
    edit(folder, ABLATION, "id: thermal-ablation", "id: heat-ablation")
    restrict(folder, "liver.max_diameter_cm <= 2")
    (folder / ABLATION).rename((folder / ABLATION).with_name("heat-ablation.yaml"))
    changes = differing(before, read_knowledge(folder), fitting(before)).changes
    assert ("recommended", "not_now") == next(
        (c.before.status, c.after.status) for c in changes if c.option.id == "heat-ablation"
    )
