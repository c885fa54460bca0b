"""What is shown of work that takes a while: a bar for runs, a line for what nobody knows the length of."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tipstaff.cli.console import make_console
from tipstaff.streams.files import Source


class Advance(Protocol):
    """What is told how far a run has come."""

    def __call__(self, consumed: int, posts: int, seconds: float) -> None:
        """Show that so many bytes were read and so many posts screened in so many seconds."""


@contextmanager
def progress(console: Console | None, sources: Sequence[Source]) -> Iterator[Advance]:
    """Show a progress bar on a console, if there is one, while the block runs.

    It has no total if the size of a source is not known.
    """
    sizes = [source.size for source in sources]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    with Progress(
        BarColumn(),
        *([TaskProgressColumn()] if total is not None else []),
        TextColumn("{task.fields[posts]:,} posts, {task.fields[rate]:,.0f}/s"),
        *([TextColumn("remaining"), TimeRemainingColumn()] if total is not None else []),
        console=console,
        disable=console is None,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("", total=total, posts=0, rate=0.0)

        def advance(consumed: int, posts: int, seconds: float) -> None:
            bar.update(task, completed=consumed, posts=posts, rate=posts / seconds if seconds else 0.0)

        yield advance


def working(on: str) -> AbstractContextManager[object]:
    """Show what is worked on while the block runs: on the terminal that errors go to, if they go to one."""
    console = make_console(sys.stderr)
    return console.status(on) if console.is_terminal else nullcontext()
