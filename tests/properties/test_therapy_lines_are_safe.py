"""Properties of lines of therapy over generated histories: order, lost records, doubtful records."""

from __future__ import annotations

import gc
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.closed_world import settle_all
from eligibility.facts import Bound, Fact
from eligibility.knowledge.load import load_knowledge
from tests.fhir_charts import ON, Raw, concept, condition, facts_of, icd, resource
from tests.therapy_charts import doses, metastases, ordered, response, taken

KNOWLEDGE = load_knowledge()
FIRST = date(2022, 1, 1)
HELD = [condition(icd("C18.7"), "primary"), metastases("2023-01-01")]
EXPOSURES = sorted(fact for fact in KNOWLEDGE.catalogue if fact.startswith("tx.prior_") or "progressed" in fact)
QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

DRUGS = ("fluorouracil", "oxaliplatin", "irinotecan", "bevacizumab", "cetuximab", "capecitabine", "regorafenib")
days = st.integers(0, 1700).map(lambda n: str(FIRST + timedelta(days=n)))


@st.composite
def blocks(draw: st.DrawFn) -> list[Raw]:
    drugs = " ".join(draw(st.lists(st.sampled_from(DRUGS), min_size=1, max_size=3, unique=True)))
    return doses(drugs, draw(days), draw(st.integers(1, 8)), draw(st.sampled_from([7, 14, 21, 28])))


@st.composite
def lists(draw: st.DrawFn) -> list[Raw]:
    drug, start = draw(st.sampled_from(DRUGS)), draw(days)
    made = draw(st.sampled_from(["taken", "over", "ordered", "stopped", "undated", "unnamed", "procedure"]))
    if made == "taken":
        return [taken(drug, start)]
    if made == "over":
        return [taken(drug, start, str(date.fromisoformat(start) + timedelta(days=100)))]
    if made == "undated":
        return [
            resource("MedicationStatement", f"u-{drug}", status="completed", medicationCodeableConcept={"text": drug})
        ]
    if made == "unnamed":
        return doses("x", start, 1, medicationCodeableConcept={"text": "study drug"})
    if made == "procedure":
        code = concept("1290226008")
        return [resource("Procedure", f"p-{start}", status="completed", code=code, performedDateTime=start)]
    return [ordered(drug, start, "active" if made == "ordered" else made)]


responses = st.builds(lambda trend, on: [response(trend, on)], st.sampled_from(["PD", "PD", "SD", "PR"]), days)


@st.composite
def sequences(draw: st.DrawFn) -> list[Raw]:
    """Treatments one after the other, most of them ended by a progression, some with a stray record of a later drug."""
    made: list[Raw] = []
    day = date(2023, 1, 10) + timedelta(days=draw(st.integers(0, 60)))
    for _ in range(draw(st.integers(1, 4))):
        drugs = " ".join(draw(st.lists(st.sampled_from(DRUGS), min_size=1, max_size=3, unique=True)))
        times = draw(st.integers(1, 8))
        made += doses(drugs, str(day), times, 14)
        if draw(st.booleans()):
            made += draw(st.sampled_from([[ordered(DRUGS[2], str(day))], doses(DRUGS[2], str(day), 1), []]))
        day += timedelta(days=14 * times + draw(st.sampled_from([5, 30, 60])))
        made += [response("PD", str(day))] if draw(st.integers(0, 3)) else []
        day += timedelta(days=draw(st.sampled_from([10, 40])))
    return made


@st.composite
def histories(draw: st.DrawFn) -> list[Raw]:
    parts = draw(st.lists(st.one_of(blocks(), lists(), responses), max_size=4))
    parts += [draw(sequences())] if draw(st.integers(0, 3)) else parts[:0]
    found = list({(raw["resourceType"], raw["id"]): raw for part in parts for raw in part}.values())
    return found or doses("oxaliplatin", "2023-02-01", 3)


def facts(chart: list[Raw]) -> dict[str, Fact]:
    return settle_all(facts_of(*HELD, *chart), KNOWLEDGE.catalogue, ON)


def least(facts_: dict[str, Fact]) -> Decimal:
    """The deciding lower bound; 0 where nothing decides."""
    value = facts_["tx.prior_lines"].value if facts_["tx.prior_lines"].decides else None
    assert value is None or (isinstance(value, Bound) and value.comparator == ">=")
    return value.limit if isinstance(value, Bound) else Decimal(0)


