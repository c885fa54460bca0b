"""What is found is brought before reviewers as long as something is to be decided, whatever waits first."""

from __future__ import annotations

from dataclasses import replace as replace_fields

import pytest
from casebook import ACCOUNT, ALICE, BOB, CAROL, CLOSE, PLATFORM, blocking
from desks import BLOCKED, Office, decide, reverse, turn
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.again import TRIES
from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.policies import State, Stated
from tipstaff.actions.recognise import recognise
from tipstaff.actions.take_up import take_up
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Appeal, Confirm, ConfirmResult, Escalate, Note, Rule
from tipstaff.casework.events import Hearing, Opened, Recorded, Result, Source, Waiver
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.policy.model import Outcome, Reversal
from tipstaff.screening.findings import Finding

AGAIN = Subject("memory", SubjectKind.ACCOUNT, "news2")


def finding(version: str, rule: str) -> Finding:
    """Return what a version of the policy has found on the first post."""
    return Finding(
        host="memory", account=ACCOUNT.id, post="m1", policy=f"house@{version}", rule=rule,
        provision="house-1", outcome=Outcome.VIOLATION, severity=4, score=50, evidence=(), exempted_by=(),
    )  # fmt: skip


@pytest.fixture
def office() -> Office:
    """Return a desk in memory."""
    return Office()


@pytest.fixture
def appealed(office: Office) -> Office:
    """Return a desk with an appeal against what was decided on a finding; one person judges it."""
    take_up(office.desk, [finding("1.0", "new")])
    decide(office)
    turn(office)
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    return office


def test_what_another_version_finds_is_taken_up_while_something_is_to_be_decided(appealed: Office) -> None:
    """Also while an appeal waits: else nobody could decide on it under the version that is in force then."""
    again = [finding("1.1", "new")]
    assert take_up(appealed.desk, again) == [], "it was decided on already"
    assert take_up(appealed.desk, [finding("1.0", "newer")])
    assert take_up(appealed.desk, [finding("1.1", "newer")])
    assert appealed.case.stage is Stage.APPEALED
    ask(appealed.desk, 1, CAROL, Rule(1, Result.REVERSED, digest("answer")))
    assert appealed.case.stage is Stage.OPEN
    assert take_up(appealed.desk, again)


@pytest.mark.parametrize("escalated", [False, True])
def test_what_was_decided_on_comes_back_only_where_the_case_was_opened_again(
    office: Office, *, escalated: bool
) -> None:
    """By who escalates it, say."""
    take_up(office.desk, [finding("1.0", "new")])
    decide(office)
    if escalated:
        ask(office.desk, 1, BOB, Escalate(digest("text")))
    assert bool(take_up(office.desk, [finding("1.1", "new")])) == escalated


def test_what_comes_in_while_a_result_waits_is_open_after_it(office: Office) -> None:
    """Somebody looks at it; nothing of it was closed with what was undone."""
    stated = Stated("house", 1, "house@1.0+0000", State.IN_FORCE, office.policy, digest("house 1.0"))
    office.policies.keep(stated)
    office.reversals = (Reversal.BLOCK_CONTENT,)
    decide(office)
    turn(office)
    reverse(office)
    take_up(office.desk, [finding("1.0", "new")])
    turn(office)
    assert office.in_force("m1") == [BLOCKED]
    ask(office.desk, 1, BOB, ConfirmResult(1))
    turn(office)
    assert (office.case.stage, office.in_force("m1")) == (Stage.OPEN, [[]])


def noted(office: Office, times: int) -> None:
    """Have somebody leave a note just before the next change of the case, so many times in a row."""

    def note() -> None:
        ask(replace_fields(office.desk, kept=[]), 1, BOB, Note(digest(f"note {times}")))
        if times > 1:
            noted(office, times - 1)

    office.cases.before = note


def test_a_case_that_others_change_meanwhile_is_looked_at_again(office: Office) -> None:
    """What was kept for the first try is let go; who is too late each time is told to look again."""
    noted(office, TRIES - 1)
    (case,) = take_up(office.desk, [finding("1.0", "new")])
    assert [one.rule for one in case.found].count("new") == 1
    assert len(case.notes) == TRIES - 1
    assert office.vault.count(str(ACCOUNT)) == 2, "a snapshot, and evidence"
    noted(office, TRIES)
    with pytest.raises(MovedError, match="case 1 has moved on: look at it again"):
        take_up(office.desk, [finding("1.0", "newer")])
    assert office.vault.count(str(ACCOUNT)) == 2


def closed() -> Office:
    """Return a desk where an account was closed that can be recognised."""
    office = Office()
    text = "老朋友都来加微信 wx_star66，稳赚不赔的机会只有今天一次"
    shown = office.host.snapshot(ACCOUNT, "m1")
    office.host.publish(replace(shown, post=replace(shown.post, text=text)))
    decide(office, CLOSE)
    turn(office)
    ask(office.desk, 1, BOB, Confirm(1))
    turn(office)
    return office


def test_a_suspect_is_brought_before_reviewers_whoever_acts_meanwhile() -> None:
    """The account that registers again has a case that somebody just works on."""
    office = closed()
    assert office.case.is_closed
    office.host.register(SubjectKind.ACCOUNT, AGAIN.id)
    opened = Recorded(office.now, "machine", Opened(AGAIN, Source.FINDING))
    number = office.cases.open(AGAIN, opened).number
    posts = [replace(post, account=AGAIN.id) for post in office.host.posts_of(ACCOUNT)]

    def note() -> None:
        ask(office.desk, number, BOB, Note(digest("note")))

    office.cases.before = note
    (case,) = recognise(office.desk, posts)
    assert (case.number, case.suspected[0].case, len(case.notes)) == (number, 1, 1)
    assert recognise(office.desk, posts) == []


def test_a_closed_account_is_no_suspect_of_its_copy() -> None:
    """When the copy is closed as well, neither case is opened again by the other."""
    office = closed()
    office.host.register(SubjectKind.ACCOUNT, AGAIN.id)
    shown = office.host.snapshot(ACCOUNT, "m1")
    office.host.publish(replace(shown, post=replace(shown.post, id="a1", account=AGAIN.id)))
    posts = [*office.host.posts_of(ACCOUNT), *office.host.posts_of(AGAIN)]
    (case,) = recognise(office.desk, posts)
    assert case.subject == AGAIN
    closing = replace(blocking(CLOSE, 0, office.policy), hearing=Hearing.WAIVED)
    ask(office.desk, case.number, ALICE, replace(closing, waived_for=Waiver.GRAVE_HARM))
    turn(office)
    ask(office.desk, case.number, BOB, Confirm(1))
    turn(office)
    assert office.cases.load(case.number).is_closed
    version = office.case.version
    assert recognise(office.desk, posts) == []
    assert office.case.version == version
