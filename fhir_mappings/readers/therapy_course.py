"""A chart's treatment put together once: the cancer drugs on a timeline, their lines, the progressions, and since when.

What is said of it is in `readers.therapy_facts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from eligibility.facts import Finding, Obtained
from fhir_mappings.dates import first_of
from fhir_mappings.intake import Resource
from fhir_mappings.readers.cancers import CancerRecord, Cancers, without_general_names
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.readers.therapy_doses import Dose, Item, believable, therapies, timeline
from fhir_mappings.readers.therapy_lines import Line, lines_of
from fhir_mappings.resources import Procedure, read
from fhir_mappings.statuses import Standing, procedure_was_done

__all__ = ["RESPONSE", "Course", "advanced_since", "course_of", "in_order", "procedure_days"]

RESPONSE = "tx.response_last"
_HELD = (Standing.CONFIRMED, Standing.UNSTATED)


@dataclass(frozen=True, slots=True)
class Course:
    """Doses, their timeline and lines; responses in order of date; and since when disease is advanced."""

    doses: Sequence[Dose]
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    responses: tuple[Finding, ...]
    since: date | None
    one_cancer: bool

    @property
    def progressions(self) -> tuple[Finding, ...]:
        """The responses that are progression."""
        return tuple(f for f in self.responses if f.value == "PD")

    @property
    def progressed(self) -> list[date]:
        """The days of progression."""
        return sorted({f.effective for f in self.progressions if f.effective is not None})

    @property
    def advanced(self) -> tuple[Line, ...]:
        """The lines that reach into advanced disease."""
        since = self.since
        return () if since is None else tuple(line for line in self.lines if line.last >= since)


def advanced_since(g: Gathering, cancers: Cancers) -> date | None:
    """The day from which disease was recorded as distant: the earliest dated distant metastasis.

    Lymph nodes do not count, since they may be regional, nor does a metastasis without site. Where a cancer is treated
    systemically only when it is advanced, that is always.
    """
    primaries = _primaries(cancers)
    if primaries and primaries <= therapies().advanced_by_nature:
        return date.min
    distant = [r.source for r in _held(cancers) if r.liver_metastasis or r.elsewhere == "elsewhere"]
    return min((s.when.last for s in distant if s.when and not _lymph_node(g, s.code)), default=None)


def _lymph_node(g: Gathering, code: str | None) -> bool:
    return code is not None and "extrahepatic_lymph_node" in g.codes.of(*code.rsplit("|", 1))


def _held(cancers: Cancers) -> list[CancerRecord]:
    return [r for r in cancers.records if r.standing in _HELD]


def _primaries(cancers: Cancers) -> frozenset[str]:
    named = without_general_names(r for r in _held(cancers) if r.primary)
    return frozenset(r.primary for r in named if r.primary)


def course_of(g: Gathering, doses: Sequence[Dose], cancers: Cancers) -> Course:
    """The course of a chart. A drug that is also given for other diseases counts only with its cancer on record."""
    t = therapies()
    primaries = _primaries(cancers)
    counted = [d for d in doses if d.drug is None or t.counts_for(d.drug, primaries)]
    since = advanced_since(g, cancers)
    items = timeline(counted, g.on, procedure_days(g, t.arterial_procedures))
    responses = tuple(sorted((f for f in g.findings.get(RESPONSE, ()) if _counts(f, g.on)), key=in_order))
    progressed = [f.effective for f in responses if f.value == "PD" and f.effective is not None]
    return Course(counted, items, lines_of(items, progressed, since, t), responses, since, len(primaries) <= 1)


def _counts(finding: Finding, on: date | None) -> bool:
    """Whether a response is dated, final, structured and not later than the chart's day."""
    if finding.value is None or finding.effective is None or not believable(finding.effective):
        return False
    usable = not finding.preliminary and finding.obtained is not Obtained.NARRATIVE
    return usable and (on is None or finding.effective <= on)


def in_order(finding: Finding) -> tuple[date, str]:
    """Findings by date, then by their place in the record."""
    return finding.effective or date.min, finding.evidence[0].reference if finding.evidence else ""


def procedure_days(g: Gathering, concepts: frozenset[str]) -> frozenset[date]:
    """The days of completed procedures of some concepts."""
    found: set[date] = set()

    def one(g: Gathering, raw: Resource) -> None:
        procedure = read(raw, Procedure)
        if not procedure_was_done(procedure.status):
            return
        period = procedure.performedPeriod
        on = first_of(procedure.performedDateTime, period.start if period else None)
        if on is not None and on.exact and concepts & g.codes.of_concept(procedure.code).keys():
            found.add(on.first)

    for raw in g.all_of("Procedure"):
        with suppress(ValueError, TypeError, AttributeError, RecursionError):  # named where procedures are read
            one(g, raw)
    return frozenset(found)
