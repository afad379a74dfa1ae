"""Three-valued logic after Kleene: true, false and unknown, and nothing else.

`True` and `False` are themselves; unknown is `None`. Unknown is a value: it is never turned into yes or no.
The truth tables are the rows of `tests/spec/test_logic.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["UNKNOWN", "Truth", "all_of", "any_of", "negation", "word"]

Truth = bool | None
UNKNOWN: Truth = None


def negation(value: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return None if value is None else not value


def all_of(values: Iterable[Truth]) -> Truth:
    """And: false if any is false, else unknown if any is unknown, else true."""
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """Or: true if any is true, else unknown if any is unknown, else false."""
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def word(value: Truth) -> str:
    """`true`, `false` or `unknown`, as results are written outside Python."""
    return "unknown" if value is None else "true" if value else "false"
