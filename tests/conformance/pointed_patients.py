"""Patients that stand just where two engines could part: at each threshold from one side, at each contraindication
with an outdated value, and where a parent code or a missing source leaves something open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Literal

from eligibility.evaluation import And, Comparison, Node, Not, Or
from eligibility.facts import Bound, Finding, Obtained, PatientFacts, ReadState, Scalar
from eligibility.knowledge.model import Option
from tests.fact_patients import KNOWLEDGE, finding, patient, reading
from tests.properties.generated_patients import Chart, ways_to_make

__all__ = ["pointed_patients"]

COMPARATORS: tuple[Literal["<", "<=", ">", ">="], ...] = ("<", "<=", ">", ">=")
CATALOGUE = KNOWLEDGE.catalogue


def pointed_patients() -> Iterator[PatientFacts]:
    """All of them, in the order of the knowledge base."""
    yield from _from_one_side()
    yield from _outdated()
    yield from _upper_limits()
    yield from _unread()
    yield from _only_a_parent_code()
    yield from _contradictory()


def _fitting(option: Option) -> Chart:
    return dict(next(e.given for e in option.examples if e.expect.fits))


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from _comparisons(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _comparisons(part)


def _from_one_side() -> Iterator[PatientFacts]:
    """Every number that a rule names, known from one side, in a patient whom the option would fit."""
    seen: set[tuple[str, Decimal]] = set()
    for option in KNOWLEDGE.options:
        leaves = [c for rule in option.rules for c in _comparisons(rule.predicate.tree)]
        for leaf in leaves:
            if not isinstance(leaf.right, Decimal) or CATALOGUE[leaf.fact].derived or (leaf.fact, leaf.right) in seen:
                continue
            seen.add((leaf.fact, leaf.right))
            for comparator in COMPARATORS:
                yield patient(_fitting(option), finding(leaf.fact, Bound(comparator, leaf.right)))


def _outdated() -> Iterator[PatientFacts]:
    """Every contraindication that an outdated value would make true, in a patient whom the option would fit."""
    seen: set[int] = set()
    for option in KNOWLEDGE.options:
        for rule in option.contraindications:
            if rule.index in seen:
                continue
            seen.add(rule.index)
            for change in islice(ways_to_make(rule.predicate.tree, True), 2):
                old = [_old(fact, value) for fact, value in change.items()]
                if any(CATALOGUE[f].fresh_days is not None for f in change):
                    yield patient(_fitting(option), *old)


def _old(fact: str, value: Scalar) -> Finding:
    days = CATALOGUE[fact].fresh_days
    return finding(fact, value, 0 if days is None else days + 30)


def _upper_limits() -> Iterator[PatientFacts]:
    """A bilirubin that is within, or beyond, a multiple of the limit on its own report."""
    for option in KNOWLEDGE.options[::6]:
        for limit in ("0.9", "1.9"):
            yield patient(
                _fitting(option), finding("lab.bilirubin", Decimal("2.4"), upper_limit=Decimal(limit))
            )  # fmt: skip


def _unread() -> Iterator[PatientFacts]:
    """One source that was not read completely."""
    for number, option in enumerate(KNOWLEDGE.options):
        source = ("Condition", "Procedure", "MedicationRequest", "AllergyIntolerance", "MedicationStatement")[
            number % 5
        ]
        yield reading(patient(_fitting(option)), source, ReadState.FAILED)


def _only_a_parent_code() -> Iterator[PatientFacts]:
    """A primary of which only the parent is known."""
    for number, option in enumerate(KNOWLEDGE.options):
        parents = list(CATALOGUE["dx.primary"].unspecified)
        parent = parents[number % len(parents)]
        fact = "liver.lesion_origin" if number % 2 else "dx.primary"
        yield patient(_fitting(option) | {fact: parent})


def _contradictory() -> Iterator[PatientFacts]:
    """The origin of the lesion, cirrhosis and pregnancy, recorded against each other or only hinted at."""
    for number, option in enumerate(KNOWLEDGE.options):
        base = _fitting(option)
        yield (
            patient(base, finding("liver.lesion_origin", "breast"), finding("liver.lesion_origin", "colorectal")),
            patient(base | {"liver.cirrhosis": False, "liver.background": "cirrhosis"}),
            patient(base, finding("liver.background", "cirrhosis"), without=("liver.cirrhosis",)),
            patient(base | {"pt.sex": "male"}, finding("pt.pregnancy_status", "not_pregnant", 400)),
            patient(
                base | {"pt.sex": "male"},
                finding("pt.pregnancy_status", "not_pregnant", 0, obtained=Obtained.NARRATIVE),
            ),
            patient(
                base | {"pt.sex": "male"},
                finding("pt.pregnancy_status", "not_pregnant", 100),
                finding("pt.pregnancy_status", "pregnant_t1", 400),
            ),
        )[number % 6]
