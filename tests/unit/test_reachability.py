"""Whether conditions can hold: the search agrees with trying every value, and gives up rather than hang."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from eligibility.checking.reachability import ANY_BUT_FALSE, ANY_BUT_TRUE, FALSE, TRUE, Goal, leaves, possible
from eligibility.evaluation import Comparison, Known
from eligibility.facts import Scalar
from eligibility.logic import Truth
from eligibility.predicates import parse


def fact(name: str, kind: FactType, **more: object) -> FactDefinition:
    return FactDefinition(name, kind, name, name, f"{name}?", name, "test", **more)  # type: ignore[arg-type]


def number(name: str, kind: FactType = FactType.NUMBER, low: str = "0", high: str = "3") -> FactDefinition:
    return fact(name, kind, unit="{count}", units={"{count}": 1}, plausible=(Decimal(low), Decimal(high)))


FACTS = (
    number("a.n"), number("a.m"), number("a.i", FactType.INTEGER), number("a.j", FactType.INTEGER),
    fact("a.b", FactType.BOOLEAN, values={"true": "yes", "false": "no"}),
    fact("a.c", FactType.CODE, values={"x": "x", "y": "y", "parent": "x or y"},
         unspecified={"parent": frozenset({"x", "y"})}),
    fact("a.s", FactType.SET, values={"p": "p", "q": "q", "r": "r"}),
)  # fmt: skip
CATALOGUE = Catalogue({definition.id: definition for definition in FACTS})
QUARTERS = [Decimal(n) / 8 for n in range(25)]
VALUES: Mapping[str, list[Scalar | None]] = {
    "a.n": [*QUARTERS, None], "a.m": [*QUARTERS, None],
    "a.i": [Decimal(n) for n in range(4)] + [None], "a.j": [Decimal(n) for n in range(4)] + [None],
    "a.b": [True, False, None], "a.c": ["x", "y", "parent", None],
    "a.s": [frozenset(s) for s in ("", "p", "q", "r", "pq", "pr", "qr", "pqr")] + [None],
}  # fmt: skip
"""All values of each fact, numbers in steps that are finer than any condition below tells apart."""


def patients(facts: tuple[str, ...]) -> Iterator[dict[str, Scalar]]:
    for values in product(*(VALUES[fact] for fact in facts)):
        yield {fact: value for fact, value in zip(facts, values, strict=True) if value is not None}


def tried(texts: list[str], wanted: frozenset[Truth]) -> bool:
    """Whether some patient meets all conditions, found by trying all."""
    predicates = [parse(text, CATALOGUE) for text in texts]
    facts = tuple(dict.fromkeys(f for p in predicates for f in p.facts))
    return any(all(p.evaluate(patient) in wanted for p in predicates) for patient in patients(facts))


def searched(texts: list[str], wanted: frozenset[Truth]) -> Truth:
    return possible([Goal(parse(text, CATALOGUE).tree, wanted) for text in texts], CATALOGUE)


atoms = st.one_of(
    st.builds("a.n {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from([0, 1, 2, 3])),
    st.builds("a.i {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from([0, 1, 2, 3])),
    st.builds("a.i {} a.j".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="])),
    st.builds("a.n {} a.i".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="])),
    st.sampled_from(["a.b == true", "a.b == false", "a.b != true", "known(a.b)", "unknown(a.b)", "known(a.n)"]),
    st.sampled_from(["a.c == x", "a.c == y", "a.c != x", "a.c in {x, y}", "a.c == parent", "unknown(a.c)"]),
    st.sampled_from(["a.s == p", "a.s != p", "a.s == q", "unknown(a.s)"]),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)


@given(
    st.lists(conditions, min_size=1, max_size=3),
    st.sampled_from([TRUE, FALSE, ANY_BUT_TRUE, ANY_BUT_FALSE, frozenset[Truth]({None})]),
)
def test_the_search_agrees_with_trying_every_value(texts: list[str], wanted: frozenset[Truth]) -> None:
    facts = {fact for text in texts for fact in parse(text, CATALOGUE).facts}
    if len(facts & {"a.n", "a.i", "a.j", "a.c", "a.s"}) > 4:
        texts = texts[:1]
    assert tried(texts, wanted) is searched(texts, wanted)


@pytest.mark.parametrize(
    "text, can_hold",
    [
        ("a.n > 3", False),
        ("a.n >= 3", True),
        ("a.n < 0 or a.i > 3", False),
        ("a.i > 1 and a.i < 2", False),
        ("a.n > 1 and a.n < 2", True),
        ("a.n > a.m and a.m > a.n", False),
        ("a.n > a.m and a.m > 2", True),
        ("a.n > a.m and a.m >= 3", False),
        ("a.i > a.j and a.j > 1 and a.i < 3", False),
        ("a.c == x and a.c == y", False),
        ("a.s == p and a.s == q", True),
        ("a.s == p and a.s != p", False),
        ("known(a.b) and unknown(a.b)", False),
        ("a.b == true and unknown(a.b)", False),
        ("a.c != x and a.c != y and known(a.c)", False),
    ],
)
def test_a_condition_can_hold_or_not(text: str, can_hold: bool) -> None:
    assert can_hold is searched([text], TRUE)


def test_conditions_that_hold_alone_may_exclude_each_other() -> None:
    texts = ["a.n > 1 or a.b == true", "a.b == false", "a.n < 1"]
    assert [True, True, True] == [searched([text], TRUE) for text in texts]
    assert searched(texts, TRUE) is False
    assert searched(texts[:2], TRUE) is True


def test_no_conditions_hold() -> None:
    assert possible([], CATALOGUE) is True


def riddle(places: int) -> tuple[Catalogue, str]:
    """More pigeons than holes: contradictory, and no part of it is; trying takes very long."""
    holes = [f"h{number}" for number in range(places)]
    codes = {name: name for name in holes}
    birds = [fact(f"b.p{number}", FactType.CODE, values=codes) for number in range(places + 1)]
    apart = [
        f"not ({one.id} == {hole} and {other.id} == {hole})"
        for index, one in enumerate(birds)
        for other in birds[index + 1 :]
        for hole in holes
    ]
    housed = [f"{bird.id} in {{{', '.join(holes)}}}" for bird in birds]
    return Catalogue({bird.id: bird for bird in birds}), " and ".join([*housed, *apart])


def test_a_small_riddle_is_solved_and_a_large_one_is_given_up() -> None:
    small, text = riddle(3)
    assert possible([Goal(parse(text, small).tree, TRUE)], small) is False
    large, text = riddle(9)
    assert possible([Goal(parse(text, large).tree, TRUE)], large) is None


def test_a_search_that_is_given_up_still_sees_what_is_impossible_alone() -> None:
    catalogue, text = riddle(9)
    impossible = parse("b.p0 == h0 and b.p0 == h1", catalogue)
    assert possible([Goal(parse(text, catalogue).tree, TRUE), Goal(impossible.tree, TRUE)], catalogue) is False


def test_leaves_are_the_comparisons_in_their_order() -> None:
    tree = parse("not (a.n < 1 or known(a.b)) and a.i >= a.j", CATALOGUE).tree
    assert [Comparison("a.n", "<", Decimal(1)), Known("a.b", True), Comparison("a.i", ">=", "a.j", True)] == list(
        leaves(tree)
    )
