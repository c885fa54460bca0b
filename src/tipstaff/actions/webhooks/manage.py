"""Webhooks: set up, stopped, removed; their secrets; what they were told, and having it sent again.

A secret is shown once. It is kept in the vault, under a key of its webhook, which goes with the webhook.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import Desk
from tipstaff.actions.paging import Page, page_of
from tipstaff.actions.webhooks.addresses import Rules, place_of, rules_of
from tipstaff.actions.webhooks.events import trial_message
from tipstaff.actions.webhooks.hooks import Hooks, Owed, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.signing import make_secret
from tipstaff.base.errors import InputError, MissingError, TipstaffError

PATTERN: Final = r"^[0-9a-f]{16}$"
"""What every id of a webhook matches."""

MOST: Final = 50
"""Webhooks at the most: each event is kept once for every one that wants it."""

DESCRIBED: Final = 200
"""Characters of a description at the most."""

LONGEST_OVERLAP: Final = 168
"""Hours for which an older secret may sign as well, at the most."""

_ID_SIZE: Final = 8
_HOUR: Final = 3600


class FullError(TipstaffError):
    """There are as many webhooks as there may be."""


class Shown(NamedTuple):
    """A webhook, and its secret, which is shown this once."""

    webhook: Webhook
    secret: str


class Manage:
    """What is done about webhooks."""

    def __init__(self, desk: Desk, hooks: Hooks) -> None:
        self._vault = desk.vault
        self._clock = desk.clock
        self._rules = rules(desk)
        self._hooks = hooks

    def add(self, url: str, events: Iterable[EventType], description: str = "") -> Shown:
        """Set one up. Raises `AddressError`, `FullError`, `InputError`."""
        place_of(url, self._rules)
        wanted = frozenset(events)
        if not wanted:
            raise InputError(f"a webhook wants some events: {', '.join(EventType)}")
        if len(description) > DESCRIBED:
            raise InputError(f"a description has {DESCRIBED} characters at the most")
        number, secret = secrets.token_hex(_ID_SIZE), make_secret()
        kept = self._keep(number, secret)
        webhook = Webhook(number, url, description, wanted, self._clock(), kept)
        if not self._hooks.add(webhook, MOST):
            self._vault.discard(_whose(number))
            raise FullError(f"there are {MOST} webhooks, which is the most: remove one first")
        return Shown(webhook, secret)

    def all(self) -> list[Webhook]:
        """Return all, the oldest first."""
        return self._hooks.webhooks()

    def read(self, number: str) -> Webhook:
        """Return one. Raises `MissingError`."""
        found = self._hooks.webhook(number)
        if found is None:
            raise MissingError(f"there is no webhook {number!r}")
        return found

    def remove(self, number: str) -> None:
        """Remove one, with its secrets and what it was told. Raises `MissingError`.

        The secrets go first: dying in between, or a vault that cannot be used, leaves one that says why it is
        stopped, and is removed by the same again. Nobody who reads the vault is waited for.
        """
        begun = "its removal has begun: remove it again"
        self._hooks.set_active(self.read(number).id, begun, active=False)
        self._vault.discard(_whose(number))
        self._hooks.remove(number)

    def set_active(self, number: str, *, active: bool) -> Webhook:
        """Stop one, or let it be sent what it is owed. Raises `MissingError`."""
        self._hooks.set_active(self.read(number).id, active=active)
        return self.read(number)

    def rotate(self, number: str, hours: int) -> Shown:
        """Make another secret; the one before signs as well for some hours.

        Raises `MissingError`, and `MovedError` where somebody else has made one at once: theirs was shown.
        """
        if not 0 <= hours <= LONGEST_OVERLAP:
            raise InputError(f"an older secret signs as well for 0 to {LONGEST_OVERLAP} hours")
        before, secret = self.read(number), make_secret()
        until = self._clock() + hours * _HOUR
        kept = self._keep(number, secret)
        if not self._hooks.set_secret(number, before.secret, kept, until):
            self._vault.drop([kept])
            self.read(number)
            raise MovedError(f"somebody else has made another secret of webhook {number}: look at it again")
        if before.older is not None:
            self._vault.drop([before.older])
        return Shown(self.read(number), secret)

    def test(self, number: str) -> Owed:
        """Have one sent a message on trial, at once. Raises `MissingError`."""
        now = self._clock()
        message = trial_message(self.read(number).id, secrets.token_hex(_ID_SIZE), now)
        owed = self._hooks.owe(number, message, now)
        if owed is None:
            raise MissingError(f"webhook {number} was removed meanwhile")
        return owed

    def log(self, number: str, most: int, before: int | None) -> Page[Owed]:
        """Return a page of what one was told, the newest first. Raises `MissingError`."""
        return page_of(self._hooks.owed(self.read(number).id, most + 1, before), most)

    def replay(self, number: str, owed: int) -> Owed:
        """Have one message sent again, at once. Raises `MissingError`."""
        found = self._hooks.replay(self.read(number).id, owed, self._clock())
        if found is None:
            raise MissingError(f"webhook {number} was told nothing under the number {owed}")
        return found

    def replay_since(self, number: str, since: int, *, arrived: bool) -> int:
        """Have all sent again that happened from a time on and has not arrived; or all of it.

        Returns how much that is. Raises `MissingError`.
        """
        return self._hooks.replay_since(self.read(number).id, since, self._clock(), arrived=arrived)

    def _keep(self, number: str, secret: str) -> bytes:
        """Keep a secret; returns its commitment."""
        return self._vault.keep(_whose(number), "webhook", "secret", secret)


def rules(desk: Desk) -> Rules:
    """Return where webhooks may go."""
    return rules_of(desk.settings.webhook_ports, desk.settings.webhook_inside)


def _whose(number: str) -> str:
    """Return whose secrets those of a webhook are in the vault: no subject has such a name."""
    return f"webhook {number}"
