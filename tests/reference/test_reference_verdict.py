"""The slow evaluator alone: the order of the steps on an option made by hand, and every worked example."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.reference.book import Entry, Line, MustBe, read_book
from tests.reference.examples import ON, SOURCES, example_record
from tests.reference.record import Record, Statement, Value
from tests.reference.verdict import Verdict, judge, known_of

D = Decimal
BOOK = read_book()

OPTION = Entry(
    id="made-by-hand",
    cancer_directed=True,
    liver_directed=False,
    level="may_consider",
    scope="drv.target_primary == breast",
    indications=(Line("bm.hr == positive", None),),
    contraindications=(Line("sf.ild == true", None), Line("ecg.qtcf > 500", None), Line("pt.ecog >= 3", "ECOG2")),
    downgrades=(Line("pt.ecog == 2", "ECOG2"),),
    cautions=(Line("lab.hbsag == true", None),),
    must_be_true=(MustBe("known(bm.dpyd) or tx.urgent_start == true", ("bm.dpyd",), None),),
    requires=frozenset({"pt.ecog"}),
    raised_if="dx.visceral_crisis == true",
    symptom_relief=None,
    examples=(),
)
PATIENT: dict[str, Value] = {
    "dx.cancer_status": "confirmed", "liver.lesion_nature": "metastasis", "dx.primary": "breast",
    "dx.active_primaries": D(1), "bm.hr": "positive", "pt.ecog": D(1), "bm.dpyd": "normal",
}  # fmt: skip


def verdict(
    changes: dict[str, Value | None] | None = None, option: Entry = OPTION, unread: frozenset[str] = frozenset()
) -> Verdict:
    """The option for the patient with some facts changed; None leaves a fact out."""
    given = {fact: value for fact, value in {**PATIENT, **(changes or {})}.items() if value is not None}
    statements = tuple(Statement(fact, value, source="entered") for fact, value in given.items())
    return judge(option, known_of(Record(ON, statements, frozenset(SOURCES) - unread), BOOK))


STEPS: list[tuple[dict[str, Value | None], str]] = [
    ({}, "may_consider"),
    ({"dx.visceral_crisis": True}, "recommended"),
    ({"dx.visceral_crisis": True, "pt.ecog": D(2)}, "may_consider"),
    ({"dx.cancer_status": "refuted"}, "not_applicable"),
    ({"liver.lesion_nature": "benign"}, "not_applicable"),
    ({"dx.primary": "gastric"}, "not_applicable"),
    ({"dx.primary": None}, "needs_data"),
    ({"dx.primary": "liver_unspecified"}, "needs_data"),
    ({"dx.primary": None, "pt.goals": "symptom_focused"}, "needs_data"),
    ({"pt.goals": "symptom_focused"}, "not_now"),
    ({"dx.cancer_status": "suspected"}, "needs_data"),
    ({"dx.cancer_status": "suspected", "sf.ild": True}, "needs_data"),
    ({"liver.lesion_nature": None}, "needs_data"),
    ({"liver.lesion_nature": "indeterminate", "dx.extrahepatic": "extensive"}, "may_consider"),
    ({"bm.hr": "negative"}, "not_now"),
    ({"sf.ild": True}, "not_now"),
    ({"sf.ild": True, "bm.hr": None, "pt.ecog": None}, "not_now"),
    ({"bm.hr": None}, "needs_data"),
    ({"pt.ecog": None}, "needs_data"),
    ({"bm.dpyd": None}, "needs_data"),
    ({"bm.dpyd": None, "tx.urgent_start": True}, "may_consider"),
    ({"lab.hbsag": True}, "may_consider"),
    ({"ecg.qtcf": D(501)}, "not_now"),
]


@pytest.mark.parametrize("changes, status", STEPS)
def test_each_step_in_its_order(changes: dict[str, Value | None], status: str) -> None:
    assert status == verdict(changes).status


def test_an_option_that_fits_names_what_was_taken_as_absent_and_what_nobody_can_tell() -> None:
    assert {"sf.ild", "ecg.qtcf"} == verdict().confirm
    assert verdict({"ecg.qtcf": D(400)}).confirm == {"sf.ild"}
    assert set() == verdict({"sf.ild": True}).confirm


def test_an_option_that_waits_names_what_it_waits_for() -> None:
    assert {"bm.hr", "pt.ecog", "bm.dpyd"} == verdict({"bm.hr": None, "pt.ecog": None, "bm.dpyd": None}).missing
    assert {"dx.primary"} == verdict({"dx.primary": "liver_unspecified"}).missing
    assert {"liver.lesion_origin"} == verdict({"dx.active_primaries": D(2)}).missing


def test_an_unread_problem_list_makes_an_option_wait() -> None:
    found = verdict(unread=frozenset({"Condition"}))
    assert "needs_data" == found.status
    assert {"sf.ild"} == found.missing


def test_a_reason_is_each_line_that_decides() -> None:
    stopped = verdict({"sf.ild": True, "bm.hr": "negative", "pt.ecog": D(4)})
    assert {"bm.hr == positive", "sf.ild == true", "pt.ecog >= 3"} == {when for _, when, _ in stopped.reasons}


def test_a_known_relief_keeps_an_option_open_to_a_patient_who_wants_comfort() -> None:
    relief = replace(OPTION, symptom_relief="dx.functional_syndrome == true")
    comfort: dict[str, Value | None] = {"pt.goals": "symptom_focused"}
    assert "not_now" == verdict(comfort, relief).status
    assert "may_consider" == verdict({**comfort, "dx.functional_syndrome": True}, relief).status
    assert "may_consider" == verdict(comfort, replace(OPTION, symptom_relief="always")).status


def test_support_whose_indication_is_not_met_does_not_apply() -> None:
    support = replace(OPTION, cancer_directed=False)
    assert "not_applicable" == verdict({"bm.hr": "negative", "sf.ild": True}, support).status
    assert "not_now" == verdict({"sf.ild": True}, support).status
    assert "may_consider" == verdict({"dx.cancer_status": "refuted", "pt.goals": "symptom_focused"}, support).status


def test_liver_directed_treatment_waits_for_the_nature_of_the_lesion_even_in_extensive_disease() -> None:
    local = replace(OPTION, liver_directed=True)
    changes: dict[str, Value | None] = {"liver.lesion_nature": None, "dx.extrahepatic": "extensive"}
    found = verdict(changes, local)
    assert "needs_data" == found.status
    assert {"liver.lesion_nature"} == found.missing


@pytest.mark.parametrize("option", BOOK.options, ids=lambda o: o.id)
def test_every_worked_example_is_true(option: Entry) -> None:
    assert option.examples
    for example in option.examples:
        found = judge(option, known_of(example_record(example["given"]), BOOK))
        assert example["expect"] == found.status, example["say"]
        needs = example.get("needs") or []
        assert set([needs] if isinstance(needs, str) else needs) <= found.missing | found.waits_for, example["say"]
        if example.get("because"):
            assert example["because"] in {when for _, when, _ in found.reasons}, example["say"]
