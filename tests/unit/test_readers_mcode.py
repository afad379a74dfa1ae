"""Cancer as the mCODE profiles shape it: links, dates, sites with qualifiers, histology, stage, sizes, spread."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Obtained
from tests.fhir_charts import (
    ICD,
    LOINC,
    SCT,
    Raw,
    component,
    concept,
    condition,
    facts_of,
    icd,
    observation,
    one,
    quantity,
    resource,
    values,
)

MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
RELATED = "http://hl7.org/fhir/StructureDefinition/condition-related"
ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
LIVER_METASTASIS = concept("94381002")
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"


def extension(url: str, reference: str) -> Raw:
    return {"url": url, "valueReference": {"reference": reference}}


def colon(name: str = "colon", **more: Any) -> Raw:
    return condition(icd("C18.7"), name, **more)


def metastasis(*primaries: str, name: str = "met", **more: Any) -> Raw:
    links = [extension(RELATED, p) for p in primaries]
    linked: dict[str, Any] = {"extension": links} if links else {}
    return condition(LIVER_METASTASIS, name, **linked, **more)


# -- where the liver metastasis came from


def test_a_link_from_the_metastasis_says_its_origin() -> None:
    breast = condition(icd("C50.912"), "breast")
    found = one("liver.lesion_origin", colon(), breast, metastasis("Condition/breast"))
    assert "breast" == found.value
    assert {"Condition/met", "Condition/breast"} == {e.reference for e in found.evidence}


def test_the_older_link_of_mcode_says_the_same() -> None:
    link = [extension(MCODE + "mcode-related-primary-cancer-condition", "Condition/colon")]
    raw = condition(LIVER_METASTASIS, "met", extension=link)
    assert ["colorectal"] == values("liver.lesion_origin", colon(), raw)


def test_a_past_primary_may_be_the_origin() -> None:
    assert ["colorectal"] == values("liver.lesion_origin", colon(clinical="remission"), metastasis("Condition/colon"))


def test_no_link_no_origin() -> None:
    assert [] == values("liver.lesion_origin", colon(), metastasis())


@pytest.mark.parametrize(
    "primary, link",
    [
        (colon(verified="refuted"), "Condition/colon"),
        (colon(verified="provisional"), "Condition/colon"),
        (colon(), "Condition/elsewhere"),
        (condition(icd("I10"), "colon"), "Condition/colon"),
        (condition(concept("363346000"), "colon"), "Condition/colon"),
    ],
)
def test_a_link_to_what_is_no_certain_primary_says_nothing(primary: Raw, link: str) -> None:
    assert [None] == values("liver.lesion_origin", primary, metastasis(link))


def test_metastases_of_two_primaries_have_no_one_origin() -> None:
    breast = condition(icd("C50.912"), "breast")
    raws = (colon(), breast, metastasis("Condition/colon"), metastasis("Condition/breast", name="second"))
    assert [None, None] == values("liver.lesion_origin", *raws)
    assert [None] == values("liver.lesion_origin", colon(), breast, metastasis("Condition/colon", "Condition/breast"))


def test_a_refuted_metastasis_has_no_origin() -> None:
    assert [] == values("liver.lesion_origin", colon(), metastasis("Condition/colon", verified="refuted"))


# -- from the primary to the metastasis


@pytest.mark.parametrize(
    "primary, secondary, expected",
    [
        ("2025-03-01", "2026-03-01", Decimal("12.0")),
        ("2026-03-01", "2026-03-01", Decimal("0.0")),
        ("2025-03", "2026-05-01", Bound(">=", Decimal("13.0"))),
        ("2026", "2026-03-01", Bound("<=", Decimal("1.9"))),
        ("2026-03-01", "2025-03-01", None),
    ],
)
def test_the_interval_is_that_between_the_two_diagnoses(primary: str, secondary: str, expected: object) -> None:
    found = one("dx.dfi_months", colon(onsetDateTime=primary), metastasis(onsetDateTime=secondary))
    assert (expected, Obtained.DERIVED) == (found.value, found.obtained)


def test_the_asserted_date_is_a_date_of_diagnosis_and_the_entry_is_not() -> None:
    asserted: dict[str, Any] = {"extension": [{"url": ASSERTED, "valueDateTime": "2025-03-01"}]}
    assert [Decimal("12.0")] == values("dx.dfi_months", colon(**asserted), metastasis(onsetDateTime="2026-03-01"))
    assert [] == values("dx.dfi_months", colon(), metastasis(onsetDateTime="2026-03-01"))


def test_the_earliest_records_of_both_count() -> None:
    raws = (
        colon(onsetDateTime="2025-03-01"),
        colon("again", onsetDateTime="2025-09-01"),
        metastasis(onsetDateTime="2026-03-01"),
        metastasis(name="later", onsetDateTime="2026-09-01"),
    )
    assert [Decimal("12.0")] == values("dx.dfi_months", *raws)


@pytest.mark.parametrize(
    "more",
    [
        {"clinical": "recurrence"},
        {"category": "encounter-diagnosis"},
        {"verified": "provisional"},
    ],
)
def test_a_recurrence_a_visit_or_a_suspicion_dates_no_primary(more: dict[str, str]) -> None:
    assert [] == values(
        "dx.dfi_months", colon(onsetDateTime="2025-03-01", **more), metastasis(onsetDateTime="2026-03-01")
    )


def test_with_two_primaries_only_a_link_tells_the_interval() -> None:
    both = (colon(onsetDateTime="2025-03-01"), condition(icd("C50.912"), "breast", onsetDateTime="2019-03-01"))
    assert [] == values("dx.dfi_months", *both, metastasis(onsetDateTime="2026-03-01"))
    linked = metastasis("Condition/colon", onsetDateTime="2026-03-01")
    assert [Decimal("12.0")] == values("dx.dfi_months", *both, linked)


# -- side, stage, spread


def site(code: str, qualifier: str | None = None) -> Raw:
    made = concept(code)
    if qualifier is not None:
        made["extension"] = [{"url": MCODE + "mcode-laterality-qualifier", "valueCodeableConcept": concept(qualifier)}]
    return made


@pytest.mark.parametrize(
    "sites, expected",
    [
        ([site("9040008")], ["right"]),
        ([site("485005")], ["right"]),
        ([site("60184004")], ["left"]),
        ([site("71854001", "24028007")], ["right"]),
        ([site("71854001", "7771000")], ["left"]),
        ([site("71854001")], []),
        ([site("39607008", "24028007")], []),
        ([site("9040008"), site("60184004")], []),
    ],
)
def test_the_side_of_a_colon_cancer_may_stand_in_its_body_site(sites: list[Raw], expected: list[str]) -> None:
    assert expected == values("dx.primary_side", condition(concept("363406005"), bodySite=sites))


def test_a_generic_cancer_with_a_segment_of_colon_is_colorectal_and_sided() -> None:
    raw = condition(concept("363346000"), bodySite=[site("60184004")])
    assert (["colorectal"], ["left"]) == (values("dx.primary", raw), values("dx.primary_side", raw))


def test_the_side_of_another_organ_is_not_the_side_of_a_colon() -> None:
    raw = condition(icd("C50.912"), bodySite=[site("76752008", "7771000")])
    assert [] == values("dx.primary_side", raw)


@pytest.mark.parametrize(
    "stage, expected",
    [
        (
            {"summary": concept("1222806003", SCT, "American Joint Committee on Cancer stage IIIC (qualifier value)")},
            ["III"],
        ),
        ({"summary": {"text": "IVA"}}, ["IV"]),
        ({"summary": {"text": "Rai stage II"}}, []),
        ({"summary": {"text": "stage II"}, "type": {"text": "BCLC staging"}}, []),
        ({"summary": {"text": "FIGO stage IIIA"}}, []),
        ({"summary": {"text": "Child-Pugh stage 1"}}, []),
    ],
)
def test_only_a_tnm_stage_is_the_stage(stage: Raw, expected: list[str]) -> None:
    assert expected == values("dx.stage", colon(stage=[stage]))


def test_a_code_that_names_the_stage_gives_it() -> None:
    assert ["IV"] == values("dx.stage", condition(concept("423121009")))


def test_a_display_that_names_a_stage_gives_none() -> None:
    assert [] == values("dx.stage", condition(icd("C18.7", "Malignant neoplasm of sigmoid colon, stage IV")))


def test_a_generic_metastasis_is_where_its_body_site_is() -> None:
    generic = concept("128462008")
    assert ["metastasis"] == values("liver.lesion_nature", condition(generic, bodySite=[site("10200004")]))
    assert [True] == values("dx.peritoneal", condition(generic, bodySite=[site("15425007")]))
    assert [None] == values("dx.brain_mets", condition(generic, bodySite=[site("12738006")]))
    assert [] == values("dx.peritoneal", condition(generic, bodySite=[site("15425007")], verified="refuted"))


# -- histology


def histology(code: Raw, name: str = "h", *about: str, **more: Any) -> Raw:
    links = [extension(MCODE + "mcode-related-condition", a) for a in about]
    linked: dict[str, Any] = {"extension": links} if links else {}
    return observation("31206-6", name, valueCodeableConcept=code, **linked, **more)


SMALL_CELL, SQUAMOUS, ADENO = concept("74364000"), concept("8070/3", ICDO3), concept("8140/3", ICDO3)


def test_a_histology_of_its_own_makes_a_general_name_exact() -> None:
    lung = condition(icd("C34.11"), "lung")
    assert ["lung_unspecified"] == values("dx.primary", lung)
    assert ["sclc"] == values("dx.primary", lung, histology(SMALL_CELL, "h", "Condition/lung"))
    assert ["nsclc"] == values("dx.primary", lung, histology(SQUAMOUS))
    assert ["squamous"] == values("dx.histology", lung, histology(SQUAMOUS))


@pytest.mark.parametrize(
    "result",
    [
        histology(SMALL_CELL, status="preliminary"),
        histology(SMALL_CELL, status="entered-in-error"),
        histology(SMALL_CELL, "h", "Condition/other"),
        histology(concept("8041/2", ICDO3)),
    ],
)
def test_a_histology_that_does_not_hold_or_is_of_another_cancer_changes_nothing(result: Raw) -> None:
    other = condition(icd("I10"), "other")
    assert ["lung_unspecified"] == values("dx.primary", condition(icd("C34.11"), "lung"), other, result)


def test_two_histologies_of_one_lung_cancer_leave_it_general() -> None:
    raws = (condition(icd("C34.11"), "lung"), histology(SMALL_CELL), histology(SQUAMOUS, "second"))
    assert ["lung_unspecified"] == values("dx.primary", *raws)


def test_with_two_cancers_a_histology_needs_its_link() -> None:
    both = (condition(icd("C34.11"), "lung"), colon())
    assert [None] == values("dx.histology", *both, histology(ADENO))
    assert ["adenocarcinoma"] == values("dx.histology", *both, histology(ADENO, "h", "Condition/colon"))


def test_a_malignant_type_of_a_specimen_proves_the_cancer() -> None:
    tissue: dict[str, Any] = {"specimen": {"reference": "Specimen/s"}}
    assert [True] == values("dx.histology_confirmed", colon(), histology(ADENO, **tissue))
    assert [] == values("dx.histology_confirmed", colon(), histology(ADENO))
    assert [] == values("dx.histology_confirmed", colon(), histology(concept("8140/0", ICDO3), **tissue))


def test_the_histology_of_a_metastasis_is_that_of_its_primary() -> None:
    raws = (colon(), metastasis("Condition/colon"), histology(ADENO, "h", "Condition/met"))
    assert ["adenocarcinoma"] == values("dx.histology", *raws)


def grade(words: str, **more: Any) -> Raw:
    return observation(
        concept("C18000", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"), "grade", valueString=words, **more
    )


@pytest.mark.parametrize(
    "words, expected", [("G2", "G2"), ("WHO grade 3", "G3"), ("G1-G2", None), ("intermediate", None), ("G2?", None)]
)
def test_the_grade_of_a_neuroendocrine_tumour(words: str, expected: str | None) -> None:
    assert [expected] == values("dx.net_grade", condition(icd("C7A.012")), grade(words))


def test_the_grade_of_another_cancer_is_no_neuroendocrine_grade() -> None:
    assert [] == values("dx.net_grade", colon(), grade("G2"))
    assert [] == values("dx.net_grade", condition(icd("C7A.1")), grade("G3"))


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueQuantity": quantity(15, "%", code="%")}, Decimal(15)),
        ({"valueString": "<2 %"}, Bound("<", Decimal(2))),
        ({"valueQuantity": quantity(15, None)}, None),
        ({"valueString": "high"}, None),
    ],
)
def test_ki67_is_a_share_of_cells(value: Raw, expected: object) -> None:
    assert [expected] == values("dx.ki67", observation("29593-1", **value))


# -- nodes and heart rhythm: what says a thing almost


@pytest.mark.parametrize("code, system", [("21906-3", LOINC), ("399534004", SCT)])
def test_a_clinical_n_category_is_seen_and_is_not_the_pathological_one(code: str, system: str) -> None:
    found = one("dx.nodes_positive", observation(code, system=system, valueCodeableConcept=concept("x", text="cN2")))
    assert (None, "cN2") == (found.value, found.evidence[0].text)


def test_only_fridericia_is_fridericia() -> None:
    assert [Decimal(450)] == values("ecg.qtcf", observation("76634-5", valueQuantity=quantity(450, "ms", code="ms")))
    assert [None] == values("ecg.qtcf", observation("8636-3", valueQuantity=quantity(450, "ms", code="ms")))
    assert [None] == values("ecg.qtcf", observation("76635-2", valueQuantity=quantity(450, "ms", code="ms")))


# -- sizes of tumours


def structure(name: str = "t", code: str = "10200004", **more: Any) -> Raw:
    return {
        "resourceType": "BodyStructure", "id": name, "patient": {"reference": "Patient/p"},
        "location": concept(code), **more,
    }  # fmt: skip


def size(cm: str, of: str = "BodyStructure/t", name: str = "size") -> Raw:
    parts = [component("33728-7", valueQuantity=quantity(cm, "cm", code="cm"))]
    return observation("21889-1", name, component=parts, focus=[{"reference": of}])


def test_the_size_of_a_tumour_in_the_liver_counts() -> None:
    assert [Decimal("3.2")] == values("liver.max_diameter_cm", structure(), size("3.2"))
    assert [] == values("liver.max_diameter_cm", structure(code="71854001"), size("3.2"))


@pytest.mark.parametrize(
    "more",
    [
        {"active": False},
        {"morphology": {"text": "Simple cyst"}},
        {"morphology": concept("2099007", SCT, "Hemangioma")},
        {"morphology": {"text": "ablation zone"}},
        {"extension": [extension(MCODE + "mcode-related-condition", "Condition/cyst")]},
    ],
)
def test_the_size_of_what_is_benign_treated_or_gone_is_no_lesion_size(more: dict[str, Any]) -> None:
    cyst = condition(concept("85057007"), "cyst")
    assert [] == values("liver.max_diameter_cm", cyst, structure(**more), size("6"))


# -- problems that say what a test or an allergy list should


@pytest.mark.parametrize(
    "words, expected",
    [("Partial DPD deficiency", "partial"), ("Complete DPD deficiency", "complete"), ("DPD deficiency", None)],
)
def test_dpd_deficiency_as_a_problem_is_a_suggestion(words: str, expected: str | None) -> None:
    found = values("bm.dpyd", condition({"text": words}))
    assert expected == found[0]
    assert {Obtained.NARRATIVE} == {f.obtained for f in facts_of(condition({"text": words})).findings["bm.dpyd"]}


@pytest.mark.parametrize("words", ["Allergy to oxaliplatin", "Oxaliplatin allergy", "history of allergy to paclitaxel"])
def test_an_allergy_as_a_problem_is_seen_and_its_severity_is_not_known(words: str) -> None:
    found = one("sf.allergy", condition({"text": words}))
    assert found.value is None
    assert "how severe" in found.why


@pytest.mark.parametrize(
    "words", ["No allergy to oxaliplatin", "Allergy to penicillin", "family history of contrast allergy"]
)
def test_another_or_a_denied_allergy_is_none(words: str) -> None:
    assert [] == values("sf.allergy", condition({"text": words}))


def test_an_inherited_risk_is_no_brca_result() -> None:
    for code in (icd("Z15.01"), concept("412734009")):
        assert [None] == values("bm.gbrca", condition(code))


def test_carcinoid_syndrome_is_a_hormone_syndrome() -> None:
    assert [True] == values("dx.functional_syndrome", condition(icd("E34.00")))
    assert ICD == icd("E34.00")["coding"][0]["system"]


def test_a_body_structure_of_another_patient_never_counts() -> None:
    foreign = resource("BodyStructure", "t", location=concept("10200004")) | {"patient": {"reference": "Patient/other"}}
    foreign.pop("subject")
    assert [] == values("liver.max_diameter_cm", foreign, size("3.2"))
