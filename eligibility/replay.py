"""What an answer was made from, as plain data and back again: a stored answer can be repeated (SS-95).

The facts of an answer are what the findings came to on its date. To repeat it, the findings themselves are needed,
with exact numbers, and how completely each source was read. Both stand under `record` in the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeVar, cast

from eligibility.assessment import Assessment
from eligibility.errors import HepaticaError
from eligibility.facts import (
    Bound,
    Evidence,
    Finding,
    Notice,
    Obtained,
    PatientFacts,
    Reading,
    ReadState,
    Scalar,
    Severity,
    Specimen,
)
from eligibility.knowledge.model import SignOff

__all__ = ["ReplayError", "Stored", "record_of", "stored_answer", "stored_notice"]


class ReplayError(HepaticaError):
    """A stored answer does not hold what is needed to repeat it. One sentence that says what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a stored answer was made from, which rules made it, and who had signed them; `resources` as in record_of."""

    identifier: str | None
    patient: PatientFacts
    on: date
    version: str
    sha256: str
    sign_off: SignOff | None
    resources: Mapping[str, int] | None


# Out


def record_of(assessment: Assessment, resources: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Everything that was stated of the patient, in the order in which it was read.

    `resources` counts what was looked at, by type; None says that facts were given by name.
    """
    by = assessment.knowledge.sign_off
    return {
        "signOff": None if by is None else {"by": by.by, "role": by.role, "site": by.site, "on": by.on.isoformat()},
        "resources": None if resources is None else dict(resources),
        "readings": {source: {"state": str(r.state), "why": r.why} for source, r in assessment.readings.items()},
        "findings": [_finding(f) for found in assessment.findings.values() for f in found],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """One finding; what it does not say is left out."""
    said: dict[str, Any] = {
        "fact": finding.fact,
        "value": _exact(finding.value),
        "effective": finding.effective.isoformat() if finding.effective else None,
        "obtained": str(finding.obtained),
    }
    more = {
        "evidence": [
            {"reference": e.reference, "path": e.path, "code": e.code, "text": e.text} for e in finding.evidence
        ]
        or None,
        "why": finding.why or None,
        "preliminary": finding.preliminary or None,
        "specimen": str(finding.specimen) if finding.specimen else None,
        "method": finding.method,
        "fromMetastasis": finding.from_metastasis,
        "upperLimit": str(finding.upper_limit) if finding.upper_limit is not None else None,
        "at": finding.at.isoformat() if finding.at else None,
    }
    said.update({key: value for key, value in more.items() if value is not None})
    return said


def _exact(value: Scalar | None) -> Any:
    """A value without loss: numbers as text, so that no digit and no trailing zero goes astray."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, Bound):
        return {"comparator": value.comparator, "number": str(value.limit)}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


# And back


def stored_answer(document: object) -> Stored:
    """What an answer in the shape `hepatica/assessment/1` was made from. Raises ReplayError."""
    if not isinstance(document, Mapping) or "asOf" not in document or "knowledge" not in document:
        raise ReplayError("it is not an assessment as `hepatica evaluate --format json` writes it.")
    if not isinstance(record := document.get("record"), Mapping):
        raise ReplayError("it does not hold what it was made from.")
    with _in_one_sentence():
        return _stored(document, record)


def stored_notice(document: Any) -> Notice:
    """A notice in the shape that it has on an assessment and beside them. Raises ReplayError."""
    with _in_one_sentence():
        return _notice(document)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Whatever can be wrong with a stored text, as a ReplayError."""
    try:
        yield
    except KeyError as missing:
        raise ReplayError(f"it lacks {missing}.") from None
    except (AttributeError, TypeError, ValueError, InvalidOperation):
        raise ReplayError("it holds something that no assessment is written with.") from None


def _notice(said: Mapping[str, Any]) -> Notice:
    return Notice(
        Severity(said["severity"]), _text(said["code"]), _text(said["text"]), _optional(str, said["reference"])
    )


def _stored(document: Mapping[str, Any], record: Mapping[str, Any]) -> Stored:
    findings: dict[str, list[Finding]] = {}
    for each in record["findings"]:
        findings.setdefault(_text(each["fact"]), []).append(_as_finding(each))
    patient, newest, resources = document["patient"], document["newestDatum"], record["resources"]
    facts = PatientFacts(
        reference=_text(patient["reference"]) if patient is not None else None,
        findings=MappingProxyType({fact: tuple(found) for fact, found in findings.items()}),
        readings=MappingProxyType(
            {source: Reading(ReadState(r["state"]), _text(r["why"])) for source, r in record["readings"].items()}
        ),
        notices=tuple(_notice(n) for n in document["notices"]),
        withheld=_optional(str, document["withheld"]),
        newest=_day(newest),
    )
    knowledge, by = document["knowledge"], record["signOff"]
    return Stored(
        _optional(str, document["id"]), facts, date.fromisoformat(document["asOf"]), _text(knowledge["version"]),
        _text(knowledge["sha256"]),
        None if by is None else _sign_off(by),
        None if resources is None else {_text(kind): _whole(count) for kind, count in resources.items()},
    )  # fmt: skip


def _sign_off(said: Mapping[str, Any]) -> SignOff:
    return SignOff(_text(said["by"]), _text(said["role"]), _text(said["site"]), date.fromisoformat(said["on"]))


def _as_finding(said: Mapping[str, Any]) -> Finding:
    specimen, limit, at = said.get("specimen"), said.get("upperLimit"), said.get("at")
    return Finding(
        _text(said["fact"]),
        _as_value(said["value"]),
        _day(said["effective"]),
        Obtained(said["obtained"]),
        tuple(_as_evidence(e) for e in said.get("evidence", ())),
        _text(said.get("why", "")),
        said.get("preliminary", False) is True,
        Specimen(specimen) if specimen is not None else None,
        _optional(str, said.get("method")),
        _optional(bool, said.get("fromMetastasis")),
        Decimal(_text(limit)) if limit is not None else None,
        datetime.fromisoformat(at) if at is not None else None,
    )


def _as_evidence(said: Mapping[str, Any]) -> Evidence:
    code, text = _optional(str, said["code"]), _optional(str, said["text"])
    return Evidence(_text(said["reference"]), _text(said["path"]), code, text)


def _as_value(said: object) -> Scalar | None:
    if said is None or isinstance(said, bool | str):
        return said
    if isinstance(said, Sequence):
        return frozenset(_text(member) for member in said)
    if not isinstance(said, Mapping):
        raise TypeError(said)
    number = Decimal(_text(said["number"]))
    return Bound(cast(Any, said["comparator"]), number) if "comparator" in said else number


_Kind = TypeVar("_Kind")


def _optional(kind: type[_Kind], said: object) -> _Kind | None:
    if said is None or isinstance(said, kind):
        return said
    raise TypeError(said)


def _text(said: object) -> str:
    if isinstance(said, str):
        return said
    raise TypeError(said)


def _whole(said: object) -> int:
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    raise TypeError(said)


def _day(said: object) -> date | None:
    return None if said is None else date.fromisoformat(_text(said))
