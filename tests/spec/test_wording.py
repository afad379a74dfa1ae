"""How results are said: values, dates, states and sentences, short and without orders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from eligibility import wording
from eligibility.assessment import Assessment, OptionResult, Reason, Status
from eligibility.facts import Bound, Fact, FactStatus, Obtained, Scalar
from eligibility.knowledge.model import Option, SignOff
from tests.fact_patients import KNOWLEDGE, ON, finding, judged, patient, result_of, worked

D = Decimal
FOLFOX = "crc-folfox-capox"
BANNED = re.compile("|".join(rf"\b{re.escape(w.strip())}\b" for w in wording.BANNED_WORDS), re.IGNORECASE)
TREATMENTS = [o.id for o in KNOWLEDGE.options if o.cancer_directed]


def known(fact: str, value: Scalar, when: date | None = None, obtained: Obtained = Obtained.STRUCTURED) -> Fact:
    return Fact(fact, FactStatus.KNOWN, value, KNOWLEDGE.catalogue[fact].unit, when, obtained)


@pytest.mark.parametrize(
    "value, words",
    [
        ("0", "0"), ("3", "3"), ("3.0", "3"), ("0.70", "0.7"), ("1.9883", "1.99"), ("1.985", "1.98"), ("1.996", "2"),
        ("0.0456", "0.046"),
        ("1E+2", "100"), ("-2.740", "−2.74"), ("240", "240"), ("1000000", "1000000"), ("0.05", "0.05"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: str, words: str) -> None:
    assert words == wording.number(D(value))


@pytest.mark.parametrize(
    "fact, value, words",
    [
        ("lab.bilirubin", D("1.6"), "1.6 mg/dL (27 µmol/L)"),
        ("lab.bilirubin", Bound("<", D("0.2")), "<0.2 mg/dL (<3 µmol/L)"),
        ("lab.albumin", D("3.9"), "3.9 g/dL (39 g/L)"),
        ("lab.platelets", D(240), "240 × 10⁹/L"),
        ("lab.inr", D("1.1"), "1.1"),
        ("pt.age", D(64), "64 years"),
        ("liver.flr_pct", D(32), "32%"),
        ("liver.lesion_count", D(4), "4"),
        ("tx.last_bev_days", D(20), "20 days"),
        ("bm.ras", "wild_type", "RAS wild type"),
        ("liver.r0_feasible", False, "complete removal not feasible"),
        ("liver.r0_feasible", True, "complete removal feasible"),
        ("sf.allergy", frozenset({"taxane", "platinum"}), "severe platinum allergy and severe taxane allergy"),
        ("sf.allergy", frozenset(), "none"),
    ],
)
def test_values_carry_their_unit(fact: str, value: Scalar, words: str) -> None:
    assert words == wording.value_words(KNOWLEDGE.catalogue[fact], value)


def test_a_state_without_words_of_its_own_is_yes_or_no() -> None:
    bare = replace(KNOWLEDGE.catalogue["liver.r0_feasible"], values={})
    assert "complete removal: no" == wording.value_words(bare, False)
    assert "complete removal: yes" == wording.value_words(bare, True)


WHEN = date(2026, 11, 3)


@pytest.mark.parametrize(
    "fact, words",
    [
        (known("bm.ras", "wild_type", WHEN), "RAS wild type (3 Nov 2026)"),
        (known("lab.bilirubin", D("1.6"), WHEN), "total bilirubin 1.6 mg/dL (27 µmol/L, 3 Nov 2026)"),
        (known("lab.platelets", D(240), WHEN), "platelets 240 × 10⁹/L (3 Nov 2026)"),
        (known("pt.ecog", D(1), WHEN), "ECOG 1 (3 Nov 2026)"),
        (known("liver.lesion_count", D(1), WHEN), "one liver lesion (3 Nov 2026)"),
        (known("liver.lesion_count", D(4)), "liver lesions 4"),
        (known("sf.allergy", frozenset({"platinum"}), WHEN), "severe allergy: severe platinum allergy (3 Nov 2026)"),
        (known("drv.albi_score", D("-2.74"), WHEN, Obtained.DERIVED), "ALBI score −2.74"),
        (known("bm.ras", "wild_type"), "RAS wild type"),
        (Fact("bm.ras", FactStatus.UNKNOWN), "RAS not known"),
        (Fact("bm.ras", FactStatus.CONFLICTING), "RAS in dispute"),
        (Fact("lab.bilirubin", FactStatus.STALE, D("1.6"), effective=WHEN),
            "total bilirubin 1.6 mg/dL (27 µmol/L, 3 Nov 2026)"),
    ],
)  # fmt: skip
def test_a_fact_is_a_phrase_with_its_date(fact: Fact, words: str) -> None:
    assert words == wording.fact_phrase(fact, KNOWLEDGE.catalogue[fact.id])


def test_the_date_can_be_left_out() -> None:
    fact = known("bm.ras", "wild_type", WHEN)
    assert "RAS wild type" == wording.fact_phrase(fact, KNOWLEDGE.catalogue["bm.ras"], dated=False)


@pytest.mark.parametrize("status", list(FactStatus))
def test_every_state_of_a_fact_has_words(status: FactStatus) -> None:
    words = wording.fact_state(Fact("bm.ras", status))
    assert words
    assert not BANNED.search(words)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words_and_a_meaning(status: Status) -> None:
    for words in (wording.STATUS_WORDS[status], wording.STATUS_MEANINGS[status]):
        assert words
        assert not BANNED.search(words)


@pytest.mark.parametrize(
    "items, words", [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_read_aloud(items: list[str], words: str) -> None:
    assert words == wording.listing(items)


@pytest.mark.parametrize("count, words", [(0, "no"), (1, "one"), (12, "twelve"), (13, "13"), (-1, "-1")])
def test_small_counts_are_words(count: int, words: str) -> None:
    assert words == wording.spoken(count)


@pytest.mark.parametrize("mark", ["A", "B", "C", "D"])
def test_every_certainty_has_words(mark: str) -> None:
    assert "not marked" != wording.certainty_words(mark)


@pytest.mark.parametrize("mark", [None, "", "E"])
def test_a_missing_certainty_is_said(mark: str | None) -> None:
    assert "not marked" == wording.certainty_words(mark)


def test_days_have_no_leading_zero() -> None:
    assert ("3 Jan 2026", "30 Dec 2026") == (wording.day(date(2026, 1, 3)), wording.day(date(2026, 12, 30)))


@pytest.mark.parametrize(
    "text, most, words",
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("two words here", 12, "two words…"),
        ("one, two three", 12, "one, two…"),
        ("one two, three", 12, "one two…"),
    ],
)
def test_long_text_is_cut_at_a_word(text: str, most: int, words: str) -> None:
    assert words == wording.cut(text, most)
    assert len(words) <= most


def test_the_first_ending_that_fits_is_taken() -> None:
    assert "lead; long ending" == wording.fitted("lead", ["; long ending", "; end"], 20)
    assert "lead; end" == wording.fitted("lead", ["; long ending", "; end"], 10)
    assert "lead" == wording.fitted("lead", ["; long ending"], 10)


def test_a_remark_in_brackets_is_no_part_of_a_name() -> None:
    assert "Palliative radiotherapy to liver" == wording.short_name(KNOWLEDGE.option("palliative-liver-rt").name)


# -- sentences about an answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts, words",
    [
        ({"liver.lesion_nature": "metastasis", "liver.lesion_origin": "breast"}, "Liver metastases of breast cancer"),
        ({"liver.lesion_nature": "metastasis"}, "Liver metastases, primary not settled"),
        ({"liver.lesion_nature": "hcc"}, "Hepatocellular carcinoma in the liver"),
        ({"liver.lesion_nature": "icca"}, "Intrahepatic cholangiocarcinoma"),
        ({"liver.lesion_nature": "indeterminate"}, "Liver lesion, nature not settled"),
        ({"liver.lesion_nature": "conflicting"}, "Liver lesion, nature not settled"),
        ({}, "Liver lesion, nature not settled"),
    ],
)
def test_what_the_answer_is_about(facts: dict[str, object], words: str) -> None:
    assert words == wording.subject(judged(facts))


def few(facts: Mapping[str, object], *options: str) -> Assessment:
    """The answer of a knowledge base with only these options."""
    knowledge = replace(KNOWLEDGE, options=tuple(KNOWLEDGE.option(o) for o in options))
    return judged(patient(facts), knowledge=knowledge)


def test_the_headline_says_what_fits_and_what_would_settle_more() -> None:
    facts = dict(worked(FOLFOX))
    assert "Liver metastases of colorectal cancer: 1 option to consider" == wording.headline(few(facts, FOLFOX))
    both = few(facts, FOLFOX, "crc-folfiri")
    assert wording.headline(both).startswith("Liver metastases of colorectal cancer: 2 options to consider")
    late = dict(worked("crc-regorafenib"))
    assert wording.headline(few(late, "crc-regorafenib")).endswith(": 1 option may be considered")
    mixed = few(dict(worked("thermal-ablation")), "thermal-ablation", "cryoablation")
    assert ": 1 option to consider, 1 may be considered" in wording.headline(mixed)
    without_ras = few(dict(worked("crc-anti-egfr")) | {"bm.ras": None}, FOLFOX, "crc-anti-egfr")
    assert wording.headline(without_ras).endswith(
        ": 1 option to consider; extended RAS test on tumour tissue would settle 1 more"
    )


def test_the_headline_says_that_nothing_fits_yet() -> None:
    waiting = few(dict(worked(FOLFOX)) | {"bm.dpyd": None}, FOLFOX)
    assert wording.headline(waiting).endswith(
        ": no treatment fits on what is known, 1 need data; DPYD genotype or uracil would settle 1"
    )
    both = few(dict(worked(FOLFOX)) | {"bm.dpyd": None, "lab.creatinine": None}, FOLFOX)
    assert "would narrow 1" in wording.headline(both)


def test_the_headline_says_that_nothing_fits() -> None:
    stopped = few(dict(worked(FOLFOX)) | {"pt.ecog": 4}, FOLFOX)
    assert "Liver metastases of colorectal cancer: no treatment fits on what is known" == wording.headline(stopped)


def test_the_headline_names_only_the_step_where_the_rest_is_too_long() -> None:
    assessment = few(dict(worked(FOLFOX)) | {"bm.dpyd": None}, FOLFOX)
    step = assessment.next_steps[0]
    long = replace(assessment, next_steps=(replace(step, test="y" * 40),))
    assert "; next: " in wording.headline(long)
    far_too_long = replace(assessment, next_steps=(replace(step, test="x" * 200),))
    assert wording.headline(far_too_long).endswith("1 need data")
    useless = replace(assessment, next_steps=(replace(step, settles=(), narrows=()),))
    assert wording.headline(useless).endswith("1 need data")


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_sentences_are_short_and_give_no_orders(option: Option) -> None:
    for example in option.examples:
        assessment = judged(example.given)
        line = wording.headline(assessment)
        assert len(line) < 140
        said = [line, wording.subject(assessment), *(s.ask for s in assessment.next_steps)]
        said += [wording.deciding_reason(assessment, r) for r in assessment.options]
        assert [] == [s for s in said if BANNED.search(s)]


def test_the_deciding_reason_shows_the_value_it_rests_on() -> None:
    stopped = judged(patient(worked(FOLFOX), finding("pt.ecog", D(3), 2)))
    assert "ECOG 3-4: harm likely to exceed benefit; palliative path; on record: ECOG 3 (19 Nov 2026)" == (
        wording.deciding_reason(stopped, result_of(stopped, FOLFOX))
    )


def test_an_indication_that_is_not_met_is_what_the_option_asks_for() -> None:
    assessment = judged(worked("thermal-ablation") | {"liver.lesion_count": 11})
    words = wording.deciding_reason(assessment, result_of(assessment, "thermal-ablation"))
    assert "asks for: Count: usually <=5; up to 10 total in COLLISION; on record: liver lesions 11" == words


def test_a_default_is_never_shown_as_on_record() -> None:
    option = "nsclc-egfr-osimertinib"
    assessment = judged(worked(option))
    result = result_of(assessment, option)
    assert "tx.prior_osimertinib" not in {f.id for f in wording.carrying_facts(assessment, result, 99)}
    for reason in result.reasons:
        words = wording.deciding_reason(assessment, replace(result, decisive=(reason,)))
        assert "no progression on osimertinib" not in words


def test_without_a_deciding_reason_nothing_is_said() -> None:
    assessment = judged(worked(FOLFOX))
    assert "" == wording.deciding_reason(assessment, replace(result_of(assessment, FOLFOX), decisive=()))


@pytest.mark.parametrize("option", TREATMENTS)
def test_an_option_is_carried_by_facts_that_its_rules_rest_on(option: str) -> None:
    assessment = judged(worked(option))
    result: OptionResult = result_of(assessment, option)
    carried = wording.carrying_facts(assessment, result)
    assert len(carried) <= 3
    true_reasons: list[Reason] = [r for r in result.reasons if r.result is True]
    assert {f.id for f in carried} <= {fact for r in true_reasons for fact in r.facts}
    assert all(f.decides and f.value is not None for f in carried)


def test_biomarkers_carry_before_laboratory_values() -> None:
    assert wording.telling("bm.ras") < wording.telling("liver.flr_pct") < wording.telling("lab.bilirubin")
    assert wording.telling("lab.bilirubin") < wording.telling("zz.unheard_of")


def test_draft_knowledge_says_so() -> None:
    line = wording.review_words(KNOWLEDGE)
    assert line.startswith("Draft knowledge: no clinician has signed these rules off.")
    assert line.endswith(f"Rules {KNOWLEDGE.version} ({KNOWLEDGE.sha256[:8]}).")
    signed = replace(KNOWLEDGE, options=tuple(replace(o, status="reviewed") for o in KNOWLEDGE.options))
    assert wording.review_words(signed).startswith("Reviewed rules, not signed off for this site. Evaluation only.")


def test_signed_rules_say_by_whom_and_when() -> None:
    signed = KNOWLEDGE.signed_off(
        SignOff("A. Signatory", "head of the tumour board", "the test site", date(2026, 11, 22))
    )
    expected = "Signed off by A. Signatory, head of the tumour board, 22 Nov 2026, for the test site. Rules "
    assert wording.review_words(signed).startswith(expected)
    assert KNOWLEDGE.sign_off is None


def test_what_was_looked_at_is_counted() -> None:
    counts = {"Condition": 1, "Observation": 220, "MedicationRequest": 2, "MedicationStatement": 1, "Patient": 1}
    expected = "Looked at: 1 problem, 220 results, no reports, no procedures, 3 medication entries."
    assert expected == wording.looked_at(counts)


@pytest.mark.parametrize("days, age", [(90, "90 days"), (729, "729 days"), (730, "2 years"), (1200, "3 years")])
def test_an_old_record_says_how_old(days: int, age: str) -> None:
    newest = ON - timedelta(days=days)
    assert f"{wording.day(newest)}, {age} before the date asked for" in wording.old_data(newest, ON)


@pytest.mark.parametrize(
    "value, words", [("44.99", "44.99"), ("97.038", "97.04"), ("26.44", "26.4"), ("45", "45"), ("-2.7401", "−2.74")]
)
def test_a_computed_number_is_never_rounded_onto_a_limit_it_does_not_reach(value: str, words: str) -> None:
    definition = KNOWLEDGE.catalogue["drv.renal"]
    fact = Fact("drv.renal", FactStatus.KNOWN, Decimal(value), definition.unit, obtained=Obtained.DERIVED)
    assert words == wording.fact_phrase(fact, definition).split()[2]


def test_a_primary_without_systemic_rules_is_said_so_that_silence_is_no_verdict() -> None:
    net = few({**worked(FOLFOX), "dx.primary": "net"}, FOLFOX, "tae-tace-net")
    said = "These rules hold no systemic treatment for neuroendocrine tumour, well differentiated yet"
    assert wording.knowledge_gap(net).startswith(said)
    assert "" == wording.knowledge_gap(few(dict(worked(FOLFOX)), FOLFOX))
    assert "" == wording.knowledge_gap(few({**worked(FOLFOX), "liver.lesion_nature": "benign"}, FOLFOX))
