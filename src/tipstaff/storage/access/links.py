"""Links in SQL."""

from __future__ import annotations

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Engine, select

from tipstaff.actions.access.links import Link, Purpose
from tipstaff.storage.access.keeping import keep_row
from tipstaff.storage.access.schema import LINKS


class SqlLinks:
    """Links in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def link(self, number: str) -> Link | None:
        """Return a link by its id."""
        return next(iter(self._links(LINKS.c.id == number)), None)

    def links(self, case: int) -> list[Link]:
        """Return the links into a case, the oldest first."""
        return self._links(LINKS.c.case == case)

    def keep_link(self, link: Link) -> None:
        """Keep a link, in place of what was kept of it before."""
        row = asdict(link) | {"purpose": link.purpose.value}
        keep_row(self._engine, LINKS, {"id": row.pop("id")}, row)

    def _links(self, which: ColumnElement[bool]) -> list[Link]:
        """Return some links, the oldest first."""
        query = select(*LINKS.c).where(which).order_by(LINKS.c.made_at, LINKS.c.id)
        with self._engine.connect() as connection:
            return [
                Link(number, digest, case, Purpose(purpose), *rest)
                for number, digest, case, purpose, *rest in connection.execute(query)
            ]
