"""The HTTP side of CDS Hooks: discovery, service calls, refusals in the protocol's own form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from cds_hooks.calls import HookRefused
from cds_hooks.services.patient_view import PatientView
from fhir_mappings.outcomes import operation_outcome

__all__ = ["cds_hooks_blueprint"]

Record = Callable[[str, Mapping[str, Any]], None]
"""Notes an event by its name, with counts and durations; never a value from a record (SS-67)."""

_ISSUES = {404: "not-found", 405: "not-supported", 413: "too-long", 415: "not-supported"}


def cds_hooks_blueprint(services: Sequence[PatientView], now: Callable[[], datetime], record: Record) -> Blueprint:
    """`/cds-services` and everything below it. `now` is the clock, `record` takes events."""
    blueprint = Blueprint("cds_hooks", __name__, url_prefix="/cds-services")
    by_id = {service.id: service for service in services}
    discovery = _encoded({"services": [service.description for service in services]})

    @blueprint.get("")
    def discover() -> Response:
        return Response(discovery, content_type="application/json")

    @blueprint.post("/<service_id>")
    def call(service_id: str) -> Response:
        service = by_id.get(service_id)
        if service is None:
            raise HookRefused(404, "not-found", "There is no service with this id. See /cds-services.")
        _check_headers()
        began = perf_counter()
        answer, assessment = service.answer(request.get_data(cache=False), now())
        withheld = assessment is not None and assessment.withheld is not None
        record(
            "hook-answered",
            {"service": service_id, "cards": len(answer["cards"]), "withheld": withheld,
             "milliseconds": round((perf_counter() - began) * 1000, 1)},
        )  # fmt: skip
        return Response(_encoded(answer), content_type="application/json")

    @blueprint.errorhandler(HookRefused)
    def refuse(refused: HookRefused) -> Response:
        record("hook-refused", {"status": refused.status, "issue": refused.code})
        return _refusal(refused.status, refused.code, refused.diagnostics)

    @blueprint.errorhandler(HTTPException)
    def refuse_http(problem: HTTPException) -> Response:
        return http_refusal(problem)

    return blueprint


def http_refusal(problem: HTTPException) -> Response:
    """An HTTP error of the framework as an OperationOutcome, without anything of the request in it (SS-65)."""
    status = problem.code or 500
    sentences = {
        404: "There is nothing at this path.",
        405: "This path does not answer this method.",
        413: "The request body is larger than 8 MiB.",
        415: "Send JSON as application/json, without Content-Encoding.",
    }
    response = _refusal(
        status, _ISSUES.get(status, "processing"), sentences.get(status, "The request cannot be answered.")
    )
    allowed = getattr(problem, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _encoded(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _check_headers() -> None:
    """JSON, not compressed, not larger than allowed (CH-06, SS-47)."""
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise HookRefused(415, "not-supported", "Send JSON as application/json, without Content-Encoding.")
    limit, length = request.max_content_length, request.content_length
    if limit is not None and length is not None and length > limit:
        raise RequestEntityTooLarge


def _refusal(status: int, code: str, diagnostics: str) -> Response:
    body = _encoded(operation_outcome(code, diagnostics))
    return Response(body, status, content_type="application/json")
