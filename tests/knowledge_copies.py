"""Copies of the knowledge base that a test may break: one family of options, and one edit at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

REAL = Path(__file__).resolve().parents[1] / "eligibility" / "knowledge"
FAMILY = "options/ablation-and-radiation"
ABLATION = f"{FAMILY}/thermal-ablation.yaml"
RADIATION = f"{FAMILY}/palliative-liver-rt.yaml"
LAB, PATIENT, SAFETY, LIVER = "facts/laboratory.yaml", "facts/patient.yaml", "facts/safety.yaml", "facts/liver.yaml"
BILIRUBIN_UNITS = '    units: {"mg/dL": "1", "umol/L": "1/17.1", "mg/L": "1/10"}\n    label: total bilirubin'


def small_copy(folder: Path) -> Path:
    """A copy with one family of options, which loads."""
    copy = folder / "knowledge"
    shutil.copytree(REAL, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "*.md", "options"))
    shutil.copytree(REAL / FAMILY, copy / FAMILY)
    manifest = copy / "knowledge.yaml"
    kept = manifest.read_text("utf-8").split("families:")[0]
    manifest.write_text(
        f"{kept}families:\n  - id: ablation-and-radiation\n    title: Ablation and radiation\n", "utf-8"
    )
    return copy


def edit(folder: Path, file: str, old: str, new: str) -> str:
    """One edit; the text must stand exactly once, so that a case cannot silently edit nothing."""
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    changed = text.replace(old, new)
    (folder / file).write_text(changed, "utf-8")
    return changed


def replace_all(folder: Path, file: str, old: str, new: str) -> None:
    """One condition edited wherever it stands: where it is a rule, and where an example names it."""
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{old!r} does not stand in {file}"
    (folder / file).write_text(text.replace(old, new), "utf-8")
