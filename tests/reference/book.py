"""The rules as the clinicians wrote them: the YAML files, read plainly, with the gates put into the options.

Nothing is checked here beyond what reading needs: refusing a bad file is the program's work and is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Book", "Entry", "FactLine", "Line", "MustBe", "read_book"]

FOLDER = Path(__file__).parents[2] / "eligibility" / "knowledge"


@dataclass(frozen=True)
class FactLine:
    """What the catalogue says of one fact."""

    id: str
    type: str
    values: tuple[str, ...]
    settle: str
    fresh_days: int | None
    plausible: tuple[str, str] | None
    told_by: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...] | None]
    derived: bool

    @property
    def numeric(self) -> bool:
        return self.type in ("number", "integer", "quantity")


@dataclass(frozen=True)
class Line:
    """One condition of an option or of one of its gates."""

    when: str
    gate: str | None


@dataclass(frozen=True)
class MustBe:
    """A condition that has to hold, or the option waits for these facts."""

    when: str
    needs: tuple[str, ...]
    gate: str | None


@dataclass(frozen=True)
class Entry:
    """One option with its gates merged. `conditions`: every condition that it reads."""

    id: str
    cancer_directed: bool
    liver_directed: bool
    level: str
    scope: str
    indications: tuple[Line, ...]
    contraindications: tuple[Line, ...]
    downgrades: tuple[Line, ...]
    cautions: tuple[Line, ...]
    must_be_true: tuple[MustBe, ...]
    requires: frozenset[str]
    raised_if: str | None
    symptom_relief: str | None
    examples: tuple[Mapping[str, Any], ...]

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        lines = (*self.indications, *self.contraindications, *self.downgrades, *self.cautions)
        rules = (*(line.when for line in lines), *(rule.when for rule in self.must_be_true))
        return (self.scope, *rules, self.raised_if) if self.raised_if else (self.scope, *rules)


@dataclass(frozen=True)
class Book:
    """All facts and all options that are not retired."""

    facts: Mapping[str, FactLine]
    options: tuple[Entry, ...]

    @cached_property
    def ageless(self) -> Book:
        """The same book, if no value ever grew too old."""
        return Book({fact: replace(line, fresh_days=None) for fact, line in self.facts.items()}, self.options)


@cache
def read_book(folder: Path = FOLDER) -> Book:
    """The knowledge base in a folder."""
    order = _read(folder / "knowledge.yaml")
    facts = [
        _fact(entry) for section in order["facts"] for entry in _read(folder / "facts" / f"{section}.yaml")["facts"]
    ]
    gates = {gate["id"]: gate for gate in map(_read, sorted((folder / "gates").glob("*.yaml")))}
    options = [_option(data, gates) for data in _options(folder) if data["status"] != "retired"]
    return Book({line.id: line for line in facts}, tuple(options))


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _options(folder: Path) -> Iterator[Any]:
    yield from map(_read, sorted((folder / "options").glob("*/*.yaml")))


def _fact(entry: Any) -> FactLine:
    absent = entry.get("absent_unless_recorded") or {}
    plausible = entry.get("plausible")
    return FactLine(
        id=entry["id"],
        type=entry["type"],
        values=tuple(str(v) for v in entry.get("values") or ()),
        settle=entry.get("settle", "latest"),
        fresh_days=entry.get("fresh_days"),
        plausible=(str(plausible[0]), str(plausible[1])) if plausible else None,
        told_by=tuple(absent.get("sources") or ()),
        parents={
            parent: None if children == "any" else tuple(children)
            for parent, children in (entry.get("unspecified") or {}).items()
        },
        derived=bool(entry.get("derived")),
    )


def _option(data: Any, gates: Mapping[str, Any]) -> Entry:
    bundles = [(None, data), *((name, gates[name]) for name in data.get("gates") or ())]

    def lines(part: str) -> tuple[Line, ...]:
        return tuple(Line(rule["when"], gate) for gate, bundle in bundles for rule in bundle.get(part) or ())

    relief = data.get("symptom_relief")
    return Entry(
        id=data["id"],
        cancer_directed=data["kind"] == "cancer-directed",
        liver_directed=data["liver_directed"],
        level=data["level"],
        scope=data["scope"],
        indications=lines("indications"),
        contraindications=lines("contraindications"),
        downgrades=lines("downgrades"),
        cautions=lines("cautions"),
        must_be_true=tuple(
            MustBe(rule["when"], _names(rule["needs"]), gate)
            for gate, bundle in bundles
            for rule in bundle.get("must_be_true") or ()
        ),
        requires=frozenset(fact for _, bundle in bundles for fact in bundle.get("requires") or ()),
        raised_if=data.get("raised_if"),
        symptom_relief=relief,
        examples=tuple(_example(data.get("example_base") or {}, e) for e in data.get("examples") or ()),
    )


def _names(needs: Any) -> tuple[str, ...]:
    return (needs,) if isinstance(needs, str) else tuple(needs)


def _example(base: Any, example: Any) -> Mapping[str, Any]:
    given = {**base, **(example.get("given") or {})}
    return {**example, "given": {f: v for f, v in given.items() if f not in (example.get("without") or ())}}
