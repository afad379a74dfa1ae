"""What real record systems send: one folder per quirk, `before.json` as it arrives, and what becomes of it.

`facts.json` holds every finding as it is read: value, date, how obtained, and why. `answer.json` holds what was decided
beforehand: whether single facts may decide, and what some options are for this patient. `beside` names parts of a chart
(in the folder of that name), `entered` gives facts that only a person can know: with both, the quirk is what decides.
Adding a quirk needs no Python.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from eligibility.facts import Finding
from fhir_mappings.chart import read_chart
from tests.quirks.not_yet import NOT_YET
from tests.quirks.quirk_charts import FOLDER, ON, Expectation, arrived, expectations, found, has_answer, plain

CASES = sorted({path.parent.name for name in ("before", "sources") for path in FOLDER.glob(f"*/{name}.json")})
READ = [case for case in CASES if (FOLDER / case / "facts.json").exists()]
ANSWERED = [line for case in CASES if has_answer(case) for line in expectations(case)]


def shown(finding: Finding) -> dict[str, Any]:
    """A finding as the files write it."""
    row = {
        "value": plain(finding.value),
        "effective": str(finding.effective) if finding.effective else None,
        "obtained": finding.obtained.value,
        "from": [e.reference for e in finding.evidence],
        "why": finding.why,
    }
    if finding.preliminary:
        row["preliminary"] = True
    if finding.specimen:
        row["specimen"] = finding.specimen.value
    return row


def read_case(name: str) -> dict[str, Any]:
    """What the readers make of a case now."""
    chart = read_chart(arrived(name), ON)
    return {
        "findings": {fact: [shown(f) for f in found_of] for fact, found_of in chart.findings.items()},
        "notices": sorted({notice.code for notice in chart.notices}),
        "partial": sorted(kind for kind, reading in chart.readings.items() if reading.state.value == "partial"),
    }


def as_parameter(line: Expectation) -> Any:
    """One line as a test; a line that is not reached yet has to fail."""
    missing = NOT_YET.get((line.folder, line.name))
    marks = () if missing is None else (pytest.mark.xfail(reason=missing, raises=AssertionError, strict=True),)
    return pytest.param(line, id=f"{line.folder}: {line.name}", marks=marks)


@pytest.mark.parametrize("case", READ)
def test_a_quirk_is_read_as_its_folder_says(case: str) -> None:
    assert json.loads((FOLDER / case / "facts.json").read_text(encoding="utf-8")) == read_case(case)


@pytest.mark.parametrize("line", [as_parameter(line) for line in ANSWERED])
def test_a_quirk_gets_the_answer_that_was_decided(line: Expectation) -> None:
    assert line.says == found(line)


def test_what_is_not_reached_yet_is_decided() -> None:
    assert set() == set(NOT_YET) - {(line.folder, line.name) for line in ANSWERED}


def test_every_folder_says_what_becomes_of_it() -> None:
    assert [] == [case for case in CASES if case not in READ and not has_answer(case)]


def test_there_are_cases() -> None:
    assert len(CASES) >= 30
    assert len(ANSWERED) >= 300
