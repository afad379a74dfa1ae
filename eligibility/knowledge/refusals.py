"""Where refusals of the knowledge base go: the first one stops a load, a check collects them all."""

from __future__ import annotations

from types import TracebackType

from eligibility.errors import KnowledgeError

__all__ = ["Refusals"]


class Refusals:
    """Used around each thing that may be refused: `with refusals: …`.

    When it collects, a KnowledgeError inside ends the block and is kept; else it passes through.
    """

    def __init__(self, *, collect: bool = False) -> None:
        self._collect = collect
        self.found: list[KnowledgeError] = []

    def __enter__(self) -> None:
        """Nothing to prepare: one object guards many blocks."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """True, when the refusal was kept and the work goes on."""
        if not self._collect or not isinstance(problem, KnowledgeError):
            return False
        self.found.append(problem)
        return True
