"""How gene results tell of facts, for a reviewer: which tests, and which change means which value.

Derived from `valuesets/alterations.yaml`, as the readers of genes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_mappings.code_lists import ListedCode, code_lists, display_of
from fhir_mappings.observations import load_table, observation_table
from fhir_mappings.source_parts import CodeGroup, FactSource, Hint, Meaning

__all__ = ["gene_sources"]

_MARKS = {"melanoma_only": ("true", "in melanoma only")}
_KINDS = {
    "missense": "substitutions", "deletion": "deletions", "insertion": "insertions", "duplication": "duplications",
    "delins": "deletion-insertions", "truncating": "truncating changes",
}  # fmt: skip


def gene_sources() -> Iterator[tuple[str, FactSource]]:
    """Each gene fact with its sources: variants found, then tests of single genes."""
    table = load_table("alterations")
    for fact, rule in table["facts"].items():
        genes = tuple(rule["genes"])
        meanings = tuple(_meanings(rule, genes))
        named = _or(genes)
        origin = "germline results only" if rule.get("origin") == "germline" else "germline results do not count"
        variants = [CodeGroup("variant_obs", None, "", _listed("variant_obs"))]
        variants += [CodeGroup(f"gene_{g}", None, "", _listed(f"gene_{g}")) for g in genes if _listed(f"gene_{g}")]
        yield (
            fact,
            FactSource("Observation", f"a genetic variant of {named}; {origin}", tuple(variants), (), meanings),
        )
        tests = tuple(_tests(rule, genes))
        titles = _titles(rule, genes, table)
        if tests or titles:
            yield fact, FactSource("Observation", f"a test of {named}", tests, titles)


def _listed(concept: str) -> tuple[ListedCode, ...]:
    found = code_lists().get(concept)
    return found.codes if found else ()


def _or(names: tuple[str, ...]) -> str:
    return _joined(names, "or")


def _joined(names: tuple[str, ...], last: str) -> str:
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _tests(rule: Mapping[str, Any], genes: tuple[str, ...]) -> Iterator[CodeGroup]:
    """Tests of these genes that can speak of this fact, by what they look for."""
    events = {entry.get("event") for entry in rule["classes"]}
    groups: dict[tuple[str, str], list[ListedCode]] = {}
    table = observation_table()
    for named in table.codes_of("gene_test"):
        system, _, code = named.rpartition("|")
        kind = table.kind_of(system, code)
        assert kind is not None
        settings = kind.settings
        if not set(settings["genes"]) & set(genes):
            continue
        if settings.get("event") and settings["event"] not in events:
            continue
        why = (
            f"looks for {settings['tested']} only: a negative says nothing of the rest" if "tested" in settings else ""
        )
        if settings.get("ambiguous"):
            why = "which of its genes was found is not in the code"
        groups.setdefault((kind.concept, why), []).append(ListedCode(system, code, display_of(system, code)))
    for (concept, why), codes in groups.items():
        yield CodeGroup(concept, None, why, tuple(codes))


def _titles(rule: Mapping[str, Any], genes: tuple[str, ...], table: Mapping[str, Any]) -> tuple[Hint, ...]:
    events = {entry.get("event") for entry in rule["classes"]}
    patterns = [*table["gene_titles"], *(table["fusion_titles"] if "fusion" in events else ())]
    words = tuple(p.format(gene=g) for g in genes if g in table["titled"] for p in patterns)
    return (Hint(words, None),) if words else ()


def _meanings(rule: Mapping[str, Any], genes: tuple[str, ...]) -> Iterator[Meaning]:
    gene = _or(genes)
    for entry in rule["classes"]:
        token = str(entry["value"]).lower() if isinstance(entry["value"], bool) else str(entry["value"])
        value, only = _MARKS.get(token, (token, ""))
        yield Meaning(f"{entry.get('gene', gene)} {_change(entry)}{f', {only}' if only else ''}", value)
    for key, words in (
        ("unnamed", "altered, the change not named"), ("other", "another named change"),
        ("negative", "no alteration found"),
    ):  # fmt: skip
        if key in rule:
            value = rule[key]
            if key == "negative" and len(genes) > 1:
                words = "every gene tested, no alteration found"
            limits = ""
            if key == "negative" and "exons" in rule:
                exons = tuple(str(e) for e in rule["exons"])
                limits = f", exon{'s' if len(exons) > 1 else ''} {_joined(exons, 'and')} covered"
            if key == "negative" and rule.get("negative_needs") == "fusion":
                limits = ", in a test that looks for fusions"
            token = str(value).lower() if isinstance(value, bool) else str(value)
            yield Meaning(f"{gene}: {words}{limits}", token)


def _change(entry: Mapping[str, Any]) -> str:
    kinds = _or(tuple(_KINDS[k] for k in entry.get("kinds", ())))
    if "change" in entry:
        return str(entry["change"])
    if "codons" in entry:
        return f"codon {_or(tuple(str(c) for c in entry['codons']))}: {kinds}"
    if "range" in entry:
        low, high = entry["range"]
        return f"codons {low} to {high}: {kinds}"
    if "exon" in entry:
        return f"exon {entry['exon']}: {kinds}"
    if "event" in entry:
        return str(entry["event"])
    if "significance" in entry:
        return f"{entry['significance']} variant"
    return kinds
