"""An answer as plain data: everything that was known stays in it, and nothing is guessed on the way out."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from eligibility.document import SCHEMA, as_document
from eligibility.facts import Bound, Evidence, Notice, Obtained, Severity
from eligibility.knowledge.model import SignOff
from tests.fact_patients import KNOWLEDGE, ON, days_ago, finding, judged, patient, worked

FOLFOX = "crc-folfox-capox"


def fact(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(f for f in document["facts"] if f["id"] == name)


def option(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(o for o in document["options"] if o["id"] == name)


def test_the_document_is_json() -> None:
    document = as_document(judged(worked(FOLFOX)), "case 1")
    assert document == json.loads(json.dumps(document))


def test_the_head_says_what_was_asked_of_which_rules() -> None:
    notice = Notice(Severity.WARNING, "odd-unit", "A result has no unit.", "Observation/9")
    record = replace(patient(worked(FOLFOX)), reference="Patient/1", newest=days_ago(3), notices=(notice,))
    document = as_document(judged(record), "case 1")
    assert (SCHEMA, "case 1", {"reference": "Patient/1"}, "2026-11-21", "2026-11-18") == (
        document["schema"], document["id"], document["patient"], document["asOf"], document["newestDatum"],
    )  # fmt: skip
    assert {"version": KNOWLEDGE.version, "sha256": KNOWLEDGE.sha256, "review": "draft"} == document["knowledge"]
    assert (True, "Cancer in the liver is on record.", None) == (
        document["inScope"], document["scopeReason"], document["withheld"],
    )  # fmt: skip
    assert [
        {"severity": "warning", "code": "odd-unit", "reference": "Observation/9", "text": "A result has no unit."}
    ] == document["notices"]


def test_facts_given_by_name_have_no_patient() -> None:
    document = as_document(judged({}))
    assert [None] * 3 == [document["id"], document["patient"], document["newestDatum"]]


def test_signed_off_knowledge_says_so() -> None:
    signed = KNOWLEDGE.signed_off(SignOff("A. Signatory", "head of the tumour board", "the test site", ON))
    assert "signed-off" == as_document(judged({}, knowledge=signed))["knowledge"]["review"]


def test_a_fact_carries_value_unit_date_and_place() -> None:
    place = Evidence("Observation/1", "valueQuantity", "http://loinc.org|1975-2", "Bilirubin total")
    record = patient({}, finding("lab.bilirubin", Decimal("1.4"), 2, evidence=(place,)))
    bilirubin = fact(as_document(judged(record)), "lab.bilirubin")
    assert {
        "id": "lab.bilirubin", "status": "known", "value": 1.4, "unit": "mg/dL", "effective": "2026-11-19",
        "obtained": "structured", "why": "",
        "evidence": [
            {"reference": "Observation/1", "path": "valueQuantity", "code": "http://loinc.org|1975-2",
                "text": "Bilirubin total"}
        ],
    } == bilirubin  # fmt: skip


def test_values_are_plain() -> None:
    facts = {"pt.ecog": 1, "sf.allergy": ["taxane", "platinum"], "bm.ras": "mutated", "liver.ablatable": False}
    record = patient(facts, finding("lab.cea", Bound("<", Decimal("0.5"))), finding("lab.inr", Decimal("1.10")))
    document = as_document(judged(record))
    shown = [
        fact(document, f)["value"] for f in ("pt.ecog", "sf.allergy", "bm.ras", "liver.ablatable", "lab.cea", "lab.inr")
    ]
    assert [1, ["platinum", "taxane"], "mutated", False, "<0.5", 1.1] == shown
    assert int is type(shown[0])


def test_values_that_do_not_decide_are_shown_only_where_there_is_one() -> None:
    record = patient(
        {}, finding("lab.bilirubin", Decimal(1), 20), finding("bm.ras", "mutated", 3, obtained=Obtained.NARRATIVE),
        finding("bm.msi", "mss", 3, evidence=(Evidence("Observation/1", "value"),)), finding("bm.msi", "msi_h", None),
    )  # fmt: skip
    document = as_document(judged(record))
    stale, suggested, conflict, unknown = (fact(document, f) for f in ("lab.bilirubin", "bm.ras", "bm.msi", "bm.alk"))
    assert [("stale", 1), ("suggested", "mutated"), ("conflicting", None), ("unknown", None)] == [
        (f["status"], f["value"]) for f in (stale, suggested, conflict, unknown)
    ]
    assert [
        {"value": "mss", "effective": "2026-11-18", "evidence": ["Observation/1"]},
        {"value": "msi_h", "effective": None, "evidence": []},
    ] == conflict["candidates"]
    assert not {"candidates", "inputs", "assumed"} & set(stale)


def test_a_derived_fact_names_its_inputs_and_what_was_assumed() -> None:
    decompensated = fact(as_document(judged(worked(FOLFOX))), "drv.decompensated")
    assert (False, "derived") == (decompensated["value"], decompensated["obtained"])
    assert {"liver.ascites", "liver.encephalopathy", "liver.cirrhosis"} <= set(decompensated["assumed"])
    assert "lab.bilirubin" in decompensated["inputs"]


def test_an_option_carries_its_reasons_and_sources() -> None:
    facts = {k: v for k, v in worked(FOLFOX).items() if k != "bm.dpyd"}
    document = as_document(judged(facts))
    folfox = option(document, FOLFOX)
    assert ("needs_data", ["bm.dpyd"]) == (folfox["status"], folfox["missing"])
    assert "sf.allergy" in folfox["confirm"]
    assert [
        {"kind": "contraindication", "gate": "OXALI", "when": "sf.allergy == platinum",
            "say": "Severe platinum allergy",
         "result": "false", "facts": ["sf.allergy"], "certainty": "A", "sources": ["S03", "S04", "S44"]}
    ] == [r for r in folfox["reasons"] if r["when"] == "sf.allergy == platinum"]  # fmt: skip
    assert {"true", "false", "unknown"} == {r["result"] for r in folfox["reasons"]}
    assert ["S03", "S04", "S44"] == [c["id"] for c in folfox["citations"]]
    assert {"id", "text", "year", "url"} == set(folfox["citations"][0])
    assert len(KNOWLEDGE.options) == len(document["options"])


def test_next_steps_name_facts_and_options() -> None:
    facts = {k: v for k, v in worked(FOLFOX).items() if k != "bm.dpyd"}
    steps = as_document(judged(facts))["nextSteps"]
    dpyd = next(s for s in steps if s["fact"] == "bm.dpyd")
    assert (["bm.dpyd"], "DPYD genotype or uracil", True) == (dpyd["facts"], dpyd["test"], FOLFOX in dpyd["settles"])
    assert dpyd["ask"].endswith("?")


def test_a_withheld_answer_has_facts_and_no_options() -> None:
    document = as_document(judged(replace(patient(worked(FOLFOX)), withheld="Two patients in one record.")))
    assert ([], [], "Two patients in one record.") == (document["options"], document["nextSteps"], document["withheld"])
    assert ON.isoformat() == document["asOf"]
