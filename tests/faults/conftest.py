"""What the fault tests of the worker share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import database
from desks import Office

from tipstaff.actions.cases import Cases
from tipstaff.actions.memory import MemoryCases
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.casework.schema import METADATA


@pytest.fixture
def office() -> Office:
    """Return a desk in memory."""
    return Office()


@pytest.fixture(params=["memory", "sqlite"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Cases]]:
    """Return what makes empty cases, in each implementation in turn."""
    if request.param == "memory":
        yield MemoryCases
        return
    with database(request.param, tmp_path) as engine:

        def empty() -> Cases:
            with engine.begin() as connection:
                for table in reversed(METADATA.sorted_tables):
                    connection.execute(table.delete())
            return SqlCases(engine)

        upgrade(engine)
        yield empty
