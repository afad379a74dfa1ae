"""What a fact may be, in which unit: values given by people and files, checked and in the canonical unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from eligibility.catalogue import Catalogue, FactType
from eligibility.errors import FactInputError
from eligibility.facts import Bound, Scalar
from tests.fact_patients import KNOWLEDGE

D = Decimal
CATALOGUE = KNOWLEDGE.catalogue


@pytest.mark.parametrize(
    "fact, given, unit, value",
    [
        ("lab.bilirubin", 24, "umol/L", D(24) / D("17.1")),
        ("lab.bilirubin", 34.2, "umol/L", D(2)),
        ("lab.bilirubin", 1.4, "mg/dL", D("1.4")),
        ("lab.bilirubin", 1.4, None, D("1.4")),
        ("lab.bilirubin", 14, "mg/L", D("1.4")),
        ("lab.albumin", 38, "g/L", D("3.8")),
        ("lab.creatinine", 88.4, "umol/L", D(1)),
        ("lab.platelets", 150000, "/uL", D(150)),
        ("lab.platelets", 150, "10*3/uL", D(150)),
        ("lab.afp", 100, "[IU]/mL", D(121)),
        ("liver.max_diameter_cm", 42, "mm", D("4.2")),
        ("liver.uninvolved_volume_ml", 1.2, "L", D(1200)),
        ("ecg.qtcf", D("0.47"), "s", D(470)),
        ("pt.weight_kg", 70500, "g", D("70.5")),
        ("pt.ecog", 1, None, D(1)),
        ("pt.ecog", 1.0, None, D(1)),
        ("bm.ras", "wild_type", None, "wild_type"),
        ("dx.hcc_bclc", 0, None, "0"),
        ("dx.hcc_bclc", "A", None, "A"),
        ("liver.ablatable", True, None, True),
        ("liver.ablatable", False, None, False),
        ("sf.allergy", ["platinum", "taxane"], None, frozenset({"platinum", "taxane"})),
        ("sf.allergy", "platinum", None, frozenset({"platinum"})),
        ("sf.allergy", [], None, frozenset()),
    ],
)
def test_a_value_is_taken_into_the_canonical_unit(fact: str, given: object, unit: str | None, value: Scalar) -> None:
    assert value == CATALOGUE[fact].value_of(given, unit)


@pytest.mark.parametrize(
    "fact, given, unit, named",
    [
        ("lab.bilirubin", 24, "mmol/L", ["the unit 'mmol/L' is not known", "mg/dL, umol/L"]),
        ("lab.bilirubin", 24, "UMOL/L", ["the unit 'UMOL/L' is not known"]),
        ("lab.bilirubin", 24, "", ["the unit '' is not known"]),
        ("pt.weight_kg", 150, "[lb_av]", ["the unit '[lb_av]' is not known"]),
        ("lab.bilirubin", "1.4", None, ["'1.4' is not a number"]),
        ("lab.bilirubin", True, None, ["True is not a number"]),
        ("lab.bilirubin", None, None, ["None is not a number"]),
        ("lab.bilirubin", [1], None, ["[1] is not a number"]),
        ("lab.bilirubin", float("nan"), None, ["not a finite number"]),
        ("lab.bilirubin", float("inf"), None, ["not a finite number"]),
        ("lab.bilirubin", D("-Infinity"), None, ["not a finite number"]),
        ("lab.bilirubin", 80.1, None, ["80.1 lies outside 0.05 to 80 mg/dL."]),
        ("lab.bilirubin", 0, None, ["lies outside"]),
        ("lab.bilirubin", -1, None, ["lies outside"]),
        ("lab.bilirubin", 2000, "umol/L", ["lies outside"]),
        ("pt.ecog", 1.5, None, ["1.5 is not a whole number"]),
        ("pt.ecog", 5, None, ["lies outside 0 to 4"]),
        ("bm.ras", "wildtype", None, ["'wildtype' is not one of wild_type, mutated."]),
        ("bm.ras", True, None, ["True is not one of"]),
        ("bm.ras", None, None, ["None is not one of"]),
        ("bm.ras", ["wild_type"], None, ["is not one of"]),
        ("dx.hcc_bclc", 1, None, ["1 is not one of 0, A"]),
        ("liver.ablatable", "true", None, ["'true' is not true or false"]),
        ("liver.ablatable", 1, None, ["1 is not true or false"]),
        ("sf.allergy", ["penicillin"], None, ["is not a list of platinum"]),
        ("sf.allergy", {"platinum": True}, None, ["is not a list of"]),
        ("sf.allergy", [["platinum"]], None, ["is not a list of"]),
        ("sf.allergy", [{"platinum": 1}], None, ["is not a list of"]),
        ("sf.allergy", 1, None, ["1 is not a list of"]),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    fact: str, given: object, unit: str | None, named: list[str]
) -> None:
    with pytest.raises(FactInputError) as refusal:
        CATALOGUE[fact].value_of(given, unit)
    message = str(refusal.value)
    assert [] == [part for part in (fact, *named) if part not in message], message


@pytest.mark.parametrize("given", [D("1E+1000000"), D("1E-1000000"), D("0E+1000000")])
def test_an_absurd_power_of_ten_is_refused_at_once(given: Decimal) -> None:
    with pytest.raises(FactInputError, match=r"lab\.bilirubin: a number of this size"):
        CATALOGUE["lab.bilirubin"].convert(given, "umol/L")
    assert not CATALOGUE["lab.cea"].accepts(Bound(">", given))


@pytest.mark.parametrize(
    "fact, value, accepted",
    [
        ("lab.bilirubin", D("1.4"), True), ("lab.bilirubin", D("80.1"), False), ("lab.bilirubin", D("NaN"), False),
        ("lab.bilirubin", Bound("<", D("0.01")), True), ("lab.bilirubin", Bound("<", D("Infinity")), False),
        ("lab.bilirubin", True, False), ("lab.bilirubin", "1.4", False),
        ("drv.albi_score", D(-3), True),
        ("bm.ras", "wild_type", True), ("bm.ras", "other", False), ("bm.ras", True, False),
        ("liver.ablatable", False, True), ("liver.ablatable", "false", False), ("liver.ablatable", D(0), False),
        ("sf.allergy", frozenset({"platinum"}), True), ("sf.allergy", frozenset(), True),
        ("sf.allergy", frozenset({"penicillin"}), False), ("sf.allergy", "platinum", False),
    ],
)  # fmt: skip
def test_a_canonical_value_is_accepted_or_not(fact: str, value: Scalar, accepted: bool) -> None:
    assert accepted is CATALOGUE[fact].accepts(value)


@pytest.mark.parametrize("kind", list(FactType))
def test_numbers_integers_and_quantities_are_numeric(kind: FactType) -> None:
    assert (str(kind) in ("number", "integer", "quantity")) is kind.numeric


def test_the_catalogue_is_in_the_order_of_its_files() -> None:
    sections = list(dict.fromkeys(d.section for d in CATALOGUE.values()))
    assert ["patient", "diagnosis", "liver", "biomarkers", "treatment", "laboratory", "safety", "derived"] == sections
    assert list(CATALOGUE) == [d.id for d in CATALOGUE.values()]
    assert len(CATALOGUE) == len(list(CATALOGUE))


def test_a_fact_that_is_not_in_the_catalogue_is_not_found() -> None:
    assert "bm.unheard_of" not in CATALOGUE
    with pytest.raises(KeyError):
        CATALOGUE["bm.unheard_of"]
    assert 0 == len(Catalogue({}))


@pytest.mark.parametrize("comparator", ["", "=", "==", "~", "ad"])
def test_a_one_sided_value_has_a_side(comparator: str) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        Bound(cast(Any, comparator), D(1))
