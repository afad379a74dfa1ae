"""The validator of cards finds each broken clause, and nothing in answers that keep them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.card_rules import problems_of
from tests.conformance.card_shapes import Json

REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
UUID = "0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e6f"
RULES = "https://rules.example.org/about/rules"

Change = Callable[[Json], Any]


def draft(**more: Any) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": "Patient/pat-77"},
        "code": {"text": "CT volumetry of the liver"},
        **more,
    }


def action(**more: Any) -> Json:
    return {"type": "create", "description": "Draft: CT volumetry of the liver", "resource": draft(), **more}


def good_card() -> Json:
    return {
        "uuid": UUID,
        "summary": "Three treatments fit now; the RAS result would settle seven more options.",
        "indicator": "info",
        "source": {
            "label": "Hepatica, liver metastasis options",
            "url": RULES,
            "icon": "https://rules.example.org/icon.png",
            "topic": {"system": "https://rules.example.org/topics", "code": "overview", "display": "Overview"},
        },
        "detail": "**Fits now, to consider:** FOLFOX, see [the rules](https://rules.example.org/about/rules).\n\n"
        "| fact | value |\n| --- | --- |\n| bilirubin | 1.6 mg/dL |\n\n"
        "From the chart, quoted: `<b>Four</b> metastases ** http://x`, a \\<not a tag\\> and 3 < 4.",
        "selectionBehavior": "at-most-one",
        "suggestions": [
            {
                "label": "Draft: CT volumetry of the liver",
                "uuid": "0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e70",
                "isRecommended": True,
                "actions": [action()],
            }
        ],
        "overrideReasons": [
            {"system": REASONS, "code": "patient-refuses", "display": "Patient preference"},
            {"system": "https://rules.example.org/reasons", "code": "board", "display": "Decided at tumour board"},
        ],
        "links": [
            {"label": "The rules", "url": RULES, "type": "absolute"},
            {
                "label": "Open the app",
                "url": "https://rules.example.org/launch",
                "type": "smart",
                "appContext": json.dumps({"v": 1, "card": UUID, "rules": ["r-1"]}, separators=(",", ":")),
            },
        ],
    }


def good_answer() -> Json:
    return {"cards": [good_card()]}


def request(*drafts: Json) -> Json:
    return {
        "hook": "order-sign",
        "context": {"patientId": "pat-77", "draftOrders": {"entry": [{"resource": order} for order in drafts]}},
        "prefetch": {
            "patient": {
                "resourceType": "Patient",
                "id": "pat-77",
                "birthDate": "1962-03-04",
                "identifier": [{"value": "MRN-4417"}],
                "name": [{"family": "Example", "given": ["Marit"]}],
            }
        },
    }


def broken(change: Change) -> Json:
    answer = good_answer()
    change(answer["cards"][0])
    return answer


def clauses(problems: list[str]) -> set[str]:
    return {problem.split(" ")[0] for problem in problems}


def suggestion_of(card: Json) -> Json:
    first: Json = card["suggestions"][0]
    return first


def act(**more: Any) -> Change:
    return lambda card: suggestion_of(card)["actions"][0].update(more)


def with_draft(**more: Any) -> Change:
    return lambda card: suggestion_of(card)["actions"][0]["resource"].update(more)


def with_actions(*actions: Json) -> Change:
    return lambda card: suggestion_of(card).update(actions=list(actions))


def source(**more: Any) -> Change:
    return lambda card: card["source"].update(more)


def link(number: int, **more: Any) -> Change:
    return lambda card: card["links"][number].update(more)


def field(**more: Any) -> Change:
    return lambda card: card.update(more)


def reason(**more: Any) -> Change:
    return lambda card: card["overrideReasons"][0].update(more)


def delete(order: str) -> Json:
    return {"type": "delete", "description": "Remove the draft", "resourceId": order}


BREACHES: list[tuple[str, Change]] = [
    ("CH-80", lambda card: card.pop("summary")),
    ("CH-80", field(summary="x" * 140)),
    ("CH-80", field(summary="Three treatments fit. Seven wait.")),
    ("CH-80", field(summary="Three treatments fit\nnow.")),
    ("CH-80", field(summary="Three treatments fit, not counting…")),
    ("CH-81", field(indicator="success")),
    ("CH-82", lambda card: card.pop("source")),
    ("CH-82", source(label=" ")),
    ("CH-82", source(url="/about/rules")),
    ("CH-82", source(icon="icon.png")),
    ("CH-83", source(icon="https://rules.example.org/icon.svg")),
    ("CH-84", source(url="https://rules.example.org/Patient/77")),
    ("CH-84", source(url="https://rules.example.org/about?case=77")),
    ("CH-85", source(topic={"code": "overview"})),
    ("CH-86", lambda card: card.pop("uuid")),
    ("CH-86", field(uuid="card-1")),
    ("CH-87", lambda card: card["source"].pop("topic")),
    ("CH-88", field(detail="")),
    ("CH-88", field(detail="**Fits now: FOLFOX.")),
    ("CH-88", field(detail="Fits\x00 now.")),
    ("CH-89", field(detail='Fits now. <img src="x" onerror="alert(1)">')),
    ("CH-89", field(detail="Fits now.\n\n<div>FOLFOX</div>")),
    ("CH-89", field(detail="Fits now, [why](javascript:alert(1)).")),
    ("CH-89", field(detail="Fits now, [why](http://rules.example.org/).")),
    ("CH-89", field(detail="Fits now. ![liver](http://rules.example.org/liver.png)")),
    ("CH-89", field(detail="Fits now, see www.example.org for more.")),
    ("CH-89", field(detail="| fact |\n| --- |\n| <script>x</script> |")),
    ("CH-90", field(detail="- FOLFOX\n- FOLFIRI")),
    ("CH-90", field(detail="Fits now:\n\n- FOLFOX")),
    ("CH-91", field(detail="Fits now, see [why](https://rules.example.org/other).")),
    ("CH-92", field(summary="Cetuximab order conflicts with the record: RAS mutated, result of 3 Nov 2026.")),
    ("CH-92", field(indicator="critical")),
    ("CH-95", field(summary="Three treatments fit now for MRN 4417.")),
    ("CH-95", link(1, url="https://rules.example.org/launch/Patient/77")),
    ("CH-96", field(priority=1)),
    ("CH-96", source(logo="x")),
    ("CH-96", field(extension=[])),
    ("CH-96", link(0, target="_blank")),
    ("CH-96", act(selected=True)),
    ("CH-96", reason(text="no")),
    ("CH-96", lambda card: suggestion_of(card).update(detail="x")),
    ("CH-97", lambda card: card.pop("selectionBehavior")),
    ("CH-98", lambda card: suggestion_of(card).pop("label")),
    ("CH-98", lambda card: suggestion_of(card).update(isRecommended="yes")),
    ("CH-98", field(suggestions=[])),
    ("CH-99", lambda card: suggestion_of(card).pop("uuid")),
    ("CH-99", lambda card: card["suggestions"].append({**suggestion_of(card), "isRecommended": False})),
    (
        "CH-100",
        lambda card: card["suggestions"].append(
            {"label": "Draft: INR", "uuid": "0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e71", "isRecommended": True}
        ),
    ),
    ("CH-101", with_draft(basedOn=[{"reference": "urn:uuid:0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e72"}])),
    ("CH-101", with_actions(delete("ServiceRequest/a"), delete("ServiceRequest/a"))),
    (
        "CH-101",
        with_actions(delete("ServiceRequest/a"), action(resource=draft(replaces=[{"reference": "ServiceRequest/a"}]))),
    ),
    ("CH-102", with_actions()),
    ("CH-102", act(type="patch")),
    ("CH-102", act(description="")),
    ("CH-103", lambda card: suggestion_of(card)["actions"][0].pop("resource")),
    ("CH-103", act(type="update", resource={"resourceType": "ServiceRequest", "id": "a", "status": "draft"})),
    ("CH-103", act(type="update", resource=draft())),
    ("CH-104", with_actions({**delete("ServiceRequest/a"), "resource": "ServiceRequest/a"})),
    ("CH-104", with_actions({"type": "delete", "description": "Remove the draft"})),
    ("CH-106", with_draft(status="active")),
    ("CH-106", with_draft(intent="order")),
    ("CH-106", with_draft(subject={"reference": "Group/9"})),
    ("CH-106", with_draft(id="made-by-the-server")),
    ("CH-106", with_draft(code="CT")),
    ("CH-107", with_draft(resourceType="MedicationRequest", medicationCodeableConcept={"text": "cetuximab"})),
    ("CH-107", with_draft(contained=[{"resourceType": "Medication", "id": "m"}])),
    ("CH-108", lambda card: card.pop("detail")),
    ("CH-109", lambda card: suggestion_of(card).update(actionSelectionBehavior="any")),
    ("CH-110", field(systemActions=[action()])),
    ("CH-112", link(0, label="")),
    ("CH-112", link(0, url="/about/rules")),
    ("CH-112", link(0, type="app")),
    ("CH-112", field(links=[])),
    ("CH-113", link(1, url="https://rules.example.org/launch?launch=1&iss=x")),
    ("CH-114", link(1, appContext={"v": 1})),
    ("CH-114", link(0, appContext="{}")),
    ("CH-115", link(1, appContext='{"v": 1}')),
    ("CH-115", link(1, appContext=f'{{"card":"{UUID}","rules":"{"x" * 1024}"}}')),
    ("CH-115", link(1, appContext='{"v":1}')),
    ("CH-115", link(1, appContext=f'{{"card":"{UUID}","patient":"9"}}')),
    ("CH-116", link(0, url="https://rules.example.org/about/rules?patient=77")),
    ("CH-117", link(1, autolaunchable=True)),
    ("CH-118", reason(display="")),
    ("CH-118", field(overrideReasons=[])),
    ("CH-119", lambda card: card.update(overrideReasons=card["overrideReasons"][1:])),
    (
        "CH-119",
        lambda card: card["overrideReasons"].append(
            {"system": REASONS, "code": "patient-refuses", "display": "Patient declines"}
        ),
    ),
]


def test_a_good_answer_has_no_problem() -> None:
    assert [] == problems_of(good_answer())
    assert [] == problems_of(good_answer(), request=request())


def test_nothing_to_say_is_no_problem() -> None:
    assert [] == problems_of({"cards": []})


@pytest.mark.parametrize("clause, change", BREACHES, ids=[f"{c}-{n}" for n, (c, _) in enumerate(BREACHES)])
def test_a_broken_clause_is_named(clause: str, change: Change) -> None:
    assert clause in clauses(problems_of(broken(change)))


@pytest.mark.parametrize("clause, change", BREACHES, ids=[f"{c}-{n}" for n, (c, _) in enumerate(BREACHES)])
def test_one_fault_is_not_reported_under_many_clauses(clause: str, change: Change) -> None:
    assert len(clauses(problems_of(broken(change)))) <= 3


@pytest.mark.parametrize(
    "clause, answer",
    [
        ("CH-78", []),
        ("CH-78", {"cards": {}}),
        ("CH-78", {"cards": ["card"]}),
        ("CH-79", {}),
        ("CH-79", {"cards": None}),
        ("CH-96", {"cards": [], "message": "nothing"}),
        ("CH-110", {"cards": [], "systemActions": []}),
        ("CH-110", {"cards": [], "systemActions": [{"type": "create", "resource": draft()}]}),
        ("CH-111", {"cards": [], "systemActions": [action()]}),
    ],
)
def test_a_broken_answer_is_named(clause: str, answer: Any) -> None:
    assert clause in clauses(problems_of(answer))


def test_agreed_system_actions_are_no_problem() -> None:
    assert [] == problems_of({"cards": [], "systemActions": [action()]}, system_actions_agreed=True)


def numbered(number: int, **more: Any) -> Json:
    card = good_answer()["cards"][0]
    card.pop("suggestions")
    card.pop("links")
    card["detail"] = "Fits now."
    return {**card, "uuid": f"0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e{number}", "summary": f"Card {number}.", **more}


def test_cards_stand_in_order_of_importance() -> None:
    later = numbered(11, indicator="warning")
    assert {"CH-93"} == clauses(problems_of({"cards": [numbered(10), later]}))
    assert [] == problems_of({"cards": [later, numbered(10)]})


def test_more_than_five_cards_need_a_last_one_that_says_so() -> None:
    five = [numbered(n) for n in range(10, 15)]
    links = [{"label": "All of them", "url": RULES, "type": "absolute"}]
    more = numbered(15, summary="Two more cards are in the app.", links=links)
    assert [] == problems_of({"cards": five})
    assert [] == problems_of({"cards": [*five, more]})
    assert {"CH-93"} == clauses(problems_of({"cards": [*five, numbered(15, summary="More.")]}))
    assert {"CH-93"} == clauses(problems_of({"cards": [*five, numbered(16), more]}))


def test_the_same_card_twice_is_noticed_whatever_its_uuid() -> None:
    twice = [numbered(10, summary="Once."), numbered(11, summary="Once.")]
    assert {"CH-94"} == clauses(problems_of({"cards": twice}))


def test_two_cards_with_one_uuid_are_noticed() -> None:
    assert {"CH-86"} == clauses(problems_of({"cards": [numbered(10), numbered(10, summary="Other.")]}))


@pytest.mark.parametrize(
    "clause, change",
    [
        ("CH-84", source(url="https://rules.example.org/rules/pat-77")),
        ("CH-95", field(summary="Three treatments fit Marit now.")),
        ("CH-95", source(topic={"system": "https://rules.example.org/topics", "code": "MRN-4417"})),
        ("CH-95", link(0, label="Rules for EXAMPLE")),
        ("CH-95", link(1, url="https://rules.example.org/launch#1962-03-04")),
        ("CH-106", with_draft(subject={"reference": "Patient/another"})),
        ("CH-115", link(1, appContext=f'{{"card":"{UUID}","who":"pat-77"}}')),
        ("CH-116", link(0, url="https://rules.example.org/about/rules?who=MRN%2D4417")),
    ],
)
def test_the_patient_of_the_request_is_looked_for(clause: str, change: Change) -> None:
    assert clause in clauses(problems_of(broken(change), request=request()))


def test_only_draft_orders_are_updated_or_deleted() -> None:
    order = {**draft(), "id": "a"}
    removal = broken(with_actions(delete("ServiceRequest/a")))
    change = broken(with_actions({"type": "update", "description": "Revise the draft", "resource": order}))
    for answer in (removal, change):
        assert [] == problems_of(answer, request=request(order))
        assert {"CH-105"} == clauses(problems_of(answer, request=request()))


def test_actions_may_refer_to_each_other() -> None:
    made = "0d8f5b1e-3f0a-4f57-9d3f-1a2b3c4d5e80"
    first = action(resource=draft(id=made))
    second = action(resource=draft(basedOn=[{"reference": f"urn:uuid:{made}"}]))
    assert [] == problems_of(broken(with_actions(first, second)))


def test_every_clause_from_78_to_119_has_a_breach_here() -> None:
    elsewhere = {78, 79, 93, 94, 105, 111}  # judged over the whole answer, or against the request, above
    assert set(range(78, 120)) == {int(clause[3:]) for clause, _ in BREACHES} | elsewhere
