"""What each state of a prefetch key means for the reading of its type (SS-55, SS-56, CDS Hooks prefetch states)."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.facts import ReadState, Severity
from fhir_mappings.intake import Intake
from fhir_mappings.prefetch import MOST_ENTRIES, Arrival, gather_arrived, gather_prefetch, unpack, unpack_prefetch

KEYS = {"patient": ("Patient",), "conditions": ("Condition",), "labs": ("Observation",), "biomarkers": ("Observation",)}
PATIENT = {"resourceType": "Patient", "id": "123"}
CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/123"}}


class _Absent:
    """Not even null; spelled the same in every process."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


def outcome(severity: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "x"}]}


def bundle(*resources: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources], **more}


def observation(own_id: str) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": own_id, "status": "final", "subject": {"reference": "Patient/123"}}


NEXT = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}
EMPTY = {"resourceType": "Bundle", "type": "searchset", "total": 40}

NOT_SENT = "was not sent; what is recorded only there is not known"
FAILED = "could not be read; the record system reported a failure"
WARNED = "was read in part; the record system gave a warning"
FIRST = "came as a first page only; later pages were not read"
WRONG = "holds something other than was asked for and was not read"
MIXED = "also holds results of other kinds, which were not read"

STATES: list[Any] = [
    (ABSENT, Arrival.ABSENT, ReadState.NOT_READ, 0, NOT_SENT),
    (None, Arrival.NULL, ReadState.COMPLETE, 0, "was asked for and nothing was found"),
    (CONDITION, Arrival.DATA, ReadState.COMPLETE, 1, None),
    (bundle(CONDITION), Arrival.DATA, ReadState.COMPLETE, 1, None),
    (bundle(), Arrival.EMPTY, ReadState.COMPLETE, 0, "holds no entries"),
    (EMPTY, Arrival.EMPTY, ReadState.COMPLETE, 0, "holds no entries"),
    (outcome("error"), Arrival.FAILED, ReadState.FAILED, 0, FAILED),
    (outcome("fatal"), Arrival.FAILED, ReadState.FAILED, 0, FAILED),
    (outcome("warning"), Arrival.INCOMPLETE, ReadState.PARTIAL, 0, WARNED),
    (outcome("information"), Arrival.INCOMPLETE, ReadState.PARTIAL, 0, WARNED),
    (bundle(CONDITION, outcome("error")), Arrival.FAILED, ReadState.FAILED, 1, FAILED),
    (bundle(CONDITION, outcome("warning")), Arrival.INCOMPLETE, ReadState.PARTIAL, 1, WARNED),
    (bundle(CONDITION, outcome("information")), Arrival.DATA, ReadState.COMPLETE, 1, None),
    (bundle(CONDITION, **NEXT), Arrival.FIRST_PAGE, ReadState.PARTIAL, 1, FIRST),
    (bundle(**NEXT), Arrival.FIRST_PAGE, ReadState.PARTIAL, 0, FIRST),
    (observation("o"), Arrival.WRONG_TYPE, ReadState.FAILED, 0, WRONG),
    (bundle(observation("o")), Arrival.WRONG_TYPE, ReadState.FAILED, 0, WRONG),
    (bundle(CONDITION, observation("o")), Arrival.DATA, ReadState.PARTIAL, 1, MIXED),
    *(
        (odd, Arrival.WRONG_TYPE, ReadState.FAILED, 0, WRONG)
        for odd in ("text", 7, True, [], [CONDITION], {}, {"resourceType": 5})
    ),
]


def gathered(value: Any, **more: Any) -> Intake:
    sent = {"patient": PATIENT} | ({} if value is ABSENT else {"conditions": value})
    return gather_prefetch(sent, {key: KEYS[key] for key in ("patient", "conditions")}, patient_id="123", **more)


@pytest.mark.parametrize("value, arrival, state, used, words", STATES, ids=str)
def test_each_state_has_its_reading_and_its_words(
    value: Any, arrival: Arrival, state: ReadState, used: int, words: str | None
) -> None:
    sent = {} if value is ABSENT else {"conditions": value}
    assert arrival is unpack_prefetch(sent, KEYS)["conditions"].arrival
    found = gathered(value)
    assert state is found.readings["Condition"].state
    assert used == len(found.resources.get("Condition", ()))
    said = [notice.text for notice in found.notices if notice.code.startswith("source-")]
    assert ([f"Condition (conditions) {words}."] if words else []) == said


def test_each_of_the_four_ways_to_bring_nothing_says_something_else() -> None:
    texts = {gathered(value).notices[0].text for value in (ABSENT, None, bundle(), outcome("error"))}
    assert 4 == len(texts)


