"""What a chart's treatment says together: lines, response of the latest line, progression on a drug.

Only what rests on dated records of giving and on recorded progression decides, and then as a lower bound: treatment
elsewhere is in no record (rule 3.3). Everything counted is a suggestion, or an open question with its list of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from eligibility.facts import Bound, Evidence, Finding, Obtained, ReadState
from eligibility.wording import day
from fhir_mappings.observations import load_table
from fhir_mappings.readers.cancers import Cancers
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.readers.therapy_course import RESPONSE, Course, course_of, in_order, procedure_days
from fhir_mappings.readers.therapy_doses import Covered, Dose, Item, Therapies, therapies
from fhir_mappings.readers.therapy_lines import Began, Line, certain_lines, cycles, lines_of, regimen_name

__all__ = ["say_therapy"]

LINES, CONTROL, CYCLES = "tx.prior_lines", "tx.months_disease_control", "tx.chemo_cycles_total"
_KINDS = ("Condition", "MedicationAdministration", "MedicationStatement", "MedicationRequest")
_SHOWN = 5
_MONTH = Decimal("30.44")


def say_therapy(g: Gathering, doses: Sequence[Dose], cancers: Cancers) -> None:
    """Say what all treatment records mean together. To be called when every other finding is there."""
    t = therapies()
    course = course_of(g, doses, cancers)
    _say_progressed(g, course, t)
    if not course.advanced:
        return
    _say_lines(g, course, t)
    _withdraw_old_response(g, course, t)
    _say_control(g, course, t)
    _say_cycles(g, course, t)


# Lines


def _say_lines(g: Gathering, course: Course, t: Therapies) -> None:
    least, ended = _least(course, t)
    told = _list_of(course, t)
    evidence = _evidence(course)
    stated = [
        f for f in g.findings.get(LINES, ())
        if f.value is not None and not f.preliminary and (g.on is None or f.effective is None or f.effective <= g.on)
    ]  # fmt: skip
    newest = max(stated, key=lambda f: f.effective or date.min, default=None)
    if least and ended is not None:
        number = Decimal(least)
        when: date | None = ended
        why = f"at least: each ended in recorded progression; treatment elsewhere is not in the record. {told}"
        if newest is not None and isinstance(newest.value, Decimal):
            if newest.effective is None or newest.effective >= ended:
                if newest.value >= number:
                    return
                when, why = newest.effective, f"the record shows more lines than were stated. {told}"
            else:
                number = max(number, newest.value)
        g.say(Finding(LINES, Bound(">=", number), when, Obtained.STRUCTURED, evidence, why))
        return
    if newest is not None:
        return
    count, doubts = _count(g, course, t)
    last = max(i.start for i in course.items)
    if doubts or not count:
        doubts = doubts or ["the first line may still be running"]
        g.say(Finding(LINES, None, last, Obtained.STRUCTURED, evidence, f"not counted: {'; '.join(doubts)}. {told}"))
        return
    why = f"counted from the record, to be confirmed: {told}"
    g.say(Finding(LINES, Decimal(count), last, Obtained.NARRATIVE, evidence, why))


def _least(course: Course, t: Therapies) -> tuple[int, date | None]:
    """The lower bound that may decide, and the day of the progression that makes it true."""
    if not course.one_cancer or course.since is None:
        return 0, None
    items = [i for i in course.items if i.certain and i.start >= course.since]
    sure = lines_of(items, course.progressed, course.since, t)
    doubtful: dict[str, date | None] = {}
    for dose in course.doses:
        if dose.drug is not None and not (dose.given and dose.start is not None and dose.start.exact):
            first = dose.start.first if dose.start is not None else None
            old = doubtful.get(dose.drug, first)
            doubtful[dose.drug] = None if first is None or old is None else min(first, old)
    return certain_lines(sure, course.progressed, doubtful, t)


def _count(g: Gathering, course: Course, t: Therapies) -> tuple[int, list[str]]:
    """How many lines are over, and what keeps the number from being suggested."""
    doubts = []
    if not course.one_cancer:
        doubts.append("more than one cancer is recorded")
    undated = sorted({d.drug for d in course.doses if d.drug is not None and d.start is None})
    if undated:
        doubts.append(f"{', '.join(d.replace('_', ' ') for d in undated)} is recorded without a date")
    if any(d.start is not None and not d.start.exact for d in course.doses):
        doubts.append("a date is known to the month or year only")
    if any(d.drug is None for d in course.doses) or _unexplained_chemotherapy(g, course, t):
        doubts.append("a treatment that names no drug is recorded")
    if any(line.began is Began.UNCLEAR for line in course.advanced):
        doubts.append("a drug was changed without a recorded progression or pause")
    for kind in _KINDS:
        reading = g.readings().get(kind)
        if reading is not None and reading.state is not ReadState.COMPLETE:
            doubts.append(f"{kind} was not read completely")
    lines = len(course.advanced) + len(_early_relapse(course, t))
    return (lines - 1 if _running(g, course, t) else lines), doubts


def _running(g: Gathering, course: Course, t: Therapies) -> bool:
    """Whether the latest line may still be going on: a dose lately, and no progression since it settled."""
    line = course.advanced[-1]
    if any(p >= line.start + t.span("assessed") for p in course.progressed):
        return False
    return g.on is None or line.last >= g.on - t.span("running")


def _unexplained_chemotherapy(g: Gathering, course: Course, t: Therapies) -> bool:
    known = Covered(course.items, before=t.span("same_item"), after=t.span("same_item"))
    days = procedure_days(g, t.chemotherapy_procedures)
    return any(on not in known for on in days if course.since is not None and on >= course.since)


def _early_relapse(course: Course, t: Therapies) -> list[Line]:
    """Lines that ended shortly before metastases were recorded: they count, by the meaning of the fact."""
    since = course.since
    if since is None or since == date.min:
        return []
    return [
        line for line in course.lines
        if line.last < since <= line.last + t.span("refractory") and t.adjuvant_counts & line.drugs.keys()
    ]  # fmt: skip


def _list_of(course: Course, t: Therapies) -> str:
    """The lines in words, the latest ones where there are many."""
    early = _early_relapse(course, t)
    rows = []
    for line in [x for x in course.lines if x in early or x in course.advanced]:
        until = "" if line.last == line.start else f" to {day(line.last)}"
        marks = [line.began.value] if line.began not in (Began.FIRST, Began.METASTASIS) else []
        marks += ["before metastases, relapse within 6 months"] if line in early else []
        marks += [] if line.certain else ["rests on orders or unclear records"]
        rows.append(
            f"{regimen_name(line.drugs, t)}, {day(line.start)}{until}" + (f" ({'; '.join(marks)})" if marks else "")
        )
    before = [x for x in course.lines if x not in early and x not in course.advanced]
    shown = [f"{n}. {row}" for n, row in enumerate(rows, 1)][-_SHOWN:]
    if before:
        shown.append(f"earlier, not counted: {regimen_name(before[-1].drugs, t)} until {day(before[-1].last)}")
    return "; ".join(shown)


def _evidence(course: Course) -> tuple[Evidence, ...]:
    """The first dose of each line, the last dose, and the progressions."""
    places = [line.items[0].source for line in course.advanced] + [course.advanced[-1].items[-1].source]
    found = [Evidence(p.reference, p.path, None, p.text) for p in places]
    found += [replace(e, code=None) for f in course.progressions for e in f.evidence[:1]]
    return tuple({e.reference: e for e in found}.values())


# Response, control, cycles


def _withdraw_old_response(g: Gathering, course: Course, t: Therapies) -> None:
    """A response from before the latest line says nothing of that line: it is shown, without a value."""
    line = next((x for x in reversed(course.advanced) if x.items[0].certain), None)
    found = g.findings.get(RESPONSE, [])
    usable = [f for f in found if f.value is not None and f.obtained is not Obtained.NARRATIVE and not f.preliminary]
    if line is None or line is not course.advanced[-1] or not usable:
        return
    settled = line.start + t.span("assessed")
    if any(f.effective is None or f.effective >= settled for f in usable):
        return
    name = regimen_name(line.drugs, t)
    why = f"from before a response to {name}, begun {day(line.start)}, could be seen"
    g.findings[RESPONSE] = [replace(f, value=None, why=f"{f.value} is {why}") if f in usable else f for f in found]


def _say_control(g: Gathering, course: Course, t: Therapies) -> None:
    """How long the latest line held the disease: to its progression, or at least to the latest good response."""
    line = course.advanced[-1]
    settled = line.start + t.span("assessed")
    seen = [f for f in course.responses if f.effective is not None and f.effective >= settled]
    ends = [f for f in seen if f.value == "PD"]
    good = [f for f in seen if f.value in ("CR", "PR", "SD") and (not ends or in_order(f) < in_order(ends[0]))]
    at = ends[0] if ends else good[-1] if good else None
    if at is None or at.effective is None or line.began is Began.UNCLEAR or not line.items[0].certain:
        return
    months = (Decimal((at.effective - line.start).days) / _MONTH).quantize(Decimal("0.1"))
    value = months if ends else Bound(">=", months)
    first, name = line.items[0].source, regimen_name(line.drugs, t)
    dose = Evidence(first.reference, first.path, None, first.text)
    evidence = (dose, *(replace(e, code=None) for e in at.evidence[:1]))
    why = f"from the first dose of {name}, {day(line.start)}, to {at.value} on {day(at.effective)}"
    g.say(Finding(CONTROL, value, at.effective, Obtained.NARRATIVE, evidence, why))


def _say_cycles(g: Gathering, course: Course, t: Therapies) -> None:
    """Cycles of the line that is running, where its regimen has cycles that can be counted."""
    line = course.advanced[-1]
    given = all(i.source.reference.startswith("MedicationAdministration") for i in line.items)
    number = cycles(line, t) if given and line.certain else None
    if number is None or g.on is None or line.last < g.on - t.span("running"):
        return
    ends = line.items[0].source, line.items[-1].source
    evidence = tuple({s.reference: Evidence(s.reference, s.path, None, s.text) for s in ends}.values())
    why = f"starts of a cycle of {regimen_name(line.drugs, t)} since {day(line.start)}, given here; to be confirmed"
    g.say(Finding(CYCLES, Decimal(number), line.last, Obtained.NARRATIVE, evidence, why))


# Progression on a drug


@cache
def _progression_rows() -> tuple[tuple[str, dict[str, Any]], ...]:
    rows = load_table("medications")["exposure"].items()
    return tuple((fact, row) for fact, row in rows if "progressed" in row)


def _say_progressed(g: Gathering, course: Course, t: Therapies) -> None:
    """Progression recorded on, or after, a drug that was given for certain in advanced disease."""
    since = course.since
    if since is None or not course.one_cancer:
        return
    for fact, row in _progression_rows():
        doses = [i for i in course.items if i.certain and i.drug in row["drugs"] and i.start >= since]
        hit = _progression(doses, course.progressions, row["progressed"]["within_days"], t)
        if hit is None:
            continue
        item, progression = hit
        evidence = (
            Evidence(item.source.reference, item.source.path, item.source.code, item.source.text),
            *(replace(e, code=None) for e in progression.evidence[:1]),
        )
        drug = item.drug.replace("_", " ")
        assert progression.effective is not None
        why = f"{drug} from {day(item.start)}, progression recorded on {day(progression.effective)}"
        confirm = row["progressed"].get("confirm")
        obtained = Obtained.NARRATIVE if confirm else Obtained.STRUCTURED
        g.say(Finding(fact, True, progression.effective, obtained, evidence, f"{why}; {confirm}" if confirm else why))


def _progression(
    doses: Iterable[Item], progressions: Sequence[Finding], within: int | None, t: Therapies
) -> tuple[Item, Finding] | None:
    """A first dose and the progression that followed it, soon enough after some dose of the same drug."""
    by_drug: dict[str, list[Item]] = {}
    for i in doses:
        by_drug.setdefault(i.drug, []).append(i)
    for _, given in sorted(by_drug.items()):
        first = min(given, key=lambda i: (i.start, i.source.reference))
        treated = Covered(given, after=timedelta(days=within)) if within is not None else None
        for finding in progressions:
            on = finding.effective
            if on is not None and on >= first.start + t.span("assessed") and (treated is None or on in treated):
                return first, finding
    return None
