"""Which concept a code stands for: the value sets, one index over all of them, and a site's own codes.

A code is recognised by system and code together, never by its display. ICD-10-CM matches by the longest listed
prefix. What a concept means for a fact is said in the readers' tables, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from fhir_mappings.resources import CodeableConcept

__all__ = [
    "GENE_NAMES",
    "ICD10CM",
    "ICDO3",
    "LOINC",
    "RXNORM",
    "SNOMED",
    "CodeIndex",
    "CodeTableError",
    "shipped_codes",
]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
GENE_NAMES = "http://www.genenames.org/geneId"
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"

_SPELLINGS = {
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.281": GENE_NAMES,
    "http://www.genenames.org": GENE_NAMES,
    "http://www.genenames.org/": GENE_NAMES,
    "http://www.genenames.org/geneId/": GENE_NAMES,
    "https://www.genenames.org": GENE_NAMES,
    "https://www.genenames.org/geneId": GENE_NAMES,
    "https://loinc.org": LOINC,
    "http://loinc.org/": LOINC,
}
_FOLDER = Path(__file__).parent / "valuesets"
_NONE: tuple[str, ...] = ()
_EMPTY: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class CodeTableError(Exception):
    """A value-set file or a site's code table cannot be used; the message says which and why."""


class _File(msgspec.Struct, frozen=True):
    systems: dict[str, str]
    sources: list[str]
    concepts: dict[str, list[tuple[str, str, str, int]]]


class CodeIndex:
    """Concepts by system and code. Built once, then only read."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """`entries` are (system, code, concept)."""
        tables: dict[str, dict[str, tuple[str, ...]]] = {}
        members: dict[str, list[tuple[str, str]]] = {}
        for system, code, concept in entries:
            table = tables.setdefault(system, {})
            key = code.replace(".", "") if system == ICD10CM else code
            if concept not in table.get(key, _NONE):
                table[key] = (*table.get(key, _NONE), concept)
                members.setdefault(concept, []).append((system, code))
        self._tables = {
            **tables,
            **{alias: tables[system] for alias, system in _SPELLINGS.items() if system in tables},
        }
        self._members = {concept: tuple(codes) for concept, codes in members.items()}

    def of(self, system: str | None, code: str | None) -> tuple[str, ...]:
        """The concepts of one coding; none for a code that is not listed. White space around is ignored (ER-07)."""
        if system is None or code is None:
            return _NONE
        system, code = system.strip(), code.strip()
        table = self._tables.get(system, _EMPTY)
        found = table.get(code)
        if found is None and _SPELLINGS.get(system, system) == ICD10CM:
            return _longest_prefix(table, code.replace(".", "").upper())
        return found or _NONE

    def of_concept(self, concept: CodeableConcept | None) -> dict[str, str]:
        """Every concept that a CodeableConcept's codings stand for, each with the `system|code` that said so."""
        found: dict[str, str] = {}
        for coding in (concept.coding if concept else None) or ():
            for name in self.of(coding.system, coding.code):
                found.setdefault(name, f"{(coding.system or '').strip()}|{(coding.code or '').strip()}")
        return found

    def members(self, concept: str) -> tuple[tuple[str, str], ...]:
        """The (system, code) pairs of a concept, in the order of the value set."""
        return self._members.get(concept, ())

    @property
    def concepts(self) -> frozenset[str]:
        """The names of all concepts."""
        return frozenset(self._members)

    def table(self, system: str) -> Mapping[str, tuple[str, ...]]:
        """All codes of one system, for screening."""
        return MappingProxyType(self._tables.get(system, {}))

    def knows_system(self, system: str | None) -> bool:
        """Whether any code of this system is listed."""
        return system is not None and system.strip() in self._tables

    def entries(self) -> tuple[tuple[str, str, str], ...]:
        """Everything as (system, code, concept)."""
        return tuple((system, code, concept) for concept, codes in self._members.items() for system, code in codes)

    def spellings(self) -> tuple[tuple[str, str], ...]:
        """Other spellings of the systems, each with the system it stands for."""
        return tuple(_SPELLINGS.items())

    def with_overlay(self, additions: Iterable[tuple[str, str, str]]) -> CodeIndex:
        """This index plus a site's own (system, code, concept) rows. Raises CodeTableError for an unknown concept."""
        rows = tuple(additions)
        for system, code, concept in rows:
            if concept not in self._members:
                raise CodeTableError(
                    f"{system}|{code}: the concept {concept!r} is not one of the value sets. "
                    "Use a concept name of fhir_mappings/valuesets."
                )
            if not system.strip() or not code.strip():
                raise CodeTableError(f"{concept}: a site's code needs a system and a code.")
        return CodeIndex((*self.entries(), *((s.strip(), c.strip(), concept) for s, c, concept in rows)))


def _longest_prefix(table: Mapping[str, tuple[str, ...]], code: str) -> tuple[str, ...]:
    for length in range(len(code), 2, -1):
        if (found := table.get(code[:length])) is not None:
            return found
    return _NONE


@cache
def shipped_codes() -> CodeIndex:
    """The value sets that come with the program, read once."""
    entries: list[tuple[str, str, str]] = []
    for path in sorted(_FOLDER.glob("*.json")):
        try:
            file = msgspec.json.decode(path.read_bytes(), type=_File)
            for concept, codes in file.concepts.items():
                entries += [(file.systems[system], code, concept) for system, code, _, _ in codes]
        except (msgspec.MsgspecError, KeyError) as problem:
            raise CodeTableError(f"{path.name}: not a value-set file ({problem})") from problem
    return CodeIndex(entries)
