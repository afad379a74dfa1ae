"""What a card's detail becomes in renderers, and which of its words are our own and which the record's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sandbox_ehr.card_view import detail_html
from tests.journeys.html_page import Page

__all__ = ["OURS", "active_parts", "code_spans", "own_words", "references"]

OURS = frozenset({"p", "strong", "em", "ul", "ol", "li", "code"})
"""What a detail of ours is made of; anything else would come from the record."""

# The literal autolinks of GitHub-flavoured Markdown (its specification, 6.9), which need no brackets.
_AUTOLINK = re.compile(
    r"(?:https?|ftp)://\S|(?<![\w/.])www\.\S|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:mailto|xmpp):\S+@", re.IGNORECASE
)
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_LAYOUT = frozenset({"text", "code_inline", "softbreak", "hardbreak", "inline", "text_special"})


def _parser(preset: str) -> MarkdownIt:
    """A renderer that trusts its input: raw HTML passes, every scheme may be linked to."""
    parser = MarkdownIt(preset, {"html": True}).enable(["table", "strikethrough"])
    setattr(parser, "validateLink", lambda _url: True)  # noqa: B010 (the parser's own switch, an attribute)
    return parser


_PARSERS = (_parser("commonmark"), _parser("js-default"))


def _tokens(parser: MarkdownIt, detail: str) -> Iterator[Token]:
    for block in parser.parse(detail):
        yield block
        yield from block.children or ()


def active_parts(detail: str) -> list[str]:
    """Whatever a renderer would draw that is not ours: a tag, raw HTML, an address it turns into a link by itself."""
    found = []
    for parser in _PARSERS:
        for token in _tokens(parser, detail):
            if token.type.startswith("html_") or (token.type not in _LAYOUT and token.tag not in OURS):
                found.append(f"{token.type} {token.tag}")
            if token.type == "text" and _AUTOLINK.search(token.content):
                found.append(f"autolink in {token.content[:60]}")
    drawn = Page(f"<body>{detail_html(detail)}</body>")
    found += [f"<{e.tag}>" for e in drawn.elements if e.tag not in OURS | {"body"}]
    return found


def code_spans(detail: str) -> list[str]:
    """The record's own words, and the resources that are named."""
    return [token.content for token in _tokens(_PARSERS[0], detail) if token.type == "code_inline"]


def own_words(detail: str) -> str:
    """Everything outside code spans, as a reader sees it."""
    kinds = {"text", "softbreak", "hardbreak", "text_special"}
    lines = []
    for block in _PARSERS[0].parse(detail):
        words = [t.content or " " for t in block.children or () if t.type in kinds]
        lines.append("".join(words))
    return "\n".join(line for line in lines if line)


def references(detail: str) -> set[str]:
    """The `Type/id` that the detail names."""
    return {span for span in code_spans(detail) if _REFERENCE.fullmatch(span)}
