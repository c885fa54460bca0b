"""How many queries the lists and views of the command line send, however much there is to show."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tipstaff.assembly.casework import drain, open_desk
from tipstaff.bench.casework import begin, decide
from tipstaff.bench.listing import sent
from tipstaff.cli.main import main

MOST = {"list": 5, "show": 7}
"""The most queries of a command to the databases of casework and square; two ask for their schemas."""


def queries(here: Path, *arguments: str) -> int:
    """Run a command of `case`, and return how many queries it has sent."""
    command, *more = arguments
    with sent(Engine) as queried:
        assert main(["case", command, str(here), *more]) == 0
    return len(queried)


def test_queries_do_not_grow_with_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A case with many decisions takes as many queries as one with none, and so does a list of more cases."""
    here = tmp_path / "here"
    policy = begin(here, 6)
    queries(here, "show", "1")  # the first that shows something makes the trail
    before = [queries(here, "show", "1"), queries(here, "list", "--most", "2")]
    with open_desk(here) as desk:
        for number in (1, 1, 1, 2):
            decide(desk, policy, number)
    drain(here)
    assert [queries(here, "show", "1"), queries(here, "list", "--most", "6")] == before
    assert before[0] <= MOST["show"]
    assert max(before[1], queries(here, "list", "--after", "1")) <= MOST["list"]
    assert "p2" in capsys.readouterr().out
