"""Holds the promises about time of SS-51 against the clock: `python -m bench.limits`. Exit status 1 when one is broken.

Linear growth: 5,000 resources cost at most 12 times what 500 cost. Hostile text: 100 kB costs any reader under 0.1 s.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

from fhir_mappings.chart import read_chart
from fhir_mappings.records import gather
from server.app import settle_memory

MOST_GROWTH = 12.0
"""Times the cost, for ten times the resources."""
MOST_SECONDS = 0.1
"""Processor seconds for one text in one resource."""
ON = date(2026, 11, 20)

HOSTILE = {
    "one letter": "a" * 100_000,
    "no no no": "no " * 33_000,
    "variants": "p.G12" * 20_000,
    "brackets": "(" * 100_000,
    "exons": "exon 1, " * 12_000,
    "scores": "TPS " * 25_000,
    "digits": "1" * 100_000,
    "negations": "not detected " * 8_000,
}
TEXT_CODES = ("21702-6", "85147-7", "89247-1", "85319-2", "81695-9", "1975-2")


def main() -> int:
    """Print every figure with its limit."""
    settle_memory()  # as the service does at start
    growth = _seconds(_chart(5_000)) / _seconds(_chart(500))
    broken = growth > MOST_GROWTH
    print(f"5,000 resources against 500: {growth:.1f} times the time (at most {MOST_GROWTH:.0f})")
    for name, text in HOSTILE.items():
        each = {r["resourceType"] + "/" + r["id"]: _seconds([_PATIENT, r], rounds=3) for r in _with_text(text)}
        slowest = max(each, key=lambda resource: each[resource])
        broken |= each[slowest] > MOST_SECONDS
        print(f"100 kB of {name}: {each[slowest]:.3f} s in {slowest} (at most {MOST_SECONDS} s)")
    return int(broken)


_PATIENT: dict[str, Any] = {"resourceType": "Patient", "id": "1", "gender": "female", "birthDate": "1960-01-01"}
_SUBJECT = {"reference": "Patient/1"}


def _chart(count: int) -> list[dict[str, Any]]:
    """A patient with so many creatinine results."""
    return [_PATIENT] + [
        _observation("2160-0", f"o{number}", valueQuantity={
            "value": 1, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"
        })
        for number in range(count)
    ]  # fmt: skip


def _observation(code: str, identifier: str, **value: object) -> dict[str, Any]:
    coding = {"system": "http://loinc.org", "code": code}
    return {"resourceType": "Observation", "id": identifier, "status": "final", "subject": _SUBJECT,
            "effectiveDateTime": "2026-11-01", "code": {"coding": [coding]}, **value}  # fmt: skip


def _with_text(text: str) -> list[dict[str, Any]]:
    """The text in every place where text is read for its meaning."""
    condition = {"resourceType": "Condition", "id": "text", "subject": _SUBJECT, "code": {"text": text}}
    return [condition, *(_observation(code, code, valueString=text) for code in TEXT_CODES)]


def _seconds(resources: list[dict[str, Any]], rounds: int = 7) -> float:
    """Processor seconds to take in and read a chart, the best of some rounds: other work on the machine only adds."""

    taken = []
    for _ in range(rounds):
        began = time.process_time()
        read_chart(gather(*resources, patient_id="1"), ON)
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    sys.exit(main())
