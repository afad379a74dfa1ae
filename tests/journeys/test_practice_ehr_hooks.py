"""Opening a chart calls the CDS service over HTTP as CDS Hooks 2.0.1 says, and survives every answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from sandbox_ehr.app import create_app
from sandbox_ehr.cds_client import Service, ask
from tests.journeys.html_page import Page
from tests.journeys.practice_cards import conflict, missing, overview
from tests.journeys.practice_charts import ivo, marit, write
from tests.journeys.stub_cds import StubCds, running, service

ON = date(2026, 11, 21)
NO_ADVICE = "No advice is shown; that does not mean there is none."
NOTHING = "No cards: nothing to say for this patient."


@pytest.fixture
def stub() -> Iterator[StubCds]:
    with running() as answering:
        yield answering


@pytest.fixture
def ehr(stub: StubCds, tmp_path: Path) -> FlaskClient:
    return create_app(stub.base, write(tmp_path, marit(), ivo()), ON).test_client()


def opened(ehr: FlaskClient, patient: str = "test-marit", side: str = "") -> Page:
    answer = ehr.get(f"/patients/{patient}{side}")
    assert 200 == answer.status_code
    return Page(answer.text)


def test_opening_a_chart_sends_one_patient_view_request(ehr: FlaskClient, stub: StubCds) -> None:
    opened(ehr)
    sent = stub.requests[0]
    assert ["/cds-services", "/cds-services/liver-options"] == stub.paths
    assert {"hook", "hookInstance", "context", "prefetch"} == set(sent)
    assert "patient-view" == sent["hook"]
    assert 4 == UUID(sent["hookInstance"]).version
    assert {"userId": "Practitioner/practice-clinician", "patientId": "test-marit"} == sent["context"]
    assert "application/json; charset=utf-8" == stub.request_headers[0]["Content-Type"]


def test_each_opening_is_an_event_of_its_own(ehr: FlaskClient, stub: StubCds) -> None:
    opened(ehr)
    opened(ehr)
    assert 2 == len({request["hookInstance"] for request in stub.requests})


def test_prefetch_carries_what_the_templates_ask_for(ehr: FlaskClient, stub: StubCds) -> None:
    opened(ehr)
    sent = stub.prefetch
    assert "test-marit" == sent["patient"]["id"]
    assert sent["problems"] is None
    assert (5, 3) == (sent["labs"]["total"], len(sent["labs"]["entry"]))
    assert {"lab-1", "lab-2"} == {entry["resource"]["id"] for entry in sent["bilirubin"]["entry"]}
    assert sent["allergies"] is None
    assert "OperationOutcome" == sent["refused"]["resourceType"]
    assert "Practitioner" == sent["user"]["resourceType"]
    assert "encounter" not in sent


def test_prefetch_dates_are_moved_to_the_day_of_opening(ehr: FlaskClient, stub: StubCds) -> None:
    opened(ehr)
    newest = stub.prefetch["labs"]["entry"][0]["resource"]
    assert "2026-11-20T07:55:00+01:00" == newest["effectiveDateTime"]


def test_the_next_link_of_prefetch_can_be_followed(ehr: FlaskClient, stub: StubCds) -> None:
    opened(ehr)
    links = {link["relation"]: link["url"] for link in stub.prefetch["labs"]["link"]}
    rest = ehr.get(links["next"])
    assert "application/fhir+json; charset=utf-8" == rest.content_type
    assert ["lab-5", "lab-1"] == [entry["resource"]["id"] for entry in (rest.json or {})["entry"]]


def test_fhir_searches_are_refused_in_fhir(ehr: FlaskClient) -> None:
    for query, status in (("Observation?patient=test-marit&code:in=x", 400), ("Observation?patient=nobody", 404)):
        refused = ehr.get(f"/fhir/{query}")
        assert (status, "OperationOutcome") == (refused.status_code, (refused.json or {})["resourceType"])


def test_only_services_for_opening_a_chart_are_asked(ehr: FlaskClient, stub: StubCds) -> None:
    stub.services = {"services": [service(id="orders", hook="order-sign"), service(), service(id="second")]}
    opened(ehr)
    assert ["/cds-services", "/cds-services/liver-options", "/cds-services/second"] == stub.paths


def test_a_service_without_prefetch_gets_none(ehr: FlaskClient, stub: StubCds) -> None:
    stub.services = {"services": [{k: v for k, v in service().items() if k != "prefetch"}]}
    opened(ehr)
    assert "prefetch" not in stub.requests[0]


def test_every_card_is_shown_in_the_order_of_the_answer(ehr: FlaskClient, stub: StubCds) -> None:
    stub.answer = {"cards": [conflict(), overview(), missing()]}
    page = opened(ehr)
    assert [card["summary"] for card in (conflict(), overview(), missing())] == page.texts("h3")
    assert "Decision support (3)" in page.texts("a")


def test_an_empty_answer_says_that_there_is_nothing_to_say(ehr: FlaskClient) -> None:
    assert NOTHING in opened(ehr).texts("p")


def test_a_failing_service_among_two_hides_neither_card_nor_failure(ehr: FlaskClient, stub: StubCds) -> None:
    stub.services = {"services": [service(), service(id="", title="no id"), service(id="second", title="Second")]}
    stub.answer = {"cards": [overview()]}
    assert 2 == len(opened(ehr).all("article"))


@pytest.mark.parametrize(
    "status, answer, sentence",
    [
        (500, {}, "The decision support service answered with status 500 (Internal Server Error)."),
        (503, b"<h1>down</h1>", "The decision support service answered with status 503 (Service Unavailable)."),
        (
            412,
            {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "Missing: problems."}]},
            "The decision support service answered with status 412 (Precondition Failed); it said: Missing: problems.",
        ),
        (299, {"cards": []}, "The decision support service answered with status 299."),
        (200, b"not json", "with status 200 (OK); its answer could not be read as JSON."),
        (200, [], "with status 200 (OK); its answer could not be read as JSON."),
        (200, {"cards": "none"}, "with status 200 (OK); its answer has no list of cards."),
        (200, b"[" * 100_000, "with status 200 (OK); its answer could not be read as JSON."),
        (200, b" " * (5 * 1024 * 1024 + 1), "with status 200 (OK); its answer is too large."),
    ],
)
def test_a_failing_service_is_a_plain_sentence_never_an_empty_answer(
    ehr: FlaskClient, stub: StubCds, status: int, answer: Any, sentence: str
) -> None:
    stub.status, stub.answer = status, answer
    page = opened(ehr)
    assert sentence in page.text
    assert NO_ADVICE in page.text
    assert NOTHING not in page.text


def test_a_redirect_is_not_followed(ehr: FlaskClient, stub: StubCds) -> None:
    stub.status, stub.headers = 307, {"Location": f"{stub.base}/elsewhere"}
    page = opened(ehr)
    assert "status 307" in page.text
    assert "/elsewhere" not in stub.paths


@pytest.mark.parametrize(
    "services, sentence",
    [
        ({"services": []}, "The decision support service offers nothing for the opening of a chart."),
        ({"services": {}}, "its list of services could not be read."),
        (b"oops", "its answer could not be read as JSON."),
    ],
)
def test_a_discovery_that_offers_nothing_is_said(ehr: FlaskClient, stub: StubCds, services: Any, sentence: str) -> None:
    stub.services = services
    page = opened(ehr)
    assert sentence in page.text
    assert NOTHING not in page.text
    assert [] == stub.requests


def test_an_unreachable_service_is_said_and_the_chart_still_opens(tmp_path: Path) -> None:
    with running() as gone:
        base = gone.base
    page = opened(create_app(base, write(tmp_path, marit()), ON).test_client())
    assert "The decision support service could not be reached." in page.text
    assert "Latest results" in page.texts("h2")


def test_a_service_that_is_too_slow_is_said(stub: StubCds) -> None:
    stub.wait = 0.4
    slow = Service(id="liver-options", hook="patient-view", title="Slow", prefetch={})
    exchange = ask(stub.base, slow, {"hook": "patient-view"}, seconds=0.1)
    assert "The decision support service did not answer in time." == exchange.trouble
    assert (None, ()) == (exchange.status, exchange.cards)


def test_what_was_sent_and_received_can_be_read(ehr: FlaskClient, stub: StubCds) -> None:
    stub.answer = {"cards": [overview()], "extension": {"org.example": "<script>alert(1)</script>"}}
    opened(ehr)
    sent, received = opened(ehr, side="/request"), opened(ehr, side="/answer")
    assert 1 == len(stub.requests)
    assert stub.requests[0]["hookInstance"] in sent.texts("pre")[0]
    assert f"POST {stub.base}/cds-services/liver-options" in sent.text
    summaries = sent.texts("summary")
    assert "prefetch: labs 3 of 5 resources, with a next link" in summaries
    assert "prefetch: allergies null: nothing found" in summaries
    assert "prefetch: refused OperationOutcome: the query was refused" in summaries
    assert "prefetch: patient one Patient" in summaries
    assert "prefetch: bilirubin 2 resources" in summaries
    assert ["Card 1", "Whole answer"] == received.texts("summary")
    assert "<script>alert(1)</script>" in received.texts("pre")[1]
    assert [] == received.all("script")


def test_the_request_can_be_read_without_opening_the_chart_first(ehr: FlaskClient, stub: StubCds) -> None:
    assert "Hook and context" in opened(ehr, side="/request").texts("summary")
    assert 1 == len(stub.requests)


def test_a_failed_answer_can_be_read_as_it_came(ehr: FlaskClient, stub: StubCds) -> None:
    stub.status, stub.answer = 503, b"<h1>down</h1>"
    page = opened(ehr, side="/answer")
    assert "Status 503 from" in page.text
    assert ["<h1>down</h1>"] == page.texts("pre")


def test_when_nothing_could_be_sent_the_request_page_says_so(tmp_path: Path) -> None:
    with running() as gone:
        base = gone.base
    page = opened(create_app(base, write(tmp_path, marit()), ON).test_client(), side="/request")
    assert "Nothing was sent for this patient." in page.text
