"""The errors of the core: all are about knowledge or input, none about a patient's record.

HepaticaError
├── KnowledgeError    the knowledge base is wrong: refused at start-up
└── FactInputError    facts given by name (not from FHIR) are wrong: refused, nothing judged
"""

from __future__ import annotations

__all__ = ["FactInputError", "HepaticaError", "KnowledgeError"]


class HepaticaError(Exception):
    """Anything a user is told about in one plain sentence."""


class KnowledgeError(HepaticaError):
    """The knowledge base says something that cannot be used.

    Names the file and line, what was found, what is allowed, and what to do about it.
    """

    def __init__(
        self, found: str, remedy: str = "", *, allowed: str = "", file: str = "", line: int | None = None
    ) -> None:
        self.file = file
        self.line = line
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
        place = f"{file}:{line}: " if line is not None else f"{file}: " if file else ""
        super().__init__(place + " ".join(part for part in (found, allowed and f"Allowed: {allowed}.", remedy) if part))

    def at(self, file: str, line: int | None) -> KnowledgeError:
        """The same error with its place in the files."""
        return KnowledgeError(self.found, self.remedy, allowed=self.allowed, file=file, line=line)


class FactInputError(HepaticaError):
    """Facts given by name hold an unknown fact, unit or value. Names the fact and what is allowed."""
