"""Users, tokens, links, the trail and answers in memory, for tests and trials."""

from __future__ import annotations

from itertools import islice

from tipstaff.actions.access.links import Link
from tipstaff.actions.access.once import Begun
from tipstaff.actions.access.tokens import Token, User
from tipstaff.actions.access.trail import Kept, Sought, Visit


class MemoryUsers:
    """Users who are forgotten with the process."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._tokens: dict[str, Token] = {}

    def user(self, name: str) -> User | None:
        """Return a user."""
        return self._users.get(name)

    def users(self) -> list[User]:
        """Return all users, by name."""
        return [self._users[name] for name in sorted(self._users)]

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before."""
        self._users[user.name] = user

    def token(self, number: str) -> Token | None:
        """Return a token by its id."""
        return self._tokens.get(number)

    def tokens(self, user: str) -> list[Token]:
        """Return the tokens of a user, the oldest first."""
        found = (one for one in self._tokens.values() if one.user == user)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_token(self, token: Token) -> None:
        """Keep a token, in place of what was kept of it before."""
        self._tokens[token.id] = token


class MemoryLinks:
    """Links that are forgotten with the process."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}

    def link(self, number: str) -> Link | None:
        """Return a link by its id."""
        return self._links.get(number)

    def links(self, case: int) -> list[Link]:
        """Return the links into a case, the oldest first."""
        found = (one for one in self._links.values() if one.case == case)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_link(self, link: Link) -> None:
        """Keep a link, in place of what was kept of it before."""
        self._links[link.id] = link


class MemoryTrail:
    """Visits that are forgotten with the process."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []
        self._next = 1

    def add(self, visit: Visit) -> None:
        """Keep one more."""
        self._kept.append(Kept(self._next, visit))
        self._next += 1

    def visits(self, sought: Sought, most: int, before: int | None) -> list[Kept]:
        """Return the newest that are sought, the newest first; those of lower numbers than `before`."""
        older = (one for one in reversed(self._kept) if before is None or one.number < before)
        return list(islice((one for one in older if _fits(one.visit, sought)), most))

    def forget(self, until: int) -> int:
        """Forget those from before a time; returns how many."""
        left = [one for one in self._kept if one.visit.at >= until]
        gone = len(self._kept) - len(left)
        self._kept = left
        return gone


class MemoryAnswers:
    """Requests that are forgotten with the process."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Begun] = {}

    def begin(self, begun: Begun, until: int) -> Begun | None:
        """Keep it before it is done; returns what is kept under its `id`, if something is."""
        self._kept = {number: one for number, one in self._kept.items() if one.at >= until}
        kept = self._kept.setdefault(begun.id, begun)
        return None if kept is begun else kept

    def end(self, begun: Begun) -> None:
        """Keep its answer."""
        self._kept[begun.id] = begun

    def drop(self, number: bytes) -> None:
        """Keep it no more: nothing was done."""
        self._kept.pop(number, None)


def _fits(visit: Visit, sought: Sought) -> bool:
    """Say whether a visit is what is sought."""
    same = all(
        wanted is None or wanted == found
        for wanted, found in (
            (sought.user, visit.user),
            (sought.operation, visit.operation),
            (sought.status, visit.status),
        )
    )
    within = sought.path is None or f"{visit.path}/".replace("?", "/").startswith(f"{sought.path}/")
    return (
        same
        and within
        and (sought.since is None or visit.at >= sought.since)
        and (sought.until is None or visit.at < sought.until)
    )
