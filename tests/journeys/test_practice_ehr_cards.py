"""Cards as the practice EHR draws them, and that hostile content stays text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox_ehr.app import create_app
from tests.journeys.html_page import Page
from tests.journeys.practice_cards import card
from tests.journeys.practice_charts import bundle, condition, ivo, lab, patient, write
from tests.journeys.stub_cds import StubCds, running

ON = date(2026, 11, 20)
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def stub() -> Iterator[StubCds]:
    with running() as answering:
        yield answering


@pytest.fixture
def ehr(stub: StubCds, tmp_path: Path) -> FlaskClient:
    return create_app(stub.base, write(tmp_path, ivo()), ON).test_client()


def drawn(ehr: FlaskClient, stub: StubCds, **more: Any) -> Page:
    """The chart with one card."""
    stub.answer = {"cards": [card(**more)]}
    return Page(ehr.get("/patients/test-ivo").text)


def test_a_card_is_drawn_with_icon_word_heading_and_source(ehr: FlaskClient, stub: StubCds) -> None:
    words, shapes = {}, {}
    for indicator in ("info", "warning", "critical", "hard-stop"):
        page = drawn(ehr, stub, indicator=indicator)
        words[indicator] = page.texts("span", class_="word")[0]
        shapes[indicator] = tuple(e.attributes.get("d", "disc") for e in page.elements if "svg" in e.inside)
        assert "true" == page.all("svg")[0].attributes["aria-hidden"]
    assert {
        "info": "Information",
        "warning": "Warning",
        "critical": "Critical",
        "hard-stop": "Importance not stated",
    } == words
    assert 4 == len(set(shapes.values()))


def test_the_source_is_a_link_when_it_has_an_address(ehr: FlaskClient, stub: StubCds) -> None:
    linked = drawn(ehr, stub).all("a", href="https://rules.example.org/about/rules")
    assert ["Hepatica, liver metastasis options"] == [e.text for e in linked]
    unlinked = drawn(ehr, stub, source={"label": "Hepatica", "url": "javascript:alert(1)"})
    assert [] == [e for e in unlinked.all("a") if "javascript" in e.attributes["href"]]


def test_the_detail_is_drawn_from_markdown(ehr: FlaskClient, stub: StubCds) -> None:
    page = drawn(
        ehr,
        stub,
        detail="# Why\n\n**Fits:** FOLFOX ~~FOLFIRI~~\n\n1. RAS\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n"
        "`KRAS c.35G>A` see [the rule](https://rules.example.org/r)",
    )
    assert ["Why"] == page.texts("h4")
    assert "Fits:" in page.texts("strong")
    assert ["FOLFIRI"] == page.texts("s")
    assert ["KRAS c.35G>A"] == page.texts("code")
    link = page.all("a", href="https://rules.example.org/r")[0].attributes
    assert ("noopener noreferrer", "_blank") == (link["rel"], link["target"])
    assert [] == page.faults


@pytest.mark.parametrize(
    "detail",
    [
        HOSTILE,
        f"<div>\n{HOSTILE}\n</div>",
        "[x](javascript:alert(1))",
        "[x](http://example.org/)",
        "[x](data:text/html,hi)",
        "<javascript:alert(1)>",
        "![x](https://example.org/x.png)",
        "www.example.org http://example.org",
        f"`{HOSTILE}`",
        f"| {HOSTILE} |\n| - |\n| [x](vbscript:x) |",
    ],
)
def test_a_hostile_detail_stays_text(ehr: FlaskClient, stub: StubCds, detail: str) -> None:
    page = drawn(ehr, stub, detail=detail)
    outward = [e.attributes["href"] for e in page.all("a") if "://" in e.attributes["href"]]
    assert [] == page.all("img") + page.all("script")
    assert {"https://rules.example.org/about/rules", "https://example.org/x.png"} >= set(outward)
    assert [] == page.faults


def test_hostile_text_anywhere_stays_text(stub: StubCds, tmp_path: Path) -> None:
    link = {"label": HOSTILE, "url": "https://rules.example.org/", "type": "absolute"}
    stub.answer = {
        "cards": [
            card(
                summary=HOSTILE,
                source={"label": HOSTILE},
                links=[link],
                suggestions=[{"label": HOSTILE}],
                overrideReasons=[{"code": "x", "display": HOSTILE}],
            )
        ]
    }
    chart = bundle(
        patient("p", HOSTILE, HOSTILE, "1962-03-04", HOSTILE, HOSTILE),
        condition(1, HOSTILE, stage=[{"summary": {"text": HOSTILE}}]),
        lab(1, "1", HOSTILE, 1, HOSTILE, "2026-11-19"),
        shows=HOSTILE,
    )
    ehr = create_app(stub.base, write(tmp_path, chart), ON).test_client()
    for path in ("/", "/patients/p", "/patients/p/request", "/patients/p/answer"):
        page = Page(ehr.get(path).text)
        assert [] == page.all("img")
        assert [] == page.faults
        assert "onerror=alert(1)" in page.text


def test_links_are_buttons_and_what_is_not_opened_says_why(ehr: FlaskClient, stub: StubCds) -> None:
    page = drawn(
        ehr,
        stub,
        links=[
            {"label": "The rule", "url": "https://rules.example.org/r", "type": "absolute"},
            {"label": "Demonstration", "url": "http://127.0.0.1:8020/about", "type": "absolute"},
            {"label": "Elsewhere", "url": "http://example.org/", "type": "absolute"},
            {"label": "Broken", "url": "https://[", "type": "absolute"},
            {"label": "App", "url": "https://rules.example.org/launch", "type": "smart"},
        ],
    )
    assert ["The rule", "Demonstration"] == page.texts("a", class_="button")
    assert [
        "Elsewhere not opened: its address is not an https address",
        "Broken not opened: its address is not an https address",
        "App SMART app, not launched here",
    ] == page.texts("span", class_="closed")


def test_suggestions_and_reasons_are_practice_only(ehr: FlaskClient, stub: StubCds) -> None:
    suggestions = [{"label": "Draft: CT volumetry", "isRecommended": True}, {"label": "Draft: INR"}]
    reasons = [{"code": "patient-refuses", "display": "Patient preference"}, {"code": "bare"}]
    page = drawn(ehr, stub, suggestions=suggestions, selectionBehavior="at-most-one", overrideReasons=reasons)
    buttons = page.all("button")
    assert ["Draft: CT volumetry put first by the service", "Draft: INR", "Patient preference", "bare"] == page.texts(
        "button"
    )
    assert all("disabled" in button.attributes and "button" == button.attributes["type"] for button in buttons)
    assert "Choose one at most practice only, nothing is ordered" in page.texts("p")
    assert ["Dismiss"] == page.texts("summary")
    assert "Practice only, no reason is sent" in page.texts("p")


def test_a_card_that_breaks_the_standard_is_shown_with_its_faults(ehr: FlaskClient, stub: StubCds) -> None:
    stub.answer = {"cards": [{"summary": "x" * 140, "source": 5, "indicator": 1, "links": "no", "detail": 3}, 4]}
    page = Page(ehr.get("/patients/test-ivo").text)
    stated, no_label = "its indicator is not info, warning or critical", "it has no source label"
    assert [
        f"This card does not follow CDS Hooks: {stated}; its summary has 140 characters or more; {no_label}.",
        f"This card does not follow CDS Hooks: {stated}; it has no summary; {no_label}.",
    ] == page.texts("p", class_="fault")
