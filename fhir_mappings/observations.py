"""Which Observations matter, found before anything is parsed: one dict lookup per coding, the rest is skipped.

The table is built from `valuesets/observations.yaml` and the value sets. Reading the values is the readers' work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

from fhir_mappings.codes import LOINC, CodeIndex, CodeTableError, shipped_codes

__all__ = ["ObservationKind", "ObservationTable", "load_table", "observation_table"]

_FOLDER = Path(__file__).parent / "valuesets"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ObservationKind:
    """What an Observation code is about: the reader it goes to, the facts it may tell of, and the reader's settings."""

    concept: str
    reader: str
    facts: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    titled: bool = False

    @property
    def about(self) -> str:
        """What tells two kinds apart on one Observation."""
        return f"{self.reader}:{self.concept}"


@cache
def load_table(name: str) -> dict[str, Any]:
    """A reader's table from `valuesets/`. Raises CodeTableError when the file is not one."""
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        loaded = yaml.load(file, Loader=_LOADER)  # noqa: S506 - a safe loader
    if not isinstance(loaded, dict):
        raise CodeTableError(f"{name}.yaml: not a table")
    return loaded


_UNLISTED = (ObservationKind("", "none", ()), "")


class ObservationTable:
    """Kinds by system and code, and by whole title."""

    def __init__(self, codes: CodeIndex) -> None:
        """Build the table for these value sets."""
        self._by_code: dict[str, dict[str, ObservationKind]] = {}
        self._by_title: dict[str, ObservationKind] = {}
        tables = load_table("observations")
        kinds: dict[str, ObservationKind] = {}
        for concept, entry in tables["quantities"].items():
            kinds[concept] = ObservationKind(concept, "quantity", (entry["fact"],), entry)
        for concept, entry in tables["multiples"].items():
            kinds[concept] = ObservationKind(concept, "multiple", (entry["fact"],), entry)
        for concept, entry in tables["presences"].items():
            kinds[concept] = ObservationKind(concept, "presence", (entry["fact"],), entry)
        for concept, entry in tables["others"].items():
            kinds[concept] = ObservationKind(concept, entry["kind"], tuple(entry["facts"]), entry)
        for concept, kind in kinds.items():
            only = kind.settings.get("only")
            for system, code in codes.members(concept):
                if only is None or code in only:
                    self._put(system, code, kind)
            for title in kind.settings.get("titles", ()):
                self._title(title, kind)
        self._genes(codes)
        self._genotypes(codes)
        self._mmr(tables)
        self._exceptions(tables, kinds)
        for system, _, _ in codes.entries():
            self._by_code.setdefault(system, {})
        self._spellings(codes)

    def _put(self, system: str, code: str, kind: ObservationKind) -> None:
        self._by_code.setdefault(system, {})[code] = kind

    def _title(self, title: str, kind: ObservationKind) -> None:
        self._by_title[title.lower()] = ObservationKind(
            kind.concept, kind.reader, kind.facts, kind.settings, titled=True
        )

    def _genes(self, codes: CodeIndex) -> None:
        tables = load_table("alterations")
        exceptions = tables["test_codes"]
        for concept, entry in tables["tests"].items():
            for system, code in codes.members(concept):
                settings = {**entry, **exceptions.get(code, {})}
                reader = "none" if settings.get("skip") else "gene_test"
                self._put(system, code, ObservationKind(concept, reader, (), settings))
        for gene in tables["titled"]:
            for titles, settings in (
                (tables["gene_titles"], {"genes": [gene]}),
                (tables["fusion_titles"], {"genes": [gene], "event": "fusion"}),
            ):
                for title in titles:
                    self._title(
                        title.format(gene=gene), ObservationKind(f"gene_test_{gene.lower()}", "gene_test", (), settings)
                    )

    def _genotypes(self, codes: CodeIndex) -> None:
        tables = load_table("genotypes")
        antigen = tables["antigen"]["fact"]
        for concept in ("genotype", "haplotype"):
            for system, code in codes.members(concept):
                self._put(system, code, ObservationKind(concept, "genotype", ()))
        for gene, entry in tables["genes"].items():
            concept = f"gene_test_{gene.lower()}"
            kind = ObservationKind(concept, "genotype", (entry["fact"],), {"gene": gene})
            for system, code in codes.members(concept):
                self._put(system, code, kind)
            for title in entry["titles"]:
                self._title(title, kind)
        for title in tables["antigen"]["titles"]:
            self._title(title, ObservationKind("hla_a", "genotype", (antigen,)))

    def _mmr(self, tables: Mapping[str, Any]) -> None:
        for protein in tables["mmr_proteins"]:
            for title in tables["mmr_titles"]:
                self._title(
                    title.format(protein=protein),
                    ObservationKind(f"mmr_{protein}", "mmr_protein", ("bm.msi",), {"protein": protein}),
                )

    def _exceptions(self, tables: Mapping[str, Any], kinds: Mapping[str, ObservationKind]) -> None:
        for row in tables["codes"]:
            if "like" in row:
                kind = kinds[row["like"]]
            else:
                kind = ObservationKind(row.get("concept", row["kind"]), row["kind"], tuple(row["facts"]), row)
            self._put(row["system"], row["code"], kind)

    def _spellings(self, codes: CodeIndex) -> None:
        self._other_spellings = codes.spellings()
        for spelling, system in self._other_spellings:
            if system in self._by_code:
                self._by_code[spelling] = self._by_code[system]

    def glance(self, raw: Mapping[str, Any]) -> tuple[ObservationKind, str] | Literal[False] | None:
        """The common cases, decided fast: None when every coding is an unlisted code of a known system; the kind when
        the only coding is a listed one; False when a closer look is needed.
        """
        by_code = self._by_code
        try:
            codings = raw["code"]["coding"]
            for coding in codings:
                code, system = coding["code"], coding["system"]
                kind = by_code[system].get(code)
                if kind is not None:
                    return (kind, f"{system}|{code}") if len(codings) == 1 and kind.reader != "none" else False
                if code != code.strip():
                    return False
        except (KeyError, TypeError, AttributeError):
            return False
        return None if codings else False

    def screen(self, raw: Mapping[str, Any]) -> tuple[ObservationKind, str | None] | tuple[ObservationKind, ...] | None:
        """The kind of a raw Observation with the `system|code` that said so; None when it does not matter.

        Several kinds, when its codings speak of different things: a conflict.
        """
        code = raw.get("code")
        if type(code) is not dict:
            return None
        codings = code.get("coding")
        if type(codings) is not list:
            return self._by_words(code, ())
        hits: list[tuple[ObservationKind, str]] = []
        known = False
        for coding in codings:
            hit = self._look_up(coding)
            if hit is not None:
                known = True
                if hit is not _UNLISTED:
                    hits.append(hit)
        if not hits:
            return None if known else self._by_words(code, codings)
        kinds = {kind.about: kind for kind, _ in hits if kind.reader != "none"}
        if len(kinds) > 1:
            return tuple(kinds.values())
        return next(((kind, named) for kind, named in hits if kind.reader != "none"), None)

    def _look_up(self, coding: object) -> tuple[ObservationKind, str] | None:
        """The kind of one coding; `_UNLISTED` for another code of a known system; None for an unknown system."""
        if type(coding) is not dict:
            return None
        system, code = coding.get("system"), coding.get("code")
        if type(system) is not str or type(code) is not str:
            return None
        table = self._by_code.get(system)
        if table is None and (table := self._by_code.get(system.strip())) is None:
            return None
        kind = table.get(code) or table.get(code.strip())
        return _UNLISTED if kind is None else (kind, f"{system.strip()}|{code.strip()}")

    def _by_words(self, code: Mapping[str, Any], codings: object) -> tuple[ObservationKind, None] | None:
        text = code.get("text")
        if type(text) is str and (kind := self._by_title.get(text.strip().lower())) is not None:
            return kind, None
        for coding in codings if type(codings) is list else ():
            display = coding.get("display") if type(coding) is dict else None
            if type(display) is str and (kind := self._by_title.get(display.strip().lower())) is not None:
                return kind, None
        return None

    def title(self, text: str | None) -> ObservationKind | None:
        """The kind that a whole title stands for."""
        return self._by_title.get(text.strip().lower()) if text else None

    def codes_of(self, *readers: str) -> tuple[str, ...]:
        """The `system|code` of every code that these readers read, LOINC first; for searches."""
        spelled = dict(self._other_spellings)
        found = [
            (system != LOINC, system, _in_order(code), code)
            for system, table in self._by_code.items()
            if system not in spelled
            for code, kind in table.items()
            if kind.reader in readers
        ]
        return tuple(f"{system}|{code}" for _, system, _, code in sorted(found))

    def kind_of(self, system: str, code: str) -> ObservationKind | None:
        """The kind of one code."""
        return self._by_code.get(system, {}).get(code)


def _in_order(code: str) -> tuple[int, str]:
    head = code.partition("-")[0]
    return (int(head) if head.isdigit() else 0, code)


@cache
def observation_table(codes: CodeIndex | None = None) -> ObservationTable:
    """The table for the shipped value sets, or for a site's index; built once each."""
    return ObservationTable(codes or shipped_codes())
