"""Evidence: posts as they were, with their images, kept in the vault when they come into a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.host import Image, Snapshot
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Found
from tipstaff.casework.words import Subject
from tipstaff.ledger.cbor import Value


class KeptImage(msgspec.Struct, frozen=True):
    """An image of a post as it was: its name, its kind, how many bytes; `kept` is the commitment to them."""

    name: str
    media_type: str
    size: int
    kept: bytes


class Item(NamedTuple):
    """A post as it was. `images` are addresses of images that stand outside, `files` are kept here.

    `url` is where its original stands, `profile` what its account said of itself.
    """

    text: str
    images: tuple[str, ...]
    files: tuple[KeptImage, ...]
    title: str | None = None
    url: str | None = None
    profile: Mapping[str, str] = MappingProxyType({})

    @property
    def shown(self) -> tuple[str, ...]:
        """The images that it showed: by the names of those that are kept, or their addresses."""
        return (*(file.name for file in self.files), *self.images)


def snapshot_of(desk: Desk, subject: Subject, post: str) -> bytes:
    """Keep a post as it is now, with the profile of its account; returns the commitment.

    Raises `HostError`, and `InputError` where there is no such post.
    """
    (kept,) = _all_kept(desk, subject, [desk.host(subject).snapshot(subject, post)])
    return kept


def keep_snapshot(desk: Desk, case: Case, snapshot: Snapshot) -> bytes:
    """Keep a post, with the profile of its account, in its case; returns the commitment."""
    (kept,) = desk.keep_all(case.subject, [to_keep(desk, case.subject, case, snapshot)])
    return kept


def snapshots_of(desk: Desk, subject: Subject, posts: Iterable[str]) -> dict[str, bytes]:
    """Keep those posts as they are now that are there; returns the commitments, by post.

    None is kept where the host is away. Raises `HostError` then, and `CaseError` where there is none.
    """
    found = dict[str, Snapshot]()
    for post in posts:
        host = desk.host(subject)
        with suppress(InputError):  # which says that the post is gone; a host that is away says otherwise
            found[post] = host.snapshot(subject, post)
    return dict(zip(found, _all_kept(desk, subject, found.values()), strict=True))


def _all_kept(desk: Desk, subject: Subject, found: Collection[Snapshot]) -> list[bytes]:
    """Keep posts of a subject, all or none; returns the commitments."""
    case = desk.cases.find(subject) if any(snapshot.files for snapshot in found) else None
    return desk.keep_all(subject, [to_keep(desk, subject, case, snapshot) for snapshot in found])


def to_keep(desk: Desk, subject: Subject, case: Case | None, snapshot: Snapshot) -> tuple[str, str, Value]:
    """Return what is kept of a post, with the profile of its account; its images are kept by then.

    An image that the case about the subject, if there is one, keeps of this post already is not kept again:
    however often somebody complains, it takes no more room.
    """
    files = dict.fromkeys(snapshot.files)
    before = _images_before(desk, case, snapshot.post.id) if case and files else {}
    told: dict[str, Value] = {
        "id": snapshot.post.id,
        "text": snapshot.post.text,
        "title": snapshot.post.title,
        "url": snapshot.post.url,
        "images": list(snapshot.images),
        "files": [_kept_image(desk, subject, image, before) for image in files],
        "profile": dict(snapshot.profile),
    }
    return "item", "snapshot", told


def _images_before(desk: Desk, case: Case, post: str) -> dict[str, bytes]:
    """Return the commitments to the images that a case keeps of a post, by their names."""
    return {file.name: file.kept for item in _items(desk, case, post) for file in item.files}


def _kept_image(desk: Desk, subject: Subject, image: Image, before: Mapping[str, bytes]) -> dict[str, Value]:
    """Keep an image, unless it was kept before; returns what the snapshot says of it."""
    kept = before.get(image.name) or desk.keep(subject, "item", "image", image.content)
    return {"name": image.name, "media_type": image.media_type, "size": len(image.content), "kept": kept}


def as_it_was(desk: Desk, case: Case, post: str) -> Item | None:
    """Return a post as it was when it came into a case; None where that was erased."""
    return next(_items(desk, case, post), None)


def opened_item(desk: Desk, snapshot: bytes) -> Item | None:
    """Return a post as it was kept; None where that was erased."""
    kept = _opened(desk, snapshot)
    return None if kept is None else _item(kept)


def image_of(desk: Desk, case: Case, name: str, posts: Collection[str] | None = None) -> Image:
    """Return an image of the evidence, or of some posts in it, whatever became of them.

    Raises `MissingError`.
    """
    for post in case.posts if posts is None else posts:
        for item in _items(desk, case, post):
            for file in item.files:
                content = desk.opened(file.kept) if file.name == name else None
                if isinstance(content, bytes):
                    return Image(file.name, file.media_type, content)
    raise MissingError(f"{case} keeps no image {name}: `tipstaff case show` tells which it keeps")


def brought_in(desk: Desk, case: Case) -> Iterator[tuple[str, Item]]:
    """Yield the posts that complaints and orders have brought into a case, as they were then."""
    complaints = (one.said.snapshot for one in case.complaints if one.said.snapshot)
    orders = (one for order in case.orders for one in order.snapshots)
    for snapshot in (*complaints, *orders):
        kept = _opened(desk, snapshot)
        if kept is not None:
            yield kept.id, _item(kept)


class _Snapshot(msgspec.Struct, frozen=True):
    """What is read of a snapshot; those from before square held images have no files."""

    id: str
    text: str
    images: tuple[str, ...]
    files: tuple[KeptImage, ...] = ()
    title: str | None = None
    url: str | None = None
    profile: dict[str, str] = {}


def _items(desk: Desk, case: Case, post: str) -> Iterator[Item]:
    """Yield a post as it was each time that it came into a case; an order has snapshots of others too."""
    snapshots = (
        *(one.snapshot for one in case.found if one.post == post),
        *(one.said.snapshot for one in case.complaints if one.said.post == post and one.said.snapshot),
        *(one for order in case.orders if post in order.named for one in order.snapshots),
    )
    for snapshot in snapshots:
        kept = _opened(desk, snapshot)
        if kept is not None and kept.id == post:
            yield _item(kept)


def _opened(desk: Desk, snapshot: bytes) -> _Snapshot | None:
    """Open a snapshot; None where it was erased."""
    kept = desk.opened(snapshot)
    return None if kept is None else msgspec.convert(kept, _Snapshot)


def _item(kept: _Snapshot) -> Item:
    """Return the post that a snapshot is of."""
    return Item(kept.text, kept.images, kept.files, kept.title, kept.url, kept.profile)


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


class _Chosen(msgspec.Struct, frozen=True):
    """What is read of a finding that a decision rests on."""

    post: str
    policy: str
    rule: str


def chosen_of(desk: Desk, case: Case, evidence: bytes | None) -> list[Found]:
    """Return the findings that a decision rests on, by what was kept of them; none where that was erased."""
    kept = None if evidence is None else desk.opened(evidence)
    chosen = [] if kept is None else msgspec.convert(kept, list[_Chosen])
    return [one for one in case.found if _Chosen(one.post, one.policy, one.rule) in chosen]
