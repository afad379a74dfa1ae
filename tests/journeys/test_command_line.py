"""`hepatica evaluate` as its users call it: what comes out, what is said when nothing can, and the exit status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import main

ROOT = Path(__file__).resolve().parents[2]
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ON = "2026-11-21"
Json = dict[str, Any]


def person(name: str, born: str = "1962-03-14", family: str = "Synthetic") -> Json:
    return {
        "resourceType": "Patient", "id": name, "gender": "female", "birthDate": born,
        "name": [{"family": family, "given": [name]}],
    }  # fmt: skip


def condition(name: str, code: str, of: str, day: str = "2026-11-02") -> Json:
    return {
        "resourceType": "Condition", "id": name, "subject": {"reference": f"Patient/{of}"}, "onsetDateTime": day,
        "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "code": _coded(ICD10, code),
    }  # fmt: skip


def bilirubin(name: str, value: float, of: str, day: str = "2026-11-19") -> Json:
    return {
        "resourceType": "Observation", "id": name, "status": "final", "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": day, "code": _coded("http://loinc.org", "1975-2"),
        "valueQuantity": {"value": value, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"},
    }  # fmt: skip


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def chart(name: str, value: float = 0.7, day: str = "2026-11-19", **more: str) -> list[Json]:
    return [
        person(name, **more),
        condition(f"{name}-primary", "C18.7", name, day),
        condition(f"{name}-liver", "C78.7", name, day),
        bilirubin(f"{name}-bilirubin", value, name, day),
    ]


def bundle(*resources: Json, **more: object) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources], **more}


class Called:
    """What one call printed, and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def assessments(self) -> list[Json]:
        assert (0, "") == (self.status, self.err)
        found: list[Json] = json.loads(self.out)["assessments"]
        return found


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    def evaluate(*arguments: str | Path) -> Called:
        status = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        return Called(status, printed.out, printed.err)

    return evaluate


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(content: object, name: str = "source.json") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return save


Call = Callable[..., Called]
Saved = Callable[..., Path]


def run(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True,
        check=False, timeout=60, **more,
    )  # fmt: skip


def fact(assessment: Json, name: str) -> Json:
    return next(f for f in assessment["facts"] if f["id"] == name)


# The program as a process


def test_a_record_from_standard_input_becomes_a_table() -> None:
    finished = run("evaluate", "-", "--as-of", ON, input=json.dumps(bundle(*chart("anna"))).encode())
    text = finished.stdout.decode()
    assert (0, b"") == (finished.returncode, finished.stderr)
    assert text.startswith("Patient/anna   64 years, female\nAs of 21 Nov 2026.")
    assert "Liver metastases of colorectal cancer: " in text
    assert "Observation/anna-bilirubin" in text
    assert b"\x1b" not in finished.stdout


def test_a_record_becomes_json_of_the_same_shape_for_every_patient() -> None:
    source = json.dumps(bundle(*chart("anna"), *chart("bela"))).encode()
    finished = run("evaluate", "-", "--as-of", ON, "--format", "json", input=source)
    answer = json.loads(finished.stdout)
    expected = {
        "schema", "id", "patient", "asOf", "knowledge", "inScope", "scopeReason", "facts", "options", "nextSteps",
        "notices",
    }  # fmt: skip
    assert ["Patient/anna", "Patient/bela"] == [a["patient"]["reference"] for a in answer["assessments"]]
    assert [set(), set()] == [expected - set(a) for a in answer["assessments"]]
    assert finished.stdout.isascii()


def test_the_version_is_told_without_loading_anything_heavy() -> None:
    script = (
        "import sys; from server.cli import main; status = main(['--version'])\n"
        "sys.exit(status or any(m in sys.modules for m in ('rich', 'pydantic', 'flask', 'yaml', 'jiter', 'msgspec')))"
    )
    finished = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert 0 == finished.returncode
    assert finished.stdout.startswith(b"hepatica ")


