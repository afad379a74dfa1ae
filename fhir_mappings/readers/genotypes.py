"""Inherited genotypes: DPYD and UGT1A1 as metaboliser classes, HLA-A as carried or not. Table: `genotypes.yaml`.

A class that the laboratory states counts; else both alleles must be named. A single variant without its zygosity, or
two variants whose phase is not known, give no class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from fhir_mappings.answers import Outcome, outcome, unsure
from fhir_mappings.observations import ObservationKind, load_table
from fhir_mappings.readers.components import GENE_STUDIED, components, genes_of, words_of
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.genes import GeneStatement
from fhir_mappings.resources import Observation, read

__all__ = ["read_genotype", "read_implication", "say_inherited_variants"]

_METABOLISER = re.compile(r"\b(?P<class>normal|extensive|intermediate|poor)[ -]metaboli[sz]er", re.I)
_OTHER_CLASS = re.compile(r"\b(?:likely|possible|presumed|suspected|indeterminate|rapid|ultra-?rapid)\b", re.I)
_STARS = re.compile(
    r"(?P<one>\*\d{1,3}[A-Z]?)(?:\.\d{1,3})?\s*/\s*[A-Z0-9]{0,8}(?P<two>\*\d{1,3}[A-Z]?)(?:\.\d{1,3})?(?![\w/])", re.I
)
_REPEATS = re.compile(r"\(?TA\)?\s*(?P<one>[5-8])\s*/\s*\(?(?:TA)?\)?\s*(?P<two>[5-8])\b", re.I)
_ZYGOSITY = re.compile(r"\b(?P<z>heterozygous|homozygous)\b", re.I)
_ALLELE = re.compile(r"A\*(?P<group>\d{2,3})(?::(?P<protein>\d{2,3}))?", re.I)


@cache
def _table() -> Mapping[str, Any]:
    return load_table("genotypes")


def _words(observation: Observation) -> str:
    concept = observation.valueCodeableConcept
    own = [observation.valueString or "", *(concept.all_words if concept else ())]
    parts = [words_of(c) for c in observation.component or () if c not in components(observation, GENE_STUDIED)]
    return " ; ".join(w for w in (*own, *parts) if w)[:2000]


def _codes(observation: Observation) -> set[str]:
    concepts = [observation.valueCodeableConcept, *(c.valueCodeableConcept for c in observation.component or ())]
    return {(c.code or "").strip() for concept in concepts for c in (concept.coding if concept else None) or ()}


def read_genotype(g: Gathering, observation: Observation, kind: ObservationKind, source: Source) -> None:
    """A genotype, a haplotype or a test of one such gene."""
    words = _words(observation)
    source = source.but(text=words or None)
    named = [gene for part in components(observation, GENE_STUDIED) for gene in genes_of(part, g.codes)[0]]
    genes = [kind.settings["gene"]] if "gene" in kind.settings else list(dict.fromkeys(named))
    for gene in genes:
        if gene in _table()["genes"]:
            _say_class(g, gene, observation, words, source)
    antigen = _table()["antigen"]
    if antigen["fact"] in kind.facts or re.search(r"\bHLA-A\*", words):
        _say_antigen(g, antigen, observation, words, source, single=kind.concept == "haplotype")


def _say_class(g: Gathering, gene: str, observation: Observation, words: str, source: Source) -> None:
    rule = _table()["genes"][gene]
    if observation.dataAbsentReason is not None:
        g.say(source.finding(rule["fact"], None, f"no value: {observation.dataAbsentReason.words!r}"))
        return
    stated = _stated_class(observation, words)
    derived = {_of_alleles(rule, pair) for pair in _pairs(rule, words)} - {None}
    values = {rule["phenotypes"][c] for c in stated} | derived
    if unsure(words) and not stated:
        values = set()
    if len(values) == 1:
        g.say(source.finding(rule["fact"], values.pop()))
    elif values:
        g.say(source.finding(rule["fact"], None, f"{gene}: the class and the genotype of the result disagree"))
    else:
        answer, _ = outcome(observation)
        why = "no variant was found; which were looked for is not stated" if answer is Outcome.ABSENT else (
            "the result gives neither a metaboliser class nor both alleles"
        )  # fmt: skip
        g.say(source.finding(rule["fact"], None, f"{gene}: {why}"))


def _stated_class(observation: Observation, words: str) -> set[str]:
    """The metaboliser classes that codes or words state; hedged words state none."""
    answers = _table()["answers"]
    coded = {answers[code] for code in _codes(observation) if code in answers}
    worded = {m["class"].lower().replace("extensive", "normal") for m in _METABOLISER.finditer(words)}
    return coded if _OTHER_CLASS.search(words) else coded | worded


def _pairs(rule: Mapping[str, Any], words: str) -> list[tuple[str, str]]:
    """Both alleles of the genotype: written as a pair, or as one variant with its zygosity."""
    found = [(m["one"], m["two"]) for m in _STARS.finditer(words)]
    found += [(f"(TA){m['one']}", f"(TA){m['two']}") for m in _REPEATS.finditer(words)]
    if found:
        return found
    low = re.sub(r"\s*([>+])\s*", r"\1", " ".join(words.lower().split()))
    variants = [name for name, activity in rule["alleles"].items() if Decimal(activity) < 1 and _holds(low, name)]
    zygosity = {m["z"].lower() for m in _ZYGOSITY.finditer(words)}
    if len(variants) != 1 or len(zygosity) != 1:
        return []
    return [(variants[0], variants[0] if zygosity == {"homozygous"} else "*1")]


def _holds(low: str, name: str) -> bool:
    return re.search(rf"{re.escape(name)}(?![0-9a-z])", low) is not None


def _of_alleles(rule: Mapping[str, Any], pair: tuple[str, str]) -> str | None:
    """The class of two alleles; None when one of them is not listed."""
    known = [rule["alleles"].get("".join(name.lower().split())) for name in pair]
    if None in known:
        return None
    total = sum((Decimal(a) for a in known if a is not None), Decimal(0))
    value: str | None = rule["scores"].get(str(total.normalize() if total else Decimal(0)))
    return value


def _say_antigen(
    g: Gathering, rule: Mapping[str, Any], observation: Observation, words: str, source: Source, *, single: bool
) -> None:
    """HLA-A: one copy of the allele is enough; its absence needs both copies, each typed to the protein."""
    wanted = tuple(rule["group"])
    copies = [[(m["group"], m["protein"]) for m in _ALLELE.finditer(part)] for part in re.split(r"[+;,]", words)]
    copies = [copy for copy in copies if copy]
    if len(copies) == 1 and "/" in words and len(copies[0]) > 1 and len(set(copies[0])) > 1:
        carried = set(copies[0]) == {wanted}
        value: bool | None = True if carried else None if wanted in copies[0] else False
        value = value if all(protein for _, protein in copies[0]) else None
    elif any(set(copy) == {wanted} for copy in copies):
        value = True
    elif (
        single
        or len({tuple(copy) for copy in copies}) < 2
        or any(protein is None or (group, protein) == wanted for copy in copies for group, protein in copy)
    ):
        value = None
    else:
        value = False
    if value is None and not copies and "*02:01" in " ".join(observation.code.all_words if observation.code else ()):
        answer, _ = outcome(observation)
        value = {Outcome.PRESENT: True, Outcome.ABSENT: False}.get(answer) if answer else None
    if value is not None or not single:
        g.say(source.finding(rule["fact"], value, "" if value is not None else "the typing does not settle it"))


def read_implication(g: Gathering, raw: Mapping[str, Any], observation: Observation, source: Source) -> None:
    """The metaboliser class that a laboratory derived from a genotype, which says of which gene."""
    stated = _stated_class(observation, _words(observation))
    if len(stated) != 1:
        return
    for gene in _genes_behind(g, raw, observation):
        rule = _table()["genes"].get(gene)
        if rule is not None:
            value = rule["phenotypes"][next(iter(stated))]
            g.say(source.but(text=_words(observation)[:200]).finding(rule["fact"], value))


def _genes_behind(g: Gathering, raw: Mapping[str, Any], observation: Observation) -> list[str]:
    """The genes of the Observations that this one is derived from, or its own gene."""
    found = [gene for part in components(observation, GENE_STUDIED) for gene in genes_of(part, g.codes)[0]]
    for reference in observation.derivedFrom or ():
        target = g.intake.resolve(reference.reference, dict(raw))
        if target is not None and target.get("resourceType") == "Observation":
            behind = read(target, Observation)
            found += [gene for part in components(behind, GENE_STUDIED) for gene in genes_of(part, g.codes)[0]]
    return list(dict.fromkeys(found))


def say_inherited_variants(g: Gathering, statements: Sequence[GeneStatement]) -> None:
    """A variant of such a gene by itself: seen, and no class."""
    for s in statements:
        rule = _table()["genes"].get(s.gene)
        if rule is not None and s.outcome is Outcome.PRESENT:
            why = f"a variant of {s.gene} is reported; the metaboliser class is not"
            g.say(s.source.finding(rule["fact"], None, why))
