"""The worked examples of an option as rows of a table: what differs, what is expected, and because of which line."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.assessment import Status
from eligibility.catalogue import Catalogue
from eligibility.knowledge.model import KnowledgeBase, Option, Score
from server.rulebook.conditions import Part, Phrase, Words, in_words, stated
from server.rulebook.lines import ROLES

__all__ = ["ExampleRow", "ScoreRow", "base_patient", "example_rows", "score_rows"]


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One worked example. `role` and `because` name the line that decides; `waits_for` the facts it waits for."""

    say: str
    differs: tuple[Phrase, ...]
    expect: Status
    role: str
    because: Words | None
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One worked example of a score."""

    say: str
    given: tuple[Phrase, ...]
    results: tuple[Phrase, ...]


def base_patient(option: Option, catalogue: Catalogue) -> tuple[Phrase, ...]:
    """What is known of the patient that the examples change, in the order of the catalogue."""
    return tuple(
        stated(catalogue[fact], option.example_base[fact]) for fact in catalogue if fact in option.example_base
    )


def example_rows(option: Option, knowledge: KnowledgeBase) -> tuple[ExampleRow, ...]:
    """The examples in the order of the file."""
    catalogue, base = knowledge.catalogue, option.example_base
    rules = {rule.predicate.text: rule for rule in option.rules}
    rows = []
    for example in option.examples:
        differs = [
            stated(catalogue[fact], example.given[fact])
            for fact in catalogue
            if fact in example.given and example.given[fact] != base.get(fact)
        ]
        differs += [
            Phrase((Part(catalogue[fact].label, fact), Part(" not known")))
            for fact in catalogue
            if fact in base and fact not in example.given
        ]
        rule = rules.get(example.because or "")
        rows.append(
            ExampleRow(
                example.say, tuple(differs), example.expect,
                ROLES[rule.outcomes[True].kind] if rule is not None else "",
                in_words(rule.predicate.tree, catalogue) if rule is not None else None,
                example.needs,
            )
        )  # fmt: skip
    return tuple(rows)


def score_rows(score: Score, catalogue: Catalogue) -> tuple[ScoreRow, ...]:
    """The examples of a score; what is given in another unit is shown as it was given."""
    rows = []
    for example in score.examples:
        given = []
        for fact, (value, unit) in example.given.items():
            if unit is None:
                given.append(stated(catalogue[fact], value))
            else:
                shown = unit.replace("umol", "µmol")
                given.append(Phrase((Part(catalogue[fact].label, fact), Part(f" {value} {shown}"))))
        results = tuple(stated(catalogue[fact], value) for fact, value in example.expect.items())
        rows.append(ScoreRow(example.say, tuple(given), results))
    return tuple(rows)
