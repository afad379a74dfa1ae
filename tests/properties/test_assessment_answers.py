"""What every answer keeps, on generated patients: it is repeatable, complete, and never leans on a failed read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from eligibility.assessment import Assessment, Status
from eligibility.entered import READ_SOURCES, facts_of
from eligibility.facts import Bound, Finding, Obtained, PatientFacts, ReadState, Scalar, Specimen
from tests.fact_patients import KNOWLEDGE, ON, days_ago, fitting_treatments, judged, reading, result_of, statuses
from tests.properties.generated_patients import ENTERABLE, Chart, charts, values

CATALOGUE = KNOWLEDGE.catalogue
STATES = st.sampled_from([ReadState.PARTIAL, ReadState.FAILED, ReadState.NOT_READ, None])


@st.composite
def findings(draw: st.DrawFn, fact: str) -> Finding:
    """One finding of a fact as a record may hold it: old or new, final or not, from anywhere."""
    return Finding(
        fact,
        draw(st.one_of(values(fact), st.none())),
        draw(st.one_of(st.none(), st.integers(-3, 400).map(days_ago))),
        draw(st.sampled_from([Obtained.STRUCTURED, Obtained.ENTERED, Obtained.NARRATIVE])),
        preliminary=draw(st.booleans()),
        specimen=draw(st.sampled_from([None, *Specimen])),
        from_metastasis=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def records(draw: st.DrawFn) -> PatientFacts:
    """A chart whose facts are partly replaced by several findings each."""
    record = facts_of(draw(charts()))
    known = dict(record.findings)
    for fact in draw(st.lists(st.sampled_from(sorted(ENTERABLE)), max_size=5, unique=True)):
        known[fact] = tuple(draw(st.lists(findings(fact), min_size=1, max_size=3)))
    return replace(record, findings=MappingProxyType(known))


def told(assessment: Assessment) -> object:
    """All that an answer says, to compare two answers."""
    facts = {f.id: (f.status, f.value, f.why, f.inputs, f.assumed) for f in assessment.facts.values()}
    options = [(r.option.id, r.status, r.decisive, r.missing, r.waits_for, r.confirm) for r in assessment.options]
    return facts, options, assessment.next_steps, assessment.in_scope, assessment.scope_reason


@given(records())
def test_the_same_record_gives_the_same_answer(record: PatientFacts) -> None:
    again = replace(record, findings=MappingProxyType(dict(record.findings)))
    assert told(judged(record)) == told(judged(again))


@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_facts_and_findings_does_not_matter(record: PatientFacts, shuffler: Random) -> None:
    facts = list(record.findings.items())
    shuffler.shuffle(facts)
    mixed = {fact: tuple(shuffler.sample(found, len(found))) for fact, found in facts}
    assert statuses(judged(record)) == statuses(judged(replace(record, findings=MappingProxyType(mixed))))


@given(records())
def test_every_option_is_answered_with_a_reason(record: PatientFacts) -> None:
    assessment = judged(record)
    assert [o.id for o in KNOWLEDGE.options] == [r.option.id for r in assessment.options]
    assert [] == [r.option.id for r in assessment.options if not r.reasons]
    silent = {r.option.id for r in assessment.options if not r.decisive and not r.missing}
    assert set() == silent


@given(records())
def test_what_needs_data_names_at_least_one_fact_that_a_person_can_answer(record: PatientFacts) -> None:
    assessment = judged(record)
    for result in assessment.options:
        assert (result.status is Status.NEEDS_DATA) is bool(result.missing), result.option.id
        assert set(result.missing) <= ENTERABLE.keys()
        assert len(result.missing) == len(set(result.missing))


@given(records())
def test_what_is_to_be_confirmed_is_in_the_catalogue_and_not_known(record: PatientFacts) -> None:
    assessment = judged(record)
    for result in assessment.options:
        assert set(result.confirm) <= set(CATALOGUE)
        for fact in result.confirm:
            found = assessment.facts[fact]
            parent_only = found.value in CATALOGUE[fact].unspecified
            unsettled = not found.decides or isinstance(found.value, Bound) or parent_only
            assert found.obtained is Obtained.DEFAULTED or unsettled, fact
            assert not CATALOGUE[fact].derived


@given(records())
def test_only_what_decides_carries_an_option(record: PatientFacts) -> None:
    assessment = judged(record)
    for result in assessment.options:
        if result.status.fits:
            for requirement in result.option.requirements:
                assert requirement.rule.outcomes[True] in result.reasons
            for rule in result.option.indications:
                assert rule.outcomes[True] in result.reasons
            for rule in result.option.contraindications:
                assert rule.outcomes[True] not in result.reasons


@given(records(), st.lists(st.sampled_from(READ_SOURCES), min_size=1, unique=True), STATES)
def test_a_failed_read_never_makes_an_option_fit(
    record: PatientFacts, sources: list[str], how: ReadState | None
) -> None:
    failed = record
    for source in sources:
        failed = reading(failed, source, how)
    assert fitting_treatments(judged(failed)) <= fitting_treatments(judged(record))


@given(records(), STATES)
def test_no_option_that_leans_on_a_default_fits_when_nothing_was_read(
    record: PatientFacts, how: ReadState | None
) -> None:
    failed = record
    for source in READ_SOURCES:
        failed = reading(failed, source, how)
    assessment = judged(failed)
    assert Obtained.DEFAULTED not in {f.obtained for f in assessment.facts.values()}
    assert {()} == {f.assumed for f in assessment.facts.values()}
    for option in fitting_treatments(assessment):
        unread = {f for f in KNOWLEDGE.option(option).reads if CATALOGUE[f].absence and not assessment.facts[f].decides}
        assert set() == unread, option


@given(records())
def test_a_source_says_nothing_by_being_complete_that_a_recorded_fact_contradicts(record: PatientFacts) -> None:
    facts = judged(record).facts
    for fact, found in record.findings.items():
        usable = [f for f in found if f.effective is None or f.effective <= ON]
        if usable:
            assert facts[fact].obtained is not Obtained.DEFAULTED


@given(charts())
def test_values_without_a_date_that_were_entered_do_not_grow_old(chart: Chart) -> None:
    later = date(2031, 1, 1)
    assert statuses(judged(facts_of(chart))) == statuses(judged(facts_of(chart), later))


@given(charts(), st.integers(0, 1000))
def test_a_record_that_grows_old_never_makes_an_option_fit(chart: Chart, days: int) -> None:
    def dated(record: Mapping[str, Scalar]) -> PatientFacts:
        found = {f: (Finding(f, v, ON),) for f, v in record.items()}
        return replace(facts_of({}), findings=MappingProxyType(found))

    fresh = judged(dated(chart))
    old = judged(dated(chart), days_ago(-days))
    for option in fitting_treatments(old) - fitting_treatments(fresh):
        result = result_of(old, option)
        named = {f for f in chart if not old.facts[f].decides and f in result.confirm}
        assert named, f"{option} fits {days} days later and names nothing"


@given(charts(), st.sampled_from(sorted(set(ENTERABLE) - {f for o in KNOWLEDGE.options for f in o.reads})), st.data())
def test_a_fact_that_no_rule_reads_changes_no_treatment(chart: Chart, fact: str, data: st.DataObject) -> None:
    if fact in DERIVES:
        return
    with_it = chart | {fact: data.draw(values(fact))}
    assert statuses(judged(facts_of(chart))) == statuses(judged(facts_of(with_it)))


DERIVES = {
    "dx.primary", "dx.active_primaries", "liver.lesion_origin", "liver.background", "liver.cirrhosis", "pt.age",
    "pt.sex", "pt.weight_kg", "pt.menopausal_status", "pt.childbearing_potential", "pt.goals", "dx.cancer_status",
    "liver.lesion_nature", "liver.ascites", "liver.ascites_malignant", "liver.encephalopathy",
    "liver.variceal_bleed_90d", "liver.biliary_obstruction", "lab.sodium", "lab.cea", "dx.nodes_positive",
    "dx.dfi_months",
}  # fmt: skip
"""Facts that no rule reads by name and that still count, because a derived fact or the engine reads them."""