@QUICK
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_treatment_records_never_matters(chart: list[Raw], random: Any) -> None:
    shuffled = list(chart)
    random.shuffle(shuffled)
    assert facts(chart) == facts(shuffled)


@QUICK
@given(histories(), st.data())
def test_a_lost_record_never_makes_a_fact_of_treatment_decide(chart: list[Raw], data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(range(len(chart))))
    whole, less = facts(chart), facts(chart[:lost] + chart[lost + 1 :])
    assert [] == [fact for fact in EXPOSURES if less[fact].decides and not whole[fact].decides]


@QUICK
@given(histories(), st.data())
def test_a_dose_that_was_only_ordered_never_adds_a_line(chart: list[Raw], data: st.DataObject) -> None:
    given_ = [n for n, raw in enumerate(chart) if raw["resourceType"] == "MedicationAdministration"]
    if not given_:
        return
    place = data.draw(st.sampled_from(given_))
    raw = chart[place]
    text = raw["medicationCodeableConcept"]
    order = ordered("fluorouracil", raw["effectiveDateTime"], medicationCodeableConcept=text, id=f"o-{raw['id']}")
    assert least(facts([*chart[:place], order, *chart[place + 1 :]])) <= least(facts(chart))


@QUICK
@given(histories())
def test_orders_alone_never_decide_how_many_lines(chart: list[Raw]) -> None:
    orders = [
        ordered("x", raw["effectiveDateTime"], "completed", id=raw["id"],
                medicationCodeableConcept=raw["medicationCodeableConcept"])
        for raw in chart if raw["resourceType"] == "MedicationAdministration" and "effectiveDateTime" in raw
    ]  # fmt: skip
    others = [raw for raw in chart if raw["resourceType"] in ("Observation", "Procedure", "MedicationRequest")]
    assert Decimal(0) == least(facts([*orders, *others]))


@QUICK
@given(histories(), st.data())
def test_a_dose_without_its_date_never_adds_a_line(chart: list[Raw], data: st.DataObject) -> None:
    dated = [n for n, raw in enumerate(chart) if "effectiveDateTime" in raw and raw["resourceType"] != "Observation"]
    if not dated:
        return
    place = data.draw(st.sampled_from(dated))
    undated = {key: value for key, value in chart[place].items() if key != "effectiveDateTime"}
    assert least(facts([*chart[:place], undated, *chart[place + 1 :]])) <= least(facts(chart))


@QUICK
@given(histories(), st.data())
def test_a_lost_progression_never_adds_a_line(chart: list[Raw], data: st.DataObject) -> None:
    seen = [n for n, raw in enumerate(chart) if raw["resourceType"] == "Observation"]
    if not seen:
        return
    place = data.draw(st.sampled_from(seen))
    assert least(facts(chart[:place] + chart[place + 1 :])) <= least(facts(chart))


@QUICK
@given(histories())
def test_the_lower_bound_is_at_most_the_number_of_progressions_and_never_a_number(chart: list[Raw]) -> None:
    progressions = sum(1 for raw in chart if raw["id"].startswith("status-") and "271299001" in str(raw))
    assert least(facts(chart)) <= progressions


@QUICK
@given(histories())
def test_no_number_of_lines_is_ever_zero(chart: list[Raw]) -> None:
    assert Decimal(0) not in [f.value for f in facts_of(*HELD, *chart).findings.get("tx.prior_lines", ())]


def test_thousands_of_doses_are_read_in_linear_time() -> None:
    def chart(times: int) -> list[Raw]:
        made = doses("fluorouracil oxaliplatin irinotecan cetuximab", "1990-01-01", times // 4, 2)
        made += [ordered("bevacizumab", str(date(1990, 1, 1) + timedelta(days=n))) for n in range(times // 4)]
        return made + [response("PD", str(date(1990, 1, 5) + timedelta(days=7 * n))) for n in range(times // 20)]

    def seconds(resources: list[Raw]) -> float:
        gc.collect()
        gc.disable()  # what other tests left behind is no part of the reading
        try:
            started = time.process_time()
            facts_of(*HELD, *resources)
            return time.process_time() - started
        finally:
            gc.enable()

    few, many = chart(500), chart(5000)
    facts_of(*HELD, *few)
    assert min(seconds(many) for _ in range(3)) < 16 * min(seconds(few) for _ in range(5))
