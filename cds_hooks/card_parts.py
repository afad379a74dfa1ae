"""Phrases that several cards share: facts, options, questions and gaps in words. What a card consists of: `cards`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cds_hooks.markdown import bold, bullet, escaped, quoted, remark
from eligibility import wording
from eligibility.assessment import Assessment, NextStep, OptionResult, Status
from eligibility.facts import Fact, Notice, Obtained, ReadState, Severity

__all__ = ["CardParts", "capped", "effect", "few", "name_of", "names_of", "record_words", "sentence", "waiting"]

MOST_NOTES = 16


class CardParts:
    """Parts of cards about one assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._catalogue = assessment.knowledge.catalogue

    def phrase(self, fact: Fact, *, dated: bool = True) -> str:
        """A fact in words; one read from a report says so."""
        definition = self._catalogue[fact.id]
        phrase = wording.fact_phrase(fact, definition, dated=dated)
        return f"{phrase} (from a report, not confirmed)" if fact.obtained is Obtained.NARRATIVE else phrase

    def labels(self, facts: Iterable[str]) -> str:
        """What facts are called, listed."""
        return wording.listing(dict.fromkeys(self._catalogue[f].label for f in facts))

    def option_names(self, ids: Sequence[str]) -> str:
        """What options are called, four at most."""
        names = [wording.short_name(self._assessment.knowledge.option(i).name) for i in ids]
        return few(names, 4)

    def steps(self) -> list[NextStep]:
        """What a treatment waits for; coordination alone is no reason for a card."""
        treatments = {o.option.id for o in self._assessment.with_status(Status.NEEDS_DATA) if o.option.cancer_directed}
        return [s for s in self._assessment.next_steps if not treatments.isdisjoint((*s.settles, *s.narrows))]

    def not_read(self) -> str:
        """Sources that were not read completely, and what could not be used (SS-12, SS-49)."""
        assessment = self._assessment
        unread = sorted(s for s, reading in assessment.readings.items() if reading.state is not ReadState.COMPLETE)
        lines = [bullet(_note(n)) for n in assessment.notices if n.severity is not Severity.INFORMATION]
        if unread and not lines:
            lines = [bullet(escaped(f"{wording.listing(unread)}: not read completely."))]
        if not lines:
            return ""
        lead = "Not read, so not known; no option that needs it is shown as fitting:"
        return "\n".join([bold(lead), "", *capped(lines, MOST_NOTES, "note")])


def name_of(result: OptionResult) -> str:
    """An option's name, short."""
    return wording.short_name(result.option.name)


def names_of(results: Sequence[OptionResult]) -> str:
    """The names of options, five at most."""
    return escaped(few([name_of(r) for r in results], 5, "; "))


def few(names: Sequence[str], most: int = 2, joint: str = ", ") -> str:
    """The first names, and how many more there are."""
    unique = list(dict.fromkeys(names))
    if len(unique) <= most:
        return joint.join(unique)
    return f"{joint.join(unique[:most])} and {len(unique) - most} more"


def capped(lines: Sequence[str], most: int, noun: str) -> list[str]:
    """The first lines, and how many more there are: nothing is left out without a word."""
    if len(lines) <= most + 1:  # one line more is no longer than the line that counts it
        return list(lines)
    return [*lines[:most], bullet(f"{len(lines) - most} further {noun}s.")]


def waiting(count: int, kind: str) -> str:
    """`1 further item waits`, `5 more items wait`."""
    return f"{count} {kind} item{'s wait' if count > 1 else ' waits'}"


def effect(settles: int, narrows: int) -> str:
    """What the answer to a question would do: `settles 3 options`."""
    if settles:
        return f"settles {settles} option{'s' if settles > 1 else ''}"
    return f"narrows {narrows} option{'s' if narrows > 1 else ''}"


def sentence(text: str) -> str:
    """A phrase as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def record_words(fact: Fact) -> str:
    """What the record says in its own words, quoted; empty when it has none."""
    texts = [e.text for e in fact.evidence if e.text]
    return f" From the chart, quoted: {quoted(texts[0])}" if texts else ""


def _note(notice: Notice) -> str:
    """A notice, and the resource it is about where its own sentence does not name it."""
    named = notice.reference is None or notice.reference in notice.text
    return remark(notice.text) if named else f"{remark(notice.text)} {quoted(str(notice.reference))}"
