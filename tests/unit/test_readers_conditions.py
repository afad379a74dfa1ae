"""Conditions: the cancer, its number and certainty, the liver lesion, and what blocks options."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Obtained
from tests.fhir_charts import ICD, SCT, Raw, concept, condition, facts_of, findings, icd, one, values

COLON = icd("C18.2")
LIVER = icd("C78.7")
HISTOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


@pytest.mark.parametrize(
    "code, expected",
    [
        (icd("C18.7"), "colorectal"),
        (icd("C19"), "colorectal"),
        (icd("C20"), "colorectal"),
        (concept("363406005"), "colorectal"),
        (concept("254637007"), "nsclc"),
        (concept("254632001"), "sclc"),
        (icd("C34.91"), "lung_unspecified"),
        (icd("C50.912"), "breast"),
        (icd("C25.0"), "pancreas"),
        (icd("C25.4"), "neuroendocrine_unspecified"),
        (icd("C16.3"), "gastric"),
        (icd("C43.9"), "cutaneous_melanoma"),
        (icd("C69.41"), "uveal_melanoma"),
        (concept("372244006"), "melanoma_unspecified"),
        (icd("C7A.012"), "net"),
        (icd("C7A.1"), "nec"),
        (icd("C7A.8"), "neuroendocrine_unspecified"),
        (icd("C22.0"), "hcc"),
        (concept("109841003"), "hcc"),
        (icd("C22.1"), "cholangiocarcinoma"),
        (icd("C22.9"), "liver_unspecified"),
        (icd("C61"), "other"),
        (icd("C90.00"), "other"),
        (icd("C182"), "colorectal"),
        (concept("C18.2", "urn:oid:2.16.840.1.113883.6.90"), "colorectal"),
        (concept("285613005"), "unknown_primary"),
    ],
)
def test_the_primary_is_read_from_its_code(code: Raw, expected: str) -> None:
    assert [expected] == values("dx.primary", condition(code))


@pytest.mark.parametrize("code", ["C78.7", "C7B.02", "C787"])
def test_liver_metastasis_is_read_from_either_code(code: str) -> None:
    assert ["metastasis"] == values("liver.lesion_nature", condition(icd(code)))


@pytest.mark.parametrize("code", ["94381002", "1691000119104", "285613005"])
def test_liver_metastasis_is_read_from_snomed(code: str) -> None:
    assert ["metastasis"] == values("liver.lesion_nature", condition(concept(code)))


def test_a_generic_metastasis_with_a_liver_site_is_liver_metastasis() -> None:
    raw = condition(concept("128462008"), bodySite=[concept("10200004")])
    assert ["metastasis"] == values("liver.lesion_nature", raw)


def test_a_generic_metastasis_elsewhere_is_not_liver_metastasis() -> None:
    chart = facts_of(condition(concept("128462008"), bodySite=[concept("39607008")]))
    assert "liver.lesion_nature" not in chart.findings
    assert [None] == [f.value for f in chart.findings["dx.extrahepatic"]]


def test_a_generic_metastasis_without_site_says_nothing_of_the_liver() -> None:
    assert () == findings("liver.lesion_nature", condition(concept("128462008")))


@pytest.mark.parametrize(
    "code, nature, kind",
    [
        (icd("C22.0"), "hcc", None),
        (icd("C22.1"), "icca", None),
        (concept("109842005"), "icca", None),
        (concept("274902006"), "indeterminate", None),
        (icd("C22.3"), None, None),
        (concept("300332007"), "indeterminate", None),
        (concept("93469006"), "benign", "hemangioma"),
        (concept("85057007"), "benign", "cyst"),
        (icd("D13.4"), "benign", "other"),
        (icd("D37.6"), "indeterminate", None),
        (icd("D18.03"), None, None),
    ],
)
def test_the_nature_of_the_lesion_follows_its_code(code: Raw, nature: str | None, kind: str | None) -> None:
    chart = facts_of(condition(code))
    assert [nature] == [f.value for f in chart.findings["liver.lesion_nature"]]
    assert ([kind] if kind else []) == [f.value for f in chart.findings.get("liver.benign_type", ())]


def test_disease_elsewhere_is_present_without_an_extent() -> None:
    found = one("dx.extrahepatic", condition(icd("C78.01", "Secondary malignant neoplasm of right lung")))
    assert None is found.value
    assert "right lung" in found.why


def test_brain_metastases_are_present_without_a_state() -> None:
    chart = facts_of(condition(icd("C79.31")))
    assert [None] == [f.value for f in chart.findings["dx.brain_mets"]]
    assert [None] == [f.value for f in chart.findings["dx.extrahepatic"]]


@pytest.mark.parametrize(
    "code, expected",
    [(concept("94627008"), [True]), (icd("C7B.04"), [True]), (icd("C78.6"), [None]), (icd("C78.01"), [])],
)
def test_peritoneal_disease_needs_a_code_that_says_so(code: Raw, expected: list[bool | None]) -> None:
    assert expected == values("dx.peritoneal", condition(code))


@pytest.mark.parametrize("code", ["C79.9", "C7B.00"])
def test_a_metastasis_of_unstated_site_is_nowhere_in_particular(code: str) -> None:
    chart = facts_of(condition(icd(code)))
    assert "liver.lesion_nature" not in chart.findings
    assert not {"none", "limited_treatable", "extensive"} & {f.value for f in chart.findings.get("dx.extrahepatic", ())}


@pytest.mark.parametrize(
    "code, expected",
    [
        (icd("C18.0"), ["right"]),
        (icd("C18.4"), ["right"]),
        (icd("C18.5"), ["left"]),
        (icd("C18.7"), ["left"]),
        (icd("C20"), ["left"]),
        (icd("C18.9"), []),
        (icd("C18.1"), []),
        (concept("312112002"), ["right"]),
        (concept("312113007"), ["left"]),
    ],
)
def test_the_side_of_a_colon_cancer_follows_its_site(code: Raw, expected: list[str]) -> None:
    assert expected == values("dx.primary_side", condition(code))


def test_histology_comes_from_code_or_extension() -> None:
    assert ["adenocarcinoma"] == values("dx.histology", condition(concept("254626006")))
    extension = [{"url": HISTOLOGY, "valueCodeableConcept": concept("28899001")}]
    raw = condition(icd("C34.11"), extension=extension)
    assert ["squamous"] == values("dx.histology", raw)
    assert ["nsclc"] == values("dx.primary", raw)


def test_small_cell_histology_settles_the_kind_of_lung_cancer() -> None:
    raw = condition(icd("C34.11"), extension=[{"url": HISTOLOGY, "valueCodeableConcept": concept("74364000")}])
    assert ["sclc"] == values("dx.primary", raw)


def test_a_generic_cancer_takes_its_primary_from_the_body_site() -> None:
    assert ["colorectal"] == values("dx.primary", condition(concept("363346000"), bodySite=[concept("71854001")]))
    assert [] == values("dx.primary", condition(concept("363346000")))


def test_a_carcinoid_names_its_site_of_origin() -> None:
    assert ["midgut"] == values("dx.net_site", condition(icd("C7A.012")))
    assert ["pancreas"] == values("dx.net_site", condition(icd("C25.4")))


@pytest.mark.parametrize(
    "summary, expected",
    [
        (concept(text="Stage IVA"), ["IV"]),
        (concept("2640006", display="Stage 4"), ["IV"]),
        (concept("1222806003", display="American Joint Committee on Cancer stage IIIC (qualifier value)"), ["III"]),
        (concept(text="IIB"), ["II"]),
        (concept(text="T4 N1"), []),
        (concept(text="unknown"), []),
    ],
)
def test_the_stage_of_a_cancer_is_read(summary: Raw, expected: list[str]) -> None:
    assert expected == values("dx.stage", condition(COLON, stage=[{"summary": summary}]))


# -- how many cancers are active


def count(*conditions: Raw) -> object:
    return one("dx.active_primaries", *conditions).value


def test_one_active_cancer_counts_one() -> None:
    assert Decimal(1) == count(condition(COLON), condition(LIVER, "m"))


def test_problem_list_and_encounter_diagnosis_of_one_cancer_count_once() -> None:
    assert Decimal(1) == count(
        condition(COLON, "a"), condition(icd("C18.9"), "b", category="encounter-diagnosis", clinical=None)
    )


def test_an_exact_name_and_its_general_name_count_once() -> None:
    chart = facts_of(condition(concept("254637007"), "a"), condition(icd("C34.90"), "b"))
    assert [Decimal(1)] == [f.value for f in chart.findings["dx.active_primaries"]]
    assert ["nsclc"] == [f.value for f in chart.findings["dx.primary"]]


def test_two_different_cancers_count_two() -> None:
    assert Decimal(2) == count(condition(COLON, "a"), condition(icd("C50.912"), "b"))


def test_two_different_other_cancers_count_two() -> None:
    assert Decimal(2) == count(condition(icd("C61"), "a"), condition(icd("C67.9"), "b"))


@pytest.mark.parametrize(
    "clinical, verified", [("resolved", "confirmed"), ("remission", "confirmed"), ("active", "refuted")]
)
def test_past_and_refuted_cancers_do_not_count(clinical: str, verified: str) -> None:
    other = condition(icd("C50.912"), "b", clinical=clinical, verified=verified)
    assert Decimal(1) == count(condition(COLON, "a"), other)


def test_a_cancer_of_unstated_activity_beside_another_leaves_the_count_open() -> None:
    assert None is count(condition(COLON, "a"), condition(icd("C50.912"), "b", clinical=None))


def test_the_only_cancer_counts_although_its_activity_is_not_stated() -> None:
    found = one("dx.active_primaries", condition(COLON, clinical=None))
    assert (Decimal(1), "clinical status not recorded") == (found.value, found.why)


def test_a_suspected_further_cancer_leaves_the_count_open() -> None:
    assert None is count(condition(COLON, "a"), condition(icd("C34.11"), "b", verified="provisional"))


def test_words_that_may_mean_a_further_cancer_leave_the_count_open() -> None:
    local = {"coding": [{"system": "urn:oid:9.9", "code": "77"}], "text": "Carcinoma of tongue"}
    found = one("dx.active_primaries", condition(COLON, "a"), condition(local, "b"))
    assert None is found.value
    assert "Carcinoma of tongue" in found.why


@pytest.mark.parametrize(
    "text",
    ["History of breast cancer", "Family history of cancer", "Cancer screening", "Carcinoma in situ of prostate"],
)
def test_words_about_past_or_other_peoples_cancer_do_not(text: str) -> None:
    assert Decimal(1) == count(condition(COLON, "a"), condition({"text": text}, "b"))


def test_basal_cell_carcinoma_of_the_skin_is_no_rival_primary() -> None:
    assert Decimal(1) == count(condition(COLON, "a"), condition(icd("C44.311"), "b"))
    assert Decimal(2) == count(condition(COLON, "a"), condition(icd("C44.321"), "b"))


def test_a_liver_cancer_not_called_primary_or_secondary_leaves_the_count_open() -> None:
    assert None is count(condition(COLON, "a"), condition(icd("C22.9"), "b"))


# -- certainty


def test_a_lone_encounter_diagnosis_without_verification_confirms_nothing() -> None:
    found = one("dx.cancer_status", condition(COLON, category="encounter-diagnosis", verified=None))
    assert None is found.value


def test_a_problem_list_entry_without_verification_counts_and_says_so() -> None:
    found = one("dx.cancer_status", condition(COLON, verified=None))
    assert ("confirmed", "verification status not recorded") == (found.value, found.why)


def test_suspected_lung_cancer_is_suspected() -> None:
    assert ["suspected"] == values("dx.cancer_status", condition(concept("162573006")))


def test_a_past_primary_is_no_primary_now() -> None:
    found = one("dx.primary", condition(COLON, clinical="remission"))
    assert (None, "recorded as past") == (found.value, found.why)


# -- words


@pytest.mark.parametrize(
    "text", ["liver mets", "Hepatic metastases", "Metastatic to liver", "Colon CA with liver metastasis"]
)
def test_words_for_liver_metastasis_are_a_suggestion(text: str) -> None:
    found = one("liver.lesion_nature", condition({"text": text}))
    assert ("metastasis", Obtained.NARRATIVE) == (found.value, found.obtained)


@pytest.mark.parametrize(
    "text",
    [
        "No liver mets",
        "History of liver metastases",
        "Rule out liver mets",
        "Family history of liver mets",
        "possible liver metastasis",
        "delivery metaphor",
    ],
)
def test_negated_past_or_hedged_words_suggest_nothing(text: str) -> None:
    assert () == findings("liver.lesion_nature", condition({"text": text}))


def test_words_never_speak_where_a_listed_code_does() -> None:
    assert [None] == values("dx.primary", condition({**COLON, "text": "liver mets"}, clinical="resolved"))
    assert () == findings("liver.lesion_nature", condition({**COLON, "text": "liver mets"}))


def test_metastatic_liver_cancer_in_words_is_indeterminate() -> None:
    assert ["indeterminate"] == values("liver.lesion_nature", condition({"text": "Metastatic liver cancer"}))


# -- what blocks options


@pytest.mark.parametrize(
    "code, fact, expected",
    [
        (concept("19943007"), "liver.cirrhosis", True),
        (icd("K74.60"), "liver.cirrhosis", True),
        (icd("K70.31"), "liver.cirrhosis", True),
        (icd("K70.31"), "liver.ascites", None),
        (icd("R18.8"), "liver.ascites", None),
        (icd("R18.0"), "liver.ascites_malignant", True),
        (icd("K76.82"), "liver.encephalopathy", None),
        (icd("K72.91"), "liver.encephalopathy", "grade3_4"),
        (concept("26206000"), "liver.encephalopathy", "grade3_4"),
        (icd("I81"), "liver.pvt", None),
        (icd("K76.6"), "liver.portal_hypertension", True),
        (icd("I85.00"), "liver.varices", None),
        (icd("K83.1"), "liver.biliary_obstruction", True),
        (icd("B18.1"), "lab.hbsag", None),
        (icd("Z94.4"), "sf.organ_transplant", True),
        (icd("Z94.0"), "sf.organ_transplant", True),
        (icd("I50.9"), "sf.heart_failure", True),
        (concept("88805009"), "sf.heart_failure", True),
        (icd("J84.112"), "sf.ild", True),
        (icd("M05.79"), "sf.autoimmune", None),
        (icd("Z79.01"), "sf.anticoagulated", None),
        (icd("Z33.1"), "pt.pregnancy_status", None),
        (concept("77386006"), "pt.pregnancy_status", None),
    ],
)
def test_a_recorded_condition_reaches_its_fact(code: Raw, fact: str, expected: object) -> None:
    found = findings(fact, condition(code))
    assert 1 <= len(found)
    assert {expected} == {f.value for f in found}
    assert all(f.why for f in found if f.value is None), "what the code does not tell is said"


def test_pregnancy_without_trimester_is_never_lost() -> None:
    chart = facts_of(condition(icd("Z33.1")))
    assert [True] == [f.value for f in chart.findings["pt.childbearing_potential"]]
    assert not {"pregnant_t1", "pregnant_t2", "pregnant_t3", "not_pregnant"} & {
        f.value for f in chart.findings["pt.pregnancy_status"]
    }


@pytest.mark.parametrize(
    "day, expected", [("2026-10-01", True), ("2026-06-01", True), ("2026-04-01", None), (None, None)]
)
def test_an_arterial_event_counts_for_half_a_year(day: str | None, expected: bool | None) -> None:
    raw = condition(icd("I63.9"), onsetDateTime=day)
    if day is None:
        del raw["onsetDateTime"], raw["recordedDate"]
    assert [expected] == values("sf.ate_6m", raw)


def test_variceal_bleeding_counts_for_ninety_days() -> None:
    assert [True] == values("liver.variceal_bleed_90d", condition(icd("I85.01"), onsetDateTime="2026-10-01"))
    assert [None] == values("liver.variceal_bleed_90d", condition(icd("I85.01"), onsetDateTime="2026-01-01"))


@pytest.mark.parametrize(
    "text, fact",
    [
        ("Congestive heart failure", "sf.heart_failure"),
        ("Immune-mediated pneumonitis", "sf.ild"),
        ("Status of kidney transplant", "sf.organ_transplant"),
        ("Crohn's disease", "sf.autoimmune"),
        ("Peripheral neuropathy due to drug", "sf.neuropathy_grade"),
        ("Small bowel obstruction", "sf.bowel_obstruction"),
        ("Cirrhosis, alcoholic", "liver.cirrhosis"),
        ("Upper GI bleed", "sf.bleeding_high_risk"),
    ],
)
def test_words_for_what_blocks_options_keep_it_from_counting_as_absent(text: str, fact: str) -> None:
    unlisted = {"coding": [{"system": SCT, "code": "999999999", "display": text}]}
    found = one(fact, condition(unlisted))
    assert Obtained.NARRATIVE is found.obtained


@pytest.mark.parametrize(
    "code, expected",
    [
        ("Z17.0", ["positive"]),
        ("Z17.1", [None]),
        ("Z17.410", ["positive"]),
        ("Z17.421", ["negative"]),
        ("Z17.22", [None]),
    ],
)
def test_receptor_status_on_the_problem_list(code: str, expected: list[Any]) -> None:
    assert expected == values("bm.hr", condition(icd(code)))


def test_triple_negative_breast_cancer_is_receptor_negative() -> None:
    chart = facts_of(condition(concept("706970001")))
    assert ["negative"] == [f.value for f in chart.findings["bm.hr"]]
    assert ["breast"] == [f.value for f in chart.findings["dx.primary"]]


@pytest.mark.parametrize(
    "elements, expected",
    [
        ({"onsetDateTime": "2025-02-03"}, "2025-02-03"),
        ({"onsetDateTime": "2025-02"}, "2025-02-01"),
        ({"onsetPeriod": {"start": "2024-05-06"}}, "2024-05-06"),
        ({}, "2026-03-01"),
    ],
)
def test_a_condition_is_dated_by_onset_then_by_record(elements: Raw, expected: str) -> None:
    assert expected == str(one("liver.lesion_nature", condition(LIVER, **elements)).effective)


def test_evidence_of_a_condition_names_its_code() -> None:
    evidence = one("liver.lesion_nature", condition(icd("C78.7", "Secondary malignant neoplasm of liver"))).evidence[0]
    assert ("Condition/c", f"{ICD}|C78.7", "Secondary malignant neoplasm of liver") == (
        evidence.reference,
        evidence.code,
        evidence.text,
    )


@pytest.mark.parametrize("odd", [{"verified": "bogus"}, {"clinical": "bogus"}])
def test_a_further_cancer_of_unusable_status_leaves_the_count_unknown(odd: dict[str, str]) -> None:
    raws = (condition(COLON), condition(icd("C50.911"), "second", **odd))
    assert [None] == values("dx.active_primaries", *raws)


@pytest.mark.parametrize(
    "code, fact, expected",
    [
        ("K92.2", "sf.bleeding_high_risk", None),
        ("K63.1", "sf.perforation_fistula", None),
        ("K83.09", "sf.active_infection", None),
        ("G62.0", "sf.neuropathy_grade", None),
        ("M32.9", "sf.autoimmune", None),
        ("Z94.1", "sf.organ_transplant", True),
        ("T86.11", "sf.organ_transplant", True),
        ("K72.90", "liver.encephalopathy", None),
    ],
)
def test_a_coded_danger_is_read_without_any_words(code: str, fact: str, expected: bool | None) -> None:
    assert {expected} == set(values(fact, condition(icd(code))))
