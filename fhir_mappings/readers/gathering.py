"""What a chart's readers share: the intake, the codes, the date, and the findings and troubles gathered so far.

No reading of any particular fact belongs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import msgspec

from eligibility.facts import (
    Evidence,
    Finding,
    Notice,
    Obtained,
    Reading,
    ReadState,
    Scalar,
    Severity,
    Specimen,
)
from fhir_mappings.codes import CodeIndex
from fhir_mappings.dates import When
from fhir_mappings.intake import Intake, Resource
from fhir_mappings.resources import read

__all__ = ["Gathering", "Source", "name_of"]

T = TypeVar("T")
_TROUBLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


def name_of(raw: Resource) -> str:
    """`Type/id` of a resource, or the type alone."""
    kind, identity = raw.get("resourceType"), raw.get("id")
    return f"{kind}/{identity}" if isinstance(identity, str) and identity else str(kind)


class Source(msgspec.Struct, frozen=True):
    """Where a statement stands: resource, element, code, words, date; the parts that findings of it share."""

    reference: str
    path: str
    code: str | None = None
    text: str | None = None
    when: When | None = None
    preliminary: bool = False
    obtained: Obtained = Obtained.STRUCTURED
    specimen: Specimen | None = None
    from_metastasis: bool | None = None
    method: str | None = None

    def but(self, **changes: Any) -> Source:
        """This source with other parts."""
        return msgspec.structs.replace(self, **changes)

    @property
    def evidence(self) -> Evidence:
        """The source as evidence."""
        return Evidence(self.reference, self.path, self.code, self.text or None)

    @property
    def effective(self) -> date | None:
        """The day that counts for freshness: the earliest that the date can mean."""
        return self.when.first if self.when else None

    def finding(self, fact: str, value: Scalar | None, why: str = "", **more: Any) -> Finding:
        """A finding that rests on this source."""
        made = Finding(
            fact, value, self.effective, self.obtained, (self.evidence,), why, self.preliminary,
            self.specimen, self.method, self.from_metastasis, at=self.when.at if self.when else None,
        )  # fmt: skip
        return replace(made, **more) if more else made


@dataclass(slots=True)
class Gathering:
    """One chart being read. Readers add to it; nobody takes away."""

    intake: Intake
    codes: CodeIndex
    on: date | None = None
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    newest: date | None = None
    _unreadable: dict[str, int] = field(default_factory=dict)

    def say(self, finding: Finding) -> None:
        """Add a finding."""
        self.findings.setdefault(finding.fact, []).append(finding)

    def all_of(self, *kinds: str) -> Iterator[Resource]:
        """The patient's resources of these types."""
        for kind in kinds:
            yield from self.intake.resources.get(kind, ())

    def read(self, raw: Resource, shape: type[T]) -> T | None:
        """A resource in its lean shape; None, with a notice, when it cannot be read (SS-49)."""
        try:
            return read(raw, shape)
        except (msgspec.ValidationError, RecursionError, ValueError) as problem:
            self.set_aside(raw, str(problem))
            return None

    def attempt(self, raw: Resource, read_one: Callable[..., None], *given: object) -> None:
        """Read one resource; content that a reader trips over costs that resource and nothing else (SS-49, SS-50)."""
        try:
            read_one(self, raw, *given)
        except _TROUBLE as trouble:
            self.set_aside(raw, f"unexpected content: {type(trouble).__name__}")

    def set_aside(self, raw: Resource, why: str) -> None:
        """Count a resource as unreadable: it is named, and its kind is no longer completely read."""
        kind = str(raw.get("resourceType"))
        self._unreadable[kind] = self._unreadable.get(kind, 0) + 1
        self.notices.append(
            Notice(Severity.WARNING, "unreadable", f"{kind} could not be read and was set aside ({why}).", name_of(raw))
        )

    def usable_meaning(self, raw: Resource) -> bool:
        """False, with a notice, for a resource with an extension that may change its meaning (SS-11)."""
        if raw.get("modifierExtension"):
            self.set_aside(raw, "it carries a modifier extension that is not understood")
            return False
        return True

    def seen(self, when: When | None) -> None:
        """Note the date of a clinical datum."""
        if when is not None and when.exact and (self.newest is None or when.last > self.newest):
            self.newest = when.last

    def readings(self) -> Mapping[str, Reading]:
        """The intake's readings, with every kind that lost a resource turned to partial."""
        merged = dict(self.intake.readings)
        for kind, count in self._unreadable.items():
            old = merged.get(kind)
            if old is None or old.state is ReadState.COMPLETE:
                noun = "resource" if count == 1 else "resources"
                merged[kind] = Reading(ReadState.PARTIAL, f"{count} {noun} of this kind could not be read")
        return merged
