"""An Assessment as plain data, in the outward shape `hepatica/assessment/1`.

Decimals become numbers, dates ISO text; everything that was known stays in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from eligibility.assessment import Assessment, OptionResult, Reason
from eligibility.facts import Bound, Fact, FactStatus, Obtained, Scalar
from eligibility.logic import word
from eligibility.replay import record_of

__all__ = ["SCHEMA", "as_document"]

SCHEMA = "hepatica/assessment/1"


def as_document(
    assessment: Assessment, identifier: str | None = None, resources: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The whole assessment as JSON-ready data, with what it was made from: `eligibility.replay` reads it back.

    `identifier` is the caller's name for the case. `resources` counts what was looked at, by type; None says that
    facts were given by name.
    """
    knowledge = assessment.knowledge
    review = "draft" if knowledge.sign_off is None else "signed-off"
    return {
        "schema": SCHEMA,
        "id": identifier,
        "patient": {"reference": assessment.patient} if assessment.patient else None,
        "asOf": assessment.on.isoformat(),
        "newestDatum": assessment.newest.isoformat() if assessment.newest else None,
        "knowledge": {"version": knowledge.version, "sha256": knowledge.sha256, "review": review},
        "inScope": assessment.in_scope,
        "scopeReason": assessment.scope_reason,
        "withheld": assessment.withheld,
        "facts": [_fact(f) for f in assessment.facts.values()],
        "options": [_option(o, assessment) for o in assessment.options],
        "nextSteps": [
            {
                "fact": s.facts[0], "facts": list(s.facts), "test": s.test, "settles": list(s.settles),
                "narrows": list(s.narrows), "ask": s.ask,
            }
            for s in assessment.next_steps
        ],
        "notices": [
            {"severity": str(n.severity), "code": n.code, "reference": n.reference, "text": n.text}
            for n in assessment.notices
        ],
        "record": record_of(assessment, resources),
    }  # fmt: skip


def _plain(value: Scalar | None) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Bound):
        return f"{value.comparator}{_plain(value.limit)}"
    return value


def _fact(fact: Fact) -> dict[str, Any]:
    shown = fact.status in (FactStatus.KNOWN, FactStatus.SUGGESTED, FactStatus.STALE)
    document = {
        "id": fact.id,
        "status": str(fact.status),
        "value": _plain(fact.value) if shown else None,
        "unit": fact.unit,
        "effective": fact.effective.isoformat() if fact.effective else None,
        "obtained": str(fact.obtained),
        "evidence": [{"reference": e.reference, "path": e.path, "code": e.code, "text": e.text} for e in fact.evidence],
        "why": fact.why,
    }
    if fact.inputs:
        document["inputs"] = list(fact.inputs)
    if fact.obtained is Obtained.DERIVED and fact.assumed:
        document["assumed"] = list(fact.assumed)
    if fact.status is FactStatus.CONFLICTING:
        document["candidates"] = [
            {"value": _plain(f.value), "effective": f.effective.isoformat() if f.effective else None,
             "evidence": [e.reference for e in f.evidence]}
            for f in fact.candidates
        ]  # fmt: skip
    return document


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": str(reason.kind),
        "gate": reason.gate,
        "when": reason.when,
        "say": reason.say,
        "result": word(reason.result),
        "facts": list(reason.facts),
        "certainty": reason.certainty,
        "sources": list(reason.sources),
    }


def _option(result: OptionResult, assessment: Assessment) -> dict[str, Any]:
    option = result.option
    cited = (assessment.knowledge.sources[s] for s in option.sources)
    return {
        "id": option.id,
        "name": option.name,
        "modality": option.modality,
        "status": str(result.status),
        "reasons": [_reason(r) for r in result.reasons],
        "missing": list(result.missing),
        "confirm": list(result.confirm),
        "tests": option.tests,
        "citations": [{"id": s.id, "text": s.citation, "year": s.year, "url": s.url} for s in cited],
    }
