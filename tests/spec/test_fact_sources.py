"""What the rule book says of how a fact is read is what the readers do: checked on every synthetic record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from eligibility.facts import Finding
from fhir_mappings.chart import READ_TYPES, read_chart
from fhir_mappings.code_lists import code_lists, display_of, system_name
from fhir_mappings.codes import ICD10CM, shipped_codes
from fhir_mappings.fact_sources import fact_sources
from fhir_mappings.observations import load_table
from fhir_mappings.records import gather
from fhir_mappings.source_parts import FactSource
from fhir_mappings.strict_json import read_json
from tests.fact_patients import KNOWLEDGE

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 21)
RECORDS = sorted((ROOT / "sandbox_ehr" / "patients").glob("*.json")) + sorted(
    (ROOT / "tests" / "quirks").glob("*/before.json")
)
each_fact = pytest.mark.parametrize("fact", sorted(fact_sources()))


@cache
def findings() -> tuple[Finding, ...]:
    """Every finding of every synthetic record."""
    found: list[Finding] = []
    for path in RECORDS:
        chart = read_json(path.read_bytes())
        for some in read_chart(gather(*(chart if isinstance(chart, list) else [chart])), ON).findings.values():
            found += some
    return tuple(found)


def coded() -> Iterator[tuple[str, str, str]]:
    """Fact, resource type and `system|code` of every finding that a code gave."""
    for finding in findings():
        for evidence in finding.evidence:
            if evidence.code is not None:
                yield finding.fact, evidence.reference.partition("/")[0], evidence.code


def test_there_are_many_findings_to_compare_with() -> None:
    assert len(findings()) > 300
    assert len({finding.fact for finding in findings()}) > 50


def test_every_finding_comes_from_a_resource_that_is_named() -> None:
    missing = {
        (finding.fact, evidence.reference.partition("/")[0])
        for finding in findings()
        for evidence in finding.evidence
        if not any(evidence.reference.partition("/")[0] in s.resource for s in fact_sources().get(finding.fact, ()))
    }
    assert set() == missing


def lists(source: FactSource, named: str) -> bool:
    system, _, code = named.rpartition("|")
    return any(
        listed.system == system
        and (
            listed.code == code
            or (system == ICD10CM and code.replace(".", "").startswith(listed.code.replace(".", "")))
        )
        for group in source.groups
        for listed in group.codes
    )


def test_every_code_that_gave_a_finding_is_listed() -> None:
    of_the_cancer = {
        "dx.cancer_status", "dx.active_primaries", "dx.stage", "dx.histology", "dx.extrahepatic",
        "liver.lesion_origin", "dx.dfi_months",
    }  # fmt: skip
    of_another_coding = {"dx.primary_side", "liver.benign_type"}  # the place names the first coding of the Condition
    missing = {
        (fact, named)
        for fact, resource, named in coded()
        if fact not in of_the_cancer | of_another_coding
        and not any(lists(source, named) for source in fact_sources()[fact] if resource in source.resource)
    }
    assert set() == missing


@each_fact
def test_a_fact_that_is_read_is_in_the_catalogue_and_not_computed(fact: str) -> None:
    assert not KNOWLEDGE.catalogue[fact].derived


@each_fact
def test_every_value_that_a_code_gives_is_one_the_fact_may_have(fact: str) -> None:
    allowed = KNOWLEDGE.catalogue[fact].values
    for source in fact_sources()[fact]:
        told = [g.value for g in source.groups] + [h.value for h in source.hints] + [m.value for m in source.meanings]
        assert [] == [value for value in told if value is not None and value not in allowed]


@each_fact
def test_every_way_of_reading_names_its_resources_and_says_how(fact: str) -> None:
    for source in fact_sources()[fact]:
        assert set(source.resource.split(", ")) <= set(READ_TYPES)
        assert source.how == " ".join(source.how.split()) != ""


def test_every_kind_of_observation_that_is_read_tells_of_a_fact() -> None:
    rows = load_table("observations")["others"]
    for concept, row in rows.items():
        for fact in row["facts"]:
            assert any(group.concept == concept for source in fact_sources()[fact] for group in source.groups), concept


def test_a_fact_that_no_table_names_is_not_read() -> None:
    assert not {"liver.r0_feasible", "pt.goals", "drv.renal"} & fact_sources().keys()


def test_the_lists_hold_the_codes_that_the_program_recognises() -> None:
    recognised = set(shipped_codes().entries())
    assert recognised == {(c.system, c.code, name) for name, listed in code_lists().items() for c in listed.codes}


def test_a_listed_code_has_its_display() -> None:
    assert "Bilirubin.total [Mass/volume] in Serum or Plasma" == display_of("http://loinc.org", "1975-2")
    assert "" == display_of("http://loinc.org", "0-0")
    assert ("LOINC", "urn:x") == (system_name("http://loinc.org"), system_name("urn:x"))


def test_the_meaning_of_a_gene_result_is_told() -> None:
    meanings = {m.result: m.value for source in fact_sources()["bm.kras_g12c"] for m in source.meanings}
    assert "true" == meanings["KRAS G12C"]
    assert "false" == meanings["KRAS: no alteration found, exon 2 covered"]
    assert json.dumps(sorted(meanings.values())) == '["false", "false", "true"]'
