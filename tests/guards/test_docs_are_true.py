"""What the pages for readers say exists, exists: commands, files and links."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    str(page.relative_to(ROOT)) for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if page.is_file()
)
KNOWN_ENDINGS = (".md", ".py", ".toml", ".yaml", ".json", ".lock", ".html", ".css", ".sh")

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
SHOWN = re.compile(r"^```console\n\$ (\.venv/bin/)?hepatica (.*)\n((?:.*\n)*?)^```", re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text_of("Makefile"), re.MULTILINE))


def commands(page: str) -> list[str]:
    """Code spans and the lines of code blocks."""
    text = text_of(page)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return CODE.findall(prose) + [line for block in blocks for line in block.splitlines()]


def paths(page: str) -> set[str]:
    """The code spans of a page that name a file or folder of the project."""
    tops = {entry.name for entry in ROOT.iterdir() if entry.is_dir()}
    spans = {span.strip() for span in CODE.findall(text_of(page))}
    shaped = {span for span in spans if re.fullmatch(r"[\w.-]+(?:/[\w.<>*-]+)*/?", span)}
    return {
        span
        for span in shaped
        if span.split("/")[0] in tops or span.endswith("/") or ("/" not in span and span.endswith(KNOWN_ENDINGS))
    }


def exists(path: str, page: str) -> bool:
    """Whether a named path is there, from the root or beside the page; `<id>` stands for any name."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    return any(True for start in (ROOT, (ROOT / page).parent) for _ in start.glob(pattern))


def test_the_pages_every_reader_needs_are_there() -> None:
    needed = {"README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "THIRD_PARTY.md"}
    assert needed <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_named_exists(page: str) -> None:
    named = {target for command in commands(page) for target in MAKE.findall(command)}
    assert set() == named - make_targets()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_named_exists(page: str) -> None:
    made_by_setup = {".venv/", ".venv/bin/hepatica", "hepatica.toml"}
    assert [] == sorted(path for path in paths(page) - made_by_setup if not exists(path, page))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = set(LINK.findall(text_of(page)))
    assert [] == sorted(link for link in links if not ((ROOT / page).parent / link).exists())


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_for_whom_it_is_or_what_it_is(page: str) -> None:
    lines = [line for line in text_of(page).splitlines() if line.strip()]
    assert lines[0].startswith("# ")
    assert len(lines) > 1


def test_a_path_that_is_not_there_is_noticed() -> None:
    assert exists("eligibility/facts.py", "README.md")
    assert not exists("eligibility/nothing_of_that_name.py", "README.md")


def test_the_architecture_page_shows_every_package() -> None:
    packages = {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - {"tests", "bench", "tools"}
    shown = paths("ARCHITECTURE.md")
    assert set() == {package for package in packages if f"{package}/" not in shown}


def sessions() -> list[tuple[str, str]]:
    """Every console block that shows a call of the program, with the output shown below it."""
    return [(found.group(2), found.group(3)) for page in PAGES for found in SHOWN.finditer(text_of(page))]


def test_the_readme_shows_an_answer() -> None:
    assert SHOWN.search(text_of("README.md"))


def hepatica(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """The program, run as its console script does, in a plain wide terminal."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def named_commands() -> list[str]:
    """The commands of the program that a page, the Makefile or the container names."""
    spoken = [line for page in PAGES for line in commands(page)] + text_of("Makefile").splitlines()
    named = {found for line in spoken for found in re.findall(r"(?:^\s*|/)hepatica ([a-z][a-z-]+)", line)}
    return sorted(named | set(re.findall(r'^CMD \["([a-z-]+)"', text_of("Dockerfile"), re.MULTILINE)))


@pytest.mark.parametrize("command", named_commands())
def test_every_command_named_is_one_of_the_program(command: str) -> None:
    assert 0 == hepatica([command, "--help"]).returncode


@pytest.mark.parametrize("arguments,shown", sessions())
def test_the_output_shown_is_what_the_program_prints(arguments: str, shown: str) -> None:
    """A line of the page that is only an ellipsis stands for any lines left out."""
    finished = hepatica(shlex.split(arguments))
    assert 0 == finished.returncode, finished.stderr
    printed = "\n".join(line.rstrip() for line in finished.stdout.splitlines())
    position = 0
    for part in re.split(r"^…\n", shown, flags=re.MULTILINE):
        expected = "\n".join(line.rstrip() for line in part.splitlines())
        found = printed.find(expected, position)
        assert found >= 0, f"not printed any more:\n{expected}\nprinted instead:\n{printed[position:]}"
        position = found + len(expected)
