"""FHIR R4 search over one chart: the parameters R4 defines for the types a chart holds, and no others.

A practice EHR is strict: what it does not support it refuses in words, as a careful server does, and never
ignores, because an ignored filter answers another question than the one asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from sandbox_ehr.charts import Chart
from sandbox_ehr.dates import span
from sandbox_ehr.fhir_json import Resource, codings, mapping, reference_of, text

__all__ = ["Parameters", "SearchRefused", "outcome", "parameters_of", "search"]

Parameters = Sequence[tuple[str, str]]
Span = tuple[datetime, datetime]

# R4 search parameters by resource type: "name" where the element has the same name, else "name=element|element".
_TOKENS = {
    "AllergyIntolerance": "category clinical-status=clinicalStatus code verification-status=verificationStatus",
    "BodyStructure": "location",
    "CarePlan": "category intent status",
    "CareTeam": "category status",
    "ClinicalImpression": "status",
    "Composition": "category status type",
    "Condition": "category clinical-status=clinicalStatus code verification-status=verificationStatus",
    "Consent": "category status",
    "Device": "status type",
    "DeviceUseStatement": "",
    "DiagnosticReport": "category code status",
    "DocumentReference": "category status type",
    "Encounter": "class status type",
    "FamilyMemberHistory": "code=condition.code status",
    "Flag": "",
    "Goal": "category lifecycle-status=lifecycleStatus",
    "ImagingStudy": "status",
    "Immunization": "status vaccine-code=vaccineCode",
    "List": "code status",
    "MedicationAdministration": "code=medicationCodeableConcept status",
    "MedicationDispense": "code=medicationCodeableConcept status",
    "MedicationRequest": "category code=medicationCodeableConcept intent status",
    "MedicationStatement": "category code=medicationCodeableConcept status",
    "Observation": "category code status value-concept=valueCodeableConcept",
    "Patient": "gender identifier",
    "Procedure": "category code status",
    "QuestionnaireResponse": "status",
    "RiskAssessment": "",
    "ServiceRequest": "category code intent status",
    "Specimen": "status type",
}
_DATES = {
    "AllergyIntolerance": "date=recordedDate onset=reaction.onset",
    "CarePlan": "date=period",
    "CareTeam": "date=period",
    "ClinicalImpression": "date",
    "Composition": "date",
    "Condition": "onset-date=onsetDateTime|onsetPeriod recorded-date=recordedDate",
    "Consent": "date=dateTime",
    "DiagnosticReport": "date=effectiveDateTime|effectivePeriod issued",
    "DocumentReference": "date",
    "Encounter": "date=period",
    "FamilyMemberHistory": "date",
    "Flag": "date=period",
    "Goal": "start-date=startDate target-date=target.dueDate",
    "ImagingStudy": "started",
    "Immunization": "date=occurrenceDateTime",
    "List": "date",
    "MedicationAdministration": "effective-time=effectiveDateTime|effectivePeriod",
    "MedicationDispense": "whenhandedover=whenHandedOver whenprepared=whenPrepared",
    "MedicationRequest": "authoredon=authoredOn",
    "MedicationStatement": "effective=effectiveDateTime|effectivePeriod",
    "Observation": "date=effectiveDateTime|effectiveInstant|effectivePeriod",
    "Patient": "birthdate=birthDate",
    "Procedure": "date=performedDateTime|performedPeriod",
    "QuestionnaireResponse": "authored",
    "RiskAssessment": "date=occurrenceDateTime|occurrencePeriod",
    "ServiceRequest": "authored=authoredOn occurrence=occurrenceDateTime|occurrencePeriod",
    "Specimen": "collected=collection.collectedDateTime|collection.collectedPeriod",
}
_PATIENT_ONLY = frozenset(
    {"AllergyIntolerance", "BodyStructure", "Consent", "Device", "FamilyMemberHistory", "Immunization"}
)
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_COMPARISON = re.compile(r"(eq|gt|lt|ge|le)?(\d{4}.*)")


class SearchRefused(ValueError):
    """A search this server does not carry out; the message says which part and why."""


def outcome(message: str, code: str = "not-supported") -> Resource:
    """An OperationOutcome with one error."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": message}],
    }


