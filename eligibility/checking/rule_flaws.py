"""Flaws of rules: conditions that can never be true, or are always true, and options that can never fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from eligibility.assessment import Status
from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.checking.reachability import ANY_BUT_FALSE, ANY_BUT_TRUE, TRUE, Goal, leaves, possible
from eligibility.evaluation import Comparison, Node, Or
from eligibility.knowledge.model import Option, Rule
from eligibility.knowledge.shapes import GateFile, OptionFile
from eligibility.knowledge.yaml_source import Document
from eligibility.predicates import Predicate, parse

__all__ = ["DeadRules", "Line", "condition_flaws", "fit_flaws", "lines_of", "reachable_statuses"]

Path = tuple[str | int, ...]


class Line(NamedTuple):
    """A condition where it is written."""

    key: str
    text: str
    path: Path


def lines_of(entry: OptionFile | GateFile) -> Iterator[Line]:
    """The conditions of an option's or a gate's own file."""
    if isinstance(entry, OptionFile):
        yield Line("scope", entry.scope, ("scope",))
        if entry.raised_if is not None:
            yield Line("raised_if", entry.raised_if, ("raised_if",))
        if entry.symptom_relief not in (None, "always"):
            yield Line("symptom_relief", str(entry.symptom_relief), ("symptom_relief",))
        for index, line in enumerate(entry.indications):
            yield Line("indications", line.when, ("indications", index, "when"))
    for key in ("contraindications", "downgrades", "cautions", "must_be_true"):
        for index, line in enumerate(getattr(entry, key)):
            yield Line(key, line.when, (key, index, "when"))


def condition_flaws(entry: OptionFile | GateFile, document: Document, catalogue: Catalogue) -> Iterator[Flaw]:
    """Each condition by itself: thresholds nobody can have, units that differ, never true, always true."""
    for line in lines_of(entry):
        predicate = parse(line.text, catalogue)
        own = list(_comparison_flaws(predicate, line, document, catalogue))
        yield from own
        if own:
            continue
        if possible([Goal(predicate.tree, TRUE)], catalogue) is False:
            found = f"the condition {line.text!r} can never be true."
            yield flaw(FlawKind.NEVER_TRUE, document, line.path, found, "Mend it, or take it out.",
                       _allowed(predicate, catalogue))  # fmt: skip
        elif possible([Goal(predicate.tree, ANY_BUT_TRUE)], catalogue) is False:
            found = f"the condition {line.text!r} is always true, whatever is recorded."
            yield flaw(FlawKind.ALWAYS_TRUE, document, line.path, found, "Mend it, or take it out.",
                       _allowed(predicate, catalogue))  # fmt: skip


def _comparison_flaws(predicate: Predicate, line: Line, document: Document, catalogue: Catalogue) -> Iterator[Flaw]:
    for leaf in leaves(predicate.tree):
        if not isinstance(leaf, Comparison):
            continue
        definition = catalogue[leaf.fact]
        if isinstance(leaf.right, Decimal) and not definition.accepts(leaf.right):
            found = f"{line.text!r} compares {leaf.fact} with {leaf.right}, which no patient can have."
            yield flaw(FlawKind.THRESHOLD, document, line.path, found, "Mend the number, or the plausible limits.",
                       _values(definition))  # fmt: skip
        elif leaf.right_is_fact and definition.unit != catalogue[str(leaf.right)].unit:
            other = catalogue[str(leaf.right)]
            found = f"{line.text!r} compares {definition.id} in {definition.unit} with {other.id} in {other.unit}."
            yield flaw(FlawKind.UNIT, document, line.path, found, "Compare facts of the same unit.")


def _allowed(predicate: Predicate, catalogue: Catalogue) -> str:
    return "; ".join(f"{fact}: {_values(catalogue[fact])}" for fact in predicate.facts)


def _values(definition: FactDefinition) -> str:
    """What a fact can be, in a few words."""
    if definition.type is FactType.BOOLEAN:
        return "true, false"
    if not definition.type.numeric:
        return ", ".join(definition.values)
    if definition.plausible is None:
        return f"any number in {definition.unit}"
    low, high = definition.plausible
    return f"{low} to {high} {definition.unit or ''}".rstrip()


# Options: what can hold together


class _Wish(NamedTuple):
    """A goal, how it is spoken of, and the condition it is made of."""

    goal: Goal
    spoken: str
    text: str

    @classmethod
    def that(cls, rule: Rule) -> _Wish:
        """A rule that has to be true."""
        return cls(Goal(rule.predicate.tree, TRUE), repr(rule.predicate.text), rule.predicate.text)

    @classmethod
    def against(cls, rule: Rule) -> _Wish:
        """A rule that may be anything but true."""
        return cls(Goal(rule.predicate.tree, ANY_BUT_TRUE), f"not {rule.predicate.text!r}", rule.predicate.text)


def fit_flaws(option: Option, document: Document, catalogue: Catalogue) -> Iterator[Flaw]:
    """Scope and indications that contradict each other, and an option that can never fit."""
    needed = _needed(option)
    contradiction = _contradiction(needed, catalogue)
    if contradiction:
        found = f"{option.id} can never fit: no patient has {_together(contradiction)}."
        path = _indication(contradiction, document)
        yield flaw(FlawKind.CONTRADICTION, document, path, found, "Mend the one that is wrong.")
        return
    contradiction = _contradiction(_fitting(option), catalogue)
    if contradiction:
        found = f"{option.id} can never fit: what it asks for always stops it or leaves it waiting: "
        found += f"{_together(contradiction)} cannot hold at once."
        path = _indication(contradiction, document)
        yield flaw(FlawKind.CONTRADICTION, document, path, found, "Mend the one that is wrong.")


def _indication(wishes: Sequence[_Wish], document: Document) -> Path:
    """The first indication among these, or all of them."""
    spoken = {wish.text for wish in wishes}
    found = [index for index, line in enumerate(document.content["indications"]) if line["when"] in spoken]
    return ("indications", found[0], "when") if found else ("indications",)


def _needed(option: Option) -> list[_Wish]:
    return [_Wish.that(rule) for rule in (option.scope, *option.indications)]


def _fitting(option: Option) -> list[_Wish]:
    return [
        *_needed(option),
        *(_Wish.that(requirement.rule) for requirement in option.requirements),
        *(_Wish.against(rule) for rule in option.contraindications),
    ]


def _contradiction(wishes: Sequence[_Wish], catalogue: Catalogue) -> list[_Wish]:
    """The fewest wishes that cannot hold at once; empty when all can."""
    if possible([w.goal for w in wishes], catalogue) is not False:
        return []
    kept = list(wishes)
    for wish in wishes:
        fewer = [w for w in kept if w is not wish]
        if possible([w.goal for w in fewer], catalogue) is False:
            kept = fewer
    return kept


def _together(wishes: Sequence[_Wish]) -> str:
    return " and ".join(wish.spoken for wish in wishes)


class DeadRules:
    """Finds rules that can never matter to a patient whom the option is meant for.

    A rule of a gate counts as dead only when it is dead in every option with that gate.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._alive: set[tuple[str, str, str]] = set()
        self._dead: dict[tuple[str, str, str], str] = {}

    def look(self, option: Option, document: Document) -> Iterator[Flaw]:
        """The option's own dead rules; those of its gates are remembered."""
        in_scope = [Goal(option.scope.predicate.tree, ANY_BUT_FALSE)]
        needed = [wish.goal for wish in _needed(option)]
        fitting = [wish.goal for wish in _fitting(option)]
        for key, rules, before, said in (
            ("contraindications", option.contraindications, in_scope, "can never be true of a patient in scope"),
            ("downgrades", option.downgrades, fitting, "can never be true of a patient whom the option fits"),
            ("cautions", option.cautions, needed, "can never be true of a patient who meets the indications"),
        ):
            for rule in rules:
                dead = possible([*before, Goal(rule.predicate.tree, TRUE)], self._catalogue) is False
                gate = rule.outcomes[True].gate
                if gate is not None:
                    self._remember((gate, key, rule.predicate.text), said, dead)
                elif dead and possible([Goal(rule.predicate.tree, TRUE)], self._catalogue) is not False:
                    found = f"{rule.predicate.text!r} {said}."
                    path = _place(document, key, rule)
                    yield flaw(FlawKind.NEVER_TRUE, document, path, found, "Mend it, or take it out.")

    def _remember(self, name: tuple[str, str, str], said: str, dead: bool) -> None:
        if dead:
            self._dead[name] = said
        else:
            self._alive.add(name)

    def of_gates(self, documents: Mapping[str, Document]) -> Iterator[Flaw]:
        """Rules of gates that are dead everywhere."""
        for (gate, key, text), said in self._dead.items():
            if (gate, key, text) not in self._alive:
                document = documents[f"gates/{gate}.yaml"]
                index = [line["when"] for line in document.content[key]].index(text)
                found = f"{text!r} {said}, in any option with this gate."
                yield flaw(FlawKind.NEVER_TRUE, document, (key, index, "when"), found, "Mend it, or take it out.")


