"""Short invented reports in many styles: nothing is read that a careful reader would not, and little is missed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility.facts import Bound, Scalar
from fhir_mappings.report_text import read_report

REPORTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "report_readings.yaml").read_text(encoding="utf-8")
)
LEAST_RECALL = 0.97


def shown(value: Scalar | None) -> str:
    if isinstance(value, Bound):
        return f"{value.comparator}{value.limit.normalize():f}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value)
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, int | float) else str(value)


def read(report: dict[str, Any]) -> set[tuple[str, str]]:
    found = read_report(report["text"], report["kind"]).values
    return {(s.fact, shown(s.value)) for s in found if not s.contradicted}


def labelled(report: dict[str, Any], part: str) -> set[tuple[str, str]]:
    return {(fact, written(value)) for fact, value in report[part]}


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: str(r["id"]))
def test_nothing_is_read_that_is_not_said(report: dict[str, Any]) -> None:
    assert set() == read(report) - labelled(report, "expect") - labelled(report, "may")


def test_little_of_what_is_said_is_missed() -> None:
    expected = sum(len(labelled(r, "expect")) for r in REPORTS)
    right = sum(len(labelled(r, "expect") & read(r)) for r in REPORTS)
    assert right >= LEAST_RECALL * expected
