"""Complaints while workers and hosts fail: each is taken in and answered once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from casebook import ACCOUNT, BOB, READER, blocking
from desks import (
    AFTER,
    APPLY,
    BEFORE,
    BLOCKED,
    InjectedError,
    Office,
    When,
    assert_settled,
    beside,
    decide,
    die,
    finish,
    reverse,
    turn,
)
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import Cases
from tipstaff.actions.complain import Receipt, complain
from tipstaff.actions.erase import retain
from tipstaff.actions.texts import complaint_key
from tipstaff.casework.commands import Answer, Asked
from tipstaff.casework.complaints import Told
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Outcome, Reason
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.memory import MemoryHost

M1 = (Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),)


def file(office: Office, post: str | None = "m1", by: str = READER.name) -> Receipt:
    """Have a reader complain."""
    return complain(office.desk, by, Target(ACCOUNT, post), Reason.FRAUD, "招揽买币")


def answers(office: Office) -> list[str]:
    """Return what complainants were told, as it is kept."""
    return [str(kept.value) for kept in office.vault.kept.values() if str(kept.value).startswith("投诉")]


def test_a_complaint_gets_a_receipt(office: Office) -> None:
    """The post is kept as it is, the text under a key of its author here, nothing goes to the ledger."""
    assert file(office) == Receipt(1, 1)
    assert file(office, None, "memory/reader/sam") == Receipt(1, 2)
    one, other = office.case.complaints
    assert (one.by, other.by) == ("memory/reader/rae", "memory/reader/sam")
    text = office.vault.kept[one.said.text]
    assert (text.whose, text.value) == ("memory/reader/rae#case-1", "招揽买币")
    assert one.said.snapshot
    assert office.vault.kept[one.said.snapshot].whose == str(ACCOUNT)
    assert other.said.snapshot is None
    turn(office)
    assert office.kinds() == {}


def test_a_complaint_opens_a_case(office: Office) -> None:
    """Where there is none about the subject."""
    office.host.register(SubjectKind.ACCOUNT, "other")
    target = Target(Subject("memory", SubjectKind.ACCOUNT, "other"))
    assert complain(office.desk, READER.name, target, Reason.OTHER, "text") == Receipt(2, 1)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("platform", "'platform' is no name of a reader: write HOST/reader/NAME"),
        ("machine", "'machine' is no name of a reader"),
        ("memory/account/news", "is no name of a reader"),
        ("nowhere/reader/rae", "is no name of a reader"),
        ("memory/reader/", "is no name of a reader"),
        ("order/court/2026/7", "is no name of a reader"),
        (f"memory/reader/{'r' * 200}", "is no name of a reader"),
        ("memory/reader/rae#case-1", "write HOST/reader/NAME, no `#` in it"),
        ("rae", "'rae' is no name of a reader: write HOST/reader/NAME"),
        ("rae", "the ledger knows no key of 'rae' that is in force"),
    ],
)
def test_nobody_complains_under_a_name_that_is_not_theirs(office: Office, by: str, message: str) -> None:
    """A reader is never taken for a person who signs, nor for a machine, nor for whom texts are kept of."""
    with pytest.raises(CaseError, match=message):
        file(office, "m1", by)
    assert office.case.complaints == ()


def test_a_reviewer_complains_under_their_own_name(office: Office) -> None:
    """And does not decide on it; a reader of that name is somebody else."""
    file(office, "m1", "memory/reader/alice")
    decide(office)
    file(office, "m1", "alice")
    with pytest.raises(CaseError, match="alice has complained in case 1: another person decides it"):
        decide(office)


def test_a_complaint_is_about_what_there_is(office: Office) -> None:
    """And says what is wrong."""
    with pytest.raises(Exception, match="there is no post m9"):
        file(office, "m9")
    with pytest.raises(CaseError, match="a complaint says what is wrong: it needs a text"):
        complain(office.desk, READER.name, Target(ACCOUNT), Reason.FRAUD, " \n")
    elsewhere = Target(Subject("elsewhere", SubjectKind.ACCOUNT, "news"))
    with pytest.raises(CaseError, match="there is no host 'elsewhere'"):
        complain(office.desk, READER.name, elsewhere, Reason.FRAUD, "text")
    assert office.case.complaints == ()
    assert office.cases.numbers() == [1]


def test_who_is_muted_is_not_heard(office: Office) -> None:
    """After three abusive complaints in any cases; others are, and they are as well after thirty days."""
    for number in (1, 2, 3):
        file(office)
        answer = Answer(number, Outcome.ABUSIVE, digest("told"))
        ask(office.desk, 1, BOB, answer)
    with pytest.raises(CaseError, match="no complaint of yours is taken for another 30 days"):
        file(office)
    file(office, "m1", "memory/reader/sam")
    office.now += 30 * 86_400
    file(office)
    told = Told(office.now - 30 * 86_400, Outcome.ABUSIVE, office.now - 30 * 86_400)
    assert office.cases.complaints_of(READER.name) == [told, told, told, Told(office.now)]


def test_who_complains_need_not_look_again(office: Office) -> None:
    """Whatever happens to the case meanwhile: the complaint is taken, once."""
    office.cases.before = lambda: file(office, "m2", "memory/reader/sam")
    assert file(office) == Receipt(1, 2)
    assert [one.by for one in office.case.complaints] == ["memory/reader/sam", READER.name]


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_a_complaint_is_answered(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies, both who complained are told once that a measure was taken."""
    for number in count(1):
        office = Office(fresh())
        file(office)
        file(office, None, "memory/reader/sam")
        decide(office, M1)
        version = office.case.version
        died = die(office, number, when)
        told = [one.answered for one in office.case.complaints]
        assert [one and (one.outcome, one.decision) for one in told] == [(Outcome.UPHELD, 1)] * 2
        assert office.case.version == version + 3 + 1 + 3 + 2, "receipts, a measure with its effect, answers"
        assert [one.outcome for one in office.cases.complaints_of(READER.name)] == [Outcome.UPHELD]
        assert office.host.changed == [(BLOCKED[0], APPLY, "m1")]
        assert_settled(office)
        if not died:
            break
    assert number > 10


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_a_result_is_told(when: When) -> None:
    """Wherever it dies, the account and who complained learn of the reversal once."""
    for number in count(1):
        office = Office()
        file(office)
        decide(office, M1)
        turn(office)
        reverse(office)
        died = die(office, number, when)
        result = office.case.decisions[0].appeal
        assert result
        told = [one.audience for one in office.case.notices if one.about == result.result_entry]
        assert told == ["account", f"complainant {READER.name}"]
        assert_settled(office)
        if not died:
            break
    assert number > 10


