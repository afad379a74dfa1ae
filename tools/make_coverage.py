"""Writes `docs/coverage.md`: what the founding texts name, which option or fact carries it, which patient shows it.

`python -m tools.make_coverage [--out FILE]`. What the texts name is kept in `founding-texts.csv`, in our own words;
the patients and their answers are worked out, so that the table is true when it is written.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eligibility.assessment import Assessment, Status
from eligibility.engine import assess
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase, Option
from eligibility.wording import STATUS_WORDS
from server.bundled_patients import bundled_patients

__all__ = ["Item", "coverage", "items", "main", "naming_texts"]

ROOT = Path(__file__).parents[1]
TEXTS = {
    "000": "lung cancer with metastases in the liver",
    "001": "treating metastases in the liver",
    "002": "removing metastases, or reaching them through the artery",
    "003": "an overview, and what is debated",
    "004": "drugs for cancer in the liver",
}
_ORDER = (Status.RECOMMENDED, Status.MAY_CONSIDER, Status.NOT_NOW, Status.NEEDS_DATA)
_NAMING = re.compile(r"00([0-4])(?:-00([0-4]))?")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a founding text names, and the options and facts that carry it.

    A carrier may name the patient who shows it best, after `@`; else the first one with the best answer is taken.
    """

    text: str
    kind: str
    item: str
    carriers: tuple[str, ...]


def items() -> tuple[Item, ...]:
    """Everything the founding texts name, text by text."""
    with (Path(__file__).parent / "founding-texts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Item(r["text"], r["kind"], r["item"], tuple(r["carriers"].split())) for r in csv.DictReader(file))


def naming_texts(option: Option) -> tuple[str, ...]:
    """The founding texts that name an option; none for one that was added as a companion."""
    found = [m for entry in option.named_in if (m := _NAMING.match(entry))]
    return tuple(f"00{n}" for m in found for n in range(int(m[1]), int(m[2] or m[1]) + 1))


def coverage() -> str:
    """The page."""
    knowledge = load_knowledge()
    shown = _Shown(knowledge)
    lines = _HEAD.splitlines()
    for text, about in TEXTS.items():
        lines += ["", f"## {text}: {about}", "", *_table("what it names", "kind", "carried by", "shown by")]
        for item in (i for i in items() if i.text == text):
            for place, pinned in enumerate(item.carriers):
                carrier, _, patient = pinned.partition("@")
                name, kind = (item.item, item.kind) if place == 0 else ("", "")
                lines.append(f"| {name} | {kind} | `{carrier}` | {shown.by(carrier, patient)} |")
    lines += ["", "## Companions: named by no founding text, expected beside them", ""]
    lines += _table("option", "carried by", "shown by")
    for option in knowledge.options:
        if not naming_texts(option):
            lines.append(f"| {_cell(option.name)} | `{option.id}` | {shown.by(option.id)} |")
    return "\n".join(lines) + "\n"


_HEAD = """\
# What the founding texts name, and where it is

For reviewers who ask whether something was forgotten.
Hepatica began with five short texts about cancer in the liver; they are called 000 to 004.
Each line is one treatment, drug, test, condition or kind of care that a text names, in our own words.
It gives the options and facts that carry it, each with a bundled synthetic patient who shows it, and the answer there.
Written by `python -m tools.make_coverage` from `tools/founding-texts.csv` and from the answers themselves.
A guard test keeps it complete and current.
"""


def _table(*heads: str) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]


def _cell(text: str) -> str:
    return text.replace("|", "/")


class _Shown:
    """Which bundled patient shows an option or a fact best."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._answers: Mapping[str, Assessment] = {
            p.name: assess(p.facts, knowledge, p.on) for p in bundled_patients(knowledge.catalogue)
        }
        self._options = {o.id for o in knowledge.options}

    def by(self, carrier: str, patient: str = "") -> str:
        """The patient (this one, if named) and the answer. Raises LookupError when nobody shows it."""
        answers = {patient: self._answers[patient]} if patient else self._answers
        if carrier in self._options:
            return self._option(carrier, answers)
        for name, answer in answers.items():
            if answer.facts[carrier].decides:
                return f"`{name}`: known"
        raise LookupError(f"no bundled patient shows {carrier}")

    @staticmethod
    def _option(option: str, answers: Mapping[str, Assessment]) -> str:
        found = {name: _status(answer, option) for name, answer in answers.items()}
        for status in _ORDER:
            for name in _plain_first(n for n, s in found.items() if s is status):
                return f"`{name}`: {STATUS_WORDS[status].lower()}"
        raise LookupError(f"no bundled patient shows {option}")


def _status(answer: Assessment, option: str) -> Status | None:
    return next((r.status for r in answer.options if r.option.id == option), None)


def _plain_first(names: Iterable[str]) -> Sequence[str]:
    """Patients whose one cancer is known before those whose label is open, for whom everything needs data."""
    return sorted(names, key=lambda n: (n.startswith("20-"), n))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description="Write the table of what the founding texts name.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "coverage.md")
    parser.parse_args(arguments).out.write_text(coverage(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
