"""From statements about genes to findings: the rules of `valuesets/alterations.yaml`.

A positive of one gene is enough; a negative needs every gene of the fact (wild-type RAS needs KRAS and NRAS, ER-15).
What a result cannot say becomes a finding without value that tells why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from eligibility.facts import Finding, Obtained, Scalar, Specimen
from fhir_mappings.alterations import Change
from fhir_mappings.answers import Outcome
from fhir_mappings.observations import load_table
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.readers.genes import GeneStatement

__all__ = ["say_gene_facts"]

_INEXACT = ("missense", "substitution", "delins")


@dataclass(frozen=True, slots=True)
class GeneFact:
    """One fact's rule."""

    fact: str
    genes: tuple[str, ...]
    classes: tuple[Mapping[str, Any], ...]
    unnamed: Scalar | None
    other: Scalar | None
    negative: Scalar | None
    negative_needs: str | None
    germline: bool
    exons: frozenset[int]

    @property
    def events_only(self) -> bool:
        """Whether the fact is about events such as fusions, which a search for sequence variants may miss."""
        return all("event" in entry for entry in self.classes)

    @property
    def single_change(self) -> str | None:
        """The only change that makes the fact true, where there is one."""
        return self.classes[0].get("change") if len(self.classes) == 1 else None


@cache
def _rules() -> tuple[GeneFact, ...]:
    return tuple(
        GeneFact(
            fact, tuple(r["genes"]), tuple(r["classes"]), r.get("unnamed"), r.get("other"), r.get("negative"),
            r.get("negative_needs"), r.get("origin") == "germline", frozenset(r.get("exons", ())),
        )
        for fact, r in load_table("alterations")["facts"].items()
    )  # fmt: skip


def say_gene_facts(g: Gathering, statements: Sequence[GeneStatement], melanoma: bool | None) -> None:
    """Findings of every gene fact. `melanoma`: whether the one recorded primary is a melanoma (None: not known)."""
    if not statements:
        return
    for rule in _rules():
        about = [s for s in statements if s.gene in rule.genes]
        negatives: dict[str, list[GeneStatement]] = {}
        for statement in about:
            value, why = _judge(rule, statement, melanoma)
            if value is _NEGATIVE:
                negatives.setdefault(statement.gene, []).append(statement)
            elif value is not None or why:
                g.say(_finding(statement, rule.fact, value, why))
        if negatives:
            _say_negatives(g, rule, negatives)


_NEGATIVE = "\0negative"
_NOT_TAKEN = {
    "benign": "a benign variant",
    "uncertain": "a variant of uncertain significance",
    "contradictory": "the significance of the variant is stated in two ways",
}


def _finding(s: GeneStatement, fact: str, value: Scalar | None, why: str = "") -> Finding:
    finding = s.source.finding(fact, value, why)
    return replace(finding, evidence=(*finding.evidence, *s.beside)) if s.beside else finding


def _judge(rule: GeneFact, s: GeneStatement, melanoma: bool | None) -> tuple[Scalar | None, str]:
    """What one statement means for a fact: a value, a negative part, or None with the reason."""
    if s.outcome is Outcome.UNCLEAR:
        return None, f"{s.gene}: {s.why}" if s.why else f"{s.gene}: the result is unclear"
    if s.origin == "unclear":
        return None, f"{s.gene}: stated both as germline and as somatic, or as neither for certain"
    if rule.germline and s.origin != "germline":
        return (
            None,
            f"{s.gene}: whether the result is germline is not stated"
            if s.origin is None
            else f"{s.gene}: a tumour result",
        )
    if not rule.germline and s.origin == "germline":
        return None, f"{s.gene}: a germline result, not the tumour's"
    if s.outcome is Outcome.ABSENT:
        return _judge_negative(rule, s)
    if s.significance in _NOT_TAKEN:
        return None, f"{s.gene}: {_NOT_TAKEN[s.significance]}"
    return _judge_positive(rule, s, melanoma)


def _judge_positive(rule: GeneFact, s: GeneStatement, melanoma: bool | None) -> tuple[Scalar | None, str]:
    for entry in rule.classes:
        if entry.get("gene", s.gene) == s.gene and _fits(entry, s):
            return _melanoma_only(melanoma) if entry["value"] == "melanoma_only" else (entry["value"], "")
    named = [c for c in s.changes if c.event is None]
    if rule.germline:
        return None, f"{s.gene}: a germline variant; that it is pathogenic is not stated"
    if s.unread and rule.fact != "bm.her2":
        return None, f"{s.gene}: the change is named in a form that is not understood"
    if not s.changes and rule.unnamed is not None:
        return rule.unnamed, "the change is not named"
    if not s.changes:
        return (None, f"{s.gene}: a change is reported but not named") if rule.fact != "bm.her2" else (None, "")
    if named and rule.other is not None and any(_may_be(entry, c) for entry in rule.classes for c in named):
        return None, f"{s.gene} {named[0].name}: the new amino acid is not stated"
    if named and rule.other is not None:
        return rule.other, f"{s.gene} {named[0].name} is another change"
    if rule.negative is None and any(c.event == "amplification" for c in s.changes):
        return None, f"{s.gene} amplification by a gene test; overexpression is a result of its own"
    return None, f"{s.gene} {s.changes[0].name}: what it means for this marker is not listed"


