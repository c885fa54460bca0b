"""Commands on a terminal, for tests."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Sequence
from pathlib import Path


def in_terminal(command: Sequence[str], cwd: Path) -> str:
    """Run a command on a terminal, and return what it showed there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(  # noqa: S603
        command, cwd=cwd, stdout=theirs, stderr=theirs, stdin=theirs, env=environment
    ) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 1 << 16)
            except OSError:
                break
        assert run.wait(60) == 0
    os.close(ours)
    return shown.decode()