def _place(document: Document, key: str, rule: Rule) -> Path:
    texts = [line["when"] for line in document.content[key]]
    return (key, texts.index(rule.predicate.text), "when")


# Options: the statuses they can have


def reachable_statuses(option: Option, catalogue: Catalogue) -> list[Status]:
    """The statuses that some patient can give an option, as far as its rules tell."""
    fitting = [wish.goal for wish in _fitting(option)]
    needed = [wish.goal for wish in _needed(option)]
    lowered = _any(option.downgrades)
    undisturbed = [Goal(rule.predicate.tree, ANY_BUT_TRUE) for rule in option.downgrades]
    raised = Goal(option.raised_if.predicate.tree, TRUE) if option.raised_if else None
    top = option.level is Status.RECOMMENDED
    ways: dict[Status, list[list[Goal]]] = {
        Status.RECOMMENDED: [[*fitting, *undisturbed]] if top else [[*fitting, *undisturbed, raised]] if raised else [],
        Status.MAY_CONSIDER: ([[*fitting, Goal(lowered, TRUE)]] if lowered else []) + ([] if top else [fitting]),
        Status.NOT_NOW: [[*needed, Goal(r.predicate.tree, TRUE)] for r in option.contraindications],
        Status.NEEDS_DATA: [[]],
        Status.NOT_APPLICABLE: [[]],
    }
    if option.cancer_directed:
        ways[Status.NOT_NOW].append([Goal(option.scope.predicate.tree, TRUE)])
    return [status for status in ways if any(possible(goals, catalogue) is not False for goals in ways[status])]


def _any(rules: Sequence[Rule]) -> Node | None:
    return Or(tuple(rule.predicate.tree for rule in rules)) if rules else None
