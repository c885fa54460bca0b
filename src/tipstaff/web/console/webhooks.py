"""Webhooks on pages: who is told of what, what they were told, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.webhooks.addresses import LONGEST
from tipstaff.actions.webhooks.hooks import Owed
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.manage import DESCRIBED, LONGEST_OVERLAP, MOST, PATTERN
from tipstaff.base.errors import InputError
from tipstaff.server.identity import tell_about
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import GREATEST, Asking, Number
from tipstaff.web.view import Looking

_PAGE: Final = 50
_ROTATION: Final = 24
"""Hours for which an older secret signs as well, unless something else is written."""

Id = Annotated[str, PathParameter(pattern=PATTERN)]
Before = Annotated[int | None, QueryParameter(ge=1, le=GREATEST)]


class WebhookPages(Controller):
    """Webhooks."""

    path = "/console/webhooks"

    @get(sync_to_thread=True, operation_id="showWebhooks")
    def show(self, view: Looking, front: Asking) -> Response[str]:
        """Show all webhooks, and how they stand."""
        return view.show(
            "console/webhooks/list.html",
            webhooks=front.webhooks.all(),
            most=MOST,
            events=list(EventType),
            longest=LONGEST,
            described=DESCRIBED,
        )

    @post(sync_to_thread=True, operation_id="addWebhookOnPage")
    def add(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Set a webhook up. Its secret is shown this once."""
        url = form.text("url")
        if not 0 < len(url) <= LONGEST:
            raise InputError(f"write an address of {LONGEST} characters at the most")
        made = front.webhooks.add(url, form.several("event", EventType), form.text("description"))
        tell_about(view.request, made.webhook.id)
        return view.show_once(
            "console/webhooks/secret.html", webhook=made.webhook, secret=made.secret, new=True
        )

    @get("/{webhook:str}", sync_to_thread=True, operation_id="showWebhook")
    def read(self, view: Looking, front: Asking, webhook: Id, before: Before = None) -> Response[str]:
        """Show a webhook, and what it was told, the newest first."""
        found = front.webhooks.log(webhook, _PAGE, before)
        return view.show(
            "console/webhooks/webhook.html",
            webhook=front.webhooks.read(webhook),
            deliveries=[(one, _body(one)) for one in found.items],
            next=found.items[-1].number if found.more else None,
            before=before,
            longest=LONGEST_OVERLAP,
            rotation=_ROTATION,
        )

    @post("/{webhook:str}/test", sync_to_thread=True, operation_id="testWebhookOnPage")
    def test(self, view: Looking, front: Asking, webhook: Id) -> Response[str]:
        """Send something on trial. What comes of it is among the deliveries."""
        front.webhooks.test(webhook)
        return view.go(_path(webhook), "webhook-tested")

    @post("/{webhook:str}/active", sync_to_thread=True, operation_id="switchWebhookOnPage")
    def switch(self, view: Looking, front: Asking, form: Filled, webhook: Id) -> Response[str]:
        """Stop a webhook, or let it be sent what it is owed: by the button."""
        active = form.text("as") == "enable"
        front.webhooks.set_active(webhook, active=active)
        return view.go(_path(webhook), "webhook-enabled" if active else "webhook-disabled")

    @post("/{webhook:str}/secret", sync_to_thread=True, operation_id="rotateWebhookOnPage")
    def rotate(self, view: Looking, front: Asking, form: Filled, webhook: Id) -> Response[str]:
        """Make another secret, shown this once. Both sign until the hours are over."""
        hours = form.number("hours")
        if hours is None:
            raise InputError("write for how many hours the secret of before signs as well; 0 for none")
        made = front.webhooks.rotate(webhook, hours)
        return view.show_once(
            "console/webhooks/secret.html", webhook=made.webhook, secret=made.secret, new=False
        )

    @post("/{webhook:str}/deliveries/{number:int}", sync_to_thread=True, operation_id="replayDeliveryOnPage")
    def replay(self, view: Looking, front: Asking, webhook: Id, number: Number) -> Response[str]:
        """Send one again, at once, under the same id."""
        front.webhooks.replay(webhook, number)
        return view.go(_path(webhook), "replayed")

    @post("/{webhook:str}/replay", sync_to_thread=True, operation_id="replayDeliveriesOnPage")
    def replay_since(self, view: Looking, front: Asking, form: Filled, webhook: Id) -> Response[str]:
        """Send again what has happened since a time and has not arrived, or all of it."""
        front.webhooks.replay_since(webhook, _since(form), arrived=form.text("arrived") == "yes")
        return view.go(_path(webhook), "replayed-since")

    @post("/{webhook:str}/removal", sync_to_thread=True, operation_id="removeWebhookOnPage")
    def remove(self, view: Looking, front: Asking, webhook: Id) -> Response[str]:
        """Remove a webhook, with its secrets and what it was told."""
        front.webhooks.remove(webhook)
        return view.go("/console/webhooks", "webhook-removed")


def _path(number: str) -> str:
    """Return where a webhook is."""
    return f"/console/webhooks/{number}"


def _since(form: Form) -> int:
    """Return a time that was chosen, in UTC. Raises `InputError`."""
    written = form.text("since")
    try:
        return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError("choose since when all is sent again, in UTC") from error


def _body(owed: Owed) -> str:
    """Return what is sent, in lines."""
    return msgspec.json.format(owed.message.body, indent=2).decode()
