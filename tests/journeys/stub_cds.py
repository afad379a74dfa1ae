"""A CDS service on a real loopback socket that answers as the published contract says, or as badly as a test asks."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "problems": "Condition?patient={{context.patientId}}&category=problem-list-item",
    "labs": "Observation?patient={{context.patientId}}&category=laboratory&_sort=-date&_count=3",
    "bilirubin": "Observation?patient={{context.patientId}}&code=http://loinc.org|1975-2,http://loinc.org|42719-5",
    "allergies": "AllergyIntolerance?patient={{context.patientId}}&clinical-status=active",
    "encounter": "Encounter/{{context.encounterId}}",
    "refused": "Observation?patient={{context.patientId}}&code:below=1975-2",
    "user": "{{context.userId}}",
}


def service(**more: Any) -> dict[str, Any]:
    return {
        "id": "liver-options",
        "hook": "patient-view",
        "title": "Liver metastasis options",
        "description": "Shows what fits.",
        "prefetch": TEMPLATES,
        **more,
    }


@dataclass
class StubCds:
    """What the stub answers, and what it was sent."""

    base: str = ""
    services: Any = field(default_factory=lambda: {"services": [service()]})
    status: int = 200
    answer: Any = field(default_factory=lambda: {"cards": []})
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    request_headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def prefetch(self) -> dict[str, Any]:
        sent = self.requests[-1]["prefetch"]
        assert isinstance(sent, dict)
        return sent


@contextmanager
def running() -> Iterator[StubCds]:
    stub = StubCds()

    class Answers(BaseHTTPRequestHandler):
        def log_request(self, *_: Any) -> None:
            """Says nothing: a test's output is its own."""

        def do_GET(self) -> None:
            stub.paths.append(self.path)
            self._send(200, stub.services)

        def do_POST(self) -> None:
            stub.paths.append(self.path)
            stub.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            stub.request_headers.append(dict(self.headers))
            time.sleep(stub.wait)
            self._send(stub.status, stub.answer)

        def _send(self, status: int, body: Any) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):  # a client that did not wait is what some tests are about
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    stub.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
