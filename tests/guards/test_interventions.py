"""What an option proposes is listed by name, and coded only with codes of the project's own value sets."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from eligibility.knowledge.model import Intervention, Option
from fhir_mappings.codes import RXNORM, SNOMED, shipped_codes
from tests.fact_patients import KNOWLEDGE

CODES = shipped_codes()
SYSTEMS = {"rxnorm": RXNORM, "snomed": SNOMED}
PROCEDURES = {
    "ablation_liver", "hai_pump", "hepatectomy", "liver_biopsy", "liver_transplant", "radiotherapy", "tace", "tare_sirt"
}  # fmt: skip
TREATING = ("surgery", "transplant", "ablation", "radiation", "intra-arterial", "systemic")
NO_CANCER_DRUG = {
    "apixaban", "argatroban", "dabigatran", "dalteparin", "edoxaban", "enoxaparin", "fondaparinux", "heparin",
    "rivaroxaban", "warfarin",
}  # fmt: skip
NAMED_AND_NOT_PROPOSED = {
    ("crc-folfoxiri", "drug_bevacizumab"),  # it has its own entry, as the name says
    ("crc-tas102-single", "drug_bevacizumab"),  # it is unsuitable there
    ("crc-2l-antiangiogenic", "drug_aflibercept"),  # listed as ziv-aflibercept, the form that is infused
    ("nsclc-egfr-post-osimertinib", "drug_osimertinib"),  # it came before
    ("gastric-her2-tdxd", "drug_trastuzumab"),  # it came before
    ("panc-2l-naliri", "drug_irinotecan"),  # the liposomal form, which has no verified code
}
BACKBONE_HAS_ITS_OWN_ENTRY = {"crc-anti-egfr"}
REGIMENS = {
    "FOLFOX": {"fluorouracil", "leucovorin", "oxaliplatin"},
    "FOLFIRI": {"fluorouracil", "leucovorin", "irinotecan"},
    "FOLFOXIRI": {"fluorouracil", "leucovorin", "oxaliplatin", "irinotecan"},
    "CAPOX": {"capecitabine", "oxaliplatin"},
    "T-DXd": {"trastuzumab deruxtecan"},
    "5-FU": {"fluorouracil"},
}
each_option = pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)


def concept_name(drug: str) -> str:
    """A generic name as the value sets write it."""
    return "drug_" + re.sub(r"[^a-z0-9]+", "_", drug.lower())


def coded_drugs() -> set[str]:
    """The concepts of drugs against cancer that have a code in the value sets."""
    named = {c.removeprefix("drug_") for c in CODES.concepts if c.startswith("drug_")}
    return {f"drug_{name}" for name in named - NO_CANCER_DRUG}


def named_drugs(text: str) -> set[str]:
    """The concepts of the coded drugs that a text names as whole words, the longest name first."""
    found, rest = set(), text.lower()
    for concept in sorted(coded_drugs(), key=len, reverse=True):
        name = re.escape(concept.removeprefix("drug_")).replace("_", "[ -]")
        rest, count = re.subn(rf"(?<![\w-]){name}(?![\w-])", "", rest)
        if count:
            found.add(concept)
    return found


@each_option
def test_a_code_stands_for_what_is_named(option: Option) -> None:
    for item in option.interventions:
        if item.system is None:
            continue
        concepts = set(CODES.of(SYSTEMS[item.system], item.code))
        wanted = {concept_name(item.say)} if item.system == "rxnorm" else PROCEDURES
        assert concepts & wanted, f"{option.id}: {item} is not a code of the value sets for this"


@each_option
def test_a_drug_that_has_a_code_carries_it(option: Option) -> None:
    bare = [i.say for i in option.interventions if i.code is None and concept_name(i.say) in CODES.concepts]
    assert [] == bare


@each_option
def test_what_treats_the_cancer_says_with_what(option: Option) -> None:
    assert option.interventions or not option.modality.startswith(TREATING)


@each_option
def test_nothing_is_listed_twice(option: Option) -> None:
    assert len(option.interventions) == len({i.say for i in option.interventions})


@each_option
def test_a_drug_in_the_name_of_an_option_is_listed(option: Option) -> None:
    listed = {concept_name(i.say) for i in option.interventions}
    missing = {(option.id, drug) for drug in named_drugs(option.name) - listed}
    assert missing <= NAMED_AND_NOT_PROPOSED


def test_each_exception_is_one() -> None:
    for identifier, drug in NAMED_AND_NOT_PROPOSED:
        option = KNOWLEDGE.option(identifier)
        assert drug in named_drugs(option.name)
        assert drug not in {concept_name(i.say) for i in option.interventions}


@each_option
def test_the_drugs_of_a_regimen_in_the_name_are_listed(option: Option) -> None:
    listed = {i.say for i in option.interventions}
    named = [drugs for regimen, drugs in REGIMENS.items() if re.search(rf"\b{regimen}\b", option.name)]
    assert option.id in BACKBONE_HAS_ITS_OWN_ENTRY or [] == [drugs for drugs in named if not drugs <= listed]


def test_one_name_has_one_code() -> None:
    codes: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    for option in KNOWLEDGE.options:
        for item in option.interventions:
            codes[item.say].add((item.system, item.code))
    assert {} == {name: found for name, found in codes.items() if len(found) > 1}


def test_most_drugs_and_procedures_are_coded() -> None:
    listed = {i for option in KNOWLEDGE.options for i in option.interventions}
    assert {"rxnorm", "snomed", None} == {i.system for i in listed}
    assert len([i for i in listed if i.code]) > len(listed) / 2


def test_a_code_of_something_else_is_noticed() -> None:
    wrong = Intervention("oxaliplatin", "rxnorm", "2555")
    assert concept_name(wrong.say) not in CODES.of(RXNORM, wrong.code)
    assert "drug_cisplatin" in CODES.of(RXNORM, wrong.code)


def test_a_drug_named_in_a_text_is_found() -> None:
    assert {"drug_nivolumab", "drug_ipilimumab"} == named_drugs("Nivolumab + ipilimumab")
    assert {"drug_trastuzumab_deruxtecan"} == named_drugs("Trastuzumab deruxtecan")
    assert set() == named_drugs("nab-paclitaxel")
