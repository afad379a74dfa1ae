"""Genes: variants and single-gene tests become findings, or unknowns that say why."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.facts import Obtained, Specimen
from tests.fhir_charts import (
    HGNC,
    LOINC,
    Raw,
    component,
    concept,
    condition,
    facts_of,
    findings,
    icd,
    observation,
    one,
    resource,
    values,
    variant,
)

PRESENT, ABSENT = "LA9633-4", "LA9634-2"
KRAS, NRAS, BRAF, EGFR = ("HGNC:6407", "KRAS"), ("HGNC:7989", "NRAS"), ("HGNC:1097", "BRAF"), ("HGNC:3236", "EGFR")
ALK, ROS1, RET, MET = ("HGNC:427", "ALK"), ("HGNC:10261", "ROS1"), ("HGNC:9967", "RET"), ("HGNC:7029", "MET")
BRCA1, BRCA2, ERBB2, FGFR2 = (
    ("HGNC:1100", "BRCA1"),
    ("HGNC:1101", "BRCA2"),
    ("HGNC:3430", "ERBB2"),
    ("HGNC:3689", "FGFR2"),
)
KRAS_TEST, NRAS_TEST, RAS_TEST, BRAF_TEST, EGFR_TEST = "21702-6", "21719-0", "81420-2", "58483-9", "21665-5"


def protein(text: str) -> Raw:
    return component("48005-3", concept(text, "http://varnomen.hgvs.org", text))


def coding(text: str) -> Raw:
    return component("48004-6", concept(text, "http://varnomen.hgvs.org", text))


def origin(code: str) -> Raw:
    return component("48002-0", concept(code, LOINC))


GERMLINE, SOMATIC = origin("LA6683-2"), origin("LA6684-0")


def said(code: str, text: str, name: str = "t", **more: Any) -> Raw:
    return observation(code, name, valueString=text, **more)


# -- RAS


@pytest.mark.parametrize(
    "text",
    [
        "p.Gly12Asp",
        "p.G12D",
        "G12D",
        "p.(Gly12Asp)",
        "Detected p.G12D",
        "NP_004976.2:p.Gly12Asp",
        "KRAS mutation detected: G12D",
        "Mutated",
        "POSITIVE",
    ],
)
def test_a_kras_mutation_makes_ras_mutated(text: str) -> None:
    assert ["mutated"] == values("bm.ras", said(KRAS_TEST, text))


@pytest.mark.parametrize(
    "text",
    [
        "wild type",
        "Wild-type",
        "No mutation detected",
        "Not detected",
        "none detected",
        "Negative",
        "KRAS: no mutations identified",
        "no KRAS mutation was found",
    ],
)
def test_a_negative_kras_alone_is_not_wild_type_ras(text: str) -> None:
    found = one("bm.ras", said(KRAS_TEST, text))
    assert (None, "KRAS negative; NRAS not reported") == (found.value, found.why)


def test_a_negative_nras_alone_is_not_wild_type_ras() -> None:
    assert "KRAS not reported" in one("bm.ras", said(NRAS_TEST, "Not detected")).why


def test_wild_type_needs_an_explicit_negative_of_both_genes() -> None:
    found = one("bm.ras", said(KRAS_TEST, "Not detected", "k"), said(NRAS_TEST, "Not detected", "n"))
    assert "wild_type" == found.value
    assert {"Observation/k", "Observation/n"} == {e.reference for e in found.evidence}


def test_wild_type_is_as_old_as_its_older_half() -> None:
    older = said(NRAS_TEST, "Not detected", "n", effectiveDateTime="2024-02-01")
    assert "2024-02-01" == str(one("bm.ras", said(KRAS_TEST, "Not detected", "k"), older).effective)


def test_one_test_of_both_genes_is_enough() -> None:
    assert ["wild_type"] == values("bm.ras", said(RAS_TEST, "Not detected"))


def test_a_text_may_tell_both_genes_apart() -> None:
    assert ["mutated"] == [v for v in values("bm.ras", said(RAS_TEST, "KRAS: wild type; NRAS: p.Q61R")) if v]


def test_a_mutation_in_one_gene_beside_a_negative_in_the_other_is_mutated() -> None:
    found = values("bm.ras", said(KRAS_TEST, "Not detected", "k"), said(NRAS_TEST, "p.Q61K", "n"))
    assert "mutated" in found
    assert "wild_type" not in found


@pytest.mark.parametrize(
    "text",
    ["KRAS exon 2 wild type", "No mutation in codons 12 and 13", "exons 2 and 3: not detected", "p.G12D not detected"],
)
def test_a_negative_of_part_of_the_gene_is_not_wild_type(text: str) -> None:
    assert [None, None] == values("bm.ras", said(KRAS_TEST, text, "k"), said(NRAS_TEST, "Not detected", "n"))


def test_a_negative_of_exons_two_to_four_is_complete() -> None:
    both = said(KRAS_TEST, "exons 2-4: no mutation detected", "k"), said(NRAS_TEST, "exons 2, 3 and 4 not mutated", "n")
    assert ["wild_type"] == values("bm.ras", *both)


@pytest.mark.parametrize(
    "text",
    [
        "Equivocal",
        "Insufficient quantity",
        "Not tested",
        "see report",
        "pending",
        "p.G12D; no other mutation detected",
        "Detected / not detected",
        "possible G12D",
        "VUS p.T58I",
        "p.T58I",
        "synonymous p.G13=",
        "result to follow",
        "",
    ],
)
def test_words_that_do_not_settle_it_leave_ras_unknown(text: str) -> None:
    assert [None] == values("bm.ras", said(KRAS_TEST, text))


def test_a_variant_of_a_hotspot_makes_ras_mutated() -> None:
    assert ["mutated"] == values("bm.ras", variant(PRESENT, KRAS, parts=[protein("NP_004976.2:p.Gly12Val")]))


def test_a_coding_change_alone_names_its_codon() -> None:
    assert ["mutated"] == values("bm.ras", variant(PRESENT, NRAS, parts=[coding("NM_002524.4:c.34G>T")]))


def test_a_gene_listed_as_absent_is_a_negative() -> None:
    assert ["wild_type"] == values("bm.ras", variant(ABSENT, KRAS, name="k"), variant(ABSENT, NRAS, name="n"))


def test_several_genes_in_one_negative_are_split() -> None:
    chart = facts_of(variant(ABSENT, KRAS, NRAS, BRAF, EGFR))
    expected = {"bm.ras": "wild_type", "bm.braf_v600e": False, "bm.egfr": "wild_type", "bm.kras_g12c": False}
    assert expected == {fact: chart.findings[fact][0].value for fact in expected}


def test_a_variant_without_answer_is_unclear() -> None:
    found = one("bm.ras", variant(None, KRAS, parts=[protein("p.Gly12Val")]))
    assert (None, "KRAS: reported, but present or absent is not stated") == (found.value, found.why)


def test_a_gene_without_code_counts_by_its_symbol() -> None:
    raw = observation(
        "69548-6",
        valueCodeableConcept=concept(PRESENT, LOINC),
        component=[component("48018-6", {"text": "KRAS"}), protein("p.Gly12Val")],
    )
    assert ["mutated"] == values("bm.ras", raw)


@pytest.mark.parametrize("system", [HGNC, "http://www.genenames.org", "http://www.genenames.org/geneId/"])
def test_gene_codes_are_known_under_each_spelling_of_their_system(system: str) -> None:
    raw = observation(
        "69548-6",
        valueCodeableConcept=concept(PRESENT, LOINC),
        component=[component("48018-6", concept("HGNC:6407", system)), protein("p.Gly12Val")],
    )
    assert ["mutated"] == values("bm.ras", raw)


def test_a_region_studied_is_no_result() -> None:
    raw = observation("53041-0", component=[component("48018-6", concept("HGNC:6407", HGNC, "KRAS"))])
    found = one("bm.ras", raw)
    assert (None, "KRAS: the gene was tested; no result of it is coded") == (found.value, found.why)


@pytest.mark.parametrize("code", ["LA6675-8", "LA26333-7"])
def test_a_benign_or_uncertain_variant_is_no_mutation(code: str) -> None:
    significance = component("53037-8", concept(code, LOINC))
    assert [None] == values("bm.ras", variant(PRESENT, KRAS, parts=[protein("p.Gly12Val"), significance]))


def test_a_germline_variant_is_not_the_tumours() -> None:
    assert [None] == values("bm.ras", variant(PRESENT, KRAS, parts=[protein("p.Gly12Val"), GERMLINE]))
    assert ["mutated"] == values("bm.ras", variant(PRESENT, KRAS, parts=[protein("p.Gly12Val"), SOMATIC]))


# -- single alterations


@pytest.mark.parametrize(
    "text, expected",
    [("p.Gly12Cys", [True]), ("G12C", [True]), ("p.G12D", [False]), ("Not detected", [False]), ("Detected", [None])],
)
def test_kras_g12c(text: str, expected: list[bool | None]) -> None:
    assert expected == values("bm.kras_g12c", said(KRAS_TEST, text))


@pytest.mark.parametrize(
    "code, text, expected",
    [
        (BRAF_TEST, "p.Val600Glu", [True]),
        (BRAF_TEST, "V600E", [True]),
        (BRAF_TEST, "K601E", [False]),
        (BRAF_TEST, "Not detected", [False]),
        (BRAF_TEST, "Detected", [None]),
        ("58415-1", "Detected", [True]),
        ("58415-1", "Not detected", [False]),
        ("89861-9", "Not detected", [None]),
    ],
)
def test_braf_v600e(code: str, text: str, expected: list[bool | None]) -> None:
    assert expected == values("bm.braf_v600e", said(code, text))


@pytest.mark.parametrize("primary, expected", [(icd("C43.9"), [True]), (icd("C18.2"), [False]), (None, [None])])
def test_braf_v600k_counts_for_melanoma_only(primary: Raw | None, expected: list[bool | None]) -> None:
    chart = [condition(primary)] if primary else []
    assert expected == values("bm.braf_v600e", said(BRAF_TEST, "p.V600K"), *chart)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("exon 19 deletion", ["ex19del"]),
        ("p.Glu746_Ala750del", ["ex19del"]),
        ("E746_A750del", ["ex19del"]),
        ("p.L747_P753delinsS", ["ex19del"]),
        ("p.Leu858Arg", ["l858r"]),
        ("L858R mutation detected", ["l858r"]),
        ("exon 20 insertion", ["exon20ins"]),
        ("p.A767_V769dup", ["exon20ins"]),
        ("p.Asp770_Asn771insSVD", ["exon20ins"]),
        ("G719A", ["atypical"]),
        ("p.Ser768Ile", ["atypical"]),
        ("L861Q", ["atypical"]),
        ("Not detected", ["wild_type"]),
        ("Positive", [None]),
        ("Mutated", [None]),
        ("T790M", [None]),
    ],
)
def test_egfr_needs_its_class_named(text: str, expected: list[str | None]) -> None:
    assert expected == values("bm.egfr", said(EGFR_TEST, text))


@pytest.mark.parametrize(
    "code, text, expected",
    [
        ("55764-5", "Detected", "ex19del"),
        ("55766-0", "Positive", "l858r"),
        ("55770-2", "Detected", "exon20ins"),
        ("55765-2", "Detected", "atypical"),
        ("55764-5", "Not detected", None),
        ("55769-4", "Detected", None),
    ],
)
def test_a_test_of_one_egfr_change_speaks_of_that_change_only(code: str, text: str, expected: str | None) -> None:
    assert [expected] == values("bm.egfr", said(code, text))


# -- fusions


def test_a_fusion_of_two_genes_is_positive_for_the_driver() -> None:
    assert [True] == values("bm.alk", variant(PRESENT, ("HGNC:1316", "EML4"), ALK))


@pytest.mark.parametrize("text", ["EML4-ALK fusion", "ALK rearrangement detected", "Positive", "Rearranged"])
def test_alk_by_fish_is_positive(text: str) -> None:
    assert [True] == values("bm.alk", said("78205-2", text))


@pytest.mark.parametrize(
    "text", ["Not rearranged", "Negative", "No rearrangement detected", "EML4-ALK fusion not detected"]
)
def test_alk_by_fish_is_negative(text: str) -> None:
    assert [False] == values("bm.alk", said("78205-2", text))


def test_a_point_mutation_of_a_fusion_gene_is_no_fusion() -> None:
    assert [None] == values("bm.alk", variant(PRESENT, ALK, parts=[protein("p.Phe1174Leu")]))


def test_no_variant_found_does_not_exclude_an_fgfr2_fusion() -> None:
    assert [None] == values("bm.fgfr2", variant(ABSENT, FGFR2))
    assert [False] == values("bm.fgfr2", said("95784-5", "Not rearranged"))


def test_one_panel_code_covers_all_three_ntrk_genes() -> None:
    assert [False] == values("bm.ntrk", said("93813-4", "Negative"))
    assert [True, True, True] == values("bm.ntrk", said("93813-4", "Positive"))


def test_met_exon_14_skipping_and_amplification_are_different() -> None:
    assert [True] == values("bm.met_ex14", said("100026-4", "MET exon 14 skipping"))
    assert [None] == values("bm.met_ex14", said("90926-7", "Amplified"))
    assert [None] == values("bm.met_ex14", said("90926-7", "Not amplified"))


def test_erbb2_mutation_and_amplification_are_different() -> None:
    assert ["mutant"] == values("bm.her2", variant(PRESENT, ERBB2, parts=[protein("p.Tyr772_Ala775dup")]))
    amplified = variant(PRESENT, ERBB2, interpretation=[concept("12645001")])
    assert [None] == values("bm.her2", amplified)


# -- germline


def test_germline_brca_needs_origin_and_significance() -> None:
    pathogenic = component("53037-8", concept("LA6668-3", LOINC))
    assert [True] == values("bm.gbrca", variant(PRESENT, BRCA1, parts=[protein("p.Cys61Gly"), pathogenic, GERMLINE]))
    assert [None] == values("bm.gbrca", variant(PRESENT, BRCA1, parts=[protein("p.Cys61Gly"), pathogenic]))
    assert [None] == values("bm.gbrca", variant(PRESENT, BRCA1, parts=[protein("p.Cys61Gly"), pathogenic, SOMATIC]))


def test_germline_brca_is_negative_only_for_both_genes() -> None:
    both = variant(ABSENT, BRCA1, name="a", parts=[GERMLINE]), variant(ABSENT, BRCA2, name="b", parts=[GERMLINE])
    assert [False] == values("bm.gbrca", *both)
    assert [None] == values("bm.gbrca", both[0])


# -- where it was measured


def test_plasma_and_tissue_are_told_apart_by_the_specimen() -> None:
    plasma = resource("Specimen", "s", type=concept(text="Plasma, cell-free DNA"))
    tissue = resource("Specimen", "s", type=concept("TISS", "http://terminology.hl7.org/CodeSystem/v2-0487"))
    raw = said(KRAS_TEST, "p.G12D", specimen={"reference": "Specimen/s"})
    assert Specimen.PLASMA is one("bm.ras", raw, plasma).specimen
    assert Specimen.TISSUE is one("bm.ras", raw, tissue).specimen
    assert Specimen.UNREAD is one("bm.ras", raw).specimen


def test_plasma_and_tissue_are_told_apart_by_the_codes_name() -> None:
    assert Specimen.PLASMA is one("bm.braf_v600e", said("93690-6", "V600E")).specimen
    assert Specimen.TISSUE is one("bm.braf_v600e", said("97025-1", "V600E")).specimen


def test_wild_type_from_tissue_and_plasma_counts_as_plasma() -> None:
    tissue = resource("Specimen", "t", type=concept(text="FFPE tissue"))
    plasma = resource("Specimen", "p", type=concept(text="plasma"))
    raws = (
        said(KRAS_TEST, "Negative", "k", specimen={"reference": "Specimen/t"}),
        said(NRAS_TEST, "Negative", "n", specimen={"reference": "Specimen/p"}),
    )
    assert Specimen.PLASMA is one("bm.ras", *raws, tissue, plasma).specimen


def test_a_liver_specimen_comes_from_the_metastasis() -> None:
    liver = resource("Specimen", "s", type=concept(text="tissue"), collection={"bodySite": concept("10200004")})
    colon = resource("Specimen", "s", type=concept(text="tissue"), collection={"bodySite": concept("71854001")})
    raw = said(KRAS_TEST, "p.G12D", specimen={"reference": "Specimen/s"})
    assert True is one("bm.ras", raw, liver).from_metastasis
    assert False is one("bm.ras", raw, colon).from_metastasis


def test_a_gene_test_with_only_a_title_is_a_suggestion() -> None:
    local = {"coding": [{"system": "urn:oid:1.2.3", "code": "KRAS"}], "text": "KRAS mutation analysis"}
    found = one("bm.ras", observation(local, valueString="Detected p.G12D"))
    assert ("mutated", Obtained.NARRATIVE) == (found.value, found.obtained)


def test_a_preliminary_half_makes_the_whole_preliminary() -> None:
    found = one("bm.ras", said(KRAS_TEST, "Negative", "k", status="preliminary"), said(NRAS_TEST, "Negative", "n"))
    assert found.preliminary


def test_therapeutic_implications_are_not_read_as_variants() -> None:
    raw = observation(
        {
            "coding": [
                {
                    "system": "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs",
                    "code": "therapeutic-implication",
                }
            ]
        },
        component=[component("51963-7", concept(text="cetuximab"))],
    )
    assert () == findings("bm.ras", raw)
