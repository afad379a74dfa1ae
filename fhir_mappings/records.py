"""Records from files: resources are sorted by patient, and every patient is taken apart from the others.

All documents of one source are taken to come from one record system, because exports spread one patient over
several files; Patient resources that contradict each other are the exception. A record in a source is taken as the
whole record: what it does not hold was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eligibility.facts import Notice, ReadState, Severity
from fhir_mappings.bearers import EXPORT, Burdens, Gap, Places
from fhir_mappings.bundles import Entry, Page, unfold
from fhir_mappings.intake import Intake, Ledger, assemble, belonging, index_free, withhold_mixed
from fhir_mappings.owners import Directory, Named, Owner, named_by_claim, named_by_dropped
from fhir_mappings.patients import bare_patient_id
from fhir_mappings.resource_kinds import RECORD_TYPES
from fhir_mappings.screening import Claim, Dropped, Reason, SetAside, name_of, screen
from fhir_mappings.sources import Document
from fhir_mappings.versions import canonical_text, newest

__all__ = ["Records", "gather", "split_patients"]


@dataclass(frozen=True, slots=True)
class Records:
    """The patients of one source, each apart, by reference.

    `notices` speak of the source as a whole: what was set aside while its resources were sorted by patient. Every
    intake carries those that concern its patient; `unborne` are the ones that no intake carries.
    """

    intakes: tuple[Intake, ...]
    notices: tuple[Notice, ...] = ()
    unborne: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Held:
    """A usable resource that names one patient."""

    document: int
    place: int
    claim: Claim
    owner: Owner


@dataclass(slots=True)
class _Lost:
    """What was set aside, whom it names, and whether it may be anybody's at its place as well."""

    document: int
    place: int
    dropped: Dropped
    named: frozenset[Owner] = frozenset()
    anybodys: bool = True


@dataclass(slots=True)
class _Pile:
    """Everything of a source before it is sorted by patient."""

    held: list[_Held] = field(default_factory=list)
    lost: list[_Lost] = field(default_factory=list)
    free: list[tuple[int, Entry]] = field(default_factory=list)
    pages: list[tuple[int, Page]] = field(default_factory=list)
    unread: list[tuple[int, str | None, str]] = field(default_factory=list)
    foreign: list[Notice] = field(default_factory=list)
    spread: set[int] = field(default_factory=set)


def split_patients(documents: Iterable[Document]) -> Records:
    """Every patient of a source apart. Never raises, whatever the documents hold.

    A resource goes to the patient it names, within its Bundle for `urn:uuid` references. What cannot be used makes
    its type incomplete for the patient it names; when that cannot be told, for those whose it may have been: the
    patients of the same Bundle, or of the export it stands in, and everybody who shares a file with them. A file that
    names no patient is nobody's, unless there is only one; what it says never arrived may be everybody's.
    """
    pile = _pile_up(documents)
    directory = Directory((held.owner, held.document, held.claim[0]) for held in pile.held)
    _settle_owners(pile, directory)
    _drop_moved(pile)
    by_owner: dict[Owner, list[Claim]] = {}
    named: dict[int, set[Owner]] = {}
    for held in pile.held:
        by_owner.setdefault(held.owner, []).append(held.claim)
        named.setdefault(held.place, set()).add(held.owner)
    places = Places(named, _joined(pile.pages), pile.spread)
    burdens = Burdens(places.everyone)
    shared = _index_shared(pile, places, burdens)
    _spread_burdens(pile, directory, places, burdens)
    borne = burdens.by_owner()
    owners = sorted(by_owner, key=lambda owner: _rank(owner, by_owner[owner]))
    patient = "this patient" if len(owners) < 2 else "a patient"
    return Records(
        tuple(_intake(owner, by_owner[owner], borne.get(owner, ()), shared) for owner in owners),
        burdens.notices(patient),
        burdens.unborne_notices(patient),
    )


def _rank(owner: Owner, claims: list[Claim]) -> tuple[str, str, list[str]]:
    """Of people who share an id, what is said of them gives the order: that of the files may change."""
    told = sorted(canonical_text(claim[0]) for claim in claims) if owner.document >= 0 else []
    return owner.reference, owner.base or "", told


def _intake(
    owner: Owner,
    claims: list[Claim],
    borne: Sequence[tuple[list[Gap], list[Notice]]],
    shared: dict[str, Mapping[str, Any]],
) -> Intake:
    ledger = Ledger()
    ledger.record({*RECORD_TYPES, *(claim[0]["resourceType"] for claim in claims)}, ReadState.COMPLETE)
    gaps = {gap for share, _ in borne for gap in share}
    for gap in sorted(gaps, key=lambda gap: (gap[0] is None, gap[0] or "", gap[1].value, gap[2])):
        ledger.record_gap(*gap)
    notices = [notice for _, share in borne for notice in share]
    return assemble(
        claims, (), reference=owner.public_reference, ledger=ledger, aside=SetAside(), notices=notices, shared=shared
    )


