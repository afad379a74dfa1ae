"""`hepatica demo` as a person meets it: one address to open, patients, cards, and nothing left behind."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.journeys.html_page import Page

ROOT = Path(__file__).parents[2]
PATIENTS = sorted((ROOT / "sandbox_ehr" / "patients").glob("*.json"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(address: str) -> bool:
    """Whether anybody listens at an address."""
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/?.*", address).groups()  # type: ignore[union-attr]
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, int(port))) == 0


class Demo:
    """A running demo: what it printed, its addresses, a browser."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "server.cli", "demo", "--port", str(port), "--no-browser"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline().rstrip("\n") for _ in range(3)]
        self.address, self.service = (re.findall(r"http://\S+", line)[0] for line in self.lines[:2])
        self.browser = requests.Session()
        self.browser.trust_env = False

    def page(self, path: str) -> Page:
        answer = self.browser.get(f"{self.address.rstrip('/')}{path}", timeout=20)
        assert 200 == answer.status_code
        return Page(answer.text)

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        """Exit status, the rest of what it printed, and its messages."""
        self.browser.close()
        self.process.send_signal(how)
        output, errors = self.process.communicate(timeout=20)
        return self.process.returncode, output, errors


@contextmanager
def running() -> Iterator[Demo]:
    demo = Demo(free_port())
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)


def test_the_demo_shows_every_patient_opens_charts_with_cards_and_stops_when_asked() -> None:
    with running() as demo:
        assert demo.lines[0].startswith("Hepatica demo, synthetic patients only. Open http://127.0.0.1:")
        assert "open demo mode: callers are not verified" in demo.lines[1]
        assert "Stop with Ctrl+C." == demo.lines[2]

        listed = demo.page("/")
        charts = [a.attributes["href"] for a in listed.all("a") if "/patients/" in a.attributes["href"]]
        assert len(PATIENTS) == len(set(charts)) == 30

        marit = demo.page(next(path for path in charts if path.endswith("marit-example")))
        assert "Liver metastases of colorectal cancer: 3 options to consider" in marit.text
        assert "Adenocarcinoma of sigmoid colon" in marit.text
        assert "Demo: caller not verified." in marit.text
        assert "No options are shown" in demo.page(next(p for p in charts if p.endswith("otto-memorial"))).text
        assert "options to consider" not in demo.page(next(p for p in charts if p.endswith("elin-outline"))).text

        offered = demo.browser.get(demo.service, timeout=10).json()["services"]
        assert ["liver-metastasis-options"] == [entry["id"] for entry in offered]

        status, output, errors = demo.stop(signal.SIGTERM)
    assert (0, "Stopped.\n") == (status, output)
    assert [] == [line for line in errors.splitlines() if not line.startswith('{"time"')]
    assert not answers(demo.address)
    assert not answers(demo.service)


def test_ctrl_c_stops_the_demo_and_the_practice_ehr_with_it() -> None:
    with running() as demo:
        assert answers(demo.address)
        assert answers(demo.service)
        assert (0, "Stopped.\n", "") == demo.stop(signal.SIGINT)
    assert not answers(demo.address)
    assert not answers(demo.service)


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "server.cli", "demo", "--port", str(port), "--no-browser"]
        tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (2, "", f"Port {port} of 127.0.0.1 cannot be used.\n") == (tried.returncode, tried.stdout, tried.stderr)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(port: str) -> None:
    command = [sys.executable, "-m", "server.cli", "demo", f"--port={port}", "--no-browser"]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (2, "") == (tried.returncode, tried.stdout)
    assert "is not a port from 1 to 65535" in tried.stderr
    assert "Traceback" not in tried.stderr
