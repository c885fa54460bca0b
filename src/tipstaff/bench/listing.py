"""How long a page of cases and the view of one take, beside the SQL that they send, as cases grow many."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tipstaff.actions.cases import Change
from tipstaff.bench.results import Listed
from tipstaff.casework.events import Found, Opened, Recorded, Source
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.engine import open_engine

PAGE: Final = 50
"""Cases on a page."""

FINDINGS: Final = 4
"""Findings of each case."""

_ROUNDS: Final = 300
_NOW: Final = 1_790_000_000


class Sent(NamedTuple):
    """A query as it was sent to the database."""

    query: str
    values: Sequence[object]


def measure(folder: Path, most: int) -> tuple[Listed, Listed]:
    """Measure with a tenth of so many open cases and with all of them, in turns; the medians of each."""
    few, many = (_Database(folder, size) for size in (max(1, most // 10), most))
    chance = random.Random(1)  # noqa: S311  seeded, no secret
    for _ in range(_ROUNDS):
        for database in (few, many):
            database.look(chance.randrange(1, database.size + 1))
    return few.listed(), many.listed()


class _Times:
    """What something took, and what its queries took when they were sent bare."""

    def __init__(self) -> None:
        self.whole: list[float] = []
        self.bare: list[float] = []
        self.queries = 0

    def add(self, engine: Engine, run: Callable[[], object]) -> None:
        """Run, and send the same queries bare."""
        with sent(engine) as queried:
            run()
        self.queries = max(self.queries, len(queried))
        self.whole.append(milliseconds(run))
        self.bare.append(milliseconds(partial(send_bare, engine, queried)))


class _Database:
    """A database of so many open cases, and what looking at them took."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self._engine = open_engine(f"sqlite:///{folder / f'{size}.db'}")
        event.listen(self._engine, "connect", _hurry)
        self._cases = SqlCases(self._engine)
        self._fill()
        self._list, self._view = _Times(), _Times()

    def look(self, number: int) -> None:
        """Look at the page behind a case, and at the case."""
        self._list.add(self._engine, partial(self._cases.outlines, PAGE, number))
        self._view.add(self._engine, partial(self._cases.load, number))

    def listed(self) -> Listed:
        """Close it, and return the medians."""
        self._engine.dispose()
        page, view = self._list, self._view
        return Listed(
            self.size,
            statistics.median(page.whole),
            statistics.median(page.bare),
            page.queries,
            statistics.median(view.whole),
            statistics.median(view.bare),
            view.queries,
        )

    def _fill(self) -> None:
        """Open the cases, with some findings each."""
        upgrade(self._engine)
        chance = random.Random(self.size)  # noqa: S311  seeded, no secret
        for number in range(self.size):
            subject = Subject("square", SubjectKind.ACCOUNT, f"account-{number}")
            case = self._cases.open(subject, Recorded(_NOW, "machine", Opened(subject, Source.FINDING)))
            found = [_found(number, post, chance) for post in range(FINDINGS)]
            self._cases.change(case, Change([Recorded(_NOW, "machine", one) for one in found]))


def _hurry(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Let commits not wait for the disk: nothing that is written here is timed."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


def _found(number: int, post: int, chance: random.Random) -> Found:
    """Return a finding."""
    severity, snapshot = chance.randrange(1, 6), chance.randbytes(32)
    return Found(
        f"p{number}-{post}", "crypto-promotion", f"rule-{severity}", "im-2014 art. 6", severity, snapshot
    )


def milliseconds(run: Callable[[], object]) -> float:
    """Run, and return how long it took."""
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1e3


@contextmanager
def sent(engine: Engine | type[Engine]) -> Iterator[list[Sent]]:
    """Note every query that is sent to a database; what only begins a transaction is none."""
    queried: list[Sent] = []

    def note(_: Connection, __: object, query: str, values: Sequence[object], *___: object) -> None:
        if query != "BEGIN":
            queried.append(Sent(query, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield queried
    finally:
        event.remove(engine, "before_cursor_execute", note)


def send_bare(engine: Engine, queried: Sequence[Sent]) -> None:
    """Send queries through the driver alone, and read all rows."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    for query, values in queried:
        cursor.execute(query, values)
        cursor.fetchall()
    cursor.close()
    connection.close()
