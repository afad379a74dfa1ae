"""Every synthetic patient opened by the practice EHR: clauses CH-78 to CH-119, CH-151 to CH-155, SS-10 to SS-13, SS-90.

The requests are made, sent and received by the practice EHR's own code, over a socket.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest

from eligibility.wording import BANNED_WORDS
from sandbox_ehr.cds_client import Exchange
from tests.conformance.card_reading import active_parts, own_words, references
from tests.conformance.card_rules import problems_of
from tests.conformance.card_shapes import everything
from tests.conformance.live_hooks import Hooks
from tests.conformance.synthetic_calls import IDS, exchange, sent
from tests.conformance.test_cds_hooks_discovery import empties

WITHHELD = {
    "tess-junior": "Hepatica is for adults; no options are shown.",
    "otto-memorial": "This record is marked deceased; no options are shown.",
}
OUT_OF_SCOPE = {"elin-outline"}
IN_SCOPE = tuple(identity for identity in IDS if identity not in {*WITHHELD, *OUT_OF_SCOPE})
MARK = "zqxmark"


@pytest.fixture(scope="module")
def exchanges(hooks: Hooks) -> dict[str, Exchange]:
    return {patient: exchange(hooks, patient) for patient in IDS}


def without_uuids(cards: object) -> str:
    return re.sub(r'"uuid": "[^"]*"', "", json.dumps(cards, sort_keys=True))


@pytest.mark.parametrize("patient", IDS)
def test_ch_78_to_ch_119_every_answer_keeps_the_rules_for_cards(exchanges: dict[str, Exchange], patient: str) -> None:
    made = exchanges[patient]
    assert ("", 200) == (made.trouble, made.status)
    assert [] == problems_of(json.loads(made.body), request=made.request)
    assert [] == [e for e in empties(json.loads(made.body)) if e is not made.cards and e != []]


@pytest.mark.parametrize("patient", sorted(OUT_OF_SCOPE))
def test_ss_101_f24_a_patient_out_of_scope_gets_no_card(exchanges: dict[str, Exchange], patient: str) -> None:
    assert {"cards": []} == json.loads(exchanges[patient].body)


@pytest.mark.parametrize("patient", sorted(WITHHELD))
def test_ss_06_a_withheld_patient_gets_one_plain_card(exchanges: dict[str, Exchange], patient: str) -> None:
    (card,) = exchanges[patient].cards
    assert WITHHELD[patient] == card["summary"]
    assert set() == references(card["detail"])


@pytest.mark.parametrize("patient", IN_SCOPE)
def test_ch_93_one_to_three_cards_one_of_each_kind(exchanges: dict[str, Exchange], patient: str) -> None:
    topics = [card["source"]["topic"]["code"] for card in exchanges[patient].cards]
    assert [t for t in ("settle-first", "overview", "missing") if t in topics] == topics
    assert "overview" in topics


def test_ch_92_ss_90_a_warning_is_for_contradicting_results_only(exchanges: dict[str, Exchange]) -> None:
    kinds = Counter((c["indicator"], c["source"]["topic"]["code"]) for e in exchanges.values() for c in e.cards)
    assert {("warning", "settle-first")} == {kind for kind in kinds if kind[0] != "info"}
    (warned,) = [p for p, e in exchanges.items() if any(c["indicator"] == "warning" for c in e.cards)]
    assert "bruno-placeholder" == warned  # two RAS results that disagree


@pytest.mark.parametrize("patient", IN_SCOPE)
def test_ss_13_every_reference_on_a_card_exists_in_the_request(exchanges: dict[str, Exchange], patient: str) -> None:
    made = exchanges[patient]
    present = {f"{r['resourceType']}/{r.get('id')}" for r in everything(made.request) if "resourceType" in r}
    named = [references(card["detail"]) for card in made.cards]
    assert set() == set().union(*named) - present
    overview = next(c for c in made.cards if c["source"]["topic"]["code"] == "overview")
    assert references(overview["detail"])


@pytest.mark.parametrize("patient", [*IN_SCOPE, *WITHHELD])
def test_ch_151_ss_10_every_card_says_when_the_record_was_read(exchanges: dict[str, Exchange], patient: str) -> None:
    for card in exchanges[patient].cards:
        closing = own_words(card["detail"]).splitlines()[-1]
        assert "Record read 20 Nov 2026, 14:05 UTC." in closing
        assert re.search(r"Newest data \d{1,2} [A-Z][a-z]{2} \d{4}\.", closing)
        assert "Draft knowledge: no clinician has signed these rules off." in closing
        assert re.search(r"Rules \S+ \([0-9a-f]{8}\)\.", closing)  # CH-152, SS-95
        assert closing.endswith("Demo: caller not verified.")  # SS-14


@pytest.mark.parametrize("patient", [*IN_SCOPE, *WITHHELD])
def test_ss_104_every_card_names_source_topic_reasons_and_a_link(exchanges: dict[str, Exchange], patient: str) -> None:
    for card in exchanges[patient].cards:
        assert card["source"]["label"].startswith("Hepatica")
        assert card["source"]["url"].endswith("/about/")
        assert 5 == len({reason["display"] for reason in card["overrideReasons"]})
        assert [f"{card['source']['url']}rulebook/", card["source"]["url"]] == [link["url"] for link in card["links"]]


def test_ss_91_what_cards_link_to_is_there(hooks: Hooks, exchanges: dict[str, Exchange]) -> None:
    addresses = set()
    for card in (card for made in exchanges.values() for card in made.cards):
        addresses |= {
            card["source"]["url"],
            card["source"]["topic"]["system"],
            *(link["url"] for link in card["links"]),
        }
        addresses |= {r["system"] for r in card["overrideReasons"] if r["system"].startswith(hooks.base)}
    assert 4 == len(addresses)
    assert {200} == {hooks.get(address.removeprefix(hooks.base)).status for address in addresses}


@pytest.mark.parametrize("patient", IDS)
def test_ss_90_our_own_words_neither_order_nor_reassure(exchanges: dict[str, Exchange], patient: str) -> None:
    banned = re.compile("|".join(rf"\b{re.escape(word.strip())}\b" for word in BANNED_WORDS), re.IGNORECASE)
    for card in exchanges[patient].cards:
        said = "\n".join([card["summary"], own_words(card["detail"]), *(link["label"] for link in card["links"])])
        assert [] == banned.findall(said), said


@pytest.mark.parametrize("patient", IDS)
def test_ss_90_options_come_with_reasons_for_and_against(exchanges: dict[str, Exchange], patient: str) -> None:
    overviews = [c["detail"] for c in exchanges[patient].cards if c["source"]["topic"]["code"] == "overview"]
    for detail in overviews:
        for heading in ("**Worth considering:**", "**In the way:**", "**Missing"):
            assert heading in detail


@pytest.mark.parametrize("patient", IDS)
def test_ss_61_no_word_of_the_record_is_spoken_in_our_voice(hooks: Hooks, patient: str) -> None:
    """Every display, text and string value is marked; the mark may appear in code spans of the detail only."""
    request = sent(hooks, patient)
    marked = 0
    for node in everything(request["prefetch"]):
        for element in ("display", "text", "valueString", "conclusion", "description", "name"):
            if isinstance(node.get(element), str):
                node[element] += f" {MARK}"
                marked += 1
    assert marked
    answer = hooks.call(request)
    assert MARK not in json.dumps([{**card, "detail": own_words(card["detail"])} for card in answer.cards])
    assert [] == [part for card in answer.cards for part in active_parts(card["detail"])]


def test_ss_61_the_words_of_the_record_are_there_to_be_read(hooks: Hooks) -> None:
    assert hooks.call(sent(hooks, "marit-example")).said("`Adenocarcinoma of sigmoid colon (disorder)`")


@pytest.mark.parametrize("patient", IDS)
def test_ch_94_two_identical_calls_get_the_same_cards(
    hooks: Hooks, exchanges: dict[str, Exchange], patient: str
) -> None:
    again = exchange(hooks, patient)
    assert without_uuids(exchanges[patient].cards) == without_uuids(again.cards)
    first, second = ({card["uuid"] for card in e.cards} for e in (exchanges[patient], again))
    assert not first & second


def test_ch_28_ch_94_the_instance_changes_nothing(hooks: Hooks) -> None:
    request = sent(hooks, "marit-example")
    answers = [hooks.call(request | {"hookInstance": name}).cards for name in ("a", "b")]
    assert without_uuids(answers[0]) == without_uuids(answers[1])


@pytest.mark.parametrize("patient", IDS)
def test_ch_94_the_order_of_the_record_changes_nothing(
    hooks: Hooks, exchanges: dict[str, Exchange], patient: str
) -> None:
    request = deepcopy(exchanges[patient].request)
    shuffled = random.Random(patient)  # noqa: S311 (an order, not a secret)
    for node in everything(request["prefetch"]):
        if isinstance(node.get("entry"), list):
            shuffled.shuffle(node["entry"])
    request["prefetch"] = dict(shuffled.sample(list(request["prefetch"].items()), len(request["prefetch"])))
    assert without_uuids(exchanges[patient].cards) == without_uuids(hooks.call(request).cards)


def test_ch_155_calls_at_the_same_time_do_not_mix(hooks: Hooks, exchanges: dict[str, Exchange]) -> None:
    order = [*IDS, *reversed(IDS)]
    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda patient: hooks.call(exchanges[patient].request).cards, order))
    expected = [without_uuids(exchanges[patient].cards) for patient in order]
    assert expected == [without_uuids(cards) for cards in answers]


@pytest.mark.parametrize("patient", IN_SCOPE)
def test_ch_58_null_and_an_empty_bundle_say_the_same(
    hooks: Hooks, exchanges: dict[str, Exchange], patient: str
) -> None:
    request = deepcopy(exchanges[patient].request)
    empty: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    request["prefetch"] = {key: empty if value is None else value for key, value in request["prefetch"].items()}
    assert without_uuids(exchanges[patient].cards) == without_uuids(hooks.call(request).cards)


@pytest.mark.parametrize("patient", IN_SCOPE)
def test_ss_56_null_with_an_unused_token_never_makes_an_option_fit(
    hooks: Hooks, exchanges: dict[str, Exchange], patient: str
) -> None:
    """With a token a null could have been checked: what rests on it is then not known."""
    token = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.rs", "subject": "h"}
    request = exchanges[patient].request | {"fhirServer": "https://ehr.example/fhir", "fhirAuthorization": token}
    cards = hooks.call(request).cards
    before, after = (fitting(c) for c in (exchanges[patient].cards, cards))
    assert after <= before


def fitting(cards: Any) -> set[str]:
    """The options that the overview explains as ones to consider."""
    (detail,) = [card["detail"] for card in cards if card["source"]["topic"]["code"] == "overview"]
    explained = detail.partition("**In the way:**")[0].partition("**Caution:**")[0]
    return set(re.findall(r"^- \*\*(.+?)\*\*", explained, re.MULTILINE))
