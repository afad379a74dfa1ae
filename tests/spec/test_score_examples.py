"""The worked examples of `scores.yaml`, run through the whole core: what the rule book shows is what is computed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.knowledge.model import Score, ScoreExample
from tests.fact_patients import KNOWLEDGE, fact_of

EXAMPLES = [(score, example) for score in KNOWLEDGE.scores for example in score.examples]
each_example = pytest.mark.parametrize(
    "score, example", EXAMPLES, ids=[f"{score.id}: {example.say}" for score, example in EXAMPLES]
)


def record(example: ScoreExample) -> dict[str, object]:
    """What is given, as a caller would write it."""
    return {
        fact: value if unit is None else {"value": value, "unit": unit} for fact, (value, unit) in example.given.items()
    }


@each_example
def test_a_worked_example_comes_out_as_written(score: Score, example: ScoreExample) -> None:
    for fact, expected in example.expect.items():
        found = fact_of(record(example), fact).value
        if isinstance(expected, Decimal):
            assert isinstance(found, Decimal), found
            found = found.quantize(Decimal(1).scaleb(int(expected.as_tuple().exponent)))
        assert expected == found


@each_example
def test_an_example_gives_only_what_the_score_uses(score: Score, example: ScoreExample) -> None:
    computed = {fact for other in KNOWLEDGE.scores for fact in other.gives}
    inputs, waiting = set(score.uses), [fact for fact in score.uses if fact in computed]
    while waiting:
        more = next(other for other in KNOWLEDGE.scores if waiting[-1] in other.gives)
        waiting.pop()
        waiting += [fact for fact in more.uses if fact in computed and fact not in inputs]
        inputs |= set(more.uses)
    assert set() == example.given.keys() - inputs


@pytest.mark.parametrize("score", KNOWLEDGE.scores, ids=lambda s: s.id)
def test_every_input_of_a_score_is_one_it_names(score: Score) -> None:
    """What the core says it computed from, or waits for, stands under `uses`."""
    for example in score.examples:
        for fact in score.gives:
            known, waiting = fact_of(record(example), fact), fact_of({}, fact)
            direct = set(known.inputs) | set(waiting.inputs)
            nested = {
                i for used in score.uses for i in fact_of(record(example), used).inputs + fact_of({}, used).inputs
            }
            assert direct <= set(score.uses) | nested | set(score.gives)


def test_every_computed_fact_is_explained_by_one_score() -> None:
    given = [fact for score in KNOWLEDGE.scores for fact in score.gives]
    assert [fact for fact, definition in KNOWLEDGE.catalogue.items() if definition.derived] == sorted(
        given, key=list(KNOWLEDGE.catalogue).index
    )
    assert len(given) == len(set(given))
