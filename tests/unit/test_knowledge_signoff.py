"""Sign-off of options: what a fingerprint covers, what resets it, how a signature is written, and retired options."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eligibility.checking.check import check_knowledge
from eligibility.checking.flaws import Flaw, FlawKind
from eligibility.errors import KnowledgeError
from eligibility.knowledge.load import read_knowledge
from eligibility.knowledge.model import Option, Review
from eligibility.knowledge.signoff import signed_text
from tests.knowledge_copies import ABLATION, BILIRUBIN_UNITS, FAMILY, LAB, LIVER, RADIATION, edit, small_copy

WHO, WHEN = "Dr. Practice Reviewer", date(2026, 11, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small copy of the knowledge base that loads."""
    return small_copy(tmp_path)


def ablation(folder: Path) -> Option:
    return read_knowledge(folder).option("thermal-ablation")


def sign(folder: Path, option: str = "thermal-ablation", who: str = WHO) -> str:
    """Sign an option as it stands; returns the new text of its file."""
    path = folder / FAMILY / f"{option}.yaml"
    review = Review(who, WHEN, read_knowledge(folder).option(option).fingerprint)
    text = signed_text(path.read_text("utf-8"), f"{FAMILY}/{option}.yaml", review)
    path.write_text(text, "utf-8")
    return text


def review_flaws(folder: Path) -> list[Flaw]:
    return [f for f in check_knowledge(folder).flaws if f.kind is FlawKind.REVIEW]


def test_an_option_that_nobody_signed_is_a_draft(folder: Path) -> None:
    option = ablation(folder)
    assert ("draft", None, 64) == (option.status, option.review, len(option.fingerprint))


def test_a_signed_option_is_reviewed(folder: Path) -> None:
    before = ablation(folder)
    sign(folder)
    after = ablation(folder)
    assert "reviewed" == after.status
    assert Review(WHO, WHEN, before.fingerprint) == after.review
    assert before.fingerprint == after.fingerprint
    assert [] == review_flaws(folder)


def test_the_knowledge_is_reviewed_when_every_option_is(folder: Path) -> None:
    options = [option.id for option in read_knowledge(folder).options]
    for option in options[1:]:
        sign(folder, option)
    assert "draft" == read_knowledge(folder).review
    sign(folder, options[0])
    assert "reviewed" == read_knowledge(folder).review


def test_a_signature_does_not_change_the_fingerprint_of_the_whole(folder: Path) -> None:
    before = read_knowledge(folder).sha256
    sign(folder)
    assert before == read_knowledge(folder).sha256


Edit = tuple[str, str, str]

SAME_CONTENT: dict[str, Edit] = {
    "a comment": (ABLATION, "order: 10\n", "order: 10 # the tenth\n# and a line\n"),
    "an empty line": (ABLATION, "order: 10\n", "order: 10\n\n\n"),
    "the order of keys": (ABLATION, "order: 10\nname:", "name:"),
    "quotes": (ABLATION, "intent: Curative/local control", 'intent: "Curative/local control"'),
    "lists in another style": (ABLATION, "sources: [S07, S08, S33]", "sources:\n  - S07\n  - S08\n  - S33"),
    "a comment in a gate": ("gates/ECOG2.yaml", "id: ECOG2\n", "id: ECOG2 # fit enough\n"),
    "a gate that it does not have": ("gates/QT.yaml", "title: ", "title: Another "),
    "a fact that it does not read": ("facts/biomarkers.yaml", "label: RAS\n", "label: RAS gene\n"),
    "a source that it does not cite": ("sources.yaml", "consensus on colorectal cancer", "agreement"),
    "another option": (RADIATION, "intent: Symptom relief", "intent: Relief of symptoms"),
    "the version": ("knowledge.yaml", "version: 2026.11.0", "version: 2026.12.0"),
}
OTHER_CONTENT: dict[str, Edit] = {
    "a sentence": (ABLATION, "say: Margin reachable", "say: The margin can be reached"),
    "a certainty": (ABLATION, "say: Margin reachable\n    certainty: B", "say: Margin reachable\n    certainty: C"),
    "a caution taken away": (ABLATION, "\ncautions:\n", "\nknown_limits_:\n"),
    "an example": (ABLATION, "given: {liver.lesion_count: 11}", "given: {liver.lesion_count: 12}"),
    "its place in the family": (ABLATION, "order: 10\n", "order: 15\n"),
    "a gate": ("gates/ECOG2.yaml", "when: pt.ecog >= 3", "when: pt.ecog > 2"),
    "the words of a fact that it reads": (LIVER, "label: largest liver lesion", "label: largest lesion of the liver"),
    "the unit of a fact that a gate reads": (LAB, BILIRUBIN_UNITS, BILIRUBIN_UNITS.replace("1/17.1", "1/17.104")),
    "what a computed fact is computed from": ("facts/laboratory.yaml", "label: albumin\n", "label: serum albumin\n"),
    "a source that it cites": ("sources.yaml", "- id: S07\n    citation: ", "- id: S07\n    citation: X "),
}


