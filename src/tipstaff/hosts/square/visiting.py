"""Square for one who is logged in as a reader: whom they follow is theirs, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.texts import reader
from tipstaff.hosts.square.measures import NAME
from tipstaff.hosts.square.pages import AccountLine, PostPage
from tipstaff.hosts.square.platform import FEED, LINES, Platform


def is_reader(principal: Principal) -> bool:
    """Say whether somebody reads square under a name of theirs."""
    return principal.may(Permission.COMPLAIN) and _name_of(principal) is not None


class Visiting:
    """What a reader does on square, under the name that is theirs alone.

    Everything raises `ForbiddenError` for who is no reader of square, and as `Platform` does.
    """

    def __init__(self, platform: Platform, principal: Principal) -> None:
        self._platform = platform
        self._principal = principal

    def follow(self, handle: str) -> None:
        """Follow an account."""
        self._platform.follow(self._reader(), handle)

    def unfollow(self, handle: str) -> None:
        """Follow an account no longer."""
        self._platform.unfollow(self._reader(), handle)

    def follows(self, handle: str) -> bool:
        """Say whether they follow an account."""
        return self._platform.follows(self._reader(), handle)

    def followed(self, after: str = "", most: int = LINES) -> Sequence[AccountLine]:
        """Return a page of the accounts that they follow."""
        return self._platform.followed(self._reader(), after, most)

    def feed(self, before: str | None = None, most: int = FEED) -> Sequence[PostPage]:
        """Return a page of what these have published, newest first."""
        return self._platform.feed(self._reader(), before, most)

    def _reader(self) -> str:
        """Return their name on square."""
        self._principal.require(Permission.COMPLAIN)
        name = _name_of(self._principal)
        if name is None:
            raise ForbiddenError(f"{self._principal.name} is no reader of {NAME} (`tipstaff user --reader`)")
        return name


def _name_of(principal: Principal) -> str | None:
    """Return the name on square that a principal reads under; None where there is none."""
    beginning = reader(NAME, "")
    told = principal.reader or ""
    return told.removeprefix(beginning) or None if told.startswith(beginning) else None
