"""The pure machine of casework and the rules of the ledger, whatever is asked, and in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from casebook import (
    ACCOUNT,
    CLERK,
    CLERK_2,
    COURT,
    MACHINE,
    PLATFORM,
    POSTS,
    READER,
    TABLE,
    blocking,
    entering,
    found,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace
from queues import Queue, QueuedCase, QueuedOrder, Signed
from worlds import digest

from tipstaff.casework.case import Carrying, Case, Decision, Stage
from tipstaff.casework.commands import (
    Actor,
    Answer,
    Appeal,
    Asked,
    Command,
    Complain,
    Confirm,
    ConfirmResult,
    Decide,
    Escalate,
    Hear,
    Propose,
    Rule,
    TakeBack,
)
from tipstaff.casework.complaints import answers_due
from tipstaff.casework.erasure import needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Complained,
    Decided,
    EffectState,
    EffectStated,
    Found,
    Hearing,
    MeasureStated,
    Noticed,
    OrderChanged,
    Ordered,
    Outcome,
    Reason,
    Refused,
    Result,
    TakenBack,
    Waiver,
)
from tipstaff.casework.evolve import build
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, OrderCommand
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.orders.order import build as build_order
from tipstaff.casework.orders.report import passed_on
from tipstaff.casework.owed import attention, owed
from tipstaff.casework.tells import tells
from tipstaff.casework.words import UNSEEN, Direction, MeasureKind, Target
from tipstaff.ledger.errors import RefusedError

PERSONS = st.sampled_from([Actor(name, "reviewer") for name in ("alice", "bob", "carol", "dora")])
ANYBODY = st.one_of(PERSONS, st.sampled_from([CLERK, MACHINE, PLATFORM, READER]))
CLERKS = st.sampled_from([CLERK, CLERK_2, COURT])
DECISIONS = st.integers(0, 3)
TIME = st.none() | st.integers(1, 500)
SOME_POSTS = st.lists(st.sampled_from(POSTS), max_size=3).map(tuple)
ON_POSTS = st.tuples(st.sampled_from([MeasureKind.WARN, MeasureKind.BLOCK_CONTENT]), SOME_POSTS, TIME, TIME)
ON_ALL = st.tuples(
    st.sampled_from([MeasureKind.CLOSE_ACCOUNT, MeasureKind.RESTRICT_POSTING]), st.just(()), TIME, TIME
)
ASKED = st.lists(st.one_of(ON_POSTS, ON_ALL), max_size=3)
BASES = st.sampled_from(["policy", "order", "both"])
HEARINGS = st.sampled_from(
    [
        (Hearing.NOT_DUE, None),
        (Hearing.NOT_DUE, None),
        (Hearing.HELD, None),
        *((Hearing.WAIVED, why) for why in (None, *Waiver)),
    ]
)
REVERSALS = st.sampled_from([frozenset(), frozenset({MeasureKind.BLOCK_CONTENT}), frozenset(MeasureKind)])
TARGETS = st.lists(st.sampled_from([None, *POSTS]), min_size=1, max_size=2)
LONGEST = 1_100
"""Seconds after which nothing is owed that was not before."""

ALONE = {MeasureKind.CLOSE_ACCOUNT: {0}, MeasureKind.BLOCK_CONTENT: {0}}
"""On which targets these kinds need a second person, as the table says it in words."""

COMES_IN = (Found, Complained, Ordered, OrderChanged, TakenBack)
"""What a person must decide on."""

SNAPSHOTS = {post: digest(f"{post} as it was") for post in POSTS}

Where = tuple[bytes, int, int]
Drawn = list[tuple[MeasureKind, tuple[str, ...], int | None, int | None]]


class Casework(RuleBasedStateMachine):
    """A case and an order, persons who ask anything of them, and a ledger that judges what they sign."""

    order: QueuedOrder

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.book = QueuedCase(self.queue)
        self.second_person: frozenset[MeasureKind] = frozenset()
        self.by_two = set[bytes | None]()
        self.applied: Counter[Where] = Counter()
        self.lifted: Counter[Where] = Counter()

    @initialize(posts=TARGETS, asked=ASKED, basis=BASES, by=PERSONS, second_person=REVERSALS)
    def begin(
        self,
        posts: list[str | None],
        asked: Drawn,
        basis: str,
        by: Actor,
        second_person: frozenset[MeasureKind],
    ) -> None:
        """Begin with an order, about posts or all of the account, and with a decision under it or without.

        The policy has some reversals confirmed.
        """
        self.second_person = second_person
        targets = (Target(ACCOUNT, post) for post in posts)
        self.order = QueuedOrder(self.queue, entering(*targets, scope=Scope.CONTENT))
        if basis != "policy":
            self.ask_of_order(ConfirmOrder(), CLERK_2)
            self.work()
        self.decide(asked, basis, (Hearing.WAIVED, Waiver.GRAVE_HARM), 0, by)

    def chosen(self, number: int) -> int:
        """Return the number of one of the decisions; of none where there are none."""
        decisions = self.book.case.decisions
        return decisions[-1 - number % len(decisions)].said.number if decisions else 1

    def ask(self, command: Command, actor: Actor) -> bool:
        """Ask; what comes of it waits for the ledger. Says whether it was done."""
        try:
            self.book.ask(command, actor)
        except CaseError:
            return False
        except RefusedError as error:
            self.check_unlearned(command, error)
            return False
        return True

    def ask_of_order(self, command: OrderCommand, actor: Actor) -> None:
        """Ask something of the order."""
        try:
            self.order.ask(command, actor)
        except CaseError:
            return
        except RefusedError as error:
            self.check_unlearned(command, error)

    def check_unlearned(self, what: object, error: RefusedError) -> None:
        """Check that the case does not know yet what the ledger knows, or will know: else they disagree."""
        assert self.queue.waiting or self.to_pass_on(), f"{what} is allowed, but: {error}"

    def to_pass_on(self) -> Sequence[AnyEvent]:
        """Return what the case must still be told of the order."""
        return passed_on(self.order.order, ACCOUNT, self.book.case, SNAPSHOTS)

    def taken(self, entry: bytes | None) -> bool:
        """Say whether the ledger has taken a statement."""
        return entry in self.book.case.logged

    @rule(asked=ASKED, basis=BASES, hearing=HEARINGS, delay=st.sampled_from([0, 0, 60]), by=ANYBODY)
    def decide(
        self, asked: Drawn, basis: str, hearing: tuple[Hearing, Waiver | None], delay: int, by: Actor
    ) -> None:
        """Decide: under the policy, the order or both; a hearing was held or waived where one is due."""
        command = replace(self.deciding(asked, basis, delay), hearing=hearing[0], waived_for=hearing[1])
        before = self.book.case
        if self.ask(command, by):
            assert by.role == "reviewer"
            assert by.name not in {complaint.by for complaint in before.complaints}
            said = self.book.case.decisions[-1].said
            if any(measure.kind is MeasureKind.CLOSE_ACCOUNT for measure in said.measures):
                assert said.hearing is not Hearing.NOT_DUE, "nobody was heard"
            if said.hearing is Hearing.HELD:
                self.check_heard(before)
            if said.hearing is Hearing.WAIVED:
                assert said.waived_for is Waiver.GRAVE_HARM or said.order
            if said.policy is None:
                self.check_ordered(before, said)

    @rule(asked=ASKED, number=DECISIONS, by=PERSONS)
    def decide_instead(self, asked: Drawn, number: int, by: Actor) -> None:
        """Decide in place of a decision that an appeal has varied."""
        number = self.chosen(number)
        command = replace(self.deciding(asked, "policy", 0), instead_of=number)
        waived = replace(command, hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)
        before = self.book.case.decision(number)
        if self.ask(waived, by):
            assert before
            assert before.appeal
            assert before.appeal.result is Result.VARIED

    def deciding(self, asked: Drawn, basis: str, delay: int) -> Decide:
        """Return a decision."""
        now = self.book.now + delay
        measures = tuple(
            Asked(kind, posts, "CN", until and now + (start or 0) + until, start and now + start)
            for kind, posts, start, until in asked
        )
        command = replace(
            blocking(measures, delay, self.queue.policy), order=None if basis == "policy" else 9
        )
        return replace(command, policy=None, policy_digest=None) if basis == "order" else command

    def check_heard(self, before: Case) -> None:
        """Check that the subject could answer: it has, or was told and had the time to."""
        proposal = before.proposal
        assert proposal is not None
        told = ("account", proposal.said.text) in {(one.audience, one.about) for one in before.notices}
        assert proposal.heard is not None or (told and proposal.said.until <= self.book.now)

    def check_ordered(self, before: Case, said: Decided) -> None:
        """Check that an order bears all that a decision says without a policy."""
        on = before.order(9)
        assert on is not None
        for measure in said.measures:
            for target in measure.targets:
                assert on.covers(said.posts[target - 1] if target else None)
                assert measure.territory == on.territory

    @rule(post=st.sampled_from(POSTS), seconds=st.integers(1, 500), by=ANYBODY)
    def hold(self, post: str, seconds: int, by: Actor) -> None:
        """Hold a post for a while."""
        held = (Asked(MeasureKind.HOLD_CONTENT, (post,), until=self.book.now + seconds),)
        if self.ask(blocking(held, policy=self.queue.policy), by):
            assert by.role in ("reviewer", "machine")

    @rule(post=st.sampled_from(POSTS), asked=ASKED, by=PERSONS)
    def review_twice(self, post: str, asked: Drawn, by: Actor) -> None:
        """Hold a post, decide that all is blocked once a second person agrees, and then something else."""
        self.hold(post, 500, MACHINE)
        for drawn in ([(MeasureKind.BLOCK_CONTENT, (), None, None)], asked):
            self.work()
            self.decide(drawn, "policy", (Hearing.NOT_DUE, None), 0, by)
        self.work()

    @rule(number=DECISIONS, by=st.none() | PERSONS)
    def take_back(self, number: int, by: Actor | None) -> None:
        """Take a decision back: only who signed it, and only before the ledger has it."""
        number = self.chosen(number)
        decision = self.book.case.decision(number)
        by = by or Actor(decision.by if decision else "alice", "reviewer")
        if self.ask(TakeBack(number), by):
            assert decision is not None
            assert decision.by == by.name
            assert not self.taken(decision.entry)
            for entry in (decision.entry, *(one.entry for one in decision.confirmations)):
                self.queue.take_back(entry)

    @rule(number=DECISIONS, by=ANYBODY)
    def confirm(self, number: int, by: Actor) -> None:
        """Confirm, but nothing that one had a part in."""
        number = self.chosen(number)
        decision = self.book.case.decision(number)
        if self.ask(Confirm(number), by):
            assert decision is not None
            assert by.role == "reviewer"
            assert by.name not in parts(decision)
            result = decision.appeal.result if decision.appeal else None
            assert result in (None, Result.UPHELD), "nothing of it would begin"
            assert decision.confirmations or not self.decided_since(number), "a person has decided since"

    def decided_since(self, number: int) -> list[Decision]:
        """Return the decisions after one that a person has taken, and all have signed who must."""
        return [
            one
            for one in self.book.case.decisions
            if one.said.number > number
            if one.by != MACHINE.name and one.entry not in self.book.case.refused
            if one.confirmations
            or not any(
                not ALONE.get(measure.kind, set()).isdisjoint(measure.targets)
                for measure in one.said.measures
            )
        ]

    @rule(number=DECISIONS)
    def appeal(self, number: int) -> None:
        """Appeal, for the subject."""
        self.ask(Appeal(self.chosen(number), digest("appeal")), PLATFORM)

    @rule(number=DECISIONS, result=st.sampled_from(Result), by=PERSONS)
    def contest(self, number: int, result: Result, by: Actor) -> None:
        """Appeal once everything is on the ledger, and have it judged."""
        self.work()
        self.appeal(number)
        self.judge(number, result, by)

    @precondition(lambda self: self.book.case.stage is Stage.APPEALED)
    @rule(number=DECISIONS, result=st.sampled_from(Result), by=ANYBODY)
    def judge(self, number: int, result: Result, by: Actor) -> None:
        """Judge, but nothing that one had a part in."""
        number = self.chosen(number)
        decision = self.book.case.decision(number)
        self.book.second_person = self.second_person if decision and decision.said.policy else ()
        if self.ask(Rule(number, result, digest("answer")), by):
            assert decision is not None
            assert by.role == "reviewer"
            assert by.name not in parts(decision)
            assert by.name != self.judge_before(decision)
            judged = self.book.case.decision(number)
            if judged and judged.appeal and self.undone_by_two(decision, result):
                self.by_two.add(judged.appeal.result_entry)

    def judge_before(self, decision: Decision) -> str | None:
        """Return who has judged the appeal that a decision comes of."""
        before = self.book.case.replaced_by(decision)
        return before.appeal.judged_by if before and before.appeal else None

    def undone_by_two(self, decision: Decision, result: Result) -> bool:
        """Say whether two undo a decision: as the policy has it or, on an order alone, as two did it.

        Where one alone has signed what two must do, there is nothing to undo.
        """
        for measure in decision.said.measures:
            alone = not ALONE.get(measure.kind, set()).isdisjoint(measure.targets)
            named = measure.kind in self.second_person if decision.said.policy else alone
            if named and (decision.confirmations or not alone):
                return result is not Result.UPHELD
        return False

    @rule(number=DECISIONS, by=ANYBODY)
    def confirm_result(self, number: int, by: Actor) -> None:
        """Confirm what came of an appeal, but nothing that one had a part in, nor where nobody must."""
        number = self.chosen(number)
        decision = self.book.case.decision(number)
        if self.ask(ConfirmResult(number), by):
            assert decision is not None
            assert by.role == "reviewer"
            assert by.name not in parts(decision)
            assert by.name != self.judge_before(decision)
            assert self.needs_second(decision)

    def needs_second(self, decision: Decision) -> bool:
        """Say whether the reversal of a decision needs a second person."""
        return decision.appeal is not None and decision.appeal.result_entry in self.by_two

    def counts(self, decision: Decision) -> bool:
        """Say whether the result of an appeal undoes a decision by now."""
        appeal = decision.appeal
        if appeal is None or appeal.result in (None, Result.UPHELD) or not self.taken(appeal.result_entry):
            return False
        confirmed = any(self.taken(one.entry) for one in appeal.confirmations)
        return confirmed or not self.needs_second(decision)

    @rule(post=st.sampled_from([None, *POSTS]), by=st.sampled_from([READER, Actor("dora", "reviewer")]))
    def complain(self, post: str | None, by: Actor) -> None:
        """Complain, but not of the same again while one waits for the answer."""
        waiting = {(one.by, one.said.post) for one in self.book.case.complaints if not one.answered}
        assert ((by.name, post) not in waiting) == self.ask(
            Complain(Reason.FRAUD, post, digest("complaint")), by
        )

    @precondition(lambda self: self.book.case.complaints)
    @rule(number=st.integers(1, 3), outcome=st.sampled_from(Outcome), by=PERSONS)
    def answer(self, number: int, outcome: Outcome, by: Actor) -> None:
        """Answer a complaint, but not where one has complained oneself."""
        complainants = {complaint.by for complaint in self.book.case.complaints}
        if self.ask(Answer(number, outcome, digest("told")), by):
            assert by.name not in complainants

    @rule(kind=st.sampled_from([MeasureKind.CLOSE_ACCOUNT, MeasureKind.WARN]), by=PERSONS)
    def propose(self, kind: MeasureKind, by: Actor) -> None:
        """Propose a decision."""
        text = digest(f"proposal {self.book.case.version}")
        self.ask(Propose("house-1", (kind,), self.book.now + 60, text), by)

    @precondition(lambda self: self.book.case.proposal)
    @rule()
    def hear(self) -> None:
        """Answer for the subject."""
        self.ask(Hear(digest("an answer")), PLATFORM)

    @rule(post=st.sampled_from(POSTS))
    def find(self, post: str) -> None:
        """Find something else on a post."""
        self.book.record(found(post, f"rule {self.book.case.version}"), MACHINE)

    @rule(by=PERSONS)
    def escalate(self, by: Actor) -> None:
        """Hand the case on."""
        self.ask(Escalate(digest("text")), by)

    @rule(amendment=st.integers(0, 3), by=CLERKS)
    def confirm_order(self, amendment: int, by: Actor) -> None:
        """Confirm the order, or an amendment of it."""
        self.ask_of_order(ConfirmOrder(amendment), by)

    @rule(change=st.sampled_from(Change), posts=TARGETS, by=CLERKS)
    def amend(self, change: Change, posts: list[str | None], by: Actor) -> None:
        """Amend the order."""
        targets = tuple(Target(ACCOUNT, post) for post in posts)
        ends = change is not Change.NARROWED
        self.ask_of_order(Amend(change, digest("reasons"), None if ends else targets), by)

    @rule(change=st.sampled_from(Change), posts=TARGETS)
    def change_order(self, change: Change, posts: list[str | None]) -> None:
        """Amend the order, and have that confirmed."""
        self.work()
        self.amend(change, posts, CLERK)
        self.confirm_order(len(self.order.order.amendments), CLERK_2)

    @rule(number=st.integers(1, 6))
    def append(self, number: int) -> None:
        """Append some of what waits, in order; a decision no sooner than it is due."""
        for signed in [one for one in self.queue.waiting if one.due <= self.book.now][:number]:
            self.learn(signed, self.queue.append(signed))

    @precondition(lambda self: len(self.queue.waiting) > 1)
    @rule()
    def refuse(self) -> None:
        """Refuse the next statement, whatever it says."""
        signed = self.queue.waiting.pop(0)
        self.learn(signed, Refused(signed.statement.entry, "out of order"))
        for carrying in self.book.case.carryings:
            if carrying.entry == signed.statement.entry and carrying.said.direction is Direction.LIFT:
                decision = self.book.case.carried_out(carrying)
                self.lifted[decision.entry, carrying.said.measure, carrying.said.target] -= (
                    1  # it is stated again
                )

    def learn(self, signed: Signed, event: AnyEvent) -> None:
        """Let the case or the order know what became of a statement."""
        if signed.of_case:
            self.book.record(event)
        else:
            self.order.record(event)

    @rule(seconds=st.sampled_from([1, 60, 400]))
    def wait(self, seconds: int) -> None:
        """Let time go on."""
        self.book.now += seconds
        self.order.now = self.queue.now = self.book.now

    @rule()
    def work(self) -> None:
        """Do everything that a worker does."""
        for _ in range(3):
            self.append(1_000)
            self.pass_on()
            self.tell()
            self.state()
            self.carry_out()
        self.check_holds()

    def check_holds(self) -> None:
        """Check that nothing is held that a person has decided on, unless it may be hidden by that yet."""
        case = self.book.case
        for carrying in case.in_force:
            held = case.carried_out(carrying)
            later = [one for one in case.decisions if one.said.number > held.said.number]
            reviews = [one for one in later if one.by != MACHINE.name and self.taken(one.entry)]
            if held.by == MACHINE.name and reviews and not case.refusals:
                assert any(self.may_hide(one) for one in reviews), "held after somebody has decided"

    def may_hide(self, decision: Decision) -> bool:
        """Say whether a decision hides something, now or once a second person has confirmed it."""
        hiding = [one for one in decision.said.measures if one.kind not in UNSEEN]
        waits = [one for one in hiding if not ALONE.get(one.kind, set()).isdisjoint(one.targets)]
        lapsed = any(self.taken(one.entry) for one in self.decided_since(decision.said.number))
        return bool(hiding) and (len(waits) < len(hiding) or bool(decision.confirmations) or not lapsed)

    @rule()
    def pass_on(self) -> None:
        """Pass the order on to the case."""
        for event in self.to_pass_on():
            self.book.record(event)
        assert self.to_pass_on() == []

    def tell(self) -> None:
        """Tell everybody, once."""
        for tell in list(tells(self.book.case)):
            if isinstance(tell.said, tuple):
                decision, result = tell.said
                assert result is Result.UPHELD or self.counts(decision), "told before it counts"
            self.book.record(Noticed(tell.audience, tell.about, digest("notice")))
        for due in list(answers_due(self.book.case)):
            assert due.decision.by != MACHINE.name
            number = due.complaint.said.number
            self.book.record(Answered(number, due.outcome, digest("told"), due.decision.said.number))
        assert not any(tells(self.book.case))
        assert not any(answers_due(self.book.case))

    @rule()
    def state(self) -> None:
        """State what is owed, once; what the ledger would be against waits until the case knows why."""
        for stated in self.book.owed():
            try:
                entry = self.book.record(stated)
            except RefusedError as error:
                self.check_unlearned(stated, error)
                continue
            assert entry
            self.check_owed(stated)

    def carry_out(self) -> None:
        """Let the host do what is on the ledger, and read it back."""
        case = self.book.case
        for carrying in case.carryings:
            if carrying.entry in case.logged and not carrying.done and not case.has_ended(carrying):
                applied = carrying.said.direction is Direction.APPLY
                state = EffectState.APPLIED if applied else EffectState.LIFTED
                self.book.record(EffectStated(carrying.entry, len(carrying.effects) + 1, state))

    def causes(self, decision: Decision, stated: MeasureStated) -> set[bytes | None]:
        """Return all that ends a measure by now."""
        case, causes = self.book.case, set[bytes | None]()
        until = decision.planned(stated.measure).until
        if until is not None and until <= self.book.now:
            causes.add(None)
        appeal = decision.appeal
        if appeal and self.counts(decision):
            nexts = [one for one in case.decisions if one.said.result == appeal.result_entry]
            if appeal.result is Result.REVERSED or any(self.taken(one.entry) for one in nexts):
                causes.add(appeal.result_entry)
        if decision.by == MACHINE.name:
            later = (one for one in case.decisions if one.said.number > decision.said.number)
            causes |= {one.entry for one in later if one.by != MACHINE.name and self.taken(one.entry)}
        on = case.order_cited(decision)
        if on and on.changes:
            post = decision.target(ACCOUNT, stated.target).post
            territory = decision.planned(stated.measure).territory
            elsewhere = decision.said.policy is None and territory != on.territory
            if elsewhere or not on.targets or (on.said_about(post) and not on.covers(post)):
                causes.add(on.changes[-1].entry)
        return causes

    def check_owed(self, stated: MeasureStated) -> None:
        """Check a measure that was stated against everything that it rests on."""
        decision = self.book.case.decision(stated.decision)
        assert decision is not None
        assert self.taken(decision.entry), "without the receipt of its decision"
        planned = decision.planned(stated.measure)
        where = (decision.entry, stated.measure, stated.target)
        causes = self.causes(decision, stated)
        if stated.direction is Direction.APPLY:
            self.applied[where] += 1
            assert self.applied[where] == 1, "applied twice"
            assert not causes, "applied after its end"
            appeal = decision.appeal
            undone = appeal and appeal.result is not Result.UPHELD and self.taken(appeal.result_entry)
            assert not undone, "begun after a result that undoes it, be that confirmed or not"
            assert planned.start is None or planned.start <= self.book.now, "applied before its start"
            if decision.by == MACHINE.name:
                assert planned.kind is MeasureKind.HOLD_CONTENT
            if planned.kind is MeasureKind.CLOSE_ACCOUNT:
                assert decision.said.hearing is not Hearing.NOT_DUE, "nobody was heard"
            if stated.target in ALONE.get(planned.kind, ()):
                others = {one.by for one in decision.confirmations if self.taken(one.entry)}
                assert others - {decision.by}, "without a confirmation by another person"
        else:
            self.lifted[where] += 1
            assert self.lifted[where] == self.applied[where] == 1, "lifted twice, or never applied"
            assert stated.cause in causes, "lifted without a cause"

    @invariant()
    def nobody_has_two_parts(self) -> None:
        """Check that signing, confirming and judging are done by as many persons, of orders as well."""
        for decision in self.book.case.decisions:
            names = [decision.by, *(one.by for one in decision.confirmations)]
            if decision.appeal and decision.appeal.judged_by:
                names += [decision.appeal.judged_by, *(one.by for one in decision.appeal.confirmations)]
            assert len(names) == len(set(names))
        for signed in (self.order.order, *self.order.order.amendments):
            names = [signed.by, *(one.by for one in signed.confirmations)]
            assert len(names) == len(set(names))

    @invariant()
    def what_was_replaced_never_holds(self) -> None:
        """Check that an amendment which nobody had confirmed before the next one is confirmed no more."""
        order = self.order.order
        for amendment in order.amendments[:-1]:
            assert (order.replacing(amendment) is None) == bool(amendment.confirmations)
            assert amendment in order.effective or not amendment.confirmations
            newer = order.replacing(amendment)
            assert not newer or amendment.by != COURT.name or newer.by == COURT.name

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Neither an answer nor a notice is repeated."""
        events = [recorded.event for recorded in self.book.events]
        answered = [event.complaint for event in events if isinstance(event, Answered)]
        assert len(answered) == len(set(answered))
        told = [(event.audience, event.about) for event in events if isinstance(event, Noticed)]
        assert len(told) == len(set(told))

    @invariant()
    def an_appeal_is_not_forgotten(self) -> None:
        """As long as one waits for its result, or for who confirms that, the case says so."""
        case = self.book.case
        pending = any(one.appeal and one.appeal.settled is None for one in case.decisions)
        assert pending == (case.stage is Stage.APPEALED)

    @invariant()
    def nothing_that_comes_in_is_closed_unseen(self) -> None:
        """Check that what came in since a person has last decided is open, or will be, as what was varied."""
        case, came_in = self.book.case, True
        for recorded in self.book.events:
            if isinstance(recorded.event, Decided) and recorded.actor != MACHINE.name:
                came_in = False
            elif isinstance(recorded.event, COMES_IN):
                came_in = True
        nexts = {one.said.result for one in case.decisions if one.entry not in case.refused}
        varied = [one.appeal for one in case.decisions if one.appeal and one.appeal.settled is Result.VARIED]
        left = came_in or case.proposal or any(one.result_entry not in nexts for one in varied)
        assert not left or case.stage not in (Stage.DECIDED, Stage.CLOSED)
        assert not left or needed(case, self.book.now, TABLE)

    @invariant()
    def nothing_that_stands_is_closed(self) -> None:
        """Check that a case is decided while a decision of a person orders something, and closed without."""
        case = self.book.case
        settled = {one.said.number: one.appeal and one.appeal.settled for one in case.decisions}
        standing = [
            one
            for one in case.decisions
            if one.by != MACHINE.name and one.said.measures and one.entry not in case.refused
            if settled[one.said.number] in (None, Result.UPHELD)
        ]
        assert case.stage is not (Stage.CLOSED if standing else Stage.DECIDED)
        assert not case.escalated or case.stage not in (Stage.DECIDED, Stage.CLOSED)

    @invariant()
    def it_is_looked_at_when_it_owes_something(self) -> None:
        """Not before the time that it is said to be looked at does it owe anything, and then it does."""
        now, case = self.book.now, self.book.case
        at = attention(case, now, TABLE)
        if any(tells(case)) or any(answers_due(case)):
            assert at == 0
            return
        last = now + LONGEST if at is None else at
        times = [*range(now, min(last, now + LONGEST), 97), last - 1]
        assert not any(any(owed(case, time, TABLE)) for time in times if time >= now)
        assert at is None or any(owed(case, max(at, now), TABLE))

    @invariant()
    def they_are_what_their_events_add_up_to(self) -> None:
        """Build them anew."""
        assert build(1, self.book.events) == self.book.case
        assert build_order(9, self.order.events) == self.order.order

    def teardown(self) -> None:
        """Append everything: what has a cause to end was then lifted once, if it had begun."""
        if not hasattr(self, "order"):
            return
        self.wait(10_000)
        self.work()
        self.append(1_000)
        case = self.book.case
        for carrying in case.carryings:
            if carrying.said.direction is Direction.APPLY:
                decision = case.carried_out(carrying)
                where = (decision.entry, carrying.said.measure, carrying.said.target)
                ended = bool(self.causes(decision, carrying.said)) and self.taken(carrying.entry)
                assert self.applied[where] == 1
                assert self.lifted[where] == (ended and not self.is_left_to_a_person(carrying))

    def is_left_to_a_person(self, carrying: Carrying) -> bool:
        """Say whether the ledger has refused the end of a measure, and nobody has decided since."""
        case = self.book.case
        ends = [
            one.entry
            for one in case.carryings
            if one.said.direction is Direction.LIFT and one.said.where == carrying.said.where
        ]
        return bool(ends) and {*ends} <= {one.entry for one in case.refusals}


def parts(decision: Decision) -> set[str]:
    """Return everybody who had a part in a decision."""
    appeal = decision.appeal
    judges = [appeal.judged_by, *(one.by for one in appeal.confirmations)] if appeal else []
    return {decision.by, *(one.by for one in decision.confirmations), *(one for one in judges if one)}


TestCasework = Casework.TestCase
TestCasework.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
