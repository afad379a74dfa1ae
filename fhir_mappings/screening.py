"""What may be read at all: resources are taken one by one, odd ones set aside with their reason (SS-49, SS-50).

Whose a resource is does not belong here, only whether it says whose it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from eligibility.facts import Notice, Severity
from fhir_mappings.bundles import Entry
from fhir_mappings.references import Names, parse_reference, patient_named_by
from fhir_mappings.resource_kinds import PATIENT_BOUND, R4_TYPES
from fhir_mappings.strict_json import EXTENSION_LEVELS

__all__ = ["Claim", "Dropped", "Reason", "Screened", "SetAside", "name_of", "screen"]

Claim = tuple[dict[str, Any], str | None, Names]
"""A usable resource, its fullUrl, and what it says of its patient."""


class Reason(StrEnum):
    """Why a resource is not used; the value is the code of the notice."""

    UNREADABLE = "unreadable"
    UNKNOWN_TYPE = "unknown-type"
    MODIFIED = "modifier-extension"
    NESTED = "nested-extensions"
    UNMATCHED = "unmatched"
    SOMEONE_ELSE = "about-someone-else"
    NOT_A_PATIENT = "not-a-patient"
    COPIES_DIFFER = "copies-differ"
    WRONG_TYPE = "wrong-type"


_WORDS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.UNREADABLE: ("could not be read", ""),
    Reason.UNKNOWN_TYPE: ("of an unknown type", " not used"),
    Reason.MODIFIED: ("with a modifier that changes the meaning", " not used"),
    Reason.NESTED: (f"with extensions nested deeper than {EXTENSION_LEVELS} levels", " not used"),
    Reason.UNMATCHED: ("could not be matched to {patient} and", " not used"),
    Reason.SOMEONE_ELSE: ("about someone other than the patient", " not used"),
    Reason.NOT_A_PATIENT: ("about a group, device or place", " not used"),
    Reason.WRONG_TYPE: ("of a kind that was not asked for", " not used"),
    Reason.COPIES_DIFFER: ("in copies that differ without saying which is newer", " not used"),
}
_HARMLESS: Final = frozenset({Reason.UNKNOWN_TYPE, Reason.SOMEONE_ELSE, Reason.NOT_A_PATIENT, Reason.WRONG_TYPE})
_RESULTS: Final = frozenset({"Observation", "DiagnosticReport", None})
_NAMED_AT_MOST: Final = 5
_NO_META: Final[dict[str, Any]] = {}
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9\-._]{1,64}")


class Dropped(NamedTuple):
    """One thing that was set aside. `kind` is the type to blame, None when it cannot be told."""

    reason: Reason
    name: str
    kind: str | None
    resource: Mapping[str, Any] | None = None
    url: str | None = None


class SetAside:
    """What was set aside and why. Counts and names for notices; the types that are therefore not read completely.

    `assumed` is the type to blame while something is set aside that does not tell its own.
    """

    def __init__(self) -> None:
        self.assumed: str | None = None
        self._dropped: dict[Reason, list[Dropped]] = {}

    def __iter__(self) -> Iterator[Dropped]:
        return (dropped for listed in self._dropped.values() for dropped in listed)

    def add(self, reason: Reason, resource: Mapping[str, Any] | None, url: str | None = None) -> None:
        """Set one resource aside, with its fullUrl; None for something that was not a resource at all."""
        kind = resource.get("resourceType") if resource is not None else None
        name = name_of(resource) if resource is not None else "something that is not a resource"
        known_kind = kind if isinstance(kind, str) and kind in R4_TYPES else self.assumed
        self.take(Dropped(reason, name, known_kind, resource, url))

    def add_unreadable(self, count: int) -> None:
        """Set aside entries that held no resource."""
        for _ in range(count):
            self.add(Reason.UNREADABLE, None)

    def take(self, dropped: Dropped) -> None:
        """Take over what another reading set aside."""
        self._dropped.setdefault(dropped.reason, []).append(dropped)

    def count(self, reason: Reason) -> int:
        """How many were set aside for one reason."""
        return len(self._dropped.get(reason, ()))

    def incomplete(self) -> list[tuple[str | None, str]]:
        """The types that lost a resource that may have mattered, with why; the type is None when it cannot be told."""
        return [
            (kind, f"{_count(count, 'record')} {_say(reason, count)}")
            for reason, listed in self._dropped.items()
            if reason not in _HARMLESS
            for kind, count in Counter(dropped.kind for dropped in listed).items()
        ]

    def notices(self, patient: str = "this patient") -> list[Notice]:
        """One notice per reason, with the count and the first few names in a fixed order.

        `patient` says in words whom they could not be matched to.
        """
        found = []
        for reason, listed in sorted(self._dropped.items()):
            names = sorted(dropped.name for dropped in listed)
            more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
            named = ", ".join(names[:_NAMED_AT_MOST]) + more
            noun = "result" if all(dropped.kind in _RESULTS for dropped in listed) else "entry"
            text = f"{_count(len(names), noun)} {_say(reason, len(names), patient)}: {named}."
            severity = Severity.INFORMATION if reason in _HARMLESS else Severity.WARNING
            only = names[0] if len(names) == 1 and "/" in names[0] else None
            found.append(Notice(severity, reason.value, text, only))
        return found


def _say(reason: Reason, count: int, patient: str = "this patient") -> str:
    start, end = _WORDS[reason]
    start = start.format(patient=patient)
    return start if not end else f"{start} {'was' if count == 1 else 'were'}{end}"


def _count(number: int, noun: str) -> str:
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def name_of(resource: Mapping[str, Any]) -> str:
    """`Type/id` where both can be shown, else words; never text of the record."""
    kind, own_id = resource.get("resourceType"), resource.get("id")
    if not isinstance(kind, str) or kind not in R4_TYPES:
        return "a resource of unknown type"
    if not isinstance(own_id, str) or not _SAFE_ID.fullmatch(own_id):
        return f"{kind} without a usable id"
    return f"{kind}/{own_id}"


@dataclass(slots=True)
class Screened:
    """What one page holds: `claims` speak of a patient, `free` do not (a Medication, a Practitioner).

    `bystanders` are the patient references of resources that are not used: they are checked all the same, because
    one resource of another patient stops the answer (SS-03).
    """

    claims: list[Claim] = field(default_factory=list)
    free: list[Entry] = field(default_factory=list)
    bystanders: list[str] = field(default_factory=list)


def screen(
    entries: Iterable[Entry], aside: SetAside, *, plain: bool = False, kinds: Iterable[str] | None = None
) -> Screened:
    """Sort out the usable entries; what is not usable goes to `aside`.

    `plain` spares the walk for modifier extensions when the text is known to hold none (`parse_json`).
    With `kinds`, resources of other types were not asked for and are not used.
    """
    found = Screened()
    wanted = R4_TYPES if kinds is None else R4_TYPES.intersection(kinds)
    claim, release = found.claims.append, found.free.append
    for entry in entries:
        resource, url = entry
        element = resource.get
        kind = element("resourceType")
        if not (
            type(kind) is str
            and kind in wanted
            and type(element("id", "-")) is str
            and type(element("meta", _NO_META)) is dict
            and type(element("code", _NO_META)) is dict
            and type(element("status", "")) is str
            and "implicitRules" not in resource
            and plain
        ) and (flaw := _flaw(resource, kind, kinds)):
            aside.add(flaw, resource, url)
            found.bystanders += _patients_named(resource)
            continue
        named: Names
        subject = element("subject")
        if type(subject) is dict and "patient" not in resource and "contained" not in resource:
            reference = subject.get("reference")
            named = reference if type(reference) is str and reference else None
        else:
            named = patient_named_by(resource)
        if "focus" in resource and kind == "Observation" and _is_about_someone_else(resource["focus"], named):
            aside.add(Reason.SOMEONE_ELSE, resource, url)
            found.bystanders += _patients_named(resource)
        elif named is None and kind != "Patient" and kind not in PATIENT_BOUND:
            release(entry)
        else:
            claim((resource, url, named))
    return found


def _flaw(resource: dict[str, Any], kind: object, kinds: Iterable[str] | None) -> Reason | None:
    """What is wrong with a resource that does not look flawless at first sight; None when nothing is."""
    if type(kind) is not str or not kind:
        return Reason.UNREADABLE
    if kind not in R4_TYPES:
        return Reason.UNKNOWN_TYPE
    if kinds is not None and kind not in kinds:
        return Reason.WRONG_TYPE
    own_id, code = resource.get("id", "-"), resource.get("code")
    if type(own_id) is not str or (code is not None and type(code) is not dict and kind in PATIENT_BOUND):
        return Reason.UNREADABLE
    if type(resource.get("meta", _NO_META)) is not dict or type(resource.get("status", "")) is not str:
        return Reason.UNREADABLE
    if "implicitRules" in resource:
        return Reason.MODIFIED
    return _deep_flaw(resource)


def _deep_flaw(resource: dict[str, Any]) -> Reason | None:
    """A modifierExtension anywhere (none is known to us, SS-11), or extensions nested beyond what is followed."""
    waiting: list[tuple[dict[str, Any] | list[Any], int]] = [(resource, 0)]
    while waiting:
        node, level = waiting.pop()
        if isinstance(node, list):
            waiting += [(item, level) for item in node if type(item) is dict or type(item) is list]
            continue
        for key, value in node.items():
            if key == "modifierExtension" and value:
                return Reason.MODIFIED
            if type(value) is dict or type(value) is list:
                below = level + (key == "extension" and bool(value))
                if below > EXTENSION_LEVELS:
                    return Reason.NESTED
                waiting.append((value, below))
    return None


def _patients_named(resource: dict[str, Any]) -> tuple[str, ...]:
    if resource.get("resourceType") == "Patient":
        own_id = resource.get("id")
        return (f"Patient/{own_id}",) if isinstance(own_id, str) else ()
    named = patient_named_by(resource)
    return (named,) if isinstance(named, str) else named or ()


def _is_about_someone_else(focus: object, named: Names) -> bool:
    """Observation.focus: a donor, a fetus, a relative. What was observed is then not the patient's."""
    for reference in focus if isinstance(focus, list) else (focus,):
        text = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(text, str) or text == named:
            continue
        literal = parse_reference(text)
        if literal is not None and literal.kind in ("Patient", "RelatedPerson", "Person", "Group"):
            return True
    return False
