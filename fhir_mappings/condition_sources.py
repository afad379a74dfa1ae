"""How Conditions tell of facts, for a reviewer: derived from `valuesets/conditions.yaml`, as their readers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_mappings.codes import ICD10CM, SNOMED
from fhir_mappings.observations import load_table
from fhir_mappings.source_parts import CollectedSources, code_system, codes_of_concept, hint, single_code

__all__ = ["collect_conditions"]

_CONDITION = "a Condition that is not refuted, suspected, in error or past"
_ELSEWHERE = "metastases elsewhere are shown; their extent is not in the code, so no value"


def collect_conditions(found: CollectedSources) -> None:
    """Add what Conditions tell."""
    table = load_table("conditions")
    _primaries(found, table)
    for concept, histology in table["histology"].items():
        found.add("dx.histology", "Condition", "the morphology of the cancer, or its code", codes_of_concept(concept),
                  concept=concept, value=None if histology == "nsclc" else histology)  # fmt: skip
    for concept, side in table["side"].items():
        found.add("dx.primary_side", "Condition", _CONDITION, codes_of_concept(concept), concept=concept, value=side)
    for code, stage in table["stage_codes"].items():
        found.add(
            "dx.stage", "Condition", "a cancer whose code names the stage", [single_code(SNOMED, code)], value=stage
        )
    allergies = table["allergies"]
    words = [form.format(drug=drug) for form in allergies["forms"] for drug in allergies["drugs"]]
    found.add(allergies["fact"], "Condition", _CONDITION, hints=hint(words, None))
    for concept in table["liver_metastasis"]:
        found.add(
            "liver.lesion_nature",
            "Condition",
            _CONDITION,
            codes_of_concept(concept),
            concept=concept,
            value="metastasis",
        )
    _lesions(found, table)
    _spread(found, table["extrahepatic"])
    _listed(found, table)
    _receptors(found, table)
    for row in table["words"]:
        found.add(row["fact"], "Condition", _CONDITION, hints=hint(row["words"], row["value"]))


def _lesions(found: CollectedSources, table: Mapping[str, Any]) -> None:
    for system, rows in table["lesions"].items():
        for code, row in rows.items():
            listed = [single_code(code_system(system), code)]
            found.add("liver.lesion_nature", "Condition", _CONDITION, listed, value=row["nature"])
            if "benign_type" in row:
                found.add("liver.benign_type", "Condition", _CONDITION, listed, value=row["benign_type"])


def _listed(found: CollectedSources, table: Mapping[str, Any]) -> None:
    for concept, rows in table["facts"].items():
        for row in rows:
            found.add(row["fact"], "Condition", _window(row), codes_of_concept(concept), concept=concept,
                      value=row["value"], why=row.get("why", ""))  # fmt: skip
    for system, entries in table["code_facts"].items():
        for code, rows in entries.items():
            for row in rows:
                found.add(row["fact"], "Condition", _window(row), [single_code(code_system(system), code)],
                          value=row["value"], why=row.get("why", ""))  # fmt: skip
    coma = [single_code(SNOMED, code) for code in table["coma"]]
    found.add("liver.encephalopathy", "Condition", _CONDITION, coma, value="grade3_4", why="recorded as hepatic coma")


def _primaries(found: CollectedSources, table: Mapping[str, Any]) -> None:
    for concept, row in table["primaries"].items():
        found.add(
            "dx.primary", "Condition", _CONDITION, codes_of_concept(concept), concept=concept, value=row["primary"]
        )
        if "nature" in row:
            found.add("liver.lesion_nature", "Condition", _CONDITION, codes_of_concept(concept), concept=concept,
                      value=row["nature"])  # fmt: skip
    for system, rows in table["codes"].items():
        for code, row in rows.items():
            listed = [single_code(code_system(system), code)]
            found.add("dx.primary", "Condition", _CONDITION, listed, value=row["primary"])
            if "net_site" in row:
                found.add("dx.net_site", "Condition", _CONDITION, listed, value=row["net_site"])
            if "nature" in row:
                nature = row["nature"]
                found.add("liver.lesion_nature", "Condition", _CONDITION, listed,
                          value=None if nature == "unlisted" else nature)  # fmt: skip
    for code, primary in table["site_primaries"].items():
        found.add("dx.primary", "Condition", "a cancer whose code names no site: its body site",
                  [single_code(SNOMED, code)], value=primary)  # fmt: skip


def _spread(found: CollectedSources, table: Mapping[str, Any]) -> None:
    for key, fact, value, why in (
        ("peritoneal", "dx.peritoneal", True, ""),
        ("peritoneal_possible", "dx.peritoneal", None, "the code means the peritoneum or the retroperitoneum"),
        ("brain", "dx.brain_mets", None, "brain metastases are recorded, their state is not"),
    ):
        for system, codes in table[key].items():
            listed = [single_code(code_system(system), code) for code in codes]
            found.add(fact, "Condition", _CONDITION, listed, value=value, why=why)
    for concept in table["concepts"]:
        found.add("dx.extrahepatic", "Condition", _ELSEWHERE, codes_of_concept(concept), concept=concept)


def _receptors(found: CollectedSources, table: Mapping[str, Any]) -> None:
    how = "receptor status that is part of a cancer's code"
    stated = [(single_code(ICD10CM, code), parts) for code, parts in table["receptors"].items()]
    stated += [
        (single_code(SNOMED, code), dict.fromkeys(("ER", "PR", "HER2"), False)) for code in table["triple_negative"]
    ]
    for code, parts in stated:
        if parts.keys() & {"HR", "ER", "PR"}:
            found.add("bm.hr", "Condition", how, [code])
        if "HER2" in parts:
            found.add("bm.her2", "Condition", how, [code])


def _window(row: Mapping[str, Any]) -> str:
    return f"{_CONDITION}; it counts for {row['days']} days" if "days" in row else _CONDITION
