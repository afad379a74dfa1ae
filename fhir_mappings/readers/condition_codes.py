"""Which row of `valuesets/conditions.yaml` the codes of a Condition stand for."""

from __future__ import annotations

from functools import cache
from typing import Any

from fhir_mappings.codes import ICD10CM, SNOMED
from fhir_mappings.observations import load_table
from fhir_mappings.resources import CodeableConcept

__all__ = ["by_code", "condition_table", "has_code"]


@cache
def condition_table() -> dict[str, Any]:
    """The table of conditions."""
    return load_table("conditions")


def by_code(tables: dict[str, dict[str, Any]], concept: CodeableConcept | None) -> list[Any]:
    """The entries of {"icd10cm": by longest prefix, "sct": exact} for a concept's codings."""
    found: list[Any] = []
    for coding in (concept.coding if concept else None) or ():
        system, code = (coding.system or "").strip(), (coding.code or "").strip()
        if system in (ICD10CM, "urn:oid:2.16.840.1.113883.6.90"):
            flat = code.replace(".", "").upper()
            prefixes = {k.replace(".", ""): v for k, v in tables.get("icd10cm", {}).items()}
            match = max((p for p in prefixes if flat.startswith(p)), key=len, default=None)
            if match is not None:
                found.append(prefixes[match])
        elif system in (SNOMED, "urn:oid:2.16.840.1.113883.6.96") and code in tables.get("sct", {}):
            found.append(tables["sct"][code])
    return found


def has_code(rule: dict[str, list[str]], concept: CodeableConcept | None) -> bool:
    """Whether a concept has one of a rule's codes."""
    tables = {system: dict.fromkeys(codes, True) for system, codes in rule.items()}
    return bool(by_code(tables, concept))
