"""Rules about the knowledge base as a whole: plain words, nothing unused, nothing uncited, nothing contradictory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from eligibility.catalogue import FactDefinition, FactType, Settle
from eligibility.entered import READ_SOURCES
from eligibility.evaluation import And, Comparison, Node, Not, Or
from eligibility.knowledge.model import Option, Source
from eligibility.wording import BANNED_WORDS
from tests.fact_patients import KNOWLEDGE

FOLDER = Path(__file__).resolve().parents[2] / "eligibility" / "knowledge"
FACTS = list(KNOWLEDGE.catalogue.values())
BANNED = re.compile("|".join(rf"\b{re.escape(word.strip())}\b" for word in BANNED_WORDS), re.IGNORECASE)
by_id = pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
each_fact = pytest.mark.parametrize("fact", FACTS, ids=lambda d: d.id)


def sentences(option: Option) -> Iterator[str]:
    """What an option says on a card."""
    yield from (option.name, option.intent, option.tests, option.monitoring or "")
    yield from (rule.outcomes[True].say for rule in option.rules)


def words(fact: FactDefinition) -> Iterator[str]:
    """What a fact is called."""
    yield from (fact.label, fact.ask, fact.test, *fact.values.values())


# -- words --------------------------------------------------------------------------------------------------------


@by_id
def test_rules_give_no_orders_and_no_reassurance(option: Option) -> None:
    assert [] == [said for said in sentences(option) if BANNED.search(said)]


@each_fact
def test_facts_give_no_orders_and_no_reassurance(fact: FactDefinition) -> None:
    assert [] == [said for said in words(fact) if BANNED.search(said)]


@pytest.mark.parametrize("said", ["This must wait", "Safe in ECOG 2", "Start treatment", "Give it", "a failed stent"])
def test_a_banned_word_is_noticed(said: str) -> None:
    assert BANNED.search(said)


@pytest.mark.parametrize("said", ["unsafe", "Starting dose", "given", "criticality", "eligibility", "mustard"])
def test_only_whole_words_are_banned(said: str) -> None:
    assert not BANNED.search(said)


@each_fact
def test_a_question_is_short_and_a_question(fact: FactDefinition) -> None:
    assert len(fact.ask.split()) < 20
    assert fact.ask.endswith("?")


@each_fact
def test_words_have_no_stray_spaces(fact: FactDefinition) -> None:
    assert [] == [w for w in words(fact) if w != " ".join(w.split())]


@by_id
def test_a_rule_says_something(option: Option) -> None:
    for rule in option.rules:
        said = rule.outcomes[True].say
        assert said == " ".join(said.split()) != ""
        assert {True, False, None} == set(rule.outcomes)


# -- nothing unused, nothing uncited ------------------------------------------------------------------------------


def test_every_gate_is_used() -> None:
    used = {gate for option in KNOWLEDGE.options for gate in option.gates}
    assert set(KNOWLEDGE.gates) == used


@by_id
def test_every_source_that_is_cited_exists(option: Option) -> None:
    assert set(option.sources) <= KNOWLEDGE.sources.keys()
    assert len(option.sources) == len(set(option.sources))


def test_every_source_is_cited_by_an_option_or_a_score() -> None:
    cited = {source for option in KNOWLEDGE.options for source in option.sources}
    cited |= set(re.findall(r"\bS\d+\b", (FOLDER / "README.md").read_text(encoding="utf-8")))
    cited |= set(re.findall(r"\bS\d+\b", (FOLDER / "facts" / "derived.yaml").read_text(encoding="utf-8")))
    assert KNOWLEDGE.sources.keys() == cited


@pytest.mark.parametrize("source", KNOWLEDGE.sources.values(), ids=lambda s: s.id)
def test_a_source_that_was_read_has_an_address(source: Source) -> None:
    assert (source.read == "excerpt_read") is (source.url is not None)
    assert source.url is None or source.url.startswith(("http://", "https://"))


def test_every_option_names_at_least_one_fact_and_one_indication() -> None:
    assert [] == [o.id for o in KNOWLEDGE.options if not o.reads or not o.indications or not o.sources]


@by_id
def test_what_an_option_reads_is_in_the_catalogue(option: Option) -> None:
    assert set(option.reads) | set(option.requires) <= set(KNOWLEDGE.catalogue)


def test_ids_and_names_are_unique() -> None:
    for names in ([o.id for o in KNOWLEDGE.options], [o.name for o in KNOWLEDGE.options]):
        assert [] == [name for name, count in Counter(names).items() if count > 1]


def test_every_option_is_a_draft_until_somebody_reviews_it() -> None:
    assert {"draft"} == {o.status for o in KNOWLEDGE.options}
    assert "draft" == KNOWLEDGE.review


def test_an_option_can_be_found_by_its_name() -> None:
    option = KNOWLEDGE.options[-1]
    assert option is KNOWLEDGE.option(option.id)
    with pytest.raises(KeyError):
        KNOWLEDGE.option("leeches")


# -- the catalogue holds together ---------------------------------------------------------------------------------


@each_fact
def test_units_include_the_canonical_one(fact: FactDefinition) -> None:
    if fact.type.numeric:
        assert fact.unit in fact.units
        assert 1 == fact.units[fact.unit or ""]
        assert all(factor > 0 for factor in fact.units.values())
    else:
        assert (None, {}) == (fact.unit, dict(fact.units))


@each_fact
def test_states_have_words(fact: FactDefinition) -> None:
    if fact.type is FactType.BOOLEAN:
        assert {"true", "false"} == set(fact.values)
        assert fact.values["true"] != fact.values["false"]
    elif fact.type in (FactType.CODE, FactType.SET):
        assert len(fact.values) > 1 or fact.type is FactType.SET
        assert len(set(fact.values.values())) == len(fact.values)


@each_fact
def test_parent_codes_and_their_children_exist(fact: FactDefinition) -> None:
    for parent, children in fact.unspecified.items():
        assert parent in fact.values
        assert (children or frozenset()) <= fact.values.keys() - {parent}


@each_fact
def test_plausible_limits_are_in_order(fact: FactDefinition) -> None:
    if fact.plausible is not None:
        low, high = fact.plausible
        assert low < high


def compared_with_numbers(node: Node) -> Iterator[tuple[str, Decimal]]:
    """The facts that a condition compares with a number, and the number."""
    if isinstance(node, Comparison):
        if isinstance(node.right, Decimal):
            yield node.fact, node.right
    elif isinstance(node, Not):
        yield from compared_with_numbers(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from compared_with_numbers(part)


def test_every_threshold_is_a_number_that_a_patient_can_have() -> None:
    compared = {pair for p in KNOWLEDGE.predicates for pair in compared_with_numbers(p.tree)}
    assert len(compared) > 50
    assert [] == [(fact, limit) for fact, limit in compared if not KNOWLEDGE.catalogue[fact].accepts(limit)]


@each_fact
def test_measured_numbers_have_plausible_limits(fact: FactDefinition) -> None:
    assert not fact.type.numeric or fact.derived or fact.plausible is not None


@each_fact
def test_a_value_taken_as_absent_is_one_the_fact_may_have(fact: FactDefinition) -> None:
    for absence in (fact.absence, fact.absence_in_first_line):
        if absence is not None:
            assert fact.accepts(absence.value)
            assert absence.value in (False, "none", 0, frozenset())
            assert set(absence.sources) <= set(READ_SOURCES)


@each_fact
def test_the_way_results_are_settled_suits_the_type(fact: FactDefinition) -> None:
    suits = {
        Settle.LESION_NATURE: {FactType.CODE}, Settle.RAS: {FactType.CODE, FactType.BOOLEAN},
        Settle.DRIVER: {FactType.CODE, FactType.BOOLEAN}, Settle.RECEPTOR: {FactType.CODE, FactType.BOOLEAN},
        Settle.MSI: {FactType.CODE}, Settle.PDL1: {FactType.NUMBER}, Settle.PERSISTS: {FactType.BOOLEAN},
        Settle.ANY_TRUE: {FactType.BOOLEAN, FactType.CODE, FactType.SET},
        Settle.HIGHEST: {FactType.CODE, FactType.NUMBER, FactType.INTEGER, FactType.QUANTITY},
    }  # fmt: skip
    assert fact.type in suits.get(fact.settle, set(FactType))


@each_fact
def test_derived_facts_are_computed_and_no_others(fact: FactDefinition) -> None:
    assert fact.derived is (fact.section == "derived") is fact.id.startswith("drv.")


@each_fact
def test_a_biomarker_does_not_grow_old(fact: FactDefinition) -> None:
    assert not fact.id.startswith("bm.") or fact.fresh_days is None
