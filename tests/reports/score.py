"""Precision, recall and abstention of the reading of reports, per fact: `python -m tests.reports.score [--gate]`.

For the kept-aside part only numbers are printed, never a report: whoever improves the reading must not tune on it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from eligibility.facts import Scalar
from eligibility.knowledge.load import load_knowledge
from tests.reports.labelled import (
    PARTS,
    LabelledReport,
    ReportKind,
    labelled_facts,
    labelled_reports,
    one_line,
    plain_bound,
)

__all__ = ["LEAST_PRECISION", "FactScore", "Reader", "Score", "main", "score", "shipped_reader"]

LEAST_PRECISION = 0.97
"""Of the affirmed values on the kept-aside part (ER-29)."""


class ReadStatement(Protocol):
    """What a statement of a reading must offer. A contradicted one affirms nothing: the report also says otherwise."""

    @property
    def fact(self) -> str: ...
    @property
    def value(self) -> Scalar | None: ...
    @property
    def sentence(self) -> str: ...
    @property
    def contradicted(self) -> bool: ...


class ReadReport(Protocol):
    """What a reading must offer."""

    @property
    def statements(self) -> Sequence[ReadStatement]: ...


Reader = Callable[[str, ReportKind], ReadReport]


@dataclass(slots=True)
class FactScore:
    """Counts for one fact, or for several together.

    `right`: expected values that were affirmed; `wrong`: affirmed values that are neither expected nor left open;
    `naive`: those of them that the labels name as a naive reader's; `misread`: expected values in whose place the
    fact got a wrong one; `abstained`: expected values of which nothing was affirmed.
    """

    expected: int = 0
    right: int = 0
    wrong: int = 0
    naive: int = 0
    misread: int = 0
    abstained: int = 0
    open: int = 0
    contradicted: int = 0
    elsewhere: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the affirmed values that are right; None when nothing was affirmed."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of the expected values that were affirmed."""
        return self.right / self.expected if self.expected else None

    @property
    def abstention(self) -> float | None:
        """Share of the expected values of whose fact nothing was affirmed."""
        return self.abstained / self.expected if self.expected else None

    def add(self, other: FactScore) -> None:
        """Count another score into this one."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Score:
    """The score of one part. `faults` tells each wrong and each missed value, for the development part."""

    reports: int
    facts: dict[str, FactScore]
    unlabelled: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def overall(self) -> FactScore:
        """All facts together."""
        total = FactScore()
        for one in self.facts.values():
            total.add(one)
        return total


def score(reports: Iterable[LabelledReport], read: Reader) -> Score:
    """Read every report and compare what is affirmed with its labels; each fact and value counts once per report."""
    result = Score(0, {fact: FactScore() for fact in labelled_facts()})
    for report in reports:
        result.reports += 1
        _compare(report, read(report.text, report.kind).statements, result)
    return result


def _compare(report: LabelledReport, statements: Sequence[ReadStatement], result: Score) -> None:
    catalogue = load_knowledge().catalogue
    affirmed: dict[tuple[str, Scalar], list[str]] = {}
    for s in statements:
        if s.value is None:
            continue
        if s.fact not in result.facts:
            result.unlabelled += 1
        elif s.contradicted:
            result.facts[s.fact].contradicted += 1
        else:
            value = plain_bound(catalogue[s.fact], s.value)
            affirmed.setdefault((s.fact, value), []).append(one_line(s.sentence))
    wrong: set[str] = set()
    for (fact, value), sentences in affirmed.items():
        one = result.facts[fact]
        if report.expects(fact, value):
            one.right += 1
            words = [e.sentence_contains for e in report.expect if (e.fact, e.value) == (fact, value)]
            one.elsewhere += not any(w in s or s in w for w in words for s in sentences)
        elif report.leaves_open(fact, value):
            one.open += 1
        else:
            one.wrong += 1
            one.naive += report.denies(fact, value)
            wrong.add(fact)
            result.faults.append(f"{report.id}: wrong {fact} = {value}: {sentences[0]}")
    for expected in report.expect:
        one = result.facts[expected.fact]
        one.expected += 1
        if (expected.fact, expected.value) in affirmed:
            continue
        one.misread += expected.fact in wrong
        one.abstained += not any(fact == expected.fact for fact, _ in affirmed)
        result.faults.append(f"{report.id}: missed {expected.fact} = {expected.value}: {expected.sentence_contains}")


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _row(name: str, one: FactScore) -> str:
    counts = (one.expected, one.right, one.wrong, one.naive, one.misread, one.abstained, one.open)
    shares = (one.precision, one.recall, one.abstention)
    return f"{name:36}" + "".join(f"{n:>10}" for n in counts) + "".join(f"{_share(s):>12}" for s in shares)


def _table(part: str, result: Score) -> str:
    head = ("expected", "right", "wrong", "naive", "misread", "abstained", "open")
    lines = [
        f"{part}: {result.reports} reports",
        f"{'fact':36}"
        + "".join(f"{h:>10}" for h in head)
        + "".join(f"{h:>12}" for h in ("precision", "recall", "abstention")),
    ]
    lines += [_row(f, s) for f, s in result.facts.items() if s.expected or s.wrong or s.open or s.contradicted]
    total = result.overall
    lines += [
        _row("all facts", total),
        f"affirmed, though from another sentence than the labelled one: {total.elsewhere}",
        f"contradicted within the report and so not affirmed: {total.contradicted}",
        f"values of facts that are not labelled: {result.unlabelled}",
    ]
    return "\n".join(lines) + "\n"


def shipped_reader() -> Reader | None:
    """The reader of this project; None while there is none."""
    try:
        module = importlib.import_module("fhir_mappings.report_text")
    except ModuleNotFoundError:
        return None
    reader: Reader | None = getattr(module, "read_report", None)
    return reader


def main(arguments: Sequence[str] | None = None, reader: Reader | None = None) -> int:
    """Print the tables. Exit code 1: `--gate`, and the kept-aside precision is too low; 2: there is no reader."""
    parser = argparse.ArgumentParser(prog="python -m tests.reports.score", description=__doc__)
    parser.add_argument("--gate", action="store_true", help="fail when precision on the kept-aside part is too low")
    parser.add_argument("--faults", action="store_true", help="list wrong and missed values of the development part")
    asked = parser.parse_args(arguments)
    read = reader or shipped_reader()
    if read is None:
        sys.stderr.write("There is no fhir_mappings.report_text.read_report to score.\n")
        return 2
    results = {part: score(labelled_reports(part), read) for part in PARTS}
    for part, result in results.items():
        sys.stdout.write(_table(part, result) + "\n")
    if asked.faults:
        sys.stdout.write("\n".join(results["development"].faults) + "\n")
    reached = results["kept_aside"].overall.precision
    if asked.gate and (reached is None or reached < LEAST_PRECISION):
        sys.stderr.write(f"Precision on the kept-aside part is {_share(reached)}, below {LEAST_PRECISION}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
