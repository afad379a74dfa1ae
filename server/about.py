"""The public pages about Hepatica itself: intended use, review, options, sources. No patient data."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template

from cds_hooks.cards import OVERRIDE_REASONS
from cds_hooks.services.patient_view import PatientView
from eligibility.knowledge.model import KnowledgeBase
from eligibility.wording import STATUS_WORDS, certainty_words, review_words

__all__ = ["about_blueprint"]

TOPICS = (
    ("overview", "What fits, what is in the way, what is missing"),
    ("missing", "What would settle most"),
    ("settle-first", "Results that disagree, or a state that stands against treatment"),
    ("cannot-tell", "The problem list was not read completely"),
    ("withheld", "No options are shown, and why"),
)


def about_blueprint(knowledge: KnowledgeBase, services: Sequence[PatientView]) -> Blueprint:
    """`/about/` and its parts, made from the knowledge base that answers."""
    blueprint = Blueprint("about", __name__, url_prefix="/about", template_folder="templates", static_folder="static")

    def page(template: str) -> Response:
        return Response(
            render_template(
                template, knowledge=knowledge, services=services, review=review_words(knowledge),
                statuses=STATUS_WORDS, certainty=certainty_words, reasons=OVERRIDE_REASONS, topics=TOPICS,
                families=[(f, [o for o in knowledge.options if o.family == f]) for f in knowledge.families],
            ),
            content_type="text/html; charset=utf-8",
        )  # fmt: skip

    @blueprint.get("/")
    def about() -> Response:
        return page("about.html")

    @blueprint.get("/topics")
    def topics() -> Response:
        return page("codes.html")

    @blueprint.get("/override-reasons")
    def override_reasons() -> Response:
        return page("codes.html")

    return blueprint
