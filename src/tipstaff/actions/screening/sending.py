"""Posts that are sent: screened together with what others send, and kept where something was found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Final, NamedTuple, Self

from tipstaff.actions.desk import Desk
from tipstaff.actions.screening.batching import Batching
from tipstaff.actions.screening.keeping import Found, Kept, keep_found
from tipstaff.actions.screening.looking import Look, Looked
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.screening.findings import stands
from tipstaff.screening.posts import Post

_TOGETHER: Final = 1024
"""Posts that are screened together at the most: more are hardly faster, and wait longer for each other."""


class Sent(NamedTuple):
    """What became of a post: what was found, and the case it is in. One that was `refused` is in none."""

    looked: Looked
    case: Case | None = None
    refused: str = ""


class Screening:
    """Screens what is sent, for as long as it is entered.

    Two threads: one looks at posts, the other keeps what was found, so that nobody whose posts are clean
    waits for the disk of others.
    """

    def __init__(self, desk: Desk, look: Look) -> None:
        settings = desk.settings
        self._hosts, self._most = desk.hosts, settings.posts_at_once
        seconds, room = settings.gather_ms / 1000, settings.posts_waiting
        self._looking = Batching[Post, Looked]("screening", look, _TOGETHER, seconds, room)
        # What comes while something is kept is kept together next: it is not waited for.
        self._keeping = Batching[Found, Kept]("keeping", partial(keep_found, desk), _TOGETHER, 0, room)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Begin, and read what is in force before anybody asks."""
        self._stack.enter_context(self._keeping)
        self._stack.enter_context(self._looking).submit(())
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """End once what waits is done."""
        self._stack.close()

    @property
    def waiting(self) -> int:
        """How many posts wait to be screened, or to be kept."""
        return self._looking.waiting + self._keeping.waiting

    async def send(self, posts: Sequence[Post]) -> list[Sent]:
        """Screen posts that were published, and take up what is found; returns what became of each, in order.

        What was found is kept for good by then. The same posts may be sent again, whatever came of it.

        Raises `InputError` where there are too many, `CaseError` where no policy is in force or something
        cannot be kept, `BusyError`, and `HostError`.
        """
        if len(posts) > self._most:
            raise InputError(f"{len(posts):,} posts: send {self._most:,} at a time at the most")
        sent: list[Sent] = [Sent(one) for one in await self._look(posts)]
        found: dict[int, Found] = {}
        for place, (post, (looked, _, _)) in enumerate(zip(posts, sent, strict=True)):
            if refused := looked.refused or self._unknown(post):
                sent[place] = Sent(looked, refused=refused)
            elif standing := [one for one in looked.findings if stands(one)]:
                found[place] = Found(post, standing)
        if found:
            kept = await asyncio.wrap_future(self._keeping.submit(list(found.values())))
            for place, (case, refused, error) in zip(found, kept, strict=True):
                if error is not None:
                    raise error
                sent[place] = sent[place]._replace(case=case, refused=refused)
        return sent

    async def check(self, draft: Post) -> Looked:
        """Screen a draft; nothing is kept of it.

        Raises `InputError` where it cannot be screened, `CaseError` where no policy is in force, `BusyError`.
        """
        (looked,) = await self._look([draft])
        if looked.refused:
            raise InputError(looked.refused)
        return looked

    async def _look(self, posts: Sequence[Post]) -> list[Looked]:
        """Have posts screened, together with what others send."""
        return await asyncio.wrap_future(self._looking.submit(posts))

    def _unknown(self, post: Post) -> str:
        """Say why there can be no case about the account of a post; empty if there can be."""
        for name, value in (("id", post.id), ("account", post.account)):
            if "\0" in value:
                return f"{name} has a NUL (U+0000): leave it out"
        if post.host in self._hosts:
            return ""
        known = ", ".join(sorted(self._hosts))
        told = "host is missing" if not post.host else f"host is {post.host[:80]!r}, which is not known here"
        return f"{told}: write where it was published, one of {known}"
