"""Square under several writers: they take turns, so nothing is done twice and no post is overlooked."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from squares import Opened, applied, compete, draft, square

from tipstaff.actions.host import HostError, Seen
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.database import reading, writing
from tipstaff.hosts.square.schema import ActRow, Base, MeasureRow, TurnRow

ROUNDS: Final = 40
NEWS: Final = Target(Subject("square", SubjectKind.ACCOUNT, "news"))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Make a square with the account `news` and its post `p2`, and the account `shop`."""
    with square(tmp_path) as made:
        made.platform.register_account("news", "News")
        assert made.platform.publish("news", draft()) == "p2"
        made.platform.register_account("shop", "Shop")
        yield made


@contextmanager
def competitors(folder: Path) -> Iterator[list[multiprocessing.connection.Connection]]:
    """Have two processes do the same acts at once, and publish."""
    context = multiprocessing.get_context("spawn")
    started = []
    for name in ("news", "shop"):
        here, there = context.Pipe()
        process = context.Process(target=compete, args=(folder, name, ROUNDS, there))
        process.start()
        started.append((process, here))
    for _, pipe in started:
        assert pipe.poll(60)
        assert pipe.recv() == "ready"
    for _, pipe in started:
        pipe.send("go")
    yield [pipe for _, pipe in started]
    for process, pipe in started:
        process.join(60)
        pipe.close()
        assert process.exitcode == 0


def test_two_processes_do_nothing_twice(tmp_path: Path, opened: Opened) -> None:
    """Of acts that two processes carry out at once each is done once, and a reader overlooks no post."""
    followed: list[str] = []
    with competitors(tmp_path) as pipes:
        while not all(pipe.poll() for pipe in pipes):
            followed += [post.id for post in opened.host.posts(followed[-1] if followed else None)]
    followed += [post.id for post in opened.host.posts(followed[-1])]
    assert followed == [post.id for post in opened.host.posts()]
    assert len(followed) == len(set(followed)) == 1 + 2 * ROUNDS
    assert opened.host.read_back(Target(NEWS.subject, "p2")) == Seen({}, None)
    with reading(opened.engine) as session:
        assert session.scalar(select(func.count()).select_from(ActRow)) == 2 * ROUNDS
        assert session.scalar(select(func.count()).select_from(MeasureRow)) == ROUNDS


def test_a_turn_that_fails_leaves_nothing(opened: Opened) -> None:
    """What fails after its effect was written leaves neither effect nor key nor number behind."""

    def fail() -> None:
        with writing(opened.engine) as (session, number):
            session.add(ActRow(key="k"))
            session.flush()
            raise InterruptedError(number)

    with reading(opened.engine) as session:
        before = session.scalar(select(TurnRow.number))
    with pytest.raises(InterruptedError):
        fail()
    with reading(opened.engine) as session:
        assert session.get(ActRow, "k") is None
        assert session.scalar(select(TurnRow.number)) == before
    opened.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT, key="k"))
    assert opened.host.read_back(NEWS).sentence is not None


def test_readers_do_not_wait_and_writers_do(tmp_path: Path, opened: Opened) -> None:
    """During a turn readers see what was before; another turn that waits too long is told to ask again."""
    with square(tmp_path) as another, writing(opened.engine) as (session, _):
        session.add(ActRow(key="k"))
        session.flush()
        assert another.host.read_back(NEWS) == Seen({}, None)
        with another.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        with pytest.raises(HostError, match="Ask again later"):
            another.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT))


def test_the_tables_can_be_made_on_postgresql() -> None:
    """PostgreSQL has a type for every column, and words are kept as text."""
    made = [
        str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in Base.metadata.sorted_tables
    ]
    assert len(made) == 9
    assert any("kind VARCHAR(64) NOT NULL" in table for table in made)
