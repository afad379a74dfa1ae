"""Lines of therapy from treatment records of several years: what is counted, what decides, and what stays open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from eligibility.closed_world import settle_all
from eligibility.facts import Bound, Fact, FactStatus, Obtained
from eligibility.knowledge.load import load_knowledge
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import load_overlay
from fhir_mappings.records import gather
from tests.fhir_charts import ON, Raw, concept, condition, facts_of, icd, observation, resource
from tests.therapy_charts import doses, metastases, ordered, response, taken

KNOWLEDGE = load_knowledge()
COLON = condition(icd("C18.7"), "primary", onsetDateTime="2023-12-20")
MET = metastases()
FOLFOX_BEV = doses("fluorouracil leucovorin oxaliplatin bevacizumab", "2024-02-01", 12)
PD1 = response("PD", "2024-09-10")
FOLFIRI_CET = doses("fluorouracil leucovorin irinotecan cetuximab", "2024-10-01", 10)
PD2 = response("PD", "2025-03-20")


def chart(*parts: Raw | Sequence[Raw]) -> list[Raw]:
    return list(chain.from_iterable([part] if isinstance(part, dict) else part for part in parts))


def fact(name: str, *parts: Raw | Sequence[Raw], on: date = ON) -> Fact:
    """A fact, settled as the engine sees it."""
    return settle_all(facts_of(*chart(*parts), on=on), KNOWLEDGE.catalogue, on)[name]


def lines(*parts: Raw | Sequence[Raw], on: date = ON) -> Fact:
    return fact("tx.prior_lines", *parts, on=on)


def at_least(number: int) -> Bound:
    return Bound(">=", Decimal(number))


def decided(found: Fact) -> object:
    return found.value if found.decides else None


def suggested(found: Fact) -> object:
    return found.value if found.status is FactStatus.SUGGESTED else None


# -- what decides: a lower bound


def test_a_line_that_ended_in_progression_is_at_least_one_line() -> None:
    found = lines(COLON, MET, FOLFOX_BEV, PD1)
    assert at_least(1) == decided(found)
    assert "1. FOLFOX + bevacizumab, 1 Feb 2024 to 4 Jul 2024" in found.why
    assert "treatment elsewhere is not in the record" in found.why
    assert {"MedicationAdministration", "Observation"} == {e.reference.partition("/")[0] for e in found.evidence}


def test_two_lines_each_with_its_progression_are_at_least_two() -> None:
    found = lines(COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET, PD2)
    assert at_least(2) == decided(found)
    assert "2. FOLFIRI + cetuximab, 1 Oct 2024" in found.why
    assert "new drug after progression" in found.why
    assert date(2025, 3, 20) == found.effective


def test_three_lines_with_a_rechallenge_are_three() -> None:
    third = doses("oxaliplatin capecitabine", "2025-04-10", 6, 21)
    assert at_least(3) == decided(
        lines(COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET, PD2, third, response("PD", "2025-09-01"))
    )


def test_a_lower_bound_never_becomes_a_number_of_lines() -> None:
    found = [
        f.value for f in facts_of(*chart(COLON, MET, FOLFOX_BEV, PD1)).findings["tx.prior_lines"] if f.value is not None
    ]
    assert [at_least(1)] == found


def test_a_line_that_is_running_after_the_first_is_not_counted() -> None:
    running = doses("fluorouracil irinotecan cetuximab", "2026-10-01", 4)
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, running))


def test_the_second_line_waits_for_its_own_progression() -> None:
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET))


def test_progression_at_the_start_of_a_line_is_not_progression_on_it() -> None:
    early = response("PD", "2024-02-10")
    assert None is decided(lines(COLON, MET, FOLFOX_BEV, early))


def test_progression_long_after_the_last_dose_is_not_progression_on_it() -> None:
    assert None is decided(lines(COLON, MET, FOLFOX_BEV, response("PD", "2026-05-01")))


def test_progression_of_a_later_day_than_asked_for_does_not_exist_yet() -> None:
    assert None is decided(lines(COLON, MET, FOLFOX_BEV, PD1, on=date(2024, 8, 1)))
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, on=date(2024, 9, 10)))


def test_preliminary_progression_does_not_decide() -> None:
    assert None is decided(lines(COLON, MET, FOLFOX_BEV, response("PD", "2024-09-10", status="preliminary")))


# -- switches, maintenance, pauses


def test_a_switch_within_a_class_without_progression_is_the_same_line() -> None:
    found = lines(COLON, MET, FOLFOX_BEV, doses("capecitabine", "2024-07-20", 4, 21))
    assert Decimal(1) == suggested(found)
    assert "2." not in found.why


def test_cisplatin_to_carboplatin_for_tolerance_is_the_same_line() -> None:
    lung = condition(icd("C34.1"), "primary")
    first = doses("cisplatin pemetrexed", "2024-02-01", 2, 21)
    found = lines(lung, MET, first, doses("carboplatin pemetrexed", "2024-03-14", 2, 21))
    assert Decimal(1) == suggested(found)


def test_dropping_drugs_for_maintenance_is_no_new_line() -> None:
    maintenance = doses("fluorouracil bevacizumab", "2024-07-18", 10)
    found = lines(COLON, MET, FOLFOX_BEV, maintenance, response("PD", "2024-12-20"))
    assert at_least(1) == decided(found)
    assert "1. FOLFOX + bevacizumab, 1 Feb 2024 to 21 Nov 2024" in found.why


def test_parp_maintenance_after_platinum_is_no_new_line() -> None:
    pancreas = condition(icd("C25.0"), "primary")
    induction = doses("fluorouracil irinotecan oxaliplatin", "2024-02-01", 8)
    found = lines(pancreas, MET, induction, taken("olaparib", "2024-06-15", "2024-11-01"))
    assert Decimal(1) == suggested(found)
    assert "FOLFOXIRI or FOLFIRINOX + olaparib" in found.why


def test_an_antibody_added_in_the_third_cycle_is_no_new_line() -> None:
    found = lines(
        COLON, MET, doses("fluorouracil oxaliplatin", "2024-02-01", 10), doses("bevacizumab", "2024-03-14", 6)
    )
    assert Decimal(1) == suggested(found)


def test_biweekly_doses_with_a_missed_month_are_one_line() -> None:
    first, again = (
        doses("fluorouracil oxaliplatin", "2024-02-01", 4),
        doses("fluorouracil oxaliplatin", "2024-05-01", 4),
    )
    assert Decimal(1) == suggested(lines(COLON, MET, first, again))


def test_the_same_drugs_after_a_long_pause_are_not_counted_twice() -> None:
    again = doses("fluorouracil leucovorin oxaliplatin bevacizumab", "2025-06-01", 4)
    assert Decimal(1) == suggested(lines(COLON, MET, FOLFOX_BEV, again))


def test_a_new_drug_after_a_long_pause_is_suggested_as_a_line() -> None:
    found = lines(COLON, MET, FOLFOX_BEV, doses("fluorouracil irinotecan", "2025-03-01", 6))
    assert Decimal(2) == suggested(found)
    assert "new drug after a pause" in found.why


def test_a_new_drug_without_progression_or_pause_leaves_the_number_open() -> None:
    found = lines(COLON, MET, FOLFOX_BEV, doses("fluorouracil irinotecan", "2024-07-18", 6))
    assert (FactStatus.UNKNOWN, None) == (found.status, found.value)
    assert "a drug was changed without a recorded progression or pause" in found.why
    assert "2. FOLFIRI" in found.why


def test_a_change_without_progression_is_one_line_in_the_lower_bound() -> None:
    changed = doses("fluorouracil irinotecan", "2024-07-18", 6)
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, changed, response("PD", "2024-11-01")))


def test_bevacizumab_carried_over_progression_belongs_to_the_second_line() -> None:
    second = doses("fluorouracil irinotecan bevacizumab", "2024-10-01", 6)
    assert "2. FOLFIRI + bevacizumab" in lines(COLON, MET, FOLFOX_BEV, PD1, second, response("PD", "2025-02-01")).why


def test_overlapping_regimens_keep_their_order() -> None:
    net = condition(icd("C7A.010"), "primary")
    analogue = doses("octreotide", "2024-02-01", 20, 28)
    second = taken("everolimus", "2025-03-01", "2025-08-01")
    found = lines(net, MET, analogue, response("PD", "2025-02-10"), second, response("PD", "2025-08-10"))
    assert at_least(2) == decided(found)
    assert "1. octreotide, 1 Feb 2024" in found.why
    assert "2. everolimus + octreotide" in found.why


# -- before metastatic disease


def test_adjuvant_treatment_fourteen_months_before_metastases_is_no_line() -> None:
    adjuvant = doses("fluorouracil leucovorin oxaliplatin", "2022-04-01", 12)
    found = lines(COLON, MET, adjuvant, FOLFOX_BEV, PD1)
    assert at_least(1) == decided(found)
    assert "earlier, not counted: FOLFOX until 2 Sep 2022" in found.why


def test_adjuvant_treatment_alone_never_means_no_earlier_line() -> None:
    chart_ = facts_of(*chart(COLON, MET, doses("fluorouracil oxaliplatin", "2022-04-01", 12)))
    assert "tx.prior_lines" not in chart_.findings


def test_relapse_within_six_months_of_adjuvant_treatment_is_told_and_not_decided() -> None:
    adjuvant = doses("fluorouracil oxaliplatin", "2023-04-20", 12)
    found = lines(COLON, MET, adjuvant, doses("fluorouracil irinotecan", "2024-02-01", 6))
    assert Decimal(2) == suggested(found)
    assert "before metastases, relapse within 6 months" in found.why


def test_treatment_that_began_before_metastases_were_recorded_counts_from_then_on() -> None:
    assert at_least(1) == decided(lines(COLON, metastases("2024-03-15"), FOLFOX_BEV, PD1))
    assert None is decided(lines(COLON, metastases("2024-08-15"), FOLFOX_BEV, PD1))


@pytest.mark.parametrize("code", ["C77.2", "C79.9"])
def test_lymph_nodes_or_a_metastasis_without_site_do_not_make_disease_metastatic(code: str) -> None:
    nodes = metastases("2022-01-05", code, "nodes")
    adjuvant = doses("fluorouracil oxaliplatin", "2022-04-01", 12)
    found = facts_of(*chart(COLON, nodes, adjuvant, response("PD", "2022-10-01"))).findings
    assert "tx.prior_lines" not in found
    assert {None} == {f.value for f in found["tx.prior_oxaliplatin"]}


def test_metastases_without_a_date_leave_the_lines_open() -> None:
    assert "tx.prior_lines" not in facts_of(*chart(COLON, metastases(None), FOLFOX_BEV, PD1)).findings


def test_systemic_treatment_of_hepatocellular_carcinoma_is_for_advanced_disease() -> None:
    hcc = condition(icd("C22.0"), "primary")
    first = doses("atezolizumab bevacizumab", "2025-01-10", 6, 21)
    found = lines(hcc, first, response("PD", "2025-06-01"), taken("lenvatinib", "2025-07-01"))
    assert at_least(1) == decided(found)
    assert "1. atezolizumab with bevacizumab" in found.why


def test_a_drug_given_with_an_embolisation_is_no_line() -> None:
    hcc = condition(icd("C22.0"), "primary")
    tace = resource("Procedure", "tace", status="completed", code=concept("314617008"), performedDateTime="2025-01-10")
    given = doses("doxorubicin", "2025-01-10", 1)
    assert None is decided(lines(hcc, given, tace, response("PD", "2025-04-01")))
    assert at_least(1) == decided(lines(hcc, given, response("PD", "2025-04-01")))


# -- orders, dates, duplicates, codes, text


def test_orders_alone_never_decide() -> None:
    orders = [ordered(drug, "2024-02-01", "completed") for drug in ("fluorouracil", "oxaliplatin")]
    found = lines(COLON, MET, orders, response("PD", "2024-06-01"))
    assert Decimal(1) == suggested(found)
    assert "rests on orders or unclear records" in found.why


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "draft"])
def test_cancelled_orders_are_no_line(status: str) -> None:
    found = lines(COLON, MET, FOLFOX_BEV, PD1, ordered("irinotecan", "2024-10-01", status))
    assert at_least(1) == decided(found)
    assert "2." not in found.why


def test_an_order_and_its_administration_count_once() -> None:
    orders = [ordered(drug, "2024-01-25", "completed") for drug in ("fluorouracil", "oxaliplatin", "bevacizumab")]
    assert lines(COLON, MET, FOLFOX_BEV, PD1).why == lines(COLON, MET, FOLFOX_BEV, PD1, orders).why


def test_same_day_duplicates_count_once() -> None:
    twice = [{**raw, "id": f"again-{raw['id']}"} for raw in FOLFOX_BEV]
    running = doses("fluorouracil oxaliplatin", "2026-10-01", 4)
    copies = [{**raw, "id": f"again-{raw['id']}"} for raw in running]
    assert lines(COLON, MET, FOLFOX_BEV, PD1).why == lines(COLON, MET, FOLFOX_BEV, PD1, twice).why
    both = [*running, *copies]
    cycles = [fact("tx.chemo_cycles_total", COLON, MET, given).value for given in (running, both)]
    assert [Decimal(4), Decimal(4)] == cycles


def test_an_undated_drug_leaves_the_number_open() -> None:
    undated = resource("MedicationStatement", "u", status="completed", medicationCodeableConcept={"text": "irinotecan"})
    found = lines(COLON, MET, FOLFOX_BEV, undated)
    assert FactStatus.UNKNOWN is found.status
    assert "irinotecan is recorded without a date" in found.why


def test_a_drug_recorded_without_a_date_is_not_new_after_progression() -> None:
    undated = resource("MedicationStatement", "u", status="completed", medicationCodeableConcept={"text": "irinotecan"})
    second = doses("fluorouracil irinotecan", "2024-10-01", 6)
    assert at_least(2) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, second, PD2))
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, second, PD2, undated))


def test_a_month_is_no_day() -> None:
    vague = doses("fluorouracil oxaliplatin", "2024-02-01", 1, effectiveDateTime="2024-02")
    found = lines(COLON, MET, vague, PD1)
    assert None is decided(found)
    assert "a date is known to the month or year only" in found.why


def test_product_codes_and_ingredient_codes_are_the_same_drug() -> None:
    product = concept("1736776", "http://www.nlm.nih.gov/research/umls/rxnorm", "10 ML oxaliplatin 5 MG/ML Injection")
    later = doses("oxaliplatin", "2024-07-18", 3, medicationCodeableConcept=product)
    found = lines(COLON, MET, FOLFOX_BEV, later, PD1)
    assert at_least(1) == decided(found)
    assert "1. FOLFOX + bevacizumab, 1 Feb 2024 to 15 Aug 2024" in found.why


def test_a_regimen_named_as_a_whole_is_no_proof_of_its_drugs() -> None:
    whole = doses("x", "2024-02-01", 6, medicationCodeableConcept={"text": "mFOLFOX6 cycle"})
    found = facts_of(*chart(COLON, MET, whole, PD1)).findings
    assert [(Decimal(1), Obtained.NARRATIVE)] == [(f.value, f.obtained) for f in found["tx.prior_lines"]]
    assert "tx.prior_oxaliplatin" not in found


@pytest.mark.parametrize("text", ["Study drug ABC-123", "Chemotherapy day 1"])
def test_treatment_without_a_drug_leaves_the_number_open(text: str) -> None:
    unnamed = doses("x", "2024-10-01", 1, medicationCodeableConcept={"text": text})
    found = lines(COLON, MET, FOLFOX_BEV, unnamed)
    assert FactStatus.UNKNOWN is found.status
    assert "a treatment that names no drug is recorded" in found.why


def test_a_drug_that_is_not_known_stays_out() -> None:
    unknown = doses("x", "2024-10-01", 3, medicationCodeableConcept={"text": "Zorvantinib 40 mg"})
    assert lines(COLON, MET, FOLFOX_BEV, PD1).why == lines(COLON, MET, FOLFOX_BEV, PD1, unknown).why


def test_a_chemotherapy_procedure_that_no_drug_explains_leaves_the_number_open() -> None:
    procedure = resource(
        "Procedure", "chemo", status="completed", code=concept("1290226008"), performedDateTime="2025-06-01"
    )
    assert "a treatment that names no drug is recorded" in lines(COLON, MET, FOLFOX_BEV, procedure).why
    explained = {**procedure, "performedDateTime": "2024-03-01"}
    assert Decimal(1) == suggested(lines(COLON, MET, FOLFOX_BEV, explained))


def test_a_medication_list_read_partly_leaves_the_number_open() -> None:
    broken = resource("MedicationAdministration", "broken", status="completed", medicationCodeableConcept="x")
    found = lines(COLON, MET, FOLFOX_BEV, broken)
    assert FactStatus.UNKNOWN is found.status
    assert "MedicationAdministration was not read completely" in found.why


def test_a_drug_of_another_disease_is_no_line() -> None:
    supportive = doses("octreotide", "2024-02-01", 6, 28)
    assert "tx.prior_lines" not in facts_of(*chart(COLON, MET, supportive, PD1)).findings


def test_with_two_cancers_the_lines_are_nobodys() -> None:
    breast = condition(icd("C50.912"), "second", onsetDateTime="2020-01-01")
    found = lines(COLON, breast, MET, FOLFOX_BEV, PD1)
    assert FactStatus.UNKNOWN is found.status
    assert "more than one cancer is recorded" in found.why


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2024-02-30"])
def test_days_that_stand_for_no_date_are_no_date(text: str) -> None:
    odd = doses("irinotecan", "2024-02-01", 1, effectiveDateTime=text)
    assert at_least(1) == decided(lines(COLON, MET, FOLFOX_BEV, PD1, odd, response("PD", "0001-01-01")))


def test_an_unended_period_of_the_distant_future_is_cut_off() -> None:
    assert "to 21 Nov 2026" in lines(COLON, MET, taken("capecitabine", "2024-02-01", "9999-12-31")).why


# -- a number that a clinician stated

BOARD = """
- {system: "https://site.example/board", code: lines, fact: tx.prior_lines, integer: true}
- {system: "https://site.example/board", code: answer, fact: tx.response_last, values: {worse: PD}}
"""


def stated(number: int, on: str) -> Raw:
    code = concept("lines", "https://site.example/board")
    return observation(code, f"board-{on}", valueInteger=number, effectiveDateTime=on)


def with_board(*parts: Raw | Sequence[Raw]) -> Fact:
    who = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-04"}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in chart(*parts)]}
    read = read_chart(gather(who, bundle, patient_id="p"), ON, overlay=load_overlay(BOARD, KNOWLEDGE.catalogue))
    return settle_all(read, KNOWLEDGE.catalogue, ON)["tx.prior_lines"]


@pytest.mark.parametrize("day", ["2024-09-10", "2024-10-01"])
def test_a_number_stated_since_stands_where_the_record_agrees(day: str) -> None:
    assert Decimal(1) == decided(with_board(COLON, MET, FOLFOX_BEV, PD1, stated(1, day)))
    assert Decimal(3) == decided(with_board(COLON, MET, FOLFOX_BEV, PD1, stated(3, day)))


def test_a_stated_number_that_the_record_contradicts_is_in_dispute() -> None:
    found = with_board(COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET, PD2, stated(1, "2025-04-01"))
    assert FactStatus.CONFLICTING is found.status
    assert {Decimal(1), at_least(2)} == {f.value for f in found.candidates}


def test_a_stated_number_of_before_is_a_lower_bound_later() -> None:
    assert at_least(1) == decided(with_board(COLON, MET, stated(0, "2024-01-20"), FOLFOX_BEV, PD1))
    assert at_least(4) == decided(with_board(COLON, MET, stated(4, "2024-01-20"), FOLFOX_BEV, PD1))


def test_a_stated_number_needs_no_count() -> None:
    assert Decimal(0) == decided(with_board(COLON, MET, FOLFOX_BEV, stated(0, "2024-02-20")))


# -- response, control, cycles


def test_a_response_of_the_line_before_is_none_of_the_latest_line() -> None:
    found = fact("tx.response_last", COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET)
    assert FactStatus.UNKNOWN is found.status
    assert "PD is from before a response to FOLFIRI + cetuximab, begun 1 Oct 2024, could be seen" == found.why


def test_a_response_on_the_latest_line_stands() -> None:
    found = fact("tx.response_last", COLON, MET, FOLFOX_BEV, PD1, FOLFIRI_CET, response("PR", "2024-12-01"))
    assert "PR" == decided(found)


def test_orders_do_not_withdraw_a_response() -> None:
    assert "PD" == decided(fact("tx.response_last", COLON, MET, FOLFOX_BEV, PD1, ordered("irinotecan", "2024-10-01")))


@pytest.mark.parametrize(
    "status, expected",
    [("PD", Decimal("7.3")), ("SD", Bound(">=", Decimal("7.3"))), ("PR", Bound(">=", Decimal("7.3")))],
)
def test_months_of_control_are_a_suggestion(status: str, expected: object) -> None:
    found = fact("tx.months_disease_control", COLON, MET, FOLFOX_BEV, response(status, "2024-09-10"))
    assert expected == suggested(found)


def test_no_response_no_months_of_control() -> None:
    assert FactStatus.UNKNOWN is fact("tx.months_disease_control", COLON, MET, FOLFOX_BEV).status


def test_cycles_of_the_running_line_are_a_suggestion() -> None:
    running = doses("fluorouracil oxaliplatin", "2026-08-20", 6)
    pump = doses("fluorouracil", "2026-08-21", 6)
    assert Decimal(6) == suggested(fact("tx.chemo_cycles_total", COLON, MET, running, pump))


def test_cycles_of_a_line_that_is_over_are_not_counted() -> None:
    assert FactStatus.UNKNOWN is fact("tx.chemo_cycles_total", COLON, MET, FOLFOX_BEV).status


def test_weekly_doses_are_no_cycles() -> None:
    pancreas = condition(icd("C25.0"), "primary")
    weekly = doses("gemcitabine paclitaxel", "2026-09-20", 8, 7)
    assert FactStatus.UNKNOWN is fact("tx.chemo_cycles_total", pancreas, MET, weekly).status


# -- progression on a drug

LUNG = condition(icd("C34.1"), "primary")
BREAST = condition(icd("C50.912"), "primary")


@pytest.mark.parametrize(
    "name, primary, given, expected",
    [
        ("tx.progressed_platinum", COLON, FOLFOX_BEV, True),
        ("tx.progressed_platinum", COLON, doses("fluorouracil irinotecan", "2024-02-01"), None),
        ("tx.progressed_platinum", COLON, doses("oxaliplatin", "2023-01-01"), None),
        ("tx.prior_osimertinib", LUNG, [taken("osimertinib", "2024-02-01")], True),
        ("tx.prior_osimertinib", LUNG, [taken("osimertinib", "2024-02-01", "2024-09-01")], True),
        ("tx.prior_osimertinib", LUNG, [taken("osimertinib", "2024-02-01", "2024-04-01")], None),
        ("tx.prior_osimertinib", LUNG, [taken("osimertinib", "2024-09-01")], None),
        ("tx.prior_osimertinib", LUNG, [ordered("osimertinib", "2024-02-01")], None),
        ("tx.prior_endocrine_adv", BREAST, [taken("letrozole", "2024-02-01")], True),
        ("tx.prior_endocrine_adv", BREAST, [taken("tamoxifen", "2016-02-01", "2021-02-01")], None),
        ("tx.prior_endocrine_adv", COLON, [taken("letrozole", "2024-02-01")], None),
    ],
)
def test_progression_on_a_drug_needs_both_records(name: str, primary: Raw, given: list[Raw], expected: Any) -> None:
    assert expected == decided(fact(name, primary, MET, given, PD1))
    assert None is decided(fact(name, primary, MET, given))


def test_progression_on_a_drug_of_another_target_is_for_a_person_to_say() -> None:
    found = fact("tx.prior_tki_same_target", LUNG, MET, [taken("alectinib", "2024-02-01")], PD1)
    assert (FactStatus.SUGGESTED, True) == (found.status, found.value)
    assert "to be confirmed" in found.why


# -- days since the last dose and the last surgery


def test_an_order_after_the_last_known_dose_makes_the_days_at_most() -> None:
    given = doses("bevacizumab", "2026-08-13", 1)
    assert Decimal(100) == decided(fact("tx.last_bev_days", given))
    found = fact("tx.last_bev_days", given, ordered("bevacizumab", "2026-11-01"))
    assert Bound("<=", Decimal(100)) == decided(found)


def test_an_older_order_changes_nothing() -> None:
    given = doses("bevacizumab", "2026-08-13", 1)
    assert Decimal(100) == decided(fact("tx.last_bev_days", given, ordered("bevacizumab", "2026-08-01")))


def procedure(code: Raw, on: str | None, name: str, status: str = "completed") -> Raw:
    return resource("Procedure", name, status=status, code=code, **({"performedDateTime": on} if on else {}))


COLECTOMY = procedure(concept("23968004"), "2025-01-10", "old")


def test_later_surgery_in_words_makes_the_days_at_most() -> None:
    later = procedure({"text": "Right hemihepatectomy"}, "2026-11-10", "words")
    assert Decimal(680) == decided(fact("tx.last_surgery_days", COLECTOMY))
    assert Bound("<=", Decimal(680)) == decided(fact("tx.last_surgery_days", COLECTOMY, later))
    assert Decimal(11) == suggested(fact("tx.last_surgery_days", later))


@pytest.mark.parametrize("status", ["in-progress", "stopped", "unknown"])
def test_surgery_of_an_unsettled_status_is_not_lost(status: str) -> None:
    begun = procedure(concept("71273005"), "2026-11-20", "now", status)
    assert Bound("<=", Decimal(680)) == decided(fact("tx.last_surgery_days", COLECTOMY, begun))
    assert FactStatus.UNKNOWN is fact("tx.last_surgery_days", begun).status
    assert "liver.prior_hepatectomy" not in facts_of(begun).findings


@pytest.mark.parametrize("status", ["not-done", "preparation", "entered-in-error"])
def test_surgery_that_was_not_done_changes_nothing(status: str) -> None:
    planned = procedure(concept("71273005"), "2026-11-20", "now", status)
    assert Decimal(680) == decided(fact("tx.last_surgery_days", COLECTOMY, planned))


# -- the medical tables


def test_nothing_recorded_is_nothing_said() -> None:
    assert not {"tx.prior_lines", "tx.months_disease_control"} & facts_of(COLON, MET).findings.keys()


def test_no_count_is_ever_zero() -> None:
    for parts in ((COLON, MET), (COLON, MET, doses("fluorouracil oxaliplatin", "2026-10-20", 2))):
        assert Decimal(0) != lines(*parts).value
