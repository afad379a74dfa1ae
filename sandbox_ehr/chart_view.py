"""A chart as the practice EHR shows it: who the patient is, problems, reports, treatment. Results: `results_view`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sandbox_ehr.charts import Chart
from sandbox_ehr.dates import age_on, shown, span
from sandbox_ehr.fhir_json import Resource, codings, concept_text, items, mapping, text

__all__ = [
    "Identity",
    "Line",
    "identity",
    "newest_first",
    "problems",
    "recorded",
    "reports",
    "shown_when",
    "treatments",
    "written",
]

_CANCER_PROFILES = ("mcode-primary-cancer-condition", "mcode-secondary-cancer-condition")
_SECONDARY = ("C77", "C78", "C79")
_NEVER = datetime.min.replace(tzinfo=UTC)
_VOID = frozenset({"entered-in-error", "not-done", "cancelled"})


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity bar, and the patient's row in the list."""

    id: str
    family: str
    given: str
    age: str
    sex: str
    born: str
    number: str
    standing: str
    """"Deceased" or "Record not active", else empty."""
    diagnosis: str
    shows: str

    @property
    def name(self) -> str:
        """FAMILY, given, as a chart prints it."""
        return ", ".join(part for part in (self.family, self.given) if part) or "Name not recorded"


@dataclass(frozen=True, slots=True)
class Line:
    """One dated line of a chart: a problem, a report, a treatment."""

    what: str
    state: str
    when: str
    more: str


def identity(chart: Chart, on: date) -> Identity:
    """Who the patient is on a day."""
    patient = chart.patient
    name = _official(items(patient.get("name")))
    given = name.get("given")
    birth = text(patient.get("birthDate"))
    age = age_on(birth, on)
    deceased = patient.get("deceasedBoolean") is True or bool(text(patient.get("deceasedDateTime")))
    return Identity(
        id=chart.id,
        family=text(name.get("family")).upper() or text(name.get("text")),
        given=" ".join(text(part) for part in given) if isinstance(given, list) else "",
        age="age not recorded" if age is None else f"{age} y",
        sex=text(patient.get("gender")) or "sex not recorded",
        born=shown(birth) if birth else "not recorded",
        number=next((v for i in items(patient.get("identifier")) if (v := text(i.get("value")))), chart.id),
        standing="Deceased" if deceased else "Record not active" if patient.get("active") is False else "",
        diagnosis=_diagnosis(chart),
        shows=chart.shows,
    )


def _official(names: list[Resource]) -> Resource:
    return next((name for name in names if name.get("use") == "official"), names[0] if names else {})


def _diagnosis(chart: Chart) -> str:
    """Up to two current problems, cancers before others, a primary before its metastases."""
    current = [c for c in _problem_list(chart) if _code(c, "verificationStatus") != "refuted" and _is_current(c)]
    cancers = sorted((c for c in current if _cancer_rank(c) is not None), key=lambda c: _cancer_rank(c) or 0)
    named = dict.fromkeys(name for c in cancers or current if (name := concept_text(c.get("code"))))
    return "; ".join(list(named)[:2]) or "No problem recorded"


def _cancer_rank(condition: Resource) -> int | None:
    """0 for a primary, 1 for a secondary cancer by mCODE profile or ICD-10 block; None for any other problem."""
    profiles = mapping(condition.get("meta")).get("profile")
    for rank, name in enumerate(_CANCER_PROFILES):
        if isinstance(profiles, list) and any(isinstance(p, str) and p.endswith(name) for p in profiles):
            return rank
    for system, code in codings(condition.get("code")):
        if "icd-10" in system and code.startswith("C"):
            return int(code.startswith(_SECONDARY))
    return None


def _problem_list(chart: Chart) -> list[Resource]:
    """Conditions but those that are only the diagnosis of one encounter."""
    return [
        condition
        for condition in recorded(chart, "Condition")
        if {code for _, code in codings(condition.get("category"))} != {"encounter-diagnosis"}
    ]


def _is_current(condition: Resource) -> bool:
    return _code(condition, "clinicalStatus") in ("active", "recurrence", "relapse", "")


