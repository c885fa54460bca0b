"""Publishing on square: one's own accounts alone, and what was published is looked at as all that is sent."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import Final, NamedTuple

from anyio import sleep, to_thread

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.host import Sentence
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.actions.screening.sending import Screening, Sent
from tipstaff.base.errors import InputError, MissingError, TipstaffError
from tipstaff.base.logs import log_event
from tipstaff.casework.words import SubjectKind
from tipstaff.hosts.square.measures import NAME
from tipstaff.hosts.square.pages import Draft
from tipstaff.hosts.square.platform import Platform
from tipstaff.screening.posts import Post

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 100_000
LONGEST_LINK: Final = 2000
"""Characters that may be written."""

_LINK: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)
"""What a link begins with: a browser runs some others as scripts."""

_PAUSES: Final = (0.1, 0.5, 2.0)
"""Seconds after which a post is sent again where more waits than there is room for."""


class OwnAccount(NamedTuple):
    """An account of one's own; under `silenced` it publishes nothing."""

    handle: str
    name: str
    silenced: Sentence | None


class Published(NamedTuple):
    """A post that was published. `found` says that something in it is held against it.

    It was not `looked` at where that could not be done now: `tipstaff case find` does it.
    """

    post: str
    found: bool
    looked: bool = True


class Authoring:
    """Publishing, for who asks. Everything raises `ForbiddenError`, and `HostError` where square is away."""

    def __init__(self, platform: Platform, screening: Screening, principal: Principal) -> None:
        self._platform = platform
        self._screening = screening
        self._principal = principal

    def accounts(self) -> list[OwnAccount]:
        """Return the accounts of square that one holds, and that are there."""
        self._principal.require(Permission.PUBLISH)
        found = (self._platform.standing_of(handle) for handle in self._handles())
        return [OwnAccount(*one) for one in found if one is not None]

    async def publish(self, handle: str, draft: Draft) -> Published:
        """Publish a post of an account of one's own, and have it looked at.

        Raises `MissingError` for an account of somebody else, `InputError` for what cannot be published, and
        `RefusedError` where a measure forbids it.
        """
        self._principal.require(Permission.PUBLISH)
        if handle not in self._handles():
            raise MissingError(f"there is no account {handle!r} of yours on {NAME}")
        check_draft(draft)
        return await self._look(await to_thread.run_sync(self._platform.publish, handle, draft))

    async def _look(self, post: str) -> Published:
        """Have a post looked at that is published by now.

        What goes wrong with that is told to the log: whoever was told of it here would publish it twice.
        """
        try:
            (sent,) = await self._send(await to_thread.run_sync(self._platform.as_screened, post))
        except TipstaffError as error:
            return _not_looked_at(post, type(error).__name__)
        return _not_looked_at(post, "refused") if sent.refused else Published(post, sent.case is not None)

    async def _send(self, post: Post) -> list[Sent]:
        """Send a post, a few times where more waits than there is room for. Raises as `Screening.send`."""
        for pause in _PAUSES:
            with suppress(BusyError):
                return await self._screening.send([post])
            await sleep(pause)
        return await self._screening.send([post])

    def _handles(self) -> list[str]:
        """Return the handles of the accounts on square that one holds."""
        held = self._principal.holds
        return [one.id for one in held if one.host == NAME and one.kind is SubjectKind.ACCOUNT]


def check_draft(draft: Draft) -> None:
    """Refuse what is too long, and links that are none. Raises `InputError`."""
    for name, written, longest in (
        ("title", draft.title, LONGEST_TITLE),
        ("text", draft.text, LONGEST_TEXT),
        ("link", draft.url, LONGEST_LINK),
    ):
        if written is not None and len(written) > longest:
            raise InputError(f"the {name} has {len(written):,} characters: {longest:,} are the most")
    if draft.url is not None and not _LINK.fullmatch(draft.url):
        raise InputError(f"{draft.url[:80]!r} is no link: write it like https://example.org/article")


def _not_looked_at(post: str, reason: str) -> Published:
    """Tell the log of a post that was published and not looked at."""
    log_event(logging.ERROR, "published post not screened", post=post, reason=reason)
    return Published(post, found=False, looked=False)
