"""A site's own codes state facts, and a file of them that is wrong is refused with the place and the mend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from eligibility.facts import Bound, Finding
from eligibility.knowledge.load import load_knowledge
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import OverlayError, load_overlay
from fhir_mappings.records import gather

CATALOGUE = load_knowledge().catalogue
SYSTEM = "https://hospital.example/board"
RULES = f"""
- system: {SYSTEM}
  code: resectability
  fact: liver.resectability
  values: {{resectable: upfront, "no": unresectable}}
- {{system: {SYSTEM}, code: remnant, fact: liver.flr_pct, quantity: true}}
- {{system: {SYSTEM}, code: lines, fact: tx.prior_lines, integer: true}}
- {{system: {SYSTEM}, code: ablatable, fact: liver.ablatable, boolean: true}}
"""


def stated(code: str, status: str = "final", **value: Any) -> tuple[Finding, ...]:
    """What one Observation of the site states, as findings of the fact its code stands for."""
    fact = {"resectability": "liver.resectability", "remnant": "liver.flr_pct", "lines": "tx.prior_lines"}
    observation = {
        "resourceType": "Observation",
        "id": "o",
        "status": status,
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": f" {SYSTEM} ", "code": code}]},
        "effectiveDateTime": "2026-11-12",
        **value,
    }
    patient = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1962-04-03"}
    facts = read_chart(gather(patient, observation), date(2026, 11, 20), overlay=load_overlay(RULES, CATALOGUE))
    return facts.findings.get(fact.get(code, "liver.ablatable"), ())


@pytest.mark.parametrize(
    "code, value, expected",
    [
        ("resectability", {"valueCodeableConcept": {"coding": [{"code": "resectable"}]}}, "upfront"),
        ("resectability", {"valueString": "No"}, "unresectable"),
        ("remnant", {"valueQuantity": {"value": 62, "unit": "%"}}, Decimal(62)),
        ("remnant", {"valueQuantity": {"value": 40, "unit": "%", "comparator": ">"}}, Bound(">", Decimal(40))),
        ("lines", {"valueInteger": 2}, Decimal(2)),
        ("ablatable", {"valueBoolean": False}, False),
    ],
)
def test_an_answer_that_the_site_has_mapped_is_the_fact(code: str, value: dict[str, Any], expected: object) -> None:
    (found,) = stated(code, **value)
    assert (expected, date(2026, 11, 12)) == (found.value, found.effective)
    assert [("Observation/o", f"{SYSTEM}|{code}")] == [(e.reference, e.code) for e in found.evidence]


@pytest.mark.parametrize(
    "code, value, why",
    [
        ("resectability", {"valueString": "perhaps"}, "the answer is not one that this site has mapped"),
        (
            "remnant",
            {"valueQuantity": {"value": 62, "unit": "furlong"}},
            "the unit 'furlong' is not known for this fact",
        ),
        ("lines", {"valueQuantity": {"value": 1.5}}, "the number is not whole"),
        ("ablatable", {"valueString": "yes"}, "the answer is not yes or no"),
        ("remnant", {}, "no value that can be read"),
    ],
)
def test_an_answer_that_is_not_mapped_gives_no_value_and_says_so(code: str, value: dict[str, Any], why: str) -> None:
    assert [(None, why)] == [(found.value, found.why) for found in stated(code, **value)]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
def test_a_status_that_does_not_count_states_nothing(status: str) -> None:
    assert () == stated("ablatable", status, valueBoolean=True)


def test_a_preliminary_answer_is_kept_as_preliminary() -> None:
    assert [True] == [found.preliminary for found in stated("ablatable", "preliminary", valueBoolean=True)]


def test_every_code_of_the_site_is_asked_for_in_templates_that_are_short_enough() -> None:
    many = "\n".join(
        f"- {{system: {SYSTEM}, code: question-number-{n}, fact: liver.ablatable, boolean: true}}" for n in range(60)
    )
    templates = load_overlay(many, CATALOGUE).prefetch_templates()
    asked = {code for template in templates.values() for code in template.split("code=")[1].split(",")}
    assert {f"{SYSTEM}|question-number-{n}" for n in range(60)} == asked
    assert [] == [key for key, template in templates.items() if len(template) >= 1_500]


@pytest.mark.parametrize(
    "text, said",
    [
        ("a: [", "is not YAML"),
        ("a: 1", "is not a list of entries"),
        ("- {system: s, code: c, fact: liver.ablatable, boolean: true, more: 1}", "keys other than"),
        ("- {system: s, code: 1, fact: liver.ablatable, boolean: true}", "needs system, code and fact as text"),
        ("- {system: s, code: c, fact: liver.nothing, boolean: true}", "'liver.nothing', which is not a fact"),
        ("- {system: s, code: c, fact: drv.renal, quantity: true}", "'drv.renal', which is not a fact"),
        ("- {system: s, code: c, fact: liver.ablatable}", "exactly one of values, boolean, integer and quantity"),
        ("- {system: s, code: c, fact: liver.resectability, values: [upfront]}", "is not a map of answers"),
        ("- {system: s, code: c, fact: liver.resectability, values: {yes: soon}}", "'soon' is not one of"),
        ("- {system: s, code: c, fact: liver.ablatable, boolean: true}\n" * 2, "maps s|c a second time"),
    ],
)
def test_a_file_of_codes_that_is_wrong_is_refused_with_the_entry_and_the_mend(text: str, said: str) -> None:
    with pytest.raises(OverlayError) as refused:
        load_overlay(text, CATALOGUE)
    assert said in str(refused.value)


def test_a_status_outside_its_value_set_is_a_result_that_cannot_be_used() -> None:
    (found,) = stated("ablatable", "bogus", valueBoolean=True)
    assert (None, "its status is not one that lets it count") == (found.value, found.why)


def test_a_value_beside_a_reason_for_its_absence_is_not_used() -> None:
    (found,) = stated("ablatable", valueBoolean=True, dataAbsentReason={"text": "error"})
    assert (None, "no value: 'error'") == (found.value, found.why)