def parameters_of(query: str) -> Parameters:
    """The name-value pairs of a query; percent escapes are read, a plus sign stays a plus sign."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def search(chart: Chart, kind: str, parameters: Parameters, base: str) -> Resource:
    """The searchset Bundle of a type-level search; with a `next` link when `_count` left matches out.

    `base` is the address of the FHIR server, for the links. Raises `SearchRefused` for a type, parameter,
    modifier or value that is not supported, and for a search that is not about this chart's patient.
    """
    if kind not in _TOKENS:
        raise SearchRefused(f"Searching {kind} is not supported.")
    tests: list[Callable[[Resource], bool]] = []
    paging: dict[str, int | None] = {"_count": None, "_offset": None}
    sort = ""
    about_patient = False
    for name, value in parameters:
        if name == "_sort":
            sort = value
        elif name in paging:
            paging[name] = _whole_number(name, value)
        elif name in _patient_parameters(kind):
            about_patient = True
            tests.append(_about(kind, value))
        else:
            tests.append(_filter(kind, name, value))
    if not about_patient:
        raise SearchRefused(f"A search of {kind} needs the parameter {_patient_parameters(kind)[0]}.")
    found = [r for r in chart.resources if r["resourceType"] == kind and all(test(r) for test in tests)]
    found = _sorted(found, kind, sort)
    return _searchset(found, kind, parameters, base, offset=paging["_offset"] or 0, count=paging["_count"])


def _patient_parameters(kind: str) -> tuple[str, ...]:
    if kind == "Patient":
        return ("_id",)
    return ("patient",) if kind in _PATIENT_ONLY else ("patient", "subject")


def _elements(table: dict[str, str], kind: str) -> dict[str, list[str]]:
    declared = (entry.partition("=") for entry in table.get(kind, "").split())
    return {name: (paths or name).split("|") for name, _, paths in declared}


def _filter(kind: str, name: str, value: str) -> Callable[[Resource], bool]:
    if not value:
        raise SearchRefused(f"The parameter {name} has no value.")
    if name == "_id":
        wanted_ids = frozenset(_alternatives(value))
        return lambda resource: text(resource.get("id")) in wanted_ids
    token_paths, date_paths = _elements(_TOKENS, kind).get(name, []), _elements(_DATES, kind).get(name, [])
    if token_paths:
        tokens = [_token(alternative) for alternative in _alternatives(value)]
        return lambda resource: any(_carries(resource, path, token) for path in token_paths for token in tokens)
    if date_paths:
        ranges = [_comparison(name, alternative) for alternative in _alternatives(value)]
        return lambda resource: any(test(found) for found in _spans(resource, date_paths) for test in ranges)
    raise SearchRefused(f"The parameter {name} is not supported for {kind}.")


def _about(kind: str, value: str) -> Callable[[Resource], bool]:
    wanted = value.removeprefix("Patient/")
    if kind == "Patient":
        return lambda resource: text(resource.get("id")) == wanted
    reference = f"Patient/{wanted}"
    return lambda resource: reference in (reference_of(resource.get("subject")), reference_of(resource.get("patient")))


def _whole_number(name: str, value: str) -> int:
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII):
        raise SearchRefused(f"The parameter {name} needs a whole number.")
    return int(value)


def _alternatives(value: str) -> list[str]:
    """The parts of a comma list; `\\,` is a comma that belongs to a part."""
    return [part.replace("\\,", ",").replace("\\|", "|") for part in re.split(r"(?<!\\),", value)]


def _token(written: str) -> tuple[str | None, str]:
    """(system, code): system None accepts any, "" means none; code "" accepts any."""
    system, bar, code = written.rpartition("|")
    return (system if bar else None, code)


def _at(resource: Resource, path: str) -> list[object]:
    found: list[object] = [resource]
    for name in path.split("."):
        values = [mapping(item).get(name) for item in found]
        found = [v for value in values for v in (value if isinstance(value, list) else [value]) if v is not None]
    return found


def _carries(resource: Resource, path: str, token: tuple[str | None, str]) -> bool:
    system, code = token
    for value in _at(resource, path):
        if isinstance(value, str):
            present = [("", value)]
        elif "value" in mapping(value):
            present = [(text(mapping(value).get("system")), text(mapping(value).get("value")))]
        else:
            present = list(codings(value))
        for found_system, found_code in present:
            if (isinstance(value, str) or system is None or system == found_system) and code in ("", found_code):
                return True
    return False


def _spans(resource: Resource, paths: Sequence[str]) -> list[Span]:
    spans = []
    for value in (value for path in paths for value in _at(resource, path)):
        if isinstance(value, str):
            if (found := span(value)) is not None:
                spans.append(found)
        elif period := mapping(value):
            begin, end = span(text(period.get("start"))), span(text(period.get("end")))
            if begin or end:
                spans.append((begin[0] if begin else _EARLIEST, end[1] if end else _LATEST))
    return spans


def _comparison(name: str, written: str) -> Callable[[Span], bool]:
    """How R4 compares a searched date with a recorded one: both cover a span of time."""
    match = _COMPARISON.fullmatch(written)
    wanted = span(match[2]) if match else None
    if match is None or wanted is None:
        raise SearchRefused(f"The parameter {name} needs a date, with eq, gt, lt, ge or le in front at most.")
    low, high = wanted
    within: dict[str, Callable[[Span], bool]] = {
        "eq": lambda found: low <= found[0] and found[1] <= high,
        "gt": lambda found: found[1] > high,
        "lt": lambda found: found[0] < low,
        "ge": lambda found: found[1] > high or (low <= found[0] and found[1] <= high),
        "le": lambda found: found[0] < low or (low <= found[0] and found[1] <= high),
    }
    return within[match[1] or "eq"]


def _sorted(found: list[Resource], kind: str, sort: str) -> list[Resource]:
    """Ordered by the date parameters of `_sort`; what has no such date comes last, either way."""
    for key in reversed([key for key in sort.split(",") if key]):
        name, descending = key.removeprefix("-"), key.startswith("-")
        paths = ["meta.lastUpdated"] if name == "_lastUpdated" else _elements(_DATES, kind).get(name)
        if paths is None:
            raise SearchRefused(f"Sorting {kind} by {name} is not supported.")
        dated = [(spans, r) for r in found if (spans := _spans(r, paths))]
        undated = [r for r in found if not _spans(r, paths)]
        if descending:
            dated.sort(key=lambda pair: max(high for _, high in pair[0]), reverse=True)
        else:
            dated.sort(key=lambda pair: min(low for low, _ in pair[0]))
        found = [r for _, r in dated] + undated
    return found


def _searchset(
    found: list[Resource], kind: str, parameters: Parameters, base: str, *, offset: int, count: int | None
) -> Resource:
    page = found[offset:] if count is None else found[offset : offset + count]
    links = [{"relation": "self", "url": _address(base, kind, parameters)}]
    if count and offset + count < len(found):
        rest = [(name, value) for name, value in parameters if name != "_offset"]
        links.append({"relation": "next", "url": _address(base, kind, [*rest, ("_offset", str(offset + count))])})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links}
    if page:
        bundle["entry"] = [
            {"fullUrl": f"{base}/{kind}/{r['id']}", "resource": r, "search": {"mode": "match"}}
            if r.get("id")
            else {"resource": r, "search": {"mode": "match"}}
            for r in page
        ]
    return bundle


def _address(base: str, kind: str, parameters: Parameters) -> str:
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='/:,')}" for name, value in parameters)
    return f"{base}/{kind}?{query}"
