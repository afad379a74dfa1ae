"""Flaws of worked examples: what is not true, and what no example shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from eligibility.assessment import Assessment
from eligibility.catalogue import Catalogue
from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.checking.reachability import leaves
from eligibility.checking.rule_flaws import Line, lines_of, reachable_statuses
from eligibility.engine import assess
from eligibility.entered import facts_of
from eligibility.evaluation import Comparison, Evaluate, Values, compiled
from eligibility.facts import Scalar
from eligibility.knowledge.model import Example, KnowledgeBase, Option
from eligibility.knowledge.shapes import GateFile, OptionFile
from eligibility.knowledge.yaml_source import Document
from eligibility.logic import Truth
from eligibility.predicates import parse
from eligibility.wording import STATUS_WORDS

__all__ = ["Thresholds", "example_flaws"]

_ANY_DAY: Final = date(2026, 1, 1)
"""Examples hold no dates, so their answers do not depend on the day of the question."""


def example_flaws(
    option: Option, knowledge: KnowledgeBase, document: Document, thresholds: Sequence[Thresholds]
) -> Iterator[Flaw]:
    """Run every example of an option; note on which sides of its thresholds they stand."""
    alone = replace(knowledge, options=(option,))
    patients: dict[frozenset[tuple[str, Scalar]], str] = {}
    for index, example in enumerate(option.examples):
        answer = assess(facts_of(example.given), alone, _ANY_DAY)
        yield from _untrue(example, answer, document, ("examples", index))
        patient = frozenset(example.given.items())
        if patient in patients:
            found = f"this is the same patient as in {patients[patient]!r}."
            yield flaw(FlawKind.DUPLICATE, document, ("examples", index), found, "Change a fact, or keep one of them.")
        patients.setdefault(patient, example.say)
        known = {fact.id: fact.value for fact in answer.facts.values() if fact.decides and fact.value is not None}
        for numbers in thresholds:
            numbers.note(known)
    yield from _statuses_not_shown(option, knowledge, document)


def _untrue(example: Example, answer: Assessment, document: Document, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    if not answer.options:
        found = f"the example {example.say!r} gets no answer: {answer.scope_reason}"
        yield flaw(FlawKind.UNTRUE_EXAMPLE, document, path, found, "Mend the example.")
        return
    result = answer.options[0]
    decisive = [reason.when for reason in result.decisive]
    if result.status is not example.expect:
        waits = f"; waits for {', '.join(result.missing)}" if result.missing else ""
        found = f"the example {example.say!r} expects {example.expect} and gets {result.status}, because of "
        found += f"{' and '.join(map(repr, decisive)) or 'nothing'}{waits}."
        yield flaw(FlawKind.UNTRUE_EXAMPLE, document, (*path, "expect"), found, "Mend the example, or the rule.")
        return
    if example.because is not None and example.because not in decisive:
        found = f"the example {example.say!r} is not decided by {example.because!r}."
        remedy = "Name the rule that decides, or change the patient."
        yield flaw(FlawKind.UNTRUE_EXAMPLE, document, (*path, "because"), found, remedy, "; ".join(decisive))
    waits_for = {*result.missing, *result.waits_for}
    for fact in example.needs:
        if fact not in waits_for:
            found = f"the example {example.say!r} does not wait for {fact}."
            remedy = "Name what it waits for, or change the patient."
            yield flaw(FlawKind.UNTRUE_EXAMPLE, document, (*path, "needs"), found, remedy, ", ".join(sorted(waits_for)))


def _statuses_not_shown(option: Option, knowledge: KnowledgeBase, document: Document) -> Iterator[Flaw]:
    expected = {example.expect for example in option.examples}
    for status in reachable_statuses(option, knowledge.catalogue):
        if status not in expected:
            found = f"no example shows {option.id} as {status} ({STATUS_WORDS[status]})."
            path = ("examples",) if option.examples else ("id",)
            yield flaw(FlawKind.NOT_SHOWN, document, path, found, "Add a patient who has this status.")


# Thresholds: an example on either side


class Thresholds:
    """The numbers in the rules of a file, and on which sides of them examples stand."""

    def __init__(self, entry: OptionFile | GateFile, document: Document, catalogue: Catalogue) -> None:
        self._document = document
        self._sides: dict[Comparison, set[Truth]] = {}
        self._evaluates: dict[Comparison, Evaluate] = {}
        self._places: dict[Comparison, Line] = {}
        for line in lines_of(entry):
            for leaf in leaves(parse(line.text, catalogue).tree):
                if isinstance(leaf, Comparison) and catalogue[leaf.fact].type.numeric and leaf not in self._sides:
                    self._sides[leaf] = set()
                    self._evaluates[leaf] = compiled(leaf, catalogue)[0]
                    self._places[leaf] = line

    def note(self, known: Values) -> None:
        """Note the sides on which the patient of an example stands."""
        for threshold, sides in self._sides.items():
            sides.add(self._evaluates[threshold](known))

    def flaws(self) -> Iterator[Flaw]:
        """Thresholds that the examples show from one side only, or not at all."""
        for threshold, sides in self._sides.items():
            lacking = [word for side, word in ((True, "true"), (False, "false")) if side not in sides]
            if lacking:
                text = f"{threshold.fact} {threshold.operator} {threshold.right}"
                found = f"no example has a patient for whom {text!r} is {', nor one for whom it is '.join(lacking)}."
                yield flaw(
                    FlawKind.NOT_SHOWN, self._document, self._places[threshold].path, found,
                    "Add one just inside and one just outside.",
                )  # fmt: skip
