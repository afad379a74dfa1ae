"""Sign-off of options: the fingerprint of what a reviewer signs, and the text of a file with the signature in it.

A fingerprint is taken of the parsed content, so comments, quotes, line breaks and the order of keys never matter.
That of an option covers everything in its file but the signature itself (`status` and `review`), and what it inherits:
its gates, the catalogue lines of the facts it reads, for computed facts also what they are computed from, and the
sources it cites. It does not cover the arithmetic of computed facts, which is program text with tests of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from eligibility.errors import KnowledgeError
from eligibility.knowledge.model import Option, Review
from eligibility.knowledge.yaml_source import Document, parse_yaml

__all__ = ["Inherited", "canonical", "signed_text", "without_signature"]

_SIGNATURE = ("status", "review")
_RETIRED = ("id", "name", "status", "retired_because")


def canonical(content: object) -> str:
    """The content as text that does not depend on the order of keys, quoting or comments."""
    if isinstance(content, dict):
        return "{" + ",".join(f"{k!r}:{canonical(content[k])}" for k in sorted(content)) + "}"
    if isinstance(content, list):
        return "[" + ",".join(canonical(item) for item in content) + "]"
    return repr(content)


def without_signature(content: object) -> object:
    """What an option's file adds to the fingerprint of the whole knowledge base.

    A signature does not change what was signed, so it is left out. Of a retired option only its id, its name and why
    it was retired count: its rules are not read.
    """
    if not isinstance(content, dict):
        return content
    if content.get("status") == "retired":
        return {key: value for key, value in content.items() if key in _RETIRED}
    return {key: value for key, value in content.items() if key not in _SIGNATURE}


class Inherited:
    """The content that options inherit, by name, and with it the fingerprint of an option."""

    def __init__(self, sections: Iterable[Document], sources: Document, scores: Document | None) -> None:
        self._facts = {entry["id"]: entry for section in sections for entry in section.content["facts"]}
        self._sources = {entry["id"]: entry for entry in sources.content["sources"]}
        self._scores: dict[str, list[Mapping[str, Any]]] = {}
        for entry in scores.content["scores"] if scores is not None else ():
            for fact in entry["gives"]:
                self._scores.setdefault(fact, []).append(entry)
        self._digests: dict[tuple[str, str], str] = {}

    def fingerprint(self, option: Option, document: Document, gates: Mapping[str, Document]) -> str:
        """The sha256 of what a reviewer of this option signs."""
        facts, scores = self._behind(option.reads)
        sources = dict.fromkeys(
            [*option.sources, *(s for gate in option.gates for s in gates[gate].content.get("sources", ()))]
        )
        parts = [
            ("option", option.id, _digest(without_signature({**document.content, "status": "draft"}))),
            *(("gate", gate, self._once("gate", gate, gates[gate].content)) for gate in sorted(option.gates)),
            *(("fact", fact, self._once("fact", fact, self._facts[fact])) for fact in sorted(facts)),
            *(("score", name, self._once("score", name, entry)) for name, entry in sorted(scores.items())),
            *(("source", name, self._once("source", name, self._sources[name])) for name in sorted(sources)),
        ]
        return hashlib.sha256("\n".join(" ".join(part) for part in parts).encode()).hexdigest()

    def _behind(self, reads: Iterable[str]) -> tuple[set[str], dict[str, Mapping[str, Any]]]:
        """The facts that an option reads and those they are computed from, and how they are computed."""
        facts: set[str] = set()
        scores: dict[str, Mapping[str, Any]] = {}
        waiting = list(reads)
        while waiting:
            fact = waiting.pop()
            if fact not in facts:
                facts.add(fact)
                for entry in self._scores.get(fact, ()):
                    scores[entry["id"]] = entry
                    waiting.extend(entry["uses"])
        return facts, scores

    def _once(self, kind: str, name: str, content: object) -> str:
        found = self._digests.get((kind, name))
        if found is None:
            found = self._digests[kind, name] = _digest(content)
        return found


def _digest(content: object) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


_STATUS = re.compile(r"""^(status:[ \t]*)(?:[a-z]+|"[a-z]+"|'[a-z]+')(?=[ \t]*(?:#.*)?$)""", re.MULTILINE)
_REVIEW = re.compile(r"^review:.*\n(?:[ \t]+\S.*\n|\}.*\n)*", re.MULTILINE)


def signed_text(text: str, file: str, review: Review) -> str:
    """The text of an option's file with this signature in place of an earlier one; nothing else is touched.

    Raises KnowledgeError when that cannot be done without touching something else.
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n")
    without = _REVIEW.sub("", plain if plain.endswith("\n") else f"{plain}\n")
    signature = (
        f"reviewer: {_quoted(review.reviewer)}", f'date: "{review.date.isoformat()}"',
        f"fingerprint: {review.fingerprint}",
    )  # fmt: skip
    block = "review:\n" + "".join(f"  {line}\n" for line in signature)
    line = _STATUS.search(without)
    if line is not None:
        end = without.index("\n", line.start()) + 1
        first = _STATUS.sub(r"\g<1>reviewed", without[line.start() : end])
        made = without[: line.start()] + first + block + without[end:]
        if _same_but_signed(text, made, file, review):
            return made.replace("\n", ending)
    raise KnowledgeError(
        "the signature cannot be written without touching something else.",
        "Write `status: reviewed` and `review` at the start of a line each, and sign again.", file=file,
    )  # fmt: skip


def _same_but_signed(before: str, after: str, file: str, review: Review) -> bool:
    old, new = parse_yaml(before, file).content, parse_yaml(after, file).content
    wanted = {"reviewer": review.reviewer, "date": review.date.isoformat(), "fingerprint": review.fingerprint}
    signature = {"status": "reviewed", "review": wanted}
    return bool({key: value for key, value in old.items() if key not in _SIGNATURE} | signature == new)


def _quoted(text: str) -> str:
    """Text between double quotes, as YAML reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
