"""Keeping what people are told, each under the key of whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import chosen_of
from tipstaff.actions.quotes import quotes_of
from tipstaff.actions.texts import key_of_told
from tipstaff.base.times import told_time
from tipstaff.casework.case import Carrying, Case, Decision
from tipstaff.casework.events import Noticed, Proposed
from tipstaff.casework.lapses import objected_until
from tipstaff.casework.notices import Grounds, account_notice, proposal_notice, result_notice, sentence
from tipstaff.casework.tells import ACCOUNT, AUTHORITY, Tell, complainant, tells
from tipstaff.casework.words import Target

_QUOTED: Final = 5
"""Sentences that a notice quotes at the most; the case has all."""


def noticed(desk: Desk, case: Case) -> Iterator[Noticed]:
    """Tell those who were not told yet; not while texts of the case are about to be erased."""
    for tell in tells(case):
        text = desk.keep(key_of_told(case, tell), "notice", "text", _text(desk, case, tell))
        yield Noticed(tell.audience, tell.about, text)


def _text(desk: Desk, case: Case, tell: Tell) -> str:
    """Return what somebody is told; readers, what they see in place of what is hidden."""
    if isinstance(tell.said, Proposed):
        return proposal_notice(tell.said, told_time(tell.said.until), desk.text(tell.said.text))
    if isinstance(tell.said, Carrying):
        decision, stated = case.carried_out(tell.said), tell.said.said
        planned = decision.planned(stated.measure)
        if tell.audience == ACCOUNT:
            return account_notice(planned, decision.said, stated, _grounds(desk, case, decision, tell.said))
        return sentence(planned.kind, decision.said.provision)
    decision, result = tell.said
    appeal = decision.appeal
    answer = desk.text(appeal.answer) if appeal and appeal.answer and tell.audience == ACCOUNT else None
    return result_notice(decision, result, about=_about(case, decision, tell.audience), answer=answer)


def _grounds(desk: Desk, case: Case, decision: Decision, carrying: Carrying) -> Grounds:
    """Return what a measure is on, why, on what it rests, and until when it can be objected to."""
    target = decision.target(case.subject, carrying.said.target)
    planned = decision.planned(carrying.said.measure)
    appeal = None if decision.appeal else objected_until(case, decision, desk.table)
    times = (told_time(time) if time else None for time in (planned.start, planned.until, appeal))
    return Grounds(
        str(target), desk.text(decision.said.reasons), _quotes(desk, case, decision, target), *times
    )


def _quotes(desk: Desk, case: Case, decision: Decision, target: Target) -> list[str]:
    """Return the first sentences that a decision rests on: of the post that a measure is on, or of all."""
    found = chosen_of(desk, case, decision.said.evidence)
    own = [one for one in found if target.post in (None, one.post)]
    return list(islice(quotes_of(desk, own), _QUOTED))


def _about(case: Case, decision: Decision, audience: str) -> str | None:
    """Return what the result of an appeal concerns of somebody's: their order, or their complaints."""
    order = case.order_cited(decision)
    if audience == AUTHORITY and order:
        return f"{order.said.authority} {order.said.reference}"
    own = [
        one
        for one in case.complaints
        if complainant(one.by) == audience and one.answered and one.answered.decision == decision.said.number
    ]
    numbers = ", ".join(str(one.said.number) for one in own)
    return f"投诉 / complaint {numbers}, {Target(case.subject, own[0].said.post)}" if own else None
