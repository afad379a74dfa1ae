"""What each state of the prefetch leads to: clauses CH-57 to CH-67, SS-12, SS-49, SS-50, SS-55, SS-56, F1 to F22."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.hook_calls import ABSENT, bundle, call, chart, healthy_chart, outcome, patient, with_prefetch
from tests.conformance.live_hooks import Answer, Hooks
from tests.conformance.synthetic_calls import sent
from tests.fhir_charts import concept, condition, icd, lab, observation, quantity

MORE = {"link": [{"relation": "next", "url": "http://127.0.0.1:1/fhir?page=2"}]}
TOKEN = {
    "fhirServer": "https://ehr.example/fhir",
    "fhirAuthorization": {
        "access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.rs", "subject": "h",
    },
}  # fmt: skip
PROBLEMS = [entry["resource"] for entry in (chart()["conditions"] or {})["entry"]]
RESULTS = [entry["resource"] for entry in (chart()["labs"] or {})["entry"]]
ELSEWHERE = condition(concept("38341003"), "hypertension")

NOT_SENT = "was not sent; what is recorded only there is not known."
FAILED = "could not be read; the record system reported a failure."
WARNED = "was read in part; the record system gave a warning."
FIRST = "came as a first page only; later pages were not read."
WRONG = "holds something other than was asked for and was not read."


def topics(answer: Answer) -> list[str]:
    return [card["source"]["topic"]["code"] for card in answer.cards]


def refusal(answer: Answer) -> str:
    """What a 412 says (CH-61)."""
    assert 412 == answer.status
    return answer.diagnostics


# The problem list decides everything: without it there is no answer (F5).


@pytest.mark.parametrize(
    "conditions, words",
    [
        (ABSENT, NOT_SENT),
        (outcome("error"), FAILED),
        (outcome("fatal"), FAILED),
        ({"resourceType": "OperationOutcome"}, FAILED),
        (bundle(*PROBLEMS, outcome("error")), FAILED),
        (bundle(*RESULTS), WRONG),
        (patient(), WRONG),
        ("text", WRONG),
        ([], WRONG),
        ({}, WRONG),
    ],
    ids=lambda value: str(value)[:40],
)
def test_ch_61_f5_f11_a_problem_list_that_was_not_read_is_412_and_says_why(
    hooks: Hooks, conditions: Any, words: str
) -> None:
    expected = f"Essential data are missing: prefetch conditions. Condition (conditions) {words}"
    assert expected == refusal(hooks.call(with_prefetch(conditions=conditions)))


@pytest.mark.parametrize("conditions", [None, bundle(), bundle(ELSEWHERE)], ids=["null", "empty", "others"])
def test_ch_60_ss_56_a_problem_list_known_to_hold_no_cancer_gives_no_card(hooks: Hooks, conditions: Any) -> None:
    assert {"cards": []} == hooks.call(with_prefetch(conditions=conditions)).json


def test_ss_56_null_that_a_token_could_have_checked_counts_as_not_known(hooks: Hooks) -> None:
    said = refusal(hooks.call(with_prefetch(conditions=None) | TOKEN))
    assert said.endswith("Condition (conditions) came back as null and was not checked; it counts as not known.")


def test_ss_56_the_ways_of_bringing_no_condition_are_told_apart(hooks: Hooks) -> None:
    refusals = {
        refusal(hooks.call(with_prefetch(conditions=ABSENT))),
        refusal(hooks.call(with_prefetch(conditions=None) | TOKEN)),
        refusal(hooks.call(with_prefetch(conditions=outcome("error")))),
    }
    assert 3 == len(refusals)
    assert [] == hooks.call(with_prefetch(conditions=bundle()) | TOKEN).cards


@pytest.mark.parametrize(
    "conditions, words",
    [
        (bundle(**MORE), FIRST),
        (bundle(ELSEWHERE, **MORE), FIRST),
        (outcome("warning"), WARNED),
        (bundle(ELSEWHERE, outcome("warning")), WARNED),
    ],
    ids=["first page, empty", "first page", "warning alone", "warning"],
)
def test_ch_153_f12_f17_a_problem_list_read_in_part_is_no_all_clear(hooks: Hooks, conditions: Any, words: str) -> None:
    answer = hooks.call(with_prefetch(conditions=conditions))
    assert ["cannot-tell"] == topics(answer)
    assert answer.card["summary"].startswith("The problem list was not read completely")
    assert answer.said(f"Condition (conditions) {words}")


def test_ch_153_an_unreadable_problem_is_no_all_clear_either(hooks: Hooks) -> None:
    broken = condition(icd("C78.7"), "broken") | {"code": "C78.7"}
    answer = hooks.call(with_prefetch(conditions=bundle(ELSEWHERE, broken)))
    assert ["cannot-tell"] == topics(answer)
    assert answer.said("1 entry could not be read: Condition/broken.")


@pytest.mark.parametrize(
    "conditions, words", [(bundle(*PROBLEMS, **MORE), FIRST), (bundle(*PROBLEMS, outcome("warning")), WARNED)]
)
def test_f12_f17_what_is_found_on_the_first_page_counts_and_the_gap_is_said(
    hooks: Hooks, conditions: Any, words: str
) -> None:
    answer = hooks.call(with_prefetch(conditions=conditions))
    assert "overview" in topics(answer)
    assert answer.said("**Not read, so not known", f"Condition (conditions) {words}")


# The Patient (F6).


@pytest.mark.parametrize(
    "value",
    [ABSENT, None, outcome("error"), bundle(), bundle(patient()) | {"entry": ["x"]}, patient(meta=5), "x"],
    ids=str,
)
def test_ch_61_f6_without_the_patient_there_is_no_answer(hooks: Hooks, value: Any) -> None:
    said = refusal(hooks.call(with_prefetch(patient=value)))
    assert said.startswith("Essential data are missing: prefetch patient. ")


def test_ch_58_a_search_that_brings_the_patient_is_as_good_as_a_read(hooks: Hooks) -> None:
    read = hooks.call(with_prefetch(patient=patient())).cards
    searched = hooks.call(with_prefetch(patient=bundle(patient()))).cards
    assert [card["detail"] for card in read] == [card["detail"] for card in searched]


@pytest.mark.parametrize("prefetch", [ABSENT, None, {}], ids=["absent", "null", "empty"])
def test_ch_125_f1_without_prefetch_the_missing_keys_are_named(hooks: Hooks, prefetch: Any) -> None:
    said = refusal(hooks.call(call(ABSENT) if prefetch is ABSENT else call() | {"prefetch": prefetch}))
    assert said.startswith(
        "Essential data are missing: prefetch patient and conditions. Patient (patient) was not sent"
    )


# Everything else is optional: 200, and the card says what was not available (CH-62, F4).


@pytest.mark.parametrize(
    "labs, words",
    [
        (ABSENT, NOT_SENT),
        (outcome("error"), FAILED),
        (outcome("warning"), WARNED),
        (bundle(*RESULTS, outcome("error")), FAILED),
        (bundle(*RESULTS, outcome("warning")), WARNED),
        (bundle(*RESULTS, **MORE), FIRST),
        (bundle(*PROBLEMS), WRONG),
        ("text", WRONG),
        (bundle(*RESULTS, *PROBLEMS), "also holds results of other kinds, which were not read."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_ch_62_f4_f12_f17_optional_data_that_was_not_read_is_said_on_the_card(
    hooks: Hooks, labs: Any, words: str
) -> None:
    answer = hooks.call(with_prefetch(labs=labs))
    assert "overview" in topics(answer)
    assert answer.said(f"Observation (labs) {words}")


@pytest.mark.parametrize("labs", [None, bundle(), bundle(*RESULTS)], ids=["null", "empty", "data"])
def test_ch_60_what_was_read_completely_needs_no_note(hooks: Hooks, labs: Any) -> None:
    assert not hooks.call(with_prefetch(labs=labs)).said("**Not read")


def test_ch_62_every_key_that_was_not_sent_is_named(hooks: Hooks) -> None:
    (entry,) = hooks.services()
    answer = hooks.call(call({key: value for key, value in chart().items() if key in ("patient", "conditions")}))
    optional = set(entry["prefetch"]) - {"patient", "conditions"}
    assert len(optional) > 10
    assert answer.said(*(f" ({key}) {NOT_SENT}" for key in optional))


@pytest.mark.parametrize("key", ["allergies", "procedures", "medication-requests", "labs", "local-1"])
def test_ss_12_f4_an_optional_source_that_failed_never_makes_an_option_fit(hooks: Hooks, key: str) -> None:
    request = sent(hooks, "joris-testcase")
    known = worth_considering(hooks.call(request))
    request["prefetch"][key] = outcome("error")
    assert known > worth_considering(hooks.call(request))


def worth_considering(answer: Answer) -> set[str]:
    """The names of the options that the overview explains as fitting."""
    detail = str(answer.cards[0]["detail"])
    explained = detail.partition("**In the way:**")[0].partition("**Caution:**")[0]
    return set(re.findall(r"^- \*\*(.+?)\*\*", explained, re.MULTILINE))


# One bad resource costs itself and nothing else.


def broken(number: int) -> list[Any]:
    """Three results that cannot be read."""
    return [
        lab("1975-2", 1, "mg/dL", f"broken-{number}") | {"code": "1975-2"},
        lab("1975-2", 1, "mg/dL", f"odd-{number}") | {"status": 5},
        {"fullUrl": "urn:uuid:0", "resource": ["not", "a", "resource"]},
    ]


def test_ss_49_of_20_results_with_3_malformed_17_are_used_and_the_3_are_counted(hooks: Hooks) -> None:
    older = [lab("1975-2", f"{n}.1", "mg/dL", f"b{n}", effectiveDateTime=f"2026-11-{n:02d}") for n in range(1, 13)]
    assert 17 == len([*RESULTS, *older])
    answer = hooks.call(with_prefetch(labs=bundle(*older[:7], *broken(1), *older[7:], *RESULTS)))
    assert answer.said("3 results could not be read: Observation/broken-1, Observation/odd-1, ")
    only_good = hooks.call(with_prefetch(labs=bundle(*older, *RESULTS)))
    assert own_part(only_good) == own_part(answer)


def own_part(answer: Answer) -> str:
    """The overview up to the note on what was not read."""
    detail = str(answer.cards[0]["detail"])
    return detail.partition("**Not read")[0].partition("*Draft")[0]


@pytest.mark.parametrize(
    "element, value",
    [("valueQuantity", "x"), ("effectiveDateTime", 7), ("code", "89247-1"), ("component", 5), ("status", [])],
)
def test_ch_32_a_malformed_result_is_named_and_the_call_is_answered(hooks: Hooks, element: str, value: Any) -> None:
    odd = observation("89247-1", "odd", valueQuantity=quantity(1, "{score}")) | {element: value}
    answer = hooks.call(with_prefetch(assessments=bundle(odd)))
    assert "overview" in topics(answer)
    assert answer.said("could not be read", "Observation/odd")


def test_ss_50_extensions_nested_too_deeply_cost_their_resource_only(hooks: Hooks) -> None:
    nested: dict[str, Any] = {"url": "x"}
    for _ in range(20):
        nested = {"url": "x", "extension": [nested]}
    answer = hooks.call(with_prefetch(assessments=bundle(observation("89247-1", "deep", extension=[nested]))))
    assert answer.said("1 result with extensions nested deeper than 10 levels was not used: Observation/deep.")


def test_ss_11_a_modifier_that_is_not_understood_costs_its_resource(hooks: Hooks) -> None:
    modified = lab("1975-2", 1, "mg/dL", "modified", modifierExtension=[{"url": "https://x.example/not-really"}])
    answer = hooks.call(with_prefetch(labs=bundle(modified)))
    assert answer.said("1 result with a modifier that changes the meaning was not used: Observation/modified.")


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered", "bogus", "unknown"])
def test_ss_11_a_result_whose_status_says_not_to_use_it_is_not_used(hooks: Hooks, status: str) -> None:
    ecog = observation("89247-1", "ecog", status=status, valueQuantity=quantity(4, "{score}"))
    answer = hooks.call(with_prefetch(assessments=bundle(ecog)))
    assert not answer.said("ECOG 4")


@pytest.mark.parametrize("verified", ["entered-in-error", "refuted"])
def test_ch_67_a_cancer_that_is_refuted_gives_no_card(hooks: Hooks, verified: str) -> None:
    refuted = [condition(icd(code), name, verified=verified) for code, name in (("C18.7", "colon"), ("C78.7", "liver"))]
    assert [] == hooks.call(with_prefetch(conditions=bundle(*refuted), procedures=None)).cards


def test_ch_67_an_included_entry_is_no_match(hooks: Hooks) -> None:
    included = {"resource": condition(icd("C78.7"), "liver"), "search": {"mode": "include"}}
    conditions = bundle(ELSEWHERE, included)
    assert [] == hooks.call(call(healthy_chart() | {"conditions": conditions})).cards


def test_f22_a_preliminary_result_is_shown_as_preliminary_and_decides_nothing(hooks: Hooks) -> None:
    ecog = observation("89247-1", "ecog", status="preliminary", valueQuantity=quantity(1, "{score}"))
    answer = hooks.call(with_prefetch(assessments=bundle(ecog)))
    assert answer.said("**Recorded, but not usable:**", "- ECOG performance status: only a preliminary result.")


def test_f22_of_a_corrected_result_the_newest_version_counts(hooks: Hooks) -> None:
    first = observation("89247-1", "ecog", valueQuantity=quantity(4, "{score}"), meta={"versionId": "1"})
    second = observation(
        "89247-1", "ecog", status="corrected", valueQuantity=quantity(1, "{score}"), meta={"versionId": "2"}
    )
    for versions in ([first, second], [second, first]):
        answer = hooks.call(with_prefetch(assessments=bundle(*versions)))
        assert answer.said("ECOG 1 (10 Nov 2026)")
        assert not answer.said("ECOG 4")


def test_ss_54_a_result_under_two_keys_counts_once(hooks: Hooks) -> None:
    once = hooks.call(with_prefetch())
    twice = hooks.call(with_prefetch(genes=bundle(*RESULTS)))
    assert own_part(once) == own_part(twice)


@pytest.mark.parametrize(
    "odd",
    [
        {"category": {"coding": []}},
        {"category": [{"coding": [{}]}]},
        {"code": {"coding": [{}], "text": "x"}},
        {"interpretation": []},
        {"note": [{}]},
        {"unheardOf": {"x": 1}},
        {"subject": {"reference": "Patient/p", "display": ""}},
    ],
    ids=str,
)
def test_ch_161_odd_but_usual_fhir_is_read(hooks: Hooks, odd: dict[str, Any]) -> None:
    extra = lab("1975-2", 1, "mg/dL", "extra") | odd
    assert "overview" in topics(hooks.call(with_prefetch(labs=bundle(*RESULTS, extra))))


def test_ch_161_bundles_without_type_and_total_are_read(hooks: Hooks) -> None:
    plain = {"resourceType": "Bundle", "entry": [{"resource": r} for r in RESULTS]}
    assert own_part(hooks.call(with_prefetch())) == own_part(hooks.call(with_prefetch(labs=plain)))