def test_an_answer_names_the_provision_and_nobody(office: Office) -> None:
    """What was broken, where something was."""
    file(office)
    decide(office, M1)
    file(office, "m2", "memory/reader/sam")
    turn(office)
    ask(office.desk, 1, BOB, blocking((), policy=office.policy))
    turn(office)
    assert answers(office) == [
        (
            "投诉 1：你的投诉成立，已采取措施（依据：house-1）。\n"
            "Complaint 1: Your complaint was upheld, and measures were taken (house-1)."
        ),
        "投诉 2：经审核，未发现违规。\nComplaint 2: It was looked at, and no breach was found.",
    ]
    whose = [kept.whose for kept in office.vault.kept.values() if str(kept.value).startswith("投诉")]
    assert whose == [f"{READER.name}#case-1", "memory/reader/sam#case-1"]


def test_no_notice_tells_who_complained(office: Office) -> None:
    """Neither what was decided nor what came of an appeal."""
    file(office)
    decide(office, M1)
    turn(office)
    reverse(office)
    turn(office)
    texts = [str(office.vault.kept[one.text].value) for one in office.case.notices]
    assert len(texts) == 5
    assert not any("rae" in text for text in texts)


def test_an_answer_waits_for_the_host(office: Office) -> None:
    """Nobody is told that measures were taken while none was."""
    file(office)
    decide(office, M1)
    office.host.down = True
    finish(office)
    assert office.case.complaints[0].answered is None
    office.host.down = False
    finish(office)
    assert office.case.complaints[0].answered


def test_people_are_told_though_measures_wait(office: Office) -> None:
    """What the ledger would refuse for now keeps no answer waiting, and what was told is not kept again."""
    file(office)
    office.now += 60
    decide(office)
    office.faults.calls.clear()
    office.faults.number, office.faults.when = 3, AFTER  # sent, appended, and the case knows it
    with pytest.raises(InjectedError):
        turn(office)
    office.now -= 30
    ask(office.desk, 1, BOB, blocking((), policy=office.policy))
    for _ in range(2):
        (trouble,) = turn(office).trouble
        assert "iat lies before" in trouble
        told = office.case.complaints[0].answered
        assert told
        assert told.outcome is Outcome.DISMISSED
        assert len(answers(office)) == 1


