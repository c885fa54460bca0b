"""Asking a server that may be killed: each request has a key of its own, and leaves something to look for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, NamedTuple

from killing import AmissError

Told = dict[str, Any]
"""What was answered, as JSON has it."""

Trace = tuple[str, str]
"""What a request leaves in a case or an order: the kind of it, and what it is known by."""

GONE: Final = (OSError, HTTPException)
"""What a client sees of a server that was killed."""

_TRIES: Final = 200
_PAUSE: Final = 0.05
_PATIENCE: Final = 60.0
_UNSURE: Final = "this request has begun and has no answer yet"
_LATER: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Answer(NamedTuple):
    """What was answered; `again` where it was answered before."""

    status: int
    body: bytes
    again: bool

    @property
    def told(self) -> Told:
        """What it says."""
        found: Told = json.loads(self.body)
        return found

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(eq=False)
class Asked:
    """A request that changes something: who asks for what, what it leaves, and what follows from its answer.

    What is not `keyed` can be done once in any case: where it was done it is refused, 409. `sent` is how
    often it was sent, `answer` what came of it; it is `unsure` where its key says that a server has died in
    it. Who has looked, and found that nothing came of it, asks `anew`: under another key.
    """

    by: int
    token: str
    path: str
    body: Told
    leaves: Trace
    then: Callable[[Told], None]
    keyed: bool = True
    sent: int = 0
    answer: Answer | None = None
    unsure: bool = False
    anew: bool = False

    @property
    def open(self) -> bool:
        """Whether it is to be sent again."""
        return self.answer is None and not self.unsure

    @property
    def key(self) -> str:
        """The key that it is sent with, if with one."""
        return " ".join((*self.leaves, "anew") if self.anew else self.leaves) if self.keyed else ""


class Client:
    """Somebody who keeps a connection to a server."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def wait(self) -> None:
        """Wait until a server is ready. Raises `AmissError` after a minute."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                self._connection.request("GET", "/ready")
                answer = self._connection.getresponse()
                answer.read()
                if answer.status == HTTPStatus.OK:
                    return
            except GONE:
                self.close()
            time.sleep(_PAUSE)
        raise AmissError(f"the server is not ready after {_PATIENCE:.0f} s")

    def send(self, token: str, path: str, body: Told, key: str = "") -> Answer:
        """Send something, again where it is put off; returns what is answered. Raises one of `GONE`."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        for _ in range(_TRIES):
            self._connection.request("POST", path, json.dumps(body), headers)
            answer = self._connection.getresponse()
            told = answer.read()
            moved = answer.status == HTTPStatus.CONFLICT and answer.headers["Retry-After"]
            if answer.status not in _LATER and not moved:
                return Answer(answer.status, told, answer.headers["Idempotency-Replayed"] == "true")
            time.sleep(_PAUSE)
        raise AmissError(f"POST {path} was put off {_TRIES} times: {told.decode()}")

    def ask(self, asked: Asked) -> None:
        """Ask for something, for the first time or again, and note what came of it. Raises one of `GONE`."""
        asked.sent += 1
        answer = self.send(asked.token, asked.path, asked.body, asked.key)
        what = f"{asked.leaves}: POST {asked.path}: {answer.status} {answer.body.decode()}"
        if asked.answer is not None:
            if (answer.status, answer.body, answer.again) != (*asked.answer[:2], True):
                raise AmissError(f"it was answered otherwise than before: {what}")
        elif answer.ok:
            asked.answer = answer
            asked.then(answer.told)
        elif answer.status == HTTPStatus.CONFLICT and asked.sent > 1 and not asked.keyed:
            asked.answer = answer  # it was done, by a server that never answered
        elif answer.status == HTTPStatus.CONFLICT and asked.sent > 1 and _UNSURE in answer.told["detail"]:
            asked.unsure = True
        else:
            raise AmissError(f"it was refused: {what}")
