"""Every option against the facts, on a date: the order of evaluation, and which missing fact would settle most.

Pure: same facts, same knowledge, same date, same answer. The order is rule 3.4 of `knowledge/README.md`:
diagnosis, scope, the patient's goal, contraindications, missing data, downgrades.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from eligibility.assessment import Assessment, NextStep, OptionResult, Reason, ReasonKind, Status
from eligibility.catalogue import Catalogue
from eligibility.closed_world import settle_all
from eligibility.derived import derive
from eligibility.facts import Fact, FactStatus, Obtained, PatientFacts, ReadState, Scalar
from eligibility.knowledge.model import KnowledgeBase, Option, Rule
from eligibility.logic import Truth
from eligibility.predicates import Predicate
from eligibility.settling import overtaken

__all__ = ["assess"]

MALIGNANT = ("metastasis", "hcc", "icca")


def assess(patient: PatientFacts, knowledge: KnowledgeBase, on: date) -> Assessment:
    """Judge every option of the knowledge base for one patient on a date."""
    facts = settle_all(patient, knowledge.catalogue, on)
    in_scope, scope_reason = _scope(facts, patient)
    if patient.withheld is not None:
        return Assessment(
            on, knowledge, patient.reference, facts, in_scope, patient.withheld, (), (), patient.notices,
            patient.readings, patient.withheld, patient.newest, patient.findings,
        )  # fmt: skip
    values = {f.id: f.value for f in facts.values() if f.status is FactStatus.KNOWN and f.value is not None}
    judge = _Judge(facts, values, _Results(knowledge.predicates, values), knowledge.catalogue)
    options = tuple(judge.option(o) for o in knowledge.options)
    steps = _next_steps(options, knowledge.catalogue)
    return Assessment(
        on, knowledge, patient.reference, facts, in_scope, scope_reason, options, steps, patient.notices,
        patient.readings, None, patient.newest, patient.findings,
    )  # fmt: skip


def _unread(facts: Mapping[str, Fact], catalogue: Catalogue) -> frozenset[str]:
    """Facts that could count as absent, and may not: their source failed, or it says something unusable."""
    first_line = facts["tx.prior_lines"].value == 0 and facts["tx.prior_lines"].decides
    return frozenset(
        d.id
        for d in catalogue.values()
        if (d.absence is not None or (first_line and d.absence_in_first_line is not None)) and not facts[d.id].decides
    )


def _scope(facts: Mapping[str, Fact], patient: PatientFacts) -> tuple[Truth, str]:
    """Whether there is cancer in the liver on record; unknown when that cannot be told."""
    nature, status = facts["liver.lesion_nature"], facts["dx.cancer_status"]
    if status.decides and status.value in ("refuted", "entered_in_error"):
        return False, "The cancer diagnosis is recorded as refuted or entered in error."
    if nature.decides:
        if nature.value in MALIGNANT:
            return True, "Cancer in the liver is on record."
        if nature.value == "indeterminate":
            return None, "A liver lesion is on record; what it is has not been settled."
        return False, "The liver lesion is recorded as benign, or as absent."
    if nature.candidates:
        return None, f"What the liver lesion is cannot be told: {nature.why}."
    conditions = patient.readings.get("Condition")
    if conditions is None or conditions.state is not ReadState.COMPLETE:
        return None, "The problem list was not read completely: it cannot be told whether there is cancer in the liver."
    return False, "No cancer in the liver found in the coded record."


class _Results(dict[int, Truth]):
    """The result of each shared condition, found when it is first asked for: most options are out of scope."""

    __slots__ = ("_predicates", "_values")

    def __init__(self, predicates: Sequence[Predicate], values: Mapping[str, Scalar]) -> None:
        self._predicates = predicates
        self._values = values

    def __missing__(self, index: int) -> Truth:
        found = self[index] = self._predicates[index].evaluate(self._values)
        return found


class _Judge:
    """The facts of one patient, and the result of every shared condition, ready for one option after the other."""

    def __init__(
        self, facts: Mapping[str, Fact], values: Mapping[str, Scalar], results: _Results, catalogue: Catalogue
    ) -> None:
        self._facts = facts
        self._unread = _unread(facts, catalogue)
        self._undecided: dict[int, tuple[str, ...]] = {}
        self._undecided_inputs: dict[int, tuple[str, ...]] = {}
        self._stopped_by_old: dict[int, bool] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        outdated = _if_still_true(facts, catalogue)
        self._stale = {**outdated, **values} if outdated else {}
        self._values = values
        self._results = results
        self._refuted = values.get("dx.cancer_status") in ("refuted", "entered_in_error")
        self._harmless = values.get("liver.lesion_nature") in ("benign", "none")
        self._confirmed = values.get("dx.cancer_status") == "confirmed"
        self._malignant = values.get("liver.lesion_nature") in MALIGNANT
        self._symptom_focused = values.get("pt.goals") == "symptom_focused"
        self._extensive = values.get("dx.extrahepatic") == "extensive"

    def option(self, option: Option) -> OptionResult:
        """One option, step by step as rule 3.4 orders them."""
        if option.cancer_directed and (self._refuted or self._harmless):
            return OptionResult(option, Status.NOT_APPLICABLE, (_DIAGNOSIS[self._refuted],))
        if self._results[option.scope.index] is False:
            return OptionResult(option, Status.NOT_APPLICABLE, (option.scope.outcomes[False],))
        return self._in_scope(option)

    def _in_scope(self, option: Option) -> OptionResult:
        before = self._before_the_rules(option)
        if self._results[option.scope.index] is None:
            return self._waiting(option, before, [option.scope.outcomes[None]], self._open_facts(option.scope))
        if before and before[0].kind is ReasonKind.GOAL:
            return OptionResult(option, Status.NOT_NOW, before, self._results, before)
        if before:
            return self._waiting(option, before, before, [f for r in before for f in r.facts])
        stops = self._with_result(option.indications, False)
        if stops and not option.cancer_directed:
            return OptionResult(option, Status.NOT_APPLICABLE, tuple(stops), self._results)
        stops += self._with_result(option.contraindications, True)
        if stops:
            return OptionResult(option, Status.NOT_NOW, tuple(stops), self._results)
        return self._with_what_is_known(option)

    def _waiting(
        self, option: Option, before: tuple[Reason, ...], decisive: Sequence[Reason], waits_for: Sequence[str]
    ) -> OptionResult:
        """An option that cannot be judged, with what it waits for."""
        unique = tuple(dict.fromkeys(waits_for))
        missing = tuple(dict.fromkeys(i for fact in unique for i in self._inputs(fact)))
        reasons = tuple({id(reason): reason for reason in decisive}.values())  # each rule holds its three once
        return OptionResult(option, Status.NEEDS_DATA, reasons, self._results, before, missing, unique, self.to_confirm)

    def _with_result(self, rules: Sequence[Rule], wanted: Truth) -> list[Reason]:
        results = self._results
        return [rule.outcomes[wanted] for rule in rules if results[rule.index] is wanted]

    def _with_what_is_known(self, option: Option) -> OptionResult:
        """Steps 5 and 6: what is missing, else what lowers or raises the level."""
        results = self._results
        waiting: list[Reason] = []
        needs: list[str] = []
        for rule in option.indications:
            if results[rule.index] is None:
                waiting.append(rule.outcomes[None])
                needs.extend(self._open_facts(rule))
        for requirement in option.requirements:
            result = results[requirement.rule.index]
            if result is not True:
                needs.extend(requirement.needs)
                waiting.append(requirement.rule.outcomes[result])
        for rule in option.contraindications:
            if results[rule.index] is None:
                facts = self._open_with_inputs(rule)
                if not option.requires.isdisjoint(facts):
                    waiting.append(rule.outcomes[None])
                    needs.extend(f for f in facts if f in option.requires)
                if self._stale and self._would_stop(rule):
                    waiting.append(rule.outcomes[None])
                    needs.extend(self._open_facts(rule))
        if not self._unread.isdisjoint(option.reads):
            needs.extend(f for f in option.reads if f in self._unread)
        if needs:
            return self._waiting(option, (), waiting, needs)
        status, decisive = self._level(option)
        return OptionResult(option, status, tuple(decisive), results, leaning=self.to_confirm)

    def _level(self, option: Option) -> tuple[Status, list[Reason]]:
        """Step 6: a downgrade lowers, an upgrade raises, else the base level."""
        lowered = self._with_result(option.downgrades, True)
        if lowered:
            return Status.MAY_CONSIDER, lowered
        raised = self._with_result([option.raised_if], True) if option.raised_if else []
        return (Status.RECOMMENDED if raised else option.level), raised or self._with_result(option.indications, True)

    def _open_facts(self, rule: Rule) -> tuple[str, ...]:
        """The facts that keep a condition unknown; many options share a condition, so each is looked at once."""
        found = self._undecided.get(rule.index)
        if found is None:
            found = self._undecided[rule.index] = rule.predicate.undecided(self._values)
        return found

    def _before_the_rules(self, option: Option) -> tuple[Reason, ...]:
        """Step 3: the patient's goal, an unconfirmed cancer, an unsettled liver lesion. Empty: go on."""
        if not option.cancer_directed:
            return ()
        if self._symptom_focused and not self._relieves_symptoms(option):
            return (_GOAL,)
        found = []
        if not self._confirmed:
            found.append(_UNCONFIRMED)
        if not self._malignant and (option.liver_directed or not self._extensive):
            found.append(_UNSETTLED_LESION)
        return tuple(found)

    def _relieves_symptoms(self, option: Option) -> bool:
        relief = option.symptom_relief
        return relief if isinstance(relief, bool) else self._results[relief.index] is True

    def _open_with_inputs(self, rule: Rule) -> tuple[str, ...]:
        found = self._undecided_inputs.get(rule.index)
        if found is None:
            facts = self._open_facts(rule)
            found = tuple(dict.fromkeys(i for f in facts for i in (f, *self._inputs(f))))
            self._undecided_inputs[rule.index] = found
        return found

    def _would_stop(self, rule: Rule) -> bool:
        """Whether an old value would make a contraindication true: renew it first, rather than stop or fit on it."""
        found = self._stopped_by_old.get(rule.index)
        if found is None:
            found = self._stopped_by_old[rule.index] = rule.predicate.evaluate(self._stale) is True
        return found

    def _inputs(self, fact: str) -> tuple[str, ...]:
        """What to ask for: a derived fact is replaced by the inputs it waits for, or rests on first of all."""
        asked = self._asked.get(fact)
        if asked is None:
            found = self._facts.get(fact)
            if found is None or found.obtained is not Obtained.DERIVED:
                asked = (fact,)
            else:
                inputs = found.inputs[:1] if found.decides else found.inputs
                asked = tuple(i for part in inputs for i in self._inputs(part))
            self._asked[fact] = asked
        return asked

    def to_confirm(self, option: Option) -> tuple[str, ...]:
        """What an option leans on that is not recorded: defaults, and contraindications nobody can tell."""
        items: list[str] = []
        for fact in option.reads:
            found = self._facts[fact]
            if found.obtained is Obtained.DEFAULTED:
                items.append(fact)
            items.extend(found.assumed)
        for rule in option.contraindications:
            if self._results[rule.index] is None:
                facts = self._open_with_inputs(rule)
                items.extend(f for f in facts if self._facts[f].obtained is not Obtained.DERIVED)
        return tuple(dict.fromkeys(items))


