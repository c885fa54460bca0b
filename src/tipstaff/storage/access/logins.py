"""Logins and sessions in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, tuple_, update

from tipstaff.actions.access.lockout import Change, Key, Tried, digest_of
from tipstaff.actions.access.logins import Login, Session, Standing
from tipstaff.actions.access.tokens import Token
from tipstaff.storage.access.keeping import inserting
from tipstaff.storage.access.passkeys import SqlPasskeys, change_login, change_login_at
from tipstaff.storage.access.schema import LOGINS, PASSKEYS, RECOVERY, SESSIONS, TOKENS, TRIES
from tipstaff.storage.access.users import row_of

_SESSION: Final = [SESSIONS.c[name] for name in Session.__struct_fields__]
_LOGIN: Final = [LOGINS.c[name] for name in Login.__struct_fields__]
_TRIED: Final = [TRIES.c[name] for name in Tried.__struct_fields__]


class SqlLogins(SqlPasskeys):
    """Logins in a database."""

    def login(self, user: str) -> Login | None:
        """Return how somebody logs in."""
        with self._engine.connect() as connection:
            row = connection.execute(select(*_LOGIN).where(LOGINS.c.user == user)).one_or_none()
        return None if row is None else Login(*row)

    def standings(self, users: Sequence[str]) -> Mapping[str, Standing]:
        """Return how the logins of some users stand, all at once."""
        names = {digest_of(one): one for one in users}
        logins = select(*_LOGIN).where(LOGINS.c.user.in_(users))
        owned = PASSKEYS.c.user.in_(users)
        passkeys = select(PASSKEYS.c.user, func.count()).where(owned).group_by(PASSKEYS.c.user)
        tried = select(TRIES.c.name, func.max(TRIES.c.until)).where(TRIES.c.name.in_(names))
        with self._engine.connect() as connection:
            found = {row.user: Login(*row) for row in connection.execute(logins)}
            counted = dict(connection.execute(passkeys).tuples().all())
            locked = {names[name]: until for name, until in connection.execute(tried.group_by(TRIES.c.name))}
        return {one: Standing(found.get(one), counted.get(one, 0), locked.get(one, 0)) for one in users}

    def keep_password(self, user: str, password: str) -> None:
        """Keep a new password; sessions of before have ended, and no secret waits for its code."""
        with self._engine.begin() as connection:
            change_login(connection, user, password=password, initial_until=None, pending=None)

    def give_password(self, user: str, password: str, until: int, by: Session) -> bool:
        """Keep a password that is not their own, as `keep_password` does; says whether it was."""
        with self._engine.begin() as connection:
            still = _goes_on(connection, by, user)
            if still:
                change_login(connection, user, password=password, initial_until=until, pending=None)
        return still

    def change_password(self, user: str, password: str, version: int) -> bool:
        """Keep a new password if a login is at a version still; sessions have ended. Says whether it was."""
        with self._engine.begin() as connection:
            return change_login_at(
                connection, user, version, password=password, initial_until=None, pending=None
            )

    def keep_rehashed(self, user: str, before: str, password: str) -> None:
        """Keep the same password in another form, unless it has changed meanwhile."""
        same = (LOGINS.c.user == user, LOGINS.c.password == before)
        with self._engine.begin() as connection:
            connection.execute(update(LOGINS).where(*same).values(password=password))

    def keep_pending(self, user: str, secret: bytes, version: int) -> bool:
        """Keep the name of a secret that is not in use yet, as `change_password` does."""
        same = (LOGINS.c.user == user, LOGINS.c.version == version)
        with self._engine.begin() as connection:
            return connection.execute(update(LOGINS).where(*same).values(pending=secret)).rowcount == 1

    def keep_totp(
        self, user: str, secret: bytes | None, counter: int, recovery: Sequence[str], version: int
    ) -> bool:
        """Keep a second factor, or that there is none, with recovery codes, as `change_password` does."""
        values = {"totp": secret, "pending": None, "counter": counter}
        with self._engine.begin() as connection:
            if not change_login_at(connection, user, version, **values):
                return False
            connection.execute(delete(RECOVERY).where(RECOVERY.c.user == user))
            for digest in recovery:
                connection.execute(insert(RECOVERY).values(user=user, digest=digest))
        return True

    def forget_second(self, user: str, by: Session | None) -> bool:
        """Forget a second factor, what waits to be one, recovery codes and passkeys; sessions have ended."""
        with self._engine.begin() as connection:
            if by is not None and not _goes_on(connection, by, user):
                return False
            change_login(connection, user, totp=None, pending=None)
            for table in (RECOVERY, PASSKEYS):
                connection.execute(delete(table).where(table.c.user == user))
        return True

    def use_code(self, user: str, secret: bytes, counter: int) -> bool:
        """Take a code of a step, once; says whether it was the first of that step or a later one."""
        unused = (LOGINS.c.user == user, LOGINS.c.totp == secret, LOGINS.c.counter < counter)
        with self._engine.begin() as connection:
            return connection.execute(update(LOGINS).where(*unused).values(counter=counter)).rowcount == 1

    def has_recovery(self, user: str, digest: str) -> bool:
        """Say whether somebody has a recovery code."""
        return self._count(RECOVERY, RECOVERY.c.user == user, RECOVERY.c.digest == digest) == 1

    def use_recovery(self, user: str, digest: str) -> bool:
        """Take a recovery code, once; says whether there was one."""
        return self._delete(RECOVERY, RECOVERY.c.user == user, RECOVERY.c.digest == digest) == 1

    def recovery_left(self, user: str) -> int:
        """Return how many recovery codes somebody has."""
        return self._count(RECOVERY, RECOVERY.c.user == user)

    def add_token(self, token: Token, version: int, most: int) -> bool:
        """Keep a new token if the login of its user is at a version still; says whether it was kept.

        It is not where `most` of theirs can be used when it is made. Who makes two at once makes one after
        the other: each locks the login.
        """
        same = (LOGINS.c.user == token.user, LOGINS.c.version == version)
        used = (
            TOKENS.c.user == token.user, TOKENS.c.revoked_at.is_(None), TOKENS.c.expires_at > token.made_at
        )  # fmt: skip
        counted = select(func.count()).select_from(TOKENS).where(*used)
        with self._engine.begin() as connection:
            locked = connection.execute(update(LOGINS).where(*same).values(version=version)).rowcount == 1
            kept = locked and (connection.scalar(counted) or 0) < most
            if kept:
                connection.execute(insert(TOKENS).values(row_of(token)))
        return kept

    def session(self, digest: bytes) -> Session | None:
        """Return a session."""
        return next(iter(self._sessions(SESSIONS.c.digest == digest)), None)

    def sessions(self, user: str) -> list[Session]:
        """Return the sessions of somebody, the oldest first."""
        return self._sessions(SESSIONS.c.user == user)

    def keep_session(self, session: Session) -> None:
        """Keep a new session."""
        row = {name: getattr(session, name) for name in Session.__struct_fields__}
        with self._engine.begin() as connection:
            connection.execute(insert(SESSIONS).values(row))

    def see_session(self, digest: bytes, at: int) -> None:
        """Keep when a session was last seen."""
        with self._engine.begin() as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.digest == digest).values(seen_at=at))

    def end_sessions(self, user: str, *, number: str | None = None, but: str | None = None) -> int:
        """End the sessions of somebody: that of a number, or all `but` one; returns how many those were."""
        which = [] if number is None else [SESSIONS.c.id == number]
        others = [] if but is None else [SESSIONS.c.id != but]
        return self._delete(SESSIONS, SESSIONS.c.user == user, *which, *others)

    def forget_sessions(self, before: int) -> None:
        """Forget the sessions that had an end before a time."""
        self._delete(SESSIONS, SESSIONS.c.ends_at < before)

    def change_tries(self, keys: Sequence[Key], change: Change) -> None:
        """Change what is kept under some keys, while nobody else does; what was never kept is `Tried()`.

        Rows are made, and locked, in the order of their keys: on PostgreSQL nobody waits for each other. One
        statement does both, or somebody could forget a row in between.
        """
        same = {"count": TRIES.c.count}
        with self._engine.begin() as connection:
            found: dict[Key, Tried] = {}
            for key in sorted(keys):
                row = {**key._asdict(), "count": 0, "last_at": 0, "until": 0}
                made = inserting(connection, TRIES).values(row)
                locked = made.on_conflict_do_update(index_elements=list(Key._fields), set_=same)
                found[key] = Tried(*connection.execute(locked.returning(*_TRIED)).one())
            for key, tried in change(found).items():
                values = {name: getattr(tried, name) for name in Tried.__struct_fields__}
                connection.execute(update(TRIES).where(*_at(key)).values(values))

    def forget_tries(self, before: int, known_before: int) -> None:
        """Forget where nothing went wrong since a time, and nobody has logged in since another one."""
        old = (TRIES.c.last_at < before) & (func.coalesce(TRIES.c.known_at, 0) < known_before)
        key = (TRIES.c.name, TRIES.c.address)
        free = select(*key).where(old).with_for_update(skip_locked=True)
        self._delete(TRIES, tuple_(*key).in_(free))

    def locked_until(self, name: str) -> int:
        """Return until when something is refused under a digest of a name, wherever it comes from."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(TRIES.c.until)).where(TRIES.c.name == name)) or 0

    def unlock(self, name: str) -> int:
        """Forget all that went wrong under a digest of a name; returns under how many keys that was."""
        key = (TRIES.c.name, TRIES.c.address)
        ordered = select(*key).where(TRIES.c.name == name).order_by(*key).with_for_update()
        return self._delete(TRIES, tuple_(*key).in_(ordered))

    def _sessions(self, where: ColumnElement[bool]) -> list[Session]:
        """Return some sessions, the oldest first."""
        query = select(*_SESSION).where(where).order_by(SESSIONS.c.made_at, SESSIONS.c.id)
        with self._engine.connect() as connection:
            return [Session(*row) for row in connection.execute(query)]

    def _count(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Return how many rows there are."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

    def _delete(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Delete rows; returns how many those were."""
        with self._engine.begin() as connection:
            return connection.execute(delete(table).where(*where)).rowcount


def _goes_on(connection: Connection, by: Session, user: str) -> bool:
    """Say whether a session has not ended; it does not until the login of a user is changed by it.

    Both logins are locked, in the order of their names: nobody waits for each other.
    """
    found = {}
    for name in sorted({by.user, user}):
        locked = update(LOGINS).where(LOGINS.c.user == name).values(version=LOGINS.c.version)
        found[name] = connection.scalar(locked.returning(LOGINS.c.version))
    return found[by.user] == by.version


def _at(key: Key) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return where a key is."""
    return TRIES.c.name == key.name, TRIES.c.address == key.address
