"""A chart being written: a patient, ids and dates, and the resources added to it in one of two record styles.

`mcode` writes what a server with oncology profiles sends; `plain` writes what arrives when nobody mapped anything:
local codes beside LOINC, units as mere text, ICD-10-CM alone, results as words.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tools.patients.codes import LABS, NOISE, TERMINOLOGY, cat, coding, concept, local, loinc, text_only

__all__ = ["CASE", "Chart", "Resource", "every"]

Resource = dict[str, Any]
CASE = "https://practice.example/case"
MRN = "https://practice.example/mrn"
UCUM = "http://unitsofmeasure.org"
PERSON = {"onc": "Oncologist", "surg": "Liver Surgeon", "gp": "General Practitioner"}


def every(start: str, end: str, days: int) -> list[str]:
    """Dates from start to end, `days` apart; the last one is always `end`."""
    day, last = date.fromisoformat(start), date.fromisoformat(end)
    found = []
    while day < last:
        found.append(day.isoformat())
        day += timedelta(days=days)
    return [*[d for d in found if (last - date.fromisoformat(d)).days >= days // 2], end]


class Chart:
    """Collects one patient's resources in order. `key` starts every id; ids never repeat."""

    def __init__(
        self,
        slug: str,
        mrn: str,
        name: tuple[str, str],
        gender: str,
        born: str,
        *,
        style: str,
        shows: str,
        key: str | None = None,
        died: str | None = None,
        renames: Mapping[str, str] | None = None,
    ) -> None:
        family, given = name
        self.slug, self.shows, self.mcode = slug, shows, style == "mcode"
        self.key = given.lower() + "-" if key is None else key
        self.wobble = random.Random(slug)  # makes laboratory values look lived in, the same each time
        self.renames = renames or {}
        self.taken: set[str] = set()
        patient: Resource = {
            "resourceType": "Patient",
            "id": f"{given.lower()}-{family.lower()}",
            "meta": {"security": [coding(TERMINOLOGY + "v3-ActReason", "HTEST", "test health data")]},
            "identifier": [{"use": "usual", "type": text_only("Medical record number"), "system": MRN, "value": mrn}],
            "active": True,
            "name": [{"use": "official", "family": family, "given": [given]}],
            "gender": gender,
            "birthDate": born,
            "address": [{"use": "home", "line": ["1 Specimen Street"], "city": "Sampleton", "country": "XX"}],
            "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        }
        if self.mcode:
            patient["meta"]["profile"] = ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-cancer-patient"]
        if died:
            patient["deceasedDateTime"] = died
        self.patient = patient
        self.resources: list[Resource] = [patient]

    @property
    def subject(self) -> Resource:
        """The reference every resource carries to its patient."""
        return {"reference": f"Patient/{self.patient['id']}"}

    def by(self, who: str = "onc") -> Resource:
        """A reference to one of the practice's clinicians."""
        return {"reference": f"Practitioner/practice-{who}", "display": f"PRACTICE, {PERSON[who]}"}

    def add(self, kind: str, name: str, day: str, resource: Resource) -> str:
        """Add a resource and return its reference. The id is key, name and day, unless `renames` has another."""
        base = f"{self.key}{name}-{day.replace('-', '')[:8]}"
        base = self.renames.get(base, base)
        made, again = base, 2
        while f"{kind}/{made}" in self.taken:
            made, again = f"{base}-{again}", again + 1
        self.taken.add(f"{kind}/{made}")
        body: Resource = {"resourceType": kind, "id": made}
        body.update(resource)
        if "patient" not in body:
            body["subject"] = self.subject
        self.resources.append(body)
        return f"{kind}/{made}"

    # --- results -------------------------------------------------------------------------------------------

    def lab(self, test: str, value: float, day: str, **more: Any) -> str:
        """One laboratory result as a Quantity, printed in the style of this chart."""
        lab = LABS[test]
        figure = round(value, lab.places) if lab.places else round(value)
        quantity: Resource = {"value": figure, "unit": lab.unit, "system": UCUM, "code": lab.ucum}
        codings = [loinc(lab.loinc, lab.name)]
        limits: Resource = {}
        for edge, limit in (("low", lab.low), ("high", lab.high)):
            if limit is not None:
                limits[edge] = {"value": limit, "unit": lab.unit, "system": UCUM, "code": lab.ucum}
        if not self.mcode:
            words = {"10*9/L": "K/uL"}.get(lab.unit, lab.unit)
            quantity = {"value": figure, "unit": words}
            limits = {edge: {"value": limit["value"], "unit": words} for edge, limit in limits.items()}
            codings = [{**local(lab.site, lab.name), "userSelected": True}, *codings]
        body: Resource = {
            "status": "final",
            "category": [cat("laboratory")],
            "code": concept(*codings, text=lab.name),
            "effectiveDateTime": f"{day}T08:10:00Z",
            "issued": f"{day}T11:40:00Z",
            "valueQuantity": quantity,
            "referenceRange": [limits],
        }
        if self.mcode:
            profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"
            body = {"meta": {"profile": [profile]}, **body}
        flag = "H" if lab.high is not None and figure > lab.high else "L" if figure < (lab.low or 0) else ""
        if flag:
            body["interpretation"] = [cat(flag, "v3-ObservationInterpretation")]
        return self.add("Observation", test, day, {**body, **more})

    def labs(self, days: Sequence[str], **courses: float | Sequence[float]) -> None:
        """Series of results: each test's knots are spread over the days, days between them wobble a little.

        The last day carries the last knot exactly.
        """
        for test, course in courses.items():
            knots = [course] if isinstance(course, (int, float)) else list(course)
            name = test.replace("_", "-")
            for at, day in enumerate(days):
                place = at * (len(knots) - 1) / max(len(days) - 1, 1)
                low = min(int(place), len(knots) - 1)
                high = min(low + 1, len(knots) - 1)
                value = knots[low] + (knots[high] - knots[low]) * (place - low)
                if at < len(days) - 1:
                    value *= 1 + self.wobble.uniform(-0.05, 0.05) * (0.1 if name in ("na", "inr") else 1)
                self.lab(name, value, day)

    def vital(self, code: str, words: str, value: float, unit: str, day: str) -> str:
        """One vital sign as a Quantity."""
        quantity: Resource = {"value": value, "unit": unit, "system": UCUM, "code": unit}
        name = words.lower().replace(" ", "-")
        body: Resource = {"status": "final", "category": [cat("vital-signs")], "code": concept(loinc(code, words))}
        body |= {"effectiveDateTime": f"{day}T09:00:00Z", "valueQuantity": quantity}
        return self.add("Observation", name, day, body)

    def weights(self, days: Sequence[str], *kilograms: float) -> None:
        """Body weight, one value per day."""
        for day, kilogram in zip(days, kilograms, strict=True):
            self.vital("29463-7", "Body weight", kilogram, "kg", day)

    def pressure(self, day: str, systolic: int, diastolic: int) -> None:
        """Blood pressure as a panel with two components."""
        parts = [("8480-6", "Systolic blood pressure", systolic), ("8462-4", "Diastolic blood pressure", diastolic)]
        self.add(
            "Observation",
            "bp",
            day,
            {
                "status": "final",
                "category": [cat("vital-signs")],
                "code": concept(loinc("55284-4", "Blood Pressure")),
                "effectiveDateTime": f"{day}T09:00:00Z",
                "component": [
                    {
                        "code": concept(loinc(code, words)),
                        "valueQuantity": {"value": value, "unit": "mm[Hg]", "system": UCUM, "code": "mm[Hg]"},
                    }
                    for code, words, value in parts
                ],
            },
        )

    # --- everything else a chart collects -------------------------------------------------------------------

    def everyday(self, years: Iterable[int], pressure: tuple[int, int], cholesterol: int, *problems: str) -> None:
        """The rest of a life: flu shots, blood pressure, lipids, check-ups, and problems that decide nothing here."""
        for year in years:
            self.add(
                "Immunization",
                "flu",
                f"{year}-10-12",
                {
                    "status": "completed",
                    "vaccineCode": concept(coding("http://hl7.org/fhir/sid/cvx", "140", "Influenza, seasonal")),
                    "patient": self.subject,
                    "occurrenceDateTime": f"{year}-10-12",
                },
            )
            for month, change in (("03", 4), ("09", -3)):
                self.pressure(f"{year}-{month}-18", pressure[0] + change, pressure[1] + change // 2)
            self.lab("chol", cholesterol + (year % 4) * 3, f"{year}-03-18")
            self.add(
                "Encounter",
                "visit",
                f"{year}-03-18",
                {
                    "status": "finished",
                    "class": coding(TERMINOLOGY + "v3-ActCode", "AMB"),
                    "type": [concept(coding("http://snomed.info/sct", "185349003", "Encounter for check up"))],
                    "period": {"start": f"{year}-03-18T09:00:00Z", "end": f"{year}-03-18T09:25:00Z"},
                },
            )
        for at, problem in enumerate(problems):
            over = problem in ("clavicle", "sinusitis", "laceration", "bronchitis", "whiplash", "polyp")
            day = f"{2011 + at * 2}-0{4 + at % 5}-14"
            body: Resource = {
                "clinicalStatus": cat("resolved" if over else "active", "condition-clinical"),
                "verificationStatus": cat("confirmed", "condition-ver-status"),
                "category": [cat("problem-list-item", "condition-category")],
                "code": concept(NOISE[problem]),
                "onsetDateTime": day,
                "recordedDate": day,
            }
            if over:
                body["abatementDateTime"] = f"{2012 + at * 2}-01-20"
            self.add("Condition", problem, day, body)

    def allergy(self, words: str, day: str, *, code: Resource | None = None, severe: bool = False) -> None:
        """An allergy, coded or in words, severe or not."""
        manifestation = "Anaphylaxis" if severe else "Rash"
        self.add(
            "AllergyIntolerance",
            "allergy",
            day,
            {
                "clinicalStatus": cat("active", "allergyintolerance-clinical"),
                "verificationStatus": cat("confirmed", "allergyintolerance-verification"),
                "criticality": "high" if severe else "low",
                "code": concept(code, text=words) if code else text_only(words),
                "patient": self.subject,
                "recordedDate": day,
                "reaction": [
                    {
                        "manifestation": [text_only(manifestation)],
                        "severity": "severe" if severe else "mild",
                    }
                ],
            },
        )

    def bundle(self) -> Resource:
        """The finished Bundle: the Patient first, the practice's clinicians last."""
        staff: list[Resource] = [
            {
                "resourceType": "Practitioner",
                "id": f"practice-{who}",
                "active": True,
                "name": [{"family": "PRACTICE", "given": [given]}],
            }
            for who, given in PERSON.items()
        ]
        return {
            "resourceType": "Bundle",
            "id": self.slug,
            "meta": {"tag": [coding(CASE, self.slug, self.shows)]},
            "type": "collection",
            "timestamp": "2026-11-20T06:00:00Z",
            "entry": [
                {"fullUrl": f"https://practice.example/fhir/{r['resourceType']}/{r['id']}", "resource": r}
                for r in [*self.resources, *staff]
            ],
        }

    def as_json(self) -> str:
        """The Bundle as text, one resource a line: small, and a change shows as the lines it changed."""
        whole = self.bundle()
        entries = whole.pop("entry")
        head = json.dumps(whole, ensure_ascii=False)[:-1]
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
        return f'{head}, "entry": [\n{lines}\n]}}\n'
