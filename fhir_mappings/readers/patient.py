"""The Patient resource: age on the chart's date, and sex for clinical equations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from eligibility.facts import Bound
from fhir_mappings.dates import When, when
from fhir_mappings.intake import Resource
from fhir_mappings.readers.gathering import Gathering, Source, name_of
from fhir_mappings.resources import Patient

__all__ = ["read_patient"]

BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_SEX = {"female": "female", "male": "male", "F": "female", "M": "male"}


def read_patient(g: Gathering) -> None:
    """Age and sex. A recorded birth sex that differs from the administrative gender makes the sex a question."""
    if g.intake.patient is not None:
        g.attempt(g.intake.patient, _one)


def _one(g: Gathering, raw: Resource) -> None:
    patient = g.read(raw, Patient)
    if patient is None:
        return
    name = name_of(raw)
    _say_age(g, Source(name, "Patient.birthDate", text=patient.birthDate, when=None), when(patient.birthDate))
    gender = _SEX.get((patient.gender or "").strip())
    birth = next((_SEX.get((e.valueCode or "").strip()) for e in patient.extension or () if e.url == BIRTH_SEX), None)
    source = Source(name, "Patient.gender", text=patient.gender)
    if gender is not None and birth is not None and gender != birth:
        g.say(source.finding("pt.sex", None, f"administrative gender is {gender}, recorded birth sex is {birth}"))
    elif gender is not None:
        g.say(source.finding("pt.sex", gender))
    elif patient.gender:
        g.say(source.finding("pt.sex", None, f"administrative gender is {patient.gender.strip()[:20]!r}"))


def _say_age(g: Gathering, source: Source, born: When | None) -> None:
    if born is None:
        if source.text:
            g.say(source.finding("pt.age", None, "the birth date cannot be read"))
        return
    if g.on is None:
        return
    youngest, oldest = _years(g.on, born.last), _years(g.on, born.first)
    if oldest < 0 or youngest > 130:
        g.say(source.finding("pt.age", None, "the birth date is not plausible"))
    elif youngest == oldest:
        g.say(source.finding("pt.age", Decimal(oldest)))
    else:
        g.say(source.finding("pt.age", Bound(">=", Decimal(max(youngest, 0))), "the birth date is not complete"))


def _years(on: date, born: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
