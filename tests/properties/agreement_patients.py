"""Patients for two evaluations at once: worked examples, examples bent at thresholds, and records in disorder.

Made of the slow evaluator's own types and turned into the program's, so that neither sees the other's. A patient is
determined by its seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Literal

from eligibility.facts import Bound, Finding, Obtained, PatientFacts, Reading, ReadState, Scalar, Specimen
from tests.reference.book import Book, Entry, FactLine, read_book
from tests.reference.examples import ON, SOURCES, values_of
from tests.reference.notation import AllOf, AnyOf, Compare, Condition, Negated, parse
from tests.reference.record import OneSided, Record, Statement, Value

__all__ = ["BOOK", "as_program_input", "patients"]

BOOK: Book = read_book()
D = Decimal

LIMITS_OF_SCORES: Mapping[str, tuple[str, ...]] = {
    "lab.bilirubin": ("1", "1.2", "1.8", "2", "3", "3.6"), "lab.albumin": ("2.8", "3.5"), "lab.inr": ("1.7", "2.3"),
    "dx.dfi_months": ("12",), "lab.cea": ("200",), "liver.lesion_count": ("1",), "liver.max_diameter_cm": ("5",),
    "pt.age": ("55", "68"), "pt.weight_kg": ("50", "60"), "lab.creatinine": ("0.9", "1", "2", "3"),
    "tx.prior_lines": ("0", "1"), "dx.active_primaries": ("1", "2"),
}  # fmt: skip
"""Numbers beside which a computed fact changes, in addition to those that rules name."""

PIVOTS = (
    "dx.primary", "dx.active_primaries", "dx.cancer_status", "dx.extrahepatic", "dx.functional_syndrome",
    "liver.lesion_origin", "liver.lesion_nature", "liver.cirrhosis", "liver.background", "liver.ascites",
    "liver.ascites_malignant", "liver.encephalopathy", "liver.variceal_bleed_90d", "liver.biliary_obstruction",
    "lab.bilirubin", "lab.albumin", "lab.inr", "lab.creatinine", "lab.sodium", "pt.weight_kg", "pt.age", "pt.sex",
    "pt.goals", "pt.menopausal_status", "pt.childbearing_potential", "pt.pregnancy_status", "tx.prior_lines",
)  # fmt: skip
"""Facts that many options or computed facts rest on: changed more often than the others."""


def patients(seed: int, count: int) -> Iterator[Record]:
    """That many patients, of all kinds."""
    for number in range(count):
        yield _patient(BOOK.options[number % len(BOOK.options)], Random(f"{seed}/{number}"))  # noqa: S311


def _patient(option: Entry, dice: Random) -> Record:
    """Around a worked example of an option: in two of five nearly as it stands, in the others much disturbed."""
    calm = dice.random() < 0.4
    given = _nearly(option, dice) if calm else _disturbed(option, dice)
    disorder = dice.choice((0.0, 0.03) if calm else (0.0, 0.05, 0.15, 0.5))
    statements: list[Statement] = []
    for fact, value in given.items():
        odd = dice.random() < disorder
        statements += _disordered(BOOK.facts[fact], value, dice) if odd else [_plain(fact, value, dice)]
    unread = dice.sample(SOURCES, 0 if calm else dice.choice((0, 0, 0, 1, 2, 4)))
    return Record(ON, tuple(statements), frozenset(SOURCES) - set(unread))


def _nearly(option: Entry, dice: Random) -> dict[str, Value]:
    """A worked example, mostly one that fits, with at most one fact changed or left out."""
    fitting = [e for e in option.examples if e["expect"] in ("recommended", "may_consider")]
    given = values_of(dice.choice(fitting if fitting and dice.random() < 0.8 else option.examples)["given"])
    change = dice.random()
    if change < 0.3:
        given |= _beside_thresholds(option, dice, 1)
    elif change < 0.5:
        del given[dice.choice(sorted(given))]
    return given


def _disturbed(option: Entry, dice: Random) -> dict[str, Value]:
    """A worked example, or nothing, with facts beside thresholds, of another patient, of no patient, or left out."""
    given = values_of(dice.choice(option.examples)["given"]) if dice.random() < 0.9 else {}
    kind = dice.random()
    if kind < 0.4:
        given |= _beside_thresholds(option, dice, dice.choice((1, 2, 3)))
    elif kind < 0.6:
        other = sorted(values_of(dice.choice(dice.choice(BOOK.options).examples)["given"]).items())
        given |= dict(dice.sample(other, min(len(other), 3)))
    entered = sorted(fact for fact, line in BOOK.facts.items() if not line.derived)
    changes = dice.sample(entered, dice.choice((0, 1, 2, 5, 9)) if given else dice.randrange(60))
    changes += dice.sample(PIVOTS, dice.choice((0, 0, 1, 2, 5)))
    given |= {fact: _value(BOOK.facts[fact], dice) for fact in changes}
    left_out = dice.sample(sorted(given), min(len(given), dice.choice((0, 0, 1, 2, 4))))
    return {fact: value for fact, value in given.items() if fact not in left_out}


# -- values -------------------------------------------------------------------------------------------------------


def _comparisons(condition: Condition) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Negated):
        yield from _comparisons(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _comparisons(part)


@cache
def _thresholds() -> Mapping[str, tuple[Decimal, ...]]:
    """The numbers that rules and scores compare each fact with."""
    found: dict[str, set[Decimal]] = {fact: {D(n) for n in numbers} for fact, numbers in LIMITS_OF_SCORES.items()}
    for option in BOOK.options:
        for compare in (c for when in option.conditions for c in _comparisons(parse(when))):
            if BOOK.facts[compare.fact].numeric and compare.words[0] not in BOOK.facts:
                found.setdefault(compare.fact, set()).update(D(w) for w in compare.words)
    return {fact: tuple(sorted(numbers)) for fact, numbers in found.items()}


def _beside_thresholds(option: Entry, dice: Random, most: int) -> dict[str, Value]:
    """Values that lie on or beside what the option compares with, for some of its comparisons."""
    compared = [c for when in option.conditions for c in _comparisons(parse(when))]
    chosen = dice.sample(compared, min(len(compared), most))
    entered = [BOOK.facts[c.fact] for c in chosen if not BOOK.facts[c.fact].derived]
    return {line.id: _value(line, dice) for line in entered}


def _value(line: FactLine, dice: Random) -> Value:
    if line.type == "boolean":
        return dice.random() < 0.5
    if line.type == "code":
        return dice.choice(line.values)
    if line.type == "set":
        return frozenset(dice.sample(line.values, dice.choice((0, 1, 1, 2))))
    number = _number(line, dice)
    if line.id == "pt.age":
        return max(number, D(18))
    return _one_sided(line, dice.choice(("<", "<=", ">", ">=")), number) if dice.random() < 0.05 else number


def _number(line: FactLine, dice: Random) -> Decimal:
    low, high = (D(n) for n in line.plausible or ("0", "100"))
    step = D(1) if line.type == "integer" else D("0.1")
    near = _thresholds().get(line.id)
    if near and dice.random() < 0.8:
        number = dice.choice(near) + step * dice.choice((-1, 0, 0, 1))
    else:
        number = low + step * dice.randrange(int(min(high - low, D(100)) / step) + 1)
    return min(max(number, low), high)


Specimens = Literal["tissue", "plasma", "unread"]
SPECIMENS: tuple[Specimens, ...] = ("tissue", "plasma", "unread")
TISSUE_OR_UNSAID: tuple[Specimens | None, ...] = ("tissue", None, None)


# -- statements ---------------------------------------------------------------------------------------------------


def _ago(days: int) -> date:
    return ON - timedelta(days=days)


def _plain(fact: str, value: Value, dice: Random) -> Statement:
    if dice.random() < 0.6:
        return Statement(fact, value, source="entered")
    limit = D("1.0") if fact == "lab.bilirubin" and dice.random() < 0.3 else None
    specimen: Specimens | None = dice.choice(TISSUE_OR_UNSAID) if fact.startswith("bm.") else None
    return Statement(fact, value, _ago(dice.randrange(8)), specimen=specimen, upper_limit=limit)


def _disordered(line: FactLine, value: Value, dice: Random) -> list[Statement]:
    """One fact as records hold it: old, undated, provisional, unreadable, hinted at, or said twice."""
    fresh = line.fresh_days or 30
    result = Statement(line.id, value, _ago(dice.choice((0, 1, fresh - 1, fresh, fresh + 1, fresh + 200))))
    other = replace(result, value=_value(line, dice), when=_ago(dice.randrange(90)))
    specimen: Specimens = dice.choice(SPECIMENS)
    return dice.choice(
        (
            [result],
            [result],
            [replace(result, when=None)],
            [replace(result, source="text")],
            [replace(result, preliminary=True)],
            [replace(result, value=None)],
            [replace(result, specimen=specimen)],
            [result, other],
            [result, replace(other, when=result.when)],
            [result, replace(other, value=None)],
            [result, replace(other, preliminary=True)],
            [replace(result, specimen="tissue"), replace(other, specimen=specimen)],
            [replace(result, metastasis=True), replace(other, metastasis=False)],
            [replace(result, value=_one_sided(line, "<", value))],
            [replace(result, value=_one_sided(line, ">=", value))],
        )
    )


def _one_sided(line: FactLine, sign: Literal["<", "<=", ">", ">="], value: Value) -> Value:
    """As laboratories and radiologists write it; an age, a grade or a number of lines is exact."""
    exact = line.id == "pt.age" or (line.type == "integer" and line.id != "liver.lesion_count")
    return value if exact or not isinstance(value, Decimal) else OneSided(sign, value)


# -- for the program ----------------------------------------------------------------------------------------------

OBTAINED = {"entered": Obtained.ENTERED, "result": Obtained.STRUCTURED, "text": Obtained.NARRATIVE}


def as_program_input(record: Record) -> PatientFacts:
    """The same record for the program. A source that was not read completely: partly, not at all, or in error."""
    findings: dict[str, tuple[Finding, ...]] = {}
    for statement in record.statements:
        findings[statement.fact] = (*findings.get(statement.fact, ()), _finding(statement))
    states = (ReadState.PARTIAL, ReadState.FAILED, ReadState.NOT_READ)
    readings = {
        source: Reading(ReadState.COMPLETE if source in record.complete else states[number % 3])
        for number, source in enumerate(SOURCES)
    }
    return PatientFacts(findings=MappingProxyType(findings), readings=MappingProxyType(readings))


def _finding(statement: Statement) -> Finding:
    return Finding(
        fact=statement.fact,
        value=_scalar(statement.value),
        effective=statement.when,
        obtained=OBTAINED[statement.source],
        preliminary=statement.preliminary,
        specimen=None if statement.specimen is None else Specimen(statement.specimen),
        from_metastasis=statement.metastasis,
        upper_limit=statement.upper_limit,
    )


def _scalar(value: Value | None) -> Scalar | None:
    return Bound(value.sign, value.limit) if isinstance(value, OneSided) else value
