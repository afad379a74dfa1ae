"""The commands for reviewers, `hepatica knowledge …`: which there are, and the module that carries each out.

Each module has `add_arguments(parser)` and `run(arguments) -> int`, the exit status; it is imported when its command is
called.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from server.command_parser import CommandParser

__all__ = ["add_knowledge"]

_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "check": ("server.reviewing.check", "check every rule, source and example; names file and line"),
    "sign": ("server.reviewing.sign", "record that a clinician has reviewed options"),
    "verdicts": ("server.reviewing.verdicts", "which patients change their answer between two versions"),
    "rulebook": ("server.reviewing.rulebook", "the whole knowledge base as a rule book to browse and print"),
    "export": ("server.reviewing.export", "the knowledge base as FHIR resources or CQL"),
}


def add_knowledge(commands: Any) -> None:
    """Add `knowledge` and its sub-commands to the command line."""
    parser = commands.add_parser(
        "knowledge", help="check, sign, compare and hand on the knowledge base",
        description="For those who review the rules: check them, sign them off, compare versions, hand them on.",
    )  # fmt: skip
    group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=CommandParser)
    for name, (module, line) in _COMMANDS.items():
        group.add_parser(name, help=line, declare=_declaration(module))


def _declaration(module: str) -> Callable[[argparse.ArgumentParser], None]:
    def declare(parser: argparse.ArgumentParser) -> None:
        command = import_module(module)
        command.add_arguments(parser)
        parser.set_defaults(run=command.run)

    return declare
