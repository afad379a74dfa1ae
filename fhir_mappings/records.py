"""Records from files: resources are sorted by patient, and every patient is taken apart from the others.

All documents of one source are taken to come from one record system, because exports spread one patient over
several files; Patient resources that contradict each other are the exception. A record in a source is taken as the
whole record: what it does not hold was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from eligibility.facts import Notice, ReadState, Severity
from fhir_mappings.bundles import Entry, Page, unfold
from fhir_mappings.intake import Intake, Ledger, assemble, belonging, index_free, withhold_mixed
from fhir_mappings.patients import bare_patient_id, same_person
from fhir_mappings.references import parse_reference
from fhir_mappings.resource_kinds import RECORD_TYPES
from fhir_mappings.screening import Claim, Reason, SetAside, screen
from fhir_mappings.sources import Document
from fhir_mappings.versions import canonical_text, newest

__all__ = ["Records", "gather", "split_patients"]


@dataclass(frozen=True, slots=True)
class Records:
    """The patients of one source, each apart, by reference; `notices` hold what concerns the source as a whole."""

    intakes: tuple[Intake, ...]
    notices: tuple[Notice, ...] = ()


class _Owner(NamedTuple):
    """A patient of the source. `base` tells record systems apart, `document` people who share an id by mistake."""

    base: str | None
    reference: str
    document: int = -1


_NAMELESS: Final = "\0"  # starts the reference of a Patient without id


@dataclass(slots=True)
class _Held:
    """A claim of one document, and the patient it names or why it names none."""

    document: int
    claim: Claim
    owner: _Owner | Reason


@dataclass(slots=True)
class _Pile:
    """Everything of a source before it is sorted by patient."""

    held: list[_Held] = field(default_factory=list)
    free: list[Entry] = field(default_factory=list)
    gaps: list[tuple[str | None, ReadState, str]] = field(default_factory=list)
    aside: SetAside = field(default_factory=SetAside)
    notices: list[Notice] = field(default_factory=list)


def split_patients(documents: Iterable[Document]) -> Records:
    """Every patient of a source apart. Never raises, whatever the documents hold.

    A resource goes to the patient it names, within its Bundle for `urn:uuid` references. What names nobody is set
    aside and makes its type incomplete for every patient of the source, because it may have been theirs.
    """
    pile = _pile_up(documents)
    _unify_bases(pile)
    _part_namesakes(pile)
    _drop_moved(pile)
    shared_aside = SetAside()
    shared = index_free(pile.free, shared_aside)
    by_owner: dict[_Owner, list[Claim]] = {}
    for held in pile.held:
        if isinstance(held.owner, Reason):
            pile.aside.add(held.owner, held.claim[0])
        else:
            by_owner.setdefault(held.owner, []).append(held.claim)
    pile.aside.include(shared_aside)
    pile.gaps += [(kind, ReadState.PARTIAL, why) for kind, why in pile.aside.incomplete()]
    notices = sorted({*pile.notices, *pile.aside.notices()}, key=lambda notice: (notice.code, notice.text))
    owners = sorted(by_owner, key=lambda owner: (owner.reference, owner.base or "", owner.document))
    return Records(tuple(_intake(owner, by_owner[owner], pile, notices, shared) for owner in owners), tuple(notices))


def _intake(
    owner: _Owner, claims: list[Claim], pile: _Pile, notices: list[Notice], shared: dict[str, Mapping[str, Any]]
) -> Intake:
    ledger = Ledger()
    ledger.record({*RECORD_TYPES, *(claim[0]["resourceType"] for claim in claims)}, ReadState.COMPLETE)
    for gap in pile.gaps:
        ledger.record_gap(*gap)
    reference = None if owner.reference.startswith(_NAMELESS) else owner.reference
    return assemble(claims, (), reference=reference, ledger=ledger, aside=SetAside(), notices=notices, shared=shared)


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
    for kind, state, why in _gaps(pages):
        ledger.record_gap(kind, state, why)
        notices.append(Notice(Severity.WARNING, "source-incomplete", f"{kind or 'The record'} {why}."))
    return assemble(claims, free, reference=f"Patient/{patient_id}", ledger=ledger, aside=aside, notices=notices)


# Piling up


def _pile_up(documents: Iterable[Document]) -> _Pile:
    pile = _Pile()
    pages: list[Page] = []
    for number, document in enumerate(documents):
        if document.foreign:
            words = f"{document.name} is JSON without any FHIR resource in it and was not used."
            pile.notices.append(Notice(Severity.INFORMATION, "not-fhir", words))
            continue
        only = _only_kind(document)
        for words in document.unreadable:
            pile.notices.append(Notice(Severity.WARNING, "unreadable", words))
            pile.gaps.append((only, ReadState.PARTIAL, "part of the source could not be read"))
        own_pages = [page for value in document.values for page in unfold(value)]
        pages += own_pages
        has_patient = any(entry[0].get("resourceType") == "Patient" for page in own_pages for entry in page.entries)
        for page in own_pages:
            pile.aside.assumed = page.asked or only
            pile.aside.add_unreadable(page.unreadable)
            screened = screen((*page.entries, *page.included), pile.aside, plain=document.plain)
            urls = page.patients_by_url()
            pile.held += [_Held(number, claim, _owner(claim, urls, has_patient)) for claim in screened.claims]
            pile.free += screened.free
    for kind, state, why in _gaps(pages):
        pile.gaps.append((kind, state, why))
        pile.notices.append(Notice(Severity.WARNING, "source-incomplete", f"{kind or 'The record'} {why}."))
    return pile


def _only_kind(document: Document) -> str | None:
    """The one resource type of a file that holds nothing else, as export files do."""
    kinds = {str(value.get("resourceType")) for value in document.values}
    return next(iter(kinds)) if len(kinds) == 1 and len(document.values) > 1 and "Bundle" not in kinds else None


def _gaps(pages: list[Page]) -> list[tuple[str | None, ReadState, str]]:
    """What the pages say is missing, for which type (None: for all). A next page that is here is no gap."""
    here = {page.self_url for page in pages if page.self_url}
    found: set[tuple[str | None, ReadState, str]] = set()
    for page in pages:
        if page.outcome is ReadState.FAILED and page.asked:
            found.add((page.asked, ReadState.FAILED, "could not be read; the record system reported a failure"))
        elif page.outcome is not ReadState.COMPLETE:
            found.add((page.asked, ReadState.PARTIAL, "was read in part; the record system reported a difficulty"))
        if page.next_url is not None and page.next_url not in here:
            kinds = {page.asked} if page.asked else {entry[0].get("resourceType") for entry in page.entries} or {None}
            for kind in kinds:
                found.add((kind, ReadState.PARTIAL, "is incomplete; later pages of a search are missing"))
    return sorted(found, key=lambda gap: (gap[0] or "", gap[1].value, gap[2]))


def _owner(claim: Claim, urls: Mapping[str, str], document_has_patient: bool) -> _Owner | Reason:
    resource, url, named = claim
    own_base = _base_of(url)
    if resource["resourceType"] == "Patient":
        own_id = resource.get("id")
        return _Owner(own_base, f"Patient/{own_id}" if own_id else _NAMELESS + canonical_text(resource))
    texts = (named,) if isinstance(named, str) else named or ()
    owners = {_owner_named(text, own_base, urls, document_has_patient) for text in texts}
    return owners.pop() if len(owners) == 1 else Reason.UNMATCHED


def _owner_named(
    text: str, own_base: str | None, urls: Mapping[str, str], document_has_patient: bool
) -> _Owner | Reason:
    if text in urls:
        return _Owner(_base_of(text), f"Patient/{urls[text]}")
    if text.startswith("urn:"):
        return Reason.UNMATCHED if document_has_patient else _Owner(None, text)
    literal = parse_reference(text)
    if literal is None:
        return Reason.UNMATCHED
    if literal.kind != "Patient":
        return Reason.NOT_A_PATIENT
    return _Owner(literal.base or own_base, f"Patient/{literal.id}")


def _base_of(url: str | None) -> str | None:
    literal = parse_reference(url) if url else None
    return literal.base if literal else None


# Sorting by patient


def _unify_bases(pile: _Pile) -> None:
    """One base, or none named: all the same record system. Several: an id without base is theirs who alone has it."""
    owners = {held.owner for held in pile.held if isinstance(held.owner, _Owner)}
    several = len({owner.base for owner in owners} - {None}) > 1
    homes: dict[str, set[str]] = {}
    for known in owners:
        if known.base is not None:
            homes.setdefault(known.reference, set()).add(known.base)
    described = {held.owner for held in pile.held if held.claim[0]["resourceType"] == "Patient"}
    for held in pile.held:
        owner = held.owner
        if not isinstance(owner, _Owner):
            continue
        bases = homes.get(owner.reference, set())
        if not several:
            held.owner = owner._replace(base=None)
        elif owner.base is None and owner not in described and bases:
            held.owner = owner._replace(base=min(bases)) if len(bases) == 1 else Reason.UNMATCHED


def _part_namesakes(pile: _Pile) -> None:
    """People who share an id in different documents are kept apart, each with the document that describes them."""
    patients: dict[_Owner, dict[int, list[dict[str, Any]]]] = {}
    for held in pile.held:
        if isinstance(held.owner, _Owner) and held.claim[0]["resourceType"] == "Patient":
            patients.setdefault(held.owner, {}).setdefault(held.document, []).append(held.claim[0])
    parted: dict[_Owner, dict[int, list[dict[str, Any]]]] = {}
    for patient, described in patients.items():
        people = [newest(copies) or min(copies, key=canonical_text) for copies in described.values()]
        if not same_person(people):
            parted[patient] = described
            words = f"{patient.reference} stands for different people in this source; each file was taken by itself."
            pile.notices.append(Notice(Severity.ERROR, "patients-share-id", words))
    for held in pile.held:
        owner = held.owner
        if isinstance(owner, _Owner) and owner in parted:
            here = held.document in parted[owner]
            held.owner = owner._replace(document=held.document) if here else Reason.UNMATCHED


def _drop_moved(pile: _Pile) -> None:
    """A resource that a document files under two patients was moved: only its newest version counts."""
    filed: dict[tuple[int, str, str], list[_Held]] = {}
    for held in pile.held:
        resource = held.claim[0]
        if isinstance(held.owner, _Owner) and resource.get("id") and resource["resourceType"] != "Patient":
            filed.setdefault((held.document, resource["resourceType"], resource["id"]), []).append(held)
    gone: set[int] = set()
    for versions in filed.values():
        if len({held.owner for held in versions}) < 2:
            continue
        current = newest([held.claim[0] for held in versions])
        gone |= {id(held) for held in versions if held.claim[0] is not current}
        if current is None:
            pile.aside.add(Reason.COPIES_DIFFER, versions[0].claim[0])
    pile.held = [held for held in pile.held if id(held) not in gone]
