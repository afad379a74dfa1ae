"""The components of a genetic result: which genes, which change, from which cells, and how significant.

Code and display of a gene must agree (official examples carry wrong pairs); if they do not, it is no gene but a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from fhir_mappings.alterations import Change, changes_in, coding_change
from fhir_mappings.answers import said
from fhir_mappings.codes import GENE_NAMES, LOINC, CodeIndex
from fhir_mappings.observations import load_table
from fhir_mappings.resources import CodeableConcept, Coding, Component, Observation

__all__ = [
    "NamedGenes",
    "changes_of",
    "components",
    "genes_of",
    "named_changes",
    "names_a_change",
    "origin_of",
    "significance_of",
    "words_of",
]

GENE_STUDIED, C_HGVS, P_HGVS, G_HGVS, VARIATION = "48018-6", "48004-6", "48005-3", "81290-9", "81252-9"
SOURCE_CLASS, SIGNIFICANCE = "48002-0", "53037-8"
_LOINC = (LOINC, "urn:oid:2.16.840.1.113883.6.1")
_GENE_SYSTEM = re.compile(r"https?://www\.genenames\.org(?:/geneId)?/?|urn:oid:2\.16\.840\.1\.113883\.6\.281")
_UNCODED = frozenset({"AKT1"})

NamedGenes = tuple[tuple[str, ...], str]
"""The symbols that a concept names; and why a name of it cannot be believed, or nothing."""


@cache
def _symbols(codes: CodeIndex) -> frozenset[str]:
    return frozenset(c[5:] for c in codes.concepts if c.startswith("gene_") and c[5:].isupper()) | _UNCODED


@cache
def _reference() -> Mapping[str, Mapping[int, str]]:
    table: Mapping[str, Mapping[int, str]] = load_table("alterations")["reference_codons"]
    return table


def components(observation: Observation, code: str) -> list[Component]:
    """The components with this LOINC code."""
    return [
        component
        for component in observation.component or ()
        if any((c.code or "").strip() == code and (c.system or "").strip().rstrip("/") in _LOINC
               for c in (component.code.coding if component.code else None) or ())
    ]  # fmt: skip


def words_of(component: Component) -> str:
    """A component's words: text and displays of its concept, then the codes; or its string."""
    if component.valueCodeableConcept is not None:
        codes = " ".join(c.code for c in component.valueCodeableConcept.coding or () if c.code)
        return " ".join((*component.valueCodeableConcept.all_words, codes))
    return component.valueString or ""


# -- genes


def genes_of(component: Component, codes: CodeIndex) -> NamedGenes:
    """The genes that a gene-studied component names: one, or every gene of a list of gene-names codings."""
    concept = component.valueCodeableConcept
    if concept is None:
        text = (component.valueString or "").strip().upper()
        return ((text,), "") if text in _symbols(codes) else ((), "")
    listed = [c for c in concept.coding or () if _GENE_SYSTEM.fullmatch((c.system or "").strip())]
    if len({(c.code or "").strip() for c in listed}) > 1 and not (concept.text or "").strip():
        named = [_gene(CodeableConcept(coding=(c,)), codes) for c in listed]
        return tuple(dict.fromkeys(gene for gene, _ in named if gene)), next((why for _, why in named if why), "")
    gene, why = _gene(concept, codes)
    return ((gene,) if gene else ()), why


def _gene(concept: CodeableConcept, codes: CodeIndex) -> tuple[str | None, str]:
    symbols: set[str] = set()
    shown: set[str] = set()
    foreign = False
    for coding in concept.coding or ():
        meant = _meant(coding, codes)
        symbols.update(meant)
        display = (coding.display or "").strip().upper()
        if display in _symbols(codes):
            shown.add(display)
            foreign |= not meant and (coding.code or "").strip().upper().startswith("HGNC:") and display not in _UNCODED
    text = (concept.text or "").strip().upper()
    if text in _symbols(codes):
        shown.add(text)
    if symbols and shown and symbols != shown:
        return None, f"the gene's code means {', '.join(sorted(symbols))}, its display says {', '.join(sorted(shown))}"
    if not symbols and foreign:
        return None, f"the gene's code is not that of {', '.join(sorted(shown))}"
    both = symbols | shown
    return (both.pop(), "") if len(both) == 1 else (None, "")


def _meant(coding: Coding, codes: CodeIndex) -> list[str]:
    """The symbols that a coding's code means: an HGNC id, with or without its prefix, or the symbol itself."""
    code = (coding.code or "").strip().upper()
    listed = [c.removeprefix("gene_") for c in codes.of(coding.system, coding.code) if c.startswith("gene_")]
    if listed or not _GENE_SYSTEM.fullmatch((coding.system or "").strip()):
        return listed
    if code.isdigit():
        return [c.removeprefix("gene_") for c in codes.of(GENE_NAMES, f"HGNC:{code}") if c.startswith("gene_")]
    return [code] if code in _symbols(codes) else []


# -- the change


def changes_of(text: str, genes: Sequence[str]) -> tuple[Change, ...]:
    """Every change that words name; a coding-DNA change where they name no other."""
    if found := changes_in(text):
        return found
    change = coding_change(text, _codons(genes))
    return (change,) if change is not None else ()


def _codons(genes: Sequence[str]) -> Mapping[int, str] | None:
    return _reference().get(genes[0]) if len(genes) == 1 else None


def named_changes(observation: Observation, genes: Sequence[str]) -> tuple[Change, ...]:
    """The changes of a variant's components: protein first, else the named variation, else the coding change."""
    for code in (P_HGVS, VARIATION):
        found = tuple(c for part in components(observation, code) for c in changes_in(words_of(part)))
        if found:
            return tuple(dict.fromkeys(found))
    read = (coding_change(words_of(part), _codons(genes)) for part in components(observation, C_HGVS))
    return tuple(dict.fromkeys(c for c in read if c is not None))


def names_a_change(observation: Observation) -> bool:
    """Whether a change is named, in whatever form."""
    return any(words_of(p).strip() for code in (P_HGVS, C_HGVS, G_HGVS) for p in components(observation, code))


# -- origin and significance


def origin_of(observation: Observation) -> str | None:
    """Germline, somatic, unclear (both, or hedged), or None: not stated."""
    words = " ".join(said(words_of(c)) for c in components(observation, SOURCE_CLASS))
    germline, somatic = "la6683-2" in words or "germline" in words, "la6684-0" in words or "somatic" in words
    if not germline and not somatic:
        return None
    if (germline and somatic) or re.search(r"\b(?:likely|probabl[ey]|possibl[ey]|presumed|suspected|not)\b", words):
        return "unclear"
    return "germline" if germline else "somatic"


def significance_of(observation: Observation) -> str | None:
    """Pathogenic, benign, uncertain; or None: not stated."""
    words = " ".join(said(words_of(c)) for c in components(observation, SIGNIFICANCE))
    if "la6668-3" in words or "la26332-9" in words or re.search(r"\b(?:likely )?(?:pathogenic|oncogenic)\b", words):
        return "pathogenic" if "benign" not in words and "uncertain" not in words else "uncertain"
    if "la26333-7" in words or "la6682-4" in words or re.search(r"\b(?:uncertain|unknown|vus)\b", words):
        return "uncertain"
    return "benign" if "la6675-8" in words or "benign" in words else None
