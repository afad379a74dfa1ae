"""Reading FHIR JSON without trusting its shape: an odd element becomes an empty one, never an exception."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["Resource", "codings", "concept_text", "items", "mapping", "reference_of", "text"]

Resource = dict[str, Any]

_KIND = re.compile(
    r" \((?:disorder|finding|situation|procedure|regime/therapy|substance|product|medicinal product|body structure"
    r"|morphologic abnormality|observable entity|qualifier value)\)$"
)


def text(value: object) -> str:
    """The value if it is a string, without outer white space; else an empty string."""
    return value.strip() if isinstance(value, str) else ""


def mapping(value: object) -> Resource:
    """The value if it is a JSON object; else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Resource]:
    """The JSON objects of an element that may be missing, single or a list."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return []


def codings(value: object) -> Iterator[tuple[str, str]]:
    """Every (system, code) of a CodeableConcept, a Coding or a list of either."""
    for concept in items(value):
        for coding in items(concept.get("coding")) or [concept]:
            code = text(coding.get("code"))
            if code:
                yield text(coding.get("system")), code


def concept_text(value: object) -> str:
    """What a screen prints for a CodeableConcept: its text, else the first display, else the first code.

    The kind in brackets that SNOMED CT adds to a full name, such as "(disorder)", is left out.
    """
    for concept in items(value):
        if words := text(concept.get("text")):
            return _KIND.sub("", words)
        for key in ("display", "code"):
            for coding in items(concept.get("coding")):
                if words := text(coding.get(key)):
                    return _KIND.sub("", words)
    return ""


def reference_of(value: object) -> str:
    """The literal `reference` of a Reference, as written."""
    return text(mapping(value).get("reference"))
