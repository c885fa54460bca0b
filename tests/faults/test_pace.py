"""A worker beside what cannot go on: it tries ever more rarely, and leaves the ledger alone meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from casebook import ACCOUNT, ALICE
from desks import DEADLINE, Office, confirm_order, decide, decide_under, enter_order, finish, reverse, turn
from turns import HOUR, TRIES, Worker
from worlds import digest

from tipstaff.actions.host import HostError
from tipstaff.casework.events import Noted
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.hosts.memory import MemoryHost
from tipstaff.ledger.cbor import Value


class FullVault:
    """A vault that keeps nothing more."""

    def keep(self, subject: str, kind: str, field: str, value: Value) -> bytes:
        """Keep nothing."""
        raise HostError(f"no place for {subject} {kind} {field}: {len(str(value))} letters")

    def keep_all(self, subject: str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Keep nothing."""
        return [self.keep(subject, *value) for value in values]

    def open(self, commitment: bytes) -> None:
        """Return nothing."""
        assert commitment

    def has(self, commitments: Iterable[bytes]) -> bool:
        """Say whether nothing is asked about: nothing is kept."""
        return not list(commitments)

    def count(self, subject: str) -> int:
        """Return that there is nothing."""
        return len(subject) * 0

    def subjects(self, ending: str) -> list[str]:
        """Return that there are none."""
        return [ending][:0]

    def key_of(self, subject: str) -> None:
        """Return that there is none."""
        assert subject

    def erase(self, subject: str, named: bytes | None = None) -> int:
        """Erase nothing."""
        return len((subject, named)) * 0

    def discard(self, subject: str) -> None:
        """Take nothing out."""
        assert not subject

    def drop(self, commitments: Iterable[bytes]) -> None:
        """Take nothing out."""
        assert not list(commitments)


def test_an_overdue_order_is_told_of_once_an_hour(office: Office) -> None:
    """The ledger is not opened for it, and the order is due still for whoever asks."""
    enter_order(office)
    confirm_order(office)
    turn(office)
    office.now = DEADLINE
    worker = Worker(office)
    office.cases.loaded.clear()
    worker.goes_on(HOUR)
    told = "order 2: the deadline of court 2026/7 has passed"
    assert worker.told == [told]
    assert worker.ledger.opened == 0
    assert 7 < office.cases.loaded.count(2) <= TRIES
    worker.goes_on(HOUR)
    assert worker.told == [told] * 2
    assert office.cases.due(office.now) == [2]
    assert turn(office).trouble == (told,), "who begins anew tells at once"
    decide_under(office)
    worker.goes_on(2)
    assert office.order.reports, "what happens to a case has its order looked at at once"
    assert office.cases.due(office.now) == []


def test_an_order_whose_host_is_dead_is_tried_rarely(office: Office) -> None:
    """What comes of the other host is done at once; once the first is back, the order is passed on."""
    elsewhere = MemoryHost("elsewhere")
    elsewhere.register(SubjectKind.ACCOUNT, "news")
    office.hosts["elsewhere"] = elsewhere
    other = Target(Subject("elsewhere", SubjectKind.ACCOUNT, "news"))
    enter_order(office, Target(ACCOUNT, "m1"), other)
    confirm_order(office)
    office.host.down = True
    worker = Worker(office)
    office.cases.loaded.clear()
    worker.goes_on(HOUR)
    assert worker.told == ["order 2: the host is down"]
    assert worker.ledger.opened == 1, "for the order and its confirmation, and never again"
    assert office.cases.loaded.count(2) <= TRIES + 6
    found = office.cases.find(other.subject)
    assert found
    assert found.order(2)
    office.host.down = False
    worker.goes_on(601)
    assert office.case.order(2)


def test_a_case_that_cannot_go_on_is_tried_rarely(office: Office) -> None:
    """Notices that cannot be kept hold its measures up; the ledger is asked at each try, no more often."""
    decide(office)
    turn(office)
    reverse(office)
    worker = Worker(office)
    worker.desk = replace(office.desk, vault=FullVault())
    worker.goes_on(HOUR)
    assert len(worker.told) == 1
    assert worker.told[0].startswith("case 1: no place for memory/account/news notice text")
    assert 7 < worker.ledger.opened <= TRIES
    worker.desk = office.desk
    worker.goes_on(601)
    assert office.in_force("m1", "m2") == [[], []]


def test_a_delivery_to_a_host_that_is_gone_is_tried_rarely(office: Office) -> None:
    """It is told of once an hour, and carried out within ten minutes once the host is there again."""
    decide(office)
    worker = Worker(office)
    office.cases.loaded.clear()
    worker.desk = replace(office.desk, hosts={})
    worker.goes_on(HOUR)
    assert worker.told == ["case 1: there is no host 'memory': known are none"] * 2, "one for each measure"
    opened = worker.ledger.opened
    assert opened <= 3
    assert 14 < office.cases.loaded.count(1) <= 2 * TRIES + 6
    worker.goes_on(HOUR)
    assert len(worker.told) == 4
    assert worker.ledger.opened == opened
    worker.desk = office.desk
    worker.goes_on(601)
    assert office.in_force("m1", "m2") == [["block_content"]] * 2


@pytest.mark.parametrize("begun_anew", [False, True])
def test_a_new_event_or_a_new_worker_waits_for_nothing(office: Office, *, begun_anew: bool) -> None:
    """What was put off for long is tried at once: by another worker, or when something has happened."""
    decide(office)
    turn(office)
    reverse(office)
    worker = Worker(office)
    worker.desk = replace(office.desk, vault=FullVault())
    worker.goes_on(HOUR // 2)
    worker.desk = office.desk
    worker.goes_on(1)
    assert office.in_force("m1") != [[]], "it waits"
    if begun_anew:
        turn(office)
    else:
        office.desk.record(office.case, ALICE, [Noted(digest("note"))])
        worker.goes_on(1)
    assert office.in_force("m1", "m2") == [[], []]
    finish(office)
