"""`hepatica knowledge export`, as an informatician meets it: what is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import main
from tests.fact_patients import KNOWLEDGE


def export(*arguments: str) -> int:
    return main(["knowledge", "export", *arguments])


def test_fhir_is_written_as_one_file_for_each_definition_and_one_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    assert 0 == export("--format", "fhir", "--out", str(out), "--canonical", "https://site.example/fhir/")
    bundle = json.loads((out / "bundle.json").read_text(encoding="utf-8"))
    files = [f for f in out.rglob("*.json") if f.name != "bundle.json"]
    assert len(files) == len(bundle["entry"])
    for file in files:
        written = json.loads(file.read_text(encoding="utf-8"))
        assert (file.parent.name, file.stem) == (written["resourceType"], written["id"])
        assert written["url"] == f"https://site.example/fhir/{file.parent.name}/{file.stem}"
    said = capsys.readouterr().out
    assert str(len(files)) in said
    assert KNOWLEDGE.version in said


def test_cql_is_written_with_every_worked_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cql"
    out.mkdir()
    assert 0 == export("--format", "cql", "--out", str(out))
    text = (out / "Hepatica.cql").read_text(encoding="utf-8")
    assert text.startswith(f"library Hepatica version '{KNOWLEDGE.version}'\n")
    written = json.loads((out / "worked-examples.json").read_text(encoding="utf-8"))
    expected = [(o.id, e.say, str(e.expect)) for o in KNOWLEDGE.options for e in o.examples]
    found = [(e["option"], e["say"], e["statuses"].get(e["option"], "not_applicable")) for e in written["examples"]]
    assert expected == found
    assert [o.id for o in KNOWLEDGE.options] == written["options"]
    assert all(f'parameter "{name}" ' in text for e in written["examples"] for name in e["parameters"])
    assert str(len(expected)) in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments,sentence",
    [
        (["--format", "owl", "--out", "x"], "invalid choice: 'owl'"),
        (["--out", "x"], "required: --format"),
        (["--format", "cql"], "required: --out"),
        (["--format", "fhir", "--out", "{folder}/new", "--canonical", "nonsense"], "is not an address"),
        (["--format", "fhir", "--out", "{folder}/full"], "is not empty"),
        (["--format", "cql", "--out", "{folder}/full"], "is not empty"),
        (["--format", "cql", "--out", "{folder}/full/file"], "is a file"),
        (["--format", "cql", "--out", "{folder}/full/file/beneath"], "Not a directory"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "file").write_text("mine", encoding="utf-8")
    assert 2 == export(*(a.format(folder=tmp_path) for a in arguments))
    said = capsys.readouterr()
    assert "" == said.out
    assert sentence in said.err
    assert 1 == said.err.count("\n")
    assert "mine" == (full / "file").read_text(encoding="utf-8")
    assert not (tmp_path / "new").exists()
