"""Microsatellites, PD-L1, HER2 and hormone receptors, in the shapes laboratories send them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Obtained
from tests.fhir_charts import LOINC, Raw, concept, facts_of, findings, observation, one, quantity, values

MSI, PDL1, TPS, HER2, ISH, ER, PR = "81695-9", "85147-7", "83053-9", "85319-2", "85318-4", "85337-4", "85339-0"


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueCodeableConcept": concept("LA26203-2", LOINC)}, "msi_h"),
        ({"valueCodeableConcept": concept("LA14122-8", LOINC)}, "mss"),
        ({"valueCodeableConcept": concept("LA14122-8", LOINC, text="MSI-High")}, None),
        ({"valueCodeableConcept": concept(text="MSI-H")}, "msi_h"),
        ({"valueString": "MSI-High"}, "msi_h"),
        ({"valueString": "Microsatellite stable"}, "mss"),
        ({"valueString": "MSS"}, "mss"),
        ({"valueString": "Stable (MSS)"}, "mss"),
        ({"valueString": "dMMR"}, "msi_h"),
        ({"valueString": "pMMR, intact expression"}, "mss"),
        ({"valueString": "MSI-L"}, "mss"),
        ({"valueString": "Not MSI-High"}, "mss"),
        ({"valueString": "No loss of expression"}, "mss"),
        ({"valueString": "Loss of MLH1 and PMS2"}, "msi_h"),
        ({"valueString": "deficient mismatch repair"}, "msi_h"),
        ({"valueString": "indeterminate"}, None),
        ({"valueString": "MSI-H versus MSS: see comment"}, None),
        ({"valueString": "see report"}, None),
        ({"valueString": "Unstable"}, "msi_h"),
    ],
)
def test_microsatellite_status_in_each_form(value: Raw, expected: str | None) -> None:
    assert [expected] == values("bm.msi", observation(MSI, **value))


def protein(name: str, state: str, n: int, **more: Any) -> Raw:
    return observation({"text": f"{name} IHC"}, f"mmr{n}", valueString=state, **more)


ALL_KEPT = [protein(p, "Intact nuclear expression", n) for n, p in enumerate(("MLH1", "MSH2", "MSH6", "PMS2"))]


def test_four_proteins_expressed_are_proficient() -> None:
    found = one("bm.msi", *ALL_KEPT)
    assert ("mss", Obtained.NARRATIVE) == (found.value, found.obtained)


@pytest.mark.parametrize("state", ["Loss of expression", "lost", "Absent", "not expressed"])
def test_one_lost_protein_is_deficient(state: str) -> None:
    assert ["msi_h"] == values("bm.msi", *ALL_KEPT[:3], protein("PMS2", state, 3))


def test_three_proteins_are_not_enough_for_proficient() -> None:
    found = one("bm.msi", *ALL_KEPT[:3])
    assert (None, "PMS2 not reported as expressed or lost") == (found.value, found.why)


def test_proteins_of_different_days_are_not_joined() -> None:
    other_day = protein("PMS2", "Retained", 3, effectiveDateTime="2025-01-01")
    assert [None, None] == values("bm.msi", *ALL_KEPT[:3], other_day)


def test_a_panel_with_four_protein_components() -> None:
    parts = [{"code": {"text": p}, "valueString": "Retained"} for p in ("MLH1", "MSH2", "MSH6")]
    kept = {"code": {"text": "PMS2"}, "valueString": "Retained"}
    lost = {"code": {"text": "PMS2"}, "valueString": "Loss of nuclear expression"}
    assert ["mss"] == values("bm.msi", observation("62862-8", component=[*parts, kept]))
    assert ["msi_h"] == values("bm.msi", observation("62862-8", component=[*parts, lost]))


# -- PD-L1


@pytest.mark.parametrize(
    "raw, tps, cps",
    [
        (observation(TPS, valueQuantity=quantity(60, "%")), [Decimal(60)], []),
        (observation(TPS, valueString="60 %"), [Decimal(60)], []),
        (observation(PDL1, valueString="TPS 60%"), [Decimal(60)], []),
        (observation(PDL1, valueString="Tumor proportion score: <1%"), [Bound("<", Decimal(1))], []),
        (observation(PDL1, valueString="TPS ≥50%"), [Bound(">=", Decimal(50))], []),
        (observation(PDL1, valueString="CPS 10"), [], [Decimal(10)]),
        (observation(PDL1, valueString="TPS 5%, CPS 12"), [Decimal(5)], [Decimal(12)]),
        (observation(PDL1, valueString="combined positive score (CPS): 20"), [], [Decimal(20)]),
        (observation(PDL1, valueQuantity=quantity(60, "%")), [None], [None]),
        (observation(PDL1, valueString="Positive"), [None], [None]),
        (observation(PDL1, valueQuantity=quantity(12, None)), [None], [None]),
        (observation("85149-3", valueString="TPS 60%"), [None], []),
        (observation(PDL1, valueString="TPS 160%"), [None], []),
    ],
)
def test_pdl1_scores_count_only_where_they_are_named(raw: Raw, tps: list[Any], cps: list[Any]) -> None:
    chart = facts_of(raw)
    assert tps == [f.value for f in chart.findings.get("bm.pdl1_tps", ())]
    assert cps == [f.value for f in chart.findings.get("bm.pdl1_cps", ())]


def test_pdl1_components_by_title() -> None:
    parts = [
        {"code": {"text": "Tumor Proportion Score (TPS)"}, "valueQuantity": quantity(40, "%")},
        {"code": {"text": "Combined Positive Score (CPS)"}, "valueInteger": 45},
    ]
    chart = facts_of(observation(PDL1, component=parts))
    assert [Decimal(40)] == [f.value for f in chart.findings["bm.pdl1_tps"]]
    assert [Decimal(45)] == [f.value for f in chart.findings["bm.pdl1_cps"]]


def test_a_pdl1_score_in_a_note_is_a_suggestion() -> None:
    raw = observation(
        PDL1, valueCodeableConcept=concept("LA6576-8", LOINC), note=[{"text": "5% tumor proportion score"}]
    )
    found = one("bm.pdl1_tps", raw)
    assert (Decimal(5), Obtained.NARRATIVE) == (found.value, found.obtained)


def test_the_assay_is_kept() -> None:
    raw = observation(
        concept(PDL1, LOINC, "PD-L1 by clone 22C3 in Tissue by Immune stain Report"), valueString="TPS 1%"
    )
    assert "22C3 assay" == one("bm.pdl1_tps", raw).method


# -- HER2


@pytest.mark.parametrize(
    "text, her2, ihc3",
    [
        ("3+", ["positive"], [True]),
        ("HER2 3+ (positive)", ["positive"], [True]),
        ("1+", ["low"], [False]),
        ("0", ["zero"], [False]),
        ("Score 0", ["zero"], [False]),
        ("0, ultralow", ["ultralow"], [False]),
        ("HER2-low", ["low"], [False]),
        ("2+", [None], [False]),
        ("2+ equivocal", [None], [False]),
        ("IHC 2+, FISH negative", ["low"], [False]),
        ("IHC 2+ / ISH amplified", ["positive"], [False]),
        ("Positive", ["positive"], []),
        ("Negative", [None], [False]),
        ("Equivocal", [None], []),
        ("pending", [None], []),
        ("2+ or 3+", [None], []),
    ],
)
def test_her2_by_immunohistochemistry(text: str, her2: list[Any], ihc3: list[Any]) -> None:
    chart = facts_of(observation(HER2, valueString=text))
    assert her2 == [f.value for f in chart.findings["bm.her2"]]
    assert ihc3 == [f.value for f in chart.findings.get("bm.her2_ihc3", ())]


@pytest.mark.parametrize("ish, expected", [("Amplified", "positive"), ("Not amplified", "low")])
def test_two_plus_is_settled_by_hybridisation_nearby(ish: str, expected: str) -> None:
    stain = observation(HER2, "ihc", valueString="2+")
    near = observation(ISH, "ish", valueString=ish, effectiveDateTime="2026-10-01")
    far = observation(ISH, "ish", valueString=ish, effectiveDateTime="2024-10-01")
    assert expected in values("bm.her2", stain, near)
    assert "low" not in values("bm.her2", stain, far)


def test_hybridisation_alone() -> None:
    assert ["positive"] == values("bm.her2", observation(ISH, valueString="Amplified"))
    assert [None] == values("bm.her2", observation(ISH, valueString="Not amplified"))
    assert [None] == values("bm.her2", observation(ISH, valueString="less than 1.8"))


def test_her2_antigen_present_is_not_yet_positive() -> None:
    assert [None] == values("bm.her2", observation("18474-7", valueCodeableConcept=concept("LA9633-4", LOINC)))
    assert ["positive"] == values("bm.her2", observation("18474-7", valueCodeableConcept=concept("10828004")))


def test_her2_negative_says_that_low_is_not_told_from_zero() -> None:
    assert "low from zero" in one("bm.her2", observation(HER2, valueString="Negative")).why


# -- hormone receptors


def er(text: str, **more: Any) -> Raw:
    return observation(ER, "er", valueString=text, **more)


def pr(text: str, **more: Any) -> Raw:
    return observation(PR, "pr", valueString=text, **more)


@pytest.mark.parametrize(
    "raws, expected",
    [
        ((er("Positive"),), ["positive"]),
        ((er("95 %"),), ["positive"]),
        ((er("1 %"),), ["positive"]),
        ((er("<1 %"), pr("0 %")), ["negative"]),
        ((er("Negative"), pr("Negative")), ["negative"]),
        ((er("Negative"), pr("Positive (60%)")), ["positive"]),
        ((er("Negative"),), [None]),
        ((pr("Negative"),), [None]),
        ((er("equivocal"),), [None]),
        ((er("95"),), [None]),
        ((er("Negative"), pr("Negative", effectiveDateTime="2020-01-01")), [None, None]),
    ],
)
def test_hormone_receptors(raws: tuple[Raw, ...], expected: list[str | None]) -> None:
    assert expected == values("bm.hr", *raws)


def test_a_receptor_as_quantity() -> None:
    assert ["positive"] == values("bm.hr", observation(ER, valueQuantity=quantity(80, "%")))
    assert [None] == values("bm.hr", observation(ER, valueQuantity=quantity(8, "{Allred}")))


@pytest.mark.parametrize("unit", [None, "per genome", "%"])
def test_mutational_burden_needs_its_unit(unit: str | None) -> None:
    assert [None] == values("bm.tmb", observation("94076-7", valueQuantity=quantity(25, unit)))


def test_other_markers_say_nothing() -> None:
    assert () == findings("bm.msi", observation("94077-5", valueString="Low"))
