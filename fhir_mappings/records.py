"""Records from files: resources are sorted by patient, and every patient is taken apart from the others.

All documents of one source are taken to come from one record system, because exports spread one patient over
several files; Patient resources that contradict each other are the exception. A record in a source is taken as the
whole record: what it does not hold was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eligibility.facts import Notice, ReadState, Severity
from fhir_mappings.bearers import EXPORT, Burdens, Places, Share, in_order
from fhir_mappings.bundles import Entry, unfold
from fhir_mappings.intake import Intake, Ledger, assemble, belonging, index_free, withhold_mixed
from fhir_mappings.owners import Directory, Owner
from fhir_mappings.patients import bare_patient_id
from fhir_mappings.piles import Held, Lost, Pile, dropped_claim, gaps, incomplete, joined, pile_up
from fhir_mappings.resource_kinds import RECORD_TYPES
from fhir_mappings.screening import Claim, Reason, SetAside, name_of, screen
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


def split_patients(documents: Iterable[Document]) -> Records:
    """Every patient of a source apart. Never raises, whatever the documents hold.

    A resource goes to the patient it names, within its Bundle for `urn:uuid` references. What cannot be used makes
    its type incomplete for the patient it names; when that cannot be told, for those whose it may have been: the
    patients of the same Bundle, or of the export it stands in, and everybody who shares a file with them. A file that
    names no patient is nobody's, unless there is only one; what it says never arrived may be everybody's.
    """
    pile = pile_up(documents)
    directory = Directory((held.owner, held.document, held.claim[0]) for held in pile.held)
    _settle_owners(pile, directory)
    _drop_moved(pile)
    by_owner: dict[Owner, list[Claim]] = {}
    named: dict[int, set[Owner]] = {}
    for held in pile.held:
        by_owner.setdefault(held.owner, []).append(held.claim)
        named.setdefault(held.place, set()).add(held.owner)
    places = Places(named, joined(pile.pages), pile.spread)
    burdens = Burdens(places.everyone)
    shared = _index_shared(pile, places, burdens)
    _spread_burdens(pile, directory, places, burdens)
    borne = burdens.by_owner()
    owners = sorted(by_owner, key=lambda owner: _rank(owner, by_owner[owner], borne.get(owner, ())))
    patient = "this patient" if len(owners) < 2 else "a patient"
    return Records(
        tuple(_intake(owner, by_owner[owner], borne.get(owner, ()), shared) for owner in owners),
        burdens.notices(patient),
        burdens.unborne_notices(patient),
    )


def _rank(owner: Owner, claims: list[Claim], borne: Sequence[Share]) -> tuple[str, str, list[str]]:
    """Of people who share an id, what is said of them gives the order: that of the files may change."""
    told: list[str] = []
    if owner.document >= 0:
        told = sorted(canonical_text((resource, url)) for resource, url, _ in claims)
        told += sorted(str(one) for lacking, notices in borne for one in (*lacking, *notices))
    return owner.reference, owner.base or "", told


def _intake(
    owner: Owner,
    claims: list[Claim],
    borne: Sequence[Share],
    shared: dict[str, Mapping[str, Any]],
) -> Intake:
    ledger = Ledger()
    ledger.record({*RECORD_TYPES, *(claim[0]["resourceType"] for claim in claims)}, ReadState.COMPLETE)
    for gap in in_order(gap for lacking, _ in borne for gap in lacking):
        ledger.record_gap(*gap)
    notices = [notice for _, said in borne for notice in said]
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
    for gap in in_order(gap for _, gap in gaps((EXPORT, page) for page in pages)):
        ledger.record_gap(*gap)
        notices.append(incomplete(gap))
    return assemble(claims, free, reference=f"Patient/{patient_id}", ledger=ledger, aside=aside, notices=notices)


# Sorting by patient


def _settle_owners(pile: Pile, directory: Directory) -> None:
    """Every resource to the one patient it can mean; what can mean several is nobody's."""
    held: list[Held] = []
    for one in pile.held:
        owners = directory.stands_for(one.owner, one.document)
        if len(owners) == 1:
            one.owner = next(iter(owners))
            held.append(one)
        else:
            dropped = dropped_claim(Reason.UNMATCHED, one.claim)
            pile.lost.append(Lost(one.document, one.place, dropped, frozenset({one.owner}), False))
    pile.held = held
    for lost in pile.lost:
        lost.named = frozenset(o for named in lost.named for o in directory.stands_for(named, lost.document))


def _drop_moved(pile: Pile) -> None:
    """A resource that a document files under two patients was moved: only its newest version counts.

    A copy that was set aside may be the newest, so it is borne by whoever else has a copy in the document.
    """
    filed: dict[tuple[int, str, str], list[Held]] = {}
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
            dropped = dropped_claim(Reason.COPIES_DIFFER, first.claim)
            pile.lost.append(Lost(first.document, first.place, dropped, owners, False))
    pile.held = [held for held in pile.held if id(held) not in gone]


# Who bears what was set aside


def _index_shared(pile: Pile, places: Places, burdens: Burdens) -> dict[str, Mapping[str, Any]]:
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


def _spread_burdens(pile: Pile, directory: Directory, places: Places, burdens: Burdens) -> None:
    everyone = places.everyone
    for lost in pile.lost:
        known = lost.named & everyone
        elsewhere = any(owner.reference.startswith("urn:") for owner in lost.named - everyone)
        if lost.anybodys or elsewhere:  # a urn leads nowhere outside its Bundle
            near = places.of_resource(lost.place)
            known = near if known <= near else known | near
        burdens.drop(lost.dropped, known)
    for notice in pile.foreign:
        burdens.note(frozenset(), notice)
    for place, kind, words in pile.unread:
        gap = (kind, ReadState.PARTIAL, "part of the source could not be read")
        burdens.lack(places.of_gap(place), gap, Notice(Severity.WARNING, "unreadable", words))
    for place, gap in gaps(pile.pages):
        burdens.lack(places.of_gap(place), gap, incomplete(gap))
    for people in directory.namesakes():
        name = next(iter(people)).reference
        words = f"{name} stands for different people in this source; each file was taken by itself."
        burdens.note(people, Notice(Severity.ERROR, "patients-share-id", words))
