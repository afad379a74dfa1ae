"""What a fact is called inside the CQL library: as it stands now, or as it would stand if outdated values still held.

The second reading exists for one rule of the engine: a contraindication that an outdated value would make true stops
nothing, but its option waits until the value is renewed.
"""

from __future__ import annotations

from collections.abc import Mapping

from eligibility.catalogue import Catalogue
from eligibility.cql.spelling import identifier

__all__ = ["FactNames"]


class FactNames:
    """The CQL expressions for the values of facts.

    `values` holds the facts whose value is a definition of the library; every other fact is its parameter.
    `comparators` holds the computed facts that may be known from one side, with the fact whose comparator they share.
    """

    def __init__(
        self, catalogue: Catalogue, values: Mapping[str, str], comparators: Mapping[str, str], prefix: str = ""
    ) -> None:
        self.catalogue = catalogue
        self.prefix = prefix
        self._values = values
        self._comparators = comparators

    def value(self, fact: str) -> str:
        """The value of a fact."""
        return identifier(self._values.get(fact, fact))

    def comparator(self, fact: str) -> str | None:
        """The comparator of a number; None for a fact that is always exact."""
        definition = self.catalogue[fact]
        if not definition.type.numeric:
            return None
        source = self._comparators.get(fact) if definition.derived else fact
        return None if source is None else identifier(f"{source} comparator")

    def differ_from(self, other: FactNames, fact: str) -> bool:
        """Whether the two readings give this fact another name."""
        return self.value(fact) != other.value(fact)
