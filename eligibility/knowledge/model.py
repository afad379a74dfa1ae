"""The knowledge base as the engine uses it: frozen, checked, every condition parsed once and shared.

Reading the files is `load.py`; what the parts mean to a clinician is in `README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from eligibility.assessment import Reason, ReasonKind, Status
from eligibility.catalogue import Catalogue
from eligibility.facts import Scalar
from eligibility.logic import Truth
from eligibility.predicates import Predicate

__all__ = [
    "Example",
    "Family",
    "Gate",
    "GateLine",
    "Intervention",
    "KnowledgeBase",
    "Option",
    "Requirement",
    "Retired",
    "Review",
    "Rule",
    "Score",
    "ScoreExample",
    "SignOff",
    "Source",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a statement rests on. `read` says how: `excerpt_read` or `not_re_read`."""

    id: str
    citation: str
    year: str
    url: str | None
    read: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of an option, with its reason prepared for each of the three results.

    `index` is the place of its predicate among `KnowledgeBase.predicates`: options that share a condition
    share its evaluation.
    """

    index: int
    predicate: Predicate
    outcomes: Mapping[Truth, Reason]

    @classmethod
    def of(cls, index: int, predicate: Predicate, kind: ReasonKind, say: str, certainty: str | None,
           sources: tuple[str, ...], gate: str | None = None) -> Rule:  # fmt: skip
        """A rule with its reasons made beforehand."""
        outcomes = {
            result: Reason(kind, predicate.text, say, result, predicate.facts, gate, certainty, sources)
            for result in (True, False, None)
        }
        return cls(index, predicate, outcomes)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A rule that must be true, or else the option waits for the facts in `needs`."""

    rule: Rule
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line of a gate, as its file states it. `needs`: the facts that an option waits for where it is not true."""

    kind: ReasonKind
    predicate: Predicate
    say: str
    certainty: str | None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """A safety rule that options share. An option that carries it inherits every line of which it has none itself.

    `sources` are its own; empty: its lines rest on the sources of each option.
    """

    id: str
    title: str
    lines: tuple[GateLine, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example inside an option's file: a test and documentation at once."""

    say: str
    given: Mapping[str, Scalar]
    expect: Status
    because: str | None
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intervention:
    """A drug or procedure that an option proposes.

    `system` is `rxnorm` or `snomed`; it and `code` are None where no code is known.
    """

    say: str
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A clinician's sign-off of one option: who, on which day, and the fingerprint of what was read."""

    reviewer: str
    date: date
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """A site's word for a whole version of the rules, from its settings: who, in which role, for which site, when."""

    by: str
    role: str
    site: str
    on: date


@dataclass(frozen=True, slots=True)
class Retired:
    """An option that is no longer judged. Its id stays taken, so that an old answer can still be explained."""

    id: str
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class ScoreExample:
    """A worked example of a score. `given` holds values in the unit in which they were written, as (value, unit)."""

    say: str
    given: Mapping[str, tuple[Scalar, str | None]]
    expect: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Score:
    """How a computed fact comes about: the formula in words, what it uses, what it does not tell.

    `table` is rows of points or bands, the first row their heads.
    """

    id: str
    title: str
    gives: tuple[str, ...]
    uses: tuple[str, ...]
    certainty: str
    certainty_note: str | None
    sources: tuple[str, ...]
    formula: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    examples: tuple[ScoreExample, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A folder of options and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Option:
    """One treatment option or coordination step, with the rules of its gates merged into its own.

    `requires` are the facts that have to be known, whatever they are; `reads` are all facts its rules read.
    `symptom_relief` is a rule, or True: the option fits a patient whose goal is symptom relief.

    `fingerprint` covers what a reviewer signs (`knowledge/signoff.py`). `status` is `reviewed` only while the
    fingerprint in `review` is this one; an option that changed since its review is a `draft` again.
    """

    id: str
    name: str
    family: Family
    modality: str
    intent: str
    primaries: str
    setting: str
    cancer_directed: bool
    liver_directed: bool
    level: Status
    status: str
    scope: Rule
    indications: tuple[Rule, ...]
    contraindications: tuple[Rule, ...]
    downgrades: tuple[Rule, ...]
    cautions: tuple[Rule, ...]
    requirements: tuple[Requirement, ...]
    requires: frozenset[str]
    raised_if: Rule | None
    symptom_relief: Rule | bool
    gates: tuple[str, ...]
    reads: tuple[str, ...]
    tests: str
    monitoring: str | None
    evidence: str
    controversies: str | None
    named_in: tuple[str, ...]
    sources: tuple[str, ...]
    known_limits: tuple[str, ...]
    examples: tuple[Example, ...]
    example_base: Mapping[str, Scalar] = field(default_factory=dict)
    interventions: tuple[Intervention, ...] = ()
    review: Review | None = None
    fingerprint: str = ""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of evaluation."""
        return (
            self.scope, *self.indications, *self.contraindications, *(r.rule for r in self.requirements),
            *self.downgrades, *self.cautions, *((self.raised_if,) if self.raised_if else ()),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything the engine judges by. `sha256` is the fingerprint of the parsed content; comments do not change it."""

    version: str
    sha256: str
    catalogue: Catalogue
    families: tuple[Family, ...]
    options: tuple[Option, ...]
    sources: Mapping[str, Source]
    gates: Mapping[str, str]
    predicates: tuple[Predicate, ...]
    retired: Mapping[str, Retired] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    shared: Mapping[str, Gate] = field(default_factory=dict)
    sign_off: SignOff | None = None

    def signed_off(self, sign_off: SignOff) -> KnowledgeBase:
        """The same rules, with a site's word for them."""
        return replace(self, sign_off=sign_off)

    @property
    def review(self) -> str:
        """`draft` until every option has been reviewed; a site's own sign-off comes on top."""
        reviewed = bool(self.options) and all(o.status == "reviewed" for o in self.options)
        return "reviewed" if reviewed else "draft"

    def option(self, identifier: str) -> Option:
        """The option with this id. Raises KeyError."""
        for option in self.options:
            if option.id == identifier:
                return option
        raise KeyError(identifier)
