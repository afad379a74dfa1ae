"""The public pages and every other route: CH-20, SS-63, SS-65, SS-82, SS-92, SS-93."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from cds_hooks.cards import OVERRIDE_REASONS
from server.app import Settings, create_app
from tests.conformance.hook_calls import call
from tests.conformance.live_hooks import NOW, SERVICE, Answer, Hooks
from tests.conformance.synthetic_calls import charts
from tests.fact_patients import KNOWLEDGE
from tests.journeys.html_page import Page

PAGES = ("/about/", "/about/topics", "/about/override-reasons")
SECURE = Settings("https://hepatica.example/", open_demo=True)


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(SECURE, now=lambda: NOW)


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path of every route, from the route table; variable parts filled in."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?filename>", "about.css", rule.rule).replace("<service_id>", SERVICE)
        path = path.replace("<path:place>", "sources/")
        assert "<" not in path, f"{rule.rule} needs an example here"
        for method in sorted(rule.methods or ()):
            yield method, path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_a_language_and_no_faults(hooks: Hooks, path: str) -> None:
    answer = hooks.get(path)
    page = Page(answer.body.decode())
    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["Content-Type"])
    assert 1 == len(page.texts("h1"))
    assert page.texts("h1")[0]
    assert "Hepatica" in page.texts("title")[0]
    assert "en" == page.all("html")[0].attributes["lang"]
    assert [] == page.faults


def test_ss_63_pages_have_no_script_no_inline_style_and_nothing_from_elsewhere(hooks: Hooks) -> None:
    for path in PAGES:
        page = Page(hooks.get(path).body.decode())
        assert [] == page.all("script") + page.all("style") + page.all("iframe") + page.all("img")
        handlers = [name for e in page.elements for name in e.attributes if name.startswith("on") or name == "style"]
        assert [] == handlers
        sheets = [e.attributes["href"] for e in page.all("link")]
        assert ["/about/static/about.css"] == sheets
        assert 200 == hooks.get(sheets[0]).status


def test_links_inside_the_pages_lead_somewhere(hooks: Hooks) -> None:
    for path in PAGES:
        page = Page(hooks.get(path).body.decode())
        named = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
        for link in page.all("a"):
            target = link.attributes["href"]
            if target.startswith("#"):
                assert target[1:] in named
            elif not target.startswith("http"):
                assert 200 == hooks.get(target).status
            else:
                assert "noreferrer" in link.attributes["rel"]


def test_ss_92_ss_93_the_page_says_for_whom_what_it_is_not_and_that_nobody_signed_it_off(hooks: Hooks) -> None:
    words = " ".join(Page(hooks.get("/about/").body.decode()).text.split())
    for sentence in (
        "For health professionals who treat adults with cancer in the liver",
        "It informs; it does not order and does not replace judgement.",
        "Review by a multidisciplinary board is advised.",
        "Not for emergencies",
        "No clinician has signed these rules off.",
        "has not been validated",
    ):
        assert sentence in words


def test_ss_91_the_page_names_every_option_and_source_and_the_version_that_answers(hooks: Hooks) -> None:
    page = Page(hooks.get("/about/").body.decode())
    assert {option.name for option in KNOWLEDGE.options} <= {" ".join(t.split()) for t in page.texts("strong")}
    assert {e.attributes["id"] for e in page.all("li") if "id" in e.attributes} == set(KNOWLEDGE.sources)
    assert KNOWLEDGE.sha256 in page.texts("code")
    assert KNOWLEDGE.version in page.texts("dd")


def test_every_topic_and_reason_of_a_card_is_explained(hooks: Hooks) -> None:
    page = Page(hooks.get("/about/topics").body.decode())
    explained = set(page.texts("code"))
    cards = hooks.call(call()).cards
    assert {card["source"]["topic"]["code"] for card in cards} <= explained
    assert {"overview", "missing", "settle-first", "cannot-tell", "withheld"} <= explained
    assert {code for _, code, _ in OVERRIDE_REASONS} <= explained


def test_pages_hold_no_patient_data_after_calls(hooks: Hooks) -> None:
    before = [hooks.get(path).body for path in PAGES]
    hooks.call(call())
    assert before == [hooks.get(path).body for path in PAGES]
    names = {name["family"] for c in charts().values() for name in c.patient["name"]}
    assert [] == [name for name in names for body in before if f">{name}<" in body.decode()]


def test_ss_63_every_route_answers_with_the_protecting_headers(app: Flask) -> None:
    client = app.test_client()
    found = sorted(set(routes(app)))
    assert {"/about/", "/cds-services", f"/cds-services/{SERVICE}", "/healthz", "/readyz"} <= {
        path for _, path in found
    }
    for method, path in [*found, ("GET", "/nothing"), ("PUT", "/about/"), ("POST", f"/cds-services/{SERVICE}")]:
        with client.open(path, method=method) as answer:
            policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
            assert answer.status_code < 500
            assert "nosniff" == answer.headers["X-Content-Type-Options"]
            assert "no-referrer" == answer.headers["Referrer-Policy"]
            assert "max-age=31536000" == answer.headers["Strict-Transport-Security"]
            assert ("'none'", "'none'", "'none'") == (
                policy["default-src"], policy["frame-ancestors"], policy["base-uri"],
            )  # fmt: skip
            assert "'self'" == policy["style-src"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            if not path.endswith(".css"):
                assert "no-store" == answer.headers["Cache-Control"]
            assert "Set-Cookie" not in answer.headers


def test_ss_63_without_https_no_browser_is_told_to_insist_on_it(hooks: Hooks) -> None:
    assert "Strict-Transport-Security" not in hooks.get("/about/").headers


@pytest.mark.parametrize(
    "path", ["/about/static/../app.py", "/about/static/%2e%2e/app.py", "/about/static/..%2fapp.py"]
)
def test_static_files_are_those_of_their_folder(hooks: Hooks, path: str) -> None:
    assert 404 == hooks.get(path).status


@pytest.mark.parametrize("path, said", [("/healthz", "ok"), ("/readyz", "ready")])
def test_ss_82_health_is_told_without_version_or_secret(hooks: Hooks, path: str, said: str) -> None:
    answer: Answer = hooks.get(path)
    assert (200, {"status": said}) == (answer.status, answer.json)


def test_ss_14_without_open_demo_mode_nothing_is_served() -> None:
    with pytest.raises(ValueError, match="only the open demo mode"):
        create_app(replace(SECURE, open_demo=False))


def test_ss_109_addresses_on_cards_come_from_the_settings_not_from_the_host_header(app: Flask) -> None:
    answer = app.test_client().post(
        f"/cds-services/{SERVICE}", json=_plain(call()), headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
    )
    assert 200 == answer.status_code
    assert "evil.test" not in answer.text
    assert "https://hepatica.example/about/" in answer.text
    assert "https://hepatica.example//" not in answer.text


def _plain(request: object) -> object:
    """The request with every Decimal as a number, as JSON has it."""
    if isinstance(request, dict):
        return {key: _plain(value) for key, value in request.items()}
    if isinstance(request, list):
        return [_plain(value) for value in request]
    return request if isinstance(request, str | int | bool | None) else float(str(request))
