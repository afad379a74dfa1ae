"""`hepatica knowledge verdicts` as a reviewer calls it, on rules that lie in a real git repository."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.knowledge_copies import ABLATION, edit, replace_all, small_copy

LIMIT, STRICTER = "liver.max_diameter_cm <= 5", "liver.max_diameter_cm <= 2"
WITHHELD = 2
"""Bundled patients for whom no options are shown at all: a child, and somebody who died."""
VIGNETTE = {
    "vignettes": [
        {
            "id": "small lesion",
            "facts": {
                "dx.primary": "colorectal", "dx.active_primaries": 1, "dx.cancer_status": "confirmed",
                "liver.lesion_nature": "metastasis", "liver.max_diameter_cm": 4.5, "liver.lesion_count": 2,
                "liver.ablatable": False, "dx.extrahepatic": "none", "pt.ecog": 1, "lab.bilirubin": 0.7,
            },
        }
    ]
}  # fmt: skip


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@practice.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the rules, committed in a repository of its own, some folders down."""
    place = tmp_path / "checkout" / "medicine"
    place.mkdir(parents=True)
    copy = small_copy(place)
    git(tmp_path / "checkout", "init", "--initial-branch=main")
    git(tmp_path / "checkout", "add", ".")
    git(tmp_path / "checkout", "commit", "-m", "Rules")
    return copy


def restrict(folder: Path) -> None:
    """A smaller largest size for ablation."""
    replace_all(folder, ABLATION, LIMIT, STRICTER)


class Called:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def document(self) -> dict[str, Any]:
        assert (0, "") == (self.status, self.err)
        found: dict[str, Any] = json.loads(self.out)
        return found


Verdicts = Callable[..., Called]


@pytest.fixture
def verdicts(capsys: pytest.CaptureFixture[str]) -> Verdicts:
    def call(*arguments: str | Path) -> Called:
        status = main(["knowledge", "verdicts", *map(str, arguments)])
        printed = capsys.readouterr()
        return Called(status, printed.out, printed.err)

    return call


def test_an_uncommitted_threshold_is_compared_with_the_last_commit(rules: Path, verdicts: Verdicts) -> None:
    restrict(rules)
    document = verdicts("--knowledge", rules, "--format", "json").document
    joris = next(c for c in document["changes"] if c["case"] == {"kind": "patient", "name": "04-testcase-joris"})
    assert ("thermal-ablation", "recommended", "not_now") == (
        joris["option"], joris["before"]["status"], joris["after"]["status"],
    )  # fmt: skip
    assert [STRICTER] == [r["when"] for r in joris["after"]["reasons"]]
    assert LIMIT in [r["when"] for r in joris["before"]["reasons"]]
    assert any(c["case"]["kind"] == "example" for c in document["changes"])
    assert document["before"]["name"].startswith("HEAD (")
    assert document["before"]["sha256"] != document["after"]["sha256"]


def test_nothing_edited_says_so(rules: Path, verdicts: Verdicts) -> None:
    called = verdicts("--knowledge", rules)
    assert (0, "") == (called.status, called.err)
    assert "no answer changed" in called.out
    assert [] == verdicts("--knowledge", rules, "--format", "json").document["changes"]


def test_an_edit_without_consequence_says_so(rules: Path, verdicts: Verdicts) -> None:
    edit(rules, ABLATION, "say: Malignant liver lesion", "say: A malignant lesion of the liver")
    assert "\nNo answer changed.\n" in verdicts("--knowledge", rules).out


def test_an_older_revision_is_found_by_name(rules: Path, verdicts: Verdicts) -> None:
    restrict(rules)
    git(rules, "commit", "--all", "-m", "Stricter")
    assert [] == verdicts("--knowledge", rules, "--base", "HEAD", "--format", "json").document["changes"]
    assert [] != verdicts("--knowledge", rules, "--base", "main~1", "--format", "json").document["changes"]


