"""The application factory: settings in, one Flask application out. The faces do not know each other and meet here."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from cds_hooks.blueprint import cds_hooks_blueprint, http_refusal
from cds_hooks.cards import CardSettings
from cds_hooks.services.patient_view import PatientView
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.overlay import load_overlay
from server.about import about_blueprint
from server.rulebook.served import rulebook_blueprint

__all__ = ["Settings", "create_app", "settle_memory"]

MOST_BODY_BYTES = 8 * 1024 * 1024
"""Of any request body (SS section 0)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the application needs to know.

    `public_base` is the address that clients use, without a slash at the end. `open_demo` lets callers in that
    nobody has verified, for demonstrations on loopback only: every card says so. `overlay` is a file that maps a
    site's own codes to facts. `knowledge` are the rules that answer, with the site's sign-off; those of this package
    unless given.
    """

    public_base: str
    open_demo: bool = False
    overlay: Path | None = None
    knowledge: KnowledgeBase | None = None


def _local_now() -> datetime:
    return datetime.now(UTC).astimezone()


def settle_memory() -> None:
    """Take what was loaded at start out of the garbage collector's rounds; a program calls it once, before it serves.

    Parsing a chart makes so many objects that the collector would walk the whole knowledge base several times a call.
    """
    gc.collect()
    gc.freeze()


def create_app(settings: Settings, now: Callable[[], datetime] = _local_now) -> Flask:
    """The service. Raises KnowledgeError, or the overlay's error, when what it rests on is wrong.

    Raises ValueError unless `open_demo` is set: callers are not verified yet, so nothing else may be served.
    """
    if not settings.open_demo:
        raise ValueError("Callers are not verified in this version: only the open demo mode can be served.")
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    knowledge = settings.knowledge or load_knowledge()
    card_settings = CardSettings(settings.public_base.rstrip("/"), settings.open_demo)
    overlay = load_overlay(settings.overlay.read_text("utf-8"), knowledge.catalogue) if settings.overlay else None
    services = [PatientView(knowledge, card_settings, overlay)]
    app.register_blueprint(cds_hooks_blueprint(services, now, _log))
    app.register_blueprint(about_blueprint(knowledge, services))
    app.register_blueprint(rulebook_blueprint(knowledge))

    @app.get("/healthz")
    def healthy() -> Response:
        return Response('{"status":"ok"}', content_type="application/json")

    @app.get("/readyz")
    def ready() -> Response:
        return Response('{"status":"ready"}', content_type="application/json")

    @app.errorhandler(HTTPException)
    def refuse(problem: HTTPException) -> Response:
        return http_refusal(problem)

    @app.errorhandler(Exception)
    def broken(problem: Exception) -> Response:
        """Our own fault: said without anything of the request, and without a traceback (SS-65)."""
        _log("internal-error", {"kind": type(problem).__name__})
        return http_refusal(HTTPException(response=None))

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        if settings.public_base.startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return app


def _log(event: str, details: Mapping[str, Any]) -> None:
    """One JSON line: a fixed event name, counts and durations, never a value from a request (SS-67, SS-69)."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
    sys.stderr.write(json.dumps(line) + "\n")