def test_null_that_could_be_checked_and_was_not_counts_as_not_read() -> None:
    found = gathered(None, null_is_empty=False)
    assert ReadState.NOT_READ is found.readings["Condition"].state
    assert ["Condition (conditions) came back as null and was not checked; it counts as not known."] == [
        notice.text for notice in found.notices
    ]


def test_only_published_types_get_a_reading() -> None:
    assert {"Patient", "Condition"} == set(gathered(bundle(CONDITION)).readings)


def test_worst_key_of_a_type_counts_and_notices_tell_the_keys_apart() -> None:
    sent = {
        "patient": PATIENT,
        "conditions": bundle(CONDITION),
        "labs": bundle(observation("o1")),
        "biomarkers": outcome("error"),
    }
    found = gather_prefetch(sent, KEYS, patient_id="123")
    assert ReadState.FAILED is found.readings["Observation"].state
    assert "Observation (biomarkers) could not be read" in found.readings["Observation"].why
    assert 1 == len(found.resources["Observation"])
    assert [(Severity.WARNING, "source-failed")] == [(notice.severity, notice.code) for notice in found.notices]


def test_result_under_two_keys_counts_once() -> None:
    sent = {"patient": PATIENT, "labs": bundle(observation("o1")), "biomarkers": bundle(observation("o1"))}
    assert 1 == len(gather_prefetch(sent, KEYS, patient_id="123").resources["Observation"])


def test_included_entries_are_no_matches_but_can_be_pointed_to() -> None:
    labs = bundle(observation("o1"))
    labs["entry"].append({"resource": observation("o2"), "search": {"mode": "include"}})
    labs["entry"].append({"resource": {"resourceType": "Specimen", "id": "s1"}, "search": {"mode": "include"}})
    found = gather_prefetch({"patient": PATIENT, "labs": labs, "biomarkers": None}, KEYS, patient_id="123")
    assert ["o1"] == [resource["id"] for resource in found.resources["Observation"]]
    assert observation("o2") == found.resolve("Observation/o2", {})
    assert {"resourceType": "Specimen", "id": "s1"} == found.resolve("Specimen/s1", {})
    assert ReadState.COMPLETE is found.readings["Observation"].state


def test_outcome_mode_entry_without_resource_is_not_counted() -> None:
    page = bundle(CONDITION)
    page["entry"].append({"search": {"mode": "outcome"}})
    assert ReadState.COMPLETE is gathered(page).readings["Condition"].state


def test_malformed_entry_makes_its_own_type_partial() -> None:
    found = gathered(bundle(CONDITION, "text", None))
    assert ReadState.PARTIAL is found.readings["Condition"].state
    assert ReadState.COMPLETE is found.readings["Patient"].state


def test_entries_beyond_the_limit_are_not_looked_at_and_it_is_said() -> None:
    labs = bundle(*(observation(f"o{number}") for number in range(MOST_ENTRIES - 10)))
    more = bundle(*(observation(f"m{number}") for number in range(30)))
    found = gather_prefetch({"patient": PATIENT, "labs": labs, "biomarkers": more}, KEYS, patient_id="123")
    assert MOST_ENTRIES - 1 == len(found.resources["Observation"])  # the Patient is one of the entries
    assert ReadState.PARTIAL is found.readings["Observation"].state
    expected = "Observation (biomarkers) holds more entries than are looked at; the rest was not read."
    assert [expected] == [notice.text for notice in found.notices if notice.code == "source-cut"]


def test_unpublished_keys_are_used_and_judged_by_nobody() -> None:
    sent = {"patient": PATIENT, "conditions": bundle(CONDITION), "zz": bundle(observation("o1"), "text"), "yy": 5}
    found = gather_prefetch(sent, {key: KEYS[key] for key in ("patient", "conditions")}, patient_id="123")
    assert 1 == len(found.resources["Observation"])
    assert {ReadState.COMPLETE} == {reading.state for reading in found.readings.values()}


def test_source_fetched_later_takes_the_place_of_a_missing_key() -> None:
    arrived = dict(unpack_prefetch({"patient": PATIENT}, {key: KEYS[key] for key in ("patient", "conditions")}))
    arrived["conditions"] = unpack(bundle(CONDITION), ("Condition",))
    assert gathered(bundle(CONDITION)) == gather_arrived(arrived, patient_id="123")


@pytest.mark.parametrize("prefetch", [None, "text", 7, [], {}, {"patient": []}])
def test_odd_prefetch_never_raises(prefetch: Any) -> None:
    found = gather_prefetch(prefetch, KEYS, patient_id="123")
    assert found.patient is None
    assert ReadState.COMPLETE not in {reading.state for reading in found.readings.values()}


def test_missing_patient_is_not_read() -> None:
    found = gather_prefetch({"patient": None, "conditions": bundle(CONDITION)}, KEYS, patient_id="123")
    assert ReadState.NOT_READ is found.readings["Patient"].state
    assert "patient-missing" in {notice.code for notice in found.notices}
