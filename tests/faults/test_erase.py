"""Erasing texts dies before and after each effect: they are gone all the same, and one statement says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replace_fields
from itertools import count

import pytest
from casebook import ACCOUNT, ALICE, BOB, CLERK, CLERK_2, PLATFORM, READER, blocking, entering
from desks import (
    AFTER,
    BEFORE,
    FakeVault,
    InjectedError,
    Office,
    When,
    confirm_order,
    decide_under,
    enter_order,
    reverse,
)
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.attend import attend_to_order
from tipstaff.actions.cases import MovedError
from tipstaff.actions.complain import complain
from tipstaff.actions.deliver import deliver
from tipstaff.actions.desk import leaving_nothing
from tipstaff.actions.erase import (
    Retained,
    erase,
    erase_complaints,
    erase_in_time,
    finish_erasure,
    retain,
)
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.take_up import take_up
from tipstaff.actions.texts import order_key
from tipstaff.actions.trouble import Trouble
from tipstaff.actions.work import work
from tipstaff.casework.commands import Appeal, Note, Rule
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import ErasureBegun, ErasureCause, Logged, Noted, Reason, Result
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.ledger.log import Registered
from tipstaff.ledger.statement import parse
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding


def settled() -> Office:
    """Return a desk with both posts blocked, and texts about the account."""
    office = Office()
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    work(office.desk, office)
    office.faults.calls.clear()
    return office


def told(office: Office) -> list[tuple[object, object]]:
    """Return kind and count of each erasure on the ledger."""
    found = [one for one in map(parse, office.world.statements) if one.kind == "erasure"]
    return [(one.claims["kind"], one.claims["count"]) for one in found]


def kept(office: Office) -> int:
    """Return how many texts are kept about the account."""
    return office.desk.vault.count(str(ACCOUNT))


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_it_dies_anywhere(when: When) -> None:
    """Once it has begun, a worker brings it to its end; before, nothing was erased."""
    for number in count(1):
        office = settled()
        texts = kept(office)
        assert texts > 2
        office.faults.number, office.faults.when = number, when
        try:
            erase(office.desk, ACCOUNT)
            work(office.desk, office)
        except InjectedError:
            pass
        else:
            break
        office.faults.number = 0
        begun = office.case.erasing is not None or office.case.erasures
        work(office.desk, office)
        assert kept(office) == (0 if begun else texts), office.faults.fired
        assert told(office) == ([("account/request", texts)] if begun else [])
        if not begun:
            assert erase(office.desk, ACCOUNT) == texts
            work(office.desk, office)
        assert told(office) == [("account/request", texts)]
    assert number > 4


def test_what_is_not_kept_is_not_erased() -> None:
    """Neither twice, nor about somebody of whom there is no case."""
    office = settled()
    assert erase(office.desk, ACCOUNT) > 0
    version = office.case.version
    assert erase(office.desk, ACCOUNT) == 0
    assert office.case.version == version
    with pytest.raises(CaseError, match="there is no case about memory/account/other"):
        erase(office.desk, Subject("memory", SubjectKind.ACCOUNT, "other"))


def test_an_appeal_comes_first() -> None:
    """Its text, and what it is about, are needed until somebody has judged it."""
    office = settled()
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    with pytest.raises(CaseError, match="case 1 has an appeal that is not settled yet"):
        erase(office.desk, ACCOUNT)
    work(office.desk, office)
    ask(office.desk, 1, BOB, Rule(1, Result.UPHELD, digest("answer")))
    work(office.desk, office)
    assert erase(office.desk, ACCOUNT) > 0


def test_an_order_comes_first() -> None:
    """From when it comes in, before anybody has confirmed it or the case knows of it."""
    office = settled()
    command = EnterOrder(
        "bureau", "2026/7", "law", Scope.ACCOUNT, (Target(ACCOUNT),), "CN", office.now + 60, digest("order")
    )  # fmt: skip
    order = enter(office.desk, CLERK, command)
    for _ in range(2):
        with pytest.raises(CaseError, match="order 2 of bureau is about it, and not carried out yet"):
            erase(office.desk, ACCOUNT)
        work(office.desk, office)
    assert order.number == 2


def test_time_runs_out() -> None:
    """Texts are erased when their days are over, once; not before, and not while they are needed."""
    office = settled()
    texts = kept(office)
    office.now += 200 * DAY - 1
    assert retain(office.desk, 200) == Retained(0, 0)
    office.now += 1
    assert retain(office.desk, 200) == Retained(1, texts)
    assert retain(office.desk, 200) == Retained(0, 0)
    work(office.desk, office)
    assert told(office) == [("account/retention", texts)]
    assert kept(office) == 0


def begun() -> Office:
    """Return a desk with an erasure that has begun, and whose worker died."""
    office = settled()
    office.faults.number, office.faults.when = 2, BEFORE
    with pytest.raises(InjectedError):
        erase(office.desk, ACCOUNT)
    office.faults.number = 0
    assert office.case.erasing
    return office


def test_what_is_found_meanwhile_is_kept() -> None:
    """An erasure that has begun comes to its end first: new evidence does not go with the old."""
    office = begun()
    finding = Finding(
        "m1", ACCOUNT.id, "memory", "house@1", "new rule", Outcome.VIOLATION, (), "house-1", 2, 50, ()
    )
    (case,) = take_up(office.desk, [finding])
    assert [one.count for one in case.erasures] == [6]
    work(office.desk, office)
    assert office.desk.opened(office.case.found[-1].snapshot) is not None


def log_all(office: Office) -> None:
    """Append what waits, and attend to nothing."""
    waiting = office.cases.send(office.now, 100)
    for one, outcome in zip(waiting, office.append([one.encoded for one in waiting]), strict=True):
        assert isinstance(outcome, Registered)
        office.desk.record(office.cases.dossier(one.dossier), PLATFORM, [Logged(one.entry, outcome.position)])


@pytest.mark.parametrize("meanwhile", [False, True])
def test_what_an_order_brings_meanwhile_is_kept(*, meanwhile: bool) -> None:
    """An erasure that has begun comes to its end first; one that begins and ends meanwhile takes nothing."""
    office = settled() if meanwhile else begun()
    enter_order(office)
    confirm_order(office)
    log_all(office)
    assert office.order.confirmed
    if meanwhile:
        office.cases.before = lambda: erase_in_time(office.desk, office.case)
    trouble: list[Trouble] = []
    assert attend_to_order(office.desk, office.order, office.now, trouble, lambda: None) == 1
    assert trouble == []
    assert len(office.case.erasures) == 1
    work(office.desk, office)
    (on,) = office.case.orders
    assert [office.desk.opened(one) is not None for one in on.snapshots] == [True, True]


def test_who_comes_late_erases_nothing_new() -> None:
    """Another worker has finished since, and a note was kept: under another key, whoever looks when."""
    office = begun()
    stale = office.case
    work(office.desk, office)
    note = office.desk.keep(ACCOUNT, "case", "note", "new")
    office.desk.record(office.case, ALICE, [Noted(note)])
    assert stale.erasing
    unnamed = replace(stale, erasing=replace(stale.erasing, keys=()))  # as it began before keys had names
    for one in (stale, unnamed):
        assert finish_erasure(office.desk, one) == 0
        assert office.desk.text(note) == "new"


class LateVault(FakeVault):
    """A vault in which somebody else is faster: before it erases, something else is done, once."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.faults)
        self.kept = office.vault.kept
        self.first: list[Callable[[], None]] = []

    def erase(self, subject: str, named: bytes | None = None) -> int:
        """Let the other one do it first."""
        if self.first:
            self.first.pop()()
        return super().erase(subject, named)


