"""Dates of the synthetic charts: their spans, their ages, and moving a chart to another day.

The charts are written as of `WRITTEN_FOR`. Opened on a later day their results would all be too old, so a
chart is moved as a whole: each date by the same number of days. No clock is read here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any

__all__ = ["DATE_ELEMENTS", "WRITTEN_FOR", "age_on", "moved_to", "shown", "span"]

WRITTEN_FOR = date(2026, 11, 20)

# Elements of type date, dateTime or instant in FHIR R4, by name: R4 has no other use of these names whose value
# could look like a date. Free text, codes, identifiers and postal codes ("2026", "1090") therefore stay as they are.
DATE_ELEMENTS = frozenset(
    """
    abatementDateTime answerDate answerDateTime approvalDate articleDate assertedDate authored authoredOn birthDate
    bornDate collectedDateTime created createdDateTime creation date dateAccessed dateAsserted dateDateTime dateTime
    dateWritten deceasedDate deceasedDateTime defaultValueDate defaultValueDateTime defaultValueInstant detected dueDate
    effectiveDateTime effectiveInstant effectiveTime end enteredDate event expirationDate expiry fixedDate
    fixedDateTime fixedInstant identifiedDateTime ifModifiedSince issued lastModified lastOccurrence lastPerformed
    lastReviewDate lastRevisionDate lastUpdated lockedDate manufactureDate maxValueDate maxValueDateTime
    maxValueInstant minValueDate minValueDateTime minValueInstant nextScheduled occurredDateTime occurrenceDateTime
    onset onsetDateTime participantEffectiveDateTime patternDate patternDateTime patternInstant paymentDate
    performedDateTime presentationDate publicationDate received receivedTime recorded recordedDate recordedOn
    releaseDate restoreDate sent servicedDate start startDate started statusDate studyEffectiveDateTime time
    timeDateTime timestamp timingDate timingDateTime useBy validTo validationDate valueDate valueDateTime valueInstant
    verificationDate when whenHandedOver whenPrepared
    """.split()
)

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?P<time>T.*)?)?)?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moved_to(bundle: dict[str, Any], on: date) -> dict[str, Any]:
    """A copy of a chart written for `WRITTEN_FOR`, as if it had been written for `on`.

    Every date, dateTime and instant moves by the same whole number of days and keeps its precision, time of day
    and offset; a month or a year moves with its middle day. A birth date moves too, and the age in years on `on` is
    exactly what it was on `WRITTEN_FOR`. Dates inside free text, narrative and attachments do not move.
    """
    days = (on - WRITTEN_FOR).days
    moved = _moved(bundle, "", days, on)
    assert isinstance(moved, dict)
    return moved


def _moved(node: Any, name: str, days: int, on: date) -> Any:
    if isinstance(node, dict):
        return {key: _moved(value, key, days, on) for key, value in node.items()}
    if isinstance(node, list):
        return [_moved(value, name, days, on) for value in node]
    if isinstance(node, str) and name in DATE_ELEMENTS:
        return _moved_birth(node, days, on) if name == "birthDate" else _moved_date(node, days)
    return node


def _moved_date(written: str, days: int) -> str:
    parts = _DATE.fullmatch(written)
    if parts is None:
        return written
    year, month, day = int(parts["year"]), int(parts["month"] or 7), int(parts["day"] or (15 if parts["month"] else 2))
    try:
        moved = date(year, month, day) + timedelta(days=days)
    except (ValueError, OverflowError):  # no such day, or beyond the calendar: an odd date stays odd
        return written
    precision = 10 if parts["day"] else 7 if parts["month"] else 4
    return moved.isoformat()[:precision] + (parts["time"] or "")


def _moved_birth(written: str, days: int, on: date) -> str:
    moved = _moved_date(written, days)
    before, after = age_on(written, WRITTEN_FOR), age_on(moved, on)
    if before is None or after is None or len(written) != 10 or before == after:
        return moved
    return _moved_date(moved, 1 if after > before else -1)  # a leap day fell on the other side of a birthday


def age_on(birth: str, on: date) -> int | None:
    """Whole years from a FHIR birth date to `on`; None when the birth date is missing or odd.

    Of a birth year or month alone, the middle day counts.
    """
    parts = _DATE.fullmatch(birth)
    if parts is None:
        return None
    month, day = int(parts["month"] or 7), int(parts["day"] or (15 if parts["month"] else 2))
    return on.year - int(parts["year"]) - ((on.month, on.day) < (month, day))


def span(written: str) -> tuple[datetime, datetime] | None:
    """First and last moment a FHIR date covers; without an offset UTC is meant. None when it cannot be read."""
    parts = _DATE.fullmatch(written)
    if parts is None:
        return None
    try:
        if parts["time"]:
            moment = datetime.fromisoformat(written)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            width = timedelta(microseconds=1) if "." in written else timedelta(seconds=1)
            return moment, moment + width - timedelta(microseconds=1)
        year, month = int(parts["year"]), int(parts["month"] or 0)
        first = date(year, month or 1, int(parts["day"] or 1))
        last = first if parts["day"] else date(year, month or 12, monthrange(year, month or 12)[1])
    except (ValueError, OverflowError):
        return None
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return begin, datetime(last.year, last.month, last.day, 23, 59, 59, 999999, tzinfo=UTC)


def shown(written: str) -> str:
    """A FHIR date in words: "19 Nov 2026", "Nov 2026", "2026"; an unreadable one as it stands, none as "not dated"."""
    parts = _DATE.fullmatch(written)
    if parts is None:
        return written or "not dated"
    month = int(parts["month"] or 0)
    if month > len(_MONTHS):
        return written
    words = [str(int(parts["day"]))] if parts["day"] else []
    return " ".join([*words, *([_MONTHS[month - 1]] if month else []), parts["year"]])
