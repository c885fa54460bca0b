"""HTML as its reader sees it: text, texts in place of pictures, where links lead; no scripts or styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tipstaff.cli.documents.extract import Builder, Extract, Gap

_UNSEEN = frozenset({"script", "style", "template"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img"}
    | {"ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong"}
    | {"sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_HEADING = re.compile(r"h[1-6]")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_LEADS_OUT = re.compile(r"(?!javascript:|data:)(?:[a-z][a-z0-9+.-]{1,20}:|//)", re.IGNORECASE)
_SEEN_ATTRIBUTES = frozenset({"alt", "title"})


def is_inline(tag: str) -> bool:
    """Tell whether a tag leaves the text around it on the same line."""
    return tag in _INLINE


def attributes(source: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the attributes of the tag `source[start:end]`: the name, and where the value stands."""
    for found in _ATTRIBUTE.finditer(source, start, end):
        group = next(number for number in (2, 3, 4) if found[number] is not None)
        yield found[1].lower(), *found.span(group)


def add_seen(builder: Builder, start: int, end: int) -> None:
    """Add what a tag itself shows its reader: the text in place of a picture, and what hovering tells."""
    for name, first, last in attributes(builder.source, start, end):
        if name in _SEEN_ATTRIBUTES and last > first:
            builder.gap(Gap.SPACE, first)
            builder.flow(first, last)
            builder.gap(Gap.SPACE, last)


def link_target(source: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the address stands that the link `source[start:end]` leads to, if it leads elsewhere."""
    for name, first, last in attributes(source, start, end):
        if name == "href" and _LEADS_OUT.match(source, first, last):
            return first, last
    return None


def add_target(builder: Builder, target: tuple[int, int] | None) -> None:
    """Add the address of a link, unless the text of the link was the address."""
    if target and not builder.ends_with(builder.source[slice(*target)]):
        builder.gap(Gap.SPACE, target[0])
        builder.decode(*target)
        builder.gap(Gap.SPACE, target[1])


def read_html(source: str) -> tuple[Extract | None, Extract]:
    """Return the title and the text of an HTML page; without `<title>`, the first heading is the title."""
    page = _Page(source)
    if page.title.chars or not page.heading:
        return (page.title.build() if page.title.chars else None), page.text.build()
    heading = Builder(source)
    page = _Page(source, heading)
    return heading.build(), page.text.build()


class _Page(HTMLParser):
    """Sorts the pieces of a page. A first heading goes to `aside`, if there is one, else to the text."""

    def __init__(self, source: str, aside: Builder | None = None) -> None:
        super().__init__(convert_charrefs=False)
        self.title = Builder(source)
        self.text = Builder(source)
        self.heading = False
        self._source = source
        self._aside = aside
        self._into = self.text
        self._unseen = ""
        self._kept = 0
        self._targets: list[tuple[int, int] | None] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", source))]
        self.feed(source)
        self.close()
        while self._targets:
            add_target(self.text, self._targets.pop())

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002  as the parser calls it
        """Take `<![` for the beginning of a comment, as browsers do; the parser itself may give up on it."""
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Take note of a tag, and of what it shows or leads to."""
        start = self._at()
        end = start + len(self.get_starttag_text() or "")
        if self._unseen or tag in _UNSEEN:
            self._unseen = self._unseen or tag
            return
        if tag == "title" and not self.title.chars:
            self._into = self.title
        elif _HEADING.fullmatch(tag) and not self.heading:
            self.heading = True
            if self._aside is not None:
                self._into = self._aside
        if not is_inline(tag):
            self._into.gap(Gap.LINE, start)
        if tag in {"pre", "textarea"}:
            self._kept += 1
        if tag == "a":
            self._targets.append(link_target(self._source, start, end))
        add_seen(self._into, start, end)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat `<tag/>` as `<tag>`: only elements that are empty anyway are written so."""
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if self._unseen or tag in _UNSEEN:
            self._unseen = "" if tag == self._unseen else self._unseen
            return
        if tag == "a" and self._targets:
            add_target(self._into, self._targets.pop())
        if tag in {"pre", "textarea"} and self._kept:
            self._kept -= 1
        if tag == "title" or _HEADING.fullmatch(tag):
            self._into = self.text
        if not is_inline(tag):
            self._into.gap(Gap.LINE, self._at())

    def handle_data(self, data: str) -> None:
        """Add text."""
        start = self._at()
        self._add(start, start + len(data))

    def handle_entityref(self, name: str) -> None:
        """Add a character that is written by its name."""
        self._reference(len(name) + 1)

    def handle_charref(self, name: str) -> None:
        """Add a character that is written by its number."""
        self._reference(len(name) + 2)

    def _reference(self, size: int) -> None:
        """Add a character reference that has so many code points, not counting the semicolon."""
        start = self._at()
        end = start + size
        self._add(start, end + (self._source[end : end + 1] == ";"))

    def _add(self, start: int, end: int) -> None:
        """Add a part of the source, unless it is not shown."""
        if not self._unseen:
            (self._into.decode if self._kept else self._into.flow)(start, end)

    def _at(self) -> int:
        """Return where the parser is."""
        line, column = self.getpos()
        return self._lines[line - 1] + column
