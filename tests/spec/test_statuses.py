"""The order of evaluation of one option (rule 3.4), step by step, and what each status carries with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from eligibility.assessment import OptionResult, ReasonKind, Status
from eligibility.facts import Bound, ReadState
from eligibility.knowledge.model import KnowledgeBase, Option
from tests.fact_patients import (
    KNOWLEDGE,
    finding,
    fitting_treatments,
    judged,
    options_with,
    patient,
    reading,
    result_of,
    worked,
)

D = Decimal
ABLATION, FOLFOX, PEMETREXED = "thermal-ablation", "crc-folfox-capox", "nsclc-nonsq-pem-platinum"
TREATMENTS = [o.id for o in options_with(cancer_directed=True)]
SUPPORT = [o.id for o in options_with(cancer_directed=False)]


def decided_by(result: OptionResult) -> list[str]:
    return [r.when for r in result.decisive]


def with_option(changed: Option) -> KnowledgeBase:
    """The knowledge base with one option changed."""
    options = tuple(changed if o.id == changed.id else o for o in KNOWLEDGE.options)
    return replace(KNOWLEDGE, options=options)


# -- step 1: the diagnosis ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["refuted", "entered_in_error"])
@pytest.mark.parametrize("option", TREATMENTS)
def test_no_treatment_applies_when_the_cancer_is(option: str, status: str) -> None:
    result = result_of(worked(option) | {"dx.cancer_status": status}, option)
    assert Status.NOT_APPLICABLE is result.status
    assert ["dx.cancer_status in {refuted, entered_in_error}"] == decided_by(result)
    assert ReasonKind.DIAGNOSIS is result.reasons[0].kind


@pytest.mark.parametrize("nature", ["benign", "none"])
@pytest.mark.parametrize("option", TREATMENTS)
def test_no_treatment_applies_when_the_lesion_is(option: str, nature: str) -> None:
    result = result_of(worked(option) | {"liver.lesion_nature": nature}, option)
    assert Status.NOT_APPLICABLE is result.status
    assert ["liver.lesion_nature in {benign, none}"] == decided_by(result)
    assert (result.reasons, (), (), ()) == (result.decisive, result.missing, result.cautions, result.downgrades)


@pytest.mark.parametrize("nature", ["metastasis", "hcc", "icca"])
def test_a_malignant_lesion_passes_the_first_step(nature: str) -> None:
    result = result_of(worked(ABLATION) | {"liver.lesion_nature": nature}, ABLATION)
    assert Status.NOT_APPLICABLE is not result.status


def test_the_diagnosis_comes_before_the_scope() -> None:
    result = result_of({"dx.cancer_status": "refuted", "dx.primary": "breast", "dx.active_primaries": 1}, FOLFOX)
    assert ["dx.cancer_status in {refuted, entered_in_error}"] == decided_by(result)


def test_coordination_is_judged_although_the_lesion_is_benign() -> None:
    facts = worked("mdt-tumour-board") | {"liver.lesion_nature": "benign"}
    result = result_of(facts, "mdt-tumour-board")
    assert ["liver.lesion_nature in {metastasis, hcc, icca, indeterminate}"] == decided_by(result)
    assert Status.RECOMMENDED is result_of(facts | {"liver.lesion_nature": "indeterminate"}, "mdt-tumour-board").status


# -- step 2: the scope --------------------------------------------------------------------------------------------


def test_another_primary_is_out_of_scope() -> None:
    result = result_of(worked(FOLFOX) | {"dx.primary": "breast"}, FOLFOX)
    assert (Status.NOT_APPLICABLE, ["drv.target_primary == colorectal"]) == (result.status, decided_by(result))


def test_an_unknown_scope_needs_data() -> None:
    result = result_of(worked(FOLFOX) | {"dx.active_primaries": 2}, FOLFOX)
    assert (Status.NEEDS_DATA, ["drv.target_primary == colorectal"]) == (result.status, decided_by(result))
    assert (("drv.target_primary",), ("liver.lesion_origin",)) == (result.waits_for, result.missing)


def test_an_unspecified_primary_needs_data() -> None:
    result = result_of(worked(PEMETREXED) | {"dx.primary": "lung_unspecified"}, PEMETREXED)
    assert (Status.NEEDS_DATA, ("dx.primary",)) == (result.status, result.missing)
    other = result_of(worked(FOLFOX) | {"dx.primary": "lung_unspecified"}, FOLFOX)
    assert Status.NOT_APPLICABLE is other.status


def test_the_scope_comes_before_the_goal() -> None:
    facts = worked(FOLFOX) | {"dx.primary": "breast", "pt.goals": "symptom_focused"}
    assert Status.NOT_APPLICABLE is result_of(facts, FOLFOX).status
    unattributed = worked(FOLFOX) | {"dx.active_primaries": 2, "pt.goals": "symptom_focused"}
    assert Status.NEEDS_DATA is result_of(unattributed, FOLFOX).status


# -- step 3: the goal, the confirmation, the lesion ---------------------------------------------------------------


@pytest.mark.parametrize("option", sorted(set(TREATMENTS) - {"palliative-liver-rt"}))
def test_no_treatment_fits_a_patient_who_wants_comfort_only(option: str) -> None:
    result = result_of(worked(option) | {"pt.goals": "symptom_focused"}, option)
    assert (Status.NOT_NOW, ["pt.goals == symptom_focused"]) == (result.status, decided_by(result))
    assert [ReasonKind.GOAL] == [r.kind for r in result.decisive]


@pytest.mark.parametrize("goals", ["life_prolonging", "undecided", None])
def test_other_goals_stop_nothing(goals: str | None) -> None:
    assert Status.RECOMMENDED is result_of(worked(FOLFOX) | {"pt.goals": goals}, FOLFOX).status


def test_palliative_radiation_fits_a_patient_who_wants_comfort_only() -> None:
    facts = worked("palliative-liver-rt") | {"pt.goals": "symptom_focused"}
    assert Status.MAY_CONSIDER is result_of(facts, "palliative-liver-rt").status
    assert {"palliative-liver-rt"} == fitting_treatments(judged(facts))


@pytest.mark.parametrize(
    "syndrome, expected", [(True, Status.RECOMMENDED), (False, Status.NOT_NOW), (None, Status.NOT_NOW)]
)
def test_an_option_may_relieve_symptoms_under_a_condition(syndrome: bool | None, expected: Status) -> None:
    folfox = KNOWLEDGE.option(FOLFOX)
    condition = next(r for o in KNOWLEDGE.options for r in o.rules if r.predicate.text == "sf.ild == true")
    knowledge = with_option(replace(folfox, symptom_relief=condition))
    facts = worked(FOLFOX) | {"pt.goals": "symptom_focused", "sf.ild": syndrome}
    record = patient(facts) if syndrome is not None else patient({k: v for k, v in facts.items() if k != "sf.ild"})
    if syndrome is None:
        record = reading(record, "Condition", ReadState.FAILED)
    assert expected is result_of(judged(record, knowledge=knowledge), FOLFOX).status


def test_comfort_is_no_obstacle_to_support() -> None:
    facts = worked("mdt-tumour-board") | {"pt.goals": "symptom_focused"}
    assert Status.RECOMMENDED is result_of(facts, "mdt-tumour-board").status


@pytest.mark.parametrize("status", ["suspected", None, "conflicting"])
def test_an_unconfirmed_cancer_needs_data(status: str | None) -> None:
    result = result_of(patient(worked(FOLFOX) | {"dx.cancer_status": status}), FOLFOX)
    assert (Status.NEEDS_DATA, ["dx.cancer_status == confirmed"]) == (result.status, decided_by(result))
    assert ("dx.cancer_status",) == result.missing


def test_an_unconfirmed_cancer_comes_before_contraindications() -> None:
    result = result_of(worked(FOLFOX) | {"dx.cancer_status": "suspected", "pt.ecog": 4}, FOLFOX)
    assert Status.NEEDS_DATA is result.status


@pytest.mark.parametrize("nature", ["indeterminate", None, "conflicting"])
@pytest.mark.parametrize("extrahepatic", ["none", "limited_treatable", "extensive", None])
def test_a_lesion_that_is_not_settled_holds_back_liver_directed_treatment(
    nature: str | None, extrahepatic: str | None
) -> None:
    facts = worked(ABLATION) | {"liver.lesion_nature": nature, "dx.extrahepatic": extrahepatic}
    result = result_of(patient(facts), ABLATION)
    assert (Status.NEEDS_DATA, ("liver.lesion_nature",)) == (result.status, result.missing)


@pytest.mark.parametrize("nature", ["indeterminate", None, "conflicting"])
@pytest.mark.parametrize(
    "extrahepatic, expected",
    [
        ("none", Status.NEEDS_DATA), ("limited_treatable", Status.NEEDS_DATA), (None, Status.NEEDS_DATA),
        ("extensive", Status.RECOMMENDED),
    ],
)  # fmt: skip
def test_a_lesion_that_is_not_settled_holds_back_drugs_unless_disease_is_extensive(
    nature: str | None, extrahepatic: str | None, expected: Status
) -> None:
    facts = worked(FOLFOX) | {"liver.lesion_nature": nature, "dx.extrahepatic": extrahepatic, "dx.stage": "IV"}
    result = result_of(patient(facts), FOLFOX)
    assert expected is result.status
    if expected is Status.NEEDS_DATA:
        assert ("liver.lesion_nature",) == result.missing


def test_all_that_stands_before_the_rules_is_named_together() -> None:
    result = result_of(
        worked(FOLFOX) | {"dx.cancer_status": "suspected", "liver.lesion_nature": "indeterminate"}, FOLFOX
    )
    assert ("dx.cancer_status", "liver.lesion_nature") == result.missing
    assert [ReasonKind.SCOPE, ReasonKind.DIAGNOSIS, ReasonKind.DIAGNOSIS] == [r.kind for r in result.reasons[:3]]


# -- step 4: what stands against it -------------------------------------------------------------------------------


def test_an_indication_that_is_not_met_stops_a_treatment() -> None:
    result = result_of(worked(ABLATION) | {"liver.lesion_count": 11}, ABLATION)
    assert (Status.NOT_NOW, ["liver.lesion_count <= 10"]) == (result.status, decided_by(result))


@pytest.mark.parametrize("option", SUPPORT)
def test_an_indication_that_is_not_met_means_not_applicable_for_support(option: str) -> None:
    refused = [e for e in KNOWLEDGE.option(option).examples if e.expect is Status.NOT_APPLICABLE]
    indications = {r.predicate.text for r in KNOWLEDGE.option(option).indications}
    by_indication = [e for e in refused if indications.intersection(decided_by(result_of(e.given, option)))]
    assert by_indication, "no example shows it"
    assert {Status.NOT_APPLICABLE} == {result_of(e.given, option).status for e in by_indication}


def test_a_contraindication_stops_support_that_is_indicated() -> None:
    stopped = [o for o in SUPPORT if KNOWLEDGE.option(o).contraindications]
    board = KNOWLEDGE.option("mdt-tumour-board")
    against = next(r for r in KNOWLEDGE.option(FOLFOX).contraindications if r.predicate.text == "pt.ecog >= 3")
    knowledge = with_option(replace(board, contraindications=(against,)))
    result = result_of(judged(worked(board.id) | {"pt.ecog": 4}, knowledge=knowledge), board.id)
    assert (Status.NOT_NOW, ["pt.ecog >= 3"]) == (result.status, decided_by(result))
    for option in stopped:
        assert Status.NOT_NOW in {e.expect for e in KNOWLEDGE.option(option).examples}, option


def test_every_stop_is_listed_indications_first() -> None:
    facts = worked(ABLATION) | {
        "liver.lesion_count": 11, "liver.max_diameter_cm": 6, "liver.central_bile_duct_close": True, "pt.ecog": 3,
    }  # fmt: skip
    assert [
        "liver.max_diameter_cm <= 5", "liver.lesion_count <= 10", "liver.central_bile_duct_close == true",
        "pt.ecog >= 3",
    ] == decided_by(result_of(facts, ABLATION))  # fmt: skip


def test_a_known_contraindication_outranks_missing_data() -> None:
    facts = {k: v for k, v in worked(ABLATION).items() if k not in ("liver.ablatable", "lab.bilirubin")}
    assert Status.NEEDS_DATA is result_of(facts, ABLATION).status
    result = result_of(facts | {"liver.central_bile_duct_close": True}, ABLATION)
    assert (Status.NOT_NOW, ()) == (result.status, result.missing)


def test_an_unmet_indication_outranks_missing_data() -> None:
    facts = {k: v for k, v in worked(ABLATION).items() if k != "liver.ablatable"}
    assert Status.NOT_NOW is result_of(facts | {"liver.lesion_count": 11}, ABLATION).status


def test_a_contraindication_of_a_gate_stops_too_and_names_its_gate() -> None:
    result = result_of(worked(ABLATION) | {"sf.active_infection": True}, ABLATION)
    assert (Status.NOT_NOW, ["PROC"]) == (result.status, [r.gate for r in result.decisive])


def test_an_unknown_contraindication_does_not_fire_and_is_listed_to_confirm() -> None:
    facts = {k: v for k, v in worked(ABLATION).items() if k != "liver.central_bile_duct_close"}
    result = result_of(facts, ABLATION)
    assert (Status.RECOMMENDED, True) == (result.status, "liver.central_bile_duct_close" in result.confirm)
    assert "liver.central_bile_duct_close" not in result_of(worked(ABLATION), ABLATION).confirm


def test_an_unknown_contraindication_on_a_required_fact_needs_data() -> None:
    facts = {k: v for k, v in worked(ABLATION).items() if k != "pt.ecog"}
    result = result_of(facts, ABLATION)
    assert (Status.NEEDS_DATA, ("pt.ecog",)) == (result.status, result.missing)
    assert ["known(pt.ecog)", "pt.ecog >= 3"] == decided_by(result)


def test_a_required_number_known_from_one_side_has_to_settle_the_contraindication() -> None:
    facts = worked("crc-folfiri")
    settled = patient(facts, finding("lab.bilirubin", Bound("<", D("0.5"))))
    assert result_of(settled, "crc-folfiri").status.fits
    open_ended = patient(facts, finding("lab.bilirubin", Bound(">", D("0.5"))))
    result = result_of(open_ended, "crc-folfiri")
    assert (Status.NEEDS_DATA, True) == (result.status, "lab.bilirubin" in result.missing)
    assert "lab.bilirubin > 2.0" in decided_by(result)


# -- step 5: what is missing --------------------------------------------------------------------------------------


def test_an_unknown_indication_needs_data() -> None:
    facts = {k: v for k, v in worked("crc-anti-egfr").items() if k != "bm.braf_v600e"}
    result = result_of(facts, "crc-anti-egfr")
    assert (Status.NEEDS_DATA, ("bm.braf_v600e",)) == (result.status, result.missing)
    assert "bm.braf_v600e == false" in decided_by(result)


def test_a_requirement_that_is_not_met_needs_data() -> None:
    facts = {k: v for k, v in worked(FOLFOX).items() if k != "bm.dpyd"}
    result = result_of(facts, FOLFOX)
    assert (Status.NEEDS_DATA, ("bm.dpyd",)) == (result.status, result.missing)
    assert Status.RECOMMENDED is result_of(facts | {"tx.urgent_start": True}, FOLFOX).status
    assert Status.RECOMMENDED is result_of(facts | {"tx.fp_tolerated": True}, FOLFOX).status
    assert Status.NEEDS_DATA is result_of(facts | {"tx.fp_tolerated": False, "tx.urgent_start": False}, FOLFOX).status


def test_a_missing_derived_fact_asks_for_its_inputs() -> None:
    facts = {k: v for k, v in worked(PEMETREXED).items() if k != "lab.creatinine"}
    result = result_of(facts, PEMETREXED)
    assert (Status.NEEDS_DATA, ("lab.creatinine",)) == (result.status, result.missing)
    assert {"lab.creatinine", "drv.renal"} == set(result.waits_for)


def test_a_decisive_reason_is_named_once() -> None:
    facts = {k: v for k, v in worked("crc-folfiri").items() if k != "lab.bilirubin"}
    record = patient(facts, finding("lab.bilirubin", D(9), 60))
    reasons = decided_by(result_of(record, "crc-folfiri"))
    assert sorted(set(reasons)) == sorted(reasons)


# -- step 6: level ------------------------------------------------------------------------------------------------


def test_without_a_downgrade_the_base_level_stands() -> None:
    assert Status.RECOMMENDED is result_of(worked(ABLATION), ABLATION).status
    option = "palliative-liver-rt"
    assert Status.MAY_CONSIDER is result_of(worked(option), option).status


def test_a_downgrade_lowers_and_is_shown() -> None:
    result = result_of(worked(ABLATION) | {"liver.max_diameter_cm": 4, "liver.near_vessel": True}, ABLATION)
    assert Status.MAY_CONSIDER is result.status
    assert ["liver.max_diameter_cm > 3", "liver.near_vessel == true"] == decided_by(result)
    assert result.decisive == result.downgrades


def test_an_unknown_downgrade_does_not_lower() -> None:
    facts = {k: v for k, v in worked(ABLATION).items() if k != "liver.near_vessel"}
    assert Status.RECOMMENDED is result_of(facts, ABLATION).status


def test_raised_if_lifts_an_option() -> None:
    result = result_of(worked(PEMETREXED), PEMETREXED)
    assert (Status.RECOMMENDED, [ReasonKind.UPGRADE]) == (result.status, [r.kind for r in result.decisive])
    plain = worked(PEMETREXED) | {"sf.autoimmune": "none"}
    assert Status.MAY_CONSIDER is result_of(plain, PEMETREXED).status


def test_a_downgrade_outweighs_raised_if() -> None:
    facts = worked(PEMETREXED) | {"pt.ecog": 2}
    result = result_of(facts, PEMETREXED)
    assert (Status.MAY_CONSIDER, ["pt.ecog == 2"]) == (result.status, decided_by(result))


def test_cautions_are_shown_and_never_decide() -> None:
    result = result_of(worked(ABLATION) | {"lab.hbsag": True, "sf.anticoagulated": True}, ABLATION)
    assert Status.RECOMMENDED is result.status
    assert {"lab.hbsag == true", "sf.anticoagulated == true"} <= {r.when for r in result.cautions}
    assert {ReasonKind.CAUTION} == {r.kind for r in result.cautions}