def problems(chart: Chart) -> tuple[Line, ...]:
    """The problem list: current problems first, then past ones, each newest first."""
    found = newest_first(_problem_list(chart), "onsetDateTime", "recordedDate")
    found.sort(key=lambda condition: not _is_current(condition))
    return tuple(
        Line(
            what=concept_text(c.get("code")) or "Problem without a name",
            state=", ".join(s for s in (_code(c, "clinicalStatus"), _code(c, "verificationStatus")) if s)
            or "status not recorded",
            when=shown_when(c, "onsetDateTime", "recordedDate"),
            more=", ".join(s for stage in items(c.get("stage")) if (s := concept_text(stage.get("summary")))),
        )
        for c in found
    )


def reports(chart: Chart) -> tuple[Line, ...]:
    """Reports, newest first, with their conclusion."""
    found = newest_first(recorded(chart, "DiagnosticReport"), "effectiveDateTime", "issued")
    return tuple(
        Line(
            what=concept_text(r.get("code")) or "Report without a title",
            state=text(r.get("status")) or "status not recorded",
            when=shown_when(r, "effectiveDateTime", "issued"),
            more=text(r.get("conclusion")),
        )
        for r in found
    )


def treatments(chart: Chart) -> tuple[Line, ...]:
    """Procedures and medication, newest first; what was given several times is one line with its first and last day."""
    kinds = ("Procedure", "MedicationRequest", "MedicationStatement", "MedicationAdministration")
    found = newest_first([r for kind in kinds for r in recorded(chart, kind)], *_TREATED)
    groups: dict[tuple[str, ...], list[Resource]] = {}
    for resource in found:
        name = concept_text(resource.get("code")) or _medication(chart, resource) or "Treatment without a name"
        groups.setdefault((name, resource["resourceType"], text(resource.get("status"))), []).append(resource)
    return tuple(_treatment(key[0], group) for key, group in groups.items())


def _treatment(name: str, group: list[Resource]) -> Line:
    newest, oldest = group[0], group[-1]
    doses = " ".join(s for dose in items(newest.get("dosageInstruction")) if (s := text(dose.get("text"))))
    when = shown_when(newest, *_TREATED)
    if len(group) > 1:
        began = next(
            (d for e in _TREATED if (d := text(mapping(oldest.get(e)).get("start")))), written(oldest, _TREATED)
        )
        when = _period(began, written(newest, _TREATED))
        doses = "; ".join(part for part in (doses, f"{len(group)} times") if part)
    return Line(name, text(newest.get("status")) or "status not recorded", when, doses)


_TREATED = ("performedDateTime", "performedPeriod", "effectiveDateTime", "effectivePeriod", "authoredOn")


def recorded(chart: Chart, kind: str) -> list[Resource]:
    """The resources of a type, without those entered in error, not done or cancelled."""
    return [r for r in chart.resources if r["resourceType"] == kind and not _is_void(r)]


def _is_void(resource: Resource) -> bool:
    return resource.get("status") in _VOID or _code(resource, "verificationStatus") == "entered-in-error"


def _code(resource: Resource, element: str) -> str:
    return next((text(c.get("code")) for c in items(mapping(resource.get(element)).get("coding"))), "")


def written(resource: Resource, elements: Iterable[str]) -> str:
    """The first date of these elements as it is written; of a period its end, else its start."""
    for element in elements:
        value = resource.get(element)
        period = mapping(value)
        if words := text(value) or text(period.get("end")) or text(period.get("start")):
            return words
    return ""


def shown_when(resource: Resource, *elements: str) -> str:
    """The first date or period of these elements, in words."""
    for element in elements:
        if period := mapping(resource.get(element)):
            begin, end = text(period.get("start")), text(period.get("end"))
            if begin or end:
                return _period(begin, end)
        elif words := text(resource.get(element)):
            return shown(words)
    return "not dated"


def _period(begin: str, end: str) -> str:
    if begin and end:
        return f"{shown(begin)} to {shown(end)}"
    return f"from {shown(begin)}" if begin else f"until {shown(end)}"


def newest_first(found: Iterable[Resource], *elements: str) -> list[Resource]:
    """Ordered by these date elements; the undated last."""

    def newest(resource: Resource) -> datetime:
        covered = span(written(resource, elements))
        return covered[1] if covered else _NEVER

    return sorted(found, key=newest, reverse=True)


def _medication(chart: Chart, resource: Resource) -> str:
    if name := concept_text(resource.get("medicationCodeableConcept")):
        return name
    reference = text(mapping(resource.get("medicationReference")).get("reference"))
    return concept_text(mapping(chart.read(reference)).get("code"))
