"""`hepatica knowledge check` and `sign` as a reviewer calls them: what is printed, the exit status, what is written."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from eligibility.knowledge.load import load_knowledge, read_knowledge
from server.cli import main
from tests.knowledge_copies import ABLATION, REAL, edit, small_copy

COUNT = len(load_knowledge().options)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A copy of the whole knowledge base, as a reviewer has it."""
    copy = tmp_path / "knowledge"
    shutil.copytree(REAL, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy with one family of options: quicker to check, and with loose ends towards the other families."""
    return small_copy(tmp_path)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_the_knowledge_that_comes_with_the_program_has_nothing_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["knowledge", "check"])
    said = capsys.readouterr()
    assert "" == said.err
    assert 1 == len(said.out.splitlines())
    assert f"{COUNT} options, 0 reviewed" in said.out
    assert "nothing to mend" in said.out


def test_findings_are_printed_one_a_line_and_the_status_is_two(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(whole, ABLATION, "when: liver.ablatable == true", "when: liver.ablateable == true")
    edit(whole, ABLATION, "sources: [S07, S08, S33]", "sources: [S999]")
    assert 2 == main(["knowledge", "check", str(whole)])
    said = capsys.readouterr()
    *findings, last = said.out.splitlines()
    assert "" == said.err
    assert all(line.startswith(f"{ABLATION}:") for line in findings)
    assert "Did you mean liver.ablatable" in findings[0]
    assert "'S999'" in findings[1]
    assert last.endswith("2 findings.")


def test_a_base_that_cannot_be_read_says_what_to_mend_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sources.yaml").unlink()
    assert 2 == main(["knowledge", "check", str(folder)])
    assert [
        "sources.yaml: the file is missing. Put it back.",
        "1 finding; mend these first, then check again for the rest.",
    ] == capsys.readouterr().out.splitlines()


def test_a_folder_without_knowledge_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(["knowledge", "check", str(tmp_path)])
    said = capsys.readouterr()
    assert "" == said.out
    assert said.err.startswith("hepatica: There is no knowledge base in ")


def test_an_option_is_signed_and_then_reviewed(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_of(whole)
    call = ["knowledge", "sign", "thermal-ablation", "sbrt-liver", "--reviewer", "Dr. Practice", "--date", "2026-11-01"]
    assert 0 == main([*call, "--folder", str(whole)])
    knowledge = read_knowledge(whole)
    signed = [o for o in knowledge.options if o.status == "reviewed"]
    assert {"thermal-ablation", "sbrt-liver"} == {o.id for o in signed}
    assert {("Dr. Practice", date(2026, 11, 1))} == {(o.review.reviewer, o.review.date) for o in signed if o.review}
    changed = [name for name, content in files_of(whole).items() if before.get(name) != content]
    assert [f"options/ablation-and-radiation/{name}.yaml" for name in ("sbrt-liver", "thermal-ablation")] == changed
    assert before.keys() == files_of(whole).keys()
    said = capsys.readouterr().out
    assert all(f"{o.id}: reviewed by Dr. Practice on 2026-11-01, fingerprint {o.fingerprint}" in said for o in signed)
    assert 0 == main(["knowledge", "check", str(whole)])
    assert f"{COUNT} options, 2 reviewed" in capsys.readouterr().out


def test_a_changed_option_is_named_by_the_check_and_can_be_signed_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["knowledge", "sign", "thermal-ablation", "--reviewer", "Dr. Practice", "--folder", str(folder)]
    said = "thermal-ablation changed since its review on "
    assert 0 == main(call)
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    assert 2 == main(["knowledge", "check", str(folder)])
    assert said in capsys.readouterr().out
    assert 0 == main(call)
    main(["knowledge", "check", str(folder)])
    assert said not in capsys.readouterr().out


@pytest.mark.parametrize(
    "options, more, said",
    [
        (["thermal-ablation", "leeches"], [], "There is no option leeches."),
        (["thermal-ablation"], ["--date", "2026-02-30"], "is not a date such as 2026-11-19"),
        (["thermal-ablation"], ["--date", "9999-12-31"], "is in the future"),
        (["thermal-ablation"], ["--reviewer", " "], "the name of the reviewer is one line of text"),
        (["thermal-ablation"], ["--reviewer", "A\u0007B"], "the name of the reviewer is one line of text"),
    ],
)
def test_what_cannot_be_signed_leaves_everything_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], more: list[str], said: str
) -> None:
    before = files_of(folder)
    assert 2 == main(["knowledge", "sign", *options, "--reviewer", "Dr. Practice", "--folder", str(folder), *more])
    assert said in capsys.readouterr().err
    assert before == files_of(folder)


def test_an_option_with_something_to_mend_is_not_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, ABLATION, "because: liver.lesion_count > 5", "because: liver.near_vessel == true")
    before = files_of(folder)
    call = ["knowledge", "sign", "sbrt-liver", "thermal-ablation", "--reviewer", "A", "--folder", str(folder)]
    assert 2 == main(call)
    assert f"Nothing was signed: thermal-ablation has something to mend. {ABLATION}:" in capsys.readouterr().err
    assert before == files_of(folder)


def test_a_retired_option_is_not_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, ABLATION, "status: draft", "status: retired\nretired_because: Replaced")
    assert 2 == main(["knowledge", "sign", "thermal-ablation", "--reviewer", "A", "--folder", str(folder)])
    assert "The option thermal-ablation is retired." in capsys.readouterr().err


def test_a_file_keeps_its_permissions(folder: Path) -> None:
    (folder / ABLATION).chmod(0o640)
    assert 0 == main(["knowledge", "sign", "thermal-ablation", "--reviewer", "A", "--folder", str(folder)])
    assert 0o640 == (folder / ABLATION).stat().st_mode & 0o777


@pytest.mark.parametrize("command", ["check", "sign"])
def test_help_names_the_exit_status(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["knowledge", command, "--help"])
    assert "exit status:" in capsys.readouterr().out


def test_knowledge_alone_asks_for_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["knowledge"])
    assert "See hepatica knowledge --help." in capsys.readouterr().err
