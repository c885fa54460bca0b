"""Taking a complaint in: it opens a case where there is none, unless who complains is muted."""

from __future__ import annotations

from typing import Final, NamedTuple

from tipstaff.actions.ask import StaleError, ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import keep_snapshot
from tipstaff.actions.reach import Reach, reach_of
from tipstaff.actions.texts import READER, complaint_key, reader
from tipstaff.base.errors import InputError
from tipstaff.casework.commands import Actor, Complain
from tipstaff.casework.complaints import check_standing
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Opened, Reason, Recorded, Source
from tipstaff.casework.words import Target

_PERSONS: Final = ("reviewer", "clerk")
_NAME_SIZE: Final = 200


class Receipt(NamedTuple):
    """Under which numbers a complaint can be asked for."""

    case: int
    complaint: int


def complain(desk: Desk, by: str, target: Target, reason: Reason, text: str) -> Receipt:
    """Take a complaint about a subject or a post of it in; returns its receipt.

    A reader is named HOST/reader/NAME: no name of theirs is that of a person who signs here. The post is kept
    as it is now. Raises `CaseError` for who is muted or has nothing to say, and `InputError` for what is not
    there.
    """
    if not text.strip():
        raise CaseError("a complaint says what is wrong: it needs a text")
    _check_name(desk, by)
    check_standing(desk.cases.complaints_of(by), desk.clock())
    subject, post = target.subject, target.post
    desk.host(subject).read_back(target)  # complaints are about what there is
    while True:
        shown = desk.host(subject).snapshot(subject, post) if post else None
        # Nothing is kept before there is a case: with that it would be erased, whoever dies here.
        case = desk.cases.open(subject, Recorded(desk.clock(), by, Opened(subject, Source.COMPLAINT)))
        snapshot = keep_snapshot(desk, case, shown) if shown else None
        kept = desk.keep(complaint_key(by, case.number), "complaint", "text", text)
        reach = reach_of(shown.post) if shown else Reach()
        command = Complain(reason, post, kept, snapshot, *reach)
        try:
            case = ask(desk, case.number, Actor(by, READER), command, case.version)
        except (MovedError, StaleError):  # texts may have been erased by then: it is all kept anew, unasked
            desk.let_go()
        else:
            return Receipt(case.number, case.complaints[-1].said.number)


def _check_name(desk: Desk, by: str) -> None:
    """Refuse names that are not a reader's, nor those of persons who work here. Raises `InputError`.

    What is kept of somebody in a case has their name, `#` and the case: no name may look like that.
    """
    host, _, name = by.partition(f"/{READER}/")
    if host in desk.hosts and name and "#" not in name and len(by) <= _NAME_SIZE:
        return
    mend = f"{by!r} is no name of a reader: write {reader('HOST', 'NAME')}, no `#` in it"
    if "/" in by:
        raise CaseError(mend)
    try:
        role = desk.actor(by).role
    except InputError as error:
        raise CaseError(f"{mend}. Nor is it a person who signs here: {error}") from error
    if role not in _PERSONS:
        raise CaseError(mend)
