"""The synthetic patients that come with the program, read as any record is.

They lie in the folder of the practice EHR, as data: no code of it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from eligibility.catalogue import Catalogue
from eligibility.errors import HepaticaError
from eligibility.facts import PatientFacts
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import load_overlay
from fhir_mappings.records import gather
from fhir_mappings.strict_json import read_json

__all__ = ["PRACTICE_EHR", "BundledPatient", "bundled_patients"]

PRACTICE_EHR: Final = Path(__file__).parents[1] / "sandbox_ehr"


@dataclass(frozen=True, slots=True)
class BundledPatient:
    """One synthetic patient: the name of its file, what it shows, its facts, and the date they are to be judged on."""

    name: str
    shows: str
    facts: PatientFacts
    on: date


def bundled_patients(catalogue: Catalogue) -> Iterator[BundledPatient]:
    """All of them, in the order of their files. Raises HepaticaError when they were not installed."""
    charts = sorted((PRACTICE_EHR / "patients").glob("*.json"))
    if not charts:
        raise HepaticaError(f"The synthetic patients are missing; they belong in {PRACTICE_EHR / 'patients'}.")
    overlay = load_overlay((PRACTICE_EHR / "overlay.yaml").read_text("utf-8"), catalogue)
    for file in charts:
        chart = read_json(file.read_bytes())
        assert isinstance(chart, dict)
        on = date.fromisoformat(str(chart["timestamp"])[:10])
        yield BundledPatient(file.stem, _shown(chart), read_chart(gather(chart), on, overlay=overlay), on)


def _shown(chart: dict[str, Any]) -> str:
    return str(chart["meta"]["tag"][0]["display"])
