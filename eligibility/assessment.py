"""The answer: every option with its status and every reason, what would settle most, and the facts it rests on.

This is the one thing all faces show. Everything a card or a page says can be found here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from eligibility.facts import Fact, Finding, Notice, Reading
from eligibility.logic import Truth

if TYPE_CHECKING:
    from eligibility.knowledge.model import KnowledgeBase, Option, Rule

__all__ = ["Assessment", "NextStep", "OptionResult", "Reason", "ReasonKind", "Status"]


class Status(StrEnum):
    """What an option is for this patient now. The words shown for each are in `eligibility.wording`."""

    RECOMMENDED = "recommended"
    MAY_CONSIDER = "may_consider"
    NOT_NOW = "not_now"
    NEEDS_DATA = "needs_data"
    NOT_APPLICABLE = "not_applicable"

    @property
    def fits(self) -> bool:
        """Whether the option is shown as one to consider."""
        return self in (Status.RECOMMENDED, Status.MAY_CONSIDER)


class ReasonKind(StrEnum):
    """Which part of an option's definition a reason comes from."""

    DIAGNOSIS = "diagnosis"
    SCOPE = "scope"
    GOAL = "goal"
    INDICATION = "indication"
    CONTRAINDICATION = "contraindication"
    DOWNGRADE = "downgrade"
    CAUTION = "caution"
    REQUIRED = "required"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an option's definition with its result for this patient.

    `when` is the condition in the notation of the rules, `say` the same for a reader, `facts` the facts it
    reads (their values are in `Assessment.facts`), `gate` the shared gate it comes from.
    """

    kind: ReasonKind
    when: str
    say: str
    result: Truth
    facts: tuple[str, ...]
    gate: str | None = None
    certainty: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionResult:
    """One option for this patient.

    `decisive` are the reasons that made the status; `missing` the facts it waits for, derived ones replaced
    by what they are computed from. `leaning` tells what it leans on that is not recorded: see `confirm`.
    `results` gives the result of any condition of the knowledge base; None when the rules were not reached.
    """

    option: Option
    status: Status
    decisive: tuple[Reason, ...]
    results: Mapping[int, Truth] | None = field(default=None, repr=False, compare=False)
    before: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    leaning: Callable[[Option], tuple[str, ...]] | None = field(default=None, repr=False, compare=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every line of the option with its result, in the order of evaluation; made when asked for."""
        if self.results is None:
            return self.decisive
        results = self.results
        scope, *rules = (rule.outcomes[results[rule.index]] for rule in self.option.rules)
        return (scope, *self.before, *rules)

    @property
    def confirm(self) -> tuple[str, ...]:
        """What it leans on that is not recorded; empty for an option that is out of scope or stopped."""
        return self.leaning(self.option) if self.leaning is not None else ()

    def _holding(self, rules: Sequence[Rule]) -> tuple[Reason, ...]:
        results = self.results
        return tuple(r.outcomes[True] for r in rules if results is not None and results[r.index] is True)

    @property
    def cautions(self) -> tuple[Reason, ...]:
        """Cautions that hold."""
        return self._holding(self.option.cautions)

    @property
    def downgrades(self) -> tuple[Reason, ...]:
        """Downgrades that hold."""
        return self._holding(self.option.downgrades)


@dataclass(frozen=True, slots=True)
class NextStep:
    """One test or judgement that is missing: the facts it answers, the options it settles alone, those it narrows."""

    test: str
    facts: tuple[str, ...]
    settles: tuple[str, ...]
    narrows: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the knowledge base says of one patient on one date. Same facts, knowledge and date: same answer.

    `in_scope` is None when it cannot be told whether there is cancer in the liver. `withheld` is set when no
    options may be shown at all; `options` is empty then. `findings` are what the facts were settled from: with the
    readings, all that is needed to judge again.
    """

    on: date
    knowledge: KnowledgeBase
    patient: str | None
    facts: Mapping[str, Fact]
    in_scope: Truth
    scope_reason: str
    options: tuple[OptionResult, ...]
    next_steps: tuple[NextStep, ...]
    notices: tuple[Notice, ...]
    readings: Mapping[str, Reading]
    withheld: str | None = None
    newest: date | None = None
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def with_status(self, *statuses: Status) -> tuple[OptionResult, ...]:
        """The options of these statuses, in the order of the knowledge base."""
        return tuple(o for o in self.options if o.status in statuses)
