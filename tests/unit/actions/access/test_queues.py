"""Who is limited to some hosts, where there are others: in lists, orders, measures and links."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
import pytest
from casebook import ACCOUNT, ALICE, blocking
from desks import Office, decide, turn
from worlds import START

from tipstaff.actions.access.front import Front, Stores
from tipstaff.actions.access.memory import MemoryLinks, MemoryTrail
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.ask import ask
from tipstaff.actions.host import Snapshot
from tipstaff.actions.memory import MemoryFilters
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.actions.screening.sending import Screening
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.assembly.shelf import InstalledShelf
from tipstaff.base.errors import MissingError
from tipstaff.casework.commands import Asked, Claim
from tipstaff.casework.events import Opened, Recorded, Source
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.hosts.memory import MemoryHost
from tipstaff.screening.posts import Post

OTHER = Subject("other", SubjectKind.ACCOUNT, "shop")


@pytest.fixture
def office() -> Office:
    """Return a desk with two hosts, and a case on each: 1 on `memory`, 2 on `other`."""
    office = Office()
    host = MemoryHost("other")
    host.register(SubjectKind.ACCOUNT, OTHER.id)
    host.publish(Snapshot(Post(id="s1", account=OTHER.id, text="s1", host="other"), (), {}))
    office.hosts["other"] = host
    office.cases.open(OTHER, Recorded(START, "machine", Opened(OTHER, Source.FINDING)))
    return office


def front(office: Office, name: str, role: Role, *hosts: str) -> Front:
    """Return the actions for somebody who is limited to some hosts, or to none where none is named."""
    principal = Principal(name, frozenset({role}), queues=frozenset(hosts) if hosts else None)
    shelf = InstalledShelf(Path("nowhere"), office.desk.clock)
    stores = Stores(MemoryLinks(), MemoryTrail(), MemoryHooks(), shelf, MemoryFilters())
    return Front(office.desk, principal, Screening(office.desk, lambda _: ()), stores)


def ordering(*subjects: Subject, reference: str = "1") -> WantedOrder:
    """Return an order about some accounts."""
    return msgspec.convert(
        {
            "authority": "court", "reference": reference, "basis": "Art. 1", "scope": "account",
            "targets": list(map(str, subjects)), "territory": "CN", "deadline": "2099-01-01T00:00:00Z",
            "text": "…",
        },
        WantedOrder,
    )  # fmt: skip


def test_each_sees_the_cases_of_their_hosts(office: Office) -> None:
    """Lists, cases and commands; who is limited to none has none, and who is not limited has all."""
    for hosts, there in ((("memory",), [1]), (("other",), [2]), (("memory", "other"), [1, 2]), ((), [1, 2])):
        alice = front(office, "alice", Role.REVIEWER, *hosts)
        assert [
            one.number for one in alice.cases(9, None, waiting=False, pending=False, about=None).lines
        ] == there
        for number in (1, 2):
            if number in there:
                assert alice.case(number).number == number
                continue
            for action in (
                partial(alice.case, number),
                partial(alice.ask, number, Claim(START + 60), None),
                partial(alice.say, number, "note", "…"),
                partial(alice.outlook, number, ()),
                partial(alice.links.issue, number, None, revoke=True),
            ):
                with pytest.raises(MissingError, match=rf"^there is no case {number}$"):
                    action()
    assert office.vault.count(str(OTHER)) == 0


def test_measures_of_other_hosts_are_not_listed(office: Office) -> None:
    """Nor do they take room on a page."""
    decide(office)
    ask(office.desk, 2, ALICE, blocking((Asked(MeasureKind.WARN),), 0, office.policy))
    turn(office)
    for hosts, kinds in (
        (("memory",), ["block_content"] * 2),
        (("other",), ["warn"]),
        ((), ["block_content", "block_content", "warn"]),
    ):
        page = front(office, "alice", Role.REVIEWER, *hosts).measures(len(kinds), None, in_force=False)
        found = [one.case.carried_out(one.carrying).planned(one.carrying.said.measure) for one in page.items]
        assert ([one.kind for one in found], page.more) == (kinds, False)


def test_an_order_about_two_hosts_is_read_by_both_and_changed_by_who_has_both(office: Office) -> None:
    """It names both; of its cases each sees the number of their own. Another's order is not there."""
    both, mine, others = (("memory", "other"), ("memory",), ("other",))
    clerk = front(office, "clerk", Role.CLERK, *mine)
    with pytest.raises(ForbiddenError, match="other/account/shop is of another queue"):
        clerk.orders.enter(ordering(ACCOUNT, OTHER))
    assert office.vault.count("order#5/court/1") == 0
    assert clerk.orders.enter(ordering(ACCOUNT, reference="2")).number == 3
    made = front(office, "clerk", Role.CLERK, *both).orders.enter(ordering(ACCOUNT, OTHER))
    other = front(office, "clerk-2", Role.CLERK, *others)
    assert [one.number for one in other.orders.page(9, 0, waiting=False, due=False).items] == [made.number]
    assert [one.number for one in clerk.orders.page(9, 0, waiting=False, due=False).items] == [3, made.number]
    with pytest.raises(MissingError, match=r"^there is no order 3$"):
        other.orders.read(3)
    read = other.orders.read(made.number)
    assert other.orders.cases_of(read) == {str(ACCOUNT): None, str(OTHER): 2}
    assert clerk.orders.cases_of(read) == {str(ACCOUNT): 1, str(OTHER): None}
    narrower = msgspec.convert({"change": "narrowed", "reasons": "…", "territory": "CN-11"}, WantedAmendment)
    for one in (clerk, other):
        with pytest.raises(ForbiddenError, match="is of another queue"):
            one.orders.confirm(made.number, 0, None)
        with pytest.raises(ForbiddenError, match="is of another queue"):
            one.orders.amend(made.number, narrower, None)
    confirming = front(office, "clerk-2", Role.CLERK, *both)
    assert confirming.orders.confirm(made.number, 0, None).confirmations
