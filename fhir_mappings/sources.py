"""Files, folders and standard input: which JSON documents a source holds, and what in it could not be read.

What the documents say does not belong here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fhir_mappings.strict_json import UnreadableJson, parse_json

__all__ = ["Document", "UnusableSource", "read_source"]

_JSON_ENDINGS: Final = (".json",)
_LINES_ENDINGS: Final = (".ndjson", ".jsonl")
_PACKED_ENDINGS: Final = (".gz", ".tgz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".parquet")
_KNOWN_STARTS: Final = (
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"BZh", "bzip2-compressed; unpack it first"),
    (b"\xfd7zXZ", "xz-compressed; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard-compressed; unpack it first"),
    (b"7z\xbc\xaf", "a 7-zip archive; unpack it first"),
    (b"PAR1", "a Parquet file; FHIR JSON is needed"),
    (b"%PDF", "a PDF document; FHIR JSON is needed"),
    (b"<", "XML or HTML; FHIR JSON is needed"),
)


class UnusableSource(ValueError):
    """The source as a whole cannot be used. The message is one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its resources and Bundles, as raw JSON objects.

    `unreadable` says, one sentence each, what in it could not be read and may have been part of a record.
    `foreign` says that the file is readable and holds no FHIR. `plain`: see `strict_json.parse_json`. `lines` says
    that the file holds one resource a line (NDJSON), as exports do.
    """

    name: str
    values: tuple[dict[str, object], ...] = ()
    unreadable: tuple[str, ...] = ()
    foreign: bool = False
    plain: bool = True
    lines: bool = False


def read_source(source: Path | bytes) -> Iterator[Document]:
    """The documents of a file, a folder (searched recursively, hidden files skipped) or a text, in a fixed order.

    In a folder `.json`, `.ndjson` and `.jsonl` are read; a compressed or XML file there is a document that could not
    be read. Raises UnusableSource when there is nothing to read at all: no such file, a sole file that is not
    FHIR JSON, or a folder without any.
    """
    if isinstance(source, bytes):
        yield _sole("Standard input", source)
    elif source.is_dir():
        yield from _read_folder(source)
    else:
        yield _sole(str(source), _read_bytes(source))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnusableSource(f"{path} does not exist.") from None
    except OSError as problem:
        raise UnusableSource(f"{path} could not be opened: {problem.strerror or 'reading failed'}.") from None


def _sole(name: str, body: bytes) -> Document:
    document = _read_document(name, body, lines=name.endswith(_LINES_ENDINGS))
    if document.foreign:
        raise UnusableSource(f"{name} is JSON without any FHIR resource in it.")
    if not document.values:
        raise UnusableSource(document.unreadable[0] if document.unreadable else f"{name} is empty.")
    return document


def _read_folder(folder: Path) -> Iterator[Document]:
    found = False
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        ending = path.name.lower()
        found = found or ending.endswith((*_JSON_ENDINGS, *_LINES_ENDINGS))
        try:
            document = _read_one_of_many(name, ending, path)
        except UnusableSource:
            document = Document(name, unreadable=(f"{name} could not be opened.",))
        if document is not None:
            yield document
    if not found:
        raise UnusableSource(f"{folder} holds no .json, .ndjson or .jsonl file.")


def _read_one_of_many(name: str, ending: str, path: Path) -> Document | None:
    if ending.endswith(_PACKED_ENDINGS):
        return Document(name, unreadable=(f"{name} is compressed and was not read; unpack it first.",))
    if ending.endswith(".xml") and b"http://hl7.org/fhir" in _read_bytes(path)[:4096]:
        return Document(name, unreadable=(f"{name} is FHIR XML and was not read; FHIR JSON is needed.",))
    if ending.endswith((*_JSON_ENDINGS, *_LINES_ENDINGS)):
        return _read_document(name, _read_bytes(path), lines=ending.endswith(_LINES_ENDINGS))
    return None


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(where, name)


def _read_document(name: str, body: bytes, *, lines: bool) -> Document:
    for start, words in _KNOWN_STARTS:
        if body.startswith(start):
            return Document(name, unreadable=(f"{name} is {words}.",))
    if not body.strip():
        return Document(name, unreadable=() if lines else (f"{name} is empty.",))  # exports hold empty NDJSON files
    if lines:
        return _read_lines(name, body)
    try:
        parsed = parse_json(body)
    except UnreadableJson as problem:
        as_lines = _read_lines(name, body)
        if as_lines.values and len(as_lines.unreadable) * 2 <= len(as_lines.values):
            return as_lines
        return Document(name, unreadable=(f"{name} was not read. {problem}",))
    values = parsed.value if isinstance(parsed.value, list) else [parsed.value]
    return _sort_out(name, values, parsed.plain)


def _sort_out(name: str, values: list[object], plain: bool) -> Document:
    resources = tuple(value for value in values if _is_resource(value))
    if not resources:
        return Document(name, foreign=True)
    odd = len(values) - len(resources)
    unreadable = (f"{name} holds {odd} item{'s' if odd > 1 else ''} that are no FHIR resources.",) if odd else ()
    return Document(name, resources, unreadable, plain=plain)  # type: ignore[arg-type]


def _read_lines(name: str, body: bytes) -> Document:
    resources: list[dict[str, object]] = []
    unreadable: list[str] = []
    plain = True
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            parsed = parse_json(line)
        except UnreadableJson as problem:
            unreadable.append(f"{name}, line {number}, was not read. {problem}")
            continue
        if isinstance(parsed.value, dict) and _is_resource(parsed.value):
            resources.append(parsed.value)
            plain = plain and parsed.plain
        else:
            unreadable.append(f"{name}, line {number}, is no FHIR resource.")
    foreign = not resources and unreadable != [] and all(words.endswith("no FHIR resource.") for words in unreadable)
    return Document(name, tuple(resources), () if foreign else tuple(unreadable), foreign, plain, lines=True)


def _is_resource(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)
