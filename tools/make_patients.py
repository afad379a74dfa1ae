"""Writes the practice EHR's synthetic patients and its site overlay: `python -m tools.make_patients [--out FOLDER]`.

Every run writes the same bytes. Dates are those of the reference day, 2026-11-20; the practice EHR moves them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.patients import (
    awkward,
    colorectal_first_line,
    colorectal_later,
    colorectal_local,
    gastrointestinal,
    liver_cancer,
    lung_driver_negative,
    lung_first_line,
    lung_later,
    melanoma,
    other_primaries,
)
from tools.patients.board import overlay_yaml
from tools.patients.oncology import OncologyChart

__all__ = ["PATIENTS", "main"]

PATIENTS: tuple[Callable[[], OncologyChart], ...] = (
    colorectal_first_line.marit,
    colorectal_first_line.ivo,
    liver_cancer.ada,
    colorectal_local.joris,
    colorectal_first_line.oona,
    colorectal_later.renske,
    colorectal_later.tibor,
    colorectal_local.wanda,
    colorectal_later.bruno,
    lung_first_line.sanne,
    lung_first_line.kofi,
    lung_first_line.henrik,
    lung_later.leila,
    lung_first_line.milan,
    other_primaries.nadia,
    other_primaries.greta,
    other_primaries.pieter,
    liver_cancer.yusuf,
    awkward.elin,
    awkward.carlo,
    awkward.rosa,
    awkward.emil,
    awkward.tess,
    awkward.otto,
    liver_cancer.goran,
    gastrointestinal.irma,
    gastrointestinal.lukas,
    gastrointestinal.delia,
    melanoma.ruben,
    lung_driver_negative.sofie,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every patient and the overlay below the folder (the practice EHR's own by default)."""
    parser = argparse.ArgumentParser(description="Write the synthetic patients of the practice EHR.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "sandbox_ehr")
    folder: Path = parser.parse_args(arguments).out
    (folder / "patients").mkdir(parents=True, exist_ok=True)
    for tell in PATIENTS:
        chart = tell()
        (folder / "patients" / f"{chart.slug}.json").write_text(chart.as_json(), encoding="utf-8")
    (folder / "overlay.yaml").write_text(overlay_yaml(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
