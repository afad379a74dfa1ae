"""Every worked example as parameters of the library with the status of every option, to try out another engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypedDict

from eligibility.assessment import Status
from eligibility.cql.parameter_values import Plain, parameter_values
from eligibility.engine import assess
from eligibility.entered import facts_of
from eligibility.knowledge.model import KnowledgeBase

__all__ = ["WorkedExample", "worked_examples"]

UNDATED = date(2000, 1, 1)
"""Facts of worked examples carry no date and count as current on any day."""


class WorkedExample(TypedDict):
    """One worked example. Options that are not in `statuses` are not applicable."""

    option: str
    say: str
    parameters: dict[str, Plain]
    statuses: dict[str, str]


def worked_examples(knowledge: KnowledgeBase) -> Iterator[WorkedExample]:
    """Every worked example of every option, judged for all options."""
    for option in knowledge.options:
        for example in option.examples:
            patient = facts_of(example.given)
            results = assess(patient, knowledge, UNDATED).options
            yield WorkedExample(
                option=option.id,
                say=example.say,
                parameters=parameter_values(patient, knowledge.catalogue, UNDATED),
                statuses={
                    r.option.id: str(r.status) for r in results if r.status is not Status.NOT_APPLICABLE
                },
            )  # fmt: skip
