"""The argument parser of the command line: one sentence instead of a usage text, arguments declared when needed.

A sub-command hands `declare` a function that adds its arguments. It runs only when the sub-command is called, so that
one command never pays for the imports of another.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from server.plain_text import plain

__all__ = ["UNUSABLE", "CommandParser", "refuse"]

UNUSABLE: Final = 2
"""The exit status for unusable input or settings."""

_MOST_OF_A_MESSAGE: Final = 1000


def refuse(message: str, status: int = UNUSABLE) -> int:
    """Say on standard error, in one line, why a command did not work; returns the exit status."""
    sys.stderr.write(f"hepatica: {plain(message, _MOST_OF_A_MESSAGE)}\n")
    return status


class CommandParser(argparse.ArgumentParser):
    """A parser of one command; its sub-commands are parsed by the same class."""

    def __init__(
        self, *, allow_abbrev: bool = False, declare: Callable[[argparse.ArgumentParser], None] | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(allow_abbrev=allow_abbrev, **more)
        self._declare = declare

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As argparse does, after the arguments were declared."""
        declare, self._declare = self._declare, None
        if declare is not None:
            declare(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """One sentence instead of the whole usage."""
        self.exit(refuse(f"{message[:1].upper()}{message[1:]}. See {self.prog} --help."))
