"""A document that an author wants to publish, read from its file."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tipstaff.base.errors import InputError
from tipstaff.cli.documents.extract import Builder, Extract
from tipstaff.cli.documents.hypertext import read_html
from tipstaff.cli.documents.markdown import read_markdown
from tipstaff.cli.documents.matter import read_matter

STDIN = "-"


class Markup(StrEnum):
    """How a document is written."""

    MARKDOWN = "markdown"
    HTML = "html"
    TEXT = "text"


_ENDINGS = {
    ".md": Markup.MARKDOWN,
    ".markdown": Markup.MARKDOWN,
    ".mdx": Markup.MARKDOWN,
    ".html": Markup.HTML,
    ".htm": Markup.HTML,
    ".xhtml": Markup.HTML,
    **dict.fromkeys(("", ".txt", ".text", ".rst", ".adoc", ".org", ".tex"), Markup.TEXT),
}
_LOOKS_LIKE_HTML = re.compile(
    r"\s*<(?:!doctype|html|head|body|article|section|div|p|h[1-6])\b", re.IGNORECASE
)


class Place(NamedTuple):
    """A place in a file: line and column, both from 1; columns count code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """A title and a text taken out of `source`, and where in it each line begins.

    `sponsored`: the author declares it a paid promotion.
    """

    name: str
    source: str
    title: Extract | None
    text: Extract
    sponsored: bool
    lines: Sequence[int]

    def extract(self, field: str) -> Extract:
        """Return the field of that name."""
        return self.title if field == "title" and self.title is not None else self.text

    def place(self, offset: int) -> Place:
        """Return the line and column of an offset of the source."""
        line = bisect_right(self.lines, offset)
        return Place(line, offset - self.lines[line - 1] + 1)

    def line(self, number: int) -> tuple[int, int]:
        """Return where a line, counted from 1, begins and ends, without its line break."""
        start = self.lines[number - 1]
        end = self.lines[number] - 1 if number < len(self.lines) else len(self.source)
        return start, end - self.source.endswith("\r", start, end)


def load_document(name: str) -> Document:
    """Read a file, or the standard input if the name is `-`; raises `InputError` if that cannot be done."""
    ending = Path(name).suffix.lower()
    if name != STDIN and ending not in _ENDINGS and not Path(name).is_dir() and Path(name).exists():
        mend = "make Markdown, HTML or text of it, as in `pandoc FILE -t markdown | tipstaff check -`"
        raise InputError(f"{name}: files that end in {ending} are not read; {mend}")
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        source = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if name != STDIN:
        return read_document(name, source, _ENDINGS[ending])
    looks = _LOOKS_LIKE_HTML.match(source)
    return read_document("<stdin>", source, Markup.HTML if looks else Markup.MARKDOWN)


def read_document(name: str, source: str, markup: Markup) -> Document:
    """Take the title and the text out of a source."""
    lines = [0, *(found.end() for found in re.finditer("\n", source))]
    matter = read_matter(source)
    if markup is Markup.HTML:
        heading, text = read_html(source)
    elif markup is Markup.MARKDOWN:
        heading, text = read_markdown(source, matter.end, titled=matter.title is not None)
    else:
        heading, text = None, _plain(source, matter.end)
    return Document(name, source, matter.title or heading, text, matter.sponsored, lines)


def _plain(source: str, start: int) -> Extract:
    """Return the rest of a source as it is."""
    builder = Builder(source)
    builder.copy(start, len(source))
    return builder.build()
