"""The pure machine of casework against a model of the ledger, whatever is asked, and in whatever order."""

from __future__ import annotations

from collections import Counter

from casebook import PLATFORM, POSTS, TABLE, Casebook, blocking
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from worlds import digest

from tipstaff.casework.case import Decision
from tipstaff.casework.commands import Actor, Appeal, Asked, Command, Confirm, Rule, TakeBack
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import MeasureStated, Result
from tipstaff.casework.evolve import build
from tipstaff.casework.owed import attention, owed
from tipstaff.casework.words import Direction, MeasureKind

PERSONS = st.sampled_from([Actor(name, "reviewer") for name in ("alice", "bob", "carol", "dora")])
DECISIONS = st.integers(1, 4)
UNTIL = st.none() | st.integers(1, 500)
ASKED = st.one_of(
    st.tuples(
        st.sampled_from([MeasureKind.WARN, MeasureKind.BLOCK_CONTENT]),
        st.lists(st.sampled_from(POSTS), max_size=3).map(tuple),
        UNTIL,
    ),
    st.tuples(st.sampled_from([MeasureKind.CLOSE_ACCOUNT, MeasureKind.RESTRICT_POSTING]), st.just(()), UNTIL),
)
LONGEST = 1_000
"""Seconds after which nothing is owed that was not before."""

ALONE = {MeasureKind.CLOSE_ACCOUNT: {0}, MeasureKind.BLOCK_CONTENT: {0}}
"""On which targets these kinds need a second person, as the table says it in words."""


