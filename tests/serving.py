"""`tipstaff serve` as tests run it: a process of its own, on a port of its own, until it is ended."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

PATIENCE: Final = 60.0


class Process:
    """A server that runs."""

    def __init__(self, port: int, popen: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._popen = popen
        self.output = b""

    def end(self, ending: signal.Signals) -> int:
        """Send a signal, and wait until it has ended; returns its code."""
        self._popen.send_signal(ending)
        return self.ended()

    def signal(self, ending: signal.Signals) -> None:
        """Send a signal, and do not wait."""
        self._popen.send_signal(ending)

    def ended(self) -> int:
        """Wait until it has ended; returns its code. What it has said is its `output` then."""
        self.output = self._popen.communicate(timeout=PATIENCE)[0]
        return self._popen.returncode

    def wait(self, holds: Callable[[], object] = lambda: True) -> None:
        """Wait until it answers, and something holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                httpx.get(f"{self.url}/health")
                if holds():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        pytest.fail("the server does not answer, or not as it should")


@contextmanager
def serve_process(directory: Path) -> Iterator[Process]:
    """Serve an installation; it is ended afterwards, where the test has not ended it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("tipstaff"), "serve", str(directory), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as popen:  # noqa: S603  our own command
        process = Process(port, popen)
        try:
            process.wait()
            yield process
        finally:
            if popen.poll() is None:
                popen.kill()
