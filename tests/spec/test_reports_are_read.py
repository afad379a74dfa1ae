"""Every labelled report of the development part is read, and each statement stands where it says."""

from __future__ import annotations

import pytest

from fhir_mappings.report_text import read_report
from tests.reports.labelled import LabelledReport, labelled_reports

REPORTS = list(labelled_reports("development"))


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.id)
def test_each_statement_is_a_part_of_the_text(report: LabelledReport) -> None:
    found = read_report(report.text, report.kind)
    for statement in found.statements:
        assert statement.place.sentence == found.text[statement.place.start : statement.place.end]
