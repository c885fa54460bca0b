"""Keeping what people are told, each under the key of whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tipstaff.actions.desk import Desk
from tipstaff.actions.texts import key_of_told
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.events import Noticed, Proposed
from tipstaff.casework.notices import account_notice, proposal_notice, result_notice, sentence
from tipstaff.casework.tells import ACCOUNT, Tell, tells


def noticed(desk: Desk, case: Case) -> Iterator[Noticed]:
    """Tell those who were not told yet; not while texts of the case are about to be erased."""
    for tell in tells(case):
        text = desk.keep(key_of_told(case, tell), "notice", "text", _text(case, tell))
        yield Noticed(tell.audience, tell.about, text)


def _text(case: Case, tell: Tell) -> str:
    """Return what somebody is told; readers, what they see in place of what is hidden."""
    if isinstance(tell.said, Proposed):
        until = datetime.fromtimestamp(tell.said.until, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return proposal_notice(tell.said, until)
    if isinstance(tell.said, Carrying):
        decision, stated = case.carried_out(tell.said), tell.said.said
        planned = decision.planned(stated.measure)
        if tell.audience == ACCOUNT:
            return account_notice(planned, decision.said, stated)
        return sentence(planned.kind, decision.said.provision)
    return result_notice(*tell.said)
