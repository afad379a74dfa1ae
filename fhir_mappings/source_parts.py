"""The parts of an answer to "how is this fact read?": codes that say the same, words that only suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fhir_mappings.code_lists import ListedCode, code_lists, display_of
from fhir_mappings.codes import ICD10CM, SNOMED

__all__ = [
    "CodeGroup",
    "CollectedSources",
    "FactSource",
    "Hint",
    "Meaning",
    "code_system",
    "codes_of_concept",
    "hint",
    "single_code",
]


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Codes that say the same.

    `value` as the catalogue lists it; None: the result itself is the value, or (with `why`) the code gives none.
    `concept` is the name in the value sets, "" for single codes.
    """

    concept: str
    value: str | None
    why: str
    codes: tuple[ListedCode, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """Words that suggest a value for a person to confirm; they never decide. `value` None: which one is not told."""

    words: tuple[str, ...]
    value: str | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which result means which value: "KRAS G12C" means true."""

    result: str
    value: str | None


@dataclass(frozen=True, slots=True)
class FactSource:
    """One way in which a record tells a fact: the resource types, how they are read, and by which codes and words."""

    resource: str
    how: str
    groups: tuple[CodeGroup, ...] = ()
    hints: tuple[Hint, ...] = ()
    meanings: tuple[Meaning, ...] = ()


_Groups = dict[tuple[str, str | None, str], list[ListedCode]]


@dataclass
class CollectedSources:
    """Sources by fact, resource and way of reading, in order of appearance."""

    _sources: dict[tuple[str, str, str], tuple[dict[tuple[str, str | None, str], list[ListedCode]], list[Hint]]] = (
        field(default_factory=dict)
    )
    _ready: list[tuple[str, FactSource]] = field(default_factory=list)

    def add(
        self, fact: str, resource: str, how: str, codes: Iterable[ListedCode] = (), *, concept: str = "",
        value: object = None, why: str = "", hints: Iterable[Hint] = (),
    ) -> None:  # fmt: skip
        """Add codes or hints to one way of reading a fact."""
        groups, words = self._sources.setdefault((fact, resource, how), ({}, []))
        words += [hint for hint in hints if hint not in words]
        listed = list(codes)
        if listed or concept:
            group = groups.setdefault((concept, _value_token(value), why), [])
            group += [code for code in listed if code not in group]

    def put(self, fact: str, source: FactSource) -> None:
        """Add a source that is complete."""
        self._ready.append((fact, source))

    def done(self) -> Mapping[str, tuple[FactSource, ...]]:
        """Everything by fact."""
        made: dict[str, list[FactSource]] = {}
        for (fact, resource, how), (groups, words) in self._sources.items():
            listed = tuple(
                CodeGroup(concept, value, why, tuple(codes)) for (concept, value, why), codes in groups.items()
            )
            made.setdefault(fact, []).append(FactSource(resource, how, listed, tuple(words)))
        for fact, source in self._ready:
            made.setdefault(fact, []).append(source)
        return MappingProxyType({fact: tuple(sources) for fact, sources in made.items()})


def _value_token(value: object) -> str | None:
    """A value as the catalogue lists it."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def codes_of_concept(concept: str) -> tuple[ListedCode, ...]:
    """The listed codes of a concept; none for one that has no codes."""
    listed = code_lists().get(concept)
    return listed.codes if listed else ()


def single_code(system: str, code: str) -> ListedCode:
    """One code with its display."""
    return ListedCode(system, code, display_of(system, code))


def hint(words: Iterable[str], value: object = None) -> tuple[Hint, ...]:
    """One row of words that suggest a value."""
    return (Hint(tuple(words), _value_token(value)),)


def code_system(short: str) -> str:
    """The address of a code system that the tables abbreviate."""
    return {"sct": SNOMED, "icd10cm": ICD10CM}[short]
