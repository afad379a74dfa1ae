"""The labelled reports are well labelled: facts and values of the catalogue, true quotations, no two reports alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest

from eligibility.facts import Scalar
from eligibility.knowledge.load import load_knowledge
from tests.reports.labelled import (
    PARTS,
    TRAPS,
    LabelledReport,
    Part,
    labelled_facts,
    labelled_reports,
    one_line,
    read_reports,
)

EVERY = [report for part in PARTS for report in labelled_reports(part)]
ALIKE = 0.4
"""Share of three-word sequences that two reports may have in common, numbers not told apart."""
LOCATES_A_PERSON = re.compile(
    r"\b(?i:mrn|dob|ssn|nhs (?:no|number)|accession)\b|\b(?:Mr|Mrs|Ms|Prof|Dr)\b|\b\d{6,}\b|@"
)

each_part = pytest.mark.parametrize("part", PARTS)


def reports_with(found: Iterator[str]) -> list[str]:
    return sorted(set(found))


@pytest.mark.parametrize("part, least", [("development", 220), ("kept_aside", 110)])
def test_there_are_enough_reports(part: Part, least: int) -> None:
    assert len(labelled_reports(part)) >= least


@each_part
def test_every_kind_of_report_is_there(part: Part) -> None:
    assert {"radiology", "pathology"} == {report.kind for report in labelled_reports(part)}


def test_every_labelled_fact_is_of_the_catalogue() -> None:
    assert [] == [fact for fact in labelled_facts() if fact not in load_knowledge().catalogue]


def test_ids_are_unique() -> None:
    assert [] == [report for report, often in Counter(r.id for r in EVERY).items() if often > 1]


def test_every_quotation_stands_in_its_report() -> None:
    assert [] == reports_with(
        f"{r.id}: {e.sentence_contains}"
        for r in EVERY
        for e in r.expect
        if not e.sentence_contains or e.sentence_contains not in one_line(r.text)
    )


def test_no_label_contradicts_another() -> None:
    def clashes(r: LabelledReport) -> Iterator[str]:
        for e in r.expect:
            if r.leaves_open(e.fact, e.value) or r.denies(e.fact, e.value):
                yield f"{r.id}: {e.fact}"
        yield from (f"{r.id}: {m.fact}" for m in r.may if m in r.never)

    assert [] == reports_with(clash for r in EVERY for clash in clashes(r))


def test_no_label_is_given_twice() -> None:
    def twice(r: LabelledReport) -> list[tuple[str, Scalar]]:
        return [label for label, often in Counter((e.fact, e.value) for e in r.expect).items() if often > 1]

    assert {} == {r.id: twice(r) for r in EVERY if twice(r)}


def test_every_labelled_fact_is_expected_in_the_development_part() -> None:
    expected = {e.fact for r in labelled_reports("development") for e in r.expect}
    assert [] == [fact for fact in labelled_facts() if fact not in expected]


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_is_set_several_times(trap: int) -> None:
    often = {part: sum(trap in r.traps for r in labelled_reports(part)) for part in PARTS}
    assert often["development"] >= 3
    assert often["kept_aside"] >= 1


def test_no_trap_is_unknown() -> None:
    assert set() == {trap for r in EVERY for trap in r.traps} - set(TRAPS)


def test_the_kept_aside_part_has_voices_of_its_own() -> None:
    voices = {part: {r.voice for r in labelled_reports(part)} for part in PARTS}
    assert len(voices["development"]) >= 12
    assert len(voices["kept_aside"] - voices["development"]) >= 6
    assert len(voices["kept_aside"] & voices["development"]) >= 4


def test_there_are_reports_that_say_nothing() -> None:
    assert len([r for r in EVERY if not r.expect]) >= 30


def test_no_report_points_to_a_person() -> None:
    assert [] == reports_with(
        f"{r.id}: {found.group()}" for r in EVERY if (found := LOCATES_A_PERSON.search(r.text)) is not None
    )


# -- no two reports are alike


def sequences(text: str) -> frozenset[tuple[str, ...]]:
    """A text's sequences of three words, every number the same word."""
    words = re.findall(r"[a-z]+|#", re.sub(r"\d+(?:[.,]\d+)?", "#", text.lower()))
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def likeness(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Shared sequences, of the shorter text."""
    least = min(len(one), len(other))
    return len(one & other) / least if least > 5 else float(one == other)


def test_no_two_reports_are_alike() -> None:
    seen = [(report.id, sequences(report.text)) for report in EVERY]
    alike = [
        f"{one[0]} and {other[0]}: {share:.2f}"
        for one, other in combinations(seen, 2)
        if (share := likeness(one[1], other[1])) > ALIKE
    ]
    assert [] == alike


def test_a_report_with_other_numbers_is_noticed() -> None:
    one = "There are 3 liver metastases, the largest 31 mm, in segments 2, 5 and 7."
    other = "There are 5 liver metastases, the largest 12 mm, in segments 4, 6 and 8."
    assert likeness(sequences(one), sequences(other)) == 1.0


# -- a wrong label is refused


@pytest.mark.parametrize(
    "label",
    [
        "{fact: liver.size, value: 3, sentence_contains: x}",
        "{fact: lab.bilirubin, value: 3, sentence_contains: x}",
        "{fact: liver.pvt, value: thrombosed, sentence_contains: x}",
        "{fact: liver.lesion_count, value: several, sentence_contains: x}",
        "{fact: liver.lesion_count, value: 2.5, sentence_contains: x}",
        "{fact: liver.max_diameter_cm, value: 99, sentence_contains: x}",
        "{fact: liver.max_diameter_cm, value: '>99', sentence_contains: x}",
        "{fact: liver.cirrhosis, value: yes please, sentence_contains: x}",
        "{fact: liver.cirrhosis, value: true}",
        "{fact: liver.cirrhosis, value: true, sentence_contains: x, certain: no}",
    ],
)
def test_a_label_that_the_catalogue_does_not_know_is_refused(label: str) -> None:
    text = f"- {{id: x, kind: radiology, voice: v, text: t, expect: [{label}], not: []}}"
    with pytest.raises(ValueError, match=r"a.yaml: x"):
        list(read_reports(text, "development", "a.yaml"))


def test_an_unknown_key_of_a_report_is_refused() -> None:
    text = "- {id: x, kind: radiology, voice: v, text: t, expected: [], expect: [], not: []}"
    with pytest.raises(ValueError, match="unknown keys: expected"):
        list(read_reports(text, "development", "a.yaml"))
