"""Expected answers that are not reached yet: folder, line of its `answer.json`, and what is missing, in plain words.

Each row turns one test into a strict expected failure: as soon as the answer is right, that test fails until its row is
taken out. A row for a line that does not exist fails too.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NOT_YET"]

_REPORTS = "the text of a report does not become facts yet"
_PDF = "a report that is only a PDF is passed over in silence"
_ADDENDUM = "the text of a report, and an addendum that takes its finding back, do not become facts yet"

NOT_YET: Mapping[tuple[str, str], str] = {
    ("report-as-plain-text", "facts.liver.lesion_count"): _REPORTS,
    ("report-as-plain-text", "facts.liver.max_diameter_cm"): _REPORTS,
    ("report-as-plain-text", "facts.liver.pvt"): _REPORTS,
    ("report-as-plain-text", "facts.liver.ascites"): _REPORTS,
    ("report-as-xhtml", "facts.liver.lesion_count"): _REPORTS,
    ("report-as-xhtml", "facts.liver.max_diameter_cm"): _REPORTS,
    ("report-as-xhtml", "facts.liver.distribution"): _REPORTS,
    ("report-as-xhtml", "facts.liver.ascites"): _REPORTS,
    ("report-as-xhtml", "facts.drv.decompensated"): _REPORTS,
    ("report-as-xhtml", "waits_for.thermal-ablation"): _REPORTS,
    ("report-as-xhtml", "options.best-supportive-care-liver-failure"): _REPORTS,
    ("report-as-rtf", "facts.liver.lesion_count"): _REPORTS,
    ("report-as-rtf", "facts.liver.max_diameter_cm"): _REPORTS,
    ("report-as-rtf", "facts.liver.pvt"): _REPORTS,
    ("report-as-pdf-only", "notices.DiagnosticReport/ct"): _PDF,
    ("report-as-pdf-only", "readings.DiagnosticReport"): _PDF,
    ("report-as-pdf-only", "card_words"): _PDF,
    ("report-as-impression-observation", "facts.liver.lesion_count"): _REPORTS,
    ("report-as-impression-observation", "facts.liver.max_diameter_cm"): _REPORTS,
    ("report-as-impression-observation", "facts.liver.pvt"): _REPORTS,
    ("report-as-impression-observation", "facts.liver.ascites"): _REPORTS,
    ("addendum-reverses-the-report", "facts.liver.lesion_nature"): _ADDENDUM,
    ("addendum-reverses-the-report", "facts.liver.benign_type"): _ADDENDUM,
    ("addendum-reverses-the-report", "in_scope"): _ADDENDUM,
}
