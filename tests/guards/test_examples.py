"""Every worked example of every option is true, and every option shows what it can become.

The examples stand in the options' own files, where clinicians read and write them. `hepatica knowledge check` runs
them; here each option is a test of its own.
"""

from __future__ import annotations

import pytest

from eligibility.checking.flaws import FlawKind
from eligibility.knowledge.model import Option
from tests.checked_knowledge import to_mend
from tests.fact_patients import KNOWLEDGE, judged, result_of

each_option = pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)


@each_option
def test_the_examples_are_true(option: Option) -> None:
    assert [] == to_mend(option, FlawKind.UNTRUE_EXAMPLE)


@each_option
def test_there_is_an_example_of_each_status_and_on_each_side_of_each_threshold(option: Option) -> None:
    assert [] == to_mend(option, FlawKind.NOT_SHOWN)


def test_there_are_examples() -> None:
    assert sum(len(option.examples) for option in KNOWLEDGE.options) > 10 * len(KNOWLEDGE.options)


def test_an_example_that_is_not_true_is_noticed() -> None:
    option = KNOWLEDGE.options[0]
    example = option.examples[0]
    result = result_of(judged(dict(example.given) | {"dx.cancer_status": "refuted"}), option.id)
    assert example.expect is not result.status
