"""Clauses CH-88 to CH-91: the detail of a card, read with a Markdown parser that hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conformance.card_shapes import Json, objects

__all__ = ["detail_problems"]

_AUTOLINKED = re.compile(r"(?:\bhttp://|\bftp://|(?<![\w/.])www\.)\S", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _reader() -> MarkdownIt:
    """GitHub-flavoured Markdown with raw HTML and every link scheme recognised, so that both can be found."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    setattr(parser, "validateLink", lambda _url: True)  # noqa: B010 (the parser's own switch, an attribute)
    return parser


_READER = _reader()


def detail_problems(card: Json) -> Iterator[str]:
    detail = card["detail"]
    if not isinstance(detail, str) or not detail.strip():
        yield "CH-88 the detail is no text"
        return
    blocks = _READER.parse(detail)
    inline = [token for block in blocks for token in (block.children or [])]
    plain = [token.content for token in inline if token.type == "text"]
    if _CONTROL.search(detail) or any("**" in text or "~~" in text for text in plain):
        yield "CH-88 the detail is not what Markdown can draw: stray control characters or marks"
    if any(token.type in ("html_block", "html_inline") for token in [*blocks, *inline]):
        yield "CH-89 raw HTML in the detail"
    targets = [*_targets(inline, "link_open", "href"), *_targets(inline, "image", "src")]
    for target in targets:
        if not target.lower().startswith("https://"):
            yield f"CH-89 a link in the detail is not https: {target[:40]}"
    if any(_AUTOLINKED.search(text) for text in plain):
        yield "CH-89 an address in the detail that clients turn into an insecure link"
    if blocks[0].type != "paragraph_open" or blocks[1].content.rstrip().endswith(":"):
        yield "CH-90 the detail does not begin with a paragraph that stands alone"
    repeated = {link.get("url") for link in objects(card.get("links"))}
    for target in targets:
        if target not in repeated:
            yield f"CH-91 a link in the detail is missing from links: {target[:60]}"


def _targets(tokens: list[Token], kind: str, attribute: str) -> list[str]:
    found: list[Any] = [token.attrGet(attribute) for token in tokens if token.type == kind]
    return [str(target) for target in found if target is not None]
