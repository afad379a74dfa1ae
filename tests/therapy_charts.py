"""Builders of treatment records over years: doses, orders, medication lists, responses and metastases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.fhir_charts import RXNORM, SCT, Raw, concept, condition, icd, observation, resource

__all__ = ["doses", "metastases", "named", "ordered", "response", "taken"]

CODES = {
    "fluorouracil": "4492", "oxaliplatin": "32592", "irinotecan": "51499", "bevacizumab": "253337",
    "capecitabine": "194000", "cetuximab": "318341", "leucovorin": "6313",
}  # fmt: skip
TRENDS = {"PR": "268910001", "SD": "359746009", "PD": "271299001"}


def metastases(on: str | None = "2024-01-05", code: str = "C78.7", name: str = "met") -> Raw:
    """Liver metastases with their day of onset, beside nothing else."""
    made = condition(icd(code), name, **({"onsetDateTime": on} if on else {}))
    if on is None:
        del made["recordedDate"]
    return made


def named(drug: str) -> Raw:
    """A drug by its ingredient code where the value sets have one, else by name."""
    return concept(CODES[drug], RXNORM, drug) if drug in CODES else {"text": drug}


def doses(
    drugs: str, first: str, times: int = 4, every: int = 14, *, kind: str = "MedicationAdministration", **more: Any
) -> list[Raw]:
    """Doses of several drugs (in one text), given on the same days at an interval."""
    made = []
    for n in range(times):
        on = date.fromisoformat(first) + timedelta(days=n * every)
        for drug in drugs.split():
            base = {"status": "completed", "medicationCodeableConcept": named(drug), "effectiveDateTime": str(on)}
            made.append(resource(kind, f"{drug}-{on}", **{**base, **more}))
    return made


def ordered(drug: str, on: str, status: str = "active", **more: Any) -> Raw:
    """An order of one drug."""
    base = {"status": status, "intent": "order", "medicationCodeableConcept": named(drug), "authoredOn": on}
    return resource("MedicationRequest", f"order-{drug}-{on}", **{**base, **more})


def taken(drug: str, start: str, end: str | None = None, **more: Any) -> Raw:
    """A drug on the medication list over a period; still taken where it has no end."""
    period = {"start": start, **({"end": end} if end else {})}
    status = "completed" if end else "active"
    base = {"status": status, "medicationCodeableConcept": named(drug), "effectivePeriod": period}
    return resource("MedicationStatement", f"taken-{drug}-{start}", **{**base, **more})


def response(trend: str, on: str, **more: Any) -> Raw:
    """The coded disease status of a day."""
    value = concept(TRENDS[trend], SCT)
    return observation("97509-4", f"status-{on}", valueCodeableConcept=value, effectiveDateTime=on, **more)
