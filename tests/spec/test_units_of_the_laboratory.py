"""The units table against UCUM itself: an outside implementation converts every unit and must agree."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from fhir_mappings.observations import load_table
from fhir_mappings.units import between, factor, known_units, ucum

oracle = pytest.importorskip("ucumvert", reason="ucumvert, the UCUM oracle of these tests, is not installed")

NOT_UCUM = {"{mutations}/Mb"}
"""Written as charts and the catalogue write it; UCUM knows no megabase."""
ACTIVITY = "activity per volume"
CONVENTION = Fraction(1, 1000)
"""How far a clinical factor such as 17.1 may lie from the molar mass it was rounded from."""


@cache
def registry() -> Any:
    return oracle.PintUcumRegistry()


@cache
def of_ucum(unit: str) -> Any:
    """One of a unit; the oracle parses "1" and bare annotations as no unit at all."""
    parsed = registry().from_ucum(unit)
    return registry().Quantity(1, parsed.units if hasattr(parsed, "units") else "")


def in_other(unit: str, other: str) -> Fraction | None:
    """What UCUM says one `unit` is in `other`; None when the two measure different things."""
    one, two = of_ucum(unit), of_ucum(other)
    if one.dimensionality != two.dimensionality:
        return None
    return Fraction(one.to(two.units).magnitude).limit_denominator(10**24)


def close(one: Fraction, other: Fraction, by: Fraction = Fraction(1, 10**12)) -> bool:
    return abs(one - other) <= by * abs(other)


UNITS = sorted(set(known_units()) - NOT_UCUM)


def family(code: str) -> str:
    """What UCUM keeps apart and laboratories do not: enzyme units, international units, arbitrary units, charge."""
    kind = known_units()[code].kind
    return f"{kind} {'iu' if 'IU' in code else 'arb' if 'arb' in code else ''}" if kind == ACTIVITY else kind


@pytest.mark.parametrize("code", UNITS)
def test_every_code_of_the_table_is_ucum(code: str) -> None:
    assert registry().from_ucum(code) is not None
    assert code == ucum(code)


@pytest.mark.parametrize("code", UNITS)
def test_every_size_is_the_one_of_ucum(code: str) -> None:
    for other in UNITS:
        if family(other) == family(code):
            told = in_other(code, other)
            assert told is not None, f"{code} and {other} measure different things"
            exact = between(code, other)
            assert exact is not None
            assert close(told, exact), f"{code} in {other}"


APART = {
    frozenset({"number", "share"}), frozenset({"number", "counted"}), frozenset({"share", "counted"}),
    frozenset({"substance per volume", "charge per volume"}), frozenset({"count per volume", ACTIVITY}),
}  # fmt: skip
"""Kinds that have one dimension in UCUM, and that we keep apart all the same."""


def test_units_of_two_kinds_are_never_exchanged() -> None:
    for code in UNITS:
        for other in UNITS:
            kinds = frozenset({known_units()[code].kind, known_units()[other].kind})
            if len(kinds) == 2:
                assert None is between(code, other)
                assert kinds in APART or in_other(code, other) is None, f"{code} and {other}"


def factors() -> list[tuple[str, str, str]]:
    """Concept, unit, factor: every number that a conversion rests on."""
    tables = load_table("observations")
    rows = {**tables["quantities"], **tables["multiples"]}
    return [(concept, unit, text) for concept, row in rows.items() for unit, text in row["units"].items()]


def first_unit(concept: str) -> str:
    """The fact's own unit in the table: the first with the factor 1."""
    return next(unit for name, unit, text in factors() if name == concept and text == "1")


def meant(unit: str, canonical: str) -> str:
    """What a spelling with two meanings stands for beside the fact's own unit."""
    either: list[str] = load_table("units")["either"].get(unit, [unit])
    return next(u for u in either if len(either) == 1 or between(u, canonical) is not None)


@pytest.mark.parametrize("concept, unit, text", factors())
def test_every_factor_is_the_one_of_ucum_and_the_molar_mass(concept: str, unit: str, text: str) -> None:
    row = {**load_table("observations")["quantities"], **load_table("observations")["multiples"]}[concept]
    canonical = first_unit(concept)
    unit = meant(unit, canonical)
    exact = between(unit, canonical)
    if exact is not None:
        assert exact == factor(text)
        return
    kinds = (known_units()[unit].kind, known_units()[canonical].kind)
    match kinds:
        case ("substance per volume", "mass per volume"):
            grams = in_other(unit, "mol/L"), in_other("g/L", canonical)
            assert grams[0] is not None
            assert grams[1] is not None
            assert close(factor(text), grams[0] * Fraction(row["molar_mass"]) * grams[1], CONVENTION)
        case ("charge per volume", "substance per volume"):
            assert (concept, "1") == ("sodium", text), "one equivalent is one mole only of an ion with one charge"
        case ("activity per volume", "mass per volume"):
            assert ("afp", "1.21") == (concept, text), "an assay's own factor, stated as a remark"
            assert "1.21" in row["say"][unit]
        case _:
            raise AssertionError(f"{concept}: {unit} does not measure what {canonical} measures")


def test_every_factor_between_moles_and_mass_names_its_molar_mass() -> None:
    rows = load_table("observations")["quantities"]
    moles = {c for c, u, _ in factors() if known_units().get(u) and known_units()[u].kind == "substance per volume"}
    assert moles - {"sodium"} == {c for c, row in rows.items() if "molar_mass" in row}


def test_the_two_scales_of_hba1c_are_those_of_the_master_equation() -> None:
    """NGSP percent = 0.09148 x IFCC mmol/mol + 2.152: 48 is 6.5 %, 53 is 7.0 %."""
    (times, plus) = (factor(x) for x in load_table("observations")["quantities"]["hba1c"]["affine"]["mmol/mol"])
    assert [Fraction(65, 10), Fraction(7), Fraction(86, 10)] == [
        Fraction(round(10 * (times * v + plus)), 10) for v in (48, 53, 70)
    ]


def test_units_by_code_are_of_codes_and_units_that_are_read() -> None:
    for codes in load_table("observations")["unit_by_code"].values():
        for row in codes.values():
            for unit in (*row.get("add", {}), *row.get("drop", {})):
                assert unit in known_units()


def test_a_spelling_with_two_meanings_is_in_the_tests_that_settle_it() -> None:
    for text, codes in load_table("units")["either"].items():
        users = {c for c, u, _ in factors() if u == text}
        settled = {meant(text, first_unit(c)) for c in users}
        assert set(codes) == settled
