"""`hepatica knowledge rulebook`: writes the rule book as a folder of pages to browse and print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from eligibility.knowledge.load import read_knowledge
from server.plain_text import plain
from server.reviewing.check import folder_of

__all__ = ["add_arguments", "run"]

_DESCRIPTION = """\
Write the whole knowledge base as a rule book: a folder of pages with a page for every option, gate, fact, score and
source, indexes, and one page that holds it all, to print. Open index.html; no server and no network is needed.

The pages are generated and say which version they show. To change a rule, change its file and write them again.
"""
_EPILOG = """\
exit status:
  0       written
  2       nothing was written; one sentence on standard error says why
"""
_MOST_OF_A_PATH = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("rulebook"),
        help="where to write: a new or empty folder, or an earlier rule book; ./rulebook unless given",
    )  # fmt: skip
    parser.add_argument(
        "--folder", metavar="FOLDER", type=Path,
        help="a folder with knowledge.yaml in it; the knowledge that comes with the program unless given",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Write it, and say where it begins."""
    from server.rulebook.folder import write_rulebook

    knowledge = read_knowledge(folder_of(arguments.folder))
    count = write_rulebook(knowledge, arguments.out)
    first = plain(str(arguments.out / "index.html"), _MOST_OF_A_PATH)
    sys.stdout.write(
        f"{count} files, rules {knowledge.version} ({knowledge.sha256[:8]}). Begin with {first}; to print it, "
        "open print.html beside it.\n"
    )
    return 0
