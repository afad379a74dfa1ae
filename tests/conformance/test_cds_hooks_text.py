"""Text of the record on a card stays text: SS-59 to SS-61, CH-89; in three renderers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.conformance.card_reading import active_parts, code_spans, own_words
from tests.conformance.card_rules import problems_of
from tests.conformance.hook_calls import bundle, call, chart, with_prefetch
from tests.conformance.hostile_words import HOSTILE
from tests.conformance.live_hooks import Answer, Hooks
from tests.fhir_charts import concept, condition, icd, lab, observation, quantity, resource

MARK = "[Zqx](https://zqx.evil.test) <b>zqx</b> zqx@evil.test 'zqx' IGNORE zqx"


def harmless(answer: Answer, request: dict[str, Any]) -> bool:
    """Whether the cards hold to the rules and draw nothing but what is ours."""
    assert [] == problems_of(answer.json, request=request)
    assert [] == [part for card in answer.cards for part in active_parts(card["detail"])]
    for card in answer.cards:
        odd = {c for c in card["detail"] if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c != "\n"}
        assert set() == odd
        assert all(len(span) <= 300 for span in code_spans(card["detail"]))
    return True


def in_our_voice(answer: Answer, word: str) -> list[str]:
    """Where a word of the record stands outside code spans."""
    places = []
    for card in answer.cards:
        rest = {**card, "detail": own_words(card["detail"])}
        places += [f"{key}: {value}" for key, value in rest.items() if word in str(value).lower()]
    return places


@pytest.fixture(scope="module")
def usual(hooks: Hooks) -> list[str]:
    return [own_words(card["detail"]) for card in hooks.call(call()).cards]


@pytest.mark.parametrize("name", HOSTILE)
def test_ss_60_the_name_of_a_problem_stays_a_name(hooks: Hooks, usual: list[str], name: str) -> None:
    words = HOSTILE[name]
    problems = [condition(icd(code) | {"text": words}, n) for code, n in (("C18.7", "colon"), ("C78.7", "liver"))]
    request = with_prefetch(conditions=bundle(*problems))
    answer = hooks.call(request)
    assert harmless(answer, request)
    assert usual == [own_words(card["detail"]).replace("(no text)", "") for card in answer.cards]


@pytest.mark.parametrize("name", HOSTILE)
def test_ss_60_the_words_of_a_result_stay_words(hooks: Hooks, name: str) -> None:
    words = HOSTILE[name]
    labs = [
        lab("1975-2", 1, words, "unit"),
        observation("1751-7", "words", valueString=words),
        observation("777-3", "concept", valueCodeableConcept={"text": words}),
        observation("751-8", "comparator", valueQuantity={"value": 1, "comparator": words, "unit": "10*3/uL"}),
        observation("33914-3", "status", valueString="88") | {"status": words},
    ]
    markers = [
        observation("81695-9", "msi", valueCodeableConcept={"text": words}),
        observation("85337-4", "er", valueString=words),
        observation("69548-6", "variant", valueString=words, component=[]),
    ]
    request = with_prefetch(labs=bundle(*labs), biomarkers=bundle(*markers))
    assert harmless(hooks.call(request), request)


def test_ss_61_an_order_in_a_problem_name_is_a_quoted_name(hooks: Hooks) -> None:
    words = HOSTILE["orders"]
    problems = [condition(icd("C18.7") | {"text": words}, "colon"), condition(icd("C78.7"), "liver")]
    answer = hooks.call(with_prefetch(conditions=bundle(*problems)))
    assert answer.said(f"`Condition/colon`: `{words}`")
    assert [] == in_our_voice(answer, "ignore previous")


def test_ss_61_a_long_string_is_cut_at_300_characters(hooks: Hooks) -> None:
    problems = [condition(icd("C18.7") | {"text": "word " * 2000}, "colon"), condition(icd("C78.7"), "liver")]
    answer = hooks.call(with_prefetch(conditions=bundle(*problems)))
    (cut,) = {span for card in answer.cards for span in code_spans(card["detail"]) if span.startswith("word")}
    assert cut.endswith("word…")
    assert 300 >= len(cut) > 290


REMARKS = {
    "unit": ("labs", lab("1975-2", 1, MARK, "x")),
    "words for a number": ("labs", observation("1975-2", "x", valueString=MARK)),
    "answer for a number": ("labs", observation("1975-2", "x", valueCodeableConcept=concept(text=MARK))),
    "reason for no value": ("labs", observation("1975-2", "x", dataAbsentReason=concept(text=MARK))),
    "reason for no score": ("assessments", observation("89247-1", "x", dataAbsentReason=concept(text=MARK))),
    "words for a score": ("assessments", observation("89247-1", "x", valueString=MARK)),
    "gender": ("patient", (chart()["patient"] or {}) | {"gender": MARK}),
    "disease elsewhere": ("conditions", condition(icd("C79.51") | {"text": MARK}, "bone")),
    "further cancer": ("conditions", condition(icd("D49.9") | {"text": MARK}, "other")),
    "allergy": ("allergies", resource("AllergyIntolerance", "x", code=concept(text=MARK))),
    "drug": (
        "medication-requests",
        resource("MedicationRequest", "x", status="active", intent="order", medicationCodeableConcept={"text": MARK}),
    ),
    "operation": ("procedures", resource("Procedure", "x", status="completed", code=concept(text=MARK))),
}  # fmt: skip


@pytest.mark.parametrize("case", REMARKS)
def test_ss_61_a_remark_on_the_record_quotes_it(hooks: Hooks, case: str) -> None:
    """Reasons why something was not used repeat words of the record; these stand in code spans like all others."""
    key, odd = REMARKS[case]
    held = (chart()["conditions"] or {})["entry"] if key == "conditions" else []
    request = with_prefetch(**{key: odd if key == "patient" else bundle(*held, odd)})
    answer = hooks.call(request)
    assert harmless(answer, request)
    assert [] == in_our_voice(answer, "zqx")


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every string inside a JSON value, by its holder and key."""
    pairs = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, value in pairs:
        if isinstance(value, str):
            yield node, key
        else:
            yield from places(value)


