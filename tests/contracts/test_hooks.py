"""Where webhooks are kept: what every keeper of them does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from casebook import ACCOUNT, APP, OrderBook
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.cases import Cases, Change
from tipstaff.actions.memory import MemoryCases
from tipstaff.actions.webhooks.events import messages_of
from tipstaff.actions.webhooks.hooks import Attempt, Hooks, Message, Owed, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.casework.case import Case
from tipstaff.casework.events import Noted, Opened, Recorded, Source
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Subject
from tipstaff.storage.access.hooks import SqlHooks
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade

NOW = 1_800_000_000
FIRST = Webhook("0" * 16, "https://a.example/", "A", frozenset({EventType.CASE_OPENED}), NOW, b"a" * 32)
OTHER = replace(FIRST, id="f" * 16, made_at=NOW + 1, events=frozenset({EventType.APPEAL_JUDGED}))
MESSAGE = Message("evt_0_1", EventType.CASE_OPENED, NOW, b"{}")


class Kept(NamedTuple):
    """Webhooks, the cases that they tell of, and how something is recorded in these."""

    hooks: Hooks
    cases: Cases
    record: Callable[[Case], None]


class Recording(MemoryCases):
    """Cases that remember their events."""

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[int, list[Recorded]] = {}

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Open a case."""
        case = super().open(subject, opened)
        self.events.setdefault(case.number, [opened])
        return case

    def enter(self, number: int, change: Change) -> Order:
        """Enter an order."""
        self.events[number] = list(change.events)
        return super().enter(number, change)


@pytest.fixture(params=["memory", *DATABASES])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """Each keeper in turn."""
    if request.param == "memory":
        memory = Recording()

        def remember(case: Case) -> None:
            memory.events[case.number].append(recorded())

        yield Kept(MemoryHooks(lambda: memory.events), memory, remember)
        return
    with database(request.param, tmp_path) as engine:
        upgrade(engine)
        MIGRATIONS.upgrade(engine)
        cases = SqlCases(engine)

        def change(case: Case) -> None:
            cases.change(cases.load(case.number), Change([recorded()]))

        yield Kept(SqlHooks(engine), cases, change)


def recorded() -> Recorded:
    """Return an event of which nothing is told."""
    return Recorded(NOW, "alice", Noted(b"text"))


def opened(kept: Kept, subject: Subject = ACCOUNT) -> Case:
    """Open a case."""
    return kept.cases.open(subject, Recorded(NOW, "machine", Opened(subject, Source.FINDING)))


def add(hooks: Hooks, webhook: Webhook) -> None:
    """Keep a webhook."""
    assert hooks.add(webhook, 9)


def test_webhooks_are_kept(kept: Kept) -> None:
    """As they were set up, the oldest first; what is changed of one changes no other."""
    hooks = kept.hooks
    add(hooks, OTHER)
    add(hooks, FIRST)
    assert hooks.webhooks() == [FIRST, OTHER]
    assert hooks.webhook(FIRST.id) == FIRST
    assert hooks.webhook("e" * 16) is None
    hooks.set_failing(FIRST.id, 7)
    hooks.set_failing(FIRST.id, 8)
    assert hooks.webhook(FIRST.id) == replace(FIRST, failing_since=7)
    hooks.set_failing(FIRST.id, None)
    hooks.set_failing(FIRST.id, None)
    assert hooks.webhook(FIRST.id) == FIRST
    assert hooks.set_secret(FIRST.id, b"a" * 32, b"b" * 32, 9)
    assert not hooks.set_secret(FIRST.id, b"a" * 32, b"c" * 32, 9), "it was made another already"
    hooks.set_failing(FIRST.id, 7)
    hooks.set_active(FIRST.id, "gone", active=False)
    changed = replace(FIRST, secret=b"b" * 32, older=b"a" * 32, older_until=9, active=False, trouble="gone")
    assert hooks.webhook(FIRST.id) == changed
    hooks.set_active(FIRST.id, active=True)
    assert hooks.webhook(FIRST.id) == replace(changed, active=True, trouble="")
    assert hooks.webhook(OTHER.id) == OTHER
    hooks.owe(FIRST.id, MESSAGE, NOW)
    hooks.owe(OTHER.id, MESSAGE, NOW)
    hooks.remove(FIRST.id)
    assert hooks.webhooks() == [OTHER]
    assert hooks.owed(FIRST.id, 9, None) == []
    assert len(hooks.owed(OTHER.id, 9, None)) == 1