class Casework(RuleBasedStateMachine):
    """A case, persons who ask anything of it, and a ledger that takes or refuses statements in order."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Casebook()
        self.queue: list[bytes] = []
        self.applied: Counter[tuple[bytes, int, int]] = Counter()
        self.lifted: Counter[tuple[bytes, int, int]] = Counter()

    def ask(self, command: Command, actor: Actor) -> bool:
        """Ask; what comes of it waits for the ledger. Says whether it was done."""
        try:
            entry = self.book.ask(command, actor)
        except CaseError:
            return False
        if entry:
            self.queue.append(entry)
        return True

    def taken(self, entry: bytes) -> bool:
        """Say whether the ledger has taken a statement."""
        return entry in self.book.case.logged

    @initialize(asked=st.lists(ASKED, min_size=1, max_size=3), by=PERSONS)
    def begin(self, asked: list[tuple[MeasureKind, tuple[str, ...], int | None]], by: Actor) -> None:
        """Begin with a decision."""
        self.decide(asked, 0, by)

    @rule(asked=st.lists(ASKED, min_size=1, max_size=3), delay=st.sampled_from([0, 0, 60]), by=PERSONS)
    def decide(
        self, asked: list[tuple[MeasureKind, tuple[str, ...], int | None]], delay: int, by: Actor
    ) -> None:
        """Decide."""
        measures = tuple(
            Asked(kind, posts, until=until and self.book.now + delay + until) for kind, posts, until in asked
        )
        assert self.ask(blocking(measures, delay), by)

    @rule(number=DECISIONS, by=PERSONS)
    def take_back(self, number: int, by: Actor) -> None:
        """Take a decision back: only who signed it, and only before the ledger has it."""
        decision = self.book.case.decision(number)
        if self.ask(TakeBack(number), by):
            assert decision is not None
            assert decision.by == by.name
            assert not self.taken(decision.entry)
            gone = {decision.entry, *(one.entry for one in decision.confirmations)}
            self.queue = [entry for entry in self.queue if entry not in gone]

    @rule(number=DECISIONS, by=PERSONS)
    def confirm(self, number: int, by: Actor) -> None:
        """Confirm, but nothing that one had a part in."""
        decision = self.book.case.decision(number)
        if self.ask(Confirm(number), by):
            assert decision is not None
            assert by.name not in parts(decision)

    @rule(number=DECISIONS)
    def appeal(self, number: int) -> None:
        """Appeal, for the subject."""
        self.ask(Appeal(number, digest("appeal")), PLATFORM)

    @rule(number=DECISIONS, result=st.sampled_from(Result), by=PERSONS)
    def judge(self, number: int, result: Result, by: Actor) -> None:
        """Judge, but nothing that one had a part in."""
        decision = self.book.case.decision(number)
        if self.ask(Rule(number, result, digest("answer")), by):
            assert decision is not None
            assert by.name not in parts(decision)

    @rule(number=st.integers(1, 6))
    def log(self, number: int) -> None:
        """Log some of what waits, in order; a decision no sooner than it is due."""
        held = {one.entry for one in self.book.case.decisions if one.said.due > self.book.now}
        for entry in [entry for entry in self.queue if entry not in held][:number]:
            self.queue.remove(entry)
            self.book.log(entry)

    @rule()
    def refuse(self) -> None:
        """Refuse the next statement."""
        if self.queue:
            self.book.refuse(self.queue.pop(0))

    @rule(seconds=st.sampled_from([1, 60, 400]))
    def wait(self, seconds: int) -> None:
        """Let time go on."""
        self.book.now += seconds

    @rule()
    def state(self) -> None:
        """State what is owed, once."""
        for stated in self.book.owed():
            self.check_owed(stated)
            self.queue.append(self.book.record(stated))
        assert self.book.owed() == []

    def check_owed(self, stated: MeasureStated) -> None:
        """Check a measure that is owed against everything that it rests on."""
        decision = self.book.case.decision(stated.decision)
        assert decision is not None
        assert self.taken(decision.entry), "without the receipt of its decision"
        planned = decision.planned(stated.measure)
        where = (decision.entry, stated.measure, stated.target)
        judged = decision.appeal.result_entry if decision.appeal else None
        reversed_ = (
            judged is not None
            and self.taken(judged)
            and decision.appeal is not None
            and decision.appeal.result is not Result.UPHELD
        )
        over = planned.until is not None and planned.until <= self.book.now
        if stated.direction is Direction.APPLY:
            self.applied[where] += 1
            assert self.applied[where] == 1, "applied twice"
            assert not reversed_, "applied after its reversal"
            assert not over, "applied after its end"
            if stated.target in ALONE.get(planned.kind, ()):
                others = {one.by for one in decision.confirmations if self.taken(one.entry)}
                assert others - {decision.by}, "without a confirmation by another person"
        else:
            self.lifted[where] += 1
            assert self.lifted[where] == self.applied[where] == 1, "lifted twice, or never applied"
            assert reversed_ or over, "lifted without a cause"
            assert stated.cause == (judged if reversed_ else None)

    @invariant()
    def nobody_has_two_parts(self) -> None:
        """Check that signing, confirming and judging a decision are done by as many persons."""
        for decision in self.book.case.decisions:
            names = [decision.by, *(one.by for one in decision.confirmations)]
            if decision.appeal and decision.appeal.judged_by:
                names.append(decision.appeal.judged_by)
            assert len(names) == len(set(names))

    @invariant()
    def it_is_looked_at_when_it_owes_something(self) -> None:
        """Not before the time that it is said to be looked at does it owe anything, and then it does."""
        now, case = self.book.now, self.book.case
        at = attention(case, now, TABLE)
        last = now + LONGEST if at is None else at
        times = [*range(now, min(last, now + LONGEST), 47), last - 1]
        assert not any(any(owed(case, time, TABLE)) for time in times if time >= now)
        assert at is None or any(owed(case, max(at, now), TABLE))

    @invariant()
    def the_case_is_what_its_events_add_up_to(self) -> None:
        """Build it anew."""
        assert build(1, self.book.events) == self.book.case

    def teardown(self) -> None:
        """Log everything: what was reversed or has ended was then lifted once, if it had begun."""
        self.book.now += 10_000
        for _ in range(3):
            self.log(1_000)
            self.state()
        self.log(1_000)
        for where, times in self.applied.items():
            entry, measure, target = where
            decision = next(one for one in self.book.case.decisions if one.entry == entry)
            begun = next(
                one
                for one in self.book.case.carryings
                if (one.said.decision, one.said.measure, one.said.target, one.said.direction)
                == (decision.said.number, measure, target, Direction.APPLY)
            )
            appeal = decision.appeal
            ends = decision.planned(measure).until is not None or (
                appeal is not None
                and appeal.result is Result.REVERSED
                and appeal.result_entry in self.book.case.logged
            )
            assert times == 1
            assert self.lifted[where] == (ends and self.taken(begun.entry))


def parts(decision: Decision) -> set[str]:
    """Return everybody who had a part in a decision."""
    judge = decision.appeal.judged_by if decision.appeal else None
    return {decision.by, *(one.by for one in decision.confirmations)} | ({judge} if judge else set())


TestCasework = Casework.TestCase
TestCasework.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
