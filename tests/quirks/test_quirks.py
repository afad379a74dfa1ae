"""What real record systems send: one folder per quirk, `before.json` as it arrives, `facts.json` as it is read.

`facts.json` holds every finding: value, date, how obtained, and why. Adding a quirk needs no Python.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eligibility.facts import Bound, Finding
from fhir_mappings.chart import read_chart
from fhir_mappings.records import gather

FOLDER = Path(__file__).parent
CASES = sorted(path.parent.name for path in FOLDER.glob("*/before.json"))
ON = date(2026, 11, 21)


def shown(finding: Finding) -> dict[str, Any]:
    """A finding as the files write it."""
    value = finding.value
    plain: Any = value
    if isinstance(value, Decimal):
        plain = format(value.normalize(), "f")
    elif isinstance(value, Bound):
        plain = f"{value.comparator}{format(value.limit.normalize(), 'f')}"
    elif isinstance(value, frozenset):
        plain = sorted(value)
    row = {
        "value": plain,
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
    pages = json.loads((FOLDER / name / "before.json").read_text(encoding="utf-8"), parse_float=Decimal)
    chart = read_chart(gather(*pages, patient_id="p"), ON)
    return {
        "findings": {fact: [shown(f) for f in found] for fact, found in chart.findings.items()},
        "notices": sorted({notice.code for notice in chart.notices}),
        "partial": sorted(kind for kind, reading in chart.readings.items() if reading.state.value == "partial"),
    }


@pytest.mark.parametrize("case", CASES)
def test_a_quirk_is_read_as_its_folder_says(case: str) -> None:
    assert json.loads((FOLDER / case / "facts.json").read_text(encoding="utf-8")) == read_case(case)


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
