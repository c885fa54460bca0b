"""Evidence: posts as they were, kept in the vault when they come into a case."""

from __future__ import annotations

from collections.abc import Iterable

from tipstaff.actions.desk import Desk
from tipstaff.actions.host import Snapshot
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject


def snapshot_of(desk: Desk, subject: Subject, post: str) -> bytes:
    """Keep a post as it is now, with the profile of its account; returns the commitment.

    Raises `HostError`, and `InputError` where there is no such post.
    """
    (kept,) = snapshots_of(desk, subject, (post,))
    return kept


def snapshots_of(desk: Desk, subject: Subject, posts: Iterable[str]) -> tuple[bytes, ...]:
    """Keep posts as they are now, or none of them where one cannot be had; returns the commitments.

    Raises `HostError`, and `InputError` where there is no such post.
    """
    found = [desk.host(subject).snapshot(subject, post) for post in posts]
    return tuple(_kept(desk, subject, snapshot) for snapshot in found)


def _kept(desk: Desk, subject: Subject, snapshot: Snapshot) -> bytes:
    """Keep a post with the profile of its account; returns the commitment."""
    return desk.keep(
        subject,
        "item",
        "snapshot",
        {
            "id": snapshot.post.id,
            "text": snapshot.post.text,
            "title": snapshot.post.title,
            "url": snapshot.post.url,
            "images": list(snapshot.images),
            "profile": dict(snapshot.profile),
        },
    )


def chosen_evidence(
    desk: Desk, case: Case, posts: tuple[str, ...], rules: tuple[str, ...] = ()
) -> bytes | None:
    """Keep on which findings a decision about some posts rests, all posts where none is named.

    Those of `rules` are chosen, or all. Returns the commitment; None where nothing was found.

    Raises `CaseError`.
    """
    found = [one for one in case.found if not posts or one.post in posts]
    if unknown := [rule for rule in rules if all(one.rule != rule for one in found)]:
        raise CaseError(f"{unknown[0]} was not found on what is decided on: choose among its findings")
    chosen = [one for one in found if not rules or one.rule in rules]
    if not chosen:
        return None
    return desk.keep(
        case.subject,
        "decision",
        "evidence",
        [
            {"post": one.post, "policy": one.policy, "rule": one.rule, "snapshot": one.snapshot}
            for one in chosen
        ],
    )