def _if_still_true(facts: Mapping[str, Fact], catalogue: Catalogue) -> dict[str, Scalar]:
    """The values that have grown too old, or that a newer unusable result has overtaken, and what follows from them."""
    old = {f.id: replace(f, status=FactStatus.KNOWN) for f in facts.values() if f.status is FactStatus.STALE}
    for fact in facts.values():
        if fact.candidates and (value := overtaken(catalogue[fact.id], fact)) is not None:
            old[fact.id] = replace(fact, status=FactStatus.KNOWN, value=value)
    if not old:
        return {}
    derived = derive({**facts, **old}, {})
    return {f.id: f.value for f in (*old.values(), *derived.values()) if f.decides and f.value is not None}


def _diagnosis(
    when: str, say: str, facts: tuple[str, ...], result: Truth, kind: ReasonKind = ReasonKind.DIAGNOSIS
) -> Reason:
    return Reason(kind, when, say, result, facts)


_DIAGNOSIS = {
    True: _diagnosis(
        "dx.cancer_status in {refuted, entered_in_error}", "The cancer diagnosis is refuted or entered in error",
        ("dx.cancer_status",), True,
    ),
    False: _diagnosis(
        "liver.lesion_nature in {benign, none}", "No malignant liver lesion", ("liver.lesion_nature",), True,
    ),
}  # fmt: skip
_GOAL = _diagnosis(
    "pt.goals == symptom_focused", "The patient's goal is relief of symptoms", ("pt.goals",), True, ReasonKind.GOAL
)
_UNCONFIRMED = _diagnosis(
    "dx.cancer_status == confirmed", "The cancer has to be confirmed first", ("dx.cancer_status",), None
)
_UNSETTLED_LESION = _diagnosis(
    "liver.lesion_nature in {metastasis, hcc, icca}", "What the liver lesion is has to be settled first",
    ("liver.lesion_nature",), None,
)  # fmt: skip


