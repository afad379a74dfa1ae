"""Liver lesions: their size, their number, and in which segments they lie.

A size counts only where focus or body site is the liver; the size of a specimen or of the primary never does. A list of
lesions is not a count unless the record states the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import msgspec

from fhir_mappings.intake import Resource
from fhir_mappings.observations import ObservationKind
from fhir_mappings.readers.condition_codes import by_code, condition_table
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.readers.numbers import Measured, bounded, measured
from fhir_mappings.resources import BodyStructure, CodeableConcept, Condition, Extension, Observation, read
from fhir_mappings.units import convert

__all__ = ["LesionSize", "read_lesion_count", "read_size", "say_sizes"]

_LONGEST, _FURTHER = "33728-7", "33729-5"
_TO_CM = {"cm": Fraction(1), "mm": Fraction(1, 10)}
_LARGEST_CM = Decimal(40)
RELATED = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition"
_NO_TUMOUR = re.compile(
    r"\b(?:cysts?|ha?emangiomas?|(?<!cyst)adenomas?|benign|focal nodular|hyperplasia|abscess(?:es)?|scars?|"
    r"ablation|treated|cavity|ha?ematomas?|fat)\b",
    re.I,
)
_LEFT = frozenset({"277956007", "277957003", "277958008"})
_RIGHT = frozenset({"277959000", "277960005", "277961009", "277962002"})


@dataclass(frozen=True, slots=True)
class LesionSize:
    """One measured liver lesion; `codes` are its body-site codes."""

    cm: Measured | str
    codes: frozenset[str]
    source: Source


def _sites(g: Gathering, raw: dict[str, object], observation: Observation) -> Iterable[CodeableConcept]:
    if observation.bodySite is not None:
        yield observation.bodySite
    extended = raw.get("extension")
    references = [f.reference for f in observation.focus or ()]
    for extension in extended if isinstance(extended, list) else ():
        if isinstance(extension, dict) and str(extension.get("url", "")).endswith("/bodySite"):
            value = extension.get("valueReference")
            references.append(value.get("reference") if isinstance(value, dict) else None)
    for reference in references:
        target = g.intake.resolve(reference, raw)
        if target is not None and target.get("resourceType") == "BodyStructure":
            location = _location(g, target)
            if location is not None:
                yield location


def _location(g: Gathering, raw: Resource) -> CodeableConcept | None:
    """Where a tumour lies; None for a structure that is no longer there, or that is no tumour."""
    try:
        structure = read(raw, BodyStructure)
    except ValueError:
        return None
    words = " . ".join(structure.morphology.all_words if structure.morphology else ())
    if structure.active is False or _NO_TUMOUR.search(words):
        return None
    return None if any(_benign(g, raw, e) for e in structure.extension or ()) else structure.location


def _benign(g: Gathering, raw: Resource, extension: Extension) -> bool:
    """Whether the Condition that a structure belongs to is a benign lesion."""
    target = g.intake.resolve(extension.valueReference.reference, raw) if extension.valueReference else None
    if extension.url != RELATED or target is None or target.get("resourceType") != "Condition":
        return False
    try:
        condition = read(target, Condition)
    except ValueError:
        return False
    return any(row["nature"] == "benign" for row in by_code(condition_table()["lesions"], condition.code))


def _in_liver(g: Gathering, sites: Iterable[CodeableConcept]) -> frozenset[str] | None:
    """The codes of the sites when one of them is the liver or a segment of it; None otherwise."""
    codes: set[str] = set()
    inside = False
    for site in sites:
        concepts = g.codes.of_concept(site)
        inside |= bool(concepts.keys() & {"liver", "couinaud_segments", "liver_lobes"})
        codes.update((c.code or "").strip() for c in site.coding or ())
    return frozenset(codes) if inside else None


def read_size(g: Gathering, raw: dict[str, object], observation: Observation, source: Source) -> LesionSize | None:
    """A lesion's longest diameter in cm; None when it is not in the liver, or of a specimen."""
    if observation.specimen is not None:
        return None
    codes = _in_liver(g, _sites(g, raw, observation))
    if codes is None:
        return None
    found: list[Measured] = []
    why = "no longest diameter is given"
    for component in observation.component or ():
        code = {(c.code or "").strip() for c in (component.code.coding if component.code else None) or ()}
        if code & {_LONGEST, _FURTHER}:
            number = measured(component)
            if isinstance(number, str) or number.unit not in _TO_CM:
                why = number if isinstance(number, str) else f"the unit {number.unit_words!r} is not known"
            else:
                cm = convert(number.number, _TO_CM[number.unit])
                found.append(msgspec.structs.replace(number, number=cm, unit="cm"))
    usable = [m for m in found if 0 < m.number <= _LARGEST_CM]
    if len(usable) < len(found):
        why = "a size that is not plausible"
    source = source.but(path="Observation.component.valueQuantity")
    if not usable or len(usable) < len(found) or why.startswith("the unit"):
        return LesionSize(why, codes, source)
    largest = max(usable, key=lambda m: m.number)
    return LesionSize(largest, codes, source.but(text=largest.text))


def say_sizes(g: Gathering, sizes: Iterable[LesionSize]) -> None:
    """The largest lesion of each day, and both lobes where lesions of one day lie in both."""
    by_day: dict[object, list[LesionSize]] = {}
    for size in sizes:
        by_day.setdefault((size.source.effective, size.source.preliminary), []).append(size)
    for lesions in by_day.values():
        known = [(s, s.cm) for s in lesions if isinstance(s.cm, Measured)]
        for s in lesions:
            if isinstance(s.cm, str):
                g.say(s.source.finding("liver.max_diameter_cm", None, s.cm))
        if known and len(known) == len(lesions):
            biggest, cm = max(known, key=lambda pair: pair[1].number)
            evidence = (biggest.source.evidence, *(s.source.evidence for s, _ in known if s is not biggest))
            g.say(
                replace(
                    biggest.source.finding("liver.max_diameter_cm", bounded(cm.number, cm.comparator)),
                    evidence=evidence,
                )
            )
        codes = frozenset().union(*(s.codes for s in lesions))
        if codes & _LEFT and codes & _RIGHT:
            first = lesions[0].source
            evidence = tuple(s.source.evidence for s in lesions)
            g.say(
                replace(
                    first.finding("liver.distribution", "bilobar", "lesions in segments of both lobes"),
                    evidence=evidence,
                )
            )


def read_lesion_count(
    g: Gathering, raw: dict[str, object], observation: Observation, kind: ObservationKind, source: Source
) -> None:
    """A stated number of lesions, of the liver only."""
    if _in_liver(g, _sites(g, raw, observation)) is None:
        return
    found = measured(observation)
    fact = kind.facts[0]
    if isinstance(found, str):
        g.say(source.finding(fact, None, found))
    elif (
        found.number != found.number.to_integral_value()
        or not 0 <= found.number <= 500
        or found.unit not in (None, "1", "{count}")
    ):
        g.say(source.but(text=found.text).finding(fact, None, "not a number of lesions"))
    else:
        g.say(source.but(text=found.text).finding(fact, bounded(found.number, found.comparator)))
