"""Traps met while the code tables were built: each one a test, named after the trap."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.codes import LOINC, SNOMED, shipped_codes
from fhir_mappings.observations import observation_table
from tests.fhir_charts import (
    RXNORM,
    concept,
    condition,
    facts_of,
    findings,
    icd,
    lab,
    observation,
    one,
    resource,
    values,
    variant,
)


def test_62862_8_is_microsatellite_instability_and_not_braf() -> None:
    raw = observation("62862-8", valueCodeableConcept=concept("10828004"))
    assert ["msi_h"] == values("bm.msi", raw)
    assert () == findings("bm.braf_v600e", raw)


@pytest.mark.parametrize("code", ["82115-7", "81202-7", "81704-5"])
def test_codes_offered_as_ros1_are_not_read_as_ros1(code: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(observation(code, valueString="Detected")).findings)


@pytest.mark.parametrize("code", [str(n) for n in range(245302009, 245310000, 1000)])
def test_circulating_segment_codes_that_match_no_segment_are_not_the_liver(code: str) -> None:
    assert () == shipped_codes().of(SNOMED, code)


def test_hgnc_6342_shown_as_nras_is_a_conflict() -> None:
    chart = facts_of(variant("LA9633-4", ("HGNC:6342", "NRAS"), parts=[_protein("p.Gln61Arg")]))
    found = chart.findings["bm.ras"]
    assert [None] == [f.value for f in found]
    assert "KIT" in found[0].why
    assert "NRAS" in found[0].why


def test_hgnc_7235_shown_as_msh2_is_not_msh2() -> None:
    assert "bm.msi" not in facts_of(variant("LA9633-4", ("HGNC:7235", "MSH2"))).findings


def test_a_gene_shown_with_a_code_that_is_not_its_own_is_a_conflict() -> None:
    found = one("bm.egfr", variant("LA9633-4", ("HGNC:9999", "EGFR"), parts=[_protein("p.Leu858Arg")]))
    assert None is found.value


def _protein(text: str) -> dict[str, Any]:
    return {"code": concept("48005-3", LOINC), "valueCodeableConcept": concept(text, "http://varnomen.hgvs.org")}


@pytest.mark.parametrize(
    "product, name, fact",
    [
        ("1922509", "trastuzumab 420 MG Injection", "tx.prior_her2"),
        ("1601377", "palbociclib 75 MG Oral Capsule", "tx.prior_cdk46"),
    ],
)
def test_a_product_code_is_not_an_ingredient_code(product: str, name: str, fact: str) -> None:
    assert () == shipped_codes().of(RXNORM, product)
    raw = resource(
        "MedicationStatement", "m", status="completed", medicationCodeableConcept=concept(product, RXNORM, name)
    )
    assert 1 == len(findings(fact, raw)), "the ingredient's name in the product name still counts"


def test_metastasis_from_the_liver_is_the_opposite_of_liver_metastasis() -> None:
    chart = facts_of(condition(concept("315000005", display="Metastasis from malignant tumor of liver")))
    assert "liver.lesion_nature" not in chart.findings
    assert ["confirmed"] == [f.value for f in chart.findings["dx.cancer_status"]]


@pytest.mark.parametrize("code", ["1975-2", "14631-6"])
def test_bilirubin_is_converted_by_unit_and_never_by_code_alone(code: str) -> None:
    assert Decimal(2) == one("lab.bilirubin", lab(code, "34.2", "umol/L")).value
    assert [None] == values("lab.bilirubin", lab(code, "34.2", None))


@pytest.mark.parametrize("code", ["1968-7", "14629-0"])
def test_direct_bilirubin_never_stands_for_total(code: str) -> None:
    assert () == findings("lab.bilirubin", lab(code, "1.2", "mg/dL"))


def test_icd_c34_does_not_tell_the_kind_of_lung_cancer() -> None:
    chart = facts_of(condition(icd("C34.12")))
    assert ["lung_unspecified"] == [f.value for f in chart.findings["dx.primary"]]
    assert "dx.histology" not in chart.findings


def test_melanoma_of_the_eye_is_not_skin_melanoma() -> None:
    assert ["uveal_melanoma"] == values("dx.primary", condition(icd("C69.31")))
    assert ["cutaneous_melanoma"] == values("dx.primary", condition(icd("C43.59")))


@pytest.mark.parametrize("code", ["C79.9", "C22.9", "K76.89", "R16.0", "R93.2", "C78.80"])
def test_codes_near_liver_metastasis_are_not_liver_metastasis(code: str) -> None:
    assert "metastasis" not in values("liver.lesion_nature", condition(icd(code)))


@pytest.mark.parametrize("code", ["300331000", "300332007", "85057007", "93469006"])
def test_a_liver_lesion_is_not_cancer(code: str) -> None:
    chart = facts_of(condition(concept(code)))
    assert "dx.cancer_status" not in chart.findings
    assert not {"metastasis", "hcc", "icca"} & {f.value for f in chart.findings["liver.lesion_nature"]}


def test_secondary_neoplasm_of_colon_is_not_in_the_liver() -> None:
    chart = facts_of(condition(concept("94260004")))
    assert "liver.lesion_nature" not in chart.findings
    assert [None] == [f.value for f in chart.findings["dx.extrahepatic"]]


@pytest.mark.parametrize("code", ["Z85.038", "Z85.05", "Z85.3", "Z85.89"])
def test_personal_history_is_past_disease(code: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(condition(icd(code))).findings)


def test_history_of_liver_metastasis_proves_nothing_now() -> None:
    found = one("liver.lesion_nature", observation("1098951000119108", system=SNOMED, valueBoolean=True))
    assert None is found.value


@pytest.mark.parametrize("code", ["K72.00", "K72.10", "K72.90"])
def test_without_coma_is_no_encephalopathy(code: str) -> None:
    """Nor is it proof that there is none: coma is only its last degree."""
    assert [None] == values("liver.encephalopathy", condition(icd(code)))


@pytest.mark.parametrize("code", ["42914-2", "32996-1"])
def test_her2_in_serum_is_not_the_tumours_her2(code: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(observation(code, valueString="Positive")).findings)


def test_egfr_protein_is_not_an_egfr_mutation() -> None:
    assert () == findings("bm.egfr", observation("39004-7", valueCodeableConcept=concept("10828004")))


@pytest.mark.parametrize("code", ["21703-4", "21720-8", "21666-3", "63419-6"])
def test_what_was_tested_for_is_not_what_was_found(code: str) -> None:
    assert {"pt.age", "pt.sex"} == set(facts_of(observation(code, valueString="p.Gly12Asp")).findings)


def test_licensed_procedure_codes_are_not_shipped() -> None:
    assert [] == [system for system, _, _ in shipped_codes().entries() if "ama-assn" in system]


def test_every_shipped_code_names_its_public_source() -> None:
    import json
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "fhir_mappings" / "valuesets"
    for path in folder.glob("*.json"):
        table = json.loads(path.read_text(encoding="utf-8"))
        for concept_name, entries in table["concepts"].items():
            for system, code, display, source in entries:
                assert table["sources"][source], (path.name, concept_name, code)
                assert display, (path.name, concept_name, code)
                assert table["systems"][system]


def test_a_trailing_blank_in_a_code_is_trimmed() -> None:
    raw = lab("1975-2 ", "1.2", "mg/dL")
    assert Decimal("1.2") == one("lab.bilirubin", raw).value
    assert ["colorectal"] == values("dx.primary", condition(icd(" C18.2 ")))


def test_the_table_of_observations_knows_ecog() -> None:
    kind = observation_table().kind_of(LOINC, "89247-1")
    assert kind is not None
    assert ("pt.ecog",) == kind.facts