def gather(*values: Mapping[str, Any], patient_id: str | None = None, base: str | None = None) -> Intake:
    """One patient from resources and Bundles that were promised to be one patient's.

    With `patient_id` everything is checked against it (SS-02), else the data themselves say who it is. Data of
    more than one patient withhold everything (SS-03). Raises UnusablePatientId when `patient_id` is no FHIR id.
    """
    documents = [Document("The data", tuple(dict(value) for value in values), plain=False)]
    if patient_id is None:
        found = split_patients(documents)
        if len(found.intakes) == 1:
            return found.intakes[0]
        if found.intakes:
            return withhold_mixed()
        return assemble((), (), reference=None, ledger=Ledger(), aside=SetAside(), notices=found.notices)
    patient_id = bare_patient_id(patient_id)
    aside, ledger = SetAside(), Ledger()
    ledger.record(RECORD_TYPES, ReadState.COMPLETE)
    claims: list[Claim] = []
    free: list[Entry] = []
    pages = [page for value in documents[0].values for page in unfold(value)]
    for page in pages:
        aside.assumed = page.asked
        aside.add_unreadable(page.unreadable)
        screened = screen((*page.entries, *page.included), aside)
        own = belonging(page, screened, patient_id, base, aside)
        if own is None:
            return withhold_mixed()
        claims += own
        free += screened.free
    ledger.record({claim[0]["resourceType"] for claim in claims}, ReadState.COMPLETE)
    notices = []
    for gap in sorted({gap for _, gap in _gaps([(EXPORT, page) for page in pages])}, key=_gap_rank):
        ledger.record_gap(*gap)
        notices.append(_incomplete(gap))
    return assemble(claims, free, reference=f"Patient/{patient_id}", ledger=ledger, aside=aside, notices=notices)


# Piling up


def _pile_up(documents: Iterable[Document]) -> _Pile:
    pile = _Pile()
    free_place = EXPORT + 1
    for number, document in enumerate(documents):
        if document.foreign:
            words = f"{document.name} is JSON without any FHIR resource in it and was not used."
            pile.foreign.append(Notice(Severity.INFORMATION, "not-fhir", words))
            continue
        only = _only_kind(document)
        spread = document.lines or len(document.values) > 1
        pile.unread += [(EXPORT if spread else free_place, only, words) for words in document.unreadable]
        folded = [(value.get("resourceType") == "Bundle", unfold(value)) for value in document.values]
        has_patient = any(
            entry[0].get("resourceType") == "Patient" for _, pages in folded for page in pages for entry in page.entries
        )
        for is_bundle, pages in folded:
            place = EXPORT if spread and not is_bundle else free_place
            if spread and is_bundle:
                pile.spread.add(place)
            free_place += 1
            for page in pages:
                pile.pages.append((place, page))
                _pile_page(pile, page, (number, place), document.plain, only, has_patient)
        free_place += 1
    return pile


def _pile_page(
    pile: _Pile, page: Page, where: tuple[int, int], plain: bool, only: str | None, has_patient: bool
) -> None:
    aside = SetAside()
    aside.assumed = page.asked or only
    aside.add_unreadable(page.unreadable)
    screened = screen((*page.entries, *page.included), aside, plain=plain)
    urls = page.patients_by_url()
    for dropped in aside:
        pile.lost.append(_lost(where, dropped, named_by_dropped(dropped, urls, has_patient)))
    for claim in screened.claims:
        named = named_by_claim(*claim, urls, has_patient)
        if named.sole is not None:
            pile.held.append(_Held(*where, claim, named.sole))
        else:
            nobody = not named.owners and named.doubts == {Reason.NOT_A_PATIENT}
            reason = Reason.NOT_A_PATIENT if nobody else Reason.UNMATCHED
            pile.lost.append(_lost(where, _dropped(reason, claim), named))
    pile.free += [(where[1], entry) for entry in screened.free]


def _dropped(reason: Reason, claim: Claim) -> Dropped:
    return Dropped(reason, name_of(claim[0]), claim[0]["resourceType"], claim[0], claim[1])


def _lost(where: tuple[int, int], dropped: Dropped, named: Named) -> _Lost:
    return _Lost(*where, dropped, named.owners, not named.owners or Reason.UNMATCHED in named.doubts)


def _only_kind(document: Document) -> str | None:
    """The one resource type of a file that holds nothing else, as export files do."""
    kinds = {str(value.get("resourceType")) for value in document.values}
    return next(iter(kinds)) if len(kinds) == 1 and len(document.values) > 1 and "Bundle" not in kinds else None


