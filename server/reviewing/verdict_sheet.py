"""The differences between two versions of the rules, as a reviewer's page of text and as JSON.

Layout only: what differs is found by `eligibility.verdicts`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO

from eligibility.assessment import Status
from eligibility.knowledge.model import Option
from eligibility.verdicts import Case, CaseKind, Change, Difference, OptionLists, StepChange, Verdict
from eligibility.wording import STATUS_WORDS, listing
from server.page import Page, console_for
from server.reviewing.revisions import Version

__all__ = ["SCHEMA", "Comparison", "print_comparison", "write_comparison"]

SCHEMA: Final = "hepatica/verdicts/1"

_STYLES: Final = {
    Status.RECOMMENDED: "green",
    Status.MAY_CONSIDER: "green",
    Status.NEEDS_DATA: "yellow",
    Status.NOT_NOW: "magenta",
    Status.NOT_APPLICABLE: "",
}
_NOUNS: Final = {
    CaseKind.PATIENT: ("synthetic patient", "synthetic patients"),
    CaseKind.VIGNETTE: ("vignette", "vignettes"),
    CaseKind.EXAMPLE: ("worked example", "worked examples"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, how many patients of each kind both judged, and what differs.

    `added` counts, for each option that only the present version holds, its statuses among patients and vignettes.
    """

    before: Version
    after: Version
    lists: OptionLists
    counted: Mapping[CaseKind, int]
    differences: tuple[Difference, ...]
    added: Mapping[str, Counter[Status]]

    @property
    def changes(self) -> list[Change]:
        """Answers with another status."""
        return [c for d in self.differences for c in d.changes if c.of_status]

    @property
    def regrounded(self) -> list[Change]:
        """Answers with the same status on other grounds."""
        return [c for d in self.differences for c in d.changes if not c.of_status]

    @property
    def steps(self) -> list[StepChange]:
        """What is proposed to be tested, where it differs; examples are judged for one option only and have none."""
        return [d.steps for d in self.differences if d.steps and d.steps.case.kind is not CaseKind.EXAMPLE]

    @property
    def same_rules(self) -> bool:
        """Whether both versions have the same content."""
        return self.before.knowledge.sha256 == self.after.knowledge.sha256


# JSON


def write_comparison(compared: Comparison, out: TextIO) -> None:
    """The whole comparison as JSON, schema `hepatica/verdicts/1`, in ASCII."""
    lists = compared.lists
    document = {
        "schema": SCHEMA,
        "before": _version(compared.before),
        "after": _version(compared.after),
        "compared": {kind.value: compared.counted.get(kind, 0) for kind in CaseKind},
        "options": {
            "added": [{**_named(o), "statuses": _counts(compared.added[o.id])} for o in lists.added],
            "removed": [{**_named(o), "because": _retirement(compared, o)} for o in lists.removed],
            "renamed": [{"before": _named(was), "after": _named(now)} for was, now in lists.renamed],
        },
        "changes": [_change(c) for c in compared.changes],
        "otherGrounds": [_change(c) for c in compared.regrounded],
        "nextSteps": [
            {
                "case": _case(s.case), "firstBefore": s.first_before, "firstAfter": s.first_after,
                "noLonger": list(s.no_longer), "newly": list(s.newly),
            }
            for s in compared.steps
        ],
    }  # fmt: skip
    out.write(json.dumps(document, allow_nan=False, indent=1) + "\n")


def _version(version: Version) -> dict[str, Any]:
    knowledge = version.knowledge
    return {
        "name": version.name, "version": knowledge.version, "sha256": knowledge.sha256,
        "options": len(knowledge.options),
    }  # fmt: skip


def _named(option: Option) -> dict[str, Any]:
    return {"id": option.id, "name": option.name}


def _counts(statuses: Counter[Status]) -> dict[str, int]:
    return {status.value: statuses[status] for status in Status}


def _case(case: Case) -> dict[str, str]:
    return {"kind": case.kind.value, "name": case.name}


def _change(change: Change) -> dict[str, Any]:
    return {
        "option": change.option.id, "name": change.option.name, "case": _case(change.case),
        "before": _verdict(change.before), "after": _verdict(change.after),
    }  # fmt: skip


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status.value,
        "because": verdict.because,
        "reasons": [
            {"kind": str(r.kind), "when": r.when, "say": r.say, "gate": r.gate, "sources": list(r.sources)}
            for r in verdict.decisive
        ],
        "missing": list(verdict.missing),
        "values": list(verdict.values),
    }


def _retirement(compared: Comparison, option: Option) -> str | None:
    retired = compared.after.knowledge.retired.get(option.id)
    return retired.because if retired else None


# The page


def print_comparison(compared: Comparison, out: TextIO, *, everything: bool = False) -> None:
    """A page for a reviewer. `everything` lists also what is else only counted."""
    _Sheet(compared, out).write(everything)


_Transition = tuple[str, Status, Status, str, str]


