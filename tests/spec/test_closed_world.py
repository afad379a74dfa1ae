"""Where "not recorded" counts as absent: rules 3.3(a) to (d), and nowhere else.

Each default applies only when its sources were read completely, is named to be confirmed, and gives way to
whatever is recorded.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.assessment import Status
from eligibility.entered import READ_SOURCES
from eligibility.facts import Fact, FactStatus, Finding, Obtained, PatientFacts, ReadState, Scalar
from tests.fact_patients import (
    KNOWLEDGE,
    fact_of,
    finding,
    fitting_treatments,
    judged,
    patient,
    reading,
    result_of,
    worked,
)

D = Decimal
CATALOGUE = KNOWLEDGE.catalogue

PROBLEM_LIST = {
    "sf.autoimmune": "none", "sf.organ_transplant": False, "sf.steroids_10mg": False, "sf.ild": False,
    "sf.bleeding_high_risk": False, "sf.perforation_fistula": False, "sf.ate_6m": False,
    "sf.htn_uncontrolled": False, "sf.heart_failure": False, "sf.neuropathy_grade": D(0), "sf.allergy": frozenset(),
    "sf.anticoagulated": False, "sf.coagulopathy_uncorrectable": False, "sf.active_infection": False,
    "sf.bowel_obstruction": False, "sf.diabetes_uncontrolled": False, "liver.variceal_bleed_90d": False,
    "liver.hypertrophy_failed": False,
}  # fmt: skip
"""Rule 3.3(b): what "not recorded" stands for."""

EARLIER_EXPOSURE = {
    "tx.progressed_platinum", "tx.prior_oxaliplatin", "tx.prior_irinotecan", "tx.prior_anti_egfr_mab", "tx.prior_bev",
    "tx.prior_ici", "tx.prior_osimertinib", "tx.prior_tki_same_target", "tx.prior_cdk46", "tx.prior_endocrine_adv",
    "tx.prior_her2", "tx.prior_tdxd", "tx.prior_chemo_adv", "tx.prior_taxane", "tx.prior_prrt", "tx.prior_sorafenib",
    "tx.platinum_no_progression",
}  # fmt: skip
"""Rule 3.3(a): earlier exposures that count as none before any line for advanced disease."""

NOT_COMPLETE = [ReadState.PARTIAL, ReadState.FAILED, ReadState.NOT_READ, None]


def state(fact: Fact) -> tuple[FactStatus, Scalar | None, Obtained]:
    return fact.status, fact.value, fact.obtained


DEFAULTED, UNKNOWN = Obtained.DEFAULTED, (FactStatus.UNKNOWN, None, Obtained.STRUCTURED)


# -- nothing else is assumed --------------------------------------------------------------------------------------


def test_of_an_empty_record_only_the_problem_list_facts_count_as_absent() -> None:
    facts = judged({}).facts
    assumed = {f.id: f.value for f in facts.values() if f.decides}
    assert PROBLEM_LIST == assumed


def test_before_any_line_earlier_exposure_counts_as_absent_too() -> None:
    facts = judged({"tx.prior_lines": 0}).facts
    assumed = {f.id for f in facts.values() if f.obtained is DEFAULTED}
    assert PROBLEM_LIST.keys() | EARLIER_EXPOSURE == assumed
    assert {False} == {facts[f].value for f in EARLIER_EXPOSURE}


@pytest.mark.parametrize(
    "fact",
    [
        "bm.ras",
        "bm.msi",
        "lab.bilirubin",
        "pt.ecog",
        "pt.pregnancy_status",
        "bm.dpyd",
        "liver.flr_pct",
        "liver.cirrhosis",
    ],
)
def test_nothing_else_is_ever_assumed(fact: str) -> None:
    assert UNKNOWN == state(fact_of({"tx.prior_lines": 0}, fact))


# -- (a) earlier exposure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", sorted(EARLIER_EXPOSURE))
def test_earlier_exposure_is_unknown_unless_no_line_was_given(fact: str) -> None:
    assert (FactStatus.KNOWN, False, DEFAULTED) == state(fact_of({"tx.prior_lines": 0}, fact))
    assert UNKNOWN == state(fact_of({"tx.prior_lines": 1}, fact))
    assert UNKNOWN == state(fact_of({}, fact))
    assert UNKNOWN == state(fact_of({"tx.prior_lines": "conflicting"}, fact))


@pytest.mark.parametrize("fact", ["tx.prior_ssa", "tx.prior_fluoropyrimidine"])
def test_exposure_outside_the_rule_stays_unknown_before_any_line(fact: str) -> None:
    assert UNKNOWN == state(fact_of({"tx.prior_lines": 0}, fact))


@pytest.mark.parametrize("recorded", [True, False])
def test_recorded_exposure_stands_although_no_line_was_given(recorded: bool) -> None:
    fact = fact_of({"tx.prior_lines": 0, "tx.prior_oxaliplatin": recorded}, "tx.prior_oxaliplatin")
    assert (FactStatus.KNOWN, recorded, Obtained.ENTERED) == state(fact)


@pytest.mark.parametrize("source", ["MedicationAdministration", "MedicationRequest", "MedicationStatement"])
@pytest.mark.parametrize("how", NOT_COMPLETE)
def test_earlier_exposure_is_unknown_when_medication_was_not_read(source: str, how: ReadState | None) -> None:
    record = reading(patient(worked("nsclc-egfr-osimertinib")), source, how)
    fact = fact_of(record, "tx.prior_osimertinib")
    assert UNKNOWN == state(fact)
    assert source in fact.why
    result = result_of(record, "nsclc-egfr-osimertinib")
    assert (Status.NEEDS_DATA, True) == (result.status, "tx.prior_osimertinib" in result.missing)


def test_earlier_exposure_counted_as_none_is_named_to_confirm() -> None:
    result = result_of(worked("nsclc-egfr-osimertinib"), "nsclc-egfr-osimertinib")
    assert (Status.RECOMMENDED, True) == (result.status, "tx.prior_osimertinib" in result.confirm)


def test_exposure_that_is_only_hinted_at_is_not_counted_as_none() -> None:
    facts = worked("nsclc-egfr-osimertinib")
    hint = finding("tx.prior_osimertinib", True, 30, obtained=Obtained.NARRATIVE)
    record = patient(facts, hint)
    assert FactStatus.SUGGESTED is fact_of(record, "tx.prior_osimertinib").status
    result = result_of(record, "nsclc-egfr-osimertinib")
    assert (Status.NEEDS_DATA, True) == (result.status, "tx.prior_osimertinib" in result.missing)


# -- (b) the problem list -----------------------------------------------------------------------------------------


def readers_of(fact: str) -> list[str]:
    """The options with a fitting worked example whose rules read a fact that this example does not give."""
    return [
        o.id
        for o in KNOWLEDGE.options
        if fact in o.reads and any(e.expect.fits for e in o.examples) and fact not in worked(o.id)
    ]


@pytest.mark.parametrize("fact", sorted(PROBLEM_LIST))
def test_a_problem_that_is_not_recorded_counts_as_absent_and_is_named(fact: str) -> None:
    options = readers_of(fact)
    for option in options:
        result = result_of(worked(option), option)
        assert (True, True) == (result.status.fits, fact in result.confirm), option
    assert options or fact in ("liver.variceal_bleed_90d", "sf.diabetes_uncontrolled"), "no option shows this default"


@pytest.mark.parametrize("how", NOT_COMPLETE)
@pytest.mark.parametrize("fact", sorted(PROBLEM_LIST))
def test_a_problem_is_unknown_when_its_source_was_not_read_completely(fact: str, how: ReadState | None) -> None:
    absence = CATALOGUE[fact].absence
    assert absence is not None
    for source in absence.sources:
        record = reading(patient({}), source, how)
        assert UNKNOWN == state(fact_of(record, fact))
        assert source in fact_of(record, fact).why


@pytest.mark.parametrize("how", [ReadState.PARTIAL, ReadState.FAILED, ReadState.NOT_READ])
@pytest.mark.parametrize("fact", sorted(PROBLEM_LIST))
def test_no_option_fits_on_a_problem_whose_source_was_not_read(fact: str, how: ReadState) -> None:
    absence = CATALOGUE[fact].absence
    assert absence is not None
    for option in readers_of(fact):
        result = result_of(reading(patient(worked(option)), absence.sources[0], how), option)
        assert (Status.NEEDS_DATA, True) == (result.status, fact in result.missing), option


@pytest.mark.parametrize("source", sorted(set(READ_SOURCES) - {"Condition"}))
def test_other_sources_do_not_matter_to_a_problem_of_the_problem_list(source: str) -> None:
    record = reading(patient({}), source, ReadState.FAILED)
    assert (FactStatus.KNOWN, False, DEFAULTED) == state(fact_of(record, "sf.ild"))


def test_a_fact_with_two_sources_needs_both() -> None:
    for source in ("Condition", "Procedure"):
        assert UNKNOWN == state(fact_of(reading(patient({}), source, ReadState.PARTIAL), "sf.organ_transplant"))


RECORDED: list[tuple[str, Scalar]] = [
    ("sf.ild", True), ("sf.ild", False), ("sf.autoimmune", "controlled"), ("sf.neuropathy_grade", D(2)),
    ("sf.allergy", frozenset({"platinum"})), ("liver.variceal_bleed_90d", True),
]  # fmt: skip


@pytest.mark.parametrize("fact, value", RECORDED)
@pytest.mark.parametrize("how", [ReadState.COMPLETE, ReadState.FAILED])
def test_what_is_recorded_stands_however_the_source_was_read(fact: str, value: Scalar, how: ReadState) -> None:
    record = patient({}, finding(fact, value, 100))
    for source in READ_SOURCES:
        record = reading(record, source, how)
    assert (FactStatus.KNOWN, value, Obtained.STRUCTURED) == state(fact_of(record, fact))


@pytest.mark.parametrize(
    "findings, status",
    [
        ((finding("sf.ild", True, 9, obtained=Obtained.NARRATIVE),), FactStatus.SUGGESTED),
        ((finding("sf.ild", True, 9, preliminary=True),), FactStatus.UNKNOWN),
        ((finding("sf.ild", None, 9, why="the code could not be read"),), FactStatus.UNKNOWN),
        ((finding("sf.ild", True, 9), finding("sf.ild", False, 9)), FactStatus.CONFLICTING),
    ],
)
def test_a_problem_that_is_mentioned_unusably_is_not_absent(findings: tuple[Finding, ...], status: FactStatus) -> None:
    option = "nsclc-egfr-osimertinib"
    record = patient(worked(option), *findings)
    assert (status, None if status is not FactStatus.SUGGESTED else True) == state(fact_of(record, "sf.ild"))[:2]
    result = result_of(record, option)
    assert (Status.NEEDS_DATA, True) == (result.status, "sf.ild" in result.missing)


# -- (c) pregnancy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts, applies",
    [
        ({"pt.sex": "male", "pt.age": 30}, False),
        ({"pt.sex": "female", "pt.age": 56}, False),
        ({"pt.sex": "female", "pt.age": 55.1}, False),
        ({"pt.sex": "female", "pt.age": 55}, True),
        ({"pt.sex": "female", "pt.age": 40, "pt.menopausal_status": "post"}, False),
        ({"pt.sex": "female", "pt.age": 40, "pt.menopausal_status": "pre"}, True),
        ({"pt.sex": "female", "pt.age": 40, "pt.childbearing_potential": False}, False),
        ({"pt.sex": "female", "pt.age": 40}, True),
        ({"pt.age": 70}, False),
        ({"pt.sex": "female"}, True),
        ({}, True),
        ({"pt.sex": "male", "pt.childbearing_potential": True}, True),
        ({"pt.age": 70, "pt.childbearing_potential": True}, True),
        ({"pt.menopausal_status": "post", "pt.childbearing_potential": True}, True),
    ],
)
def test_when_pregnancy_does_not_apply(facts: dict[str, object], applies: bool) -> None:
    fact = fact_of(facts, "pt.pregnancy_status")
    expected = UNKNOWN if applies else (FactStatus.KNOWN, "not_applicable", Obtained.DERIVED)
    assert expected == state(fact)


def test_why_pregnancy_does_not_apply_is_named() -> None:
    facts = {"pt.sex": "female", "pt.age": 60, "pt.menopausal_status": "post"}
    assert ("pt.menopausal_status", "pt.age") == fact_of(facts, "pt.pregnancy_status").inputs


@pytest.mark.parametrize("recorded", ["not_pregnant", "pregnant_t1", "pregnant_t2", "pregnant_t3"])
def test_recorded_pregnancy_stands_over_age(recorded: str) -> None:
    facts = {"pt.age": 60, "pt.pregnancy_status": recorded}
    assert (FactStatus.KNOWN, recorded, Obtained.ENTERED) == state(fact_of(facts, "pt.pregnancy_status"))


@pytest.mark.parametrize(
    "findings, expected",
    [
        ((finding("pt.pregnancy_status", "pregnant_t2", 30),), FactStatus.STALE),
        ((finding("pt.pregnancy_status", "pregnant_t2", 1, preliminary=True),), FactStatus.UNKNOWN),
        ((finding("pt.pregnancy_status", "pregnant_t1", 1, obtained=Obtained.NARRATIVE),), FactStatus.SUGGESTED),
        ((finding("pt.pregnancy_status", None, 1, why="an equivocal result"),), FactStatus.UNKNOWN),
        (
            (finding("pt.pregnancy_status", "not_pregnant", 1), finding("pt.pregnancy_status", "not_applicable", 1)),
            FactStatus.CONFLICTING,
        ),
    ],
)
def test_a_hint_of_pregnancy_is_never_overruled_by_age(findings: tuple[Finding, ...], expected: FactStatus) -> None:
    assert expected is fact_of(patient({"pt.age": 60, "pt.sex": "female"}, *findings), "pt.pregnancy_status").status


def test_an_old_negative_test_gives_way_to_age() -> None:
    old = finding("pt.pregnancy_status", "not_pregnant", 30)
    assert FactStatus.STALE is fact_of(patient({"pt.age": 40}, old), "pt.pregnancy_status").status
    assert "not_applicable" == fact_of(patient({"pt.age": 60}, old), "pt.pregnancy_status").value


# -- nothing that was read badly makes anything fit ---------------------------------------------------------------


def test_options_that_lean_on_nothing_unrecorded_do_not_need_the_problem_list() -> None:
    record: PatientFacts = reading(patient(worked("nsclc-kras-g12c")), "Condition", ReadState.FAILED)
    assert "nsclc-kras-g12c" in fitting_treatments(judged(record))
    assert "sf." not in " ".join(KNOWLEDGE.option("nsclc-kras-g12c").reads)