def _gaps(pages: Iterable[tuple[int, Page]]) -> set[tuple[int, Gap]]:
    """What the pages say is missing, where, for which type (None: for all). A next page that is here is no gap."""
    pages = list(pages)
    here = {page.self_url for _, page in pages if page.self_url}
    found: set[tuple[int, Gap]] = set()
    for place, page in pages:
        if page.outcome is ReadState.FAILED and page.asked:
            why = "could not be read; the record system reported a failure"
            found.add((place, (page.asked, ReadState.FAILED, why)))
        elif page.outcome is not ReadState.COMPLETE:
            why = "was read in part; the record system reported a difficulty"
            found.add((place, (page.asked, ReadState.PARTIAL, why)))
        if page.next_url is not None and page.next_url not in here:
            kinds = {page.asked} if page.asked else {entry[0].get("resourceType") for entry in page.entries} or {None}
            for kind in kinds:
                found.add((place, (kind, ReadState.PARTIAL, "is incomplete; later pages of a search are missing")))
    return found


def _gap_rank(gap: Gap) -> tuple[str, str, str]:
    return gap[0] or "", gap[1].value, gap[2]


def _incomplete(gap: Gap) -> Notice:
    return Notice(Severity.WARNING, "source-incomplete", f"{gap[0] or 'The record'} {gap[2]}.")


def _joined(pages: Iterable[tuple[int, Page]]) -> list[tuple[int, int]]:
    """The places that continue each other: pages of one search."""
    pages = list(pages)
    here = {page.self_url: place for place, page in pages if page.self_url}
    return [(place, here[page.next_url]) for place, page in pages if page.next_url in here]


# Sorting by patient


def _settle_owners(pile: _Pile, directory: Directory) -> None:
    """Every resource to the one patient it can mean; what can mean several is nobody's."""
    held: list[_Held] = []
    for one in pile.held:
        owners = directory.stands_for(one.owner, one.document)
        if len(owners) == 1:
            one.owner = next(iter(owners))
            held.append(one)
        else:
            dropped = _dropped(Reason.UNMATCHED, one.claim)
            pile.lost.append(_Lost(one.document, one.place, dropped, frozenset({one.owner}), False))
    pile.held = held
    for lost in pile.lost:
        lost.named = frozenset(o for named in lost.named for o in directory.stands_for(named, lost.document))


def _drop_moved(pile: _Pile) -> None:
    """A resource that a document files under two patients was moved: only its newest version counts.

    A copy that was set aside may be the newest, so it is borne by whoever else has a copy in the document.
    """
    filed: dict[tuple[int, str, str], list[_Held]] = {}
    for held in pile.held:
        resource = held.claim[0]
        if resource.get("id") and resource["resourceType"] != "Patient":
            filed.setdefault((held.document, resource["resourceType"], resource["id"]), []).append(held)
    for lost in pile.lost:
        copy = lost.dropped.resource
        if copy is not None and isinstance(copy.get("id"), str) and lost.dropped.reason is not Reason.NOT_A_PATIENT:
            others = filed.get((lost.document, str(copy.get("resourceType")), copy["id"]), ())
            lost.named |= {held.owner for held in others}
    gone: set[int] = set()
    for versions in filed.values():
        owners = frozenset(held.owner for held in versions)
        if len(owners) < 2:
            continue
        current = newest([held.claim[0] for held in versions])
        gone |= {id(held) for held in versions if held.claim[0] is not current}
        if current is None:
            first = versions[0]
            dropped = _dropped(Reason.COPIES_DIFFER, first.claim)
            pile.lost.append(_Lost(first.document, first.place, dropped, owners, False))
    pile.held = [held for held in pile.held if id(held) not in gone]


# Who bears what was set aside


def _index_shared(pile: _Pile, places: Places, burdens: Burdens) -> dict[str, Mapping[str, Any]]:
    """What belongs to no patient and anybody may refer to, by name; copies that differ are borne where they stand."""
    aside = SetAside()
    shared = index_free((entry for _, entry in pile.free), aside)
    at: dict[str, set[int]] = {dropped.name: set() for dropped in aside}
    for place, (resource, _) in pile.free if at else ():
        if (name := name_of(resource)) in at:
            at[name].add(place)
    for dropped in aside:
        burdens.drop(dropped, frozenset().union(*(places.of_resource(place) for place in at[dropped.name])))
    return shared


def _spread_burdens(pile: _Pile, directory: Directory, places: Places, burdens: Burdens) -> None:
    everyone = places.everyone
    for lost in pile.lost:
        known = lost.named & everyone
        elsewhere = any(owner.reference.startswith("urn:") for owner in lost.named - everyone)
        if lost.anybodys or elsewhere:  # a urn leads nowhere outside its Bundle
            known |= places.of_resource(lost.place)
        burdens.drop(lost.dropped, known)
    for notice in pile.foreign:
        burdens.note(frozenset(), notice)
    for place, kind, words in pile.unread:
        gap = (kind, ReadState.PARTIAL, "part of the source could not be read")
        burdens.lack(places.of_gap(place), gap, Notice(Severity.WARNING, "unreadable", words))
    for place, gap in _gaps(pile.pages):
        burdens.lack(places.of_gap(place), gap, _incomplete(gap))
    for people in directory.namesakes():
        name = next(iter(people)).reference
        words = f"{name} stands for different people in this source; each file was taken by itself."
        burdens.note(people, Notice(Severity.ERROR, "patients-share-id", words))