def test_who_is_late_by_a_moment_erases_nothing_new() -> None:
    """Another worker finishes, and a note is kept, after it has looked and before it erases."""
    office = settled()
    vault = LateVault(office)
    desk = replace_fields(office.desk, vault=vault)
    notes: list[bytes] = []

    def other() -> None:
        finish_erasure(desk, office.case)
        notes.append(desk.keep(ACCOUNT, "case", "note", "new"))
        desk.record(office.case, ALICE, [Noted(notes[0])])

    vault.first.append(other)
    erase(desk, ACCOUNT)
    assert desk.text(notes[0]) == "new"
    assert len(office.case.erasures) == 1


def test_what_is_told_meanwhile_is_kept() -> None:
    """What a measure has come to is told once the erasure that has begun has come to its end."""
    office = Office()
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    office.host.down = True
    work(office.desk, office)
    office.host.down = False
    key = office.vault.key_of(str(ACCOUNT))
    assert key
    office.desk.record(
        office.case, PLATFORM, [ErasureBegun(ErasureCause.REQUEST, 2, keys=((str(ACCOUNT), key),))]
    )
    for delivery in office.cases.owed_in(1):
        assert deliver(office.desk, delivery)
    work(office.desk, office)
    assert len(office.case.notices) == 4
    assert not any(office.desk.text(one.text) == "(erased)" for one in office.case.notices)


