"""Those who decide, appeal, judge, complain, order and have texts erased; and what they were told."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.complain import complain, reader
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.erase import erase, erase_complaints
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.texts import complaint_key, order_key
from tipstaff.bench.casework import decide
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Appeal, Asked, Decide, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Reason, Result
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.words import MeasureKind, Target
from tipstaff.policy.model import Policy
from tipstaff.vault.vault import VaultError

JUDGE: Final = Actor("judge", "reviewer")
CLERKS: Final = (Actor("clerk", "clerk"), Actor("second", "clerk"))
_REVIEWER: Final = Actor("reviewer", "reviewer")
_AUTHORITY: Final = "bureau"
_DAYS: Final = 30 * 86_400


class Load:
    """Everybody but the worker; what is counted was acknowledged to them, by case or order."""

    def __init__(self, desk: Desk, policy: Policy, chance: random.Random) -> None:
        self.desk, self._policy, self._chance = desk, policy, chance
        self._numbers = desk.cases.numbers()
        self._readers: list[str] = []
        self.decisions: Counter[int] = Counter()
        self.results: Counter[int] = Counter()
        self.orders: set[int] = set()
        self.amended: Counter[int] = Counter()
        self.complaints: dict[int, set[int]] = {}
        self.erasures: Counter[int] = Counter()
        self.gone: set[str] = set()

    def ask(self) -> None:
        """Ask something; where the worker was faster, or it cannot be, nothing was acknowledged."""
        acts: tuple[Callable[[Case], None], ...] = (
            self.decide, self.reverse, self.complain, self.enter_order,
            self.narrow, self.decide_under, self.erase,
        )  # fmt: skip
        (act,) = self._chance.choices(acts, (30, 25, 12, 10, 6, 10, 7))
        with suppress(MovedError):
            act(self.desk.cases.load(self._chance.choice(self._numbers)))

    def decide(self, case: Case) -> None:
        """Decide on a case, which nobody does while it is being erased."""
        with suppress(CaseError):
            decide(self.desk, self._policy, case.number)
            self.decisions[case.number] += 1

    def reverse(self, case: Case) -> None:
        """Have a decision appealed against, and reversed."""
        open_ones = [one for one in case.decisions if one.entry in case.logged and not one.appeal]
        if not open_ones or case.erasing:
            return
        decision = open_ones[0].said.number
        text = self.desk.keep(case.subject, "appeal", "text", "这是新闻")
        with suppress(CaseError):  # one that orders nothing
            ask(self.desk, case.number, PLATFORM, Appeal(decision, text))
            ask(self.desk, case.number, JUDGE, Rule(decision, Result.REVERSED, text))
            self.results[case.number] += 1

    def complain(self, case: Case) -> None:
        """Complain, each time as another reader."""
        by = reader("square", f"reader-{len(self._readers)}")
        self._readers.append(by)
        with suppress(CaseError):
            told = complain(self.desk, by, Target(case.subject, case.posts[0]), Reason.FRAUD, "骗了我三千块")
            self.complaints.setdefault(told.case, set()).add(told.complaint)

    def enter_order(self, case: Case) -> None:
        """Let an order come in about posts of two accounts, and have it confirmed."""
        other = self.desk.cases.load(self._chance.choice(self._numbers))
        targets = tuple(dict.fromkeys(Target(one.subject, one.posts[0]) for one in (case, other)))
        reference = f"{len(self.orders)}-{self.desk.clock()}-{self._chance.randrange(1 << 30)}"
        text = self.desk.keep(order_key(_AUTHORITY, reference), "order", "text", "屏蔽")
        command = EnterOrder(
            _AUTHORITY, reference, "im-2014", Scope.CONTENT, targets, "CN", self.desk.clock() + _DAYS, text
        )
        number = enter(self.desk, CLERKS[0], command).number
        self.orders.add(number)
        ask_of_order(self.desk, number, CLERKS[1], ConfirmOrder())

    def narrow(self, _: Case) -> None:
        """Narrow an order to the first of its targets, and have that confirmed."""
        for number in sorted(self.orders):
            order = self.desk.cases.load_order(number)
            if (
                order.confirmed
                and not order.amendments
                and len(order.terms.targets) > 1
                and not order.erasing
            ):
                reasons = self.desk.keep(
                    order_key(_AUTHORITY, order.said.reference), "amendment", "reasons", "不再需要"
                )
                amend = Amend(Change.NARROWED, reasons, order.terms.targets[:1])
                ask_of_order(self.desk, number, CLERKS[0], amend)
                ask_of_order(self.desk, number, CLERKS[1], ConfirmOrder(1))
                self.amended[number] += 1
                return

    def decide_under(self, case: Case) -> None:
        """Carry an order out on the post of a case, where it is the first that the order names."""
        for on in case.orders:
            order = self.desk.cases.load_order(on.said.order)
            left = order.terms.targets
            done = any(one.said.order == on.said.entry for one in case.decisions)
            if (
                on.targets
                and not done
                and left
                and (left[0].subject == case.subject or order.amendments == ())
            ):
                self._carry_out(case, on.said.order)
                return

    def _carry_out(self, case: Case, order: int) -> None:
        """Decide under an order alone."""
        reasons = self.desk.keep(case.subject, "decision", "reasons", "依令屏蔽")
        measures = (Asked(MeasureKind.BLOCK_CONTENT, case.posts, "CN"),)
        with suppress(CaseError):
            command = Decide(case.found[0].provision, None, None, measures, reasons, order=order)
            ask(self.desk, case.number, _REVIEWER, command)
            self.decisions[case.number] += 1

    def erase(self, case: Case) -> None:
        """Have the texts of an account erased, or those of somebody who has complained of it."""
        with suppress(CaseError, VaultError):  # needed still; or being read, then a worker finishes it
            if case.complaints and self._chance.random() < 0.5:  # noqa: PLR2004  one of both
                by = case.complaints[0].by
                if erase_complaints(self.desk, by):
                    self.erasures[case.number] += 1
                    self.gone.add(complaint_key(by, case.number))
            elif erase(self.desk, case.subject):
                self.erasures[case.number] += 1

    def finish(self, drain: Callable[[], None]) -> None:
        """Confirm, decide and answer all that is open, and let a worker finish."""
        drain()
        for number in sorted(self.desk.cases.order_numbers()):
            order = self.desk.cases.load_order(number)
            if not order.confirmations:
                ask_of_order(self.desk, number, CLERKS[1], ConfirmOrder())
            for one in order.amendments:
                if not one.confirmations:
                    ask_of_order(self.desk, number, CLERKS[1], ConfirmOrder(one.said.number))
        drain()
        for number in self._numbers:
            case = self.desk.cases.load(number)
            for on in case.orders:
                if on.targets and all(one.said.order != on.said.entry for one in case.decisions):
                    self._carry_out(self.desk.cases.load(number), on.said.order)
            if any(complaint.answered is None for complaint in case.complaints):
                self.decide(case)
        drain()