def _next_steps(options: Sequence[OptionResult], catalogue: Catalogue) -> tuple[NextStep, ...]:
    """Missing facts, grouped by the test that answers them, those that would settle most options first.

    A step settles an option that waits for nothing else, and narrows one that waits for more. Treatments count
    before coordination and support.
    """
    waiting = [o for o in options if o.status is Status.NEEDS_DATA]
    test_of = {fact: catalogue[fact].test for o in waiting for fact in o.missing}
    answers: dict[str, list[str]] = {}
    for fact, test in test_of.items():
        answers.setdefault(test, []).append(fact)
    settles: dict[str, list[str]] = {test: [] for test in answers}
    narrows: dict[str, list[str]] = {test: [] for test in answers}
    for option in waiting:
        tests = {test_of[fact] for fact in option.missing}
        for test in tests:
            (settles if len(tests) == 1 else narrows)[test].append(option.option.id)
    steps = [
        NextStep(test, tuple(facts), tuple(settles[test]), tuple(narrows[test]), catalogue[facts[0]].ask)
        for test, facts in answers.items()
    ]
    treatments = {o.option.id for o in waiting if o.option.cancer_directed}

    def usefulness(step: NextStep) -> tuple[int, int, int, str]:
        settled, narrowed = treatments.intersection(step.settles), treatments.intersection(step.narrows)
        return -len(settled), -len(narrowed), -len(step.settles), step.test

    return tuple(sorted(steps, key=usefulness))
