"""The statements about policies, in SQL."""

from __future__ import annotations

from sqlalchemy import Engine, insert, select

from tipstaff.actions.policies import State, Stated, versions
from tipstaff.storage.casework.schema import POLICIES


class SqlPolicies:
    """Policies in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements about a policy, or about all, by name and number."""
        columns = (POLICIES.c.name, POLICIES.c.number, POLICIES.c.reference, POLICIES.c.state,
                   POLICIES.c.entry, POLICIES.c.digest)  # fmt: skip
        query = select(*columns).order_by(POLICIES.c.name, POLICIES.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query if name is None else query.where(POLICIES.c.name == name))
            return [
                Stated(own, number, reference, State(state), entry, digest)
                for own, number, reference, state, entry, digest in rows
            ]

    def adopted(self, reference: str) -> Stated | None:
        """Return the statement that has put NAME@VERSION+DIGEST in force; None where it is not in force."""
        found = (
            one for one in versions(self.stated(reference.partition("@")[0])) if one.reference == reference
        )
        return next((one for one in found if one.state is State.IN_FORCE), None)

    def keep(self, stated: Stated) -> None:
        """Keep one more statement. Raises `IntegrityError` where there is one of its number."""
        row = {"name": stated.name, "number": stated.number, "reference": stated.reference,
               "state": stated.state.value, "entry": stated.entry, "digest": stated.digest}  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(insert(POLICIES).values(row))
