"""Webhooks: set up, stopped, removed, and what they were told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from tipstaff.actions.holdings import time_of, time_or_none
from tipstaff.actions.webhooks.addresses import LONGEST
from tipstaff.actions.webhooks.addresses import PATTERN as URL
from tipstaff.actions.webhooks.hooks import Attempt, Owed, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.manage import DESCRIBED, LONGEST_OVERLAP, PATTERN, Shown
from tipstaff.api.commands import command
from tipstaff.api.parameters import GREATEST, Asking, Before, Most
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import ASKING, CHANGING

Id = Annotated[str, PathParameter(pattern=PATTERN, description="the id of the webhook")]
Number = Annotated[int, PathParameter(ge=1, le=GREATEST, description="the number of the delivery")]


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to tell, and of what."""

    url: Annotated[
        str,
        Meta(min_length=1, max_length=LONGEST, pattern=URL, examples=["https://hooks.example.org/tipstaff"]),
    ]
    events: Annotated[list[EventType], Meta(min_length=1, max_length=100)]
    description: Annotated[str, Meta(max_length=DESCRIBED)] = ""


class WebhookView(msgspec.Struct, frozen=True):
    """A webhook. One that is not `active` is sent nothing; `trouble` is why it was stopped.

    `failing_since` is when the first delivery failed since one has arrived. Till `older_until` the secret
    before this one signs as well.
    """

    id: str
    url: str
    events: list[EventType]
    description: str
    active: bool
    made_at: str
    failing_since: str | None
    older_until: str | None
    trouble: str


class ShownWebhook(msgspec.Struct, frozen=True):
    """A webhook, and its secret, which is shown this once."""

    webhook: WebhookView
    secret: str


class Webhooks(msgspec.Struct, frozen=True):
    """All webhooks, the oldest first."""

    webhooks: list[WebhookView]


class Overlap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many hours the secret before signs as well."""

    hours: Annotated[int, Meta(ge=0, le=LONGEST_OVERLAP)] = 24


class AttemptView(msgspec.Struct, frozen=True):
    """That it was sent: when, how many milliseconds it took, the status, or why there was none."""

    at: str
    status: int | None
    ms: int
    error: str


class DeliveryView(msgspec.Struct, frozen=True):
    """What a webhook was told, or is owed: it is sent again at `due`, and never where that is null.

    `body` is what is sent. `at` is when it happened, `arrived_at` when it was last answered with 2xx.
    """

    number: int
    id: str
    type: str
    at: str
    body: str
    due: str | None
    arrived_at: str | None
    attempts: list[AttemptView]


class DeliveryPage(msgspec.Struct, frozen=True):
    """A page of deliveries. `next` is what the next page ends before; None on the last."""

    deliveries: list[DeliveryView]
    next: int | None


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on all is sent again; with `arrived` also what has arrived."""

    since: Annotated[datetime, Meta(tz=True, examples=["2026-12-01T00:00:00Z"])]
    arrived: bool = False


class Replayed(msgspec.Struct, frozen=True):
    """How many are sent again."""

    replayed: int


class WebhookController(Controller):
    """Webhooks."""

    path = "/v1/webhooks"
    tags = ("webhooks",)

    @get(sync_to_thread=True, operation_id="listWebhooks", responses=ASKING)
    def list_webhooks(self, front: Asking) -> Webhooks:
        """List all webhooks, and how they stand."""
        return Webhooks(list(map(_view, front.webhooks.all())))

    @post(sync_to_thread=True, operation_id="addWebhook", opt={NEVER_KEPT: True}, responses=CHANGING)
    def add(self, front: Asking, data: JSONBody[NewWebhook]) -> ShownWebhook:
        """Set a webhook up. Its secret is shown this once."""
        return _shown(front.webhooks.add(data.url, data.events, data.description))

    @get("/{webhook:str}", sync_to_thread=True, operation_id="readWebhook", responses=ASKING)
    def read(self, front: Asking, webhook: Id) -> WebhookView:
        """Read how a webhook stands."""
        return _view(front.webhooks.read(webhook))

    @delete("/{webhook:str}", sync_to_thread=True, operation_id="removeWebhook", responses=CHANGING)
    def remove(self, front: Asking, webhook: Id) -> None:
        """Remove a webhook, with its secrets and the log of what it was told."""
        front.webhooks.remove(webhook)

    @command("/{webhook:str}/secret", operation_id="rotateWebhookSecret", opt={NEVER_KEPT: True})
    def rotate(self, front: Asking, webhook: Id, data: JSONBody[Overlap]) -> ShownWebhook:
        """Make another secret, shown this once. Both sign until the hours are over."""
        return _shown(front.webhooks.rotate(webhook, data.hours))

    @command("/{webhook:str}/enable", operation_id="enableWebhook")
    def enable(self, front: Asking, webhook: Id) -> WebhookView:
        """Let a webhook be sent what it is owed, from while it was stopped as well."""
        return _view(front.webhooks.set_active(webhook, active=True))

    @command("/{webhook:str}/disable", operation_id="disableWebhook")
    def disable(self, front: Asking, webhook: Id) -> WebhookView:
        """Stop a webhook: what happens meanwhile waits."""
        return _view(front.webhooks.set_active(webhook, active=False))

    @command("/{webhook:str}/test", operation_id="testWebhook")
    def test(self, front: Asking, webhook: Id) -> DeliveryView:
        """Send a `webhook.test`. What comes of it is among the deliveries."""
        return _delivery(front.webhooks.test(webhook))

    @get("/{webhook:str}/deliveries", sync_to_thread=True, operation_id="listDeliveries", responses=ASKING)
    def log(
        self,
        front: Asking,
        webhook: Id,
        most: Most = 50,
        before: Before = None,
    ) -> DeliveryPage:
        """List what a webhook was told, the newest first, with every attempt."""
        found = front.webhooks.log(webhook, most, before)
        lines = list(map(_delivery, found.items))
        return DeliveryPage(lines, lines[-1].number if found.more else None)

    @command("/{webhook:str}/deliveries/{delivery:int}/replay", operation_id="replayDelivery")
    def replay(self, front: Asking, webhook: Id, delivery: Number) -> DeliveryView:
        """Send one again, at once, under the same id."""
        return _delivery(front.webhooks.replay(webhook, delivery))

    @command("/{webhook:str}/replay", operation_id="replayDeliveries")
    def replay_since(self, front: Asking, webhook: Id, data: JSONBody[Since]) -> Replayed:
        """Send again what has happened since a time and has not arrived, or all of it."""
        since = int(data.since.timestamp())
        return Replayed(front.webhooks.replay_since(webhook, since, arrived=data.arrived))


def _shown(made: Shown) -> ShownWebhook:
    """Return a webhook with its secret."""
    return ShownWebhook(_view(made.webhook), made.secret)


def _view(one: Webhook) -> WebhookView:
    """Return a webhook."""
    return WebhookView(
        one.id,
        one.url,
        sorted(one.events),
        one.description,
        one.active,
        time_of(one.made_at),
        time_or_none(one.failing_since),
        time_or_none(one.older_until),
        one.trouble,
    )


def _delivery(one: Owed) -> DeliveryView:
    """Return a delivery."""
    message = one.message
    attempts = list(map(_attempt, one.attempts))
    return DeliveryView(
        one.number,
        message.id,
        message.type,
        time_of(message.at),
        message.body.decode(),
        time_or_none(one.due),
        time_or_none(one.arrived_at),
        attempts,
    )


def _attempt(one: Attempt) -> AttemptView:
    """Return an attempt."""
    return AttemptView(time_of(one.at), one.status, one.ms, one.error)
