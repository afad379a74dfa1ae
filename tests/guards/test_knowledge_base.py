"""Rules about the knowledge base as a whole: the check finds nothing to mend in it, and is fast enough at start.

What the check looks at is shown in `tests/unit/test_knowledge_check.py`, one broken copy after the other.
"""

from __future__ import annotations

import time
from importlib.resources import files

import pytest

from eligibility.checking.words import orders_or_reassures
from eligibility.knowledge.load import read_knowledge
from eligibility.knowledge.model import Option
from tests.checked_knowledge import checked, to_mend
from tests.fact_patients import KNOWLEDGE

each_option = pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)


@each_option
def test_there_is_nothing_to_mend_in_an_option(option: Option) -> None:
    assert [] == to_mend(option)


def test_there_is_nothing_to_mend_elsewhere() -> None:
    assert [] == [str(flaw) for flaw in checked().flaws if not flaw.file.startswith("options/")]


def test_what_was_checked_is_what_is_loaded() -> None:
    found = checked().knowledge
    assert found is not None
    assert KNOWLEDGE.sha256 == found.sha256


def test_reading_and_checking_at_start_takes_less_than_two_seconds() -> None:
    spent = []
    for _ in range(3):
        start = time.process_time()
        read_knowledge(files("eligibility.knowledge"))
        spent.append(time.process_time() - start)
    assert min(spent) < 2


# -- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["This must wait", "Safe in ECOG 2", "Start treatment", "Give it", "a failed stent"])
def test_a_banned_word_is_noticed(said: str) -> None:
    assert orders_or_reassures(said)


@pytest.mark.parametrize("said", ["unsafe", "Starting dose", "given", "criticality", "eligibility", "mustard"])
def test_only_whole_words_are_banned(said: str) -> None:
    assert not orders_or_reassures(said)


# -- what the loader makes of it ----------------------------------------------------------------------------------


@each_option
def test_a_rule_says_something(option: Option) -> None:
    for rule in option.rules:
        said = rule.outcomes[True].say
        assert said == " ".join(said.split()) != ""
        assert {True, False, None} == set(rule.outcomes)


@each_option
def test_an_option_reads_facts_of_the_catalogue(option: Option) -> None:
    assert option.reads
    assert set(option.reads) | set(option.requires) <= set(KNOWLEDGE.catalogue)


def test_the_rules_of_a_gate_with_sources_of_its_own_cite_those() -> None:
    cited = {
        rule.outcomes[True].sources
        for option in KNOWLEDGE.options
        for rule in option.rules
        if rule.outcomes[True].gate == "PREGALL"
    }
    assert {("S142",)} == cited


def test_every_option_is_a_draft_until_somebody_reviews_it() -> None:
    assert {"draft"} == {o.status for o in KNOWLEDGE.options}
    assert "draft" == KNOWLEDGE.review


def test_an_option_can_be_found_by_its_name() -> None:
    option = KNOWLEDGE.options[-1]
    assert option is KNOWLEDGE.option(option.id)
    with pytest.raises(KeyError):
        KNOWLEDGE.option("leeches")
