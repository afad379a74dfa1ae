"""Medicine is data: no module outside the tests names an option of the knowledge base.

A name in code would be a rule that no clinician reviews.
Tools that write synthetic patients are no part of the program.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ROOT / "eligibility" / "knowledge" / "options"
PROGRAM = ("eligibility", "fhir_mappings", "cds_hooks", "server", "sandbox_ehr", "bench")


@cache
def words_of_medicine() -> tuple[str, ...]:
    """Ids and names of all options."""
    entries = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(OPTIONS.rglob("*.yaml"))]
    return tuple(sorted({word for entry in entries for word in (entry["id"], entry["name"])}))


@cache
def pattern() -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word) for word in sorted(words_of_medicine(), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])", re.IGNORECASE)


def test_the_knowledge_base_names_its_options() -> None:
    assert len(words_of_medicine()) > 100


@pytest.mark.parametrize("package", PROGRAM)
def test_no_module_names_an_option(package: str) -> None:
    named = [
        f"{module.relative_to(ROOT)}:{number}: {found.group()}"
        for module in sorted((ROOT / package).rglob("*.py"))
        for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := pattern().search(line))
    ]
    assert [] == named


def test_an_option_named_in_code_is_noticed() -> None:
    first = words_of_medicine()[0]
    assert pattern().search(f'if option == "{first}":')
    assert not pattern().search(f'if option == "{first}-x":')
