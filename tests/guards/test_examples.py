"""Every worked example of every option is true, and every option shows what it can become.

The examples stand in the options' own files, where clinicians read and write them.
"""

from __future__ import annotations

import pytest

from eligibility.assessment import Status
from eligibility.knowledge.model import Example, Option
from tests.fact_patients import KNOWLEDGE, judged, result_of

EXAMPLES = [(option, example) for option in KNOWLEDGE.options for example in option.examples]


@pytest.mark.parametrize("option, example", EXAMPLES, ids=[f"{o.id}: {e.say}" for o, e in EXAMPLES])
def test_the_example_is_true(option: Option, example: Example) -> None:
    result = result_of(judged(example.given), option.id)
    decisive = [reason.when for reason in result.decisive]
    assert example.expect is result.status, f"{decisive}, waits for {result.missing}"
    assert example.because is None or example.because in decisive
    assert set(example.needs) <= {*result.missing, *result.waits_for}


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_an_option_has_an_example_of_what_it_can_become(option: Option) -> None:
    shown = {example.expect for example in option.examples}
    assert any(status.fits for status in shown)
    assert shown & {Status.NOT_NOW, Status.NOT_APPLICABLE}
    assert Status.NEEDS_DATA in shown


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_an_option_shows_both_levels_that_it_can_have(option: Option) -> None:
    shown = {example.expect for example in option.examples}
    if option.level is Status.RECOMMENDED or option.raised_if is not None:
        assert Status.RECOMMENDED in shown
    if option.level is Status.MAY_CONSIDER:
        assert Status.MAY_CONSIDER in shown


@pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
def test_no_two_examples_of_an_option_are_the_same_patient(option: Option) -> None:
    patients = [sorted((fact, str(value)) for fact, value in e.given.items()) for e in option.examples]
    assert len(patients) == len({str(p) for p in patients})


def test_an_example_that_is_not_true_is_noticed() -> None:
    option, example = EXAMPLES[0]
    result = result_of(judged(dict(example.given) | {"dx.cancer_status": "refuted"}), option.id)
    assert example.expect is not result.status
