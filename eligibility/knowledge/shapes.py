"""The shapes of the knowledge files, key by key: what may stand in them, before what it means is checked.

A key that is not listed here is refused. `knowledge/README.md` explains each key to a clinician.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from eligibility.catalogue import Settle

__all__ = [
    "AbsenceFile",
    "ExampleFile",
    "FactFile",
    "FactsFile",
    "FamilyFile",
    "GateFile",
    "InterventionFile",
    "ManifestFile",
    "MustFile",
    "OptionFile",
    "ReviewFile",
    "RuleFile",
    "ScoreExampleFile",
    "ScoreFile",
    "ScoresFile",
    "SecondUnitFile",
    "SourceFile",
    "SourcesFile",
]


class Strict(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _as_text(value: object) -> object:
    """YAML reads codes such as 0 or 003 as numbers; in the catalogue they are text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _calendar_date(value: str) -> str:
    """A day such as 2026-11-22."""
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError("is not a date such as 2026-11-22")
    return value


Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
Number = Annotated[Decimal, BeforeValidator(lambda v: Decimal(v) if type(v) is int else v)]
Certainty = Literal["A", "B", "C", "D"]


class AbsenceFile(Strict):
    """The value that "not recorded" stands for."""

    value: Any
    sources: list[Text] = Field(min_length=1)


class SecondUnitFile(Strict):
    """A second unit that a value is echoed in."""

    unit: Text
    factor: Text
    label: Text


class FactFile(Strict):
    """One line of the catalogue."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
    type: Literal["number", "integer", "quantity", "boolean", "code", "set"]
    unit: Text | None = None
    units: dict[str, Text] = {}
    values: dict[str, Text] = {}
    label: Text
    meaning: Text
    ask: Text
    test: Text
    fresh_days: Annotated[int, Field(gt=0)] | None = None
    plausible: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    settle: Literal[tuple(s.value for s in Settle)] = "latest"  # type: ignore[valid-type]
    absent_unless_recorded: AbsenceFile | None = None
    absent_when_first_line: bool = False
    judgement: bool = False
    derived: bool = False
    also: SecondUnitFile | None = None
    unspecified: dict[str, list[Text] | Literal["any"]] = {}


class FactsFile(Strict):
    """One file of `facts/`."""

    facts: list[FactFile] = Field(min_length=1)


class RuleFile(Strict):
    """A condition with its sentence and certainty."""

    when: Text
    say: Text
    certainty: Certainty


class MustFile(Strict):
    """A condition that has to be true, or else a fact is needed."""

    when: Text
    needs: Text
    certainty: Certainty


class GateFile(Strict):
    """One file of `gates/`."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9]+$")]
    title: Text
    contraindications: list[RuleFile] = []
    downgrades: list[RuleFile] = []
    cautions: list[RuleFile] = []
    must_be_true: list[MustFile] = []
    requires: list[Text] = []
    sources: list[Text] = []


class InterventionFile(Strict):
    """A drug or procedure that an option proposes, with its code where it has one."""

    say: Text
    system: Literal["rxnorm", "snomed"] | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _whole(self) -> InterventionFile:
        if (self.system is None) is not (self.code is None):
            raise ValueError("give both `system` and `code`, or neither")
        return self


class ReviewFile(Strict):
    """Who signed an option off, when, and the fingerprint of what was read. `hepatica knowledge sign` writes it."""

    reviewer: Text
    date: Annotated[str, AfterValidator(_calendar_date)]
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExampleFile(Strict):
    """A worked example."""

    say: Text
    given: dict[str, Any] = {}
    without: list[Text] = []
    expect: Literal["recommended", "may_consider", "not_now", "needs_data", "not_applicable"]
    because: Text | None = None
    needs: list[Text] = []


class OptionFile(Strict):
    """One file of `options/`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    order: int
    name: Text
    modality: Text
    intent: Text
    primaries: Text
    setting: Text
    kind: Literal["cancer-directed", "support"]
    liver_directed: bool
    level: Literal["recommended", "may_consider"]
    raised_if: Text | None = None
    symptom_relief: Text | None = None
    status: Literal["draft", "reviewed", "retired"]
    retired_because: Text | None = None
    review: ReviewFile | None = None
    scope: Text
    indications: list[RuleFile] = Field(min_length=1)
    contraindications: list[RuleFile] = []
    downgrades: list[RuleFile] = []
    cautions: list[RuleFile] = []
    must_be_true: list[MustFile] = []
    gates: list[Text] = []
    requires: list[Text] = []
    tests: Text
    monitoring: Text | None = None
    evidence: Text
    controversies: Text | None = None
    named_in: list[Code] = []
    sources: list[Text] = Field(min_length=1)
    known_limits: list[Text] = []
    interventions: list[InterventionFile] = []
    example_base: dict[str, Any] = {}
    examples: list[ExampleFile] = []


class ScoreExampleFile(Strict):
    """A worked example of a score: what is given, and the result to the decimals that are written."""

    say: Text
    given: dict[str, Any] = Field(min_length=1)
    expect: dict[str, Any] = Field(min_length=1)


class ScoreFile(Strict):
    """One score, or another fact that is computed."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    gives: list[Text] = Field(min_length=1)
    uses: list[Text] = Field(min_length=1)
    certainty: Certainty
    certainty_note: Text | None = None
    sources: list[Text] = []
    formula: list[Text] = Field(min_length=1)
    table: list[list[Text]] = []
    notes: list[Text] = []
    examples: list[ScoreExampleFile] = Field(min_length=1)


class ScoresFile(Strict):
    """`scores.yaml`."""

    scores: list[ScoreFile] = Field(min_length=1)


class SourceFile(Strict):
    """One source."""

    id: Annotated[str, Field(pattern=r"^S\d+$")]
    citation: Text
    year: Code
    url: Text | None = None
    read: Literal["excerpt_read", "not_re_read"]


class SourcesFile(Strict):
    """`sources.yaml`."""

    sources: list[SourceFile] = Field(min_length=1)


class FamilyFile(Strict):
    """A folder of options."""

    id: Text
    title: Text


class ManifestFile(Strict):
    """`knowledge.yaml`."""

    version: Text
    families: list[FamilyFile] = Field(min_length=1)
    facts: list[Text] = Field(min_length=1)
