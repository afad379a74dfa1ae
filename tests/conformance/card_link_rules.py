"""Clauses CH-112 to CH-119: links and override reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.conformance.card_shapes import Json, is_absolute, names_patient, objects, said, speaks_of_patient, strangers

__all__ = ["link_problems", "override_problems"]

SUGGESTED_REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
_MOST_BYTES = 1024


def link_problems(card: Json, words: frozenset[str]) -> Iterator[str]:
    if "links" not in card:
        return
    links = objects(card["links"])
    if not isinstance(card["links"], list) or not links or len(links) != len(card["links"]):
        yield "CH-112 links is not a list of links"
    for link in links:
        if (
            not said(link.get("label"))
            or not is_absolute(link.get("url"))
            or link.get("type")
            not in (
                "absolute",
                "smart",
            )
        ):
            yield "CH-112 a link without label, absolute url or type"
        if link.get("type") == "smart" and is_absolute(link.get("url")):
            if {"launch", "iss"} & set(parse_qs(urlsplit(link["url"]).query, keep_blank_values=True)):
                yield "CH-113 a smart link with launch or iss"
        if link.get("type") == "absolute" and speaks_of_patient(link.get("url"), words):
            yield "CH-116 an absolute link is about one patient"
        if "autolaunchable" in link:
            yield "CH-117 autolaunchable is sent"
        yield from _app_context_problems(link, str(card.get("uuid")), words)
        if names := strangers("link", link):
            yield f"CH-96 a link has fields of its own: {', '.join(names)}"


def _app_context_problems(link: Json, uuid: str, words: frozenset[str]) -> Iterator[str]:
    if "appContext" not in link:
        return
    context = link["appContext"]
    if link.get("type") != "smart" or not said(context):
        yield "CH-114 appContext is not a text on a smart link"
        return
    try:
        read = json.loads(context)
    except ValueError:
        read = None
    compact = read is not None and context in {
        json.dumps(read, separators=(",", ":"), ensure_ascii=escaped) for escaped in (True, False)
    }
    if not isinstance(read, dict) or not compact or len(context.encode()) >= _MOST_BYTES:
        yield "CH-115 appContext is not compact JSON under 1 KiB"
    elif uuid not in read.values():
        yield "CH-115 appContext does not name its card"
    if speaks_of_patient(context, words) or names_patient(context, words) or '"patient"' in context:
        yield "CH-115 appContext holds patient data"


def override_problems(card: Json) -> Iterator[str]:
    if "overrideReasons" not in card:
        return
    reasons = objects(card["overrideReasons"])
    if not isinstance(card["overrideReasons"], list) or not reasons or len(reasons) != len(card["overrideReasons"]):
        yield "CH-118 overrideReasons is not a list of reasons"
    if any(not said(reason.get(key)) for reason in reasons for key in ("code", "system", "display")):
        yield "CH-118 a reason without code, system or display"
    if any(strangers("coding", reason) for reason in reasons):
        yield "CH-96 a reason has fields of its own"
    if reasons and not any(reason.get("system") == SUGGESTED_REASONS for reason in reasons):
        yield "CH-119 no reason comes from the suggested code system"
    displays: dict[tuple[object, object], object] = {}
    for reason in reasons:
        if displays.setdefault((reason.get("system"), reason.get("code")), reason.get("display")) != reason.get(
            "display"
        ):
            yield f"CH-119 the reason {reason.get('code')} has two displays"
