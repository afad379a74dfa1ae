"""What a condition says about one fact: comparisons, sets, codes, one-sided values, and mistakes in writing."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Literal

import pytest

from eligibility.errors import KnowledgeError
from eligibility.facts import Bound, Scalar
from eligibility.knowledge.model import KnowledgeBase
from eligibility.logic import Truth
from eligibility.predicates import parse
from tests.fact_patients import KNOWLEDGE

D = Decimal
Side = Literal["<", "<=", ">", ">="]


def truth(text: str, **values: Scalar) -> Truth:
    """A condition on facts given as `lab__bilirubin=...`."""
    return parse(text, KNOWLEDGE.catalogue).evaluate({name.replace("__", "."): v for name, v in values.items()})


@pytest.mark.parametrize(
    "value, operator, limit, expected",
    [
        (D("2.0"), "<", "2", False), (D("1.9"), "<", "2", True), (D("2.1"), "<", "2", False),
        (D("2.0"), "<=", "2", True), (D("2.1"), "<=", "2", False), (D("1.9"), "<=", "2", True),
        (D("2.0"), ">", "2", False), (D("2.1"), ">", "2", True), (D("1.9"), ">", "2", False),
        (D("2.0"), ">=", "2", True), (D("1.9"), ">=", "2", False), (D("2.1"), ">=", "2", True),
        (D("2.00"), "==", "2.0", True), (D("2.01"), "==", "2", False),
        (D("2.00"), "!=", "2.0", False), (D("2.01"), "!=", "2", True),
    ],
)  # fmt: skip
def test_numbers_compare_as_written(value: Decimal, operator: str, limit: str, expected: bool) -> None:
    assert expected is truth(f"lab.bilirubin {operator} {limit}", lab__bilirubin=value)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
def test_a_missing_number_leaves_every_comparison_unknown(operator: str) -> None:
    assert truth(f"lab.bilirubin {operator} 2") is None
    assert truth(f"liver.flr_pct {operator} drv.flr_required_pct", liver__flr_pct=D(30)) is None
    assert truth(f"liver.flr_pct {operator} drv.flr_required_pct", drv__flr_required_pct=D(30)) is None


@pytest.mark.parametrize(
    "remnant, operator, expected", [("30", ">=", True), ("29.9", ">=", False), ("30", "<", False), ("29.9", "<", True)]
)
def test_a_fact_compares_with_another_fact(remnant: str, operator: str, expected: bool) -> None:
    text = f"liver.flr_pct {operator} drv.flr_required_pct"
    assert expected is truth(text, liver__flr_pct=D(remnant), drv__flr_required_pct=D(30))


@pytest.mark.parametrize(
    "bound, condition, expected",
    [
        (Bound("<", D("0.2")), "lab.bilirubin < 1.5", True),
        (Bound("<", D("0.2")), "lab.bilirubin > 1.5", False),
        (Bound("<", D("0.2")), "lab.bilirubin == 1.5", False),
        (Bound("<", D("0.2")), "lab.bilirubin != 1.5", True),
        (Bound("<", D("0.2")), "lab.bilirubin < 0.2", True),
        (Bound("<", D("0.2")), "lab.bilirubin >= 0.2", False),
        (Bound("<", D("0.2")), "lab.bilirubin <= 0.1", None),
        (Bound("<=", D("0.2")), "lab.bilirubin < 0.2", None),
        (Bound("<=", D("0.2")), "lab.bilirubin <= 0.2", True),
        (Bound("<=", D("0.2")), "lab.bilirubin == 0.2", None),
        (Bound("<=", D("0.2")), "lab.bilirubin != 0.2", None),
        (Bound(">", D(30)), "lab.bilirubin > 2.0", True),
        (Bound(">", D(30)), "lab.bilirubin <= 30", False),
        (Bound(">", D(30)), "lab.bilirubin > 31", None),
        (Bound(">", D(30)), "lab.bilirubin == 30", False),
        (Bound(">=", D(30)), "lab.bilirubin < 30", False),
        (Bound(">=", D(30)), "lab.bilirubin > 30", None),
        (Bound(">=", D(30)), "lab.bilirubin >= 30", True),
    ],
)
def test_a_value_known_from_one_side_decides_only_what_it_can(bound: Bound, condition: str, expected: Truth) -> None:
    assert expected is truth(condition, lab__bilirubin=bound)


POINTS = [D(n) / 4 for n in range(-8, 25)]
HOLDS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def possible(value: Scalar) -> list[Decimal]:
    """The points of a fine grid that a value may stand for."""
    if isinstance(value, Bound):
        return [p for p in POINTS if HOLDS[value.comparator](p, value.limit)]
    assert isinstance(value, Decimal)
    return [value]


def test_one_sided_values_agree_with_every_number_they_may_be() -> None:
    sides: tuple[Side, ...] = ("<", "<=", ">", ">=")
    numbers: list[Scalar] = [D(2), D(3), *(Bound(side, D(limit)) for side in sides for limit in (1, 2, 3))]
    for left, operator, right in product(numbers, HOLDS, numbers):
        outcomes = {HOLDS[operator](a, b) for a in possible(left) for b in possible(right)}
        expected = outcomes.pop() if len(outcomes) == 1 else None
        actual = truth(
            f"liver.flr_pct {operator} drv.flr_required_pct", liver__flr_pct=left, drv__flr_required_pct=right
        )
        assert expected is actual, f"{left} {operator} {right}"


@pytest.mark.parametrize(
    "members, condition, expected",
    [
        (frozenset({"platinum"}), "sf.allergy == platinum", True),
        (frozenset({"platinum", "taxane"}), "sf.allergy == platinum", True),
        (frozenset({"taxane"}), "sf.allergy == platinum", False),
        (frozenset(), "sf.allergy == platinum", False),
        (frozenset({"platinum", "taxane"}), "sf.allergy != platinum", False),
        (frozenset(), "sf.allergy != platinum", True),
    ],
)
def test_on_a_set_equal_means_contains(members: frozenset[str], condition: str, expected: bool) -> None:
    assert expected is truth(condition, sf__allergy=members)


@pytest.mark.parametrize("condition", ["sf.allergy == platinum", "sf.allergy != platinum"])
def test_an_unknown_set_contains_nothing_that_can_be_told(condition: str) -> None:
    assert truth(condition) is None


@pytest.mark.parametrize(
    "code, condition, expected",
    [
        ("IV", "dx.stage == IV", True), ("III", "dx.stage == IV", False),
        ("IV", "dx.stage != IV", False), ("III", "dx.stage != IV", True),
        ("IV", "dx.stage in {III, IV}", True), ("II", "dx.stage in {III, IV}", False), ("II", "dx.stage in {II}", True),
    ],
)  # fmt: skip
def test_codes_compare_by_name(code: str, condition: str, expected: bool) -> None:
    assert expected is truth(condition, dx__stage=code)


@pytest.mark.parametrize("condition", ["dx.stage == IV", "dx.stage != IV", "dx.stage in {III, IV}"])
def test_a_missing_code_is_unknown(condition: str) -> None:
    assert truth(condition) is None


def test_codes_that_look_like_numbers_are_codes() -> None:
    assert truth("dx.hcc_bclc == 0", dx__hcc_bclc="0") is True
    assert truth("dx.hcc_bclc in {0, A}", dx__hcc_bclc="B") is False
    assert truth("lab.proteinuria in {2plus, 3plus}", lab__proteinuria="2plus") is True


@pytest.mark.parametrize(
    "value, condition, expected",
    [
        (True, "liver.ablatable == true", True), (False, "liver.ablatable == true", False),
        (True, "liver.ablatable == false", False), (False, "liver.ablatable == false", True),
        (True, "liver.ablatable != true", False), (False, "liver.ablatable != true", True),
    ],
)  # fmt: skip
def test_booleans_compare_with_true_and_false(value: bool, condition: str, expected: bool) -> None:
    assert expected is truth(condition, liver__ablatable=value)


# A code that names only a parent: recorded, asked for, equal, not equal.
PARENTS: list[tuple[str, str, Truth, Truth]] = [
    ("lung_unspecified", "nsclc", None, None),
    ("lung_unspecified", "sclc", None, None),
    ("lung_unspecified", "colorectal", False, True),
    ("lung_unspecified", "lung_unspecified", True, False),
    ("lung_unspecified", "liver_unspecified", False, True),
    ("melanoma_unspecified", "uveal_melanoma", None, None),
    ("melanoma_unspecified", "cutaneous_melanoma", None, None),
    ("melanoma_unspecified", "breast", False, True),
    ("neuroendocrine_unspecified", "net", None, None),
    ("neuroendocrine_unspecified", "nec", None, None),
    ("neuroendocrine_unspecified", "hcc", False, True),
    ("liver_unspecified", "hcc", None, None),
    ("liver_unspecified", "colorectal", None, None),
    ("liver_unspecified", "nsclc", None, None),
    ("liver_unspecified", "lung_unspecified", None, None),
    ("liver_unspecified", "other", None, None),
    ("liver_unspecified", "liver_unspecified", True, False),
    ("nsclc", "lung_unspecified", False, True),
    ("unknown_primary", "colorectal", False, True),
]


@pytest.mark.parametrize("fact", ["dx.primary", "liver.lesion_origin", "drv.target_primary"])
@pytest.mark.parametrize("recorded, asked, equal, different", PARENTS)
def test_a_parent_code_is_unknown_against_its_children(
    fact: str, recorded: str, asked: str, equal: Truth, different: Truth
) -> None:
    values: dict[str, Scalar] = {fact: recorded}
    assert equal is parse(f"{fact} == {asked}", KNOWLEDGE.catalogue).evaluate(values)
    assert different is parse(f"{fact} != {asked}", KNOWLEDGE.catalogue).evaluate(values)
    assert equal is parse(f"{fact} in {{{asked}}}", KNOWLEDGE.catalogue).evaluate(values)


@pytest.mark.parametrize(
    "members, expected",
    [
        ("nsclc, breast", None),
        ("colorectal, breast", False),
        ("lung_unspecified, colorectal", True),
        ("sclc, nsclc", None),
    ],
)
def test_a_parent_code_in_a_list_is_unknown_if_a_child_is_listed(members: str, expected: Truth) -> None:
    assert expected is truth(f"dx.primary in {{{members}}}", dx__primary="lung_unspecified")


@pytest.mark.parametrize(
    "text, values, expected",
    [
        ("bm.ras == wild_type and bm.msi == mss", {}, ("bm.ras", "bm.msi")),
        ("bm.ras == wild_type and bm.msi == mss", {"bm.ras": "wild_type"}, ("bm.msi",)),
        ("bm.ras == wild_type and bm.msi == mss", {"bm.ras": "mutated"}, ()),
        ("bm.ras == wild_type or bm.msi == mss", {"bm.ras": "mutated"}, ("bm.msi",)),
        ("bm.ras == wild_type or bm.ras == mutated", {}, ("bm.ras",)),
        ("not bm.ras == wild_type", {}, ("bm.ras",)),
        ("liver.flr_pct >= drv.flr_required_pct", {"liver.flr_pct": D(30)}, ("drv.flr_required_pct",)),
        ("known(bm.ras) or bm.msi == mss", {}, ("bm.msi",)),
        ("dx.primary == nsclc", {"dx.primary": "lung_unspecified"}, ("dx.primary",)),
        ("lab.bilirubin > 1", {"lab.bilirubin": Bound(">", D("0.5"))}, ("lab.bilirubin",)),
    ],
)
def test_an_unknown_condition_names_the_facts_that_keep_it_open(
    text: str, values: dict[str, Scalar], expected: tuple[str, ...]
) -> None:
    assert expected == parse(text, KNOWLEDGE.catalogue).undecided(values)


def test_a_condition_lists_its_facts_in_order_of_appearance() -> None:
    text = "not (bm.msi == mss or known(bm.ras)) and liver.flr_pct >= drv.flr_required_pct and bm.msi != msi_h"
    parsed = parse(text, KNOWLEDGE.catalogue)
    assert ("bm.msi", "bm.ras", "liver.flr_pct", "drv.flr_required_pct") == parsed.facts
    assert text == parsed.text


@pytest.mark.parametrize(
    "text, named",
    [
        ("bm.rass == wild_type", ["'bm.rass'", "not in the catalogue", "Did you mean", "bm.ras"]),
        ("qq.zzzzzz == 1", ["'qq.zzzzzz'", "knowledge/facts/"]),
        ("known(lab.bilirubine)", ["'lab.bilirubine'", "lab.bilirubin"]),
        ("liver.flr_pct >= drv.flr_required", ["'drv.flr_required'", "drv.flr_required_pct"]),
        ("bm.ras == wild-type", ["unexpected '-'", "comparisons"]),
        ("bm.ras == wildtype", ["'wildtype'", "a value of bm.ras", "Allowed: wild_type, mutated."]),
        ("bm.ras in {wild_type, mutant}", ["'mutant'", "Allowed: wild_type, mutated."]),
        ("bm.ras in {}", ["'}'", "a value of bm.ras"]),
        ("bm.ras in wild_type", ["'wild_type'", "`{`"]),
        ("bm.ras in {wild_type", ["'the end'", "`}`"]),
        ("bm.ras == ", ["'the end'", "a value of bm.ras", "Allowed"]),
        ("bm.ras < wild_type", ["orders bm.ras, a code", "Use == or !=."]),
        ("liver.ablatable == yes", ["'yes'", "true or false"]),
        ("liver.ablatable >= true", ["orders liver.ablatable, a boolean"]),
        ("sf.allergy in {platinum}", ["uses `in` on sf.allergy, a set", "Use it on codes."]),
        ("sf.allergy > platinum", ["orders sf.allergy, a set"]),
        ("sf.allergy == penicillin", ["'penicillin'", "a value of sf.allergy", "platinum"]),
        ("lab.bilirubin == high", ["'high'", "a number in mg/dL"]),
        ("lab.bilirubin < true", ["'true'", "a number in mg/dL"]),
        ("lab.bilirubin in {1, 2}", ["uses `in` on lab.bilirubin, a quantity"]),
        ("lab.bilirubin < bm.ras", ["compares lab.bilirubin with bm.ras", "Only numbers compare."]),
        ("bm.ras == bm.msi", ["compares bm.ras with bm.msi"]),
        ("lab.bilirubin", ["'the end'", "a comparison", "Use ==, !=, <, <=, >, >= or in."]),
        ("lab.bilirubin 2", ["'2'", "a comparison"]),
        ("lab.bilirubin => 2", ["unexpected '='"]),
        ("bilirubin > 2", ["'bilirubin'", "a fact", "section.name"]),
        ("", ["'the end'", "a fact"]),
        ("known lab.bilirubin", ["'lab.bilirubin'", "`(`"]),
        ("known(lab.bilirubin", ["'the end'", "`)`"]),
        ("known()", ["')'", "a fact"]),
        ("(lab.bilirubin > 2", ["'the end'", "`)`"]),
        ("lab.bilirubin > 2)", ["')'", "the end", "Join parts with `and` or `or`."]),
        ("lab.bilirubin > 2 bm.ras == mutated", ["'bm.ras'", "the end"]),
        ("lab.bilirubin > 2 and", ["'the end'", "a fact"]),
        ("lab.bilirubin > 2 && bm.ras == mutated", ["unexpected '&'"]),
        ("lab.bilirubin > 1.2.3", ["unexpected '.'"]),
        ("lab.bilirubin > 2mg", ["'2mg'", "a number in mg/dL"]),
    ],
)
def test_a_mistake_in_a_condition_says_where_and_what_is_allowed(
    knowledge: KnowledgeBase, text: str, named: list[str]
) -> None:
    with pytest.raises(KnowledgeError) as refusal:
        parse(text, knowledge.catalogue)
    message = str(refusal.value)
    assert [] == [part for part in [repr(text), *named] if part not in message], message


def test_spaces_and_line_ends_do_not_matter() -> None:
    assert truth("lab.bilirubin>2\n  and(lab.albumin<3)", lab__bilirubin=D(3), lab__albumin=D(2)) is True


def test_a_negative_number_is_a_number() -> None:
    assert truth("drv.albi_score <= -2.60", drv__albi_score=D("-2.7")) is True
