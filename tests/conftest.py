"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves out the folder of the shared helpers

from policies import Build, Files, build

from tipstaff.policy.model import Policy
from tipstaff.screening.engine import EngineName

# Tests that run beside others are started by something that says how wide it is: no command goes by that.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

settings.register_profile("tipstaff", deadline=None)
settings.load_profile("tipstaff")


@pytest.fixture(params=list(EngineName))
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Each engine in turn: what holds for one holds for the other."""
    name: EngineName = request.param
    return name


@pytest.fixture
def policy(tmp_path: Path) -> Build:
    """Build policies from signals and rules, each in a folder of its own."""
    folders: Iterator[Path] = (tmp_path / str(number) for number in count())

    def make(signals: str, rules: str, files: Files | None = None) -> Policy:
        return build(next(folders), signals, rules, files)

    return make
