"""Reads one YAML file strictly and remembers the line of everything in it.

YAML is lax where a reviewer slips: a repeated key wins silently, an unquoted `no` becomes false. Both are
refused here. Only `load.py` uses this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from eligibility.errors import KnowledgeError

__all__ = ["Document", "parse_yaml"]

Path = tuple[str | int, ...]

_LAX_WORDS = {"yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file: plain Python values, and the line on which each of them stands."""

    file: str
    content: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int | None:
        """The line of a value, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def error(self, path: Path, found: str, remedy: str = "", allowed: str = "") -> KnowledgeError:
        """An error at a place in this file."""
        return KnowledgeError(found, remedy, allowed=allowed, file=self.file, line=self.line(path))


def parse_yaml(text: str, file: str) -> Document:
    """Numbers become Decimal, so that 0.1 stays 0.1. Raises KnowledgeError with file and line."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        found = str(getattr(problem, "problem", None) or "this is not YAML").capitalize()
        raise KnowledgeError(f"{found}.", "Mend the YAML.", file=file, line=line) from None
    lines: dict[Path, int] = {}
    content = None if node is None else _content(node, (), lines, file)
    return Document(file, content, lines)


def _content(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
                raise KnowledgeError("a key is not plain text.", file=file, line=key_node.start_mark.line + 1)
            if key in found:
                raise KnowledgeError(
                    f"the key {key!r} stands twice.", "Keep one.", file=file, line=key_node.start_mark.line + 1
                )
            lines[*path, key] = key_node.start_mark.line + 1
            found[key] = _content(value_node, (*path, key), lines, file)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_content(item, (*path, i), lines, file) for i, item in enumerate(node.value)]
    return _scalar(node, file, line)


def _scalar(node: yaml.Node, file: str, line: int) -> Any:
    text: str = node.value
    kind = node.tag.rsplit(":", 1)[-1]
    plain = not getattr(node, "style", None)
    if kind == "bool":
        if text not in ("true", "false"):
            raise KnowledgeError(
                f"{text!r} stands without quotes.", "Write true, false, or quote it.", file=file, line=line
            )
        return text == "true"
    if plain and text.lower() in _LAX_WORDS:
        raise KnowledgeError(f"{text!r} stands without quotes.", "Quote it.", file=file, line=line)
    if kind == "null":
        if text:
            return None
        raise KnowledgeError("a key has no value.", "Give one, or leave the key out.", file=file, line=line)
    if kind == "int" and text.lstrip("-").isdigit():
        return int(text)
    if kind == "float":
        try:
            return Decimal(text)
        except InvalidOperation:
            raise KnowledgeError(f"{text!r} is not a number.", "Write digits.", file=file, line=line) from None
    return text
