"""The practice EHR's read-only FHIR R4 endpoint: type-level searches, so that `next` links lead somewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, request

from sandbox_ehr.charts import Chart
from sandbox_ehr.fhir_json import Resource
from sandbox_ehr.fhir_search import SearchRefused, outcome, parameters_of, search

__all__ = ["fhir_server"]

_ABOUT = ("patient", "subject", "_id")


def fhir_server(charts: Mapping[str, Chart]) -> Blueprint:
    """`GET /fhir/{type}?…` on these charts, each answer about one patient; errors are OperationOutcomes."""
    endpoint = Blueprint("fhir", __name__, url_prefix="/fhir")

    @endpoint.get("/<kind>")
    def found(kind: str) -> Response:
        parameters = parameters_of(request.query_string.decode("ascii", errors="replace"))
        asked = next((value.removeprefix("Patient/") for name, value in parameters if name in _ABOUT), "")
        chart = charts.get(asked)
        if chart is None:
            return _fhir(outcome("A search needs a patient this server knows.", "not-found"), 404)
        try:
            return _fhir(search(chart, kind, parameters, f"{request.host_url}fhir"), 200)
        except SearchRefused as refusal:
            return _fhir(outcome(str(refusal)), 400)

    return endpoint


def _fhir(body: Resource, status: int) -> Response:
    content = json.dumps(body, indent=2, ensure_ascii=False)
    return Response(content, status, content_type="application/fhir+json; charset=utf-8")
