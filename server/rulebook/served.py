"""The rule book under `/about/rulebook/`: the same pages as the files, each rendered when it is first asked for."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from eligibility.knowledge.model import KnowledgeBase
from server.rulebook.book import Book
from server.rulebook.rendering import STYLESHEET, Form, Renderer

__all__ = ["rulebook_blueprint"]


def rulebook_blueprint(knowledge: KnowledgeBase) -> Blueprint:
    """`/about/rulebook/` and its pages, such as `options/<id>`; these addresses stay. No patient data."""
    blueprint = Blueprint("rulebook", __name__, url_prefix="/about/rulebook")
    made: dict[str, str] = {}
    renderers: list[Renderer] = []

    def renderer() -> Renderer:
        if not renderers:
            renderers.append(Renderer(Book(knowledge), Form.SERVED))
        return renderers[0]

    def html(place: str) -> WerkzeugResponse:
        if place not in renderer().places:
            if f"{place}/" in renderer().places:
                return redirect(url_for("rulebook.page", place=f"{place}/"), 308)
            abort(404)
        if place not in made:
            made[place] = renderer().html(place)
        return Response(made[place], content_type="text/html; charset=utf-8")

    @blueprint.get("/")
    def first_page() -> WerkzeugResponse:
        return html("")

    @blueprint.get(f"/{STYLESHEET}")
    def stylesheet() -> Response:
        return Response(renderer().stylesheet, content_type="text/css; charset=utf-8")

    @blueprint.get("/<path:place>")
    def page(place: str) -> WerkzeugResponse:
        return html(place)

    return blueprint
