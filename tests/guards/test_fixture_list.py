"""Each of the thirty situations of real records that a change of the mapping has to pass has its folder of quirks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from eligibility.assessment import Status

QUIRKS = Path(__file__).resolve().parents[1] / "quirks"


class Situation(NamedTuple):
    """What a record is like, the folder that shows it, and words that its content must hold to be that."""

    words: str
    folder: str
    holds: tuple[str, ...]


SITUATIONS = {
    1: Situation("all coded as mCODE asks", "full-mcode-patient", ("mcode-secondary-cancer", "mcode-tumor-size")),
    2: Situation("problems and laboratory results only", "problem-list-and-labs-only", ("C18.7", "C78.7", "1975-2")),
    3: Situation("a liver metastasis whose primary nobody recorded", "liver-metastasis-without-primary", ("C78.7",)),
    4: Situation("two cancers active at once", "two-active-primaries", ("C18.7", "C50.912", "C78.7")),
    5: Situation("a cancer of the past, as a history code", "history-code-only", ("Z85.038",)),
    6: Situation("an imaging report in plain text", "report-as-plain-text", ("text/plain", "Three liver metastases")),
    7: Situation("an imaging report in XHTML", "report-as-xhtml", ("application/xhtml+xml", "<del>")),
    8: Situation("an imaging report in RTF", "report-as-rtf", ("text/rtf", "{\\rtf1")),
    9: Situation("an imaging report that is a PDF only", "report-as-pdf-only", ("application/pdf", "%PDF-")),
    10: Situation("an impression that is an Observation", "report-as-impression-observation", ("19005-8", "Solitary")),
    11: Situation("an addendum that takes the finding back", "addendum-reverses-the-report", ("appended", "ADDENDUM")),
    12: Situation("a KRAS result in words", "kras-in-value-string", ("21702-6", "Detected p.G12D")),
    13: Situation("a variant in components", "variant-with-components", ("69548-6", "48005-3")),
    14: Situation("the four repair proteins, each by itself", "four-repair-proteins", ("MLH1", "MSH2", "MSH6", "PMS2")),
    15: Situation("HER2 2+ that nobody resolved", "her2-two-plus-without-hybridisation", ("85319-2", "2+")),
    16: Situation("two repair tests that contradict", "repair-results-that-disagree", ("LA14122-8", "dMMR")),
    17: Situation("bilirubin in both units", "bilirubin-in-two-units", ("umol/L", "mg/dL")),
    18: Situation("a value below what can be measured", "comparator", ('"comparator": "<"', "0.2")),
    19: Situation("a number without its unit", "missing-unit", ("1975-2",)),
    20: Situation("codes that only the site knows", "local-codes-only", ("urn:oid:",)),
    21: Situation(
        "stray blanks, empty texts, unknown fields", "trailing-blanks-and-unknown-fields", ('"1975-2 "', '""')
    ),
    22: Situation("the same resource on two pages", "same-resource-on-two-pages", ("C78.7",)),
    23: Situation("entries made in error among good ones", "entered-in-error-mixed-in", ("entered-in-error",)),
    24: Situation("reports that the record system refuses", "reports-refused", ("DiagnosticReport", "forbidden")),
    25: Situation("a warning among what a search found", "warning-among-the-problems", ("OperationOutcome", "outcome")),
    26: Situation("a result of somebody else", "result-of-another-patient", ("Patient/p", "Patient/q")),
    27: Situation("a patient who has died", "deceased", ("deceasedDateTime",)),
    28: Situation("a child", "child", ("2014-02-11",)),
    29: Situation("a history and a treated metastasis", "history-beside-treated-metastasis", ("Z85.038", "C78.7")),
    30: Situation("nothing that concerns us", "nothing-relevant", ("J06.9",)),
}
each = pytest.mark.parametrize("number", SITUATIONS)


def _content(folder: str, name: str) -> Any:
    return json.loads((QUIRKS / folder / name).read_text(encoding="utf-8"))


def _arrived(folder: str) -> Any:
    return _content(folder, "sources.json" if (QUIRKS / folder / "sources.json").exists() else "before.json")


def _documents(value: Any) -> Iterator[str]:
    """The text inside every attachment."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), str):
            yield base64.b64decode(value["data"]).decode("utf-8", errors="replace")
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _documents(inner)


def test_the_situations_are_thirty_and_each_has_a_folder_of_its_own() -> None:
    assert list(range(1, 31)) == list(SITUATIONS)
    assert 30 == len({situation.folder for situation in SITUATIONS.values()})


@each
def test_the_folder_holds_the_situation(number: int) -> None:
    folder = SITUATIONS[number].folder
    content = "\n".join([json.dumps(_arrived(folder), ensure_ascii=False), *_documents(_arrived(folder))])
    assert [] == [words for words in SITUATIONS[number].holds if words not in content]


@each
def test_the_folder_says_what_was_decided(number: int) -> None:
    answer = _content(SITUATIONS[number].folder, "answer.json")
    assert answer["chart"]
    assert answer["facts"]
    assert answer["options"] if answer.get("withheld") is None else answer["judged"] is False


def test_the_decided_answers_reach_every_status() -> None:
    decided = [_content(situation.folder, "answer.json").get("options", {}) for situation in SITUATIONS.values()]
    assert set(Status) == {Status(status) for options in decided for status in options.values()}
