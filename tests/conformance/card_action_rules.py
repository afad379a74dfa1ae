"""Clauses CH-97 to CH-111: suggestions, their actions, system actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from tests.conformance.card_shapes import Json, everything, objects, said, strangers

__all__ = ["suggestion_problems", "system_action_problems"]

_TYPES = ("create", "update", "delete")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_PROPOSABLE = frozenset({"ServiceRequest", "Task", "CommunicationRequest"})  # tests, referrals, documentation tasks
_DRUGS = re.compile(r"Medication|Immunization|Nutrition")


def suggestion_problems(card: Json, request: Mapping[str, Any] | None) -> Iterator[str]:
    if "suggestions" not in card:
        return
    listed = card["suggestions"]
    suggestions = objects(listed)
    if not isinstance(listed, list) or not listed or len(suggestions) != len(listed):
        yield "CH-98 suggestions is not a list of suggestions"
    behaviour = card.get("selectionBehavior")
    if behaviour not in ("at-most-one", "any"):
        yield f"CH-97 suggestions with selectionBehavior {behaviour!r}"
    if behaviour == "at-most-one" and sum(s.get("isRecommended") is True for s in suggestions) > 1:
        yield "CH-100 two recommended suggestions where at most one can be chosen"
    uuids = [s["uuid"] for s in suggestions if said(s.get("uuid"))]
    if len(set(uuids)) < len(suggestions):
        yield "CH-99 a suggestion without a uuid of its own"
    if not said(card.get("detail")):
        yield "CH-108 suggestions without a detail by which to act by hand"
    for suggestion in suggestions:
        yield from _suggestion_problems(suggestion, request)


def _suggestion_problems(suggestion: Json, request: Mapping[str, Any] | None) -> Iterator[str]:
    if not said(suggestion.get("label")):
        yield "CH-98 a suggestion without a label"
    if not isinstance(suggestion.get("isRecommended", False), bool):
        yield "CH-98 isRecommended is neither true nor false"
    if "actionSelectionBehavior" in suggestion:
        yield "CH-109 actionSelectionBehavior is sent"
    if names := [n for n in strangers("suggestion", suggestion) if n != "actionSelectionBehavior"]:
        yield f"CH-96 a suggestion has fields of its own: {', '.join(names)}"
    if "actions" not in suggestion:
        return
    actions = objects(suggestion["actions"])
    if not isinstance(suggestion["actions"], list) or not actions or len(actions) != len(suggestion["actions"]):
        yield "CH-102 actions is not a list of at least one action"
    yield from _together_problems(actions)
    for action in actions:
        yield from _action_problems(action)
        yield from _draft_order_problems(action, request)
        yield from _proposal_problems(action, actions, request)


def system_action_problems(response: Json, request: Mapping[str, Any] | None, *, agreed: bool) -> Iterator[str]:
    for card in objects(response.get("cards")):
        if "systemActions" in card or "systemActions" in (card.get("extension") or {}):
            yield "CH-110 systemActions stands in a card"
    if "systemActions" not in response:
        return
    if not agreed:
        yield "CH-111 system actions for a client that did not ask for them"
    actions = response["systemActions"]
    if not isinstance(actions, list) or not actions or len(objects(actions)) != len(actions):
        yield "CH-110 systemActions is not a list of actions"
    for action in objects(actions):
        for problem in (*_action_problems(action), *_draft_order_problems(action, request)):
            yield f"CH-110 system action: {problem.partition(' ')[2]}"


def _action_problems(action: Json) -> Iterator[str]:
    kind, resource = action.get("type"), action.get("resource")
    if kind not in _TYPES:
        yield f"CH-102 an action of type {kind!r}"
    if not said(action.get("description")):
        yield "CH-102 an action without a description"
    whole = isinstance(resource, dict) and said(resource.get("resourceType"))
    if kind == "create" and not whole:
        yield "CH-103 a create without its resource"
    if kind == "update" and not (isinstance(resource, dict) and whole and _is_complete(resource)):
        yield "CH-103 an update without the whole resource"
    if kind == "delete":
        if "resource" in action:
            yield "CH-104 a delete with a resource"
        if not (said(action.get("resourceId")) and _REFERENCE.fullmatch(action["resourceId"])):
            yield "CH-104 a delete without a Type/id"
    if names := strangers("action", action):
        yield f"CH-96 an action has fields of its own: {', '.join(names)}"


def _is_complete(resource: Json) -> bool:
    """A resource with its id, and more than the few fields a patch would carry."""
    return said(resource.get("id")) and resource["resourceType"] != "Parameters" and not _fhir_fault(resource)


def _address(action: Json) -> str:
    resource = action.get("resource")
    if action.get("type") == "delete":
        return str(action.get("resourceId"))
    return f"{resource.get('resourceType')}/{resource.get('id')}" if isinstance(resource, dict) else ""


def _together_problems(actions: list[Json]) -> Iterator[str]:
    touched = [_address(a) for a in actions if a.get("type") in ("update", "delete")]
    deleted = {_address(a) for a in actions if a.get("type") == "delete"}
    if len(set(touched)) < len(touched):
        yield "CH-101 two actions change the same resource"
    known = {f"urn:uuid:{(a.get('resource') or {}).get('id')}" for a in actions if isinstance(a.get("resource"), dict)}
    for reference in (r for a in actions for r in _references(a.get("resource"))):
        if reference in deleted or (reference.startswith("urn:uuid:") and reference not in known):
            yield f"CH-101 a reference that leads nowhere: {reference}"


def _references(resource: object) -> list[str]:
    return [o["reference"] for o in everything(resource) if isinstance(o.get("reference"), str)]


def _draft_order_problems(action: Json, request: Mapping[str, Any] | None) -> Iterator[str]:
    if request is None or action.get("type") not in ("update", "delete"):
        return
    drafts = {
        f"{order.get('resourceType')}/{order.get('id')}"
        for entry in objects((request.get("context", {}).get("draftOrders") or {}).get("entry"))
        if isinstance(order := entry.get("resource"), dict)
    }
    if _address(action) not in drafts:
        yield f"CH-105 {_address(action)} is not among the draft orders"


def _proposal_problems(action: Json, actions: list[Json], request: Mapping[str, Any] | None) -> Iterator[str]:
    resource = action.get("resource")
    if action.get("type") != "create" or not isinstance(resource, dict):
        return
    kind = str(resource.get("resourceType"))
    held = {str(o.get("resourceType")) for o in everything(resource) if "resourceType" in o}
    if kind not in _PROPOSABLE or any(_DRUGS.match(name) for name in held):
        yield f"CH-107 {kind} is not a test, a referral or a documentation task"
    if resource.get("status") != "draft" or resource.get("intent", "proposal") not in ("proposal", "plan"):
        yield "CH-106 the proposed resource is not a draft proposal or plan"
    subject = (resource.get("subject") or resource.get("for") or {}).get("reference", "")
    patient = request.get("context", {}).get("patientId") if request else subject.removeprefix("Patient/")
    if not subject.startswith("Patient/") or subject != f"Patient/{str(patient).removeprefix('Patient/')}":
        yield "CH-106 the proposed resource is not about the patient"
    referred = {reference for other in actions for reference in _references(other.get("resource"))}
    if "id" in resource and f"urn:uuid:{resource['id']}" not in referred:
        yield "CH-106 the proposed resource has an id, which the server gives"
    if fault := _fhir_fault(resource):
        yield f"CH-106 the proposed resource is not valid R4: {fault}"


def _fhir_fault(resource: Json) -> str:
    try:
        get_fhir_model_class(str(resource["resourceType"])).model_validate(resource)
    except (KeyError, ValueError, LookupError) as fault:
        return type(fault).__name__
    return ""
