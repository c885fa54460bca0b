"""Several messages at a time: one that is slow holds up no other, and none is lost at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
from casebook import ACCOUNT
from desks import Office

from tipstaff.actions.webhooks.hooks import Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.manage import Manage
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.actions.webhooks.tell import BATCH
from tipstaff.assembly.webhooks import Telling
from tipstaff.casework.events import Opened, Recorded, Source

PATIENCE = 10.0


class Beside:
    """Two webhooks, one of which answers once it is let, and what each was sent."""

    def __init__(self) -> None:
        self.office = Office()
        self.opened = Recorded(self.office.now, "machine", Opened(ACCOUNT, Source.FINDING))
        self.events: dict[int, list[Recorded]] = {}
        self.hooks = MemoryHooks(lambda: self.events)
        self.manage = Manage(self.office.desk, self.hooks)
        self.slow, self.quick = (
            self.manage.add(f"https://{name}.example.org/", [EventType.CASE_OPENED]).webhook
            for name in ("slow", "quick")
        )
        self.let = threading.Event()
        self.sent: list[str] = []
        self.defect = False
        self.telling = Telling(self.office.desk, self.hooks, self.send)

    def send(self, url: str, _headers: Mapping[str, str], _body: bytes) -> int:
        """Answer, after a while where it is the slow one."""
        self.sent.append(url)
        if self.defect:
            raise ZeroDivisionError
        if url == self.slow.url:
            self.let.wait(PATIENCE)
        return 204

    def arrived(self, webhook: Webhook) -> int:
        """Return how much has arrived at one."""
        return sum(one.arrived_at is not None for one in self.hooks.owed(webhook.id, 999, None))

    def until(self, holds: Callable[[], bool]) -> None:
        """Take turns until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            self.telling.turn()
            time.sleep(0.01)


@pytest.fixture
def beside() -> Iterator[Beside]:
    """Return two webhooks, which are told until the end."""
    made = Beside()
    yield made
    made.let.set()
    made.telling.close()


def test_a_slow_one_holds_up_no_other(beside: Beside) -> None:
    """It is sent four messages at a time; all of the other's arrive meanwhile, and its own in the end."""
    for _ in range(20):
        beside.manage.test(beside.slow.id)
    for _ in range(20):
        beside.manage.test(beside.quick.id)
    beside.until(lambda: beside.arrived(beside.quick) == 20)
    assert beside.arrived(beside.slow) == 0
    assert beside.sent.count(beside.slow.url) == 4
    beside.let.set()
    beside.until(lambda: beside.arrived(beside.slow) == 20)


def test_what_has_happened_is_sent_to_those_who_want_it(beside: Beside) -> None:
    """To drain is to take up what is new, and to send until nothing is due."""
    beside.let.set()
    beside.events[1] = [beside.opened]
    assert beside.telling.drain() == 2
    assert (beside.arrived(beside.slow), beside.arrived(beside.quick)) == (1, 1)
    assert beside.telling.drain() == 0


def test_what_has_piled_up_is_taken_up_between_sending(beside: Beside) -> None:
    """A hundred cases at a time, each turn, and none of them a second late; to drain is to take up all."""
    beside.let.set()
    beside.events |= {number: [beside.opened] for number in range(1, 2 * BATCH + 2)}
    for taken in (BATCH, 2 * BATCH, 2 * BATCH + 1):
        assert beside.telling.turn() > 0
        assert len(beside.hooks.owed(beside.quick.id, 999, None)) == taken
    beside.events |= {number: [beside.opened] for number in range(1000, 1000 + 2 * BATCH)}
    beside.telling.drain()
    assert beside.arrived(beside.quick) == 4 * BATCH + 1


def test_what_is_being_sent_at_the_end_is_waited_for(beside: Beside) -> None:
    """What came of it is kept."""
    beside.manage.test(beside.slow.id)
    assert beside.telling.turn() == 1
    threading.Timer(0.2, beside.let.set).start()
    beside.telling.close()
    assert beside.arrived(beside.slow) == 1


def test_a_defect_ends_it(beside: Beside) -> None:
    """It is not passed over: whoever takes turns is told."""
    beside.defect = True
    beside.manage.test(beside.quick.id)
    with pytest.raises(ZeroDivisionError):
        beside.until(lambda: False)


def test_what_is_old_is_forgotten(beside: Beside) -> None:
    """After the days of the settings, once an hour."""
    beside.let.set()
    beside.manage.test(beside.quick.id)
    assert beside.telling.drain() == 1
    days = beside.office.desk.settings.webhook_days
    beside.office.now += days * 86_400
    beside.telling.drain()
    assert len(beside.hooks.owed(beside.quick.id, 9, None)) == 1
    beside.office.now += 1
    beside.telling.drain()
    assert len(beside.hooks.owed(beside.quick.id, 9, None)) == 1
    beside.office.now += 3600
    beside.telling.drain()
    assert beside.hooks.owed(beside.quick.id, 9, None) == []
