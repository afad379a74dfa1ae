"""Status and time, clause by clause: what may count, how old it is, and which of several results stands.

One heading per clause of SS-10 to SS-12, ER-04 to ER-13 and ER-22. The single statuses of each value set are in
`test_status_rules.py`; here each clause is asked of the whole way from resource to settled fact.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Fact, FactStatus, ReadState
from eligibility.settling import settle
from fhir_mappings.records import split_patients
from fhir_mappings.sources import Document
from fhir_mappings.statuses import Result, report
from tests.fact_patients import KNOWLEDGE, result_of, worked
from tests.fact_patients import patient as known_patient
from tests.fhir_charts import (
    LOINC,
    ON,
    SCT,
    Raw,
    component,
    concept,
    condition,
    facts_of,
    findings,
    icd,
    lab,
    observation,
    one,
    quantity,
    resource,
    values,
)

BILIRUBIN, CREATININE, HBSAG = "1975-2", "2160-0", "5195-3"
COLON, LIVER = icd("C18.7"), icd("C78.7")
KNOWN, STALE, UNKNOWN, CONFLICTING = FactStatus.KNOWN, FactStatus.STALE, FactStatus.UNKNOWN, FactStatus.CONFLICTING


def settled(fact: str, *resources: Raw, on: date = ON) -> Fact:
    """A fact as the rules see it on a date."""
    return settle(KNOWLEDGE.catalogue[fact], findings(fact, *resources, on=on), on)


def bilirubin(value: str, effective: str | None = "2026-11-10", name: str = "b", **elements: Any) -> Raw:
    raw = lab(BILIRUBIN, value, "mg/dL", name, **elements)
    return {k: v for k, v in {**raw, "effectiveDateTime": effective}.items() if v is not None}


# -- SS-10: the date of each deciding fact, and too old counts as unknown ------------------------------------------


def test_ss_10_a_bilirubin_of_eleven_months_ago_is_shown_as_old_and_opens_nothing() -> None:
    old = bilirubin("0.9", "2025-12-21")
    fact = settled("lab.bilirubin", old)
    assert (STALE, Decimal("0.9"), date(2025, 12, 21)) == (fact.status, fact.value, fact.effective)
    assert "335 days old, the limit is 14" == fact.why
    facts = {k: v for k, v in worked("crc-folfiri").items() if k != "lab.bilirubin"}
    record = known_patient(facts, *findings("lab.bilirubin", old))
    assert "lab.bilirubin" in result_of(record, "crc-folfiri").missing


def test_ss_10_every_settled_fact_carries_its_date_and_place() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", name="b7"))
    assert (date(2026, 11, 10), "Observation/b7") == (fact.effective, fact.evidence[0].reference)


@pytest.mark.parametrize(
    "effective, status", [("2026-11-07", KNOWN), ("2026-11-06", STALE), (None, STALE), ("2026-13-01", STALE)]
)
def test_ss_10_the_limit_is_a_day_and_an_undated_result_is_past_it(effective: str | None, status: FactStatus) -> None:
    assert status is settled("lab.bilirubin", bilirubin("0.9", effective)).status


# -- SS-11: what must not count as a finding ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"status": "registered"},
        {"status": "preliminary"},
        {"status": "unknown"},
        {"status": "bogus"},
        {"status": None},
        {"dataAbsentReason": concept("unknown", "http://terminology.hl7.org/CodeSystem/data-absent-reason")},
        {"modifierExtension": [{"url": "urn:unknown", "valueBoolean": True}]},
    ],
)
def test_ss_11_no_such_observation_becomes_a_known_fact(elements: Raw) -> None:
    raw = {k: v for k, v in {**bilirubin("0.9"), **elements}.items() if v is not None}
    assert UNKNOWN is settled("lab.bilirubin", raw).status


@pytest.mark.parametrize(
    "elements",
    [
        {"verified": "refuted"},
        {"verified": "entered-in-error"},
        {"verified": "bogus"},
        {"clinical": "inactive"},
        {"clinical": "resolved"},
        {"clinical": "bogus"},
        {"modifierExtension": [{"url": "urn:unknown", "valueBoolean": True}]},
    ],
)
def test_ss_11_no_such_condition_is_disease_that_the_patient_has_now(elements: Raw) -> None:
    fact = settled("liver.lesion_nature", condition(LIVER, **elements))
    assert fact.status is UNKNOWN or "metastasis" != fact.value


def test_ss_11_a_preliminary_result_is_shown_as_preliminary_only() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", status="preliminary"))
    assert (UNKNOWN, "only a preliminary result") == (fact.status, fact.why)
    assert ["0.9"] == [str(f.value) for f in fact.candidates]


def test_ss_11_a_newer_preliminary_result_takes_the_older_one_its_standing() -> None:
    older, newer = bilirubin("0.9", "2026-11-10"), bilirubin("4.0", "2026-11-12", "n", status="preliminary")
    fact = settled("lab.bilirubin", older, newer)
    assert (UNKNOWN, "a newer result cannot be used: it is preliminary") == (fact.status, fact.why)


def test_ss_11_family_history_is_nothing_of_the_patients() -> None:
    relative = resource("FamilyMemberHistory", "f", status="completed", condition=[{"code": LIVER}])
    family = {k: v for k, v in relative.items() if k != "subject"} | {"patient": {"reference": "Patient/p"}}
    chart = facts_of(family, condition(COLON))
    assert "liver.lesion_nature" not in chart.findings


# -- SS-12: present, documented absent, not known -----------------------------------------------------------------


@pytest.mark.parametrize(
    "resources, status, value",
    [
        ((observation(HBSAG, valueString="Positive"),), KNOWN, True),
        ((observation(HBSAG, valueString="Negative"),), KNOWN, False),
        ((observation(HBSAG, valueString="Negative", status="entered-in-error"),), UNKNOWN, None),
        ((observation(HBSAG, valueString="see comment"),), UNKNOWN, None),
        ((observation(HBSAG, dataAbsentReason=concept("not-performed", "http://x")),), UNKNOWN, None),
        ((), UNKNOWN, None),
    ],
)
def test_ss_12_present_absent_and_not_known_are_three_answers(
    resources: tuple[Raw, ...], status: FactStatus, value: bool | None
) -> None:
    fact = settled("lab.hbsag", *resources)
    assert (status, value) == (fact.status, fact.value)


@pytest.mark.parametrize("text", ["see comment", "not done", "haemolysed", "TNP", "1,200 mg/dL", "3-5 mg/dL", "0.9"])
def test_ss_12_a_result_without_a_usable_number_is_not_known_and_says_why(text: str) -> None:
    fact = settled("lab.bilirubin", observation(BILIRUBIN, valueString=text))
    assert (UNKNOWN, None) == (fact.status, fact.value)
    assert fact.why


def test_ss_12_a_newer_result_without_a_usable_number_is_not_passed_over() -> None:
    fact = settled(
        "lab.bilirubin",
        bilirubin("0.9"),
        observation(BILIRUBIN, "n", valueString="haemolysed", effectiveDateTime="2026-11-12"),
    )
    assert UNKNOWN is fact.status
    assert fact.why.startswith("a newer result cannot be used")


# -- ER-04: problem list and encounter diagnosis ------------------------------------------------------------------


def test_er_04_one_cancer_in_both_categories_counts_once_with_its_latest_date() -> None:
    problem = condition(COLON, "a", onsetDateTime="2024-02-01")
    encounter = condition(COLON, "b", category="encounter-diagnosis", onsetDateTime="2026-10-01")
    for chart in ((problem, encounter), (encounter, problem)):
        fact = settled("dx.active_primaries", *chart)
        assert (KNOWN, Decimal(1), date(2026, 10, 1)) == (fact.status, fact.value, fact.effective)
        assert {"Condition/a", "Condition/b"} == {e.reference for e in fact.evidence}


def test_er_04_an_encounter_diagnosis_that_may_rule_out_confirms_no_cancer() -> None:
    fact = settled("dx.cancer_status", condition(COLON, category="encounter-diagnosis", verified=None, clinical=None))
    assert (UNKNOWN, "only an encounter diagnosis without verification status") == (fact.status, fact.why)


# -- ER-05: statuses that are missing -----------------------------------------------------------------------------


def test_er_05_a_condition_without_statuses_is_recorded_and_says_what_is_missing() -> None:
    found = one("liver.lesion_nature", condition(LIVER, clinical=None, verified=None))
    assert "metastasis" == found.value
    assert "status not recorded" in found.why


def test_er_05_a_cancer_without_clinical_status_is_not_called_active_beside_another() -> None:
    chart = (condition(COLON, "a"), condition(icd("C50.912"), "b", clinical=None))
    fact = settled("dx.active_primaries", *chart)
    assert (UNKNOWN, "whether a recorded cancer is active is not stated") == (fact.status, fact.why)


# -- ER-06: history codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [icd("Z85.038"), icd("Z85.05"), icd("Z85.3")])
def test_er_06_a_history_code_is_no_present_disease(code: Raw) -> None:
    chart = facts_of(condition(code))
    for fact in ("dx.primary", "dx.cancer_status", "liver.lesion_nature", "dx.active_primaries"):
        assert KNOWN is not settle(KNOWLEDGE.catalogue[fact], chart.findings.get(fact, ()), ON).status


def test_er_06_a_liver_metastasis_that_was_removed_is_not_present_once_it_is_resolved() -> None:
    fact = settled("liver.lesion_nature", condition(LIVER, clinical="resolved", abatementDateTime="2025-02-01"))
    assert (UNKNOWN, "recorded as past") == (fact.status, fact.why)


# -- ER-07: several systems, displays that lie, blanks ------------------------------------------------------------


def test_er_07_a_known_system_is_never_overruled_by_its_display() -> None:
    direct = {"coding": [{"system": LOINC, "code": "1968-7", "display": "Bilirubin.total"}], "text": "Bilirubin, total"}
    assert () == findings("lab.bilirubin", observation(direct, valueQuantity=quantity("0.9", "mg/dL")))


def test_er_07_the_same_code_of_another_system_means_nothing() -> None:
    assert () == findings("lab.bilirubin", lab(BILIRUBIN, "0.9", "mg/dL", system="urn:oid:1.2.3"))


def test_er_07_blanks_around_system_code_unit_and_status_do_no_harm() -> None:
    code = {"coding": [{"system": f" {LOINC} ", "code": f"{BILIRUBIN} "}]}
    raw = observation(
        code, status=" final ", valueQuantity=quantity("0.9", " mg/dL "), effectiveDateTime=" 2026-11-10 "
    )
    assert (KNOWN, Decimal("0.9")) == (settled("lab.bilirubin", raw).status, settled("lab.bilirubin", raw).value)


# -- ER-08: many codes of one test --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["1975-2", "42719-5", "14631-6", "54363-7"])
def test_er_08_each_code_of_a_test_reaches_its_fact(code: str) -> None:
    assert Decimal("0.9") == settled("lab.bilirubin", lab(code, "0.9", "mg/dL")).value


def test_er_08_a_test_that_was_not_found_is_not_known_and_never_normal() -> None:
    fact = settled("lab.bilirubin", lab(CREATININE, "0.9", "mg/dL"))
    assert (UNKNOWN, None, "not recorded") == (fact.status, fact.value, fact.why)


# -- ER-09: shapes of values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, status, expected",
    [
        ({"valueQuantity": quantity("0.2", "mg/dL", comparator="<")}, KNOWN, Bound("<", Decimal("0.2"))),
        ({"valueString": "1.2 mg/dL H"}, KNOWN, Decimal("1.2")),
        ({"valueString": "<0.2 mg/dL"}, KNOWN, Bound("<", Decimal("0.2"))),
        ({"valueString": "see comment"}, UNKNOWN, None),
        ({"valueCodeableConcept": concept(text="1.2 mg/dL")}, UNKNOWN, None),
        ({"valueRange": {"high": quantity("0.2", "mg/dL")}}, KNOWN, Bound("<=", Decimal("0.2"))),
        ({"dataAbsentReason": concept("unknown", "http://x")}, UNKNOWN, None),
        ({"hasMember": [{"reference": "Observation/x"}]}, UNKNOWN, None),
        ({"note": [{"text": r"{\rtf1 bilirubin 1.2 mg/dL}"}]}, UNKNOWN, None),
        ({"valueQuantity": quantity("1.2", "mg/dl")}, KNOWN, Decimal("1.2")),
        ({"valueQuantity": quantity("1.2", None)}, UNKNOWN, None),
    ],
)
def test_er_09_each_shape_of_a_value_is_read_or_not_known(value: Raw, status: FactStatus, expected: object) -> None:
    fact = settled("lab.bilirubin", observation(BILIRUBIN, **value))
    assert (status, expected) == (fact.status, fact.value)


def test_er_09_members_of_a_panel_are_read_by_themselves() -> None:
    panel = observation("24325-3", "panel", hasMember=[{"reference": "Observation/b"}])
    assert [Decimal("0.9")] == values("lab.bilirubin", panel, bilirubin("0.9"))


def test_er_09_a_bilirubin_inside_another_result_is_not_taken_for_one() -> None:
    panel = observation("24325-3", component=[component(BILIRUBIN, valueQuantity=quantity("0.9", "mg/dL"))])
    assert UNKNOWN is settled("lab.bilirubin", panel).status


# -- ER-10: dates -------------------------------------------------------------------------------------------------


def test_er_10_the_collection_counts_and_not_the_release() -> None:
    late = bilirubin("0.9", "2026-10-01T08:00:00Z", issued="2026-11-20T08:00:00Z")
    assert (STALE, date(2026, 10, 1)) == (
        settled("lab.bilirubin", late).status,
        settled("lab.bilirubin", late).effective,
    )


def test_er_10_the_release_counts_only_where_no_collection_is_dated() -> None:
    assert (
        date(2026, 11, 20) == settled("lab.bilirubin", bilirubin("0.9", None, issued="2026-11-20T08:00:00Z")).effective
    )


def test_er_10_a_collection_later_than_another_counts_although_it_was_released_first() -> None:
    first = bilirubin("0.9", "2026-11-10T08:00:00Z", "a", issued="2026-11-15T08:00:00Z")
    second = bilirubin("3.0", "2026-11-11T08:00:00Z", "b", issued="2026-11-12T08:00:00Z")
    assert Decimal("3.0") == settled("lab.bilirubin", first, second).value


@pytest.mark.parametrize(
    "effective, on, status, counted_from",
    [
        ("2026", date(2026, 1, 15), KNOWN, date(2026, 1, 1)),
        ("2026", date(2026, 1, 16), STALE, date(2026, 1, 1)),
        ("2026-11", date(2026, 11, 15), KNOWN, date(2026, 11, 1)),
        ("2026-11", date(2026, 11, 16), STALE, date(2026, 11, 1)),
        ("2024-02", date(2024, 3, 1), STALE, date(2024, 2, 1)),
    ],
)
def test_er_10_a_partial_date_is_as_old_as_its_first_day(
    effective: str, on: date, status: FactStatus, counted_from: date
) -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", effective), on=on)
    assert (status, counted_from) == (fact.status, fact.effective)


def test_er_10_a_partial_date_is_not_the_newest_date_of_the_record() -> None:
    assert (
        date(2026, 11, 2)
        == facts_of(bilirubin("0.9", "2026-11-02"), lab(CREATININE, 1, "mg/dL", effectiveDateTime="2026")).newest
    )


@pytest.mark.parametrize("effective", ["2026-11-22", "2026-12", "2027", "2062-11-10T08:00:00Z"])
def test_er_10_a_result_of_the_future_does_not_exist_yet(effective: str) -> None:
    assert (UNKNOWN, "not recorded") == (
        settled("lab.bilirubin", bilirubin("0.9", effective)).status,
        settled("lab.bilirubin", bilirubin("0.9", effective)).why,
    )
    beside = settled("lab.bilirubin", bilirubin("4.0", "2026-11-10", "a"), bilirubin("0.9", effective, "b"))
    assert (KNOWN, Decimal("4.0")) == (beside.status, beside.value)


@pytest.mark.parametrize(
    "effective, day",
    [
        ("2026-11-10T23:30:00-05:00", date(2026, 11, 10)),
        ("2026-11-11T00:30:00+01:00", date(2026, 11, 11)),
        ("2026-11-10T23:59:59.999999999Z", date(2026, 11, 10)),
        ("2026-11-10T00:00:00+14:00", date(2026, 11, 10)),
        ("2026-11-10T08:30", date(2026, 11, 10)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_er_10_the_day_is_the_one_that_the_record_writes(effective: str, day: date) -> None:
    assert day == one("lab.bilirubin", bilirubin("0.9", effective)).effective


@pytest.mark.parametrize(
    "effective", ["2025-02-29", "2026-11-31", "2026-11-10T25:00:00Z", "10.11.2026", "today", "20261110"]
)
def test_er_10_a_date_that_does_not_exist_is_no_date(effective: str) -> None:
    found = one("lab.bilirubin", bilirubin("0.9", effective))
    assert found.at is None
    assert found.effective in (None, date(2026, 11, 10))
    if "T" not in effective:
        assert STALE is settled("lab.bilirubin", bilirubin("0.9", effective)).status


def test_er_10_results_of_one_day_are_ordered_by_their_instant_whatever_the_zone() -> None:
    earlier = bilirubin("0.9", "2026-11-10T23:00:00+01:00", "a")  # 22:00 UTC
    later = bilirubin("3.0", "2026-11-10T18:00:00-05:00", "b")  # 23:00 UTC
    for chart in ((earlier, later), (later, earlier)):
        assert Decimal("3.0") == settled("lab.bilirubin", *chart).value


def test_er_10_two_values_of_one_day_without_times_contradict_each_other() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", name="a"), bilirubin("3.0", name="b"))
    assert (CONFLICTING, "two different values of the same date") == (fact.status, fact.why)
    assert 2 == len(fact.candidates)


def test_er_10_a_time_does_not_outdo_a_result_of_the_same_day_without_one() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", "2026-11-10T23:00:00Z", "a"), bilirubin("3.0", "2026-11-10", "b"))
    assert CONFLICTING is fact.status


def test_er_10_one_value_in_two_units_is_no_contradiction() -> None:
    fact = settled("lab.bilirubin", bilirubin("2", name="a"), lab("14631-6", "34.2", "umol/L", "b"))
    assert (KNOWN, Decimal(2)) == (fact.status, fact.value)


# -- ER-11: entered in error --------------------------------------------------------------------------------------


def test_er_11_an_error_is_no_result_however_new_it_is() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9"), bilirubin("9.0", "2026-11-20", "e", status="entered-in-error"))
    assert (KNOWN, Decimal("0.9")) == (fact.status, fact.value)


@pytest.mark.parametrize("kind", ["Procedure", "MedicationAdministration", "AllergyIntolerance"])
def test_er_11_an_error_of_any_kind_leaves_no_finding(kind: str) -> None:
    error = {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                "code": "entered-in-error",
            }
        ]
    }
    elements: Raw = {"verificationStatus": error} if kind == "AllergyIntolerance" else {"status": "entered-in-error"}
    drug = concept("32592", "http://www.nlm.nih.gov/research/umls/rxnorm", "oxaliplatin")
    name = "medicationCodeableConcept" if kind == "MedicationAdministration" else "code"
    code = concept("107963000", SCT, "Liver excision") if kind == "Procedure" else drug
    told = facts_of(resource(kind, "e", **{name: code}, **elements))
    usable = {fact for fact, found in told.findings.items() if any(f.value not in (None, False) for f in found)}
    assert {"pt.age", "pt.sex"} == usable


# -- ER-12: duplicates --------------------------------------------------------------------------------------------


def test_er_12_copies_of_one_result_count_once() -> None:
    assert 1 == len(findings("lab.bilirubin", bilirubin("0.9"), bilirubin("0.9")))


def test_er_12_one_result_under_two_ids_is_no_contradiction() -> None:
    fact = settled("lab.bilirubin", bilirubin("0.9", name="a"), bilirubin("0.9", name="b"))
    assert (KNOWN, Decimal("0.9")) == (fact.status, fact.value)


# -- ER-13: ids belong to a service root --------------------------------------------------------------------------


def test_er_13_a_result_of_the_same_id_at_another_root_is_not_the_patients() -> None:
    who = {"fullUrl": "https://one.example/fhir/Patient/p", "resource": {"resourceType": "Patient", "id": "p"}}
    foreign = bilirubin("9.0") | {"subject": {"reference": "https://two.example/fhir/Patient/p"}}
    bundle: Raw = {"resourceType": "Bundle", "type": "collection", "entry": [who, {"resource": foreign}]}
    mine = Document("mine.json", (bundle,), plain=False)
    (found,) = (i for i in split_patients([mine]).intakes if i.patient is not None)
    assert () == found.resources.get("Observation", ())


# -- ER-22: reports, and results that were amended ----------------------------------------------------------------


@pytest.mark.parametrize(
    "status, expected",
    [
        ("final", Result.FINAL),
        ("amended", Result.FINAL),
        ("corrected", Result.FINAL),
        ("appended", Result.FINAL),
        ("preliminary", Result.PRELIMINARY),
        ("partial", Result.PRELIMINARY),
        ("registered", Result.DROPPED),
        ("cancelled", Result.DROPPED),
        ("entered-in-error", Result.DROPPED),
        ("unknown", Result.UNUSABLE),
        ("bogus", Result.UNUSABLE),
        ("Final", Result.UNUSABLE),
        ("", Result.UNUSABLE),
        (None, Result.UNUSABLE),
    ],
)
def test_er_22_the_status_of_a_report_lets_its_text_count_or_not(status: str | None, expected: Result) -> None:
    assert expected is report(status)


@pytest.mark.parametrize("status", ["amended", "corrected"])
@pytest.mark.parametrize(
    "old, new",
    [
        ({"versionId": "1"}, {"versionId": "2"}),
        ({"lastUpdated": "2026-11-10T09:00:00Z"}, {"lastUpdated": "2026-11-12T09:00:00Z"}),
    ],
)
def test_er_22_the_newest_version_of_a_result_stands(status: str, old: Raw, new: Raw) -> None:
    first = bilirubin("9.0", meta=old)
    mended = bilirubin("0.9", status=status, meta=new)
    for chart in ((first, mended), (mended, first)):
        fact = settled("lab.bilirubin", *chart)
        assert (KNOWN, Decimal("0.9")) == (fact.status, fact.value)


def test_er_22_a_result_withdrawn_in_its_newest_version_is_gone() -> None:
    first = bilirubin("0.9", meta={"versionId": "1"})
    withdrawn = bilirubin("0.9", status="entered-in-error", meta={"versionId": "2"})
    assert UNKNOWN is settled("lab.bilirubin", withdrawn, first).status


def test_er_22_versions_that_nothing_orders_are_not_used() -> None:
    chart = facts_of(bilirubin("9.0"), bilirubin("0.9", status="corrected"))
    assert "lab.bilirubin" not in chart.findings
    assert ReadState.PARTIAL is chart.readings["Observation"].state


def test_er_22_a_correction_under_another_id_contradicts_the_result_it_corrects() -> None:
    """Nothing ties the two together, so both are shown and neither is believed."""
    fact = settled("lab.bilirubin", bilirubin("9.0", name="a"), bilirubin("0.9", name="b", status="corrected"))
    assert CONFLICTING is fact.status


def test_er_22_a_final_result_stands_beside_the_preliminary_one_of_its_day() -> None:
    fact = settled("lab.bilirubin", bilirubin("9.0", name="a", status="preliminary"), bilirubin("0.9", name="b"))
    assert (KNOWN, Decimal("0.9")) == (fact.status, fact.value)
