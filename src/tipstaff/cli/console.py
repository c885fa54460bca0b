"""The consoles of commands: what is printed by one cannot steer a terminal, whoever wrote it."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from tipstaff.cli.visible import visible

_WIDTH: Final = 120
"""The width of what does not go to a terminal, unless COLUMNS says another: no table is cut."""

_BLANKS: Final = re.compile(r" +$", re.MULTILINE)


def stdout_console() -> Console:
    """Return a console for the standard output, where answers go."""
    console = make_console(sys.stdout)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH
    return console


def make_console(file: TextIO | None = None) -> Console:
    """Return a console for the standard error, or another file."""
    out = file or sys.stderr
    if out in {sys.stdout, sys.stderr} and not out.isatty():
        out = _Trimmed(out)
    return _Console(file=out, highlight=False, markup=False, emoji=False)


class _Console(Console):
    """A console that nobody's text steers, whatever it is printed in."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed, in pieces; those of the console's own making steer it."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control or text.isprintable() else Segment(visible(text), style)


class _Trimmed(io.TextIOBase):
    """A file that is no terminal: blanks at the end of a line are of no use in it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write whole lines without the blanks at their ends."""
        return self._file.write(_BLANKS.sub("", text))

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the file."""
        return self._file.encoding

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()
