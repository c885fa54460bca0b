"""Taking up what screening found: a case for each account, with a snapshot of each post."""

from __future__ import annotations

from collections.abc import Iterable

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import snapshot_of
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor
from tipstaff.casework.events import Found, Opened, Recorded, Source
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding

MACHINE = Actor("machine", "machine")
"""Who found it."""


def take_up(desk: Desk, findings: Iterable[Finding]) -> list[Case]:
    """Bring findings before reviewers; returns the cases in which something is new.

    A finding that an exemption takes out, or that was taken up before, is left alone.
    """
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in findings:
        if finding.outcome is not Outcome.PERMITTED and not finding.exempted_by and finding.host:
            subject = Subject(finding.host, SubjectKind.ACCOUNT, finding.account)
            by_subject.setdefault(subject, []).append(finding)
    changed = []
    for subject, found in by_subject.items():
        opened = Recorded(desk.clock(), MACHINE.name, Opened(subject, Source.FINDING))
        case = desk.cases.open(subject, opened)
        known = {(one.post, one.policy, one.rule) for one in case.found}
        new = [one for one in found if (one.post, one.policy, one.rule) not in known]
        if new:
            events = [_event(desk, subject, finding) for finding in new]
            changed.append(desk.record(case, MACHINE, events))
    return changed


def _event(desk: Desk, subject: Subject, finding: Finding) -> Found:
    """Keep what the post looks like now, and say what was found on it."""
    kept = snapshot_of(desk, subject, finding.post)
    return Found(finding.post, finding.policy, finding.rule, finding.provision, finding.severity, kept)
