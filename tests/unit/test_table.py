"""The table: one assessment as a page of text that a clinician can read from top to bottom."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from eligibility.assessment import Assessment, Status
from eligibility.engine import assess
from eligibility.entered import entered_facts
from eligibility.facts import Evidence, Finding, Notice, Obtained, PatientFacts, Reading, ReadState, Severity
from eligibility.knowledge.load import load_knowledge
from eligibility.wording import STATUS_WORDS
from server.page import console_for
from server.table import print_assessment

ON = date(2026, 11, 21)
CRLM: Mapping[str, object] = {
    "pt.age": 64,
    "pt.sex": "male",
    "pt.ecog": {"value": 0, "date": "2026-11-17"},
    "dx.cancer_status": "confirmed",
    "dx.primary": "colorectal",
    "dx.active_primaries": 1,
    "dx.stage": "IV",
    "dx.extrahepatic": "none",
    "liver.lesion_nature": "metastasis",
    "liver.r0_feasible": True,
    "liver.resectability": "upfront",
    "liver.flr_pct": 62,
    "liver.ascites": "none",
    "liver.cirrhosis": False,
    "tx.prior_lines": 0,
    "bm.ras": "wild_type",
    "bm.msi": "mss",
    "bm.braf_v600e": False,
    "bm.dpyd": "normal",
    "lab.bilirubin": {"value": 0.7, "unit": "mg/dL", "date": "2026-11-19"},
    "lab.albumin": {"value": 4.1, "unit": "g/dL", "date": "2026-11-19"},
    "lab.inr": 1.0,
    "lab.platelets": {"value": 220, "unit": "10*9/L"},
    "lab.anc": {"value": 4.2, "unit": "10*9/L"},
    "lab.creatinine": {"value": 0.9, "unit": "mg/dL"},
    "pt.fit_major_surgery": True,
}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def patient(without: tuple[str, ...] = (), **more: object) -> PatientFacts:
    given = {**CRLM, **{k.replace("__", "."): v for k, v in more.items()}}
    return entered_facts({k: v for k, v in given.items() if k not in without}, load_knowledge().catalogue)


def with_findings(*findings: Finding, of: PatientFacts | None = None) -> PatientFacts:
    of = of or patient()
    added: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        added[finding.fact] = (*added.get(finding.fact, ()), finding)
    return replace(of, reference="Patient/synthetic", findings=MappingProxyType({**of.findings, **added}))


def ras(value: str, when: date, text: str, name: str = "ras") -> Finding:
    return Finding("bm.ras", value, when, evidence=(Evidence(f"Observation/{name}", "valueString", None, text),))


def judged(of: PatientFacts | None = None) -> Assessment:
    return assess(of or patient(), load_knowledge(), ON)


def page(
    of: PatientFacts | Assessment | None = None,
    *,
    width: int = 100,
    identifier: str | None = None,
    looked_at: Mapping[str, int] | None = None,
    everything: bool = False,
) -> str:
    stream = io.StringIO()
    console = console_for(stream)
    console.width = width
    assessment = of if isinstance(of, Assessment) else judged(of)
    print_assessment(console, assessment, identifier=identifier, looked_at=looked_at, everything=everything)
    return stream.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def section(text: str, heading: str) -> str:
    """The lines under a heading, up to the next empty line."""
    start = next(i for i, line in enumerate(text.splitlines()) if heading in line)
    lines = text.splitlines()[start + 1 :]
    return flat("\n".join(lines[: lines.index("")]))


# The head


def test_first_line_says_who() -> None:
    assert "P01 64 years, male" == flat(page(identifier="P01").splitlines()[0])


def test_a_patient_of_a_record_is_named_by_reference() -> None:
    text = page(with_findings(), looked_at={})
    assert "Patient/synthetic 64 years, male" == flat(text.splitlines()[0])


def test_the_date_of_the_question_and_the_newest_datum_are_said() -> None:
    assert "As of 21 Nov 2026. Newest data 19 Nov 2026." in page()


def test_the_draft_line_names_version_and_fingerprint() -> None:
    knowledge = load_knowledge()
    said = "Draft knowledge: no clinician has signed these rules off. Evaluation only. Rules"
    assert f"{said} {knowledge.version} ({knowledge.sha256[:8]})." in flat(page())


# The options


def test_groups_stand_in_their_fixed_order() -> None:
    text = page()
    order = [Status.RECOMMENDED, Status.MAY_CONSIDER, Status.NEEDS_DATA, Status.NOT_NOW, Status.NOT_APPLICABLE]
    places = [text.index(f" {STATUS_WORDS[s]}: ") for s in order]
    assert sorted(places) == places


def test_all_options_are_shown_or_counted() -> None:
    assessment = judged()
    text = flat(page(assessment))
    for result in assessment.options:
        if result.status is not Status.NOT_APPLICABLE:
            assert flat(result.option.name) in text
    count = sum(o.option.cancer_directed for o in assessment.with_status(Status.NOT_APPLICABLE))
    assert f"Not applicable: {count} treatments" in text


def test_not_applicable_options_are_listed_on_request() -> None:
    names = [flat(o.option.name) for o in judged().with_status(Status.NOT_APPLICABLE)]
    assert names
    text = flat(page(everything=True))
    assert [] == [name for name in names if name not in text]


def test_treatments_come_before_coordination_in_a_group() -> None:
    text = page()
    group = text[text.index("+ To consider") : text.index("~ May be considered")]
    assert group.index("Hepatectomy for colorectal") < group.index("Coordination and support:")
    assert group.index("Coordination and support:") < group.index("tumour board")


def test_an_option_to_consider_says_why() -> None:
    assert "Why complete removal feasible; future liver remnant 62%; no cirrhosis" in flat(page())


def test_an_option_not_now_says_the_one_reason() -> None:
    text = flat(page(patient(pt__fit_major_surgery=False)))
    assert "Hepatectomy for colorectal liver metastases: Not fit for hepatectomy" in text


def test_an_option_that_needs_data_says_what_is_known_and_what_is_needed() -> None:
    text = flat(page(patient(without=("liver.r0_feasible",))))
    start = text.index("Hepatectomy for colorectal liver metastases Known")
    assert "Needs complete removal" in text[start : start + 300]


def test_an_empty_group_is_named_and_not_dropped() -> None:
    nothing_fits = patient(without=("bm.dpyd", "liver.r0_feasible", "liver.flr_pct"), bm__ras="conflicting")
    text = flat(page(nothing_fits))
    assert "To consider: no treatments" in text
    assert "Not now: " in text


def test_a_caution_shared_by_several_is_said_once_and_pointed_to() -> None:
    text = page()
    group = text[text.index("+ To consider") : text.index("~ May be considered")]
    assert 1 == flat(group).count("Hepatitis B status not recorded")
    assert len([line for line in group.splitlines() if line.split()[-1:] == ["(a)"]]) >= 3


def test_each_caution_has_a_line_of_its_own() -> None:
    text = page(patient(liver__lesion_count=2, liver__max_diameter_cm=3.5, liver__ablatable=True), width=120)
    lines = [flat(line) for line in text.splitlines()]
    place = lines.index("Caution Distance to central bile ducts not recorded: check")
    assert "(a)" == lines[place + 1]


def test_what_lowers_an_option_stands_with_its_certainty() -> None:
    lowered = patient(liver__lesion_count=2, liver__max_diameter_cm=3.5, liver__ablatable=True)
    text = flat(page(lowered))
    start = text.index("Thermal ablation: radiofrequency or microwave Why")
    said = "But 3-5 cm: local failure higher; microwave only; certainty: label, trial or guideline"
    assert said in text[start : start + 300]


def test_what_is_taken_as_absent_is_listed_to_confirm() -> None:
    assert "variceal bleeding" in section(page(), "Not recorded, confirm before ordering")


def test_the_most_useful_step_names_test_fact_and_options() -> None:
    text = page(patient(without=("bm.dpyd",)))
    first = section(text, "Most useful next").partition(" 2. ")[0]
    assert first.startswith("1. DPYD genotype or uracil (DPYD): settles ")
    assert "FOLFIRI backbone" in first


# On what it rests


def test_a_value_stands_with_its_place_and_the_words_of_the_record() -> None:
    text = page(with_findings(ras("wild_type", date(2026, 5, 3), "No mutation found")), looked_at={})
    assert 'RAS wild type (3 May 2026), Observation/ras: "No mutation found"' in section(text, "From the record")


def test_results_in_dispute_are_shown_with_both_values() -> None:
    one = ras("wild_type", date(2026, 5, 3), "wild type", "first")
    other = ras("mutated", date(2026, 5, 3), "G12D", "second")
    text = page(with_findings(one, other), looked_at={})
    assert "Results disagree and count as not known: RAS." in text
    found = section(text, "Results in dispute")
    assert 'RAS wild type, 3 May 2026, Observation/first: "wild type"' in found
    assert 'RAS mutated, 3 May 2026, Observation/second: "G12D"' in found


def test_an_old_value_is_shown_as_one_that_cannot_decide() -> None:
    old = patient(lab__albumin={"value": 41, "unit": "g/L", "date": "2026-09-01"}, without=("bm.dpyd",))
    assert "albumin 4.1 g/dL (41 g/L, 1 Sep 2026): 81 days old, the limit is 14" in flat(page(old))


def test_a_value_from_many_places_names_the_first_and_counts_the_rest() -> None:
    places = tuple(Evidence(f"Observation/o{n}", "valueString") for n in range(5))
    many = Finding("bm.ras", "wild_type", date(2026, 5, 3), evidence=places)
    said = "Observation/o0, Observation/o1, Observation/o2, and 2 more in the record"
    assert f"RAS wild type (3 May 2026), {said}" in section(page(with_findings(many), looked_at={}), "From the record")


def test_nothing_missing_is_said_too() -> None:
    done = replace(judged(), next_steps=())
    assert "Nothing that an option waits for." == section(page(done), "Most useful next")


def test_a_value_read_from_a_report_says_that_nobody_confirmed_it() -> None:
    said = Finding(
        "liver.r0_feasible", True, date(2026, 11, 9), Obtained.NARRATIVE,
        (Evidence("DiagnosticReport/mri", "conclusion", None, "appears resectable"),),
    )  # fmt: skip
    text = page(with_findings(said, of=patient(without=("liver.r0_feasible",))), looked_at={})
    found = section(text, "Recorded, but cannot decide")
    assert "(from a report, not confirmed)" in found
    assert 'DiagnosticReport/mri: "appears resectable"' in found


def test_sources_of_the_rules_are_listed_on_request() -> None:
    assert "Sources of the rules" not in page()
    assert "S03 Cervantes" in section(page(everything=True), "Sources of the rules")


# Where no options are shown


def test_out_of_scope_says_so_and_what_was_looked_at() -> None:
    nobody = replace(entered_facts({"pt.age": 50}, load_knowledge().catalogue), reference="Patient/synthetic")
    text = page(nobody, looked_at={"Condition": 1, "Observation": 220, "DiagnosticReport": 9})
    assert "No cancer in the liver found in the coded record." in text
    counts = "1 problem, 220 results, 9 reports, no procedures, no medication entries"
    assert f"Looked at: {counts}." in flat(text)
    assert "To consider" not in text


def test_a_problem_list_that_was_not_read_is_not_an_empty_one() -> None:
    unread = MappingProxyType({"Condition": Reading(ReadState.FAILED, "refused")})
    text = page(PatientFacts("Patient/synthetic", readings=unread), looked_at={})
    assert "it cannot be told whether there is cancer in the liver" in flat(text)
    assert "No options are shown." in text
    assert "! Condition: not read completely." in text
    assert "To consider" not in text


def test_a_withheld_record_shows_the_sentence_and_no_option() -> None:
    withheld = replace(patient(), withheld="This record is marked deceased. No options are shown.")
    text = page(withheld)
    assert "This record is marked deceased. No options are shown." in text
    assert [] == [word for word in STATUS_WORDS.values() if word in text]


def test_a_withholding_notice_is_not_said_twice() -> None:
    words = "Data for more than one patient was received. No options are shown."
    mixed = PatientFacts(notices=(Notice(Severity.ERROR, "another-patient", words),), withheld=words)
    assert 1 == page(mixed, looked_at={}).count(words)


def test_what_was_set_aside_is_announced_above_and_told_below() -> None:
    aside = Notice(Severity.WARNING, "unreadable", "1 result could not be read: Observation/odd.")
    text = page(replace(patient(), notices=(aside,)))
    assert text.index("Not everything could be read: see the end.") < text.index("To consider")
    assert "! 1 result could not be read: Observation/odd." == section(text, "Could not be read, or was set aside")


def test_a_notice_on_the_age_of_all_data_stands_above_the_answer() -> None:
    notice = Notice(Severity.WARNING, "old-data", "The newest datum is old.")
    lines = page(replace(judged(), notices=(notice,))).splitlines()
    assert "! The newest datum is old." in lines[:3]


# Fit for a terminal


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(width: int) -> None:
    text = page(width=width, everything=True)
    assert [] == [line for line in text.splitlines() if len(line) > width]
    wide = page(width=1000, everything=True)
    assert "".join(wide.split()) == "".join(text.split())


def test_a_value_is_never_parted_from_its_unit_or_a_day_from_its_year() -> None:
    for width in range(40, 121, 8):
        for line in page(patient(without=("bm.dpyd",)), width=width).splitlines():
            assert not line.endswith((" 19", " Nov", "0.7", "4.1", "220"))


def test_lines_end_without_spaces() -> None:
    assert [] == [line for line in page(everything=True).splitlines() if line != line.rstrip()]


def test_text_of_the_record_cannot_steer_the_terminal_nor_be_taken_for_markup() -> None:
    hostile = ras("wild_type", date(2026, 5, 3), "\x1b[2J\x1b]0;x\x07[bold red]WT[/] \u202eevil" + "x" * 5000)
    notice = Notice(Severity.WARNING, "unreadable", "\x1b[31mred\x1b[0m text")
    of = replace(with_findings(hostile), reference="Patient/\x1b[31mred", notices=(notice,))
    text = page(of, looked_at={})
    assert [] == [c for c in text if ord(c) < 32 and c != "\n"]
    assert "\u202e" not in text
    assert '"[bold red]WT[/] evilxxx' in flat(text)
    assert "x" * 301 not in "".join(text.split())
    assert "! red text" in text


def test_why_a_value_is_unusable_is_made_plain_too() -> None:
    odd = Finding("lab.albumin", None, date(2026, 11, 19), why="the unit '\x1b[31mstones' is not known")
    text = page(with_findings(odd, of=patient(without=("bm.dpyd",))), looked_at={})
    assert "\x1b" not in text


def test_a_file_gets_no_colour() -> None:
    assert "\x1b" not in page()


def coloured(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    print_assessment(console_for(stream), judged())
    return stream.getvalue()


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[1;32m+ To consider" in coloured(monkeypatch)


def test_a_terminal_that_asks_for_none_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[1;32m" not in coloured(monkeypatch, NO_COLOR="1")
    assert "+ To consider" in coloured(monkeypatch, NO_COLOR="1")


def test_a_number_known_from_one_side_keeps_its_sign() -> None:
    from eligibility.facts import Bound

    low = Finding("lab.bilirubin", Bound("<", Decimal("0.2")), date(2026, 11, 19))
    assert "total bilirubin <0.2 mg/dL" in flat(page(with_findings(low), looked_at={}, everything=True))
