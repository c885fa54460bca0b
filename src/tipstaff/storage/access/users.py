"""Users and tokens in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Engine, Row, select, update

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import Token, User
from tipstaff.casework.words import Subject, target_of
from tipstaff.storage.access.keeping import keep_row
from tipstaff.storage.access.schema import LOGINS, TOKENS, USERS


class SqlUsers:
    """Users in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def user(self, name: str) -> User | None:
        """Return a user."""
        return next(iter(self._users(USERS.c.name == name)), None)

    def users(self) -> list[User]:
        """Return all users, by name."""
        return self._users()

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before; their sessions have ended."""
        row: dict[str, object] = {
            "roles": _words(user.roles),
            "active": user.active,
            "reader": user.reader,
            "holds": list(map(str, user.holds)),
            "queues": None if user.queues is None else _words(user.queues),
        }
        ended = update(LOGINS).where(LOGINS.c.user == user.name).values(version=LOGINS.c.version + 1)
        keep_row(self._engine, USERS, {"name": user.name}, row, ended)

    def token(self, number: str) -> Token | None:
        """Return a token by its id."""
        return next(iter(self._tokens(TOKENS.c.id == number)), None)

    def tokens(self, user: str) -> list[Token]:
        """Return the tokens of a user, the oldest first."""
        return self._tokens(TOKENS.c.user == user)

    def keep_token(self, token: Token) -> None:
        """Keep a token, in place of what was kept of it before."""
        row: dict[str, object] = {
            "user": token.user,
            "digest": token.digest,
            "scopes": None if token.scopes is None else _words(token.scopes),
            "made_at": token.made_at,
            "expires_at": token.expires_at,
            "revoked_at": token.revoked_at,
        }
        keep_row(self._engine, TOKENS, {"id": token.id}, row)

    def _users(self, *where: ColumnElement[bool]) -> list[User]:
        """Return some users, by name."""
        columns = [USERS.c[name] for name in User.__struct_fields__]
        query = select(*columns).where(*where).order_by(USERS.c.name)
        with self._engine.connect() as connection:
            return [
                User(
                    name,
                    frozenset(map(Role, roles)),
                    active,
                    reader,
                    _subjects(holds or ()),
                    None if queues is None else frozenset(queues),
                )
                for name, roles, active, reader, holds, queues in connection.execute(query)
            ]

    def _tokens(self, *where: ColumnElement[bool]) -> list[Token]:
        """Return some tokens, the oldest first."""
        query = select(*TOKENS.c).where(*where).order_by(TOKENS.c.made_at, TOKENS.c.id)
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query)]


def _token(row: Row[tuple[object, ...]]) -> Token:
    """Return the token of a row."""
    number, user, digest, scopes, *times = row
    return Token(number, user, digest, None if scopes is None else frozenset(map(Permission, scopes)), *times)


def _subjects(written: Iterable[str]) -> tuple[Subject, ...]:
    """Return the subjects that are kept by their names."""
    return tuple(target_of(one).subject for one in written)


def _words(words: Iterable[str]) -> list[str]:
    """Return words as they are kept: in one order."""
    return sorted(map(str, words))
