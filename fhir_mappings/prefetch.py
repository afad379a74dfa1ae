"""What came with a hook call: the state of each prefetch key, and one patient's intake from all of them.

Sources that were fetched later (searches of the FHIR server) take the same way, so both give the same intake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from eligibility.facts import Notice, ReadState, Severity
from fhir_mappings.bundles import Entry, Page, unfold
from fhir_mappings.intake import Intake, Ledger, assemble, belonging, withhold_mixed
from fhir_mappings.patients import PatientStatementsDisagree, bare_patient_id
from fhir_mappings.screening import Claim, Reason, SetAside, screen

__all__ = ["MOST_ENTRIES", "Arrival", "Arrived", "gather_arrived", "gather_prefetch", "unpack", "unpack_prefetch"]

MOST_ENTRIES: Final = 5_000
"""Bundle entries looked at in one call, over all keys."""


class Arrival(StrEnum):
    """What arrived under one key (CDS Hooks checklist section 6, SS-56)."""

    ABSENT = "absent"
    NULL = "null"
    EMPTY = "empty"
    DATA = "data"
    FIRST_PAGE = "first-page"
    INCOMPLETE = "incomplete"
    CUT = "cut"
    FAILED = "failed"
    WRONG_TYPE = "wrong-type"


_READ: Final[Mapping[Arrival, ReadState]] = {
    Arrival.ABSENT: ReadState.NOT_READ,
    Arrival.NULL: ReadState.COMPLETE,
    Arrival.EMPTY: ReadState.COMPLETE,
    Arrival.DATA: ReadState.COMPLETE,
    Arrival.FIRST_PAGE: ReadState.PARTIAL,
    Arrival.INCOMPLETE: ReadState.PARTIAL,
    Arrival.CUT: ReadState.PARTIAL,
    Arrival.FAILED: ReadState.FAILED,
    Arrival.WRONG_TYPE: ReadState.FAILED,
}
_SAID: Final[Mapping[Arrival, tuple[Severity, str]]] = {
    Arrival.ABSENT: (Severity.WARNING, "was not sent; what is recorded only there is not known"),
    Arrival.NULL: (Severity.INFORMATION, "was asked for and nothing was found"),
    Arrival.EMPTY: (Severity.INFORMATION, "holds no entries"),
    Arrival.FIRST_PAGE: (Severity.WARNING, "came as a first page only; later pages were not read"),
    Arrival.INCOMPLETE: (Severity.WARNING, "was read in part; the record system gave a warning"),
    Arrival.CUT: (Severity.WARNING, "holds more entries than are looked at; the rest was not read"),
    Arrival.FAILED: (Severity.WARNING, "could not be read; the record system reported a failure"),
    Arrival.WRONG_TYPE: (Severity.WARNING, "holds something other than was asked for and was not read"),
}
_UNCHECKED_NULL: Final = "came back as null and was not checked; it counts as not known"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One key, unpacked: the types it was to bring (none: nobody asked for this key), its state and its pages."""

    kinds: tuple[str, ...]
    arrival: Arrival
    pages: tuple[Page, ...] = ()

    @property
    def entries(self) -> int:
        """Entries that were looked at."""
        return sum(len(page.entries) + len(page.included) for page in self.pages)


_NOTHING: Final = object()


def unpack(value: object, kinds: tuple[str, ...], *, most_entries: int = MOST_ENTRIES) -> Arrived:
    """One prefetch value, or one search result, with its state. Never raises, whatever the value."""
    if value is _NOTHING:
        return Arrived(kinds, Arrival.ABSENT)
    if value is None:
        return Arrived(kinds, Arrival.NULL)
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        return Arrived(kinds, Arrival.WRONG_TYPE)
    pages = tuple(unfold(value, most_entries=most_entries))
    return Arrived(kinds, _state_of(pages, kinds), pages)


def _state_of(pages: tuple[Page, ...], kinds: tuple[str, ...]) -> Arrival:
    found = {str(entry[0].get("resourceType")) for page in pages for entry in page.entries}
    if any(page.outcome is ReadState.FAILED for page in pages):
        return Arrival.FAILED
    if kinds and found and found.isdisjoint(kinds):
        return Arrival.WRONG_TYPE
    if any(page.cut for page in pages):
        return Arrival.CUT
    if any(page.outcome is ReadState.PARTIAL for page in pages):
        return Arrival.INCOMPLETE
    if any(page.next_url is not None for page in pages):
        return Arrival.FIRST_PAGE
    return Arrival.DATA if found or any(page.unreadable for page in pages) else Arrival.EMPTY