@pytest.mark.parametrize("name", SAME_CONTENT)
def test_a_signature_outlasts(folder: Path, name: str) -> None:
    sign(folder)
    edit(folder, *SAME_CONTENT[name])
    if name == "the order of keys":
        edit(folder, ABLATION, "modality: ablation\n", "modality: ablation\norder: 10\n")
    assert "reviewed" == ablation(folder).status
    assert [] == review_flaws(folder)


@pytest.mark.parametrize("name", OTHER_CONTENT)
def test_a_signature_is_reset_by(folder: Path, name: str) -> None:
    sign(folder)
    if name == "a caution taken away":
        text = (folder / ABLATION).read_text("utf-8")
        start = text.index("\ncautions:\n")
        end = text.index("\n\n", start + 1)
        (folder / ABLATION).write_text(text[:start] + text[end:], "utf-8")
    else:
        edit(folder, *OTHER_CONTENT[name])
    option = ablation(folder)
    assert "draft" == option.status
    assert option.review is not None
    assert option.fingerprint != option.review.fingerprint


def test_a_change_since_the_review_is_named_with_who_and_when(folder: Path) -> None:
    text = sign(folder)
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    found = review_flaws(folder)
    assert [(ABLATION, text.splitlines().index("review:") + 1)] == [(f.file, f.line) for f in found]
    assert "thermal-ablation changed since its review on 2026-11-20 by Dr. Practice Reviewer" in found[0].found
    assert "hepatica knowledge sign" in found[0].remedy


def test_an_edit_that_is_taken_back_is_no_change(folder: Path) -> None:
    sign(folder)
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    edit(folder, ABLATION, "say: The margin can be reached", "say: Margin reachable")
    assert "reviewed" == ablation(folder).status


def test_one_option_changed_makes_the_whole_a_draft_again(folder: Path) -> None:
    for option in read_knowledge(folder).options:
        sign(folder, option.id)
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    knowledge = read_knowledge(folder)
    assert "draft" == knowledge.review
    assert ["thermal-ablation"] == [o.id for o in knowledge.options if o.status == "draft"]


def test_a_review_that_stayed_in_a_draft_is_found(folder: Path) -> None:
    sign(folder)
    edit(folder, ABLATION, "status: reviewed", "status: draft")
    assert "draft" == ablation(folder).status
    assert ["thermal-ablation carries a review and its status is draft."] == [f.found for f in review_flaws(folder)]


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('date: "2026-11-20"', 'date: "2026-11-31"', "review.date"),
        ('date: "2026-11-20"', 'date: "20261120"', "review.date"),
        (f'reviewer: "{WHO}"', 'reviewer: ""', "review.reviewer"),
        ("fingerprint: ", "fingerprint: x", "review.fingerprint"),
    ],
)
def test_a_signature_that_cannot_be_read_is_refused(folder: Path, old: str, new: str, said: str) -> None:
    sign(folder)
    edit(folder, ABLATION, old, new)
    with pytest.raises(KnowledgeError, match=said) as refused:
        read_knowledge(folder)
    assert ABLATION == refused.value.file


# -- writing the signature ----------------------------------------------------------------------------------------


def review_of(folder: Path, who: str = WHO) -> Review:
    return Review(who, WHEN, ablation(folder).fingerprint)


def test_signing_touches_nothing_else(folder: Path) -> None:
    edit(folder, ABLATION, "status: draft\n", "# before\nstatus: draft   # since spring\n# behind\n")
    before = (folder / ABLATION).read_text("utf-8").splitlines()
    after = sign(folder).splitlines()
    place = before.index("status: draft   # since spring")
    assert "status: reviewed   # since spring" == after[place]
    assert "review:" == after[place + 1]
    assert before[:place] == after[:place]
    assert before[place + 1 :] == after[place + 5 :]