def test_what_happened_before_is_told_to_nobody(kept: Kept) -> None:
    """All that came before the first webhook; what comes after it is told, of old cases as well."""
    old = opened(kept)
    kept.cases.reserve("court", "1")
    assert kept.hooks.changed(9) == []
    add(kept.hooks, FIRST)
    assert kept.hooks.changed(9) == []
    kept.record(old)
    new = opened(kept, APP)
    found = kept.hooks.changed(9)
    assert [(one.dossier, one.told, len(one.events)) for one in found] == [
        (old.number, 1, 2),
        (new.number, 0, 1),
    ]
    assert [one.dossier for one in kept.hooks.changed(1)] == [old.number]
    kept.hooks.remove(FIRST.id)
    assert kept.hooks.changed(9) == []
    add(kept.hooks, OTHER)
    assert kept.hooks.changed(9) == []


def test_each_event_is_told_once(kept: Kept) -> None:
    """To who wants it; whoever takes the same up anew tells nothing more."""
    add(kept.hooks, FIRST)
    add(kept.hooks, OTHER)
    case = opened(kept)
    (found,) = kept.hooks.changed(9)
    messages = messages_of(found, b"log")
    assert [one.type for one in messages] == ["case.opened"]
    for _ in range(2):
        kept.hooks.tell(found, messages, NOW + 5)
    (owed,) = kept.hooks.owed(FIRST.id, 9, None)
    assert (owed.message, owed.due, owed.tries, owed.attempts) == (messages[0], NOW + 5, 0, ())
    assert kept.hooks.owed(OTHER.id, 9, None) == []
    assert kept.hooks.changed(9) == []
    kept.record(case)
    (again,) = kept.hooks.changed(9)
    assert (again.told, messages_of(again, b"log")) == (1, [])
    for _ in range(2):
        kept.hooks.tell(again, [MESSAGE], NOW)
    assert kept.hooks.changed(9) == []
    assert [one.message for one in kept.hooks.owed(FIRST.id, 9, None)] == [MESSAGE, *messages]


def test_what_was_reserved_before_is_told_once_it_has_begun(kept: Kept) -> None:
    """An order has a number before it has events."""
    number = kept.cases.reserve("court", "2026/7")
    add(kept.hooks, FIRST)
    assert kept.hooks.changed(9) == []
    kept.cases.enter(number, Change(OrderBook().events))
    (found,) = kept.hooks.changed(9)
    assert (found.dossier, found.told, len(found.events)) == (number, 0, 1)
    kept.hooks.tell(found, [], NOW)
    assert kept.hooks.changed(9) == []


def owe(hooks: Hooks, webhook: Webhook, *dues: int) -> list[Owed]:
    """Owe some messages."""
    return [
        hooks.owe(webhook.id, replace(MESSAGE, id=f"evt_{webhook.id}_{place}"), due)
        for place, due in enumerate(dues)
    ]


def due(hooks: Hooks, now: int, most: int = 9, without: Sequence[str] = ()) -> list[int]:
    """Return the numbers of what is due."""
    return [one.number for one in hooks.due(now, most, without)]


def test_what_is_due_longest_comes_first(kept: Kept) -> None:
    """To those that are active, and not to those that are left out; no more than is asked for."""
    hooks = kept.hooks
    add(hooks, FIRST)
    add(hooks, OTHER)
    late, early, later = owe(hooks, FIRST, 20, 10, 30)
    (others,) = owe(hooks, OTHER, 15)
    assert due(hooks, 20) == [early.number, others.number, late.number]
    assert due(hooks, 20, most=2) == [early.number, others.number]
    assert due(hooks, 30, without=[FIRST.id]) == [others.number]
    hooks.set_active(OTHER.id, active=False)
    assert due(hooks, 30) == [early.number, late.number, later.number]
    hooks.set_active(OTHER.id, active=True)
    assert others.number in due(hooks, 30)
    assert hooks.due(9, 9, ()) == []


