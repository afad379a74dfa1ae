"""Cards as a plain EHR draws them: what of a CDS Hooks card reaches the screen, and its Markdown as safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from sandbox_ehr.fhir_json import Resource, items, text

__all__ = ["CardView", "LinkView", "SuggestionView", "card_view", "detail_html"]

INDICATORS = {"info": "Information", "warning": "Warning", "critical": "Critical"}
_SUMMARY_LIMIT = 140
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link of a card. `url` is empty when this EHR does not open it; `why` then says so."""

    label: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion of a card, and what taking it would do, line by line."""

    label: str
    actions: tuple[str, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """One card, ready to be drawn."""

    indicator: str
    indicator_word: str
    summary: str
    source: str
    source_url: str
    detail: Markup
    links: tuple[LinkView, ...]
    suggestions: tuple[SuggestionView, ...]
    choose: str
    reasons: tuple[str, ...]
    faults: tuple[str, ...]
    """What a required field lacks, in words; such a card is still shown."""


def card_view(card: Resource) -> CardView:
    """The card as drawn. A card that breaks the standard keeps what it says and has its faults named."""
    indicator, summary = text(card.get("indicator")), text(card.get("summary"))
    source = (items(card.get("source")) or [{}])[0]
    faults = []
    if indicator not in INDICATORS:
        faults.append("its indicator is not info, warning or critical")
    if not summary:
        faults.append("it has no summary")
    if len(summary) >= _SUMMARY_LIMIT:
        faults.append("its summary has 140 characters or more")
    if not text(source.get("label")):
        faults.append("it has no source label")
    suggestions = items(card.get("suggestions"))
    return CardView(
        indicator=indicator if indicator in INDICATORS else "unstated",
        indicator_word=INDICATORS.get(indicator, "Importance not stated"),
        summary=summary or "Card without a summary",
        source=text(source.get("label")) or "Source not stated",
        source_url=_followable(text(source.get("url"))),
        detail=detail_html(text(card.get("detail"))),
        links=tuple(_link(link) for link in items(card.get("links"))),
        suggestions=tuple(_suggestion(suggestion) for suggestion in suggestions),
        choose="Choose one at most" if card.get("selectionBehavior") == "at-most-one" else "Choose any",
        reasons=tuple(
            reason
            for coding in items(card.get("overrideReasons"))
            if (reason := text(coding.get("display")) or text(coding.get("code")))
        ),
        faults=tuple(faults),
    )


def _link(link: Resource) -> LinkView:
    label, url = text(link.get("label")) or "Link without a label", _followable(text(link.get("url")))
    if link.get("type") == "smart":
        return LinkView(label, "", "SMART app, not launched here")
    return LinkView(label, url, "" if url else "not opened: its address is not an https address")


def _suggestion(suggestion: Resource) -> SuggestionView:
    actions = (text(action.get("description")) for action in items(suggestion.get("actions")))
    return SuggestionView(
        label=text(suggestion.get("label")) or "Suggestion without a label",
        actions=tuple(action for action in actions if action),
        first=suggestion.get("isRecommended") is True,
    )


def _followable(url: str) -> str:
    """The address if a clinician may be sent there: https, or http on this machine for demonstrations."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    secure = parts.scheme == "https" and bool(parts.netloc)
    return url if secure or (parts.scheme == "http" and parts.hostname in _LOOPBACK) else ""


def detail_html(markdown: str) -> Markup:
    """GitHub-flavoured Markdown as HTML: raw HTML is shown as text, only https links are links, no pictures.

    Headings start at the fourth level, below the card's own.
    """
    return Markup(_MARKDOWN.render(markdown))  # noqa: S704 (the renderer escapes; raw HTML is switched off)


def _https_only(url: str) -> bool:
    return url.lower().startswith("https://")


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer")
    tokens[index].attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _heading(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].tag = f"h{min(6, int(tokens[index].tag[1:]) + 3)}"
    return renderer.renderToken(tokens, index, options, env)


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = _https_only  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


_MARKDOWN = _markdown()
