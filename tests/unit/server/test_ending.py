"""The end of a server: what was begun comes before what it uses is closed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tipstaff.server.ending import Receive, Whole

SHUTDOWN = {"type": "lifespan.shutdown"}


async def say_shutdown() -> Mapping[str, Any]:
    """Tell of the end."""
    return SHUTDOWN


class App:
    """An application that notes what it does; a request takes as long as it is told."""

    def __init__(self, seconds: float, error: Exception | None = None) -> None:
        self.seconds = seconds
        self.error = error
        self.done: list[str] = []

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, _: None) -> None:
        """Open and close, or answer."""
        if scope["type"] == "lifespan":
            assert await receive() == SHUTDOWN
            self.done.append("closed")
            sys.stdout.write("closed")
            return
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        self.done.append("answered")


async def end(app: App, last: float = 20) -> asyncio.Task[None]:
    """Ask, and end as uvicorn does; returns what was asked."""
    whole = Whole(app, last)
    asked = asyncio.create_task(whole({"type": "http"}, say_shutdown, None))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    asked.cancel()
    await whole({"type": "lifespan"}, say_shutdown, None)  # type: ignore[arg-type]
    await asyncio.wait([asked])
    return asked


def test_what_is_cancelled_is_done_before_all_is_closed() -> None:
    """Whoever waits for it is not told of it."""
    app = App(0.2)
    assert asyncio.run(end(app)).exception() is None
    assert app.done == ["answered", "closed"]


def test_what_fails_after_it_was_cancelled_says_so() -> None:
    """And all is closed."""
    app = App(0.2, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        asyncio.run(end(app)).result()
    assert app.done == ["closed"]


def test_what_takes_too_long_ends_with_the_process() -> None:
    """Nothing that it uses is closed under it."""
    ended = subprocess.run(  # noqa: S603  this file
        [sys.executable, __file__], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr


if __name__ == "__main__":
    asyncio.run(end(App(60), 0.2))
