"""Links: shown once, about one thing, for as long as that can be answered or appealed against."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from casebook import ALICE, CAROL
from desks import Office, decide, finish, reverse, turn
from worlds import START

from tipstaff.actions.access.door import Door
from tipstaff.actions.access.links import Link, Links, Made, Purpose, Used, make_link, revoke_others, use_link
from tipstaff.actions.access.memory import MemoryLinks
from tipstaff.actions.access.secret import is_secret, make_secret
from tipstaff.actions.ask import ask
from tipstaff.assembly.shelf import InstalledShelf
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import APPEAL_WITHIN
from tipstaff.casework.commands import Propose, TakeBack
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import MeasureKind

HOUR = 3600
ENDED = "there is no such link, or it has ended: ask whoever sent it for a new one"


@pytest.fixture
def office() -> Office:
    """Return an office where nothing was decided yet."""
    return Office()


@pytest.fixture
def links() -> MemoryLinks:
    """Return where links are kept."""
    return MemoryLinks()


class Asked:
    """Links, of which it is kept by which ids they were looked for."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self.ids: list[str] = []
        self.links, self.keep_link = links.links, links.keep_link

    def link(self, number: str) -> Link | None:
        """Return a link by its id."""
        self.ids.append(number)
        return self._links.link(number)


def propose(office: Office, text: str = "why", hours: int = 1) -> None:
    """Propose a warning."""
    kept = office.desk.say(office.case.subject, "hearing", "proposal", text)
    command = Propose("house-1", (MeasureKind.WARN,), office.now + hours * HOUR, kept)
    ask(office.desk, 1, ALICE, command)


def blocked(office: Office) -> None:
    """Have both posts blocked."""
    decide(office)
    turn(office)


def issue(office: Office, links: Links, decision: int | None = None) -> Made:
    """Issue a link: to what is proposed, or to a decision."""
    return make_link(links, office.case, decision, "alice", office.now, office.desk.table)


def opens(office: Office, links: Links, shown: str, at: int) -> bool:
    """Say whether a link opens anything at a time; where it does not, always the same is told."""
    told = ""
    try:
        use_link(links, office.cases, shown, at)
    except MissingError as error:
        told = str(error)
    assert told in ("", ENDED)
    return not told


def test_a_link_says_what_it_is_about(office: Office, links: MemoryLinks) -> None:
    """The proposal that it answers, or the decision that it objects to, and until when it can be used."""
    propose(office)
    hearing = issue(office, links)
    used = use_link(links, office.cases, hearing.shown, office.now)
    assert (used.link.purpose, used.about, used.until) == (
        Purpose.HEARING, office.case.proposal, START + HOUR,
    )  # fmt: skip
    blocked(office)
    appeal = issue(office, links, 1)
    used = use_link(links, office.cases, appeal.shown, office.now)
    assert (used.link.purpose, used.about) == (Purpose.APPEAL, office.case.decision(1))
    assert used.until == appeal.until == START + APPEAL_WITHIN


def test_nothing_that_is_kept_can_be_shown(office: Office, links: MemoryLinks) -> None:
    """What is kept is a digest: the secret, of 256 bits, is nowhere in it."""
    propose(office)
    made = issue(office, links)
    secret = made.shown.split("_", 1)[1]
    assert len(secret) >= 43
    assert secret not in repr(links.links(1))
    assert links.links(1) == [made.link]


def test_who_alters_a_link_opens_nothing(office: Office, links: MemoryLinks) -> None:
    """By one character anywhere, by its case, cut or lengthened; nor with the secret of another one."""
    propose(office)
    shown, other = issue(office, links).shown, issue(office, links).shown
    altered = {shown[:at] + ("x" if shown[at] != "x" else "y") + shown[at + 1 :] for at in range(len(shown))}
    number, secret = shown.split("_", 1)
    altered |= {shown[:-1], f"{shown}x", f" {shown}", shown.upper(), number, f"{number}_", f"_{secret}"}
    altered |= {f"{number}\0_{secret}", f"{number}\n_{secret}", f"tipstaff_{shown}", "中文_中", ""}
    altered |= {f"{other.split('_', 1)[0]}_{secret}"}
    asked = Asked(links)
    for one in altered:
        assert not opens(office, asked, one, office.now), one
    assert opens(office, asked, shown, office.now)
    assert all(re.fullmatch("[0-9a-f]{16}", one, re.ASCII) for one in asked.ids), "no database takes all else"


def come(office: Office, links: MemoryLinks) -> Door:
    """Return what somebody reaches who comes with a link."""
    return Door(office.desk, links, InstalledShelf(Path("nowhere"), office.desk.clock), list[Used]().append)


def test_a_link_to_a_hearing_ends_with_it(office: Office, links: MemoryLinks) -> None:
    """Whether it was answered or not; it can be read as long as there is time to answer."""
    propose(office)
    shown = issue(office, links).shown
    door = come(office, links)
    assert door.answer(shown, "no").hearing == door.read(shown).hearing
    assert opens(office, links, shown, START + HOUR - 1)
    assert not opens(office, links, shown, START + HOUR)
    office.now += HOUR
    with pytest.raises(CaseError, match="the time to answer what is proposed in case 1 is over"):
        issue(office, links)


