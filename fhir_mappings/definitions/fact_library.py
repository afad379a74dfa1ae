"""The facts as FHIR: a CodeSystem of what each one means, and a Library of the data each one is read from."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.catalogue import Catalogue, FactDefinition, FactType
from fhir_mappings.definitions.canonical import Canonicals, Resource, concept
from fhir_mappings.definitions.value_sets import FactCodes, codes_of_facts

__all__ = ["FACTS", "FACT_LIBRARY", "fact_code_system", "fact_library", "requirement_identifier"]

FACTS = "hepatica-facts"
"""The id of the CodeSystem of facts."""

FACT_LIBRARY = "hepatica-facts"
"""The id of the Library of facts."""

_LIBRARY_TYPES = "http://terminology.hl7.org/CodeSystem/library-type"
_UCUM = "http://unitsofmeasure.org"
_PATHS = {
    "Observation": ("code", ("status", "subject", "code", "effective", "value", "component")),
    "Condition": ("code", ("clinicalStatus", "verificationStatus", "subject", "code", "bodySite", "recordedDate")),
    "Procedure": ("code", ("status", "subject", "code", "bodySite", "performed")),
    "MedicationRequest": ("medication", ("status", "intent", "subject", "medication", "authoredOn")),
    "MedicationAdministration": ("medication", ("status", "subject", "medication", "effective")),
    "MedicationStatement": ("medication", ("status", "subject", "medication", "effective")),
    "AllergyIntolerance": ("code", ("clinicalStatus", "verificationStatus", "patient", "code", "reaction")),
}
"""Where the code stands, and the elements that are read at least."""


def fact_code_system(catalogue: Catalogue, canonicals: Canonicals) -> Resource:
    """What each fact is called, means, is measured in, may be, and how long it stays good."""
    read = frozenset(told.fact for told in codes_of_facts())
    facts = [_fact(d, "computed" if d.derived else "read or entered" if d.id in read else "entered")
             for d in catalogue.values()]  # fmt: skip
    return {
        **canonicals.head("CodeSystem", FACTS, "Facts that the rules of Hepatica read"),
        "description": "Each fact, and beneath it the values it may have. Numbers are in the unit that is given.",
        "caseSensitive": True,
        "hierarchyMeaning": "part-of",
        "content": "complete",
        "count": len(facts) + sum(len(f.get("concept", ())) for f in facts),
        "property": [
            {"code": "type", "type": "string", "description": "number, integer, quantity, boolean, code or set"},
            {"code": "unit", "type": "string", "description": "the unit of every number, in UCUM"},
            {"code": "days", "type": "integer", "description": "older values do not decide"},
            {"code": "origin", "type": "string", "description": "read from a record, entered by a person, or computed"},
            {"code": "question", "type": "string", "description": "what to ask when it is not known"},
        ],
        "concept": facts,
    }


def _fact(definition: FactDefinition, origin: str) -> Resource:
    properties: list[Resource] = [{"code": "type", "valueString": str(definition.type)}]
    if definition.unit:
        properties.append({"code": "unit", "valueString": definition.unit})
    if definition.fresh_days is not None:
        properties.append({"code": "days", "valueInteger": definition.fresh_days})
    properties += [{"code": "origin", "valueString": origin}, {"code": "question", "valueString": definition.ask}]
    made: Resource = {
        "code": definition.id,
        "display": definition.label,
        "definition": definition.meaning,
        "property": properties,
    }
    if definition.type in (FactType.CODE, FactType.SET):
        made["concept"] = [{"code": f"{definition.id}:{v}", "display": words} for v, words in definition.values.items()]
    return made


def requirement_identifier(told: FactCodes, resource: str) -> str:
    """The id of a data requirement inside the Library."""
    return f"{told.fact}.{resource}"


def fact_library(catalogue: Catalogue, canonicals: Canonicals) -> Resource:
    """What data each fact is read from: resource type, codes, and how recent it has to be."""
    requirements = [r for told in codes_of_facts() for r in _requirements(catalogue[told.fact], told, canonicals)]
    read = {told.fact for told in codes_of_facts()}
    others = [d.id for d in catalogue.values() if d.id not in read]
    sets = [told.identifier for told in codes_of_facts() if told.identifier is not None]
    return {
        **canonicals.head("Library", FACT_LIBRARY, "Data that the facts of Hepatica are read from"),
        "type": concept(_LIBRARY_TYPES, "module-definition"),
        "description": (
            "One data requirement for each fact and resource type; its id is the fact's name and the type. How a "
            "result becomes a value (units, wording, specimens, several results) is not in here. Entered by a person "
            f"or computed, so without a requirement: {', '.join(others)}."
        ),
        "relatedArtifact": [
            {"type": "depends-on", "resource": canonicals.reference("CodeSystem", FACTS)},
            *({"type": "composed-of", "resource": canonicals.reference("ValueSet", s)} for s in sets),
        ],
        "dataRequirement": requirements,
    }


def _requirements(definition: FactDefinition, told: FactCodes, canonicals: Canonicals) -> Iterator[Resource]:
    for resource in told.resources:
        path, elements = _PATHS.get(resource, ("", ()))
        made: Resource = {"id": requirement_identifier(told, resource), "type": resource}
        if elements:
            made["mustSupport"] = list(elements)
        if told.identifier is not None:
            made["codeFilter"] = [{"path": path, "valueSet": canonicals.reference("ValueSet", told.identifier)}]
        if resource == "Observation" and definition.fresh_days is not None:
            days = {"value": definition.fresh_days, "unit": "days", "system": _UCUM, "code": "d"}
            made["dateFilter"] = [{"path": "effective", "valueDuration": days}]
        yield made
