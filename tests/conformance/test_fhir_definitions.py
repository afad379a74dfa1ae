"""The knowledge base as FHIR R4 definitions: valid, complete, pointing at each other, and saying what they are."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from eligibility.cql.library import cql_library
from eligibility.errors import HepaticaError
from fhir_mappings.code_lists import code_lists
from fhir_mappings.codes import ICD10CM, shipped_codes
from fhir_mappings.definitions.canonical import OWN_BASE, Canonicals, identifier_from
from fhir_mappings.definitions.package import as_bundle, fhir_package
from fhir_mappings.fact_sources import fact_sources
from tests.fact_patients import KNOWLEDGE

Resource = dict[str, Any]
BASE = "https://cancer-centre.example/fhir"
READ_WORDS = {"excerpt_read": "Part of this page was read", "not_re_read": "not read again"}


@cache
def package() -> tuple[Resource, ...]:
    return fhir_package(KNOWLEDGE, BASE)


def of_type(kind: str) -> list[Resource]:
    return [r for r in package() if r["resourceType"] == kind]


def found(kind: str, identifier: str) -> Resource:
    return next(r for r in of_type(kind) if r["id"] == identifier)


def walk(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every element with its name."""
    yield key, node
    if isinstance(node, dict):
        for name, value in node.items():
            yield from walk(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value, key)


def test_every_definition_is_valid_fhir() -> None:
    for resource in package():
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_every_definition_is_an_experimental_draft_of_this_version_under_the_given_base() -> None:
    for resource in package():
        expected = f"{BASE}/{resource['resourceType']}/{resource['id']}"
        assert ("draft", True) == (resource["status"], resource["experimental"])
        assert (expected, KNOWLEDGE.version) == (resource["url"], resource["version"])
        assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,254}", resource["name"])
        assert "publisher" not in resource


def test_no_two_definitions_share_an_address() -> None:
    addresses = [r["url"].lower() for r in package()]
    assert len(addresses) == len(set(addresses))


def test_every_reference_between_definitions_leads_to_one_of_them() -> None:
    there = {f"{r['url']}|{r['version']}" for r in package()}
    pointed = {
        value
        for resource in package()
        for key, value in walk(resource)
        if isinstance(value, str) and value.startswith(BASE) and key != "url"
    }
    assert set() == pointed - there
    assert len(pointed) > 500


def test_definitions_come_before_those_that_point_to_them() -> None:
    seen: set[str] = set()
    for resource in package():
        pointed = {v for k, v in walk(resource) if isinstance(v, str) and v.startswith(BASE) and k != "url"}
        assert set() == pointed - seen
        seen.add(f"{resource['url']}|{resource['version']}")


def test_the_bundle_holds_everything_and_is_valid() -> None:
    bundle = as_bundle(package())
    assert [r["url"] for r in package()] == [e["fullUrl"] for e in bundle["entry"]]
    assert {"PUT"} == {e["request"]["method"] for e in bundle["entry"]}


# -- options and gates


def test_every_option_is_a_plan_and_every_support_step_also_proposes_an_activity() -> None:
    plans = {r["id"] for r in of_type("PlanDefinition") if not r["id"].startswith("gate-")}
    assert {o.id for o in KNOWLEDGE.options} == plans
    assert {o.id for o in KNOWLEDGE.options if not o.cancer_directed} == {
        r["id"] for r in of_type("ActivityDefinition")
    }


def test_every_gate_that_an_option_names_is_exported() -> None:
    named = {g for o in KNOWLEDGE.options for g in o.gates}
    gates = {r["id"].removeprefix("gate-") for r in of_type("PlanDefinition") if r["id"].startswith("gate-")}
    assert {g.lower() for g in named} == gates


def test_every_condition_names_a_definition_of_the_exported_library() -> None:
    defined = set(re.findall(r'^define "((?:[^"\\]|\\.)*)":', cql_library(KNOWLEDGE), re.MULTILINE))
    expressions = [v for r in package() for k, v in walk(r) if k == "expression" and isinstance(v, dict)]
    assert len(expressions) > 2 * len(KNOWLEDGE.options)
    assert {"text/cql"} == {e["language"] for e in expressions}
    names = {re.fullmatch(r'Hepatica\."(.*)"', e["expression"]) for e in expressions}
    assert None not in names
    assert set() == {n[1] for n in names if n is not None} - defined


def test_the_exported_library_is_the_cql_text_and_names_its_parameters() -> None:
    library = found("Library", "Hepatica")
    text = base64.b64decode(library["content"][0]["data"]).decode()
    assert cql_library(KNOWLEDGE) == text
    parameters = re.findall(r'^parameter "([^"]*)"', text, re.MULTILINE)
    assert parameters == [p["name"] for p in library["parameter"] if p["use"] == "in"]


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_a_plan_cites_its_sources_and_says_whether_they_were_read(option: Any) -> None:
    plan = found("PlanDefinition", option.id)
    citations = {a["label"]: a for a in plan["relatedArtifact"] if a["type"] == "citation"}
    assert list(option.sources) == list(citations)
    for source in option.sources:
        known = KNOWLEDGE.sources[source]
        assert known.url == citations[source].get("url")
        assert READ_WORDS[known.read] in citations[source]["display"]


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_a_plan_tells_every_reason(option: Any) -> None:
    actions = found("PlanDefinition", option.id)["action"]
    told = {text for key, text in walk(actions) if key in ("display", "title")}
    for rule in option.rules:
        say = rule.outcomes[True].say
        assert any(text.startswith(say) for text in told), say


