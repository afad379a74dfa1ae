"""Discovery and the prefetch templates it publishes: clauses CH-08 to CH-20 and CH-43 to CH-56."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask

from cds_hooks.blueprint import cds_hooks_blueprint
from fhir_mappings.chart import READ_TYPES
from tests.conformance.live_hooks import NOW, SERVICE, Hooks, serving

OVERLAY_KEYS = {"local-1", "local-2"}
KEYS = {
    "patient", "conditions", "labs", "labs-2", "assessments", "biomarkers", "genes", "specimens", "procedures",
    "medication-requests", "medication-administrations", "medication-statements", "allergies",
}  # fmt: skip


@pytest.fixture(scope="module")
def entry(hooks: Hooks) -> dict[str, Any]:
    (found,) = hooks.services()
    return found


@pytest.fixture(scope="module")
def templates(entry: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = entry["prefetch"]
    return found


def parameters(template: str) -> list[tuple[str, str]]:
    return parse_qsl(template.partition("?")[2], keep_blank_values=True, strict_parsing="?" in template)


def empties(value: object) -> list[object]:
    """Every null and every empty text, list or object inside a JSON value."""
    inside: list[object] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [v for v in inside if v is None or v in ("", [], {})] + [e for v in inside for e in empties(v)]


def test_ch_08_discovery_is_an_object_with_one_list_of_services(hooks: Hooks) -> None:
    answer = hooks.get("/cds-services")
    assert (200, "application/json") == (answer.status, answer.headers["Content-Type"])
    assert ["services"] == list(answer.json)


def test_ch_09_without_services_the_list_is_empty() -> None:
    app = Flask("no services")
    app.register_blueprint(cds_hooks_blueprint((), lambda: NOW, lambda _event, _details: None))
    answer = app.test_client().get("/cds-services")
    assert (200, {"services": []}) == (answer.status_code, answer.json)


def test_ch_10_ch_11_an_entry_says_hook_id_description_and_title(entry: dict[str, Any]) -> None:
    assert "patient-view" == entry["hook"]
    for field in ("id", "description", "title", "usageRequirements"):
        assert isinstance(entry[field], str)
        assert entry[field].strip()
    assert {"hook", "id", "title", "description", "prefetch", "usageRequirements", "version"} == set(entry)


def test_ch_03_discovery_holds_nothing_empty(hooks: Hooks) -> None:
    assert [] == empties(hooks.get("/cds-services").json)


def test_ch_13_an_entry_names_the_version_of_the_standard_it_follows(entry: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert "2.0.1" == entry["version"]


def test_ch_14_every_advertised_id_answers(hooks: Hooks) -> None:
    for entry in hooks.services():
        assert 400 == hooks.post(b"{}", f"/cds-services/{entry['id']}").status


@pytest.mark.parametrize("other", ["liver", f"{SERVICE}x", SERVICE.upper(), f"{SERVICE}/", f"{SERVICE}/feedback", ".."])
def test_ch_14_nothing_else_answers(hooks: Hooks, other: str) -> None:
    assert 404 == hooks.post(b"{}", f"/cds-services/{other}").status


def test_ch_15_ch_17_ids_need_no_escaping_and_are_never_shared(hooks: Hooks) -> None:
    ids = [entry["id"] for entry in hooks.services()]
    assert [SERVICE] == ids  # clients have it in their settings: it stays
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]+", each) for each in ids)
    assert len(set(ids)) == len(ids)


def test_ch_18_discovery_is_the_same_on_every_call_and_after_a_restart(hooks: Hooks) -> None:
    first = hooks.get("/cds-services")
    with serving() as again:
        assert first.body == hooks.get("/cds-services").body == again.get("/cds-services").body


def test_ch_18_a_site_without_codes_of_its_own_asks_for_nothing_local() -> None:
    with serving(overlay=None) as plain:
        assert set(plain.services()[0]["prefetch"]) == KEYS


def test_ch_19_usage_requirements_say_what_is_essential_and_that_nothing_is_decided(entry: dict[str, Any]) -> None:
    words = entry["usageRequirements"]
    assert "Essential: patient and conditions." in words
    assert "optional" in words
    assert "No access to the FHIR server is needed" in words
    assert "The service informs" in words
    assert "does not decide" in words


def test_ch_20_a_public_page_documents_hook_service_and_data(hooks: Hooks, entry: dict[str, Any]) -> None:
    page = hooks.get("/about/").body.decode()
    for word in (entry["id"], entry["hook"], *entry["prefetch"]):
        assert f"<code>{word}</code>" in page


def test_ch_43_a_template_is_a_read_or_a_search_of_one_type(templates: dict[str, str]) -> None:
    for template in templates.values():
        assert re.fullmatch(r"Patient/\{\{context\.patientId\}\}|[A-Z][A-Za-z]+\?[^?]+", template)


def test_ch_44_ch_46_ch_53_the_patient_is_the_only_token(templates: dict[str, str]) -> None:
    for template in templates.values():
        assert ["{{context.patientId}}"] == re.findall(r"\{\{.*?\}\}", template)
        assert re.search(r"(?:Patient/|patient=)\{\{context\.patientId\}\}", template)


def test_ch_47_ch_55_searches_use_what_every_us_core_server_supports(templates: dict[str, str]) -> None:
    asked = {tuple(name for name, _ in parameters(t)) for t in templates.values() if "?" in t}
    assert {("patient",), ("patient", "code"), ("patient", "code", "_sort")} == asked


def test_ch_48_no_parameter_stands_twice(templates: dict[str, str]) -> None:
    for template in templates.values():
        names = [name for name, _ in parameters(template)] if "?" in template else []
        assert len(set(names)) == len(names)


def test_ch_49_sorting_is_written_as_r4_has_it(templates: dict[str, str]) -> None:
    sorts = {value for t in templates.values() if "?" in t for name, value in parameters(t) if name.startswith("_sort")}
    assert {"-date"} == sorts


def test_ch_50_codes_come_in_one_list_of_system_and_code(templates: dict[str, str]) -> None:
    for template in templates.values():
        assert 1500 > len(template)
        codes = dict(parameters(template)).get("code", "") if "?" in template else ""
        listed = codes.split(",") if codes else []
        assert all(re.fullmatch(r"https?://[^|\s]+\|[^|,\s]+", each) for each in listed)
        assert len(set(listed)) == len(listed)


def test_ch_51_templates_are_written_unescaped(templates: dict[str, str]) -> None:
    for template in templates.values():
        assert not set(template) & set("% +\\")
        assert template.isascii()


def test_ch_54_keys_are_plain_words_and_stay_what_they_are(templates: dict[str, str]) -> None:
    assert KEYS | OVERLAY_KEYS == set(templates)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", key) for key in templates)


def test_ch_56_only_what_is_read_is_asked_for_and_all_of_it(templates: dict[str, str]) -> None:
    assert set(READ_TYPES) == {re.split(r"[/?]", template)[0] for template in templates.values()}
