"""Lines of therapy from a timeline of doses: what was given together, and where one line ends and the next begins.

Pure: doses and dates in, lines out. The boundaries are those of `valuesets/therapies.yaml`. A line that is not known
to be one is marked `unclear`; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from itertools import groupby

from fhir_mappings.readers.therapy_doses import Covered, Item, Regimen, Therapies

__all__ = ["Began", "Line", "certain_lines", "cycles", "lines_of", "regimen_name"]


class Began(Enum):
    """Why a line counts as a new one."""

    FIRST = "first"
    METASTASIS = "metastases were recorded"
    PROGRESSION = "new drug after progression"
    BREAK = "new drug after a pause"
    UNCLEAR = "new drug, no progression recorded"


@dataclass(slots=True)
class Line:
    """One line: its drugs with their first days, its doses, the last day one covers, and why it began."""

    began: Began
    items: list[Item] = field(default_factory=list)
    drugs: dict[str, date] = field(default_factory=dict)
    last: date = date.min

    @property
    def start(self) -> date:
        """The first dose."""
        return self.items[0].start

    @property
    def certain(self) -> bool:
        """Whether every dose was given and is dated."""
        return all(i.certain for i in self.items)

    def add(self, item: Item) -> None:
        """A further dose, no earlier than the ones before."""
        self.items.append(item)
        self.drugs.setdefault(item.drug, item.start)
        self.last = max(self.last, item.end)


def lines_of(items: Sequence[Item], progressions: Iterable[date], since: date | None, t: Therapies) -> tuple[Line, ...]:
    """The lines of a timeline in order, those before advanced disease too. Companions never make a line.

    `since` is when disease was first recorded as advanced; `progressions` are the days of recorded progression.
    """
    progressed = sorted(progressions)
    lines: list[Line] = []
    latest: dict[str, date] = {}
    for day, group in groupby(sorted(items, key=lambda i: (i.start, i.drug, i.end)), key=lambda i: i.start):
        doses = list(group)
        if not lines:
            if all(i.drug in t.companions for i in doses):
                continue
            lines.append(Line(Began.FIRST))
        else:
            began = _boundary(lines[-1], day, doses, latest, progressed, since, t)
            if began is not None:
                lines.append(Line(began))
        for i in doses:
            lines[-1].add(i)
            latest[i.drug] = max(latest.get(i.drug, i.end), i.end)
    return tuple(lines)


def _boundary(
    line: Line,
    day: date,
    doses: Sequence[Item],
    latest: Mapping[str, date],
    progressed: Sequence[date],
    since: date | None,
    t: Therapies,
) -> Began | None:
    """Why doses of a day begin a new line; None when they belong to the one before."""
    drugs = {i.drug for i in doses} - t.companions
    last = line.last
    if drugs and since is not None and last < since <= day and day - last > t.span("combination"):
        return Began.METASTASIS
    carried = {d for d in drugs if d in latest and day - latest[d] <= t.span("carried")}
    new = drugs - line.drugs.keys() - carried
    if not new or day - line.start <= t.span("combination"):
        return None
    after_progression = any(line.start + t.span("assessed") <= p <= day for p in progressed)
    instead = {d for d in new if any(d in group and group & line.drugs.keys() for group in t.same_line)}
    if after_progression:
        return Began.UNCLEAR if new == instead else Began.PROGRESSION
    joined = t.added if day - line.start <= t.span("added") else frozenset()
    kept_up = t.maintenance if day - last <= t.span("maintenance") else frozenset()
    if not new - instead - joined - kept_up:
        return None
    return Began.BREAK if day - last >= t.span("break") else Began.UNCLEAR


def certain_lines(
    lines: Sequence[Line], progressions: Iterable[date], doubtful: Mapping[str, date | None], t: Therapies
) -> tuple[int, date | None]:
    """How many lines, at least, were given and ended in progression; and the day of the last such progression.

    `lines` are of doses that are certain and were given in advanced disease. Lines that began without a recorded
    progression are one with the line before them; so are those whose new drug stands in a record that is not certain
    before the progression (`doubtful`: the earliest such day of each drug, None when it is not dated).
    """
    progressed = sorted(progressions)
    settle, window = t.span("assessed"), t.span("refractory")
    merged: list[list[Line]] = []
    for line in lines:
        if merged and not _clearly_new(line, merged[-1][-1], progressed, doubtful, t):
            merged[-1].append(line)
        else:
            merged.append([line])
    counted, latest = 0, None
    for place, group in enumerate(merged):
        until = merged[place + 1][0].start if place + 1 < len(merged) else date.max
        treated = Covered((i for line in group for i in line.items), after=window)
        ends = [p for p in progressed if group[0].start + settle <= p <= until and p in treated]
        if ends:
            counted, latest = counted + 1, ends[-1]
    every = Covered((i for line in lines for i in line.items), after=window)
    after = [p for p in progressed if lines[0].start + settle <= p and p in every] if lines else []
    if not after:
        return 0, None
    return max(counted, 1), latest or after[-1]


def _clearly_new(
    line: Line, before: Line, progressed: Sequence[date], doubtful: Mapping[str, date | None], t: Therapies
) -> bool:
    if line.began is not Began.PROGRESSION:
        return False
    ended = max(p for p in progressed if p <= line.start)
    old = before.drugs.keys()
    fresh = [
        d for d, day in line.drugs.items()
        if day == line.start and d not in old and d not in t.companions
        and not any(d in group and group & old for group in t.same_line)
    ]  # fmt: skip
    return any(d not in doubtful or ((day := doubtful[d]) is not None and day > ended) for d in fresh)


def regimen_name(drugs: Iterable[str], t: Therapies) -> str:
    """What a set of drugs is called: the regimen with most parts, and by name what is left over."""
    left = [d for d in drugs if d not in t.companions]
    names: list[str] = []
    while left:
        best: tuple[Regimen, set[str]] | None = None
        for regimen in t.regimens:
            used = _parts(regimen.parts, left, t)
            if used and (best is None or len(used) > len(best[1])):
                best = regimen, used
        if best is None:
            break
        names.append(_with_drugs(best[0], best[1], t))
        left = [d for d in left if d not in best[1]]
    return " + ".join([*names, *sorted(d.replace("_", " ") for d in left)])


def _with_drugs(regimen: Regimen, drugs: set[str], t: Therapies) -> str:
    """The name alone where it tells the drugs; with them where a part is a class."""
    if not any(part in t.classes for part in regimen.parts):
        return regimen.name
    return f"{regimen.name} ({', '.join(sorted(d.replace('_', ' ') for d in drugs))})"


def _parts(parts: Sequence[str], drugs: Sequence[str], t: Therapies) -> set[str]:
    """The drugs that fill the parts of a regimen; empty when one is missing."""
    used: set[str] = set()
    for part in parts:
        choices = t.classes.get(part, frozenset((part,)))
        drug = next((d for d in sorted(drugs) if d in choices and d not in used), None)
        if drug is None:
            return set()
        used.add(drug)
    return used


def cycles(line: Line, t: Therapies) -> int | None:
    """How many cycles of a line's regimen are recorded, one start each; None where cycles cannot be told."""
    best: tuple[int, set[str], int] | None = None
    for regimen in t.regimens:
        used = _parts(regimen.parts, list(line.drugs), t)
        if used and regimen.cycle_days and (best is None or len(used) > best[0]):
            best = len(used), used, regimen.cycle_days
    if best is None:
        return None
    starts = sorted({i.start for i in line.items if i.drug in best[1]})
    counted, begun = 0, date.min
    for day in starts:
        if counted == 0 or day - begun > timedelta(days=best[2] // 2):
            counted, begun = counted + 1, day
    return counted
