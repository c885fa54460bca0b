"""A writer of a log that is killed at random moments, and whether the check after it would notice a loss."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest
from killing_tools import load_tool, ten_kills

from tipstaff.ledger.errors import CorruptLogError


def test_ten_kills_leave_one_sound_history(tmp_path: Path) -> None:
    """After each of ten kills everything acknowledged is there once, and one history is signed."""
    ten_kills("kill_log", tmp_path)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load the tool."""
    return load_tool("kill_log")


def append(tool: ModuleType, folder: Path, number: int) -> list[bytes]:
    """Append statements, one batch each; returns them."""
    with tool.open_log(folder / "log") as log:
        made = [
            tool.own_statement(log.origin, log.signing_key(), "note", {}, log.now()) for _ in range(number)
        ]
        for statement in made:
            log.append([statement])
    return made


def test_the_check_notices_a_lost_statement(tool: ModuleType, tmp_path: Path) -> None:
    """An acknowledged statement that is not where it was said to be is amiss."""
    tool.init_log(tmp_path / "log", tool.ORIGIN)
    (statement,) = append(tool, tmp_path, 1)
    log = tool.Killed(tmp_path)
    log.check(tool.Reported(acknowledged={statement: 2}))
    with pytest.raises(tool.AmissError, match="was acknowledged elsewhere"):
        log.check(tool.Reported(acknowledged={statement: 1}))
    log.told[b"never stored"] = 3
    with pytest.raises(tool.AmissError, match="statement 3 was acknowledged, and is not there"):
        log.check(tool.Reported())


def test_the_check_notices_a_fork(tool: ModuleType, tmp_path: Path) -> None:
    """A log that is put back as it was and goes another way, checkpoints and all, is amiss."""
    tool.init_log(tmp_path / "log", tool.ORIGIN)
    append(tool, tmp_path, 3)
    shutil.copytree(tmp_path / "log", tmp_path / "copy")
    log = tool.Killed(tmp_path)
    with tool.read_store(tmp_path / "log") as (_, checkpoints):
        log.check(tool.Reported(signed=[item.note for item in checkpoints.all()]))
    append(tool, tmp_path, 3)
    log.check(tool.Reported())
    shutil.rmtree(tmp_path / "log")
    (tmp_path / "copy").replace(tmp_path / "log")
    append(tool, tmp_path, 5)
    with pytest.raises(tool.AmissError, match="two checkpoints over 6 statements"):
        log.check(tool.Reported())


def test_the_check_does_not_get_past_a_rollback(tool: ModuleType, tmp_path: Path) -> None:
    """A store that is put back alone is refused by the log itself."""
    tool.init_log(tmp_path / "log", tool.ORIGIN)
    shutil.copy(tmp_path / "log" / "log.db", tmp_path / "old.db")
    append(tool, tmp_path, 3)
    shutil.copy(tmp_path / "old.db", tmp_path / "log" / "log.db")
    with pytest.raises(CorruptLogError, match="rolled back"):
        tool.Killed(tmp_path).check(tool.Reported())
