"""Who bears what was set aside in a source of several patients: those whose it may have been, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.facts import ReadState
from fhir_mappings.intake import Intake
from fhir_mappings.records import Records, gather, split_patients
from fhir_mappings.sources import Document

Json = dict[str, Any]
BASE = "https://ehr.example/fhir"


def patient(own_id: str, **more: Any) -> Json:
    return {"resourceType": "Patient", "id": own_id, **more}


def condition(own_id: str, of: str | None = None, /, **more: Any) -> Json:
    named = {"subject": {"reference": of}} if of else {}
    return {"resourceType": "Condition", "id": own_id, **named, **more}


def bundle(*entries: Any, **more: Any) -> Json:
    wrapped = [e if not isinstance(e, dict) or "resource" in e else {"resource": e} for e in entries]
    return {"resourceType": "Bundle", "type": "collection", "entry": wrapped, **more}


def file(*values: Json, name: str = "a.json") -> Document:
    return Document(name, values, plain=False)


def lines(*values: Json, unreadable: tuple[str, ...] = ()) -> Document:
    return Document("export.ndjson", values, unreadable, plain=False, lines=True)


def page(*entries: Any, of: str = "Condition?_count=2", following: str | None = None) -> Json:
    links = [{"relation": "self", "url": f"{BASE}/{of}"}]
    links += [{"relation": "next", "url": f"{BASE}/{following}"}] if following else []
    return bundle(*entries, link=links)


def spoilt(found: Records, kind: str = "Condition") -> list[str | None]:
    """The patients whose resources of one type were not read completely."""
    return [each.reference for each in found.intakes if each.readings[kind].state is not ReadState.COMPLETE]


def told(found: Intake | Records, code: str) -> list[str]:
    return [notice.text for notice in found.notices if notice.code == code]


ANNA, BELA, CLEO = (file(bundle(patient(name), condition(f"{name}-1", f"Patient/{name}"))) for name in ("a", "b", "c"))
MODIFIED: Json = {"modifierExtension": [{"url": "https://ehr.example/negated"}]}
OUTCOME: Json = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
A, B, C = "Patient/a", "Patient/b", "Patient/c"


# A resource that cannot be used and says whose it is


@pytest.mark.parametrize(
    "flawed",
    [
        condition("x", A, **MODIFIED),
        condition("x", A, code="C22.0"),
        condition("x", A, meta=[]),
        condition("x", A, implicitRules="https://ehr.example/rules"),
        {"resourceType": "Condition", "id": 7, "subject": {"reference": f"{A}/_history/2"}},
    ],
)
@pytest.mark.parametrize("kind_of_file", ["lone", "bundle", "of another", "export"])
def test_resource_that_cannot_be_used_is_borne_by_the_patient_it_names(flawed: Json, kind_of_file: str) -> None:
    where = {
        "lone": [BELA, file(flawed)],
        "bundle": [BELA, file(bundle(flawed))],
        "of another": [file(bundle(patient("b"), flawed))],
        "export": [lines(patient("b"), flawed)],
    }
    found = split_patients([ANNA, *where[kind_of_file]])
    assert [A] == spoilt(found)
    assert [True, False] == [any("Condition" in n.text for n in each.notices) for each in found.intakes]
    assert () == found.unborne


def test_resource_named_by_fullurl_is_borne_by_that_patient() -> None:
    flawed = condition("x", "urn:uuid:1", **MODIFIED)
    pair = bundle({"fullUrl": "urn:uuid:1", "resource": patient("a")}, patient("b"), flawed)
    assert [A] == spoilt(split_patients([file(pair)]))


def test_copies_that_differ_are_borne_by_their_patient() -> None:
    found = split_patients([ANNA, BELA, file(condition("x", A, note="1")), file(condition("x", A, note="2"))])
    assert [A] == spoilt(found)
    assert [1, 0] == [len(told(each, "copies-differ")) for each in found.intakes]


def test_copies_filed_under_two_patients_are_borne_by_both() -> None:
    moved = file(bundle(condition("x", A), condition("x", B)))
    assert [A, B] == spoilt(split_patients([ANNA, BELA, CLEO, moved]))


def test_copy_that_cannot_be_used_is_borne_by_whoever_has_the_other_copy_too() -> None:
    moved = file(bundle(condition("x", A), condition("x", B, **MODIFIED)))
    assert [A, B] == spoilt(split_patients([ANNA, BELA, CLEO, moved]))


def test_resource_that_names_two_patients_is_borne_by_both() -> None:
    torn = condition("x", A, patient={"reference": B})
    found = split_patients([ANNA, BELA, CLEO, file(torn)])
    assert [A, B] == spoilt(found)
    assert [1, 1, 0] == [len(told(each, "unmatched")) for each in found.intakes]


def test_flawed_resource_of_somebody_who_is_not_there_is_nobodys() -> None:
    found = split_patients([ANNA, BELA, file(condition("x", "Patient/z", **MODIFIED))])
    assert [] == spoilt(found)
    assert ["modifier-extension"] == [notice.code for notice in found.unborne] == [n.code for n in found.notices]


def test_flawed_resource_whose_urn_leads_nowhere_is_borne_by_the_patients_of_its_bundle() -> None:
    mixed = file(bundle(condition("x", A), condition("y", "urn:uuid:nowhere", **MODIFIED)))
    assert [A] == spoilt(split_patients([mixed, BELA]))


def test_flawed_resource_of_another_record_system_is_not_this_patients() -> None:
    here = [file(bundle({"fullUrl": f"{BASE}/Patient/{name}", "resource": patient(name)})) for name in "ab"]
    for base, expected in ((BASE, [A]), ("https://other.example/fhir", [])):
        assert expected == spoilt(split_patients([*here, file(condition("x", f"{base}/Patient/a", **MODIFIED))]))


def test_resource_of_one_of_two_people_with_one_id_is_borne_by_both() -> None:
    people = [file(bundle(patient("a", birthDate=born))) for born in ("1950", "1970")]
    found = split_patients([*people, BELA, file(condition("x", A))])
    assert [A, A] == spoilt(found)
    assert [1, 1, 0] == [len(told(each, "patients-share-id")) for each in found.intakes]


def test_flawed_patient_resource_is_borne_by_that_patient() -> None:
    found = split_patients([file(bundle(patient("a", **MODIFIED), condition("x", A))), BELA])
    assert [A] == spoilt(found, "Patient")


# A resource that does not say whose it is


@pytest.mark.parametrize(
    "stray",
    [
        condition("x"),
        condition("x", subject={"display": "A. Synthetic"}),
        condition("x", subject={"identifier": {"value": "1"}}),
        condition("x", "Patient?identifier=1"),
        condition("x", "urn:uuid:nowhere"),
        "no resource at all",
        {"resource": {"resourceType": [], "subject": {"reference": 5}}},
    ],
)
def test_stray_in_a_bundle_is_borne_by_the_patients_of_the_bundle(stray: Any) -> None:
    found = split_patients([file(bundle(patient("a"), patient("b"), stray)), CLEO])
    assert [A, B] == spoilt(found)
    assert [1, 1, 0] == [len(each.notices) - len(told(each, "patient-missing")) for each in found.intakes]


def test_stray_in_an_export_is_borne_by_every_patient_of_any_export() -> None:
    export = [lines(patient("a"), patient("b")), lines(condition("x")), lines(condition("y", A))]
    assert [A, B] == spoilt(split_patients([*export, CLEO]))


def test_stray_in_an_array_counts_as_one_of_an_export() -> None:
    assert [A, B] == spoilt(split_patients([lines(patient("a")), file(patient("b"), condition("x")), CLEO]))


def test_stray_in_an_export_without_patients_is_borne_by_all() -> None:
    assert [A, B] == spoilt(split_patients([ANNA, BELA, lines(condition("x"))]))


def test_stray_in_a_bundle_on_one_line_is_borne_by_the_patients_of_that_line() -> None:
    pair = lines(bundle(patient("a"), condition("x")), bundle(patient("b")))
    assert [A] == spoilt(split_patients([pair]))
    assert [A, B] == spoilt(split_patients([lines(bundle(patient("a")), bundle(patient("b")), bundle(condition("x")))]))


def test_patients_who_share_a_file_stand_together() -> None:
    everybody = file(bundle(patient("a"), patient("b")))
    conditions = file(bundle(condition("x", A), condition("y")))
    assert [A, B] == spoilt(split_patients([everybody, conditions, CLEO]))


@pytest.mark.parametrize("stray", [condition("x"), bundle(condition("x")), condition("x", **MODIFIED)])
def test_file_that_names_nobody_is_nobodys_among_several_and_is_told_once(stray: Json) -> None:
    found = split_patients([ANNA, BELA, file(stray)])
    assert [] == spoilt(found)
    assert [(), ()] == [each.notices for each in found.intakes]
    assert 1 == len(found.unborne)
    assert found.unborne == found.notices


@pytest.mark.parametrize("stray", [condition("x"), condition("x", "Patient/z", **MODIFIED), bundle(condition("x"))])
def test_the_only_patient_of_a_source_bears_everything(stray: Json) -> None:
    found = split_patients([ANNA, file(stray)])
    assert [A] == spoilt(found)
    assert () == found.unborne
    assert found.notices == found.intakes[0].notices
    assert found.intakes[0] == gather(*ANNA.values, stray)


def test_shared_copies_that_differ_are_borne_where_they_stand() -> None:
    drugs = [{"resourceType": "Medication", "id": "m", "status": status} for status in ("active", "inactive")]
    assert [A] == spoilt_only([file(bundle(patient("a"), *drugs)), BELA])
    assert [] == spoilt_only([ANNA, BELA, *map(file, drugs)])


def spoilt_only(documents: list[Document]) -> list[str | None]:
    return [each.reference for each in split_patients(documents).intakes if "Medication" in each.readings]


# What never arrived


@pytest.mark.parametrize(
    "lacking,bearers",
    [
        ([file(page(condition("x", A), following="2"))], [A]),
        ([file(page(condition("x", A), condition("y", B), following="2"))], [A, B]),
        ([file(page(following="2"))], [A, B, C]),
        ([file(page(condition("x", A), following="2")), file(page(condition("y", B), of="2", following="3"))], [A, B]),
        ([file(page(condition("x", A), following="2")), file(page(condition("y", B), of="2"))], []),
        ([file(page(condition("x", A), OUTCOME))], [A]),
        ([file(page(OUTCOME))], [A, B, C]),
        ([file(OUTCOME)], [A, B, C]),
        ([lines(condition("x", A), OUTCOME)], [A]),
        ([lines(OUTCOME)], [A, B, C]),
        ([lines(condition("x", A), unreadable=("export.ndjson, line 2, was not read.",))], [A]),
        ([lines(unreadable=("export.ndjson, line 1, was not read.",))], [A, B, C]),
        ([Document("a.xml", unreadable=("a.xml is FHIR XML.",))], [A, B, C]),
        ([Document("b.json", (condition("x", A),), ("b.json holds 1 item.",))], [A]),
        ([Document("package.json", foreign=True)], []),
    ],
)
def test_what_never_arrived_is_borne_by_whom_it_can_concern(lacking: list[Document], bearers: list[str]) -> None:
    found = split_patients([ANNA, BELA, CLEO, *lacking])
    assert bearers == spoilt(found)
    assert bearers == [each.reference for each in found.intakes if each.notices]
    assert [n.code for n in found.unborne] == (["not-fhir"] if lacking[0].foreign else [])


# Order


def test_order_of_files_with_people_who_share_an_id_does_not_matter() -> None:
    people = [file(bundle(patient("a", birthDate=f"19{n}0"), condition(f"x{n}", A))) for n in range(4, 8)]
    files = [*people, BELA, file(condition("x")), lines(condition("y")), file(condition("z", A, **MODIFIED))]
    for turn in range(len(files)):
        assert split_patients(files) == split_patients([*files[turn:], *files[:turn]])
        assert split_patients(files) == split_patients([*files[turn::-1], *files[:turn:-1]])