class _Sheet(Page):
    def __init__(self, compared: Comparison, out: TextIO) -> None:
        super().__init__(console_for(out))
        self._compared = compared

    def write(self, everything: bool) -> None:
        """Top to bottom: which versions, how much changed, the options, the answers, the tests."""
        self._head()
        self._option_lists()
        changes, others, steps = self._compared.changes, self._compared.regrounded, self._compared.steps
        self._answers(changes)
        if everything:
            if others:
                self.heading("Same status, other grounds")
            self._answers(others)
        elif others:
            self.blank()
            count = _count(len(others), "answer keeps its status and rests", "answers keep their status and rest")
            self.say(f"{count} on other rules or facts; --all lists them.")
        self._next_steps(steps, everything)

    def _head(self) -> None:
        compared = self._compared
        self.say("Answers before and after", "bold")
        for label, version in (("before", compared.before), ("after", compared.after)):
            knowledge = version.knowledge
            options = _count(len(knowledge.options), "option", "options")
            about = f"{version.name}: rules {knowledge.version} ({knowledge.sha256[:8]}), {options}"
            self.row(label, about, indent=2)
        judged = [_count(n, *_NOUNS[kind]) for kind in CaseKind if (n := compared.counted.get(kind, 0))]
        self.row("judged", listing(judged), indent=2)
        self.blank()
        changes = compared.changes
        if compared.same_rules:
            self.say("The two versions have the same content: no answer changed.", "bold")
        elif not changes:
            self.say("No answer changed.", "bold")
        else:
            answers = _count(len(changes), "answer", "answers")
            self.say(f"{answers} changed, {_spread(changes)}.", "bold")

    def _option_lists(self) -> None:
        compared, lists = self._compared, self._compared.lists
        if lists.added:
            self.heading(_count(len(lists.added), "option added", "options added"))
        for option in lists.added:
            self.say(f"+ {option.name} ({option.id}): {_tally(compared.added[option.id])}", "green", indent=2)
        if lists.removed:
            self.heading(_count(len(lists.removed), "option removed", "options removed"))
        for option in lists.removed:
            because = _retirement(compared, option)
            self.say(f"- {option.name} ({option.id}){f': retired, {because}' if because else ''}", "magenta", indent=2)
        if lists.renamed:
            self.heading(_count(len(lists.renamed), "option renamed", "options renamed"))
        for was, now in lists.renamed:
            self.say(f"{was.name} ({was.id}) is now {now.name} ({now.id})", indent=2)

    def _answers(self, changes: Sequence[Change]) -> None:
        """By option, then by what changed into what and why, then patient by patient."""
        groups: dict[str, dict[_Transition, list[Change]]] = {}
        for change in changes:
            was, now = change.before, change.after
            key = (change.option.id, was.status, now.status, was.because, now.because)
            groups.setdefault(change.option.id, {}).setdefault(key, []).append(change)
        for transitions in groups.values():
            option = next(iter(transitions.values()))[0].option
            self.heading(f"{option.name} ({option.id})")
            for together in transitions.values():
                self._transition(together)

    def _transition(self, together: Sequence[Change]) -> None:
        was, now = together[0].before, together[0].after
        for label, verdict in (("before", was), ("after", now)):
            words = STATUS_WORDS[verdict.status]
            self.row(label, f"{words}: {verdict.because}", _STYLES[verdict.status], indent=2, bold=len(words))
        for kind in CaseKind:
            cases = [c for c in together if c.case.kind is kind]
            for number, change in enumerate(cases):
                label = _NOUNS[kind][0].split()[-1] if number == 0 else ""
                values = listing(dict.fromkeys((*change.before.values, *change.after.values)))
                self.row(label, change.case.name + (f": {values}" if values else ""), indent=4)

    def _next_steps(self, steps: Sequence[StepChange], everything: bool) -> None:
        if not steps:
            return
        self.heading("What to test or ask next")
        first = [s for s in steps if s.first_before != s.first_after]
        rest = len(steps) - len(first)
        for step in first:
            was, now = step.first_before or "nothing", step.first_after or "nothing"
            self.say(f"{step.case.name}: first was {was}, now {now}", indent=2)
        if everything:
            for step in steps:
                parts = [f"no longer {listing(step.no_longer)}"] if step.no_longer else []
                parts += [f"newly {listing(step.newly)}"] if step.newly else []
                if parts:
                    self.say(f"{step.case.name}: {'; '.join(parts)}", indent=2)
        elif rest:
            self.say(f"{_count(rest, 'further patient', 'further patients')}: other tests behind the first.", indent=2)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _spread(changes: Iterable[Change]) -> str:
    """For how many patients of each kind."""
    cases: dict[CaseKind, set[tuple[str, str]]] = {}
    for change in changes:
        of_one_option = change.option.id if change.case.kind is CaseKind.EXAMPLE else ""
        cases.setdefault(change.case.kind, set()).add((of_one_option, change.case.name))
    parts = [_count(len(cases[kind]), *_NOUNS[kind]) for kind in CaseKind if kind in cases]
    return f"in {listing(parts)}"


def _tally(statuses: Counter[Status]) -> str:
    """What a new option says of the patients and vignettes that were judged."""
    parts = [
        f"{STATUS_WORDS[s].lower()} {statuses[s]}" for s in Status if statuses[s] and s is not Status.NOT_APPLICABLE
    ]
    return ", ".join(parts) if parts else "outside the scope of every patient and vignette judged"
