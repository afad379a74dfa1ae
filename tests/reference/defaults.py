"""Where "not recorded" counts as absent: README, rule 3.3(a) to (c). Rule (d) is in `computed`.

Where the prose leaves a choice:

- "Not recorded" is no statement at all. A stale, doubtful, preliminary or unreadable one is a trace, and the fact
  stays unknown.
- (a) Unrecorded exposure is told by the medication sources, all three of them.
- (c) rests on what is recorded (sex, age, menopause, potential), not on silence, so no source has to be complete. A
  negative test that is old, preliminary or read from text gives way to it; any other trace of a pregnancy does not.
  Childbearing potential that is recorded in any way, also in dispute or only hinted at, keeps it from applying.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tests.reference.book import Book
from tests.reference.record import OneSided, Standing, Value

__all__ = ["EXPOSURE", "PROBLEM_LIST", "silent_facts", "with_defaults"]

MEDICATION = frozenset({"MedicationRequest", "MedicationAdministration", "MedicationStatement"})

NOT_EXPOSURE = {"tx.prior_lines", "tx.prior_ssa", "tx.prior_fluoropyrimidine"}
"""Named as exceptions by rule 3.3(a)."""

EXPOSURE = {"tx.progressed_platinum", "tx.platinum_no_progression"}
"""Covered by rule 3.3(a) besides everything that is called `tx.prior_...`."""

PROBLEM_LIST: dict[str, Value] = {
    "sf.autoimmune": "none", "sf.neuropathy_grade": Decimal(0), "sf.allergy": frozenset(),
    "liver.variceal_bleed_90d": False, "liver.hypertrophy_failed": False,
}  # fmt: skip
"""Covered by rule 3.3(b) besides every true-or-false fact under `sf.`"""


def silent_facts(facts: Mapping[str, Standing], book: Book) -> frozenset[str]:
    """The facts of rules (a) and (b) whose silence may count as absence for this patient."""
    first_line = facts["tx.prior_lines"].value == Decimal(0)
    return frozenset(f for f in book.facts if _is_problem(f, book) or (first_line and _is_exposure(f)))


def with_defaults(facts: Mapping[str, Standing], book: Book, complete: frozenset[str]) -> dict[str, Standing]:
    """The same facts, and what may be taken as absent of those that are not recorded."""
    result = dict(facts)
    for fact in silent_facts(facts, book):
        told_by = MEDICATION if _is_exposure(fact) else frozenset(book.facts[fact].told_by)
        if not facts[fact].trace and told_by and told_by <= complete:
            result[fact] = Standing(PROBLEM_LIST.get(fact, False), assumed=frozenset([fact]))
    if not _hints_at_pregnancy(facts["pt.pregnancy_status"]) and _cannot_be_pregnant(facts):
        result["pt.pregnancy_status"] = Standing("not_applicable")
    return result


def _is_problem(fact: str, book: Book) -> bool:
    return fact in PROBLEM_LIST or (fact.startswith("sf.") and book.facts[fact].type == "boolean")


def _is_exposure(fact: str) -> bool:
    return fact in EXPOSURE or (fact.startswith("tx.prior_") and fact not in NOT_EXPOSURE)


def _hints_at_pregnancy(recorded: Standing) -> bool:
    """A known status, a pregnancy in any statement, a dispute, or a statement that nobody can read."""
    if recorded.known or recorded.disputed:
        return True
    return recorded.trace and not (recorded.said and recorded.said <= {"not_pregnant", "not_applicable"})


def _cannot_be_pregnant(facts: Mapping[str, Standing]) -> bool:
    potential = facts["pt.childbearing_potential"]
    if potential.value is True or (not potential.known and True in potential.said):
        return False
    age = facts["pt.age"].value
    above = isinstance(age, Decimal | OneSided) and _above_55(age)
    return (
        facts["pt.sex"].value == "male"
        or facts["pt.menopausal_status"].value == "post"
        or above
        or potential.value is False
    )


def _above_55(age: Decimal | OneSided) -> bool:
    if isinstance(age, Decimal):
        return age > 55
    return age.sign in (">", ">=") and age.limit >= 55 and (age.sign == ">" or age.limit > 55)
