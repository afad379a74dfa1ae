"""A synthetic chart written for one day can be opened on any other."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import date, timedelta
from typing import Any

import fhir.resources.R4B
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox_ehr.dates import DATE_ELEMENTS, WRITTEN_FOR, age_on, moved_to, shown, span

NEXT_DAY = WRITTEN_FOR + timedelta(days=1)


def moved(name: str, written: Any, on: date) -> Any:
    return moved_to({name: written}, on)[name]


@pytest.mark.parametrize(
    "name, written, on, expected",
    [
        ("effectiveDateTime", "2026-11-19", NEXT_DAY, "2026-11-20"),
        ("effectiveDateTime", "2026-11-19T07:55:00+01:00", NEXT_DAY, "2026-11-20T07:55:00+01:00"),
        ("issued", "2026-12-31T23:59:59.123Z", NEXT_DAY, "2027-01-01T23:59:59.123Z"),
        ("onsetDateTime", "2026-11", NEXT_DAY, "2026-11"),
        ("onsetDateTime", "2026-11", date(2026, 12, 20), "2026-12"),
        ("onsetDateTime", "2024", date(2027, 11, 20), "2025"),
        ("onsetDateTime", "2024", NEXT_DAY, "2024"),
        ("recordedDate", "2026-03-01", date(2026, 11, 19), "2026-02-28"),
        ("event", ["2026-11-19", "2026-11-20"], NEXT_DAY, ["2026-11-20", "2026-11-21"]),
    ],
)
def test_dates_move_by_whole_days_and_keep_their_precision(name: str, written: Any, on: date, expected: Any) -> None:
    assert expected == moved(name, written, on)


@pytest.mark.parametrize(
    "name, written",
    [
        ("value", "2026-11-19"),
        ("code", "2026"),
        ("postalCode", "1090"),
        ("valueString", "2026-11-19"),
        ("conclusion", "2026-11-19"),
        ("effectiveDateTime", "2026-02-30"),
        ("effectiveDateTime", "9999-12-31"),
        ("effectiveDateTime", "yesterday"),
        ("when", "MORN"),
        ("onset", {"value": 54, "unit": "a"}),
        ("start", 3),
    ],
)
def test_what_is_no_date_stays_as_it_is(name: str, written: Any) -> None:
    assert written == moved(name, written, NEXT_DAY)


def test_dates_move_wherever_they_stand_in_the_chart() -> None:
    bundle = {
        "resourceType": "Bundle",
        "timestamp": "2026-11-20T08:00:00Z",
        "entry": [
            {
                "resource": {
                    "resourceType": "Procedure",
                    "performedPeriod": {"start": "2026-01-01", "end": "2026-01-02"},
                    "contained": [{"resourceType": "Specimen", "collection": {"collectedDateTime": "2026-01-03"}}],
                    "_recordedDate": {"extension": [{"url": "urn:example:seen", "valueDate": "2026-01-04"}]},
                }
            }
        ],
    }
    moved_bundle = moved_to(bundle, NEXT_DAY)
    procedure = moved_bundle["entry"][0]["resource"]
    assert "2026-11-21T08:00:00Z" == moved_bundle["timestamp"]
    assert {"start": "2026-01-02", "end": "2026-01-03"} == procedure["performedPeriod"]
    assert "2026-01-04" == procedure["contained"][0]["collection"]["collectedDateTime"]
    assert "2026-01-05" == procedure["_recordedDate"]["extension"][0]["valueDate"]


def test_moving_leaves_the_original_alone() -> None:
    bundle = {"entry": [{"resource": {"issued": "2026-11-19"}}]}
    moved_to(bundle, NEXT_DAY)
    assert {"entry": [{"resource": {"issued": "2026-11-19"}}]} == bundle


def test_a_chart_opened_on_its_own_day_is_unchanged() -> None:
    bundle = {"birthDate": "1962-03-04", "issued": "2026-11-19T10:00:00Z", "onsetDateTime": "2025-03", "start": "2019"}
    assert bundle == moved_to(bundle, WRITTEN_FOR)


@given(
    birth=st.dates(date(1920, 1, 1), date(2020, 12, 31)),
    on=st.dates(date(2024, 1, 1), date(2040, 12, 31)),
)
@example(birth=date(1935, 11, 21), on=date(2024, 1, 1))
@example(birth=date(1932, 11, 20), on=date(2024, 2, 29))
@example(birth=date(1964, 2, 29), on=date(2028, 2, 29))
def test_nobody_grows_older_by_moving(birth: date, on: date) -> None:
    at_writing = age_on(birth.isoformat(), WRITTEN_FOR)
    assert at_writing == age_on(moved("birthDate", birth.isoformat(), on), on)


@given(
    when=st.dates(date(1990, 1, 1), date(2026, 11, 20)),
    on=st.dates(date(2024, 1, 1), date(2040, 12, 31)),
)
def test_the_age_of_a_result_is_kept_to_the_day(when: date, on: date) -> None:
    result = date.fromisoformat(moved("effectiveDateTime", when.isoformat(), on))
    assert WRITTEN_FOR - when == on - result


@pytest.mark.parametrize(
    "birth, on, expected",
    [
        ("1962-03-04", date(2026, 3, 3), 63),
        ("1962-03-04", date(2026, 3, 4), 64),
        ("1962", date(2026, 11, 20), 64),
        ("", date(2026, 11, 20), None),
        ("unknown", date(2026, 11, 20), None),
    ],
)
def test_age_is_counted_in_whole_years(birth: str, on: date, expected: int | None) -> None:
    assert expected == age_on(birth, on)


@pytest.mark.parametrize(
    "written, expected",
    [
        ("2026-11-09", "9 Nov 2026"),
        ("2026-11-09T10:15:00Z", "9 Nov 2026"),
        ("2026-11", "Nov 2026"),
        ("2026", "2026"),
        ("", "not dated"),
        ("last week", "last week"),
        ("2026-13", "2026-13"),
    ],
)
def test_dates_are_shown_in_words(written: str, expected: str) -> None:
    assert expected == shown(written)


@pytest.mark.parametrize("written", ["2026-02-30", "2026-13", "2026-11-09T25:00:00Z", "tomorrow", "0000"])
def test_an_impossible_date_covers_nothing(written: str) -> None:
    assert span(written) is None


def test_a_date_covers_its_whole_day_and_an_offset_counts() -> None:
    day, moment = span("2026-11-09"), span("2026-11-09T00:30:00+01:00")
    assert day is not None
    assert moment is not None
    assert timedelta(days=1) - timedelta(microseconds=1) == day[1] - day[0]
    assert moment[0] < day[0]


def date_names_of_r4() -> set[str]:
    """Every element of the FHIR models that is a date, dateTime or instant, by name."""
    names = set()
    for module in pkgutil.iter_modules(fhir.resources.R4B.__path__):
        if module.ispkg:
            continue
        for model in vars(importlib.import_module(f"fhir.resources.R4B.{module.name}")).values():
            for name, element in getattr(model, "model_fields", {}).items():
                if re.search(r"datetime\.date|Date(?:Time)?Type|InstantType", str(element.annotation)):
                    names.add(element.alias or name)
    return names


def test_every_date_element_of_fhir_is_moved_but_the_ambiguous_one() -> None:
    assert {"value"} == date_names_of_r4() - DATE_ELEMENTS
