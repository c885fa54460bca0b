"""Webhooks in memory, for tests and trials."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec.structs import replace

from tipstaff.actions.webhooks.hooks import Attempt, Changed, Message, Owed, Webhook
from tipstaff.casework.events import Recorded


def _nothing() -> Mapping[int, Sequence[Recorded]]:
    """Return no events."""
    return {}


class MemoryHooks:
    """Webhooks that are forgotten with the process; `events` returns those of all cases and orders."""

    def __init__(self, events: Callable[[], Mapping[int, Sequence[Recorded]]] = _nothing) -> None:
        self._events = events
        self._webhooks: dict[str, Webhook] = {}
        self._told: dict[int, int] = {}
        self._owed: dict[int, Owed] = {}
        self._last = 0

    def add(self, webhook: Webhook, most: int) -> bool:
        """Keep a new one, unless there are as many as there may be; says whether it is kept."""
        if len(self._webhooks) >= most:
            return False
        if not self._webhooks:
            self._told = {number: len(events) for number, events in self._events().items()}
        self._webhooks[webhook.id] = webhook
        return True

    def webhook(self, number: str) -> Webhook | None:
        """Return one by its id."""
        return self._webhooks.get(number)

    def webhooks(self) -> list[Webhook]:
        """Return all, the oldest first."""
        return sorted(self._webhooks.values(), key=lambda one: (one.made_at, one.id))

    def set_active(self, number: str, trouble: str = "", *, active: bool) -> None:
        """Let one be sent what it is owed, or stop it and keep why."""
        before = self._webhooks[number]
        self._webhooks[number] = replace(before, active=active, trouble=trouble, failing_since=None)

    def set_failing(self, number: str, since: int | None) -> None:
        """Keep since when deliveries fail; a time does not take the place of an earlier one."""
        before = self._webhooks[number]
        if since is None or before.failing_since is None:
            self._webhooks[number] = replace(before, failing_since=since)

    def set_secret(self, number: str, before: bytes, secret: bytes, older_until: int) -> bool:
        """Keep a secret in place of the one before, and until when that signs as well."""
        known = self._webhooks.get(number)
        if known is None or known.secret != before:
            return False
        self._webhooks[number] = replace(known, secret=secret, older=before, older_until=older_until)
        return True

    def remove(self, number: str) -> None:
        """Keep one no more, nor what it was owed."""
        self._webhooks.pop(number, None)
        self._owed = {key: one for key, one in self._owed.items() if one.webhook != number}

    def changed(self, most: int) -> list[Changed]:
        """Return cases and orders that have events which were not told yet; none without webhooks."""
        if not self._webhooks:
            return []
        found = (
            Changed(number, self._told.get(number, 0), events)
            for number, events in sorted(self._events().items())
        )
        return [one for one in found if len(one.events) > one.told][:most]

    def tell(self, changed: Changed, messages: Sequence[Message], now: int) -> None:
        """Owe messages to those who want them, and keep that all events of that were told."""
        if self._told.get(changed.dossier, 0) != changed.told:
            return
        self._told[changed.dossier] = len(changed.events)
        for one in self.webhooks():
            for message in messages:
                if message.type in one.events:
                    self.owe(one.id, message, now)

    def owe(self, number: str, message: Message, now: int) -> Owed | None:
        """Owe one more message to one webhook; None where there is none of that number."""
        if number not in self._webhooks:
            return None
        self._last += 1
        self._owed[self._last] = Owed(self._last, number, message, now)
        return self._owed[self._last]

    def due(self, now: int, most: int, without: Collection[str]) -> list[Owed]:
        """Return what is due to those that are active, but some, first what has been so for longest."""
        found = [
            (one.due, one.number, replace(one, attempts=()))
            for one in self._owed.values()
            if one.due is not None and one.due <= now and one.webhook not in without
            if self._webhooks[one.webhook].active
        ]
        return [one for _, _, one in sorted(found, key=lambda one: one[:2])][:most]

    def claim(self, owed: Owed, until: int) -> bool:
        """Put off what is about to be sent; says whether nobody else has done so."""
        known = self._owed.get(owed.number)
        if known is None or known.due != owed.due:
            return False
        self._owed[owed.number] = replace(known, due=until)
        return True

    def attempted(self, owed: Owed, claimed: int, attempt: Attempt, due: int | None) -> None:
        """Keep what came of sending what was claimed until a time, and when it is sent again."""
        known = self._owed.get(owed.number)
        if known is None:
            return
        if known.due == claimed:
            known = replace(known, due=due, tries=owed.tries + 1)
        arrived_at = attempt.at if attempt.arrived else known.arrived_at
        attempts = (*known.attempts, attempt)
        self._owed[owed.number] = replace(known, arrived_at=arrived_at, attempts=attempts)

    def owed(self, number: str, most: int, before: int | None) -> list[Owed]:
        """Return the newest that one was owed, the newest first; of lower numbers than `before`."""
        found = [one for one in self._owed.values() if one.webhook == number]
        older = [one for one in found if before is None or one.number < before]
        return sorted(older, key=lambda one: -one.number)[:most]

    def replay(self, number: str, owed: int, now: int) -> Owed | None:
        """Have one message sent again; None where there is none of that number."""
        known = self._owed.get(owed)
        if known is None or known.webhook != number:
            return None
        self._owed[owed] = replace(known, due=now, tries=0)
        return self._owed[owed]

    def replay_since(self, number: str, since: int, now: int, *, arrived: bool) -> int:
        """Have all from a time on sent again, also what has arrived if so asked; returns how many."""
        found = [
            one.number
            for one in self._owed.values()
            if one.webhook == number and one.message.at >= since and (arrived or one.arrived_at is None)
        ]
        for one in found:
            self.replay(number, one, now)
        return len(found)

    def forget(self, until: int) -> int:
        """Forget what was told of from before a time, arrived or not; returns how many."""
        before = len(self._owed)
        self._owed = {key: one for key, one in self._owed.items() if one.message.at >= until}
        return before - len(self._owed)
