"""The door: what somebody reaches who comes with a link, and has no name here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import msgspec

from tipstaff.actions.access.links import Links, Purpose, Used, use_link, used_for
from tipstaff.actions.desk import Desk
from tipstaff.actions.held import Rests, image_told, rests_on
from tipstaff.actions.holdings import AsItWas, Item, Ruling, ruling_of, time_of
from tipstaff.actions.host import Image
from tipstaff.actions.objections import answer, appeal
from tipstaff.actions.policies import Shelf
from tipstaff.actions.standing import Hearing, basis_of, hearing_of
from tipstaff.casework.case import Proposal
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Policy


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What a link is about: what is proposed, or decided and until when that may be appealed against.

    `until` is when the link ends. `found` is what it rests on, `posts` the others that it is about, as they
    were then.
    """

    purpose: Purpose
    subject: str
    until: str
    hearing: Hearing | None
    decision: Ruling | None
    found: tuple[Item, ...]
    posts: tuple[AsItWas, ...]


class LinkFile(NamedTuple):
    """What a link is about, and what that rests on."""

    matter: Matter
    rests: Rests


class Door:
    """The actions, for who comes with a link. Whatever is wrong with it: `MissingError`."""

    def __init__(self, desk: Desk, links: Links, shelf: Shelf, opened: Callable[[Used], None]) -> None:
        """Open links; `opened` is told of each, before anything comes of that."""
        self._desk = replace(desk, kept=[])  # others keep texts meanwhile, which are none of this one's
        self._links = links
        self._shelf = shelf
        self._opened = opened

    def read(self, shown: str) -> Matter:
        """Return what a link is about. Raises `MissingError`."""
        return self._matter(self._used(shown))

    def file(self, shown: str) -> LinkFile:
        """Return what a link is about, with each passage that it rests on. Raises `MissingError`."""
        used = self._used(shown)
        stated = self._desk.policies.stated()
        about = used.decision or used.about
        return LinkFile(self._matter(used), rests_on(self._desk, used.case, about, stated))

    def image(self, shown: str, name: str) -> Image:
        """Return an image of a post that a link is about, as it was kept. Raises `MissingError`."""
        used = self._used(shown)
        return image_told(self._desk, used.case, (used.decision or used.about,), name)

    def policy(self, reference: str) -> Policy:
        """Return a version of a policy, whose words are told with what was found by it.

        Raises as `Shelf.read` does.
        """
        return self._shelf.read(reference)

    def answer(self, shown: str, text: str) -> Matter:
        """Answer what is proposed. Raises `MissingError`, and `CaseError` where it cannot be answered."""
        used = self._used(shown)
        if not isinstance(used.about, Proposal):
            raise CaseError("this link is to appeal by: what was decided is answered no more")
        case = answer(self._desk, used.case.number, text, used.about.said.text)
        return self._matter(used_for(used.link, case))

    def appeal(self, shown: str, text: str, attachment: bytes | None = None) -> Matter:
        """Appeal against a decision. Raises `MissingError`, and `CaseError` where that cannot be done."""
        used = self._used(shown)
        if isinstance(used.about, Proposal):
            raise CaseError("this link is to answer by: whoever sent it issues another one for an appeal")
        case = appeal(self._desk, used.case.number, used.about.said.number, text, attachment)
        return self._matter(used_for(used.link, case))

    def _used(self, shown: str) -> Used:
        """Return what a link is used for. Raises `MissingError`."""
        used = use_link(self._links, self._desk.cases, shown, self._desk.clock())
        self._opened(used)
        return used

    def _matter(self, used: Used) -> Matter:
        """Return what a link is about, for whoever holds it."""
        found, posts = basis_of(self._desk, used.case, used.about)
        hearing = hearing_of(self._desk, used.about) if isinstance(used.about, Proposal) else None
        return Matter(
            purpose=used.link.purpose,
            subject=str(used.case.subject),
            until=time_of(used.until),
            hearing=hearing,
            decision=ruling_of(self._desk, used.case, used.decision) if used.decision else None,
            found=found,
            posts=posts,
        )
