"""Laboratory results become numbers in the catalogue's unit, or unknowns that say why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Obtained
from tests.fhir_charts import UCUM, concept, findings, lab, observation, one, quantity, values

BILIRUBIN = "1975-2"


@pytest.mark.parametrize(
    "value, unit, expected",
    [
        ("1.2", "mg/dL", "1.2"),
        ("1.2", "mg/dl", "1.2"),
        ("1.2", "MG/DL", "1.2"),
        ("17.1", "umol/L", "1"),
        ("17.1", "µmol/L", "1"),
        ("17.1", "μmol/l", "1"),
    ],
)
def test_bilirubin_is_read_in_each_unit(value: str, unit: str, expected: str) -> None:
    assert Decimal(expected) == one("lab.bilirubin", lab(BILIRUBIN, value, unit)).value


@pytest.mark.parametrize("code", ["1975-2", "14631-6"])
def test_the_unit_decides_and_not_the_code(code: str) -> None:
    assert Decimal(2) == one("lab.bilirubin", lab(code, "34.2", "umol/L")).value
    assert Decimal("2.0") == one("lab.bilirubin", lab(code, "2.0", "mg/dL")).value


@pytest.mark.parametrize(
    "fact, code, value, unit, expected",
    [
        ("lab.albumin", "1751-7", "38", "g/L", "3.8"),
        ("lab.creatinine", "2160-0", "88.4", "umol/L", "1"),
        ("lab.platelets", "777-3", "210", "K/uL", "210"),
        ("lab.platelets", "777-3", "210", "10*3/uL", "210"),
        ("lab.platelets", "777-3", "210000", "/uL", "210"),
        ("lab.platelets", "777-3", "210", "x10E3/uL", "210"),
        ("lab.platelets", "777-3", "210", "10^9/L", "210"),
        ("lab.anc", "751-8", "4.2", "10*3/uL", "4.2"),
        ("lab.hb", "718-7", "121", "g/L", "12.1"),
        ("lab.sodium", "2951-2", "139", "mmol/L", "139"),
        ("lab.cea", "2039-6", "7.5", "ug/L", "7.5"),
        ("lab.afp", "1834-1", "410", "ng/mL", "410"),
        ("lab.hba1c", "4548-4", "7.1", "%", "7.1"),
        ("lab.hba1c", "4548-4", "53", "mmol/mol", "7.00044"),
        ("lab.hba1c", "59261-8", "48", "mmol/mol", "6.54304"),
        ("lab.hb", "59260-0", "8", "mmol/L", "12.8916"),
        ("lab.hb", "718-7", "121", "G/L", "12.1"),
        ("lab.albumin", "1751-7", "38", "G/L", "3.8"),
        ("lab.albumin", "1751-7", "600", "umol/L", "3.98628"),
        ("lab.platelets", "777-3", "210", "G/L", "210"),
        ("lab.platelets", "777-3", "21.0", "x10^4/µL", "210"),
        ("lab.platelets", "777-3", "2.1", "lakhs/cumm", "210"),
        ("lab.platelets", "26515-7", "210", "Gpt/l", "210"),
        ("lab.ca199", "24108-3", "37", "[arb'U]/mL", "37"),
        ("lab.ca199", "24108-3", "37", "kIU/L", "37"),
        ("lab.afp", "19176-7", "100", "kU/L", "121"),
        ("lab.afp", "1834-1", "100", "IU/mL", "121"),
        ("lab.inr", "6301-6", "1.1", "{INR}", "1.1"),
        ("lab.inr", "6301-6", "1.1", None, "1.1"),
        ("echo.lvef", "10230-1", "55", "%", "55"),
        ("pt.weight_kg", "29463-7", "150", "lb", "68.0388555"),
        ("bm.tmb", "94076-7", "11", "{mutations}/Mb", "11"),
    ],
)
def test_each_test_reaches_its_fact(fact: str, code: str, value: str, unit: str | None, expected: str) -> None:
    assert Decimal(expected) == one(fact, lab(code, value, unit)).value


def test_a_ucum_code_counts_without_unit_text() -> None:
    raw = observation(BILIRUBIN, valueQuantity={"value": Decimal("1.5"), "system": UCUM, "code": "mg/dL"})
    assert Decimal("1.5") == one("lab.bilirubin", raw).value


def test_an_unknown_unit_is_never_guessed() -> None:
    found = one("lab.bilirubin", lab(BILIRUBIN, "1.2", "furlongs"))
    assert None is found.value
    assert "furlongs" in found.why


def test_a_missing_unit_is_never_guessed() -> None:
    found = one("lab.bilirubin", lab(BILIRUBIN, "1.2", None))
    assert (None, "no unit is given") == (found.value, found.why)


def test_a_known_unit_that_does_not_fit_the_test_is_refused() -> None:
    assert None is one("lab.bilirubin", lab(BILIRUBIN, "1.2", "mmol/L")).value


def test_a_unit_that_means_two_things_is_told_by_what_is_measured() -> None:
    counted = observation("777-3", valueQuantity=quantity("210", "G/L", code="10*9/L"))
    assert Decimal(210) == one("lab.platelets", counted).value
    weighed = observation("718-7", valueQuantity=quantity("121", "G/L", code="10*9/L"))
    assert None is one("lab.hb", weighed).value
    assert None is one("lab.platelets", lab("777-3", "210", "g/l")).value


def test_percent_of_the_ifcc_scale_is_not_the_usual_percent() -> None:
    found = one("lab.hba1c", lab("59261-8", "5.3", "%"))
    assert None is found.value
    assert "IFCC scale" in found.why


def test_units_per_volume_are_international_units_where_the_code_says_so() -> None:
    assert None is one("lab.afp", lab("1834-1", "100", "kU/L")).value
    assert "1.21 ng per IU" in one("lab.afp", lab("83072-9", "100", "kU/L")).why


def test_unit_text_and_code_that_disagree_are_refused() -> None:
    raw = observation(BILIRUBIN, valueQuantity=quantity("20", "mg/dL", code="umol/L"))
    assert None is one("lab.bilirubin", raw).value


@pytest.mark.parametrize("value", ["-1", "1e300", "250"])
def test_an_impossible_number_is_not_believed(value: str) -> None:
    assert None is one("lab.bilirubin", lab(BILIRUBIN, value, "mg/dL")).value


@pytest.mark.parametrize("value", ["5.1", True, None, [1], {"a": 1}])
def test_a_value_that_is_no_number_is_refused(value: Any) -> None:
    raw = observation(BILIRUBIN, valueQuantity={"value": value, "unit": "mg/dL"})
    assert None is one("lab.bilirubin", raw).value


def test_a_comparator_keeps_its_direction() -> None:
    raw = observation(BILIRUBIN, valueQuantity=quantity("0.2", "mg/dL", comparator="<"))
    assert Bound("<", Decimal("0.2")) == one("lab.bilirubin", raw).value


def test_a_comparator_is_converted_with_its_number() -> None:
    raw = observation("1751-7", valueQuantity=quantity("50", "g/L", comparator=">="))
    assert Bound(">=", Decimal(5)) == one("lab.albumin", raw).value


def test_a_comparator_that_fhir_does_not_know_is_refused() -> None:
    raw = observation(BILIRUBIN, valueQuantity=quantity("0.2", "mg/dL", comparator="about"))
    assert None is one("lab.bilirubin", raw).value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1.2 mg/dL H", Decimal("1.2")),
        ("1.2 mg/dL (H)", Decimal("1.2")),
        ("1.2mg/dL", Decimal("1.2")),
        ("1,2 mg/dL", Decimal("1.2")),
        ("<0.2 mg/dL", Bound("<", Decimal("0.2"))),
        ("≤ 0.2 mg/dL", Bound("<=", Decimal("0.2"))),
        ("1.2 H mg/dL", Decimal("1.2")),
        ("> 15 mg/dL", Bound(">", Decimal(15))),
        ("&lt;0.2 mg/dL", Bound("<", Decimal("0.2"))),
        ("less than 0.2 mg/dL", Bound("<", Decimal("0.2"))),
        ("17,1 µmol/l", Decimal(1)),
    ],
)
def test_a_text_that_is_a_number_with_unit_and_flag_is_read(text: str, expected: object) -> None:
    assert expected == one("lab.bilirubin", observation(BILIRUBIN, valueString=text)).value


@pytest.mark.parametrize(
    "text",
    [
        "see note",
        "hemolyzed",
        "1.2 (H)",
        "1.2",
        "1.2 on 3 May",
        "1.2 - 1.4 mg/dL",
        "1,200 mg/dL",
        "",
        "mg/dL 1.2",
        "1.2.3 mg/dL",
    ],
)
def test_other_texts_are_not_numbers(text: str) -> None:
    assert [None] == values("lab.bilirubin", observation(BILIRUBIN, valueString=text))


@pytest.mark.parametrize(
    "shape, expected",
    [
        ({"high": quantity("0.2", "mg/dL")}, Bound("<=", Decimal("0.2"))),
        ({"low": quantity("30", "mg/dL")}, Bound(">=", Decimal(30))),
        ({"low": quantity("1.2", "mg/dL"), "high": quantity("1.2", "mg/dL")}, Decimal("1.2")),
        ({"low": quantity("1.2", "mg/dL"), "high": quantity("1.4", "mg/dL")}, None),
        ({"low": quantity("1.2", None)}, None),
        ({"low": quantity("1.2", "mg/dL", comparator="<")}, None),
        ({}, None),
    ],
)
def test_a_range_is_a_number_only_with_one_end(shape: dict[str, Any], expected: object) -> None:
    found = one("lab.bilirubin", observation(BILIRUBIN, valueRange=shape))
    assert expected == found.value
    assert expected is not None or found.why


@pytest.mark.parametrize(
    "top, bottom, expected",
    [
        (quantity("12", "mg"), quantity("1", "L"), "1.2"),
        (quantity("2.4", "mg"), quantity("2", "dL"), "1.2"),
        (quantity("1.2", "mg/dL"), quantity("1", None), "1.2"),
        (quantity("1.2", None), quantity("1", None), None),
        (quantity("1.2", "mg"), quantity("0", "dL"), None),
        (quantity("1.2", "mg"), quantity("1", "dL", comparator="<"), None),
        (quantity("1.2", "mg"), None, None),
        (quantity("1.2", "furlong"), quantity("1", "dL"), None),
        ("1:128", None, None),
    ],
)
def test_a_ratio_is_read_in_the_unit_of_its_parts(top: Any, bottom: Any, expected: str | None) -> None:
    ratio = {k: v for k, v in (("numerator", top), ("denominator", bottom)) if v is not None}
    found = one("lab.bilirubin", observation(BILIRUBIN, valueRatio=ratio))
    assert (None if expected is None else Decimal(expected)) == found.value
    assert expected is not None or found.why


def test_a_text_without_unit_counts_where_the_test_has_none() -> None:
    assert Decimal("1.4") == one("lab.inr", observation("6301-6", valueString="1.4 H")).value


def test_absent_data_is_not_a_negative() -> None:
    raw = observation(BILIRUBIN, dataAbsentReason=concept("not-performed", "http://x", "Not Performed"))
    found = one("lab.bilirubin", raw)
    assert None is found.value
    assert "Not Performed" in found.why


def test_the_upper_limit_travels_with_bilirubin_in_the_same_unit() -> None:
    limits = [{"high": quantity("21", "umol/L")}]
    found = one("lab.bilirubin", lab("14631-6", "34.2", "umol/L", referenceRange=limits))
    assert Decimal(21) / Decimal("17.1") == found.upper_limit


def test_transaminases_are_multiples_of_the_reports_own_limit() -> None:
    assert Decimal(3) == one("lab.ast_xuln", lab("1920-8", 120, "U/L", referenceRange=[{"high": {"value": 40}}])).value


def test_without_an_upper_limit_a_multiple_is_unknown() -> None:
    found = one("lab.ast_xuln", lab("1920-8", 120, "U/L"))
    assert (None, "the report gives no upper limit of normal") == (found.value, found.why)


def test_an_upper_limit_in_another_unit_is_converted() -> None:
    raw = lab("1920-8", 84, "U/L", referenceRange=[{"high": quantity("0.7", "ukat/L")}])
    assert Decimal(2) == one("lab.ast_xuln", raw).value


@pytest.mark.parametrize("unit", ["mg/dL", "furlongs", "%"])
def test_an_upper_limit_in_a_unit_that_does_not_fit_is_not_used(unit: str) -> None:
    found = one("lab.ast_xuln", lab("1920-8", 120, "U/L", referenceRange=[{"high": quantity("40", unit)}]))
    assert None is found.value
    assert unit in found.why


def test_a_multiple_is_the_same_in_every_unit_of_the_report() -> None:
    limits = [{"high": quantity("0.75", "µkat/L")}]
    assert Decimal(4) == one("lab.alt_xuln", lab("1742-6", "3.0", "µkat/L", referenceRange=limits)).value


def test_two_different_upper_limits_are_none() -> None:
    limits = [{"high": quantity(40, "U/L")}, {"high": quantity(55, "U/L")}]
    assert None is one("lab.ast_xuln", lab("1920-8", 120, "U/L", referenceRange=limits)).value


@pytest.mark.parametrize("text", ["10-40 U/L", "10 - 40", "<40", "up to 40 U/L"])
def test_a_range_given_as_text_is_read(text: str) -> None:
    assert Decimal(2) == one("lab.alt_xuln", lab("1742-6", 80, "U/L", referenceRange=[{"text": text}])).value


def test_a_therapeutic_range_is_no_upper_limit_of_normal() -> None:
    limits = [{"high": quantity(40, "U/L"), "type": concept("therapeutic", "http://x")}]
    assert None is one("lab.ast_xuln", lab("1920-8", 120, "U/L", referenceRange=limits)).value


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"valueCodeableConcept": concept("260385009")}, False),
        ({"valueCodeableConcept": concept(text="Reactive, POSITIVE")}, True),
        ({"valueString": "Negative"}, False),
        ({"valueString": "Not detected"}, False),
        ({"valueString": "Detected"}, True),
        ({"valueString": "Indeterminate"}, None),
        ({"valueBoolean": False}, False),
    ],
)
def test_hepatitis_b_surface_antigen_in_each_shape(value: dict[str, Any], expected: bool | None) -> None:
    assert expected is one("lab.hbsag", observation("5195-3", **value)).value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Urine protein test = ++ (finding)", "2plus"),
        ("Negative", "none"),
        ("1+", "1plus"),
        ("4+", "3plus"),
        ("trace", None),
    ],
)
def test_urine_protein_is_counted_in_pluses(text: str, expected: str | None) -> None:
    assert expected == one("lab.proteinuria", observation("20454-5", valueCodeableConcept=concept(text=text))).value


def test_local_codes_with_a_known_title_are_a_suggestion_only() -> None:
    local = {"coding": [{"system": "urn:oid:1.2.3.4", "code": "BILT"}], "text": "Bilirubin, total"}
    found = one("lab.bilirubin", observation(local, valueQuantity=quantity("1.2", "mg/dL")))
    assert (Decimal("1.2"), Obtained.NARRATIVE) == (found.value, found.obtained)


def test_a_title_never_overrides_a_known_code() -> None:
    direct = {"coding": [{"system": "http://loinc.org", "code": "1968-7"}], "text": "Bilirubin, total"}
    assert () == findings("lab.bilirubin", observation(direct, valueQuantity=quantity("1.2", "mg/dL")))


def test_codings_of_two_tests_on_one_result_are_a_conflict() -> None:
    both = {"coding": [{"system": "http://loinc.org", "code": c} for c in ("1975-2", "2160-0")]}
    raw = observation(both, valueQuantity=quantity("1.2", "mg/dL"))
    assert [None] == values("lab.bilirubin", raw)
    assert [None] == values("lab.creatinine", raw)


def test_two_codes_of_one_test_are_one_result() -> None:
    both = {
        "coding": [
            {"system": "urn:local", "code": "X", "userSelected": True},
            *({"system": "http://loinc.org", "code": c} for c in ("1975-2", "42719-5")),
        ]
    }
    assert [Decimal("1.2")] == values("lab.bilirubin", observation(both, valueQuantity=quantity("1.2", "mg/dL")))


def test_the_fall_of_cea_is_counted_from_its_highest_value() -> None:
    series = [("2026-03-01", 250), ("2026-06-01", 100), ("2026-11-01", 50)]
    raws = [lab("2039-6", value, "ng/mL", f"cea{n}", effectiveDateTime=day) for n, (day, value) in enumerate(series)]
    found = one("lab.cea_peak_fall_pct", *raws)
    assert (Decimal("80.0"), Obtained.DERIVED) == (found.value, found.obtained)
    assert {"Observation/cea0", "Observation/cea2"} == {e.reference for e in found.evidence}


@pytest.mark.parametrize(
    "newest, expected",
    [
        (("2026-11-01", "2026-11-01"), None),
        (("2026-11-01T08:00:00Z", "2026-11-01"), None),
        (("2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z"), Decimal("60.0")),
        (("2026-11-01", "2026-12-01"), Decimal("80.0")),
    ],
)
def test_the_fall_of_cea_needs_one_newest_result(newest: tuple[str, str], expected: Decimal | None) -> None:
    series = [("2026-03-01", 250), (newest[0], 50), (newest[1], 100)]
    raws = [lab("2039-6", value, "ng/mL", f"cea{n}", effectiveDateTime=day) for n, (day, value) in enumerate(series)]
    for chart in (raws, raws[::-1]):
        assert expected == one("lab.cea_peak_fall_pct", *chart).value


def test_evidence_names_resource_element_code_and_words() -> None:
    evidence = one("lab.bilirubin", lab(BILIRUBIN, "1.2", "mg/dL", "b1")).evidence[0]
    assert ("Observation/b1", "Observation.value", "http://loinc.org|1975-2", "1.2 mg/dL") == (
        evidence.reference,
        evidence.path,
        evidence.code,
        evidence.text,
    )


@pytest.mark.parametrize(
    "elements, expected",
    [
        ({"effectiveDateTime": "2026-11-02T08:30:00+01:00", "issued": "2026-11-05T10:00:00Z"}, "2026-11-02"),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-10-01", "end": "2026-10-04"}}, "2026-10-04"),
        ({"effectiveDateTime": None, "effectiveInstant": "2026-10-06T08:00:00Z"}, "2026-10-06"),
        ({"effectiveDateTime": None, "issued": "2026-10-07T08:00:00Z"}, "2026-10-07"),
        ({"effectiveDateTime": "2026-10"}, "2026-10-01"),
        ({"effectiveDateTime": None}, "None"),
        ({"effectiveDateTime": "yesterday"}, "None"),
    ],
)
def test_the_collection_date_counts_before_the_release_date(elements: dict[str, Any], expected: str) -> None:
    raw = {k: v for k, v in {**lab(BILIRUBIN, "1.2", "mg/dL"), **elements}.items() if v is not None}
    assert expected == str(one("lab.bilirubin", raw).effective)
