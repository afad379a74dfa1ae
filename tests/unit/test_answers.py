"""Qualitative answers: what words and codes say, and when they say nothing usable."""

from __future__ import annotations

import pytest

from fhir_mappings.alterations import Change, changes_in, coding_change, event_in, protein_change
from fhir_mappings.answers import Outcome, coded_outcome, outcome, outcome_of_text
from fhir_mappings.resources import Observation, read
from tests.fhir_charts import LOINC, SCT, Raw, concept, observation

P, A, U = Outcome.PRESENT, Outcome.ABSENT, Outcome.UNCLEAR


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Detected", P),
        ("DETECTED", P),
        ("Positive", P),
        ("Mutation detected", P),
        ("Pathogenic variant identified", P),
        ("Likely pathogenic", P),
        ("Amplified", P),
        ("Present", P),
        ("Mutated", P),
        ("Not detected", A),
        ("not  detected", A),
        ("None detected", A),
        ("Undetected", A),
        ("Negative", A),
        ("No mutation detected", A),
        ("no pathogenic variants were identified", A),
        ("Wild type", A),
        ("wild-type", A),
        ("wildtype", A),
        ("Absent", A),
        ("Not amplified", A),
        ("non-amplified", A),
        ("No evidence of rearrangement", A),
        ("NOT DETECTED.", A),
        ("Variant not found", A),
        ("Equivocal", U),
        ("Indeterminate", U),
        ("Detected / not detected", U),
        ("Not detected; G12D detected", U),
        ("No other mutations detected", U),
        ("Insufficient tissue, not detected", U),
        ("Failed", U),
        ("Not performed", U),
        ("Pending", U),
        ("possibly positive", U),
        ("suspicious for mutation", U),
        ("cannot exclude", U),
        ("positive?", U),
        ("see report", U),
        ("likely benign", U),
        ("VUS detected", U),
        ("Negative except G12D", U),
        ("negative for wild type", U),
        ("No evidence of wild-type", U),
        ("not wild type", U),
        ("non-wild type", U),
        ("KRAS wild type not detected", U),
        ("wild type, no mutation detected", A),
        ("KRAS wild type: not mutated", A),
        ("", None),
        ("G12D", None),
        ("Result", None),
        ("42", None),
    ],
)
def test_words_are_read_narrowly(text: str, expected: Outcome | None) -> None:
    assert expected is outcome_of_text(text)


def test_a_long_text_is_cut_and_does_not_hang() -> None:
    assert P is outcome_of_text("detected " + "no " * 200_000)
    assert None is outcome_of_text("a" * 500_000)


@pytest.mark.parametrize(
    "code, system, expected",
    [
        ("LA9633-4", LOINC, P),
        ("LA9634-2", LOINC, A),
        ("LA6577-6", LOINC, A),
        ("10828004", SCT, P),
        ("260385009", SCT, A),
        ("42425007", SCT, U),
        ("261665006", SCT, U),
        ("LA4489-6", LOINC, U),
        ("12345", SCT, None),
    ],
)
def test_coded_answers(code: str, system: str, expected: Outcome | None) -> None:
    value = read(observation("1", valueCodeableConcept=concept(code, system)), Observation)
    assert expected is coded_outcome(value.valueCodeableConcept)


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueCodeableConcept": concept("LA9633-4", LOINC, text="Not detected")}, U),
        ({"valueCodeableConcept": concept("LA9634-2", LOINC, text="Not detected")}, A),
        ({"valueCodeableConcept": {"coding": [{"system": SCT, "code": c} for c in ("10828004", "260385009")]}}, U),
        ({"valueBoolean": False}, A),
        ({"interpretation": [concept("POS", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")]}, P),
        ({}, None),
    ],
)
def test_the_answer_of_an_observation(value: Raw, expected: Outcome | None) -> None:
    assert expected is outcome(read(observation("1", **value), Observation))[0]


@pytest.mark.parametrize(
    "text, name",
    [
        ("p.Gly12Asp", "G12D"),
        ("p.(Gly12Asp)", "G12D"),
        ("G12D", "G12D"),
        ("NP_004976.2:p.Gly12Cys", "G12C"),
        ("p.V600E", "V600E"),
        ("BRAF V600E mutation", "V600E"),
        ("p.Glu746_Ala750del", "deletion at codon 746"),
        ("E746_A750del", "deletion at codon 746"),
        ("p.Asp770_Asn771insSVD", "insertion at codon 770"),
        ("p.Ala767_Val769dup", "duplication at codon 767"),
        ("p.Leu747_Pro753delinsSer", "delins at codon 747"),
        ("p.Arg248Ter", "truncating at codon 248"),
        ("p.Q61*", "truncating at codon 61"),
        ("p.Gly13fs", "truncating at codon 13"),
    ],
)
def test_protein_changes_in_each_spelling(text: str, name: str) -> None:
    change = protein_change(text)
    assert change is not None
    assert name == change.name


@pytest.mark.parametrize(
    "text", ["HER2", "CA19-9", "p.Gly12=", "p.G12G", "K562", "T4N2", "wild type", "G12D and G13D", "PD-L1", "MLH1"]
)
def test_other_text_is_no_single_protein_change(text: str) -> None:
    assert None is protein_change(text)


@pytest.mark.parametrize(
    "text, codon, kind",
    [
        ("c.34G>T", 12, "missense"),
        ("NM_004333.6:c.1799T>A", 600, "missense"),
        ("c.2235_2249del", 745, "deletion"),
        ("c.2236_2237del", 746, "truncating"),
    ],
)
def test_a_coding_change_gives_its_codon(text: str, codon: int, kind: str) -> None:
    change = coding_change(text)
    assert change is not None
    assert (codon, kind) == (change.codon, change.kind)


@pytest.mark.parametrize("text", ["g.123A>T", "c.1-5G>A", "", "c.*34G>A"])
def test_a_change_outside_the_coding_sequence_gives_none(text: str) -> None:
    assert None is coding_change(text)


@pytest.mark.parametrize(
    "text, event",
    [
        ("EML4-ALK fusion", "fusion"),
        ("ALK rearrangement", "fusion"),
        ("ERBB2 amplification", "amplification"),
        ("MET exon 14 skipping", "exon 14 skipping"),
        ("METex14", "exon 14 skipping"),
        ("confusion", None),
    ],
)
def test_events(text: str, event: str | None) -> None:
    assert event == event_in(text)


def test_exons_are_named_with_their_kind() -> None:
    assert (Change("deletion", exon=19),) == changes_in("EGFR exon 19 deletion")
    assert (Change("insertion", exon=20),) == changes_in("exon 20 insertions")
