"""Judges an answer of a CDS service by the clauses CH-78 to CH-119; written from the clauses, not from the product.

`problems_of` is the whole interface. Each problem starts with the number of the clause it breaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tests.conformance.card_action_rules import suggestion_problems, system_action_problems
from tests.conformance.card_detail_rules import detail_problems
from tests.conformance.card_link_rules import link_problems, override_problems
from tests.conformance.card_shapes import (
    Json,
    is_absolute,
    names_patient,
    objects,
    patient_words,
    said,
    speaks_of_patient,
    strangers,
)

__all__ = ["MOST_CARDS", "problems_of"]

MOST_CARDS = 5
_INDICATORS = ("critical", "warning", "info")  # most important first
_NEXT_SENTENCE = re.compile(r"[.!?]\s+\S")
_SHORTENED = ("…", "...", "-", ",", ";", ":")
_IDENTIFIER_WORDS = re.compile(r"\b(MRN|DOB|date of birth|born|medical record number)\b", re.IGNORECASE)


def problems_of(
    response: Json, *, request: Mapping[str, Any] | None = None, system_actions_agreed: bool = False
) -> list[str]:
    """Every breach of CH-78 to CH-119 in an answer; empty when there is none.

    With the `request` it answers, the patient's own names and numbers are looked for too (CH-84, CH-95, CH-115,
    CH-116) and updates, deletes and subjects are compared with it (CH-105, CH-106). Without it those parts of the
    clauses are judged by form alone. `system_actions_agreed`: the client is configured for system actions (CH-111).
    """
    return list(_response_problems(response, request, agreed=system_actions_agreed))


def _response_problems(response: object, request: Mapping[str, Any] | None, *, agreed: bool) -> Iterator[str]:
    if not isinstance(response, dict):
        yield "CH-78 the answer is not an object"
        return
    if response.get("cards") is None:
        yield 'CH-79 an answer with nothing to say is {"cards": []}'
    elif not isinstance(response["cards"], list) or len(objects(response["cards"])) != len(response["cards"]):
        yield "CH-78 cards is not a list of cards"
    if names := strangers("response", response):
        yield f"CH-96 the answer has fields of its own: {', '.join(names)}"
    yield from system_action_problems(response, request, agreed=agreed)
    cards = objects(response.get("cards"))
    words = patient_words(request)
    for number, card in enumerate(cards, start=1):
        for problem in _card_problems(card, words, request):
            clause, _, rest = problem.partition(" ")
            yield f"{clause} card {number}: {rest}"
    yield from _together_problems(cards)


def _card_problems(card: Json, words: frozenset[str], request: Mapping[str, Any] | None) -> Iterator[str]:
    yield from _summary_problems(card.get("summary"))
    yield from _indicator_problems(card)
    yield from _source_problems(card.get("source"), words)
    if not _is_uuid(card.get("uuid")):
        yield "CH-86 no uuid, or not one"
    if "detail" in card:
        yield from detail_problems(card)
    yield from _identifier_problems(card, words)
    if names := strangers("card", card):
        yield f"CH-96 fields of its own: {', '.join(names)}"
    if "extension" in card and not isinstance(card["extension"], dict):
        yield "CH-96 extension is not an object"
    yield from suggestion_problems(card, request)
    yield from link_problems(card, words)
    yield from override_problems(card)


def _summary_problems(summary: object) -> Iterator[str]:
    if not isinstance(summary, str) or not summary.strip():
        yield "CH-80 no summary"
        return
    if len(summary) >= 140:
        yield f"CH-80 the summary has {len(summary)} characters"
    if "\n" in summary or "\r" in summary or _NEXT_SENTENCE.search(summary):
        yield "CH-80 the summary is more than one sentence"
    if summary.rstrip().endswith(_SHORTENED):
        yield "CH-80 the summary is cut short"


def _indicator_problems(card: Json) -> Iterator[str]:
    indicator = card.get("indicator")
    if indicator not in _INDICATORS:
        yield f"CH-81 the indicator is {indicator!r}"
    summary, detail = str(card.get("summary", "")).lower(), str(card.get("detail", "")).lower()
    if indicator == "info" and "conflicts with the record" in summary:
        yield "CH-92 a conflict between an order and the record is a warning"
    if indicator == "critical" and "immediate harm" not in summary + detail:
        yield "CH-92 critical, but it names no immediate harm"


def _source_problems(source: object, words: frozenset[str]) -> Iterator[str]:
    if not isinstance(source, dict) or not said(source.get("label")):
        yield "CH-82 no source with a label"
        if not isinstance(source, dict):
            yield "CH-87 no topic"
            return
    for field in ("url", "icon"):
        if field in source and not is_absolute(source[field]):
            yield f"CH-82 source.{field} is not an absolute address"
    if is_absolute(source.get("icon")) and not urlsplit(source["icon"]).path.lower().endswith(".png"):
        yield "CH-83 the icon is not a PNG"
    if is_absolute(source.get("url")):
        parts = urlsplit(source["url"])
        if parts.query or speaks_of_patient(source["url"], words):
            yield "CH-84 source.url depends on the patient or the context"
    topic = source.get("topic")
    if topic is None:
        yield "CH-87 no topic"
    elif not isinstance(topic, dict) or not said(topic.get("code")) or not said(topic.get("system")):
        yield "CH-85 the topic lacks code or system"
    if names := strangers("source", source) + (strangers("coding", topic) if isinstance(topic, dict) else []):
        yield f"CH-96 the source has fields of its own: {', '.join(names)}"


def _identifier_problems(card: Json, words: frozenset[str]) -> Iterator[str]:
    source = card.get("source")
    topic = source.get("topic") if isinstance(source, dict) else None
    shown = {"summary": card.get("summary"), "uuid": card.get("uuid")}
    links = objects(card.get("links"))
    shown |= {f"label of link {number}": link.get("label") for number, link in enumerate(links, start=1)}
    shown |= {f"topic {key}": topic.get(key) for key in ("code", "display")} if isinstance(topic, dict) else {}
    for where, text in shown.items():
        identifying = where == "summary" and isinstance(text, str) and _IDENTIFIER_WORDS.search(text)
        if identifying or names_patient(text, words):
            yield f"CH-95 the {where} identifies the patient"
    if any(link.get("type") == "smart" and speaks_of_patient(link.get("url"), words) for link in links):
        yield "CH-95 a smart link identifies the patient"  # an absolute one breaks CH-116


def _together_problems(cards: list[Json]) -> Iterator[str]:
    uuids = [card.get("uuid") for card in cards if said(card.get("uuid"))]
    if len(set(uuids)) < len(uuids):
        yield "CH-86 two cards have the same uuid"
    ranks = [_INDICATORS.index(card["indicator"]) for card in cards if card.get("indicator") in _INDICATORS]
    if ranks != sorted(ranks):
        yield "CH-93 a card stands before a more important one"
    if len(cards) > MOST_CARDS and not _says_how_many_more(cards[-1], len(cards)):
        yield f"CH-93 {len(cards)} cards, and the last does not say how many were left out and link to the app"
    contents = [_without_uuids(card) for card in cards]
    if len(set(contents)) < len(contents):
        yield "CH-94 the same card comes twice"


def _says_how_many_more(card: Json, count: int) -> bool:
    """The one card allowed beyond the cap: it names a number and has a link."""
    number = re.search(r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten)\b", str(card.get("summary")).lower())
    return count == MOST_CARDS + 1 and number is not None and bool(objects(card.get("links")))


def _without_uuids(card: Json) -> str:
    kept = {key: value for key, value in card.items() if key != "uuid"}
    kept["suggestions"] = [{k: v for k, v in s.items() if k != "uuid"} for s in objects(card.get("suggestions"))]
    return json.dumps(kept, sort_keys=True)


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return isinstance(value, str)
