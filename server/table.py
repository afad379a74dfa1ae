"""One assessment as a page of text: what fits, what stands in the way, what is missing, and on what it rests.

Layout only; sentences come from `eligibility.wording`. Words carry the meaning, a sign repeats it, colour only helps
where there is any. Nothing is ever cut but quoted text of the record, which is made plain first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console

from eligibility import wording
from eligibility.assessment import Assessment, NextStep, OptionResult, Status
from eligibility.facts import Evidence, Fact, FactStatus, Finding, Notice, Obtained, ReadState, Severity
from server.page import Page
from server.plain_text import plain

__all__ = ["STANDING", "print_assessment", "print_set_aside"]

STANDING: Final = ("old-data", "undated-data")
"""Notices that concern the answer as a whole and stand above it."""

_MOST_STEPS: Final = 7
_MOST_NAMED: Final = 4
_MOST_PLACES: Final = 3
_SHARED_BY: Final = 3  # options of a group that share a caution, from which on it is said once and pointed to
_SET_ASIDE: Final = "Could not be read, or was set aside"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_SIGNS: Final = {
    Status.RECOMMENDED: ("+", "green"),
    Status.MAY_CONSIDER: ("~", "green"),
    Status.NEEDS_DATA: ("?", "yellow"),
    Status.NOT_NOW: ("-", "magenta"),
    Status.NOT_APPLICABLE: (".", "default"),
}


def print_assessment(
    console: Console,
    assessment: Assessment,
    *,
    identifier: str | None = None,
    looked_at: Mapping[str, int] | None = None,
    everything: bool = False,
) -> None:
    """Write one assessment.

    `identifier` is the caller's name for the case. `looked_at` counts the resources of the record by type; None says
    that facts were given by name. `everything` lists what is else only counted.
    """
    sheet = _Sheet(console, assessment, everything)
    sheet.head(identifier, looked_at)
    if assessment.withheld is not None:
        sheet.say(assessment.withheld, "bold")
    elif assessment.in_scope or (assessment.in_scope is None and assessment.facts["liver.lesion_nature"].candidates):
        sheet.answer()
    else:
        sheet.say(assessment.scope_reason, "bold")
        if assessment.in_scope is None:
            sheet.say("No options are shown.")
        if looked_at is not None:
            sheet.say(wording.looked_at(looked_at))
    sheet.notices()
    sheet.foot()


def print_set_aside(page: Page, notices: Sequence[Notice]) -> None:
    """Write what could not be read, or was set aside; nothing when there is nothing."""
    if not notices:
        return
    page.heading(_SET_ASIDE)
    _list_notices(page, notices)


def _list_notices(page: Page, notices: Iterable[Notice]) -> None:
    for notice in notices:
        mark = "" if notice.severity is Severity.INFORMATION else "! "
        page.say(mark + plain(notice.text, 1000), indent=2)


class _Sheet(Page):
    """Writes the parts of one assessment, top to bottom."""

    def __init__(self, console: Console, assessment: Assessment, everything: bool) -> None:
        super().__init__(console)
        self._assessment = assessment
        self._catalogue = assessment.knowledge.catalogue
        self._everything = everything

    # The head

    def head(self, identifier: str | None, looked_at: Mapping[str, int] | None) -> None:
        """Who, when, and what concerns the answer as a whole."""
        assessment = self._assessment
        name = plain(identifier or assessment.patient or "", 120)
        if not name:
            name = "Facts given by name" if looked_at is None else "A patient without an id"
        who = ", ".join(filter(None, (self._known_words("pt.age"), self._known_words("pt.sex"))))
        self.say(f"{name}   {who}" if who else name, "bold")
        when = f"As of {wording.day(assessment.on)}."
        if assessment.newest is not None:
            when += f" Newest data {wording.day(assessment.newest)}."
        if looked_at is None and name != "Facts given by name":
            when += " Facts given by name."
        self.say(when)
        for notice in assessment.notices:
            if notice.code in STANDING:
                self.say(f"! {notice.text}", "bold")
        self.blank()

    def _known_words(self, fact_id: str) -> str:
        fact = self._assessment.facts[fact_id]
        return (
            wording.value_words(self._catalogue[fact_id], fact.value) if fact.decides and fact.value is not None else ""
        )

    # The answer

    def answer(self) -> None:
        """What fits, what stands in the way, what is missing, on what it rests."""
        self.say(wording.headline(self._assessment), "bold")
        if gap := wording.knowledge_gap(self._assessment):
            self.say(f"! {gap}")
        pointers = self._pointers()
        if pointers:
            self.say("! " + " ".join(pointers))
        for status in _SIGNS:
            self._group(status)
        self._next_steps()
        self._confirm()
        self._disputes()
        self._unusable()
        self._basis()
        if self._everything:
            self._sources()

    def _pointers(self) -> list[str]:
        """What the reader has to know before the options: where the record contradicts itself or was not read."""
        disputed = [self._label(f) for f in self._disputed()]
        found = [f"Results disagree and count as not known: {wording.listing(disputed)}."] if disputed else []
        if self._unread() or any(n.severity is not Severity.INFORMATION for n in self._others()):
            found.append("Not everything could be read: see the end.")
        return found

    def _group(self, status: Status) -> None:
        results = self._assessment.with_status(status)
        treatments = [r for r in results if r.option.cancer_directed]
        support = [r for r in results if not r.option.cancer_directed]
        sign, colour = _SIGNS[status]
        title = f"{sign} {wording.STATUS_WORDS[status]}: {_count(len(treatments), 'treatment')}"
        title += f", {len(support)} of coordination and support" if support else ""
        if status is Status.NOT_APPLICABLE and not self._everything:
            self.heading(f"{title}. --all lists them.", colour)
            return
        self.heading(title, f"bold {colour}")
        self.say(wording.STATUS_MEANINGS[status], "italic", indent=2)
        if status.fits:
            self._fitting(treatments)
        elif status is Status.NEEDS_DATA:
            self._waiting(treatments)
        else:
            self._reasons(treatments)
        if support:
            self.say("Coordination and support:", indent=2)
            if status is Status.NEEDS_DATA:
                self._waiting(support, indent=4)
            else:
                self._reasons(support, indent=4)

    def _fitting(self, results: Sequence[OptionResult]) -> None:
        shared = self._shared_cautions(results)
        for caution, letter in shared.items():
            self.row(f"({letter})", f"Caution: {caution}", indent=2, label_width=4)
        for result in results:
            self.say(result.option.name, "bold", indent=2)
            self.row("Why", self._why(result))
            for downgrade in result.downgrades:
                self.row("But", f"{downgrade.say}; certainty: {wording.certainty_words(downgrade.certainty)}")
            cautions = list(dict.fromkeys(c.say for c in result.cautions))
            lines = [say for say in cautions if say not in shared]
            pointed = " ".join(f"({shared[say]})" for say in cautions if say in shared)
            for place, line in enumerate([*lines, pointed] if pointed else lines):
                self.row("" if place else "Caution", line)
            if result.confirm:
                self.row("Confirm", self._confirm_words(result))

    def _why(self, result: OptionResult) -> str:
        return self._carrying(result) or wording.deciding_reason(self._assessment, result)

    def _carrying(self, result: OptionResult) -> str:
        """The facts that carry an option; apart by semicolons, since the words of a value may hold commas."""
        return "; ".join(self._phrase(f) for f in wording.carrying_facts(self._assessment, result))

    def _confirm_words(self, result: OptionResult) -> str:
        if self._everything or len(result.confirm) <= _MOST_NAMED:
            return f"{self._labels(result.confirm)} (not recorded)"
        return f"{len(result.confirm)} items that are not recorded; they are listed below"

    def _shared_cautions(self, results: Sequence[OptionResult]) -> dict[str, str]:
        """Cautions that several options of a group share, each with the letter that points to it."""
        counts: dict[str, int] = {}
        for result in results:
            for caution in {c.say: None for c in result.cautions}:
                counts[caution] = counts.get(caution, 0) + 1
        return dict(zip((say for say, count in counts.items() if count >= _SHARED_BY), _LETTERS, strict=False))

    def _waiting(self, results: Sequence[OptionResult], *, indent: int = 2) -> None:
        for result in results:
            self.say(result.option.name, "bold", indent=indent)
            known = self._carrying(result)
            if known:
                self.row("Known", known, indent=indent + 2)
            needs = dict.fromkeys(self._need(f) for f in result.missing)
            self.row("Needs", wording.listing(needs), indent=indent + 2)

    def _need(self, fact_id: str) -> str:
        fact = self._assessment.facts[fact_id]
        if fact.status in (FactStatus.UNKNOWN, FactStatus.KNOWN):
            return self._label(fact)
        return f"{self._label(fact)} ({wording.fact_state(fact)})"

    def _reasons(self, results: Sequence[OptionResult], *, indent: int = 2) -> None:
        for result in results:
            reason = wording.deciding_reason(self._assessment, result)
            name = result.option.name
            self.row("", f"{name}: {reason}" if reason else name, indent=indent, label_width=0, bold=len(name), hang=2)

    # What is missing

    def _next_steps(self) -> None:
        steps = [s for s in self._assessment.next_steps if s.settles or s.narrows]
        self.heading("Most useful next")
        if not steps:
            self.say("Nothing that an option waits for.", indent=2)
        shown = steps if self._everything else steps[:_MOST_STEPS]
        for place, step in enumerate(shown, 1):
            self.row(f"{place}.", self._step(step), indent=2, label_width=4)
        if len(shown) < len(steps):
            self.say(f"{len(steps) - len(shown)} further items wait. --all lists them.", indent=2)

    def _step(self, step: NextStep) -> str:
        words = f"{step.test[:1].upper()}{step.test[1:]} ({self._labels(step.facts)}): "
        names = [wording.short_name(self._assessment.knowledge.option(i).name) for i in step.settles]
        effects = [f"settles {wording.listing(dict.fromkeys(names))}"] if names else []
        if step.narrows:
            effects.append(f"narrows {_count(len(step.narrows), 'more option' if names else 'option')}")
        return words + "; ".join(effects)

    def _confirm(self) -> None:
        fitting = [r for r in self._assessment.options if r.status.fits and r.option.cancer_directed]
        items = dict.fromkeys(f for r in fitting for f in r.confirm)
        if items:
            self.heading("Not recorded, confirm before ordering")
            self.say(f"{self._labels(items)}.", indent=2)

    # What cannot be relied on

    def _disputed(self) -> list[Fact]:
        return [f for f in self._assessment.facts.values() if f.status is FactStatus.CONFLICTING]

    def _disputes(self) -> None:
        disputed = self._disputed()
        if disputed:
            self.heading("Results in dispute, so they count as not known")
        for fact in disputed:
            self.say(f"{self._label(fact)}: {plain(fact.why)}", "bold", indent=2)
            for finding in fact.candidates:
                if finding.value is not None:
                    self.say(self._statement(fact, finding), indent=4)

    def _statement(self, fact: Fact, finding: Finding) -> str:
        assert finding.value is not None
        parts = [wording.value_words(self._catalogue[fact.id], finding.value)]
        parts.append(wording.day(finding.effective) if finding.effective else "undated")
        if finding.specimen:
            parts.append(wording.SPECIMEN_WORDS[finding.specimen])
        return ", ".join([*parts, *_places(finding.evidence)])

    def _unusable(self) -> None:
        """Values that an option waits for, and that are there: too old, not confirmed, preliminary, in an odd unit."""
        waiting = self._assessment.with_status(Status.NEEDS_DATA)
        facts = [self._assessment.facts[f] for f in dict.fromkeys(f for r in waiting for f in r.missing)]
        unusable = [f for f in facts if f.candidates and not f.decides and f.status is not FactStatus.CONFLICTING]
        if unusable:
            self.heading("Recorded, but cannot decide")
        for fact in unusable:
            words = self._phrase(fact) if fact.value is not None else self._label(fact)
            self.say(", ".join([f"{words}: {plain(fact.why)}", *_places(fact.evidence)]), indent=2)

    # On what it rests

    def _basis(self) -> None:
        facts = [f for f in self._used() if f.evidence]
        if facts:
            self.heading("From the record")
        for fact in facts:
            self.say(", ".join([self._phrase(fact), *_places(fact.evidence)]), indent=2)

    def _used(self) -> list[Fact]:
        """What decided something shown, in the order of the catalogue; for a calculated fact, what it is made of."""
        used = {"dx.primary", "liver.lesion_nature"}
        for result in self._assessment.options:
            if result.status.fits or result.status is Status.NEEDS_DATA:
                used.update(f.id for f in wording.carrying_facts(self._assessment, result))
            if result.status.fits:
                used.update(f for r in (*result.downgrades, *result.cautions) for f in r.facts)
            elif result.status is Status.NOT_NOW:
                used.update(f for r in result.decisive[:1] for f in r.facts)
        used = {i for f in used for i in self._made_of(f)}
        return [f for f in (self._assessment.facts[i] for i in self._catalogue if i in used) if f.decides]

    def _made_of(self, fact_id: str) -> Iterable[str]:
        fact = self._assessment.facts[fact_id]
        if fact.obtained is not Obtained.DERIVED or not fact.inputs:
            return (fact_id,)
        return (i for part in fact.inputs for i in self._made_of(part))

    def _sources(self) -> None:
        shown = [r.option for r in self._assessment.options if r.status is not Status.NOT_APPLICABLE]
        cited = sorted({s for option in shown for s in option.sources})
        if cited:
            self.heading("Sources of the rules")
        for source in (self._assessment.knowledge.sources[s] for s in cited):
            self.row(source.id, f"{source.citation}, {source.year}", indent=2, label_width=6)

    def notices(self) -> None:
        """What of the record could not be read, matched or used."""
        others, unread = self._others(), self._unread()
        if not others and not unread:
            return
        self.heading(_SET_ASIDE)
        _list_notices(self, others)
        if unread and all(n.severity is Severity.INFORMATION for n in others):
            self.say(f"! {wording.listing(unread)}: not read completely.", indent=2)

    def _others(self) -> list[Notice]:
        withheld = self._assessment.withheld
        return [n for n in self._assessment.notices if n.code not in STANDING and n.text != withheld]

    def _unread(self) -> list[str]:
        return sorted(s for s, r in self._assessment.readings.items() if r.state is not ReadState.COMPLETE)

    def foot(self) -> None:
        """Who checked the rules."""
        self.blank()
        self.say(wording.review_words(self._assessment.knowledge), "dim")

    # Words

    def _label(self, fact: Fact) -> str:
        return self._catalogue[fact.id].label

    def _labels(self, facts: Iterable[str]) -> str:
        return wording.listing(dict.fromkeys(self._catalogue[f].label for f in facts))

    def _phrase(self, fact: Fact) -> str:
        phrase = wording.fact_phrase(fact, self._catalogue[fact.id])
        return f"{phrase} (from a report, not confirmed)" if fact.obtained is Obtained.NARRATIVE else phrase


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _places(evidence: Sequence[Evidence]) -> list[str]:
    """Where in the record, and its own words, quoted; the first few places where there are many."""
    quotes = [plain(e.text) if e.text else "" for e in evidence]
    named = zip((plain(e.reference, 120) for e in evidence), quotes, strict=True)
    places = list(dict.fromkeys(f'{place}: "{quote}"' if quote else place for place, quote in named))
    rest = len(places) - _MOST_PLACES
    return [*places[:_MOST_PLACES], f"and {rest} more in the record"] if rest > 0 else places
