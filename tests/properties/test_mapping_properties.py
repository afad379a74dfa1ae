"""Properties of the readers over generated charts: order, unrelated data, units, malformed content, time."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.facts import Finding, PatientFacts
from fhir_mappings.answers import Outcome, outcome_of_text
from tests.fhir_charts import ICD, Raw, condition, facts_of, icd, lab, observation, one

QUIRKS = Path(__file__).resolve().parents[1] / "quirks"


def _pool() -> list[Raw]:
    """Every resource of the quirk folders, each under its own id."""
    found: list[Raw] = []
    for path in sorted(QUIRKS.glob("*/before.json")):
        for page in json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal):
            for entry in page.get("entry", ()):
                found.append({**entry["resource"], "id": f"r{len(found)}"})
    return found


POOL = _pool()
charts = st.lists(st.sampled_from(POOL), max_size=12, unique_by=lambda raw: raw["id"])
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def content(chart: PatientFacts) -> dict[str, list[str]]:
    """All findings, in an order of their own."""

    def key(finding: Finding) -> str:
        evidence = sorted((e.reference, e.path, str(e.code), str(e.text)) for e in finding.evidence)
        shown = sorted(finding.value) if isinstance(finding.value, frozenset) else finding.value
        return repr((str(shown), str(finding.effective), finding.obtained, finding.preliminary, evidence))

    return {fact: sorted(key(f) for f in found) for fact, found in chart.findings.items()}


@QUICK
@given(charts, st.randoms(use_true_random=False))
def test_the_order_of_resources_never_matters(chart: list[Raw], random: Any) -> None:
    shuffled = list(chart)
    random.shuffle(shuffled)
    assert content(facts_of(*chart)) == content(facts_of(*shuffled))


@QUICK
@given(charts)
def test_unrelated_resources_change_nothing(chart: list[Raw]) -> None:
    noise = [
        lab("2345-7", 95, "mg/dL", "glucose"),
        condition(icd("J06.9", "Acute upper respiratory infection"), "cold"),
    ]
    assert content(facts_of(*chart)) == content(facts_of(*chart, *noise))


@QUICK
@given(charts)
def test_reading_twice_gives_the_same(chart: list[Raw]) -> None:
    assert content(facts_of(*chart)) == content(facts_of(*deepcopy(chart)))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, one_value in inner for p in _paths(one_value, (*path, key)))]


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just({"coding": "x"}),
    st.just([{"coding": [{"system": ICD}]}]),
    st.decimals(allow_nan=True, allow_infinity=True),
)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(POOL), st.data())
def test_no_malformed_element_ever_raises(raw: Raw, data: st.DataObject) -> None:
    broken = deepcopy(raw)
    path = data.draw(
        st.sampled_from([p for p in _paths(broken) if p and p[0] not in ("resourceType", "id", "subject", "patient")])
    )
    target = broken
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = data.draw(junk)
    facts_of(broken)


@QUICK
@given(st.decimals(min_value="0.1", max_value="40", places=2))
def test_another_unit_never_changes_the_value(number: Decimal) -> None:
    mass = one("lab.bilirubin", lab("1975-2", str(number), "mg/dL")).value
    moles = one("lab.bilirubin", lab("1975-2", str(number * Decimal("17.1")), "umol/L")).value
    assert mass == moles


@QUICK
@given(
    st.sampled_from(["detected", "identified", "found", "present", "amplified"]),
    st.sampled_from(["not ", "NOT  ", "Not "]),
)
def test_a_negation_is_never_read_as_present(word: str, negation: str) -> None:
    assert Outcome.PRESENT is not outcome_of_text(f"{negation}{word}")
    assert Outcome.PRESENT is not outcome_of_text(f"KRAS mutation {negation}{word}")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_asked(text: str) -> None:
    facts_of(
        observation("21702-6", "a", valueString=text),
        observation("85147-7", "b", valueString=text),
        observation("89247-1", "c", valueString=text),
        observation("85319-2", "d", valueString=text),
        observation("81695-9", "e", valueString=text),
        observation("1975-2", "f", valueString=text),
        condition({"text": text}, "g"),
    )


HOSTILE = [
    "a" * 100_000,
    "no " * 33_000,
    "p.G12" * 20_000,
    "(" * 100_000,
    "exon 1, " * 12_000,
    "TPS " * 25_000,
    "1" * 100_000,
    "not detected " * 8_000,
]


def test_hostile_text_costs_no_time() -> None:
    """SS-51: 100 kB of any text against every pattern."""
    for text in HOSTILE:
        started = time.process_time()
        facts_of(
            observation("21702-6", "a", valueString=text),
            observation("85147-7", "b", valueString=text),
            observation("89247-1", "c", valueString=text),
            observation("85319-2", "d", valueString=text),
            observation("81695-9", "e", valueString=text),
            observation("1975-2", "f", valueString=text),
            condition({"text": text}, "g"),
        )
        assert time.process_time() - started < 5.0, text[:20]


def test_time_grows_with_the_number_of_resources_and_no_faster() -> None:
    """SS-51: ten times the resources take about ten times as long; quadratic cost would be a hundred times."""

    def seconds(count: int) -> float:
        chart = [lab("1975-2", "0.9", "mg/dL", f"o{n}") for n in range(count)]
        started = time.process_time()
        facts_of(*chart)
        return time.process_time() - started

    few, many = min(seconds(400) for _ in range(4)), min(seconds(4000) for _ in range(3))
    assert many < 30 * max(few, 0.005) + 1
