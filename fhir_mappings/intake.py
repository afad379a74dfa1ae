"""One patient's resources: identity checked, duplicates gone, and how completely each kind was read.

Reading of values does not belong here; neither does JSON text (`strict_json`), files (`sources`) or prefetch.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from eligibility.facts import Notice, Reading, ReadState, Severity
from fhir_mappings.bundles import Entry, Page
from fhir_mappings.patients import MORE_THAN_ONE_PATIENT, TWO_PEOPLE_ONE_ID, settle_copies, withheld_for_status
from fhir_mappings.references import Whose, whose, worst
from fhir_mappings.screening import Claim, Reason, Screened, SetAside
from fhir_mappings.versions import canonical_text, newest

__all__ = ["Intake", "Ledger", "Resource", "assemble", "belonging", "index_free", "withhold_mixed"]

Resource = Mapping[str, Any]
"""A FHIR resource as raw JSON object; numbers with a fraction are Decimal."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What arrived for one patient, ready to be read.

    `resources` holds, by resourceType and sorted by id, the newest version of each resource that belongs to this
    patient; family history is left out. `referenced` holds what those resources point to, keyed `Type/id` and by
    fullUrl; use `resolve`, which knows `#contained` references and the patient's own resources too.
    `readings` are keyed by resourceType. `withheld` is a sentence when no options may be shown at all.
    A resource without an id takes the id of its fullUrl, so `Type/id` names every resource that can be named.
    """

    patient: Resource | None
    reference: str | None
    resources: Mapping[str, tuple[Resource, ...]]
    referenced: Mapping[str, Resource]
    readings: Mapping[str, Reading]
    notices: tuple[Notice, ...] = ()
    withheld: str | None = None
    _by_id: Mapping[str, Mapping[str, Resource]] = field(default_factory=dict, repr=False, compare=False)

    def resolve(self, reference: str | None, inside: Resource) -> Resource | None:
        """The resource that `reference` (a Reference.reference found in `inside`) points to; None when it is not."""
        if not isinstance(reference, str) or not reference:
            return None
        if reference.startswith("#"):
            contained = inside.get("contained")
            for resource in contained if isinstance(contained, list) else ():
                if isinstance(resource, dict) and resource.get("id") == reference[1:]:
                    return resource
            return None
        unversioned = reference.partition("/_history/")[0]
        kind, _, own_id = unversioned.partition("/")
        found = self._by_id.get(kind, {}).get(own_id)
        return found if found is not None else self.referenced.get(unversioned)


_GRAVITY: Final = (ReadState.COMPLETE, ReadState.PARTIAL, ReadState.NOT_READ, ReadState.FAILED)
_SEVERITIES: Final = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)


class Ledger:
    """How completely each type was read, told by several sources: the worst counts, and says why."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[int, set[str]]] = {}

    def record(self, kinds: Iterable[str], state: ReadState, why: str = "") -> None:
        """Add one source's word on some types."""
        gravity = _GRAVITY.index(state)
        for kind in kinds:
            known, reasons = self._states.setdefault(kind, (gravity, set()))
            if gravity > known:
                reasons = set()
            if gravity >= known:
                self._states[kind] = (gravity, reasons | {why})

    def spoil(self, aside: SetAside) -> None:
        """What was set aside makes its type incomplete, or every type when its type cannot be told."""
        for kind, why in aside.incomplete():
            self.record_gap(kind, ReadState.PARTIAL, why)

    def record_gap(self, kind: str | None, state: ReadState, why: str) -> None:
        """Something is missing: of one type, or of every type known so far when it cannot be told."""
        self.record((kind,) if kind is not None else tuple(self._states), state, why)

    def readings(self) -> Mapping[str, Reading]:
        """The outcome, by type."""
        return MappingProxyType(
            {
                kind: Reading(_GRAVITY[gravity], "; ".join(sorted(reason for reason in reasons if reason)))
                for kind, (gravity, reasons) in sorted(self._states.items())
            }
        )


def belonging(page: Page, screened: Screened, patient_id: str, base: str | None, aside: SetAside) -> list[Claim] | None:
    """The claims of one page that are this patient's; None when any resource names another patient (SS-02, SS-03).

    What cannot be matched is set aside (SS-04).
    """
    own: list[Claim] = []
    keep = own.append
    known: dict[object, Whose] = {f"Patient/{patient_id}": Whose.THIS}
    urls: dict[str, str] | None = None
    for claim in screened.claims:
        named = claim[2]
        verdict = known.get(named) if named is not None else None
        if verdict is None:
            if urls is None:
                urls = page.patients_by_url()
            verdict = _whose_claim(claim, patient_id, base, urls)
            if named is not None:
                known[named] = verdict
        if verdict is Whose.THIS:
            keep(claim)
        elif verdict is Whose.ANOTHER:
            return None
        else:
            aside.add(Reason.NOT_A_PATIENT if verdict is Whose.NOBODY else Reason.UNMATCHED, claim[0])
    if screened.bystanders:
        urls = urls if urls is not None else page.patients_by_url()
        if any(whose(text, patient_id, base, urls) is Whose.ANOTHER for text in screened.bystanders):
            return None
    return own


def _whose_claim(claim: Claim, patient_id: str, base: str | None, urls: Mapping[str, str]) -> Whose:
    resource, _, named = claim
    if resource["resourceType"] == "Patient":
        own_id = resource.get("id")
        return Whose.UNKNOWN if own_id is None else Whose.THIS if own_id == patient_id else Whose.ANOTHER
    if named is None:
        return Whose.UNKNOWN
    return worst(whose(text, patient_id, base, urls) for text in ((named,) if isinstance(named, str) else named))


