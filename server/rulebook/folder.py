"""Writes the rule book as a folder of files, and refuses to write over anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from eligibility.errors import HepaticaError
from eligibility.knowledge.model import KnowledgeBase
from server.rulebook.book import Book
from server.rulebook.rendering import STYLESHEET, Form, Renderer

__all__ = ["MARK", "FolderInUse", "write_rulebook"]

MARK: Final = ".hepatica-rulebook"
"""Lists the files of the last writing: only these are ever replaced or removed."""


class FolderInUse(HepaticaError):
    """The folder holds something that is no rule book."""


def write_rulebook(knowledge: KnowledgeBase, folder: Path) -> int:
    """Write every page below the folder; returns how many files there are.

    The same knowledge gives the same bytes. Pages of an earlier writing that the book no longer has are removed.
    Raises FolderInUse for a file, or for a folder that is not empty and holds no rule book; OSError.
    """
    earlier = _files_of_earlier(folder)
    renderer = Renderer(Book(knowledge), Form.FILES)
    files = {renderer.file_of(place): renderer.html(place) for place in renderer.places}
    files[STYLESHEET] = renderer.stylesheet
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    for name in sorted(earlier - files.keys()):
        (folder / name).unlink(missing_ok=True)
    (folder / MARK).write_bytes("".join(f"{name}\n" for name in sorted(files)).encode())
    return len(files)


def _files_of_earlier(folder: Path) -> frozenset[str]:
    """The files of the rule book that stands there; none in a new or empty folder."""
    if not folder.exists():
        return frozenset()
    if not folder.is_dir():
        raise FolderInUse(f"{folder} is a file. Name a folder.")
    if (folder / MARK).is_file():
        listed = (folder / MARK).read_text("utf-8").splitlines()
        return frozenset(name for name in listed if _inside(name))
    if any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty and holds no rule book. Name another folder, or empty it.")
    return frozenset()


def _inside(name: str) -> bool:
    """Whether a listed name can only mean a file of a rule book."""
    parts = name.split("/")
    return len(parts) <= 2 and not any(part in ("", ".", "..") for part in parts) and name.endswith((".html", ".css"))
