"""Which statement stands, what silence means, and what is computed: the slow evaluator on cases made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.reference.book import read_book
from tests.reference.examples import ON, SOURCES
from tests.reference.record import OneSided, Record, Standing, Statement, Value, stand
from tests.reference.verdict import known_of

D = Decimal
BOOK = read_book()


def said(fact: str, value: Value | None, days: int | None = 0, **more: Any) -> Statement:
    return Statement(fact, value, None if days is None else ON - timedelta(days=days), **more)


def facts(
    given: Mapping[str, Value] | None = None, *statements: Statement, unread: frozenset[str] = frozenset()
) -> Mapping[str, Standing]:
    entered = [Statement(fact, value, source="entered") for fact, value in (given or {}).items()]
    return known_of(Record(ON, (*entered, *statements), frozenset(SOURCES) - unread), BOOK).facts


def stands(fact: str, *statements: Statement) -> Value | None:
    return stand(BOOK.facts[fact], [replace(s, fact=fact) for s in statements], ON).value


# -- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact, limit", [("lab.bilirubin", 14), ("pt.ecog", 30), ("liver.lesion_count", 42), ("pt.pregnancy_status", 7)]
)
def test_a_value_is_good_until_its_limit(fact: str, limit: int) -> None:
    value: Value = "not_pregnant" if fact == "pt.pregnancy_status" else D(1)
    assert [value, None, None] == [stands(fact, said(fact, value, days)) for days in (limit, limit + 1, None)]
    assert value == stands(fact, Statement(fact, value, source="entered"))


def test_the_newest_stands_and_two_of_one_day_contradict_each_other() -> None:
    assert "partial" == stands("bm.dpyd", said("", "normal", 30), said("", "partial", 3))
    assert stands("bm.dpyd", said("", "normal", 3), said("", "partial", 3)) is None
    assert "normal" == stands("bm.dpyd", said("", "normal", 3), said("", "normal", 3))


@pytest.mark.parametrize("useless", [{"value": None}, {"preliminary": True}])
def test_an_unusable_result_decides_nothing_and_overtakes_what_grows_old(useless: dict[str, Any]) -> None:
    old, new = said("", D(1), 9), replace(said("", D(2), 1), **useless)
    assert stands("lab.bilirubin", new) is None
    assert stands("lab.bilirubin", old, new) is None
    assert D(1) == stands("lab.bilirubin", replace(old, when=ON), replace(new, when=ON - timedelta(days=1)))
    assert D(1) == stands("dx.active_primaries", old, new)


def test_a_word_in_a_report_decides_nothing() -> None:
    assert stands("sf.ild", said("", True, 3, source="text")) is None


# -- the other rules of section 4 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact, statements, expected",
    [
        ("sf.ild", [(True, 90), (False, 3)], False),
        ("sf.ild", [(False, 90), (True, 3)], True),
        ("sf.ild", [(False, 3), (True, 3)], None),
        ("sf.autoimmune", [("controlled", 3), ("severe_active", 3)], "severe_active"),
        ("dx.stage", [("IV", 900), ("II", 3)], "IV"),
        ("dx.ki67", [(D(4), 3), (D(30), 900)], D(30)),
        ("liver.max_diameter_cm", [(D(2), 3), (D(4), 3), (D(9), 30)], D(4)),
        ("liver.lesion_nature", [("benign", 3), ("metastasis", 90)], "metastasis"),
        ("liver.lesion_nature", [("hcc", 3), ("metastasis", 90)], None),
        ("sf.allergy", [(frozenset({"taxane"}), 3), (frozenset({"platinum"}), 900)], frozenset({"taxane", "platinum"})),
        ("bm.ras", [("wild_type", 300, "tissue"), ("mutated", 3, "plasma")], "mutated"),
        ("bm.ras", [("mutated", 300, "tissue"), ("wild_type", 3, "plasma")], None),
        ("bm.ras", [("wild_type", 3, "plasma")], None),
        ("bm.egfr", [("ex19del", 300, "tissue"), ("wild_type", 3, "plasma")], "ex19del"),
        ("bm.egfr", [("ex19del", 300, "tissue"), ("exon20ins", 3, "tissue")], "ex19del"),
        ("bm.alk", [(True, 3, "tissue"), (False, 3, "tissue")], None),
        ("bm.alk", [(False, 3, "plasma")], None),
        ("bm.msi", [("msi_h", 300, "tissue"), ("mss", 3, "tissue")], None),
        ("bm.msi", [("msi_h", 300, "tissue"), ("mss", 3, "plasma")], "msi_h"),
    ],
)
def test_results_that_disagree(fact: str, statements: list[tuple[Any, ...]], expected: Value | None) -> None:
    found = [said(fact, s[0], s[1], specimen=s[2] if len(s) > 2 else None) for s in statements]
    assert expected == stands(fact, *found) == stands(fact, *reversed(found))


def test_the_receptor_of_a_metastasis_prevails() -> None:
    primary, metastasis = said("", "positive", 3, metastasis=False), said("", "zero", 30, metastasis=True)
    assert "zero" == stands("bm.her2", primary, metastasis)


# -- silence ------------------------------------------------------------------------------------------------------


def test_of_an_empty_record_only_problems_count_as_absent() -> None:
    known = {fact: s.value for fact, s in facts().items() if s.known}
    assert {"liver.variceal_bleed_90d", "liver.hypertrophy_failed"} == {f for f in known if not f.startswith("sf.")}
    assert 18 == len(known)
    assert ("none", D(0), frozenset(), False) == tuple(
        known[f] for f in ("sf.autoimmune", "sf.neuropathy_grade", "sf.allergy", "sf.ild")
    )


@pytest.mark.parametrize(
    "fact, source",
    [("sf.ild", "Condition"), ("sf.allergy", "AllergyIntolerance"), ("sf.organ_transplant", "Procedure")],
)
def test_an_unread_list_is_not_an_empty_one(fact: str, source: str) -> None:
    assert facts()[fact].known
    assert not facts(unread=frozenset({source}))[fact].known
    assert not facts(None, said(fact, None, 3))[fact].known


@pytest.mark.parametrize("source", ["MedicationRequest", "MedicationAdministration", "MedicationStatement"])
def test_earlier_exposure_is_absent_before_any_line(source: str) -> None:
    first = {"tx.prior_lines": D(0)}
    assert facts(first)["tx.prior_ici"].value is False
    assert facts(first)["tx.platinum_no_progression"].value is False
    assert not facts({"tx.prior_lines": D(1)})["tx.prior_ici"].known
    assert not facts(first, unread=frozenset({source}))["tx.prior_ici"].known
    for outside in ("tx.prior_ssa", "tx.prior_fluoropyrimidine"):
        assert not facts(first)[outside].known


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"pt.sex": "male"}, "not_applicable"),
        ({"pt.age": D(56)}, "not_applicable"),
        ({"pt.age": D(55)}, None),
        ({"pt.menopausal_status": "post"}, "not_applicable"),
        ({"pt.childbearing_potential": False}, "not_applicable"),
        ({"pt.age": D(60), "pt.childbearing_potential": True}, None),
        ({"pt.age": D(60), "pt.pregnancy_status": "pregnant_t1"}, "pregnant_t1"),
        ({}, None),
    ],
)
def test_when_pregnancy_does_not_apply(given: dict[str, Value], expected: str | None) -> None:
    assert expected == facts(given)["pt.pregnancy_status"].value


# -- computed facts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"dx.primary": "breast", "dx.active_primaries": D(1)}, "breast"),
        ({"dx.primary": "breast", "dx.active_primaries": D(2)}, None),
        ({"dx.primary": "breast"}, None),
        ({"dx.primary": "breast", "dx.active_primaries": D(2), "liver.lesion_origin": "net"}, "net"),
        ({"dx.primary": "breast", "dx.active_primaries": D(1), "liver.lesion_origin": "unknown"}, None),
    ],
)
def test_the_primary_of_the_lesion(given: dict[str, Value], expected: str | None) -> None:
    assert expected == facts(given)["drv.target_primary"].value


WELL: dict[str, Value] = {
    "liver.cirrhosis": True, "lab.bilirubin": D(1), "lab.albumin": D(4), "lab.inr": D(1), "liver.ascites": "none",
    "liver.encephalopathy": "none",
}  # fmt: skip
BREAST: dict[str, Value] = {"dx.primary": "breast", "dx.active_primaries": D(1)}


@pytest.mark.parametrize(
    "given, letter, decompensated",
    [
        (WELL, "A", False),
        (WELL | {"lab.bilirubin": D(4), "lab.albumin": D(2), "lab.inr": D(3)}, "C", True),
        (WELL | {"liver.encephalopathy": "grade1_2"}, "A", True),
        (WELL | {"liver.ascites": "moderate_severe", "liver.ascites_malignant": True}, "B", False),
        (WELL | {"lab.bilirubin": D("3.1")}, "B", True),
        (WELL | {"lab.bilirubin": D("3.1"), "liver.biliary_obstruction": True}, "B", False),
        (WELL | {"liver.variceal_bleed_90d": True}, "A", True),
        ({f: v for f, v in WELL.items() if f != "lab.inr"}, None, None),
        ({"dx.primary": "hcc", "dx.active_primaries": D(1), "lab.bilirubin": D(1)}, None, None),
        ({"dx.primary": "hcc", "lab.bilirubin": D(1)}, None, None),
        (BREAST | {"lab.bilirubin": D(1), "liver.cirrhosis": False}, "not_cirrhotic", False),
        (BREAST | {"lab.bilirubin": D(1)}, None, False),
        (BREAST | {"liver.cirrhosis": False}, "not_cirrhotic", None),
        (BREAST | {"lab.bilirubin": OneSided("<", D("0.2"))}, None, False),
        (WELL | {"liver.cirrhosis": False, "liver.background": "cirrhosis"}, None, None),
    ],
)
def test_child_pugh_and_decompensation(given: dict[str, Value], letter: str | None, decompensated: bool | None) -> None:
    known = facts(given)
    assert (letter, decompensated) == (known["drv.child_pugh_class"].value, known["drv.decompensated"].value)


def test_what_was_taken_as_absent_is_named() -> None:
    names = {"liver.ascites", "liver.encephalopathy", "liver.variceal_bleed_90d", "liver.cirrhosis"}
    assert names == facts(BREAST | {"lab.bilirubin": D(1)})["drv.decompensated"].assumed
    unread = facts(BREAST | {"lab.bilirubin": D(1)}, unread=frozenset({"Condition"}))
    assert not unread["drv.decompensated"].known


def test_kidney_function_prefers_clearance_and_falls_back_without_a_weight() -> None:
    given: dict[str, Value] = {"lab.creatinine": D("1.1"), "pt.age": D(68), "pt.sex": "female"}
    assert (
        facts(given | {"pt.weight_kg": D(50)})["drv.renal"].value
        == facts(given | {"pt.weight_kg": D(50)})["drv.crcl"].value
    )
    assert facts(given)["drv.renal"].value == facts(given)["drv.egfr"].value is not None
    assert not facts(given | {"pt.age": D(17)})["drv.egfr"].known


@pytest.mark.parametrize(
    "given, required",
    [
        ({"liver.background": "normal"}, D(20)), ({"liver.background": "steatosis"}, D(30)),
        ({"liver.background": "chemo_injured"}, D(30)), ({"liver.cirrhosis": True}, D(40)), ({}, None),
    ],
)  # fmt: skip
def test_the_remnant_that_is_required(given: dict[str, Value], required: Decimal | None) -> None:
    assert required == facts(given)["drv.flr_required_pct"].value


def test_bilirubin_in_multiples_of_the_limit_of_the_report() -> None:
    assert D("1.5") == facts({"lab.bilirubin": D("1.8")})["drv.bili_xuln"].value
    assert D("1.8") == facts(None, said("lab.bilirubin", D("1.8"), upper_limit=D(1)))["drv.bili_xuln"].value
