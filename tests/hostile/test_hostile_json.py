"""JSON text made to hurt: refused in one sentence, or read exactly as the standard parser reads it, and soon."""

from __future__ import annotations

import json
import math
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fhir_mappings.strict_json import UnreadableJson, read_json

LITERALS = """
    { } [ ] , : " \\ "a" "id" 1 0 e4 E+4 00 1e400 - . true null NaN \\u0000 \\ud800 ä \\\\ \\" "a":1 {"a":1} [1,2]
"""
pieces = st.sampled_from([*LITERALS.split(), " ", "\n", "1" * 20])


class _Refused(Exception):
    pass


def _reference(text: str) -> object:
    """What the standard library reads, under our rules, written without any of our code."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) != len(items):
            raise _Refused
        return dict(items)

    def number(literal: str) -> Decimal | int:
        if sum(character.isdigit() for character in literal) > 64 or math.isinf(float(literal)):
            raise _Refused
        return Decimal(literal) if set(literal) & set(".eE") else int(literal)

    def constant(literal: str) -> object:
        raise _Refused

    value = json.loads(text, object_pairs_hook=pairs, parse_float=number, parse_int=number, parse_constant=constant)
    written = json.dumps(value, default=str, ensure_ascii=False)
    written.encode()  # a lone surrogate fails here
    if "\\u0000" in json.dumps(value, default=str).replace("\\\\", ""):
        raise _Refused
    return value


def _ours(text: str) -> object:
    try:
        return read_json(text.encode())
    except UnreadableJson:
        return _Refused


def _theirs(text: str) -> object:
    try:
        return _reference(text)
    except (_Refused, ValueError, ArithmeticError):
        return _Refused


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
@example('{"a":1e400}')
@example("[1e400]")
@example('"\\\\u0000"')
@example("1],[1")
def test_fragments_are_read_as_the_standard_parser_does_or_refused(text: str) -> None:
    assert _theirs(text) == _ours(text)


numbers = st.one_of(
    st.integers(-(10**70), 10**70).map(str),
    st.tuples(
        st.integers(-99, 99), st.integers(0, 999), st.sampled_from(["e", "E", "e+", "e-"]), st.integers(0, 500)
    ).map(lambda parts: f"{parts[0]}.{parts[1]}{parts[2]}{parts[3]}"),
)
texts = st.recursive(
    st.one_of(
        numbers, st.text().map(json.dumps), st.sampled_from(["true", "false", "null", '"3e400f"', '", 1e400 ,"'])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: "[" + " , ".join(items) + "]"),
        st.dictionaries(st.text(max_size=3), inner, max_size=4).map(
            lambda items: "{" + ",".join(f"{json.dumps(key)}: {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=600, deadline=None)
@given(texts)
def test_valid_texts_are_read_as_the_standard_parser_does(text: str) -> None:
    assert _theirs(text) == _ours(text)


def _sentence(body: bytes) -> str:
    try:
        read_json(body)
    except UnreadableJson as refused:
        return str(refused)
    return "Read."


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    assert _sentence(body).endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 2_000_000,
        b'{"a":' * 400_000,
        b"[" + b"[]," * 500_000 + b"[]]",
        b'["' + b"\\\\" * 1_000_000 + b'"]',
        b'["' + b'\\"' * 1_000_000 + b'"]',
        b"[" + b"1" * 2_000_000 + b"]",
        b"[0." + b"1" * 2_000_000 + b"]",
        b"[" + b"1e4," * 500_000 + b"1e400]",
        b'["' + b",e," * 700_000 + b'"]',
        b'"' + b"\\u0000" * 300_000 + b'"',
        b"{" + b",".join(b'"%d":1' % number for number in range(150_000)) + b"}",
        b" " * 2_000_000,
        b"-" * 2_000_000,
    ],
    ids=lambda body: body[:6].decode(errors="replace"),
)
def test_two_megabytes_of_malice_end_soon(body: bytes) -> None:
    start = time.process_time()
    assert len(_sentence(body)) < 120
    assert time.process_time() - start < 5
