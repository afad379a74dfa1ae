"""`hepatica knowledge verdicts`: which patients change their answer between two versions of the knowledge.

Its arguments, and the patients that both versions judge: the bundled ones, a reviewer's vignettes, and every worked
example. How the differences are shown is in `verdict_sheet`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from eligibility.assessment import Assessment, Status
from eligibility.engine import assess
from eligibility.entered import facts_of
from eligibility.errors import FactInputError
from eligibility.facts import PatientFacts
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase, Option
from eligibility.verdicts import Case, CaseKind, OptionLists, compare, list_options
from server.bundled_patients import bundled_patients
from server.named_facts import described, named_facts
from server.reviewing.revisions import UnusableVersion, Version, base_version, present_version
from server.reviewing.verdict_sheet import Comparison, print_comparison, write_comparison

__all__ = ["add_arguments", "compare_versions", "run"]

_DESCRIPTION = """\
Judge the same patients by two versions of the rules, and show every answer that differs, with the rule that decided
on each side: what a reviewer reads before signing a change.

The patients are the bundled synthetic ones, the vignettes of FILE, and every worked example (for its own option).
Both versions are judged by the present program, with the present reading of FHIR: only the rules differ.
"""
_EPILOG = """\
exit status:
  0       done, whether or not an answer changed
  2       a version or FILE that cannot be found or read; one sentence on standard error says which
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--base", metavar="REV", default="HEAD", help="the version to compare with: a git revision of the checkout "
        "that the rules lie in, or a folder with rules; HEAD unless given, which shows what is not committed yet",
    )  # fmt: skip
    parser.add_argument(
        "--knowledge", metavar="FOLDER", type=Path, help="the rules to look at; those in use unless given"
    )
    parser.add_argument(
        "--vignettes", metavar="FILE", action="append", default=[], help="facts given by name, as evaluate --facts "
        "reads them; may be given more than once",
    )  # fmt: skip
    parser.add_argument("--as-of", metavar="DATE", help="the date on which vignettes are judged; today unless given")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="table unless given")
    parser.add_argument(
        "--all", action="store_true", help="in the table, list also the answers whose status stayed and whose rule "
        "did not, and what was to be tested first",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit status. Raises HepaticaError or OSError, which name what is wrong."""
    after = present_version(arguments.knowledge)
    before = base_version(arguments.base, after)
    files = [(name, Path(name).read_bytes()) for name in arguments.vignettes]
    compared = compare_versions(before, after, files, _day(arguments.as_of))
    if arguments.format == "json":
        write_comparison(compared, sys.stdout)
    else:
        print_comparison(compared, sys.stdout, everything=arguments.all)
    return 0


def _day(given: str | None) -> date:
    if given is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise FactInputError(f"--as-of: {given!r} is not a date such as 2026-11-19.") from None


def compare_versions(before: Version, after: Version, files: Sequence[tuple[str, bytes]], on: date) -> Comparison:
    """Judge every patient by both versions. `files` are vignettes, `on` the date to judge them and the examples on.

    Raises UnusableInput for a file, UnusableVersion when a version lacks a fact that the program needs.
    """
    lists = list_options(before.knowledge, after.knowledge)
    counted: Counter[CaseKind] = Counter()
    differences = []
    added: dict[str, Counter[Status]] = {o.id: Counter() for o in lists.added}
    same = before.knowledge.sha256 == after.knowledge.sha256
    for case, was, now, day in _cases(before.knowledge, after.knowledge, lists, files, on):
        counted[case.kind] += 1
        if same:  # the same facts, rules and date have the same answer
            continue
        old = _judged(was, before, day)
        new = _judged(now, after, day)
        differences.append(compare(case, old, new, lists))
        if case.kind is not CaseKind.EXAMPLE:
            for result in new.options:
                if result.option.id in added:
                    added[result.option.id][result.status] += 1
    return Comparison(before, after, lists, dict(counted), tuple(differences), added)


_Judge = tuple[PatientFacts, KnowledgeBase]
_Sided = tuple[Case, _Judge, _Judge, date]
"""A patient as each version reads it, each with the rules that are to judge it, and the date."""


def _judged(patient: _Judge, version: Version, on: date) -> Assessment:
    facts, knowledge = patient
    try:
        return assess(facts, knowledge, on)
    except KeyError as missing:
        raise UnusableVersion(
            f"The rules of {version.name} have no fact {missing}, which this program needs, so they cannot be compared."
        ) from None


def _cases(
    before: KnowledgeBase, after: KnowledgeBase, lists: OptionLists, files: Sequence[tuple[str, bytes]], on: date
) -> Iterator[_Sided]:
    for patient in bundled_patients(load_knowledge().catalogue):
        yield Case(CaseKind.PATIENT, patient.name), (patient.facts, before), (patient.facts, after), patient.on
    for name, body in files:
        given = [(i, named, described(named, i, name, after.catalogue)) for i, named in named_facts(body, name)]
        for identifier, named, now in given:
            was = _as_known(named, before, now)
            yield Case(CaseKind.VIGNETTE, identifier or Path(name).stem), (was, before), (now, after), on
    for case, facts, was_option, now_option in _examples(before, after, lists):
        alone = replace(before, options=(was_option,)), replace(after, options=(now_option,))
        yield case, (facts, alone[0]), (facts, alone[1]), on


def _as_known(facts: Mapping[str, object], knowledge: KnowledgeBase, otherwise: PatientFacts) -> PatientFacts:
    """A vignette as an older version can read it: without the facts, or with the values, that it did not know yet."""
    known = {fact: value for fact, value in facts.items() if fact in knowledge.catalogue}
    try:
        return described(known, None, "", knowledge.catalogue)
    except FactInputError:
        return otherwise


def _examples(
    before: KnowledgeBase, after: KnowledgeBase, lists: OptionLists
) -> Iterator[tuple[Case, PatientFacts, Option, Option]]:
    """The worked examples of either version, each once, with the option it is about on both sides."""
    old = {o.id: o for o in before.options}
    for option in after.options:
        former = old.get(lists.former.get(option.id, ""))
        if former is None:
            continue
        present = [e.given for e in option.examples]
        gone = [e for e in former.examples if e.given not in present]
        for example in (*option.examples, *gone):
            yield Case(CaseKind.EXAMPLE, example.say), facts_of(example.given), former, option
