"""Results that can never decide, whatever the fact: preliminary, read from text, unreadable, dated later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from eligibility.assessment import Status
from eligibility.catalogue import FactDefinition, FactType, Settle
from eligibility.facts import Fact, FactStatus, Finding, Obtained, Scalar, Specimen
from eligibility.settling import settle
from tests.fact_patients import KNOWLEDGE, ON, finding, judged, patient, result_of, worked

D = Decimal
KNOWN, CONFLICT, UNKNOWN, SUGGESTED = (
    FactStatus.KNOWN, FactStatus.CONFLICTING, FactStatus.UNKNOWN, FactStatus.SUGGESTED,
)  # fmt: skip
TISSUE, PLASMA = Specimen.TISSUE, Specimen.PLASMA
Statement = tuple[Any, ...]
"""value, days before the date of the question (None: undated), specimen."""


def settled(fact: str, *statements: Statement) -> Fact:
    """One fact from statements, whatever order they come in."""
    findings = [
        finding(fact, value, days, specimen=specimen[0] if specimen else None) for value, days, *specimen in statements
    ]
    return stable(fact, findings)


def stable(fact: str, findings: list[Finding]) -> Fact:
    """The settled fact, after checking that the order of the findings does not matter."""
    answers = [settle(KNOWLEDGE.catalogue[fact], order, ON) for order in permutations(findings)]
    assert len({(a.status, a.value, a.effective, a.why) for a in answers}) == 1, answers
    return answers[0]


def stands(fact: Fact) -> tuple[FactStatus, Scalar | None]:
    return fact.status, fact.value


# -- what can never decide ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("definition", list(KNOWLEDGE.catalogue.values()), ids=lambda d: d.id)
def test_a_preliminary_result_never_decides(definition: FactDefinition) -> None:
    value = example_value(definition)
    fact = settle(definition, [finding(definition.id, value, 1, preliminary=True)], ON)
    assert (UNKNOWN, "only a preliminary result") == (fact.status, fact.why)
    final = settle(
        definition, [finding(definition.id, value, 1), finding(definition.id, value, 2, preliminary=True)], ON
    )
    assert (KNOWN, finding(definition.id, value, 1).effective) == (final.status, final.effective)


@pytest.mark.parametrize("definition", list(KNOWLEDGE.catalogue.values()), ids=lambda d: d.id)
def test_a_newer_preliminary_result_unsettles_only_what_grows_old(definition: FactDefinition) -> None:
    value = example_value(definition)
    fact = settle(
        definition, [finding(definition.id, value, 2), finding(definition.id, value, 1, preliminary=True)], ON
    )
    assert (UNKNOWN if definition.fresh_days else KNOWN) is fact.status


@pytest.mark.parametrize("definition", list(KNOWLEDGE.catalogue.values()), ids=lambda d: d.id)
def test_a_value_read_from_text_is_a_suggestion_until_a_structured_one_stands(definition: FactDefinition) -> None:
    value = example_value(definition)
    told = finding(definition.id, value, 1, obtained=Obtained.NARRATIVE)
    fact = settle(definition, [told], ON)
    assert (SUGGESTED, value, Obtained.NARRATIVE) == (fact.status, fact.value, fact.obtained)
    assert not fact.decides
    structured = settle(definition, [told, finding(definition.id, value, 2)], ON)
    assert (KNOWN, Obtained.STRUCTURED) == (structured.status, structured.obtained)


def example_value(definition: FactDefinition) -> Scalar:
    """Some value that a fact may have."""
    if definition.type.numeric:
        return definition.plausible[1] if definition.plausible else Decimal(20)
    if definition.type is FactType.BOOLEAN:
        return True
    return frozenset({"platinum"}) if definition.type is FactType.SET else list(definition.values)[-1]


def test_the_newest_text_is_suggested() -> None:
    older = finding("bm.ras", "mutated", 9, obtained=Obtained.NARRATIVE, why="read from the report of 12 Nov 2026")
    newer = finding("bm.ras", "wild_type", 1, obtained=Obtained.NARRATIVE)
    fact = stable("bm.ras", [older, newer])
    assert (SUGGESTED, "wild_type") == stands(fact)
    assert (newer, older) == fact.candidates
    assert "read from text: a clinician's confirmation is needed" == fact.why
    assert older.why == settle(KNOWLEDGE.catalogue["bm.ras"], [older], ON).why


@pytest.mark.parametrize(
    "found, why",
    [
        (finding("bm.ras", None, 1, why="quantity not sufficient"), "quantity not sufficient"),
        (finding("bm.ras", None, 1), "recorded without a usable value"),
        (finding("lab.bilirubin", D(900), 1), "the value lies outside what is possible, so it was not used"),
        (finding("lab.bilirubin", D("NaN"), 1), "the value lies outside what is possible, so it was not used"),
    ],
)
def test_a_result_that_cannot_be_used_is_nothing_and_says_why(found: Finding, why: str) -> None:
    fact = settle(KNOWLEDGE.catalogue[found.fact], [found], ON)
    assert (UNKNOWN, None, why, 1) == (fact.status, fact.value, fact.why, len(fact.candidates))


def test_an_unusable_result_does_not_displace_a_usable_one() -> None:
    assert (KNOWN, "mutated") == stands(settled("bm.ras", ("mutated", 30, TISSUE), (None, 1, TISSUE)))


def test_a_finding_dated_after_the_question_does_not_exist_yet() -> None:
    assert (KNOWN, "mutated") == stands(settled("bm.ras", ("mutated", 30, TISSUE), ("wild_type", -1, TISSUE)))
    fact = settled("bm.ras", ("mutated", -1, TISSUE))
    assert (UNKNOWN, "not recorded", ()) == (fact.status, fact.why, fact.candidates)
    today = settled("bm.ras", ("mutated", 0, TISSUE))
    assert (KNOWN, "mutated") == stands(today)


def test_a_contradiction_between_two_results_is_shown_and_counts_as_unknown() -> None:
    facts = worked("crc-anti-egfr")
    clash = [finding("bm.ras", "mutated", 300, specimen=TISSUE), finding("bm.ras", "wild_type", 3, specimen=PLASMA)]
    record = patient(facts, *clash)
    assert CONFLICT is judged(record).facts["bm.ras"].status
    result = result_of(record, "crc-anti-egfr")
    assert (Status.NEEDS_DATA, True) == (result.status, "bm.ras" in result.missing)


def test_earliest_the_oldest_dated_stands() -> None:
    definition = replace(KNOWLEDGE.catalogue["dx.dfi_months"], settle=Settle.EARLIEST)
    three = [finding("dx.dfi_months", D(n), days) for n, days in ((1, 900), (2, 30), (3, None))]
    assert D(1) == settle(definition, three, ON).value
    assert D(3) == settle(definition, three[2:], ON).value
    same = [finding("dx.dfi_months", D(n), 900) for n in (1, 2)]
    assert CONFLICT is settle(definition, same, ON).status


def test_times_in_another_zone_are_ordered_by_the_moment() -> None:
    noon = datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC)
    later = noon.astimezone(timezone(timedelta(hours=-8))) + timedelta(minutes=5)
    findings = [
        replace(finding("lab.hbsag", True, 0), at=later),
        replace(finding("lab.hbsag", False, 0), at=noon),
    ]
    assert (KNOWN, True) == stands(stable("lab.hbsag", findings))