def test_one_sends_what_is_claimed(kept: Kept) -> None:
    """Nobody else, until the time of whoever claimed it is over."""
    hooks = kept.hooks
    add(hooks, FIRST)
    (owed,) = owe(hooks, FIRST, 10)
    assert hooks.claim(owed, 100)
    assert not hooks.claim(owed, 100)
    assert due(hooks, 99) == []
    assert due(hooks, 100) == [owed.number]


def test_what_came_of_it_is_kept(kept: Kept) -> None:
    """Each attempt, when it arrived, and when it is sent again, or never."""
    hooks = kept.hooks
    add(hooks, FIRST)
    (owed,) = owe(hooks, FIRST, 10)
    failed, arrived = Attempt(10, None, 5, "no answer"), Attempt(20, 204, 7)
    assert hooks.claim(owed, 100)
    hooks.attempted(owed, 100, failed, 15)
    (again,) = hooks.due(15, 9, ())
    assert (again.tries, again.arrived_at) == (1, None)
    assert hooks.claim(again, 100)
    hooks.attempted(again, 100, arrived, None)
    assert hooks.due(10**10, 9, ()) == []
    (kept_now,) = hooks.owed(FIRST.id, 9, None)
    assert kept_now.attempts == (failed, arrived)
    assert (kept_now.tries, kept_now.arrived_at, kept_now.due) == (2, 20, None)


def test_what_is_sent_again_is_not_forgotten_by_who_sends_it(kept: Kept) -> None:
    """A replay that comes while it is being sent stands; who was removed meanwhile has no log."""
    hooks = kept.hooks
    add(hooks, FIRST)
    (owed,) = owe(hooks, FIRST, 10)
    assert hooks.claim(owed, 100)
    assert hooks.replay(FIRST.id, owed.number, 50) is not None
    hooks.attempted(owed, 100, Attempt(10, 200, 5), None)
    (again,) = hooks.due(50, 9, ())
    assert (again.number, again.tries, again.arrived_at) == (owed.number, 0, 10)
    hooks.remove(FIRST.id)
    hooks.attempted(again, 100, Attempt(10, 200, 5), None)
    assert hooks.owed(FIRST.id, 9, None) == []


def test_messages_are_sent_again(kept: Kept) -> None:
    """One by its number, or all from a time on that have not arrived, or all; another's is not there."""
    hooks = kept.hooks
    add(hooks, FIRST)
    add(hooks, OTHER)
    old, failed, arrived = (
        hooks.owe(FIRST.id, Message(f"evt_1_{at}", "case.opened", at, b"{}"), at) for at in (1, 2, 3)
    )
    (others,) = owe(hooks, OTHER, 10)
    for one, status in ((old, 500), (failed, 500), (arrived, 200)):
        assert hooks.claim(one, 100)
        hooks.attempted(one, 100, Attempt(10, status, 5), None)
    assert due(hooks, 99) == [others.number]
    assert hooks.replay(FIRST.id, others.number, 60) is None
    assert hooks.replay(FIRST.id, 999, 60) is None
    one = hooks.replay(FIRST.id, old.number, 60)
    assert one is not None
    assert (one.due, one.tries, len(one.attempts)) == (60, 0, 1)
    assert hooks.replay_since(FIRST.id, 2, 70, arrived=False) == 1
    assert due(hooks, 70) == [others.number, old.number, failed.number]
    assert hooks.replay_since(FIRST.id, 2, 80, arrived=True) == 2
    assert due(hooks, 80) == [others.number, old.number, failed.number, arrived.number]


def test_the_log_is_read_in_pages_and_forgotten(kept: Kept) -> None:
    """The newest first; what is from before a time goes, with its attempts."""
    hooks = kept.hooks
    add(hooks, FIRST)
    numbers = [
        hooks.owe(FIRST.id, Message(f"evt_1_{at}", "case.opened", at, b"{}"), at).number for at in (1, 2, 3)
    ]
    hooks.attempted(hooks.owed(FIRST.id, 9, None)[-1], 1, Attempt(10, 500, 5), None)
    page = hooks.owed(FIRST.id, 2, None)
    assert [one.number for one in page] == numbers[:0:-1]
    assert [one.number for one in hooks.owed(FIRST.id, 2, page[-1].number)] == numbers[:1]
    assert hooks.forget(3) == 2
    assert [one.number for one in hooks.owed(FIRST.id, 9, None)] == numbers[2:]
