"""The end of a server: what was begun is done before what it uses is closed, or the process ends with it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias

from tipstaff.base.logs import log_event

LAST_SECONDS: Final = 10.0
"""How long what still goes on is waited for, after all the time that everything has at the end."""

Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]


class Whole:
    """An application that does its requests to their end: uvicorn cancels tasks, but no threads of theirs.

    One that was cancelled would be answered 500 without a row in the trail, and all that its thread uses be
    closed while it works. What takes too long ends with the process, as it would if that were killed.
    """

    def __init__(self, app: Callable[..., Coroutine[Any, Any, None]], last: float = LAST_SECONDS) -> None:
        self._app = app
        self._last = last
        self._begun: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Callable[..., Any]) -> None:
        """Answer a request; or open and close the application, as it is told to."""
        if scope["type"] == "lifespan":
            await self._app(scope, self._once_done(receive), send)
            return
        task = asyncio.create_task(self._app(scope, receive, send))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task

    def _once_done(self, receive: Receive) -> Receive:
        """Return what tells of the end, once all that was begun is done."""

        async def receive_last() -> Mapping[str, Any]:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and self._begun:
                _, left = await asyncio.wait(self._begun, timeout=self._last)
                if left:
                    log_event(logging.WARNING, "left off", what="requests", count=len(left))
                    os._exit(1)
            return message

        return receive_last
