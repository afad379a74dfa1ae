"""The computed facts in CQL: the target primary, scores, decompensation, kidney function; formulas as in `scores`.

Written once in terms of `"value of <fact>"`, and read twice: with the values that stand, and with outdated values as
if they still held. A test compares every one of them with `eligibility.derived`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from eligibility.catalogue import Catalogue
from eligibility.cql.formulas import FORMULAS, KNOWN_INPUTS
from eligibility.cql.names import FactNames
from eligibility.cql.spelling import Definition, identifier
from eligibility.errors import KnowledgeError

__all__ = ["SHARED_COMPARATORS", "ComputedFacts"]

SHARED_COMPARATORS = {"drv.bili_xuln": "lab.bilirubin"}
"""Computed facts that are known from one side when the fact they rest on is."""

_QUOTED = re.compile(r'"([^"]*)"')
_LISTED = re.compile(r"'((?:[a-z]+)\.[a-z0-9_]+)'")
_ABOUT = re.compile(r"(value of|comparator of|exact|unmentioned) ([a-z]+\.[a-z0-9_]+)")
_OUTDATED = "last known "


def _blocks(text: str) -> dict[str, str]:
    """The formulas by name, each with its body."""
    found = {}
    for block in text.strip().split("\n\n"):
        name, _, body = block.partition(":\n")
        found[name] = "\n".join(line[2:] for line in body.splitlines())
    return found


class ComputedFacts:
    """The computed facts of a catalogue. Raises KnowledgeError when one has no formula here."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._formulas = _blocks(FORMULAS)
        self._waits = _blocks(KNOWN_INPUTS)
        self.facts = tuple(d.id for d in catalogue.values() if d.derived)
        for fact in self.facts:
            if f"value of {fact}" not in self._formulas or f"known inputs of {fact}" not in self._waits:
                raise KnowledgeError(f"the computed fact {fact} has no formula in CQL.", "Add it to eligibility/cql.")

    @property
    def values(self) -> Mapping[str, str]:
        """The name of the definition that holds each computed fact."""
        return {fact: f"value of {fact}" for fact in self.facts}

    def last_known_values(self, outdated: Mapping[str, str]) -> Mapping[str, str]:
        """The same with outdated values, for the computed facts that may rest on them."""
        return {
            fact: _OUTDATED + f"value of {fact}" for fact in self.facts if f"value of {fact}" in self._moved(outdated)
        }

    def presumed_values(self, outdated: Mapping[str, str]) -> Mapping[str, str]:
        """What rules read when outdated values count: the fact as it stands, else as it would be."""
        return {fact: f"presumed {fact}" for fact in self.last_known_values(outdated)}

    def standing(self, names: FactNames) -> tuple[Definition, ...]:
        """Every computed fact from the values that stand, with the known inputs each one waits for."""
        blocks = self._formulas | self._waits
        return self._written(blocks, names, "", frozenset(blocks))

    def last_known(self, names: FactNames, outdated: Mapping[str, str]) -> tuple[Definition, ...]:
        """The computed facts that outdated values can move, from those values."""
        moved = self._moved(outdated)
        blocks = {name: body for name, body in self._formulas.items() if name in moved}
        values, presumed = self.last_known_values(outdated), self.presumed_values(outdated)
        merged = [
            Definition(presumed[fact], f"Coalesce({identifier(f'value of {fact}')}, {identifier(values[fact])})")
            for fact in presumed
        ]
        return (*self._written(blocks, names, _OUTDATED, moved), *merged)

    def known_inputs(self, fact: str) -> str:
        """The list of the known inputs that a computed fact waits for."""
        return identifier(f"known inputs of {fact}")

    def possible_inputs(self, fact: str) -> frozenset[str]:
        """Every fact that can stand in that list."""
        body = self._waits[f"known inputs of {fact}"]
        further = [
            n.removeprefix("known inputs of ") for n in _QUOTED.findall(body) if n.startswith("known inputs of ")
        ]
        return frozenset(_LISTED.findall(body)).union(*(self.possible_inputs(f) for f in further))

    def _moved(self, outdated: Mapping[str, str]) -> frozenset[str]:
        """The formulas that read a fact which can be outdated, directly or through another formula."""
        moved: set[str] = set()
        before = -1
        while len(moved) > before:
            before = len(moved)
            for name, body in self._formulas.items():
                read = _QUOTED.findall(body)
                facts = {found[2] for part in read if (found := _ABOUT.fullmatch(part))}
                if not moved.isdisjoint(read) or not facts.isdisjoint(outdated):
                    moved.add(name)
        return frozenset(moved)

    def _written(
        self, blocks: Mapping[str, str], names: FactNames, prefix: str, own: frozenset[str]
    ) -> tuple[Definition, ...]:
        helpers: dict[str, str] = {}

        def spelled(found: re.Match[str]) -> str:
            name = found[1]
            about = _ABOUT.fullmatch(name)
            if name in own and (about is None or not self._catalogue[about[2]].derived):
                return identifier(prefix + name)
            if about is None:
                return found[0]
            what, fact = about.groups()
            if what == "value of":
                return names.value(fact)
            if what == "comparator of":
                return names.comparator(fact) or "null as String"
            if what == "unmentioned":
                return "false" if prefix else self._unmentioned(fact, helpers)
            return self._exact(fact, names, prefix, helpers)

        written = [Definition(prefix + name, _QUOTED.sub(spelled, body)) for name, body in blocks.items()]
        return (*(Definition(name, body) for name, body in helpers.items()), *written)

    def _exact(self, fact: str, names: FactNames, prefix: str, helpers: dict[str, str]) -> str:
        """A number that is known exactly: one known from one side is no input for a formula."""
        value, name = names.value(fact), f"{prefix}exact {fact}"
        helpers[name] = f"if {names.comparator(fact)} is null then {value} else null as Decimal"
        return identifier(name)

    def _unmentioned(self, fact: str, helpers: dict[str, str]) -> str:
        name = f"unmentioned {fact}"
        helpers[name] = f"{identifier(f'nothing on record of {fact}')} and 'Condition' in \"what was read completely\""
        return identifier(name)
