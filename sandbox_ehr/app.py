"""The practice EHR as a Flask application: patient list, chart with cards, and the JSON behind them.

Opening a chart sends the `patient-view` hook, as an EHR does. No clock here: the day is passed in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, SecurityError

from sandbox_ehr import chart_view
from sandbox_ehr.card_view import card_view
from sandbox_ehr.cds_client import CdsTrouble, Exchange, ask, discover, patient_view_request
from sandbox_ehr.charts import Chart, load_charts
from sandbox_ehr.fhir_json import Resource, mapping
from sandbox_ehr.fhir_server import fhir_server
from sandbox_ehr.results_view import results

__all__ = ["create_app"]

_HOOK = "patient-view"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_MISSES = {404: "No such page, or no such patient.", 405: "This page can only be read."}


@dataclass(frozen=True, slots=True)
class Visit:
    """What opening a chart sent and received."""

    exchanges: tuple[Exchange, ...]
    trouble: str
    """Why no service could be asked, as a sentence; empty when one was."""


@dataclass(frozen=True, slots=True)
class Part:
    """One collapsible piece of JSON."""

    name: str
    note: str
    body: str
    opened: bool


def create_app(cds_base: str, patients: Path, on: date) -> Flask:
    """The practice EHR on the patients of a folder, moved to the day `on`, asking the CDS service at `cds_base`.

    Raises `sandbox_ehr.charts.ChartUnusable` when a patient file is not a chart.
    """
    base = cds_base.rstrip("/")
    charts = load_charts(patients, on)
    last: dict[str, Visit] = {}
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.register_blueprint(fhir_server(charts))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    def chart_of(patient_id: str) -> Chart:
        return charts.get(patient_id) or abort(404)

    def visit_of(chart: Chart, *, anew: bool) -> Visit:
        if anew or chart.id not in last:
            last[chart.id] = _visit(base, chart, f"{request.host_url}fhir")
        return last[chart.id]

    @app.get("/")
    def patient_list() -> str:
        return render_template("patients.html", patients=[chart_view.identity(c, on) for c in charts.values()])

    @app.get("/patients/<patient_id>")
    def chart_page(patient_id: str) -> str:
        chart = chart_of(patient_id)
        visit = visit_of(chart, anew=True)
        return render_template(
            "chart.html",
            patient=chart_view.identity(chart, on),
            visit=visit,
            cards=[(e, card_view(card)) for e in visit.exchanges for card in e.cards],
            problems=chart_view.problems(chart),
            results=results(chart),
            reports=chart_view.reports(chart),
            treatments=chart_view.treatments(chart),
        )

    @app.get("/patients/<patient_id>/request", defaults={"side": "request"})
    @app.get("/patients/<patient_id>/answer", defaults={"side": "answer"})
    def exchange_page(patient_id: str, side: str) -> str:
        chart = chart_of(patient_id)
        visit = visit_of(chart, anew=False)
        parts = _request_parts if side == "request" else _answer_parts
        return render_template(
            "exchange.html",
            patient=chart_view.identity(chart, on),
            visit=visit,
            side=side,
            exchanges=[(exchange, parts(exchange)) for exchange in visit.exchanges],
        )

    @app.errorhandler(SecurityError)
    def foreign_host(problem: SecurityError) -> Response:  # pages cannot be addressed under a name that is not ours
        return Response(
            f"{problem.code}: this practice EHR answers on this machine only.\n", 400, mimetype="text/plain"
        )

    @app.errorhandler(HTTPException)
    def missed(problem: HTTPException) -> tuple[str, int]:
        code = problem.code or HTTPStatus.INTERNAL_SERVER_ERROR
        return render_template("problem.html", sentence=_MISSES.get(code, "This page could not be shown.")), code

    @app.after_request
    def with_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return app


def _visit(cds_base: str, chart: Chart, fhir_base: str) -> Visit:
    try:
        services = [service for service in discover(cds_base) if service.hook == _HOOK]
    except CdsTrouble as trouble:
        return Visit((), str(trouble))
    if not services:
        return Visit((), "The decision support service offers nothing for the opening of a chart.")
    requests = [(service, patient_view_request(service, chart, fhir_base)) for service in services]
    return Visit(tuple(ask(cds_base, service, body) for service, body in requests), "")


def _request_parts(exchange: Exchange) -> list[Part]:
    prefetch = mapping(exchange.request.get("prefetch"))
    envelope = {key: value for key, value in exchange.request.items() if key != "prefetch"}
    parts = [Part("Hook and context", "", _pretty(envelope), opened=True)]
    parts += [Part(f"prefetch: {key}", _note(value), _pretty(value), opened=False) for key, value in prefetch.items()]
    return [*parts, Part("Whole request", "", _pretty(exchange.request), opened=False)]


def _answer_parts(exchange: Exchange) -> list[Part]:
    parts = [Part(f"Card {n}", "", _pretty(card), opened=True) for n, card in enumerate(exchange.cards, start=1)]
    try:
        body = _pretty(json.loads(exchange.body))
    except (ValueError, RecursionError):
        body = exchange.body
    return [*parts, Part("Whole answer", "" if body else "empty", body, opened=not parts)]


def _note(value: Resource | None) -> str:
    if value is None:
        return "null: nothing found"
    if value["resourceType"] == "Bundle":
        held, total = len(value.get("entry", [])), value["total"]
        return f"{held} of {total} resources, with a next link" if held < total else f"{held} resources"
    if value["resourceType"] == "OperationOutcome":
        return "OperationOutcome: the query was refused"
    return f"one {value['resourceType']}"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
