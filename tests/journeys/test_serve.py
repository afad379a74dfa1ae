"""`hepatica serve` as an administrator meets it: rules nobody answers for are refused, or marked on every card."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bench.charts import hook_body
from tests.fact_patients import KNOWLEDGE
from tests.journeys.test_demo import free_port

ROOT = Path(__file__).parents[2]
SIGNED = f"""
[knowledge.sign_off]
by = "A. Signatory"
role = "head of the tumour board"
site = "the test site"
on = 2026-11-22
version = "{KNOWLEDGE.version}"
sha256 = "{KNOWLEDGE.sha256}"
"""
EVALUATION = "[knowledge]\nevaluation_only = true\n"


def command(folder: Path, text: str, port: int) -> list[str]:
    """The command line for settings with this text."""
    file = folder / "hepatica.toml"
    base = f'[server]\nport = {port}\npublic_base = "http://127.0.0.1:{port}"\n'
    file.write_text(base + text, "utf-8")
    return [sys.executable, "-m", "server.cli", "serve", "--config", str(file)]


def run(arguments: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(arguments, cwd=ROOT, input=given, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def serving(folder: Path, text: str) -> Iterator[tuple[str, list[str]]]:
    """A running service: its address, and what it printed."""
    port = free_port()
    arguments = command(folder, text, port)
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{port}", [process.stdout.readline() for _ in range(3)]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def overview(address: str) -> str:
    """The text of the first card for a chart."""
    with requests.Session() as ehr:
        ehr.trust_env = False
        headers = {"Content-Type": "application/json"}
        answer = ehr.post(
            f"{address}/cds-services/liver-metastasis-options", data=hook_body(60), headers=headers, timeout=20
        )
        assert 200 == answer.status_code
        return str(answer.json()["cards"][0]["detail"])


def test_signed_rules_are_served_and_every_card_says_by_whom(tmp_path: Path) -> None:
    signature = "Signed off by A. Signatory, head of the tumour board, 22 Nov 2026, for the test site."
    with serving(tmp_path, SIGNED) as (address, printed):
        assert signature in printed[1]
        card = overview(address)
        assert signature in card.replace("\\", "")
        assert "Evaluation only" not in card
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(f"{address}/about/", timeout=20).text
        assert signature in page
        assert "evaluation only" not in page.lower()


def test_unsigned_rules_are_served_for_evaluation_only_and_say_so(tmp_path: Path) -> None:
    with serving(tmp_path, EVALUATION) as (address, printed):
        assert "Evaluation only" in printed[1]
        assert "no clinician has signed these rules off. Evaluation only." in overview(address)


REFUSED = [
    ("", "Nobody has signed"),
    (SIGNED.replace('sha256 = "', 'sha256 = "0'), "sha256"),
    ("[knowledge]\noverlay = 1\nevaluation_only = true", "knowledge.overlay"),
]


@pytest.mark.parametrize("text, said", REFUSED, ids=[said for _, said in REFUSED])
def test_it_refuses_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    done = run(command(tmp_path, text, free_port()))
    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert 1 == done.stderr.count("\n")
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, EVALUATION) as (address, _):
        port = int(address.rpartition(":")[2])
        again = run(command(tmp_path, EVALUATION, port))
    assert 2 == again.returncode
    assert f"127.0.0.1:{port}" in again.stderr


def test_an_assessment_says_draft_until_a_site_has_signed() -> None:
    done = run([sys.executable, "-m", "server.cli", "evaluate", "--facts", "-", "--format", "json"], '{"facts": {}}')
    assert "draft" == json.loads(done.stdout)["assessments"][0]["knowledge"]["review"]
