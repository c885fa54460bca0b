"""Texts are erased in many cases, or while somebody writes: nothing is lost sight of, or recorded in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replace_fields

import pytest
from casebook import ACCOUNT, ALICE, CLERK, POSTS, READER, blocking, entering
from desks import (
    FakeKept,
    FakeVault,
    Office,
    assert_settled,
    beside,
    decide,
    finish,
    turn,
)
from msgspec.structs import replace
from squares import TIME

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.complain import Receipt, complain
from tipstaff.actions.desk import Desk, leaving_nothing
from tipstaff.actions.erase import Retained, erase, erase_complaints, retain
from tipstaff.actions.evidence import image_of
from tipstaff.actions.host import Image, Snapshot
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.texts import complaint_key, order_key
from tipstaff.casework.commands import Asked, Note
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Noted, Reason
from tipstaff.casework.orders.commands import Amend
from tipstaff.casework.orders.events import Change
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.statement import parse
from tipstaff.screening.posts import Post
from tipstaff.vault.vault import VaultError

OTHER = Subject("memory", SubjectKind.ACCOUNT, "other")


def told(office: Office) -> list[tuple[object, object]]:
    """Return kind and count of each erasure on the ledger."""
    found = [one for one in map(parse, office.world.statements) if one.kind == "erasure"]
    return [(one.claims["kind"], one.claims["count"]) for one in found]


def file(desk: Desk, subject: Subject = ACCOUNT, post: str | None = None, text: str = "招揽买币") -> Receipt:
    """Have a reader complain."""
    return complain(desk, READER.name, Target(subject, post), Reason.FRAUD, text)


def complained() -> Office:
    """Return a desk with a complaint in each of two cases, which are settled; some text is from before."""
    office = Office()
    office.host.register(SubjectKind.ACCOUNT, OTHER.id)
    office.desk.keep(READER.name, "complaint", "text", "before cases had keys")
    for number, subject in enumerate((ACCOUNT, OTHER), start=1):
        assert file(office.desk, subject) == Receipt(number, 1)
        ask(office.desk, number, ALICE, blocking((), policy=office.policy))
    turn(office)
    assert [count(office, number) for number in (1, 2)] == [2, 2]
    return office


def count(office: Office, number: int) -> int:
    """Count the texts of the complainant in a case."""
    return office.vault.count(complaint_key(READER.name, number))


def test_a_busy_vault_loses_sight_of_no_case() -> None:
    """All are about to be erased before the first is; a worker finishes them, and what is old counts once."""
    office = complained()
    office.vault.busy = True
    for _ in range(2):
        with pytest.raises(VaultError, match="it is being read"):
            erase_complaints(office.desk, READER.name)
        begun = [office.cases.load(number).erasing for number in (1, 2)]
        assert [one and (one.complainant, one.count) for one in begun] == [(READER.name, 3), (READER.name, 2)]
    office.vault.busy = False
    turn(office)
    assert [count(office, number) for number in (1, 2)] == [0, 0]
    assert office.vault.count(READER.name) == 0
    assert told(office) == [("complainant/request", 3), ("complainant/request", 2)]


def test_what_is_old_is_counted_once() -> None:
    """In what is told to who asks as in the statements; asked again there is nothing."""
    office = complained()
    assert erase_complaints(office.desk, READER.name) == 5
    assert erase_complaints(office.desk, READER.name) == 0
    turn(office)
    assert sorted(told(office)) == [("complainant/request", 2), ("complainant/request", 3)]


def test_what_is_old_goes_in_one_case_when_another_is_over() -> None:
    """Retention finds it about to be erased elsewhere, and leaves it there."""
    office = complained()
    office.vault.busy = True
    with pytest.raises(VaultError):
        erase_complaints(office.desk, READER.name)
    case = office.cases.load(2)
    assert case.erasing
    office.vault.busy = False
    office.now += 365 * DAY
    turn(office)
    assert sum(int(str(found)) for kind, found in told(office) if kind == "complainant/request") == 5
    assert office.vault.kept == {}


def test_what_waits_for_another_erasure_keeps_no_case_waiting() -> None:
    """The subject of the first case has asked before, and the vault is busy: the second one has begun."""
    office = complained()
    office.desk.keep(ACCOUNT, "case", "note", "a note")
    office.vault.busy = True
    with pytest.raises(VaultError):
        erase(office.desk, ACCOUNT)
    with pytest.raises(VaultError):
        erase_complaints(office.desk, READER.name)
    first, second = office.case.erasing, office.cases.load(2).erasing
    assert first
    assert first.complainant is None
    assert second
    assert second.complainant == READER.name
    office.vault.busy = False
    assert erase_complaints(office.desk, READER.name) == 5
    turn(office)
    assert office.vault.kept == {}


def test_a_case_that_moves_is_looked_at_again() -> None:
    """What keeps no text back does not; what does is told."""
    office = complained()
    note = office.desk.keep(ACCOUNT, "case", "note", "a note")
    office.cases.before = lambda: office.desk.record(office.case, ALICE, [Noted(note)])
    assert erase(office.desk, ACCOUNT) == 1
    office = complained()
    office.cases.before = lambda: file(office.desk, text="again")
    with pytest.raises(CaseError, match="nothing is erased: case 1 is open"):
        erase_complaints(office.desk, READER.name)
    assert [count(office, number) for number in (1, 2)] == [3, 2]
    assert office.desk.text(office.case.complaints[-1].said.text) == "again"


def test_what_was_erased_since_it_was_kept_is_not_recorded() -> None:
    """A note is kept, the texts of its case are erased, and then it is recorded: it is to be said again."""
    office = complained()
    version = office.case.version

    def late() -> None:
        with leaving_nothing(office.desk):
            note = office.desk.say(ACCOUNT, "case", "note", "a note")
            other = replace_fields(office.desk, kept=[])
            assert erase(other, ACCOUNT) == 1
            ask(office.desk, 1, ALICE, Note(note))

    with pytest.raises(MovedError, match="was erased meanwhile, with older texts: say it again"):
        late()
    assert office.case.version == version + 2
    assert office.case.notes == ()
    assert office.desk.kept == []
    note = office.desk.say(ACCOUNT, "case", "note", "a note")
    assert office.desk.text(ask(office.desk, 1, ALICE, Note(note)).notes[0].text) == "a note"


class WatchedVault(FakeVault):
    """A vault after whose next opening, or keeping of something of a kind, somebody else acts."""

    def __init__(self, office: Office, kind: str | None, act: Callable[[], object]) -> None:
        super().__init__(office.faults)
        self.kept = office.vault.kept
        self._kind = kind
        self._acts = [act]

    def keep(self, subject: str, kind: str, name: str, value: Value) -> bytes:
        """Keep it, and let the other one act."""
        commitment = super().keep(subject, kind, name, value)
        self._after(kind)
        return commitment

    def open(self, commitment: bytes) -> FakeKept | None:
        """Open it, and let the other one act where it is there."""
        found = super().open(commitment)
        if found:
            self._after(None)
        return found

    def _after(self, kind: str | None) -> None:
        """Let the other one act, once."""
        if kind == self._kind and self._acts:
            self._acts.pop()()


def test_who_complains_says_nothing_twice() -> None:
    """What they wrote is erased before it is recorded, with their older complaints: it is kept anew."""
    office = complained()
    other = replace_fields(office.desk, kept=[])
    erased: list[int] = []
    vault = WatchedVault(office, "complaint", lambda: erased.append(erase_complaints(other, READER.name)))
    other = replace_fields(other, vault=vault)
    desk = replace_fields(office.desk, vault=vault)
    assert file(desk, text="again") == Receipt(1, 2)
    assert erased == [6]
    assert desk.text(office.case.complaints[1].said.text) == "again"
    assert vault.count(complaint_key(READER.name, 1)) == 1
    assert desk.text(office.case.complaints[0].said.text) == "(erased)"


@pytest.mark.parametrize("after", [None, "item"])
def test_an_image_is_kept_anew_after_an_erasure(after: str | None) -> None:
    """A post is complained of again, and its image was kept before: by then that is erased."""
    office = Office()
    image = Image("0" * 64, "image/png", b"image")
    post = Post(id="m1", account=ACCOUNT.id, text="m1", published_at=TIME, host="memory")
    office.host.publish(Snapshot(post, (), {}, (image,)))
    file(office.desk, post="m1")
    ask(office.desk, 1, ALICE, blocking((), policy=office.policy))
    turn(office)
    other = replace_fields(office.desk, kept=[])
    vault = WatchedVault(office, after, lambda: erase(other, ACCOUNT))
    other = replace_fields(other, vault=vault)
    desk = replace_fields(office.desk, vault=vault)
    complain(desk, "memory/reader/sam", Target(ACCOUNT, "m1"), Reason.FRAUD, "text")
    assert len(office.case.erasures) == 1
    assert image_of(desk, office.case, image.name) == image


def test_an_order_whose_text_is_gone_does_not_come_in() -> None:
    """Nor is it told to have come in before; nor is one amended for reasons that are gone."""
    office = Office()
    key, desk = order_key("court", "2026/7"), office.desk
    text = desk.say(key, "order", "text", "close it")
    office.vault.erase(key)
    with pytest.raises(MovedError, match="say it again"):
        enter(desk, CLERK, replace(entering(), text=text))
    assert office.cases.order_numbers() == []
    order = enter(desk, CLERK, replace(entering(), text=desk.say(key, "order", "text", "close it")))
    reasons = desk.say(key, "amendment", "reasons", "no law")
    office.vault.erase(key)
    with pytest.raises(MovedError, match="say it again"):
        ask_of_order(desk, order.number, CLERK, Amend(Change.REFUSED, reasons))
    assert office.order.amendments == ()


@pytest.mark.parametrize("changes", range(12))
def test_a_worker_leaves_no_text_that_nobody_refers_to(changes: int) -> None:
    """Whoever acts beside it: what was kept for what was not recorded is taken out again."""
    office = Office()
    file(office.desk, post="m1")
    decide(office)
    other = replace_fields(office.desk, kept=[])
    beside(office, changes, lambda: file(other, post="m2", text="another"))
    named = {
        *(one.text for one in office.case.notices),
        *(one.said.text for one in office.case.complaints),
        *(one.said.snapshot for one in office.case.complaints),
        *(one.answered.text for one in office.case.complaints if one.answered),
    }
    targets = {name for name, one in office.vault.kept.items() if one.value in POSTS}
    assert office.vault.kept.keys() == named | targets


class FullVault(FakeVault):
    """A vault with room for so many more texts."""

    def __init__(self, office: Office, room: int) -> None:
        super().__init__(office.faults)
        self.kept = office.vault.kept
        self.room = len(self.kept) + room

    def keep(self, subject: str, kind: str, name: str, value: Value) -> bytes:
        """Keep it, if there is room."""
        if len(self.kept) >= self.room:
            raise VaultError("the disk is full")
        return super().keep(subject, kind, name, value)


@pytest.mark.parametrize("room", range(6))
def test_a_worker_whose_vault_is_full_leaves_nothing(room: int) -> None:
    """What it cannot tell whole it tells later, and keeps nothing of it meanwhile."""
    office = Office()
    file(office.desk)
    complain(office.desk, "memory/reader/sam", Target(ACCOUNT), Reason.FRAUD, "text")
    decide(office)
    decide(office, (Asked(MeasureKind.WARN),))
    before = {*office.vault.kept}
    vault = FullVault(office, room)
    office.desk = replace_fields(office.desk, vault=vault, kept=[])
    turn(office)
    assert {*vault.kept} - before == told_in(office)
    vault.room = 99
    finish(office)
    assert {*vault.kept} - before == told_in(office)
    assert len(told_in(office)) == 7
    assert_settled(office)


def told_in(office: Office) -> set[bytes]:
    """Return what people were told: notices, and answers."""
    answers = {one.answered.text for one in office.case.complaints if one.answered}
    return {one.text for one in office.case.notices} | answers


def test_retention_counts_what_it_finishes() -> None:
    """What is over was about to be erased when a worker died: it is told by who finishes it."""
    office = complained()
    office.now += 365 * DAY
    texts = len(office.vault.kept)
    office.vault.busy = True
    with pytest.raises(VaultError):
        retain(office.desk, 365)
    office.vault.busy = False
    assert retain(office.desk, 365).texts == texts
    assert office.vault.kept == {}


def test_retention_finds_what_nobody_recorded() -> None:
    """Somebody died after they had kept a text; all else of the case, and of the order, was erased before."""
    office = complained()
    key = order_key("court", "2026/7")
    enter(office.desk, CLERK, replace(entering(), text=office.desk.say(key, "order", "text", "close it")))
    turn(office)
    office.now += 730 * DAY
    turn(office)
    assert office.vault.kept == {}
    for whose in (key, str(ACCOUNT), complaint_key(READER.name, 2)):
        office.desk.keep(whose, "any", "text", "died")
    assert turn(office).attended == 0
    assert retain(office.desk, 365) == Retained(2, 3, 1)
    assert office.vault.kept == {}
