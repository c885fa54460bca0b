"""What an account holder says: the answer to a proposal, and appeals; the platform signs for them.

Whoever writes a text does not ask for it again because a worker has gone on with the case meanwhile: where
the case has moved on it is kept anew, and asked for as the case stands by then.
"""

from __future__ import annotations

from collections.abc import Callable

from tipstaff.actions.ask import StaleError, ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import PLATFORM, Desk, leaving_nothing
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Appeal, Command, Hear
from tipstaff.casework.errors import CaseError


def answer(desk: Desk, number: int, text: str, proposal: bytes | None = None) -> Case:
    """Take the answer to what is proposed in a case in; returns the case after it. Raises `CaseError`.

    Where the text of a `proposal` is given, only to that one: nobody has answered what they have not read.
    """

    def command(case: Case) -> Command:
        if proposal is not None and (case.proposal is None or case.proposal.said.text != proposal):
            raise CaseError("this was decided on, or something else is proposed by now: look at it again")
        return Hear(desk.say(case.subject, "hearing", "text", text))

    return _ask(desk, number, command)


def appeal(desk: Desk, number: int, decision: int, text: str, attachment: bytes | None = None) -> Case:
    """Take an appeal against a decision in; returns the case after it. Raises `CaseError`.

    `attachment` is a document that goes with the text.
    """

    def command(case: Case) -> Command:
        said = desk.say(case.subject, "appeal", "text", text)
        document = (
            desk.keep(case.subject, "appeal", "attachment", attachment) if attachment is not None else None
        )
        return Appeal(decision, said, document)

    return _ask(desk, number, command)


def _ask(desk: Desk, number: int, command: Callable[[Case], Command]) -> Case:
    """Ask for what a command makes of a case as it stands, until it stands still."""
    while True:
        with leaving_nothing(desk):
            case = desk.cases.load(number)
            try:
                return ask(desk, number, PLATFORM, command(case), case.version)
            except (MovedError, StaleError):
                desk.let_go()
