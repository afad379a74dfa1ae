"""Files of facts given by name: one set of facts, or the vignettes of a reviewer."""

from __future__ import annotations

from collections.abc import Mapping

from eligibility.catalogue import Catalogue
from eligibility.entered import entered_facts
from eligibility.errors import FactInputError, HepaticaError
from eligibility.facts import PatientFacts
from fhir_mappings.strict_json import UnreadableJson, read_json

__all__ = ["UnusableInput", "described", "named_facts"]


class UnusableInput(HepaticaError):
    """What was given cannot be evaluated. One sentence that says why."""


def named_facts(body: bytes, name: str) -> list[tuple[str | None, Mapping[str, object]]]:
    """The sets of facts in a file, each with its id: `{"facts": {…}}` has none, `{"vignettes": [{"id", "facts"}, …]}`.

    `name` is the file's, for messages. Raises UnusableInput.
    """
    try:
        content = read_json(body)
    except UnreadableJson as problem:
        raise UnusableInput(f"{name} was not read. {problem}" if body.strip() else f"{name} is empty.") from None
    if isinstance(content, dict) and isinstance(facts := content.get("facts"), dict):
        return [(None, facts)]
    vignettes = content.get("vignettes") if isinstance(content, dict) else None
    if not isinstance(vignettes, list) or not vignettes:
        fhir = isinstance(content, dict) and "resourceType" in content
        hint = " It looks like FHIR: leave out --facts." if fhir else ""
        raise UnusableInput(f'{name} holds neither an object "facts" nor a list "vignettes".{hint}')
    found: list[tuple[str | None, Mapping[str, object]]] = []
    for number, vignette in enumerate(vignettes, 1):
        identifier, facts = (vignette.get("id"), vignette.get("facts")) if isinstance(vignette, dict) else (None, None)
        if not isinstance(identifier, str) or not isinstance(facts, dict):
            raise UnusableInput(f'{name}: vignette {number} lacks the text "id" or the object "facts".')
        found.append((identifier, facts))
    return found


def described(facts: Mapping[str, object], identifier: str | None, name: str, catalogue: Catalogue) -> PatientFacts:
    """The patient that one set of facts describes. Raises UnusableInput naming the file, the vignette and the fact."""
    try:
        return entered_facts(facts, catalogue)
    except FactInputError as problem:
        raise UnusableInput(f"{name}, {identifier}: {problem}" if identifier else f"{name}: {problem}") from None
