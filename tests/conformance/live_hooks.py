"""The real application behind a real socket, and a client that sends whatever a test wants and hides nothing."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from waitress import create_server
from waitress.wasyncore import close_all

from server.app import Settings, create_app

__all__ = ["NOW", "ON", "OVERLAY", "SERVICE", "Answer", "Hooks", "serving"]

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
"""What the service takes for the present: the day that the synthetic patients were written for."""
ON: date = NOW.date()
OVERLAY = Path(__file__).parents[2] / "sandbox_ehr" / "overlay.yaml"
SERVICE = "liver-metastasis-options"

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The cards of a successful answer."""
        assert 200 == self.status, self.body
        cards = self.json["cards"]
        assert isinstance(cards, list)
        return cards

    @property
    def card(self) -> dict[str, Any]:
        """The only card."""
        (card,) = self.cards
        return card

    @property
    def diagnostics(self) -> str:
        """What the one issue of an OperationOutcome says."""
        (issue,) = self.json["issue"]
        assert isinstance(issue["diagnostics"], str)
        return issue["diagnostics"]

    def said(self, *parts: str) -> bool:
        """Whether all of these stand somewhere in the cards' details."""
        details = "\n".join(card["detail"] for card in self.cards)
        return all(part in details for part in parts)


@dataclass(frozen=True, slots=True)
class Hooks:
    """A client of the service at `base`."""

    base: str

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. A body that is not bytes goes out in chunks, without a length."""
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=_SECONDS)
        chunked = body is not None and not isinstance(body, bytes)
        given = dict(headers or {}) | ({"Transfer-Encoding": "chunked"} if chunked else {})
        try:
            connection.request(method, path, body, given, encode_chunked=chunked)
            answer = connection.getresponse()
            return Answer(answer.status, {n.title(): v for n, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, body: bytes | Iterable[bytes], path: str = f"/cds-services/{SERVICE}", **headers: str) -> Answer:
        """These bytes as the body of a call; `Content_Type` and other headers as keywords."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, body, {"Content-Type": "application/json"} | named)

    def call(self, request: object) -> Answer:
        """A call of the service with this JSON body; a Decimal becomes a number."""
        return self.post(json.dumps(request, ensure_ascii=False, default=float).encode())

    def services(self) -> list[dict[str, Any]]:
        """The list of the discovery answer."""
        services = self.get("/cds-services").json["services"]
        assert isinstance(services, list)
        return services


@contextmanager
def serving(overlay: Path | None = OVERLAY) -> Iterator[Hooks]:
    """The application in open demo mode on a free port of loopback, its clock standing still at NOW."""
    server = create_server(Flask("starting"), host="127.0.0.1", port=0, threads=4)
    base = f"http://127.0.0.1:{server.effective_port}"
    server.application = create_app(Settings(base, open_demo=True, overlay=overlay), now=lambda: NOW)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Hooks(base)
    finally:
        server.trigger.pull_trigger(partial(close_all, server._map))
        thread.join()
        server.task_dispatcher.shutdown()
