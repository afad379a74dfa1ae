"""The table of what the founding texts name is complete, true and current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eligibility.assessment import Assessment, Status
from eligibility.engine import assess
from eligibility.wording import STATUS_WORDS
from server.bundled_patients import bundled_patients
from tests.fact_patients import KNOWLEDGE
from tools.make_coverage import coverage, items, naming_texts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "coverage.md").read_text("utf-8")
ROW = re.compile(r"^\|.*\| `(?P<carrier>[^`]+)` \| `(?P<patient>[^`]+)`: (?P<answer>[^|]+) \|$")
OPTIONS = {o.id: o for o in KNOWLEDGE.options}
WORDS = {status: words.lower() for status, words in STATUS_WORDS.items()}

NAMED: dict[str, tuple[str, ...]] = {
    "000": (
        "non-small cell", "small cell", "histology", "molecular profile", "squamous", "carboplatin", "cisplatin",
        "pembrolizumab", "nivolumab", "EGFR", "osimertinib", "gefitinib", "ALK", "alectinib", "crizotinib", "ROS1",
        "BRAF", "MET", "platinum doublet", "pemetrexed", "bevacizumab", "one to three liver lesions", "SBRT", "TACE",
        "not a candidate for surgery", "multidisciplinary", "monitoring", "imaging", "blood", "trials", "palliative",
        "quality of life",
    ),
    "001": (
        "resection", "clear margins", "enough liver", "before surgery", "other primaries", "colorectal",
        "resection is not possible", "hepatic artery", "hormone", "growth proteins", "blood vessels", "immunotherapy",
        "by heat", "by cold", "palliative radiation", "radioembolisation", "trials", "phases",
    ),
    "002": (
        "complete removal", "no other organ", "ablation", "chemoembolisation", "radioactive particles", "drug",
        "tumour board",
    ),
    "003": (
        "colorectal", "pancreatic", "breast", "lung", "melanoma", "neuroendocrine", "gastrointestinal", "TNM", "CT",
        "MRI", "PET", "biopsy", "liver enzymes", "bilirubin", "CEA", "CA 19-9", "pain", "fullness", "large liver",
        "jaundice", "weight loss", "FOLFOX", "FOLFIRI", "bevacizumab", "cetuximab", "hormonal", "endocrine",
        "hepatectomy", "clear margins", "remnant", "widespread", "radiofrequency", "microwave", "chemoembolisation",
        "hepatic artery", "SIRT", "external beam", "nutrition", "palliative", "stages", "repeated", "value",
    ),
    "004": (
        "surgery", "radiofrequency", "cryoablation", "chemotherapy", "chemoembolisation", "lenvatinib", "regorafenib",
        "cabozantinib", "ramucirumab", "atezolizumab", "bevacizumab", "immunotherapy", "radiation", "trials",
        "several specialists", "genetic", "cholangiocarcinoma", "mass in the liver", "liver function",
    ),
}  # fmt: skip
"""What each founding text names. Each has to be found in a line of that text."""


@pytest.fixture(scope="module")
def answers() -> dict[str, Assessment]:
    return {p.name: assess(p.facts, KNOWLEDGE, p.on) for p in bundled_patients(KNOWLEDGE.catalogue)}


def rows() -> list[tuple[str, str, str]]:
    """Carrier, patient and answer of every line."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
    found = [ROW.match(line) for line in lines]
    assert [] == [line for line, match in zip(lines, found, strict=True) if match is None]
    return [(m["carrier"], m["patient"], m["answer"]) for m in found if m]


def test_the_page_is_what_would_be_written_now() -> None:
    assert coverage() == PAGE, "run python -m tools.make_coverage"


@pytest.mark.parametrize("text", NAMED)
def test_everything_that_a_founding_text_names_has_a_line(text: str) -> None:
    lines = " | ".join(i.item for i in items() if i.text == text).lower()
    assert [] == [word for word in NAMED[text] if word.lower() not in lines]


def test_every_option_that_a_founding_text_names_stands_under_that_text() -> None:
    carried = {(i.text, c.partition("@")[0]) for i in items() for c in i.carriers}
    named = {(text, option.id) for option in KNOWLEDGE.options for text in naming_texts(option)}
    assert set() == named - carried


def test_every_option_stands_in_the_table() -> None:
    assert set() == set(OPTIONS) - {carrier for carrier, _, _ in rows()}


def test_every_carrier_is_an_option_or_a_fact() -> None:
    known = set(OPTIONS) | set(KNOWLEDGE.catalogue)
    assert set() == {carrier for carrier, _, _ in rows()} - known


def test_every_patient_named_gets_that_answer(answers: dict[str, Assessment]) -> None:
    wrong: list[tuple[str, str, str, str]] = []
    for carrier, patient, answer in rows():
        assessment = answers[patient]
        if carrier in OPTIONS:
            status = next(r.status for r in assessment.options if r.option.id == carrier)
            if status is Status.NOT_APPLICABLE or answer != WORDS[status]:
                wrong.append((carrier, patient, answer, status))
        elif answer != "known" or not assessment.facts[carrier].decides:
            wrong.append((carrier, patient, answer, assessment.facts[carrier].status))
    assert [] == wrong


def test_each_founding_text_shows_a_fitting_treatment(answers: dict[str, Assessment]) -> None:
    for text in NAMED:
        part = PAGE.split(f"## {text}: ")[1].split("\n## ")[0]
        assert f": {WORDS[Status.RECOMMENDED]} |" in part