def test_what_is_refused_leaves_nothing() -> None:
    """Nobody would erase what was kept for it: no event tells of that. All else stays."""
    office = settled()
    texts, desk = kept(office), office.desk
    notes = []

    def refused() -> None:
        with leaving_nothing(desk):
            notes.append(desk.say(ACCOUNT, "case", "note", "a note"))
            ask(desk, 1, ALICE, Note(notes[-1]))
            ask(desk, 1, PLATFORM, Appeal(7, desk.say(ACCOUNT, "appeal", "text", "my name is Li")))

    with pytest.raises(CaseError, match="has no decision 7"):
        refused()
    assert kept(office) == texts + 1
    assert desk.text(notes[0]) == "a note"


@pytest.mark.parametrize("error", [KeyError, OSError, KeyboardInterrupt, InjectedError])
def test_what_breaks_off_leaves_nothing(error: type[BaseException]) -> None:
    """Whatever is why: it was kept, and nothing that refers to it was about to be recorded."""
    office = settled()
    texts, desk = kept(office), office.desk

    def dies() -> None:
        with leaving_nothing(desk):
            desk.say(ACCOUNT, "case", "note", "a note")
            raise error

    with pytest.raises(error):
        dies()
    assert kept(office) == texts


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("what", ["change", "enter"])
def test_what_may_have_been_recorded_stays(what: str, when: When) -> None:
    """The commit has broken off, and nobody knows: then an event may tell of the text."""
    office = settled()
    texts, desk = kept(office), office.desk
    key = order_key("court", "2026/7")

    def dies() -> None:
        with leaving_nothing(desk):
            if what == "change":
                note = desk.say(ACCOUNT, "case", "note", "a note")
                fail_at(office, 1, when)
                ask(desk, 1, ALICE, Note(note))
            else:
                text = desk.say(key, "order", "text", "close it")
                fail_at(office, 2, when)  # after it was read back that there is what it names
                enter(desk, CLERK, replace(entering(), text=text))

    with pytest.raises(InjectedError):
        dies()
    assert office.faults.fired == what
    assert kept(office) + office.vault.count(key) == texts + 1


def test_what_is_refused_at_the_commit_leaves_nothing() -> None:
    """Somebody else was faster: nothing was recorded of it."""
    office = settled()
    texts, desk = kept(office), office.desk
    other = replace_fields(desk, kept=[])

    def moved() -> None:
        with leaving_nothing(desk):
            note = desk.say(ACCOUNT, "case", "note", "a note")
            office.cases.before = lambda: ask(other, 1, BOB, Note(digest("another note")))
            ask(desk, 1, ALICE, Note(note))

    with pytest.raises(MovedError):
        moved()
    assert kept(office) == texts


def fail_at(office: Office, number: int, when: When) -> None:
    """Have one of the next effects be the death of whoever brings it about."""
    office.faults.calls.clear()
    office.faults.number, office.faults.when = number, when


