"""Flaws of the catalogue and of the list of sources: units and factors, words, what suits what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from eligibility.catalogue import FactDefinition, FactType, Settle
from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.checking.metric import metric_factor
from eligibility.checking.words import word_flaws
from eligibility.knowledge.model import KnowledgeBase
from eligibility.knowledge.yaml_source import Document

__all__ = ["catalogue_flaws", "source_flaws"]

_MOST_WORDS_OF_A_QUESTION = 19
_SUITS = {
    Settle.LESION_NATURE: {FactType.CODE}, Settle.RAS: {FactType.CODE, FactType.BOOLEAN},
    Settle.DRIVER: {FactType.CODE, FactType.BOOLEAN}, Settle.RECEPTOR: {FactType.CODE, FactType.BOOLEAN},
    Settle.MSI: {FactType.CODE}, Settle.PDL1: {FactType.NUMBER}, Settle.PERSISTS: {FactType.BOOLEAN},
    Settle.ANY_TRUE: {FactType.BOOLEAN, FactType.CODE, FactType.SET},
    Settle.HIGHEST: {FactType.CODE, FactType.NUMBER, FactType.INTEGER, FactType.QUANTITY},
    Settle.LARGEST_OF_LATEST: {FactType.NUMBER, FactType.INTEGER, FactType.QUANTITY},
}  # fmt: skip

Path = tuple[str | int, ...]


def catalogue_flaws(knowledge: KnowledgeBase, documents: Mapping[str, Document]) -> Iterator[Flaw]:
    """What is wrong with single facts, and with facts that cannot be told apart."""
    labels = Counter(fact.label for fact in knowledge.catalogue.values())
    for fact in knowledge.catalogue.values():
        document = documents[f"facts/{fact.section}.yaml"]
        index = next(i for i, entry in enumerate(document.content["facts"]) if entry["id"] == fact.id)
        path: Path = ("facts", index)
        yield from _units(fact, document, path)
        yield from _words(fact, document, path)
        yield from _values(fact, document, path)
        if labels[fact.label] > 1:
            found = f"{labels[fact.label]} facts have the label {fact.label!r}."
            yield flaw(FlawKind.DUPLICATE, document, (*path, "label"), found, "Say what sets them apart.")


def _units(fact: FactDefinition, document: Document, path: Path) -> Iterator[Flaw]:
    where = (*path, "units") if fact.units else (*path, "id")
    if not fact.type.numeric:
        if fact.unit is not None or fact.units:
            found = f"{fact.id} is a {fact.type} and has a unit."
            yield flaw(FlawKind.UNIT, document, where, found, "Take `unit` and `units` out.")
        return
    if fact.unit not in fact.units:
        found = f"{fact.id}: `units` lacks {fact.unit}, in which its values are kept."
        yield flaw(FlawKind.UNIT, document, where, found, f'Add "{fact.unit}": "1".')
    for unit, factor in fact.units.items():
        exact = 1 if unit == fact.unit else metric_factor(unit, fact.unit or "")
        if exact is not None and exact != factor:
            found = f"{fact.id}: the factor from {unit} to {fact.unit} is {factor}, and it has to be {exact}."
            yield flaw(FlawKind.UNIT, document, (*where, unit), found, f'Write "{unit}": "{exact}".')
        elif factor <= 0:
            found = f"{fact.id}: the factor of {unit} is {factor}."
            yield flaw(FlawKind.UNIT, document, (*where, unit), found, "A factor is above 0.")
    if fact.plausible is None and not fact.derived:
        found = f"{fact.id} is a number without plausible limits: a slip of the comma would be believed."
        yield flaw(FlawKind.CATALOGUE, document, (*path, "id"), found, "Give `plausible`.")


def _words(fact: FactDefinition, document: Document, path: Path) -> Iterator[Flaw]:
    for key, text in (("label", fact.label), ("ask", fact.ask), ("test", fact.test)):
        yield from word_flaws(text, document, (*path, key))
    for value, text in fact.values.items():
        yield from word_flaws(text, document, (*path, "values", value))
    count = len(fact.ask.split())
    if count > _MOST_WORDS_OF_A_QUESTION or not fact.ask.endswith("?"):
        found = f"{fact.id}: `ask` is not a short question ({count} words)."
        remedy = "End it with a question mark."
        yield flaw(FlawKind.WORDS, document, (*path, "ask"), found, remedy, f"{_MOST_WORDS_OF_A_QUESTION} words")


def _values(fact: FactDefinition, document: Document, path: Path) -> Iterator[Flaw]:
    where = (*path, "values") if fact.values else (*path, "id")
    repeated = [words for words, count in Counter(fact.values.values()).items() if count > 1]
    if repeated and not fact.type.numeric:
        found = f"{fact.id}: several values are shown as {repeated[0]!r}."
        yield flaw(FlawKind.DUPLICATE, document, where, found, "Give each value words of its own.")
    if fact.type is FactType.CODE and len(fact.values) < 2:
        found = f"{fact.id} can have one value only."
        yield flaw(FlawKind.CATALOGUE, document, where, found, "List the others, or make it true or false.")
    for key, absence in (
        ("absent_unless_recorded", fact.absence),
        ("absent_when_first_line", fact.absence_in_first_line),
    ):
        if absence is not None and not (
            fact.accepts(absence.value) and absence.value in (False, "none", 0, frozenset())
        ):
            found = f"{fact.id}: {absence.value!r} cannot stand for absent."
            yield flaw(FlawKind.CATALOGUE, document, (*path, key), found, "Choose a value that says so.",
                       'false, none, 0, []')  # fmt: skip
    if fact.type not in _SUITS.get(fact.settle, set(FactType)):
        found = f"{fact.id}: `settle: {fact.settle}` does not suit a {fact.type}."
        suited = ", ".join(s for s in Settle if fact.type in _SUITS.get(s, set(FactType)))
        yield flaw(FlawKind.CATALOGUE, document, (*path, "settle"), found, "Choose another way.", suited)
    if len({fact.derived, fact.section == "derived", fact.id.startswith("drv.")}) > 1:
        found = f"{fact.id}: computed facts, and no others, are called drv.… and stand in facts/derived.yaml."
        yield flaw(FlawKind.CATALOGUE, document, (*path, "id"), found, "Rename or move it.")
    if fact.id.startswith("bm.") and fact.fresh_days is not None:
        found = f"{fact.id}: a biomarker does not grow old."
        yield flaw(FlawKind.CATALOGUE, document, (*path, "fresh_days"), found, "Take `fresh_days` out.")


def source_flaws(knowledge: KnowledgeBase, document: Document) -> Iterator[Flaw]:
    """Sources that were read and have no address, or the other way round."""
    for index, source in enumerate(knowledge.sources.values()):
        path: Path = ("sources", index)
        if source.url is not None and not source.url.startswith(("http://", "https://")):
            found = f"{source.id}: {source.url!r} is no address."
            yield flaw(FlawKind.SOURCE, document, (*path, "url"), found, "Begin it with https://.")
        if (source.read == "excerpt_read") is (source.url is None):
            found = f"{source.id} is `{source.read}` and has {'no' if source.url is None else 'an'} address."
            remedy = "A source that was read has the address where it was read, and no other has one."
            yield flaw(FlawKind.SOURCE, document, (*path, "read"), found, remedy)
