"""What suites of contracts share: every implementation in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DATABASES, database

from tipstaff.actions.cases import Cases
from tipstaff.actions.memory import MemoryCases
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade


@pytest.fixture(params=["memory", *DATABASES])
def cases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cases]:
    """Each keeper of cases in turn."""
    if request.param == "memory":
        yield MemoryCases()
        return
    with database(request.param, tmp_path) as engine:
        upgrade(engine)
        yield SqlCases(engine)
