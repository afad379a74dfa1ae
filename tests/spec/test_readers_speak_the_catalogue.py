"""The readers' tables and the catalogue of facts agree: ids, values, units, plausible ranges."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from eligibility.catalogue import FactType
from fhir_mappings.codes import shipped_codes
from fhir_mappings.observations import load_table
from fhir_mappings.units import factor, ucum
from tests.fact_patients import KNOWLEDGE

CATALOGUE = KNOWLEDGE.catalogue
MARKS = ("melanoma_only",)


def stated() -> Iterator[tuple[str, Any]]:
    """Every (fact, value) that a table can give."""
    conditions, procedures, medications, alterations = (
        load_table(t) for t in ("conditions", "procedures", "medications", "alterations")
    )
    for rows in (*conditions["facts"].values(), *(r for t in conditions["code_facts"].values() for r in t.values())):
        yield from ((row["fact"], row["value"]) for row in rows)
    yield from ((row["fact"], row["value"]) for row in (*conditions["words"], *procedures["words"]))
    for row in (*procedures["concepts"].values(), *procedures["codes"].values()):
        if row["fact"]:
            yield row["fact"], row.get("value")
    for section in ("exposure", "last", "current"):
        yield from ((fact, None) for fact in medications[section])
    yield medications["allergy"]["fact"], None
    for fact, rule in alterations["facts"].items():
        yield from ((fact, entry["value"]) for entry in rule["classes"] if entry["value"] not in MARKS)
        yield from ((fact, rule[k]) for k in ("unnamed", "other", "negative") if k in rule)
    for row in conditions["primaries"].values():
        yield "dx.primary", row["primary"]
    for table in conditions["codes"].values():
        for row in table.values():
            yield "dx.primary", row.get("primary")
            yield "dx.net_site", row.get("net_site")
            if row.get("nature") != "unlisted":
                yield "liver.lesion_nature", row.get("nature")
    for table in conditions["lesions"].values():
        for row in table.values():
            yield "liver.lesion_nature", row["nature"]
            yield "liver.benign_type", row.get("benign_type")
    yield from (("dx.histology", v) for v in conditions["histology"].values() if v != "nsclc")
    yield from (("dx.primary", v) for v in conditions["site_primaries"].values())
    yield from (("dx.primary_side", v) for v in conditions["side"].values())


@pytest.mark.parametrize("fact, value", sorted({(f, str(v)): (f, v) for f, v in stated()}.values(), key=str))
def test_every_value_of_a_table_is_one_of_the_catalogue(fact: str, value: Any) -> None:
    assert fact in CATALOGUE
    if value is not None:
        assert CATALOGUE[fact].accepts(value), f"{fact}: {value!r}"


def quantities() -> dict[str, dict[str, Any]]:
    tables = load_table("observations")
    return {**tables["quantities"], **tables["multiples"]}


@pytest.mark.parametrize("concept", sorted(quantities()))
def test_every_number_keeps_to_the_catalogues_range(concept: str) -> None:
    entry = quantities()[concept]
    definition = CATALOGUE[entry["fact"]]
    assert definition.type.numeric
    low, high = (Decimal(x) for x in entry["plausible"])
    if definition.plausible is not None:
        assert definition.plausible[0] <= low < high <= definition.plausible[1]


@pytest.mark.parametrize("concept", sorted(load_table("observations")["quantities"]))
def test_every_factor_is_the_catalogues(concept: str) -> None:
    entry = quantities()[concept]
    definition = CATALOGUE[entry["fact"]]
    for unit, text in entry["units"].items():
        assert ucum(unit) == unit, f"{unit} is not a unit that is recognised"
        assert factor(text) == definition.units.get(unit, factor(text)), f"{concept} {unit}"


def test_every_fact_of_an_observation_is_in_the_catalogue() -> None:
    tables = load_table("observations")
    facts = {f for entry in tables["others"].values() for f in entry["facts"]} | {
        e["fact"] for e in tables["presences"].values()
    }
    assert set() == {f for f in facts if f not in CATALOGUE}


def test_every_concept_of_a_table_has_codes() -> None:
    concepts = shipped_codes().concepts
    conditions, procedures, observations = (load_table(t) for t in ("conditions", "procedures", "observations"))
    named = {
        *conditions["primaries"],
        *conditions["facts"],
        *conditions["histology"],
        *conditions["side"],
        *conditions["history"],
        *conditions["suspected"],
        *conditions["generic"],
        *conditions["liver_metastasis"],
        *procedures["concepts"],
        *observations["quantities"],
        *observations["multiples"],
        *observations["presences"],
        *observations["others"],
        *load_table("alterations")["tests"],
    }
    assert set() == named - concepts


def test_the_allergy_groups_are_the_catalogues() -> None:
    assert FactType.SET is CATALOGUE["sf.allergy"].type
    assert set(CATALOGUE["sf.allergy"].values) == set(load_table("medications")["allergy"]["groups"])


def test_every_fact_that_may_count_as_absent_has_a_reader() -> None:
    """A fact that nobody can find recorded must not count as "not recorded"."""
    read = {fact for fact, _ in stated()} | {
        f for e in load_table("observations")["others"].values() for f in e["facts"]
    }
    unread = {fact for fact, definition in CATALOGUE.items() if definition.absence is not None and fact not in read}
    assert {"liver.hypertrophy_failed"} == unread, "judged by a clinician only; no code and no phrase is known for it"
