"""Servers that can be killed: `tipstaff serve`, forked from a process that has read all it needs.

Each is the command itself, with all that it does, but for the start of an interpreter, and for what a policy
takes to be read the first time in a process: seconds, which these have behind them.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from killing import AmissError

from tipstaff.actions.screening.looking import InForce
from tipstaff.assembly.casework import open_desk
from tipstaff.cli.main import main
from tipstaff.storage import installation
from tipstaff.storage.policies import Versions


class Nursery:
    """Where servers of an installation come from, one at a time; a context manager."""

    def __init__(self, directory: Path, port: int, log: Path) -> None:
        """All of them listen at the same port; what they tell goes to the file `log`."""
        self._pipe, theirs = get_context("spawn").Pipe()
        arguments = (directory, port, log, theirs)
        self._process = get_context("spawn").Process(target=nurse, args=arguments)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        """Go on until the end."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """End, and the server that is there with it."""
        self._pipe.close()
        self._process.join()

    def start(self) -> None:
        """Start a server."""
        self._pipe.send("start")

    def kill(self) -> None:
        """Kill it with SIGKILL. Raises `AmissError` where it has ended by itself."""
        self._pipe.send("kill")
        ended = self._pipe.recv()
        if ended is not None:
            raise AmissError(f"the server ended by itself, with {ended}")


def nurse(directory: Path, port: int, log: Path, pipe: Connection) -> None:
    """Fork a server whenever one is to be started, and kill it when that is asked, or nobody is there."""
    warm(directory)
    with suppress(EOFError):
        while pipe.recv():
            server = get_context("fork").Process(target=serve, args=(directory, port, log))
            server.start()
            try:
                wait([pipe])
            finally:
                ended = server.exitcode
                server.kill()
                server.join()
            pipe.recv()
            pipe.send(ended)


def warm(directory: Path) -> None:
    """Have read what the command imports when it is run, and the policies that are in force."""
    for name in ("uvicorn", "tipstaff.api.handlers", "tipstaff.assembly.server", "tipstaff.server.app"):
        import_module(name)
    with open_desk(directory) as desk:
        InForce(desk.policies, Versions(directory / installation.POLICIES).load).refresh()


def serve(directory: Path, port: int, log: Path) -> None:
    """Be `tipstaff serve`."""
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.exit(main(["serve", str(directory), "--port", str(port)]))
