"""What every keeper of cases does: events, statements that wait and deliveries go together, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from casebook import ACCOUNT, APP, SITE, blocking, found
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError
from worlds import START, digest

from tipstaff.actions.cases import Cases, Change, Delivery, MovedError, Waiting
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.events import (
    AnyEvent,
    Appealed,
    Claimed,
    Complained,
    Decided,
    Escalated,
    Hearing,
    Logged,
    Opened,
    OrderChanged,
    Ordered,
    Proposed,
    Reason,
    Recorded,
    Refused,
    Source,
)
from tipstaff.casework.orders.events import Change as OrderChange
from tipstaff.casework.orders.events import Entered, Scope
from tipstaff.casework.outline import Outline, Standing, outline
from tipstaff.casework.which import EVERY, Which
from tipstaff.casework.words import Subject, SubjectKind, Target

DAY = 86_400
HEARING = Hearing.NOT_DUE

BROKEN = (IntegrityError, ValueError)
"""What keeps two of one from being kept."""


def recorded(event: AnyEvent, entry: bytes | None = None) -> Recorded:
    """Return an event as it is kept."""
    return Recorded(START, "machine", event, entry)


def opened(cases: Cases, subject: Subject = ACCOUNT) -> Case:
    """Open a case."""
    return cases.open(subject, recorded(Opened(subject, Source.FINDING)))


def waiting(case: Case, name: str, due: int = START) -> Waiting:
    """Return a statement that waits."""
    return Waiting(case.number, digest(name), name.encode(), due)


def delivery(case: Case, name: str, number: int = 1, due: int = START) -> Delivery:
    """Return a delivery of the measure that a statement of that name is."""
    return Delivery(case.number, digest(name), number, due)


def queue(cases: Cases) -> list[bytes]:
    """Return what waits for the ledger."""
    return [one.encoded for one in cases.waiting()]


def owed(cases: Cases, now: int = START) -> list[Delivery]:
    """Return what hosts are owed."""
    return list(cases.owed(now))


def log(cases: Cases, case: Case, name: str) -> Case:
    """Let the ledger take a statement."""
    return cases.change(case, Change([recorded(Logged(digest(name), 7))]))


def test_a_subject_has_one_case(cases: Cases) -> None:
    """It is opened once, and is the same one afterwards, however it was found."""
    first = opened(cases)
    assert (first.number, first.subject, first.version) == (1, ACCOUNT, 1)
    changed = cases.change(first, Change([recorded(found("m1"))]))
    again = cases.open(ACCOUNT, recorded(Opened(ACCOUNT, Source.ORDER)))
    assert again == changed == cases.load(1)


def test_cases_are_numbered_as_they_are_opened(cases: Cases) -> None:
    """An account, an app and a site of one id on one host are three subjects, on another host a fourth."""
    subjects = [Subject("memory", kind, "news") for kind in SubjectKind]
    subjects.append(Subject("elsewhere", SubjectKind.ACCOUNT, "news"))
    assert [opened(cases, subject).number for subject in subjects] == [1, 2, 3, 4]
    assert cases.numbers() == [1, 2, 3, 4]
    assert [cases.load(number).subject for number in cases.numbers()] == subjects


def test_there_is_no_other_case(cases: Cases) -> None:
    """A number that no case has is an error of the one who asks."""
    opened(cases)
    with pytest.raises(InputError, match="there is no case 2"):
        cases.load(2)


def test_events_are_kept_as_they_are(cases: Cases) -> None:
    """What is loaded is what was returned: texts of any language, bytes, numbers, entries."""
    case = opened(cases)
    command = blocking()
    decided = Decided(
        1, "条例第七条 §7", command.policy, b"\x00\xff", (), ("m1",), command.hearing, b"", START + 2**40
    )
    events = [recorded(found("帖子")), recorded(decided, digest("decision"))]
    changed = cases.change(case, Change(events))
    assert changed == cases.load(case.number)
    assert changed.version == 3
    assert changed.decisions[0].said == decided
    assert changed.decisions[0].entry == digest("decision")


def test_whoever_comes_second_looks_again(cases: Cases) -> None:
    """A change of a case that has moved on is refused, and nothing of it is kept."""
    case = opened(cases)
    moved = cases.change(case, Change([recorded(found("m1"))]))
    late = Change([recorded(found("m2"))], [waiting(case, "late")], (), [delivery(case, "late")])
    with pytest.raises(MovedError, match="case 1 has moved on: look at it again"):
        cases.change(case, late)
    assert cases.load(1) == moved
    assert queue(cases) == []
    assert owed(cases) == []
    cases.change(moved, late)
    assert queue(cases) == [b"late"]


def test_a_change_of_no_case_is_refused(cases: Cases) -> None:
    """A case that was never opened here has moved on for all that is known."""
    with pytest.raises(MovedError):
        cases.change(Case(9, ACCOUNT, START, version=1), Change([recorded(found("m1"))]))
    assert cases.numbers() == []


def test_of_many_at_once_one_comes_first(cases: Cases) -> None:
    """Of changes of the same case at the same time one is kept, and the others are told."""
    case = opened(cases)
    together = 4
    barrier = Barrier(together)

    def change(number: int) -> bool:
        barrier.wait(30)
        try:
            cases.change(case, Change([recorded(found(f"m{number}"))], [waiting(case, f"s{number}")]))
        except MovedError:
            return False
        return True

    with ThreadPoolExecutor(together) as pool:
        kept = list(pool.map(change, range(together)))
    assert kept.count(True) == 1
    assert queue(cases) == [f"s{kept.index(True)}".encode()]
    assert cases.load(1).posts == (f"m{kept.index(True)}",)


def test_of_many_at_once_one_opens(cases: Cases) -> None:
    """A subject that is found by several at the same time has one case."""
    together = 4
    barrier = Barrier(together)

    def begin(_: int) -> int:
        barrier.wait(30)
        return opened(cases).number

    with ThreadPoolExecutor(together) as pool:
        assert len(set(pool.map(begin, range(together)))) == 1
    assert len(cases.numbers()) == 1


def test_a_change_is_kept_whole_or_not_at_all(cases: Cases) -> None:
    """Where its last part cannot be kept, none of it is: no event, statement or delivery."""
    case = opened(cases)
    first = Change([recorded(found("m1"))], [waiting(case, "one")], (), [delivery(case, "logged")])
    case = cases.change(case, first)
    event = [recorded(found("m2"))]
    for broken in (
        Change(event, [waiting(case, "two"), waiting(case, "one")]),
        Change(event, [waiting(case, "two"), waiting(case, "two")]),
        Change(event, [waiting(case, "two")], [digest("one")], [delivery(case, "logged")]),
        Change(
            event, (), (), [delivery(case, "new"), delivery(case, "new")], [delivery(case, "logged")]
        ),
    ):  # fmt: skip
        with pytest.raises(BROKEN):
            cases.change(case, broken)
        assert cases.load(1) == case
        assert queue(cases) == [b"one"]
        assert owed(cases) == [delivery(case, "logged")]
    assert cases.change(case, Change(event)).posts == ("m1", "m2")


def test_events_that_cannot_follow_are_not_kept(cases: Cases) -> None:
    """A case that is opened twice could never be loaded again: it is refused before anything is kept."""
    case = opened(cases)
    again = recorded(Opened(ACCOUNT, Source.FINDING))
    with pytest.raises(TypeError, match="case 1 is opened twice"):
        cases.change(case, Change([again], [waiting(case, "one")]))
    assert cases.load(1) == case
    assert queue(cases) == []


def test_statements_wait_in_the_order_in_which_they_were_signed(cases: Cases) -> None:
    """Whatever case they are of and whenever they are due, with numbers that only grow."""
    one, other = opened(cases), opened(cases, APP)
    one = cases.change(one, Change([], [waiting(one, "a", START + 60), waiting(one, "b")]))
    cases.change(other, Change([], [waiting(other, "c")]))
    cases.change(one, Change([], [waiting(one, "d", START + 5)]))
    found_waiting = cases.waiting()
    assert [(each.dossier, each.encoded, each.entry, each.due) for each in found_waiting] == [
        (1, b"a", digest("a"), START + 60),
        (1, b"b", digest("b"), START),
        (2, b"c", digest("c"), START),
        (1, b"d", digest("d"), START + 5),
    ]
    numbers = [each.number for each in found_waiting]
    assert numbers == sorted(set(numbers))
    assert cases.waiting({1}) == [each for each in found_waiting if each.dossier == 1]
    assert cases.waiting({2, 9}) == found_waiting[2:3]
    assert cases.waiting(set()) == []


@pytest.mark.parametrize("answer", [Logged(digest("b"), 3), Refused(digest("b"), "against the rules")])
def test_what_is_answered_waits_no_longer(cases: Cases, answer: AnyEvent) -> None:
    """A statement leaves the queue with the event that says what became of it; the others stay."""
    case = opened(cases)
    case = cases.change(case, Change([], [waiting(case, name) for name in "abc"]))
    cases.change(case, Change([recorded(answer)]))
    assert queue(cases) == [b"a", b"c"]


def test_what_is_taken_back_waits_no_longer(cases: Cases) -> None:
    """A statement that must not be appended leaves the queue, and others take its place in one change."""
    case = opened(cases)
    case = cases.change(case, Change([], [waiting(case, name) for name in "ab"]))
    cases.change(case, Change([], [waiting(case, "c")], [digest("a"), digest("never there")]))
    assert queue(cases) == [b"b", b"c"]


def test_a_host_is_owed_what_is_on_the_ledger(cases: Cases) -> None:
    """A delivery is owed once the statement of its measure has left the queue, and only when it is due."""
    case = opened(cases)
    later = delivery(case, "m", due=START + 5)
    case = cases.change(case, Change([], [waiting(case, "m")], (), [later]))
    assert owed(cases, START + 60) == []
    log(cases, case, "m")
    assert owed(cases, START + 4) == []
    assert owed(cases, START + 5) == [later]


def test_no_host_is_owed_what_the_ledger_refused(cases: Cases) -> None:
    """With the statement goes what was owed by it, in every round, and nothing else."""
    case = opened(cases)
    deliveries = [delivery(case, "m"), delivery(case, "m", 2), delivery(case, "other")]
    case = cases.change(case, Change([], [waiting(case, "m")], (), deliveries))
    cases.change(case, Change([recorded(Refused(digest("m"), "against the rules"))]))
    assert owed(cases) == [delivery(case, "other")]


def test_the_longest_due_comes_first(cases: Cases) -> None:
    """Deliveries of all cases come by the time at which they are due."""
    one, other = opened(cases), opened(cases, SITE)
    cases.change(one, Change([], (), (), [delivery(one, "a", due=START - 1), delivery(one, "b", due=START)]))
    cases.change(other, Change([], (), (), [delivery(other, "c", due=START - 2)]))
    assert [each.due for each in owed(cases)] == [START - 2, START - 1, START]
    assert [each.case for each in owed(cases)] == [2, 1, 1]


def test_what_was_delivered_is_owed_no_longer(cases: Cases) -> None:
    """A round that is over makes way for the next in one change; other measures stay owed."""
    case = opened(cases)
    first, other = delivery(case, "m"), delivery(case, "other")
    case = cases.change(case, Change([], (), (), [first, other]))
    again = Delivery(case.number, digest("m"), 2, START + 4, 1)
    case = cases.change(case, Change([], (), (), [again], [first]))
    assert owed(cases) == [other]
    assert owed(cases, START + 4) == [other, again]
    cases.change(case, Change([], (), (), (), [again, other]))
    assert owed(cases, START + 60) == []


def test_what_is_put_off_is_tried_later(cases: Cases) -> None:
    """It is owed again when that time has come, and it is known how often it was tried."""
    case = opened(cases)
    first, second = delivery(case, "m"), delivery(case, "m", 2)
    cases.change(case, Change([], (), (), [first, second]))
    cases.put_off(first, START + 2, "the host is down")
    assert owed(cases) == [second]
    (tried,) = [each for each in owed(cases, START + 2) if each.round == 1]
    assert (tried.due, tried.tries, tried.key) == (START + 2, 1, first.key)
    assert tried.trouble == "the host is down"
    assert cases.owed_in(case.number) == [second, tried]
    assert cases.owed_in(case.number + 1) == []
    cases.put_off(tried, START + 6, "it is down still")
    (tried,) = [each for each in owed(cases, START + 6) if each.round == 1]
    assert tried.tries == 2


def test_what_is_owed_no_longer_is_not_put_off(cases: Cases) -> None:
    """A delivery that another worker has made meanwhile stays made."""
    case = opened(cases)
    first = delivery(case, "m")
    case = cases.change(case, Change([], (), (), [first]))
    cases.change(case, Change([], (), (), (), [first]))
    cases.put_off(first, START, "too late")
    assert owed(cases, START + 60) == []


def test_what_is_due_is_sent_in_order(cases: Cases) -> None:
    """What is not due waits; what is sent waits as well, and is sent again, until the ledger has answered."""
    case = opened(cases)
    statements = [waiting(case, "first"), waiting(case, "later", START + 9), waiting(case, "second")]
    case = cases.change(case, Change([recorded(found("m1"))], statements))
    for _ in range(2):
        assert [one.encoded for one in cases.send(START, 10)] == [b"first", b"second"]
    assert [one.encoded for one in cases.send(START, 1)] == [b"first"]
    log(cases, case, "first")
    assert [one.encoded for one in cases.send(START, 10)] == [b"second"]
    assert queue(cases) == [b"later", b"second"]


def test_what_was_sent_is_not_taken_back(cases: Cases) -> None:
    """It may be on the ledger already: nothing of the change is kept, and it still waits for the answer."""
    case = opened(cases)
    case = cases.change(case, Change([recorded(found("m1"))], [waiting(case, "decision")]))
    cases.send(START, 10)
    with pytest.raises(MovedError, match="about to be"):
        cases.change(case, Change([recorded(found("m2"))], taken_back=[digest("decision")]))
    assert cases.load(case.number) == case
    assert queue(cases) == [b"decision"]


def test_cases_are_attended_to_when_they_are_due(cases: Cases) -> None:
    """By their times, and only once they have come; what was said last of a case holds, with its events."""
    numbers = [opened(cases, subject).number for subject in (ACCOUNT, APP, SITE)]
    assert cases.due(START + 99) == [], "a case that was only opened owes nothing"
    for number, at in zip(numbers, (START + 5, START, None), strict=True):
        cases.change(cases.load(number), Change([recorded(found("m1"))], attend_at=at))
    assert cases.due(START - 1) == []
    assert cases.due(START + 4) == [2]
    assert cases.due(START + 5) == [2, 1]
    cases.change(cases.load(2), Change([], attend_at=START + 9))
    assert cases.due(START + 5) == [1]
    cases.change(cases.load(1), Change([]))
    assert cases.due(START + 99) == [2]


def test_a_change_that_is_not_kept_leaves_when_a_case_is_due(cases: Cases) -> None:
    """It goes with the events."""
    case = opened(cases)
    cases.change(case, Change([recorded(found("m1"))], attend_at=START))
    with pytest.raises(MovedError):
        cases.change(case, Change([recorded(found("m2"))], attend_at=START + 9))
    assert cases.due(START) == [1]


def test_cases_are_listed_the_gravest_first(cases: Cases) -> None:
    """Of equals the oldest comes first; pages follow one another, and a page is no longer than it may be."""
    severities = {1: 2, 2: 3, 3: None, 4: 2, 5: 3}
    for number, severity in severities.items():
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        if severity is not None:
            cases.change(case, Change([recorded(replace(found("m1"), severity=severity))]))
    everything = [one.number for one in cases.outlines(9)]
    assert everything == [2, 5, 1, 4, 3]
    for most in (1, 2, 3):
        assert pages(cases, most) == everything
    with pytest.raises(InputError, match="there is no case 9"):
        cases.outlines(1, 9)


def test_what_was_escalated_is_listed_first(cases: Cases) -> None:
    """Before what is graver; pages go on from one to the other, and a decision puts it back in its place."""
    for number, severity in enumerate((1, 5, 3, 5, 3), start=1):
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        cases.change(case, Change([recorded(replace(found("m1"), severity=severity))]))
    for number in (1, 3, 5):
        cases.change(cases.load(number), Change([recorded(Escalated(b""))]))
    for most in (1, 2, 3, 4):
        assert pages(cases, most) == [3, 5, 1, 2, 4]
    decided = Decided(1, "§7", None, None, (), (), blocking().hearing, b"", START)
    cases.change(cases.load(3), Change([replace(recorded(decided), actor="alice")]))
    assert pages(cases, 1) == [5, 1, 2, 4, 3]


def test_cases_that_wait_for_a_second_person_are_listed_alone(cases: Cases) -> None:
    """What was said last of each case holds, with its events; pages go on as in the whole list."""
    for number, severity in enumerate((1, 5, 3, 5, 3, 2), start=1):
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        said = [recorded(replace(found("m1"), severity=severity))]
        cases.change(case, Change(said, waits=number not in (4, 6)))
    for most in (1, 2, 9):
        assert pages(cases, most, Which(waiting=True)) == [2, 3, 5, 1]
    assert [one.waits for one in cases.outlines(9)] == [True, False, True, True, False, True]
    with pytest.raises(MovedError):
        cases.change(replace(cases.load(2), version=1), Change([recorded(found("m2"))]))
    assert pages(cases, 9, Which(waiting=True)) == [2, 3, 5, 1]
    cases.change(cases.load(2), Change([]))
    assert pages(cases, 9, Which(waiting=True)) == [3, 5, 1]
    assert [one.number for one in cases.outlines(9, 2, Which(waiting=True))] == [3, 5, 1]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_who_decides_on_a_page_goes_on_behind_it(cases: Cases, most: int) -> None:
    """Whoever works off each page, its last case as well, comes past all that is to be decided, once."""
    for number, severity in enumerate((1, 5, 3, 5, 3, 2, 4), start=1):
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        said: list[AnyEvent] = [replace(found("m1"), severity=severity)]
        said += [Escalated(b"")] if number in (1, 5) else []
        cases.change(case, Change([recorded(event) for event in said]))
    decided = Decided(1, "§7", None, None, (), (), HEARING, b"", START)
    seen: list[int] = []
    while page := cases.outlines(most, seen[-1] if seen else None, Which(pending=START)):
        for one in page:
            cases.change(cases.load(one.number), Change([replace(recorded(decided), actor="alice")]))
            seen.append(one.number)
    assert seen == [5, 1, 2, 4, 7, 3, 6]
    assert len(cases.outlines(9, seen[0])) < len(seen)  # in the list of all it is where it has come to


def test_cases_of_some_hosts_are_listed_alone(cases: Cases) -> None:
    """As if there were no others: pages follow one another, and none begins behind a case of another host."""
    for number, host in enumerate(("memory", "square", "matrix", "square", "memory", "square"), start=1):
        case = opened(cases, Subject(host, SubjectKind.ACCOUNT, f"a{number}"))
        said = [recorded(replace(found("m1"), severity=1 + number % 3))]
        cases.change(case, Change(said, waits=number in (1, 4, 6)))
    for most in (1, 2, 9):
        assert pages(cases, most, Which(hosts={"square"})) == [2, 4, 6]
        assert pages(cases, most, Which(hosts={"memory", "matrix"})) == [5, 1, 3]
        assert pages(cases, most, Which(waiting=True, hosts={"square"})) == [4, 6]
        assert pages(cases, most, Which(hosts=())) == pages(cases, most, Which(hosts={"nowhere"})) == []
    for waiting in (False, True):
        with pytest.raises(MissingError, match="there is no case 1"):
            cases.outlines(9, 1, Which(waiting=waiting, hosts={"square"}))


def test_cases_that_somebody_has_to_deal_with_are_listed_alone(cases: Cases) -> None:
    """Open ones, appeals, what the ledger refused, what was escalated, and hearings that are over by then."""
    proposed = Proposed("§7", (), START + 60, b"")
    decided = Decided(1, "§7", None, None, (), (), blocking().hearing, b"", START)
    said: dict[int, list[AnyEvent]] = {
        1: [found("m1")],
        2: [proposed],
        3: [decided],
        4: [decided, Refused(digest("x"), "out of order")],
        5: [decided, Escalated(b"")],
        6: [decided, Appealed(1, b"")],
    }
    for number, events in said.items():
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        cases.change(case, Change([replace(recorded(event), actor="alice") for event in events]))
    for most in (1, 2, 9):
        assert sorted(pages(cases, most, Which(pending=START + 59))) == [1, 4, 5, 6]
        assert sorted(pages(cases, most, Which(pending=START + 60))) == [1, 2, 4, 5, 6]
    assert pages(cases, 9, Which(pending=START, waiting=True)) == []


def test_the_case_about_a_subject_is_listed_alone(cases: Cases) -> None:
    """An app is not the account of the same name; what another host has is not there."""
    account, app = (Subject("memory", kind, "news") for kind in (SubjectKind.ACCOUNT, SubjectKind.APP))
    for subject in (account, app, Subject("square", SubjectKind.ACCOUNT, "news")):
        opened(cases, subject)
    assert (pages(cases, 9, Which(about=account)), pages(cases, 9, Which(about=app))) == ([1], [2])
    assert pages(cases, 9, Which(about=account, hosts={"square"})) == []
    assert pages(cases, 9, Which(about=account, waiting=True)) == []
    assert cases.outlines(9, 1, Which(about=account)) == []


def test_cases_are_looked_for_by_all_that_is_kept_of_them(cases: Cases) -> None:
    """Each filter by itself and with others, page by page, gives those of which it holds, and counts them."""
    order = Ordered(7, digest("order"), "bureau", "1", "CN", START + DAY, (None,))
    complaint = Complained(1, Reason.FRAUD, "m1", b"", None, 50, "en")
    said: dict[int, tuple[SubjectKind, list[AnyEvent]]] = {
        1: (SubjectKind.ACCOUNT, [replace(found("m1"), severity=4, followers=12_000, language="zh")]),
        2: (SubjectKind.ACCOUNT, [order, replace(found("m1"), policy="other@2+0", language="en")]),
        3: (SubjectKind.APP, [replace(order, territory="EU", deadline=START + 9 * DAY), complaint]),
        4: (SubjectKind.ACCOUNT, [Claimed(START + 60), replace(found("m1"), followers=1_000_000)]),
        5: (SubjectKind.ACCOUNT, [found("m1"), Escalated(b"")]),
        6: (SubjectKind.ACCOUNT, [order, Decided(1, "§7", None, None, (), (), HEARING, b"", START)]),
    }
    for number, (kind, events) in said.items():
        case = opened(cases, Subject("memory", kind, f"a{number}"))
        cases.change(case, Change([replace(recorded(event), actor="alice") for event in events]))
    asked = {
        Which(policy="house"): [1, 4, 5],
        Which(policy="other"): [2],
        Which(policy="oth"): [],
        Which(language="en"): [2, 3],
        Which(territory="EU"): [3],
        Which(severity=2): [1, 2, 4, 5],
        Which(severity=4): [1],
        Which(followers=10_000): [1, 4],
        Which(followers=1_000_000): [4],
        Which(kind=SubjectKind.APP): [3],
        Which(due=True): [2, 3],
        Which(due_by=START + DAY): [2],
        Which(due_by=START + DAY - 1): [],
        Which(claimed_by="alice", claimed_at=START + 59): [4],
        Which(claimed_by="alice", claimed_at=START + 60): [],
        Which(claimed_by="bob"): [],
        Which(free_at=START + 59): [1, 2, 3, 5, 6],
        Which(free_at=START + 60, policy="house"): [1, 4, 5],
        Which(escalated=True): [5],
        Which(complaints=True): [3],
        Which(complaints=True, due=True, kind=SubjectKind.APP): [3],
        Which(followers=1_000, severity=2, policy="house", pending=START): [1, 4],
        Which(language="en", hosts=("square",)): [],
    }
    for which, expected in asked.items():
        for most in (1, 2, 9):
            assert sorted(pages(cases, most, which)) == expected, which
    counted = cases.count(2, [*asked, EVERY])
    assert counted == [min(2, len(expected)) for expected in (*asked.values(), range(6))]
    assert cases.count(2, []) == []


def test_the_first_deadline_is_known(cases: Cases) -> None:
    """Whatever rank its case has; once nothing of it is left to be done, it is that of the next one."""
    assert cases.first_due() is None
    for number, (severity, days) in enumerate(((5, 9), (1, 3), (3, 5)), start=1):
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        deadline = START + days * DAY
        order = Ordered(number, digest(str(number)), "bureau", "1", "CN", deadline, (None,))
        cases.change(case, Change([recorded(order), recorded(replace(found("m1"), severity=severity))]))
    first = cases.first_due()
    assert first is not None
    assert (first.number, first.due) == (2, START + 3 * DAY)
    dismissed = Decided(1, "§7", None, None, (), (), HEARING, b"", START)
    cases.change(cases.load(2), Change([replace(recorded(dismissed), actor="alice")]))
    second = cases.first_due(Which(hosts={"memory"}))
    assert second is not None
    assert second.number == 3
    assert cases.first_due(Which(hosts={"square"})) is None
    later = OrderChanged(3, digest("later"), OrderChange.NARROWED, "CN", START + 99 * DAY, (None,))
    cases.change(cases.load(3), Change([recorded(later)]))
    third = cases.first_due()
    assert third is not None
    assert third.number == 1


def pages(cases: Cases, most: int, which: Which = EVERY) -> list[int]:
    """Return the numbers of all cases that are listed, page by page."""
    listed: list[int] = []
    while page := cases.outlines(most, listed[-1] if listed else None, which):
        assert len(page) <= most
        listed += [one.number for one in page]
    return listed


def test_a_line_tells_of_the_case_as_it_is(cases: Cases) -> None:
    """It is what the events add up to, after each change."""
    case = opened(cases, APP)
    assert cases.outlines(1) == [Outline(1, APP, 0, 0, (), Standing.OPEN, version=1, since=START)]
    events = [found("m1"), found("m2"), replace(found("m2", "hype-2"), severity=5)]
    case = cases.change(case, Change([recorded(event) for event in events]))
    told = Outline(1, APP, 2, 5, ("hype", "hype-2"), Standing.OPEN, version=4, since=START)
    assert cases.outlines(1) == [replace(told, policies=("house",))]
    case = cases.change(case, Change([recorded(Proposed("§7", (), START + 60, b""))]))
    assert cases.outlines(1)[0].heard_until == START + 60
    cases.change(case, Change([recorded(Refused(digest("x"), "out of order"))]))
    assert cases.outlines(1) == [outline(cases.load(1))]
    assert cases.outlines(1)[0].standing is Standing.REFUSED


def test_what_has_happened_is_read_in_order(cases: Cases) -> None:
    """All events of a case come as they were kept, and of what is not there none do."""
    case = opened(cases)
    happened = [recorded(found("m1")), recorded(Escalated(b"")), recorded(Logged(digest("x"), 7))]
    cases.change(case, Change(happened))
    assert cases.events(1) == [recorded(Opened(ACCOUNT, Source.FINDING)), *happened]
    with pytest.raises(MissingError, match="there is no case and no order 2"):
        cases.events(2)


def test_cases_about_some_subjects_are_read_in_a_line_each(cases: Cases) -> None:
    """Those that there are, the oldest first; an app is not the account of the same name."""
    account, app = (Subject("memory", kind, "news") for kind in (SubjectKind.ACCOUNT, SubjectKind.APP))
    elsewhere = Subject("elsewhere", SubjectKind.ACCOUNT, "news")
    for subject in (account, app, elsewhere, SITE):
        opened(cases, subject)
    assert [one.subject for one in cases.outlines_of({elsewhere, app})] == [app, elsewhere]
    assert cases.outlines_of([Subject("memory", SubjectKind.SITE, "news")]) == []
    assert cases.outlines_of([]) == []


def test_decided_cases_of_some_severities_are_read_the_newest_first(cases: Cases) -> None:
    """Neither open ones, nor those of another severity, nor one against which somebody has appealed."""
    decided = Decided(1, "§7", None, None, (), (), blocking().hearing, b"", START)
    said: dict[int, tuple[int, list[AnyEvent]]] = {
        1: (3, [decided]), 2: (3, []), 3: (4, [decided]), 4: (3, [decided]),
        5: (3, [decided, Appealed(1, b"")]), 6: (3, [decided]),
    }  # fmt: skip
    for number, (severity, events) in said.items():
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        happened = [replace(found("m1"), severity=severity), *events]
        cases.change(case, Change([replace(recorded(event), actor="alice") for event in happened]))
    assert [one.number for one in cases.settled((3,), 9)] == [6, 4, 1]
    assert [one.number for one in cases.settled((2, 3, 4), 3)] == [6, 4, 3]
    assert cases.settled((5,), 9) == []


def test_many_are_built_at_once(cases: Cases) -> None:
    """As each would be alone, in the order in which they are asked for; what there is none of is left out."""
    for subject in (ACCOUNT, APP, SITE):
        cases.change(opened(cases, subject), Change([recorded(found("m1"))]))
    assert cases.dossiers([3, 1, 7]) == [cases.load(3), cases.load(1)]
    assert cases.dossiers([]) == []


def test_cases_are_found_by_their_subjects_and_names(cases: Cases) -> None:
    """A name is sought by how it begins, letter by letter, on the hosts that are asked for alone."""
    hosts = ("memory", "square")
    for host in hosts:
        for name in ("moon", "moonlight", "Moon", "mo_n", "m%", "sun"):
            opened(cases, Subject(host, SubjectKind.ACCOUNT, name))
    opened(cases, Subject("memory", SubjectKind.APP, "moonapp"))
    moon, app = Subject("square", SubjectKind.ACCOUNT, "moon"), Subject("memory", SubjectKind.APP, "moonapp")
    assert cases.numbers_of([app, moon, SITE]) == {moon: 7, app: 13}
    assert cases.numbers_of([]) == {}
    assert [one.id for one in cases.named("moon", 9, ["memory"])] == ["moon", "moonapp", "moonlight"]
    assert cases.named("moon", 2, hosts) == [Subject("memory", SubjectKind.ACCOUNT, "moon"), moon]
    assert [one.id for one in cases.named("mo_", 9, ["square"])] == ["mo_n"]
    assert [one.id for one in cases.named("m%", 9, ["square"])] == ["m%"]
    assert cases.named("moon", 9, []) == []
    assert len(cases.named("", 99, hosts)) == 13


def test_what_is_left_to_be_done_is_told(cases: Cases) -> None:
    """What was tried most often comes first, however much there is; of other hosts nothing is there."""
    one, other = opened(cases), opened(cases, Subject("square", SubjectKind.ACCOUNT, "news"))
    first, again, later = delivery(one, "a"), delivery(one, "b", 2), delivery(one, "c", due=START + 60)
    cases.change(one, Change([], [waiting(one, "s", START + 5)], (), [first, again, later]))
    cases.change(other, Change([], [waiting(other, "t", START + 9)], (), [delivery(other, "d")]))
    cases.put_off(later, START + 90, "the host is away")
    seen = cases.backlog(START, 2, None)
    assert [each.measure for each in seen.deliveries] == [digest("c"), digest("b")]
    assert (seen.deliveries[0].trouble, seen.deliveries[0].tries) == ("the host is away", 1)
    assert (seen.owed, seen.tried, seen.statements, seen.since) == (4, 2, 2, None)
    assert cases.backlog(START + 7, 9, None).since == START + 5
    square = cases.backlog(START + 9, 9, ["square"])
    assert (square.owed, square.tried, square.statements, square.since) == (1, 0, 1, START + 9)
    nothing = cases.backlog(START + 9, 9, [])
    assert (nothing.owed, nothing.statements, list(nothing.deliveries)) == (0, 0, [])


def test_orders_are_left_to_be_done_of_all_hosts_alone(cases: Cases) -> None:
    """Their statements are of no host: who is limited to some is told of none."""
    number = cases.reserve("bureau", "7")
    entered = Entered("bureau", "7", "im", Scope.ACCOUNT, (Target(ACCOUNT),), "CN", START + 9, b"")
    said = Waiting(number, digest("o"), b"o", START)
    cases.enter(number, Change([recorded(entered, digest("o"))], [said]))
    assert cases.backlog(START, 9, None).statements == 1
    assert cases.backlog(START, 9, ["memory", "bureau"]).statements == 0
    (order,) = cases.dossiers([number])
    assert order == cases.load_order(number)


def test_cases_that_stand_in_a_way_are_listed_alone(cases: Cases) -> None:
    """Hearings, appeals and what the ledger has refused."""
    decided = Decided(1, "§7", None, None, (), (), blocking().hearing, b"", START)
    said: list[list[AnyEvent]] = [
        [found("m1")],
        [Proposed("§7", (), START + 60, b"")],
        [decided, Appealed(1, b"")],
        [decided, Refused(digest("x"), "out of order")],
    ]
    for number, events in enumerate(said):
        case = opened(cases, Subject("memory", SubjectKind.ACCOUNT, f"a{number}"))
        cases.change(case, Change([recorded(event, digest("x")) for event in events]))
    assert pages(cases, 9, Which(standing=Standing.HEARING)) == [2]
    assert pages(cases, 9, Which(standing=Standing.APPEALED)) == [3]
    assert pages(cases, 9, Which(standing=Standing.REFUSED)) == [4]
    assert pages(cases, 9, Which(standing=Standing.REFUSED, hosts={"square"})) == []