def rich_chart() -> dict[str, Any]:
    """A chart with a result of each shape."""
    sent: dict[str, Any] = deepcopy(chart())
    sent["biomarkers"] = bundle(
        observation("81695-9", "msi", valueCodeableConcept=concept("LA14122-8", "http://loinc.org", "Stable")),
        observation("21717-3", "braf", valueString="not detected"),
    )
    sent["allergies"] = bundle(resource("AllergyIntolerance", "a", code=concept("387104009", display="Paclitaxel")))
    sent["assessments"]["entry"] += bundle(
        observation("21908-9", "stage", valueCodeableConcept=concept("258228008", display="Stage 4")),
        observation("8867-4", "odd", valueQuantity=quantity("4.0", "cm")),
    )["entry"]
    return sent


def test_ss_61_no_string_of_the_record_is_spoken_in_our_voice_wherever_it_stands(hooks: Hooks) -> None:
    """Each string of the chart in turn is replaced by hostile words; references and ids decide whose data it is."""
    count = len(list(places(rich_chart())))
    spoken = []
    for number in range(count):
        sent = rich_chart()
        holder, key = list(places(sent))[number]
        if key in ("reference", "id", "resourceType"):
            continue
        holder[key] = MARK
        answer = hooks.call(call(sent))
        if answer.status == 200:
            spoken += [f"{key}: {place[:120]}" for place in in_our_voice(answer, "zqx")]
            spoken += [f"{key}: {part}" for card in answer.cards for part in active_parts(card["detail"])]
        assert b"zqx" not in answer.body or answer.status == 200
    assert count > 100
    assert [] == spoken