def _melanoma_only(melanoma: bool | None) -> tuple[Scalar | None, str]:
    if melanoma is None:
        return None, "BRAF V600K counts for melanoma only, and the primary is not settled"
    return melanoma, "BRAF V600K" if melanoma else "BRAF V600K counts for melanoma only"


def _may_be(entry: Mapping[str, Any], change: Change) -> bool:
    """Whether a change without its new amino acid, or of unknown effect, may be the one that is looked for."""
    codon = re.search(r"\d+", entry.get("change", ""))
    return codon is not None and change.alt is None and change.codon == int(codon[0]) and change.kind in _INEXACT


def _fits(entry: Mapping[str, Any], s: GeneStatement) -> bool:
    if "significance" in entry:
        return bool(s.significance == entry["significance"])
    return any(_change_fits(entry, change) for change in s.changes)


def _change_fits(entry: Mapping[str, Any], change: Change) -> bool:
    if "event" in entry:
        return bool(change.event == entry["event"])
    if "change" in entry:
        return bool(change.name == entry["change"])
    if change.event is not None or change.kind not in entry.get("kinds", (change.kind,)):
        return False
    if "exon" in entry:
        return bool(change.exon == entry["exon"])
    if "range" in entry:
        return change.codon is not None and entry["range"][0] <= change.codon <= entry["range"][1]
    return "codons" not in entry or change.codon in entry["codons"]


def _judge_negative(rule: GeneFact, s: GeneStatement) -> tuple[Scalar | None, str]:
    if rule.negative is None:
        return None, ""
    if s.tested is not None:
        if rule.single_change == s.tested or (rule.fact == "bm.braf_v600e" and s.tested == "V600E"):
            return _NEGATIVE, ""
        return None, f"{s.gene}: only {s.tested} was looked for"
    about = s.about or next((c.event for c in s.changes if c.event), None)
    if s.panel and rule.events_only:
        event = rule.classes[0]["event"]
        return None, f"{s.gene}: no variant on the panel; that a {event} was looked for is not stated"
    if rule.negative_needs is not None and about != rule.negative_needs:
        return None, f"{s.gene}: no variant found; that a {rule.negative_needs} was looked for is not stated"
    if about is not None and not any(entry.get("event") == about for entry in rule.classes):
        return None, f"{s.gene}: only {about} was looked for"
    if rule.exons and s.exons is not None and not rule.exons <= s.exons:
        return None, f"{s.gene}: only part of the gene was tested"
    return _NEGATIVE, ""


def _say_negatives(g: Gathering, rule: GeneFact, negatives: Mapping[str, list[GeneStatement]]) -> None:
    """One negative for the fact when every gene has one: as old as its oldest part. Else what is missing."""
    missing = [gene for gene in rule.genes if gene not in negatives]
    if missing:
        why = f"{' and '.join(sorted(negatives))} negative; {' and '.join(missing)} not reported"
        for statements in negatives.values():
            for s in statements:
                g.say(_finding(s, rule.fact, None, why))
        return
    first, *others = rule.genes
    for s in negatives[first]:
        parts = [s, *(_nearest(s, negatives[gene]) for gene in others)]
        g.say(_joined([_finding(p, rule.fact, rule.negative) for p in parts]))


def _nearest(to: GeneStatement, among: Sequence[GeneStatement]) -> GeneStatement:
    """The statement closest in time, an undated one last."""

    def distance(s: GeneStatement) -> tuple[int, str]:
        if s.source.effective is None or to.source.effective is None:
            return (10**6, s.source.reference)
        return (abs((s.source.effective - to.source.effective).days), s.source.reference)

    return min(among, key=distance)


def _joined(parts: Sequence[Finding]) -> Finding:
    """One finding of several parts: the oldest date, plasma if any part is, every part's evidence."""
    if len(parts) == 1:
        return parts[0]
    dates = [p.effective for p in parts]
    oldest = None if None in dates else min(d for d in dates if d is not None)
    specimens = {p.specimen for p in parts}
    doubtful = [s for s in (Specimen.PLASMA, Specimen.UNREAD) if s in specimens]
    specimen = doubtful[0] if doubtful else specimens.pop() if len(specimens) == 1 else None
    narrative = any(p.obtained is Obtained.NARRATIVE for p in parts)
    evidence = tuple(dict.fromkeys(e for p in parts for e in p.evidence))
    return replace(
        parts[0], effective=oldest, at=None, specimen=specimen, evidence=evidence,
        obtained=Obtained.NARRATIVE if narrative else Obtained.STRUCTURED,
        preliminary=any(p.preliminary for p in parts),
        from_metastasis=parts[0].from_metastasis if len({p.from_metastasis for p in parts}) == 1 else None,
    )  # fmt: skip
