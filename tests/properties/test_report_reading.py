"""Reading reports: no exception, every offset cuts out its sentence, values are the catalogue's, time is linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.report_text.plain import plain_text, presented_text
from fhir_mappings.report_text.reading import read_report
from fhir_mappings.report_text.statements import Assertion, Kind, Reading
from tests.fact_patients import KNOWLEDGE

WORDS = """
    liver hepatic metastasis metastases lesion lesions HCC cyst hemangioma segment segments VI 4a 7 1.8 cm 12 mm x no
    not new previously was from to portal vein patent thrombosis ascites mild cirrhosis KRAS NRAS BRAF EGFR V600E p.G12D
    detected wild type HER2 3+ 0 ER PR positive negative MLH1 lost MSI-H TPS CPS % < >= ( ) , ; : . ? - 1. IMPRESSION:
    FINDINGS: History: ADDENDUM: mother cannot be excluded two five multiple the largest another fifth and but right
    left lobe both after <p> </p> &nbsp; {\\rtf1 \\par \\u 03/12/2024 image resolved stable disease
""".split()
reports = st.lists(st.sampled_from([*WORDS, "\n", "\n\n"]), max_size=60).map(" ".join)
kinds = st.sampled_from(["radiology", "pathology", "other"])


def holds(reading: Reading) -> None:
    for s in reading.statements:
        for place in (s.place, *s.also):
            assert place.sentence == reading.text[place.start : place.end]
        assert s.fact in KNOWLEDGE.catalogue
        if s.value is not None:
            assert Assertion.AFFIRMED is s.assertion
            assert KNOWLEDGE.catalogue[s.fact].accepts(s.value), (s.fact, s.value)
    for m in reading.mentions:
        assert m.place.sentence == reading.text[m.place.start : m.place.end]


@settings(max_examples=400, deadline=None)
@given(reports, kinds)
def test_any_report_is_read_and_every_place_is_its_sentence(text: str, kind: Kind) -> None:
    holds(read_report(text, kind))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), kinds)
def test_any_text_is_read(text: str, kind: Kind) -> None:
    holds(read_report(text, kind))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["text/html", "text/rtf", "text/plain", "application/pdf", "x/y", None]))
def test_any_document_becomes_text_or_a_reason(text: str, content_type: str | None) -> None:
    for found in (plain_text(text, content_type), presented_text(content_type, text), plain_text("{\\rtf1 " + text)):
        assert found.text or found.why or not text.strip() or found.form in ("html", "rtf", "plain")


@settings(max_examples=150, deadline=None)
@given(reports)
def test_a_line_end_of_another_system_changes_nothing(text: str) -> None:
    def said(t: str) -> list[object]:
        return [(s.fact, s.value, s.assertion) for s in read_report(t, "radiology").statements]

    assert said(text) == said(text.replace("\n", "\r\n"))


def seconds(text: str, kind: Kind) -> float:
    best = 10.0
    for _ in range(2):
        start = time.process_time()
        read_report(text, kind)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("kind", ["radiology", "pathology"])
@pytest.mark.parametrize(
    "piece",
    [
        "Two liver metastases in segment 5, 1.2 cm. ",
        "KRAS: p.G12D detected; NRAS: wild type. MLH1 lost.\n",
        "No ascites and no liver lesion, portal vein patent ",
        "a",
        "1.1 x ",
        "Liver:\n",
    ],
)
def test_ten_times_the_text_takes_at_most_twenty_times_the_time(piece: str, kind: Kind) -> None:
    short, long = (piece * (n // len(piece)) for n in (5_000, 50_000))
    assert seconds(long, kind) <= 20 * max(seconds(short, kind), 0.01)