def test_another_folder_is_a_base(rules: Path, verdicts: Verdicts, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = small_copy(tmp_path / "other")
    restrict(other)
    changes = verdicts("--knowledge", rules, "--base", other, "--format", "json").document["changes"]
    assert ("not_now", "recommended") in {(c["before"]["status"], c["after"]["status"]) for c in changes}


def test_vignettes_of_a_reviewer_are_judged_too(rules: Path, verdicts: Verdicts, tmp_path: Path) -> None:
    file = tmp_path / "vignettes.json"
    file.write_text(json.dumps(VIGNETTE), "utf-8")
    replace_all(rules, ABLATION, "liver.ablatable == true", "liver.near_vessel == false")
    document = verdicts("--knowledge", rules, "--vignettes", file, "--format", "json").document
    change = next(c for c in document["changes"] if c["case"] == {"kind": "vignette", "name": "small lesion"})
    assert 1 == document["compared"]["vignette"]
    assert ("not_now", "needs_data", ["liver.near_vessel"]) == (
        change["before"]["status"], change["after"]["status"], change["after"]["missing"],
    )  # fmt: skip


def test_the_table_names_option_rule_and_patients(rules: Path, verdicts: Verdicts) -> None:
    restrict(rules)
    text = " ".join(verdicts("--knowledge", rules).out.split())
    assert "Thermal ablation: radiofrequency or microwave (thermal-ablation)" in text
    assert "after Not now: asks for: " in text
    assert f"[{STRICTER}]" in text
    assert "patient 04-testcase-joris: largest liver lesion 2.6 cm" in text
    assert "keep their status and rest on other rules" in text
    assert "\x1b" not in text


def test_all_lists_what_else_is_only_counted(rules: Path, verdicts: Verdicts) -> None:
    restrict(rules)
    assert "Same status, other grounds" in verdicts("--knowledge", rules, "--all").out


def test_options_that_came_and_went_are_listed(rules: Path, verdicts: Verdicts) -> None:
    gone = rules / "options" / "ablation-and-radiation" / "cryoablation.yaml"
    text = gone.read_text("utf-8")
    gone.unlink()
    assert "- Cryoablation (cryoablation)" in verdicts("--knowledge", rules).out
    git(rules, "commit", "--all", "-m", "One less")
    gone.write_text(text, "utf-8")
    document = verdicts("--knowledge", rules, "--format", "json").document
    judged = document["compared"]["patient"] - WITHHELD
    assert [("cryoablation", judged)] == [(o["id"], sum(o["statuses"].values())) for o in document["options"]["added"]]
    assert [] == document["changes"]
    edit(rules, ABLATION, "name: 'Thermal ablation: radiofrequency or microwave'", "name: Ablation by heat")
    assert "is now Ablation by heat (thermal-ablation)" in " ".join(verdicts("--knowledge", rules).out.split())


def test_a_new_fact_and_a_new_rule_about_it_are_compared(rules: Path, verdicts: Verdicts) -> None:
    """The older version does not know the fact: it judges without it."""
    liver = rules / "facts" / "liver.yaml"
    fact = (
        '  - id: liver.test_only\n    type: boolean\n    values: {"true": "yes", "false": "no"}\n    label: a test\n'
        "    meaning: A test\n    ask: Is this a test?\n    test: nobody\n"
    )
    liver.write_text(liver.read_text("utf-8").rstrip("\n") + "\n" + fact, "utf-8")
    replace_all(rules, ABLATION, "liver.ablatable == true", "liver.test_only == true")
    document = verdicts("--knowledge", rules, "--format", "json").document
    assert ["liver.test_only"] in [c["after"]["missing"] for c in document["changes"]]


@pytest.mark.parametrize(
    "base, expected",
    [
        ("nowhere", "nowhere is neither a folder with rules nor a revision that git knows here."),
        ("--output=x", "is neither a folder with rules nor a revision"),
    ],
)
def test_an_unknown_revision_is_refused(rules: Path, verdicts: Verdicts, base: str, expected: str) -> None:
    called = verdicts("--knowledge", rules, f"--base={base}")
    assert (2, "", 1) == (called.status, called.out, called.err.count("\n"))
    assert expected in called.err


def test_rules_outside_a_checkout_have_no_revision(verdicts: Verdicts, tmp_path: Path) -> None:
    called = verdicts("--knowledge", small_copy(tmp_path), "--base", "HEAD")
    assert (2, "") == (called.status, called.out)
    assert "does not lie in a git checkout" in called.err
    assert "--base FOLDER" in called.err


def test_a_revision_without_rules_is_refused(rules: Path, verdicts: Verdicts) -> None:
    git(rules, "checkout", "--orphan", "empty")
    git(rules, "rm", "-r", "--cached", ".")
    git(rules, "commit", "--allow-empty", "-m", "Nothing yet")
    called = verdicts("--knowledge", rules, "--base", "empty")
    assert (2, "") == (called.status, called.out)
    assert "empty holds no rules at medicine/knowledge" in called.err


def test_a_base_of_another_shape_is_refused(rules: Path, verdicts: Verdicts) -> None:
    edit(rules, ABLATION, "level: recommended", "grade: recommended")
    git(rules, "commit", "--all", "-m", "Another shape")
    edit(rules, ABLATION, "grade: recommended", "level: recommended")
    called = verdicts("--knowledge", rules)
    assert (2, "", 1) == (called.status, called.out, called.err.count("\n"))
    assert "do not have the shape that this program reads" in called.err
    assert "thermal-ablation.yaml" in called.err


def test_wrong_rules_and_files_are_refused_in_one_sentence(rules: Path, verdicts: Verdicts, tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    for arguments, expected in (
        (("--knowledge", tmp_path), "there is no knowledge.yaml in it"),
        (("--knowledge", rules, "--vignettes", missing), "No such file"),
        (("--knowledge", rules, "--as-of", "soon"), "'soon' is not a date"),
    ):
        called = verdicts(*arguments)
        assert (2, "", 1) == (called.status, called.out, called.err.count("\n"))
        assert expected in called.err
