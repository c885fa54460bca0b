"""Users, tokens and links in memory, for tests and trials."""

from __future__ import annotations

from tipstaff.actions.access.links import Link
from tipstaff.actions.access.tokens import Token, User


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
