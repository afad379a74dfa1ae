"""The lines of a rule as the book shows them: in words, in the notation, with sentence, certainty and origin.

An option's page and a gate's page are made of the same sections, in the order of evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from eligibility.assessment import ReasonKind
from eligibility.catalogue import Catalogue
from eligibility.knowledge.model import Gate, KnowledgeBase, Option, Rule
from eligibility.predicates import Predicate
from server.rulebook.conditions import Limit, Words, in_words, limits

__all__ = ["ROLES", "Line", "NumberRow", "Section", "gate_sections", "numbers", "option_sections"]

ROLES: dict[ReasonKind, str] = {
    ReasonKind.SCOPE: "Who it is for",
    ReasonKind.INDICATION: "Needed",
    ReasonKind.CONTRAINDICATION: "Stands against",
    ReasonKind.REQUIRED: "Has to be known",
    ReasonKind.DOWNGRADE: "Lowers",
    ReasonKind.UPGRADE: "Raises",
    ReasonKind.CAUTION: "Caution",
    ReasonKind.GOAL: "Relieves symptoms",
}
"""What a line does in its option, in a word or two."""

_HEADINGS: dict[ReasonKind, tuple[str, str]] = {
    ReasonKind.SCOPE: ("Who it is for", "Outside this it is not applicable."),
    ReasonKind.INDICATION: ("What is needed", "All of these. One that is not met makes it “not now”."),
    ReasonKind.CONTRAINDICATION: (
        "What stands against it", "Any one of these is enough for “not now”, even while other facts are missing."
    ),
    ReasonKind.REQUIRED: ("What has to be known", "Until these are known, the answer is “needs data”."),
    ReasonKind.DOWNGRADE: ("What lowers it", "Any one of these lowers it to “may be considered”."),
    ReasonKind.UPGRADE: ("What raises it", "Where this holds, “may be considered” becomes “to consider”."),
    ReasonKind.CAUTION: ("Cautions", "Shown beside the answer. They never decide."),
    ReasonKind.GOAL: ("When comfort is the goal", "Where this holds, it stays open when the goal is comfort."),
}  # fmt: skip
_ORDER = tuple(_HEADINGS)
_HINTS_OF_SUPPORT: dict[ReasonKind, str] = {
    ReasonKind.INDICATION: "All of these. One that is not met makes it “not applicable”.",
    ReasonKind.CONTRAINDICATION: "Any one of these is enough for “not applicable”, even while other facts are missing.",
}
"""Coordination and support that a patient does not need are not applicable, never "not now" (rule 3.4)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule. `sentence` is what a card says; `gate` the shared rule it is inherited from.

    `only_known`: it asks for nothing but that one fact is known.
    """

    kind: ReasonKind
    words: Words
    notation: str
    sentence: str
    certainty: str | None
    gate: str | None
    facts: tuple[str, ...]
    limits: tuple[Limit, ...] = ()
    waits_for: tuple[str, ...] = ()
    fresh_days: int | None = None
    only_known: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The lines with one role, and what they do."""

    kind: ReasonKind
    title: str
    hint: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number of a rule: which fact, the limit in words, what it does, and from which gate."""

    limit: Limit
    role: str
    gate: str | None


def option_sections(option: Option, knowledge: KnowledgeBase) -> tuple[Section, ...]:
    """The sections of an option that hold anything, in the order of evaluation."""
    rules: list[tuple[Rule, tuple[str, ...]]] = [(rule, ()) for rule in (option.scope, *option.indications)]
    rules += [(rule, ()) for rule in option.contraindications]
    rules += [(requirement.rule, requirement.needs) for requirement in option.requirements]
    rules += [(rule, ()) for rule in (*option.downgrades, *option.cautions)]
    rules += [(option.raised_if, ())] if option.raised_if is not None else []
    rules += [(option.symptom_relief, ())] if isinstance(option.symptom_relief, Rule) else []
    made = _sections(
        _line(r.kind, rule.predicate, r.say, r.certainty, needs, knowledge.catalogue, r.gate)
        for rule, needs in rules
        for r in (rule.outcomes[True],)
    )
    if option.cancer_directed:
        return made
    return tuple(replace(section, hint=_HINTS_OF_SUPPORT.get(section.kind, section.hint)) for section in made)


def gate_sections(gate: Gate, catalogue: Catalogue) -> tuple[Section, ...]:
    """The sections of a gate: its lines as its own file states them."""
    return _sections(_line(x.kind, x.predicate, x.say, x.certainty, x.needs, catalogue) for x in gate.lines)


def numbers(sections: Iterable[Section], knowledge: KnowledgeBase) -> tuple[NumberRow, ...]:
    """Every number that the lines compare a fact with; each once for each role."""
    rows: dict[tuple[str, str, str], NumberRow] = {}
    for section in sections:
        for line in section.lines:
            for limit in line.limits:
                row = NumberRow(limit, ROLES[line.kind], line.gate)
                rows.setdefault((limit.fact, limit.words, row.role), row)
    places = {fact: place for place, fact in enumerate(knowledge.catalogue)}
    return tuple(sorted(rows.values(), key=lambda row: places[row.limit.fact]))


def _sections(made: Iterable[Line]) -> tuple[Section, ...]:
    lines: dict[ReasonKind, list[Line]] = {}
    for line in made:
        lines.setdefault(line.kind, []).append(line)
    return tuple(Section(kind, *_HEADINGS[kind], tuple(lines[kind])) for kind in _ORDER if kind in lines)


def _line(
    kind: ReasonKind, predicate: Predicate, say: str, certainty: str | None, needs: tuple[str, ...],
    catalogue: Catalogue, gate: str | None = None,
) -> Line:  # fmt: skip
    known = bool(needs) and certainty is None and predicate.text == f"known({needs[0]})"
    return Line(
        kind,
        in_words(predicate.tree, catalogue),
        predicate.text,
        say,
        certainty,
        gate,
        predicate.facts,
        tuple(limits(predicate.tree, catalogue)),
        waits_for=() if known else needs,
        fresh_days=catalogue[needs[0]].fresh_days if known else None,
        only_known=known,
    )
