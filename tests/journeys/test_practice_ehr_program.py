"""`python -m sandbox_ehr` serves on loopback, says one line, and explains what it cannot use."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.journeys.practice_charts import marit, write
from tests.journeys.stub_cds import running

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "sandbox_ehr"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def test_it_serves_until_stopped_and_says_one_line(tmp_path: Path) -> None:
    folder = str(write(tmp_path, marit()))
    with running() as stub:
        options = ["--port", "0", "--cds-base", f"{stub.base}/", "--patients", folder, "--date", "2027-11-20"]
        with subprocess.Popen(
            [*PROGRAM, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            address = program.stdout.readline().removeprefix("Practice EHR: ").strip()
            with requests.Session() as browser:
                browser.trust_env = False
                chart = browser.get(f"{address}patients/test-marit", timeout=10)
            program.send_signal(signal.SIGTERM)
            output, errors = program.communicate(timeout=10)
    assert address.startswith("http://127.0.0.1:")
    assert 200 == chart.status_code
    assert "19 Nov 2027" in chart.text
    assert "Server" not in chart.headers or "waitress" == chart.headers["Server"]
    assert ("", "", 0) == (output, errors, program.returncode)
    assert "test-marit" == stub.requests[0]["context"]["patientId"]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    answer = run("--port", "0", "--cds-base", "http://127.0.0.1:1", "--patients", str(tmp_path / "none"))
    assert (2, "", f"There is no folder of patients at {tmp_path / 'none'}.\n") == (
        answer.returncode,
        answer.stdout,
        answer.stderr,
    )


def test_an_unusable_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("{", encoding="utf-8")
    answer = run("--port", "0", "--cds-base", "http://127.0.0.1:1", "--patients", str(tmp_path))
    assert (2, "odd.json: cannot be read as JSON (JSONDecodeError).\n") == (answer.returncode, answer.stderr)


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        answer = run("--port", port, "--cds-base", "http://127.0.0.1:1", "--patients", str(write(tmp_path, marit())))
    assert (2, f"Port {port} of 127.0.0.1 cannot be used.\n") == (answer.returncode, answer.stderr)


@pytest.mark.parametrize("option", [["--port", "70000"], ["--port", "0", "--date", "tomorrow"], []])
def test_an_impossible_setting_is_refused(option: list[str]) -> None:
    answer = run(*option, "--cds-base", "http://127.0.0.1:1")
    assert 2 == answer.returncode
    assert "Traceback" not in answer.stderr
