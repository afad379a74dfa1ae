"""Performance status, stage, nodes, response, pregnancy and lesions: single Observations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Obtained
from tests.fhir_charts import (
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
)

ECOG, KPS = "89247-1", "89243-0"
LIVER = concept("10200004")


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueInteger": 1}, 1),
        ({"valueInteger": 0}, 0),
        ({"valueInteger": 1, "interpretation": [concept("LA9623-5", LOINC)]}, 1),
        ({"valueInteger": 1, "interpretation": [concept("LA9625-0", LOINC)]}, None),
        ({"valueString": "ECOG 3", "interpretation": [concept("LA9623-5", LOINC)]}, None),
        ({"valueString": "ECOG 1", "interpretation": [concept("LA9623-5", LOINC)]}, 1),
        ({"valueString": "pending", "interpretation": [concept("LA9623-5", LOINC)]}, None),
        ({"valueCodeableConcept": concept("LA9623-5", LOINC, text="ECOG 3")}, None),
        ({"valueCodeableConcept": concept("LA9623-5", LOINC, text="Restricted but ambulatory")}, 1),
        ({"valueQuantity": quantity(2, "{score}")}, 2),
        ({"valueQuantity": quantity(2, "{ECOG}")}, 2),
        ({"valueCodeableConcept": concept("LA9624-3", LOINC)}, 2),
        ({"valueCodeableConcept": concept(text="ECOG 2")}, 2),
        ({"valueString": "ECOG 1"}, 1),
        ({"valueString": "1"}, 1),
        ({"valueString": "ECOG PS: 3"}, 3),
        ({"valueString": "1 - Restricted in physically strenuous activity"}, 1),
        ({"valueString": "1-2"}, 2),
        ({"valueString": "ECOG 0-1"}, 1),
        ({"valueInteger": 5}, None),
        ({"valueInteger": 7}, None),
        ({"valueInteger": -1}, None),
        ({"valueCodeableConcept": concept("LA9627-6", LOINC)}, None),
        ({"valueQuantity": quantity("1.5", "{score}")}, None),
        ({"valueQuantity": quantity(1, "mg/dL")}, None),
        ({"valueString": "good"}, None),
        ({"valueString": "ECOG"}, None),
        ({"valueString": "80"}, None),
        ({"valueBoolean": True}, None),
    ],
)
def test_ecog_in_each_shape(value: Raw, expected: int | None) -> None:
    found = one("pt.ecog", observation(ECOG, **value))
    assert (None if expected is None else Decimal(expected)) == found.value
    assert expected is not None or found.why


def test_a_range_counts_as_its_worse_end_and_says_so() -> None:
    assert "the worse value counts" in one("pt.ecog", observation(ECOG, valueString="1-2")).why


@pytest.mark.parametrize(
    "score, ecog",
    [
        (100, 0),
        (90, 0),
        (80, 1),
        (70, 1),
        (60, 2),
        (50, 2),
        (40, 3),
        (30, 3),
        (20, 4),
        (10, 4),
        (0, None),
        (85, None),
        (-1, None),
        (110, None),
    ],
)
def test_karnofsky_is_mapped_and_stays_visible(score: int, ecog: int | None) -> None:
    found = one("pt.ecog", observation(KPS, valueInteger=score))
    assert (None if ecog is None else Decimal(ecog)) == found.value
    if ecog is not None:
        assert ("Karnofsky", f"from Karnofsky {score}") == (found.method, found.why)


def test_karnofsky_as_answer_code_and_as_words() -> None:
    assert [Decimal(0)] == values("pt.ecog", observation(KPS, valueCodeableConcept=concept("LA29176-7", LOINC)))
    assert [Decimal(1)] == values("pt.ecog", observation(KPS, valueString="KPS 70%"))


def test_a_childrens_scale_is_not_ecog() -> None:
    assert () == findings("pt.ecog", observation("89246-3", valueInteger=20))


def test_a_flowsheet_row_titled_ecog_is_a_suggestion() -> None:
    local = {"coding": [{"system": "urn:oid:1.2.840.114350", "code": "3041"}], "text": "ECOG Performance Status"}
    found = one("pt.ecog", observation(local, valueInteger=1))
    assert (Decimal(1), Obtained.NARRATIVE) == (found.value, found.obtained)


@pytest.mark.parametrize(
    "code, value, expected",
    [
        ("21908-9", {"valueCodeableConcept": concept(text="Stage IVA")}, "IV"),
        ("21908-9", {"valueCodeableConcept": concept("4", "http://cancerstaging.org")}, "IV"),
        ("21908-9", {"valueCodeableConcept": concept("3C", "http://cancerstaging.org", "IIIC")}, "III"),
        ("21902-2", {"valueString": "IIB"}, "II"),
        ("21914-7", {"valueString": "stage 3"}, "III"),
        ("21914-7", {"valueString": "Stage III or IV"}, None),
        ("21914-7", {"valueString": "0"}, None),
        ("21914-7", {"valueString": "M1"}, None),
    ],
)
def test_stage_group(code: str, value: Raw, expected: str | None) -> None:
    assert [expected] == values("dx.stage", observation(code, **value))


def test_stage_group_coded_with_snomed() -> None:
    value = concept("1222806003", display="American Joint Committee on Cancer stage IIIC (qualifier value)")
    assert ["III"] == values("dx.stage", observation("399537006", system=SCT, valueCodeableConcept=value))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("pN1", True),
        ("pN1a", True),
        ("N2", True),
        ("pN0", False),
        ("pN0(i-)", False),
        ("ypN2b", True),
        ("NX", None),
        ("unknown", None),
    ],
)
def test_nodes_from_the_pathological_category(text: str, expected: bool | None) -> None:
    assert [expected] == values("dx.nodes_positive", observation("21900-6", valueString=text))


def test_clinical_nodes_are_not_pathological_nodes() -> None:
    found = findings("dx.nodes_positive", observation("21906-3", valueString="cN2"))
    assert [(None, "an N category that is not the pathological one")] == [(f.value, f.why) for f in found]


@pytest.mark.parametrize(
    "code, expected",
    [
        ("268910001", "PR"),
        ("359746009", "SD"),
        ("271299001", "PD"),
        ("709137006", "NE"),
        ("260415000", "CR"),
        ("385633008", None),
    ],
)
def test_disease_status_is_a_judgement_of_the_trend(code: str, expected: str | None) -> None:
    found = one("tx.response_last", observation("97509-4", valueCodeableConcept=concept(code)))
    assert expected == found.value
    assert "clinician's judgement of the trend" == found.method


@pytest.mark.parametrize(
    "code, expected", [("60001007", ["not_pregnant"]), ("77386006", [None]), ("261665006", [None])]
)
def test_pregnancy_status(code: str, expected: list[str | None]) -> None:
    assert expected == values("pt.pregnancy_status", observation("82810-3", valueCodeableConcept=concept(code)))


# -- lesions


def size(longest: Raw | None, *further: Raw, name: str = "s", **more: Any) -> Raw:
    parts = [component("33728-7", valueQuantity=longest)] if longest else []
    parts += [component("33729-5", valueQuantity=q) for q in further]
    return observation("21889-1", name, component=parts, **more)


@pytest.mark.parametrize(
    "quantity_given, expected",
    [(quantity("3.2", "cm"), "3.2"), (quantity(32, "mm"), "3.2"), (quantity("3.2", "centimeters", code="cm"), "3.2")],
)
def test_the_size_of_a_liver_lesion_in_cm(quantity_given: Raw, expected: str) -> None:
    assert [Decimal(expected)] == values("liver.max_diameter_cm", size(quantity_given, bodySite=LIVER))


def test_the_largest_lesion_of_the_day_counts() -> None:
    lesions = [size(quantity(n, "mm"), name=f"s{n}", bodySite=LIVER) for n in (12, 41, 8)]
    found = one("liver.max_diameter_cm", *lesions)
    assert Decimal("4.1") == found.value
    assert "Observation/s41" == found.evidence[0].reference


def test_sizes_of_different_days_stay_apart() -> None:
    old = size(quantity(49, "mm"), name="old", bodySite=LIVER, effectiveDateTime="2026-03-01")
    assert [Decimal("4.9"), Decimal("3.3")] == sorted(
        values("liver.max_diameter_cm", old, size(quantity(33, "mm"), bodySite=LIVER)), reverse=True
    )  # type: ignore[type-var]


def test_a_focus_in_the_liver_counts() -> None:
    lesion = resource("BodyStructure", "b", location=concept("277961009"))
    lesion["patient"] = lesion.pop("subject")
    raw = size(quantity("2.1", "cm"), focus=[{"reference": "BodyStructure/b"}])
    assert [Decimal("2.1")] == values("liver.max_diameter_cm", raw, lesion)


@pytest.mark.parametrize(
    "more", [{}, {"bodySite": concept("76752008")}, {"bodySite": LIVER, "specimen": {"reference": "Specimen/x"}}]
)
def test_a_size_elsewhere_or_of_a_specimen_is_no_liver_lesion(more: Raw) -> None:
    assert () == findings("liver.max_diameter_cm", size(quantity("2.1", "cm"), **more))


@pytest.mark.parametrize("bad", [quantity(21, None), quantity(21, "inch"), quantity(0, "cm"), quantity(90, "cm")])
def test_a_size_without_usable_number_is_unknown(bad: Raw) -> None:
    assert [None] == values("liver.max_diameter_cm", size(bad, bodySite=LIVER))


def test_lesions_in_segments_of_both_lobes_are_bilobar() -> None:
    two = (
        size(quantity(1, "cm"), name="a", bodySite=concept("277957003")),
        size(quantity(1, "cm"), name="b", bodySite=concept("277960005")),
    )
    assert ["bilobar"] == values("liver.distribution", *two)
    assert () == findings("liver.distribution", two[0])


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueInteger": 3}, Decimal(3)),
        ({"valueQuantity": quantity(3, "{count}")}, Decimal(3)),
        ({"valueQuantity": quantity(6, None, comparator=">=")}, Bound(">=", Decimal(6))),
        ({"valueString": "innumerable"}, None),
        ({"valueQuantity": quantity("2.5", None)}, None),
    ],
)
def test_a_stated_number_of_liver_lesions(value: Raw, expected: object) -> None:
    assert [expected] == values("liver.lesion_count", observation("246206008", system=SCT, bodySite=LIVER, **value))


def test_a_number_of_lesions_elsewhere_is_not_the_livers() -> None:
    assert () == findings(
        "liver.lesion_count", observation("246206008", system=SCT, bodySite=concept("39607008"), valueInteger=3)
    )
    assert () == findings("liver.lesion_count", observation("246206008", system=SCT, valueInteger=3))


def test_a_list_of_lesions_is_not_a_count() -> None:
    chart = facts_of(
        size(quantity(1, "cm"), name="a", bodySite=LIVER), size(quantity(1, "cm"), name="b", bodySite=LIVER)
    )
    assert "liver.lesion_count" not in chart.findings
