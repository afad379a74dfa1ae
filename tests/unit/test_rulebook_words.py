"""Conditions in plain words: what a reviewer reads is what the rule says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.evaluation import And, Comparison, Known, Node, Not, Or, compiled
from eligibility.facts import Scalar
from eligibility.predicates import Predicate, parse
from server.rulebook.conditions import Group, Phrase, Words, in_words, inwards, limits, sentence, stated
from server.rulebook.fact_words import absence_words, freshness_words, plausible_words, type_words, unit_rows
from server.rulebook.origins import origin
from tests.fact_patients import KNOWLEDGE

CATALOGUE = KNOWLEDGE.catalogue
COMPANION = "Added as a companion: none of the five founding texts names it."


def told(text: str) -> str:
    """A condition of the notation in words."""
    return sentence(in_words(parse(text, CATALOGUE).tree, CATALOGUE))


@pytest.mark.parametrize(
    "condition, words",
    [
        ("lab.bilirubin <= 1.5", "total bilirubin at most 1.5 mg/dL (26 µmol/L)"),
        ("lab.platelets < 75", "platelets below 75 × 10⁹/L"),
        ("lab.ast_xuln > 5", "AST above 5 times the upper limit of normal"),
        ("bm.ras == wild_type", "RAS wild type"),
        ("bm.msi == msi_h", "mismatch repair is MSI-H"),
        ("tx.response_last != PD", "response on the last line is not progressive disease"),
        ("drv.target_primary == colorectal", "primary that decides is colorectal cancer"),
        ("drv.target_primary in {gastric, breast}", "primary that decides is gastric cancer or breast cancer"),
        (
            "drv.target_primary in {net, breast}",
            "primary that decides is neuroendocrine tumour, well differentiated; or breast cancer",
        ),
        ("liver.r0_feasible == true", "complete removal feasible"),
        ("liver.r0_feasible != true", "complete removal not feasible"),
        ("not (liver.r0_feasible == true)", "complete removal not feasible"),
        ("not (bm.msi in {mss, msi_h})", "mismatch repair is neither MSS nor MSI-H"),
        ("liver.lesion_count <= 3", "3 or fewer liver lesions"),
        ("liver.lesion_count > 3", "more than 3 liver lesions"),
        ("tx.prior_lines == 0", "no earlier line for metastatic disease"),
        ("not (tx.prior_lines == 0)", "1 or more earlier systemic lines"),
        ("tx.last_bev_days < 28", "fewer than 28 days since the last bevacizumab"),
        ("pt.ecog == 2", "ECOG 2"),
        ("sf.neuropathy_grade >= 2", "peripheral neuropathy at least grade 2"),
        ("sf.allergy == platinum", "severe platinum allergy"),
        ("sf.allergy != platinum", "severe platinum allergy not recorded"),
        ("unknown(lab.inr)", "INR not known"),
        ("not (unknown(lab.inr))", "INR known"),
        ("liver.flr_pct >= drv.flr_required_pct", "future liver remnant at least the remnant required"),
        ("tx.prior_ici == false or unknown(tx.prior_ici)", "no earlier checkpoint inhibitor (or not known)"),
        (
            "bm.ras == mutated and (lab.inr > 2 or lab.platelets < 50)",
            "RAS mutated and (INR above 2 or platelets below 50 × 10⁹/L)",
        ),
        (
            "not (bm.ras == mutated and lab.inr > 2)",
            "not RAS mutated or INR at most 2",
        ),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_words(condition: str, words: str) -> None:
    assert words == told(condition)


def leaves(words: Words) -> Iterator[Phrase]:
    if isinstance(words, Phrase):
        yield words
    else:
        for member in words.members:
            yield from leaves(member)


each_predicate = pytest.mark.parametrize("predicate", KNOWLEDGE.predicates, ids=lambda p: p.text[:80])


@each_predicate
def test_every_condition_of_the_knowledge_has_words_for_every_fact_it_reads(predicate: Predicate) -> None:
    words = in_words(predicate.tree, CATALOGUE)
    named = {part.fact for phrase in leaves(words) for part in phrase.parts if part.fact is not None}
    assert set(predicate.facts) == named
    for phrase in leaves(words):
        text = str(phrase)
        assert text == " ".join(text.split()) != ""
        assert "_" not in text
        assert "==" not in text


def numbers(node: Node) -> Iterator[tuple[str, Decimal]]:
    if isinstance(node, Comparison):
        if isinstance(node.right, Decimal):
            yield node.fact, node.right
    elif isinstance(node, Not):
        yield from numbers(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from numbers(part)


@each_predicate
def test_every_number_of_a_condition_is_listed_as_a_limit(predicate: Predicate) -> None:
    listed = list(limits(predicate.tree, CATALOGUE))
    assert [fact for fact, _ in numbers(predicate.tree)] == [limit.fact for limit in listed]
    for limit in listed:
        assert limit.alone is isinstance(predicate.tree, Comparison)


FACTS = ("bm.ras", "tx.prior_ici", "liver.lesion_count", "lab.inr", "drv.target_primary", "sf.allergy")
VALUES: Mapping[str, tuple[Scalar, ...]] = {
    "bm.ras": ("mutated", "wild_type"),
    "tx.prior_ici": (True, False),
    "liver.lesion_count": (Decimal(0), Decimal(3), Decimal(9)),
    "lab.inr": (Decimal(1), Decimal("1.8"), Decimal(2)),
    "drv.target_primary": ("nsclc", "lung_unspecified", "hcc", "liver_unspecified"),
    "sf.allergy": (frozenset(), frozenset({"platinum"})),
}
LEAVES: tuple[Node, ...] = (
    Comparison("bm.ras", "==", "mutated"), Comparison("bm.ras", "!=", "mutated"),
    Comparison("tx.prior_ici", "==", True), Comparison("tx.prior_ici", "!=", False),
    Comparison("liver.lesion_count", "<=", Decimal(3)), Comparison("liver.lesion_count", "!=", Decimal(0)),
    Comparison("lab.inr", ">", Decimal("1.8")), Comparison("lab.inr", "==", Decimal(2)),
    Comparison("drv.target_primary", "in", ("nsclc", "breast")), Comparison("drv.target_primary", "!=", "sclc"),
    Comparison("sf.allergy", "==", "platinum"), Known("lab.inr", wanted=True), Known("bm.ras", wanted=False),
)  # fmt: skip
trees = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
patients = st.fixed_dictionaries({}, optional={fact: st.sampled_from(VALUES[fact]) for fact in FACTS})


@given(tree=trees, values=patients)
def test_carrying_a_negation_inwards_changes_no_answer(tree: Node, values: dict[str, Scalar]) -> None:
    evaluate, _ = compiled(tree, CATALOGUE)
    moved, _ = compiled(inwards(tree), CATALOGUE)
    assert evaluate(values) is moved(values)


def test_a_long_condition_becomes_a_list_and_a_short_one_a_line() -> None:
    short = in_words(parse("bm.ras == mutated or tx.prior_ici == true", CATALOGUE).tree, CATALOGUE)
    long = in_words(parse("bm.ras == mutated or (lab.inr > 2 and tx.prior_ici == true)", CATALOGUE).tree, CATALOGUE)
    assert isinstance(short, Group)
    assert isinstance(long, Group)
    assert (True, False) == (short.inline, long.inline)


@pytest.mark.parametrize(
    "fact, value, words",
    [
        ("lab.bilirubin", Decimal("0.7"), "total bilirubin 0.7 mg/dL (12 µmol/L)"),
        ("pt.ecog", Decimal(1), "ECOG 1"),
        ("dx.primary", "colorectal", "primary tumour: colorectal cancer"),
        ("liver.cirrhosis", False, "no cirrhosis"),
        ("sf.allergy", frozenset({"platinum"}), "severe allergy: severe platinum allergy"),
    ],
)
def test_a_fact_is_stated_with_its_value(fact: str, value: Scalar, words: str) -> None:
    assert words == str(stated(CATALOGUE[fact], value))


@pytest.mark.parametrize(
    "entries, texts, words",
    [
        ((), (), COMPANION),
        (("companion to 000 (MET)",), (), COMPANION),
        (("003",), ("003",), "Named in founding text 003."),
        (("001 (hormone therapy)", "003"), ("001", "003"), "Named in founding texts 001 and 003."),
        (("001-003 (all of it)",), ("001", "002", "003"), "Named in founding texts 001, 002 and 003."),
        (("000-004",), ("000", "001", "002", "003", "004"), "Named in all five founding texts."),
        (("not in the founding texts (ablation: 001)",), (), COMPANION),
    ],
)  # fmt: skip
def test_the_origin_of_an_option_is_told(entries: tuple[str, ...], texts: tuple[str, ...], words: str) -> None:
    found = origin(entries)
    assert (texts, words) == (found.texts, found.words)


def test_what_was_noted_beside_a_founding_text_is_kept() -> None:
    assert ("001: hormone therapy",) == origin(("001 (hormone therapy)", "003")).notes
    assert ("004 (a link); companion",) == origin(("004 (a link); companion",)).notes


def test_a_fact_says_its_kind_age_range_and_units() -> None:
    bilirubin = CATALOGUE["lab.bilirubin"]
    assert "a number with a unit, in mg/dL; echoed in µmol/L" == type_words(bilirubin)
    assert "At most 14 days. Older is shown as too old and counts as not known." == freshness_words(bilirubin)
    assert "0.05 to 80 mg/dL" == plausible_words(bilirubin)
    assert {"mg/dL": "as it stands", "umol/L": "divided by 17.1", "mg/L": "divided by 10"} == {
        row.unit: row.factor for row in unit_rows(bilirubin)
    }
    assert "times 1.21" in {row.factor for row in unit_rows(CATALOGUE["lab.afp"])}
    assert "times 1000" in {row.factor for row in unit_rows(CATALOGUE["liver.uninvolved_volume_ml"])}


@pytest.mark.parametrize("fact", list(CATALOGUE))
def test_what_not_recorded_counts_as_is_what_the_catalogue_says(fact: str) -> None:
    definition = CATALOGUE[fact]
    assumed = definition.absence is not None or definition.absence_in_first_line is not None
    assert assumed is ("it counts as “" in absence_words(definition).lower())
