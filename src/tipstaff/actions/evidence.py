"""Evidence: posts as they were, kept in the vault when they come into a case."""

from __future__ import annotations

from tipstaff.actions.desk import Desk
from tipstaff.casework.words import Subject


def snapshot_of(desk: Desk, subject: Subject, post: str) -> bytes:
    """Keep a post as it is now, with the profile of its account; returns the commitment.

    Raises `HostError`, and `InputError` where there is no such post.
    """
    snapshot = desk.host(subject).snapshot(subject, post)
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
