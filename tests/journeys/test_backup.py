"""A copy of an installation that is at work is whole, and goes on in its place."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tipstaff.actions.cases import MovedError
from tipstaff.actions.deliver import deliver
from tipstaff.actions.work import work
from tipstaff.assembly.backup import back_up
from tipstaff.assembly.casework import add_person, check_drift, drain, open_desk, open_worker
from tipstaff.assembly.doctor import examine
from tipstaff.assembly.ledger import audit_folder, open_log, read_store, read_trust
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.base.errors import InputError
from tipstaff.bench.casework import begin, decide
from tipstaff.cli.main import main
from tipstaff.ledger.export import export
from tipstaff.ledger.statement import parse
from tipstaff.policy.model import Policy

CASES = 6
COPIES = 4


def quietly(_: str) -> None:
    """Tell nobody what is copied."""


class Business(threading.Thread):
    """Decisions and a worker that go on until they are told to stop."""

    def __init__(self, directory: Path, policy: Policy) -> None:
        super().__init__()
        self._directory, self._policy = directory, policy
        self.stop = threading.Event()
        self.turns = 0

    def run(self) -> None:
        """Decide and work, in turns."""
        with open_desk(self._directory) as desk, open_worker(self._directory) as turn:
            while not self.stop.is_set():
                with suppress(MovedError):
                    decide(desk, self._policy, self.turns % CASES + 1)
                if self.turns % 3:
                    turn()
                self.turns += 1


def sound(directory: Path, out: Path) -> dict[str, int]:
    """Audit the ledger of an installation; returns how many statements of each kind there are."""
    with read_store(directory / "ledger") as (store, checkpoints):
        last = checkpoints.last()
        assert last is not None
        assert last.checkpoint.size == store.size
        kinds = [parse(data).kind for data in store.statements(0, store.size)]
        export(store, last, out, lambda _done, _of: None)
    trust = read_trust(directory / "ledger" / "trust.json")
    report = audit_folder(out, trust, None, 1, lambda _done, _of: None)
    assert report.sound, report.fault
    return {kind: kinds.count(kind) for kind in ("decision", "measure", "effect")}


def test_a_copy_of_what_is_at_work_goes_on(tmp_path: Path) -> None:
    """Whenever it is made: nothing in it contradicts the rest, what was under way is finished once."""
    here = tmp_path / "here"
    policy = begin(here, CASES)
    business = Business(here, policy)
    business.start()
    try:
        for number in range(COPIES):
            before = business.turns
            while business.turns < before + 2 and business.is_alive():
                business.join(0.01)
            back_up(here, tmp_path / f"copy-{number}", quietly)
    finally:
        business.stop.set()
        business.join(60)
    for number in range(COPIES):
        place = tmp_path / f"elsewhere-{number}" / "here"
        shutil.copytree(tmp_path / f"copy-{number}", place)
        assert examine(place) == []
        drain(place)
        with open_desk(place) as desk:
            cases = [desk.cases.load(number) for number in desk.cases.numbers()]
            decisions = sum(len(case.decisions) for case in cases)
            assert all(one.done and len(one.effects) == 1 for case in cases for one in case.carryings)
            assert not any(case.refused for case in cases)
            assert all(desk.opened(case.found[0].snapshot) for case in cases)
            decide(desk, policy, 1)
        drain(place)
        counts = sound(place, place.with_name("out"))
        assert counts == {"decision": decisions + 1, "measure": decisions + 1, "effect": decisions + 1}
        with sqlite3.connect(place / "square.db") as square:
            assert square.execute("SELECT count(*) FROM square_acts").fetchone() == (decisions + 1,)
        square.close()
        add_person(place, "carol", "reviewer")
        assert examine(place) == []
        assert list(rebuild_all(place, repair=False)) == []
    assert decisions > 0


def test_what_happens_between_two_parts_contradicts_nothing(tmp_path: Path) -> None:
    """Texts that a case in the copy names are in it, and measures that it has seen are on its square."""
    here = tmp_path / "here"
    policy = begin(here, CASES)
    with open_desk(here) as desk:
        for number in desk.cases.numbers():
            decide(desk, policy, number)
        with open_log(here / "ledger") as log:
            work(replace(desk, hosts={}), log)
        owed = iter(desk.cases.owed(desk.clock()))
        steps: list[str] = []

        def happens(name: str) -> None:
            steps.append(name)
            decide(desk, policy, len(steps) % CASES + 1)
            for delivery in islice(owed, 1):
                assert deliver(desk, delivery)

        back_up(here, tmp_path / "copy", happens)
    assert len(steps) > CASES
    with open_desk(tmp_path / "copy") as desk:
        cases = [desk.cases.load(number) for number in desk.cases.numbers()]
        decisions = [decision for case in cases for decision in case.decisions]
        assert all(desk.opened(decision.said.reasons) for decision in decisions)
        assert len(decisions) > CASES
    assert check_drift(tmp_path / "copy").drifted == 0
    drain(tmp_path / "copy")
    assert sound(tmp_path / "copy", tmp_path / "out")["effect"] == len(decisions)


def test_a_copy_is_for_its_owner_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It holds all secrets, and everything in it is as private as it was; nothing half made is left."""
    begin(tmp_path / "here", 1)
    assert main(["backup", str(tmp_path / "here"), str(tmp_path / "backups" / "monday")]) == 0
    told = capsys.readouterr().out
    assert "holds all secrets" in told
    copy = tmp_path / "backups" / "monday"
    names = sorted(path.name for path in copy.iterdir())
    assert names == [
        "casework.db",
        "ledger",
        "passphrase",
        "people",
        "policies",
        "pseudonyms",
        "square.db",
        "vault",
    ]
    assert {line.partition("/")[0].partition(":")[0] for line in told.splitlines()} >= {*names}
    for folder in (copy / "people", copy / "policies"):
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert f"\n{folder.name}: {len(files)} files\n" in told
    for path in (copy, copy / "people", copy / "vault", copy / "ledger", copy / "ledger" / "keys"):
        assert path.stat().st_mode & 0o777 == 0o700
    for name in ("passphrase", "people/reviewer.pem", "vault/keys.db", "casework.db"):
        assert (copy / name).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in copy.parent.iterdir()] == ["monday"]


def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    """What is there stays, and an installation that lacks something is not copied as if it were whole."""
    begin(tmp_path / "here", 1)
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="is there already"):
        back_up(tmp_path / "here", tmp_path / "out", quietly)
    (tmp_path / "here" / "pseudonyms").unlink()
    with pytest.raises(InputError, match="lacks pseudonyms"):
        back_up(tmp_path / "here", tmp_path / "new", quietly)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "out"]