def unpack_prefetch(prefetch: object, keys: Mapping[str, tuple[str, ...]]) -> Mapping[str, Arrived]:
    """Every published key (`keys`: key to the resource types it brings) and every other key that came, with its state.

    At most MOST_ENTRIES entries are looked at, in the order of `keys`.
    """
    sent = prefetch if isinstance(prefetch, dict) else {}
    left = MOST_ENTRIES
    found: dict[str, Arrived] = {}
    for key in (*keys, *sorted(key for key in sent if key not in keys)):
        found[key] = unpack(sent.get(key, _NOTHING), keys.get(key, ()), most_entries=left)
        left = max(0, left - found[key].entries)
    return MappingProxyType(found)


def gather_prefetch(
    prefetch: object,
    keys: Mapping[str, tuple[str, ...]],
    *,
    patient_id: str,
    base: str | None = None,
    plain: bool = False,
    null_is_empty: bool = True,
) -> Intake:
    """`unpack_prefetch` and `gather_arrived` in one."""
    arrived = unpack_prefetch(prefetch, keys)
    return gather_arrived(arrived, patient_id=patient_id, base=base, plain=plain, null_is_empty=null_is_empty)


def gather_arrived(
    arrived: Mapping[str, Arrived],
    *,
    patient_id: str,
    base: str | None = None,
    plain: bool = False,
    null_is_empty: bool = True,
) -> Intake:
    """One patient's intake from all keys.

    `base` is the trusted FHIR base, the only one whose absolute references are accepted (SS-02). `plain`: see
    `strict_json.parse_json`. `null_is_empty` is to be false where a null could be checked with a token and was not
    (SS-56). A resource of another patient withholds everything (SS-03). Readings cover the types of published keys;
    a type that several keys bring is read as badly as the worst of them, and the notices tell the keys apart.
    Raises PatientStatementsDisagree when a Patient that was read by id is another one (SS-05), and
    UnusablePatientId for a `patient_id` that is no FHIR id.
    """
    patient_id = bare_patient_id(patient_id)
    _check_patient_read(arrived, patient_id)
    aside, ledger = SetAside(), Ledger()
    claims: list[Claim] = []
    free: list[Entry] = []
    notices: list[Notice] = []
    for key, source in arrived.items():
        wrong_before = aside.count(Reason.WRONG_TYPE)
        aside.assumed = source.kinds[0] if source.kinds else None
        for page, entries, kinds in _parts(source):
            screened = screen(entries, aside, plain=plain, kinds=kinds)
            own = belonging(page, screened, patient_id, base, aside)
            if own is None:
                return withhold_mixed()
            if kinds is None and source.kinds:  # entries a search included: not matches, only there to be pointed to
                free += [(resource, url) for resource, url, _ in own if resource["resourceType"] != "Patient"]
            else:
                claims += own
            free += screened.free
        if source.kinds:
            aside.add_unreadable(sum(page.unreadable for page in source.pages))
            state, notice = _judge(key, source, null_is_empty, aside.count(Reason.WRONG_TYPE) > wrong_before)
            ledger.record(source.kinds, state, notice.text if notice and state is not ReadState.COMPLETE else "")
            notices += [notice] if notice else []
    return assemble(claims, free, reference=f"Patient/{patient_id}", ledger=ledger, aside=aside, notices=notices)


def _parts(source: Arrived) -> Iterator[tuple[Page, list[Entry], tuple[str, ...] | None]]:
    for page in source.pages:
        yield page, page.entries, source.kinds or None
        if page.included:
            yield page, page.included, None


def _check_patient_read(arrived: Mapping[str, Arrived], patient_id: str) -> None:
    for key, source in arrived.items():
        for page in source.pages:
            for resource, _ in page.entries if page.alone else ():
                if resource.get("resourceType") == "Patient" and resource.get("id", patient_id) != patient_id:
                    raise PatientStatementsDisagree("context.patientId", f"prefetch.{key}")


def _judge(key: str, source: Arrived, null_is_empty: bool, held_others: bool) -> tuple[ReadState, Notice | None]:
    what = f"{' and '.join(source.kinds)} ({key})"
    if source.arrival is Arrival.NULL and not null_is_empty:
        return ReadState.NOT_READ, Notice(Severity.WARNING, "source-null", f"{what} {_UNCHECKED_NULL}.")
    if source.arrival is Arrival.DATA:
        if not held_others:
            return ReadState.COMPLETE, None
        text = f"{what} also holds results of other kinds, which were not read."
        return ReadState.PARTIAL, Notice(Severity.WARNING, "source-mixed", text)
    severity, said = _SAID[source.arrival]
    return _READ[source.arrival], Notice(severity, f"source-{source.arrival.value}", f"{what} {said}.")
