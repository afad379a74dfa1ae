"""The pile: everything of a source screened and laid out, with whom it names, before it is sorted by patient.

Which patient a name stands for does not belong here (`owners`), nor who bears what was set aside (`bearers`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from eligibility.facts import Notice, ReadState, Severity
from fhir_mappings.bearers import EXPORT, Gap
from fhir_mappings.bundles import Entry, Page, unfold
from fhir_mappings.owners import Named, Owner, named_by_claim, named_by_dropped
from fhir_mappings.screening import Claim, Dropped, Reason, SetAside, name_of, screen
from fhir_mappings.sources import Document

__all__ = ["Held", "Lost", "Pile", "dropped_claim", "gaps", "incomplete", "joined", "pile_up"]


@dataclass(slots=True)
class Held:
    """A usable resource that names one patient."""

    document: int
    place: int
    claim: Claim
    owner: Owner


@dataclass(slots=True)
class Lost:
    """What was set aside, whom it names, and whether it may be anybody's at its place as well."""

    document: int
    place: int
    dropped: Dropped
    named: frozenset[Owner] = frozenset()
    anybodys: bool = True


@dataclass(slots=True)
class Pile:
    """Everything of a source before it is sorted by patient."""

    held: list[Held] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    free: list[tuple[int, Entry]] = field(default_factory=list)
    pages: list[tuple[int, Page]] = field(default_factory=list)
    unread: list[tuple[int, str | None, str]] = field(default_factory=list)
    foreign: list[Notice] = field(default_factory=list)
    spread: set[int] = field(default_factory=set)


def pile_up(documents: Iterable[Document]) -> Pile:
    """Everything that the documents hold. Never raises, whatever they hold."""
    pile = Pile()
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
    pile: Pile, page: Page, where: tuple[int, int], plain: bool, only: str | None, has_patient: bool
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
            pile.held.append(Held(*where, claim, named.sole))
        else:
            nobody = not named.owners and named.doubts == {Reason.NOT_A_PATIENT}
            reason = Reason.NOT_A_PATIENT if nobody else Reason.UNMATCHED
            pile.lost.append(_lost(where, dropped_claim(reason, claim), named))
    pile.free += [(where[1], entry) for entry in screened.free]


def dropped_claim(reason: Reason, claim: Claim) -> Dropped:
    """A usable resource that is set aside all the same, for whom it names."""
    return Dropped(reason, name_of(claim[0]), claim[0]["resourceType"], claim[0], claim[1])


def _lost(where: tuple[int, int], dropped: Dropped, named: Named) -> Lost:
    return Lost(*where, dropped, named.owners, not named.owners or Reason.UNMATCHED in named.doubts)


def _only_kind(document: Document) -> str | None:
    """The one resource type of a file that holds nothing else, as export files do."""
    kinds = {str(value.get("resourceType")) for value in document.values}
    return next(iter(kinds)) if len(kinds) == 1 and len(document.values) > 1 and "Bundle" not in kinds else None


def gaps(pages: Iterable[tuple[int, Page]]) -> set[tuple[int, Gap]]:
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
            for kind in {page.asked} if page.asked else _kinds_on(page) or {None}:
                found.add((place, (kind, ReadState.PARTIAL, "is incomplete; later pages of a search are missing")))
    return found


def _kinds_on(page: Page) -> set[str | None]:
    return {kind for entry in page.entries if isinstance(kind := entry[0].get("resourceType"), str)}


def incomplete(gap: Gap) -> Notice:
    """What is said of a gap."""
    return Notice(Severity.WARNING, "source-incomplete", f"{gap[0] or 'The record'} {gap[2]}.")


def joined(pages: Iterable[tuple[int, Page]]) -> list[tuple[int, int]]:
    """The places that continue each other: pages of one search."""
    pages = list(pages)
    here = {page.self_url: place for place, page in pages if page.self_url}
    return [(place, here[page.next_url]) for place, page in pages if page.next_url in here]
