"""Connections, and what holds them: whoever is slow is cut off, and of all there are no more than so many."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

import h11
import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.h11_impl import H11Protocol

from tipstaff.server.ending import Whole

HEAD_SECONDS: Final = 10.0
"""How long the headers of a request may take, and what is left of a body once it was answered."""

READ_SECONDS: Final = 30.0
"""How long somebody may take nothing of what they are answered."""

HELD_BYTES: Final = 1 << 16
"""How much of an answer the system holds that is not sent: otherwise it would be megabytes."""

MOST: Final = 512
"""How many connections there are at the most: half of the files that a process may open as it is."""

CUT_SECONDS: Final = 5.0
"""How long a body that is on its way may take once the server ends."""

GRACE_SECONDS: Final = 20
"""How long all that is under way may take then; the worker and webhooks end after that."""


def config_of(app: Litestar, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
        Whole(app),
        host=host,
        port=port,
        http=Connection,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_level="warning",
        server_header=False,
    )


class Connection(H11Protocol):
    """A connection as uvicorn has it, with an end to all that it waits for in vain.

    How long it may rest after an answer, uvicorn says; how long a body may take while it is read,
    `BoundedRequest`, so that it is answered.
    """

    since: float = 0.0
    """When it has last got further: not by single bytes, but to a body, the end of it, or of an answer."""

    _stage: object = None

    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    @property
    def rests(self) -> bool:
        """Whether nothing that was asked here waits for its answer."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def computes(self) -> bool:
        """Whether the application is waited for: it has all that it needs, and nothing waits to be taken."""
        return not (self.rests or self.conn.their_state is h11.SEND_BODY or self.flow.write_paused)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Begin, where there is room."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # all that is not taken is told by `pause_writing`
        _hold_little(transport)
        if len(self.connections) > MOST:
            self._make_room()
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Rest from now on, unless more was asked already. New headers have their time once they begin."""
        super().on_response_complete()
        self.since = self.loop.time()
        if self.conn.their_state is h11.IDLE:
            self._stage = None

    def pause_writing(self) -> None:
        """Wait until what was answered is taken."""
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        _cancel(self._unread)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        _cancel(self._late)
        _cancel(self._unread)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End once what is asked is answered. A body that is still on its way has a few seconds."""
        super().shutdown()
        self.loop.call_later(GRACE_SECONDS, self._cut_off)
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(CUT_SECONDS, self._cut_body)

    def _look(self) -> None:
        """Look how far the request is that comes in: each stage has its time anew, each byte has not."""
        stage = self.conn.their_state
        if stage is self._stage:
            return
        self._stage, self.since = stage, self.loop.time()
        _cancel(self._late)
        if stage in (h11.IDLE, h11.SEND_BODY):
            self._late = self.loop.call_later(HEAD_SECONDS, self._end)

    def _end(self) -> None:
        """End what comes too slowly, unless it is a body that is waited for."""
        if self.rests:
            self.transport.abort()
        else:
            self._late = self.loop.call_later(HEAD_SECONDS, self._end)

    def _cut_body(self) -> None:
        """End a body that has not come: who reads it is told that somebody has gone."""
        if self.conn.their_state is h11.SEND_BODY:
            self.transport.abort()

    def _cut_off(self) -> None:
        """End what waits for nobody but for who has asked."""
        if not self.computes:
            self.transport.abort()

    def _watch(self, left: int) -> None:
        """Look in a while whether something was taken of what is left."""
        self._unread = self.loop.call_later(READ_SECONDS, self._end_unread, left)

    def _end_unread(self, left: int) -> None:
        """End where nothing was taken meanwhile."""
        if (now := self.transport.get_write_buffer_size()) < left:
            self._watch(now)
        else:
            self.transport.abort()

    def _make_room(self) -> None:
        """End the connection that has rested for longest, or else has sent or taken for longest.

        So whoever holds many of them keeps out nobody, as who asks for `/health`. It is this one where all
        others wait for an answer that is computed: they have done what is theirs.
        """
        others = (one for one in self.connections if isinstance(one, Connection) and one is not self)
        waited_for = [one for one in others if not one.computes]
        ended = min(waited_for, key=lambda one: (not one.rests, one.since), default=self)
        self.connections.discard(ended)  # which it does itself, but after the next has come
        ended.transport.abort()


def _hold_little(transport: asyncio.Transport) -> None:
    """Have the system hold little that is not sent, where it can: what is taken of that is not seen."""
    held: socket.socket | None = transport.get_extra_info("socket")
    if held is not None and (option := getattr(socket, "TCP_NOTSENT_LOWAT", None)) is not None:
        held.setsockopt(socket.IPPROTO_TCP, option, HELD_BYTES)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    """Let go of what was to be done later."""
    if timer is not None:
        timer.cancel()
