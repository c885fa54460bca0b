"""The pages of docs as the tests read them: code blocks, tables and links.

What a code block is for stands after its language, where Markdown shows nothing: ``console`` blocks are run,
``toml from=…`` is quoted from a file, and so on; each test says which it takes.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
ANYTHING: Final = "…"
"""What stands in a shown output for whatever may come there."""

_FENCE: Final = re.compile(r"^(`{3,})(.*)$")
_LINK: Final = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_SPAN: Final = re.compile(r"(`+)([^`]+)\1")


@dataclass(frozen=True)
class Block:
    """A code block: its language, what it is for, the line of its fence, and its text."""

    language: str
    purpose: str
    line: int
    text: str


def pages() -> list[Path]:
    """Return every page: the README and all of docs."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """Return the code blocks of a page."""
    return [block for block, _ in _parsed(page) if block is not None]


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return "\n".join(line for block, line in _parsed(page) if block is None)


def _parsed(page: Path) -> Iterator[tuple[Block | None, str]]:
    """Yield each line outside code blocks, and each code block."""
    fence, info, start = "", "", 0
    inside: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), start=1):
        if not fence and (found := _FENCE.match(line)):
            fence, info, start = found[1], found[2], number
        elif fence and line == fence:
            language, _, purpose = info.strip().partition(" ")
            yield Block(language, purpose, start, "".join(f"{each}\n" for each in inside)), ""
            fence, inside = "", []
        elif fence:
            inside.append(line)
        else:
            yield None, line
    assert not fence, f"{page}:{start}: the code block is not closed"


def tables(page: Path, *head: str) -> list[list[list[str]]]:
    """Return the rows of every table of a page with this head; a cell that is all code loses its marks."""
    lines = prose(page).split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("|") and _cells(line) == [*head]]
    assert starts, f"{page}: no table with the head {head}"
    bodies = [takewhile(lambda line: line.startswith("|"), lines[start + 2 :]) for start in starts]
    return [[[_plain(cell) for cell in _cells(line)] for line in body] for body in bodies]


def table(page: Path, *head: str) -> list[list[str]]:
    """Return the rows of the one table of a page with this head."""
    (found,) = tables(page, *head)
    return found


def spans(text: str) -> list[str]:
    """Return what stands in code marks."""
    return [found[2] for found in _SPAN.finditer(text)]


def _cells(line: str) -> list[str]:
    """Return the cells of a line of a table."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def _plain(cell: str) -> str:
    """Return what a cell says."""
    found = _SPAN.fullmatch(cell)
    return found[2] if found else cell


def links(page: Path) -> list[str]:
    """Return the targets of the links and images of a page."""
    text = _SPAN.sub("", prose(page))
    return _LINK.findall(text) + _IMAGE.findall(text)


def anchors(page: Path) -> set[str]:
    """Return what a link may point to in a page: its headings, as GitHub writes them."""
    headings = (line.lstrip("#") for line in prose(page).split("\n") if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def missing(shown: str, output: str) -> str:
    """Return the first line of a shown output that the real one does not have after the ones before.

    White space is as wide as one blank; ``…`` stands for anything.
    """
    lines = iter([" ".join(line.split()) for line in output.splitlines()])
    for line in shown.splitlines():
        words = " ".join(line.split())
        pattern = ".*".join(re.escape(part) for part in words.split(ANYTHING))
        if words and not any(re.search(pattern, real) for real in lines):
            return line
    return ""


def tool(name: str) -> ModuleType:
    """Load a module of tools, which are no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
