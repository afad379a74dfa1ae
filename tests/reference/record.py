"""What the slow evaluator is told of a patient, and which of several statements of a fact stands (README, section 4).

Shares nothing with the program: its own types, its own reading of the prose. Where the prose leaves a choice, the
safer reading is taken and said here:

- A statement that is preliminary, unreadable, stale or only hinted at in a text is a trace: the fact is not known,
  and it is not "not recorded" either.
- A preliminary or unreadable statement is otherwise nothing, with two exceptions. Of a fact that grows old, it leaves
  no older one standing when it is newer. A stated absence does not stand beside an unreadable statement of a fact
  whose silence would mean absence.
- Two forms of a condition that is present (controlled, severe) on one day: the graver, in the order of `values`.
- Positive and negative contradict each other only when both are said to be tissue, of one day.
- A laboratory value without a date cannot show that it is recent. A person's word without a date is of today.
- Statements without a date are older than all others, but what is undated cannot be outdated by an absence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from tests.reference.book import FactLine

__all__ = ["OneSided", "Record", "Standing", "Statement", "Value", "stand"]


@dataclass(frozen=True)
class OneSided:
    """A number known from one side only: "<0.2"."""

    sign: Literal["<", "<=", ">", ">="]
    limit: Decimal


Value = bool | Decimal | str | frozenset[str] | OneSided


@dataclass(frozen=True)
class Statement:
    """One statement of a record. `text`: read from a report's words. `value` None: there, but unreadable."""

    fact: str
    value: Value | None
    when: date | None = None
    source: Literal["entered", "result", "text"] = "result"
    preliminary: bool = False
    specimen: Literal["tissue", "plasma", "unread"] | None = None
    metastasis: bool | None = None
    upper_limit: Decimal | None = None


@dataclass(frozen=True)
class Record:
    """All statements, the day of the question, and the kinds of source that were read completely."""

    on: date
    statements: tuple[Statement, ...]
    complete: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """One fact. `value` only when it may decide; `trace`: the record speaks of the fact, known or not.

    `disputed`: statements that contradict each other. `said`: every value that a reader could take it to have, None
    for one that nobody can read. `assumed`: names what was taken as absent to get here. `waits`: what would have to
    be known.
    """

    value: Value | None = None
    trace: bool = False
    upper_limit: Decimal | None = None
    assumed: frozenset[str] = frozenset()
    waits: frozenset[str] = frozenset()
    disputed: bool = False
    said: frozenset[Value | None] = frozenset()

    @property
    def known(self) -> bool:
        return self.value is not None


NOTHING = Standing()
Choice = Statement | None
"""The statement that stands, or None: they contradict each other, or prove nothing."""


def stand(line: FactLine, statements: Sequence[Statement], on: date) -> Standing:
    """What the statements of one fact amount to on a day."""
    if not statements:
        return NOTHING
    said = frozenset(s.value for s in statements)
    usable = [s for s in statements if s.value is not None and not s.preliminary and s.source != "text"]
    useless = [s for s in statements if s.value is None or s.preliminary]
    if not usable:
        return Standing(trace=True, said=said)
    chosen = _united(usable) if line.type == "set" else _RULES[line.settle](line, usable)
    stated = frozenset(s.value for s in usable)
    if chosen is None:
        return Standing(trace=True, disputed=True, said=stated)
    if line.fresh_days is not None and any(chosen.when is not None and _after(u, chosen) for u in useless):
        return Standing(trace=True, said=said)
    if line.told_by and _absent(chosen.value) and any(u.value is None for u in useless):
        return Standing(trace=True, said=said)
    if _stale(line, chosen, on):
        return Standing(trace=True, said=stated)
    return Standing(chosen.value, True, chosen.upper_limit)


def _stale(line: FactLine, statement: Statement, on: date) -> bool:
    if line.fresh_days is None:
        return False
    if statement.when is None:
        return statement.source != "entered"
    return (on - statement.when).days > line.fresh_days


def _after(one: Statement, other: Statement) -> bool:
    if one.when is None:
        return False
    return other.when is None or one.when > other.when


def _newest(statements: Sequence[Statement]) -> list[Statement]:
    return [s for s in statements if not any(_after(o, s) for o in statements)]


def _one(statements: Sequence[Statement]) -> Choice:
    """The one value they all state, or a contradiction."""
    return statements[0] if len({s.value for s in statements}) == 1 else None


def _latest(_: FactLine, statements: Sequence[Statement]) -> Choice:
    return _one(_newest(statements))


def _absent(value: Value | None) -> bool:
    return value is False or value in ("none", Decimal(0), frozenset())


