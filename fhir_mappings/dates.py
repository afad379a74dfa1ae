"""FHIR dates, which may be partial: the days a date can mean, and the moment where the record gives one.

Partial dates compare as ranges (ER-10). No clock.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

__all__ = ["When", "first_of", "full_years", "when"]

_FORM = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2})"
    r"(?:T(?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class When:
    """The first and last day that a FHIR date or dateTime can mean, and the moment if it names one with its zone."""

    first: date
    last: date
    at: datetime | None = None

    @property
    def exact(self) -> bool:
        """Whether a single day is meant."""
        return self.first == self.last


@lru_cache(maxsize=2048)
def when(text: object) -> When | None:
    """A FHIR date, dateTime or instant as days. None for missing or malformed text."""
    if not isinstance(text, str) or (match := _FORM.fullmatch(text.strip())) is None:
        return None
    year, month, day = int(match["y"]), match["m"], match["d"]
    try:
        if month is None:
            return When(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return When(date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1]))
        only = date(year, int(month), int(day))
        return When(only, only, _moment(match) if match["zone"] else None)
    except ValueError:
        return None


def _moment(match: re.Match[str]) -> datetime | None:
    zone = "+00:00" if match["zone"] == "Z" else match["zone"]
    clock, _, fraction = match["time"].partition(".")
    try:
        moment = datetime.fromisoformat(f"{match['y']}-{match['m']}-{match['d']}T{clock}{zone}")
    except ValueError:
        return None
    return moment.replace(microsecond=int(f"{fraction:0<6}"[:6]) if fraction else 0).astimezone(UTC)


def full_years(born: date, on: date) -> int:
    """Completed years of life on a day; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def first_of(*texts: str | None) -> When | None:
    """The first of several date elements that can be read."""
    for text in texts:
        if (found := when(text)) is not None:
            return found
    return None
