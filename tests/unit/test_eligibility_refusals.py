"""A wrong knowledge base is refused at start, with file, line and remedy.

Each case is a copy of the real folder (one family of options) with one edit.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from eligibility.errors import KnowledgeError
from eligibility.knowledge.load import read_knowledge
from tests.knowledge_copies import ABLATION, BILIRUBIN_UNITS, LAB, LIVER, PATIENT, RADIATION, SAFETY, edit, small_copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the knowledge base that loads."""
    return small_copy(tmp_path)


def refusal(folder: Path) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as refused:
        read_knowledge(folder)
    return refused.value


@dataclass(frozen=True)
class Wrong:
    """An edit, a mark on the line that has to be named, and the words of the message."""

    file: str
    old: str
    new: str
    mark: str
    said: tuple[str, ...]
    blamed: str = ""


WRONG = {
    "an unknown fact": Wrong(
        ABLATION, "when: liver.ablatable == true", "when: liver.ablateable == true", "liver.ablateable",
        ("'liver.ablateable'", "not in the catalogue", "Did you mean", "liver.ablatable"),
    ),
    "a value outside its list": Wrong(
        ABLATION, "dx.extrahepatic in {none, limited_treatable}", "dx.extrahepatic in {none, few}", "{none, few}",
        ("'few'", "Allowed: none, limited_treatable, extensive."),
    ),
    "a number against a code": Wrong(
        ABLATION, "dx.extrahepatic in {none, limited_treatable}", "dx.extrahepatic >= 2", "dx.extrahepatic >= 2",
        ("orders dx.extrahepatic, a code", "Use == or !="),
    ),
    "a code against a number": Wrong(
        ABLATION, "- when: liver.lesion_count <= 10", "- when: liver.lesion_count <= many", "<= many",
        ("'many'", "a number in {count}"),
    ),
    "a condition that is cut off": Wrong(
        ABLATION, "- when: liver.ablatable == true", "- when: liver.ablatable ==", "liver.ablatable ==",
        ("'the end'", "true or false"),
    ),
    "a wrong scope": Wrong(
        RADIATION, "scope: dx.cancer_status == confirmed", "scope: dx.cancer_status == proven", "proven",
        ("'proven'", "Allowed: confirmed, suspected"),
    ),
    "a wrong upgrade": Wrong(
        ABLATION, "level: recommended\n", "level: recommended\nraised_if: pt.ecog < fit\n", "raised_if", ("'fit'",),
    ),
    "a wrong relief of symptoms": Wrong(
        RADIATION, "symptom_relief: always", "symptom_relief: sometimes", "sometimes", ("'sometimes'", "a fact"),
    ),
    "an unknown key": Wrong(
        ABLATION, "order: 10\n", "order: 10\npriority: 1\n", "priority",
        ("the key 'priority' is not known", "Allowed: id, order, name"),
    ),
    "an unknown key inside a rule": Wrong(
        ABLATION, "    say: Margin reachable\n", "    say: Margin reachable\n    why: seen\n", "why: seen",
        ("the key 'why' is not known", "Allowed: when, say, certainty.", "See knowledge/README.md."),
    ),
    "a key that stands twice": Wrong(
        ABLATION, "order: 10\n", "order: 10\norder: 11\n", "order: 11", ("the key 'order' stands twice", "Keep one."),
    ),
    "a key that is a list": Wrong(
        ABLATION, "order: 10\n", "order: 10\n? [a, b]\n: 1\n", "[a, b]", ("a key is not plain text",),
    ),
    "no without quotes": Wrong(
        ABLATION, "intent: Curative/local control", "intent: no", "intent: no", ("'no' stands without quotes",
            "quote it"),
    ),
    "y without quotes": Wrong(
        ABLATION, "intent: Curative/local control", "intent: y", "intent: y", ("'y' stands without quotes",
            "Quote it."),
    ),
    "yes for true": Wrong(
        ABLATION, "liver_directed: true", "liver_directed: yes", "liver_directed: yes",
        ("'yes' stands without quotes", "Write true, false"),
    ),
    "a key without a value": Wrong(
        ABLATION, "intent: Curative/local control", "intent:", "intent:", ("a key has no value", "leave the key out"),
    ),
    "a null": Wrong(
        ABLATION, "intent: Curative/local control", "intent: null", "intent: null", ("intent: ", "string"),
    ),
    "a missing key": Wrong(
        ABLATION, "intent: Curative/local control\n", "", "id: thermal-ablation", ("intent: ", "required"),
    ),
    "a text for a number": Wrong(ABLATION, "order: 10\n", "order: first\n", "first", ("order: ", "'first'")),
    "a certainty that does not exist": Wrong(
        ABLATION, "    say: Margin reachable\n    certainty: B", "    say: Margin reachable\n    certainty: E",
        "certainty: E", ("certainty", "'E'", "knowledge/README.md"),
    ),
    "a level that does not exist": Wrong(
        ABLATION, "level: recommended\n", "level: mandatory\n", "mandatory", ("level: ", "'mandatory'", "may_consider"),
    ),
    "no indication": Wrong(
        RADIATION, "\nindications:\n", "\nindications: []\ndowngrades:\n", "indications: []", ("indications",
            "at least 1"),
    ),
    "a source that does not exist": Wrong(
        ABLATION, "sources: [S07, S08, S33]", "sources: [S07, S999]", "S999",
        ("the source 'S999' is not in sources.yaml", "Add it there."),
    ),
    "a gate that does not exist": Wrong(
        ABLATION, "gates: [PROC, ECOG2, DECOMP]", "gates: [PROC, ECOG9]", "ECOG9",
        ("the gate 'ECOG9' does not exist", "Gates: DECOMP"),
    ),
    "a required fact that does not exist": Wrong(
        ABLATION, "requires: [liver.max_diameter_cm,", "requires: [liver.diameter,", "liver.diameter",
        ("the fact 'liver.diameter' is not in the catalogue", "knowledge/facts/"),
    ),
    "a needed fact that does not exist": Wrong(
        ABLATION, "gates: [PROC",
        "must_be_true:\n  - when: known(lab.inr)\n    needs: lab.inrr\n    certainty: A\n\ngates: [PROC",
        "lab.inrr", ("the fact 'lab.inrr' is not in the catalogue",),
    ),
    "an example with an impossible value": Wrong(
        ABLATION, "given: {liver.lesion_count: 11}", "given: {liver.lesion_count: 1100}", "1100",
        ("liver.lesion_count: 1100 lies outside 0 to 500", "Mend the value."),
    ),
    "an example with a code outside its list": Wrong(
        ABLATION, "given: {dx.primary: sclc}", "given: {dx.primary: small}", "primary: small}",
        ("'small' is not one of", "sclc"),
    ),
    "an example with an unknown fact": Wrong(
        ABLATION, "given: {dx.primary: sclc}", "given: {dx.primry: sclc}", "dx.primry", ("the fact 'dx.primry'",),
    ),
    "an example with a computed fact": Wrong(
        ABLATION, "given: {dx.primary: sclc}", "given: {drv.renal: 50}", "drv.renal",
        ("drv.renal is computed and cannot be given", "Give what it is computed from."),
    ),
    "an example base with an unknown fact": Wrong(
        ABLATION, "  liver.near_vessel: false\n", "  liver.near: false\n", "liver.near:", ("the fact 'liver.near'",),
    ),
    "an example without an unknown fact": Wrong(
        ABLATION, "without: [liver.ablatable]", "without: [liver.ablateable]", "without: [liver.ablateable]",
        ("the fact 'liver.ablateable'",),
    ),
    "an example that needs an unknown fact": Wrong(
        ABLATION, "needs: [liver.ablatable]", "needs: [liver.ablateable]", "needs: [liver.ablateable]",
        ("the fact 'liver.ablateable'",),
    ),
    "an example decided by a rule that does not exist": Wrong(
        ABLATION, "because: liver.lesion_count > 5", "because: liver.lesion_count > 6",
        "because: liver.lesion_count > 6",
        ("'liver.lesion_count > 6' is not a rule of this option or its gates", "Copy the `when`"),
    ),
    "an option under another name": Wrong(
        ABLATION, "id: thermal-ablation", "id: microwave", "id: microwave",
        ("the option microwave stands in thermal-ablation.yaml", "Name the file microwave.yaml."),
    ),
    "an option id with capitals": Wrong(
        ABLATION, "id: thermal-ablation", "id: Thermal", "id: Thermal", ("id: ", "'Thermal'"),
    ),
    "a condition of a gate": Wrong(
        "gates/ECOG2.yaml", "when: pt.ecog >= 3", "when: pt.ecog >= three", "three", ("'three'", "a number in {score}"),
    ),
    "a required fact of a gate": Wrong(
        "gates/ECOG2.yaml", "requires: [pt.ecog]", "requires: [pt.ecogs]", "pt.ecogs", ("the fact 'pt.ecogs'",),
    ),
    "a gate under another name": Wrong(
        "gates/ECOG2.yaml", "id: ECOG2", "id: ECOG5", "id: ECOG5",
        ("the gate ECOG5 stands in ECOG2.yaml", "Name the file ECOG5.yaml."),
    ),
    "a factor that is no number": Wrong(
        LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace("1/17.1", "about 17"), "about 17",
        ("'about 17' is not a factor such as 1/17.1", "Mend it."),
    ),
    "a factor over nothing": Wrong(
        LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace("1/17.1", "1/0"), '"1/0"', ("'1/0' is not a factor",),
    ),
    "a factor without quotes": Wrong(
        LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace('"mg/L": "1/10"', '"mg/L": 0.1'), '"mg/L": 0.1', ("string",),
    ),
    "a fact that stands twice": Wrong(
        LAB, "- id: lab.albumin", "- id: lab.bilirubin", "label: albumin", ("the fact lab.bilirubin stands twice",
            "Keep one."),
    ),
    "a fact of another file that stands twice": Wrong(
        LAB, "- id: lab.albumin", "- id: pt.age", "- id: pt.age", ("the fact pt.age stands twice",),
    ),
    "a fact under an odd name": Wrong(
        LAB, "- id: lab.albumin", "- id: Lab.Albumin", "Lab.Albumin", ("facts.1.id", "'Lab.Albumin'"),
    ),
    "a number without a unit": Wrong(
        LAB, '    unit: "ms"\n    units: {"ms": "1", "s": "1000"}\n', "", "- id: ecg.qtcf",
        ("ecg.qtcf is a number without a unit", "Give `unit`."),
    ),
    "a code without values": Wrong(
        PATIENT, "    values:\n      female: female\n      male: male\n", "", "- id: pt.sex",
        ("pt.sex has no `values`", "List what is allowed."),
    ),
    "an absence that is no value": Wrong(
        SAFETY, "{value: none, sources: [Condition]}", "{value: nothing, sources: [Condition]}", "value: nothing",
        ("sf.autoimmune: 'nothing' is not one of none", "Mend the value."),
    ),
    "an absence without a source": Wrong(
        SAFETY, "{value: none, sources: [Condition]}", "{value: none, sources: []}", "sources: []", ("sources",
            "at least 1"),
    ),
    "a way of settling that does not exist": Wrong(
        LIVER, "settle: lesion_nature", "settle: loudest", "loudest", ("settle", "'loudest'", "'any_true'"),
    ),
    "an age limit of nothing": Wrong(PATIENT, "fresh_days: 7\n", "fresh_days: 0\n", "fresh_days: 0", ("fresh_days",
        "0")),
    "one plausible limit": Wrong(PATIENT, "plausible: [0, 120]", "plausible: [120]", "[120]", ("plausible",
        "at least 2")),
    "an endless plausible limit": Wrong(
        PATIENT, "plausible: [0, 120]", "plausible: [0, .inf]", ".inf", ("'.inf' is not a number", "Write digits."),
    ),
    "a type that does not exist": Wrong(
        PATIENT, "id: pt.age\n    type: number", "id: pt.age\n    type: years", "type: years", ("type", "'years'"),
    ),
    "a source that stands twice": Wrong(
        "sources.yaml", "- id: S02", "- id: S01", "Adam et al.", ("the source S01 stands twice", "Keep one."),
    ),
    "a source under an odd name": Wrong("sources.yaml", "- id: S02", "- id: X02", "X02", ("'X02'",)),
    "a list that is not closed": Wrong(
        ABLATION, "sources: [S07, S08, S33]", "sources: [S07, S08, S33", "known_limits:", ("Mend the YAML.",),
    ),
    "a tab": Wrong(ABLATION, "order: 10\n", "order:\t10\n\t- x\n", "\t- x", ("Mend the YAML.",)),
    "a family without a folder": Wrong(
        "knowledge.yaml", "  - id: ablation-and-radiation\n",
        "  - id: breast\n    title: Breast\n  - id: ablation-and-radiation\n",
        "", ("the folder is missing", "Put it back"), "options/breast",
    ),
    "a family that stands twice": Wrong(
        "knowledge.yaml", "  - id: ablation-and-radiation\n",
        "  - id: ablation-and-radiation\n    title: Once\n  - id: ablation-and-radiation\n", "",
        ("the family ablation-and-radiation stands twice", "Keep one."),
    ),
    "a section of facts without a file": Wrong(
        "knowledge.yaml", "facts: [patient,", "facts: [people,", "", ("the file is missing", "Put it back."),
        "facts/people.yaml",
    ),
    "a manifest without families": Wrong(
        "knowledge.yaml", "  - id: ablation-and-radiation\n    title: Ablation and radiation\n", "  []\n", "families:",
        ("families",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_knowledge_base_is_refused_with_its_place_and_remedy(folder: Path, name: str) -> None:
    wrong = WRONG[name]
    changed = edit(folder, wrong.file, wrong.old, wrong.new)
    problem = refusal(folder)
    assert (wrong.blamed or wrong.file) == problem.file
    message = str(problem)
    assert message.startswith(problem.file)
    assert [] == [part for part in wrong.said if part not in message], message
    if wrong.mark:
        lines = [number for number, line in enumerate(changed.splitlines(), start=1) if wrong.mark in line]
        assert lines
        assert problem.line is not None
        assert abs(lines[0] - problem.line) <= (0 if name not in NEAR else 12), message
        assert f"{problem.file}:{problem.line}: " in message


NEAR = {"a fact that stands twice", "a source that stands twice"}
"""Cases whose mark stands a few lines below the name that is wrong, because that name also stands elsewhere."""


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def empty(file: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        (folder / file).write_text("", "utf-8")

    return act


@pytest.mark.parametrize(
    "change, blamed, said",
    [
        (remove("sources.yaml"), "sources.yaml", "the file is missing. Put it back."),
        (remove("knowledge.yaml"), "knowledge.yaml", "the file is missing. Put it back."),
        (remove("facts/liver.yaml"), "facts/liver.yaml", "the file is missing. Put it back."),
        (empty("facts/liver.yaml"), "facts/liver.yaml", "the file"),
        (empty("gates/PROC.yaml"), "gates/PROC.yaml", "the file"),
        (lambda folder: shutil.rmtree(folder / "gates"), "gates", "the folder is missing."),
        (lambda folder: (folder / "options" / "extra").mkdir(), "knowledge.yaml",
            "options/extra is not listed. List it."),
    ],
)  # fmt: skip
def test_a_missing_or_empty_file_is_refused(
    folder: Path, change: Callable[[Path], None], blamed: str, said: str
) -> None:
    change(folder)
    problem = refusal(folder)
    assert blamed == problem.file
    assert said in str(problem)
