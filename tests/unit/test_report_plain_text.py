"""Plain text of reports: from HTML, XHTML, RTF and base64; PDF is named and not read."""

from __future__ import annotations

import base64

import pytest

from fhir_mappings.report_text.plain import plain_text, presented_text
from fhir_mappings.report_text.statements import TEXT_LIMIT


def encoded(text: str, charset: str = "utf-8") -> str:
    return base64.b64encode(text.encode(charset)).decode("ascii")


def test_plain_text_stays_as_it_is() -> None:
    found = plain_text("Liver: two metastases.\r\nPortal vein patent.", "text/plain")
    assert ("plain", "Liver: two metastases.\nPortal vein patent.") == (found.form, found.text)


def test_html_loses_its_tags_and_keeps_its_lines() -> None:
    found = plain_text("<html><body><p>Liver:&nbsp;one <b>metastasis</b></p><p>1.8&#160;cm<br/>stable</p></body>")
    assert "html" == found.form
    assert ["Liver: one metastasis", "1.8 cm", "stable"] == [line for line in found.text.split("\n") if line]


def test_xhtml_with_a_namespace_prefix_is_read() -> None:
    source = '<xhtml:div xmlns:xhtml="http://www.w3.org/1999/xhtml">No ascites</xhtml:div>'
    found = plain_text(source, "application/xhtml+xml")
    assert "No ascites" == found.text.strip()


@pytest.mark.parametrize("tag", ["script", "style", "del", "s", "strike", "title"])
def test_what_html_does_not_show_or_strikes_out_is_left_out(tag: str) -> None:
    found = plain_text(f"<div>before <{tag}>liver metastasis</{tag}> after</div>", "text/html")
    assert "before after" == " ".join(found.text.split())


def test_a_comment_is_no_text() -> None:
    assert "ab" == plain_text("<p>a<!-- no ascites > -->b</p>").text.strip()


def test_less_than_is_not_mistaken_for_a_tag() -> None:
    assert "largest <1 cm, < 2 cm" == plain_text("<p>largest &lt;1 cm, < 2 cm</p>").text.strip()


def test_rtf_gives_its_words_and_lines() -> None:
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Writer;}"
        r"\pard Liver: \b two\b0  metastases, 1\'2e8 cm.\par Size \u8804?2 cm\tab stable\par}"
    )
    found = plain_text(source, "application/rtf")
    assert "rtf" == found.form
    assert ["Liver: two metastases, 1.8 cm.", "Size \u22642 cm stable"] == [x for x in found.text.split("\n") if x]


def test_struck_and_hidden_rtf_is_left_out() -> None:
    found = plain_text(r"{\rtf1 No ascites. {\strike Large ascites.}{\v hidden} {\strike old\strike0  new}}")
    assert "No ascites. new" == " ".join(found.text.split())


def test_rtf_is_recognised_whatever_it_is_called() -> None:
    assert "rtf" == presented_text("text/plain", encoded(r"{\rtf1 Liver clear.}")).form


@pytest.mark.parametrize("content_type", ["application/pdf", "text/plain", None])
def test_pdf_is_named_and_not_read(content_type: str | None) -> None:
    found = presented_text(content_type, encoded("%PDF-1.7 liver metastasis"))
    assert ("pdf", "", "PDF, not read") == (found.form, found.text, found.why)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1252"])
def test_base64_is_decoded_with_its_charset(charset: str) -> None:
    found = presented_text(f"text/plain; charset={charset}", encoded("Ascites: géringe", charset))
    assert "Ascites: géringe" == found.text


def test_base64_may_be_broken_into_lines() -> None:
    data = encoded("No focal lesion.")
    assert "No focal lesion." == presented_text("text/plain", data[:8] + "\r\n" + data[8:]).text


@pytest.mark.parametrize("data", ["%%%", "abc", "Zm9v!"])
def test_what_is_no_base64_is_unreadable(data: str) -> None:
    found = presented_text("text/plain", data)
    assert ("unreadable", "the document is not valid base64") == (found.form, found.why)


def test_another_kind_of_document_is_unreadable() -> None:
    assert "unreadable" == presented_text("image/png", encoded("x")).form


def test_a_long_report_is_cut_and_says_so() -> None:
    found = plain_text("a" * (TEXT_LIMIT + 1), "text/plain")
    assert (TEXT_LIMIT, True) == (len(found.text), found.cut)
