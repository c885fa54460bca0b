"""Telling: events become messages, and messages are sent, again and again, until they have arrived.

At least once, in no order. What is sent is claimed first, for longer than sending takes: whoever dies in
between leaves it to be sent again, and of several workers one sends it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final, Protocol

from tipstaff.actions.webhooks.events import messages_of
from tipstaff.actions.webhooks.hooks import Attempt, Hooks, Owed, Webhook
from tipstaff.actions.webhooks.signing import headers_of
from tipstaff.base.errors import TipstaffError
from tipstaff.base.logs import log_event
from tipstaff.ledger.cbor import Value

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

WAITS: Final = (
    5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
"""Seconds between two attempts, as Standard Webhooks have them: about three days in all."""

FAILING: Final = 3 * _DAY
"""Seconds after which one that nothing has arrived at is stopped."""

CLAIMED: Final = 120
"""Seconds for which a message is another's to send: sending takes less."""

BATCH: Final = 100
"""Cases and orders that are taken up at a time."""

_GONE: Final = 410


class UnreachedError(TipstaffError):
    """There was no answer; the message says why, and has nothing in it that a receiver wrote."""


class Vault(Protocol):
    """Where secrets are kept behind their commitments."""

    def open(self, commitment: bytes) -> Kept | None:
        """Return what a commitment stands for; None where it was erased."""


class Kept(Protocol):
    """What is kept behind a commitment."""

    @property
    def value(self) -> Value:
        """The value."""


Send = Callable[[str, Mapping[str, str], bytes], int]
"""Sends a body with headers to an address; returns the status. Raises `UnreachedError`, `AddressError`."""


def take_up(hooks: Hooks, log: bytes, now: int) -> int:
    """Make messages of what has happened since; returns how many cases and orders had something new.

    `log` is the first statement of the ledger: no two installations have the same.
    """
    found = hooks.changed(BATCH)
    for one in found:
        hooks.tell(one, messages_of(one, log), now)
    return len(found)


def attempt(hooks: Hooks, vault: Vault, clock: Callable[[], int], send: Send, owed: Owed) -> bool:
    """Send a message, keep what came of it, and when it is sent again; says whether it was sent."""
    now, webhook = clock(), hooks.webhook(owed.webhook)
    claimed = now + CLAIMED
    if webhook is None or not webhook.active or not hooks.claim(owed, claimed):
        return False
    message, began = owed.message, perf_counter()
    status, error = None, ""
    try:
        keys = _keys(webhook, vault, now)
        signed = headers_of(keys, message.id, now, message.body)
        status = send(webhook.url, {"content-type": "application/json", **signed}, message.body)
    except TipstaffError as refused:  # the vault may have lost the secret: one webhook stops no other
        error = str(refused)
    made = Attempt(now, status, round((perf_counter() - began) * 1000), error)
    waits = not made.arrived and owed.tries < len(WAITS)
    due = clock() + WAITS[owed.tries] if waits else None
    hooks.attempted(owed, claimed, made, due)
    log_event(
        logging.INFO if made.arrived else logging.WARNING, "told" if made.arrived else "not told",
        webhook=webhook.id, message=message.id, kind=message.type, status=status, ms=made.ms,
        reason=error or None,
    )  # fmt: skip
    _judge(hooks, webhook.id, made)
    return True


def _judge(hooks: Hooks, number: str, made: Attempt) -> None:
    """Stop a webhook whose receiver is gone, or that nothing has arrived at for days."""
    webhook = hooks.webhook(number)  # as it is by now: something else may have arrived meanwhile
    if webhook is None or not webhook.active:
        return
    if made.arrived:
        hooks.set_failing(number, None)
        return
    now, since = made.at, made.at if webhook.failing_since is None else webhook.failing_since
    trouble = ""
    if made.status == _GONE:
        trouble = "the receiver answered 410: it wants no more"
    elif now - since >= FAILING:
        trouble = f"nothing has arrived for {(now - since) // _DAY} days"
    if trouble:
        hooks.set_active(number, trouble, active=False)
        log_event(logging.ERROR, "webhook stopped", webhook=number, reason=trouble)
    else:
        hooks.set_failing(number, since)


def _keys(webhook: Webhook, vault: Vault, now: int) -> list[str]:
    """Return the secrets that sign now, the newest first. Raises `UnreachedError` where one is gone."""
    commitments = [webhook.secret]
    if webhook.older is not None and webhook.older_until is not None and now < webhook.older_until:
        commitments.append(webhook.older)
    found = [kept.value for kept in map(vault.open, commitments) if kept is not None]
    keys = [one for one in found if isinstance(one, str)]
    if not keys:
        raise UnreachedError("its secret is gone from the vault: make another one")
    return keys
