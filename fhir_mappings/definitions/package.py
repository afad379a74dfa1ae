"""Everything of one export: value sets, facts, logic, gates, options, and the list of them all."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from eligibility.catalogue import Catalogue
from eligibility.cql.library import LIBRARY, cql_library, status_name
from eligibility.cql.settled import Parameter, parameters
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.definitions.canonical import Canonicals, Resource, concept, validated
from fhir_mappings.definitions.fact_library import FACT_LIBRARY, fact_code_system, fact_library
from fhir_mappings.definitions.plan_definitions import (
    LOGIC_LIBRARY,
    activity_definitions,
    gate_definitions,
    option_definitions,
)
from fhir_mappings.definitions.value_sets import concept_value_sets, fact_value_sets

__all__ = ["COLLECTION", "as_bundle", "fhir_package"]

COLLECTION = "hepatica-knowledge"
"""The id of the Library that lists the whole export."""

_LIBRARY_TYPES = "http://terminology.hl7.org/CodeSystem/library-type"
_TYPES = {"Decimal": "decimal", "Boolean": "boolean", "String": "string", "List<String>": "string"}


def fhir_package(knowledge: KnowledgeBase, base: str) -> tuple[Resource, ...]:
    """Every definition, each checked by the FHIR model library; definitions come before those that point to them.

    Raises HepaticaError for a base that is no address.
    """
    canonicals = Canonicals.under(base, knowledge.version)
    labels = {d.id: d.label for d in knowledge.catalogue.values()}
    parts = [
        *concept_value_sets(canonicals),
        *fact_value_sets(canonicals, labels),
        fact_code_system(knowledge.catalogue, canonicals),
        fact_library(knowledge.catalogue, canonicals),
        _logic(knowledge, canonicals),
        *gate_definitions(knowledge, canonicals),
        *activity_definitions(knowledge, canonicals),
        *option_definitions(knowledge, canonicals),
    ]
    return tuple(validated(part) for part in (*parts, _collection(knowledge, canonicals, parts)))


def as_bundle(package: tuple[Resource, ...]) -> Resource:
    """The export as one transaction that puts every definition under its own id."""
    return validated(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "fullUrl": resource["url"],
                    "resource": resource,
                    "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
                }
                for resource in package
            ],
        }
    )


def _logic(knowledge: KnowledgeBase, canonicals: Canonicals) -> Resource:
    text = cql_library(knowledge)
    return {
        **canonicals.head("Library", LOGIC_LIBRARY, "The rules of Hepatica in CQL"),
        "name": LIBRARY,
        "type": concept(_LIBRARY_TYPES, "logic-library"),
        "description": (
            "Takes the facts of one patient as parameters and gives the status of every option. It reads no record: "
            "facts have to be read, settled and aged first."
        ),
        "relatedArtifact": [{"type": "depends-on", "resource": canonicals.reference("Library", FACT_LIBRARY)}],
        "parameter": [*_inputs(knowledge.catalogue), *_outputs(knowledge)],
        "content": [{"contentType": "text/cql", "data": base64.b64encode(text.encode()).decode()}],
    }


def _inputs(catalogue: Catalogue) -> Iterator[Resource]:
    for parameter in parameters(catalogue):
        yield {
            "name": parameter.name,
            "use": "in",
            "min": 0,
            "max": _most(parameter),
            "documentation": parameter.says,
            "type": _TYPES[parameter.type],
        }


def _most(parameter: Parameter) -> str:
    return "*" if parameter.type.startswith("List") else "1"


def _outputs(knowledge: KnowledgeBase) -> Iterator[Resource]:
    for option in knowledge.options:
        yield {
            "name": status_name(option),
            "use": "out",
            "min": 1,
            "max": "1",
            "documentation": option.name,
            "type": "string",
        }


def _collection(knowledge: KnowledgeBase, canonicals: Canonicals, parts: list[Resource]) -> Resource:
    return {
        **canonicals.head("Library", COLLECTION, "The knowledge base of Hepatica"),
        "type": concept(_LIBRARY_TYPES, "asset-collection"),
        "description": (
            "Treatment options to consider for cancer in the liver, with the reasons for and against. A draft that no "
            f"clinician has signed off as a whole. Content: sha256 {knowledge.sha256}."
        ),
        "relatedArtifact": [
            {"type": "composed-of", "resource": canonicals.reference(part["resourceType"], part["id"])}
            for part in parts
        ],
    }
