"""Hosts that do not keep what they have done: it is found out, stated, done again, and at last told."""

from __future__ import annotations

from pathlib import Path

import pytest
from casebook import ALICE, BLOCK, CAROL, PLATFORM, POSTS, blocking
from desks import AFTER, BEFORE, InjectedError, Office, When
from sqlalchemy import update
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.drift import REPAIRS, Checked, check
from tipstaff.actions.work import work
from tipstaff.assembly.casework import check_drift, drain, open_desk
from tipstaff.bench.casework import begin, decide
from tipstaff.casework.commands import Appeal, Rule
from tipstaff.casework.events import EffectState, Opened, Recorded, Result, Source
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.hosts.square.schema import MeasureRow
from tipstaff.ledger.statement import parse
from tipstaff.storage.engine import open_engine

APPLIED, DRIFTED, LIFTED = EffectState.APPLIED, EffectState.DRIFTED, EffectState.LIFTED
BLOCKED = [MeasureKind.BLOCK_CONTENT]


@pytest.fixture
def office() -> Office:
    """Return a desk with both posts blocked."""
    made = Office()
    ask(made.desk, 1, ALICE, blocking(BLOCK, 0, made.policy))
    work(made.desk, made)
    return made


def states(office: Office) -> list[list[EffectState]]:
    """Return what was read back of each measure."""
    return [[effect.state for effect in one.effects] for one in office.case.carryings]


def reverse(office: Office) -> None:
    """Have the decision reversed, and everything lifted."""
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    work(office.desk, office)
    ask(office.desk, 1, CAROL, Rule(1, Result.REVERSED, digest("answer")))
    work(office.desk, office)


def test_cases_without_measures_are_not_looked_at(office: Office) -> None:
    """None of them is built; and whoever watches is told how far it is."""
    for number in range(3):
        subject = Subject(office.host.name, SubjectKind.ACCOUNT, f"idle-{number}")
        office.cases.open(subject, Recorded(office.now, "machine", Opened(subject, Source.FINDING)))
    office.cases.loaded.clear()
    told: list[tuple[int, int]] = []
    check(office.desk, lambda done, of: told.append((done, of)))
    assert office.cases.loaded == [1]
    assert told == [(1, 1)]


def test_what_stands_is_left_alone(office: Office) -> None:
    """Reading back changes nothing: no event, no act."""
    before, asked = office.case, list(office.host.asked)
    assert check(office.desk) == Checked(2, 0, ())
    assert (office.case, office.host.asked) == (before, asked)


def test_what_was_lost_is_stated_and_done_again(office: Office) -> None:
    """Under another key, with a statement of the drift and one of the repair; nobody is told again."""
    told = len(office.case.notices)
    office.host.lose("m1")
    assert office.in_force(*POSTS) == [[], BLOCKED]
    assert check(office.desk) == Checked(2, 1, ())
    assert "block_content on m1 is in force no longer" in office.case.carryings[0].effects[-1].detail
    assert check(office.desk) == Checked(1, 0, ()), "what is owed again is not read back"
    work(office.desk, office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    assert states(office) == [[APPLIED, DRIFTED, APPLIED], [APPLIED]]
    assert office.kinds()["effect"] == 4
    assert len(set(office.host.asked)) == 3
    assert len(office.case.notices) == told
    effects = [one for one in map(parse, office.world.statements) if one.kind == "effect"]
    assert sorted(str(one.claims["number"]) for one in effects) == ["1", "1", "2", "3"]


def test_what_came_back_is_lifted_again(office: Office) -> None:
    """A host that was put back to an older state blocks what was restored: the end has drifted."""
    reverse(office)
    assert check(office.desk) == Checked(2, 0, ()), "only ends stand now"
    office.host.restore("m2")
    assert office.in_force(*POSTS) == [[], BLOCKED]
    assert check(office.desk) == Checked(2, 1, ())
    work(office.desk, office)
    assert office.in_force(*POSTS) == [[], []]
    assert states(office)[2:] == [[LIFTED], [LIFTED, DRIFTED, LIFTED]]


def test_what_drifts_again_and_again_is_told(office: Office) -> None:
    """After so many repairs nothing is stated or asked any more: somebody has to look at the host."""
    for _ in range(REPAIRS):
        office.host.lose("m1")
        assert check(office.desk).drifted == 1
        work(office.desk, office)
        assert office.in_force("m1") == [BLOCKED]
    office.host.lose("m1")
    before = office.case
    for _ in range(2):
        found = check(office.desk)
        assert (found.read, found.drifted) == (2, 0)
        assert found.trouble == (
            "case 1: block_content on m1 is in force no longer, although it was repaired 3 times",
        )
    assert office.case == before


def test_a_host_that_is_away_has_not_drifted(office: Office) -> None:
    """What cannot be read back is told, and nothing is stated of it."""
    before = office.case
    office.host.down = True
    assert check(office.desk) == Checked(0, 0, ("case 1: the host is down",) * 2)
    assert office.case == before


def test_whoever_acts_meanwhile_comes_first(office: Office) -> None:
    """A case that changes while it is read back is looked at by the next check."""
    office.host.lose("m1")
    office.cases.before = lambda: reverse(office)
    assert check(office.desk).drifted == 0
    work(office.desk, office)
    assert check(office.desk) == Checked(2, 0, ())
    assert office.in_force(*POSTS) == [[], []]


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_check_that_dies_is_done_again(office: Office, number: int, when: When) -> None:
    """Each drift is stated once, and repaired once."""
    for post in POSTS:
        office.host.lose(post)
    office.faults.calls.clear()
    office.faults.number, office.faults.when = number, when
    with pytest.raises(InjectedError):
        check(office.desk)
    office.faults.number = 0
    check(office.desk)
    work(office.desk, office)
    assert states(office) == [[APPLIED, DRIFTED, APPLIED]] * 2
    assert len(office.host.asked) == 4


def test_square_that_lost_a_measure_gets_it_again(tmp_path: Path) -> None:
    """On a real installation: a measure that somebody switched off in the database is in force again."""
    here = tmp_path / "here"
    policy = begin(here, 1)
    with open_desk(here) as desk:
        target = decide(desk, policy, 1)
    drain(here)
    engine = open_engine(f"sqlite:///{here / 'square.db'}")
    with engine.begin() as connection:
        connection.execute(update(MeasureRow).values(in_force=False))
    engine.dispose()
    with open_desk(here) as desk:
        assert desk.hosts["square"].read_back(target).sentence is None
    assert check_drift(here) == Checked(1, 1, ())
    drain(here)
    with open_desk(here) as desk:
        assert desk.hosts["square"].read_back(target).sentence is not None
        (carrying,) = desk.cases.load(1).carryings
        assert [effect.state for effect in carrying.effects] == [APPLIED, DRIFTED, APPLIED]
    assert check_drift(here) == Checked(1, 0, ())
