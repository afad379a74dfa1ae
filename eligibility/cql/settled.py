"""The parameters of the library, and what "not recorded" stands for: rules 3.3(a) to (c) in CQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from eligibility.catalogue import Absence, Catalogue, FactDefinition
from eligibility.cql.names import FactNames
from eligibility.cql.spelling import Definition, identifier, listed, literal, number, type_of
from eligibility.facts import Scalar

__all__ = [
    "CONFLICTING",
    "READ_COMPLETELY",
    "UNDECIDED",
    "UPPER_LIMIT",
    "Parameter",
    "closed_world",
    "last_known",
    "last_known_values",
    "outdated",
    "parameters",
    "settled_values",
    "unread",
]

READ_COMPLETELY = "sources read completely"
UNDECIDED = "facts on record that cannot decide"
CONFLICTING = "facts in conflict"
UPPER_LIMIT = "lab.bilirubin upper limit"

SILENT_IN_DECOMPENSATION = ("liver.ascites", "liver.encephalopathy", "liver.variceal_bleed_90d", "liver.cirrhosis")
"""What may count as absent for rule 2.3 when nothing is on record of it."""

_READ = "what was read completely"
_UNDECIDED = "what cannot decide"
_CONFLICTING = "what is in conflict"
_NO_LINE = "no earlier line of treatment"
_CIRRHOSIS, _BACKGROUND, _PREGNANCY = "liver.cirrhosis", "liver.background", "pt.pregnancy_status"


class Parameter(NamedTuple):
    """One parameter of the library. `fact` is the fact it is about, if it is about one."""

    name: str
    type: str
    says: str
    fact: str | None = None


def outdated(fact: str) -> str:
    """The parameter for a value that is too old to decide."""
    return f"{fact} outdated"


def parameters(catalogue: Catalogue) -> Iterator[Parameter]:
    """Every parameter, in the order of the catalogue."""
    for d in catalogue.values():
        if d.derived:
            continue
        kind = type_of(d)
        yield Parameter(d.id, kind, f"{d.label}{f', {d.unit}' if d.unit else ''}{_allowed(d)}", d.id)
        if d.type.numeric:
            yield Parameter(f"{d.id} comparator", "String", f"{d.label}: null when exact, else <, <=, > or >=", d.id)
        if d.fresh_days is not None:
            yield Parameter(outdated(d.id), kind, f"{d.label}: the value, when older than {d.fresh_days} days", d.id)
    yield Parameter(UPPER_LIMIT, "Decimal", "the upper limit of normal on the report of the bilirubin, mg/dL")
    yield Parameter(READ_COMPLETELY, "List<String>", "FHIR resource types that were read completely and without error")
    yield Parameter(
        UNDECIDED, "List<String>",
        "facts that the record speaks of without a value that may decide: in conflict, preliminary, read from text, "
        "unreadable; not the outdated ones; pt.pregnancy_status only when a result of it says pregnant, cannot be read "
        "or contradicts another",
    )  # fmt: skip
    yield Parameter(CONFLICTING, "List<String>", "of those, the facts whose results contradict each other")


def _allowed(definition: FactDefinition) -> str:
    return f": {', '.join(definition.values)}" if type_of(definition) in ("String", "List<String>") else ""


def settled_values(catalogue: Catalogue) -> Mapping[str, str]:
    """The facts whose value is more than their parameter, with the name of its definition."""
    changed = [
        d.id
        for d in catalogue.values()
        if not d.derived
        and (d.absence is not None or d.absence_in_first_line is not None or d.id in (_CIRRHOSIS, _PREGNANCY))
    ]
    return {fact: f"value of {fact}" for fact in changed}


def last_known_values(catalogue: Catalogue) -> Mapping[str, str]:
    """The facts that can be outdated, with the name of the definition that takes an outdated value too."""
    return {d.id: f"last known {d.id}" for d in catalogue.values() if d.fresh_days is not None and not d.derived}


def closed_world(catalogue: Catalogue, names: FactNames) -> tuple[Definition, ...]:
    """Which sources were read, what is not recorded, and what that stands for."""
    definitions = [
        Definition(given, f"if {identifier(name)} is null then List<String>{{ }} else {identifier(name)}")
        for given, name in ((_READ, READ_COMPLETELY), (_UNDECIDED, UNDECIDED), (_CONFLICTING, CONFLICTING))
    ]
    definitions.append(Definition(_NO_LINE, '"tx.prior_lines comparator" is null and "tx.prior_lines" = 0.0'))
    changed = settled_values(catalogue)
    for d in catalogue.values():
        if d.id in changed or d.id in SILENT_IN_DECOMPENSATION:
            definitions.append(Definition(f"nothing on record of {d.id}", _silence(d)))
        if d.id in changed:
            definitions.append(Definition(changed[d.id], _settled(d, names)))
    return tuple(definitions)


def last_known(catalogue: Catalogue, standing: FactNames) -> tuple[Definition, ...]:
    """The values of facts that can be outdated, as they would be if the outdated value still held."""
    return tuple(
        Definition(name, f"Coalesce({standing.value(fact)}, {identifier(outdated(fact))})")
        for fact, name in last_known_values(catalogue).items()
    )


def unread(catalogue: Catalogue, names: FactNames) -> Mapping[str, Definition]:
    """By fact: that it could count as absent, and may not, because a source was not read or says something else."""
    found = {}
    for d in catalogue.values():
        unknown = f"{names.value(d.id)} is null"
        if d.absence is not None:
            found[d.id] = Definition(f"absence not shown: {d.id}", unknown)
        elif d.absence_in_first_line is not None:
            line = f"{identifier(_NO_LINE)} is true and {unknown}"
            found[d.id] = Definition(f"absence not shown: {d.id}", line)
    return found


def _silence(definition: FactDefinition) -> str:
    parts = [f"{identifier(definition.id)} is null"]
    if definition.fresh_days is not None:
        parts.append(f"{identifier(outdated(definition.id))} is null")
    parts.append(f"not ({literal(definition.id)} in {identifier(_UNDECIDED)})")
    return " and ".join(parts)


def _settled(definition: FactDefinition, names: FactNames) -> str:
    if definition.id == _CIRRHOSIS:
        return _cirrhosis(names)
    if definition.id == _PREGNANCY:
        return _pregnancy(names)
    lines = [f"when {identifier(definition.id)} is not null then {identifier(definition.id)}"]
    for absence, condition in (
        (definition.absence, ""), (definition.absence_in_first_line, f" and {identifier(_NO_LINE)}")
    ):  # fmt: skip
        if absence is not None:
            silent = identifier(f"nothing on record of {definition.id}")
            lines.append(f"when {silent}{condition} and {_all_read(absence)} then {_scalar(absence.value)}")
    return _cases(lines)


def _all_read(absence: Absence) -> str:
    return " and ".join(f"{literal(source)} in {identifier(_READ)}" for source in absence.sources)


def _cirrhosis(names: FactNames) -> str:
    """A cirrhotic background is cirrhosis; the two recorded against each other are a contradiction."""
    own, background = identifier(_CIRRHOSIS), names.value("liver.background")
    return _cases([
        f"when {own} is false and {background} = 'cirrhosis' then null as Boolean",
        f"when {own} is not null then {own}",
        f"when {literal(_CIRRHOSIS)} in {identifier(CONFLICTING)} then null as Boolean",
        f"when {background} = 'cirrhosis' then true",
    ])  # fmt: skip


def _pregnancy(names: FactNames) -> str:
    """Does not apply to men, after the menopause, over 55, or without childbearing potential (rule 3.3c)."""
    own, potential = identifier(_PREGNANCY), names.value("pt.childbearing_potential")
    grounds = (
        f"{names.value('pt.sex')} = 'male' or {names.value('pt.menopausal_status')} = 'post' or {potential} is false"
        f" or ({names.comparator('pt.age')} is null and {names.value('pt.age')} > 55.0)"
    )
    return _cases([
        f"when {own} is not null then {own}",
        f"when {literal(_PREGNANCY)} in {identifier(_UNDECIDED)} then null as String",
        f"when StartsWith({identifier(outdated(_PREGNANCY))}, 'pregnant') then null as String",
        f"when {potential} is true then null as String",
        f"when {grounds} then 'not_applicable'",
    ])  # fmt: skip


def _cases(lines: list[str]) -> str:
    return "case\n  " + "\n  ".join(lines) + "\n  else null\nend"


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, frozenset):
        return listed(sorted(value)) if value else "List<String>{ }"
    assert isinstance(value, str)
    return literal(value)
