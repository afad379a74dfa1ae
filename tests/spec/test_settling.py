"""Several results of one fact: which one stands, and when they contradict each other (rule 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from eligibility.facts import Bound, Evidence, Fact, FactStatus, Finding, Obtained, Scalar, Specimen
from eligibility.settling import settle
from tests.fact_patients import KNOWLEDGE, ON, finding

D = Decimal
KNOWN, CONFLICT, UNKNOWN, SUGGESTED = (
    FactStatus.KNOWN, FactStatus.CONFLICTING, FactStatus.UNKNOWN, FactStatus.SUGGESTED,
)  # fmt: skip
TISSUE, PLASMA, UNREAD = Specimen.TISSUE, Specimen.PLASMA, Specimen.UNREAD
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


# -- latest -------------------------------------------------------------------------------------------------------


def at(hour: int, value: Scalar, fact: str = "lab.hbsag") -> Finding:
    moment = datetime(ON.year, ON.month, ON.day, hour, tzinfo=UTC)
    return replace(finding(fact, value, 0), at=moment)


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([("normal", 30), ("partial", 3)], (KNOWN, "partial")),
        ([("partial", 30), ("normal", 3)], (KNOWN, "normal")),
        ([("normal", 3), ("partial", 3)], (CONFLICT, None)),
        ([("normal", 3), ("normal", 3)], (KNOWN, "normal")),
        ([("normal", 3), ("normal", 3), ("partial", 9)], (KNOWN, "normal")),
        ([("normal", None), ("partial", 3)], (KNOWN, "partial")),
        ([("normal", None), ("partial", None)], (CONFLICT, None)),
        ([("normal", None)], (KNOWN, "normal")),
    ],
)
def test_latest_the_newest_stands(statements: list[Statement], expected: tuple[FactStatus, Scalar | None]) -> None:
    assert expected == stands(settled("bm.dpyd", *statements))


@pytest.mark.parametrize(
    "findings, expected",
    [
        ([at(8, False), at(15, True)], (KNOWN, True)),
        ([at(8, True), at(15, False)], (KNOWN, False)),
        ([at(8, True), at(8, False)], (CONFLICT, None)),
        ([at(8, True), finding("lab.hbsag", False, 0)], (CONFLICT, None)),
        ([at(8, False), at(15, True), finding("lab.hbsag", True, 0)], (KNOWN, True)),
    ],
)
def test_latest_of_one_day_the_time_decides_where_both_give_one(
    findings: list[Finding], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(stable("lab.hbsag", findings))


def test_a_contradiction_keeps_both_results_and_their_places() -> None:
    one = finding("bm.dpyd", "normal", 3, evidence=(Evidence("Observation/1", "valueCodeableConcept"),))
    other = finding("bm.dpyd", "partial", 3, evidence=(Evidence("Observation/2", "valueCodeableConcept"),))
    fact = stable("bm.dpyd", [one, other])
    assert {"normal", "partial"} == {f.value for f in fact.candidates}
    assert {"Observation/1", "Observation/2"} == {e.reference for e in fact.evidence}
    assert "two different values of the same date" == fact.why


def test_the_place_of_the_result_that_stands_is_kept() -> None:
    old = finding("bm.dpyd", "normal", 30, evidence=(Evidence("Observation/1", "value"),))
    new = finding("bm.dpyd", "partial", 3, evidence=(Evidence("Observation/2", "value"),), why="Karnofsky mapped")
    fact = stable("bm.dpyd", [old, new])
    assert (new.effective, new.evidence, Obtained.STRUCTURED) == (fact.effective, fact.evidence, fact.obtained)
    assert ("Karnofsky mapped", (new, old)) == (fact.why, fact.candidates)


# -- any_true -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([(True, 900)], (KNOWN, True)),
        ([(False, 900)], (KNOWN, False)),
        ([(True, 900), (True, 3)], (KNOWN, True)),
        ([(False, 900), (True, 3)], (KNOWN, True)),
        ([(True, 900), (False, 3)], (KNOWN, False)),
        ([(True, 3), (False, 3)], (CONFLICT, None)),
        ([(True, None), (False, None)], (CONFLICT, None)),
        ([(True, None), (False, 3)], (CONFLICT, None)),
        ([(False, None), (True, 3)], (KNOWN, True)),
        ([(True, 900), (False, 30), (True, 3)], (KNOWN, True)),
        ([(False, 30), (False, 3)], (KNOWN, False)),
    ],
)
def test_any_true_present_until_a_later_statement_says_absent(
    statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(settled("sf.ild", *statements))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([("none", 30), ("controlled", 3)], (KNOWN, "controlled")),
        ([("severe_active", 30), ("none", 3)], (KNOWN, "none")),
        ([("controlled", 3), ("none", 3)], (CONFLICT, None)),
        ([("severe_active", 30), ("controlled", 3)], (KNOWN, "controlled")),
    ],
)
def test_any_true_reads_codes_too(statements: list[Statement], expected: tuple[FactStatus, Scalar | None]) -> None:
    assert expected == stands(settled("sf.autoimmune", *statements))


def test_any_true_two_times_of_one_day_that_differ_are_a_contradiction() -> None:
    fact = stable("sf.ild", [at(8, True, "sf.ild"), at(15, False, "sf.ild")])
    assert (CONFLICT, "recorded as present and as absent") == (fact.status, fact.why)


# -- sets, highest, lesion nature ---------------------------------------------------------------------------------


def test_sets_are_united() -> None:
    platinum = finding("sf.allergy", frozenset({"platinum"}), 900, evidence=(Evidence("AllergyIntolerance/1", "code"),))
    others = finding(
        "sf.allergy", frozenset({"taxane", "contrast"}), 3, evidence=(Evidence("AllergyIntolerance/2", "code"),)
    )
    fact = stable("sf.allergy", [platinum, others])
    assert (KNOWN, frozenset({"platinum", "taxane", "contrast"})) == stands(fact)
    assert {"AllergyIntolerance/1", "AllergyIntolerance/2"} == {e.reference for e in fact.evidence}


def test_an_empty_set_beside_another_removes_nothing() -> None:
    assert (KNOWN, frozenset({"platinum"})) == stands(
        settled("sf.allergy", (frozenset(), 3), (frozenset({"platinum"}), 900))
    )


@pytest.mark.parametrize(
    "fact, statements, expected",
    [
        ("dx.stage", [("IV", 900), ("II", 3)], "IV"),
        ("dx.stage", [("II", 900), ("III", 3)], "III"),
        ("dx.net_grade", [("G3", 900), ("G1", 3)], "G3"),
        ("dx.net_grade", [("G1", 3), ("G2", 3)], "G2"),
        ("dx.ki67", [(D(30), 900), (D(4), 3)], D(30)),
        ("dx.ki67", [(Bound(">", D(20)), 900), (D(4), 3)], Bound(">", D(20))),
    ],
)
def test_highest_ever_recorded_leads(fact: str, statements: list[Statement], expected: Scalar) -> None:
    assert (KNOWN, expected) == stands(settled(fact, *statements))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([(D("2.4"), 3), (D("4.1"), 3), (D("0.8"), 3)], D("4.1")),
        ([(D("2.4"), 3), (D("9.9"), 40)], D("2.4")),
        ([(D("9.9"), None), (D("2.4"), 3)], D("2.4")),
        ([(D("2.4"), 3), (Bound(">", D(5)), 3)], Bound(">", D(5))),
        ([(D(5), 3), (Bound(">", D(5)), 3)], Bound(">", D(5))),
        ([(D(6), 3), (Bound(">", D(5)), 3)], D(6)),
        ([(D("0.4"), 3), (Bound("<", D("0.5")), 3)], D("0.4")),
        ([(Bound("<", D("0.5")), 3), (Bound("<", D("0.5")), 40)], Bound("<", D("0.5"))),
    ],
)
def test_the_largest_lesion_of_the_newest_day_counts(statements: list[Statement], expected: Scalar) -> None:
    assert (KNOWN, expected) == stands(settled("liver.max_diameter_cm", *statements))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([("benign", 3), ("metastasis", 90)], (KNOWN, "metastasis")),
        ([("none", 3), ("hcc", 90)], (KNOWN, "hcc")),
        ([("indeterminate", 3), ("metastasis", 90)], (KNOWN, "metastasis")),
        ([("metastasis", 3), ("hcc", 3)], (CONFLICT, None)),
        ([("metastasis", 3), ("icca", 900)], (CONFLICT, None)),
        ([("hcc", 3), ("icca", 900), ("benign", 1)], (CONFLICT, None)),
        ([("metastasis", 3), ("metastasis", 90)], (KNOWN, "metastasis")),
        ([("benign", 3), ("indeterminate", 90)], (KNOWN, "indeterminate")),
        ([("benign", 3), ("none", 90)], (KNOWN, "benign")),
        ([("benign", 3), ("none", 3)], (CONFLICT, None)),
    ],
)
def test_a_malignant_lesion_outranks_the_others(
    statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(settled("liver.lesion_nature", *statements))


# -- biomarkers ---------------------------------------------------------------------------------------------------

RAS: list[tuple[list[Statement], tuple[FactStatus, Scalar | None]]] = [
    ([("wild_type", 300, TISSUE)], (KNOWN, "wild_type")),
    ([("mutated", 300, TISSUE)], (KNOWN, "mutated")),
    ([("wild_type", 300)], (KNOWN, "wild_type")),
    ([("wild_type", 3, PLASMA)], (UNKNOWN, None)),
    ([("mutated", 3, PLASMA)], (KNOWN, "mutated")),
    ([("wild_type", 3, UNREAD)], (UNKNOWN, None)),
    ([("mutated", 3, UNREAD)], (KNOWN, "mutated")),
    ([("wild_type", 300, TISSUE), ("wild_type", 3, UNREAD)], (KNOWN, "wild_type")),
    ([("mutated", 300, TISSUE), ("wild_type", 3, UNREAD)], (CONFLICT, None)),
    ([("wild_type", 300, TISSUE), ("mutated", 3, PLASMA)], (KNOWN, "mutated")),
    ([("mutated", 300, TISSUE), ("wild_type", 3, PLASMA)], (CONFLICT, None)),
    ([("mutated", 300, TISSUE), ("wild_type", 3, TISSUE)], (CONFLICT, None)),
    ([("mutated", 300, PLASMA), ("wild_type", 3, PLASMA)], (CONFLICT, None)),
    ([("mutated", 3, TISSUE), ("wild_type", 3, TISSUE)], (CONFLICT, None)),
    ([("mutated", 3, TISSUE), ("mutated", 3, PLASMA)], (KNOWN, "mutated")),
    ([("wild_type", 300, TISSUE), ("wild_type", 3, PLASMA)], (KNOWN, "wild_type")),
    ([("wild_type", 300, TISSUE), ("mutated", 200, PLASMA), ("wild_type", 3, PLASMA)], (CONFLICT, None)),
    ([("mutated", None), ("wild_type", 3, TISSUE)], (CONFLICT, None)),
]


@pytest.mark.parametrize("statements, expected", RAS)
def test_ras_is_mutated_while_the_latest_result_says_so(
    statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(settled("bm.ras", *statements))


@pytest.mark.parametrize("statements, expected", RAS)
def test_braf_is_settled_like_ras(statements: list[Statement], expected: tuple[FactStatus, Scalar | None]) -> None:
    as_braf = [(value == "mutated", *rest) for value, *rest in statements]
    status, value = expected
    assert (status, None if value is None else value == "mutated") == stands(settled("bm.braf_v600e", *as_braf))


@pytest.mark.parametrize("fact, negative", [("bm.ras", "wild_type"), ("bm.alk", False), ("bm.msi", "mss")])
def test_a_negative_result_on_a_specimen_that_was_not_read_may_be_plasma(fact: str, negative: Scalar) -> None:
    assert (UNKNOWN, None) == stands(settled(fact, (negative, 3, Specimen.UNREAD)))


def test_plasma_alone_says_why_it_shows_no_wild_type() -> None:
    fact = settled("bm.ras", ("wild_type", 3, PLASMA))
    assert ("plasma alone cannot show wild type", 1) == (fact.why, len(fact.candidates))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([("ex19del", 300, TISSUE), ("wild_type", 3, PLASMA)], (KNOWN, "ex19del")),
        ([("ex19del", 300, PLASMA), ("wild_type", 3, TISSUE)], (KNOWN, "ex19del")),
        ([("wild_type", 300, TISSUE), ("l858r", 3, PLASMA)], (KNOWN, "l858r")),
        ([("wild_type", 3, PLASMA)], (UNKNOWN, None)),
        ([("wild_type", 3, UNREAD)], (UNKNOWN, None)),
        ([("ex19del", 300, TISSUE), ("wild_type", 3, UNREAD)], (KNOWN, "ex19del")),
        ([("wild_type", 3, TISSUE)], (KNOWN, "wild_type")),
        ([("wild_type", 300, TISSUE), ("wild_type", 3, PLASMA)], (KNOWN, "wild_type")),
        ([("ex19del", 300, TISSUE), ("exon20ins", 3, TISSUE)], (KNOWN, "ex19del")),
        ([("ex19del", 3, TISSUE), ("l858r", 3, TISSUE)], (CONFLICT, None)),
        ([("ex19del", 3, TISSUE), ("wild_type", 3, TISSUE)], (CONFLICT, None)),
        ([("ex19del", 3, TISSUE), ("wild_type", 3)], (KNOWN, "ex19del")),
        ([("ex19del", None), ("l858r", 3)], (KNOWN, "l858r")),
    ],
)
def test_a_driver_once_found_persists(statements: list[Statement], expected: tuple[FactStatus, Scalar | None]) -> None:
    assert expected == stands(settled("bm.egfr", *statements))


@pytest.mark.parametrize("fact", ["bm.alk", "bm.kras_g12c", "bm.fgfr2", "bm.gbrca", "bm.pik3ca"])
@pytest.mark.parametrize(
    "statements, expected",
    [
        ([(True, 300, TISSUE), (False, 3, PLASMA)], (KNOWN, True)),
        ([(True, 300, PLASMA), (False, 3, TISSUE)], (KNOWN, True)),
        ([(False, 300, TISSUE), (True, 3, PLASMA)], (KNOWN, True)),
        ([(False, 3, PLASMA)], (UNKNOWN, None)),
        ([(False, 3, UNREAD)], (UNKNOWN, None)),
        ([(False, 3, TISSUE)], (KNOWN, False)),
        ([(False, 300), (False, 3, PLASMA)], (KNOWN, False)),
        ([(True, 3, TISSUE), (False, 3, TISSUE)], (CONFLICT, None)),
    ],
)
def test_a_credible_positive_persists(
    fact: str, statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(settled(fact, *statements))


@pytest.mark.parametrize(
    "results, expected",
    [
        ([("positive", 30, False), ("zero", 3, True)], (KNOWN, "zero")),
        ([("positive", 3, False), ("zero", 30, True)], (KNOWN, "zero")),
        ([("low", 300, True), ("positive", 30, True), ("zero", 3, False)], (KNOWN, "positive")),
        ([("positive", 30, None), ("zero", 3, None)], (KNOWN, "zero")),
        ([("positive", 3, True), ("zero", 3, True)], (CONFLICT, None)),
    ],
)
def test_the_newest_receptor_of_a_metastasis_prevails(
    results: list[tuple[str, int, bool | None]], expected: tuple[FactStatus, Scalar | None]
) -> None:
    findings = [finding("bm.her2", value, days, from_metastasis=where) for value, days, where in results]
    assert expected == stands(stable("bm.her2", findings))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([("msi_h", 300, TISSUE), ("msi_h", 3, TISSUE)], (KNOWN, "msi_h")),
        ([("msi_h", 300, TISSUE), ("mss", 3, TISSUE)], (CONFLICT, None)),
        ([("mss", 300, TISSUE), ("msi_h", 3, PLASMA)], (CONFLICT, None)),
        ([("msi_h", 300, TISSUE), ("mss", 3, PLASMA)], (KNOWN, "msi_h")),
        ([("mss", 3, PLASMA)], (UNKNOWN, None)),
        ([("mss", 3, UNREAD)], (UNKNOWN, None)),
        ([("msi_h", 300, TISSUE), ("mss", 3, UNREAD)], (KNOWN, "msi_h")),
        ([("msi_h", 3, PLASMA)], (KNOWN, "msi_h")),
        ([("mss", 300, TISSUE), ("mss", 3, PLASMA)], (KNOWN, "mss")),
    ],
)
def test_mismatch_repair_methods_have_to_agree(
    statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    assert expected == stands(settled("bm.msi", *statements))


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([(D(60), 300), (D(5), 3)], (KNOWN, D(5))),
        ([(D(60), 3), (D(5), 3)], (CONFLICT, None)),
        ([(D(60), 3), (D("60.0"), 3)], (KNOWN, D(60))),
    ],
)
def test_pd_l1_assays_are_never_averaged(
    statements: list[Statement], expected: tuple[FactStatus, Scalar | None]
) -> None:
    fact = settled("bm.pdl1_tps", *statements)
    assert expected == stands(fact)
    assert len(statements) == len(fact.candidates)


def unread(fact: str, value: Scalar | None, days: int, why: str = "", *, preliminary: bool = False) -> Finding:
    return finding(fact, value, days, why=why, preliminary=preliminary)


def test_a_newer_result_that_cannot_be_read_leaves_no_older_one_standing() -> None:
    bilirubin = (unread("lab.bilirubin", Decimal(1), 10), unread("lab.bilirubin", None, 1, "the unit '' is not known"))
    fact = settle(KNOWLEDGE.catalogue["lab.bilirubin"], bilirubin, ON)
    assert (UNKNOWN, "a newer result cannot be used: the unit '' is not known") == (fact.status, fact.why)


def test_a_newer_preliminary_result_leaves_no_older_one_standing() -> None:
    newer = unread("lab.bilirubin", Decimal(14), 1, preliminary=True)
    fact = settle(KNOWLEDGE.catalogue["lab.bilirubin"], (unread("lab.bilirubin", Decimal(1), 10), newer), ON)
    assert (UNKNOWN, "a newer result cannot be used: it is preliminary") == (fact.status, fact.why)


def test_an_older_result_that_cannot_be_read_changes_nothing() -> None:
    older = unread("lab.bilirubin", None, 10, "the unit '' is not known")
    fact = settle(KNOWLEDGE.catalogue["lab.bilirubin"], (older, unread("lab.bilirubin", Decimal(1), 1)), ON)
    assert (KNOWN, Decimal(1)) == (fact.status, fact.value)


def test_a_stated_absence_does_not_outweigh_a_record_of_the_disease() -> None:
    recorded = unread("sf.autoimmune", None, 300, "how active it is is not")
    fact = settle(KNOWLEDGE.catalogue["sf.autoimmune"], (recorded, unread("sf.autoimmune", "none", 2)), ON)
    assert (UNKNOWN, "stated as absent, and also recorded: how active it is is not") == (fact.status, fact.why)
