"""Conditions of the rules as CQL, with the same three answers: true, false, null.

Comparisons and the conditions built from them are definitions of their own, each named by its text in the notation of
the rules, so that a reader of the library recognises them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from eligibility.catalogue import FactDefinition, FactType
from eligibility.cql.names import FactNames
from eligibility.cql.spelling import Definition, identifier, listed, literal, number
from eligibility.evaluation import And, Comparison, Known, Node, Not, facts_in
from eligibility.predicates import Predicate

__all__ = ["ConditionWriter"]

_NEGATED = {">": "<=", ">=": "<", "!=": "=="}
_WORD = {"<": "below", "<=": "at most", "==": "equal to"}
_PAIR_WORD = {"<": "one below other", "<=": "one at most other", "==": "one equal to other"}
_PLAIN = {"==": "=", "!=": "!="}
_EMPTY = "List<String>{ }"


class ConditionWriter:
    """Writes conditions for one reading of the facts, and remembers the definitions they need."""

    def __init__(self, names: FactNames) -> None:
        self._names = names
        self._prefix = names.prefix
        self.definitions: dict[str, str] = {}

    def refer(self, predicate: Predicate) -> str:
        """The identifier of a condition; defines it when it is new."""
        name = self._prefix + predicate.text
        if name not in self.definitions:
            body = self._expression(predicate.tree, top=True)
            if body != identifier(name):
                self.definitions[name] = body
        return identifier(name)

    def in_order(self) -> tuple[Definition, ...]:
        """The definitions made so far."""
        return tuple(Definition(name, body) for name, body in self.definitions.items())

    def _expression(self, node: Node, *, top: bool = False) -> str:
        if isinstance(node, Comparison):
            return self._leaf(node)
        if isinstance(node, Known):
            return f"{self._names.value(node.fact)} is {'not null' if node.wanted else 'null'}"
        if isinstance(node, Not):
            return f"not ({self._expression(node.part)})"
        word = "\nand " if isinstance(node, And) else "\nor "
        parts = [self._bracketed(part) for part in node.parts]
        return (word if top else word.replace("\n", " ")).join(parts)

    def _bracketed(self, node: Node) -> str:
        text = self._expression(node)
        return text if isinstance(node, Comparison) else f"({text})"

    def _leaf(self, leaf: Comparison) -> str:
        name = self._prefix + leaf_text(leaf)
        if name not in self.definitions:
            self.definitions[name] = self._comparison(leaf)
        return identifier(name)

    def _comparison(self, leaf: Comparison) -> str:
        definition = self._names.catalogue[leaf.fact]
        value = self._names.value(leaf.fact)
        if leaf.right_is_fact:
            return self._between(leaf, str(leaf.right))
        if definition.type.numeric:
            assert isinstance(leaf.right, Decimal)
            return self._against_number(leaf, value, number(leaf.right))
        if definition.type is FactType.SET:
            contains = f"{literal(str(leaf.right))} in {value}"
            answer = contains if leaf.operator == "==" else f"not ({contains})"
            return f"if {value} is null then null as Boolean else {answer}"
        if definition.type is FactType.BOOLEAN:
            return value if leaf.right is (leaf.operator == "==") else f"not {value}"
        return self._against_codes(leaf, value, definition)

    def _against_number(self, leaf: Comparison, value: str, limit: str) -> str:
        comparator = self._names.comparator(leaf.fact)
        if comparator is None:
            return f"{value} {_PLAIN.get(leaf.operator, leaf.operator)} {limit}"
        word = _WORD[_NEGATED.get(leaf.operator, leaf.operator)]
        call = f"{identifier(word)}({value}, {comparator}, {limit})"
        return f"not {call}" if leaf.operator in _NEGATED else call

    def _between(self, leaf: Comparison, other: str) -> str:
        one = (self._names.value(leaf.fact), self._names.comparator(leaf.fact) or "null as String")
        two = (self._names.value(other), self._names.comparator(other) or "null as String")
        word = _PAIR_WORD[_NEGATED.get(leaf.operator, leaf.operator)]
        call = f"{identifier(word)}({', '.join((*one, *two))})"
        return f"not {call}" if leaf.operator in _NEGATED else call

    def _against_codes(self, leaf: Comparison, value: str, definition: FactDefinition) -> str:
        members = leaf.right if isinstance(leaf.right, tuple) else (str(leaf.right),)
        equal = " or ".join(f"{value} = {literal(m)}" for m in members)
        answer = f"not ({equal})" if leaf.operator == "!=" else equal
        open_codes = [
            code
            for code, children in definition.unspecified.items()
            if code not in members and (children is None or not children.isdisjoint(members))
        ]
        if not open_codes:
            return answer
        parent = " or ".join(f"{value} = {literal(c)}" for c in open_codes)
        return f"case\n  when {parent} then null as Boolean\n  else {answer}\nend"

    def open_facts(self, predicate: Predicate, inputs: Callable[[str], str | None]) -> str | None:
        """A list of facts that keep a condition unknown although they are known; None when there can be none.

        A parent code and a number known from one side can be known and settle nothing; a computed fact then waits
        for inputs that are known. `inputs` gives the CQL for the known inputs of a computed fact.
        """
        return self._open(predicate.tree, inputs)

    def _open(self, node: Node, inputs: Callable[[str], str | None]) -> str | None:
        if isinstance(node, Known):
            return None
        if isinstance(node, Not):
            return self._open(node.part, inputs)
        if isinstance(node, Comparison):
            return self._open_leaf(node, inputs)
        parts = [found for part in node.parts if (found := self._open(part, inputs)) is not None]
        if not parts:
            return None
        return f"if ({self._expression(node)}) is not null then {_EMPTY}\nelse {_united(parts)}"

    def _open_leaf(self, leaf: Comparison, inputs: Callable[[str], str | None]) -> str | None:
        known = {fact: found for fact in facts_in(leaf) if (found := self._open_fact(fact, inputs)) is not None}
        if not known:
            return None
        name = self._leaf(leaf)
        if not leaf.right_is_fact:
            return f"if {name} is not null then {_EMPTY} else {known[leaf.fact]}"
        one, two = self._names.value(leaf.fact), self._names.value(str(leaf.right))
        only = [
            f"(if {self._names.value(fact)} is null then {found} else {_EMPTY})"
            for fact, found in known.items()
            if self._names.catalogue[fact].derived
        ]
        return (
            f"case\n  when {name} is not null then {_EMPTY}\n"
            f"  when {one} is null or {two} is null then {_united(only) if only else _EMPTY}\n"
            f"  else {_united(list(known.values()))}\nend"
        )

    def _open_fact(self, fact: str, inputs: Callable[[str], str | None]) -> str | None:
        definition = self._names.catalogue[fact]
        if definition.derived:
            found = inputs(fact)
            return None if found is None else _united([listed([fact]), found])
        return listed([fact]) if definition.type.numeric or definition.unspecified else None


def leaf_text(leaf: Comparison) -> str:
    """A comparison in the notation of the rules."""
    right = leaf.right
    if isinstance(right, tuple):
        return f"{leaf.fact} in {{{', '.join(right)}}}"
    shown = str(right).lower() if isinstance(right, bool) else str(right)
    return f"{leaf.fact} {leaf.operator} {shown}"


def _united(lists: list[str]) -> str:
    return lists[0] if len(lists) == 1 else "flatten({ " + ", ".join(f"({part})" for part in lists) + " })"
