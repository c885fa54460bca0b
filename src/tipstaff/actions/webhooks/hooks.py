"""The port to where webhooks are kept, what they are owed, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.casework.events import Recorded

_SUCCESS: Final = range(200, 300)


class Webhook(msgspec.Struct, frozen=True):
    """A subscriber. `secret` and `older` are commitments in the vault; the latter signs as well until a time.

    One that is not `active` is sent nothing: what it is owed waits. `trouble` is why it was stopped,
    `failing_since` when the first delivery failed since one has arrived.
    """

    id: str
    url: str
    description: str
    events: frozenset[EventType]
    made_at: int
    secret: bytes
    older: bytes | None = None
    older_until: int | None = None
    active: bool = True
    failing_since: int | None = None
    trouble: str = ""


class Message(msgspec.Struct, frozen=True):
    """What is told, the same to all: `id` says whether it is the same, `body` is JSON."""

    id: str
    type: str
    at: int
    body: bytes


class Attempt(msgspec.Struct, frozen=True):
    """That a message was sent: when (in seconds), how long it took, the status, or why there was none."""

    at: int
    status: int | None
    ms: int
    error: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the receiver has taken it: it answered with 2xx."""
        return self.status in _SUCCESS


class Owed(msgspec.Struct, frozen=True):
    """A message that a webhook is owed, or was told. It is sent again at `due`, never where that is None.

    `tries` are those since it was first sent, or was to be sent again; `attempts` are all.
    """

    number: int
    webhook: str
    message: Message
    due: int | None
    tries: int = 0
    arrived_at: int | None = None
    attempts: tuple[Attempt, ...] = ()


class Changed(NamedTuple):
    """A case or an order of which so many events were `told`, and all that it has by now."""

    dossier: int
    told: int
    events: Sequence[Recorded]


class Hooks(Protocol):
    """Where webhooks are kept, and what they are owed."""

    def add(self, webhook: Webhook, most: int) -> bool:
        """Keep a new one, unless there are as many as there may be; says whether it is kept.

        Where it is the first, what was recorded before is told to nobody.
        """

    def webhook(self, number: str) -> Webhook | None:
        """Return one by its id."""

    def webhooks(self) -> list[Webhook]:
        """Return all, the oldest first."""

    def set_active(self, number: str, trouble: str = "", *, active: bool) -> None:
        """Let one be sent what it is owed, or stop it and keep why."""

    def set_failing(self, number: str, since: int | None) -> None:
        """Keep since when deliveries fail; a time does not take the place of an earlier one."""

    def set_secret(self, number: str, before: bytes, secret: bytes, older_until: int) -> bool:
        """Keep a secret in place of the one before, and until when that signs as well.

        Says whether that one had its place still.
        """

    def remove(self, number: str) -> None:
        """Keep one no more, nor what it was owed."""

    def changed(self, most: int) -> list[Changed]:
        """Return cases and orders that have events which were not told yet; none without webhooks."""

    def tell(self, changed: Changed, messages: Sequence[Message], now: int) -> None:
        """Owe messages to those who want them, and keep that all events of that were told.

        Both or neither, and nothing where somebody else was faster.
        """

    def owe(self, number: str, message: Message, now: int) -> Owed | None:
        """Owe one more message to one webhook; None where there is none of that number."""

    def due(self, now: int, most: int, without: Collection[str]) -> list[Owed]:
        """Return what is due to those that are active, but some, first what has been so for longest."""

    def claim(self, owed: Owed, until: int) -> bool:
        """Put off what is about to be sent; says whether nobody else has done so."""

    def attempted(self, owed: Owed, claimed: int, attempt: Attempt, due: int | None) -> None:
        """Keep what came of sending what was claimed until a time, and when it is sent again.

        It arrived where its status says so. What is to be sent again since it was claimed is left so.
        """

    def owed(self, number: str, most: int, before: int | None) -> list[Owed]:
        """Return the newest that one was owed, the newest first; of lower numbers than `before`."""

    def replay(self, number: str, owed: int, now: int) -> Owed | None:
        """Have one message sent again; None where there is none of that number."""

    def replay_since(self, number: str, since: int, now: int, *, arrived: bool) -> int:
        """Have all from a time on sent again, also what has arrived if so asked; returns how many."""

    def forget(self, until: int) -> int:
        """Forget what was told of from before a time, arrived or not; returns how many."""
