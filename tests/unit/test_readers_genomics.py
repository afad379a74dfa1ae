"""Genomic results as the genomics-reporting profiles shape them: components, panels, implications, genotypes."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.facts import Obtained, Specimen
from tests.fhir_charts import (
    HGNC,
    LOINC,
    SCT,
    Raw,
    component,
    concept,
    facts_of,
    findings,
    observation,
    one,
    quantity,
    resource,
    values,
    variant,
)

PRESENT, ABSENT = "LA9633-4", "LA9634-2"
KRAS, NRAS, BRAF, EGFR = ("HGNC:6407", "KRAS"), ("HGNC:7989", "NRAS"), ("HGNC:1097", "BRAF"), ("HGNC:3236", "EGFR")
ALK, RET, PIK3CA, BRCA1, BRCA2 = (
    ("HGNC:427", "ALK"),
    ("HGNC:9967", "RET"),
    ("HGNC:8975", "PIK3CA"),
    ("HGNC:1100", "BRCA1"),
    ("HGNC:1101", "BRCA2"),
)
DPYD, UGT1A1 = ("HGNC:3012", "DPYD"), ("HGNC:12530", "UGT1A1")
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
HGVS = "http://varnomen.hgvs.org"


def coding(text: str) -> Raw:
    return component("48004-6", concept(text, HGVS, text))


def protein(text: str) -> Raw:
    return component("48005-3", concept(text, HGVS, text))


def genomic(text: str) -> Raw:
    return component("81290-9", concept(text, HGVS, text))


def origin(*codes: str) -> Raw:
    return component("48002-0", {"coding": [{"system": LOINC, "code": code} for code in codes]})


GERMLINE, SOMATIC = origin("LA6683-2"), origin("LA6684-0")


# -- the change


@pytest.mark.parametrize("spelled", ["p.Gly12Cys", "p.G12C", "NP_004976.2:p.(Gly12Cys)", "NP_203524.1:p.Gly12Cys"])
def test_every_spelling_of_a_protein_change_is_the_same_change(spelled: str) -> None:
    assert [True] == values("bm.kras_g12c", variant(PRESENT, KRAS, parts=[protein(spelled)]))


@pytest.mark.parametrize(
    "fact, gene, change, expected",
    [
        ("bm.kras_g12c", KRAS, "NM_004985.5:c.34G>T", True),
        ("bm.kras_g12c", KRAS, "NM_004985.5:c.35G>A", False),
        ("bm.ras", KRAS, "c.35G>A", "mutated"),
        ("bm.ras", NRAS, "c.181C>A", "mutated"),
        ("bm.braf_v600e", BRAF, "NM_004333.6:c.1799T>A", True),
        ("bm.egfr", EGFR, "c.2573T>G", "l858r"),
        ("bm.pik3ca", PIK3CA, "c.3140A>G", True),
    ],
)
def test_a_coding_change_alone_names_its_amino_acid(
    fact: str, gene: tuple[str, str], change: str, expected: object
) -> None:
    assert [expected] == values(fact, variant(PRESENT, gene, parts=[coding(change)]))


def test_a_coding_change_whose_bases_do_not_fit_is_neither_the_change_sought_nor_another() -> None:
    found = one("bm.kras_g12c", variant(PRESENT, KRAS, parts=[coding("c.34A>T")]))
    assert found.value is None
    assert "amino acid is not stated" in found.why


@pytest.mark.parametrize("silent", ["p.Gly12=", "p.G12G"])
def test_a_silent_change_is_no_mutation(silent: str) -> None:
    assert [None] == values("bm.ras", variant(PRESENT, KRAS, parts=[protein(silent)]))


def test_a_silent_coding_change_is_no_mutation() -> None:
    assert [None] == values("bm.ras", variant(PRESENT, KRAS, parts=[coding("c.36T>C")]))


@pytest.mark.parametrize("part", [coding("c.111+9A>G"), genomic("NC_000012.12:g.25245321T>C"), protein("p.?")])
def test_a_change_in_a_form_that_is_not_understood_is_not_taken_for_any_mutation(part: Raw) -> None:
    found = one("bm.ras", variant(PRESENT, KRAS, parts=[part]))
    assert (None, "KRAS: the change is named in a form that is not understood") == (found.value, found.why)


def test_a_copy_number_change_is_no_mutation() -> None:
    copies = component("82155-3", valueQuantity=quantity(6, None, code="1"))
    assert [None] == values("bm.pik3ca", variant(PRESENT, PIK3CA, parts=[copies]))
    cnv = component("48019-4", concept("SO:0001019", "http://www.sequenceontology.org", "copy_number_variation"))
    assert [None] == values("bm.pik3ca", variant(ABSENT, PIK3CA, parts=[cnv]))


@pytest.mark.parametrize("genes", [(ALK, ("HGNC:1", "EML4")), (("HGNC:1", "EML4"), ALK)])
def test_a_fusion_counts_whichever_partner_stands_first(genes: tuple[tuple[str, str], ...]) -> None:
    assert [True] == values("bm.alk", variant(PRESENT, *genes))


# -- what a result leaves open


def test_no_value_is_no_result_even_with_components_and_an_interpretation() -> None:
    raw = variant(
        None,
        KRAS,
        parts=[protein("p.Gly12Asp")],
        dataAbsentReason=concept(
            "not-performed", "http://terminology.hl7.org/CodeSystem/data-absent-reason", text="n/p"
        ),
        interpretation=[concept("10828004")],
    )
    found = one("bm.ras", raw)
    assert (None, "KRAS: no value: 'n/p'") == (found.value, found.why)


@pytest.mark.parametrize(
    "code, expected", [("DET", "mutated"), ("POS", "mutated"), ("ND", None), ("IND", None), ("N", None)]
)
def test_an_interpretation_answers_where_there_is_no_value(code: str, expected: str | None) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    raw = observation("21702-6", interpretation=[concept(code, system)])
    assert [expected] == values("bm.ras", raw)


def test_one_interpretation_outside_a_list_is_read_as_a_list_of_one() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    facts = facts_of(observation("21702-6", interpretation=concept("POS", system)))
    assert ["mutated"] == [f.value for f in facts.findings["bm.ras"]]
    assert () == facts.notices


def test_a_value_and_an_interpretation_that_disagree_are_no_result() -> None:
    positive = concept("10828004")
    raw = observation("21702-6", valueCodeableConcept=concept("LA6577-6", LOINC), interpretation=[positive])
    assert [None, None] == values("bm.ras", raw, {**raw, "id": "n", "code": concept("21719-0", LOINC)})


@pytest.mark.parametrize("part", [origin("LA6683-2", "LA6684-0"), component("48002-0", {"text": "likely germline"})])
def test_an_origin_stated_twice_or_hedged_is_not_silently_the_tumours(part: Raw) -> None:
    found = one("bm.ras", variant(PRESENT, KRAS, parts=[protein("p.G12D"), part]))
    assert found.value is None
    assert "germline" in found.why


def test_a_germline_and_a_somatic_result_are_kept_apart() -> None:
    germline = variant(PRESENT, KRAS, name="g", parts=[protein("p.G12D"), GERMLINE])
    somatic = variant(PRESENT, KRAS, name="s", parts=[protein("p.G12D"), SOMATIC])
    assert [None, "mutated"] == values("bm.ras", germline, somatic)


# -- significance in an Observation of its own


def implication(significance: str, of: str, name: str = "i", **more: Any) -> Raw:
    parts = [component("53037-8", concept(significance, LOINC))]
    raw = observation(concept("diagnostic-implication", TBD), name, component=parts, **more)
    return {**raw, "derivedFrom": [{"reference": of}]}


def brca(name: str = "v") -> Raw:
    return variant(PRESENT, BRCA1, name=name, parts=[coding("c.68_69del"), GERMLINE])


def test_the_significance_of_a_variant_may_stand_beside_it() -> None:
    assert [None] == values("bm.gbrca", brca())
    assert [True] == values("bm.gbrca", brca(), implication("LA6668-3", "Observation/v"))
    assert [True] == values("bm.gbrca", implication("LA26332-9", "Observation/v"), brca())


@pytest.mark.parametrize(
    "more",
    [{"status": "entered-in-error"}, {"status": "preliminary"}, {"derivedFrom": [{"reference": "Observation/other"}]}],
)
def test_a_significance_that_does_not_hold_or_belongs_to_another_variant_says_nothing(more: dict[str, Any]) -> None:
    assert [None] == values("bm.gbrca", brca(), {**implication("LA6668-3", "Observation/v"), **more})


def test_an_uncertain_variant_found_in_a_tumour_does_not_count() -> None:
    raw = variant(PRESENT, PIK3CA, parts=[protein("p.His1047Arg")])
    assert [True] == values("bm.pik3ca", raw)
    assert [None] == values("bm.pik3ca", raw, implication("LA26333-7", "Observation/v"))


def test_two_significances_of_one_variant_settle_nothing() -> None:
    both = (implication("LA6668-3", "Observation/v"), implication("LA6675-8", "Observation/v", "j"))
    found = one("bm.gbrca", brca(), *both)
    assert (None, "BRCA1: the significance of the variant is stated in two ways") == (found.value, found.why)


# -- panels: regions studied and the overall result


def region(*genes: tuple[str, str], name: str = "r", text: str | None = None, **more: Any) -> Raw:
    parts = [component("48018-6", concept(code, HGNC, symbol)) for code, symbol in genes]
    parts += [component("81293-3", valueString=text)] if text else []
    return observation("53041-0", name, component=parts, **more)


def overall(code: str, name: str = "all", **more: Any) -> Raw:
    return observation("51968-6", name, valueCodeableConcept=concept(code, LOINC), **more)


NEGATIVE, POSITIVE = "LA6577-6", "LA6576-8"
RAS_EXONS = "KRAS exons 2-4; NRAS exons 2, 3 and 4"


def test_a_negative_panel_is_a_negative_of_the_regions_it_studied() -> None:
    found = one("bm.ras", region(KRAS, NRAS, text=RAS_EXONS), overall(NEGATIVE))
    assert "wild_type" == found.value
    assert {"Observation/r", "Observation/all"} == {e.reference for e in found.evidence}


def test_regions_alone_are_no_result() -> None:
    assert [None, None] == values("bm.ras", region(KRAS, NRAS, text=RAS_EXONS))


def test_exons_that_were_not_studied_are_not_negative() -> None:
    assert {None} == set(values("bm.ras", region(KRAS, NRAS, text="KRAS exon 2; NRAS exons 2-4"), overall(NEGATIVE)))


def test_a_gene_that_was_not_studied_is_not_negative() -> None:
    found = values("bm.ras", region(KRAS, text="KRAS exons 2-4"), overall(NEGATIVE))
    assert [None] == found
    assert [] == values("bm.braf_v600e", region(KRAS), overall(NEGATIVE))


@pytest.mark.parametrize(
    "other",
    [
        overall(POSITIVE),
        overall("LA9663-1"),
        overall(NEGATIVE, effectiveDateTime="2026-10-01"),
        overall(NEGATIVE, specimen={"reference": "Specimen/blood"}),
        overall(NEGATIVE, status="cancelled"),
    ],
)
def test_the_overall_result_of_another_panel_or_another_answer_proves_no_negative(other: Raw) -> None:
    assert "wild_type" not in values("bm.ras", region(KRAS, NRAS, text=RAS_EXONS), other)


def test_two_overall_results_that_disagree_prove_no_negative() -> None:
    raws = (region(KRAS, NRAS, text=RAS_EXONS), overall(NEGATIVE), overall(POSITIVE, "other"))
    assert "wild_type" not in values("bm.ras", *raws)


def test_a_variant_of_the_same_day_outweighs_the_overall_negative() -> None:
    raws = (region(KRAS, NRAS), overall(NEGATIVE), variant(PRESENT, KRAS, parts=[protein("p.G12D")]))
    assert "wild_type" not in values("bm.ras", *raws)
    assert "mutated" in values("bm.ras", *raws)


def test_a_negative_panel_does_not_prove_that_a_fusion_was_looked_for() -> None:
    for gene, fact in ((ALK, "bm.alk"), (RET, "bm.ret")):
        assert [None] == values(fact, region(gene), overall(NEGATIVE))


def test_one_component_may_list_every_gene_studied_and_leave_out_the_prefix() -> None:
    genes = {"coding": [{"system": "http://www.genenames.org", "code": c, "display": d}
                        for c, d in (("1100", "BRCA1"), ("1101", "BRCA2"))]}  # fmt: skip
    raw = observation("53041-0", component=[component("48018-6", genes), GERMLINE])
    assert [False] == values("bm.gbrca", raw, overall(NEGATIVE))
    present = observation(
        "69548-6", valueCodeableConcept=concept(PRESENT, LOINC), component=[component("48018-6", genes), GERMLINE]
    )
    assert [None, None] == values("bm.gbrca", present)


# -- genotypes


def genotype(gene: tuple[str, str], code: str = "84413-4", name: str = "g", **value: Any) -> Raw:
    return observation(code, name, component=[component("48018-6", concept(*(gene[0], HGNC, gene[1])))], **value)


@pytest.mark.parametrize(
    "words, expected",
    [
        ("DPYD*1/*1", "normal"),
        ("DPYD *1 / *2A", "partial"),
        ("*2A/*2A", "complete"),
        ("*1/*9A", None),
        ("c.2846A>T heterozygous", "partial"),
        ("c.1905+1G>A homozygous", "complete"),
        ("c.1905+1G>A", None),
        ("c.1905+1G>A and c.2846A>T, both heterozygous", None),
        ("Intermediate metabolizer", "partial"),
        ("Poor metaboliser", "complete"),
        ("normal metabolizer (*1/*1)", "normal"),
        ("normal metabolizer (*1/*2A)", None),
        ("likely intermediate metabolizer", None),
        ("No variant detected", None),
        ("pending", None),
    ],
)
def test_a_dpyd_genotype_is_a_class_or_nothing(words: str, expected: str | None) -> None:
    assert [expected] == values("bm.dpyd", genotype(DPYD, valueString=words))
    assert [expected] == values("bm.dpyd", observation("45284-7", valueString=words))


@pytest.mark.parametrize(
    "words, expected",
    [
        ("UGT1A1*1/*28", "intermediate"),
        ("*28/*28", "poor"),
        ("*1/*1", "normal"),
        ("*6/*28", "poor"),
        ("(TA)6/(TA)7", "intermediate"),
        ("7/7", None),
        ("*28 heterozygous", "intermediate"),
        ("Positive", None),
    ],
)
def test_a_ugt1a1_genotype_is_a_class_or_nothing(words: str, expected: str | None) -> None:
    assert [expected] == values("bm.ugt1a1", genotype(UGT1A1, valueCodeableConcept={"text": words}))


def test_the_genotype_of_another_gene_is_not_read() -> None:
    assert not facts_of(genotype(("HGNC:2621", "CYP2C19"), valueString="*2/*2")).findings.keys() & {
        "bm.dpyd", "bm.ugt1a1", "bm.hla_a0201",
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer, expected", [("LA25391-6", "normal"), ("LA10317-8", "partial"), ("LA9657-3", "complete")]
)
def test_a_metaboliser_class_that_the_laboratory_derived_counts_for_the_gene_behind_it(
    answer: str, expected: str
) -> None:
    implied = observation(
        concept("therapeutic-implication", TBD),
        "i",
        component=[{"code": concept("therapeutic-implication", TBD), "valueCodeableConcept": concept(answer, LOINC)}],
        derivedFrom=[{"reference": "Observation/g"}],
    )
    assert expected in values("bm.dpyd", genotype(DPYD, valueString="see implication"), implied)
    other = genotype(("HGNC:2621", "CYP2C19"), valueString="*2/*2")
    assert [] == values("bm.dpyd", other, implied)


def test_a_dpyd_test_with_only_a_title_is_a_suggestion() -> None:
    found = one("bm.dpyd", observation({"text": "DPYD genotype"}, valueString="*1/*2A"))
    assert ("partial", Obtained.NARRATIVE) == (found.value, found.obtained)


def test_a_dpyd_variant_by_itself_is_seen_and_gives_no_class() -> None:
    found = one("bm.dpyd", variant(PRESENT, DPYD, parts=[coding("c.1905+1G>A"), GERMLINE]))
    assert (None, "a variant of DPYD is reported; the metaboliser class is not") == (found.value, found.why)


@pytest.mark.parametrize(
    "code, words, expected",
    [
        ("84413-4", "HLA-A*02:01:01G+HLA-A*24:02", [True]),
        ("84413-4", "HLA-A*01:01, HLA-A*24:02", [False]),
        ("84413-4", "HLA-A*02:01+HLA-A*02:01", [True]),
        ("84413-4", "HLA-A*02", [None]),
        ("84413-4", "HLA-A*02:01/HLA-A*02:06+HLA-A*24:02", [None]),
        ("84413-4", "HLA-A*02:06+HLA-A*24:02", [False]),
        ("84414-2", "HLA-A*02:01", [True]),
        ("84414-2", "HLA-A*24:02", []),
        ("84413-4", "HLA-B*15:02", []),
    ],
)
def test_hla_a_is_carried_with_one_copy_and_absent_only_when_both_are_others(
    code: str, words: str, expected: list[bool | None]
) -> None:
    assert expected == values("bm.hla_a0201", observation(code, valueCodeableConcept={"text": words}))


# -- specimens


def test_a_panel_of_plasma_keeps_its_specimen() -> None:
    blood = resource("Specimen", "b", type=concept("119297000", SCT, "Blood specimen"))
    raws = [r | {"specimen": {"reference": "Specimen/b"}} for r in (region(KRAS, NRAS), overall(NEGATIVE))]
    assert {Specimen.PLASMA} == {f.specimen for f in findings("bm.ras", blood, *raws)}
