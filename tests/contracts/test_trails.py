"""Where visits are kept: what every trail does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.memory import MemoryTrail
from tipstaff.actions.access.trail import Sought, Trail, Visit
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.trail import SqlTrail

READ = Visit(10, "alice", "0a", "readCase", "/v1/cases/1", 200, "192.0.2.1")
LISTED = replace(READ, at=11, operation="listCases", path="/v1/cases?most=2")
DENIED = replace(READ, at=12, user="bob", by="0b", path="/v1/cases/12", status=403)
CLAIMED = replace(READ, at=13, operation="claimCase", path="/v1/cases/1/claim")
ALL = [CLAIMED, DENIED, LISTED, READ]


@pytest.fixture(params=["memory", *DATABASES])
def trail(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trail]:
    """Each trail in turn, with some visits."""
    if request.param == "memory":
        yield filled(MemoryTrail())
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        yield filled(SqlTrail(engine))


def filled(trail: Trail) -> Trail:
    """Keep the visits, the oldest first."""
    for visit in reversed(ALL):
        trail.add(visit)
    return trail


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(), ALL),
        (Sought(user="bob"), [DENIED]),
        (Sought(operation="readCase"), [DENIED, READ]),
        (Sought(status=200), [CLAIMED, LISTED, READ]),
        (Sought(path="/v1/cases/1"), [CLAIMED, READ]),
        (Sought(path="/v1/cases"), ALL),
        (Sought(path="/v1/cases/%"), []),
        (Sought(path="/v1/cases/_"), []),
        (Sought(since=12), [CLAIMED, DENIED]),
        (Sought(until=12), [LISTED, READ]),
        (Sought(user="alice", since=11, until=13), [LISTED]),
        (Sought(user="nobody"), []),
        (Sought(by="0a"), [CLAIMED, LISTED, READ]),
        (Sought(by=""), []),
    ],
)
def test_what_is_sought_is_found(trail: Trail, sought: Sought, found: list[Visit]) -> None:
    """All that fits everything that is asked, the newest first; a path is that, with what is below it."""
    assert [one.visit for one in trail.visits(sought, 10, None)] == found


def test_pages_follow_one_another(trail: Trail) -> None:
    """No more than is asked for, and the next page goes on before the last number."""
    first = trail.visits(Sought(), 3, None)
    assert [one.visit for one in first] == ALL[:3]
    rest = trail.visits(Sought(), 3, first[-1].number)
    assert [one.visit for one in rest] == ALL[3:]
    assert trail.visits(Sought(), 3, rest[-1].number) == []


def test_what_is_old_is_forgotten(trail: Trail) -> None:
    """Those from before a time are gone; numbers are not given anew."""
    newest = trail.visits(Sought(), 1, None)[0].number
    assert trail.forget(13) == 3
    assert [one.visit for one in trail.visits(Sought(), 10, None)] == [CLAIMED]
    trail.add(READ)
    assert trail.visits(Sought(), 1, None)[0].number > newest
