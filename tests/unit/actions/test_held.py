"""What somebody is told who holds an account: on what each thing rests, and what the ladder has next."""

from __future__ import annotations

import dataclasses

from casebook import ACCOUNT, ALICE, POSTS
from desks import FakePolicies, Office, decide, reverse, turn
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.held import MOST, held, rests_on
from tipstaff.actions.policies import State, Stated
from tipstaff.casework.commands import Asked, Propose
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Measure, Rung

LADDER = (
    Rung(1, Measure.WARN, 0, 90),
    Rung(2, Measure.SUSPEND_UPDATES, 7, 180),
)


def test_what_the_ladder_has_next_gives_no_decision_away() -> None:
    """One that may be taken back still counts for nothing here; once it is on the ledger it does."""
    office = Office()
    office.ladder = LADDER
    assert list(held(office.desk, ACCOUNT).next) == [LADDER[0]]
    decide(office, delay=60)
    turn(office)
    early = held(office.desk, ACCOUNT)
    assert (list(early.next), early.decided) == ([LADDER[0]], {})
    office.now += 60
    turn(office)
    later = held(office.desk, ACCOUNT)
    assert (list(later.next), list(later.decided)) == ([LADDER[1]], [1])


def test_a_proposal_rests_on_what_was_found_of_its_provision() -> None:
    """On each of these posts; of another provision on nothing."""
    office = Office()
    until = office.now + 60
    ask(office.desk, 1, ALICE, Propose("house-1", (MeasureKind.WARN,), until, digest("proposal")))
    proposed = held(office.desk, ACCOUNT).proposed
    assert proposed
    assert [(one.id, [found.rule for found in one.found]) for one in proposed.posts] == [
        (post, ["hype"]) for post in POSTS
    ]
    assert (proposed.policy, proposed.more) == ("house", 0)
    ask(office.desk, 1, ALICE, Propose("house-2", (MeasureKind.WARN,), until, digest("another")))
    other = held(office.desk, ACCOUNT).proposed
    assert other
    assert (other.policy, other.posts) == (None, [])


def test_of_many_posts_some_are_shown() -> None:
    """And it is told how many more there are."""
    office = Office()
    decide(office)
    turn(office)
    (decision,) = office.case.decisions
    said = decision.said
    many = tuple(f"p{number}" for number in range(MOST + 5))
    rests = rests_on(office.desk, office.case, replace(decision, said=replace(said, posts=many)), [])
    assert (len(rests.posts), rests.more) == (MOST, 5)


def test_what_is_over_comes_without_its_posts() -> None:
    """Neither in force nor to be objected to: its reasons are told, and the posts are not opened again."""
    office = Office()
    decide(office)
    turn(office)
    assert held(office.desk, ACCOUNT).decided[1].posts
    reverse(office)
    turn(office)
    office.now += 10
    turn(office)
    assert held(office.desk, ACCOUNT).decided[1].posts == []


class CountedPolicies(FakePolicies):
    """Policies that count how often it is asked how they stand."""

    times = 0

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements, and count that they were asked for."""
        self.times += 1
        return super().stated(name)


def test_how_policies_stand_is_asked_as_often_however_much_was_decided() -> None:
    """Of one decision as of two, each of which has the version that it was taken under."""
    office = Office()
    asked = []
    for post in POSTS:
        decide(office, (Asked(MeasureKind.BLOCK_CONTENT, (post,)),))
        turn(office)
        counted = CountedPolicies()
        counted.keep(Stated("house", 1, "house@1.0+0000", State.IN_FORCE, office.policy, b""))
        shown = held(dataclasses.replace(office.desk, policies=counted), ACCOUNT)
        asked.append(counted.times)
    assert [one.policy for one in shown.standing.decisions] == ["house 1.0", "house 1.0"]
    assert asked[0] == asked[1]
