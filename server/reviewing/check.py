"""`hepatica knowledge check [FOLDER]`: everything that is wrong with a knowledge base, one finding a line."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from eligibility.checking.check import Checked, check_knowledge
from eligibility.errors import HepaticaError
from server.command_parser import UNUSABLE
from server.plain_text import plain

__all__ = ["add_arguments", "folder_of", "run"]

_DESCRIPTION = """\
Check a whole knowledge base and list everything that is wrong, one finding a line:

  file:line: what was found. Allowed: what is. What to do.

Refused are unknown names, values and keys, missing sources, and units that do not fit. Beyond that the check finds
rules that can never be true or always are, options that can never fit, examples that are not true, statuses and
thresholds that no example shows, gates that nobody uses, sources that nobody cites, and reviews of something that
changed since.
"""
_EPILOG = """\
exit status:
  0       nothing found
  2       something found, or FOLDER is no knowledge base
"""
_MOST_OF_A_FINDING = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?",
        help="a folder with knowledge.yaml in it; the knowledge that comes with the program unless given",
    )  # fmt: skip


def folder_of(given: Path | None) -> Traversable:
    """The folder that is meant. Raises HepaticaError when there is no knowledge base in it."""
    if given is None:
        return files("eligibility.knowledge")
    if not (given / "knowledge.yaml").is_file():
        raise HepaticaError(f"There is no knowledge base in {given}: it has no file knowledge.yaml.")
    return given


def run(arguments: argparse.Namespace) -> int:
    """Check, print what was found, and a line that sums it up."""
    checked = check_knowledge(folder_of(arguments.folder))
    for flaw in checked.flaws:
        sys.stdout.write(f"{plain(str(flaw), _MOST_OF_A_FINDING)}\n")
    sys.stdout.write(f"{_summary(checked)}\n")
    return UNUSABLE if checked.flaws else 0


def _summary(checked: Checked) -> str:
    count = len(checked.flaws)
    result = "nothing to mend" if not count else "1 finding" if count == 1 else f"{count} findings"
    knowledge = checked.knowledge
    if knowledge is None:
        return f"{result[0].upper()}{result[1:]}; mend these first, then check again for the rest."
    examples = sum(len(option.examples) for option in knowledge.options)
    retired = f", {len(knowledge.retired)} retired" if knowledge.retired else ""
    reviewed = sum(option.status == "reviewed" for option in knowledge.options)
    return (
        f"Knowledge {knowledge.version} ({knowledge.sha256[:8]}): {len(knowledge.options)} options{retired}, "
        f"{reviewed} reviewed; {len(knowledge.catalogue)} facts, {len(knowledge.gates)} gates, {examples} examples, "
        f"{len(knowledge.sources)} sources: {result}."
    )
