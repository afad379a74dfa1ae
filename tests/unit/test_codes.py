"""Codes and dates: what is recognised, under which spelling, and what a site may add."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fhir_mappings.codes import ICD10CM, LOINC, SNOMED, CodeIndex, CodeTableError, shipped_codes
from fhir_mappings.dates import When, first_of, when
from tests.fhir_charts import lab, one

CODES = shipped_codes()


@pytest.mark.parametrize("code", ["C18.2", "C182", "c18.2", " C18.2", "C18.21", "C18"])
def test_icd_10_cm_matches_by_prefix_without_the_dot(code: str) -> None:
    assert "primary_colon" in CODES.of(ICD10CM, code)


@pytest.mark.parametrize("code", ["C1", "", "C17.0", "X18.2"])
def test_a_shorter_or_other_code_is_not_the_colon(code: str) -> None:
    assert "primary_colon" not in CODES.of(ICD10CM, code)


def test_the_longest_prefix_wins() -> None:
    assert ("liver_metastasis",) == tuple(c for c in CODES.of(ICD10CM, "C78.7") if c == "liver_metastasis")
    assert "liver_metastasis" not in CODES.of(ICD10CM, "C78.6")


@pytest.mark.parametrize("system", [LOINC, "urn:oid:2.16.840.1.113883.6.1", f" {LOINC} "])
def test_a_system_is_known_under_each_spelling(system: str) -> None:
    assert ("bilirubin_total",) == CODES.of(system, "1975-2")


@pytest.mark.parametrize(
    "system, code", [(None, "1975-2"), (LOINC, None), ("urn:oid:1.2.3", "1975-2"), (SNOMED, "1975-2"), (LOINC, "")]
)
def test_a_code_counts_only_in_its_own_system(system: str | None, code: str | None) -> None:
    assert () == CODES.of(system, code)


def test_a_site_may_add_its_own_codes() -> None:
    local = CODES.with_overlay([("urn:oid:1.2.3", "BILT", "bilirubin_total")])
    found = one(
        "lab.bilirubin",
        {**lab("BILT", "1.2", "mg/dL"), "code": {"coding": [{"system": "urn:oid:1.2.3", "code": "BILT"}]}},
        codes=local,
    )
    assert Decimal("1.2") == found.value
    assert () == CODES.of("urn:oid:1.2.3", "BILT"), "the shipped index stays as it is"


@pytest.mark.parametrize(
    "row", [("urn:x", "1", "no_such_concept"), ("", "1", "bilirubin_total"), ("urn:x", " ", "bilirubin_total")]
)
def test_a_sites_row_that_cannot_be_used_is_refused_with_a_reason(row: tuple[str, str, str]) -> None:
    with pytest.raises(CodeTableError):
        CODES.with_overlay([row])


def test_a_code_of_two_concepts_keeps_both() -> None:
    index = CodeIndex([(LOINC, "1", "a"), (LOINC, "1", "b"), (LOINC, "1", "a")])
    assert ("a", "b") == index.of(LOINC, "1")
    assert ((LOINC, "1"),) == index.members("a")


@pytest.mark.parametrize(
    "text, first, last",
    [
        ("2026-11-10", date(2026, 11, 10), date(2026, 11, 10)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11-10T23:30:00-05:00", date(2026, 11, 10), date(2026, 11, 10)),
        (" 2026-11-10 ", date(2026, 11, 10), date(2026, 11, 10)),
    ],
)
def test_a_partial_date_is_a_range_of_days(text: str, first: date, last: date) -> None:
    found = when(text)
    assert found is not None
    assert (first, last) == (found.first, found.last)


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "2026-13-01", "2026-02-30", "10.11.2026", "2026-11-10T25:00:00Z x", "20261110"]
)
def test_other_text_is_no_date(text: str | None) -> None:
    assert None is when(text)


def test_a_moment_needs_a_zone() -> None:
    zoned, local = when("2026-11-10T08:00:00+01:00"), when("2026-11-10T08:00:00")
    assert zoned is not None
    assert local is not None
    assert "2026-11-10T07:00:00+00:00" == (zoned.at.isoformat() if zoned.at else "")
    assert None is local.at


def test_the_first_readable_date_counts() -> None:
    assert When(date(2026, 1, 2), date(2026, 1, 2)) == first_of(None, "soon", "2026-01-02", "2026-01-03")
