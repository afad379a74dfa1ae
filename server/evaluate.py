"""`hepatica evaluate`: from a file to assessments, and out again as table, JSON or cards. Arguments are read in `cli`.

The clock is not read here: the date of the question and the time of reading are passed in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from eligibility import wording
from eligibility.assessment import Assessment
from eligibility.document import as_document
from eligibility.engine import assess
from eligibility.errors import HepaticaError
from eligibility.facts import Notice, PatientFacts, Severity
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.intake import Intake
from fhir_mappings.overlay import Overlay, OverlayError, load_overlay
from fhir_mappings.patients import MORE_THAN_ONE_PATIENT
from fhir_mappings.records import gather, split_patients
from fhir_mappings.sources import Document, UnusableSource, read_source
from server.named_facts import UnusableInput, described, named_facts

__all__ = [
    "Case",
    "MixedPatients",
    "Question",
    "UnusableInput",
    "cases_of_facts",
    "cases_of_record",
    "write_cards",
    "write_json",
    "write_table",
]

OLD_AFTER_DAYS: Final = 90
"""Older than this, even the newest datum is beyond every limit of age that the catalogue sets."""

_MOST_NAMED: Final = 5
_SEARCH_FOR_ONE: Final = re.compile(
    r"/Patient/[A-Za-z0-9\-.]{1,64}(?:/|\?|$)"
    r"|[?&](?:patient|subject)(?::Patient)?=(?:Patient(?:/|%2F))?[A-Za-z0-9\-.]{1,64}(?:&|$)"
    r"|/Patient\?(?:.*&)?_id=[A-Za-z0-9\-.]{1,64}(?:&|$)"
)
_PUBLIC_BASE: Final = "http://127.0.0.1:8000"  # cards link to the service; here, to the one on this machine


class MixedPatients(HepaticaError):
    """Data of more than one patient where one was promised (SS-03). Nothing of it is evaluated."""


@dataclass(frozen=True, slots=True)
class Question:
    """As of when to judge: `on`, or, with `newest`, the date of each patient's newest datum, at the latest `on`."""

    on: date
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One assessment, with the caller's name for it and what it was made from.

    `looked_at` counts the resources of the record by type; None says that facts were given by name. `unborne` speaks
    of what was set aside in the source and concerns none of its patients; every case of a source has the same.
    """

    assessment: Assessment
    identifier: str | None = None
    looked_at: Mapping[str, int] | None = None
    unborne: tuple[Notice, ...] = ()


# Facts given by name


def cases_of_facts(
    body: bytes, name: str, knowledge: KnowledgeBase, question: Question, only: str | None = None
) -> Iterator[Case]:
    """The cases of a file of named facts: `{"facts": {…}}`, or `{"vignettes": [{"id", "facts"}, …]}`.

    `only` is the id of the one vignette to take. Everything is checked before the first case is judged.
    Raises UnusableInput naming the file, the vignette and the fact.
    """
    given = [(i, described(facts, i, name, knowledge.catalogue)) for i, facts in named_facts(body, name)]
    if only is not None:
        given = [g for g in given if g[0] == only]
        if not given:
            raise UnusableInput(f"{name} holds no vignette {only!r}.")
    for identifier, patient in given:
        yield Case(_judged(_as_it_is(patient), knowledge, question), identifier)


def _as_it_is(patient: PatientFacts) -> Callable[[date], PatientFacts]:
    """Facts given by name are the same on every date."""
    return lambda _: patient


# Records


def cases_of_record(
    source: Path | bytes,
    knowledge: KnowledgeBase,
    question: Question,
    only: str | None = None,
    site_codes: Path | None = None,
) -> Iterator[Case]:
    """The patients of a FHIR source, each apart, in a fixed order.

    `only` is the id of the one patient to take. `site_codes` is a file that maps a site's own codes to facts.

    Raises UnusableInput when there is nothing to evaluate, and MixedPatients when what was promised to be one
    patient's is not; both before the first case.
    """
    from fhir_mappings.chart import read_chart  # loads every reader, which facts given by name do not need

    overlay = None if site_codes is None else _overlay(site_codes, knowledge)
    name = "Standard input" if isinstance(source, bytes) else str(source)
    try:
        documents = list(read_source(source))
    except UnusableSource as problem:
        raise UnusableInput(str(problem)) from None
    if len(documents) == 1:  # in a folder nothing is promised: every patient is evaluated apart
        _keep_promise(documents[0])
    records = split_patients(documents)
    if not records.intakes:
        why = records.notices[0].text if records.notices else "It holds no resource of a patient."
        raise UnusableInput(f"{name} holds no patient that could be evaluated. {why}")
    intakes = records.intakes if only is None else (_one(records.intakes, only, name),)
    for intake in intakes:
        looked_at = {kind: len(resources) for kind, resources in intake.resources.items()}
        judged = _judged(partial(read_chart, intake, overlay=overlay), knowledge, question)
        yield Case(judged, None, looked_at, records.unborne)


def _overlay(file: Path, knowledge: KnowledgeBase) -> Overlay:
    try:
        return load_overlay(file.read_text("utf-8"), knowledge.catalogue)
    except UnicodeDecodeError:
        raise UnusableInput(f"{file} is not UTF-8 text.") from None
    except OverlayError as problem:
        raise UnusableInput(f"{file}: {problem}") from None


def _one(intakes: Sequence[Intake], only: str, name: str) -> Intake:
    references = {only, f"Patient/{only}"}
    found = [intake for intake in intakes if intake.reference in references]
    if len(found) > 1:
        raise MixedPatients(f"{only} stands for {len(found)} different people in {name}. No options are shown.")
    if not found:
        held = [i.reference for i in intakes[:_MOST_NAMED] if i.reference]
        rest = len(intakes) - len(held)
        others = [*held, f"{rest} more"] if rest else held
        raise UnusableInput(f"{name} holds no patient {only}. It holds {wording.listing(others)}.")
    return found[0]


def _keep_promise(document: Document) -> None:
    """A Bundle that answers a search for one patient may not hold the data of two."""
    for value in document.values:
        if _answers_for_one(value) and gather(value).withheld == MORE_THAN_ONE_PATIENT:
            what = "answers a search for one patient and holds data of more"
            raise MixedPatients(f"{document.name} {what}. No options are shown.")


def _answers_for_one(value: Mapping[str, object]) -> bool:
    """Whether a Bundle is the answer to a search for one patient, by its self link."""
    if value.get("resourceType") != "Bundle":
        return False
    links = value.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("relation") == "self" and isinstance(url := link.get("url"), str):
            return _SEARCH_FOR_ONE.search(url) is not None
    return False


def _judged(read: Callable[[date], PatientFacts], knowledge: KnowledgeBase, question: Question) -> Assessment:
    """The assessment on the date asked for, with a notice when all data are old or none is dated.

    `read` gives the patient as of a date.
    """
    on, patient = question.on, read(question.on)
    if question.newest and patient.newest is not None and patient.newest < on:
        on = patient.newest
        patient = read(on)
    assessment = assess(patient, knowledge, on)
    notice = _age_of_data(patient, question, on)
    return replace(assessment, notices=(notice, *assessment.notices)) if notice is not None else assessment


def _age_of_data(patient: PatientFacts, question: Question, on: date) -> Notice | None:
    if patient.newest is None:
        if not question.newest:
            return None
        text = f"No datum carries a date, so the newest cannot be told; judged as of {wording.day(on)}."
        return Notice(Severity.WARNING, "undated-data", text)
    if (on - patient.newest).days <= OLD_AFTER_DAYS:
        return None
    text = f"{wording.old_data(patient.newest, on)} --as-of newest judges as of then."
    return Notice(Severity.WARNING, "old-data", text)


# Output


def write_json(cases: Iterable[Case], out: TextIO) -> None:
    """`{"assessments": […], "notices": […]}`, one assessment a line, each written as soon as it is judged.

    `notices` speak of the source and stand on no assessment. An error half way leaves the text unclosed, so that no
    reader takes a part for the whole.
    """
    unborne: tuple[Notice, ...] = ()

    def documents() -> Iterator[Mapping[str, object]]:
        nonlocal unborne
        for case in cases:
            unborne = case.unborne
            yield as_document(case.assessment, case.identifier, case.looked_at)

    _start_list("assessments", documents(), out)
    out.write(f'\n],\n"notices": {_text([_notice(n) for n in unborne])}}}\n')


def _notice(notice: Notice) -> Mapping[str, object]:
    """In the shape that notices have on an assessment."""
    return {
        "severity": str(notice.severity), "code": notice.code, "reference": notice.reference, "text": notice.text
    }  # fmt: skip


def write_cards(cases: Iterable[Case], out: TextIO, read_at: datetime) -> None:
    """The CDS Hooks response for opening the chart, `{"cards": […]}`; for several patients `{"patients": […]}`."""
    from cds_hooks.cards import CardSettings, cards_for

    settings = CardSettings(_PUBLIC_BASE)
    answers = ((case, cards_for(case.assessment, settings, read_at)) for case in cases)
    first, second = next(answers), next(answers, None)
    if second is None:
        out.write(_text({"cards": first[1]}) + "\n")
        return

    def documents() -> Iterator[Mapping[str, object]]:
        for case, cards in (first, second, *answers):
            yield {"patient": case.identifier or case.assessment.patient, "cards": cards}

    _start_list("patients", documents(), out)
    out.write("\n]}\n")


def _start_list(key: str, documents: Iterable[Mapping[str, object]], out: TextIO) -> None:
    lead = f'{{"{key}": [\n'
    for document in documents:
        out.write(lead + _text(document))
        lead = ",\n"


def _text(document: object) -> str:
    """JSON in ASCII: whatever stands in the record, it cannot steer a terminal, and it survives every encoding."""
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def write_table(cases: Iterable[Case], out: TextIO, *, everything: bool = False) -> None:
    """A page for each case; after the last, what concerns none of them, and a count where there are several."""
    from server.page import Page, console_for
    from server.table import print_assessment, print_set_aside

    console = console_for(out)
    seen: list[str] = []
    unborne: tuple[Notice, ...] = ()
    for case in cases:
        if seen:
            console.rule(style="dim", characters="-")
        print_assessment(
            console, case.assessment, identifier=case.identifier, looked_at=case.looked_at, everything=everything
        )
        seen.append(_kind(case.assessment))
        unborne = case.unborne
    if unborne:
        console.rule(style="dim", characters="-")
        print_set_aside(Page(console), unborne)
        Page(console).blank()
    if len(seen) > 1:
        console.rule(style="dim", characters="-")
        counts = [f"{seen.count(kind)} {kind}" for kind in dict.fromkeys(seen)]
        Page(console).say(f"{len(seen)} patients: {wording.listing(counts)}.")


def _kind(assessment: Assessment) -> str:
    if assessment.withheld is not None:
        return "withheld"
    if assessment.in_scope is False:
        return "without cancer in the liver on record"
    if assessment.in_scope is None:
        return "where it cannot be told whether there is cancer in the liver"
    if any(o.status.fits and o.option.cancer_directed for o in assessment.options):
        return "with a treatment to consider"
    return "without a treatment that fits on what is known"