def _united(statements: Sequence[Statement]) -> Statement:
    members = [s.value for s in statements if isinstance(s.value, frozenset)]
    return replace(_newest(statements)[0], value=frozenset().union(*members))


def _any_true(line: FactLine, statements: Sequence[Statement]) -> Choice:
    """Present once recorded as present, unless a later statement says absent."""
    present = [s for s in statements if not _absent(s.value)]
    absent = [s for s in statements if _absent(s.value)]
    if not present:
        return _one(_newest(absent))
    if not absent:
        return _graver(line, _newest(present))
    if all(_after(a, p) and p.when is not None for a in _newest(absent)[:1] for p in present):
        return _newest(absent)[0]
    if all(_after(p, a) for p in _newest(present)[:1] for a in absent):
        return _graver(line, _newest(present))
    return None


def _graver(line: FactLine, statements: Sequence[Statement]) -> Statement:
    return max(statements, key=lambda s: line.values.index(s.value) if isinstance(s.value, str) else 0)


def _highest(line: FactLine, statements: Sequence[Statement]) -> Choice:
    def height(s: Statement) -> tuple[Decimal, bool]:
        if isinstance(s.value, str):
            return Decimal(line.values.index(s.value)), False
        if isinstance(s.value, OneSided):
            return s.value.limit, s.value.sign == ">"
        return (s.value if isinstance(s.value, Decimal) else Decimal(0)), False

    return max(statements, key=height)


def _largest_of_latest(line: FactLine, statements: Sequence[Statement]) -> Choice:
    return _highest(line, _newest(statements))


def _lesion_nature(_: FactLine, statements: Sequence[Statement]) -> Choice:
    malignant = [s for s in statements if s.value in ("metastasis", "hcc", "icca")]
    if malignant:
        return _one(malignant)
    open_question = [s for s in statements if s.value == "indeterminate"]
    return open_question[0] if open_question else _one(_newest(statements))


def _negative(value: Value | None) -> bool:
    return value is False or value in ("wild_type", "mss")


def _in_plasma(statement: Statement) -> bool:
    """Plasma, or a specimen that may have been plasma."""
    return statement.specimen in ("plasma", "unread")


def _ras(_: FactLine, statements: Sequence[Statement]) -> Choice:
    """Mutated while the latest says so; none detected later is a contradiction; plasma shows no wild type."""
    positive = [s for s in statements if not _negative(s.value)]
    negative = [s for s in statements if _negative(s.value)]
    if not positive:
        proof = [s for s in negative if not _in_plasma(s)]
        return proof[0] if proof else None
    if not negative or all(_after(p, n) for p in _newest(positive)[:1] for n in negative):
        return _newest(positive)[0]
    return None


def _driver(_: FactLine, statements: Sequence[Statement]) -> Choice:
    """Any positive persists; the first class leads; the same specimen on one day may contradict itself."""
    positive = [s for s in statements if not _negative(s.value)]
    negative = [s for s in statements if _negative(s.value)]
    if not positive:
        proof = [s for s in negative if not _in_plasma(s)]
        return proof[0] if proof else None
    dated = [s for s in positive if s.when is not None] or positive
    first = [s for s in dated if not any(_after(s, o) for o in dated)]
    if any(n.when == f.when and n.specimen == f.specimen == "tissue" for n in negative for f in first):
        return None
    return _one(first)


def _receptor(_: FactLine, statements: Sequence[Statement]) -> Choice:
    on_metastasis = [s for s in statements if s.metastasis is True]
    return _one(_newest(on_metastasis or statements))


def _msi(_: FactLine, statements: Sequence[Statement]) -> Choice:
    """Methods agree, or it is a contradiction; stable in plasma refutes nothing and proves nothing."""
    counted = [s for s in statements if not (_negative(s.value) and _in_plasma(s))]
    return _one(counted) if counted else None


def _earliest(_: FactLine, statements: Sequence[Statement]) -> Choice:
    dated = [s for s in statements if s.when is not None] or list(statements)
    return _one([s for s in dated if not any(_after(s, o) for o in dated)])


_RULES: dict[str, Callable[[FactLine, Sequence[Statement]], Choice]] = {
    "latest": _latest,
    "pdl1": _latest,
    "any_true": _any_true,
    "highest": _highest,
    "largest_of_latest": _largest_of_latest,
    "lesion_nature": _lesion_nature,
    "ras": _ras,
    "driver": _driver,
    "persists": _driver,
    "receptor": _receptor,
    "msi": _msi,
    "earliest": _earliest,
}
