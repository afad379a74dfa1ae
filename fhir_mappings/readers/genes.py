"""Genes: what variant Observations and single-gene tests state, gene by gene.

A statement is not yet a fact; `readers.gene_facts` turns statements into findings. The gene being listed is not a
finding: "absent" with a gene is a negative, and a missing value is a result that is unclear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from fhir_mappings.alterations import Change, changes_in, coding_change, event_in
from fhir_mappings.answers import Outcome, outcome, outcome_of_text, said, unsure
from fhir_mappings.codes import GENE_NAMES, LOINC, CodeIndex
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.resources import CodeableConcept, Component, Observation

__all__ = ["GeneStatement", "read_gene_test", "read_region", "read_variant"]

GENE_STUDIED, C_HGVS, P_HGVS, VARIATION = "48018-6", "48004-6", "48005-3", "81252-9"
_LOINC = (LOINC, "urn:oid:2.16.840.1.113883.6.1")
SOURCE_CLASS, SIGNIFICANCE, CHANGE_TYPE = "48002-0", "53037-8", "48019-4"

_PAIR = re.compile(r"\b([A-Z][A-Z0-9]{1,7})\s?(?:-|::|/|–)\s?([A-Z][A-Z0-9]{1,7})\b")
_SEGMENTS = re.compile(r"[;\n|]|,(?= ?[A-Z][A-Z0-9]{2,6}\b)")
_EXONS = re.compile(r"\bexons?\s*((?:\d{1,2}(?:\s*(?:,|-|–|and|&|to|/)\s*)?){1,6})", re.I)
_CODONS = re.compile(r"\bcodons?\b", re.I)
_NEGATED_CHANGE = re.compile(
    r"\s*(?:[a-z0-9]{2,8}:?\s+)?(?:gene\s+)?(?P<what>[\w.*() -]{2,30}?)\s*"
    r"(?:mutation|variant|deletion|insertion|fusion|rearrangement)?"
    r"\s*:?\s*(?:is |was )?(?:not detected|not identified|not found|not present|negative|absent)\.?\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class GeneStatement:
    """What one result states of one gene.

    `changes` are the changes it names. `tested` limits a negative to one alteration. `about` is the kind of event the
    test looks for, when it is a test of one kind (fusion). `why` says why an unclear result is unclear.
    """

    gene: str
    outcome: Outcome
    source: Source
    changes: tuple[Change, ...] = ()
    tested: str | None = None
    about: str | None = None
    origin: str | None = None
    significance: str | None = None
    exons: frozenset[int] | None = None
    why: str = ""


@cache
def _symbols(codes: CodeIndex) -> frozenset[str]:
    return frozenset(c[5:] for c in codes.concepts if c.startswith("gene_") and c[5:].isupper())


def _gene_of(concept: CodeableConcept | None, codes: CodeIndex) -> tuple[str | None, str]:
    """The symbol that a gene component names; or None and the reason. Code and display must agree."""
    if concept is None:
        return None, ""
    symbols: set[str] = set()
    shown: set[str] = set()
    for coding in concept.coding or ():
        system = (coding.system or "").strip().rstrip("/")
        listed = [c.removeprefix("gene_") for c in codes.of(coding.system, coding.code) if c.startswith("gene_")]
        symbols.update(listed)
        display = (coding.display or "").strip().upper()
        code = (coding.code or "").strip().upper()
        if display in _symbols(codes) or display in ("AKT1",):
            shown.add(display)
        if (
            not listed
            and system.startswith(("http://www.genenames.org", "https://www.genenames.org"))
            and code in _symbols(codes)
        ):
            symbols.add(code)
    text = (concept.text or "").strip().upper()
    if text in _symbols(codes) or text == "AKT1":
        shown.add(text)
    if symbols and shown and symbols != shown:
        return None, f"the gene's code means {', '.join(sorted(symbols))}, its display says {', '.join(sorted(shown))}"
    if not symbols and shown and _carries_foreign_code(concept, codes):
        return None, f"the gene's code is not that of {', '.join(sorted(shown))}"
    both = symbols | shown
    return (both.pop(), "") if len(both) == 1 else (None, "")


def _carries_foreign_code(concept: CodeableConcept, codes: CodeIndex) -> bool:
    """Whether a gene-names code is given that is not the code of the displayed gene."""
    return any(
        (c.code or "").strip().upper().startswith("HGNC:")
        and not codes.of(GENE_NAMES, c.code)
        and (c.display or "").strip().upper() in _symbols(codes)
        for c in concept.coding or ()
    )


def _components(observation: Observation, code: str) -> list[Component]:
    return [
        component
        for component in observation.component or ()
        if any((c.code or "").strip() == code and (c.system or "").strip().rstrip("/") in _LOINC
               for c in (component.code.coding if component.code else None) or ())
    ]  # fmt: skip


def _words(component: Component) -> str:
    if component.valueCodeableConcept is not None:
        codes = " ".join(c.code for c in component.valueCodeableConcept.coding or () if c.code)
        return " ".join((*component.valueCodeableConcept.all_words, codes))
    return component.valueString or ""


def _significance(observation: Observation) -> str | None:
    words = " ".join(said(_words(c)) for c in _components(observation, SIGNIFICANCE))
    if "la6668-3" in words or "la26332-9" in words or re.search(r"\b(?:likely )?(?:pathogenic|oncogenic)\b", words):
        return "pathogenic" if "benign" not in words and "uncertain" not in words else "uncertain"
    if "la26333-7" in words or "uncertain" in words:
        return "uncertain"
    return "benign" if "la6675-8" in words or "benign" in words else None


def _origin(observation: Observation) -> str | None:
    words = " ".join(said(_words(c)) for c in _components(observation, SOURCE_CLASS))
    germline, somatic = "la6683-2" in words or "germline" in words, "la6684-0" in words or "somatic" in words
    return None if germline is somatic else "germline" if germline else "somatic"


def _named_changes(observation: Observation) -> tuple[Change, ...]:
    """The changes of a variant's components: protein first, else the named variation, else the codon."""
    for code in (P_HGVS, VARIATION):
        found = tuple(c for component in _components(observation, code) for c in changes_in(_words(component)))
        if found:
            return tuple(dict.fromkeys(found))
    found = tuple(
        c for component in _components(observation, C_HGVS) if (c := coding_change(_words(component))) is not None
    )
    return tuple(dict.fromkeys(found))


