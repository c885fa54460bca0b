"""Passkeys in SQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from tipstaff.actions.access.passkeys import Passkey
from tipstaff.storage.access.keeping import inserting
from tipstaff.storage.access.schema import CHALLENGES, LOGINS, PASSKEYS

_PASSKEY: Final = [PASSKEYS.c[name] for name in Passkey.__struct_fields__]


class SqlPasskeys:
    """Passkeys in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return a passkey by what its authenticator calls it."""
        with self._engine.connect() as connection:
            query = select(*_PASSKEY).where(PASSKEYS.c.credential == credential)
            row = connection.execute(query).one_or_none()
        return None if row is None else Passkey(*row)

    def passkeys(self, user: str) -> list[Passkey]:
        """Return the passkeys of somebody, the oldest first."""
        query = select(*_PASSKEY).where(PASSKEYS.c.user == user)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(PASSKEYS.c.made_at, PASSKEYS.c.id))
            return [Passkey(*row) for row in rows]

    def keep_passkey(self, passkey: Passkey, version: int) -> bool:
        """Keep a new passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was kept: one that is there already is not.
        """
        row = {name: getattr(passkey, name) for name in Passkey.__struct_fields__}
        with self._engine.connect() as connection, connection.begin() as kept:
            new = inserting(connection, PASSKEYS).values(row).on_conflict_do_nothing()
            done = (
                change_login_at(connection, passkey.user, version)
                and connection.scalar(new.returning(PASSKEYS.c.id)) is not None
            )
            if not done:
                kept.rollback()
        return done

    def use_passkey(self, credential: bytes, counter: int, at: int) -> bool:
        """Keep that a passkey was used; says whether it counts on, or does not count."""
        goes_on = or_(PASSKEYS.c.counter < counter, (PASSKEYS.c.counter == 0) & (counter == 0))
        same = update(PASSKEYS).where(PASSKEYS.c.credential == credential, goes_on)
        with self._engine.begin() as connection:
            return connection.execute(same.values(counter=counter, used_at=at)).rowcount == 1

    def remove_passkey(self, user: str, number: str, version: int) -> bool:
        """Remove a passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was removed.
        """
        its = delete(PASSKEYS).where(PASSKEYS.c.user == user, PASSKEYS.c.id == number)
        with self._engine.connect() as connection, connection.begin() as removed:
            done = change_login_at(connection, user, version) and connection.execute(its).rowcount == 1
            if not done:
                removed.rollback()
        return done

    def keep_challenge(self, digest: bytes, user: str, ends_at: int, most: int) -> None:
        """Keep what was asked for somebody, or for nobody in particular; of theirs the newest, so many."""
        newest = CHALLENGES.c.ends_at.desc(), CHALLENGES.c.digest
        theirs = select(CHALLENGES.c.digest).where(CHALLENGES.c.user == user).order_by(*newest)
        older = theirs.offset(most).with_for_update(skip_locked=True)
        with self._engine.begin() as connection:
            connection.execute(insert(CHALLENGES).values(digest=digest, user=user, ends_at=ends_at))
            connection.execute(delete(CHALLENGES).where(CHALLENGES.c.digest.in_(older)))

    def use_challenge(self, digest: bytes, user: str, now: int) -> bool:
        """Take an answer to what was asked, once; says whether that was asked, and has not ended."""
        asked = (CHALLENGES.c.digest == digest, CHALLENGES.c.user == user, CHALLENGES.c.ends_at > now)
        with self._engine.begin() as connection:
            return connection.execute(delete(CHALLENGES).where(*asked)).rowcount == 1

    def forget_challenges(self, before: int) -> None:
        """Forget the questions that had an end before a time."""
        old = select(CHALLENGES.c.digest).where(CHALLENGES.c.ends_at < before)
        with self._engine.begin() as connection:
            free = old.with_for_update(skip_locked=True)
            connection.execute(delete(CHALLENGES).where(CHALLENGES.c.digest.in_(free)))


def change_login(connection: Connection, user: str, **values: object) -> None:
    """Change how somebody logs in: sessions of before have ended."""
    first = inserting(connection, LOGINS).values({"counter": 0, **values, "user": user, "version": 1})
    changed = {**values, "version": LOGINS.c.version + 1}
    connection.execute(first.on_conflict_do_update(index_elements=["user"], set_=changed))


def change_login_at(connection: Connection, user: str, version: int, **values: object) -> bool:
    """Change how somebody logs in if that is at a version still; says whether it was."""
    same = (LOGINS.c.user == user, LOGINS.c.version == version)
    changed = update(LOGINS).where(*same).values(**values, version=version + 1)
    return connection.execute(changed).rowcount == 1
