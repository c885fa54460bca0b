"""Taking up what screening found: a case for each account, with a snapshot of each post."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple

from tipstaff.actions.again import again
from tipstaff.actions.desk import MACHINE, Desk
from tipstaff.actions.dossiers import evolved
from tipstaff.actions.erase import ready_to_keep
from tipstaff.actions.evidence import to_keep
from tipstaff.actions.host import Snapshot
from tipstaff.actions.reach import reach_of
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked, Decide, Request
from tipstaff.casework.decide import decide
from tipstaff.casework.events import AnyEvent, Found, Opened, Recorded, Source
from tipstaff.casework.stages import to_decide
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.ledger.cbor import Value
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Evidence, Finding, policy_name, stands

_HOUR: Final = 3600


class Hold(NamedTuple):
    """From which severity on a violation is held until it has been reviewed, and for how many seconds."""

    severity: int
    seconds: int


def hold_of(severity: int, hours: int) -> Hold | None:
    """Return what is held from a severity on, for some hours; nothing is from 0 on."""
    return Hold(severity, hours * _HOUR) if severity else None


def take_up(desk: Desk, findings: Iterable[Finding], hold: Hold | None = None) -> list[Case]:
    """Bring findings before reviewers; returns the cases in which something is new.

    A finding that an exemption takes out, or that was taken up before, is left alone; so is what an earlier
    version of the policy had found already, unless it is still to be decided on. What is as grave as `hold`
    says is held at once.
    """
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in findings:
        if stands(finding) and finding.host:
            subject = Subject(finding.host, SubjectKind.ACCOUNT, finding.account)
            by_subject.setdefault(subject, []).append(finding)
    taken = [
        take_up_of(desk, subject, found, partial(desk.host(subject).snapshot, subject), hold)
        for subject, found in by_subject.items()
    ]
    return [case for case, is_new in taken if is_new]


class Taken(NamedTuple):
    """The case of an account, and whether something in it is new."""

    case: Case
    new: bool


def take_up_of(
    desk: Desk,
    subject: Subject,
    found: Iterable[Finding],
    snapshot: Callable[[str], Snapshot],
    hold: Hold | None = None,
) -> Taken:
    """Bring findings on posts of one account, all of which stand, before reviewers, as `take_up` does.

    `snapshot` gives a post as it is. All that is new is kept in the vault together, then in the case. Raises
    `HostError`, `CaseError`, and `MovedError` where others change the case again and again.
    """
    findings = list(found)
    return again(lambda: _taken_up(desk, subject, findings, snapshot, hold))


def _taken_up(
    desk: Desk,
    subject: Subject,
    found: Sequence[Finding],
    snapshot: Callable[[str], Snapshot],
    hold: Hold | None,
) -> Taken:
    """Bring findings on posts of one account before reviewers. Raises `MovedError`."""
    opened = Recorded(desk.clock(), MACHINE.name, Opened(subject, Source.FINDING))
    case = ready_to_keep(desk, desk.cases.open(subject, opened))
    new = [finding for finding in found if _is_new(case, finding)]
    if not new:
        return Taken(case, new=False)
    posts = list(dict.fromkeys(finding.post for finding in new))  # each once, whatever was found
    shown = {post: snapshot(post) for post in posts}
    values = [to_keep(desk, subject, case, one) for one in shown.values()]
    values += [("item", "evidence", [_told(one) for one in finding.evidence]) for finding in new]
    kept = desk.keep_all(subject, values)
    snapshots = dict(zip(posts, kept[: len(posts)], strict=True))
    events: list[AnyEvent] = [
        Found(
            one.post, one.policy, one.rule, one.provision, one.severity, snapshots[one.post], evidence,
            *reach_of(shown[one.post].post),
        )
        for one, evidence in zip(new, kept[len(posts) :], strict=True)
    ]  # fmt: skip
    after = evolved(case, [Recorded(desk.clock(), MACHINE.name, event) for event in events])
    events += _held(desk, after, new, hold) if hold else ()
    return Taken(desk.record(case, MACHINE, events), new=True)


def _is_new(case: Case, finding: Finding) -> bool:
    """Say whether a finding is for reviewers: one that a decision can rest on, and that they do not have."""
    same = [one for one in case.found if (one.post, one.rule) == (finding.post, finding.rule)]
    if any(one.policy == finding.policy for one in same):
        return False
    earlier = any(policy_name(one.policy) == policy_name(finding.policy) for one in same)
    return not earlier or to_decide(case)


def _held(desk: Desk, case: Case, found: list[Finding], hold: Hold) -> Sequence[AnyEvent]:
    """Hold the posts with grave violations that nothing was decided on, and that are not held already.

    It is recorded with the findings: dying in between, nobody would come back to them.
    """
    known = {post for decision in case.decisions for post in decision.said.posts}
    grave = [
        one
        for one in found
        if one.outcome is Outcome.VIOLATION and one.severity >= hold.severity and one.post not in known
    ]
    if not grave:
        return ()
    worst = max(grave, key=lambda one: one.severity)
    adopted = desk.policies.adopted(worst.policy)
    if adopted is None:
        return ()
    posts = tuple(dict.fromkeys(one.post for one in grave))
    rules = ", ".join(dict.fromkeys(one.rule for one in grave))
    reasons = desk.keep(case.subject, "decision", "reasons", f"{worst.policy}: {rules}")
    asked = Asked(MeasureKind.HOLD_CONTENT, posts, until=desk.clock() + hold.seconds)
    command = Decide(worst.provision, adopted.entry, adopted.digest, (asked,), reasons)
    return decide(case, Request(command, MACHINE, desk.clock(), desk.table))


def _told(evidence: Evidence) -> dict[str, Value]:
    """Return evidence as it is kept: a span in a field, or a fact without one."""
    return {
        "signal": evidence.signal,
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "matched": evidence.matched,
    }
