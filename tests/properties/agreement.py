"""Compares the program with the slow evaluator on one record, and makes a record on which they differ small.

Compared exactly: the value of every fact, the status of every option, its deciding reasons, what it waits for, what
could be recorded to go on, and what is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from eligibility.assessment import Assessment, OptionResult
from eligibility.engine import assess
from eligibility.facts import Bound, Scalar
from tests.fact_patients import KNOWLEDGE
from tests.properties.agreement_patients import BOOK, as_program_input
from tests.reference.examples import SOURCES
from tests.reference.record import OneSided, Record, Statement, Value
from tests.reference.verdict import Knowing, Verdict, judge, known_of

__all__ = ["Comparison", "Difference", "compared", "smallest", "told"]

ROUNDED = Decimal("0.00001")
"""The program keeps six decimals of a computed number."""


@dataclass(frozen=True)
class Difference:
    """What the two say of one fact or option."""

    what: str
    program: object
    slow: object

    @property
    def kind(self) -> tuple[str, str, str]:
        """The same difference in a smaller patient looks like this."""
        return self.what, type(self.program).__name__, str(self.slow if isinstance(self.slow, str) else "")


@dataclass(frozen=True)
class Comparison:
    """Every option in the status that both agree on, and all that they do not agree on."""

    statuses: dict[str, str]
    differences: tuple[Difference, ...]


def compared(record: Record, options: Iterable[str] | None = None) -> Comparison:
    """Both evaluations of one record; all options unless some are named."""
    assessment = assess(as_program_input(record), KNOWLEDGE, record.on)
    knowing = known_of(record, BOOK)
    results = {result.option.id: result for result in assessment.options}
    wanted = results.keys() if options is None else set(options)
    verdicts = {o.id: judge(o, knowing) for o in BOOK.options if o.id in wanted}
    assert verdicts.keys() == wanted & results.keys(), "the two do not know the same options"
    found = list(_facts(assessment, knowing))
    for option, verdict in verdicts.items():
        found += _option(results[option], verdict)
    statuses = {option: v.status for option, v in verdicts.items() if v.status == str(results[option].status)}
    return Comparison(statuses, tuple(found))


def _facts(assessment: Assessment, knowing: Knowing) -> Iterator[Difference]:
    for fact, standing in knowing.facts.items():
        settled = assessment.facts[fact]
        program = settled.value if settled.decides else None
        if not _same(program, standing.value):
            yield Difference(fact, program, standing.value)


def _same(program: Scalar | None, slow: Value | None) -> bool:
    if isinstance(slow, OneSided) and isinstance(program, Bound):
        return slow.sign == program.comparator and _same(program.limit, slow.limit)
    if isinstance(slow, Decimal) and isinstance(program, Decimal):
        return abs(slow - program) <= ROUNDED
    return type(slow) is type(program) and slow == program


def _option(result: OptionResult, verdict: Verdict) -> Iterator[Difference]:
    name = result.option.id
    if str(result.status) != verdict.status:
        yield Difference(f"{name}: status", str(result.status), verdict.status)
        return
    reasons = {
        (str(r.kind), r.facts[0] if str(r.kind) in ("diagnosis", "goal") else r.when, r.result) for r in result.decisive
    }
    pairs: tuple[tuple[str, Iterable[object], Iterable[object]], ...] = (
        ("reasons", reasons, verdict.reasons),
        ("waits for", result.waits_for, verdict.waits_for),
        ("missing", result.missing, verdict.missing),
        ("to confirm", result.confirm, verdict.confirm),
    )
    for part, program, slow in pairs:
        if set(program) != set(slow):
            yield Difference(
                f"{name}: {part}", sorted(set(program) - set(slow), key=str), sorted(set(slow) - set(program), key=str)
            )


def smallest(record: Record, difference: Difference) -> Record:
    """The record with every statement and every unread source left out that the difference does not need."""
    option = {difference.what.split(":")[0]} if ":" in difference.what else set()

    def differs(candidate: Record) -> bool:
        return difference.kind in {d.kind for d in compared(candidate, option).differences}

    while True:
        fewer = [
            *(replace(record, statements=_without(record.statements, n)) for n in range(len(record.statements))),
            *(replace(record, complete=record.complete | {s}) for s in SOURCES if s not in record.complete),
        ]
        smaller = next((candidate for candidate in fewer if differs(candidate)), None)
        if smaller is None:
            return record
        record = smaller


def _without(statements: tuple[Statement, ...], number: int) -> tuple[Statement, ...]:
    return (*statements[:number], *statements[number + 1 :])


def told(record: Record, difference: Difference) -> str:
    """A difference and the smallest record that shows it, to be read by a person."""
    small = smallest(record, difference)
    unread = sorted(set(SOURCES) - small.complete)
    lines = [f"{difference.what}: the program says {difference.program}, the slow evaluator {difference.slow}"]
    lines += [f"    {statement}" for statement in small.statements]
    return "\n".join([*lines, f"    not read completely: {', '.join(unread) or 'none'}"])
