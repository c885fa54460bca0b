"""Databases of earlier schemas: what they hold is brought along."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from casebook import ACCOUNT, APP, found
from databases import DATABASES, database
from sqlalchemy import ColumnElement, Engine, MetaData, insert, inspect, select
from worlds import START, digest

from tipstaff.actions.cases import Change, Dossier
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Complained,
    Decided,
    Escalated,
    Hearing,
    Logged,
    Opened,
    Outcome,
    Proposed,
    Reason,
    Recorded,
    Result,
    Ruled,
    Source,
)
from tipstaff.casework.which import Which
from tipstaff.casework.words import MeasureKind, Planned
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import MIGRATIONS, is_newest, upgrade
from tipstaff.storage.casework.rebuild import Follows, bring_along, rebuild
from tipstaff.storage.casework.schema import METADATA, OUTLINES


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_of_the_first_schema_is_brought_along(name: str, tmp_path: Path) -> None:
    """All that it holds is there, with ranks; made anew, it is as if it had been newest ever since."""
    with database(name, folder(tmp_path, "new")) as new, database(name, folder(tmp_path, "old")) as old:
        upgrade(new)
        fill(SqlCases(new))
        _upgrade(old, "0001")
        assert not is_newest(old)
        copy(new, old)
        upgrade(old)
        assert [one[:2] for one in kept(old, OUTLINES.c.rank, OUTLINES.c.posts)] == [(2, 1), (12, 1)]
        differences = list(rebuild(old, START, follows, repair=True))
        assert [(one.dossier, one.what.split()[1], one.mendable) for one in differences] == [
            ("case 1", "outlines", True),
            ("case 1", "facets", True),
            ("case 1", "complaints", True),
            ("case 1", "counts", True),
            ("case 2", "outlines", True),
            ("case 2", "facets", True),
            ("case 2", "counts", True),
        ]
        for table in METADATA.sorted_tables:
            assert kept(old, *table.c) == kept(new, *table.c)
        (told,) = SqlCases(old).complaints_of("rae")
        assert told.undone
        assert [
            (one.number, one.heard_until) for one in SqlCases(old).outlines(9, None, Which(waiting=True))
        ] == [(2, START + 60)]


@pytest.mark.parametrize("name", DATABASES)
def test_nobody_finds_a_database_that_is_half_brought_along(name: str, tmp_path: Path) -> None:
    """Who dies while it is made anew leaves it at its old schema; done again, nothing is left."""

    def dies(dossier: Dossier) -> Follows:
        if dossier.number == 2:
            raise InterruptedError
        return follows(dossier)

    with database(name, folder(tmp_path, "new")) as new, database(name, folder(tmp_path, "old")) as old:
        upgrade(new)
        fill(SqlCases(new))
        _upgrade(old, "0001")
        copy(new, old)
        with pytest.raises(InterruptedError):
            bring_along(old, START, dies)
        assert not is_newest(old)
        assert "rank" not in {column["name"] for column in inspect(old).get_columns("outlines")}
        assert {one.dossier for one in bring_along(old, START, follows)} == {"case 1", "case 2"}
        assert is_newest(old)
        assert list(rebuild(old, START, follows, repair=False)) == []


def folder(parent: Path, name: str) -> Path:
    """Make a folder for a database."""
    made = parent / name
    made.mkdir()
    return made


def fill(cases: SqlCases) -> None:
    """Keep a case whose decision was undone after a complaint was upheld, and one in hearing that waits."""
    entries = {name: digest(name) for name in ("decision", "appeal", "result")}
    decided = Decided(
        1, "§7", None, None, (Planned(1, MeasureKind.WARN, "world", (0,)),), (), Hearing.NOT_DUE, b"", START
    )
    undone: list[tuple[str, AnyEvent, bytes | None]] = [
        ("rae", Complained(1, Reason.FRAUD, "m1", b""), None),
        ("alice", decided, entries["decision"]),
        ("platform", Answered(1, Outcome.UPHELD, b"", 1), None),
        ("platform", Appealed(1, b""), entries["appeal"]),
        ("carol", Ruled(1, Result.REVERSED, b""), entries["result"]),
        *(("platform", Logged(entry, 7), None) for entry in entries.values()),
    ]
    hearing: list[tuple[str, AnyEvent, bytes | None]] = [
        ("alice", Escalated(b""), None),
        ("alice", Proposed("§7", (MeasureKind.WARN,), START + 60, b""), None),
    ]
    for subject, events in ((ACCOUNT, undone), (APP, hearing)):
        case = cases.open(subject, Recorded(START, "machine", Opened(subject, Source.FINDING)))
        case = cases.change(case, Change([Recorded(START, "machine", found("m1"))]))
        recorded = [Recorded(START, *each) for each in events]
        cases.change(case, Change(recorded, waits=events is hearing, attend_at=START + 5))


def follows(dossier: Dossier) -> Follows:
    """Return what follows from one of them by the rules of the ledger."""
    return Follows(START + 5, waits=dossier.number == 2)


def copy(new: Engine, old: Engine) -> None:
    """Copy what the first schema had."""
    tables = MetaData()
    tables.reflect(old)
    there = [table for table in METADATA.sorted_tables if table.name in tables.tables]
    with new.connect() as source, old.begin() as sink:
        for table in there:
            columns = [table.c[column.name] for column in tables.tables[table.name].c]
            rows = [dict(row._mapping) for row in source.execute(select(*columns))]
            if rows:
                sink.execute(insert(tables.tables[table.name]), rows)


def kept(engine: Engine, *columns: ColumnElement[object]) -> list[tuple[object, ...]]:
    """Return what is kept in some columns of a table, by its first column."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns[:2]))]


def _upgrade(engine: Engine, revision: str) -> None:
    """Run migrations up to a revision."""
    config = MIGRATIONS._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
