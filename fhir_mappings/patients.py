"""The Patient resource as identity: which patient is meant, and whether options may be shown for this record at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from fhir_mappings.versions import canonical_text

__all__ = [
    "ADULT_AGE",
    "MORE_THAN_ONE_PATIENT",
    "TWO_PEOPLE_ONE_ID",
    "UNDER_AGE",
    "PatientStatementsDisagree",
    "UnusablePatientId",
    "agree_on_patient",
    "bare_patient_id",
    "same_person",
    "settle_copies",
    "withheld_for_age",
    "withheld_for_status",
]

MORE_THAN_ONE_PATIENT: Final = "Data for more than one patient was received. No options are shown."
TWO_PEOPLE_ONE_ID: Final = "The data holds two different patients under one id. No options are shown."
UNDER_AGE: Final = "Hepatica is for adults. No options are shown."
ADULT_AGE: Final = 18
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_BIRTH_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class UnusablePatientId(ValueError):
    """A patient id that is not a FHIR id; it may not be used in a path (SS-44). A caller answers 400."""


class PatientStatementsDisagree(ValueError):
    """Two statements of which patient is meant differ (SS-05). A caller answers 412, or 400 for the authorization.

    `first` and `second` name the statements; neither the message nor they hold an id.
    """

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} name different patients.")
        self.first = first
        self.second = second


def bare_patient_id(stated: object) -> str:
    """`123` from `123` or `Patient/123` (CH-33). Raises UnusablePatientId for anything that is not a FHIR id."""
    if isinstance(stated, str) and _ID.fullmatch(found := stated.removeprefix("Patient/")):
        return found
    raise UnusablePatientId("The patient id is not a FHIR id of 1 to 64 letters, digits, '-' and '.'.")


def agree_on_patient(statements: Mapping[str, object]) -> str:
    """The one patient id that all statements name, by the name of the statement; None is no statement (SS-05).

    Raises PatientStatementsDisagree, and UnusablePatientId when a statement is no FHIR id or there is none at all.
    """
    agreed: str | None = None
    first = ""
    for name, stated in statements.items():
        if stated is None:
            continue
        found = bare_patient_id(stated)
        if agreed is None:
            agreed, first = found, name
        elif agreed != found:
            raise PatientStatementsDisagree(first, name)
    if agreed is None:
        raise UnusablePatientId("Nothing says which patient is meant.")
    return agreed


def withheld_for_status(patient: Mapping[str, Any] | None) -> str | None:
    """Why no options may be shown: the record is marked deceased, inactive or replaced (SS-06). None when it is not.

    An odd value of a mark counts as the mark: only a plain `false` (or `active: true`) says that all is well.
    """
    if patient is None:
        return None
    marks = [
        word
        for word, holds in (
            ("deceased", _is_deceased(patient)),
            ("inactive", patient.get("active", True) not in (True, None)),
            ("replaced", _is_replaced(patient)),
        )
        if holds
    ]
    return f"This record is marked {' and '.join(marks)}. No options are shown." if marks else None


def _is_deceased(patient: Mapping[str, Any]) -> bool:
    if patient.get("deceasedBoolean") not in (False, None):
        return True
    return patient.get("deceasedDateTime") is not None or patient.get("_deceasedDateTime") is not None


def _is_replaced(patient: Mapping[str, Any]) -> bool:
    links = patient.get("link")
    listed = links if isinstance(links, list) else [links]
    return any(isinstance(link, dict) and link.get("type") == "replaced-by" for link in listed)


def withheld_for_age(patient: Mapping[str, Any] | None, on: date) -> str | None:
    """Why no options may be shown on a day: the patient is, or by a partial birth date may be, under 18.

    None for an adult, and where the record gives no readable birth date: the age is then an unknown fact.
    """
    born = patient.get("birthDate") if patient is not None else None
    found = _BIRTH_DATE.fullmatch(born) if isinstance(born, str) else None
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 12), int(found[3] or 31)
    of_age = (year + ADULT_AGE, month, day)
    return None if of_age <= (on.year, on.month, on.day) else UNDER_AGE


def same_person(copies: Iterable[Mapping[str, Any]]) -> bool:
    """Whether Patient resources with one id can all be one person: no birth dates that contradict, a name in common.

    A birth date may be less exact than another; a copy without names contradicts nobody.
    """
    copies = list(copies)
    dates = {born for copy in copies if isinstance(born := copy.get("birthDate"), str)}
    most_exact = max(sorted(dates), key=len, default="")
    names = [found for copy in copies if (found := _names(copy))]
    return all(most_exact.startswith(born) for born in dates) and (not names or bool(set.intersection(*names)))


def settle_copies(copies: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The Patient to go by when copies differ and none is newer: one that withholds options if any does.

    None when they cannot be the same person.
    """
    if not same_person(copies):
        return None
    return min(copies, key=lambda copy: (withheld_for_status(copy) is None, canonical_text(copy)))


def _names(patient: Mapping[str, Any]) -> set[tuple[str, str]]:
    found = set()
    names = patient.get("name")
    for name in names if isinstance(names, list) else ():
        family, given = (name.get("family"), name.get("given")) if isinstance(name, dict) else (None, None)
        first = given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""
        if isinstance(family, str) and family:
            found.add((family.casefold().strip(), first.casefold().strip()))
    return found
