"""Reading the knowledge base: what is loaded, and a fingerprint that follows its meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from eligibility.knowledge.load import load_knowledge, read_knowledge
from eligibility.knowledge.model import KnowledgeBase
from tests.knowledge_copies import ABLATION, BILIRUBIN_UNITS, LAB, PATIENT, SAFETY, edit, small_copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the knowledge base that loads."""
    return small_copy(tmp_path)


def test_the_copy_is_a_knowledge_base(folder: Path) -> None:
    small = read_knowledge(folder)
    assert [o.id for o in load_knowledge().options if o.family.id == "ablation-and-radiation"] == [
        o.id for o in small.options
    ]


def test_an_option_may_have_conditions_of_every_kind(folder: Path) -> None:
    more = "raised_if: pt.ecog == 0\nsymptom_relief: dx.functional_syndrome == true\n"
    edit(folder, ABLATION, "level: recommended\n", "level: may_consider\n" + more)
    must = "must_be_true:\n  - {when: known(lab.inr) or pt.ecog == 0, needs: lab.inr, certainty: A}\n\ngates: [PROC"
    edit(folder, ABLATION, "gates: [PROC", must)
    option = read_knowledge(folder).option("thermal-ablation")
    assert option.raised_if is not None
    assert not isinstance(option.symptom_relief, bool)
    assert ("lab.inr",) in [r.needs for r in option.requirements]
    assert "Settled: INR" in [r.outcomes[True].say for r in option.rules]


def test_a_rule_that_a_gate_repeats_counts_once(folder: Path) -> None:
    option = read_knowledge(folder).option("palliative-liver-rt")
    conditions = [r.predicate.text for r in option.rules]
    assert 1 == conditions.count("pt.pregnancy_status in {pregnant_t1, pregnant_t2, pregnant_t3}")


def test_two_gates_with_the_same_condition_keep_a_sentence_each(folder: Path) -> None:
    for gate in ("ONE", "TWO"):
        line = f"  - {{when: pt.age > 90, say: Sentence {gate}, certainty: D}}\n"
        (folder / "gates" / f"{gate}.yaml").write_text(f"id: {gate}\ntitle: {gate}\ncautions:\n{line}", "utf-8")
    edit(folder, ABLATION, "gates: [PROC", "gates: [ONE, TWO, PROC")
    cautions = read_knowledge(folder).option("thermal-ablation").cautions
    said = [(c.outcomes[True].gate, c.outcomes[True].say) for c in cautions if c.predicate.text == "pt.age > 90"]
    assert [("ONE", "Sentence ONE"), ("TWO", "Sentence TWO")] == said


def test_an_absence_may_be_written_with_or_without_quotes(folder: Path) -> None:
    before = read_knowledge(folder).catalogue["sf.organ_transplant"].absence
    edit(
        folder,
        SAFETY,
        'value: "false", sources: [Condition, Procedure]',
        "value: false, sources: [Condition, Procedure]",
    )
    assert before == read_knowledge(folder).catalogue["sf.organ_transplant"].absence


# -- the fingerprint ----------------------------------------------------------------------------------------------

Edit = tuple[str, str, str]

SAME_MEANING: dict[str, list[Edit]] = {
    "a comment": [(ABLATION, "order: 10\n", "order: 10 # the tenth\n# and a line\n")],
    "an empty line": [(ABLATION, "order: 10\n", "order: 10\n\n\n")],
    "the order of keys": [
        (ABLATION, "order: 10\n", ""), (ABLATION, "modality: ablation\n", "modality: ablation\norder: 10\n"),
    ],
    "quotes": [(ABLATION, "intent: Curative/local control", 'intent: "Curative/local control"')],
    "lists in another style": [(ABLATION, "sources: [S07, S08, S33]", "sources:\n  - S07\n  - S08\n  - S33")],
    "folded lines": [(ABLATION, "intent: Curative/local control", "intent: Curative/local\n  control")],
}  # fmt: skip

OTHER_MEANING: dict[str, list[Edit]] = {
    "a number in a condition": [(ABLATION, "when: liver.max_diameter_cm > 3\n", "when: liver.max_diameter_cm > 4\n"),
                                (ABLATION, "because: liver.max_diameter_cm > 3\n",
                                    "because: liver.max_diameter_cm > 4\n")],
    "a number in an example": [(ABLATION, "given: {liver.lesion_count: 11}", "given: {liver.lesion_count: 12}")],
    "a number in the catalogue": [(PATIENT, "fresh_days: 7\n", "fresh_days: 8\n")],
    "a factor": [(LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace("1/17.1", "1/17.104"))],
    "a sentence": [(ABLATION, "say: Margin reachable", "say: The margin can be reached")],
    "a certainty": [(ABLATION, "say: Margin reachable\n    certainty: B", "say: Margin reachable\n    certainty: C")],
    "the version": [("knowledge.yaml", "version: 2026.11.0", "version: 2026.11.1")],
    "a number that becomes a text": [(ABLATION, "named_in: ['001',", "named_in: [1,")],
    "a gate": [("gates/ECOG2.yaml", "title: Performance status 0-2", "title: Performance status")],
    "a source": [("sources.yaml", "consensus on colorectal cancer", "agreement on colorectal cancer")],
}  # fmt: skip


def changed_by(folder: Path, edits: list[Edit]) -> tuple[KnowledgeBase, KnowledgeBase]:
    before = read_knowledge(folder)
    for file, old, new in edits:
        edit(folder, file, old, new)
    return before, read_knowledge(folder)


@pytest.mark.parametrize("name", SAME_MEANING)
def test_the_fingerprint_does_not_follow(folder: Path, name: str) -> None:
    before, after = changed_by(folder, SAME_MEANING[name])
    assert before.sha256 == after.sha256


@pytest.mark.parametrize("name", OTHER_MEANING)
def test_the_fingerprint_follows(folder: Path, name: str) -> None:
    before, after = changed_by(folder, OTHER_MEANING[name])
    assert before.sha256 != after.sha256
    assert 64 == len(after.sha256)


def test_reading_twice_gives_the_same_fingerprint(folder: Path) -> None:
    assert read_knowledge(folder).sha256 == read_knowledge(folder).sha256
    assert load_knowledge() is load_knowledge()
