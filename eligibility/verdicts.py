"""What two versions of the knowledge say of the same patients: which answers differ, and what decided on each side.

Pure: it compares assessments that were made elsewhere. Where the patients come from, and how a difference is shown,
does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from eligibility.assessment import Assessment, OptionResult, Reason, ReasonKind, Status
from eligibility.facts import Obtained
from eligibility.knowledge.model import KnowledgeBase, Option
from eligibility.wording import fact_phrase, listing

__all__ = [
    "Case",
    "CaseKind",
    "Change",
    "Difference",
    "OptionLists",
    "StepChange",
    "Verdict",
    "compare",
    "list_options",
    "verdict_of",
]

_MOST_VALUES = 3
_CONTEXT = frozenset({"drv.target_primary", "liver.lesion_nature", "dx.cancer_status", "dx.primary", "pt.goals"})
"""Facts that nearly every rule reads; named only where they are all that a rule reads."""


class CaseKind(StrEnum):
    """What sort of patient an answer is about."""

    PATIENT = "patient"
    VIGNETTE = "vignette"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Case:
    """A patient that both versions judge."""

    kind: CaseKind
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an option is for a patient under one version.

    `decisive` are the rules that made the status and `missing` the facts it waits for; `values` is what the
    deciding rules read in this patient, as phrases.
    """

    status: Status
    decisive: tuple[Reason, ...]
    missing: tuple[str, ...]
    because: str
    values: tuple[str, ...]

    @property
    def ground(self) -> tuple[object, ...]:
        """What has to differ for two verdicts of the same status to rest on different grounds."""
        if self.status is Status.NEEDS_DATA:
            return (frozenset(self.missing),)
        return tuple((r.kind, r.when) for r in self.decisive)


@dataclass(frozen=True, slots=True)
class Change:
    """One option whose answer differs for one patient; with equal statuses, it rests on other rules or facts."""

    case: Case
    option: Option
    before: Verdict
    after: Verdict

    @property
    def of_status(self) -> bool:
        """Whether the status differs, and not only what it rests on."""
        return self.before.status is not self.after.status


@dataclass(frozen=True, slots=True)
class StepChange:
    """How the tests and questions proposed for one patient differ; the first is the most useful one."""

    case: Case
    first_before: str | None
    first_after: str | None
    no_longer: tuple[str, ...]
    newly: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs for one patient."""

    changes: tuple[Change, ...]
    steps: StepChange | None


@dataclass(frozen=True, slots=True)
class OptionLists:
    """Which options one version has and the other has not.

    `renamed` pairs the same option before and after, its name or its id being another one. `former` gives, for each
    option id that both versions hold, the id it had before.
    """

    added: tuple[Option, ...]
    removed: tuple[Option, ...]
    renamed: tuple[tuple[Option, Option], ...]
    former: Mapping[str, str]


def list_options(before: KnowledgeBase, after: KnowledgeBase) -> OptionLists:
    """The options of two versions side by side. An id that changed is recognised by its unchanged name."""
    old, new = {o.id: o for o in before.options}, {o.id: o for o in after.options}
    gone = {o.name: o for o in before.options if o.id not in new}
    former: dict[str, str] = {}
    for option in after.options:
        if option.id in old:
            former[option.id] = option.id
        elif option.name in gone:
            former[option.id] = gone.pop(option.name).id
    pairs = [(old[was], new[now]) for now, was in former.items()]
    return OptionLists(
        added=tuple(o for o in after.options if o.id not in former),
        removed=tuple(o for o in before.options if o.id not in former.values()),
        renamed=tuple((was, now) for was, now in pairs if (was.id, was.name) != (now.id, now.name)),
        former=MappingProxyType(former),
    )


def compare(case: Case, before: Assessment, after: Assessment, lists: OptionLists) -> Difference:
    """What differs between the answers of two versions to one patient."""
    old = {r.option.id: r for r in before.options}
    changes = []
    for result in after.options:
        former = old.get(lists.former.get(result.option.id, ""))
        if former is None:
            continue
        was, now = verdict_of(before, former), verdict_of(after, result)
        if was.status is not now.status or was.ground != now.ground:
            changes.append(Change(case, result.option, was, now))
    return Difference(tuple(changes), _steps(case, before, after))


def _steps(case: Case, before: Assessment, after: Assessment) -> StepChange | None:
    was, now = [s.test for s in before.next_steps], [s.test for s in after.next_steps]
    if was[:1] == now[:1] and set(was) == set(now):
        return None
    return StepChange(
        case, was[0] if was else None, now[0] if now else None,
        tuple(t for t in was if t not in now), tuple(t for t in now if t not in was),
    )  # fmt: skip


def verdict_of(assessment: Assessment, result: OptionResult) -> Verdict:
    """One option's answer with what decided it."""
    return Verdict(
        result.status, result.decisive, result.missing, _because(assessment, result),
        _values(assessment, result.decisive),
    )  # fmt: skip


def _because(assessment: Assessment, result: OptionResult) -> str:
    """The deciding rules in words; for an option that waits, what it waits for."""
    if result.status is Status.NEEDS_DATA:
        labels = dict.fromkeys(assessment.knowledge.catalogue[f].label for f in result.missing)
        return f"waits for {listing(labels)}" if labels else "waits for data"
    lead = [r for r in result.decisive if r.kind is not ReasonKind.INDICATION or r.result is not True]
    if lead:
        return "; ".join(dict.fromkeys(_said(r) for r in lead))
    return "meets " + "; ".join(dict.fromkeys(r.say for r in result.decisive))


def _said(reason: Reason) -> str:
    """A rule's sentence with its condition: an edited threshold shows even where the sentence was left alone."""
    lead = "asks for: " if reason.kind is ReasonKind.INDICATION else ""
    return f"{lead}{reason.say} [{reason.when}]"


def _values(assessment: Assessment, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """What the deciding rules read in this patient, where it was recorded."""
    read = list(dict.fromkeys(f for reason in reasons for f in reason.facts))
    told = [f for f in read if f not in _CONTEXT] or read
    facts = [assessment.facts[f] for f in told if f in assessment.facts]
    known = [f for f in facts if f.decides and f.obtained is not Obtained.DEFAULTED]
    return tuple(fact_phrase(f, assessment.knowledge.catalogue[f.id]) for f in known[:_MOST_VALUES])