def test_a_link_answers_what_was_read_and_nothing_else(office: Office, links: MemoryLinks) -> None:
    """Where something else is proposed it opens nothing; where it was decided on, what was decided."""
    propose(office)
    first = issue(office, links).shown
    propose(office, "why else")
    assert not opens(office, links, first, office.now)
    second = issue(office, links).shown
    decide(office, (), delay=60)
    door = come(office, links)
    assert door.read(second).decision is None, "nobody outside is told of what may be taken back still"
    with pytest.raises(CaseError, match="this was decided on, or something else is proposed by now"):
        door.answer(second, "no")
    ask(office.desk, 1, ALICE, TakeBack(1))
    heard = door.answer(second, "no").hearing
    assert heard
    assert heard.heard == "no"
    office.now += 120
    decide(office)
    finish(office, 0)
    decision = door.read(second).decision
    assert decision
    assert (decision.number, decision.answers) == (1, ("no",))


def test_a_link_to_a_decision_ends_with_the_time_to_appeal(office: Office, links: MemoryLinks) -> None:
    """Once that was used, its answer can be read for as long again."""
    blocked(office)
    shown = issue(office, links, 1).shown
    end = START + APPEAL_WITHIN
    assert opens(office, links, shown, end - 1)
    assert not opens(office, links, shown, end)
    door = come(office, links)
    appeal = door.appeal(shown, "this is news").decision
    assert appeal
    assert appeal.appeal
    assert (appeal.appeal.text, appeal.appeal.answer) == ("this is news", None)
    with pytest.raises(CaseError, match="decision 1 has been appealed against already"):
        door.appeal(shown, "this is news")
    assert opens(office, links, shown, end + APPEAL_WITHIN - 1)
    assert not opens(office, links, shown, end + APPEAL_WITHIN)
    office.now = end + APPEAL_WITHIN
    with pytest.raises(CaseError, match="the time to appeal against decision 1 in case 1 is over"):
        issue(office, links, 1)


def test_a_link_is_for_one_thing(office: Office, links: MemoryLinks) -> None:
    """By one to a hearing nobody appeals, and by one to an appeal nobody answers."""
    propose(office)
    hearing = issue(office, links).shown
    blocked(office)
    appeal = issue(office, links, 1).shown
    door, kept = come(office, links), office.vault.count(str(office.case.subject))
    with pytest.raises(CaseError, match="this link is to answer by"):
        door.appeal(hearing, "x")
    with pytest.raises(CaseError, match="this link is to appeal by"):
        door.answer(appeal, "x")
    assert office.vault.count(str(office.case.subject)) == kept


def test_what_is_refused_leaves_what_others_keep(office: Office, links: MemoryLinks) -> None:
    """Their texts are not let go with those of who came by a link."""
    blocked(office)
    door = come(office, links)
    shown = issue(office, links, 1).shown
    door.appeal(shown, "once")
    others = office.desk.keep(office.case.subject, "note", "text", "mine")
    with pytest.raises(CaseError):
        door.appeal(shown, "twice")
    assert office.desk.text(others) == "mine"


def test_links_are_revoked_where_that_is_asked(office: Office, links: MemoryLinks) -> None:
    """Those that were issued for the same; the new one, and those about something else, are left."""
    propose(office)
    hearing = issue(office, links)
    blocked(office)
    first, second = issue(office, links, 1), issue(office, links, 1)
    assert all(opens(office, links, one.shown, office.now) for one in (hearing, first, second))
    third = issue(office, links, 1)
    assert revoke_others(links, third.link, office.now + 1) == 2
    assert revoke_others(links, third.link, office.now + 2) == 0
    left = [opens(office, links, one.shown, office.now) for one in (hearing, first, second, third)]
    assert left == [True, False, False, True]
    assert {one.revoked_at for one in links.links(1)} == {None, START + 1}


@pytest.mark.parametrize(
    ("prepare", "decision", "told"),
    [
        (lambda _: None, None, "nothing is proposed in case 1"),
        (lambda _: None, 1, "case 1 has no decision 1"),
        (decide, 1, "decision 1 is not in effect yet"),
        (lambda office: (decide(office, ()), turn(office)), 1, "decision 1 orders nothing"),
    ],
)
def test_there_is_no_link_to_nothing(
    links: MemoryLinks, prepare: Callable[[Office], object], decision: int | None, told: str
) -> None:
    """Where nothing can be answered or appealed against, whoever would issue one is told."""
    office = Office()
    prepare(office)
    with pytest.raises(CaseError, match=told):
        issue(office, links, decision)
    assert links.links(1) == []


def test_the_answer_to_an_appeal_is_read_by_the_link(office: Office, links: MemoryLinks) -> None:
    """Once the ledger has the result, and not before."""
    blocked(office)
    shown = issue(office, links, 1).shown
    reverse(office)
    door = come(office, links)

    def result() -> str | None:
        decision = door.read(shown).decision
        assert decision
        assert decision.appeal
        return decision.appeal.result

    assert result() is None
    finish(office)
    assert result() == "reversed"
    assert CAROL.name not in repr(door.read(shown))
    assert ALICE.name not in repr(door.read(shown))


def test_a_secret_is_its_own_alone() -> None:
    """Each is another one; of no digest there is none."""
    one, other = make_secret(), make_secret()
    assert len({one.id, other.id, one.shown, other.shown}) == 4
    assert is_secret(one.shown, one.digest)
    assert not is_secret(one.shown, other.digest)
    assert not is_secret(one.shown, None)
