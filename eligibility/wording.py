"""Results as plain sentences: the only place that phrases them, so that every face says the same.

Short, exact, no orders: "to consider", "stands against", "needs", "confirm", "not known". Values come with
their date and unit. Text from the record is never woven into these sentences: faces quote it apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from eligibility.assessment import Assessment, NextStep, OptionResult, Reason, ReasonKind, Status
from eligibility.catalogue import FactDefinition, FactType
from eligibility.facts import Bound, Fact, FactStatus, Obtained, Scalar, Specimen

if TYPE_CHECKING:
    from eligibility.knowledge.model import KnowledgeBase

__all__ = [
    "BANNED_WORDS",
    "SPECIMEN_WORDS",
    "STATUS_MEANINGS",
    "STATUS_WORDS",
    "carrying_facts",
    "certainty_words",
    "cut",
    "day",
    "deciding_reason",
    "fact_phrase",
    "fact_state",
    "fitted",
    "headline",
    "knowledge_gap",
    "listing",
    "looked_at",
    "number",
    "old_data",
    "review_words",
    "short_name",
    "spoken",
    "subject",
    "telling",
    "value_words",
]

STATUS_WORDS: dict[Status, str] = {
    Status.RECOMMENDED: "To consider",
    Status.MAY_CONSIDER: "May be considered",
    Status.NEEDS_DATA: "Needs data",
    Status.NOT_NOW: "Not now",
    Status.NOT_APPLICABLE: "Not applicable",
}

STATUS_MEANINGS: dict[Status, str] = {
    Status.RECOMMENDED: "what it asks for is met, and nothing known stands against it",
    Status.MAY_CONSIDER: "selected use, weaker evidence, or something that weighs against it",
    Status.NEEDS_DATA: "cannot be told yet",
    Status.NOT_NOW: "something known stands against it, or what it asks for is not met",
    Status.NOT_APPLICABLE: "meant for other patients",
}
"""What a status says, in one line under its heading."""

SPECIMEN_WORDS: dict[Specimen, str] = {
    Specimen.TISSUE: "tissue",
    Specimen.PLASMA: "plasma",
    Specimen.UNREAD: "specimen not read",
}

BANNED_WORDS = ("must", "eligible", "safe", "critical", "recommended treatment", "failed", "start ", "give ")
"""Words that Hepatica's own sentences never use: it informs, it does not order and it does not reassure."""

