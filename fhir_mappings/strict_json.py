"""JSON text in, plain Python values out, refusing every text that two readers could understand differently.

The parser is jiter (duplicate keys and NaN refused, fractions as Decimal). What it does not check is decided
from the bytes: a gate that costs a fraction of the parse and never misses, then, only where the gate trips,
an exact look at the text outside strings. FHIR does not belong here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import jiter

__all__ = ["EXTENSION_LEVELS", "Limits", "ParsedJson", "UnreadableJson", "parse_json", "read_json"]

_PARSER_DEPTH: Final = 200  # levels jiter follows before it gives up
EXTENSION_LEVELS: Final = 10
"""Levels of extensions inside extensions that are followed; a resource with more is set aside."""
_PLAIN_DEPTH: Final = 2 * EXTENSION_LEVELS + 1  # one level more of extensions needs an array deeper than this


class UnreadableJson(ValueError):
    """The text is not JSON we accept. The message is one sentence without any of the text's content."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How deep a text may nest (the outermost object or array counts one) and how many digits one number may have."""

    depth: int = 64
    digits: int = 64

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= _PARSER_DEPTH:
            raise ValueError(f"depth {self.depth} is outside 1 to {_PARSER_DEPTH}")
        if self.digits < 1:
            raise ValueError(f"digits {self.digits} is below 1")


@dataclass(frozen=True, slots=True)
class ParsedJson:
    """A parsed text. `plain` says that no object in it can hold a modifierExtension or too deeply nested extensions.

    `plain` is decided from the bytes: when false it may be so out of caution, when true it is certain.
    """

    value: object
    plain: bool


def read_json(body: bytes, *, limits: Limits | None = None) -> object:
    """The value of a JSON text (SS-48).

    UTF-8 without byte order mark, no NaN or Infinity, no number beyond a double, no duplicate keys, no lone
    surrogates, no NUL, depth and digits within `limits`. Integers are int, other numbers Decimal.
    Raises UnreadableJson, never anything else, however odd the text.
    """
    return parse_json(body, limits=limits).value


def parse_json(body: bytes, *, limits: Limits | None = None) -> ParsedJson:
    """As `read_json`, and whether the objects are plain, which spares callers a walk through each of them."""
    limits = limits or Limits()
    if not _starts_like_utf8(body):
        raise UnreadableJson("The text is not UTF-8 without a byte order mark.")
    if _may_hold_long_number(body, limits.digits) and _longest_number(body) > limits.digits:
        raise UnreadableJson(f"The text holds a number of more than {limits.digits} digits.")
    value, shallow = _parse_within(body, limits.depth)
    if _may_hold_exponent(body) and any(float(t) in _INFINITIES for t in _number_tokens(body)):
        raise UnreadableJson("The text holds a number too large for double precision.")
    escaped_ascii = b"\\" in body and body.rfind(b"\\u00") >= 0
    if escaped_ascii and body.rfind(b"\\u0000") >= 0 and b"\\u0000" in body.replace(b"\\\\", b""):
        raise UnreadableJson("The text holds a NUL character.")
    return ParsedJson(value, shallow and not _may_name_modifier_extension(body, escaped_ascii))


_INFINITIES: Final = (float("inf"), float("-inf"))


def _starts_like_utf8(body: bytes) -> bool:
    return not (body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:4])


def _parse_within(body: bytes, depth: int) -> tuple[object, bool]:
    """The value, and whether it nests no deeper than a plain resource: the shallow parse is tried first."""
    if depth > _PLAIN_DEPTH:
        try:
            return _parse_to_depth(body, _PLAIN_DEPTH), True
        except _TooDeep:
            pass
    try:
        value = _parse_to_depth(body, depth)
        if _nests_deeper(body, depth):
            raise _TooDeep
        return value, depth <= _PLAIN_DEPTH
    except _TooDeep:
        raise UnreadableJson(_TOO_DEEP.format(depth)) from None


_TOO_DEEP: Final = "The text is nested deeper than {} levels."


class _TooDeep(Exception):
    pass


