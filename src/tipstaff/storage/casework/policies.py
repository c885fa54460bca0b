"""The versions of policies that were put in force, in SQL."""

from __future__ import annotations

from sqlalchemy import Engine, func, insert, select

from tipstaff.actions.policies import Adopted
from tipstaff.storage.casework.schema import POLICIES


class SqlPolicies:
    """Policies in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def adopted(self, reference: str) -> Adopted | None:
        """Return a version by NAME@VERSION+DIGEST; None where it was never in force."""
        columns = (POLICIES.c.reference, POLICIES.c.entry, POLICIES.c.digest)
        with self._engine.connect() as connection:
            row = connection.execute(select(*columns).where(POLICIES.c.reference == reference)).one_or_none()
        return None if row is None else Adopted(*row)

    def newest(self, name: str) -> Adopted | None:
        """Return the version of a policy that was put in force last; None where there is none."""
        columns = (POLICIES.c.reference, POLICIES.c.entry, POLICIES.c.digest)
        query = select(*columns).where(POLICIES.c.name == name).order_by(POLICIES.c.number.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Adopted(*row)

    def stated(self, name: str) -> int:
        """Return how many statements there are about a policy."""
        query = select(func.count()).select_from(POLICIES).where(POLICIES.c.name == name)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def put_in_force(self, name: str, adopted: Adopted) -> None:
        """Keep that a version is in force."""
        row = {"reference": adopted.reference, "name": name, "number": self.stated(name) + 1,
               "entry": adopted.entry, "digest": adopted.digest}  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(insert(POLICIES).values(row))
