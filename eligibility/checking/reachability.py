"""Whether conditions can hold together: searches the values that facts can take, as the catalogue allows them.

Every fact is free of every other, and each can be unknown. A computed fact counts as free too. So "never" is proven;
"possible" means possible as far as the conditions and the catalogue tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import combinations, pairwise, product
from typing import NamedTuple

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.evaluation import And, Comparison, Evaluate, Known, Node, Not, Or, compiled, facts_in
from eligibility.facts import Scalar
from eligibility.logic import Truth, all_of

__all__ = ["ANY_BUT_FALSE", "ANY_BUT_TRUE", "FALSE", "TRUE", "Goal", "leaves", "possible"]

Wanted = frozenset[Truth]
TRUE: Wanted = frozenset({True})
FALSE: Wanted = frozenset({False})
ANY_BUT_TRUE: Wanted = frozenset({False, None})
ANY_BUT_FALSE: Wanted = frozenset({True, None})

_MOST_STEPS = 20_000
"""After so many tries a search gives up and says that it cannot tell."""


class Goal(NamedTuple):
    """A condition, and the results that would do."""

    node: Node
    wanted: Wanted


def possible(goals: Iterable[Goal], catalogue: Catalogue) -> Truth:
    """Whether some values of the facts meet all goals at once; None when the search was given up."""
    parts = dict.fromkeys(part for goal in goals for part in _split(goal))
    groups = _groups([_condition(part, catalogue) for part in parts])
    return all_of(_solvable(frozenset(c.goal for c in group), catalogue) for group in groups)


@lru_cache(maxsize=4096)
def _solvable(goals: frozenset[Goal], catalogue: Catalogue) -> Truth:
    """Whether goals that share facts can be met at once; the same goals are asked for many times."""
    conditions = sorted((_condition(goal, catalogue) for goal in goals), key=lambda c: repr(c.goal.node))
    try:
        return _Search(conditions, catalogue).found()
    except _GivenUp:
        alone = [_solvable(frozenset({goal}), catalogue) for goal in goals if len(goals) > 1]
        return False if False in alone else None


def leaves(node: Node) -> Iterator[Comparison | Known]:
    """The comparisons of a condition, in order of appearance."""
    if isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


class _GivenUp(Exception):
    """The search took too many steps."""


def _split(goal: Goal) -> Iterator[Goal]:
    """Goals that are met exactly when this one is: all parts of an `and` that has to hold, for example."""
    node, wanted = goal
    if isinstance(node, Not):
        yield from _split(Goal(node.part, frozenset(None if w is None else not w for w in wanted)))
    elif (isinstance(node, And) and wanted in (TRUE, ANY_BUT_FALSE)) or (
        isinstance(node, Or) and wanted in (FALSE, ANY_BUT_TRUE)
    ):
        for part in node.parts:
            yield from _split(Goal(part, wanted))
    else:
        yield goal


Assigned = dict[str, Scalar]
"""The facts that have a value so far; one that is tried as unknown is among the decided facts and not in here."""


class _Condition(NamedTuple):
    goal: Goal
    facts: frozenset[str]
    evaluate: Evaluate


@lru_cache(maxsize=4096)
def _condition(goal: Goal, catalogue: Catalogue) -> _Condition:
    return _Condition(goal, frozenset(facts_in(goal.node)), compiled(goal.node, catalogue)[0])


class _Search:
    """Tries values fact by fact, and turns back as soon as one goal can no longer be met."""

    def __init__(self, conditions: Sequence[_Condition], catalogue: Catalogue) -> None:
        self._goals = conditions
        every = list({leaf: None for c in conditions for leaf in leaves(c.goal.node)})
        self._leaves: dict[Comparison | Known, Evaluate] = {leaf: compiled(leaf, catalogue)[0] for leaf in every}
        self._domains = _domains(every, self._leaves, catalogue)
        self._steps = 0

    def found(self) -> bool:
        for goal in self._goals:
            if len(goal.facts) == 1:
                (fact,) = goal.facts
                kept = [v for v in self._domains[fact] if goal.evaluate(_values({fact: v})) in goal.goal.wanted]
                self._domains[fact] = kept
        if not all(self._domains.values()):
            return False
        self._ranges = {leaf: self._range(leaf, {}, frozenset()) for leaf in self._leaves}
        shared = [goal for goal in self._goals if len(goal.facts) > 1]
        return all(self._solve(group, {}, frozenset()) for group in _groups(shared))

    def _solve(self, goals: Sequence[_Condition], assigned: Assigned, decided: frozenset[str]) -> bool:
        waiting = [goal for goal in goals if not goal.facts <= decided]
        if not waiting:
            return True
        goal = min(waiting, key=lambda g: len(g.facts - decided))
        fact = min(sorted(goal.facts - decided), key=lambda f: len(self._domains[f]))
        now = decided | {fact}
        for value in self._domains[fact]:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise _GivenUp
            tried = assigned if value is None else {**assigned, fact: value}
            if all(self._open(g, tried, now) for g in goals if fact in g.facts) and self._solve(goals, tried, now):
                return True
        return False

    def _open(self, goal: _Condition, assigned: Assigned, decided: frozenset[str]) -> bool:
        """Whether a goal is met, or still can be."""
        if goal.facts <= decided:
            return goal.evaluate(assigned) in goal.goal.wanted
        return not goal.goal.wanted.isdisjoint(self._results(goal.goal.node, assigned, decided))

    def _results(self, node: Node, assigned: Assigned, decided: frozenset[str]) -> Wanted:
        """The results that a condition can still have; never too few, sometimes too many."""
        if isinstance(node, Not):
            return frozenset(None if r is None else not r for r in self._results(node.part, assigned, decided))
        if isinstance(node, And | Or):
            decisive = isinstance(node, Or)
            results = [self._results(part, assigned, decided) for part in node.parts]
            made: set[Truth] = set()
            if any(decisive in r for r in results):
                made.add(decisive)
            if all((not decisive) in r for r in results):
                made.add(not decisive)
            if any(None in r for r in results) and all(r != {decisive} for r in results):
                made.add(None)
            return frozenset(made)
        if decided.isdisjoint(facts_in(node)):
            return self._ranges[node]
        return self._range(node, assigned, decided)

    def _range(self, leaf: Comparison | Known, assigned: Assigned, decided: frozenset[str]) -> Wanted:
        free = [fact for fact in facts_in(leaf) if fact not in decided]
        evaluate = self._leaves[leaf]
        return frozenset(
            evaluate({**assigned, **_values(dict(zip(free, values, strict=True)))})
            for values in product(*(self._domains[fact] for fact in free))
        )


def _values(given: Mapping[str, Scalar | None]) -> Assigned:
    return {fact: value for fact, value in given.items() if value is not None}


def _groups(goals: Sequence[_Condition]) -> list[list[_Condition]]:
    """Goals that share facts, directly or through others, together."""
    groups: list[tuple[set[str], list[_Condition]]] = []
    for goal in goals:
        facts, members = set(goal.facts), [goal]
        apart = []
        for group in groups:
            if group[0].isdisjoint(facts):
                apart.append(group)
            else:
                facts |= group[0]
                members = group[1] + members
        groups = [*apart, (facts, members)]
    return [members for _, members in groups]


# The values that a fact can take


def _domains(
    every: Sequence[Comparison | Known], evaluates: Mapping[Comparison | Known, Evaluate], catalogue: Catalogue
) -> dict[str, list[Scalar | None]]:
    """For each fact the values that the comparisons tell apart, one of each kind, and unknown."""
    pairs = [leaf for leaf in every if isinstance(leaf, Comparison) and leaf.right_is_fact]
    paired = {fact for leaf in pairs for fact in facts_in(leaf)}
    domains: dict[str, list[Scalar | None]] = {}
    for fact in dict.fromkeys(f for leaf in every for f in facts_in(leaf)):
        definition = catalogue[fact]
        own = [leaf for leaf in every if leaf.fact == fact and leaf not in pairs]
        if fact in paired:
            domains[fact] = [*_numbers(definition, _limits(every, paired, catalogue), len(paired)), None]
            continue
        kinds: dict[tuple[Truth, ...], Scalar | None] = {}
        for value in (*_candidates(definition, own), None):
            kinds.setdefault(tuple(evaluates[leaf](_values({fact: value})) for leaf in own), value)
        domains[fact] = list(kinds.values())
    return domains


def _candidates(definition: FactDefinition, own: Sequence[Comparison | Known]) -> Iterable[Scalar]:
    if definition.type is FactType.BOOLEAN:
        return (True, False)
    if definition.type is FactType.CODE:
        return tuple(definition.values)
    if definition.type is FactType.SET:
        named = sorted({str(leaf.right) for leaf in own if isinstance(leaf, Comparison)})
        return tuple(frozenset(some) for size in range(len(named) + 1) for some in combinations(named, size))
    limits = {leaf.right for leaf in own if isinstance(leaf, Comparison) and isinstance(leaf.right, Decimal)}
    return _numbers(definition, limits | set(definition.plausible or ()), 1)


def _limits(every: Sequence[Comparison | Known], facts: set[str], catalogue: Catalogue) -> set[Decimal]:
    """Every number that one of these facts is compared with or limited by."""
    found = {
        leaf.right
        for leaf in every
        if isinstance(leaf, Comparison) and leaf.fact in facts and isinstance(leaf.right, Decimal)
    }
    return found.union(*(catalogue[fact].plausible or () for fact in facts))


def _numbers(definition: FactDefinition, limits: set[Decimal], between: int) -> list[Scalar]:
    """The limits, and so many numbers between, below and above them, as far as the fact can have them."""
    cuts = sorted(limits) or [Decimal(0)]
    candidates = list(cuts)
    for low, high in pairwise([cuts[0] - between - 2, *cuts, cuts[-1] + between + 2]):
        if definition.type is FactType.INTEGER:
            first = low.to_integral_value(ROUND_FLOOR) + 1
            candidates.extend(first + step for step in range(between) if first + step < high)
        else:
            candidates.extend(low + (high - low) * (step + 1) / (between + 1) for step in range(between))
    whole = definition.type is FactType.INTEGER
    return [n for n in sorted(set(candidates)) if definition.accepts(n) and (not whole or n == n.to_integral_value())]
