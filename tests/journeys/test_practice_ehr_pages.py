"""The practice EHR's pages: what they say, that they are well made, and that they can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox_ehr.app import create_app
from tests.journeys.html_page import Page
from tests.journeys.practice_cards import conflict, missing, overview
from tests.journeys.practice_charts import bundle, condition, ivo, lab, marit, patient, write
from tests.journeys.stub_cds import StubCds, running

ON = date(2026, 11, 20)
STANDING = "Practice EHR with synthetic patients. Not for clinical use."
STYLE = Path(__file__).parents[2] / "sandbox_ehr" / "static" / "practice_ehr.css"
PAGES = ["/", "/patients/test-marit", "/patients/test-marit/request", "/patients/test-marit/answer", "/nowhere"]


@pytest.fixture
def stub() -> Iterator[StubCds]:
    with running() as answering:
        answering.answer = {"cards": [conflict(), overview(), missing()]}
        yield answering


@pytest.fixture
def ehr(stub: StubCds, tmp_path: Path) -> FlaskClient:
    return create_app(stub.base, write(tmp_path, marit(), ivo()), ON).test_client()


def page_of(stub: StubCds, folder: Path, *resources: Any) -> Page:
    """The chart of a patient with these resources."""
    write(folder, bundle(patient("test-marit", "Example", "Marit", "1962-03-04", "female", "1"), *resources))
    return Page(create_app(stub.base, folder, ON).test_client().get("/patients/test-marit").text)


def rows(page: Page, section: str) -> list[str]:
    part = page.all("section", id=section)[0].text
    return [" ".join(row.split()) for row in page.texts("tr") if row in " ".join(part.split())][1:]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_made(ehr: FlaskClient, path: str) -> None:
    answer = ehr.get(path)
    page = Page(answer.text)
    headings = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    identities = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    labels = {e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes}
    anchors = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert [] == page.faults
    assert 1 == headings.count(1)
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert len(set(identities)) == len(identities)
    assert labels | anchors <= set(identities)
    assert (1, 1, 1) == tuple(len(page.all(landmark)) for landmark in ("header", "main", "footer")) or path == PAGES[1]
    assert "en" == page.all("html")[0].attributes["lang"]
    assert STANDING in page.texts("p")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_works_without_script_and_is_locked_down(ehr: FlaskClient, path: str) -> None:
    answer = ehr.get(path)
    page = Page(answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert ("nosniff", "no-referrer", "no-store") == tuple(
        answer.headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
    )
    assert [] == page.all("script") + page.all("style") + page.all("form") + page.all("iframe")
    assert not [name for e in page.elements for name in e.attributes if name.startswith("on") or name == "style"]


def test_the_list_names_every_patient(ehr: FlaskClient) -> None:
    page = Page(ehr.get("/").text)
    diagnosis = "Adenocarcinoma of sigmoid colon; Metastatic malignant neoplasm to liver"
    assert [
        f"EXAMPLE, Marit 64 y female {diagnosis} Borderline resectable, RAS pending",
        "SAMPLE, Ivo 58 y male No problem recorded not stated",
    ] == page.texts("tr")[1:]
    assert ["/patients/test-marit", "/patients/test-ivo"] == [
        e.attributes["href"] for e in page.all("a") if "th" in e.inside
    ]


def test_an_empty_folder_is_said(stub: StubCds, tmp_path: Path) -> None:
    assert "No patients are loaded." in create_app(stub.base, tmp_path, ON).test_client().get("/").text


def test_the_identity_bar_says_who_the_patient_is(ehr: FlaskClient) -> None:
    page = Page(ehr.get("/patients/test-marit").text)
    assert ["EXAMPLE, Marit"] == page.texts("h1")
    assert "64 y female born 4 Mar 1962 TEST-004417" in page.texts("p")


def test_problems_come_current_first(ehr: FlaskClient) -> None:
    assert [
        "Metastatic malignant neoplasm to liver active, confirmed 28 Oct 2026",
        "Adenocarcinoma of sigmoid colon Stage IV active, confirmed Mar 2025",
        "Hypertension active, confirmed 2011",
        "Deep vein thrombosis resolved, confirmed 30 Jul 2019",
    ] == rows(Page(ehr.get("/patients/test-marit").text), "problems")


def test_only_the_newest_result_of_a_test_is_listed(ehr: FlaskClient) -> None:
    assert [
        "Bilirubin, total 1.6 mg/dL High 0.2 to 1.2 mg/dL 19 Nov 2026",
        "Albumin 3.8 g/dL none given 19 Nov 2026",
        "Platelets 184 10*9/L none given 19 Nov 2026",
        "CEA 42 ng/mL none given 12 Nov 2026",
        "RAS mutation analysis no value: result pending registered none given 12 Nov 2026",
    ] == rows(Page(ehr.get("/patients/test-marit").text), "results")


def test_reports_and_treatment_are_listed(ehr: FlaskClient) -> None:
    page = Page(ehr.get("/patients/test-marit").text)
    assert [
        "MRI liver Four metastases: segment VIII 38 mm (previously 31 mm), segment VII 24 mm final 9 Nov 2026"
    ] == rows(page, "reports")
    assert [
        "Sigmoid colectomy completed 2 Apr 2025",
        "Amlodipine 5 mg once daily active 14 Feb 2024",
    ] == rows(page, "treatment")


@pytest.mark.parametrize(
    "value, shown",
    [
        ({"valueQuantity": {"value": 0.2, "comparator": "<", "unit": "ng/mL"}}, "< 0.2 ng/mL"),
        ({"valueQuantity": {"value": -1.5, "unit": "mmol/L"}}, "\N{MINUS SIGN}1.5 mmol/L"),
        ({"valueCodeableConcept": {"coding": [{"code": "x", "display": "Not detected"}]}}, "Not detected"),
        ({"valueString": "haemolysed"}, "haemolysed"),
        ({"valueInteger": 2}, "2"),
        ({"valueBoolean": False}, "no"),
        ({"valueDateTime": "2026-11-01"}, "1 Nov 2026"),
        ({"valueRange": {"low": {"value": 2, "unit": "cm"}, "high": {"value": 3, "unit": "cm"}}}, "2 cm to 3 cm"),
        (
            {"component": [{"code": {"text": "Systolic"}, "valueQuantity": {"value": 128, "unit": "mmHg"}}]},
            "Systolic 128 mmHg",
        ),
        ({"valueQuantity": {"value": "many"}}, "no value"),
        ({}, "no value"),
    ],
)
def test_each_kind_of_value_is_shown(stub: StubCds, tmp_path: Path, value: dict[str, Any], shown: str) -> None:
    base = {k: v for k, v in lab(1, "1", "Test", 1, "x", "2026-11-19").items() if k != "valueQuantity"}
    assert [f"Test {shown} none given 19 Nov 2026"] == rows(page_of(stub, tmp_path, base | value), "results")


@pytest.mark.parametrize(
    "extent, shown",
    [
        ({"text": "under 5"}, "under 5"),
        ({"high": {"value": 5, "unit": "ng/mL"}}, "up to 5 ng/mL"),
        ({"low": {"value": 3.5, "unit": "g/dL"}}, "from 3.5 g/dL"),
        ({}, "none given"),
    ],
)
def test_each_kind_of_reference_range_is_shown(
    stub: StubCds, tmp_path: Path, extent: dict[str, Any], shown: str
) -> None:
    page = page_of(stub, tmp_path, lab(1, "1", "Test", 1, "x", "2026-11-19", referenceRange=[extent]))
    assert [f"Test 1 x {shown} 19 Nov 2026"] == rows(page, "results")


def test_what_was_entered_in_error_is_not_shown(stub: StubCds, tmp_path: Path) -> None:
    wrong = condition(1, "Lymphoma", verificationStatus={"coding": [{"code": "entered-in-error"}]})
    page = page_of(stub, tmp_path, wrong, lab(1, "1", "Test", 1, "x", "2026-11-19", status="entered-in-error"))
    assert "No problem is recorded." in page.texts("p")
    assert "No result is recorded." in page.texts("p")


def test_a_name_comes_from_the_code_when_nothing_else_names_it(stub: StubCds, tmp_path: Path) -> None:
    bare = condition(1, "", code={"coding": [{"system": "http://snomed.info/sct"}, {"code": "94381002"}]})
    assert ["94381002 active, confirmed not dated"] == rows(page_of(stub, tmp_path, bare), "problems")


def test_a_medication_resource_gives_the_name_and_a_period_its_days(stub: StubCds, tmp_path: Path) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Oxaliplatin"}}
    given = {
        "resourceType": "MedicationAdministration",
        "id": "a",
        "status": "completed",
        "medicationReference": {"reference": "Medication/m"},
        "effectivePeriod": {"start": "2025-05-01", "end": "2025-10-30"},
    }
    earlier = given | {"id": "c", "effectivePeriod": {"start": "2025-04-01", "end": "2025-04-02"}}
    over = given | {"id": "d", "status": "stopped", "effectivePeriod": {"end": "2024-01-31"}}
    going = given | {"id": "e", "status": "in-progress", "effectivePeriod": {"start": "2026-05-01"}}
    assert [
        "Oxaliplatin in-progress from 1 May 2026",
        "Oxaliplatin 2 times completed 1 Apr 2025 to 30 Oct 2025",
        "Oxaliplatin stopped until 31 Jan 2024",
    ] == rows(page_of(stub, tmp_path, drug, given, earlier, over, going), "treatment")


def test_tests_about_different_genes_and_lesions_of_one_day_are_all_listed(stub: StubCds, tmp_path: Path) -> None:
    def variant(number: int, gene: str, when: str, found: str) -> Any:
        gene_studied = {"code": {"text": "Gene studied"}, "valueCodeableConcept": {"text": gene}}
        made = lab(number, "69548-6", "Variant", 1, "x", when, component=[gene_studied])
        del made["valueQuantity"]
        return made | {"valueCodeableConcept": {"text": found}}

    liver = {"coding": [{"display": "Liver structure (body structure)"}]}
    sizes = [lab(n, "21889-1", "Size", n, "cm", "2026-11-02", bodySite=liver) for n in (7, 8)]
    older = lab(9, "21889-1", "Size", 9, "cm", "2026-10-01", bodySite=liver)
    page = page_of(
        stub,
        tmp_path,
        variant(1, "KRAS", "2026-11-05", "Present"),
        variant(2, "NRAS", "2026-11-04", "Absent"),
        variant(3, "KRAS", "2026-11-03", "Absent"),
        older,
        *sizes,
    )
    assert [
        "Variant KRAS Present none given 5 Nov 2026",
        "Variant NRAS Absent none given 4 Nov 2026",
        "Size Liver structure 7 cm none given 2 Nov 2026",
        "Size Liver structure 8 cm none given 2 Nov 2026",
    ] == rows(page, "results")


def test_a_long_list_folds_and_names_what_it_folds(stub: StubCds, tmp_path: Path) -> None:
    many = [lab(n, str(n), f"Test {n}", n, "x", f"2026-10-{n:02}") for n in range(1, 17)]
    page = page_of(stub, tmp_path, *many, *[condition(n, f"Problem {n}") for n in range(1, 16)])
    assert ["Show 1 more: Problem 15", "Show 2 more: Test 2, Test 1"] == page.texts("summary")[1:]
    assert 16 == len([row for row in page.texts("tr") if row.startswith("Test ") and "Oct 2026" in row])


def test_an_encounter_diagnosis_alone_is_no_problem_and_cancers_lead(stub: StubCds, tmp_path: Path) -> None:
    def coded_as(number: int, name: str, code: str, category: str = "problem-list-item") -> Any:
        coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}
        made = condition(number, name, category=[{"coding": [{"code": category}]}])
        return made | {"code": {"text": name, "coding": [coding]}}

    page_of(
        stub,
        tmp_path,
        coded_as(1, "Hypertension", "I10"),
        coded_as(2, "Metastasis of liver", "C78.7"),
        coded_as(3, "Colon cancer", "C18.7"),
        coded_as(4, "Colon cancer at visit", "C18.7", "encounter-diagnosis"),
    )
    ehr = create_app(stub.base, tmp_path, ON).test_client()
    assert "Colon cancer; Metastasis of liver" in Page(ehr.get("/").text).texts("td")
    assert "at visit" not in ehr.get("/patients/test-marit").text


@pytest.mark.parametrize("patch, words", [({"deceasedBoolean": True}, "Deceased"), ({"active": False}, "not active")])
def test_a_closed_record_says_so(stub: StubCds, tmp_path: Path, patch: dict[str, Any], words: str) -> None:
    folder = write(tmp_path, bundle(patient("p", "A", "B", "1950", "male", "1", **patch)))
    ehr = create_app(stub.base, folder, ON).test_client()
    assert words in Page(ehr.get("/patients/p").text).texts("strong")[0]
    assert words in Page(ehr.get("/").text).text


def test_an_odd_chart_is_shown_as_far_as_it_goes(stub: StubCds, tmp_path: Path) -> None:
    odd: list[Any] = [
        {"resourceType": "Patient", "id": "odd", "name": "Mary", "birthDate": 1962, "gender": ["f"]},
        {"resourceType": "Observation", "code": 5, "effectiveDateTime": {"start": 3}, "status": None},
        {"resourceType": "Condition", "code": {"coding": "x"}, "clinicalStatus": "active", "stage": "II"},
        {"resourceType": "DiagnosticReport", "id": "r", "conclusion": 7},
        {"resourceType": "Procedure", "id": "t", "performedPeriod": {}},
    ]
    content = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in odd] + [None, 3]}
    page = Page(create_app(stub.base, write(tmp_path, content), ON).test_client().get("/patients/odd").text)
    assert ["Name not recorded"] == page.texts("h1")
    assert ["Result without a name no value status not recorded none given not dated"] == rows(page, "results")
    assert ["Problem without a name status not recorded not dated"] == rows(page, "problems")


@pytest.mark.parametrize("path, status", [("/patients/nobody", 404), ("/patients/nobody/request", 404), ("/x", 404)])
def test_what_is_not_there_is_a_page_with_words(ehr: FlaskClient, path: str, status: int) -> None:
    answer = ehr.get(path)
    assert status == answer.status_code
    assert ["No such page, or no such patient."] == Page(answer.text).texts("h1")


def test_pages_can_only_be_read(ehr: FlaskClient) -> None:
    answer = ehr.post("/patients/test-marit")
    assert 405 == answer.status_code
    assert ["This page can only be read."] == Page(answer.text).texts("h1")


def test_another_host_name_is_turned_away(ehr: FlaskClient) -> None:
    answer = ehr.get("/patients/test-marit", headers={"Host": "evil.example.org"})
    assert 400 == answer.status_code
    assert "Marit" not in answer.text


def test_nothing_is_fetched_from_elsewhere(ehr: FlaskClient) -> None:
    style = STYLE.read_text(encoding="utf-8")
    page = Page(ehr.get("/").text)
    assert ["/static/practice_ehr.css"] == [e.attributes["href"] for e in page.all("link")]
    with ehr.get("/static/practice_ehr.css") as answer:
        assert "text/css; charset=utf-8" == answer.content_type
    assert "@import" not in style
    assert "url(" not in style


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "text, ground, least",
    [
        ("ink", "surface", 4.5),
        ("ink", "warning-tint", 4.5),
        ("ink2", "surface", 4.5),
        ("ink2", "page", 4.5),
        ("ink2", "desk", 4.5),
        ("ink2", "sunken", 4.5),
        ("on-bar", "bar", 4.5),
        ("link", "surface", 4.5),
        ("link", "desk", 4.5),
        ("link", "sunken", 4.5),
        ("link", "page", 4.5),
        ("info", "surface", 4.5),
        ("warning", "surface", 4.5),
        ("critical", "surface", 4.5),
        ("unstated", "surface", 4.5),
        ("ctl", "surface", 3.0),
        ("on-fill", "info", 3.0),
        ("on-fill", "critical", 3.0),
    ],
)
def test_colours_can_be_read_in_both_themes(text: str, ground: str, least: float, theme: int) -> None:
    roots = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", roots[theme]))
    assert least <= contrast(colours[text], colours[ground])
