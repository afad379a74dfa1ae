"""A site's own codes: one YAML file that maps (system, code) of Observations to facts.

    - system: https://hospital.example/tumour-board
      code: resectability
      fact: liver.resectability
      values: {resectable: upfront, borderline: borderline}
    - {system: https://hospital.example/tumour-board, code: flr-percent, fact: liver.flr_pct, quantity: true}

`values` maps answer codes (or answer texts) to fact values; `boolean`, `integer`, `quantity` read the value as it is.
An answer or unit that is not listed gives no value, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import yaml

from eligibility.catalogue import Catalogue, FactDefinition
from eligibility.errors import FactInputError, HepaticaError
from eligibility.facts import Scalar
from fhir_mappings.dates import first_of
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.readers.numbers import bounded, measured
from fhir_mappings.resources import Observation
from fhir_mappings.statuses import Result, result

__all__ = ["Overlay", "OverlayError", "OverlayRule", "load_overlay"]

Kind = Literal["values", "boolean", "integer", "quantity"]

LONGEST_TEMPLATE = 1_500
"""Characters of one prefetch template."""

_KEYS = {"system", "code", "fact", "values", "boolean", "integer", "quantity"}


class OverlayError(HepaticaError):
    """A site's code file that cannot be used. Names the entry and the mend."""


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """How one of the site's codes is read."""

    definition: FactDefinition
    kind: Kind
    values: Mapping[str, Scalar]


class Overlay:
    """A site's codes, ready to read Observations with."""

    def __init__(self, rules: Mapping[tuple[str, str], OverlayRule]) -> None:
        self._rules = MappingProxyType(dict(rules))

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Every (system, code), for the searches and prefetch of this site."""
        return tuple(self._rules)

    def prefetch_templates(self) -> dict[str, str]:
        """Prefetch templates for the site's codes, each under 1,500 characters (CH-50): `local-1`, `local-2`…"""
        lead = "Observation?patient={{context.patientId}}&code="
        lists: list[str] = []
        for code in (f"{system}|{value}" for system, value in self._rules):
            if lists and len(lead) + len(lists[-1]) + 1 + len(code) < LONGEST_TEMPLATE:
                lists[-1] += f",{code}"
            else:
                lists.append(code)
        return {f"local-{place}": f"{lead}{codes}" for place, codes in enumerate(lists, 1)}

    def read(self, g: Gathering) -> None:
        """Add what the site's codes say to a chart being read."""
        rules = self._rules
        for raw in g.intake.resources.get("Observation", ()):
            code = raw.get("code")
            codings = code.get("coding") if isinstance(code, dict) else None
            for coding in codings if isinstance(codings, list) else ():
                if not isinstance(coding, dict):
                    continue
                system, value = coding.get("system"), coding.get("code")
                if isinstance(system, str) and isinstance(value, str):
                    rule = rules.get((system.strip(), value.strip()))
                    if rule is not None:
                        _read(g, raw, rule, f"{system.strip()}|{value.strip()}")


def load_overlay(text: str, catalogue: Catalogue) -> Overlay:
    """The overlay in a YAML text. Raises OverlayError."""
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError:
        raise OverlayError("The file of the site's codes is not YAML.") from None
    if not isinstance(entries, list):
        raise OverlayError("The file of the site's codes is not a list of entries with system, code and fact.")
    rules: dict[tuple[str, str], OverlayRule] = {}
    for place, entry in enumerate(entries, 1):
        key, rule = _rule(entry, catalogue, f"Entry {place} of the site's codes")
        if key in rules:
            raise OverlayError(f"Entry {place} of the site's codes maps {key[0]}|{key[1]} a second time.")
        rules[key] = rule
    return Overlay(rules)


def _rule(entry: object, catalogue: Catalogue, where: str) -> tuple[tuple[str, str], OverlayRule]:
    if not isinstance(entry, dict) or set(entry) - _KEYS:
        raise OverlayError(f"{where} has keys other than {', '.join(sorted(_KEYS))}.")
    system, code, fact = (entry.get(key) for key in ("system", "code", "fact"))
    if not (isinstance(system, str) and isinstance(code, str) and isinstance(fact, str)):
        raise OverlayError(f"{where} needs system, code and fact as text.")
    definition = catalogue.get(fact)
    if definition is None or definition.derived:
        raise OverlayError(f"{where} names {fact!r}, which is not a fact that can be read.")
    kinds: list[Kind] = [k for k in ("values", "boolean", "integer", "quantity") if entry.get(k)]
    if len(kinds) != 1:
        raise OverlayError(f"{where} needs exactly one of values, boolean, integer and quantity.")
    values: dict[str, Scalar] = {}
    if kinds[0] == "values":
        answers = entry["values"]
        if not isinstance(answers, dict):
            raise OverlayError(f"{where}: values is not a map of answers to fact values.")
        for answer, given in answers.items():
            try:
                values[str(answer).strip().casefold()] = definition.value_of(given)
            except FactInputError as problem:
                raise OverlayError(f"{where}: {problem}") from None
    return (system.strip(), code.strip()), OverlayRule(definition, kinds[0], MappingProxyType(values))


def _read(g: Gathering, raw: Mapping[str, Any], rule: OverlayRule, code: str) -> None:
    observation = g.read(raw, Observation)
    if observation is None:
        return
    status = result(observation)
    if status is Result.DROPPED:
        return
    period = observation.effectivePeriod
    when = first_of(
        observation.effectiveDateTime, observation.effectiveInstant, period.end if period else None, observation.issued
    )
    g.seen(when)
    answers = _answers(observation)
    source = Source(
        name_of(raw), "Observation.value", code, answers[0] if answers else None, when, status is Result.PRELIMINARY
    )
    value, why = _value(observation, rule, answers)
    if status is Result.UNUSABLE:
        value, why = None, "its status is not one that lets it count"
    elif observation.dataAbsentReason is not None:
        value, why = None, f"no value: {observation.dataAbsentReason.words!r}"
    g.say(source.finding(rule.definition.id, value, why))


def _answers(observation: Observation) -> Sequence[str]:
    """The answer's words and codes, words first."""
    concept = observation.valueCodeableConcept
    if concept is not None:
        codes = [c.code for c in concept.coding or () if c.code]
        return [*concept.all_words, *codes]
    return [observation.valueString] if observation.valueString else []


def _value(observation: Observation, rule: OverlayRule, answers: Sequence[str]) -> tuple[Scalar | None, str]:
    if rule.kind == "boolean":
        if observation.valueBoolean is None:
            return None, "the answer is not yes or no"
        return observation.valueBoolean, ""
    if rule.kind == "values":
        found = {value for a in answers if (value := rule.values.get(a.strip().casefold())) is not None}
        return (found.pop(), "") if len(found) == 1 else (None, "the answer is not one that this site has mapped")
    number = measured(observation)
    if isinstance(number, str):
        return None, number
    unit = number.unit or number.unit_words or None
    try:
        value = rule.definition.convert(number.number, unit)
    except FactInputError:
        return None, f"the unit {number.unit_words!r} is not known for this fact"
    if rule.kind == "integer" and value != value.to_integral_value():
        return None, "the number is not whole"
    return bounded(value, number.comparator), ""