def _variant_event(observation: Observation, codes: CodeIndex) -> str | None:
    texts = [_words(c) for c in _components(observation, CHANGE_TYPE)] + [
        _words(c) for c in _components(observation, VARIATION)
    ]
    texts += [observation.valueString or ""]
    texts += [observation.valueCodeableConcept.words] if observation.valueCodeableConcept else []
    for interpretation in observation.interpretation or ():
        if "gene_amplification" in codes.of_concept(interpretation):
            return "amplification"
        texts.append(interpretation.words)
    return event_in(" . ".join(texts))


def read_variant(g: Gathering, observation: Observation, source: Source) -> list[GeneStatement]:
    """A genomics-reporting or mCODE variant: present or absent, for each gene it names."""
    answer, text = outcome(observation)
    named = [_gene_of(c.valueCodeableConcept, g.codes) for c in _components(observation, GENE_STUDIED)]
    named += [(c.valueString.strip().upper(), "") for c in _components(observation, GENE_STUDIED)
              if c.valueString and c.valueString.strip().upper() in _symbols(g.codes)]  # fmt: skip
    genes = list(dict.fromkeys(gene for gene, _ in named if gene))
    conflict = next((why for _, why in named if why), "")
    changes = _named_changes(observation)
    event = _variant_event(observation, g.codes)
    partners = len(_components(observation, GENE_STUDIED))
    if event is None and partners > 1 and answer is Outcome.PRESENT and not changes:
        event = "fusion"
    if event is not None:
        changes = (*changes, Change("event", event=event))
    source = source.but(text=", ".join([*(c.name for c in changes), *([text] if text else [])]) or None)
    outcome_now = answer or Outcome.UNCLEAR
    why = "" if answer in (Outcome.PRESENT, Outcome.ABSENT) else "reported, but present or absent is not stated"
    if conflict:
        outcome_now, why = Outcome.UNCLEAR, conflict
        genes = sorted({*genes, *(s for s in _symbols(g.codes) if re.search(rf"\b{s}\b", conflict))})
    tested = changes[0].name if outcome_now is Outcome.ABSENT and changes and changes[0].event is None else None
    return [
        GeneStatement(
            gene, outcome_now, source, changes, tested, event, _origin(observation), _significance(observation), why=why
        )
        for gene in genes
    ]


def read_region(g: Gathering, observation: Observation, source: Source) -> list[GeneStatement]:
    """The regions studied: what was tested. It is no result."""
    genes = [_gene_of(c.valueCodeableConcept, g.codes)[0] for c in _components(observation, GENE_STUDIED)]
    why = "the gene was tested; no result of it is coded"
    return [GeneStatement(gene, Outcome.UNCLEAR, source, why=why) for gene in dict.fromkeys(genes) if gene]


