"""The check of a whole knowledge base: each kind of finding is found, with its file, its line and what to do.

Each case is a copy of the real folder (one family of options) with one edit; what the copy lacks anyway, because the
other families are not in it, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from eligibility.checking.check import check_knowledge
from eligibility.checking.flaws import Flaw, FlawKind
from tests.knowledge_copies import ABLATION, BILIRUBIN_UNITS, LAB, LIVER, PATIENT, RADIATION, SAFETY, edit, small_copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the knowledge base that loads."""
    return small_copy(tmp_path)


@cache
def found_anyway() -> frozenset[tuple[FlawKind, str, str]]:
    """What the check finds in a copy that nobody edited: loose ends towards families that are not in it."""
    with TemporaryDirectory() as place:
        return frozenset((f.kind, f.file, f.found) for f in check_knowledge(small_copy(Path(place))).flaws)


def flaws_in(folder: Path) -> list[Flaw]:
    return [f for f in check_knowledge(folder).flaws if (f.kind, f.file, f.found) not in found_anyway()]


@dataclass(frozen=True)
class Wrong:
    """One edit, a mark on the line that has to be named, the kind of the flaw and words of its message."""

    kind: FlawKind
    file: str
    old: str
    new: str
    mark: str
    said: tuple[str, ...]
    blamed: str = ""


RULE = "  - when: {}\n    say: A new rule\n    certainty: D\n"
AS_FIRST_CONTRAINDICATION = "\ncontraindications:\n"
INTERVENTIONS = "\ninterventions:\n"


def contraindication(text: str) -> str:
    return AS_FIRST_CONTRAINDICATION + RULE.format(text)