def test_a_reader_who_goes_away_is_no_trouble(saved: Saved) -> None:
    source = saved(bundle(*(r for n in range(30) for r in chart(f"p{n}"))))
    for shape in ("table", "json"):
        command = [sys.executable, "-m", "server.cli", "evaluate", str(source), "--format", shape]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(10)
            process.stdout.close()
            said = process.stderr.read()
        assert (141, b"") == (process.returncode, said)


def test_an_output_without_our_signs_gets_them_spelled_out(saved: Saved) -> None:
    source = saved(bundle(*chart("anna", 1.6)))
    finished = run("evaluate", source, "--as-of", ON, env={"PYTHONIOENCODING": "ascii"})
    assert (0, b"") == (finished.returncode, finished.stderr)
    assert rb"1.6 mg/dL (27 \xb5mol/L" in finished.stdout


# Sources


def test_patients_of_one_source_are_never_mixed(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna", 0.7), *chart("bela", 9.9)))
    found = call("evaluate", source, "--as-of", ON, "--format", "json").assessments
    assert [0.7, 9.9] == [fact(a, "lab.bilirubin")["value"] for a in found]
    assert "bela" not in json.dumps(found[0])
    assert "anna" not in json.dumps(found[1])


def test_one_patient_of_several_can_be_picked(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna", 0.7), *chart("bela", 9.9)))
    for name in ("bela", "Patient/bela"):
        found = call("evaluate", source, "--patient", name, "--as-of", ON, "--format", "json").assessments
        assert [9.9] == [fact(a, "lab.bilirubin")["value"] for a in found]


def test_a_patient_who_is_not_there_is_named(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna")))
    called = call("evaluate", source, "--patient", "zoe")
    assert (2, "") == (called.status, called.out)
    assert f"hepatica: {source} holds no patient zoe. It holds Patient/anna.\n" == called.err


def test_lines_and_folders_are_read_and_a_patient_may_be_spread_over_files(call: Call, saved: Saved) -> None:
    first, second, third, fourth = chart("anna")
    folder = saved("\n".join(map(json.dumps, [first, second])), "export/a.ndjson").parent
    saved(third, "export/deep/one.json")
    saved(bundle(fourth), "export/deep/two.json")
    found = call("evaluate", folder, "--as-of", ON, "--format", "json").assessments
    assert ["Patient/anna"] == [a["patient"]["reference"] for a in found]
    assert [True] == [a["inScope"] for a in found]
    assert 0.7 == fact(found[0], "lab.bilirubin")["value"]


def test_many_patients_end_with_a_count(call: Call, saved: Saved) -> None:
    contradictory = [condition("same", "K76.89", "dora"), condition("same", "C18.7", "dora")]
    young = person("cleo", born="2015-01-01")
    source = saved(bundle(*chart("anna"), person("bela"), young, person("dora"), *contradictory))
    last = " ".join(call("evaluate", source, "--as-of", ON).out.rpartition("---\n")[2].split())
    kinds = [
        "1 without a treatment that fits on what is known",
        "1 without cancer in the liver on record",
        "1 withheld",
        "1 where it cannot be told whether there is cancer in the liver",
    ]
    assert f"4 patients: {', '.join(kinds[:3])} and {kinds[3]}." == last


def test_progress_is_shown_only_to_somebody_who_watches(
    call: Call, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watched(io.StringIO):
        def isatty(self) -> bool:
            return True

    source = saved(bundle(*(person(f"p{n}") for n in range(20))))
    assert "" == call("evaluate", source).err
    watched = Watched()
    monkeypatch.setattr(sys, "stderr", watched)
    assert 0 == main(["evaluate", str(source)])
    assert "\r10 patients\r20 patients\r\x1b[K" == watched.getvalue()


def test_a_patient_without_cancer_is_told_what_was_looked_at(call: Call, saved: Saved) -> None:
    source = saved(bundle(person("anna"), bilirubin("b1", 0.5, "anna")))
    called = call("evaluate", source, "--as-of", ON)
    assert 0 == called.status
    assert "No cancer in the liver found in the coded record." in called.out
    assert "Looked at: no problems, 1 result, no reports" in called.out


def test_codes_of_a_site_are_read_with_its_overlay(call: Call, saved: Saved) -> None:
    asked = {**bilirubin("board", 62, "anna"), "code": _coded("https://site.example/board", "remnant")}
    asked["valueQuantity"] = {"value": 62, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    source = saved(bundle(*chart("anna"), asked))
    overlay = saved(
        "- {system: https://site.example/board, code: remnant, fact: liver.flr_pct, quantity: true}", "site.yaml"
    )
    (plain,) = call("evaluate", source, "--as-of", ON, "--format", "json").assessments
    (read,) = call("evaluate", source, "--as-of", ON, "--format", "json", "--overlay", overlay).assessments
    assert [None, 62] == [fact(a, "liver.flr_pct")["value"] for a in (plain, read)]


@pytest.mark.parametrize("content,said", [("a: [", "is not YAML"), (b"\xff\xfe", "is not UTF-8"), ("- 1", "Entry 1")])
def test_an_unusable_overlay_is_named(call: Call, saved: Saved, content: object, said: str) -> None:
    overlay = saved(content, "site.yaml")
    called = call("evaluate", saved(bundle(*chart("anna"))), "--overlay", overlay)
    assert (2, "") == (called.status, called.out)
    assert called.err.startswith(f"hepatica: {overlay}")
    assert said in called.err


# What was set aside


def folder_with_a_stray(saved: Saved) -> Path:
    """Two patients in a file each, and a tumour that says nothing of whose it is in a third."""
    saved(bundle(*chart("anna")), "folder/anna.json")
    saved(bundle(*chart("bela")), "folder/bela.json")
    stray = condition("stray", "C22.0", "anna")
    del stray["subject"]
    return saved(stray, "folder/stray.json").parent


def test_a_stray_file_changes_no_assessment_and_is_told_once(call: Call, saved: Saved) -> None:
    folder = folder_with_a_stray(saved)
    found = json.loads(call("evaluate", folder, "--as-of", ON, "--format", "json").out)
    said = "1 entry could not be matched to a patient and was not used: Condition/stray."
    expected = {"severity": "warning", "code": "unmatched", "reference": "Condition/stray", "text": said}
    assert [expected] == found["notices"]
    assert "stray" not in json.dumps(found["assessments"])
    (folder / "stray.json").unlink()
    without = json.loads(call("evaluate", folder, "--as-of", ON, "--format", "json").out)
    assert {"assessments": found["assessments"], "notices": []} == without


def test_a_stray_file_stands_once_below_the_last_patient(call: Call, saved: Saved) -> None:
    folder = folder_with_a_stray(saved)
    *patients, left, _ = call("evaluate", folder, "--as-of", ON).out.split("---\n")
    assert 2 == len(patients)
    assert [] == [page for page in patients if "stray" in page]
    heading, said = left.strip("-\n").split("\n", 1)
    assert "Could not be read, or was set aside" == heading
    assert "! 1 entry could not be matched to a patient and was not used: Condition/stray." == " ".join(said.split())


def test_a_stray_file_makes_no_card(call: Call, saved: Saved) -> None:
    called = call("evaluate", folder_with_a_stray(saved), "--as-of", ON, "--format", "cards")
    assert ["patients"] == list(json.loads(called.out))
    assert "stray" not in called.out


def test_a_result_that_cannot_be_used_is_told_of_its_patient_only(call: Call, saved: Saved) -> None:
    folder = folder_with_a_stray(saved)
    saved({**condition("odd", "C22.0", "bela"), "modifierExtension": [{"url": "x"}]}, "folder/stray.json")
    found = json.loads(call("evaluate", folder, "--as-of", ON, "--format", "json").out)
    assert [False, True] == ["Condition/odd" in json.dumps(a["notices"]) for a in found["assessments"]]
    assert [] == found["notices"]
    for name, said in (("anna", False), ("bela", True)):
        called = call("evaluate", folder, "--patient", name, "--as-of", ON, "--format", "json")
        assert said is ("Condition/odd" in called.out)


# More than one patient where one was promised


def found_by(url: str, *resources: Json) -> Json:
    return bundle(*resources, type="searchset", link=[{"relation": "self", "url": url}])


@pytest.mark.parametrize(
    "url",
    [
        "https://ehr.example/fhir/Condition?patient=anna",
        "https://ehr.example/fhir/Condition?_count=50&subject=Patient%2Fanna&_sort=date",
        "https://ehr.example/fhir/Patient/anna/$everything",
        "https://ehr.example/fhir/Patient?_id=anna",
    ],
)
def test_an_answer_about_one_patient_that_holds_two_is_refused(call: Call, saved: Saved, url: str) -> None:
    source = saved(found_by(url, *chart("anna"), *chart("bela")))
    called = call("evaluate", source, "--format", "json")
    assert (3, "") == (called.status, called.out)
    said = "answers a search for one patient and holds data of more. No options are shown."
    assert f"hepatica: {source} {said}\n" == called.err


def test_an_answer_about_one_patient_is_evaluated(call: Call, saved: Saved) -> None:
    source = saved(found_by("https://ehr.example/fhir/Patient/anna/$everything", *chart("anna")))
    assert 1 == len(call("evaluate", source, "--as-of", ON, "--format", "json").assessments)


def test_a_search_over_several_patients_promises_nothing(call: Call, saved: Saved) -> None:
    source = saved(found_by("https://ehr.example/fhir/Condition?patient=anna,bela", *chart("anna"), *chart("bela")))
    assert 2 == len(call("evaluate", source, "--as-of", ON, "--format", "json").assessments)


def test_an_id_that_stands_for_two_people_is_refused(call: Call, saved: Saved) -> None:
    folder = saved(bundle(*chart("anna", born="1962-03-14", family="One")), "both/a.json").parent
    saved(bundle(*chart("anna", born="1971-01-01", family="Two")), "both/b.json")
    called = call("evaluate", folder, "--patient", "anna")
    assert (3, "") == (called.status, called.out)
    assert "anna stands for 2 different people" in called.err


# The date of the question


def test_newest_judges_as_of_the_newest_datum_of_each_patient(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna", day="2020-05-03"), *chart("bela", day="2022-02-01")))
    found = call("evaluate", source, "--as-of", "newest", "--format", "json").assessments
    assert ["2020-05-03", "2022-02-01"] == [a["asOf"] for a in found]
    assert ["known", "known"] == [fact(a, "lab.bilirubin")["status"] for a in found]
    assert 58 == fact(found[0], "pt.age")["value"]
    assert "old-data" not in [n["code"] for a in found for n in a["notices"]]


def test_data_that_are_all_old_earn_a_notice(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna", day="2020-05-03")))
    (found,) = call("evaluate", source, "--as-of", ON, "--format", "json").assessments
    (notice,) = [n for n in found["notices"] if n["code"] == "old-data"]
    assert notice["text"].startswith("The newest datum is of 3 May 2020, 6 years before the date asked for")
    assert notice["text"].endswith("--as-of newest judges as of then.")
    assert "stale" == fact(found, "lab.bilirubin")["status"]


def test_fresh_data_earn_no_notice(call: Call, saved: Saved) -> None:
    (found,) = call("evaluate", saved(bundle(*chart("anna"))), "--as-of", ON, "--format", "json").assessments
    assert "old-data" not in [n["code"] for n in found["notices"]]


def test_the_newest_of_nothing_dated_is_said(call: Call, saved: Saved) -> None:
    called = call("evaluate", saved(person("anna")), "--as-of", "newest")
    assert 0 == called.status
    assert "! No datum carries a date, so the newest cannot be told" in called.out


def test_a_record_is_judged_by_what_was_known_on_the_date(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna", 0.7, "2026-11-10"), bilirubin("later", 5.5, "anna", "2026-11-20")))
    (found,) = call("evaluate", source, "--as-of", "2026-11-12", "--format", "json").assessments
    assert 0.7 == fact(found, "lab.bilirubin")["value"]


# Cards


def test_one_patient_gets_the_response_of_the_hook(call: Call, saved: Saved) -> None:
    called = call("evaluate", saved(bundle(*chart("anna"))), "--as-of", ON, "--format", "cards")
    answer = json.loads(called.out)
    assert ["cards"] == list(answer)
    assert [] == [card for card in answer["cards"] if not 0 < len(card["summary"]) < 140]
    assert answer["cards"]


def test_several_patients_get_a_response_each(call: Call, saved: Saved) -> None:
    source = saved(bundle(*chart("anna"), person("bela")))
    answer = json.loads(call("evaluate", source, "--as-of", ON, "--format", "cards").out)
    assert ["Patient/anna", "Patient/bela"] == [p["patient"] for p in answer["patients"]]
    assert [True, False] == [bool(p["cards"]) for p in answer["patients"]]


# Facts given by name


def test_the_example_of_the_documentation_is_judged(call: Call) -> None:
    file = ROOT / "docs" / "examples" / "colorectal-facts.json"
    (found,) = call("evaluate", "--facts", file, "--as-of", ON, "--format", "json").assessments
    assert (None, None, True) == (found["id"], found["patient"], found["inScope"])


def test_vignettes_keep_their_ids_and_their_order(call: Call, saved: Saved) -> None:
    cases = [{"id": name, "facts": {"liver.lesion_nature": "metastasis"}} for name in ("V2", "V1", "V3")]
    file = saved({"vignettes": cases})
    called = call("evaluate", "--facts", file, "--as-of", ON, "--format", "json")
    assert ["V2", "V1", "V3"] == [a["id"] for a in called.assessments]
    assert 3 == sum(line.lstrip(",").startswith('{"schema"') for line in called.out.splitlines())
    (picked,) = call("evaluate", "--facts", file, "--patient", "V1", "--format", "json").assessments
    assert "V1" == picked["id"]
    assert [] == json.loads(called.out)["notices"]
    refused = call("evaluate", "--facts", file, "--patient", "V9")
    assert (2, f"hepatica: {file} holds no vignette 'V9'.\n") == (refused.status, refused.err)


def test_a_unit_is_converted_and_a_date_is_kept(call: Call, saved: Saved) -> None:
    file = saved({"facts": {"lab.bilirubin": {"value": 34.2, "unit": "umol/L", "date": "2026-11-19"}}})
    (found,) = call("evaluate", "--facts", file, "--as-of", ON, "--format", "json").assessments
    bili = fact(found, "lab.bilirubin")
    assert (2, "mg/dL", "2026-11-19", "entered") == (bili["value"], bili["unit"], bili["effective"], bili["obtained"])


@pytest.mark.parametrize(
    "content,said",
    [
        ({"facts": {"lab.bilirubn": 1}}, "'lab.bilirubn' is not a fact of the catalogue"),
        ({"facts": {"lab.bilirubin": {"value": 1, "unit": "stones"}}}, "the unit 'stones' is not known"),
        ({"facts": {"bm.ras": "blue"}}, "bm.ras: 'blue' is not one of"),
        ({"vignettes": [{"id": "V7", "facts": {"pt.ecog": 9}}]}, ", V7: pt.ecog: 9 lies outside"),
        ({"vignettes": [{"facts": {}}]}, 'vignette 1 lacks the text "id"'),
        ({"vignettes": []}, 'holds neither an object "facts" nor a list "vignettes"'),
        ({"resourceType": "Bundle"}, "It looks like FHIR: leave out --facts."),
        ([], 'holds neither an object "facts"'),
        ('{"facts": {"pt.ecog": 0, "pt.ecog": 4}}', "names the same key twice"),
        ("", "is empty"),
        ("facts:", "is not valid JSON"),
    ],
)
def test_unusable_facts_are_refused_in_one_sentence(call: Call, saved: Saved, content: object, said: str) -> None:
    called = call("evaluate", "--facts", saved(content))
    assert (2, "") == (called.status, called.out)
    assert said in called.err
    assert 1 == called.err.count("\n")


# What cannot be used


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x00\x01\xff" * 100,
        b"%PDF-1.7",
        b"PK\x03\x04zip",
        b"<Bundle/>",
        b"{}",
        b"[]",
        b'{"a": 1',
        b"null",
    ],
)
def test_a_source_that_is_no_fhir_json_is_refused(call: Call, saved: Saved, content: bytes) -> None:
    source = saved(content)
    called = call("evaluate", source)
    assert (2, "") == (called.status, called.out)
    assert called.err.startswith(f"hepatica: {source}")
    assert 1 == called.err.count("\n")


def test_a_source_that_does_not_exist_is_named(call: Call, tmp_path: Path) -> None:
    called = call("evaluate", tmp_path / "nothing.json")
    assert (2, f"hepatica: {tmp_path}/nothing.json does not exist.\n") == (called.status, called.err)
    called = call("evaluate", "--facts", tmp_path / "nothing.json")
    assert (2, f"hepatica: {tmp_path}/nothing.json: No such file or directory.\n") == (called.status, called.err)


def test_a_folder_without_fhir_is_refused(call: Call, saved: Saved) -> None:
    folder = saved("hello", "notes/read.txt").parent
    called = call("evaluate", folder)
    assert (2, "") == (called.status, called.out)
    assert str(folder) in called.err


def test_resources_that_are_nobodys_are_refused(call: Call, saved: Saved) -> None:
    called = call("evaluate", saved({"resourceType": "Organization", "id": "lab"}))
    assert (2, "") == (called.status, called.out)
    assert "holds no patient that could be evaluated" in called.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["evaluate"],
        ["evaluate", "a.json", "--facts", "b.json"],
        ["evaluate", "a.json", "--format", "xml"],
        ["evaluate", "a.json", "--as-of", "2026-13-01"],
        ["evaluate", "a.json", "--as-of", "oldest"],
        ["evaluate", "a.json", "--no-such"],
        ["demo", "--port", "99999"],
        ["demo", "--port", "http"],
    ],
)
def test_wrong_arguments_are_refused_in_one_line(call: Call, arguments: list[str]) -> None:
    called = call(*arguments)
    assert (2, "") == (called.status, called.out)
    assert called.err.startswith("hepatica: ")
    assert 1 == called.err.count("\n")


def test_help_tells_formats_and_exit_statuses(call: Call) -> None:
    called = call("evaluate", "--help")
    assert (0, "") == (called.status, called.err)
    for told in ("--as-of", "newest", '{"cards": [...]}', '{"patients": [{"patient"', "exit status:"):
        assert told in called.out


class Failing(io.StringIO):
    """A standard output that something goes wrong with."""

    def __init__(self, problem: BaseException) -> None:
        super().__init__()
        self._problem = problem

    def write(self, text: str) -> int:  # noqa: ARG002
        raise self._problem


@pytest.mark.parametrize(
    "problem,status,said",
    [
        (OSError(28, "No space left on device"), 2, "hepatica: The output: No space left on device.\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_trouble_with_the_output_ends_quietly(
    saved: Saved, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], problem: BaseException,
    status: int, said: str,
) -> None:  # fmt: skip
    source = saved(bundle(*chart("anna")))
    for shape in ("json", "table"):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Failing(problem))
            found = main(["evaluate", str(source), "--format", shape])
        assert (status, said) == (found, capsys.readouterr().err)


def test_a_fault_of_our_own_is_admitted_without_its_details(
    saved: Saved, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = saved(bundle(*chart("anna")))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Failing(ZeroDivisionError("value of anna")))
        status = main(["evaluate", str(source)])
    said = capsys.readouterr().err
    assert 2 == status
    assert "Something is wrong in Hepatica itself (ZeroDivisionError)" in said
    assert "Traceback" not in said
    assert "anna" not in said


def test_hostile_names_cannot_steer_the_terminal(call: Call) -> None:
    called = call("evaluate", "\x1b[31mno\x07such.json")
    assert (2, "hepatica: nosuch.json does not exist.\n") == (called.status, called.err)
