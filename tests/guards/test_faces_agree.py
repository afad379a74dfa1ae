"""The command line and the hook say the same of one patient: the hook sees only what its prefetch templates ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cds_hooks.calls import read_call
from cds_hooks.cards import CardSettings
from cds_hooks.services.patient_view import PatientView
from eligibility.assessment import Assessment
from eligibility.document import as_document
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.overlay import load_overlay
from sandbox_ehr.charts import load_charts
from sandbox_ehr.prefetch import prefetched
from server import cli, evaluate
from tests.conformance.hook_calls import chart, patient
from tests.conformance.live_hooks import NOW, ON, OVERLAY, Hooks, serving
from tests.conformance.synthetic_calls import FOLDER, IDS, sent
from tests.fhir_charts import LOINC, concept, resource, variant

FILES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def hooks() -> Iterator[Hooks]:
    with serving() as client:
        yield client


@pytest.fixture(scope="module")
def service(knowledge: KnowledgeBase) -> PatientView:
    overlay = load_overlay(OVERLAY.read_text("utf-8"), knowledge.catalogue)
    return PatientView(knowledge, CardSettings("http://127.0.0.1:8000"), overlay)


def on_the_command_line(path: Path, knowledge: KnowledgeBase) -> evaluate.Case:
    (case,) = evaluate.cases_of_record(path, knowledge, evaluate.Question(ON), None, OVERLAY)
    return case


def in_the_hook(path: Path, service: PatientView) -> Assessment:
    """The assessment behind the cards, on what the practice EHR sends for the published templates."""
    (opened,) = [c for c in load_charts(path.parent, ON).values() if c.id == identity(path)]
    context = {"userId": "Practitioner/d", "patientId": opened.id}
    call = {
        "hook": "patient-view", "hookInstance": "x", "context": context,
        "prefetch": prefetched(service.templates, context, opened, "https://ehr.example/fhir"),
    }  # fmt: skip
    return service.judge(read_call(json.dumps(call).encode(), "patient-view"), NOW)


def identity(path: Path) -> str:
    entries = json.loads(path.read_text("utf-8"))["entry"]
    return next(str(e["resource"]["id"]) for e in entries if e["resource"]["resourceType"] == "Patient")


def said(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an assessment says, by option and by fact; how it was read differs between the faces and is left out."""
    return {
        "withheld": document["withheld"],
        "inScope": document["inScope"],
        "newest": document["newestDatum"],
        "options": {option["id"]: option["status"] for option in document["options"]},
        "facts": {fact["id"]: (fact["status"], fact["value"], fact["obtained"]) for fact in document["facts"]},
        "steps": [(step["test"], step["settles"], step["narrows"]) for step in document["nextSteps"]],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_faces_say_the_same_of_a_synthetic_patient(
    path: Path, knowledge: KnowledgeBase, service: PatientView, hooks: Hooks
) -> None:
    request, case = sent(hooks, identity(path)), on_the_command_line(path, knowledge)
    judged = service.judge(read_call(json.dumps(request).encode(), "patient-view"), NOW)
    assert said(as_document(case.assessment)) == said(as_document(judged))
    out = StringIO()
    evaluate.write_cards([case], out, NOW)
    assert content(json.loads(out.getvalue())["cards"]) == content(hooks.call(request).cards)


def content(cards: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Cards without what belongs to one face: uuids, addresses, and in the closing line that nobody was verified."""
    unverified = " Demo: caller not verified."
    return [
        (card["source"]["topic"]["code"], card["indicator"], card["summary"], card["detail"].replace(unverified, ""))
        for card in cards
    ]


def test_the_program_prints_what_the_evaluation_says(
    knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["evaluate", str(FILES[0]), "--as-of", ON.isoformat(), "--overlay", str(OVERLAY), "--format", "json"]
    assert 0 == cli.main(arguments)
    (printed,) = json.loads(capsys.readouterr().out)["assessments"]
    assert said(as_document(on_the_command_line(FILES[0], knowledge).assessment)) == said(printed)


def test_every_synthetic_patient_is_compared() -> None:
    assert set(IDS) == {identity(path) for path in FILES}


# What a record may hold beside the resources that the templates ask for.


def written(folder: Path, *more: dict[str, Any]) -> Path:
    """A chart with further resources, as a file of the practice EHR."""
    held = [e["resource"] for bundle in chart().values() if bundle for e in bundle.get("entry", [])]
    entries = [{"resource": each} for each in (patient(), *held, *more)]
    path = folder / "chart.json"
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    path.write_text(json.dumps(content, default=float), "utf-8")
    return path


def fact(assessment: Assessment, name: str) -> tuple[str, object]:
    found = assessment.facts[name]
    return str(found.status), found.value


def test_a_result_on_plasma_is_not_taken_for_tissue_when_the_specimen_was_not_sent(
    tmp_path: Path, knowledge: KnowledgeBase, service: PatientView
) -> None:
    """Plasma alone cannot show that RAS is wild type; the specimen is a resource of its own."""
    specimen = {"reference": "Specimen/blood"}
    genes = (("HGNC:6407", "KRAS"), ("HGNC:7989", "NRAS"))
    results = [variant("LA9634-2", gene, name=gene[1], specimen=specimen) for gene in genes]
    blood = resource("Specimen", "blood", type=concept("119361006", display="Plasma specimen"))
    path = written(tmp_path, *results, blood)
    assert ("unknown", None) == fact(on_the_command_line(path, knowledge).assessment, "bm.ras")
    assert ("known", "wild_type") != fact(in_the_hook(path, service), "bm.ras")


def test_a_drug_that_was_not_sent_is_not_taken_for_no_drug(
    tmp_path: Path, knowledge: KnowledgeBase, service: PatientView
) -> None:
    """A treatment may refer to a Medication of its own; where that did not come, what was given is not known."""
    drug = {"resourceType": "Medication", "id": "drug", "code": concept(text="Pembrolizumab")}
    given = resource(
        "MedicationAdministration", "given", status="completed", effectiveDateTime="2026-10-01",
        medicationReference={"reference": "Medication/drug"},
    )  # fmt: skip
    path = written(tmp_path, given, drug)
    assert ("known", True) == fact(on_the_command_line(path, knowledge).assessment, "tx.prior_ici")
    judged = in_the_hook(path, service)
    assert "complete" != str(judged.readings["MedicationAdministration"].state)
    assert any("MedicationAdministration" in notice.text for notice in judged.notices if notice.severity == "warning")


def test_a_variant_in_tissue_is_read_alike_where_the_record_says_so_itself(
    tmp_path: Path, knowledge: KnowledgeBase, service: PatientView
) -> None:
    specimen = {"reference": "Specimen/block", "display": "Tumour tissue"}
    mutated = variant(
        "LA9633-4", ("HGNC:6407", "KRAS"), name="kras", specimen=specimen,
        parts=[{"code": concept("48005-3", LOINC), "valueCodeableConcept": concept(text="p.G12C")}],
    )  # fmt: skip
    path = written(tmp_path, mutated)
    expected = fact(on_the_command_line(path, knowledge).assessment, "bm.ras")
    assert ("known", "mutated") == expected
    assert expected == fact(in_the_hook(path, service), "bm.ras")
