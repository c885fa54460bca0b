"""A worker that is killed at random moments, and whether the checks after it would notice a fault."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from killing_tools import load_tool, ten_kills
from sqlalchemy import delete, insert, select, update

from tipstaff.assembly.casework import add_person, drain, open_desk
from tipstaff.bench.casework import begin, decide
from tipstaff.hosts.square.schema import ActRow
from tipstaff.storage.casework.schema import DOSSIERS, EVENTS, OUTLINES
from tipstaff.storage.engine import open_engine


def test_ten_kills_leave_each_measure_carried_out_once(tmp_path: Path) -> None:
    """After ten kills all that was decided is on the ledger once, and on square once."""
    ten_kills("kill_work", tmp_path)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load the tool."""
    return load_tool("kill_work")


def test_the_checks_notice_what_is_amiss(tool: ModuleType, tmp_path: Path) -> None:
    """A lost decision, an act too many or too few, one without a receipt, a line that is stale."""
    here = tmp_path / "here"
    policy = begin(here, 2)
    with open_desk(here) as desk:
        load = tool.Load(desk, policy, None)
        for number in (1, 2):
            decide(desk, policy, number)
            load.decisions[number] += 1
    drain(here)
    tool.check_receipts(here)
    tool.check_everything(here, load)
    load.decisions[2] += 1
    with pytest.raises(tool.AmissError, match=r"1 missing|{2: 1}"):
        tool.check_everything(here, load)
    load.decisions = Counter({1: 1, 2: 1})
    square, casework = (open_engine(f"sqlite:///{here / name}") for name in ("square.db", "casework.db"))
    with square.begin() as connection:
        key = connection.scalars(select(ActRow.key)).first()
        connection.execute(delete(ActRow).where(ActRow.key == key))
    with pytest.raises(tool.AmissError, match="was carried out 0 and ended 0 times"):
        tool.check_everything(here, load)
    with square.begin() as connection:
        connection.execute(insert(ActRow).values(key=f"{'ab' * 32}/1"))
    with pytest.raises(tool.AmissError, match="its statement is not on the ledger"):
        tool.check_receipts(here)
    with casework.begin() as connection:
        connection.execute(delete(OUTLINES).where(OUTLINES.c.dossier == 1))
    with square.begin() as connection:
        connection.execute(update(ActRow).values(key=key).where(ActRow.key.startswith("ab")))
    with pytest.raises(tool.AmissError, match="outlines are not what its events say"):
        tool.check_everything(here, load)
    load.complaints = {2: {1}}
    with pytest.raises(
        tool.AmissError, match=r"case 2: complaints that were acknowledged are missing: \[1\]"
    ):
        tool.check_everything(here, load)
    load.orders = {9}
    with pytest.raises(tool.AmissError, match=r"orders that were acknowledged are missing: \[9\]"):
        tool.check_everything(here, load)
    square.dispose()
    casework.dispose()


def test_the_checks_notice_what_is_amiss_with_orders_and_complaints(tool: ModuleType, tmp_path: Path) -> None:
    """One passed on or reported on twice, an answer or an erasure too many, one that was forgotten."""
    here = tmp_path / "here"
    policy = begin(here, 2)
    for person in (tool.JUDGE, *tool.CLERKS):
        add_person(here, person.name, person.role)
    with open_desk(here) as desk:
        load = tool.Load(desk, policy, random.Random(1))  # noqa: S311  seeded, not secret
        load.complain(desk.cases.load(1))
        load.enter_order(desk.cases.load(1))
        load.finish(lambda: drain(here))
        load.erase(desk.cases.load(1))
        drain(here)
        assert load.orders == {3}
        assert load.erasures.total() == 1
    tool.check_everything(here, load)
    casework = open_engine(f"sqlite:///{here / 'casework.db'}")
    twice = {
        '"event":"ordered"': (1, "passed on 2 times"),
        '"event":"reported"': (3, "was reported on 2 times"),
        '"event":"answered"': (1, "has answers to complaints {1: 2}, of {1: 1}"),
        '"event":"erased"': (1, "has 2 erasures, and 1 were stated"),
    }
    for kind, (dossier, message) in twice.items():
        with casework.begin() as connection:
            query = select(EVENTS.c.recorded, EVENTS.c.number).where(EVENTS.c.dossier == dossier)
            rows = list(connection.execute(query.order_by(EVENTS.c.number)))
            (found,) = (recorded for recorded, _ in rows if kind.encode() in recorded)
            row = {"dossier": dossier, "number": rows[-1].number + 1, "recorded": found}
            connection.execute(insert(EVENTS).values(row))
            connection.execute(
                update(DOSSIERS).where(DOSSIERS.c.number == dossier).values(version=row["number"])
            )
        with pytest.raises(tool.AmissError, match=re.escape(message)):
            tool.check_everything(here, load)
        with casework.begin() as connection:
            same = (EVENTS.c.dossier == dossier, EVENTS.c.number == row["number"])
            connection.execute(delete(EVENTS).where(*same))
            connection.execute(
                update(DOSSIERS).where(DOSSIERS.c.number == dossier).values(version=row["number"] - 1)
            )
    load.erasures[2] += 1
    with pytest.raises(tool.AmissError, match="case 2: 1 erasures were acknowledged, not 0"):
        tool.check_everything(here, load)
    casework.dispose()
