"""Plain text from what a report arrives in: plain text, HTML, XHTML, RTF, with or without base64. PDF is named only.

Markup is data: nothing is fetched, rendered or run. Every step takes time in proportion to the length.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from dataclasses import dataclass
from typing import Literal

from fhir_mappings.report_text.statements import TEXT_LIMIT

__all__ = ["PlainText", "plain_text", "presented_text"]

Form = Literal["plain", "html", "rtf", "pdf", "unreadable"]

_RAW_LIMIT = 20 * TEXT_LIMIT
_TYPES: dict[str, Form] = {
    "text/plain": "plain", "text/html": "html", "application/xhtml+xml": "html", "text/xhtml": "html",
    "application/xml": "html", "text/xml": "html", "text/rtf": "rtf", "application/rtf": "rtf",
    "application/x-rtf": "rtf", "application/pdf": "pdf",
}  # fmt: skip
_LOOKS_HTML = re.compile(r"<(?:!doctype html|html|body|div|p|br|table|span|pre|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s{0,3}=\s{0,3}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_SKIPPED = frozenset({"script", "style", "head", "title", "template", "del", "s", "strike"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "section", "article", "pre", "hr", "dt", "dd", "blockquote",
     "h1", "h2", "h3", "h4", "h5", "h6", "thead", "tbody", "caption", "header", "footer"}
)  # fmt: skip
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]{0,30})")
_RTF = re.compile(
    r"\\(?:'([0-9a-fA-F]{2})|([A-Za-z]{1,32})(-?\d{1,10})?[ ]?|([^A-Za-z']))|([{}])|([^\\{}]{1,4096})", re.DOTALL
)
_RTF_SKIPPED = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "headerf",
     "footerl", "footerr", "footerf", "themedata", "colorschememapping", "datastore", "latentstyles", "generator",
     "listtable", "listoverridetable", "rsidtbl", "xmlnstbl", "fldinst", "filetbl", "revtbl", "template"}
)  # fmt: skip
_RTF_SIGNS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": " ", "cell": " ", "emdash": "\u2014",
    "endash": "\u2013", "lquote": "'", "rquote": "'", "ldblquote": '"', "rdblquote": '"', "bullet": "\u2022",
}  # fmt: skip
_RTF_SYMBOLS = {"~": " ", "_": "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}"}
_RTF_HIDING = frozenset({"strike", "striked", "deleted", "v"})
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINES = re.compile(r"\n{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text, and what it was in. `why` says why there is none, or that it was cut."""

    text: str
    form: Form
    why: str = ""
    cut: bool = False


def presented_text(content_type: str | None, data: str) -> PlainText:
    """The text of an attachment's base64 `data`, by its content type and, where that is missing, by its looks."""
    if len(data) > _RAW_LIMIT:
        return PlainText("", "unreadable", "the document is too large to read")
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return PlainText("", "unreadable", "the document is not valid base64")
    if raw.startswith(b"%PDF-"):
        return PlainText("", "pdf", "PDF, not read")
    return plain_text(_decoded(raw, content_type), content_type)


def plain_text(text: str, content_type: str | None = None) -> PlainText:
    """The plain text of a document that is already characters. Never raises."""
    form = _TYPES.get((content_type or "").split(";")[0].strip().lower())
    start = text[:200].lstrip("\ufeff \t\r\n")
    if form == "pdf" or start.startswith("%PDF-"):
        return PlainText("", "pdf", "PDF, not read")
    if start.startswith("{\\rtf"):
        form = "rtf"
    if form is None and (content_type or "").strip():
        return PlainText("", "unreadable", "the document is of a kind that is not read")
    if form in (None, "plain") and _LOOKS_HTML.search(text[:2000]):
        form = "html"
    text, cut = text[:_RAW_LIMIT], len(text) > _RAW_LIMIT
    if form == "html":
        text = _of_html(text)
    elif form == "rtf":
        text = _Rtf().read(text)
    text = _tidied(text)
    cut = cut or len(text) > TEXT_LIMIT
    return PlainText(text[:TEXT_LIMIT], form or "plain", "only the beginning was read" if cut else "", cut)


