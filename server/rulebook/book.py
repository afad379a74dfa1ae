"""The whole rule book before it is rendered: every page with its place, its title and what stands on it.

Made from the knowledge base and the readers' tables only; no page holds anything that is written by hand but the
sentences that explain how to read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from eligibility.assessment import Status
from eligibility.knowledge.model import KnowledgeBase, Option
from eligibility.wording import review_words
from fhir_mappings.fact_sources import fact_sources
from server.rulebook import examples, fact_words, lines
from server.rulebook.origins import origin
from server.rulebook.uses import Citation, DrugEntry, Use, citations, drug_entries, fact_uses, primaries

__all__ = ["PRINT", "Book", "Page", "pages"]

PRINT = "print"
"""The place of the page that holds the whole book."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `place` is its path in the book, "" for the first page, with "/" at the end for an index."""

    place: str
    template: str
    title: str
    section: str
    content: Mapping[str, Any] = field(default_factory=dict)
    before: str | None = None
    after: str | None = None


class Book:
    """The knowledge base, and what is looked up in it from several pages."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Prepare the lines of every option and gate."""
        self.knowledge = knowledge
        self.options = {option.id: option for option in knowledge.options}
        self.option_lines = {o.id: lines.option_sections(o, knowledge) for o in knowledge.options}
        self.gate_lines = {
            gate: lines.gate_sections(shared, knowledge.catalogue) for gate, shared in knowledge.shared.items()
        }

    @property
    def edition(self) -> str:
        """Version and the start of the fingerprint."""
        return f"{self.knowledge.version} ({self.knowledge.sha256[:8]})"

    @property
    def review(self) -> str:
        """Who has checked the rules, as every card says it."""
        return review_words(self.knowledge)

    @property
    def draft(self) -> bool:
        """Whether nobody has signed this version off."""
        return self.knowledge.sign_off is None and self.knowledge.review == "draft"

    @cached_property
    def gate_options(self) -> Mapping[str, tuple[Option, ...]]:
        """The options that carry a gate."""
        return {g: tuple(o for o in self.knowledge.options if g in o.gates) for g in self.knowledge.gates}

    @cached_property
    def uses(self) -> Mapping[str, tuple[Use, ...]]:
        """By fact, its roles."""
        return fact_uses(self.option_lines, self.gate_lines)

    @cached_property
    def families(self) -> tuple[tuple[Any, tuple[Option, ...]], ...]:
        """Every family with its options."""
        return tuple(
            (family, tuple(o for o in self.knowledge.options if o.family == family))
            for family in self.knowledge.families
        )

    @cached_property
    def modalities(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """Every modality with its options, in the order of the families."""
        names = dict.fromkeys(o.modality for o in self.knowledge.options)
        return tuple((name, tuple(o for o in self.knowledge.options if o.modality == name)) for name in names)

    @cached_property
    def primaries(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """Every primary with the options whose scope admits it."""
        return primaries(self.knowledge)

    @cached_property
    def drugs(self) -> tuple[DrugEntry, ...]:
        """Every drug and procedure."""
        return drug_entries(self.knowledge.options)

    @cached_property
    def citations(self) -> Mapping[str, Citation]:
        """By source, who cites it."""
        return citations(self.knowledge)

    @cached_property
    def fact_sections(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        """The facts under the headings of their files."""
        found: dict[str, list[Any]] = {}
        for definition in self.knowledge.catalogue.values():
            found.setdefault(definition.section, []).append(definition)
        return tuple((fact_words.FACT_SECTIONS.get(name, name), tuple(facts)) for name, facts in found.items())


def pages(book: Book) -> tuple[Page, ...]:
    """Every page but the one that holds the whole book, in the order of the printed book."""
    return (
        Page("", "start.html", "The rules behind each answer", "Start"),
        Page("primaries/", "primaries.html", "Options by primary", "Primaries"),
        Page("modalities/", "modalities.html", "Options by modality", "Modalities"),
        Page("options/", "options.html", "All options from A to Z", "Options"),
        *_chain(_option_pages(book)),
        Page("gates/", "gates.html", "Gates: rules that many options share", "Gates"),
        *_chain(_gate_pages(book)),
        Page("facts/", "facts.html", "Facts: what can be known of a patient", "Facts"),
        *_chain(_fact_pages(book)),
        Page("scores/", "scores.html", "Scores and other computed facts", "Scores"),
        *_chain(_score_pages(book)),
        Page("drugs/", "drugs.html", "Drugs and procedures", "Drugs"),
        Page("sources/", "sources.html", "Sources", "Sources"),
        *_chain(_source_pages(book)),
    )


def _chain(made: Iterable[Page]) -> Iterator[Page]:
    """The pages, each with the places of its neighbours."""
    listed = list(made)
    for index, page in enumerate(listed):
        yield Page(
            page.place, page.template, page.title, page.section, page.content,
            listed[index - 1].place if index else None,
            listed[index + 1].place if index + 1 < len(listed) else None,
        )  # fmt: skip


def _option_pages(book: Book) -> Iterator[Page]:
    knowledge = book.knowledge
    for option in knowledge.options:
        sections = book.option_lines[option.id]
        yield Page(
            f"options/{option.id}", "option.html", option.name, "Options",
            {
                "option": option,
                "sections": sections,
                "numbers": lines.numbers(sections, knowledge),
                "base": examples.base_patient(option, knowledge.catalogue),
                "examples": examples.example_rows(option, knowledge),
                "origin": origin(option.named_in),
                "file": f"options/{option.family.id}/{option.id}.yaml",
                "raised": option.raised_if is not None and option.level is Status.MAY_CONSIDER,
            },
        )  # fmt: skip


def _gate_pages(book: Book) -> Iterator[Page]:
    for gate, title in book.knowledge.gates.items():
        yield Page(
            f"gates/{gate}", "gate.html", f"{title} ({gate})", "Gates",
            {
                "gate": gate, "sections": book.gate_lines[gate], "sources": book.knowledge.shared[gate].sources,
                "numbers": lines.numbers(book.gate_lines[gate], book.knowledge), "options": book.gate_options[gate],
                "file": f"gates/{gate}.yaml",
            },
        )  # fmt: skip


def _fact_pages(book: Book) -> Iterator[Page]:
    knowledge = book.knowledge
    scored = {fact: score for score in knowledge.scores for fact in score.gives}
    for fact, definition in knowledge.catalogue.items():
        yield Page(
            f"facts/{fact}", "fact.html", definition.label, "Facts",
            {
                "fact": definition,
                "uses": book.uses.get(fact, ()),
                "readings": fact_sources().get(fact, ()),
                "score": scored.get(fact),
                "inputs_of": [score for score in knowledge.scores if fact in score.uses],
                "in_order": fact_words.IN_THE_ORDER_OF_EVALUATION.get(fact, ""),
                "file": f"facts/{definition.section}.yaml",
            },
        )  # fmt: skip


def _score_pages(book: Book) -> Iterator[Page]:
    for score in book.knowledge.scores:
        yield Page(
            f"scores/{score.id}", "score.html", score.title, "Scores",
            {"score": score, "examples": examples.score_rows(score, book.knowledge.catalogue), "file": "scores.yaml"},
        )  # fmt: skip


def _source_pages(book: Book) -> Iterator[Page]:
    for source in book.knowledge.sources.values():
        yield Page(
            f"sources/{source.id}", "source.html", f"{source.id}: {source.citation}", "Sources",
            {"source": source, "cited": book.citations[source.id], "file": "sources.yaml"},
        )  # fmt: skip
