"""`hepatica evaluate --replay`: stored answers are made again from what is stored with them (SS-95)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eligibility.engine import assess
from eligibility.facts import Notice
from eligibility.knowledge.model import KnowledgeBase
from eligibility.replay import ReplayError, Stored, stored_answer, stored_notice
from fhir_mappings.strict_json import UnreadableJson, read_json
from server.evaluate import Case
from server.named_facts import UnusableInput

__all__ = ["replayed_cases"]


def replayed_cases(body: bytes, name: str, knowledge: KnowledgeBase) -> Iterator[Case]:
    """The cases of a file that `hepatica evaluate --format json` wrote, or of one assessment out of it.

    Everything is checked before the first case is judged. Raises UnusableInput naming the file, what is wrong with
    it, or which other rules made its answers.
    """
    try:
        content = read_json(body)
    except UnreadableJson as problem:
        raise UnusableInput(f"{name} was not read. {problem}" if body.strip() else f"{name} is empty.") from None
    documents: list[object] = [content]
    notices: list[object] = []
    if isinstance(content, dict) and isinstance(held := content.get("assessments"), list):
        documents, notices = held, content.get("notices") or []
    try:
        unborne = tuple(stored_notice(n) for n in notices)
        stored = [stored_answer(document) for document in documents]
    except ReplayError as problem:
        raise UnusableInput(f"{name} cannot be replayed: {problem}") from None
    for each in stored:
        _refuse_other_rules(each, name, knowledge)
    return (_case(each, knowledge, unborne) for each in stored)


def _refuse_other_rules(stored: Stored, name: str, knowledge: KnowledgeBase) -> None:
    if stored.sha256 != knowledge.sha256:
        raise UnusableInput(
            f"{name} was judged by rules {stored.version} ({stored.sha256[:8]}), and the rules in use are "
            f"{knowledge.version} ({knowledge.sha256[:8]}): only the same rules repeat an answer."
        )


def _case(stored: Stored, knowledge: KnowledgeBase, unborne: tuple[Notice, ...]) -> Case:
    signed = replace(knowledge, sign_off=stored.sign_off)
    return Case(assess(stored.patient, signed, stored.on), stored.identifier, stored.resources, unborne)
