"""Which of several copies of one resource is the newest (SS-54)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

__all__ = ["canonical_text", "changed_after", "newest"]


def newest(copies: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest copy by meta.versionId, else by meta.lastUpdated; None when they differ and nothing tells which.

    The order of `copies` never matters.
    """
    ranked = sorted(copies, key=canonical_text)
    for rank in (_version_number, _last_updated):
        ranks = [rank(copy) for copy in ranked]
        known = [found for found in ranks if found is not None]
        if len(known) == len(ranks):
            latest = max(known)
            ranked = [copy for copy, found in zip(ranked, ranks, strict=True) if found == latest]
        if len({_content(copy) for copy in ranked}) == 1:
            return ranked[-1]
    return None


def changed_after(resource: Mapping[str, Any], when: str | None) -> bool:
    """Whether the resource's last change is certainly later than an instant; without either date it is not."""
    changed, limit = _last_updated(resource), _instant(when)
    return changed is not None and limit is not None and changed > limit


def canonical_text(value: object) -> str:
    """One spelling for equal JSON values, used to compare and to order."""
    return json.dumps(value, sort_keys=True, default=str)


def _content(resource: Mapping[str, Any]) -> str:
    return canonical_text({key: value for key, value in resource.items() if key != "meta"})


def _meta(resource: Mapping[str, Any], key: str) -> object:
    meta = resource.get("meta")
    return meta.get(key) if isinstance(meta, dict) else None


def _version_number(resource: Mapping[str, Any]) -> float | None:
    version = _meta(resource, "versionId")
    if not isinstance(version, str) or not version.isascii() or not version.isdigit() or len(version) > 64:
        return None
    return int(version)


def _last_updated(resource: Mapping[str, Any]) -> float | None:
    return _instant(_meta(resource, "lastUpdated"))


def _instant(text: object) -> float | None:
    """Seconds since 1970 of an instant; a time without zone is taken as UTC."""
    if not isinstance(text, str):
        return None
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