def test_a_plan_carries_the_codes_of_what_it_proposes() -> None:
    coded = {o.id: {i.code for i in o.interventions if i.code} for o in KNOWLEDGE.options}
    for option, codes in coded.items():
        action = found("PlanDefinition", option)["action"][0]
        assert codes == {c["code"] for a in action.get("code", ()) for c in a.get("coding", ())}


# -- facts and value sets


def test_every_fact_that_is_read_has_its_data_requirements() -> None:
    requirements = found("Library", "hepatica-facts")["dataRequirement"]
    expected = {
        f"{fact}.{kind}" for fact, sources in fact_sources().items() for s in sources for kind in s.resource.split(", ")
    }
    assert expected == {r["id"] for r in requirements}
    assert len(requirements) == len(expected)


def test_an_old_result_is_not_asked_for() -> None:
    requirements = {r["id"]: r for r in found("Library", "hepatica-facts")["dataRequirement"]}
    days = requirements["lab.bilirubin.Observation"]["dateFilter"][0]["valueDuration"]
    assert (KNOWLEDGE.catalogue["lab.bilirubin"].fresh_days, "d") == (days["value"], days["code"])
    assert "dateFilter" not in requirements["bm.ras.Observation"]


def test_every_fact_is_described_with_its_unit_and_values() -> None:
    facts = {c["code"]: c for c in found("CodeSystem", "hepatica-facts")["concept"]}
    assert set(KNOWLEDGE.catalogue) == set(facts)
    assert {"code": "unit", "valueString": "mg/dL"} in facts["lab.bilirubin"]["property"]
    assert "bm.ras:wild_type" in {c["code"] for c in facts["bm.ras"]["concept"]}


def expanded(value_set: Resource) -> set[tuple[str, str]]:
    """The listed codes of the program that a ValueSet holds."""
    compose = value_set["compose"]
    return held(compose["include"]) - held(compose.get("exclude", []))


def held(parts: list[Resource]) -> set[tuple[str, str]]:
    members: set[tuple[str, str]] = set()
    for part in parts:
        for canonical in part.get("valueSet", ()):
            members |= expanded(next(r for r in package() if canonical == f"{r['url']}|{r['version']}"))
        members |= {(part["system"], c["code"]) for c in part.get("concept", ())}
        for rule in part.get("filter", ()):
            assert ("concept", "is-a", ICD10CM) == (rule["property"], rule["op"], part["system"])
            root = rule["value"].replace(".", "")
            members |= {(ICD10CM, code) for code in icd10cm() if code.replace(".", "").startswith(root)}
    return members


@cache
def icd10cm() -> tuple[str, ...]:
    return tuple(code for system, code, _ in shipped_codes().entries() if system == ICD10CM)


def test_a_value_set_holds_just_the_codes_that_the_program_takes_for_its_concept() -> None:
    listed = {(system, code) for system, code, _ in shipped_codes().entries()}
    for concept in code_lists():
        value_set = found("ValueSet", identifier_from(f"concept.{concept}"))
        assert {c for c in listed if concept in shipped_codes().of(*c)} == expanded(value_set), concept


def test_a_value_set_of_a_fact_holds_every_code_that_tells_of_it() -> None:
    held_by = {r["id"]: expanded(r) for r in of_type("ValueSet")}
    listed = {(system, code) for system, code, _ in shipped_codes().entries()}
    for fact, sources in fact_sources().items():
        for source in sources:
            codes = {(c.system, c.code) for g in source.groups for c in g.codes if "genenames" not in c.system}
            if codes:
                short = "Medication" if ", " in source.resource else source.resource
                missing = codes - held_by[identifier_from(f"{fact}.{short}")]
                assert set() == {c for c in missing if c in listed}, fact


def test_a_value_set_with_licensed_codes_carries_their_notice() -> None:
    for value_set in of_type("ValueSet"):
        systems = {part.get("system") for part in value_set["compose"]["include"]}
        assert ("http://snomed.info/sct" in systems) is ("SNOMED International" in value_set.get("copyright", ""))
        assert ("http://loinc.org" in systems) is ("Regenstrief" in value_set.get("copyright", ""))


@pytest.mark.parametrize("base", ["", "nonsense", "ftp://x.example", "https://x.example/a?b=1", "https://x .example"])
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(HepaticaError, match="not an address"):
        Canonicals.under(base, "1")


def test_the_base_of_our_own_belongs_to_nobody() -> None:
    assert re.fullmatch(r"https://[a-z]+\.example/fhir", OWN_BASE)
