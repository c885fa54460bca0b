"""Users and tokens in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Engine, Row, false, select, text, update

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import Change, Token, User
from tipstaff.casework.words import Subject, target_of
from tipstaff.storage.access.keeping import inserting, keep_row
from tipstaff.storage.access.schema import LOGINS, TOKENS, USERS


class SqlUsers:
    """Users in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def user(self, name: str) -> User | None:
        """Return a user."""
        with self._engine.connect() as connection:
            return next(iter(_users(connection, USERS.c.name == name)), None)

    def users(self) -> list[User]:
        """Return all users, by name."""
        with self._engine.connect() as connection:
            return _users(connection)

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before; their sessions have ended."""
        with self._engine.begin() as connection:
            _keep(connection, user)

    def change_users(self, change: Change, now: int) -> None:
        """Keep the user that comes of all of them, while nobody else keeps one.

        The tokens of one who is stopped are revoked with it, for good.
        """
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
            else:  # whoever writes is alone from then on, though nothing was written
                connection.execute(update(USERS).where(false()).values(active=True))
            changed = change(_users(connection))
            _keep(connection, changed)
            if not changed.active:
                left = (TOKENS.c.user == changed.name, TOKENS.c.revoked_at.is_(None))
                connection.execute(update(TOKENS).where(*left).values(revoked_at=now))

    def token(self, number: str) -> Token | None:
        """Return a token by its id."""
        return next(iter(self._tokens(TOKENS.c.id == number)), None)

    def tokens(self, user: str) -> list[Token]:
        """Return the tokens of a user, the oldest first."""
        return self._tokens(TOKENS.c.user == user)

    def keep_token(self, token: Token) -> None:
        """Keep a token, in place of what was kept of it before."""
        row = row_of(token)
        keep_row(self._engine, TOKENS, {"id": row.pop("id")}, row)

    def _tokens(self, *where: ColumnElement[bool]) -> list[Token]:
        """Return some tokens, the oldest first."""
        query = select(*TOKENS.c).where(*where).order_by(TOKENS.c.made_at, TOKENS.c.id)
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query)]


def row_of(token: Token) -> dict[str, object]:
    """Return a token as it is kept."""
    return {
        "id": token.id,
        "user": token.user,
        "digest": token.digest,
        "scopes": None if token.scopes is None else _words(token.scopes),
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _keep(connection: Connection, user: User) -> None:
    """Keep a user, and end their sessions."""
    row: dict[str, object] = {
        "roles": _words(user.roles),
        "active": user.active,
        "reader": user.reader,
        "holds": list(map(str, user.holds)),
        "queues": None if user.queues is None else _words(user.queues),
    }
    ended = update(LOGINS).where(LOGINS.c.user == user.name).values(version=LOGINS.c.version + 1)
    kept = inserting(connection, USERS).values(name=user.name, **row)
    connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_=row))
    connection.execute(ended)


def _users(connection: Connection, *where: ColumnElement[bool]) -> list[User]:
    """Return some users, by name."""
    columns = [USERS.c[name] for name in User.__struct_fields__]
    query = select(*columns).where(*where).order_by(USERS.c.name)
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
