"""Procedures, medications, allergies and the patient: what was done, given, and is known of the person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Obtained, ReadState
from tests.fhir_charts import RXNORM, Raw, concept, condition, facts_of, findings, icd, one, resource, values


def done(code: Raw, on: str | None = "2026-09-22", **more: Any) -> Raw:
    return resource(
        "Procedure", "p", status="completed", code=code, **({"performedDateTime": on} if on else {}), **more
    )


HEPATECTOMY = concept("71273005", display="Partial hepatectomy (procedure)")


def test_liver_resection_is_remembered_with_its_date() -> None:
    chart = facts_of(done(HEPATECTOMY))
    assert [True] == [f.value for f in chart.findings["liver.prior_hepatectomy"]]
    assert [Decimal(60)] == [f.value for f in chart.findings["tx.last_surgery_days"]]


@pytest.mark.parametrize(
    "performed, expected",
    [
        ({"performedDateTime": "2026-09"}, Bound(">=", Decimal(52))),
        ({"performedPeriod": {"start": "2026-09-20", "end": "2026-09-22"}}, Decimal(60)),
        ({"performedDateTime": "2027-01-01"}, None),
        ({}, None),
    ],
)
def test_days_since_surgery_with_other_dates(performed: Raw, expected: object) -> None:
    assert [expected] == values("tx.last_surgery_days", done(HEPATECTOMY, None, **performed))


def test_days_need_a_date_to_count_from() -> None:
    assert [None] == values("tx.last_surgery_days", done(HEPATECTOMY), on=None)


def test_a_transplant_is_no_resection() -> None:
    chart = facts_of(done(concept("18027006")))
    assert [True] == [f.value for f in chart.findings["sf.organ_transplant"]]
    assert "liver.prior_hepatectomy" not in chart.findings


def test_removal_of_the_colon_removes_a_colorectal_primary_only() -> None:
    colectomy = done(concept("23968004"))
    assert [True] == values("dx.primary_resected", colectomy, condition(icd("C18.7")))
    assert [True] == values("dx.primary_resected", colectomy, condition(icd("C18.7"), clinical="resolved"))
    assert [] == values("dx.primary_resected", colectomy, condition(icd("C50.912")))
    assert [] == values("dx.primary_resected", colectomy)


@pytest.mark.parametrize(
    "site, expected", [([concept("10200004")], [True]), ([concept("39607008")], []), (None, [None])]
)
def test_radiation_counts_for_the_liver_only_where_the_site_says_so(site: Any, expected: list[bool | None]) -> None:
    more = {"bodySite": site} if site else {}
    assert expected == values("liver.prior_rt", done(concept("446504008"), **more))
    assert expected == values("liver.prior_y90", done(concept("228697004"), **more))


def test_radioembolisation_of_the_liver_needs_no_site() -> None:
    assert [True] == values("liver.prior_y90", done(concept("764677008")))


@pytest.mark.parametrize(
    "text, fact",
    [
        ("Right hemihepatectomy", "liver.prior_hepatectomy"),
        ("Y-90 radioembolization, right lobe", "liver.prior_y90"),
        ("ERCP with biliary stent", "liver.biliary_stent_or_anastomosis"),
    ],
)
def test_words_of_a_procedure_are_a_suggestion(text: str, fact: str) -> None:
    found = one(fact, done({"text": text}))
    assert (True, Obtained.NARRATIVE) == (found.value, found.obtained)


@pytest.mark.parametrize("text", ["Consultation about hepatectomy", "Y90 planning", "History of hepatectomy"])
def test_words_about_a_procedure_are_not_the_procedure(text: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(done({"text": text})).findings)


# -- medications


def given(code: Raw, on: str | None = "2026-10-22", name: str = "m", **more: Any) -> Raw:
    dated = {"effectiveDateTime": on} if on else {}
    return resource(
        "MedicationAdministration", name, status="completed", medicationCodeableConcept=code, **dated, **more
    )


def ordered(code: Raw, status: str = "active", **more: Any) -> Raw:
    return resource(
        "MedicationRequest",
        "r",
        status=status,
        intent="order",
        medicationCodeableConcept=code,
        authoredOn="2026-10-01",
        **more,
    )


@pytest.mark.parametrize(
    "name, fact",
    [
        ("irinotecan hydrochloride 20 MG/ML Injection", "tx.prior_irinotecan"),
        ("Fluorouracil 50 MG/ML", "tx.prior_fluoropyrimidine"),
        ("5-FU infusion", "tx.prior_fluoropyrimidine"),
        ("capecitabine 500 MG Oral Tablet", "tx.prior_fluoropyrimidine"),
        ("cetuximab 2 MG/ML", "tx.prior_anti_egfr_mab"),
        ("Bevacizumab-awwb", "tx.prior_bev"),
        ("AVASTIN", "tx.prior_bev"),
        ("pembrolizumab (Keytruda)", "tx.prior_ici"),
        ("palbociclib", "tx.prior_cdk46"),
        ("fam-trastuzumab deruxtecan-nxki", "tx.prior_tdxd"),
        ("DOCEtaxel", "tx.prior_taxane"),
        ("octreotide LAR", "tx.prior_ssa"),
        ("lanreotide 120 mg", "tx.prior_ssa"),
        ("Lutetium Lu 177 dotatate", "tx.prior_prrt"),
        ("sorafenib tosylate", "tx.prior_sorafenib"),
    ],
)
def test_a_drug_is_recognised_by_its_name_as_a_whole_word(name: str, fact: str) -> None:
    assert [True] == values(fact, given({"text": name}))


@pytest.mark.parametrize("name", ["bevacizumabish", "regorafenib", "leucovorin", "FOLFOX planning"])
def test_a_part_of_a_name_is_no_drug(name: str) -> None:
    chart = facts_of(given({"text": name}))
    assert not any(f.value for fact, found in chart.findings.items() if fact.startswith("tx.") for f in found)


def test_a_drug_is_recognised_by_its_ingredient_code() -> None:
    found = one("tx.prior_irinotecan", given(concept("51499", RXNORM)))
    assert (True, f"{RXNORM}|51499") == (found.value, found.evidence[0].code)


@pytest.mark.parametrize(
    "name", ["bevacizumab 1.25 MG intravitreal injection", "fluorouracil 5 % topical cream", "aflibercept ophthalmic"]
)
def test_a_drug_for_eye_or_skin_is_no_treatment_of_the_cancer(name: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(given({"text": name})).findings)


def test_trastuzumab_deruxtecan_is_not_trastuzumab() -> None:
    chart = facts_of(given({"text": "trastuzumab deruxtecan"}))
    assert [True] == [f.value for f in chart.findings["tx.prior_tdxd"]]
    assert 1 == len(chart.findings["tx.prior_her2"])


def test_a_medication_reference_is_followed() -> None:
    medication = {"resourceType": "Medication", "id": "med", "code": concept("51499", RXNORM)}
    raw = resource(
        "MedicationAdministration", "m", status="completed", medicationReference={"reference": "Medication/med"}
    )
    assert [True] == values("tx.prior_irinotecan", raw, medication)


def test_a_contained_medication_is_followed() -> None:
    medication = {
        "resourceType": "Medication",
        "id": "med",
        "ingredient": [{"itemCodeableConcept": {"text": "irinotecan"}}],
    }
    raw = resource(
        "MedicationAdministration",
        "m",
        status="completed",
        medicationReference={"reference": "#med"},
        contained=[medication],
    )
    assert [True] == values("tx.prior_irinotecan", raw)


def test_a_medicine_that_cannot_be_told_makes_its_kind_incomplete() -> None:
    raw = resource(
        "MedicationAdministration", "m", status="completed", medicationReference={"reference": "Medication/elsewhere"}
    )
    facts = facts_of(raw)
    assert ReadState.PARTIAL is facts.readings["MedicationAdministration"].state
    assert ["MedicationAdministration/m"] == [n.reference for n in facts.notices if n.code == "unreadable"]


OSIMERTINIB, OXALIPLATIN, TAMOXIFEN = {"text": "osimertinib"}, {"text": "oxaliplatin"}, {"text": "tamoxifen"}


@pytest.mark.parametrize(
    "drug, fact",
    [
        (OSIMERTINIB, "tx.prior_osimertinib"),
        (OSIMERTINIB, "tx.prior_tki_same_target"),
        (OXALIPLATIN, "tx.progressed_platinum"),
        (TAMOXIFEN, "tx.prior_endocrine_adv"),
    ],
)
def test_exposure_is_not_progression(drug: Raw, fact: str) -> None:
    found = one(fact, given(drug))
    assert None is found.value
    assert "not recorded" in found.why


def test_oxaliplatin_counts_for_advanced_disease_only_after_a_metastasis() -> None:
    assert [None] == values("tx.prior_oxaliplatin", given(OXALIPLATIN))
    before = condition(icd("C78.7"), onsetDateTime="2026-11-01")
    after = condition(icd("C78.7"), onsetDateTime="2026-01-01")
    assert [None] == values("tx.prior_oxaliplatin", given(OXALIPLATIN), before)
    assert [True] == values("tx.prior_oxaliplatin", given(OXALIPLATIN), after)


def test_lines_of_therapy_are_never_inferred() -> None:
    assert () == findings("tx.prior_lines", given(OXALIPLATIN), given({"text": "irinotecan"}, name="m2"))


@pytest.mark.parametrize("name", ["bevacizumab", "ramucirumab", "ziv-aflibercept"])
def test_days_since_the_last_anti_vegf_antibody(name: str) -> None:
    assert [Decimal(30)] == values("tx.last_bev_days", given({"text": name}))


def test_each_dose_is_a_finding_of_its_own_day() -> None:
    doses = given({"text": "bevacizumab"}, "2026-10-22", "a"), given({"text": "bevacizumab"}, "2026-11-12", "b")
    assert {(Decimal(30), date(2026, 10, 22)), (Decimal(9), date(2026, 11, 12))} == {
        (f.value, f.effective) for f in findings("tx.last_bev_days", *doses)
    }


def test_an_ongoing_drug_was_last_taken_since_its_start() -> None:
    raw = resource(
        "MedicationStatement",
        "m",
        status="active",
        medicationCodeableConcept={"text": "capecitabine"},
        effectivePeriod={"start": "2026-10-22"},
    )
    assert [Bound("<=", Decimal(30))] == values("tx.last_capecitabine_days", raw)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("warfarin", [True]),
        ("Eliquis", [True]),
        ("rivaroxaban 20 MG", [True]),
        ("enoxaparin 40 MG", [None]),
        ("clopidogrel", [None]),
    ],
)
def test_an_anticoagulant_on_the_medication_list(name: str, expected: list[bool | None]) -> None:
    assert expected == values("sf.anticoagulated", ordered({"text": name}))


def test_an_anticoagulant_of_the_past_is_no_anticoagulant_now() -> None:
    assert [] == values("sf.anticoagulated", given({"text": "warfarin"}, "2024-01-01"))


def test_a_steroid_without_dose_is_not_lost() -> None:
    assert [None] == values("sf.steroids_10mg", ordered({"text": "prednisone 20 MG Oral Tablet"}))


# -- allergies


def allergy(text: str, name: str = "a", **more: Any) -> Raw:
    return resource("AllergyIntolerance", name, code={"text": text}, **more)


def test_severe_allergies_are_one_set() -> None:
    raws = (
        allergy("Carboplatin", "a", criticality="high"),
        allergy("Paclitaxel", "b", reaction=[{"severity": "severe", "manifestation": [{"text": "anaphylaxis"}]}]),
    )
    assert [frozenset({"platinum", "taxane"})] == values("sf.allergy", *raws)


@pytest.mark.parametrize("more", [{"reaction": [{"severity": "mild"}]}, {"reaction": [{"severity": "moderate"}]}])
def test_a_mild_allergy_is_not_severe(more: Raw) -> None:
    assert [] == values("sf.allergy", allergy("oxaliplatin", **more))


def test_an_allergy_of_unstated_severity_makes_the_set_unknown() -> None:
    found = one("sf.allergy", allergy("oxaliplatin"))
    assert (None, "allergy to platinum recorded, how severe is not") == (found.value, found.why)


def test_beside_a_severe_allergy_an_unrated_one_is_counted_with_it() -> None:
    found = one("sf.allergy", allergy("oxaliplatin", "a"), allergy("docetaxel", "b", criticality="high"))
    assert frozenset({"platinum", "taxane"}) == found.value
    assert "platinum" in found.why


@pytest.mark.parametrize("text", ["Penicillin", "No known allergies", "Latex"])
def test_other_allergies_say_nothing_of_the_set(text: str) -> None:
    assert [] == values("sf.allergy", allergy(text, criticality="high"))


def test_contrast_allergy_in_words() -> None:
    assert [frozenset({"contrast"})] == values("sf.allergy", allergy("Iodinated contrast media", criticality="high"))


# -- the patient


@pytest.mark.parametrize(
    "born, expected",
    [
        ("1960-11-21", Decimal(66)),
        ("1960-11-22", Decimal(65)),
        ("1960", Bound(">=", Decimal(65))),
        ("1960-12", Decimal(65)),
        ("2027-01-01", None),
        ("not a date", None),
        ("1700-01-01", None),
    ],
)
def test_age_on_the_charts_date(born: str, expected: object) -> None:
    assert [expected] == values("pt.age", patient={"birthDate": born})


@pytest.mark.parametrize(
    "gender, expected", [("female", "female"), ("male", "male"), ("other", None), ("unknown", None), ("Male", None)]
)
def test_sex_from_gender(gender: str, expected: str | None) -> None:
    assert [expected] == values("pt.sex", patient={"gender": gender})


def test_gender_and_birth_sex_that_differ_are_a_question() -> None:
    extension = [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "M"}]
    found = one("pt.sex", patient={"gender": "female", "extension": extension})
    assert (None, "administrative gender is female, recorded birth sex is male") == (found.value, found.why)


@pytest.mark.parametrize(
    "shown", [{"text": "Anaphylactic shock"}, {"coding": [{"system": "http://snomed.info/sct", "code": "39579001"}]}]
)
def test_anaphylaxis_is_severe_whatever_severity_is_given(shown: Raw) -> None:
    raw = allergy("Eloxatin", criticality="low", reaction=[{"severity": "mild", "manifestation": [shown]}])
    assert [frozenset({"platinum"})] == values("sf.allergy", raw)


def test_an_allergy_that_names_nothing_leaves_allergies_partly_read() -> None:
    raw = resource("AllergyIntolerance", "a", criticality="high")
    assert ReadState.PARTIAL is facts_of(raw).readings["AllergyIntolerance"].state
