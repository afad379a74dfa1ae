"""What the check finds in the knowledge base that comes with the program; it takes seconds, so it runs once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from eligibility.checking.check import Checked, check_knowledge
from eligibility.checking.flaws import FlawKind
from eligibility.knowledge.model import Option


@cache
def checked() -> Checked:
    """The result of the check."""
    return check_knowledge(files("eligibility.knowledge"))


def to_mend(option: Option, *kinds: FlawKind) -> list[str]:
    """What there is to mend in an option's file; of some kinds, or all."""
    file = f"options/{option.family.id}/{option.id}.yaml"
    return [str(flaw) for flaw in checked().of(file) if not kinds or flaw.kind in kinds]
