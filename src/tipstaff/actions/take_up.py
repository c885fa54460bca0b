"""Taking up what screening found: a case for each account, with a snapshot of each post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.desk import MACHINE, Desk
from tipstaff.actions.dossiers import evolved
from tipstaff.actions.erase import ready_to_keep
from tipstaff.actions.evidence import snapshot_of
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
    changed = []
    for subject, found in by_subject.items():
        opened = Recorded(desk.clock(), MACHINE.name, Opened(subject, Source.FINDING))
        case = ready_to_keep(desk, desk.cases.open(subject, opened))
        new = [finding for finding in found if _is_new(case, finding)]
        if new:
            posts = dict.fromkeys(finding.post for finding in new)
            kept = {post: snapshot_of(desk, subject, post) for post in posts}  # once, whatever was found
            events: list[AnyEvent] = [_event(desk, subject, finding, kept[finding.post]) for finding in new]
            after = evolved(case, [Recorded(desk.clock(), MACHINE.name, event) for event in events])
            events += _held(desk, after, new, hold) if hold else ()
            changed.append(desk.record(case, MACHINE, events))
    return changed


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


def _event(desk: Desk, subject: Subject, finding: Finding, kept: bytes) -> Found:
    """Say what was found on a post, of which a snapshot is kept."""
    evidence = desk.keep(subject, "item", "evidence", [_told(one) for one in finding.evidence])
    return Found(
        finding.post, finding.policy, finding.rule, finding.provision, finding.severity, kept, evidence
    )


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