def test_an_order_that_comes_in_twice_leaves_its_texts_once() -> None:
    """The second arrival is refused; what the first one says is kept."""
    office = settled()
    key, desk = order_key("court", "2026/7"), office.desk

    def twice() -> None:
        with leaving_nothing(desk):
            for _ in range(2):
                enter(desk, CLERK, replace(entering(), text=desk.say(key, "order", "text", "close it")))

    with pytest.raises(CaseError, match="has come in before"):
        twice()
    assert desk.text(office.order.said.text) == "close it"
    assert office.vault.count(key) == 1


def test_two_orders_never_share_a_key() -> None:
    """However authority and reference run together; nor one with a key from before they were told apart."""
    keys = {order_key("Bureau", "7/41"), order_key("Bureau/7", "41"), order_key("Bureau/7/41", "")}
    assert len(keys) == 3
    assert not any(key.startswith("order/") for key in keys)


def test_what_two_orders_shared_goes_with_the_last() -> None:
    """Texts that were kept when two orders could have one key."""
    office = settled()
    shared = office.desk.keep("order/Bureau/7/41", "order", "text", "of either")
    for authority, reference in (("Bureau", "7/41"), ("Bureau/7", "41")):
        command = replace(entering(), authority=authority, reference=reference)
        enter(office.desk, CLERK, replace(command, deadline=office.now + 1000 * DAY))
        office.desk.keep(order_key(authority, reference), "order", "text", reference)
    work(office.desk, office)
    first, last = office.cases.order_numbers()
    office.now += 10 * DAY
    for number, left in ((first, "of either"), (last, "(erased)")):
        ask_of_order(office.desk, number, CLERK, Amend(Change.WITHDRAWN, digest("reasons")))
        ask_of_order(office.desk, number, CLERK_2, ConfirmOrder(1))
        work(office.desk, office)
        office.now += 365 * DAY
        work(office.desk, office)
        order = office.cases.load_order(number)
        assert [one.count for one in order.erasures] == [1 if left == "of either" else 2]
        assert office.desk.text(shared) == left


def test_who_is_told_of_a_result_has_it_under_their_own_key() -> None:
    """A complainant and an authority: what an account asks for leaves it, and it goes with the case."""
    office = Office()
    complain(office.desk, READER.name, Target(ACCOUNT, "m1"), Reason.FRAUD, "he took my money")
    enter_order(office)
    confirm_order(office)
    work(office.desk, office)
    decide_under(office)
    work(office.desk, office)
    reverse(office)
    work(office.desk, office)
    notices = {
        one.audience: one.text for one in office.case.notices if one.audience not in ("account", "readers")
    }
    assert set(notices) == {f"complainant {READER.name}", "authority"}
    erase(office.desk, ACCOUNT)
    assert not any(office.desk.text(text) == "(erased)" for text in notices.values())
    work(office.desk, office)
    assert erase_complaints(office.desk, READER.name) == 3
    assert office.desk.text(notices[f"complainant {READER.name}"]) == "(erased)"
    assert office.desk.text(notices["authority"]) != "(erased)"
    work(office.desk, office)
    office.now += 365 * DAY
    work(office.desk, office)
    assert office.vault.kept == {}


def test_what_somebody_else_has_begun_swallows_no_request() -> None:
    """A complainant's erasure has begun and died; then the subject asks for theirs: both are erased."""
    office = Office()
    complain(office.desk, READER.name, Target(ACCOUNT, "m1"), Reason.FRAUD, "招揽买币")
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    work(office.desk, office)
    texts = kept(office)
    begun = ErasureBegun(ErasureCause.REQUEST, 1, READER.name)
    office.desk.record(office.case, PLATFORM, [begun])
    assert erase(office.desk, ACCOUNT) == texts
    assert kept(office) == 0
    assert [(one.complainant, one.count) for one in office.case.erasures] == [(READER.name, 1), (None, texts)]
