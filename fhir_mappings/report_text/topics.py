"""Clauses by topic: those that name it, and those that stand under a label or heading that does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.report_text.assertion import assertion_at, earlier
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion

__all__ = ["asserted", "topic_clauses"]


def topic_clauses(
    sentences: Sequence[Sentence], topic: re.Pattern[str]
) -> Iterator[tuple[Sentence, str, re.Match[str]]]:
    """Each clause that names a topic, or stands under a label or heading that does ("ASCITES / Large volume")."""
    for s in sentences:
        if not s.section.now or s.unread:
            continue
        for c in s.clauses:
            found = topic.search(c)
            if found is None:
                about = s.label if topic.search(s.label) else s.heading
                if not about or len(c) > 120 or c.startswith(about):
                    continue
                c = f"{about}: {c}"
                found = topic.search(about) and topic.search(c)
            if found:
                yield s, c, found


def asserted(s: Sentence, clause: str, found: re.Match[str]) -> Assertion:
    """How a clause puts what was found in it; a sentence about an earlier scan affirms nothing."""
    put = assertion_at(clause, found.start(), found.end())
    return Assertion.COMPARISON if put is Assertion.AFFIRMED and earlier(s.words) else put
