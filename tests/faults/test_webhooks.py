"""Each effect of telling fails before and after it is kept: no message is lost, and none has two ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest
from casebook import POSTS, Casebook, blocking
from databases import DATABASES, database
from desks import AFTER, BEFORE, Faults, InjectedError, Office

from tipstaff.actions.cases import Change
from tipstaff.actions.webhooks.events import messages_of
from tipstaff.actions.webhooks.hooks import Attempt, Changed, Message, Owed
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.manage import Manage
from tipstaff.actions.webhooks.tell import CLAIMED, attempt, take_up
from tipstaff.assembly.webhooks import Telling
from tipstaff.casework.commands import Asked
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.storage.access.hooks import SqlHooks
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade

EFFECTS = 1 + 2 * 6
"""What is kept on the way of a case that is told of in six messages: they are owed, claimed and sent."""


class DyingHooks(SqlHooks):
    """Webhooks in a database, whose effects fail before or after they are kept."""

    faults: Faults

    def tell(self, changed: Changed, messages: Sequence[Message], now: int) -> None:
        """Owe messages."""
        with self.faults.effect("tell"):
            super().tell(changed, messages, now)

    def claim(self, owed: Owed, until: int) -> bool:
        """Claim one."""
        with self.faults.effect("claim"):
            return super().claim(owed, until)

    def attempted(self, owed: Owed, claimed: int, attempt: Attempt, due: int | None) -> None:
        """Keep what came of it."""
        with self.faults.effect("attempted"):
            super().attempted(owed, claimed, attempt, due)


@pytest.fixture(params=DATABASES)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[DyingHooks, SqlCases]]:
    """Each database in turn."""
    with database(request.param, tmp_path) as engine:
        upgrade(engine)
        MIGRATIONS.upgrade(engine)
        hooks = DyingHooks(engine)
        hooks.faults = Faults()
        yield hooks, SqlCases(engine)


def recorded(cases: SqlCases, name: str) -> Changed:
    """Keep a case of which a post is blocked."""
    book = Casebook(Subject("memory", SubjectKind.ACCOUNT, name))
    book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT, POSTS[:1]),)))
    book.carried_out()
    first, *rest = book.events
    case = cases.open(book.case.subject, first)
    cases.change(case, Change(rest))
    return Changed(case.number, 0, book.events)


def test_whatever_fails_all_is_told(kept: tuple[DyingHooks, SqlCases]) -> None:
    """Before and after each effect a worker dies, and another goes on: every message arrives, as it was."""
    hooks, cases = kept
    office, now = Office(), 1_800_000_000
    (log,) = office.desk.ledger.statements(0, 1)
    manage = Manage(office.desk, hooks)
    manage._clock = lambda: now
    webhook = manage.add("https://hooks.example.org/", EventType).webhook
    for when, number in product((BEFORE, AFTER), range(1, EFFECTS + 2)):
        changed = recorded(cases, f"{when}{number}")
        expected = [one.id for one in messages_of(changed, log)]
        sent: list[str] = []

        def send(_url: str, headers: Mapping[str, str], _body: bytes, sent: list[str] = sent) -> int:
            sent.append(headers["webhook-id"])
            return 204

        hooks.faults = Faults(number, when)
        deaths = 0
        while True:
            try:
                taken = take_up(hooks, log, now)
                due = hooks.due(now, 99, ())
                for owed in due:
                    attempt(hooks, office.vault, lambda: now, send, owed)  # noqa: B023  the time of then
            except InjectedError:
                deaths += 1
                now += CLAIMED
            else:
                if not taken and not due:
                    break
        told = hooks.owed(webhook.id, len(expected), None)
        assert sorted(one.message.id for one in told) == sorted(expected)
        assert all(one.arrived_at is not None and one.due is None for one in told)
        assert set(sent) == set(expected)
        assert len(sent) - len(expected) in range(deaths + 1)
        assert bool(deaths) is (number <= EFFECTS)


def test_several_who_tell_send_each_message_once(kept: tuple[DyingHooks, SqlCases]) -> None:
    """Two at once, on one database: neither is in the other's way, and nothing comes twice."""
    hooks, cases = kept
    office = Office()
    (log,) = office.desk.ledger.statements(0, 1)
    webhook = Manage(office.desk, hooks).add("https://hooks.example.org/", EventType).webhook
    expected = [one.id for name in "abc" for one in messages_of(recorded(cases, name), log)]
    sent: list[str] = []

    def send(_url: str, headers: Mapping[str, str], _body: bytes) -> int:
        sent.append(headers["webhook-id"])
        return 204

    both = [Telling(office.desk, hooks, send) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(Telling.drain, both)) >= len(expected)
    for one in both:
        one.close()
    assert sorted(sent) == sorted(expected)
    assert all(one.arrived_at is not None for one in hooks.owed(webhook.id, 99, None))
