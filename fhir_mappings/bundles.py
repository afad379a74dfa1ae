"""Bundles taken apart: what they hold, what they say went wrong, and whether there is more than arrived.

Whose the resources are does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eligibility.facts import ReadState
from fhir_mappings.versions import changed_after

__all__ = ["Entry", "Page", "outcome_state", "unfold"]

Entry = tuple[dict[str, Any], str | None]
"""A resource and its fullUrl."""

_NESTED_BUNDLES: Final = 4
_KNOWN_SEVERITIES: Final = {
    "information": ReadState.COMPLETE,
    "warning": ReadState.PARTIAL,
    "error": ReadState.FAILED,
    "fatal": ReadState.FAILED,
}
_GRAVITY: Final = (ReadState.COMPLETE, ReadState.PARTIAL, ReadState.FAILED)


@dataclass(slots=True)
class Page:
    """One Bundle, or one resource by itself. References by `urn:uuid` are meant inside one page.

    `outcome` is the worst an OperationOutcome on the page says (SS-55). `asked` is the type its self link searched
    for. `unreadable` counts entries that hold no resource object; `cut` says that an entry limit stopped the reading;
    `alone` that this was no Bundle but a single resource.
    """

    bundle_type: str | None = None
    entries: list[Entry] = field(default_factory=list)
    included: list[Entry] = field(default_factory=list)
    outcome: ReadState = ReadState.COMPLETE
    asked: str | None = None
    self_url: str | None = None
    next_url: str | None = None
    unreadable: int = 0
    cut: bool = False
    alone: bool = False

    def patients_by_url(self) -> dict[str, str]:
        """The Patients of this page, fullUrl to id; a fullUrl that two Patients claim names neither."""
        found: dict[str, str] = {}
        doubtful: set[str] = set()
        for resource, url in (*self.entries, *self.included):
            if url is None or resource.get("resourceType") != "Patient":
                continue
            own_id = resource.get("id")
            if not isinstance(own_id, str) or found.get(url, own_id) != own_id:
                doubtful.add(url)
            else:
                found[url] = own_id
        return {url: own_id for url, own_id in found.items() if url not in doubtful}


def unfold(value: Mapping[str, Any], *, most_entries: int | None = None, _level: int = 0) -> list[Page]:
    """The pages of a Bundle (Bundles inside it are pages of their own) or of a single resource.

    A resource without an id takes the id of its fullUrl. Entries a Bundle says were deleted are gone. Malformed
    entries are counted, never raised.
    """
    if value.get("resourceType") != "Bundle":
        page = Page(alone=True)
        if value.get("resourceType") == "OperationOutcome":
            page.outcome = max(outcome_state(value), ReadState.PARTIAL, key=_GRAVITY.index)
        else:
            page.entries.append((dict(value), None))
        return [page]
    page = Page(bundle_type=value.get("type") if isinstance(value.get("type"), str) else None)
    _follow_links(value.get("link"), page)
    pages = [page]
    entries = value.get("entry")
    if entries is None:
        return pages
    if not isinstance(entries, list):
        page.unreadable += 1
        return pages
    if most_entries is not None and len(entries) > most_entries:
        entries, page.cut = entries[:most_entries], True
    deleted: dict[str, str | None] = {}
    for entry in entries:
        bundle = _take(entry, page, deleted)
        if bundle is not None and _level < _NESTED_BUNDLES:
            pages += unfold(bundle, most_entries=most_entries, _level=_level + 1)
        elif bundle is not None:
            page.unreadable += 1
    if deleted:
        page.entries = [found for found in page.entries if not _is_deleted(found[0], deleted)]
    return pages


def _take(entry: object, page: Page, deleted: dict[str, str | None]) -> dict[str, Any] | None:
    """Put one entry on the page; a Bundle inside the Bundle is handed back."""
    if type(entry) is not dict:
        page.unreadable += 1
        return None
    resource = entry.get("resource")
    if "response" in entry or "request" in entry:
        _note_exchange(entry, page, deleted)
    if type(resource) is not dict:
        if resource is not None or not entry.keys() & {"response", "request", "link", "search"}:
            page.unreadable += 1
        return None
    kind = resource.get("resourceType")
    if kind == "Bundle":
        return resource
    if kind == "OperationOutcome":
        page.outcome = max(page.outcome, outcome_state(resource), key=_GRAVITY.index)
        return None
    url = entry.get("fullUrl")
    if type(url) is not str:
        url = None
    elif "id" not in resource and (named := url.rpartition("/")[2].rpartition(":")[2]):
        resource = {**resource, "id": named}
    search = entry.get("search")
    mode = search.get("mode") if type(search) is dict else None
    (page.included if mode == "include" else page.entries).append((resource, url))
    return None


def outcome_state(outcome: Mapping[str, Any]) -> ReadState:
    """What an OperationOutcome says of the read it came from: error or fatal failed, warning partial (SS-55).

    A severity that is missing or unknown counts as failed.
    """
    issues = outcome.get("issue")
    if not isinstance(issues, list) or not issues:
        return ReadState.FAILED
    return max((_issue_state(issue) for issue in issues), key=_GRAVITY.index)


def _issue_state(issue: object) -> ReadState:
    severity = issue.get("severity") if isinstance(issue, dict) else None
    return _KNOWN_SEVERITIES.get(severity, ReadState.FAILED) if isinstance(severity, str) else ReadState.FAILED


def _follow_links(links: object, page: Page) -> None:
    for link in _objects(links):
        relation, url = link.get("relation"), link.get("url")
        if relation == "next":
            page.next_url = url if isinstance(url, str) else ""
        elif relation == "self" and isinstance(url, str):
            page.self_url = url
            last = url.partition("?")[0].rpartition("/")[2]
            page.asked = last if last[:1].isupper() and last.isalpha() else None


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _note_exchange(entry: dict[str, Any], page: Page, deleted: dict[str, str | None]) -> None:
    """What `request` and `response` add: a deletion, or an answer that was an error."""
    request, response = entry.get("request"), entry.get("response")
    response = response if isinstance(response, dict) else {}
    if isinstance(request, dict) and request.get("method") == "DELETE" and isinstance(request.get("url"), str):
        when = response.get("lastModified")
        deleted["/".join(request["url"].partition("?")[0].split("/")[-2:])] = when if isinstance(when, str) else None
    outcome, status = response.get("outcome"), response.get("status")
    if isinstance(outcome, dict) and outcome.get("resourceType") == "OperationOutcome":
        said = outcome_state(outcome)
    else:
        said = ReadState.FAILED if isinstance(status, str) and status[:1] in ("4", "5") else ReadState.COMPLETE
    if said is not ReadState.COMPLETE:  # one request of several failed: the others were answered
        page.outcome = max(page.outcome, ReadState.PARTIAL, key=_GRAVITY.index)


def _is_deleted(resource: dict[str, Any], deleted: Mapping[str, str | None]) -> bool:
    name = f"{resource.get('resourceType')}/{resource.get('id')}"
    return name in deleted and not changed_after(resource, deleted[name])
