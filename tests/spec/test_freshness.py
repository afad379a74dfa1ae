"""How long a value stays good: the limit of each fact, both sides of it, and what an old value may still do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.assessment import Status
from eligibility.catalogue import FactDefinition, FactType
from eligibility.facts import FactStatus, Finding, Obtained, Scalar
from eligibility.settling import settle
from tests.fact_patients import KNOWLEDGE, ON, days_ago, fact_of, finding, judged, patient, result_of, worked

D = Decimal
KNOWN, STALE = FactStatus.KNOWN, FactStatus.STALE
LIMITED = [d for d in KNOWLEDGE.catalogue.values() if d.fresh_days is not None]
UNLIMITED = [d for d in KNOWLEDGE.catalogue.values() if d.fresh_days is None and not d.derived]

LIMITS = {
    7: ["pt.pregnancy_status"],
    14: [
        "lab.bilirubin", "lab.albumin", "lab.inr", "lab.creatinine", "lab.sodium", "lab.platelets", "lab.anc", "lab.hb",
        "lab.ast_xuln", "lab.alt_xuln", "lab.alp_xuln", "lab.cea", "lab.cea_peak_fall_pct", "lab.ca199", "lab.afp",
        "lab.ldh_xuln", "lab.proteinuria",
    ],
    30: ["pt.ecog", "pt.weight_kg"],
    42: [
        "dx.extrahepatic", "dx.oligomet_total", "liver.lesion_count", "liver.max_diameter_cm", "liver.distribution",
        "liver.involvement_pct", "liver.flr_pct", "liver.lung_shunt_pct", "liver.lung_dose_gy",
    ],
}  # fmt: skip
"""Days that a value stays good (a project convention); everything else has no limit."""


def some_value(definition: FactDefinition) -> Scalar:
    if definition.type.numeric:
        assert definition.plausible is not None
        return definition.plausible[1]
    if definition.type is FactType.SET:
        return frozenset({next(iter(definition.values))})
    return True if definition.type is FactType.BOOLEAN else next(iter(definition.values))


def settled(definition: FactDefinition, days: int | None, obtained: Obtained = Obtained.STRUCTURED) -> FactStatus:
    return settle(definition, [finding(definition.id, some_value(definition), days, obtained=obtained)], ON).status


def test_the_limits_are_those_that_were_agreed() -> None:
    limits: dict[int, list[str]] = {}
    for definition in LIMITED:
        limits.setdefault(definition.fresh_days or 0, []).append(definition.id)
    assert {days: set(facts) for days, facts in LIMITS.items()} == {days: set(f) for days, f in limits.items()}


@pytest.mark.parametrize("definition", LIMITED, ids=lambda d: d.id)
def test_a_value_is_good_up_to_its_limit_and_stale_a_day_later(definition: FactDefinition) -> None:
    limit = definition.fresh_days
    assert limit is not None
    assert [KNOWN, KNOWN, STALE] == [settled(definition, days) for days in (0, limit, limit + 1)]


@pytest.mark.parametrize("definition", UNLIMITED, ids=lambda d: d.id)
def test_a_value_without_a_limit_does_not_grow_old(definition: FactDefinition) -> None:
    assert [KNOWN, KNOWN] == [settled(definition, 20_000), settled(definition, None)]


@pytest.mark.parametrize("definition", LIMITED, ids=lambda d: d.id)
def test_an_undated_result_cannot_show_that_it_is_recent(definition: FactDefinition) -> None:
    assert STALE is settled(definition, None)
    assert KNOWN is settled(definition, None, Obtained.ENTERED)


def test_fourteen_days_are_recent_and_fifteen_are_not() -> None:
    assert KNOWN is fact_of(patient({}, finding("lab.bilirubin", D(1), 14)), "lab.bilirubin").status
    old = fact_of(patient({}, finding("lab.bilirubin", D(1), 15)), "lab.bilirubin")
    assert (STALE, D(1), days_ago(15)) == (old.status, old.value, old.effective)
    assert "15 days old, the limit is 14" == old.why
    assert not old.decides


def test_an_undated_result_says_so() -> None:
    fact = fact_of(patient({}, finding("lab.bilirubin", D(1), None)), "lab.bilirubin")
    assert "undated: its age cannot be told, and the limit is 14 days" == fact.why


def test_a_date_that_a_clinician_gives_counts() -> None:
    old = {"lab.bilirubin": {"value": 1.0, "date": days_ago(15).isoformat()}}
    assert STALE is fact_of(old, "lab.bilirubin").status
    recent = {"lab.bilirubin": {"value": 1.0, "date": days_ago(14).isoformat()}}
    assert KNOWN is fact_of(recent, "lab.bilirubin").status


def test_the_newest_decides_even_if_it_is_too_old() -> None:
    both = patient({}, finding("lab.bilirubin", D(1), 20), finding("lab.bilirubin", D(2), 40))
    fact = fact_of(both, "lab.bilirubin")
    assert (STALE, D(1)) == (fact.status, fact.value)


def test_the_same_record_grows_old() -> None:
    record = patient({}, finding("pt.ecog", D(1), 0))
    assert KNOWN is judged(record, days_ago(-30)).facts["pt.ecog"].status
    assert STALE is judged(record, days_ago(-31)).facts["pt.ecog"].status


@pytest.mark.parametrize(
    "option, fact, value",
    [
        ("crc-folfox-capox", "lab.bilirubin", D("0.8")),
        ("crc-folfox-capox", "pt.ecog", D(1)),
        ("thermal-ablation", "liver.lesion_count", D(2)),
        ("thermal-ablation", "dx.extrahepatic", "none"),
        ("nsclc-nonsq-pem-platinum", "lab.creatinine", D("1.0")),
    ],
)
def test_a_required_value_that_is_too_old_counts_as_unknown(option: str, fact: str, value: Scalar) -> None:
    limit = KNOWLEDGE.catalogue[fact].fresh_days
    assert limit is not None
    assert result_of(patient(worked(option), finding(fact, value, limit)), option).status.fits
    result = result_of(patient(worked(option), finding(fact, value, limit + 1)), option)
    assert (Status.NEEDS_DATA, True) == (result.status, fact in result.missing)


STOPS: list[tuple[str, Finding, Scalar]] = [
    # option, an old value that would stop it, a value that would not
    ("crc-folfox-capox", finding("lab.platelets", D(60), 40), D(120)),
    ("crc-folfox-capox", finding("lab.anc", D("0.7"), 40), D(4)),
    ("cryoablation", finding("lab.platelets", D(40), 40), D(120)),
    ("nsclc-nonsq-pem-platinum", finding("lab.anc", D("0.7"), 40), D(4)),
]


@pytest.mark.parametrize("option, stop, harmless", STOPS)
def test_an_old_value_that_would_stop_an_option_keeps_it_from_fitting(
    option: str, stop: Finding, harmless: Scalar
) -> None:
    facts = {k: v for k, v in worked(option).items() if k != stop.fact}
    record = patient(facts, stop)
    assert STALE is judged(record).facts[stop.fact].status
    result = result_of(record, option)
    assert (Status.NEEDS_DATA, True) == (result.status, stop.fact in result.missing)
    recent = patient(facts, finding(stop.fact, stop.value, 1))
    assert Status.NOT_NOW is result_of(recent, option).status
    fine = patient(facts, finding(stop.fact, harmless, 1))
    assert result_of(fine, option).status.fits


def test_an_old_value_that_would_stop_nothing_does_not_hold_an_option_back() -> None:
    facts = {k: v for k, v in worked("crc-folfox-capox").items() if k != "lab.platelets"}
    record = patient(facts, finding("lab.platelets", D(240), 40))
    result = result_of(record, "crc-folfox-capox")
    assert (True, True) == (result.status.fits, "lab.platelets" in result.confirm)


def test_old_values_that_would_stop_an_option_through_a_score_keep_it_from_fitting() -> None:
    option = "palliative-liver-rt"
    facts = worked(option) | {"liver.cirrhosis": True, "liver.ascites": "mild", "liver.encephalopathy": "none"}
    worst = {"lab.bilirubin": D("2.9"), "lab.albumin": D("2.4"), "lab.inr": D("2.5")}
    old = patient(facts, *(finding(fact, value, 20) for fact, value in worst.items()))
    result = result_of(old, option)
    assert (Status.NEEDS_DATA, True) == (
        result.status,
        {"lab.bilirubin", "lab.albumin", "lab.inr"} <= {*result.missing},
    )
    assert ["drv.child_pugh_class == C"] == [r.when for r in result.decisive]
    best = {"lab.bilirubin": D("1.0"), "lab.albumin": D("4.0"), "lab.inr": D("1.0")}
    harmless = patient(facts, *(finding(fact, value, 20) for fact, value in best.items()))
    assert result_of(harmless, option).status.fits
