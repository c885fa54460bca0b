"""Front matter: the lines of YAML (`---`) or TOML (`+++`) that many site generators put before a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tipstaff.cli.documents.extract import Builder, Extract, Gap

_BLOCK = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(.*?)^\1[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.*?)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_SPONSORED = re.compile(r"^sponsored[ \t]*[:=][ \t]*(?:true|yes)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_FOLDED = re.compile(r"[>|][+-]?")
_INDENTED = re.compile(r"[ \t]+(\S.*?)[ \t]*\r?(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Matter:
    """What front matter says, and where the text after it begins."""

    title: Extract | None = None
    sponsored: bool = False
    end: int = 0


def read_matter(source: str) -> Matter:
    """Read the front matter of a source; most have none."""
    block = _BLOCK.match(source)
    if block is None:
        return Matter()
    start, end = block.span(2)
    found = _TITLE.search(source, start, end)
    title = _title(source, *found.span(1), end) if found else None
    sponsored = _SPONSORED.search(source, start, end) is not None
    return Matter(title if title and title.text else None, sponsored, block.end())


def _title(source: str, start: int, end: int, last: int) -> Extract:
    """Return the title whose value is `source[start:end]`: plain, quoted, or on the indented lines below."""
    builder = Builder(source)
    if _FOLDED.fullmatch(source, start, end):
        line = _INDENTED.match(source, source.find("\n", end) + 1, last)
        while line:
            builder.copy(*line.span(1))
            builder.gap(Gap.SPACE, line.end(1))
            line = _INDENTED.match(source, line.end(), last)
    elif end - start > 1 and source[start] == source[end - 1] and source[start] in "'\"":
        builder.copy(start + 1, end - 1)
    else:
        builder.copy(start, end)
    return builder.build()