def _parse_to_depth(body: bytes, depth: int) -> object:
    """Parse the body inside so many brackets that the parser's own depth limit is ours: almost free.

    Only an empty object or array may still lie one level deeper.
    A body that closes a bracket of ours has to add a comma to get back in, so it shows as a second item.
    """
    brackets = _PARSER_DEPTH - depth
    wrapped = b"".join((b"[" * brackets, body, b"]" * brackets))
    try:
        value: object = jiter.from_json(
            wrapped, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="decimal", cache_mode="all"
        )
    except ValueError as problem:
        message = str(problem)
        if message.startswith("recursion limit exceeded"):
            raise _TooDeep from None
        raise UnreadableJson(_explain(message, brackets)) from None
    except (RecursionError, MemoryError):
        raise UnreadableJson("The text is too large or too deeply nested to be read.") from None
    for _ in range(brackets):
        if not isinstance(value, list) or len(value) != 1:
            if value == []:
                raise UnreadableJson("The text holds no JSON value.")
            raise UnreadableJson("The text is not one JSON value.")
        value = value[0]
    return value


_POSITION: Final = re.compile(r" at line (\d+) column (\d+)$")


def _explain(message: str, brackets: int) -> str:
    """One sentence for what the parser found; its own words may quote the text and are not repeated."""
    where = ""
    if found := _POSITION.search(message):
        line, column = int(found[1]), int(found[2])
        where = f" at line {line}, column {max(column - brackets, 1) if line == 1 else column}"
    if message.startswith("Detected duplicate key"):
        return f"The text names the same key twice in one object{where}."
    if "surrogate" in message or "hex escape" in message:
        return f"The text holds half a character (a lone surrogate or cut escape){where}."
    if "invalid unicode" in message:
        return f"The text is not UTF-8{where}."
    return f"The text is not valid JSON{where}."


# Gates. Each may say yes without need, never no without being sure.

_DIGITS_ALIKE: Final = bytes(0x30 if byte in b"0123456789.eE+-" else byte for byte in range(256))
_DIGIT_STRIDE: Final = 8


def _may_hold_long_number(body: bytes, digits: int) -> bool:
    """Every eighth byte is looked at first: a longer number fills so many of them in a row that none can be missed.

    Where that happens by chance (dates, words with many an "e") the bytes around it tell.
    """
    longer = b"0" * (digits + 1)
    run = (digits + 1) // _DIGIT_STRIDE
    if run == 0:
        return body.translate(_DIGITS_ALIKE).rfind(longer) >= 0
    sampled = body[::_DIGIT_STRIDE].translate(_DIGITS_ALIKE)
    at = sampled.find(b"0" * run)
    while at >= 0:
        around = body[max(0, at * _DIGIT_STRIDE - digits) : (at + run) * _DIGIT_STRIDE + digits]
        if around.translate(_DIGITS_ALIKE).find(longer) >= 0:
            return True
        at = sampled.find(b"0" * run, at + 1)
    return False


_SEPARATORS_ALIKE: Final = bytes.maketrans(b":E", b",e")
_ALL_BUT_FRAME: Final = bytes(set(range(256)) - set(b'",:eEaotn'))


def _may_hold_exponent(body: bytes) -> bool:
    """With digits, signs and brackets deleted a number with an exponent is a lone "e" between separators.

    Quotes are kept, so an id such as "3e400f" is not one; "a", "o", "t", "n" are kept to tell words apart.
    """
    frame = body.translate(_SEPARATORS_ALIKE, _ALL_BUT_FRAME)
    return frame.rfind(b",e,") >= 0 or frame.startswith(b"e,") or frame.endswith(b",e") or frame == b"e"


def _may_name_modifier_extension(body: bytes, escaped_ascii: bool) -> bool:
    if body.rfind(b"modifierExtension") >= 0:
        return True
    return escaped_ascii and any(body.rfind(b"\\u00" + row) >= 0 for row in (b"4", b"5", b"6", b"7"))


_NUMBER: Final = re.compile(rb"-?[0-9][0-9.eE+-]*")


def _outside_strings(body: bytes) -> bytes:
    """The text without its strings, exact for valid JSON."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b" ".join(unescaped.split(b'"')[::2])


_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def _nests_deeper(body: bytes, depth: int) -> bool:
    brackets = _outside_strings(body).translate(None, _ALL_BUT_BRACKETS)
    for _ in range(depth):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return brackets != b""


def _number_tokens(body: bytes) -> list[bytes]:
    return [token for token in _NUMBER.findall(_outside_strings(body)) if _is_number(token)]


def _is_number(token: bytes) -> bool:
    try:
        float(token)
    except ValueError:
        return False
    return True


def _longest_number(body: bytes) -> int:
    return max((len(token.translate(None, b".eE+-")) for token in _number_tokens(body)), default=0)
