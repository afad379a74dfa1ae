"""The project names no machine, no package host and nobody's workshop: it reads the same wherever it is cloned."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE_BY_TOOLS = {".git", ".hypothesis", ".venv", "build", "dist", "htmlcov"}

MACHINE_PATH = re.compile(r"(?<![\w.:/~}-])/(?:work|root|home/\w+|Users/\w+)/")
PACKAGE_HOST = re.compile(r"(?:pypi|pythonhosted|npmjs|registry\.\w+|deb\.debian)\.(?:org|com|io)", re.IGNORECASE)


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project but this one, with its path."""
    for file in sorted(ROOT.rglob("*")):
        parts = file.relative_to(ROOT).parts
        if not file.is_file() or file == Path(__file__).resolve():
            continue
        if any(part in MADE_BY_TOOLS or part.endswith(("_cache", ".egg-info", "__pycache__")) for part in parts):
            continue
        try:
            yield "/".join(parts), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert [] == lines_with(MACHINE_PATH)


def test_no_file_names_a_package_host() -> None:
    assert [] == lines_with(PACKAGE_HOST)


@pytest.mark.parametrize("text", ["see /work/x/y.md", '"/root/.pyenv"', "cd /home/ada/hepatica"])
def test_a_path_of_one_machine_is_noticed(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["https://example.org/work/1", "homework/", "Type/root/x", "{base}/work/"])
def test_an_address_or_a_relative_path_is_not_mistaken_for_one(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry.strip()]
    assert "://" not in text
    assert [] == [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def test_every_runtime_dependency_is_locked_in_the_same_version_for_users_and_developers() -> None:
    def versions(lock: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
        return dict(found)

    runtime, everything = versions("requirements.lock"), versions("requirements-dev.lock")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=!~ ]", requirement)[0].replace(".", "-").lower() for requirement in declared}
    assert names <= runtime.keys()
    assert runtime.items() <= everything.items()
