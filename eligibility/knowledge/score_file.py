"""Reads `scores.yaml`: every name in it is checked against the catalogue and the sources.

The arithmetic is in `eligibility.derived` and `eligibility.scores`; the examples here are run as its tests.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from types import MappingProxyType

from eligibility.catalogue import Catalogue
from eligibility.errors import FactInputError
from eligibility.facts import Scalar
from eligibility.knowledge.model import Score, ScoreExample
from eligibility.knowledge.shapes import ScoreFile, ScoresFile
from eligibility.knowledge.yaml_source import Document

__all__ = ["scores_of"]

Path = tuple[str | int, ...]


def scores_of(file: ScoresFile, document: Document, catalogue: Catalogue, sources: Container[str]) -> tuple[Score, ...]:
    """The scores of the file, in its order. Raises KnowledgeError."""
    made: dict[str, Score] = {}
    for index, entry in enumerate(file.scores):
        path = ("scores", index)
        if entry.id in made:
            raise document.error((*path, "id"), f"the score {entry.id} stands twice.", "Keep one.")
        made[entry.id] = _score(entry, document, path, catalogue, sources)
    return tuple(made.values())


def _score(entry: ScoreFile, document: Document, path: Path, catalogue: Catalogue, sources: Container[str]) -> Score:
    for key, facts in (("gives", entry.gives), ("uses", entry.uses)):
        for index, fact in enumerate(facts):
            if fact not in catalogue:
                raise document.error(
                    (*path, key, index), f"the fact {fact!r} is not in the catalogue.", "See knowledge/facts/."
                )
            if key == "gives" and not catalogue[fact].derived:
                raise document.error((*path, key, index), f"{fact} is not computed.", "Name a fact of facts/derived.")
    for index, source in enumerate(entry.sources):
        if source not in sources:
            raise document.error((*path, "sources", index), f"the source {source!r} is not in sources.yaml.", "Add it.")
    if len({len(row) for row in entry.table}) > 1:
        raise document.error((*path, "table"), "the rows of the table differ in length.", "Fill every column.")
    examples = []
    for index, example in enumerate(entry.examples):
        where = (*path, "examples", index)
        given = {
            fact: _given(fact, value, document, (*where, "given", fact), catalogue)
            for fact, value in example.given.items()
        }
        expect = {
            fact: _value(fact, value, None, document, (*where, "expect", fact), catalogue)
            for fact, value in example.expect.items()
        }
        if not expect.keys() <= set(entry.gives):
            raise document.error((*where, "expect"), "an expected fact is not one that the score gives.", "Mend it.")
        examples.append(ScoreExample(example.say, MappingProxyType(given), MappingProxyType(expect)))
    return Score(
        entry.id, entry.title, tuple(entry.gives), tuple(entry.uses), entry.certainty, entry.certainty_note,
        tuple(entry.sources), tuple(entry.formula), tuple(tuple(row) for row in entry.table), tuple(entry.notes),
        tuple(examples),
    )  # fmt: skip


def _given(
    fact: str, written: object, document: Document, path: Path, catalogue: Catalogue
) -> tuple[Scalar, str | None]:
    """A given value as it is written, after a check that it can be read."""
    if isinstance(written, Mapping):
        if written.keys() != {"value", "unit"} or not isinstance(written["unit"], str):
            raise document.error(path, f"{fact}: a value with a unit has `value` and `unit`.", "Give both, no more.")
        _value(fact, written["value"], written["unit"], document, path, catalogue)
        return written["value"], written["unit"]
    return _value(fact, written, None, document, path, catalogue), None


def _value(
    fact: str, written: object, unit: str | None, document: Document, path: Path, catalogue: Catalogue
) -> Scalar:
    if fact not in catalogue:
        raise document.error(path, f"the fact {fact!r} is not in the catalogue.", "See knowledge/facts/.")
    try:
        return catalogue[fact].value_of(written, unit)
    except FactInputError as problem:
        raise document.error(path, str(problem), "Mend the value.") from None