def _decoded(raw: bytes, content_type: str | None) -> str:
    named = _CHARSET.search(content_type or "")
    for charset in (named[1] if named else None, "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else None, "utf-8"):
        try:
            if charset:
                return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", errors="replace")


def _tidied(text: str) -> str:
    """One kind of line end, one kind of blank, no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    text = _CONTROL.sub("", text)
    text = "\n".join(_indented(line) for line in text.split("\n"))
    return _LINES.sub("\n\n", text)


def _indented(line: str) -> str:
    body = line.lstrip()
    indent = min(len(line) - len(body), 8) if body else 0
    return " " * indent + _BLANKS.sub(" ", body.rstrip())


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _of_html(text: str) -> str:
    """The words between tags. What is struck out or not shown is left out; an unfinished tag ends the text."""
    out: list[str] = []
    hidden: list[str] = []
    at = 0
    while (opening := text.find("<", at)) >= 0:
        if not hidden:
            out.append(_unescaped(text[at:opening]))
        if text.startswith("<!--", opening):
            closing = text.find("-->", opening + 4)
            at = closing + 3
        else:
            name = _TAG_NAME.match(text, opening + 1)
            if name is None and not text.startswith(("<!", "<?"), opening):
                if not hidden:
                    out.append("<")
                at = opening + 1
                continue
            closing = text.find(">", opening)
            at = closing + 1
            if name is not None and closing >= 0:
                _tag(name, text[closing - 1] == "/", out, hidden)
        if closing < 0:
            return "".join(out)
    if not hidden:
        out.append(_unescaped(text[at:]))
    return "".join(out)


def _tag(name: re.Match[str], closed: bool, out: list[str], hidden: list[str]) -> None:
    word, ends = name[1].lower().rpartition(":")[2], name[0].startswith("/")
    if word in _SKIPPED and not closed:
        if not ends:
            if len(hidden) < 100:
                hidden.append(word)
        elif hidden and word == hidden[-1]:
            hidden.pop()
    elif not hidden:
        out.append("\n" if word in _BREAKS else " " if word in ("td", "th") else "")


@dataclass(slots=True)
class _Group:
    """One brace group: whether its words are left out, by what they are hidden, how long a fallback for \\u is."""

    skipped: bool = False
    hiding: frozenset[str] = frozenset()
    fallback: int = 1


class _Rtf:
    """A reader of RTF that keeps words and line ends. Fonts, pictures, hidden and struck text are left out."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.groups = [_Group()]
        self.codepage = "cp1252"
        self.swallow = 0

    def read(self, text: str) -> str:
        """The words of a document."""
        opened = False
        for sign, word, number, symbol, brace, plain in _RTF.findall(text):
            if brace:
                self._brace(brace)
            elif symbol == "*" and opened:
                self.groups[-1].skipped = True
            elif sign:
                self._byte(int(sign, 16))
            elif word:
                self._word(word, number)
            elif symbol:
                self._show(_RTF_SYMBOLS.get(symbol, ""))
            elif plain:
                words = plain.replace("\r", "").replace("\n", "")
                self._show(words[self.swallow :])
                self.swallow = max(0, self.swallow - len(words))
            opened = brace == "{"
        return "".join(self.out)

    def _show(self, words: str) -> None:
        if not self.groups[-1].skipped and not self.groups[-1].hiding:
            self.out.append(words)

    def _brace(self, brace: str) -> None:
        group = self.groups[-1]
        if brace == "{":
            self.groups.append(_Group(group.skipped, group.hiding, group.fallback))
            return
        self.swallow = 0
        if len(self.groups) > 1:
            self.groups.pop()

    def _byte(self, code: int) -> None:
        if self.swallow:
            self.swallow -= 1
        else:
            self._show(bytes([code]).decode(self.codepage, errors="replace"))

    def _word(self, word: str, number: str) -> None:
        group, value = self.groups[-1], int(number) if number else None
        if word == "u" and value is not None:
            code = value % 65536
            self._show("?" if 0xD800 <= code <= 0xDFFF else chr(code))
            self.swallow = group.fallback
        elif word == "uc":
            group.fallback = max(0, min(value or 0, 8))
        elif word == "ansicpg":
            self.codepage = _codepage(number)
        elif word in _RTF_SKIPPED:
            group.skipped = True
        elif word in _RTF_HIDING:
            group.hiding = group.hiding - {word} if value == 0 else group.hiding | {word}
        elif word == "plain":
            group.hiding = frozenset()
        else:
            self._show(_RTF_SIGNS.get(word, ""))


def _codepage(number: str) -> str:
    """The name of a code page that exists, else the usual one."""
    name = f"cp{number}"
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return "cp1252"
    return name
