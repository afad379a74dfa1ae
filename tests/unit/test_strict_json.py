"""JSON text: what is read and how, what is refused and with which words (SS-48)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.strict_json import EXTENSION_LEVELS, Limits, UnreadableJson, parse_json, read_json


def refusal(body: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableJson) as refused:
        read_json(body, limits=limits)
    return str(refused.value)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_decimals_keep_their_digits() -> None:
    assert {"value": Decimal("1.50"), "count": 3} == read_json(b'{"value": 1.50, "count": 3}')
    assert "1.50" == str(read_json(b"1.50"))


@pytest.mark.parametrize("text", ["null", "true", "false", '"x"', "0", "-0.5", "[]", "{}", " [1 , 2 ] \n"])
def test_any_json_value_is_read(text: str) -> None:
    assert isinstance(read_json(text.encode()), object)


def test_depth_of_64_is_read_and_65_is_refused() -> None:
    read_json(nested(64))
    read_json(nested(63)[:63] + b"1" + nested(63)[63:])
    assert "The text is nested deeper than 64 levels." == refusal(nested(65))
    assert "The text is nested deeper than 64 levels." == refusal(b'{"a":' * 65 + b"1" + b"}" * 65)
    assert "The text is nested deeper than 64 levels." == refusal(nested(100_000))


def test_brackets_inside_strings_are_no_depth() -> None:
    assert ["[" * 500] == read_json(b'["' + b"[" * 500 + b'"]')


@pytest.mark.parametrize("body", [b"", b" ", b"\n\n"])
def test_empty_text_is_refused(body: bytes) -> None:
    assert "The text holds no JSON value." == refusal(body)


@pytest.mark.parametrize("depth", [1, 5, 22, 23, 24, 200])
def test_depth_limit_can_be_set(depth: int) -> None:
    read_json(nested(depth), limits=Limits(depth=depth))
    assert f"The text is nested deeper than {depth} levels." == refusal(nested(depth + 1), Limits(depth=depth))


@pytest.mark.parametrize("body", [b"1],[2", b"],[", b"1,2", b"]", b"[", b"1]", b"[1", b"]" * 200 + b"[" * 200])
def test_text_cannot_break_out_of_its_frame(body: bytes) -> None:
    assert refusal(body).startswith("The text is not")


@pytest.mark.parametrize("digits", ["1" * 64, "0." + "1" * 63, "-1." + "2" * 63])
def test_64_digits_are_read(digits: str) -> None:
    assert {"v": Decimal(digits)} == read_json(f'{{"v": {digits}}}'.encode())


@pytest.mark.parametrize(
    "digits", ["1" * 65, "0." + "1" * 64, "-" + "9" * 65, "1" * 300, "1" * 5_000, "1." + "1" * 5_000, "1e-" + "0" * 70]
)
@pytest.mark.parametrize("before", range(9))
def test_65_digits_are_refused_wherever_they_stand(digits: str, before: int) -> None:
    body = f'{{"{"k" * before}": {digits}}}'.encode()
    assert "The text holds a number of more than 64 digits." == refusal(body)


def test_long_runs_of_digits_in_strings_are_read() -> None:
    text = '{"data": "' + "1" * 500 + ' \\" ' + "2.5" * 100 + '", "id": "\\\\"}'
    assert "1" * 500 + ' " ' + "2.5" * 100 == read_json(text.encode())["data"]  # type: ignore[index]


@pytest.mark.parametrize(
    "body",
    [
        b"1e400", b"-1e400", b"[1e400]", b"[1E+400]", b'{"a":1e400}', b'{"a":[1e400]}', b'{"a":[0,1e400],"b":1}',
        b'{"a": 1.5e00309 , "b": true}', b'{"a":\n1e999}', b'[[[2e308]]]', b'{"a":{"b":[{"c":-1E999}]}}',
        b'[1,1e400,1]',
    ],
)  # fmt: skip
def test_numbers_beyond_a_double_are_refused(body: bytes) -> None:
    assert "The text holds a number too large for double precision." == refusal(body)


@pytest.mark.parametrize(
    "body, value",
    [
        (b'{"a":1e3}', {"a": Decimal("1e3")}),
        (b"[1.7e308]", [Decimal("1.7e308")]),
        (b"[1e-400]", [Decimal("1e-400")]),
        (b'{"id":"3e400f","b":"1e400","c":",1e400,"}', {"id": "3e400f", "b": "1e400", "c": ",1e400,"}),
        (b'{"a\\"":",1e400,","b":"\\\\"}', {'a"': ",1e400,", "b": "\\"}),
        (b"[true,false,null]", [True, False, None]),
    ],
)
def test_what_only_looks_too_large_is_read(body: bytes, value: object) -> None:
    assert value == read_json(body)


@pytest.mark.parametrize(
    "body", [b"NaN", b"[NaN]", b'{"a":Infinity}', b'{"a":-Infinity}', b"[nan]", b"+1", b"01", b".5", b"1."]
)
def test_what_is_no_json_number_is_refused(body: bytes) -> None:
    assert refusal(body).startswith("The text is not valid JSON")


@pytest.mark.parametrize(
    "body",
    [b'{"a":1,"a":1}', b'{"x":{"a":1,"b":2,"a":3}}', b'{"a":1,"\\u0061":2}', b'[{"patientId":"1","patientId":"2"}]'],
)
def test_duplicate_keys_are_refused(body: bytes) -> None:
    assert refusal(body).startswith("The text names the same key twice in one object at line 1, column ")


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\u0041", "x\\udfff"])
def test_lone_surrogates_are_refused(text: str) -> None:
    assert refusal(f'{{"a":"{text}"}}'.encode()).startswith("The text holds half a character")


def test_surrogate_pairs_are_read() -> None:
    assert "\U0001f600" == read_json(b'"\\ud83d\\ude00"')


def test_nul_is_refused_in_every_spelling() -> None:
    assert "The text holds a NUL character." == refusal(b'{"a":"x\\u0000"}')
    assert "The text holds a NUL character." == refusal(b'{"a":"\\\\\\u0000"}')
    assert "The text holds a NUL character." == refusal(b'{"a\\u0000":1}')
    assert refusal(b'"\x00"').startswith("The text is not")


def test_escaped_backslash_before_u0000_is_read() -> None:
    assert "\\u0000" == read_json(b'"\\\\u0000"')


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert "The text is not UTF-8 without a byte order mark." == refusal('{"a": 1}'.encode(encoding))


@pytest.mark.parametrize("body", [b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', '"ä"'.encode("latin-1")])
def test_broken_utf8_is_refused(body: bytes) -> None:
    assert refusal(body).startswith("The text is not UTF-8")


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"a":1,}', b"[1,]", b"{'a':1}", b'{"a":1} x', b'"\t"', b"tru", b"1e999999999999999999999"],
)
def test_malformed_text_is_refused(body: bytes) -> None:
    assert refusal(body).startswith("The text is not valid JSON")


def test_position_of_a_fault_is_told_in_the_callers_text() -> None:
    assert "The text is not valid JSON at line 1, column 7." == refusal(b'{"a": x}')
    assert "The text is not valid JSON at line 3, column 1." == refusal(b'{\n"a":\nx}')


def test_refusals_repeat_nothing_of_the_text() -> None:
    assert "Muster" not in refusal(b'{"Muster": 1, "Muster": 2}')


@pytest.mark.parametrize("limits", [{"depth": 0}, {"depth": 201}, {"digits": 0}])
def test_limits_that_cannot_be_kept_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="is "):
        Limits(**limits)


def test_few_digits_can_be_asked_for() -> None:
    assert 1234 == read_json(b"1234", limits=Limits(digits=4))
    assert "The text holds a number of more than 4 digits." == refusal(b"12345", Limits(digits=4))


def test_ordinary_text_is_plain() -> None:
    assert parse_json(b'{"resourceType":"Observation","extension":[{"url":"x"}],"text":"caf\\u00e9"}').plain


@pytest.mark.parametrize(
    "body", [b'{"modifierExtension":[]}', b'{"modifier\\u0045xtension":[{"url":"x"}]}', b'{"note":"modifierExtension"}']
)
def test_text_that_may_name_a_modifier_extension_is_not_plain(body: bytes) -> None:
    assert not parse_json(body).plain


def test_text_that_may_nest_extensions_too_deeply_is_not_plain() -> None:
    def body(levels: int) -> bytes:
        return b'{"resourceType":"Basic"' + b',"extension":[{"url":"x"' * levels + b"}]" * levels + b"}"

    assert parse_json(body(EXTENSION_LEVELS)).plain
    assert not parse_json(body(EXTENSION_LEVELS + 1)).plain
