"""Charts made to hurt: many copies, many strangers, much malformed, and still one answer in linear time (SS-51)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.records import split_patients
from fhir_mappings.sources import Document

KEYS = {"patient": ("Patient",), "labs": ("Observation",)}


def observation(number: int, **more: Any) -> dict[str, Any]:
    subject = {"reference": "Patient/1"}
    return {"resourceType": "Observation", "id": f"o{number}", "status": "final", "subject": subject, **more}


CHARTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "ordinary": observation,
    "copies of one": lambda number: observation(0, note=str(number)),
    "versions of one": lambda number: observation(0, meta={"versionId": str(number)}),
    "without id": lambda number: {**observation(number), "id": ""},
    "unmatched": lambda number: observation(number, subject={"display": str(number)}),
    "unmatched references": lambda number: observation(number, subject={"reference": f"x{number}"}),
    "malformed": lambda number: observation(number, code=str(number)),
    "modified": lambda number: observation(number, modifierExtension=[{"url": str(number)}]),
    "unknown types": lambda number: {"resourceType": f"Type{number}", "id": "x"},
    "patients": lambda number: {
        "resourceType": "Patient", "id": "1", "language": str(number),
        "name": [{"family": "A"}, {"family": str(number)}],
    },
    "medications": lambda number: {"resourceType": "Medication", "id": "m", "status": str(number)},
    "contained": lambda number: observation(number, contained=[observation(number)] * 5),
}  # fmt: skip


def seconds(act: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        act()
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("chart", CHARTS)
def test_the_cost_grows_with_the_chart_and_not_with_its_square(chart: str) -> None:
    def sent(count: int) -> dict[str, Any]:
        return {"labs": {"resourceType": "Bundle", "entry": [{"resource": CHARTS[chart](n)} for n in range(count)]}}

    small, large = sent(500), sent(5_000)
    few = seconds(lambda: gather_prefetch(small, KEYS, patient_id="1"))
    many = seconds(lambda: gather_prefetch(large, KEYS, patient_id="1"))
    assert many < 30 * few + 1  # quadratic cost would be a hundred times


@pytest.mark.parametrize("chart", CHARTS)
def test_many_patients_with_much_in_common_stay_linear(chart: str) -> None:
    def documents(count: int) -> list[Document]:
        patients: list[dict[str, object]] = [{"resourceType": "Patient", "id": f"p{number}"} for number in range(count)]
        return [
            Document("p", tuple(patients)),
            Document("x", tuple(CHARTS[chart](number) for number in range(count)), plain=False),
        ]

    few = seconds(lambda: split_patients(documents(200)))
    many = seconds(lambda: split_patients(documents(2_000)))
    assert many < 30 * few + 1
