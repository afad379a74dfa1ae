"""The labelled reports, read from their files: what a report says, what it may be read as, what it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from eligibility.catalogue import FactDefinition, FactType
from eligibility.errors import FactInputError
from eligibility.facts import Bound, Scalar
from eligibility.knowledge.load import load_knowledge

__all__ = [
    "PARTS", "TRAPS", "Expected", "LabelledReport", "Named", "Part", "ReportKind", "labelled_facts", "labelled_reports",
    "one_line", "plain_bound", "read_reports",
]  # fmt: skip

Part = Literal["development", "kept_aside"]
ReportKind = Literal["radiology", "pathology"]

PARTS: tuple[Part, ...] = ("development", "kept_aside")
TRAPS = range(1, 19)
"""The numbered traps of ER-27."""

_HERE = Path(__file__).resolve().parent
_BOUND = re.compile(r"(<=|>=|<|>)(\d+(?:\.\d+)?)")
_KEYS = {"id", "kind", "voice", "text", "expect", "may", "not", "traps"}


@dataclass(frozen=True, slots=True)
class Expected:
    """A value that the report clearly affirms as current, and words of the sentence that does so."""

    fact: str
    value: Scalar
    sentence_contains: str


@dataclass(frozen=True, slots=True)
class Named:
    """A fact with one of its values; without a value: whatever its value."""

    fact: str
    value: Scalar | None = None

    def covers(self, fact: str, value: Scalar) -> bool:
        """Whether a reading falls under it."""
        return self.fact == fact and (self.value is None or self.value == value)


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """One invented report with its labels. `may`: careful readers could decide either way; `never`: naive readings."""

    id: str
    part: Part
    kind: ReportKind
    voice: str
    text: str
    expect: tuple[Expected, ...]
    may: tuple[Named, ...]
    never: tuple[Named, ...]
    traps: tuple[int, ...]

    def expects(self, fact: str, value: Scalar) -> bool:
        """Whether the report clearly affirms this value."""
        return any(e.fact == fact and e.value == value for e in self.expect)

    def leaves_open(self, fact: str, value: Scalar) -> bool:
        """Whether this value may be read or not."""
        return any(named.covers(fact, value) for named in self.may)

    def denies(self, fact: str, value: Scalar) -> bool:
        """Whether only a naive reader would affirm this value."""
        return any(named.covers(fact, value) for named in self.never)


def one_line(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())


def plain_bound(definition: FactDefinition, value: Scalar) -> Scalar:
    """A bound of a whole number in its closed form: more than 10 is at least 11."""
    if isinstance(value, Bound) and definition.type is FactType.INTEGER:
        if value.comparator == ">" and value.limit == value.limit.to_integral_value():
            return Bound(">=", value.limit + 1)
        if value.comparator == "<" and value.limit == value.limit.to_integral_value():
            return Bound("<=", value.limit - 1)
    return value


@cache
def labelled_facts() -> tuple[str, ...]:
    """The facts that every report is labelled for."""
    facts: list[str] = yaml.safe_load((_HERE / "facts.yaml").read_text(encoding="utf-8"))
    return tuple(facts)


@cache
def labelled_reports(part: Part) -> tuple[LabelledReport, ...]:
    """All reports of a part. Raises ValueError for a label that the catalogue does not know."""
    files = sorted((_HERE / part).glob("*.yaml"))
    return tuple(report for file in files for report in read_reports(file.read_text(encoding="utf-8"), part, file.name))


def read_reports(text: str, part: Part, name: str) -> Iterator[LabelledReport]:
    """The reports of one file's text. Raises ValueError, naming file and report, for anything that is no label."""
    for raw in yaml.safe_load(text):
        try:
            yield _report(raw, part)
        except (FactInputError, KeyError, TypeError, ValueError) as problem:
            raise ValueError(f"{name}: {raw.get('id', 'a report without id')}: {problem}") from problem


def _report(raw: Mapping[str, Any], part: Part) -> LabelledReport:
    if unknown := raw.keys() - _KEYS:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    if raw["kind"] not in ("radiology", "pathology"):
        raise ValueError(f"{raw['kind']!r} is not radiology or pathology")
    return LabelledReport(
        raw["id"], part, raw["kind"], raw["voice"], raw["text"],
        tuple(_expected(label) for label in raw["expect"]),
        _named(raw.get("may", ())),
        _named(raw["not"]),
        tuple(raw.get("traps", ())),
    )  # fmt: skip


def _expected(label: Mapping[str, Any]) -> Expected:
    _only(label, {"fact", "value", "sentence_contains"})
    return Expected(label["fact"], _value(label["fact"], label["value"]), one_line(label["sentence_contains"]))


def _named(labels: Sequence[Mapping[str, Any]]) -> tuple[Named, ...]:
    for label in labels:
        _only(label, {"fact", "value"})
    return tuple(Named(_known(n["fact"]), _value(n["fact"], n["value"]) if "value" in n else None) for n in labels)


def _only(label: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := label.keys() - keys:
        raise ValueError(f"unknown keys of a label: {', '.join(sorted(unknown))}")


def _known(fact: str) -> str:
    if fact not in labelled_facts():
        raise ValueError(f"{fact} is not among the labelled facts")
    return fact


def _value(fact: str, given: object) -> Scalar:
    definition = load_knowledge().catalogue[_known(fact)]
    bound = _BOUND.fullmatch(given) if isinstance(given, str) and definition.type.numeric else None
    if bound is None:
        return definition.value_of(given)
    comparator: Any = bound[1]
    value = Bound(comparator, Decimal(bound[2]))
    if definition.plausible and not definition.plausible[0] <= value.limit <= definition.plausible[1]:
        raise ValueError(f"{fact}: {given} is not plausible")
    return plain_bound(definition, value)
