"""The value sets as lists to read: every code with its display, and the file it stands in.

For people who check the mapping. The program recognises codes through `fhir_mappings.codes`, which keeps no displays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from fhir_mappings.codes import GENE_NAMES, ICD10CM, ICDO3, LOINC, RXNORM, SNOMED, CodeTableError

__all__ = ["CodeList", "ListedCode", "code_lists", "display_of", "system_name"]

_FOLDER = Path(__file__).parent / "valuesets"
_SYSTEM_NAMES = {
    LOINC: "LOINC",
    SNOMED: "SNOMED CT",
    ICD10CM: "ICD-10-CM",
    RXNORM: "RxNorm",
    GENE_NAMES: "HGNC",
    ICDO3: "ICD-O-3",
}


@dataclass(frozen=True, slots=True, order=True)
class ListedCode:
    """One code: the address of its system, the code, and its display ("" where none is listed)."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one concept, in the order of the file."""

    concept: str
    file: str
    codes: tuple[ListedCode, ...]


class _File(msgspec.Struct, frozen=True):
    systems: dict[str, str]
    concepts: dict[str, list[tuple[str, str, str, int]]]


def system_name(system: str) -> str:
    """What people call a code system: `LOINC`, `SNOMED CT`."""
    return _SYSTEM_NAMES.get(system, system)


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every concept of the shipped value sets, by its name. Raises CodeTableError."""
    lists: dict[str, CodeList] = {}
    for path in sorted(_FOLDER.glob("*.json")):
        try:
            file = msgspec.json.decode(path.read_bytes(), type=_File)
            for concept, rows in file.concepts.items():
                codes = tuple(ListedCode(file.systems[system], code, display) for system, code, display, _ in rows)
                before = lists.get(concept)
                lists[concept] = CodeList(concept, path.name, (before.codes if before else ()) + codes)
        except (msgspec.MsgspecError, KeyError) as problem:
            raise CodeTableError(f"{path.name}: not a value-set file ({problem})") from problem
    return MappingProxyType(lists)


@cache
def _displays() -> Mapping[tuple[str, str], str]:
    return {(c.system, c.code): c.display for listed in code_lists().values() for c in listed.codes}


def display_of(system: str, code: str) -> str:
    """The display of one code, "" when no value set lists it."""
    return _displays().get((system, code), "")