def withhold_mixed() -> Intake:
    """The answer to data of more than one patient: nothing of it is kept (SS-03)."""
    notice = Notice(Severity.ERROR, "another-patient", MORE_THAN_ONE_PATIENT)
    return Intake(None, None, {}, {}, {}, (notice,), MORE_THAN_ONE_PATIENT)


def assemble(
    claims: Sequence[Claim],
    free: Iterable[Entry],
    *,
    reference: str | None,
    ledger: Ledger,
    aside: SetAside,
    notices: Iterable[Notice] = (),
    shared: dict[str, Resource] | None = None,
) -> Intake:
    """Put one patient's claims together: newest version of each (SS-54), sorted, with readings and notices.

    All claims belong to the patient. `shared` are resources other patients of the source may point to as well.
    """
    by_id: dict[str, dict[str, dict[str, Any]]] = {}
    nameless: dict[str, dict[str, dict[str, Any]]] = {}
    copies: dict[tuple[str, str], list[dict[str, Any]]] = {}
    current, bucket, two_people = "", {}, False
    for resource, _, _ in claims:
        kind = resource["resourceType"]
        if kind != current:
            current, bucket = kind, by_id.setdefault(kind, {})
        own_id = resource.get("id")
        if not own_id:
            nameless.setdefault(kind, {})[canonical_text(resource)] = resource
            continue
        known = bucket.setdefault(own_id, resource)
        if known is not resource:
            copies.setdefault((kind, own_id), [known]).append(resource)
    for (kind, own_id), group in copies.items():
        best = newest(group)
        if best is None and kind == "Patient":
            best = settle_copies(group)
            two_people = best is None
        if best is None:
            aside.add(Reason.COPIES_DIFFER, by_id[kind].pop(own_id))
        else:
            by_id[kind][own_id] = best
    by_id.pop("FamilyMemberHistory", None)
    nameless.pop("FamilyMemberHistory", None)
    referenced = {**index_free(free, aside), **_by_url(claims, by_id)}
    resources = {
        kind: found
        for kind in sorted(by_id.keys() | nameless.keys())
        if (found := (*_in_order(by_id.get(kind, {})), *_in_order(nameless.get(kind, {}))))
    }
    patient = next(iter(resources.pop("Patient", ())), None)
    ledger.spoil(aside)
    found_notices = {*notices, *aside.notices()}
    if patient is None:
        ledger.record(("Patient",), ReadState.NOT_READ, "the Patient resource is missing")
        text = "The Patient resource is missing: age, sex and state of the record are not known."
        found_notices.add(Notice(Severity.WARNING, "patient-missing", text))
    return Intake(
        patient=patient,
        reference=reference,
        resources=MappingProxyType(resources),
        referenced=ChainMap(referenced, shared) if shared else MappingProxyType(referenced),
        readings=ledger.readings(),
        notices=tuple(sorted(found_notices, key=_notice_rank)),
        withheld=TWO_PEOPLE_ONE_ID if two_people else withheld_for_status(patient),
        _by_id=MappingProxyType(by_id),
    )


def _in_order(keyed: Mapping[str, Resource]) -> Iterable[Resource]:
    return [keyed[key] for key in sorted(keyed)]


def _by_url(claims: Iterable[Claim], by_id: Mapping[str, Mapping[str, Resource]]) -> dict[str, Resource]:
    """The resources that were kept, by fullUrl; an older version, or a fullUrl that two claim, leads nowhere."""
    found: dict[str, Resource] = {}
    doubtful: set[str] = set()
    for resource, url, _ in claims:
        if url is None:
            continue
        kept = by_id.get(resource["resourceType"], {}).get(resource.get("id", ""))
        if kept is None or (kept is not resource and kept != resource):
            continue
        if found.setdefault(url, kept) is not kept:
            doubtful.add(url)
    return {url: kept for url, kept in found.items() if url not in doubtful} if doubtful else found


def _notice_rank(notice: Notice) -> tuple[int, str, str, str]:
    return _SEVERITIES.index(notice.severity), notice.code, notice.text, notice.reference or ""


def index_free(free: Iterable[Entry], aside: SetAside) -> dict[str, Resource]:
    """Resources that are nobody's, by `Type/id` and fullUrl; copies that differ with none newer are not found."""
    free = list(free)
    groups: dict[str, list[dict[str, Any]]] = {}
    for resource, _ in free:
        if resource.get("id"):
            groups.setdefault(f"{resource['resourceType']}/{resource['id']}", []).append(resource)
    by_name: dict[str, Resource] = {}
    for name, group in groups.items():
        newest_copy = group[0] if len(group) == 1 else newest(group)
        if newest_copy is not None:
            by_name[name] = newest_copy
        else:
            aside.add(Reason.COPIES_DIFFER, group[0])
    by_url: dict[str, Resource] = {}
    doubtful: set[str] = set()
    for resource, url in free:
        kept = by_name.get(f"{resource['resourceType']}/{resource['id']}") if resource.get("id") else resource
        if url is not None and kept == resource and by_url.setdefault(url, resource) != resource:
            doubtful.add(url)
    return {**by_name, **{url: resource for url, resource in by_url.items() if url not in doubtful}}