_CERTAINTY = {
    "A": "label, trial or guideline",
    "B": "widely used, numbers vary",
    "C": "expert opinion",
    "D": "project convention",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {"a": "years", "10*9/L": "× 10⁹/L", "d": "days", "mo": "months", "[degF]": "°F", "umol/L": "µmol/L",
          "mL/min/{1.73_m2}": "mL/min/1.73 m²", "mL/min/1.73 m2": "mL/min/1.73 m²"}  # fmt: skip
_GENERIC = {"drv.target_primary", "liver.lesion_nature", "dx.cancer_status", "dx.primary", "dx.active_primaries",
            "dx.stage", "drv.flr_required_pct"}  # fmt: skip
_TELLING = {section: place for place, section in enumerate(("bm", "liver", "dx", "tx", "sf", "drv", "lab", "pt"))}
"""What carries an option most, by section: its biomarkers first, the usual laboratory limits last."""


def certainty_words(mark: str | None) -> str:
    """What a certainty letter means, in words."""
    return _CERTAINTY.get(mark or "", "not marked")


def spoken(count: int) -> str:
    """A small number as a word."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def listing(items: Iterable[str]) -> str:
    """`a, b and c`."""
    parts = list(items)
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def day(when: date) -> str:
    """`19 Nov 2026`."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def number(value: Decimal) -> str:
    """At most two decimals, three below one; no trailing zeros, a true minus sign."""
    places = Decimal("0.01") if abs(value) >= 1 else Decimal("0.001")
    rounded = value.quantize(places, ROUND_HALF_EVEN) if value != value.to_integral_value() else value
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def _unit_words(unit: str | None) -> str:
    if unit is None or unit.startswith("{") or unit in ("1", "%"):
        return "%" if unit == "%" else ""
    return " " + _UNITS.get(unit, unit)


def value_words(definition: FactDefinition, value: Scalar) -> str:
    """A value alone, with its unit and its echo in a second unit: `1.6 mg/dL (27 µmol/L)`."""
    if isinstance(value, bool):
        return definition.values.get("true" if value else "false", f"{definition.label}: {'yes' if value else 'no'}")
    if isinstance(value, frozenset):
        return listing(definition.values.get(v, v) for v in sorted(value)) or "none"
    if isinstance(value, str):
        return definition.values.get(value, value)
    sign, amount = (value.comparator, value.limit) if isinstance(value, Bound) else ("", value)
    words = f"{sign}{number(amount)}{_unit_words(definition.unit)}"
    if definition.also is not None:
        second = Fraction(amount) * definition.also.factor
        words += f" ({sign}{round(second)} {definition.also.label})"
    return words


def fact_phrase(fact: Fact, definition: FactDefinition, *, dated: bool = True) -> str:
    """A fact in a sentence: `bilirubin 1.6 mg/dL (27 µmol/L, 19 Nov 2026)`, `RAS wild type (3 May 2026)`."""
    if fact.value is None:
        return f"{definition.label} {fact_state(fact)}"
    words = value_words(definition, _rounded(fact))
    if definition.type.numeric:
        words = definition.values.get(str(fact.value), f"{definition.label} {words}")
    elif definition.type is FactType.SET:
        words = f"{definition.label}: {words}"
    if not dated or fact.effective is None or fact.obtained is Obtained.DERIVED:
        return words
    return f"{words[:-1]}, {day(fact.effective)})" if words.endswith(")") else f"{words} ({day(fact.effective)})"


def _rounded(fact: Fact) -> Scalar:
    """A computed number to the digits that mean something; a measured one as the record has it."""
    value = fact.value
    assert value is not None
    if fact.obtained is not Obtained.DERIVED or not isinstance(value, Decimal):
        return value
    for places in ("0.1", "0.01", "0.001") if abs(value) >= 5 else ("0.01", "0.001"):
        rounded = value.quantize(Decimal(places))
        if rounded != rounded.to_integral_value():
            return rounded
    return value  # never rounded onto a limit that it does not reach: 44.99 does not read "45"


def fact_state(fact: Fact) -> str:
    """Why a fact does not decide, in a few words."""
    states = {
        FactStatus.CONFLICTING: "in dispute",
        FactStatus.STALE: "too old",
        FactStatus.SUGGESTED: "read from a report, not confirmed",
        FactStatus.UNKNOWN: "not known",
        FactStatus.KNOWN: "known",
    }
    return states[fact.status]


def telling(fact: str) -> int:
    """How much a fact tells about a choice, by its section: biomarkers first, usual laboratory limits last."""
    return _TELLING.get(fact.partition(".")[0], len(_TELLING))


def carrying_facts(assessment: Assessment, result: OptionResult, most: int = 3) -> tuple[Fact, ...]:
    """The two or three facts that carry an option: those its indications rest on, else those it requires."""
    carried: list[str] = []
    for kind in (ReasonKind.UPGRADE, ReasonKind.INDICATION, ReasonKind.REQUIRED):
        for reason in result.reasons:
            if reason.kind is kind and reason.result is True:
                carried += [f for f in reason.facts if f not in _GENERIC]
    facts = [assessment.facts[f] for f in sorted(dict.fromkeys(carried), key=telling)]
    known = [f for f in facts if f.decides and f.value is not None and f.obtained is not Obtained.DEFAULTED]
    recorded = [f for f in known if f.obtained is not Obtained.DERIVED]
    return tuple(recorded or known)[:most]


def deciding_reason(assessment: Assessment, result: OptionResult) -> str:
    """The one reason for a status: a rule's own sentence, and the value it rests on."""
    if not result.decisive:
        return ""
    reason = min(result.decisive, key=lambda r: r.kind is ReasonKind.INDICATION)
    shown = listing(_facts_in(assessment, reason))
    lead = "asks for: " if reason.kind is ReasonKind.INDICATION and reason.result is False else ""
    return f"{lead}{reason.say}" + (f"; on record: {shown}" if shown else "")


def _facts_in(assessment: Assessment, reason: Reason) -> list[str]:
    facts = [assessment.facts[f] for f in reason.facts if f not in _GENERIC]
    catalogue = assessment.knowledge.catalogue
    known = [f for f in facts if f.decides and f.obtained is not Obtained.DEFAULTED]
    return [fact_phrase(f, catalogue[f.id], dated=f.effective is not None) for f in known[:2]]


def subject(assessment: Assessment) -> str:
    """What the answer is about: `Liver metastases of colorectal cancer`."""
    target, nature = assessment.facts.get("drv.target_primary"), assessment.facts.get("liver.lesion_nature")
    primary = ""
    if target is not None and target.decides and target.value is not None:
        primary = value_words(assessment.knowledge.catalogue["dx.primary"], target.value)
    malignant = nature.value if nature is not None and nature.decides else None
    if malignant == "metastasis":
        return f"Liver metastases of {primary}" if primary else "Liver metastases, primary not settled"
    if malignant in ("hcc", "icca"):
        words = value_words(assessment.knowledge.catalogue["liver.lesion_nature"], str(malignant))
        return words[:1].upper() + words[1:]
    return "Liver lesion, nature not settled"


def short_name(name: str) -> str:
    """An option's name without the remark in brackets at its end."""
    return name.split(" (", maxsplit=1)[0]


def headline(assessment: Assessment) -> str:
    """The most useful sentence, under 140 characters: what fits, and which result would settle most."""
    about = subject(assessment)
    fitting = [o for o in assessment.options if o.status.fits and o.option.cancer_directed]
    waiting = [o for o in assessment.with_status(Status.NEEDS_DATA) if o.option.cancer_directed]
    step = assessment.next_steps[0] if assessment.next_steps else None
    if fitting:
        first = sum(o.status is Status.RECOMMENDED for o in fitting)
        rest = len(fitting) - first
        counts = [f"{first} option{'s' if first > 1 else ''} to consider"] if first else []
        counts += [f"{rest}{'' if first else ' option' if rest == 1 else ' options'} may be considered"] if rest else []
        lead = f"{about}: {', '.join(counts)}"
        more = "more " if step is not None else ""
    elif waiting:
        lead = f"{about}: no treatment fits on what is known, {len(waiting)} need data"
        more = ""
    else:
        return cut(f"{about}: no treatment fits on what is known")
    if step is None or not (step.settles or step.narrows):
        return cut(lead)
    verb, count = ("settle", len(step.settles)) if step.settles else ("narrow", len(step.narrows))
    return fitted(lead, [f"; {_step_words(step)} would {verb} {count} {more}".rstrip(), f"; next: {_step_words(step)}"])


def knowledge_gap(assessment: Assessment) -> str:
    """That the rules hold no systemic treatment for this primary: silence is no verdict. Empty when they do."""
    if assessment.in_scope is not True or not assessment.options:
        return ""
    target = assessment.facts.get("drv.target_primary")
    if target is None or not target.decides or target.value is None:
        return ""
    systemic = (o for o in assessment.options if o.option.cancer_directed and not o.option.liver_directed)
    if any(o.status is not Status.NOT_APPLICABLE for o in systemic):
        return ""
    primary = value_words(assessment.knowledge.catalogue["dx.primary"], target.value)
    return f"These rules hold no systemic treatment for {primary} yet: what is not listed was not judged."


def _step_words(step: NextStep) -> str:
    return step.test[:1].lower() + step.test[1:] if not step.test[:2].isupper() else step.test


def fitted(lead: str, endings: Sequence[str], most: int = 139) -> str:
    """The first ending that fits, so that a sentence is never cut through a name."""
    for ending in endings:
        if len(lead) + len(ending) <= most:
            return lead + ending
    return cut(lead, most)


def cut(text: str, most: int = 139) -> str:
    """At most so many characters, shortened at a word."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def review_words(knowledge: KnowledgeBase) -> str:
    """Who has checked the rules: nobody, until a site records its own sign-off; and which rules they are."""
    rules = f"Rules {knowledge.version} ({knowledge.sha256[:8]})."
    if (by := knowledge.sign_off) is not None:
        return f"Signed off by {by.by}, {by.role}, {day(by.on)}, for {by.site}. {rules}"
    if knowledge.review == "draft":
        return f"Draft knowledge: no clinician has signed these rules off. Evaluation only. {rules}"
    return f"Reviewed rules, not signed off for this site. Evaluation only. {rules}"


_KINDS = (
    (("Condition",), "problem", "problems"),
    (("Observation",), "result", "results"),
    (("DiagnosticReport", "DocumentReference"), "report", "reports"),
    (("Procedure",), "procedure", "procedures"),
    (
        ("MedicationAdministration", "MedicationRequest", "MedicationStatement"),
        "medication entry",
        "medication entries",
    ),
)


def looked_at(counts: Mapping[str, int]) -> str:
    """What a record held, by resource type: `Looked at: 12 problems, 220 results, no reports.`"""
    parts = []
    for kinds, one, many in _KINDS:
        count = sum(counts.get(kind, 0) for kind in kinds)
        parts.append(f"{count or 'no'} {one if count == 1 else many}")
    return f"Looked at: {', '.join(parts)}."


def old_data(newest: date, on: date) -> str:
    """That the whole record is old, seen from the date of the question."""
    days = (on - newest).days
    age = f"{days} days" if days < 730 else f"{days // 365} years"
    return (
        f"The newest datum is of {day(newest)}, {age} before the date asked for: everything may be too old to decide."
    )
