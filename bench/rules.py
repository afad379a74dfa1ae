"""What the rules cost: loading them, and judging every bundled patient on all options: `python -m bench.rules`.

Exit status 1 when loading takes more than 2 s, or judging a patient more than 5 ms of processor time (median).
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from importlib.resources import files

from eligibility.engine import assess
from eligibility.knowledge.load import read_knowledge
from eligibility.knowledge.model import KnowledgeBase
from server.app import settle_memory
from server.bundled_patients import BundledPatient, bundled_patients

MOST_SECONDS = 2.0
MOST_MILLISECONDS = 5.0


def main() -> int:
    """Print every figure with its limit."""
    loading = [_milliseconds(lambda: read_knowledge(files("eligibility.knowledge"))) / 1000 for _ in range(3)]
    knowledge = read_knowledge(files("eligibility.knowledge"))
    patients = list(bundled_patients(knowledge.catalogue))
    settle_memory()
    costs = {p.name: statistics.median(_judging(p, knowledge) for _ in range(15)) for p in patients}
    median, worst = statistics.median(costs.values()), max(costs, key=lambda name: costs[name])
    print(f"loading and checking {len(knowledge.options)} options: {min(loading):.2f} s (at most {MOST_SECONDS} s)")
    print(f"judging one of {len(costs)} patients: median {median:.2f} ms, worst {costs[worst]:.2f} ms ({worst})")
    return int(min(loading) > MOST_SECONDS or median > MOST_MILLISECONDS)


def _judging(patient: BundledPatient, knowledge: KnowledgeBase) -> float:
    return _milliseconds(lambda: assess(patient.facts, knowledge, patient.on))


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
