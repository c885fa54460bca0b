"""Markdown as its reader sees it: marks are left out, and addresses follow the text of their links.

This reads the common marks line by line, not the whole of CommonMark: a mark that is not understood stays
in the text, so nothing that is published escapes notice.
"""

from __future__ import annotations

import re

from tipstaff.cli.documents.extract import Builder, Extract, Gap
from tipstaff.cli.documents.hypertext import add_seen, add_target, is_inline, link_target

_OPENER = re.compile(
    r"^[ ]{0,3}(?P<fence>`{3,}|~{3,})|(?P<code>`+)"
    r"|(?P<comment><!--)|^[ ]{0,3}<(?P<tag>script|style|template)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LINE = re.compile(r"([^\n]*?)(\r?\n|\Z)")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.*?)[ \t]*(?:[ \t]#+)?[ \t]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|--+)[ \t]*")
_RULER = re.compile(
    r"[ ]{0,3}(?:([-*_])[ \t]*(?:\1[ \t]*){2,}|\|?[ \t]*:?--+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*)"
)
_MARKER = re.compile(r"[ \t]*(?:(?:>[ \t]?)+[ \t]*)?(?:(?:[-+*]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_TABLE = re.compile(r"\|.*\|[ \t]*")
_INLINE = re.compile(
    r"""
    \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<end>\]\([ \t]*<?(?P<url>[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?
        (?:[ \t]+["'(](?P<title>[^\n]*?)["')])?[ \t]*\))
    | (?P<cross>\]\[[^\]\n]*\])
    | (?P<open>!?\[) | (?P<close>\])
    | (?P<ticks>`+)(?P<code>[^\n]*?)(?<!`)(?P=ticks)(?!`)
    | <(?P<auto>[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*)>
    | (?P<tag></?(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?:\s[^<>\n]*)?/?>)
    | (?P<mark>`+|\*+|~~|(?<![^\W_])_+|_+(?![^\W_]))
    | (?P<cell>\|)
    | (?P<reference>&\#?[0-9A-Za-z]{1,31};)
    | (?P<space>[ \t]+)
    """,
    re.VERBOSE,
)


def read_markdown(source: str, start: int, *, titled: bool) -> tuple[Extract | None, Extract]:
    """Return the first heading, unless the source is `titled` already, and the text from `start` on."""
    reader = _Reader(source, titled=titled)
    reader.read(start)
    return (reader.title.build() if reader.title.chars else None), reader.text.build()


class _Reader:
    """Goes through Markdown line by line."""

    def __init__(self, source: str, *, titled: bool) -> None:
        self._source = source
        self._unseen = _unseen(source)
        self._titled = titled
        self._fence = ""
        self._quoted = False
        self.title = Builder(source)
        self.text = Builder(source)

    def read(self, start: int) -> None:
        """Read everything from `start` on."""
        lines = [found.span(1) for found in _LINE.finditer(self._source, start)]
        skip = False
        for number, (begin, end) in enumerate(lines):
            after = lines[number + 1] if number + 1 < len(lines) else (end, end)
            skip = not skip and self._line(begin, end, after)

    def _line(self, start: int, end: int, after: tuple[int, int]) -> bool:
        """Read one line; return whether the one after it was read along with it."""
        if self._fenced(start, end):
            return False
        heading = _HEADING.fullmatch(self._source, start, end)
        if heading:
            self._heading(*heading.span(1))
            return False
        if self._source[start:end].isspace() or start == end or _RULER.fullmatch(self._source, start, end):
            self.text.gap(Gap.LINE, start)
            return False
        if _UNDERLINE.fullmatch(self._source, *after) and self._starts_block:
            self._heading(start, end)
            return True
        self._paragraph(start, end)
        return False

    @property
    def _starts_block(self) -> bool:
        """Whether the next letter begins a block."""
        return not self.text.chars or self.text.pending is Gap.LINE

    def _fenced(self, start: int, end: int) -> bool:
        """Read a line of a code block, or a fence around one."""
        fence = _FENCE.match(self._source, start, end)
        if self._fence:
            if fence and fence[1].startswith(self._fence):
                self._fence = ""
            else:
                self.text.copy(start, end)
            self.text.gap(Gap.LINE, end)
            return True
        if fence:
            self._fence = fence[1]
            self.text.gap(Gap.LINE, start)
        return fence is not None

    def _heading(self, start: int, end: int) -> None:
        """Read a heading: the first is the title, if there is none yet."""
        into = self.text if self._titled else self.title
        self._titled = True
        self.text.gap(Gap.LINE, start)
        _Inline(into, self._unseen, table=False).read(start, end)
        self.text.gap(Gap.LINE, end)

    def _paragraph(self, start: int, end: int) -> None:
        """Read a line of a paragraph, a quotation, a list or a table."""
        marker = _MARKER.match(self._source, start, end)
        body = marker.end() if marker else start
        table = _TABLE.fullmatch(self._source, body, end) is not None
        marks = self._source[start:body].strip()
        if table or marks.strip("> ") or self._quoted is not marks.startswith(">"):
            self.text.gap(Gap.LINE, start)
        self._quoted = marks.startswith(">")
        hard = self._source.endswith(("  ", "\\"), body, end)
        _Inline(self.text, self._unseen, table=table).read(body, end - self._source.endswith("\\", body, end))
        self.text.gap(Gap.LINE if table or hard else Gap.SOFT, end)


def _unseen(source: str) -> list[tuple[int, int]]:
    """Return where comments, scripts and styles stand, not those that are shown as code."""
    unseen = []
    lower = source.lower()
    at = 0
    while opener := _OPENER.search(source, at):
        start, at = opener.span()
        if opener["code"]:
            # A code span ends within its paragraph.
            paragraph = source.find("\n\n", at)
            close = source.find(opener["code"], at, paragraph if paragraph >= 0 else len(source))
            at = close + len(opener["code"]) if close >= 0 else at
        elif opener["fence"]:
            close = source.find("\n" + opener["fence"], at)
            at = close + 1 + len(opener["fence"]) if close >= 0 else len(source)
        else:
            closing = "-->" if opener["comment"] else f"</{opener['tag'].lower()}"
            close = lower.find(closing, at)
            if close >= 0:
                at = source.find(">", close) + 1 or len(source)
                unseen.append((start, at))
    return unseen


class _Inline:
    """Reads the inside of a line."""

    def __init__(self, into: Builder, unseen: list[tuple[int, int]], *, table: bool) -> None:
        self._into = into
        self._source = into.source
        self._unseen = unseen
        self._table = table
        self._links: set[int] = set()
        self._targets: list[tuple[int, int] | None] = []

    def read(self, start: int, end: int) -> None:
        """Add `source[start:end]` without its marks."""
        pieces = list(self._seen(start, end))
        for first, last in pieces:
            self._find_links(first, last)
        for first, last in pieces:
            done = first
            for found in _INLINE.finditer(self._source, first, last):
                self._into.copy(done, found.start())
                self._mark(found)
                done = found.end()
            self._into.copy(done, last)

    def _seen(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of a line that are shown."""
        pieces = []
        for first, last in self._unseen:
            if last <= start or first >= end:
                continue
            pieces.append((start, max(start, first)))
            start = last
        return [*pieces, (min(start, end), end)]

    def _find_links(self, start: int, end: int) -> None:
        """Note the brackets that open links and pictures, not those that are part of the text."""
        opened: list[int] = []
        for found in _INLINE.finditer(self._source, start, end):
            if found["open"]:
                opened.append(found.start())
            elif (found["end"] or found["cross"]) and opened:
                self._links |= {opened.pop(), found.start()}
            elif found["close"] and opened:
                opened.pop()

    def _mark(self, found: re.Match[str]) -> None:
        """Add what stands behind one mark."""
        start, end = found.span()
        into = self._into
        if found["escaped"]:
            into.put(found["escaped"], start, end)
        elif found["end"] and start in self._links:
            add_target(into, found.span("url") if ":" in found["url"] else None)
            if found["title"]:
                into.gap(Gap.SPACE, start)
                into.decode(*found.span("title"))
        elif found["ticks"] or found["auto"]:
            into.copy(*found.span("code" if found["ticks"] else "auto"))
        elif found["tag"]:
            self._tag(found)
        elif found["reference"]:
            into.decode(start, end)
        else:
            self._punctuation(found)

    def _punctuation(self, found: re.Match[str]) -> None:
        """Leave out a mark that has a meaning but no text, or copy what turns out to be text."""
        start, end = found.span()
        if found["space"]:
            self._into.gap(Gap.SPACE, start)
        elif found["cell"] and self._table:
            self._into.gap(Gap.LINE, start)
        elif not (found["mark"] and not self._is_text(start, end)) and start not in self._links:
            self._into.copy(start, end)

    def _is_text(self, start: int, end: int) -> bool:
        """Tell whether asterisks or the like mark nothing: they stand between spaces."""
        before, after = self._source[start - 1 : start], self._source[end : end + 1]
        return before.isspace() and after.isspace()

    def _tag(self, found: re.Match[str]) -> None:
        """Read an HTML tag among Markdown."""
        name, span = found["name"].lower(), found.span()
        if not is_inline(name):
            self._into.gap(Gap.LINE, span[0])
        elif name == "a" and found["tag"].startswith("</"):
            add_target(self._into, self._targets.pop() if self._targets else None)
        elif name == "a":
            self._targets.append(link_target(self._into.source, *span))
        add_seen(self._into, *span)
