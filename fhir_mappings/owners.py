"""The patients of one source, told apart: by reference, by record system, and by file where people share an id.

Who bears what could not be used does not belong here (`bearers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from fhir_mappings.patients import same_person
from fhir_mappings.references import Names, parse_reference, patient_named_by
from fhir_mappings.screening import Dropped, Reason
from fhir_mappings.versions import canonical_text, newest

__all__ = ["Directory", "Named", "Owner", "named_by_claim", "named_by_dropped"]


class Owner(NamedTuple):
    """A patient of the source. `base` tells record systems apart, `document` people who share an id by mistake."""

    base: str | None
    reference: str
    document: int = -1

    @property
    def public_reference(self) -> str | None:
        """`Patient/id` or `urn:uuid:…`; None for a Patient without an id."""
        return None if self.reference.startswith(_NAMELESS) else self.reference


class Named(NamedTuple):
    """Whom a resource names, as it spells them, and why any of its references leads to no patient."""

    owners: frozenset[Owner] = frozenset()
    doubts: frozenset[Reason] = frozenset()

    @property
    def sole(self) -> Owner | None:
        """The one patient it names, when nothing speaks against."""
        return next(iter(self.owners)) if len(self.owners) == 1 and not self.doubts else None


_NAMELESS: Final = "\0"  # starts the reference of a Patient without id
_NOBODY: Final = Named()


def named_by_claim(
    resource: Mapping[str, Any], url: str | None, named: Names, urls: Mapping[str, str], document_has_patient: bool
) -> Named:
    """Whom a usable resource names. `urls` are the Patients of its Bundle, fullUrl to id."""
    own_base = _base_of(url)
    if resource["resourceType"] == "Patient":
        own_id = resource.get("id")
        own_name = f"Patient/{own_id}" if own_id else _NAMELESS + canonical_text(resource)
        return Named(frozenset({Owner(own_base, own_name)}))
    texts = (named,) if isinstance(named, str) else named or ()
    found = {_named_by_text(text, own_base, urls, document_has_patient) for text in texts}
    return Named(
        frozenset(owner for owner in found if isinstance(owner, Owner)),
        frozenset(doubt for doubt in found if isinstance(doubt, Reason)),
    )


def named_by_dropped(dropped: Dropped, urls: Mapping[str, str], document_has_patient: bool) -> Named:
    """Whom a resource names that could not be used, as far as its reference can still be read."""
    resource = dropped.resource
    if resource is None or not isinstance(resource.get("resourceType"), str):
        return _NOBODY
    if resource["resourceType"] == "Patient" and not (isinstance(own_id := resource.get("id"), str) and own_id):
        return _NOBODY
    return named_by_claim(resource, dropped.url, patient_named_by(resource), urls, document_has_patient)


def _named_by_text(
    text: str, own_base: str | None, urls: Mapping[str, str], document_has_patient: bool
) -> Owner | Reason:
    if text in urls:
        return Owner(_base_of(text), f"Patient/{urls[text]}")
    if text.startswith("urn:"):
        return Reason.UNMATCHED if document_has_patient else Owner(None, text)
    literal = parse_reference(text)
    if literal is None:
        return Reason.UNMATCHED
    if literal.kind != "Patient":
        return Reason.NOT_A_PATIENT
    return Owner(literal.base or own_base, f"Patient/{literal.id}")


def _base_of(url: str | None) -> str | None:
    literal = parse_reference(url) if url else None
    return literal.base if literal else None


class Directory:
    """The patients that the usable resources of a source name, and whom any other spelling stands for.

    One base, or none named: all the same record system. Several: an id without base is theirs who alone has it.
    People who share an id in different documents are kept apart, each with the document that describes them.
    """

    def __init__(self, claims: Iterable[tuple[Owner, int, Mapping[str, Any]]]) -> None:
        """From usable resources: the patient as the resource spells them, the document, the resource."""
        listed = list(claims)
        named = {owner for owner, _, _ in listed}
        self._described = {owner for owner, _, resource in listed if resource["resourceType"] == "Patient"}
        self._bases = {owner.base for owner in named} - {None}
        self._homes: dict[str, set[str]] = {}
        for owner in named:
            if owner.base is not None:
                self._homes.setdefault(owner.reference, set()).add(owner.base)
        self._parted: dict[Owner, frozenset[int]] = {}
        self._part(listed)
        self._known: dict[tuple[Owner, int], frozenset[Owner]] = {}

    def _part(self, listed: Iterable[tuple[Owner, int, Mapping[str, Any]]]) -> None:
        patients: dict[Owner, dict[int, list[dict[str, Any]]]] = {}
        for owner, document, resource in listed:
            if resource["resourceType"] == "Patient":
                for home in self._at_home(owner):
                    patients.setdefault(home, {}).setdefault(document, []).append(dict(resource))
        for patient, described in patients.items():
            people = [newest(copies) or min(copies, key=canonical_text) for copies in described.values()]
            if not same_person(people):
                self._parted[patient] = frozenset(described)

    def namesakes(self) -> list[frozenset[Owner]]:
        """The people who share an id, each group apart."""
        return [frozenset(_each(owner, documents)) for owner, documents in self._parted.items()]

    def stands_for(self, spelled: Owner, document: int) -> frozenset[Owner]:
        """Whom a patient as spelled in a document may be: one, or several when it cannot be told which of them."""
        key = (spelled, document)
        if (known := self._known.get(key)) is None:
            known = self._known[key] = frozenset(
                person for home in self._at_home(spelled) for person in self._apart(home, document)
            )
        return known

    def _at_home(self, spelled: Owner) -> list[Owner]:
        if not self._bases or (len(self._bases) == 1 and (spelled.base is None or spelled.base in self._bases)):
            return [spelled._replace(base=None)]
        homes = self._homes.get(spelled.reference)
        if spelled.base is None and spelled not in self._described and homes:
            return [spelled._replace(base=base) for base in sorted(homes)]
        return [spelled]

    def _apart(self, owner: Owner, document: int) -> Iterable[Owner]:
        parted = self._parted.get(owner)
        if parted is None:
            return (owner,)
        return (owner._replace(document=document),) if document in parted else _each(owner, parted)


def _each(owner: Owner, documents: Iterable[int]) -> list[Owner]:
    return [owner._replace(document=document) for document in documents]
