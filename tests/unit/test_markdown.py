"""The record's text inside Markdown: a code span whatever it holds (SS-60), our own words taken literally (CH-88)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cds_hooks.markdown import LONGEST, bold, bullet, escaped, italic, quoted, remark
from tests.conformance.card_reading import active_parts, code_spans, own_words
from tests.conformance.hostile_words import HOSTILE


def drawn(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)).strip()


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Present", "`Present`"),
        ("a ` b", "``a ` b``"),
        ("``` x", "```` ``` x ````"),
        ("`", "`` ` ``"),
        ("  two\n\tlines \r\n", "`two lines`"),
        ("safe \u202egnirts\u202c", "`safe gnirts`"),
        ("a\u200bb\ufeff\u00adc\x07", "`abc`"),
        ("", "(no text)"),
        ("\u200b\n", "(no text)"),
    ],
)
def test_quoted_text_is_one_code_span(text: str, expected: str) -> None:
    assert expected == quoted(text)


def test_quoted_text_is_cut_at_a_word() -> None:
    words = "word " * 100
    (span,) = code_spans(quoted(words))
    assert span.endswith("word…")
    assert LONGEST >= len(span)
    assert LONGEST == len(code_spans(quoted("x" * 400))[0])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_draws_nothing_in_a_line_of_a_list(name: str) -> None:
    line = bullet(f"bilirubin, {quoted(HOSTILE[name])}: {quoted(HOSTILE[name])} and on")
    assert [] == active_parts(line)
    assert own_words(line).endswith(" and on")


@given(text=st.text())
def test_any_text_becomes_exactly_one_code_span_or_a_remark_that_there_is_none(text: str) -> None:
    markdown = f"x {quoted(text)} y"
    assert [] == active_parts(markdown)
    assert ("x  y", 1) == (own_words(markdown), len(code_spans(markdown))) or "x (no text) y" == markdown


@pytest.mark.parametrize(
    "words",
    ["10*9/L", "[x] (y)", "a | b", "x_y_z", "<b>", "a < b", "5-FU & LV", "&amp;", "`x`", "~~x~~", "\\", "1 <2", "!"],
)
def test_our_own_words_are_drawn_as_they_are(words: str) -> None:
    for markdown in (escaped(f"x {words} y"), bullet(escaped(f"x {words} y"))):
        assert f"x {words} y" == own_words(markdown)
        assert [] == active_parts(markdown)


def test_bold_and_italic_words_are_drawn_bold_and_italic() -> None:
    assert "<p><strong>ECOG 1*</strong></p>" == drawn(bold("ECOG 1*"))
    assert "<p><em>Rules 1_0</em></p>" == drawn(italic("Rules 1_0"))


@pytest.mark.parametrize(
    "why, expected",
    [
        ("49 days old, the limit is 14", "49 days old, the limit is 14"),
        ("the unit 'mg/dl [x](y)' is not known", "the unit `mg/dl [x](y)` is not known"),
        ('the result is words, not a number: "it\'s high"', "the result is words, not a number: `it's high`"),
        ("recorded ('bone'); its extent is not", "recorded (`bone`); its extent is not"),
        ("a germline result, not the tumour's; another's", "a germline result, not the tumour's; another's"),
        ("no value: see https://evil.test", "no value: see `https://evil.test`"),
        ("no value: a@evil.test", "no value: `a@evil.test`"),
        ("cut 'off", "cut `off`"),
        ("Expected `str | null` - at `$.x`", "Expected \\`str \\| null\\` - at \\`$.x\\`"),
    ],
)
def test_words_of_the_record_in_a_reason_become_code_spans(why: str, expected: str) -> None:
    assert expected == remark(why)


@given(text=st.text())
def test_a_reason_that_quotes_any_text_draws_nothing_of_it(text: str) -> None:
    assert [] == active_parts(f"- ECOG: {remark(f'the unit {text[:80]!r} is not known')}.")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_reason_that_quotes_hostile_text_keeps_its_own_words(name: str) -> None:
    shown = own_words(f"- ECOG: {remark(f'the unit {HOSTILE[name][:80]!r} is not known')}.")
    assert "ECOG: the unit  is not known." == shown.replace("(no text)", "").replace("\\u200b", "")
