"""The patients of the practice EHR: reading their Bundles from a folder, one chart for each patient."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sandbox_ehr.dates import moved_to
from sandbox_ehr.fhir_json import Resource, items, mapping, text

__all__ = ["Chart", "ChartUnusable", "load_charts"]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class ChartUnusable(ValueError):
    """A patient file that cannot be a chart; the message is one sentence naming the file and the fault."""


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is stored about one patient, dates already moved to the day of the demonstration."""

    patient: Resource
    resources: tuple[Resource, ...]
    shows: str
    """What the case demonstrates, from the Bundle's or Patient's own tag; empty when it has none."""

    @property
    def id(self) -> str:
        """The patient's logical id."""
        return text(self.patient.get("id"))

    def read(self, reference: str) -> Resource | None:
        """The resource with this `Type/id`, or None."""
        for resource in self.resources:
            if f"{resource.get('resourceType')}/{resource.get('id')}" == reference:
                return resource
        return None


def load_charts(folder: Path, on: date) -> Mapping[str, Chart]:
    """Every `*.json` Bundle of the folder as a chart moved to `on`, by patient id, in order of file names.

    Raises `ChartUnusable` when a file is not a Bundle about exactly one patient, or a patient comes twice.
    """
    charts: dict[str, Chart] = {}
    for path in sorted(folder.glob("*.json")):
        chart = _chart(path, on)
        if chart.id in charts:
            raise ChartUnusable(f"{path.name}: patient {chart.id} is already in another file.")
        charts[chart.id] = chart
    return MappingProxyType(charts)


def _chart(path: Path, on: date) -> Chart:
    try:
        bundle = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ChartUnusable(f"{path.name}: cannot be read as JSON ({type(problem).__name__}).") from problem
    if mapping(bundle).get("resourceType") != "Bundle":
        raise ChartUnusable(f"{path.name}: is not a FHIR Bundle.")
    bundle = moved_to(bundle, on)
    stored = _stored_references(bundle)
    resources = tuple(
        _with_references(resource, stored)
        for entry in items(bundle.get("entry"))
        if (resource := mapping(entry.get("resource"))).get("resourceType")
    )
    patients = [resource for resource in resources if resource["resourceType"] == "Patient"]
    if len(patients) != 1:
        raise ChartUnusable(f"{path.name}: has {len(patients)} Patient resources, one is needed.")
    if not _ID.fullmatch(text(patients[0].get("id"))):
        raise ChartUnusable(f"{path.name}: its Patient has no usable id.")
    return Chart(patients[0], resources, _tag(bundle) or _tag(patients[0]))


def _stored_references(bundle: Resource) -> dict[str, str]:
    """Bundle-only addresses (`urn:uuid:…`, full URLs) to the `Type/id` a server stores, as on a transaction."""
    stored = {}
    for entry in items(bundle.get("entry")):
        resource, address = mapping(entry.get("resource")), text(entry.get("fullUrl"))
        if address and resource.get("resourceType") and resource.get("id"):
            stored[address] = f"{resource['resourceType']}/{resource['id']}"
    return stored


def _with_references(node: Any, stored: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: stored.get(value, value)
            if key == "reference" and isinstance(value, str)
            else _with_references(value, stored)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_with_references(value, stored) for value in node]
    return node


def _tag(resource: Resource) -> str:
    """The words of the first tag that is not one of HL7's own (those say "test data", not what the case shows)."""
    for tag in items(mapping(resource.get("meta")).get("tag")):
        if "terminology.hl7.org" not in text(tag.get("system")) and (words := text(tag.get("display"))):
            return words
    return ""
