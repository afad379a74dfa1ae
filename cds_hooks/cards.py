"""How cards look: an Assessment laid out as CDS Hooks cards. Layout only; sentences come from `eligibility.wording`.

At most three cards: what fits and why, what is missing, and, when the record contradicts itself or stands
against treatment altogether, what to settle first. Nothing for a patient out of scope (SS-101).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from cds_hooks.card_parts import CardParts, capped, effect, few, name_of, names_of, record_words, sentence, waiting
from cds_hooks.markdown import bold, bullet, escaped, italic, quoted, remark
from eligibility import wording
from eligibility.assessment import Assessment, NextStep, OptionResult, ReasonKind, Status
from eligibility.facts import Fact, FactStatus, Severity

__all__ = ["CardSettings", "cards_for"]

MOST_BULLETS = 6
MOST_CHART_LINES = 10

NON_ADHERENCE = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"

OVERRIDE_REASONS = (
    (NON_ADHERENCE, "patient-ineligible", "Not applicable to this patient"),
    (NON_ADHERENCE, "action-completed", "Already decided at tumour board"),
    (NON_ADHERENCE, "patient-refuses", "Patient preference"),
    (None, "data-wrong", "Data out of date or wrong"),
    (NON_ADHERENCE, "recipient-disagrees-evidence", "Disagree with rule"),
)
"""System (None: our own), code and words of the reasons for setting a card aside (CH-118, CH-119)."""


@dataclass(frozen=True, slots=True)
class CardSettings:
    """What cards need to know of the service. `public_base` is its configured address, without a slash at the end."""

    public_base: str
    open_demo: bool = False
    smart_launch_url: str | None = None


Card = dict[str, Any]


def cards_for(assessment: Assessment, settings: CardSettings, read_at: datetime) -> list[Card]:
    """The cards for opening a chart, most important first. `read_at` is when the record was read."""
    if assessment.withheld is not None:
        return _withheld(assessment, settings, read_at)
    if assessment.in_scope is False:
        return []
    layout = _Layout(assessment, settings, read_at)
    if assessment.in_scope is None and not assessment.facts["liver.lesion_nature"].candidates:
        return [layout.cannot_tell()]
    cards = [layout.safety(), layout.overview(), layout.missing()]
    return [card for card in cards if card is not None]


def _withheld(assessment: Assessment, settings: CardSettings, read_at: datetime) -> list[Card]:
    """One plain card; none when the record is complete and has no cancer in the liver: nothing is withheld then."""
    mixed = any(n.severity is Severity.ERROR for n in assessment.notices)
    if assessment.in_scope is False and not mixed:
        return []
    assert assessment.withheld is not None
    layout = _Layout(assessment, settings, read_at)
    first, *more = assessment.withheld.rstrip(".").split(". ")
    summary = wording.cut("; ".join([first, *(part[:1].lower() + part[1:] for part in more)]) + ".")  # one sentence
    return [layout.card("withheld", summary, [escaped(assessment.withheld)], "info")]


class _Layout(CardParts):
    """Builds the cards of one answer."""

    def __init__(self, assessment: Assessment, settings: CardSettings, read_at: datetime) -> None:
        super().__init__(assessment)
        self._settings = settings
        self._read_at = read_at

    def card(self, topic: str, summary: str, paragraphs: Sequence[str], indicator: str) -> Card:
        """One card with everything that each of ours carries (CH-80 to CH-88, SS-104)."""
        base = self._settings.public_base
        links = [
            {"label": "The rules and their sources", "url": f"{base}/about/rulebook/", "type": "absolute"},
            {"label": "How Hepatica works", "url": f"{base}/about/", "type": "absolute"},
        ]
        if self._settings.smart_launch_url:
            links.insert(
                0, {"label": "Open Hepatica for this patient", "url": self._settings.smart_launch_url, "type": "smart"}
            )
        return {
            "uuid": str(uuid4()),
            "summary": summary,
            "detail": "\n\n".join([*paragraphs, italic(self._closing_line())]),
            "indicator": indicator,
            "source": {
                "label": "Hepatica, liver metastasis options",
                "url": f"{base}/about/",
                "topic": {"system": f"{base}/about/topics", "code": topic},
            },
            "overrideReasons": [
                {"system": system or f"{base}/about/override-reasons", "code": code, "display": display}
                for system, code, display in OVERRIDE_REASONS
            ],
            "links": links,
        }

    def _closing_line(self) -> str:
        """Who checked the rules, how fresh the record is, and whether the caller was verified."""
        at = self._read_at
        parts = [wording.review_words(self._assessment.knowledge)]
        if self._assessment.newest is not None:
            parts.append(f"Newest data {wording.day(self._assessment.newest)}.")
        parts.append(f"Record read {wording.day(at.date())}, {at:%H:%M} {at.tzname() or ''}".rstrip() + ".")
        if self._settings.open_demo:
            parts.append("Demo: caller not verified.")
        return " ".join(parts)

    def overview(self) -> Card:
        """What fits, what is in the way, what is missing, and the values it all rests on."""
        fitting = self._assessment.with_status(Status.RECOMMENDED, Status.MAY_CONSIDER)
        treatments = [o for o in fitting if o.option.cancer_directed]
        treatments.sort(key=lambda o: o.status is not Status.RECOMMENDED)
        paragraphs = [
            self._lead(treatments, [o for o in fitting if not o.option.cancer_directed]),
            escaped(wording.knowledge_gap(self._assessment)),
            self._why(treatments),
            self._cautions(treatments),
            self._in_the_way(),
            self._missing_in_short(),
            self._from_the_chart(),
            self._confirm(treatments),
            self.not_read(),
        ]
        return self.card("overview", wording.headline(self._assessment), [p for p in paragraphs if p], "info")

    def cannot_tell(self) -> Card:
        """Not a finding, not an all-clear: the problem list was not read completely."""
        reason = self._assessment.scope_reason
        paragraphs = [p for p in (escaped(reason), self.not_read()) if p]
        return self.card("cannot-tell", wording.cut(reason), paragraphs, "info")

    def _lead(self, treatments: Sequence[OptionResult], support: Sequence[OptionResult]) -> str:
        first = [o for o in treatments if o.status is Status.RECOMMENDED]
        second = [o for o in treatments if o.status is Status.MAY_CONSIDER]
        if first:
            text = f"{bold('Worth considering:')} {names_of(first)}."
            text += f" May be considered: {names_of(second)}." if second else ""
        elif second:
            text = f"{bold('Worth considering:')} nothing without reserve. May be considered: {names_of(second)}."
        else:
            waiting = self._assessment.with_status(Status.NEEDS_DATA)
            count = sum(o.option.cancer_directed for o in waiting)
            waits = f"; {count} need{'s' if count == 1 else ''} data" if count else ""
            text = f"{bold('Worth considering:')} nothing on what is known{waits}."
        return f"{text} Also: {names_of(support)}." if support else text

    def _why(self, treatments: Sequence[OptionResult]) -> str:
        lines = []
        for result in treatments[: 2 * MOST_BULLETS]:
            facts = [self.phrase(f) for f in wording.carrying_facts(self._assessment, result)]
            line = (
                f"{bold(name_of(result))}: {escaped(wording.listing(facts))}." if facts else f"{bold(name_of(result))}."
            )
            if result.downgrades:
                line += f" May be considered: {escaped(result.downgrades[0].say)}."
            elif result.status is Status.MAY_CONSIDER:
                line += " May be considered: selected use."
            lines.append(bullet(line))
        return "\n".join(lines)

    def _cautions(self, treatments: Iterable[OptionResult]) -> str:
        found: dict[str, list[str]] = {}
        for result in treatments:
            for caution in result.cautions:
                if not caution.when.startswith("unknown("):
                    found.setdefault(caution.say, []).append(name_of(result))
        if not found:
            return ""
        lines = [bullet(f"{escaped(say)} ({escaped(few(names))}).") for say, names in found.items()]
        return "\n".join([bold("Caution:"), "", *capped(lines, MOST_BULLETS, "caution")])

    def _in_the_way(self) -> str:
        stopped = [o for o in self._assessment.with_status(Status.NOT_NOW) if o.option.cancer_directed]
        if not stopped:
            return f"{bold('In the way:')} nothing."
        opposed = [o for o in stopped if any(r.kind is not ReasonKind.INDICATION for r in o.decisive)]
        shown = opposed[:MOST_BULLETS] or stopped[:3]
        lines = [bullet(f"{bold(name_of(o))}: {escaped(wording.deciding_reason(self._assessment, o))}.") for o in shown]
        rest = len(stopped) - len(shown)
        if rest:
            kind = "further option is" if rest == 1 else "further options are"
            lines.append(
                bullet(
                    f"{rest} {kind} not for now: what {'it asks' if rest == 1 else 'they ask'} for is not met."
                    if len(opposed) <= MOST_BULLETS
                    else f"{rest} {kind} not for now."
                )
            )
        return "\n".join([bold("In the way:"), "", *lines])

    def _missing_in_short(self) -> str:
        steps = self.steps()[:3]
        if not steps:
            return f"{bold('Missing:')} nothing that an option waits for."
        parts = [f"{s.test} ({self.labels(s.facts)}), {effect(len(s.settles), len(s.narrows))}" for s in steps]
        return f"{bold('Missing, most useful first:')} {escaped('; '.join(parts))}."

    def _from_the_chart(self) -> str:
        """The values with their dates, the resource each was read from, and the record's own words in code spans."""
        lines = []
        for fact in self._chart_facts():
            first = fact.evidence[0]
            line = f"{escaped(self.phrase(fact))}, {quoted(first.reference)}"
            if first.text:
                line += f": {quoted(first.text)}"
            lines.append(bullet(line))
        if not lines:
            return ""
        return "\n".join([bold("From the chart, quoted:"), "", *capped(lines, MOST_CHART_LINES, "value")])

    def _chart_facts(self) -> list[Fact]:
        """Facts that decided something shown, with evidence: diagnosis first, then in the order of the catalogue."""
        used: set[str] = {"dx.primary", "liver.lesion_nature"}
        for result in self._assessment.with_status(Status.RECOMMENDED, Status.MAY_CONSIDER):
            if result.option.cancer_directed:
                used.update(f.id for f in wording.carrying_facts(self._assessment, result))
                used.update(f for r in (*result.downgrades, *result.cautions) for f in r.facts)
        for result in self._assessment.with_status(Status.NOT_NOW):
            used.update(f for r in result.decisive[:1] for f in r.facts)
        facts = [self._assessment.facts[f] for f in sorted(self._catalogue, key=wording.telling) if f in used]
        diagnosis = [f for f in facts if f.id in ("dx.primary", "liver.lesion_nature")]
        return [f for f in (*diagnosis, *(f for f in facts if f not in diagnosis)) if f.decides and f.evidence]

    def _confirm(self, treatments: Iterable[OptionResult]) -> str:
        items = dict.fromkeys(c for result in treatments for c in result.confirm)
        if not items:
            return ""
        return f"{bold('Not recorded, confirm before ordering:')} {escaped(self.labels(items))}."

    def missing(self) -> Card | None:
        """What would settle most, most useful first, and what is recorded but cannot be used."""
        steps = self.steps()
        if not steps:
            return None
        lines = []
        for place, step in enumerate(steps[:MOST_BULLETS], 1):
            line = f"{place}. {bold(sentence(step.test))} ({escaped(self.labels(step.facts))})"
            if step.settles:
                line += f": settles {escaped(self.option_names(step.settles))}"
            if step.settles and step.narrows:
                line += f"; narrows {len(step.narrows)} more"
            elif step.narrows:
                line += f": {effect(0, len(step.narrows))}"
            lines.append(line + ".")
        if len(steps) > MOST_BULLETS:
            lines.append(f"\n{waiting(len(steps) - MOST_BULLETS, 'further')}.")
        more = f", and {waiting(len(steps) - 1, 'more')}" if len(steps) > 1 else ""
        summary = f"Most useful next: {steps[0].test}; {effect(len(steps[0].settles), len(steps[0].narrows))}{more}"
        paragraphs = [f"{bold('Needed, most useful first')}\n\n" + "\n".join(lines), self._unusable(steps)]
        return self.card("missing", summary, [p for p in paragraphs if p], "info")

    def _unusable(self, steps: Sequence[NextStep]) -> str:
        """Values that are there and do not decide: too old, preliminary, disputed, read from text."""
        lines = []
        for fact_id in dict.fromkeys(f for s in steps for f in s.facts):
            fact = self._assessment.facts[fact_id]
            if fact.status is FactStatus.STALE and fact.value is not None:
                lines.append(bullet(f"{escaped(self.phrase(fact))}: {remark(fact.why)}."))
            elif fact.status is FactStatus.SUGGESTED or (fact.status is FactStatus.UNKNOWN and fact.candidates):
                lines.append(
                    bullet(f"{escaped(self._catalogue[fact_id].label)}: {remark(fact.why)}.{record_words(fact)}")
                )
        return "\n".join([bold("Recorded, but not usable:"), "", *lines]) if lines else ""

    def safety(self) -> Card | None:
        """When results contradict each other, or the patient's state stands against treatment as a whole."""
        disputed = [f for f in self._assessment.facts.values() if f.status is FactStatus.CONFLICTING]
        standing = [self._assessment.facts[f] for f in ("drv.decompensated", "pt.pregnancy_status") if self._stands(f)]
        if not disputed and not standing:
            return None
        paragraphs = []
        if standing:
            lines = [bullet(f"{escaped(self.phrase(f))}{escaped(self._because(f))}.") for f in standing]
            paragraphs.append("\n".join([bold("Stands against most treatments:"), "", *lines]))
        if disputed:
            lines = [line for fact in disputed for line in self._dispute(fact)]
            paragraphs.append("\n".join([bold("Results that disagree, so they count as not known:"), "", *lines]))
        return self.card(
            "settle-first", self._safety_summary(disputed, standing), paragraphs, "warning" if disputed else "info"
        )

    def _stands(self, fact_id: str) -> bool:
        fact = self._assessment.facts[fact_id]
        return fact.decides and (fact.value is True or str(fact.value).startswith("pregnant"))

    def _because(self, fact: Fact) -> str:
        inputs = [
            self.phrase(self._assessment.facts[i]) for i in fact.inputs if self._assessment.facts[i].value is not None
        ]
        return f": {wording.listing(inputs)}" if inputs else ""

    def _safety_summary(self, disputed: Sequence[Fact], standing: Sequence[Fact]) -> str:
        lead = "Settle first: " + "; ".join(self.phrase(f, dated=False) for f in standing)
        if not disputed:
            return lead
        lead += "; " if standing else ""
        labels = [self._catalogue[f.id].label for f in disputed]
        return wording.fitted(
            lead,
            [
                f"results on {wording.listing(labels)} disagree and count as not known",
                f"results on {labels[0]} disagree, and {len(labels) - 1} more",
                f"{len(labels)} results disagree",
            ],
        )

    def _dispute(self, fact: Fact) -> list[str]:
        definition = self._catalogue[fact.id]
        lines = [bullet(f"{bold(definition.label)}: {remark(fact.why)}.")]
        for finding in fact.candidates[:4]:
            if finding.value is None:
                continue
            when = wording.day(finding.effective) if finding.effective else "undated"
            specimen = f", {wording.SPECIMEN_WORDS[finding.specimen]}" if finding.specimen else ""
            line = f"{escaped(wording.value_words(definition, finding.value))}, {when}{specimen}"
            for evidence in finding.evidence[:1]:
                line += f", {quoted(evidence.reference)}" + (f": {quoted(evidence.text)}" if evidence.text else "")
            lines.append("  " + bullet(line))
        return lines
