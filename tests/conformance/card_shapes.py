"""What the card rules share: allowed fields, and plain questions about JSON values (CDS Hooks 2.0.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

Json = dict[str, Any]

FIELDS: Mapping[str, frozenset[str]] = {
    "response": frozenset({"cards", "systemActions", "extension"}),
    "card": frozenset(
        {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons",
         "links", "extension"}
    ),
    "source": frozenset({"label", "url", "icon", "topic", "extension"}),
    "suggestion": frozenset({"label", "uuid", "isRecommended", "actions", "extension"}),
    "action": frozenset({"type", "description", "resource", "resourceId", "extension"}),
    "link": frozenset({"label", "url", "type", "appContext", "autolaunchable", "extension"}),
    "coding": frozenset({"code", "system", "display", "version", "userSelected"}),
}  # fmt: skip


def said(value: object) -> bool:
    """Whether a value is a string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def objects(value: object) -> list[Json]:
    """The objects of a list; what is neither is for the rule about the list itself."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strangers(kind: str, item: Mapping[str, Any]) -> list[str]:
    return sorted(set(item) - FIELDS[kind])


def is_absolute(url: object) -> bool:
    if not isinstance(url, str) or url != url.strip():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def patient_words(request: Mapping[str, Any] | None) -> frozenset[str]:
    """Names, identifiers, birth date and id of the patient a request is about, in lower case."""
    if request is None:
        return frozenset()
    words = {request.get("context", {}).get("patientId")}
    for resource in everything(request):
        if resource.get("resourceType") == "Patient":
            birth = str(resource.get("birthDate"))
            words |= {resource.get("id"), birth if len(birth) == 10 else None}
            words |= {identifier.get("value") for identifier in objects(resource.get("identifier"))}
            for name in objects(resource.get("name")):
                words |= {name.get("family"), name.get("text"), *name.get("given", [])}
    return frozenset(word.lower() for word in words if isinstance(word, str) and len(word) > 1)


def names_patient(text: object, words: frozenset[str]) -> bool:
    """Whether a text holds one of the patient's own words, percent-encoded or not, as a word of its own."""
    if not isinstance(text, str):
        return False
    plain = unquote(text).lower()
    return any(_stands_in(word, plain) for word in words)


def _stands_in(word: str, text: str) -> bool:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            return True
        start = text.find(word, start + 1)
    return False


def speaks_of_patient(url: object, words: frozenset[str]) -> bool:
    """Whether an address is about one patient: by its form (`Patient/…`, `patient=…`) or by that patient's words."""
    if not isinstance(url, str):
        return False
    behind_host = url.partition("://")[2].partition("/")[2] if "://" in url else url
    plain = unquote(behind_host).lower()
    by_form = any(mark in plain for mark in ("patient/", "patient=", "patientid=", "mrn="))
    return by_form or names_patient(behind_host, words)


def everything(node: object) -> Iterator[Json]:
    """Every object inside a JSON value, itself included."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from everything(value)
    elif isinstance(node, list):
        for value in node:
            yield from everything(value)
