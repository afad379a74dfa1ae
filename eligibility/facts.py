"""What is known about one patient, from where, and how it was obtained.

A `Finding` is one statement of the record about one fact. Several findings of a fact are settled into
one `Fact` by `eligibility.settling`. `PatientFacts` is everything a face hands to the engine: findings,
how completely each source was read, and what had to be set aside. What the facts *mean* is not here:
that is the catalogue in `knowledge/facts/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

__all__ = [
    "Bound",
    "Evidence",
    "Fact",
    "FactStatus",
    "Finding",
    "Notice",
    "Obtained",
    "PatientFacts",
    "ReadState",
    "Reading",
    "Scalar",
    "Severity",
    "Specimen",
]


@dataclass(frozen=True, slots=True)
class Bound:
    """A number known only from one side, such as a laboratory's "<0.2".

    `comparator` is the FHIR one (`<`, `<=`, `>`, `>=`); a comparison that the bound cannot settle is unknown.
    """

    comparator: Literal["<", "<=", ">", ">="]
    limit: Decimal

    def __post_init__(self) -> None:
        if self.comparator not in ("<", "<=", ">", ">="):
            raise ValueError(f"comparator {self.comparator!r} is not one of <, <=, >, >=")


Scalar = bool | Decimal | str | frozenset[str] | Bound
"""A fact's value: boolean; Decimal or Bound (numbers, in the catalogue's unit); a code; a set of codes."""


class Obtained(StrEnum):
    """How a value came to be known."""

    STRUCTURED = "structured"
    NARRATIVE = "narrative"
    ENTERED = "entered"
    DERIVED = "derived"
    DEFAULTED = "defaulted"


class FactStatus(StrEnum):
    """Whether a fact may decide. Only `known` does; every other status counts as unknown."""

    KNOWN = "known"
    SUGGESTED = "suggested"
    STALE = "stale"
    CONFLICTING = "conflicting"
    UNKNOWN = "unknown"


class Specimen(StrEnum):
    """What a biomarker was measured on, where the record says so.

    `UNREAD`: the record names a specimen that could not be read; it may have been plasma, so a negative result on
    it proves nothing by itself.
    """

    TISSUE = "tissue"
    PLASMA = "plasma"
    UNREAD = "unread"


class Severity(StrEnum):
    """How much a notice matters to the reader."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class ReadState(StrEnum):
    """How completely one kind of source was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one source (a FHIR resource type) was read. Only `complete` lets "not recorded" count as absent."""

    state: ReadState
    why: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place in the record that a value rests on.

    `reference` is `Type/id`; `path` the element read, in FHIRPath spelling; `code` is `system|code` of the
    coding that was recognised; `text` is the record's own words, always untrusted.
    """

    reference: str
    path: str
    code: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of the record about one fact, its value already in the catalogue's unit.

    `effective` is when it was true (None: the record gives no date); `at` adds the time where the record
    gives one, to order results of one day. `upper_limit` is the report's own
    upper reference limit in the same unit. `preliminary` results are shown and never decide.
    `value` None with a `why` says that the record speaks of the fact but cannot be used (an unknown unit,
    an equivocal result): it settles nothing and is shown.
    """

    fact: str
    value: Scalar | None
    effective: date | None = None
    obtained: Obtained = Obtained.STRUCTURED
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    preliminary: bool = False
    specimen: Specimen | None = None
    method: str | None = None
    from_metastasis: bool | None = None
    upper_limit: Decimal | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know about the data itself: what could not be read, matched or trusted."""

    severity: Severity
    code: str
    text: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, settled: its value and whether that value may decide.

    `value` is None unless the status is known, suggested or stale. `candidates` are the findings it was
    settled from, newest first: two of them for a conflict, so that both can be shown. For a derived fact
    `inputs` names the facts it rests on (or waits for), and `assumed` those taken as absent because they
    are not recorded.
    """

    id: str
    status: FactStatus
    value: Scalar | None = None
    unit: str | None = None
    effective: date | None = None
    obtained: Obtained = Obtained.STRUCTURED
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    candidates: tuple[Finding, ...] = field(default=(), repr=False)
    inputs: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether rules may use the value."""
        return self.status is FactStatus.KNOWN


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What one record says of one patient.

    `findings` are keyed by fact id. `readings` are keyed by FHIR resource type; a type that is missing
    counts as not read. `withheld` is a sentence when no options may be shown at all (another patient's
    data, a deceased or replaced record, a child): the engine then judges nothing.
    `newest` is the date of the newest clinical datum.
    """

    reference: str | None = None
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=lambda: MappingProxyType({}))
    readings: Mapping[str, Reading] = field(default_factory=lambda: MappingProxyType({}))
    notices: tuple[Notice, ...] = ()
    withheld: str | None = None
    newest: date | None = None