def read_gene_test(observation: Observation, kind: ObservationKind, source: Source) -> list[GeneStatement]:
    """A coded or titled test of one or several genes, its answer as code or words."""
    genes: list[str] = list(kind.settings["genes"])
    answer, text = outcome(observation)
    source = source.but(text=text or None)
    parts = _by_gene(text, genes) if len(genes) > 1 else None
    if parts is not None:
        return [_of_text(gene, words, kind, source.but(text=words)) for gene, words in parts.items()]
    if answer is not None and not (
        observation.valueString or (observation.valueCodeableConcept and observation.valueCodeableConcept.text)
    ):
        changes = _named_changes(observation) or changes_in(text)
        return [_statement(gene, answer, kind, source, changes) for gene in genes]
    return [_of_text(gene, text, kind, source) for gene in genes]


def _by_gene(text: str, genes: list[str]) -> dict[str, str] | None:
    """A text split by the gene that opens each part: "KRAS wild type; NRAS p.Q61R"."""
    parts: dict[str, str] = {}
    for segment in _SEGMENTS.split(text):
        here = [gene for gene in genes if re.search(rf"\b{gene}\b", segment)]
        if len(here) == 1 and here[0] not in parts:
            parts[here[0]] = segment.strip()
        elif segment.strip():
            return None
    return parts if len(parts) == len(genes) else None


def _of_text(gene: str, text: str, kind: ObservationKind, source: Source) -> GeneStatement:
    """What free words say of one gene. Words that name another gene, or say two things, are unclear."""
    changes = changes_in(text)
    answer = outcome_of_text(text)
    if unsure(text):
        return _statement(gene, Outcome.UNCLEAR, kind, source, (), "the words do not give a usable result")
    if answer is None:
        answer = Outcome.PRESENT if changes else Outcome.UNCLEAR
        return _statement(
            gene, answer, kind, source, changes, "" if changes else "the words do not give a usable result"
        )
    if answer is Outcome.ABSENT and any(c.event is None for c in changes):
        match = _NEGATED_CHANGE.fullmatch(text[:200])
        if match is None:
            return _statement(gene, Outcome.UNCLEAR, kind, source, (), "the words say more than one thing")
        made = _statement(gene, answer, kind, source, changes)
        return replace(made, tested=next(c.name for c in changes if c.event is None))
    if answer is Outcome.ABSENT:
        return replace(_statement(gene, answer, kind, source, changes), exons=_exons(text))
    return _statement(
        gene,
        answer,
        kind,
        source,
        changes,
        "" if answer is not Outcome.UNCLEAR else "the words say more than one thing",
    )


def _exons(text: str) -> frozenset[int] | None:
    """The exons a negative speaks of; an empty set when only codons are named; None when it is not limited."""
    numbers: set[int] = set()
    for match in _EXONS.finditer(text[:400]):
        parts = re.findall(r"\d{1,2}|[-–]|to", match[1])
        for index, part in enumerate(parts):
            if (
                part in ("-", "–", "to")
                and 0 < index < len(parts) - 1
                and parts[index + 1].isdigit()
                and parts[index - 1].isdigit()
            ):
                numbers.update(range(int(parts[index - 1]), int(parts[index + 1]) + 1))
            elif part.isdigit():
                numbers.add(int(part))
    if numbers:
        return frozenset(numbers)
    return frozenset() if _CODONS.search(text) else None


def _statement(
    gene: str, answer: Outcome, kind: ObservationKind, source: Source, changes: tuple[Change, ...], why: str = ""
) -> GeneStatement:
    settings = kind.settings
    tested, event = settings.get("tested"), settings.get("event")
    if settings.get("ambiguous") and answer is Outcome.PRESENT:
        return GeneStatement(
            gene,
            Outcome.UNCLEAR,
            source,
            changes,
            why="a change was found; which of the genes carries it is not stated",
        )
    if answer is Outcome.PRESENT and tested is not None and not changes:
        changes = _tested_changes(tested)
    if answer is Outcome.PRESENT and event is not None and not any(c.event for c in changes):
        changes = (*changes, Change("event", event=event))
    return GeneStatement(gene, answer, source, changes, tested, event, settings.get("origin"), why=why)


def _tested_changes(tested: str) -> tuple[Change, ...]:
    """The change a single-alteration test found. "G719X" stands for any new amino acid, not for a stop."""
    if re.fullmatch(r"[A-Z]\d{3}X", tested):
        return (Change("missense", int(tested[1:4]), tested[0]),)
    return changes_in(tested)
