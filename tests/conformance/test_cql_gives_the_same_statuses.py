"""The exported CQL library, translated by the official translator and run by another engine, against our own.

Every worked example, patients who stand just where two engines could part, and records in disorder (outdated,
contradictory, one-sided, unread), over all options and all computed facts. Needs Node and the two packages that
`make cql` fetches; nothing is fetched here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eligibility.assessment import Assessment
from eligibility.cql.library import cql_library
from eligibility.cql.parameter_values import parameter_values
from eligibility.cql.worked_examples import worked_examples
from eligibility.facts import Bound, Fact, PatientFacts
from tests.conformance.pointed_patients import pointed_patients
from tests.fact_patients import KNOWLEDGE, ON, judged
from tests.properties.agreement_patients import as_program_input, patients
from tests.properties.subtle_records import SUBTLE

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "cql" / "evaluate.mjs"
MODULES = ROOT / ".venv" / "cql" / "node_modules"
SEED = int(os.environ.get("HEPATICA_SEED", "20261122"))
IN_DISORDER = 200
LONGEST_SECONDS = 600
EXPECTED_WARNING = "matches the identifier"  # our lists of facts name facts, as their parameters do
ROUNDING = 2e-6


def node() -> str | None:
    """The program Node, from the machine or from our own environment."""
    own = ROOT / ".venv" / "bin" / "node"
    return str(own) if own.exists() else shutil.which("node")


def elsewhere(folder: Path, library: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """What the translator says and the other engine answers."""
    program = node()
    if program is None or not (MODULES / "cql-execution").is_dir():
        pytest.skip("Node with cql-execution and the CQL translator is not installed here: make cql")
    (folder / "Hepatica.cql").write_text(library, encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    files = [str(folder / name) for name in ("Hepatica.cql", "cases.json", "answers.json")]
    done = subprocess.run(
        [program, str(SCRIPT), str(MODULES), *files],
        capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr[-3000:]
    answers: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return answers


def differing_options(expected: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    return [
        f"{option}: {expected.get(option)} here, {found.get(option)} there"
        for option in sorted({*expected, *found})
        if expected.get(option) != found.get(option)
    ]


def differing_facts(assessment: Assessment, found: Mapping[str, Any]) -> Iterator[str]:
    computed = {d.id for d in KNOWLEDGE.catalogue.values() if d.derived}
    assert computed == set(found)
    for fact in sorted(computed):
        here = number_or_word(assessment.facts[fact])
        if not same(here, found[fact]):
            yield f"{fact}: {here} here, {found[fact]} there"


def number_or_word(fact: Fact) -> object:
    value = fact.value if fact.decides else None
    value = value.limit if isinstance(value, Bound) else value
    return float(value) if isinstance(value, Decimal) else value


def same(here: object, there: object) -> bool:
    if isinstance(here, float) and isinstance(there, int | float):
        return abs(here - there) < ROUNDING
    return here == there


def test_every_status_and_computed_fact_is_the_same_in_another_engine(tmp_path: Path) -> None:
    print(f"HEPATICA_SEED={SEED}")  # noqa: T201
    examples = list(worked_examples(KNOWLEDGE))
    records: list[PatientFacts] = [
        *pointed_patients(),
        *map(as_program_input, (*SUBTLE.values(), *patients(SEED, IN_DISORDER))),
    ]
    cases = [dict(e["parameters"]) for e in examples]
    cases += [dict(parameter_values(p, KNOWLEDGE.catalogue, ON)) for p in records]

    answers = elsewhere(tmp_path, cql_library(KNOWLEDGE), cases)

    assert [] == [m for m in answers["messages"] if m["severity"] == "error" or EXPECTED_WARNING not in m["text"]]
    assert len(cases) == len(answers["answers"])
    every = {option.id for option in KNOWLEDGE.options}
    differing: list[str] = []
    for example, there in zip(examples, answers["answers"], strict=False):
        expected = dict.fromkeys(every, "not_applicable") | example["statuses"]
        differing += [
            f"{example['option']}, {example['say']}: {d}" for d in differing_options(expected, there["statuses"])
        ]
    for number, (record, there) in enumerate(zip(records, answers["answers"][len(examples) :], strict=True)):
        assessment = judged(record, ON)
        expected = {r.option.id: str(r.status) for r in assessment.options}
        found = [*differing_options(expected, there["statuses"]), *differing_facts(assessment, there["computed"])]
        differing += [f"record {number} of seed {SEED}: {d}" for d in found]
    assert [] == differing
    assert len(cases) * len(every) == sum(len(there["statuses"]) for there in answers["answers"])


def test_a_status_that_differs_is_noticed() -> None:
    assert [] == differing_options({"a": "not_now"}, {"a": "not_now"})
    assert ["a: not_now here, may_consider there"] == differing_options({"a": "not_now"}, {"a": "may_consider"})
    assert ["b: not_now here, None there"] == differing_options({"b": "not_now"}, {})


def test_a_computed_fact_that_differs_is_noticed() -> None:
    assessment = judged({"lab.bilirubin": 1.0, "lab.albumin": 4.0})
    there = {d.id: number_or_word(assessment.facts[d.id]) for d in KNOWLEDGE.catalogue.values() if d.derived}
    assert [] == list(differing_facts(assessment, there))
    assert ["drv.albi_grade: 2.0 here, 3 there"] == list(differing_facts(assessment, there | {"drv.albi_grade": 3}))
