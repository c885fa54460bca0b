"""Complaints: of what the machine did not find, and of what is no breach. Who complained is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tipstaff.actions.complain import Receipt, complain
from tipstaff.actions.texts import reader
from tipstaff.base.errors import InputError
from tipstaff.casework.words import Target
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Line, Say, Sight

_DEALER: Final = "ajie_u"
_POST: Final = "ajie_u-02"
_SCAM: Final = "goldfox_support"
_APP: Final = "pactline"
_USERS_PROMISE: Final = "im-2014-6"
"""What users promise: lawful conduct, and true information."""


def tell(stage: Stage) -> Chapter:
    """Take complaints in, decide on what they are about, and answer."""
    when, before = stage.clock.go_on(0, 10, 20), stage.read(_POST)
    receipts = [_take_in(stage, number) for number in range(len(stage.world.complaints))]
    stage.clock.go_on(0, 11, 30)
    stage.block(_SCAM, "marta", stage.case(_SCAM).posts, "Asks readers for recovery phrases, and for fees")
    stage.block(_DEALER, "marta", stage.case(_DEALER).posts, "公开收购、出售USDT，招人出借银行卡")
    reasons = "It signs agreements. There is no coin in it, and nothing to trade."
    stage.ask(_APP, "marta", stage.draft(_APP, reasons, _USERS_PROMISE))
    stage.work()
    found = len(stage.found.get(stage.ids[_POST], ()))
    cases = len({receipt.case for receipt in receipts})
    return Chapter(
        "Readers complain",
        when,
        (
            Say(
                f"{len(receipts)} complaints come in, in {cases} cases. One is about this post, on which the "
                f"policy had found {found or 'nothing'}; Marta finds it to be what the reader says:"
            ),
            Sight("readers saw", before),
            *_exchange(stage, _DEALER),
            Sight("they now see", stage.read(_POST)),
            Say(f"Another is about {_APP}, an app for agreements, and comes to nothing:"),
            *_exchange(stage, _APP),
        ),
    )


def _take_in(stage: Stage, number: int) -> Receipt:
    """Take a complaint of the world in."""
    said = stage.world.complaints[number]
    stage.clock.wait(7)
    with stage.desk() as desk:
        target = Target(stage.subject(said.about), said.post and stage.ids[said.post])
        return complain(desk, reader(target.subject.host, said.by), target, said.reason, said.text)


def _exchange(stage: Stage, name: str) -> Iterator[Line]:
    """Yield what the first who complained in a case has said, and was told."""
    complaint = stage.case(name).complaints[0]
    if complaint.answered is None:
        raise InputError(f"the complaint of {complaint.by} has no answer")
    with stage.desk() as desk:
        said, told = (str(desk.opened(text)) for text in (complaint.said.text, complaint.answered.text))
    yield Fact(complaint.by.rpartition("/")[2], f"“{said}”")
    yield Fact("is told", told)
