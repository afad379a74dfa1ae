"""The strict check of a whole knowledge base: everything that is wrong at once, each with file, line and remedy.

Loading refuses what cannot be used; this also finds what can be used and makes no sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eligibility.checking.catalogue_flaws import catalogue_flaws, source_flaws
from eligibility.checking.example_flaws import Thresholds, example_flaws
from eligibility.checking.flaws import Flaw, FlawKind, flaw
from eligibility.checking.option_flaws import option_flaws, review_flaws
from eligibility.checking.rule_flaws import DeadRules, condition_flaws, fit_flaws
from eligibility.knowledge.load import Folder, Survey, survey
from eligibility.knowledge.model import KnowledgeBase

__all__ = ["Checked", "check_knowledge"]

_SOURCE = re.compile(r"\bS\d+\b")
_CALENDAR_VERSION = re.compile(r"[2-9]\d{3}\.(0[1-9]|1[0-2])\.(0|[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: what could be read, and all flaws by file and line.

    `knowledge` is None when so much is wrong that only the shape of the files could be looked at.
    """

    knowledge: KnowledgeBase | None
    flaws: tuple[Flaw, ...]

    def of(self, file: str) -> tuple[Flaw, ...]:
        """The flaws in one file."""
        return tuple(flaw for flaw in self.flaws if flaw.file == file)


def check_knowledge(root: Folder) -> Checked:
    """Check a folder. Raises nothing: whatever is wrong is among the flaws."""
    read = survey(root)
    found = [Flaw(FlawKind.REFUSED, p.file, p.line, p.found, p.allowed, p.remedy) for p in read.refusals]
    if read.knowledge is not None:
        found.extend(_flaws(read, read.knowledge, _readme(root)))
    unique = dict.fromkeys(found)
    return Checked(read.knowledge, tuple(sorted(unique, key=lambda f: (f.file, f.line or 0, f.found))))


def _readme(root: Folder) -> str:
    page = root.joinpath("README.md")
    return page.read_text("utf-8") if page.is_file() else ""


def _flaws(read: Survey, knowledge: KnowledgeBase, readme: str) -> Iterator[Flaw]:
    documents = read.documents
    yield from _version(read, knowledge)
    yield from catalogue_flaws(knowledge, documents)
    yield from source_flaws(knowledge, documents["sources.yaml"])
    yield from _options(read, knowledge)
    if not read.refusals:  # what was refused may be what uses a gate or cites a source
        yield from _unused_gates(read, knowledge)
        yield from _uncited(read, knowledge, readme)


def _version(read: Survey, knowledge: KnowledgeBase) -> Iterator[Flaw]:
    if not _CALENDAR_VERSION.fullmatch(knowledge.version):
        found = f"the version {knowledge.version!r} is not of the calendar."
        remedy = "Write year, month and a number that counts up, such as 2026.11.0."
        yield flaw(FlawKind.VERSION, read.documents["knowledge.yaml"], ("version",), found, remedy)


def _options(read: Survey, knowledge: KnowledgeBase) -> Iterator[Flaw]:
    catalogue = knowledge.catalogue
    dead = DeadRules(catalogue)
    gates: dict[str, Thresholds] = {}
    for gate, entry in read.gates.items():
        if any(gate in option.gates for option in knowledge.options) or not read.refusals:
            document = read.documents[f"gates/{gate}.yaml"]
            gates[gate] = Thresholds(entry, document, catalogue)
            yield from condition_flaws(entry, document, catalogue)
    yield from option_flaws(read, knowledge)
    for option in knowledge.options:
        document = read.documents[f"options/{option.family.id}/{option.id}.yaml"]
        own = read.entries[option.id]
        yield from review_flaws(option, own, document)
        yield from condition_flaws(own, document, catalogue)
        yield from fit_flaws(option, document, catalogue)
        yield from dead.look(option, document)
        numbers = Thresholds(own, document, catalogue)
        yield from example_flaws(option, knowledge, document, [numbers, *(gates[gate] for gate in option.gates)])
        yield from numbers.flaws()
    yield from dead.of_gates(read.documents)
    used = {gate for option in knowledge.options for gate in option.gates}
    for gate in used if not read.refusals else ():
        yield from gates[gate].flaws()


def _unused_gates(read: Survey, knowledge: KnowledgeBase) -> Iterator[Flaw]:
    used = {gate for option in knowledge.options for gate in option.gates}
    for gate in knowledge.gates:
        if gate not in used:
            document = read.documents[f"gates/{gate}.yaml"]
            found = f"no option uses the gate {gate}."
            yield flaw(FlawKind.UNUSED_GATE, document, ("id",), found, "Name it in an option, or remove the file.")


def _uncited(read: Survey, knowledge: KnowledgeBase, readme: str) -> Iterator[Flaw]:
    """Sources that nothing cites: no option, gate, score or fact, nor the page for clinicians."""
    cited = {s for option in knowledge.options for s in option.sources}
    cited |= {s for entry in read.gates.values() for s in entry.sources}
    cited |= {s for score in knowledge.scores for s in score.sources}
    cited |= _named(fact.meaning for fact in knowledge.catalogue.values()) | _named([readme])
    for index, source in enumerate(knowledge.sources):
        if source not in cited:
            found = f"nothing cites the source {source}."
            path = ("sources", index, "id")
            yield flaw(FlawKind.SOURCE, read.documents["sources.yaml"], path, found, "Cite it, or take it out.")


def _named(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _SOURCE.findall(text)}
