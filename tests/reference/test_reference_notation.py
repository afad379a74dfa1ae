"""The slow evaluator's reading of conditions, its three answers, and that it shares no code with the program."""

from __future__ import annotations

import ast
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.reference.book import read_book
from tests.reference.logic import Truth, all_of, any_of, holds, negation, open_facts, ordered
from tests.reference.notation import AllOf, AnyOf, Compare, IsKnown, Negated, facts_in, parse
from tests.reference.record import OneSided, Standing, Value

D = Decimal
BOOK = read_book()


def truth(condition: str, **values: Value) -> Truth:
    """A condition on facts, named with a double underscore for the dot; all others are unknown."""
    given = {name.replace("__", "."): Standing(value) for name, value in values.items()}
    return holds(parse(condition), dict.fromkeys(BOOK.facts, Standing()) | given, BOOK.facts)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a.b == c", Compare("a.b", "==", ("c",))),
        ("a.b in {c, 2plus}", Compare("a.b", "in", ("c", "2plus"))),
        ("known(a.b)", IsKnown("a.b", True)),
        ("not unknown(a.b)", Negated(IsKnown("a.b", False))),
        (
            "a.b == c or d.e < 2.5 and not (f.g != h)",
            AnyOf((
                Compare("a.b", "==", ("c",)),
                AllOf((Compare("d.e", "<", ("2.5",)), Negated(Compare("f.g", "!=", ("h",))))),
            )),
        ),
        ("(a.b == c or d.e == f) and g.h == i", AllOf((
            AnyOf((Compare("a.b", "==", ("c",)), Compare("d.e", "==", ("f",)))), Compare("g.h", "==", ("i",)),
        ))),
    ],
)  # fmt: skip
def test_a_condition_is_read_as_it_is_written(text: str, expected: object) -> None:
    assert expected == parse(text)


@pytest.mark.parametrize("text", ["", "a.b", "a.b ==", "a.b = c", "a.b == c)", "(a.b == c", "a.b in {c", "a.b == c d"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_every_condition_of_the_knowledge_base_is_read_and_names_facts_of_the_catalogue() -> None:
    conditions = {when for option in BOOK.options for when in option.conditions}
    assert len(conditions) > 400
    assert set() == {fact for when in conditions for fact in facts_in(when)} - BOOK.facts.keys()


def test_unknown_is_a_third_answer() -> None:
    assert [False, None, True] == [negation(t) for t in (True, None, False)]
    assert [False, None, True] == [all_of(ts) for ts in ((None, False), (None, True), (True, True))]
    assert [True, None, False] == [any_of(ts) for ts in ((None, True), (None, False), (False, False))]


@pytest.mark.parametrize(
    "condition, values, expected",
    [
        ("bm.ras == mutated", {"bm__ras": "mutated"}, True),
        ("bm.ras != mutated", {"bm__ras": "mutated"}, False),
        ("bm.ras == mutated", {}, None),
        ("known(bm.ras)", {}, False),
        ("unknown(bm.ras)", {}, True),
        ("bm.ras == mutated or pt.ecog <= 1", {"pt__ecog": D(1)}, True),
        ("bm.ras == mutated and pt.ecog <= 1", {"pt__ecog": D(1)}, None),
        ("bm.ras == mutated and pt.ecog <= 1", {"pt__ecog": D(2)}, False),
        ("sf.ild == true", {"sf__ild": True}, True),
        ("sf.ild == false", {"sf__ild": True}, False),
        ("sf.allergy == platinum", {"sf__allergy": frozenset({"taxane", "platinum"})}, True),
        ("sf.allergy == platinum", {"sf__allergy": frozenset()}, False),
        ("sf.allergy == platinum", {}, None),
        ("liver.flr_pct < drv.flr_required_pct", {"liver__flr_pct": D(29), "drv__flr_required_pct": D(30)}, True),
        ("liver.flr_pct < drv.flr_required_pct", {"liver__flr_pct": D(30), "drv__flr_required_pct": D(30)}, False),
        ("liver.flr_pct < drv.flr_required_pct", {"liver__flr_pct": D(30)}, None),
        ("dx.hcc_bclc in {0, A}", {"dx__hcc_bclc": "0"}, True),
    ],
)
def test_a_condition_on_facts(condition: str, values: dict[str, Value], expected: Truth) -> None:
    assert expected is truth(condition, **values)


@pytest.mark.parametrize(
    "condition, recorded, expected",
    [
        ("drv.target_primary == nsclc", "lung_unspecified", None),
        ("drv.target_primary != nsclc", "lung_unspecified", None),
        ("drv.target_primary in {nsclc, sclc}", "lung_unspecified", None),
        ("drv.target_primary in {nsclc, breast}", "lung_unspecified", None),
        ("drv.target_primary == breast", "lung_unspecified", False),
        ("drv.target_primary != hcc", "lung_unspecified", True),
        ("drv.target_primary == lung_unspecified", "lung_unspecified", True),
        ("drv.target_primary == net", "neuroendocrine_unspecified", None),
        ("drv.target_primary == uveal_melanoma", "melanoma_unspecified", None),
        ("drv.target_primary == breast", "liver_unspecified", None),
        ("drv.target_primary in {liver_unspecified, unknown_primary}", "liver_unspecified", True),
        ("drv.target_primary == breast", "unknown_primary", False),
        ("known(drv.target_primary)", "liver_unspecified", True),
    ],
)
def test_a_record_that_names_only_the_parent(condition: str, recorded: str, expected: Truth) -> None:
    assert expected is truth(condition, drv__target_primary=recorded)


@pytest.mark.parametrize(
    "value, expected",
    [
        (OneSided("<", D(2)), {"<": True, "<=": True, "==": False, "!=": True, ">=": False, ">": False}),
        (OneSided("<=", D(2)), {"<": None, "<=": True, "==": None, "!=": None, ">=": None, ">": False}),
        (OneSided(">=", D(2)), {"<": False, "<=": None, "==": None, "!=": None, ">=": True, ">": None}),
        (OneSided(">", D(2)), {"<": False, "<=": False, "==": False, "!=": True, ">=": True, ">": True}),
        (OneSided("<", D(3)), dict.fromkeys(("<", "<=", "==", "!=", ">=", ">"))),
        (OneSided(">", D(1)), dict.fromkeys(("<", "<=", "==", "!=", ">=", ">"))),
        (D(2), {"<": False, "<=": True, "==": True, "!=": False, ">=": True, ">": False}),
    ],
)
def test_a_number_against_two(value: Decimal | OneSided, expected: dict[str, Truth]) -> None:
    assert expected == {sign: ordered(value, sign, D(2)) for sign in expected}


def test_open_facts_are_those_of_the_unknown_parts_only() -> None:
    facts = dict.fromkeys(BOOK.facts, Standing()) | {"pt.ecog": Standing(D(0)), "bm.msi": Standing("mss")}
    condition = parse("(bm.msi == msi_h and sf.ild == true) or (pt.ecog <= 1 and bm.ras == mutated)")
    assert {"bm.ras"} == open_facts(condition, facts, BOOK.facts)
    assert set() == open_facts(parse("bm.msi == msi_h and sf.ild == true"), facts, BOOK.facts)


def test_the_slow_evaluator_shares_no_code_with_the_program() -> None:
    allowed = sys.stdlib_module_names | {"yaml", "tests"}
    modules = [m for m in Path(__file__).parent.glob("*.py") if not m.name.startswith("test_")]
    assert len(modules) >= 7
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in allowed, f"{module.name} imports {name}"
                assert not name.startswith("tests") or name.startswith("tests.reference"), f"{module.name}: {name}"
