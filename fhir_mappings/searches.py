"""What to ask an EHR for: prefetch templates and searches, derived from the value sets.

Only searches that US Core servers must support, no parameter twice, one comma list of `system|code` per template and
less than 1,500 characters each (CH-43 to CH-56). A longer list is split into numbered keys, so that no code is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fhir_mappings.codes import CodeIndex, shipped_codes
from fhir_mappings.observations import observation_table

__all__ = ["LONGEST", "Search", "prefetch_keys", "prefetch_templates", "searches"]

LONGEST = 1499
"""The longest template, in characters (CH-50)."""

_PATIENT = "{{context.patientId}}"
_LABORATORY = ("quantity", "multiple", "presence", "dipstick")
_ASSESSMENTS = (
    "ecog", "karnofsky", "stage", "nodes", "response", "pregnancy", "size", "lesion_count", "history", "tissue",
    "shown",
)  # fmt: skip
_BIOMARKERS = (
    "msi", "pdl1", "her2", "receptor", "variant", "region", "overall", "significance", "genotype", "implication",
)  # fmt: skip
_GENES = ("gene_test",)


@dataclass(frozen=True, slots=True)
class Search:
    """One search: its key, the resource type, what it is for, whether an answer without it is worth little."""

    key: str
    query: str
    types: tuple[str, ...]
    purpose: str
    essential: bool

    def of(self, patient_id: str) -> str:
        """The search for one patient."""
        return self.query.replace(_PATIENT, patient_id)


def _plain(key: str, kind: str, purpose: str, *, essential: bool = False) -> Search:
    return Search(key, f"{kind}?patient={_PATIENT}", (kind,), purpose, essential)


def _coded(key: str, codes: tuple[str, ...], purpose: str, *, essential: bool = False) -> list[Search]:
    """One search per list of codes that fits."""
    start, end = f"Observation?patient={_PATIENT}&code=", "&_sort=-date"
    lists: list[list[str]] = [[]]
    room = LONGEST - len(start) - len(end)
    for code in codes:
        if sum(len(c) + 1 for c in lists[-1]) + len(code) > room:
            lists.append([])
        lists[-1].append(code)
    return [
        Search(key if n == 1 else f"{key}-{n}", f"{start}{','.join(some)}{end}", ("Observation",), purpose, essential)
        for n, some in enumerate(lists, start=1)
    ]


@cache
def searches(codes: CodeIndex | None = None) -> tuple[Search, ...]:
    """Every search, in the order of their worth. A site's index adds its own codes."""
    table = observation_table(codes or shipped_codes())

    return (
        Search("patient", f"Patient/{_PATIENT}", ("Patient",), "age and sex", essential=True),
        _plain("conditions", "Condition", "cancers, liver disease and conditions that block options", essential=True),
        *_coded("labs", table.codes_of(*_LABORATORY), "laboratory results, weight, ejection fraction", essential=True),
        *_coded("assessments", table.codes_of(*_ASSESSMENTS), "performance status, stage, response, lesions"),
        *_coded("biomarkers", table.codes_of(*_BIOMARKERS), "tumour markers and genetic variants"),
        *_coded("genes", table.codes_of(*_GENES), "single-gene tests"),
        _plain("specimens", "Specimen", "what a biomarker was measured on: tissue or plasma"),
        _plain("procedures", "Procedure", "earlier surgery, ablation, radiation"),
        _plain("medication-requests", "MedicationRequest", "ordered and completed treatment"),
        _plain("medication-administrations", "MedicationAdministration", "treatment given"),
        _plain("medication-statements", "MedicationStatement", "treatment reported"),
        _plain("allergies", "AllergyIntolerance", "severe hypersensitivity"),
    )


def prefetch_templates() -> dict[str, str]:
    """Key and template of every prefetch, for CDS Hooks discovery."""
    return {search.key: search.query for search in searches()}


def prefetch_keys() -> dict[str, tuple[str, ...]]:
    """The resource types behind each prefetch key, for reading a prefetch."""
    return {search.key: search.types for search in searches()}
