"""What every test may ask for: the knowledge base, and how generated tests run.

A failing generated test prints a blob that repeats it;
`--hypothesis-seed=N` repeats a whole run;
`--hypothesis-profile=thorough` tries many more cases.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase

# Continuous integration repeats the same cases, so that a change is judged by itself; at a desk each run looks further.
REPEATABLE = bool(os.environ.get("CI"))
settings.register_profile("hepatica", deadline=None, print_blob=True, derandomize=REPEATABLE, max_examples=60)
settings.register_profile("thorough", settings.get_profile("hepatica"), max_examples=1000)
settings.load_profile("hepatica")


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    """The knowledge base that comes with the program."""
    return load_knowledge()
