"""The CQL text of the knowledge base: how facts, conditions and options are spelled. That it computes the same is
proved elsewhere, by running it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from eligibility.catalogue import Catalogue, FactType
from eligibility.cql.computed import SHARED_COMPARATORS, ComputedFacts
from eligibility.cql.conditions import ConditionWriter
from eligibility.cql.library import condition_name, cql_library, fits_name, status_name, waits_name
from eligibility.cql.names import FactNames
from eligibility.cql.parameter_values import parameter_values
from eligibility.cql.settled import parameters
from eligibility.cql.spelling import identifier, literal, number
from eligibility.errors import KnowledgeError
from eligibility.facts import Bound, Obtained, ReadState
from eligibility.predicates import parse
from tests.fact_patients import KNOWLEDGE, ON, finding, patient

TEXT = cql_library(KNOWLEDGE)
DEFINED = re.findall(r'^define "((?:[^"\\]|\\.)*)":', TEXT, re.MULTILINE)
CATALOGUE = KNOWLEDGE.catalogue


def written(condition: str) -> dict[str, str]:
    """The definitions that a condition needs."""
    writer = ConditionWriter(FactNames(CATALOGUE, {}, SHARED_COMPARATORS))
    writer.refer(parse(condition, CATALOGUE))
    return writer.definitions


def test_every_name_is_defined_once() -> None:
    assert len(DEFINED) == len(set(DEFINED))


def test_every_name_that_is_used_is_defined() -> None:
    declared = set(DEFINED) | {p.name for p in parameters(CATALOGUE)}
    functions = set(re.findall(r'^define function "([^"]*)"', TEXT, re.MULTILINE))
    code = "\n".join(line for line in TEXT.splitlines() if not line.lstrip().startswith("//"))
    used = set(re.findall(r'"((?:[^"\\]|\\.)*)"', code))
    assert set() == used - declared - functions


def test_every_option_and_every_condition_has_its_definition() -> None:
    for option in KNOWLEDGE.options:
        assert {status_name(option), fits_name(option), waits_name(option)} <= set(DEFINED)
        assert {condition_name(rule) for rule in option.rules} <= set(DEFINED)


def test_the_library_says_what_it_does_not_do() -> None:
    head = TEXT.split("\nparameter ", maxsplit=1)[0]
    for word in ("Draft", "reading", "settling", "freshness", "withholding", KNOWLEDGE.sha256):
        assert word in head


def test_numbers_on_either_side_of_a_threshold_are_told_apart_by_the_operator() -> None:
    assert {"lab.bilirubin < 3": '"below"("lab.bilirubin", "lab.bilirubin comparator", 3.0)'} == written(
        "lab.bilirubin < 3"
    )
    assert 'not "at most"("lab.bilirubin", "lab.bilirubin comparator", 3.0)' in written("lab.bilirubin > 3").values()
    assert 'not "below"("lab.bilirubin", "lab.bilirubin comparator", 2.5)' in written("lab.bilirubin >= 2.5").values()


def test_a_parent_code_is_null_against_its_children_and_only_them() -> None:
    about_child = written("dx.primary == nsclc")["dx.primary == nsclc"]
    assert "when \"dx.primary\" = 'lung_unspecified' or \"dx.primary\" = 'liver_unspecified' then null" in about_child
    about_other = written("dx.primary == breast")["dx.primary == breast"]
    assert "lung_unspecified" not in about_other
    assert "liver_unspecified" in about_other


def test_a_set_that_is_not_known_is_null_and_an_empty_one_is_not() -> None:
    expected = 'if "sf.allergy" is null then null as Boolean else \'platinum\' in "sf.allergy"'
    assert expected == written("sf.allergy == platinum")["sf.allergy == platinum"]


def test_known_and_unknown_are_never_null() -> None:
    assert {"known(bm.ras)": '"bm.ras" is not null'} == written("known(bm.ras)")
    assert {"unknown(bm.ras)": '"bm.ras" is null'} == written("unknown(bm.ras)")


def test_a_condition_is_built_from_its_comparisons() -> None:
    made = written("bm.ras == wild_type and not (pt.ecog >= 3 or unknown(lab.bilirubin))")
    joined = made["bm.ras == wild_type and not (pt.ecog >= 3 or unknown(lab.bilirubin))"]
    expected = '"bm.ras == wild_type"\nand (not ("pt.ecog >= 3" or ("lab.bilirubin" is null)))'
    assert expected == joined


def test_a_number_that_cql_cannot_express_is_refused() -> None:
    assert ["5.0", "-1.39", "0.1", "100.0"] == [number(Decimal(n)) for n in ("5", "-1.39", "0.10", "1e2")]
    with pytest.raises(KnowledgeError, match="more than 8 decimals"):
        number(Decimal("0.123456789"))


def test_quotes_in_names_and_words_are_escaped() -> None:
    assert '"a \\"b\\""' == identifier('a "b"')
    assert "'it\\'s'" == literal("it's")


def test_a_computed_fact_without_a_formula_is_refused() -> None:
    further = replace(CATALOGUE["drv.tbs"], id="drv.new_score")
    with pytest.raises(KnowledgeError, match=r"drv\.new_score"):
        ComputedFacts(Catalogue({**CATALOGUE, "drv.new_score": further}))


def test_every_parameter_says_its_type_and_its_unit() -> None:
    by_name = {p.name: p for p in parameters(CATALOGUE)}
    assert ("Decimal", "total bilirubin, mg/dL") == (by_name["lab.bilirubin"].type, by_name["lab.bilirubin"].says)
    types = {"Boolean": FactType.BOOLEAN, "String": FactType.CODE, "List<String>": FactType.SET}
    for definition in CATALOGUE.values():
        if not definition.derived:
            kind = by_name[definition.id].type
            assert definition.type.numeric if kind == "Decimal" else definition.type is types[kind]


# -- the values of one record


def test_a_value_with_a_comparator_keeps_it() -> None:
    values = parameter_values(patient({}, finding("lab.bilirubin", Bound("<", Decimal("0.2")))), CATALOGUE, ON)
    assert (0.2, "<") == (values["lab.bilirubin"], values["lab.bilirubin comparator"])


def test_an_old_value_is_handed_over_as_outdated_and_not_as_the_fact() -> None:
    values = parameter_values(patient({}, finding("lab.bilirubin", Decimal(2), 400)), CATALOGUE, ON)
    assert 2 == values["lab.bilirubin outdated"]
    assert "lab.bilirubin" not in values
    assert [] == values["facts on record that cannot decide"]


def test_contradictory_and_suggested_facts_are_named_and_have_no_value() -> None:
    record = patient(
        {},
        finding("liver.cirrhosis", True),
        finding("liver.cirrhosis", False),
        finding("liver.pvt", "main", obtained=Obtained.NARRATIVE),
    )
    values = parameter_values(record, CATALOGUE, ON)
    assert ["liver.cirrhosis", "liver.pvt"] == values["facts on record that cannot decide"]
    assert ["liver.cirrhosis"] == values["facts in conflict"]
    assert {"liver.cirrhosis", "liver.pvt"}.isdisjoint(values)


def test_a_source_that_was_not_read_completely_is_left_out() -> None:
    values = parameter_values(patient({}, readings={"Condition": ReadState.PARTIAL}), CATALOGUE, date(2026, 1, 1))
    sources = values["sources read completely"]
    assert isinstance(sources, list)
    assert "Condition" not in sources
    assert "Procedure" in sources


def test_the_upper_limit_of_the_report_goes_with_the_bilirubin() -> None:
    record = patient({}, finding("lab.bilirubin", Decimal(2), upper_limit=Decimal("1.1")))
    assert 1.1 == parameter_values(record, CATALOGUE, ON)["lab.bilirubin upper limit"]
