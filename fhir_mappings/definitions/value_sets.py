"""The value sets of the mapping as FHIR ValueSets: one for each concept, and one for each way a fact is told.

ICD-10-CM codes match by the longest listed prefix: they become `is-a` filters, less what is listed elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from fhir_mappings.code_lists import CodeList, ListedCode, code_lists
from fhir_mappings.codes import GENE_NAMES, ICD10CM, LOINC, SNOMED, shipped_codes
from fhir_mappings.definitions.canonical import Canonicals, Resource, identifier_from
from fhir_mappings.fact_sources import fact_sources
from fhir_mappings.source_parts import FactSource

__all__ = ["FactCodes", "codes_of_facts", "concept_value_sets", "fact_value_sets", "used_concepts"]

_NOTICES = {
    LOINC: "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, "
    "Inc. and the LOINC Committee and is available at no cost under the license at http://loinc.org/license.",
    SNOMED: "This material contains content from SNOMED CT, copyright SNOMED International. Its use needs an "
    "affiliate licence or a national one.",
}


class FactCodes(NamedTuple):
    """The codes by which one kind of resource tells of a fact; `identifier` names their value set, None: no codes."""

    fact: str
    resources: tuple[str, ...]
    identifier: str | None
    concepts: tuple[str, ...]
    codes: tuple[ListedCode, ...]
    how: tuple[str, ...]


@cache
def codes_of_facts() -> tuple[FactCodes, ...]:
    """For every fact that is read from a record, and each kind of resource, the codes that tell of it."""
    return tuple(
        _codes_of(fact, resources, [s for s in sources if s.resource == resources])
        for fact, sources in fact_sources().items()
        for resources in dict.fromkeys(s.resource for s in sources)
    )


def _codes_of(fact: str, resources: str, sources: Iterable[FactSource]) -> FactCodes:
    concepts: dict[str, None] = {}
    codes: dict[ListedCode, None] = {}
    how = []
    for source in sources:
        how.append(source.how)
        for group in source.groups:
            # A gene is named in a component of the result, never in the code of the Observation.
            listed = [c for c in group.codes if c.system != GENE_NAMES]
            whole = code_lists().get(group.concept)
            if whole is not None and set(whole.codes) == set(listed):
                concepts[group.concept] = None
            else:
                codes.update(dict.fromkeys(listed))
    kinds = tuple(resources.split(", "))
    short = "Medication" if len(kinds) > 1 else kinds[0]
    told = bool(concepts or codes)
    identifier = identifier_from(f"{fact}.{short}") if told else None
    return FactCodes(fact, kinds, identifier, tuple(concepts), tuple(codes), tuple(dict.fromkeys(how)))


def used_concepts() -> tuple[str, ...]:
    """Every concept of the value sets, in order."""
    return tuple(code_lists())


def concept_value_sets(canonicals: Canonicals) -> Iterator[Resource]:
    """One ValueSet for each concept."""
    for concept, listed in code_lists().items():
        yield _value_set(canonicals, concept_identifier(concept), concept.replace("_", " "), _compose(listed))


def concept_identifier(concept: str) -> str:
    """The id of a concept's value set."""
    return identifier_from(f"concept.{concept}")


def fact_value_sets(canonicals: Canonicals, labels: Mapping[str, str]) -> Iterator[Resource]:
    """One ValueSet for each fact and kind of resource, made of the concepts."""
    for told in codes_of_facts():
        if told.identifier is None:
            continue
        include: list[Resource] = [
            {"valueSet": [canonicals.reference("ValueSet", concept_identifier(c))]} for c in told.concepts
        ]
        include += _included(told.codes)
        title = f"Codes that tell of {labels[told.fact]} in {' and '.join(told.resources)}"
        yield _value_set(canonicals, told.identifier, title, {"include": include})


def _value_set(canonicals: Canonicals, identifier: str, title: str, compose: Resource) -> Resource:
    systems = {part.get("system") for part in compose["include"]}
    notices = [text for system, text in _NOTICES.items() if system in systems]
    return {
        **canonicals.head("ValueSet", identifier, title),
        **({"copyright": "\n\n".join(notices)} if notices else {}),
        "compose": compose,
    }


def _compose(listed: CodeList) -> Resource:
    """The codes of a concept, less the ICD-10-CM codes beneath them that are listed under another one."""
    exclude = [_beneath(code) for code in _listed_elsewhere([c.code for c in listed.codes if c.system == ICD10CM])]
    return {"include": _included(listed.codes), **({"exclude": exclude} if exclude else {})}


def _included(codes: Iterable[ListedCode]) -> list[Resource]:
    by_system: dict[str, list[ListedCode]] = {}
    for code in codes:
        by_system.setdefault(code.system, []).append(code)
    include: list[Resource] = []
    for system, some in by_system.items():
        if system == ICD10CM:
            include += [_beneath(code.code) for code in some]
        else:
            include.append({"system": system, "concept": [_listed(c) for c in some]})
    return include


def _listed(code: ListedCode) -> Resource:
    return {"code": code.code, **({"display": code.display} if code.display else {})}


def _beneath(code: str) -> Resource:
    return {"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": code}]}


def _listed_elsewhere(codes: Iterable[str]) -> list[str]:
    """The codes of other concepts just beneath these: there the longer one decides."""
    own = {_plain(code) for code in codes}
    return [code for code, above in _just_above().items() if above in own and _plain(code) not in own]


@cache
def _just_above() -> Mapping[str, str | None]:
    """Every listed ICD-10-CM code, with the longest other one that it begins with."""
    codes = sorted({code for system, code, _ in shipped_codes().entries() if system == ICD10CM})
    listed = {_plain(code) for code in codes}
    return {
        code: next((_plain(code)[:n] for n in range(len(_plain(code)) - 1, 2, -1) if _plain(code)[:n] in listed), None)
        for code in codes
    }


def _plain(code: str) -> str:
    return code.replace(".", "")
