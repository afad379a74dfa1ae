"""The practice EHR's CDS Hooks 2.0.1 client: discovery, one request to each service of a hook, what came back.

Whatever the other side does ends as an `Exchange` or a `CdsTrouble` with a sentence for the screen; a service that
fails is never shown as a service with nothing to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import requests

from sandbox_ehr.charts import Chart
from sandbox_ehr.fhir_json import Resource, items, mapping, text
from sandbox_ehr.prefetch import CLINICIAN, prefetched

__all__ = ["CdsTrouble", "Exchange", "Service", "ask", "discover", "patient_view_request"]

_CONNECT_SECONDS, _ANSWER_SECONDS = 3.0, 10.0
_LARGEST_ANSWER = 5 * 1024 * 1024


class CdsTrouble(Exception):
    """The service gave no usable answer; the message is the sentence for the screen."""

    def __init__(self, sentence: str, status: int | None = None, body: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the discovery answer."""

    id: str
    hook: str
    title: str
    prefetch: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as sent and its answer as received."""

    title: str
    url: str
    request: Resource
    status: int | None
    body: str
    cards: tuple[Resource, ...]
    trouble: str
    """Why there is nothing to show, as a sentence; empty when the service answered."""


def discover(cds_base: str) -> tuple[Service, ...]:
    """The services offered at `{cds_base}/cds-services`; raises `CdsTrouble` when that cannot be learnt."""
    status, body = _sent("GET", f"{cds_base}/cds-services")
    answer = _parsed(status, body)
    offered = answer.get("services")
    if not isinstance(offered, list):
        raise CdsTrouble(_sentence(status, "its list of services could not be read"), status, body)
    return tuple(
        Service(
            id=text(entry.get("id")),
            hook=text(entry.get("hook")),
            title=text(entry.get("title")) or text(entry.get("id")),
            prefetch={k: v for k, v in mapping(entry.get("prefetch")).items() if isinstance(v, str)},
        )
        for entry in items(offered)
        if text(entry.get("id"))
    )


def patient_view_request(service: Service, chart: Chart, fhir_base: str) -> Resource:
    """The body of a `patient-view` call for this chart, prefetch filled (CH-22, CH-23); a new event each time."""
    context = {"userId": f"Practitioner/{CLINICIAN['id']}", "patientId": chart.id}
    request: Resource = {"hook": "patient-view", "hookInstance": str(uuid4()), "context": dict(context)}
    if service.prefetch:
        request["prefetch"] = prefetched(service.prefetch, context, chart, fhir_base)
    return request


def ask(cds_base: str, service: Service, request: Resource, seconds: float = _ANSWER_SECONDS) -> Exchange:
    """Sends the request and waits at most `seconds` for the answer. Never raises for what the service does."""
    url = f"{cds_base}/cds-services/{service.id}"
    status: int | None = None
    body, trouble, cards = "", "", tuple[Resource, ...]()
    try:
        status, body = _sent("POST", url, request, seconds)
        listed = _parsed(status, body).get("cards")
        if not isinstance(listed, list):
            raise CdsTrouble(_sentence(status, "its answer has no list of cards"), status, body)
        cards = tuple(mapping(card) for card in listed)
    except CdsTrouble as failure:
        status, body, trouble = failure.status, failure.body, str(failure)
    return Exchange(service.title, url, request, status, body, cards, trouble)


def _sent(method: str, url: str, body: Resource | None = None, seconds: float = _ANSWER_SECONDS) -> tuple[int, str]:
    headers = {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no stored password between an EHR and its own service
            with session.request(
                method,
                url,
                data=data,
                headers=headers,
                timeout=(_CONNECT_SECONDS, seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, _limited(response)
    except requests.Timeout as late:
        raise CdsTrouble("The decision support service did not answer in time.") from late
    except requests.RequestException as unreachable:
        raise CdsTrouble("The decision support service could not be reached.") from unreachable


def _limited(response: requests.Response) -> str:
    received = bytearray()
    for chunk in response.iter_content(64 * 1024):
        received += chunk
        if len(received) > _LARGEST_ANSWER:
            raise CdsTrouble(_sentence(response.status_code, "its answer is too large"), response.status_code)
    return received.decode("utf-8", errors="replace")


def _parsed(status: int, body: str) -> Resource:
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if status != HTTPStatus.OK:
        raise CdsTrouble(_refusal(status, mapping(answer)), status, body)
    if not isinstance(answer, dict):
        raise CdsTrouble(_sentence(status, "its answer could not be read as JSON"), status, body)
    return answer


def _refusal(status: int, answer: Resource) -> str:
    words = [text(issue.get("diagnostics")) for issue in items(answer.get("issue"))]
    said = " ".join(word for word in words if word)
    return _sentence(status, f"it said: {said[:300]}" if said else "")


def _sentence(status: int, what: str) -> str:
    try:
        named = f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        named = str(status)
    ending = f"; {what}" if what else ""
    return f"The decision support service answered with status {named}{ending}".rstrip(".") + "."
