"""A receiver of webhooks on this machine, and what must be so of what it was told by servers that died."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from kill_checks import Dossiers
from killing import AmissError

from tipstaff.actions.webhooks.hooks import Owed
from tipstaff.casework.events import (
    Answered,
    Appealed,
    Decided,
    EffectState,
    EffectStated,
    Logged,
    MeasureStated,
    Noticed,
    Opened,
    Recorded,
)
from tipstaff.casework.orders.events import Entered

Happening = tuple[object, ...]
"""Something that is told: the type of the event, and what it is known by."""

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "case.opened": ("case",),
    "decision.recorded": ("case", "decision"),
    "measure.carried_out": ("case", "decision", "measure", "direction"),
    "notice.sent": ("case", "audience", "about"),
    "notice.penalty": ("punish_id",),
    "appeal.received": ("case", "decision"),
    "order.received": ("order", "reference"),
    "complaint.answered": ("case", "complaint", "outcome"),
}
"""What each event is known by, of what is told of it."""

_SLOW: Final = 0.05
"""Seconds that some answers take: servers are killed meanwhile."""


class Receiver(ThreadingHTTPServer):
    """Takes what it is sent. Some answers take long, and some messages are refused when they first come."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self.bodies: dict[str, bytes] = {}
        self.times: Counter[str] = Counter()
        self.amiss: list[str] = []

    def take(self, number: str, body: bytes) -> HTTPStatus:
        """Take a message; returns what is answered."""
        with self._lock:
            self.times[number] += 1
            if self.bodies.setdefault(number, body) != body:
                self.amiss.append(f"message {number} came with another body")
            first = self.times[number] == 1
        if number[-1] in "01":
            time.sleep(_SLOW)
        return HTTPStatus.INTERNAL_SERVER_ERROR if first and number[-1] == "2" else HTTPStatus.NO_CONTENT

    def check(self) -> None:
        """Raise `AmissError` where the same message was not the same."""
        if self.amiss:
            raise AmissError(self.amiss[0])

    @property
    def repeats(self) -> int:
        """How many messages came once more."""
        return self.times.total() - len(self.times)


class _Handler(BaseHTTPRequestHandler):
    """Reads a message, and answers."""

    server: Receiver

    def do_POST(self) -> None:
        """Take a message once it is there as a whole."""
        body = self.rfile.read(size := int(self.headers["content-length"]))
        if len(body) == size:
            self.send_response(self.server.take(self.headers["webhook-id"], body))
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Tell nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Have a receiver for a while."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


def happened(dossiers: Dossiers) -> Counter[Happening]:
    """Return all that has happened of which somebody is to be told."""
    found: Counter[Happening] = Counter()
    for number, events in dossiers.items():
        found.update(_happened(number, events))
    return found


def _happened(number: int, events: Sequence[Recorded]) -> Iterator[Happening]:
    """Yield what the events of a case or an order are told as."""
    stated = {one.entry: one.event for one in events if one.entry is not None}
    seen: set[bytes] = set()
    for one in events:
        match one.event:
            case Opened():
                yield "case.opened", number
            case Logged(entry=entry):
                yield from _logged(number, stated[entry])
            case EffectStated(measure=measure, state=EffectState.APPLIED) if measure not in seen:
                seen.add(measure)
                yield from _applied(number, stated[measure])
            case Noticed(audience=audience, about=about):
                yield "notice.sent", number, audience.partition(" ")[0], about.hex()
                if audience == "account" and isinstance(stated.get(about), MeasureStated):
                    yield "notice.penalty", about.hex()
            case Answered(complaint=complaint, outcome=outcome):
                yield "complaint.answered", number, complaint, outcome


def _logged(number: int, event: object) -> Iterator[Happening]:
    """Yield what it is told as that a statement is on the ledger."""
    match event:
        case Decided(number=decision):
            yield "decision.recorded", number, decision
        case Appealed(decision=decision):
            yield "appeal.received", number, decision
        case Entered(reference=reference):
            yield "order.received", number, reference


def _applied(number: int, event: object) -> Iterator[Happening]:
    """Yield what it is told as that a measure was seen in effect."""
    if isinstance(event, MeasureStated):
        yield "measure.carried_out", number, event.decision, event.measure, event.direction


def told(receiver: Receiver) -> Counter[Happening]:
    """Return what was told, each message once however often it came."""
    return Counter(map(_told, receiver.bodies.values()))


def _told(body: bytes) -> Happening:
    """Return what a message tells."""
    message: dict[str, Any] = json.loads(body)
    return message["type"], *(message["data"][part] for part in _NAMED[message["type"]])


def check_told(receiver: Receiver, dossiers: Dossiers) -> None:
    """Check that nothing was told of what has never happened, and nothing under two ids."""
    receiver.check()
    if false := told(receiver) - happened(dossiers):
        raise AmissError(
            f"a receiver was told of what has not happened, or under two ids: {next(iter(false))}"
        )


def check_all_told(receiver: Receiver, dossiers: Dossiers, log: Sequence[Owed]) -> None:
    """Check that all that has happened was told as well, and that the log of the webhook says so."""
    check_told(receiver, dossiers)
    if missing := happened(dossiers) - told(receiver):
        raise AmissError(f"no receiver was told of {next(iter(missing))}")
    if {one.message.id: one.message.body for one in log} != receiver.bodies:
        raise AmissError("the log of the webhook does not have what was received")
    for one in log:
        arrived = sum(attempt.arrived for attempt in one.attempts)
        if one.arrived_at is None or one.due is not None or not arrived:
            raise AmissError(f"message {one.message.id} was received, and its log says otherwise")
        if len(one.attempts) > receiver.times[one.message.id]:
            raise AmissError(
                f"message {one.message.id} came {receiver.times[one.message.id]} times, and its log has "
                f"{len(one.attempts)} attempts"
            )
