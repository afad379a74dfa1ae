"""`hepatica evaluate --replay`: a stored file comes out the same, and is refused in one sentence when it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import main

ROOT = Path(__file__).resolve().parents[2]
CHARTS = ROOT / "sandbox_ehr" / "patients"
NOBODYS = {
    "resourceType": "Observation", "id": "stray", "status": "final", "code": {"text": "Of nobody"},
    "subject": {"reference": "#nobody"},
}  # fmt: skip

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def evaluate(*arguments: str | Path) -> tuple[int, str, str]:
        status = main(["evaluate", *map(str, arguments)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return evaluate


def edited(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads(file.read_text("utf-8"))
    change(content["assessments"][0])
    file.write_text(json.dumps(content), "utf-8")
    return file


@pytest.fixture
def file(call: Call, tmp_path: Path) -> Path:
    """One stored answer."""
    path = tmp_path / "stored.json"
    path.write_text(call(CHARTS / "04-testcase-joris.json", "--as-of", "2026-11-20", "--format", "json")[1], "utf-8")
    return path


def test_the_answers_for_a_folder_are_repeated_to_the_byte(call: Call, tmp_path: Path) -> None:
    first = call(CHARTS, "--as-of", "newest", "--overlay", CHARTS.parent / "overlay.yaml", "--format", "json")
    path = tmp_path / "stored.json"
    path.write_text(first[1], "utf-8")
    assert len(json.loads(first[1])["assessments"]) == len(list(CHARTS.glob("*.json")))
    assert first == call("--replay", path, "--format", "json")


def test_facts_given_by_name_are_repeated(call: Call, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    given = {"lab.bilirubin": {"value": 24, "unit": "umol/L"}, "bm.ras": "conflicting", "liver.cirrhosis": False}
    facts.write_text(json.dumps({"vignettes": [{"id": "one", "facts": given}, {"id": "two", "facts": {}}]}), "utf-8")
    first = call("--facts", facts, "--as-of", "2026-11-20", "--format", "json")
    path = tmp_path / "stored.json"
    path.write_text(first[1], "utf-8")
    assert first == call("--replay", path, "--format", "json")


def test_what_concerned_no_patient_is_repeated(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "joris.json").write_bytes((CHARTS / "04-testcase-joris.json").read_bytes())
    (folder / "oona.json").write_bytes((CHARTS / "05-practice-oona.json").read_bytes())
    (folder / "stray.json").write_text(json.dumps(NOBODYS), "utf-8")
    first = call(folder, "--as-of", "2026-11-20", "--format", "json")
    assert json.loads(first[1])["notices"]
    path = tmp_path / "stored.json"
    path.write_text(first[1], "utf-8")
    assert first == call("--replay", path, "--format", "json")


def test_the_page_of_a_stored_answer_is_the_page_of_the_record(call: Call, file: Path) -> None:
    record = call(CHARTS / "04-testcase-joris.json", "--as-of", "2026-11-20")
    assert 0 == record[0]
    assert record == call("--replay", file)


def test_one_assessment_out_of_a_file_is_repeated(call: Call, file: Path) -> None:
    content = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(content["assessments"][0]), "utf-8")
    status, out, err = call("--replay", file, "--format", "json")
    assert (0, content["assessments"], "") == (status, json.loads(out)["assessments"], err)


def refused(called: tuple[int, str, str], expected: str) -> None:
    status, out, err = called
    assert (2, "", 1) == (status, out, err.count("\n"))
    assert expected in err


def test_other_rules_refuse_and_both_versions_are_named(call: Call, file: Path) -> None:
    own = json.loads(file.read_text("utf-8"))["assessments"][0]["knowledge"]
    edited(file, lambda a: a["knowledge"].update(version="2020.01", sha256="f" * 64))
    called = call("--replay", file, "--format", "json")
    refused(called, "was judged by rules 2020.01 (ffffffff)")
    assert f"{own['version']} ({own['sha256'][:8]})" in called[2]


@pytest.mark.parametrize(
    "change, expected",
    [
        (lambda a: a.pop("record"), "it does not hold what it was made from"),
        (lambda a: a["record"].pop("readings"), "it lacks 'readings'"),
        (lambda a: a["record"]["findings"][0].update(obtained="guessed"), "no assessment is written with"),
        (lambda a: a["record"]["findings"][0].update(value=3.5), "no assessment is written with"),
        (lambda a: a["record"]["findings"][0].update(value={"number": "many"}), "no assessment is written with"),
        (lambda a: a["record"]["findings"][0].update(effective="soon"), "no assessment is written with"),
        (lambda a: a["record"].update(findings=[7]), "no assessment is written with"),
        (lambda a: a.update(patient=7), "no assessment is written with"),
        (lambda a: a.update(notices=[{"severity": "grave"}]), "no assessment is written with"),
        (lambda a: a.pop("asOf"), "it is not an assessment"),
    ],
)
def test_a_damaged_answer_is_refused(
    call: Call, file: Path, change: Callable[[dict[str, Any]], object], expected: str
) -> None:
    refused(call("--replay", edited(file, change)), expected)


@pytest.mark.parametrize(
    "content, expected",
    [("", "is empty"), ("{", "was not read"), ("[]", "is not an assessment"), ('{"assessments": [3]}', "is not an")],
)
def test_a_file_without_answers_is_refused(call: Call, file: Path, content: str, expected: str) -> None:
    file.write_text(content, "utf-8")
    refused(call("--replay", file), expected)


def test_a_stored_answer_has_its_own_patient_date_and_codes(call: Call, file: Path) -> None:
    for more in (("--as-of", "2026-11-20"), ("--patient", "x"), ("--overlay", str(CHARTS.parent / "overlay.yaml"))):
        refused(call("--replay", file, *more), "leave out --patient, --as-of and --overlay")
    refused(call(CHARTS, "--replay", file), "Name a SOURCE, a file of --facts or one of --replay")