@pytest.mark.parametrize("changes", range(12))
def test_two_workers_answer_once(office: Office, changes: int) -> None:
    """Whoever is first; the other finds it answered."""
    file(office)
    decide(office, M1)
    version = office.case.version
    beside(office, changes, lambda: turn(office))
    assert office.case.version == version + 3 + 1 + 3 + 1
    assert len(office.cases.complaints_of(READER.name)) == 1
    assert_settled(office)


@pytest.mark.parametrize("changes", range(10))
def test_a_reviewer_answers_beside_the_worker(office: Office, changes: int) -> None:
    """One of the two answers; a person who comes second is told so."""
    file(office)
    decide(office, M1)
    said: list[str] = []

    def answer() -> None:
        try:
            ask(office.desk, 1, BOB, Answer(1, Outcome.DISMISSED, digest("told")))
        except CaseError as error:
            said.append(str(error))
        else:
            said.append("answered")

    beside(office, changes, answer)
    told = office.case.complaints[0].answered
    assert told
    by_bob = told.outcome is Outcome.DISMISSED
    assert said in ([], ["answered"] if by_bob else ["complaint 1 was upheld already"])
    assert [one.outcome for one in office.cases.complaints_of(READER.name)] == [told.outcome]


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_taking_a_complaint_in_fails_whole(when: When) -> None:
    """A complaint is there, or it is not; filed again it is there."""
    for number in count(1):
        office = Office()
        office.faults.calls.clear()
        office.faults.number, office.faults.when = number, when
        try:
            file(office)
        except InjectedError:
            office.faults.number = 0
            if not office.case.complaints:
                file(office)
            assert len(office.case.complaints) == 1
        else:
            break
    assert number > 3


def test_a_case_is_not_opened_on_a_host_that_is_down(office: Office) -> None:
    """Nobody can say then what the complaint is about."""
    other = MemoryHost("elsewhere")
    other.register(SubjectKind.ACCOUNT, "news")
    office.hosts["elsewhere"] = other
    office.host.down = True
    with pytest.raises(Exception, match="the host is down"):
        file(office)
    elsewhere = Target(Subject("elsewhere", SubjectKind.ACCOUNT, "news"))
    assert complain(office.desk, READER.name, elsewhere, Reason.FRAUD, "text") == Receipt(2, 1)


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_nothing_is_kept_for_ever_of_a_complaint_that_broke_off(when: When) -> None:
    """Whoever took it in has died: nobody may ever say it again, and it goes with its case."""
    for number in count(1):
        office = Office()
        other = office.host.register(SubjectKind.ACCOUNT, "other")
        shown = office.host.snapshot(ACCOUNT, "m1")
        office.host.publish(replace(shown, post=replace(shown.post, id="o1", account="other")))
        office.faults.calls.clear()
        office.faults.number, office.faults.when = number, when
        try:
            complain(office.desk, READER.name, Target(other, "o1"), Reason.FRAUD, "text")
        except InjectedError:
            office.faults.number = 0
            office.desk.kept.clear()
        else:
            break
        cases = [office.cases.load(one) for one in office.cases.numbers()]
        assert {one.whose for one in office.vault.kept.values()} <= {
            whose for case in cases for whose in (str(case.subject), complaint_key(READER.name, case.number))
        }
        for case in cases:
            ask(office.desk, case.number, BOB, blocking((), policy=office.policy))
        turn(office)
        office.now += 2 * DAY
        retain(office.desk, 1)
        assert office.vault.kept == {}
    assert number > 3


def test_what_is_kept_of_an_account_is_no_complaint_whatever_its_name(office: Office) -> None:
    """The texts of a case are erased, and those of an account stay that has it in its name."""
    other = office.host.register(SubjectKind.ACCOUNT, "reader/rae#case-1")
    for whose in (str(other), str(ACCOUNT), complaint_key(READER.name, 1), complaint_key("alice", 1)):
        office.desk.keep(whose, "case", "note", "text")
    office.desk.kept.clear()
    decide(office, ())
    turn(office)
    office.now += 2 * DAY
    retain(office.desk, 1)
    assert [one.whose for one in office.vault.kept.values()] == [str(other)]
