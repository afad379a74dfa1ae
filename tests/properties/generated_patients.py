"""Patients for property tests: generated facts, worked examples to start from, and facts that make a rule true.

Random facts rarely fit anything, so most patients start from a worked example of the knowledge base, and most
numbers lie on or beside a threshold that some rule names.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import islice, product

from hypothesis import strategies as st

from eligibility.catalogue import FactDefinition, FactType
from eligibility.evaluation import And, Comparison, Known, Node, Not, Or, compiled
from eligibility.facts import Scalar
from eligibility.knowledge.model import Example, Option
from tests.fact_patients import KNOWLEDGE

Chart = dict[str, Scalar]

ENTERABLE: dict[str, FactDefinition] = {d.id: d for d in KNOWLEDGE.catalogue.values() if not d.derived}
FITTING: list[tuple[Option, Example]] = [(o, e) for o in KNOWLEDGE.options for e in o.examples if e.expect.fits]
FITTING_TREATMENTS = [(o, e) for o, e in FITTING if o.cancer_directed]


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from _comparisons(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _comparisons(part)


@cache
def thresholds(fact: str) -> tuple[Decimal, ...]:
    """The numbers that rules compare this fact with, and their neighbours, as far as they are plausible."""
    definition = KNOWLEDGE.catalogue[fact]
    step = Decimal(1) if definition.type is FactType.INTEGER else Decimal("0.1")
    named = {
        c.right
        for p in KNOWLEDGE.predicates
        for c in _comparisons(p.tree)
        if c.fact == fact and isinstance(c.right, Decimal)
    }
    near = {n + d for n in named for d in (-step, Decimal(0), step)}
    return tuple(sorted(n for n in near if definition.accepts(n)))


@cache
def values(fact: str) -> st.SearchStrategy[Scalar]:
    """Any value this fact may have."""
    definition = ENTERABLE[fact]
    if definition.type is FactType.BOOLEAN:
        return st.booleans()
    if definition.type is FactType.CODE:
        return st.sampled_from(sorted(definition.values))
    if definition.type is FactType.SET:
        return st.frozensets(st.sampled_from(sorted(definition.values)), max_size=3)
    low, high = definition.plausible or (Decimal(0), Decimal(100))
    whole = definition.type is FactType.INTEGER
    anywhere = st.decimals(low, min(high, low + 100), places=0 if whole else 1)
    near = thresholds(fact)
    return st.one_of(st.sampled_from(near), anywhere) if near else anywhere


@st.composite
def statements(draw: st.DrawFn, most: int = 8) -> Chart:
    """Some facts with any values."""
    names = draw(st.lists(st.sampled_from(sorted(ENTERABLE)), max_size=most, unique=True))
    return {name: draw(values(name)) for name in names}


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """A worked example with some facts added, changed and left out; now and then nothing but generated facts."""
    base: Chart = dict(draw(st.sampled_from(FITTING))[1].given) if draw(st.integers(0, 9)) else {}
    left_out = draw(st.lists(st.sampled_from(sorted(base)), max_size=3, unique=True)) if base else []
    chart = base | draw(statements())
    return {fact: value for fact, value in chart.items() if fact not in left_out}


_CHILD_PUGH_C: Chart = {
    "liver.cirrhosis": True, "lab.bilirubin": Decimal("2.9"), "lab.albumin": Decimal("2.4"), "lab.inr": Decimal("2.5"),
    "liver.ascites": "mild", "liver.encephalopathy": "none",
}  # fmt: skip
_CHILD_PUGH_B: Chart = _CHILD_PUGH_C | {"lab.albumin": Decimal("3.0"), "lab.inr": Decimal("1.2")}
_RECIPES: dict[str, tuple[Chart, ...]] = {
    "drv.decompensated": (
        {"liver.variceal_bleed_90d": True}, {"lab.bilirubin": Decimal("3.1"), "liver.biliary_obstruction": False},
    ),
    "drv.child_pugh_class": (_CHILD_PUGH_C, _CHILD_PUGH_B),
    "drv.child_pugh_points": (_CHILD_PUGH_C, _CHILD_PUGH_B),
    "drv.albi_grade": ({"lab.bilirubin": Decimal("2.9"), "lab.albumin": Decimal("2.0")},),
    "drv.renal": ({"lab.creatinine": Decimal(9)},),
    "drv.bili_xuln": (
        {"lab.bilirubin": Decimal("1.9")}, {"lab.bilirubin": Decimal("2.9")},
        {"lab.bilirubin": Decimal(4), "liver.biliary_obstruction": True},
    ),
    "drv.target_primary": tuple({"liver.lesion_origin": p} for p in KNOWLEDGE.catalogue["dx.primary"].values),
}  # fmt: skip
"""Facts from which a derived fact takes the value that some rule asks for."""


def _candidates(fact: str) -> tuple[Scalar, ...]:
    definition = ENTERABLE[fact]
    if definition.type is FactType.BOOLEAN:
        return (True, False)
    if definition.type is FactType.CODE:
        return tuple(definition.values)
    if definition.type is FactType.SET:
        return (*(frozenset({m}) for m in definition.values), frozenset())
    return thresholds(fact)


def ways_to_make(node: Node, wanted: bool) -> Iterator[Chart]:
    """Facts to add so that a condition becomes true (or false), simplest first; not every way is a possible patient."""
    if isinstance(node, Not):
        yield from ways_to_make(node.part, not wanted)
    elif isinstance(node, And | Or):
        if isinstance(node, Or) is wanted:
            for part in node.parts:
                yield from ways_to_make(part, wanted)
        else:
            for parts in product(*(list(islice(ways_to_make(p, wanted), 4)) for p in node.parts)):
                yield {fact: value for part in parts for fact, value in part.items()}
    elif isinstance(node, Known):
        if node.wanted is wanted and node.fact in ENTERABLE:
            yield {node.fact: _candidates(node.fact)[-1]}
        elif node.wanted is not wanted:
            yield {}
    elif node.fact in _RECIPES:
        yield from _RECIPES[node.fact]
    else:
        for value in _candidates(node.fact):
            if _holds(node, value) is wanted:
                yield {node.fact: value}


def _holds(node: Comparison, value: Scalar) -> bool:
    evaluate, _ = compiled(node, KNOWLEDGE.catalogue)
    return evaluate({node.fact: value}) is True
