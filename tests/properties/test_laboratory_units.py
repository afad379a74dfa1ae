"""Numbers and units through the readers: what the oracle says, and the same fact when both are scaled."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eligibility.facts import Bound
from fhir_mappings.codes import shipped_codes
from fhir_mappings.observations import load_table
from fhir_mappings.readers.number_text import Measured, read_text
from fhir_mappings.readers.reference_ranges import Person, upper_limit
from fhir_mappings.resources import ReferenceRange
from fhir_mappings.units import UCUM, between, factor, known_units, ucum
from tests.fhir_charts import LOINC, Raw, lab, observation, one

TABLES = load_table("observations")
QUANTITIES: dict[str, Any] = TABLES["quantities"]
MULTIPLES: dict[str, Any] = TABLES["multiples"]
CONVERSIONS = [(c, u) for c, row in QUANTITIES.items() for u in row["units"]]
ENZYMES = sorted(MULTIPLES["ast"]["units"])
NUMBERS = st.decimals("0.001", "99999", places=3)


def code_of(concept: str) -> str:
    """A LOINC code of the concept whose own property says nothing of its units."""
    own = TABLES["unit_by_code"][LOINC]
    return next(c for s, c in sorted(shipped_codes().members(concept)) if s == LOINC and c not in own)


@cache
def registry() -> Any:
    oracle = pytest.importorskip("ucumvert", reason="ucumvert, the UCUM oracle of this test, is not installed")
    return oracle.PintUcumRegistry()


def written(number: Fraction) -> Decimal | None:
    """A number with a finite number of digits, as a laboratory would write it; None when it has none."""
    decimal = Decimal(number.numerator) / Decimal(number.denominator)
    return decimal if Fraction(decimal) == number else None


def read(concept: str, number: Decimal, unit: str, **more: Any) -> object:
    return one(QUANTITIES[concept]["fact"], lab(code_of(concept), str(number), unit, **more)).value


@given(st.sampled_from([c for c in CONVERSIONS if c[1] in known_units() and c[1] != "{mutations}/Mb"]), NUMBERS)
def test_value_and_unit_become_what_the_oracle_says(conversion: tuple[str, str], number: Decimal) -> None:
    concept, unit = conversion
    row = QUANTITIES[concept]
    canonical = next(u for u, text in row["units"].items() if text == "1")
    made = registry().from_ucum(unit) * float(number)
    target = registry().from_ucum(canonical).units
    if made.dimensionality != target.dimensionality and "molar_mass" in row:
        made = made * (registry().from_ucum("g/mol") * float(row["molar_mass"]))
    assume(made.dimensionality == target.dimensionality)
    value = read(concept, number, unit)
    expected = made.to(target).magnitude
    low, high = (float(x) for x in row["plausible"])
    if isinstance(value, Decimal):
        assert expected == pytest.approx(float(value), rel=1e-3 if "mol" in unit and concept != "sodium" else 1e-9)
    else:
        assert not low * 1.001 <= expected <= high * 0.999


@given(st.sampled_from(sorted(QUANTITIES)), st.data())
def test_a_number_scaled_with_its_unit_is_the_same_fact(concept: str, data: st.DataObject) -> None:
    units = {u: factor(f) for u, f in QUANTITIES[concept]["units"].items()}
    one_unit, other_unit = (data.draw(st.sampled_from(sorted(units))) for _ in range(2))
    low, high = (Decimal(x) for x in QUANTITIES[concept]["plausible"])
    canonical = data.draw(st.decimals(low, min(high, Decimal(5000)), places=2))
    numbers = [written(Fraction(canonical) / units[u]) for u in (one_unit, other_unit)]
    assume(None not in numbers)
    first, second = (read(concept, n, u) for n, u in zip(numbers, (one_unit, other_unit), strict=True) if n is not None)
    assert canonical == first == second


@given(
    st.sampled_from(sorted(MULTIPLES)),
    st.sampled_from(ENZYMES),
    st.sampled_from(ENZYMES),
    st.sampled_from(ENZYMES),
    st.data(),
)
def test_a_multiple_of_the_limit_is_the_same_in_any_units(
    concept: str, unit: str, other: str, limit_unit: str, data: st.DataObject
) -> None:
    number, limit = data.draw(st.integers(1, 2000)), data.draw(st.integers(10, 200))
    scales = {u: factor(f) for u, f in MULTIPLES[concept]["units"].items()}
    forms = [
        (written(Fraction(number) / scales[u]), u, written(Fraction(limit) / scales[v]), v)
        for u, v in ((unit, limit_unit), (other, limit_unit), (other, other))
    ]
    assume(all(n is not None and m is not None for n, _, m, _ in forms))
    values = {
        one(
            MULTIPLES[concept]["fact"],
            lab(code_of(concept), str(n), u, referenceRange=[{"high": {"value": m, "unit": v}}]),
        ).value
        for n, u, m, v in forms
    }
    assert 1 == len(values)


@given(st.sampled_from(CONVERSIONS), NUMBERS, st.sampled_from(["", "<", "<=", ">", ">="]))
def test_text_and_quantity_of_one_result_are_one_fact(
    conversion: tuple[str, str], number: Decimal, comparator: str
) -> None:
    concept, unit = conversion
    fact, code = QUANTITIES[concept]["fact"], code_of(concept)
    quantity: Raw = {"value": number, "unit": unit, **({"comparator": comparator} if comparator else {})}
    as_quantity = one(fact, observation(code, valueQuantity=quantity)).value
    found = read_text(f"{comparator}{number} {unit}")
    as_text = one(fact, observation(code, valueString=f"{comparator}{number} {unit}")).value
    if isinstance(found, str):
        assert "more than one number" in found
        assert None is as_text
    else:
        assert as_quantity == as_text


@given(st.sampled_from(CONVERSIONS), NUMBERS)
def test_a_bound_is_converted_like_its_number(conversion: tuple[str, str], number: Decimal) -> None:
    concept, unit = conversion
    raw = lab(code_of(concept), str(number), unit)
    raw["valueQuantity"]["comparator"] = "<"
    plain, bound = read(concept, number, unit), one(QUANTITIES[concept]["fact"], raw).value
    assert bound == (Bound("<", plain) if isinstance(plain, Decimal) else None)


@given(st.sampled_from(CONVERSIONS), st.sampled_from(sorted(known_units())), NUMBERS)
def test_a_unit_that_does_not_fit_the_test_gives_no_number(
    conversion: tuple[str, str], other: str, number: Decimal
) -> None:
    concept, _ = conversion
    row = QUANTITIES[concept]
    assume(other not in row["units"] and other not in row.get("affine", {}))
    found = one(row["fact"], lab(code_of(concept), str(number), other))
    assert (None, f"the unit {other!r} does not fit this test") == (found.value, found.why)


@given(st.text(max_size=12))
def test_any_unit_text_is_known_or_not_and_never_raises(text: str) -> None:
    code = ucum(text)
    assert code is None or code in known_units() or code in load_table("units")["either"]
    if code in known_units():
        assert code == ucum(code) == ucum(text, code, UCUM)
        assert 1 == between(str(code), str(code))


@given(st.text(alphabet="0123456789.,'<>=- \u00a0eE+*/LUHmgd%K()", max_size=24))
def test_any_text_is_read_once_or_not_at_all(text: str) -> None:
    found = read_text(text)
    assert found == read_text(f" {text} ")
    if isinstance(found, Measured):
        assert found.number >= 0
        assert {c for c in str(found.number) if c.isdigit()} <= {"0"} | {c for c in text if c.isdigit()}
    else:
        assert found


@given(st.text(max_size=100))
def test_any_text_of_a_reference_range_is_a_limit_or_none(text: str) -> None:
    found = upper_limit([ReferenceRange(text=text)], Person())
    assert isinstance(found, str) or found.number > 0
