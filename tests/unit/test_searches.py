"""Searches and prefetch templates: what the CDS Hooks checklist asks of them."""

from __future__ import annotations

import re

import pytest

from fhir_mappings.chart import READ_TYPES
from fhir_mappings.codes import LOINC, SNOMED, shipped_codes
from fhir_mappings.observations import observation_table
from fhir_mappings.searches import Search, prefetch_keys, prefetch_templates, searches

US_CORE = {"patient", "code", "_sort"}


@pytest.mark.parametrize("search", searches(), ids=lambda s: s.key)
def test_a_template_keeps_to_the_restricted_subset(search: Search) -> None:
    """CH-43, CH-44, CH-47, CH-48, CH-50, CH-54, CH-55."""
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", search.key)
    assert len(search.query) < 1500
    assert {"{{context.patientId}}"} == set(re.findall(r"\{\{.*?\}\}", search.query))
    kind, _, query = search.query.partition("?")
    names = [part.partition("=")[0] for part in query.split("&") if part]
    assert len(set(names)) == len(names)
    assert US_CORE >= set(names)
    assert kind in (*READ_TYPES, "Patient/{{context.patientId}}")
    assert (kind.partition("/")[0],) == search.types


def test_the_keys_are_the_documented_ones() -> None:
    keys = set(prefetch_templates())
    assert {
        "patient",
        "conditions",
        "labs",
        "biomarkers",
        "procedures",
        "medication-requests",
        "medication-administrations",
        "medication-statements",
        "allergies",
    } <= keys
    assert keys == set(prefetch_keys())


def test_every_observation_code_that_is_read_is_asked_for() -> None:
    """CH-56: what is asked for is what is read; and nothing that is read is forgotten."""
    asked = {code for s in searches() for code in re.findall(r"code=([^&]*)", s.query) for code in code.split(",")}
    table = observation_table()
    read = {
        f"{system}|{code}"
        for system, code, _ in shipped_codes().entries()
        if system in (LOINC, SNOMED) and (kind := table.kind_of(system, code)) is not None and kind.reader != "none"
    }
    assert read == {code for code in asked if code.startswith((f"{LOINC}|", f"{SNOMED}|"))}
    assert all(table.kind_of(*code.rsplit("|", 1)) is not None for code in asked)


def test_every_type_that_is_read_is_asked_for() -> None:
    assert set(READ_TYPES) == {kind for s in searches() for kind in s.types}


def test_a_search_names_the_patient() -> None:
    conditions = next(s for s in searches() if s.key == "conditions")
    assert "Condition?patient=123" == conditions.of("123")


def test_a_sites_own_code_is_asked_for_too() -> None:
    codes = shipped_codes().with_overlay(
        [(LOINC, "99999-9", "bilirubin_total"), ("urn:oid:1.2.3", "BILT", "bilirubin_total")]
    )
    labs = [s.query for s in searches(codes) if s.key.startswith("labs")]
    assert any(f"{LOINC}|99999-9" in query for query in labs)
    assert any("urn:oid:1.2.3|BILT" in query for query in labs)
