"""One hook call: its envelope checked, its refusals named. What the prefetch holds is judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhir_mappings.patients import PatientStatementsDisagree, UnusablePatientId, agree_on_patient
from fhir_mappings.strict_json import UnreadableJson, parse_json

__all__ = ["HookCall", "HookRefused", "read_call"]

LONGEST_INSTANCE = 256

_USER = re.compile(r"(Practitioner|PractitionerRole|Patient|RelatedPerson)/[A-Za-z0-9\-.]{1,64}")
"""Who may look at a chart (CH-34); any other type is no user of this hook."""


class HookRefused(Exception):
    """A call that gets no cards: an HTTP status, an issue code and one sentence that names no value of the call."""

    def __init__(self, status: int, code: str, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.status = status
        self.code = code
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class HookCall:
    """A checked call. `plain`: see `fhir_mappings.strict_json.ParsedJson`."""

    hook: str
    instance: str
    patient_id: str
    user_type: str
    prefetch: Mapping[str, Any]
    base: str | None
    authorized: bool
    plain: bool


def read_call(body: bytes, hook: str) -> HookCall:
    """The call in a request body for a service of this hook (CH-22 to CH-33).

    Raises HookRefused: 400 for a body or envelope that is wrong, 412 when statements of the patient disagree (SS-05).
    """
    try:
        parsed = parse_json(body)
    except UnreadableJson as problem:
        raise HookRefused(400, "structure", f"The request body could not be read. {problem}") from None
    call = parsed.value
    if not isinstance(call, dict):
        raise HookRefused(400, "structure", "The request body is not a JSON object.")
    named = _text(call, "hook")
    if named != hook:
        raise HookRefused(400, "value", f"This service answers the hook {hook}; the field hook names another.")
    instance = _text(call, "hookInstance")
    if len(instance) > LONGEST_INSTANCE:
        raise HookRefused(400, "too-long", f"The field hookInstance is longer than {LONGEST_INSTANCE} characters.")
    context = call.get("context")
    if not isinstance(context, dict) or not context:
        raise HookRefused(400, "required", "The field context is missing, or not an object with fields.")
    prefetch = call.get("prefetch")
    if prefetch is not None and not isinstance(prefetch, dict):
        raise HookRefused(400, "structure", "The field prefetch is not an object.")
    authorization = _authorization(call)
    user = _USER.fullmatch(_text(context, "userId", "context."))
    if user is None:
        raise HookRefused(400, "value", "The field context.userId is not a user, such as Practitioner/123.")
    base = call.get("fhirServer")
    return HookCall(
        hook, instance, _patient(context, authorization), user.group(1), prefetch or {},
        base.rstrip("/") if isinstance(base, str) else None, authorization is not None, parsed.plain,
    )  # fmt: skip


def _text(holder: Mapping[str, Any], field: str, where: str = "") -> str:
    value = holder.get(field)
    if not isinstance(value, str) or not value:
        raise HookRefused(400, "required", f"The field {where}{field} is missing, or not text.")
    return value


def _authorization(call: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """`fhirAuthorization` in its shape (CH-24, CH-70); the token itself is not looked at here."""
    given = call.get("fhirAuthorization")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise HookRefused(400, "structure", "The field fhirAuthorization is not an object.")
    if not isinstance(call.get("fhirServer"), str):
        raise HookRefused(400, "required", "The field fhirServer is required with fhirAuthorization.")
    for field in ("access_token", "token_type", "scope", "subject"):
        _text(given, field, "fhirAuthorization.")
    if given["token_type"].casefold() != "bearer" or type(given.get("expires_in")) is not int:
        raise HookRefused(400, "value", "fhirAuthorization needs token_type Bearer and expires_in in whole seconds.")
    return given


def _patient(context: Mapping[str, Any], authorization: Mapping[str, Any] | None) -> str:
    stated = _text(context, "patientId", "context.")
    statements: dict[str, object] = {"context.patientId": stated}
    if authorization is not None and authorization.get("patient") is not None:
        statements["fhirAuthorization.patient"] = authorization["patient"]
    try:
        return agree_on_patient(statements)
    except UnusablePatientId:
        raise HookRefused(400, "value", "The field context.patientId is not a FHIR id.") from None
    except PatientStatementsDisagree as problem:
        raise HookRefused(412, "conflict", str(problem)) from None