def test_signing_again_replaces_the_signature(folder: Path) -> None:
    sign(folder)
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    text = sign(folder, who="Another Reviewer")
    assert 1 == text.count("\nreview:")
    assert WHO not in text
    assert "reviewed" == ablation(folder).status


@pytest.mark.parametrize(
    "written",
    [
        "review: {{reviewer: A, date: 2026-01-01, fingerprint: {hash}}}\n",
        "review: {{reviewer: A,\n  date: 2026-01-01,\n  fingerprint: {hash}}}\n",
        "review:\n  reviewer: A\n  # asked twice\n  date: '2026-01-01'\n  fingerprint: {hash}\n",
    ],
)
def test_a_signature_in_another_style_is_replaced(folder: Path, written: str) -> None:
    text = (folder / ABLATION).read_text("utf-8")
    old = text.replace("status: draft\n", "status: reviewed\n" + written.format(hash="0" * 64))
    review = review_of(folder)
    assert signed_text(text, ABLATION, review) == signed_text(old, ABLATION, review)


@pytest.mark.parametrize("who", ['Dr. "Quote"', "Back\\slash", "Ärztin Müller-Lüdenscheidt", "A: b # c", "no", "'"])
def test_any_name_can_sign(folder: Path, who: str) -> None:
    sign(folder, who=who)
    review = ablation(folder).review
    assert review is not None
    assert who == review.reviewer


def test_line_ends_of_the_file_are_kept(folder: Path) -> None:
    text = (folder / ABLATION).read_text("utf-8").replace("\n", "\r\n")
    signed = signed_text(text, ABLATION, review_of(folder))
    assert signed.count("\n") == signed.count("\r\n")


def test_a_signature_that_cannot_be_placed_is_refused(folder: Path) -> None:
    text = (folder / ABLATION).read_text("utf-8")
    with pytest.raises(KnowledgeError, match="cannot be written without touching something else") as refused:
        signed_text(text.replace("status: draft", '"status": draft'), ABLATION, review_of(folder))
    assert ABLATION == refused.value.file


# -- retired options ----------------------------------------------------------------------------------------------


def retire(folder: Path) -> None:
    edit(folder, ABLATION, "status: draft", "status: retired\nretired_because: Replaced by another option")


def test_a_retired_option_is_known_and_not_judged(folder: Path) -> None:
    retire(folder)
    knowledge = read_knowledge(folder)
    retired = knowledge.retired["thermal-ablation"]
    assert "thermal-ablation" not in {option.id for option in knowledge.options}
    assert ("thermal-ablation", "Replaced by another option") == (retired.id, retired.because)
    assert retired.name.startswith("Thermal ablation")


def test_the_rules_of_a_retired_option_are_not_read(folder: Path) -> None:
    retire(folder)
    edit(folder, ABLATION, "sources: [S07, S08, S33]", "sources: [S999]")
    assert "thermal-ablation" in read_knowledge(folder).retired


def test_an_id_stays_taken_after_the_option_was_retired(folder: Path) -> None:
    retire(folder)
    other = folder / "options" / "new-family"
    other.mkdir()
    text = (folder / RADIATION).read_text("utf-8").replace("id: palliative-liver-rt", "id: thermal-ablation")
    (other / "thermal-ablation.yaml").write_text(text, "utf-8")
    manifest = folder / "knowledge.yaml"
    manifest.write_text(f"{manifest.read_text('utf-8')}  - id: new-family\n    title: New\n", "utf-8")
    with pytest.raises(KnowledgeError, match="the id thermal-ablation is taken by") as refused:
        read_knowledge(folder)
    assert ("options/new-family/thermal-ablation.yaml", 1) == (refused.value.file, refused.value.line)
    assert "stay taken after an option was retired" in str(refused.value)


def test_the_fingerprint_of_the_whole_follows_a_retirement_and_not_the_rules_of_the_retired(folder: Path) -> None:
    before = read_knowledge(folder).sha256
    retire(folder)
    retired = read_knowledge(folder).sha256
    assert before != retired
    edit(folder, ABLATION, "say: Margin reachable", "say: The margin can be reached")
    assert retired == read_knowledge(folder).sha256
    edit(folder, ABLATION, "Replaced by another option", "Nobody does it any more")
    assert retired != read_knowledge(folder).sha256


def test_a_base_of_retired_options_is_no_reviewed_one(folder: Path) -> None:
    empty = replace(read_knowledge(folder), options=())
    assert "draft" == empty.review
