"""Filling a CDS service's prefetch templates from a chart, as a CDS Hooks 2.0.1 client.

The three states a service has to tell apart (CH-57 to CH-63): a key left out was not run; `null` was run and found
nothing; an OperationOutcome was run and refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox_ehr.charts import Chart
from sandbox_ehr.fhir_json import Resource
from sandbox_ehr.fhir_search import SearchRefused, outcome, parameters_of, search

__all__ = ["CLINICIAN", "filled", "prefetched"]

CLINICIAN: Resource = {
    "resourceType": "Practitioner",
    "id": "practice-clinician",
    "active": True,
    "name": [{"family": "Practice", "given": ["Clinician"]}],
}
"""Who is signed in to the practice EHR."""

_TOKEN = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_READ = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")


def filled(template: str, context: Mapping[str, str]) -> str | None:
    """The template with its tokens replaced, or None when a token is unknown or has no value here.

    Tokens are `context.FIELD` of this hook's context and `userPractitionerId` (CH-44); a client that cannot
    replace a token does not run the query.
    """
    known = {f"context.{name}": value for name, value in context.items()}
    kind, _, user = context.get("userId", "").partition("/")
    if kind == "Practitioner":
        known["userPractitionerId"] = user
    if not all(token in known for token in _TOKEN.findall(template)):
        return None
    return _TOKEN.sub(lambda token: known[token[1]], template)


def prefetched(
    templates: Mapping[str, str], context: Mapping[str, str], chart: Chart, base: str
) -> dict[str, Resource | None]:
    """What the request carries under `prefetch`: each key's resource, searchset Bundle, OperationOutcome or null.

    Keys whose template cannot be filled are left out. `base` is the address of the FHIR server, for links.
    """
    queries = {key: filled(template, context) for key, template in templates.items()}
    return {key: _run(query, chart, base) for key, query in queries.items() if query is not None}


def _run(query: str, chart: Chart, base: str) -> Resource | None:
    path, asks, parameters = query.partition("?")
    if not asks:
        return _read(path, chart)
    try:
        bundle = search(chart, path, parameters_of(parameters), base)
    except SearchRefused as refusal:
        return outcome(str(refusal))
    return bundle if bundle["total"] else None


def _read(path: str, chart: Chart) -> Resource | None:
    if not _READ.fullmatch(path):
        return outcome(f"{path[:80]} is neither a read nor a search.")
    if path == f"{CLINICIAN['resourceType']}/{CLINICIAN['id']}":
        return CLINICIAN
    return chart.read(path)