WRONG = {
    # what loading refuses, too
    "an unknown fact": Wrong(
        FlawKind.REFUSED, ABLATION, "when: liver.ablatable == true", "when: liver.ablateable == true",
        "liver.ablateable", ("not in the catalogue", "Did you mean liver.ablatable"),
    ),
    "a value outside its list": Wrong(
        FlawKind.REFUSED, ABLATION, "dx.extrahepatic in {none, limited_treatable}", "dx.extrahepatic in {none, few}",
        "{none, few}", ("'few'", "Allowed: none, limited_treatable, extensive."),
    ),
    "a missing source": Wrong(
        FlawKind.REFUSED, ABLATION, "sources: [S07, S08, S33]", "sources: [S07, S999]", "S999", ("Add it there.",),
    ),
    "a missing source of a gate": Wrong(
        FlawKind.REFUSED, "gates/PREGALL.yaml", "sources: [S142]", "sources: [S999]", "S999", ("'S999'",),
    ),
    "an unknown key inside a rule": Wrong(
        FlawKind.REFUSED, ABLATION, "    say: Margin reachable\n", "    say: Margin reachable\n    why: seen\n", "why:",
        ("the key 'why' is not known", "Allowed: when, say, certainty."),
    ),
    "a code system that nobody knows": Wrong(
        FlawKind.REFUSED, ABLATION, INTERVENTIONS,
        INTERVENTIONS + "  - {say: microwave, system: icd10, code: '1'}\n", "icd10",
        ("interventions.0.system", "'rxnorm' or 'snomed'"),
    ),
    "a code without its system": Wrong(
        FlawKind.REFUSED, ABLATION, INTERVENTIONS,
        INTERVENTIONS + "  - {say: microwave, code: '1'}\n", "say: microwave, code",
        ("give both `system` and `code`",),
    ),
    # conditions
    "a number that no patient can have": Wrong(
        FlawKind.THRESHOLD, ABLATION, AS_FIRST_CONTRAINDICATION, contraindication("liver.lesion_count > 5000"),
        "> 5000",
        ("compares liver.lesion_count with 5000", "Allowed: 0 to 500 {count}.", "Mend the number"),
    ),
    "two units": Wrong(
        FlawKind.UNIT, ABLATION, AS_FIRST_CONTRAINDICATION, contraindication("liver.max_diameter_cm > liver.flr_pct"),
        "liver.flr_pct", ("liver.max_diameter_cm in cm with liver.flr_pct in %",),
    ),
    "a code that excludes itself": Wrong(
        FlawKind.NEVER_TRUE, ABLATION, AS_FIRST_CONTRAINDICATION,
        contraindication("pt.sex == female and pt.sex == male"), "pt.sex == female and",
        ("can never be true", "Allowed: pt.sex: female, male."),
    ),
    "numbers that leave nothing between": Wrong(
        FlawKind.NEVER_TRUE, ABLATION, AS_FIRST_CONTRAINDICATION,
        contraindication("liver.lesion_count > 4 and liver.lesion_count < 5"), "> 4 and",
        ("can never be true", "0 to 500 {count}"),
    ),
    "a condition of a gate that is never true": Wrong(
        FlawKind.NEVER_TRUE, "gates/ECOG2.yaml", "when: pt.ecog >= 3", "when: pt.ecog >= 3 and pt.ecog < 2",
        "pt.ecog < 2", ("can never be true",),
    ),
    "an indication that is always true": Wrong(
        FlawKind.ALWAYS_TRUE, RADIATION, "\nindications:\n", "\nindications:\n" + RULE.format(
            "known(pt.age) or unknown(pt.age)"), "known(pt.age)", ("is always true, whatever is recorded",),
    ),
    "an indication outside the scope": Wrong(
        FlawKind.CONTRADICTION, ABLATION, "\nindications:\n", "\nindications:\n" + RULE.format(
            "drv.target_primary == sclc"), "drv.target_primary == sclc",
        ("can never fit", "'drv.target_primary == sclc'", "drv.target_primary in {"),
    ),
    "a contraindication that is an indication": Wrong(
        FlawKind.CONTRADICTION, ABLATION, AS_FIRST_CONTRAINDICATION, contraindication("liver.ablatable != false"),
        "when: liver.ablatable == true",
        ("can never fit", "not 'liver.ablatable != false'", "'liver.ablatable == true'"),
    ),
    "a contraindication that nobody in scope can have": Wrong(
        FlawKind.NEVER_TRUE, ABLATION, AS_FIRST_CONTRAINDICATION, contraindication("drv.target_primary == sclc"),
        "drv.target_primary == sclc", ("can never be true of a patient in scope",),
    ),
    "a downgrade that the indications exclude": Wrong(
        FlawKind.NEVER_TRUE, ABLATION, "\ndowngrades:\n", "\ndowngrades:\n" + RULE.format(
            "liver.max_diameter_cm > 6"), "liver.max_diameter_cm > 6",
        ("can never be true of a patient whom the option fits",),
    ),
    "a caution that the indications exclude": Wrong(
        FlawKind.NEVER_TRUE, ABLATION, "\ncautions:\n", "\ncautions:\n" + RULE.format("liver.lesion_count > 20"),
        "liver.lesion_count > 20", ("can never be true of a patient who meets the indications",),
    ),
    # names
    "a name that stands twice": Wrong(
        FlawKind.DUPLICATE, RADIATION, "\nname: ",
        "\nname: 'Thermal ablation: radiofrequency or microwave' # ", "name: 'Thermal",
        ("options have the name",),
    ),
    "a place that stands twice": Wrong(
        FlawKind.DUPLICATE, ABLATION, "order: 10\n", "order: 20\n", "order: 20", ("options of ablation-and-radiation",
            "order 20"),
    ),
    "a condition that stands twice": Wrong(
        FlawKind.DUPLICATE, ABLATION, "\ndowngrades:\n", "\ndowngrades:\n" + RULE.format("liver.max_diameter_cm > 3"),
        "> 3", ("'liver.max_diameter_cm > 3' stands twice among the downgrades",),
    ),
    "a source that is cited twice": Wrong(
        FlawKind.DUPLICATE, ABLATION, "sources: [S07, S08, S33]", "sources: [S07, S08, S33, S07]", "S07, S08",
        ("S07 stands twice",),
    ),
    "a label that stands twice": Wrong(
        FlawKind.DUPLICATE, LAB, "label: albumin", "label: total bilirubin", "label: total bilirubin",
        ("2 facts have the label 'total bilirubin'",),
    ),
    # examples
    "an example that is not true": Wrong(
        FlawKind.UNTRUE_EXAMPLE, ABLATION, "given: {liver.lesion_count: 11}", "given: {liver.lesion_count: 10}",
        "expect: not_now", ("expects not_now and gets", "liver.lesion_count > 5"),
    ),
    "an example that another rule decides": Wrong(
        FlawKind.UNTRUE_EXAMPLE, ABLATION, "because: liver.lesion_count > 5", "because: liver.near_vessel == true",
        "because: liver.near_vessel == true", ("is not decided by 'liver.near_vessel == true'", "Allowed: liver."),
    ),
    "an example that waits for something else": Wrong(
        FlawKind.UNTRUE_EXAMPLE, ABLATION, "needs: [liver.ablatable]", "needs: [lab.sodium]", "needs: [lab.sodium]",
        ("does not wait for lab.sodium", "Allowed: liver.ablatable"),
    ),
    # words, codes, units, sources
    "an order": Wrong(
        FlawKind.WORDS, ABLATION, "say: Margin reachable", "say: A margin must be reachable", "must be",
        ("says 'must'", "neither order nor reassure"),
    ),
    "a question without a question mark": Wrong(
        FlawKind.WORDS, LAB, "ask: What is the total bilirubin within the last 14 days?", "ask: Total bilirubin",
        "ask: Total bilirubin", ("is not a short question", "Allowed: 19 words."),
    ),
    "a slip in a SNOMED CT code": Wrong(
        FlawKind.INTERVENTION, ABLATION, INTERVENTIONS,
        INTERVENTIONS + "  - {say: microwave, system: snomed, code: '107963001'}\n", "107963001",
        ("is no SNOMED CT concept",),
    ),
    "a word for an RxNorm code": Wrong(
        FlawKind.INTERVENTION, ABLATION, INTERVENTIONS,
        INTERVENTIONS + "  - {say: oxaliplatin, system: rxnorm, code: oxa}\n", "code: oxa",
        ("'oxa' is no RxNorm concept", "Allowed: digits only."),
    ),
    "a wrong power of ten": Wrong(
        FlawKind.UNIT, LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace('"mg/L": "1/10"', '"mg/L": "10"'),
        '"mg/L": "10"', ("the factor from mg/L to mg/dL is 10, and it has to be 1/10", 'Write "mg/L": "1/10".'),
    ),
    "units without the canonical one": Wrong(
        FlawKind.UNIT, LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace('"mg/dL": "1", ', ""), '"mg/L": "1/10"',
        ("`units` lacks mg/dL", 'Add "mg/dL": "1".'),
    ),
    "a negative factor": Wrong(
        FlawKind.UNIT, LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace("1/17.1", "-1/17.1"), '"-1/17.1"',
        ("the factor of umol/L is -10/171",),
    ),
    "a number without plausible limits": Wrong(
        FlawKind.CATALOGUE, PATIENT, "    plausible: [0, 120]\n", "", "- id: pt.age", ("without plausible limits",),
    ),
    "a way of settling for another type": Wrong(
        FlawKind.CATALOGUE, LIVER, "settle: lesion_nature", "settle: persists", "settle: persists",
        ("`settle: persists` does not suit a code", "lesion_nature"),
    ),
    "two values with the same words": Wrong(
        FlawKind.DUPLICATE, PATIENT, "      female: female\n", "      female: male\n", "values:",
        ("several values are shown as 'male'",),
    ),
    "a source that was read nowhere": Wrong(
        FlawKind.SOURCE, "sources.yaml",
        '    url: "https://pmc.ncbi.nlm.nih.gov/articles/PMC4469397"\n    read: excerpt_read',
        "    read: excerpt_read # S142", "# S142", ("S142 is `excerpt_read` and has no address",),
    ),
    "a source that nobody cites": Wrong(
        FlawKind.SOURCE, "sources.yaml", "sources:\n",
        "sources:\n  - {id: S900, citation: Nothing, year: 2026, read: not_re_read}\n", "S900",
        ("nothing cites the source S900", "Cite it, or take it out."),
    ),
    "a version without a calendar": Wrong(
        FlawKind.VERSION, "knowledge.yaml", "version: 2026.11.0", "version: 2026.13.0", "2026.13.0",
        ("'2026.13.0' is not of the calendar", "such as 2026.11.0"),
    ),
    "a boolean with other words": Wrong(
        FlawKind.REFUSED, SAFETY, "- id: sf.active_infection\n    type: boolean\n    values:\n      \"true\":",
        "- id: sf.active_infection\n    type: boolean\n    values:\n      \"yes\":", "values:",
        ("is true or false, and its `values` are yes, false", "Allowed: true, false."),
    ),
    "a parent that does not exist": Wrong(
        FlawKind.REFUSED, "facts/diagnosis.yaml", "      lung_unspecified: [nsclc, sclc]",
        "      lung: [nsclc, sclc]", "lung: [nsclc", ("the parent 'lung' is not one of its values",),
    ),
    "a child that does not exist": Wrong(
        FlawKind.REFUSED, "facts/diagnosis.yaml", "      lung_unspecified: [nsclc, sclc]",
        "      lung_unspecified: [nsclc, small]", "small]", ("'small' cannot be a child of 'lung_unspecified'",),
    ),
    "plausible limits in the wrong order": Wrong(
        FlawKind.REFUSED, PATIENT, "plausible: [0, 120]", "plausible: [120, 0]", "[120, 0]",
        ("120 and 0 are not in order",),
    ),
    "a part of the record that facts are not read from": Wrong(
        FlawKind.REFUSED, SAFETY, "{value: none, sources: [Condition]}", "{value: none, sources: [Conditions]}",
        "[Conditions]", ("'Conditions' is no part of a record", "Allowed: Patient, Condition,"),
    ),
    # retirement
    "a reason to retire what is in use": Wrong(
        FlawKind.REFUSED, ABLATION, "status: draft", "status: draft\nretired_because: Nobody does it",
        "retired_because", ("has a reason to be retired and is draft",),
    ),
    "a retirement without a reason": Wrong(
        FlawKind.REFUSED, ABLATION, "status: draft", "status: retired", "status: retired", ("without a reason",
            "`retired_because`"),
    ),
    "a review that is not there": Wrong(
        FlawKind.REFUSED, ABLATION, "status: draft", "status: reviewed", "status: reviewed",
        ("there is no `review`", "hepatica knowledge sign"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_flaw_is_found_with_its_place_and_remedy(folder: Path, name: str) -> None:
    wrong = WRONG[name]
    changed = edit(folder, wrong.file, wrong.old, wrong.new)
    blamed = wrong.blamed or wrong.file
    found = [f for f in flaws_in(folder) if f.kind is wrong.kind and f.file == blamed]
    hits = [f for f in found if all(part in str(f) for part in wrong.said)]
    assert hits, [str(f) for f in flaws_in(folder)]
    lines = [number for number, line in enumerate(changed.splitlines(), start=1) if wrong.mark in line]
    assert {f.line for f in hits} & set(lines), (lines, [str(f) for f in hits])
    assert all(f.remedy or f.kind is FlawKind.REFUSED for f in hits)
    assert re.match(rf"{re.escape(blamed)}:\d+: ", str(hits[0]))


def test_all_findings_are_listed_not_only_the_first(folder: Path) -> None:
    edit(folder, ABLATION, "when: liver.ablatable == true", "when: liver.ablateable == true")
    edit(folder, ABLATION, "sources: [S07, S08, S33]", "sources: [S07, S997, S998]")
    edit(folder, RADIATION, "scope: dx.cancer_status == confirmed", "scope: dx.cancer_status == proven")
    edit(folder, "gates/ECOG2.yaml", "when: pt.ecog >= 3", "when: pt.ecog >= three")
    found = [(f.file, f.found) for f in flaws_in(folder) if f.kind is FlawKind.REFUSED]
    assert [ABLATION, ABLATION, ABLATION, RADIATION, "gates/ECOG2.yaml"] == sorted(
        (file for file, _ in found), key=lambda f: (not f.startswith("options"), f != ABLATION)
    )
    assert [True, True, True] == [any(word in said for _, said in found) for word in ("ablateable", "S997", "S998")]


def test_what_is_wrong_in_a_gate_is_said_once_and_not_again_for_its_options(folder: Path) -> None:
    edit(folder, "gates/ECOG2.yaml", "requires: [pt.ecog]", "requires: [pt.ecogs]")
    assert [("gates/ECOG2.yaml", "the fact 'pt.ecogs' is not in the catalogue.")] == [
        (f.file, f.found) for f in flaws_in(folder) if f.kind is FlawKind.REFUSED
    ]


def test_a_broken_catalogue_is_said_alone_and_not_through_every_rule(folder: Path) -> None:
    edit(folder, LAB, "- id: lab.albumin", "- id: lab.bilirubin")
    edit(folder, ABLATION, "order: 10\n", "order: first\n")
    checked = check_knowledge(folder)
    assert checked.knowledge is None
    assert {LAB, ABLATION} == {f.file for f in checked.flaws}
    assert 2 == len(checked.flaws)


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def holding(file: str, content: bytes) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return act


@pytest.mark.parametrize(
    "change, blamed",
    [
        (remove("knowledge.yaml"), "knowledge.yaml"), (remove("sources.yaml"), "sources.yaml"),
        (remove("facts/liver.yaml"), "facts/liver.yaml"), (holding("facts/liver.yaml", b""), "facts/liver.yaml"),
        (holding("knowledge.yaml", b""), "knowledge.yaml"), (holding(ABLATION, b"id: \xff\n"), ABLATION),
        (holding(ABLATION, b""), ABLATION),
        (remove("gates/PROC.yaml"), ABLATION), (holding("gates/PROC.yaml", b""), "gates/PROC.yaml"),
    ],
)  # fmt: skip
def test_a_check_raises_nothing(folder: Path, change: Callable[[Path], None], blamed: str) -> None:
    change(folder)
    assert blamed in {f.file for f in check_knowledge(folder).flaws}


def test_an_option_without_examples_shows_nothing(folder: Path) -> None:
    text = (folder / ABLATION).read_text("utf-8")
    (folder / ABLATION).write_text(text[: text.index("\nexample_base:")] + "\n", "utf-8")
    found = [f for f in flaws_in(folder) if f.file == ABLATION]
    assert {FlawKind.NOT_SHOWN} == {f.kind for f in found}
    statuses = ("recommended", "may_consider", "not_now", "needs_data", "not_applicable")
    assert [True] * 5 == [any(f"as {status} " in f.found for f in found) for status in statuses]
    threshold = next(f for f in found if "'liver.max_diameter_cm > 3'" in f.found)
    assert "is true, nor one for whom it is false" in threshold.found
    assert text.splitlines().index("  - when: liver.max_diameter_cm > 3") + 1 == threshold.line


def test_a_status_that_the_rules_rule_out_needs_no_example(folder: Path) -> None:
    found = [f.found for f in check_knowledge(folder).flaws if f.kind is FlawKind.NOT_SHOWN and f.file == RADIATION]
    text = (folder / RADIATION).read_text("utf-8")
    assert "level: may_consider" in text
    assert "expect: recommended" not in text
    assert [] == found


def test_a_threshold_shown_from_one_side_only_is_found(folder: Path) -> None:
    edit(folder, ABLATION, AS_FIRST_CONTRAINDICATION, contraindication("lab.sodium < 120"))
    found = [f for f in flaws_in(folder) if f.kind is FlawKind.NOT_SHOWN]
    assert [ABLATION] == [f.file for f in found]
    assert "'lab.sodium < 120' is true" in found[0].found


def test_a_gate_that_nobody_uses_is_found(folder: Path) -> None:
    (folder / "gates" / "NEW.yaml").write_text("id: NEW\ntitle: Nobody's gate\nrequires: [pt.age]\n", "utf-8")
    found = [f for f in flaws_in(folder) if f.file == "gates/NEW.yaml"]
    assert [(FlawKind.UNUSED_GATE, 1)] == [(f.kind, f.line) for f in found]


def test_a_gate_that_nobody_uses_is_still_read(folder: Path) -> None:
    (folder / "gates" / "NEW.yaml").write_text("id: NEW\ntitle: Nobody's gate\nrequires: [pt.ages]\n", "utf-8")
    assert ["the fact 'pt.ages' is not in the catalogue."] == [f.found for f in flaws_in(folder) if "NEW" in f.file]


def test_a_rule_of_a_gate_that_is_dead_in_every_option_is_found(folder: Path) -> None:
    rule = "contraindications:\n" + RULE.format("liver.lesion_nature == metastasis and liver.lesion_nature == hcc")
    (folder / "gates" / "NEW.yaml").write_text(f"id: NEW\ntitle: A gate\n{rule}", "utf-8")
    edit(folder, ABLATION, "gates: [PROC,", "gates: [NEW, PROC,")
    found = [f for f in flaws_in(folder) if f.file == "gates/NEW.yaml"]
    assert {(FlawKind.NEVER_TRUE, 4)} == {(f.kind, f.line) for f in found}


def test_a_rule_of_a_gate_that_is_dead_in_one_option_only_is_not_found(folder: Path) -> None:
    rule = "downgrades:\n" + RULE.format("liver.max_diameter_cm > 6")
    (folder / "gates" / "NEW.yaml").write_text(f"id: NEW\ntitle: A gate\n{rule}", "utf-8")
    edit(folder, ABLATION, "gates: [PROC,", "gates: [NEW, PROC,")
    alone = [f.found for f in flaws_in(folder) if f.kind is FlawKind.NEVER_TRUE]
    assert 1 == len(alone)
    assert "of a patient whom the option fits, in any option with this gate" in alone[0]
    gates = re.search(r"^gates: \[", (folder / RADIATION).read_text("utf-8"), re.MULTILINE)
    assert gates
    edit(folder, RADIATION, gates.group(), "gates: [NEW, ")
    assert [] == [f.found for f in flaws_in(folder) if f.kind is FlawKind.NEVER_TRUE]


def test_the_same_patient_twice_is_found(folder: Path) -> None:
    text = (folder / ABLATION).read_text("utf-8")
    first = text[text.index("\nexamples:\n") + len("\nexamples:\n") :].split("\n  - ")[0]
    (folder / ABLATION).write_text(f"{text.rstrip()}\n{first}\n", "utf-8")
    found = [f for f in flaws_in(folder) if f.file == ABLATION]
    assert [FlawKind.DUPLICATE] == [f.kind for f in found]
    assert "this is the same patient as in" in found[0].found
    assert len(text.rstrip().splitlines()) + 1 == found[0].line


def test_findings_are_in_the_order_of_files_and_lines(folder: Path) -> None:
    flaws = check_knowledge(folder).flaws
    assert len(flaws) > 10
    assert sorted(flaws, key=lambda f: (f.file, f.line or 0)) == list(flaws)
