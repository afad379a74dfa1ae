"""How the reading of labelled reports is scored: what counts as right, as wrong, as left open and as abstained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest

from eligibility.facts import Bound, Scalar
from tests.reports.labelled import LabelledReport, ReportKind, labelled_reports, read_reports
from tests.reports.score import LEAST_PRECISION, FactScore, Reader, main, score

REPORTS = """
- id: one
  kind: radiology
  voice: v
  text: Two liver metastases. More than 10 cysts.
  expect:
    - {fact: liver.lesion_nature, value: metastasis, sentence_contains: "Two liver metastases"}
    - {fact: liver.lesion_count, value: 2, sentence_contains: "Two liver metastases"}
  may:
    - {fact: liver.benign_type, value: cyst}
  not:
    - {fact: liver.lesion_count, value: 12}
- id: two
  kind: radiology
  voice: v
  text: More than ten liver metastases.
  expect:
    - {fact: liver.lesion_count, value: ">10", sentence_contains: "More than ten"}
  not: []
"""


@dataclass(frozen=True)
class Said:
    fact: str
    value: Scalar | None
    sentence: str = ""
    contradicted: bool = False


@dataclass(frozen=True)
class Read:
    statements: tuple[Said, ...] = ()


def reports() -> tuple[LabelledReport, ...]:
    return tuple(read_reports(REPORTS, "development", "reports.yaml"))


def reader(said: Mapping[str, tuple[Said, ...]]) -> Reader:
    """A reader that says this of a text that starts so."""

    def read(text: str, kind: ReportKind) -> Read:
        return Read(next((statements for start, statements in said.items() if text.startswith(start)), ()))

    return read


def count(*said: Said) -> FactScore:
    """The score of the lesion count when this is said of the first report."""
    return score(reports()[:1], reader({"Two": said})).facts["liver.lesion_count"]


def test_an_expected_value_is_right() -> None:
    one = count(Said("liver.lesion_count", Decimal(2), "Two liver metastases."))
    assert (1, 1, 0, 0, 0) == (one.expected, one.right, one.wrong, one.abstained, one.elsewhere)


def test_the_same_value_from_another_sentence_is_right_and_counted() -> None:
    one = count(Said("liver.lesion_count", Decimal(2), "More than 10 cysts."))
    assert (1, 1) == (one.right, one.elsewhere)


def test_another_value_is_wrong_and_the_expected_one_misread() -> None:
    one = count(Said("liver.lesion_count", Decimal(3), "x"))
    assert (0, 1, 0, 1, 0) == (one.right, one.wrong, one.naive, one.misread, one.abstained)


def test_a_value_that_the_labels_deny_is_a_naive_one() -> None:
    assert 1 == count(Said("liver.lesion_count", Decimal(12), "x")).naive


def test_a_second_value_beside_the_right_one_is_wrong() -> None:
    one = count(Said("liver.lesion_count", Decimal(2), "x"), Said("liver.lesion_count", Decimal(12), "x"))
    assert (1, 1, 0) == (one.right, one.wrong, one.misread)


def test_a_value_said_twice_counts_once() -> None:
    said = Said("liver.lesion_count", Decimal(2), "x")
    assert 1 == count(said, said).right


def test_silence_and_a_statement_without_value_are_abstention() -> None:
    assert 1 == count().abstained
    assert 1 == count(Said("liver.lesion_count", None, "x")).abstained


def test_a_contradicted_value_is_not_affirmed() -> None:
    one = count(Said("liver.lesion_count", Decimal(12), "x", contradicted=True))
    assert (0, 1, 1) == (one.wrong, one.abstained, one.contradicted)


def test_what_the_labels_leave_open_is_neither_right_nor_wrong() -> None:
    result = score(reports()[:1], reader({"Two": (Said("liver.benign_type", "cyst", "x"),)}))
    assert (0, 0, 1) == (result.overall.right, result.overall.wrong, result.overall.open)


def test_a_fact_without_labels_is_only_counted() -> None:
    result = score(reports()[:1], reader({"Two": (Said("dx.stage", "IV", "x"),)}))
    assert (0, 1) == (result.overall.wrong, result.unlabelled)


@pytest.mark.parametrize("bound", [Bound(">", Decimal(10)), Bound(">=", Decimal(11))])
def test_more_than_ten_lesions_are_at_least_eleven(bound: Bound) -> None:
    result = score(reports()[1:], reader({"More": (Said("liver.lesion_count", bound, "x"),)}))
    assert 1 == result.facts["liver.lesion_count"].right


def test_a_bound_is_not_its_number() -> None:
    result = score(reports()[1:], reader({"More": (Said("liver.lesion_count", Decimal(10), "x"),)}))
    assert 1 == result.facts["liver.lesion_count"].wrong


def test_shares_need_something_to_share() -> None:
    assert (None, None, None) == (FactScore().precision, FactScore().recall, FactScore().abstention)
    some = FactScore(expected=4, right=3, wrong=1, abstained=1)
    assert (0.75, 0.75, 0.25) == (some.precision, some.recall, some.abstention)


def perfect(text: str, kind: ReportKind) -> Read:
    """Reads exactly what the labels say."""
    every = {r.text: r for part in ("development", "kept_aside") for r in labelled_reports(part)}
    return Read(tuple(Said(e.fact, e.value, e.sentence_contains) for e in every[text].expect))


def fanciful(text: str, kind: ReportKind) -> Read:
    """Sees one liver metastasis in everything."""
    return Read((Said("liver.lesion_nature", "metastasis", "x"), Said("liver.lesion_count", Decimal(1), "x")))


def silent(text: str, kind: ReportKind) -> Read:
    """Reads nothing."""
    return Read()


def test_the_gate_lets_a_precise_reader_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--gate"], perfect)
    assert 2 == capsys.readouterr().out.count("1.000       1.000       0.000\naffirmed")


@pytest.mark.parametrize("read", [fanciful, silent])
def test_the_gate_stops_a_reader_that_guesses_and_one_that_reads_nothing(
    read: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main(["--gate"], read)
    assert f"below {LEAST_PRECISION}" in capsys.readouterr().err


def test_without_the_gate_the_score_is_only_shown() -> None:
    assert 0 == main([], fanciful)


def test_faults_of_the_kept_aside_part_are_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--faults"], fanciful)
    shown = capsys.readouterr().out
    assert "d-tele-09: missed liver.max_diameter_cm = 6.1" in shown
    assert [] == [r.id for r in labelled_reports("kept_aside") if r.id in shown]
