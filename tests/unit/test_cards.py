"""How an assessment is laid out as cards: which, in what order, and that nothing is left out without a word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cds_hooks.cards import CardSettings, cards_for
from eligibility.assessment import Assessment
from eligibility.facts import Evidence, Notice, PatientFacts, ReadState, Severity
from tests.conformance.card_reading import active_parts, own_words
from tests.conformance.card_rules import problems_of
from tests.fact_patients import KNOWLEDGE, finding, judged, patient, worked

READ_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SETTINGS = CardSettings("https://hepatica.example")
COLORECTAL = {
    "dx.primary": "colorectal",
    "dx.cancer_status": "confirmed",
    "liver.lesion_nature": "metastasis",
    "dx.active_primaries": 1,
    "pt.age": 64,
}


def cards(assessment: Assessment, settings: CardSettings = SETTINGS) -> list[dict[str, Any]]:
    made = cards_for(assessment, settings, READ_AT)
    assert [] == problems_of({"cards": made})
    assert [] == [part for card in made for part in active_parts(card["detail"])]
    return made


def topics(made: list[dict[str, Any]]) -> list[str]:
    return [card["source"]["topic"]["code"] for card in made]


def one(made: list[dict[str, Any]], topic: str) -> dict[str, Any]:
    return next(card for card in made if card["source"]["topic"]["code"] == topic)


def test_a_patient_without_cancer_in_the_liver_gets_no_card() -> None:
    assert [] == cards(judged({"pt.age": 64}))


def test_a_patient_whose_problem_list_failed_gets_a_card_that_gives_no_all_clear() -> None:
    made = cards(judged(patient({"pt.age": 64}, readings={"Condition": ReadState.FAILED})))
    assert ["cannot-tell"] == topics(made)
    assert "cannot be told" in made[0]["summary"]
    assert "Condition: not read completely." in own_words(made[0]["detail"])


@pytest.mark.parametrize("option", [o.id for o in KNOWLEDGE.options])
def test_the_first_example_of_every_option_gets_cards_that_keep_the_rules(option: str) -> None:
    made = cards(judged(worked(option)))
    assert len(made) <= 3
    if KNOWLEDGE.option(option).cancer_directed:
        overview = one(made, "overview")
        assert re.search(r": [1-9]\d* options? (?:to consider|may be considered)", overview["summary"])
        assert KNOWLEDGE.option(option).name.split(" (")[0] in own_words(overview["detail"])


def test_every_question_that_could_come_first_fits_into_a_summary() -> None:
    longest = max((d.test for d in KNOWLEDGE.catalogue.values()), key=len)
    assessment = judged(COLORECTAL)
    step = replace(assessment.next_steps[0], test=longest, settles=tuple(o.id for o in KNOWLEDGE.options)[:20])
    treatments = replace(assessment, next_steps=(step, *assessment.next_steps[1:]))
    summary = one(cards(treatments), "missing")["summary"]
    assert longest in summary
    assert len(summary) < 140


@pytest.mark.parametrize("count, words", [(1, "settles "), (2, "1 more item waits"), (3, "2 more items wait")])
def test_the_summary_counts_what_else_waits(count: int, words: str) -> None:
    assessment = judged(COLORECTAL)
    made = cards(replace(assessment, next_steps=assessment.next_steps[:count]))
    assert words in one(made, "missing")["summary"]
    assert (count > 1) is ("wait" in one(made, "missing")["summary"])


@pytest.mark.parametrize("count, words", [(6, None), (7, "1 further item waits."), (9, "3 further items wait.")])
def test_the_missing_card_names_six_and_counts_the_rest(count: int, words: str | None) -> None:
    assessment = judged(COLORECTAL)
    assert len(assessment.next_steps) >= 9
    detail = one(cards(replace(assessment, next_steps=assessment.next_steps[:count])), "missing")["detail"]
    assert 6 == len(re.findall(r"^\d\. ", detail, re.MULTILINE))
    assert (words in detail) if words else ("further item" not in detail)


def test_no_missing_card_when_nothing_is_waited_for() -> None:
    assessment = replace(judged(COLORECTAL), next_steps=())
    made = cards(assessment)
    assert ["overview"] == topics(made)
    assert "**Missing:** nothing that an option waits for." in made[0]["detail"]


def test_results_that_disagree_come_first_as_a_warning_with_each_result() -> None:
    evidence = [(Evidence(f"Observation/ras-{n}", "Observation.value", None, text),) for n, text in enumerate("ab")]
    disputed = patient(
        COLORECTAL,
        finding("bm.ras", "wild_type", 3, evidence=evidence[0]),
        finding("bm.ras", "mutated", 3, evidence=evidence[1]),
    )
    made = cards(judged(disputed))
    assert ("settle-first", "warning") == (topics(made)[0], made[0]["indicator"])
    assert "Settle first: results on RAS disagree and count as not known" == made[0]["summary"]
    assert "`Observation/ras-0`: `a`" in made[0]["detail"]
    assert "`Observation/ras-1`: `b`" in made[0]["detail"]
    assert ["info"] * (len(made) - 1) == [card["indicator"] for card in made[1:]]


def test_several_results_that_disagree_fit_into_the_summary() -> None:
    names = [d.id for d in KNOWLEDGE.catalogue.values() if d.id.startswith("bm.") and d.values and not d.type.numeric]
    disputed = [
        finding(name, value, 3)
        for name in names
        for value in list(KNOWLEDGE.catalogue[name].values)[:2]
        if KNOWLEDGE.catalogue[name].type.value == "code"
    ]
    made = cards(judged(patient(COLORECTAL, *disputed)))
    assert "settle-first" == topics(made)[0]
    assert len(made[0]["summary"]) < 140


def test_decompensation_is_said_first_without_alarm() -> None:
    made = cards(judged(COLORECTAL | {"liver.ascites": "moderate_severe", "liver.ascites_malignant": False}))
    first = made[0]
    assert ("settle-first", "info") == (topics(made)[0], first["indicator"])
    assert "Stands against most treatments:" in own_words(first["detail"])


def test_a_withheld_assessment_is_one_sentence_and_nothing_else() -> None:
    sentence = "Data for more than one patient was received. No options are shown."
    notices = (Notice(Severity.ERROR, "another-patient", sentence),)
    made = cards(judged(PatientFacts(notices=notices, withheld=sentence)))
    assert ["withheld"] == topics(made)
    assert "Data for more than one patient was received; no options are shown." == made[0]["summary"]
    assert made[0]["detail"].startswith(f"{sentence}\n\n*")


def test_notes_on_what_was_not_read_are_all_there_or_counted() -> None:
    for count, words in ((16, "Note 15"), (17, "Note 16"), (30, "14 further notes.")):
        notes = tuple(Notice(Severity.WARNING, "unreadable", f"Note {n}.", f"Observation/x{n}") for n in range(count))
        detail = one(cards(replace(judged(COLORECTAL), notices=notes)), "overview")["detail"]
        assert words in detail
        assert "Note 0. `Observation/x0`" in detail


def test_information_needs_no_note() -> None:
    notes = (Notice(Severity.INFORMATION, "source-null", "Asked for and nothing was found."),)
    assert "Not read" not in one(cards(replace(judged(COLORECTAL), notices=notes)), "overview")["detail"]


def test_a_source_that_was_not_read_is_named_even_without_a_notice() -> None:
    readings = {"Procedure": ReadState.PARTIAL, "Observation": ReadState.FAILED}
    made = cards(judged(patient(COLORECTAL, readings=readings)))
    assert "Observation and Procedure: not read completely." in own_words(one(made, "overview")["detail"])


def test_an_old_value_is_shown_with_its_age_and_decides_nothing() -> None:
    record = patient(worked("crc-folfiri"), finding("lab.bilirubin", Decimal("0.8"), 330), without=("lab.bilirubin",))
    missing = own_words(one(cards(judged(record)), "missing")["detail"])
    assert "total bilirubin 0.8 mg/dL" in missing
    assert "330 days old, the limit is 14" in missing


def test_the_closing_line_says_who_checked_what_is_newest_and_when_it_was_read() -> None:
    record = replace(patient(COLORECTAL), newest=date(2026, 11, 19))
    closing = own_words(cards(judged(record))[0]["detail"]).splitlines()[-1]
    knowledge = f"Rules {KNOWLEDGE.version} ({KNOWLEDGE.sha256[:8]})."
    assert (
        f"Draft knowledge: no clinician has signed these rules off. Evaluation only. {knowledge} "
        "Newest data 19 Nov 2026. Record read 21 Nov 2026, 09:30 UTC."
    ) == closing


def test_in_demo_mode_every_card_says_that_nobody_verified_the_caller() -> None:
    demo = replace(SETTINGS, open_demo=True)
    assert all(card["detail"].endswith("Demo: caller not verified.*") for card in cards(judged(COLORECTAL), demo))
    assert all("Demo" not in card["detail"] for card in cards(judged(COLORECTAL)))


def test_a_smart_link_comes_first_when_the_site_has_one() -> None:
    launch = replace(SETTINGS, smart_launch_url="https://hepatica.example/launch")
    kinds = [[link["type"] for link in card["links"]] for card in cards(judged(COLORECTAL), launch)]
    assert {("smart", "absolute", "absolute")} == {tuple(kind) for kind in kinds}


def test_every_address_on_a_card_is_the_configured_one() -> None:
    for card in cards(judged(COLORECTAL)):
        found = re.findall(r"https?://[^\s\"']+", str(card))
        ours = [url for url in found if not url.startswith("http://terminology.hl7.org/")]
        assert ours
        assert all(url.startswith("https://hepatica.example/about/") for url in ours)


def test_chart_lines_beyond_ten_are_counted() -> None:
    def stated(fact: str) -> Evidence:
        return Evidence(f"Observation/{fact}", "Observation.value", None, "words")

    given = worked("hepatectomy-crlm") | worked("crc-folfox-capox")
    record = patient(given, *(finding(f, v, 1, evidence=(stated(f),)) for f, v in given.items()))
    detail = one(cards(judged(record)), "overview")["detail"]
    lines = detail.partition("**From the chart, quoted:**")[2].partition("\n\n**")[0].strip().splitlines()
    assert 11 == len(lines)
    assert re.fullmatch(r"- [2-9] further values\.", lines[-1])
    assert all(re.match(r"- .+, `Observation/", line) for line in lines[:-1])
