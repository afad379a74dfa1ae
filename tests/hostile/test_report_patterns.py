"""Every pattern that reads report text, against strings made to make it try again and again (SS-51)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import fhir_mappings.report_text
from fhir_mappings.report_text.reading import read_report

LENGTH = 100_000
LIMIT = 0.1
HOSTILE = ("a ", "1 ", "1.1 x ", " ", "segments 4 (1 cm) and ", "no ", "KRAS, c.1_", "p.A1 <p")
TEXTS = ("liver lesion ", "Two liver metastases, 1.2 cm. ", "Liver:\n", "KRAS: p.G12D detected; NRAS wt.\n", "(", "&#1")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.iter_modules(fhir_mappings.report_text.__path__):
        loaded = importlib.import_module(f"{fhir_mappings.report_text.__name__}.{module.name}")
        yield from within(module.name, vars(loaded))


def within(name: str, things: object) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(things, re.Pattern):
        yield name, things
    elif isinstance(things, dict):
        for key, thing in things.items():
            yield from within(f"{name}.{key}", thing)
    elif isinstance(things, tuple | list):
        for index, thing in enumerate(things):
            yield from within(f"{name}[{index}]", thing)


PATTERNS = {p: name for name, p in patterns()}


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 150


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The processor time of one pass; of three when the first was slow, for the machine may have been busy."""
    taken: list[float] = []
    while not taken or (min(taken) > LIMIT and len(taken) < 3):
        start = time.process_time()
        for _ in pattern.finditer(text):
            pass
        taken.append(time.process_time() - start)
    return min(taken)


def filled(piece: str) -> str:
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH]


@pytest.mark.parametrize("piece", HOSTILE)
def test_every_pattern_ends_soon(piece: str) -> None:
    text = filled(piece)
    assert {} == {f"{n}: {p.pattern[:60]}": t for p, n in PATTERNS.items() if (t := seconds(p, text)) > LIMIT}


def test_every_pattern_ends_soon_on_its_own_words() -> None:
    slow = {}
    for pattern, name in PATTERNS.items():
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\?P<\w+>|\\.", " ", pattern.pattern)) or ["a"]
        for text in (filled(" ".join(words) + " "), filled(f"{words[0]} {words[-1]} ")):
            if (taken := seconds(pattern, text)) > LIMIT:
                slow[f"{name}: {pattern.pattern[:60]}"] = taken
    assert {} == slow


@pytest.mark.parametrize("piece", [*HOSTILE, *TEXTS, "{\\rtf1 "])
def test_every_hostile_text_is_read_in_a_few_seconds(piece: str) -> None:
    start = time.process_time()
    read_report(filled(piece), "other")
    assert time.process_time() - start < 8
