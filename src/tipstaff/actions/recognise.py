"""Recognising closed accounts that have registered again: a case for somebody to look at, no more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tipstaff.actions.again import again
from tipstaff.actions.desk import MACHINE, Desk
from tipstaff.casework.case import Case
from tipstaff.casework.events import Opened, Recorded, Source, Suspected, Traced
from tipstaff.casework.traces import shared_kinds, traces_of
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.screening.posts import Post


def traced(desk: Desk, subject: Subject) -> Traced:
    """Return what an account is recognised by. Raises `HostError`."""
    host = desk.host(subject)
    return Traced(traces_of(host.profile(subject), host.posts_of(subject)))


def recognise(desk: Desk, posts: Iterable[Post]) -> list[Case]:
    """Compare the accounts of some posts with those that were closed; returns the cases of new suspects."""
    by_subject: dict[Subject, list[Post]] = {}
    for post in posts:
        if post.host:
            subject = Subject(post.host, SubjectKind.ACCOUNT, post.account)
            by_subject.setdefault(subject, []).append(post)
    suspects = []
    for subject, own in by_subject.items():
        traces = traces_of(desk.host(subject).profile(subject), own)
        for number, shared in desk.cases.sharing(traces).items():
            kinds = shared_kinds(shared, traces)
            closed = desk.cases.load(number)
            if not kinds or closed.subject == subject or not closed.is_closed:
                continue
            case = again(partial(_suspected, desk, subject, Suspected(number, kinds)))
            suspects += [case] if case else []
    return suspects


def _suspected(desk: Desk, subject: Subject, suspected: Suspected) -> Case | None:
    """Bring a suspect before reviewers; returns the case, None where they know. Raises `MovedError`.

    One that was closed itself has nothing to be decided on.
    """
    known = desk.cases.find(subject)
    if known and known.is_closed:  # it was there before, and its copies look like it
        return None
    case = desk.cases.open(subject, Recorded(desk.clock(), MACHINE.name, Opened(subject, Source.SUSPECT)))
    if any(one.case == suspected.case for one in case.suspected):
        return None
    return desk.record(case, MACHINE, [suspected])
