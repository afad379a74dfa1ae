"""Genes in prose, lists and columns: what a pathology text says of each gene, judged by the rules for coded results.

Each gene, or row of genes named together, owns the words up to the next; words that say two things say nothing here.
General remarks (therapies, methods, limits of an assay) are not results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from eligibility.facts import Finding, Specimen
from fhir_mappings.alterations import Change, changes_in
from fhir_mappings.answers import Outcome, outcome_of_text, unsure
from fhir_mappings.codes import shipped_codes
from fhir_mappings.intake import Intake
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.gene_facts import say_gene_facts
from fhir_mappings.readers.genes import GeneStatement
from fhir_mappings.report_text.gene_words import (
    ASKED,
    BENIGN,
    CODONS,
    EXON14,
    EXONS,
    FUSION,
    GENE,
    GENERAL,
    GERMLINE,
    IHC_ONLY,
    JOINS,
    OTHER_THAN,
    PAIR,
    PATHOGENIC,
    PLASMA,
    RAS,
    READS,
    REFERENCE,
    RESISTANT,
    SAME,
    SKIP,
    SPLITS,
    TISSUE,
    TRK,
    UNKNOWN,
    in_plasma,
    result_sentences,
)
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated

__all__ = ["read_genes"]

_STATEMENTS = 400
_FUSED = frozenset({"RET", "NRG1", "FGFR2", *TRK})

_RAS_EXON = {12: 2, 13: 2, 59: 3, 61: 3, 117: 4, 146: 4}

_HOTSPOTS = frozenset({12, 13, 59, 61, 117, 146})


@dataclass(frozen=True, slots=True)
class _Piece:
    """The words that belong to one or several genes named together."""

    genes: tuple[str, ...]
    text: str


def read_genes(sentences: Sequence[Sentence]) -> list[Statement]:
    """Statements about every gene fact, by the rules of `valuesets/alterations.yaml`.

    A text that makes more statements about genes than any report does is not read.
    """
    plasma = in_plasma(sentences)
    rna = any(
        re.search(r"\brna\b", s.words) and not re.search(r"\b(?:no|without|not|failed|insufficient)\b", s.words)
        for s in sentences
    )
    melanoma = True if any(re.search(r"(?<!no )\bmelanoma\b", s.words) for s in sentences) else None
    found: list[GeneStatement] = []
    before: tuple[str, ...] = ()
    for s in result_sentences(sentences):
        raw = " ".join(s.place.sentence.split())
        if (read := READS.search(raw)) is not None:
            raw = raw[read.end() :]
        pieces = list(_pieces(raw, before))
        for piece in pieces:
            found.extend(_of_piece(piece, s, plasma, rna))
        named = {g for p in pieces for g in p.genes}
        if named:
            before = tuple(named) if len(named) == 1 else ()
    if len(found) > _STATEMENTS:
        return []
    g = Gathering(Intake(None, None, {}, {}, {}), shipped_codes())
    say_gene_facts(g, found, melanoma)
    by_number = {str(s.number): s for s in sentences}
    return [_statement(finding, by_number) for findings in g.findings.values() for finding in findings]


def _statement(finding: Finding, by_number: dict[str, Sentence]) -> Statement:
    places = [by_number[e.reference].place for e in finding.evidence]
    put = Assertion.AFFIRMED if finding.value is not None else Assertion.UNCERTAIN
    made = stated(finding.fact, finding.value, places[-1], finding.why, put, places)
    return replace(made, method="plasma" if finding.specimen is Specimen.PLASMA else finding.method)


def _pieces(raw: str, before: tuple[str, ...]) -> Iterator[_Piece]:
    parts = SPLITS.split(raw)
    if raw.count("|") > 1 and len({m["gene"] for m in GENE.finditer(raw)}) > 1:
        parts = [p for part in parts for p in part.split("|")]
    for part in parts:
        matches = list(GENE.finditer(part))
        if matches:
            yield from _grouped(part, matches)
        elif EXON14.search(part) and SKIP.search(part):
            yield _Piece(("MET",), part)
        elif before and len(before) == 1 and re.search(r"p\.", part) and changes_in(part):
            yield _Piece(before, part)


def _grouped(part: str, matches: list[re.Match[str]]) -> Iterator[_Piece]:
    groups: list[list[re.Match[str]]] = [[matches[0]]]
    for previous, match in pairwise(matches):
        between = part[previous.end() : match.start()]
        joined = not between or JOINS.fullmatch(between) is not None
        if joined or set(_names(match)) <= {n for m in groups[-1] for n in _names(m)}:
            groups[-1].append(match)
        else:
            groups.append([match])
    cuts = [0]
    for group in groups[1:]:
        start = group[0].start()
        delimiter = max(part.rfind(sign, cuts[-1], start) for sign in (",", ":", "(", " and ", " with ", ". "))
        previous_end = groups[len(cuts) - 1][-1].end()
        cuts.append(delimiter + 1 if delimiter >= previous_end else start)
    cuts.append(len(part))
    for group, (start, end) in zip(groups, pairwise(cuts), strict=True):
        yield _Piece(tuple(dict.fromkeys(n for m in group for n in _names(m))), part[start:end])


def _names(match: re.Match[str]) -> tuple[str, ...]:
    name = (
        match["gene"]
        .upper()
        .replace(" ", "")
        .replace("K-RAS", "KRAS")
        .replace("N-RAS", "NRAS")
        .replace("B-RAF", "BRAF")
        .replace("ROS-1", "ROS1")
    )
    if name in ("RAS", "ALL-RAS", "PAN-RAS"):
        return RAS
    if name.startswith("NTRK"):
        return (name,) if name in TRK else TRK
    if name.startswith("BRCA1/"):
        return ("BRCA1", "BRCA2")
    if "MET" in name:
        return ("MET",)
    return ("ERBB2",) if name == "HER2" else (name,)


def _of_piece(piece: _Piece, s: Sentence, plasma_report: bool, rna: bool) -> Iterator[GeneStatement]:
    text = OTHER_THAN.sub(" ", piece.text[:400])
    changes = changes_in(text.replace("p. ", "p."))
    named = tuple(c for c in changes if c.event is None)
    if (
        GENERAL.search(text)
        or (RESISTANT.search(text) and not named)
        or re.search(r"\bis an? (?:\w+ ){0,2}(?:activating|known|common|class|frequent)", text)
    ):
        return
    for pattern, same in SAME:
        text = pattern.sub(same, text)
    text = REFERENCE.sub(r"\g<head>", text)
    answer = outcome_of_text(text)
    heading = f"{s.heading} {s.label}"
    if answer is None and re.search(r"wild type|no reportable|without alteration|not detected|negative genes", heading):
        answer = Outcome.ABSENT
    if answer is None and (ASKED.search(text) or not (named or PAIR.search(text))):
        return
    plasma = PLASMA.search(piece.text) is not None or (plasma_report and not TISSUE.search(piece.text))
    source = Source(str(s.number), "text", text=s.place.sentence, specimen=Specimen.PLASMA if plasma else None)
    for gene in piece.genes:
        made = _judged(gene, text, answer, changes, source, rna)
        if made is None:
            continue
        if UNKNOWN.search(piece.text) or UNKNOWN.search(s.heading) or UNKNOWN.search(s.words):
            made = replace(made, significance="uncertain")
        elif BENIGN.search(piece.text):
            made = replace(made, significance="benign")
        elif PATHOGENIC.search(piece.text):
            made = replace(made, significance="pathogenic")
        if GERMLINE.search(piece.text) or GERMLINE.search(heading):
            made = replace(made, origin="germline")
        yield _without_plasma_absence(made, plasma)


def _without_plasma_absence(made: GeneStatement, plasma: bool) -> GeneStatement:
    if plasma and made.outcome is Outcome.ABSENT:
        return replace(
            made, outcome=Outcome.UNCLEAR, why="not found in plasma, which does not exclude it in the tumour"
        )
    return made


def _judged(
    gene: str, text: str, answer: Outcome | None, changes: tuple[Change, ...], source: Source, rna: bool
) -> GeneStatement | None:
    """What the words say of one gene. `rna`: the report is of an RNA panel; its negatives of such genes are fusions."""
    named = tuple(c for c in changes if c.event is None)
    if unsure(text) and not (named and answer is None):
        return GeneStatement(gene, Outcome.UNCLEAR, source, why="the words do not give a usable result")
    if gene in ("EGFR", "ERBB2") and not named and IHC_ONLY.search(text):
        return None
    if gene == "ROS1" and IHC_ONLY.search(text) and answer is not Outcome.ABSENT:
        return GeneStatement(gene, Outcome.UNCLEAR, source, why="by immunohistochemistry only")
    event = _event(gene, text, rna)
    if answer is Outcome.ABSENT:
        return _absent(gene, text, named, source, event)
    if answer is None:
        answer = Outcome.PRESENT
    if answer is Outcome.UNCLEAR:
        return GeneStatement(gene, answer, source, why="the words say more than one thing")
    if gene in ("ALK", "ROS1") and not named:
        event = "fusion"
    if event is not None and not any(c.event == event for c in changes):
        changes = (*(c for c in changes if c.event is None), Change("event", event=event))
    return GeneStatement(gene, Outcome.PRESENT, source, changes, about=event)


def _event(gene: str, text: str, rna: bool) -> str | None:
    """The kind of event that the words are about."""
    if FUSION.search(text) or (rna and gene in _FUSED):
        return "fusion"
    return "exon 14 skipping" if gene == "MET" and (EXON14.search(text) or "ex14" in text) else None


def _absent(gene: str, text: str, named: tuple[Change, ...], source: Source, event: str | None) -> GeneStatement:
    amplified = re.search(r"\b(?:amplif\w+|copy number)\b", text, re.I) is not None
    if amplified and gene in ("MET", "ERBB2", "EGFR"):
        return GeneStatement(gene, Outcome.ABSENT, source, about="amplification")
    if len(named) > 1:
        return GeneStatement(gene, Outcome.UNCLEAR, source, why="several changes are named and denied")
    tested = named[0].name if named else None
    if gene == "BRAF" and named and named[0].codon == 600:
        tested = "V600E"
    return GeneStatement(gene, Outcome.ABSENT, source, named, tested, event, exons=_exons(gene, text))


def _exons(gene: str, text: str) -> frozenset[int] | None:
    """The exons that a negative speaks of; None when it is not limited."""
    if gene not in RAS:
        return None
    bare = {int(n) for n in re.findall(r"(?<![\d.])(?:12|13|59|61|117|146)(?![\d%.])", text)}
    if bare >= _HOTSPOTS:
        return frozenset({2, 3, 4})
    numbers: set[int] = set()
    for match in EXONS.finditer(text):
        parts = re.findall(r"\d{1,2}|[-\u2013]|to", match[1])
        for i, part in enumerate(parts):
            if part.isdigit():
                numbers.add(int(part))
            elif 0 < i < len(parts) - 1 and parts[i - 1].isdigit() and parts[i + 1].isdigit():
                numbers.update(range(int(parts[i - 1]), min(int(parts[i + 1]), 40) + 1))
    if numbers:
        return frozenset(numbers)
    if (listed := CODONS.search(text)) is not None:
        codons = {int(n) for n in re.findall(r"\d{1,3}", listed[1])}
        return frozenset({2, 3, 4}) if codons >= _HOTSPOTS else frozenset()
    return None
