"""How the definitions name themselves and each other, and what all of them say of their state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from eligibility.errors import HepaticaError

__all__ = ["OWN_BASE", "Canonicals", "Resource", "concept", "identifier_from", "validated"]

Resource = dict[str, Any]
"""One FHIR resource as plain data."""

OWN_BASE = "https://hepatica.example/fhir"
"""The base of canonical addresses unless a site gives its own. `.example` belongs to nobody, by RFC 2606."""

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Canonicals:
    """The canonical addresses of one export: a base and the version of the knowledge base."""

    base: str
    version: str

    @classmethod
    def under(cls, base: str, version: str) -> Canonicals:
        """Addresses under a base. Raises HepaticaError when it is no http(s) address."""
        parts = urlsplit(base)
        good = parts.scheme in ("http", "https") and parts.netloc
        if not good or parts.query or parts.fragment or re.search(r"[\s|]", base):
            raise HepaticaError(f"The canonical base {base!r} is not an address such as {OWN_BASE}.")
        return cls(base.rstrip("/"), version)

    def url(self, kind: str, identifier: str) -> str:
        """The address of a definition."""
        return f"{self.base}/{kind}/{identifier}"

    def reference(self, kind: str, identifier: str) -> str:
        """The address with its version, as other definitions point to it."""
        return f"{self.url(kind, identifier)}|{self.version}"

    def head(self, kind: str, identifier: str, title: str) -> Resource:
        """What every definition says first: who it is, that it is a draft, and that it is experimental."""
        return {
            "resourceType": kind,
            "id": identifier,
            "url": self.url(kind, identifier),
            "version": self.version,
            "name": _name(identifier),
            "title": title,
            "status": "draft",
            "experimental": True,
        }


def identifier_from(text: str) -> str:
    """A FHIR id from a name of ours. Raises ValueError when it is too long or holds other characters."""
    identifier = text.replace("_", "-")
    if not re.fullmatch(rf"[A-Za-z0-9.-]{{1,{_LONGEST_ID}}}", identifier):
        raise ValueError(f"{identifier} is no FHIR id")
    return identifier


def _name(identifier: str) -> str:
    """A name for programs: letters and digits, a capital first."""
    words = "".join(w[:1].upper() + w[1:] for w in re.split(r"[^A-Za-z0-9]+", identifier))
    return words if words[:1].isalpha() else f"N{words}"


def concept(system: str, code: str, display: str = "") -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def validated(resource: Resource) -> Resource:
    """The resource, checked by the FHIR model library. Raises pydantic's ValidationError.

    The model library is imported here, not at start: only an export pays for it.
    """
    from fhir.resources.R4B import get_fhir_model_class

    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource
