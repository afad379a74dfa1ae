"""How resources name each other, and whether a reference names the patient in question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fhir_mappings.resource_kinds import PATIENT_ELEMENTS

__all__ = ["LiteralReference", "Names", "Whose", "names_patient", "parse_reference", "patient_named_by", "whose"]

_KIND: Final = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID: Final = re.compile(r"[^\s/?#|%\\\x00-\x1f\x7f]{1,128}")
_LONGEST: Final = 2048

Names = str | tuple[str, ...] | None
"""What a resource says of its patient: one reference, several that must agree, or none that could be followed."""


class Whose(StrEnum):
    """To whom a reference points, seen from one patient."""

    THIS = "this patient"
    ANOTHER = "another patient"
    NOBODY = "not a patient"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class LiteralReference:
    """A reference taken apart; `base` is None for a relative one."""

    base: str | None
    kind: str
    id: str
    versioned: bool = False


def parse_reference(text: str) -> LiteralReference | None:
    """`Type/id`, `Type/id/_history/n`, or the same behind an http(s) base; None for every other spelling."""
    if len(text) > _LONGEST:
        return None
    parts = text.split("/")
    versioned = len(parts) >= 4 and parts[-2] == "_history"
    if versioned:
        if not _ID.fullmatch(parts[-1]):
            return None
        parts = parts[:-2]
    if len(parts) < 2 or not _KIND.fullmatch(parts[-2]) or not _ID.fullmatch(parts[-1]):
        return None
    base = "/".join(parts[:-2]) if len(parts) > 2 else None
    if base is not None and not (base.startswith(("https://", "http://")) and len(parts) > 4 and parts[2]):
        return None
    return LiteralReference(base, parts[-2], parts[-1], versioned)


def whose(text: str, patient_id: str, base: str | None, patients_by_url: Mapping[str, str]) -> Whose:
    """To whom a patient reference points (SS-01, SS-02, SS-03).

    Accepted as this patient: `Patient/{id}`, with or without `/_history/n`; `{base}/Patient/{id}` of the trusted
    base; and a `urn:uuid:` that is the fullUrl of this Patient in the same Bundle (`patients_by_url`: fullUrl to id).
    """
    if text.startswith("urn:"):
        found = patients_by_url.get(text)
        if found is None:
            return Whose.UNKNOWN
        return Whose.THIS if found == patient_id else Whose.ANOTHER
    literal = parse_reference(text)
    if literal is None:
        return Whose.UNKNOWN
    if literal.kind != "Patient":
        return Whose.NOBODY
    if literal.id != patient_id:
        return Whose.ANOTHER
    if literal.base is None:
        return Whose.THIS
    if base is None or literal.versioned:
        return Whose.UNKNOWN
    return Whose.THIS if literal.base == base.rstrip("/") else Whose.ANOTHER


def names_patient(resource: Mapping[str, Any], patient_id: str, base: str | None = None) -> Whose:
    """To whom a single resource belongs, such as a draft order in a hook's context."""
    if resource.get("resourceType") == "Patient":
        return Whose.THIS if resource.get("id") == patient_id else Whose.ANOTHER
    named = patient_named_by(resource)
    if named is None:
        return Whose.UNKNOWN
    return worst(whose(text, patient_id, base, {}) for text in ((named,) if isinstance(named, str) else named))


_BADNESS: Final = (Whose.THIS, Whose.NOBODY, Whose.UNKNOWN, Whose.ANOTHER)


def worst(answers: Iterable[Whose]) -> Whose:
    """Of several answers about one resource the one that counts: another patient before anything else."""
    return max(answers, key=_BADNESS.index)


def patient_named_by(resource: Mapping[str, Any]) -> Names:
    """The patient reference or references of a resource, those of contained resources included; None without any.

    A reference by display or identifier only is none (SS-04).
    """
    elements = [resource[name] for name in ("subject", "patient") if name in resource]
    kind = resource.get("resourceType")
    special = PATIENT_ELEMENTS.get(kind) if isinstance(kind, str) else None
    if special is not None and special in resource:
        elements.append(resource[special])
    found: list[str] = []
    for element in elements:
        for reference in element if isinstance(element, list) else (element,):
            text = reference.get("reference") if isinstance(reference, dict) else None
            if not isinstance(text, str) or not text:
                return None
            found.append(text)
    if not found:
        return None
    for inner in resource.get("contained") or () if isinstance(resource.get("contained"), list) else ():
        inner_named = patient_named_by(inner) if isinstance(inner, dict) and inner is not resource else None
        inner_texts = (inner_named,) if isinstance(inner_named, str) else inner_named or ()
        found += [text for text in inner_texts if not text.startswith("#")]
    return found[0] if len(set(found)) == 1 else tuple(dict.fromkeys(found))
