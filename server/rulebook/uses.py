"""Where things are used: the options and gates that read a fact, and how; who cites a source; what proposes a drug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eligibility.assessment import ReasonKind
from eligibility.knowledge.model import Intervention, KnowledgeBase, Option
from server.rulebook.lines import ROLES, Section

__all__ = ["Citation", "DrugEntry", "Use", "citations", "drug_entries", "fact_uses", "primaries"]

TARGET = "drv.target_primary"


@dataclass
class Use:
    """One role of a fact: the gates and the options whose own lines read it so."""

    role: str
    gates: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Citation:
    """Who cites a source."""

    options: list[str] = field(default_factory=list)
    gates: list[str] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)


@dataclass
class DrugEntry:
    """A drug or procedure and the options that propose it."""

    intervention: Intervention
    options: list[str] = field(default_factory=list)


def fact_uses(
    options: Mapping[str, tuple[Section, ...]], gates: Mapping[str, tuple[Section, ...]]
) -> Mapping[str, tuple[Use, ...]]:
    """By fact, its roles in the order of evaluation."""
    found: dict[str, dict[ReasonKind, Use]] = {}

    def note(fact: str, kind: ReasonKind) -> Use:
        return found.setdefault(fact, {}).setdefault(kind, Use(ROLES[kind]))

    for gate, sections in gates.items():
        for kind, fact in _reads(sections):
            names = note(fact, kind).gates
            names += [] if gate in names else [gate]
    for option, sections in options.items():
        own = tuple(_own(section) for section in sections)
        for kind, fact in _reads(own):
            names = note(fact, kind).options
            names += [] if option in names else [option]
    order = list(ROLES)
    return {fact: tuple(uses[kind] for kind in sorted(uses, key=order.index)) for fact, uses in found.items()}


def _own(section: Section) -> Section:
    return Section(section.kind, section.title, section.hint, tuple(x for x in section.lines if x.gate is None))


def _reads(sections: tuple[Section, ...]) -> list[tuple[ReasonKind, str]]:
    return [(s.kind, fact) for s in sections for line in s.lines for fact in (*line.facts, *line.waits_for)]


def citations(knowledge: KnowledgeBase) -> Mapping[str, Citation]:
    """By source, who cites it."""
    found = {source: Citation() for source in knowledge.sources}
    for option in knowledge.options:
        for source in option.sources:
            found[source].options.append(option.id)
    for gate in knowledge.shared.values():
        for source in gate.sources:
            found[source].gates.append(gate.id)
    for score in knowledge.scores:
        for source in score.sources:
            found[source].scores.append(score.id)
    return found


def drug_entries(options: tuple[Option, ...]) -> tuple[DrugEntry, ...]:
    """Every drug and procedure with its code, in alphabetical order."""
    found: dict[Intervention, DrugEntry] = {}
    for option in options:
        for intervention in option.interventions:
            names = found.setdefault(intervention, DrugEntry(intervention)).options
            names += [] if option.id in names else [option.id]
    return tuple(sorted(found.values(), key=lambda e: (e.intervention.say.casefold(), e.intervention.code or "")))


def primaries(knowledge: KnowledgeBase) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """By primary, the options whose scope admits it; first those that ask for no primary ("").

    Judged by the rules themselves: the scope is evaluated with nothing known but the primary.
    """
    definition = knowledge.catalogue[TARGET]
    every = tuple(o for o in knowledge.options if TARGET not in o.scope.predicate.facts)
    named = [o for o in knowledge.options if TARGET in o.scope.predicate.facts]
    rows: list[tuple[str, tuple[Option, ...]]] = [("", every)]
    for code in definition.values:
        if code in definition.unspecified:
            continue
        fitting = tuple(o for o in named if o.scope.predicate.evaluate({TARGET: code}) is not False)
        rows.append((code, fitting))
    return tuple(row for row in rows if row[1])
