"""Flaws of options beside their rules: names, order, sentences, sources, codes of drugs, and sign-off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.checking.words import word_flaws
from eligibility.knowledge.load import Survey
from eligibility.knowledge.model import KnowledgeBase, Option
from eligibility.knowledge.shapes import InterventionFile, OptionFile
from eligibility.knowledge.yaml_source import Document

__all__ = ["option_flaws", "review_flaws", "snomed_number_holds"]

Path = tuple[str | int, ...]
_LINES = ("indications", "contraindications", "downgrades", "cautions")


def option_flaws(read: Survey, knowledge: KnowledgeBase) -> Iterator[Flaw]:
    """What is wrong with an option among others, and with what it says."""
    names = Counter(option.name for option in knowledge.options)
    orders = Counter((option.family.id, read.entries[option.id].order) for option in knowledge.options)
    for option in knowledge.options:
        document = read.documents[f"options/{option.family.id}/{option.id}.yaml"]
        entry = read.entries[option.id]
        if names[option.name] > 1:
            found = f"{names[option.name]} options have the name {option.name!r}."
            yield flaw(FlawKind.DUPLICATE, document, ("name",), found, "Say what sets them apart.")
        if orders[option.family.id, entry.order] > 1:
            found = (
                f"{orders[option.family.id, entry.order]} options of {option.family.id} have the order {entry.order}."
            )
            yield flaw(FlawKind.DUPLICATE, document, ("order",), found, "Give each a place of its own.")
        yield from _repeated(entry, document)
        yield from _sentences(entry, document)
        for index, intervention in enumerate(entry.interventions):
            yield from _intervention(intervention, document, ("interventions", index))
    for gate, shared in read.gates.items():
        document = read.documents[f"gates/{gate}.yaml"]
        for key in _LINES[1:]:
            for index, line in enumerate(getattr(shared, key)):
                yield from word_flaws(line.say, document, (key, index, "say"))


def _repeated(entry: OptionFile, document: Document) -> Iterator[Flaw]:
    for key in ("sources", "gates", "requires", "named_in"):
        names = getattr(entry, key)
        for index, name in enumerate(names):
            if name in names[:index]:
                yield flaw(FlawKind.DUPLICATE, document, (key, index), f"{name} stands twice.", "Keep one.")
    for key in _LINES:
        texts = [line.when for line in getattr(entry, key)]
        for index, text in enumerate(texts):
            if text in texts[:index]:
                found = f"the condition {text!r} stands twice among the {key}."
                yield flaw(FlawKind.DUPLICATE, document, (key, index, "when"), found, "Keep one.")


def _sentences(entry: OptionFile, document: Document) -> Iterator[Flaw]:
    for key in ("name", "intent", "tests", "monitoring"):
        text = getattr(entry, key)
        if text is not None:
            yield from word_flaws(text, document, (key,))
    for key in _LINES:
        for index, line in enumerate(getattr(entry, key)):
            yield from word_flaws(line.say, document, (key, index, "say"))


def _intervention(intervention: InterventionFile, document: Document, path: Path) -> Iterator[Flaw]:
    code = intervention.code
    if intervention.system == "rxnorm" and not (code or "").isdigit():
        found = f"{code!r} is no RxNorm concept."
        yield flaw(FlawKind.INTERVENTION, document, (*path, "code"), found, "Mend the code.", "digits only")
    if intervention.system == "snomed" and not snomed_number_holds(code or ""):
        found = f"{code!r} is no SNOMED CT concept: its last digit does not follow from the others."
        yield flaw(FlawKind.INTERVENTION, document, (*path, "code"), found, "Mend the code.")


_TIMES = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432",
          "7659821043", "8765932104", "9876543210")  # fmt: skip
_SHIFTS = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415",
           "7046913258")  # fmt: skip


def snomed_number_holds(code: str) -> bool:
    """Whether a SNOMED CT identifier has 6 to 18 digits and a check digit that fits (Verhoeff's dihedral check)."""
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(_TIMES[check][int(_SHIFTS[place % 8][int(digit)])])
    return check == 0


def review_flaws(option: Option, entry: OptionFile, document: Document) -> Iterator[Flaw]:
    """A sign-off that does not hold."""
    review = option.review
    if review is None:
        return
    if entry.status != "reviewed":
        found = f"{option.id} carries a review and its status is {entry.status}."
        remedy = "Sign it again with `hepatica knowledge sign`, or take `review` out."
        yield flaw(FlawKind.REVIEW, document, ("review",), found, remedy)
    elif review.fingerprint != option.fingerprint:
        found = (
            f"{option.id} changed since its review on {review.date.isoformat()} by {review.reviewer}: it is a draft."
        )
        remedy = "Have it read again, then sign it with `hepatica knowledge sign`."
        yield flaw(FlawKind.REVIEW, document, ("review",), found, remedy)
