"""Files, folders and standard input as documents."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from fhir_mappings.sources import Document, UnusableSource, read_source

PATIENT = {"resourceType": "Patient", "id": "1"}
OTHER = {"resourceType": "Patient", "id": "2"}


def only(source: Path | bytes) -> Document:
    (document,) = read_source(source)
    return document


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


def lines(*values: Any) -> bytes:
    return b"\n".join(value if isinstance(value, bytes) else json.dumps(value).encode() for value in values) + b"\n"


def refusal(source: Path | bytes) -> str:
    with pytest.raises(UnusableSource) as refused:
        list(read_source(source))
    return str(refused.value)


def test_file_with_one_resource_is_read(tmp_path: Path) -> None:
    assert (PATIENT,) == only(write(tmp_path / "p.json", PATIENT)).values


def test_standard_input_may_be_json_ndjson_or_a_list() -> None:
    assert (PATIENT,) == only(json.dumps(PATIENT, indent=1).encode()).values
    assert (PATIENT, OTHER) == only(lines(PATIENT, OTHER)).values
    assert (PATIENT, OTHER) == only(json.dumps([PATIENT, OTHER]).encode()).values


def test_bad_line_of_ndjson_loses_only_itself(tmp_path: Path) -> None:
    document = only(write(tmp_path / "x.ndjson", lines(PATIENT, b'{"a":1,"a":2}', b"", b"7", OTHER)))
    assert (PATIENT, OTHER) == document.values
    assert 2 == len(document.unreadable)
    assert ", line 2, was not read. The text names the same key twice" in document.unreadable[0]
    assert document.unreadable[1].endswith(", line 4, is no FHIR resource.")


def test_list_with_odd_items_says_so() -> None:
    document = only(json.dumps([PATIENT, 7, {"a": 1}]).encode())
    assert (PATIENT,) == document.values
    assert ("Standard input holds 2 items that are no FHIR resources.",) == document.unreadable


def test_folder_is_searched_in_a_fixed_order_without_hidden_files(tmp_path: Path) -> None:
    write(tmp_path / "b.json", OTHER)
    write(tmp_path / "a" / "deep" / "z.ndjson", lines(PATIENT))
    write(tmp_path / "a" / "x.JSON", PATIENT)
    write(tmp_path / ".hidden.json", PATIENT)
    write(tmp_path / ".git" / "c.json", PATIENT)
    write(tmp_path / "note.txt", b"no data")
    assert ["b.json", "a/x.JSON", "a/deep/z.ndjson"] == [document.name for document in read_source(tmp_path)]


def test_json_that_is_not_fhir_is_foreign_in_a_folder_and_refused_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "package.json", {"name": "x"})
    write(tmp_path / "p.json", PATIENT)
    write(tmp_path / "log.jsonl", lines({"a": 1}, {"a": 2}))
    assert {"package.json": True, "p.json": False, "log.jsonl": True} == {
        document.name: document.foreign for document in read_source(tmp_path)
    }
    assert f"{path} is JSON without any FHIR resource in it." == refusal(path)
    assert "Standard input is JSON without any FHIR resource in it." == refusal(b'{"facts": {}}')


@pytest.mark.parametrize(
    "body, words",
    [
        (gzip.compress(b"{}", mtime=0), "gzip-compressed; unpack it first"),
        (b"PK\x03\x04rest", "a zip archive; unpack it first"),
        (b"%PDF-1.7", "a PDF document; FHIR JSON is needed"),
        (b"<Patient xmlns='http://hl7.org/fhir'/>", "XML or HTML; FHIR JSON is needed"),
    ],
)
def test_sole_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path, body: bytes, words: str) -> None:
    path = write(tmp_path / "data", body)
    assert f"{path} is {words}." == refusal(path)


def test_sole_file_that_cannot_be_parsed_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", b'{\n "a": 1,\n')
    assert f"{path} was not read. The text is not valid JSON at line 3, column 1." == refusal(path)
    path = write(tmp_path / "y.json", '{"a": 1}'.encode("utf-16"))
    assert f"{path} was not read. The text is not UTF-8 without a byte order mark." == refusal(path)


@pytest.mark.parametrize("name", ["e.json", "e.ndjson"])
def test_sole_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, b" \n")
    assert f"{path} is empty." == refusal(path)


def test_missing_file_and_empty_folder_are_refused(tmp_path: Path) -> None:
    assert f"{tmp_path / 'none'} does not exist." == refusal(tmp_path / "none")
    assert f"{tmp_path} holds no .json, .ndjson or .jsonl file." == refusal(tmp_path)


def test_files_of_a_folder_that_may_hold_records_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.ndjson.gz", gzip.compress(b"{}"))
    write(tmp_path / "b.xml", b"<Patient xmlns='http://hl7.org/fhir'/>")
    write(tmp_path / "c.xml", b"<settings/>")
    write(tmp_path / "d.json", b"{")
    write(tmp_path / "e.ndjson", b"")
    write(tmp_path / "f.json", PATIENT)
    found = {document.name: document.unreadable for document in read_source(tmp_path)}
    assert {
        "a.ndjson.gz": ("a.ndjson.gz is compressed and was not read; unpack it first.",),
        "b.xml": ("b.xml is FHIR XML and was not read; FHIR JSON is needed.",),
        "d.json": ("d.json was not read. The text is not valid JSON at line 1, column 2.",),
        "e.ndjson": (),
        "f.json": (),
    } == found


def test_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    write(tmp_path / "p.json", PATIENT)
    found = {document.name: document.unreadable for document in read_source(tmp_path)}
    assert {"gone.json": ("gone.json could not be opened.",), "p.json": ()} == found
    assert refusal(tmp_path / "gone.json").endswith("does not exist.")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    assert "could not be opened" in refusal(tmp_path / "loop.json")
