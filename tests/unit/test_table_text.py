"""Text of the record on a terminal: only what can be seen, on one line, not too long."""

from __future__ import annotations

import pytest

from server.plain_text import MOST_CHARACTERS, plain, visible


@pytest.mark.parametrize(
    "hostile",
    [
        "KRAS \x1b[31mmutated\x1b[0m",
        "KRAS \x1b]8;;https://evil.example\x07mutated\x1b]8;;\x07",
        "KRAS \x1b]0;title\x1b\\mutated",
        "KRAS \x9b2Jmutated",
        "KRAS \x9d0;title\x9cmutated",
        "KRAS \x1bcmutated",
        "KRAS \u202emutated\u202c",
        "KRAS\x00 mu\u200btated\x7f",
        "\ufeffKRAS\r\n\tmutated\n",
        "KRAS\u2028mutated",
        "KRAS \ue000mutated",
    ],
)
def test_only_what_can_be_seen_is_left(hostile: str) -> None:
    assert "KRAS mutated" == plain(hostile)


def test_letters_of_all_scripts_and_signs_stay() -> None:
    text = "Metástasis hepática ≥ 3 cm, 27 µmol/L, 肝転移, 10⁹/L [red]not markup[/red]"
    assert text == plain(text)


def test_a_long_text_is_cut_and_says_so() -> None:
    assert "x" * (MOST_CHARACTERS - 1) + "…" == plain("x" * 100_000)


def test_a_text_of_just_the_length_is_whole() -> None:
    assert "x" * MOST_CHARACTERS == plain("x" * MOST_CHARACTERS)


def test_an_unfinished_escape_does_not_swallow_the_text() -> None:
    assert "wild type" == plain("\x1b[31mwild type\x1b[")


def test_our_own_spacing_stays() -> None:
    assert "P01   64 years" == visible("P01   64 years")
