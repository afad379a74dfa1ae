"""Versions of the knowledge base to compare: the installed one, one in a folder, or one out of git's history.

Nothing is written: a revision is read out of git in memory.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import Path as ArchivePath
from zipfile import ZipFile

from eligibility.errors import HepaticaError, KnowledgeError
from eligibility.knowledge.load import load_knowledge, read_knowledge
from eligibility.knowledge.model import KnowledgeBase

__all__ = ["UnusableVersion", "Version", "base_version", "present_version"]

_MANIFEST: Final = "knowledge.yaml"
_IN_A_CHECKOUT: Final = Path("eligibility", "knowledge")


class UnusableVersion(HepaticaError):
    """A version that was asked for cannot be found or read. One sentence that says why."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the knowledge base, its name for the reader, and the folder it lies in or belongs to."""

    name: str
    knowledge: KnowledgeBase
    folder: Path


def present_version(folder: Path | None) -> Version:
    """The version to look at: the one in a folder, or the one that comes with the program.

    Raises KnowledgeError when it is wrong, UnusableVersion when there is none.
    """
    if folder is None:
        return Version("the rules in use", load_knowledge(), Path(str(files("eligibility.knowledge"))))
    found = _folder_of_rules(folder)
    if found is None:
        raise UnusableVersion(f"{folder} holds no knowledge base: there is no {_MANIFEST} in it.")
    return Version(str(folder), read_knowledge(found), found)


def base_version(base: str, present: Version) -> Version:
    """The version to compare with: a folder, or a git revision of the checkout that the present version lies in.

    Raises UnusableVersion when there is no such version, or when the present program cannot read its files.
    """
    found = _folder_of_rules(Path(base))
    try:
        if found is not None:
            return Version(base, read_knowledge(found), found)
        name, archive = _archive(base, present.folder)
        return Version(name, read_knowledge(ArchivePath(archive)), present.folder)
    except (KnowledgeError, UnicodeDecodeError) as problem:
        raise UnusableVersion(
            f"The rules of {base} do not have the shape that this program reads, so they cannot be compared. {problem}"
        ) from None


def _folder_of_rules(folder: Path) -> Path | None:
    """The folder itself, or the place of the rules in a checkout; None when neither holds any."""
    for place in (folder, folder / _IN_A_CHECKOUT):
        if (place / _MANIFEST).is_file():
            return place
    return None


def _archive(revision: str, folder: Path) -> tuple[str, ZipFile]:
    """The rules at a git revision, and what to call it."""
    git = shutil.which("git")
    if git is None:
        raise UnusableVersion(f"{revision} is no folder with rules, and git is not installed to look for a revision.")
    inside = _git(git, folder, "rev-parse", "--show-toplevel", "--show-prefix")
    if inside is None:
        raise UnusableVersion(
            f"{folder} does not lie in a git checkout, so there is no revision {revision} of it. "
            "Name a folder with --base FOLDER."
        )
    commit = _git(git, folder, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UnusableVersion(f"{revision} is neither a folder with rules nor a revision that git knows here.")
    top, prefix, *_ = [*inside.decode().splitlines(), ""]
    full, prefix = commit.decode().strip(), prefix.rstrip("/")
    content = _git(git, Path(top), "archive", "--format=zip", f"{full}:{prefix}")
    archive = None if content is None else ZipFile(BytesIO(content))
    if archive is None or _MANIFEST not in archive.namelist():
        raise UnusableVersion(f"The revision {revision} holds no rules at {prefix or 'the top of the checkout'}.")
    return (revision if full.startswith(revision) else f"{revision} ({full[:9]})"), archive


def _git(git: str, folder: Path, *arguments: str) -> bytes | None:
    """What git answers; None when it refuses. A revision reaches it only behind --end-of-options."""
    done = subprocess.run([git, "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603
    return done.stdout if done.returncode == 0 else None
