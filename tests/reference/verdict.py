"""From facts to a status, one option at a time, in the order of README, rule 3.4.

Where the prose leaves a choice, the safer reading is taken:

- Steps are taken in their order: a cancer that is not confirmed, or a lesion whose nature is open, makes an option
  wait (step 3) before its contraindications are looked at (step 4).
- An option that relieves symptoms only under a condition counts as relieving only when the condition is known to hold.
- For coordination and support an indication that is not met makes the option not applicable, whatever stands
  against it; a contraindication alone makes it "not now".
- Rule 3.3, "an unread problem list is not an empty one": a fact whose silence would count as absence, and that is
  not known because its source was not read or says something unusable, makes each option wait that reads it in any
  line. That includes cautions, although cautions never decide otherwise: they could not be shown.
- An old value that would stop an option if it were still true makes the option wait for a new one.
- What an option waits for: the facts of the unknown comparisons inside an unknown indication, what is required and
  not known, and what the unfulfilled must-be-true rules name. What is computed is replaced by what its computation
  waits for.
- To confirm: what was taken as absent and is read by any line of the option, and the facts of the unknown
  comparisons inside a contraindication that is not known. Nothing for an option that is out of scope or stopped.
- Reasons of an option that fits: its downgrades, else what raised it, else its indications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.reference.book import Book, Entry, FactLine, Line
from tests.reference.computed import with_computed
from tests.reference.defaults import silent_facts, with_defaults
from tests.reference.logic import Truth, holds, open_facts
from tests.reference.notation import facts_in, parse
from tests.reference.record import Record, Standing, Statement, stand

__all__ = ["Knowing", "Verdict", "judge", "judge_all", "known_of"]

Reason = tuple[str, str, Truth]
"""Part of the option, its condition, and what it is."""


@dataclass(frozen=True)
class Verdict:
    """What an option is, why, what it waits for and what is to be confirmed.

    `waits_for` names what is read, computed or not; `missing` what could be recorded, to compute it.
    """

    status: str
    reasons: frozenset[Reason] = frozenset()
    waits_for: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    confirm: frozenset[str] = frozenset()

    @property
    def fits(self) -> bool:
        return self.status in ("recommended", "may_consider")


@dataclass(frozen=True)
class Knowing:
    """Every fact as it stands; as it would stand if no value grew old; and those that could have been absent."""

    facts: Mapping[str, Standing]
    if_still_true: Mapping[str, Standing]
    doubtful: frozenset[str]
    lines: Mapping[str, FactLine]
    truths: dict[str, Truth] = field(default_factory=dict)
    """Options share conditions: each is judged once."""

    def truth(self, when: str) -> Truth:
        """Whether a condition is true, false or unknown."""
        if when not in self.truths:
            self.truths[when] = holds(parse(when), self.facts, self.lines)
        return self.truths[when]


def known_of(record: Record, book: Book) -> Knowing:
    """What is known of a patient on the day of the question."""
    facts = _facts(record, book)
    doubtful = silent_facts(facts, book) - {f for f in facts if facts[f].known}
    return Knowing(facts, _facts(record, book.ageless), doubtful, book.facts)


def _facts(record: Record, book: Book) -> Mapping[str, Standing]:
    stated: dict[str, list[Statement]] = {}
    for statement in record.statements:
        stated.setdefault(statement.fact, []).append(statement)
    facts = {fact: stand(line, stated.get(fact, ()), record.on) for fact, line in book.facts.items()}
    return with_computed(with_defaults(facts, book, record.complete), record.complete)


def judge_all(record: Record, book: Book) -> dict[str, Verdict]:
    """Every option for one record."""
    knowing = known_of(record, book)
    return {option.id: judge(option, knowing) for option in book.options}


def judge(option: Entry, knowing: Knowing) -> Verdict:
    """One option."""
    return _Judgement(option, knowing).verdict


class _Judgement:
    def __init__(self, option: Entry, knowing: Knowing) -> None:
        self.option, self.knowing, self.facts, self.lines = option, knowing, knowing.facts, knowing.lines

    @property
    def verdict(self) -> Verdict:
        steps = (self._diagnosis, self._scope, self._goal_and_proof, self._stops, self._gaps)
        return next((found for step in steps if (found := step()) is not None), None) or self._fit()

    def _diagnosis(self) -> Verdict | None:
        """Step 1."""
        if not self.option.cancer_directed:
            return None
        if self.facts["dx.cancer_status"].value in ("refuted", "entered_in_error"):
            return Verdict("not_applicable", frozenset({("diagnosis", "dx.cancer_status", True)}))
        if self.facts["liver.lesion_nature"].value in ("benign", "none"):
            return Verdict("not_applicable", frozenset({("diagnosis", "liver.lesion_nature", True)}))
        return None

    def _scope(self) -> Verdict | None:
        """Step 2."""
        scope = self._truth(self.option.scope)
        if scope is True:
            return None
        reasons = frozenset({("scope", self.option.scope, scope)})
        if scope is False:
            return Verdict("not_applicable", reasons)
        return self._wait(reasons, self._open(self.option.scope))

    def _goal_and_proof(self) -> Verdict | None:
        """Step 3."""
        if not self.option.cancer_directed:
            return None
        if self.facts["pt.goals"].value == "symptom_focused" and not self._relieves():
            return Verdict("not_now", frozenset({("goal", "pt.goals", True)}))
        waits = set()
        if self.facts["dx.cancer_status"].value != "confirmed":
            waits.add("dx.cancer_status")
        elsewhere = not self.option.liver_directed and self.facts["dx.extrahepatic"].value == "extensive"
        if self.facts["liver.lesion_nature"].value not in ("metastasis", "hcc", "icca") and not elsewhere:
            waits.add("liver.lesion_nature")
        return self._wait(frozenset(("diagnosis", fact, None) for fact in waits), waits) if waits else None

    def _relieves(self) -> bool:
        relief = self.option.symptom_relief
        return relief == "always" or (relief is not None and self._truth(relief) is True)

    def _stops(self) -> Verdict | None:
        """Step 4."""
        unmet = self._reasons("indication", self.option.indications, False)
        if unmet and not self.option.cancer_directed:
            return Verdict("not_applicable", unmet)
        against = self._reasons("contraindication", self.option.contraindications, True)
        return Verdict("not_now", unmet | against) if unmet or against else None

    def _gaps(self) -> Verdict | None:
        """Step 5."""
        option = self.option
        reasons = self._reasons("indication", option.indications, None)
        waits = {fact for _, when, _ in reasons for fact in self._open(when)}
        for fact in option.requires:
            if not self.facts[fact].known:
                reasons |= {("required", f"known({fact})", False)}
                waits.add(fact)
        for rule in option.must_be_true:
            if self._truth(rule.when) is not True:
                reasons |= {("required", rule.when, self._truth(rule.when))}
                waits.update(rule.needs)
        for reason in self._reasons("contraindication", option.contraindications, None):
            needed = (self._open(reason[1]) | self._inputs(self._open(reason[1]))) & option.requires
            if holds(parse(reason[1]), self.knowing.if_still_true, self.lines) is True:
                needed |= self._open(reason[1])
            if needed:
                reasons |= {reason}
                waits |= needed
        waits |= self._read() & self.knowing.doubtful
        return self._wait(reasons, waits) if waits else None

    def _fit(self) -> Verdict:
        """Step 6."""
        option = self.option
        downgrades = self._reasons("downgrade", option.downgrades, True)
        if downgrades:
            return Verdict("may_consider", downgrades, confirm=self._confirm())
        if option.raised_if is not None and self._truth(option.raised_if) is True:
            return Verdict("recommended", frozenset({("upgrade", option.raised_if, True)}), confirm=self._confirm())
        return Verdict(option.level, self._reasons("indication", option.indications, True), confirm=self._confirm())

    # -- what the steps ask -------------------------------------------------------------------------------------------

    def _truth(self, when: str) -> Truth:
        return self.knowing.truth(when)

    def _open(self, when: str) -> frozenset[str]:
        if self._truth(when) is not None:
            return frozenset()
        return open_facts(parse(when), self.facts, self.lines)

    def _reasons(self, part: str, lines: Iterable[Line], wanted: Truth) -> frozenset[Reason]:
        return frozenset((part, line.when, wanted) for line in lines if self._truth(line.when) is wanted)

    def _wait(self, reasons: frozenset[Reason], facts: Iterable[str]) -> Verdict:
        return Verdict("needs_data", reasons, frozenset(facts), self._inputs(facts), self._confirm())

    def _inputs(self, facts: Iterable[str]) -> frozenset[str]:
        """Facts that can be recorded: what is computed is replaced by what it waits for."""
        return frozenset(s for f in facts for s in (self.facts[f].waits if self.lines[f].derived else {f}))

    def _read(self) -> frozenset[str]:
        return self.option.requires.union(*map(facts_in, self.option.conditions))

    def _confirm(self) -> frozenset[str]:
        assumed = frozenset(item for fact in self._read() for item in self.facts[fact].assumed)
        unknown = self._reasons("contraindication", self.option.contraindications, None)
        return assumed | self._inputs(fact for _, when, _ in unknown for fact in self._open(when))
