"""The console of commands whose answer goes to the standard output."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from tipstaff.cli.show import make_console

_WIDTH = 120
"""The width of what does not go to a terminal, unless COLUMNS says another: no table is cut."""


def stdout_console() -> Console:
    """Return a console for the standard output."""
    console = make_console(sys.stdout)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH
    return console
