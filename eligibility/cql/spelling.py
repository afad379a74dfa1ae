"""How names, values and definitions are spelled in CQL, and the comparisons that every condition uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from eligibility.catalogue import FactDefinition, FactType
from eligibility.errors import KnowledgeError

__all__ = ["COMPARISONS", "Definition", "any_of", "define", "identifier", "listed", "literal", "number", "type_of"]

MOST_DECIMALS = 8
"""CQL decimals have eight places."""


class Definition(NamedTuple):
    """One named expression."""

    name: str
    body: str


def identifier(name: str) -> str:
    """A name as CQL quotes it."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text: str) -> str:
    """Text as a CQL string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number(value: Decimal) -> str:
    """A number as a CQL decimal. Raises KnowledgeError for more places than CQL has."""
    text = f"{value.normalize():f}"
    whole, _, places = text.partition(".")
    if len(places) > MOST_DECIMALS:
        raise KnowledgeError(f"the number {text} has more than {MOST_DECIMALS} decimals.", "CQL cannot express it.")
    return f"{whole}.{places or '0'}"


def listed(items: Iterable[str]) -> str:
    """A list of strings."""
    return "{ " + ", ".join(literal(i) for i in items) + " }"


def type_of(definition: FactDefinition) -> str:
    """The CQL type of a fact's value."""
    if definition.type.numeric:
        return "Decimal"
    return {FactType.BOOLEAN: "Boolean", FactType.SET: "List<String>"}.get(definition.type, "String")


def any_of(parts: Sequence[str], otherwise: str = "false") -> str:
    """Parts joined by `or`, one a line."""
    return "\n  or ".join(parts) if parts else otherwise


def define(definition: Definition) -> str:
    """The text of one definition."""
    body = definition.body.replace("\n", "\n  ")
    return f"define {identifier(definition.name)}:\n  {body}\n"


COMPARISONS = """\
// A number may be known from one side only, such as a laboratory's "<0.2": value 0.2 with the comparator '<' (also
// '<=', '>', '>='; null for an exact number), as in FHIR's Quantity. A comparison that the bound cannot settle is null.
// "greater" is written as `not "at most"`, "greater or equal" as `not "below"`.

define function "below"(value Decimal, comparator String, limit Decimal):
  case
    when comparator is null then value < limit
    when comparator = '<' and value <= limit then true
    when comparator = '<=' and value < limit then true
    when (comparator = '>' or comparator = '>=') and value >= limit then false
    else null as Boolean
  end

define function "at most"(value Decimal, comparator String, limit Decimal):
  case
    when comparator is null then value <= limit
    when (comparator = '<' or comparator = '<=') and value <= limit then true
    when comparator = '>' and value >= limit then false
    when comparator = '>=' and value > limit then false
    else null as Boolean
  end

define function "equal to"(value Decimal, comparator String, limit Decimal):
  case
    when comparator is null then value = limit
    when "below"(value, comparator, limit) then false
    when not "at most"(value, comparator, limit) then false
    else null as Boolean
  end

define function "one below other"(one Decimal, comparator1 String, other Decimal, comparator2 String):
  case
    when comparator2 is null then "below"(one, comparator1, other)
    when comparator1 is null then not "at most"(other, comparator2, one)
    when StartsWith(comparator1, '<') and StartsWith(comparator2, '>')
      and (one < other or (one = other and (comparator1 = '<' or comparator2 = '>'))) then true
    when StartsWith(comparator1, '>') and StartsWith(comparator2, '<') and one >= other then false
    else null as Boolean
  end

define function "one at most other"(one Decimal, comparator1 String, other Decimal, comparator2 String):
  case
    when comparator2 is null then "at most"(one, comparator1, other)
    when comparator1 is null then not "below"(other, comparator2, one)
    when StartsWith(comparator1, '<') and StartsWith(comparator2, '>') and one <= other then true
    when StartsWith(comparator1, '>') and StartsWith(comparator2, '<')
      and (one > other or (one = other and (comparator1 = '>' or comparator2 = '<'))) then false
    else null as Boolean
  end

define function "one equal to other"(one Decimal, comparator1 String, other Decimal, comparator2 String):
  case
    when comparator1 is null and comparator2 is null then one = other
    when "one below other"(one, comparator1, other, comparator2) then false
    when not "one at most other"(one, comparator1, other, comparator2) then false
    else null as Boolean
  end

define function "smaller"(one Decimal, other Decimal):
  case when one <= other then one when other < one then other else null as Decimal end

define function "larger"(one Decimal, other Decimal):
  case when one >= other then one when other > one then other else null as Decimal end

define function "whole"(value Decimal): ToDecimal(Floor(value + 0.5))

define function "from 6 to 40"(value Decimal): "larger"(6.0, "smaller"(40.0, "whole"(value)))
"""
