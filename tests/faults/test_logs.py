"""What a worker did is told as events, one line of JSON each; nothing that is personal or secret is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from casebook import ACCOUNT, ALICE, blocking
from desks import Office, TroubledForgetfulHost
from sqlalchemy import delete

from tipstaff.actions.ask import ask
from tipstaff.actions.drift import check
from tipstaff.actions.work import work
from tipstaff.assembly.casework import open_desk
from tipstaff.base.logs import LOGGER, JsonLines
from tipstaff.bench.casework import begin, decide
from tipstaff.casework.commands import Asked
from tipstaff.casework.words import MeasureKind, Target
from tipstaff.cli.main import main
from tipstaff.hosts.square.schema import MeasureRow
from tipstaff.ledger.errors import LogError
from tipstaff.storage.engine import open_engine

Event = dict[str, object]


class Events(logging.Handler):
    """Events, read back from their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Event] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an event."""
        line = JsonLines().format(record)
        assert "\n" not in line
        self.told.append(json.loads(line))

    def names(self) -> list[object]:
        """Return what the events are, and forget them."""
        names = [event["event"] for event in self.told]
        self.told.clear()
        return names


@pytest.fixture
def events() -> Iterator[Events]:
    """Collect events."""
    handler = Events()
    LOGGER.setLevel("INFO")
    LOGGER.addHandler(handler)
    yield handler
    LOGGER.removeHandler(handler)


@pytest.fixture
def office() -> Office:
    """Return a desk where both posts are to be blocked."""
    office = Office()
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    return office


def test_statements_and_deliveries_are_told(office: Office, events: Events) -> None:
    """With entries, numbers and places."""
    work(office.desk, office)
    appended = [event for event in events.told if event["event"] == "appended"]
    assert [event["kind"] for event in appended] == ["decision", "measure", "measure", "effect", "effect"]
    assert appended[0]["entry"] == office.case.decisions[0].entry.hex()
    assert appended[0]["position"] == office.case.logged[office.case.decisions[0].entry]
    done = [event for event in events.told if event["event"] == "carried out"]
    assert {event["measure"] for event in done} == {one.entry.hex() for one in office.case.carryings}
    assert {(event["kind"], event["direction"], event["round"]) for event in done} == {
        ("block_content", "apply", 1)
    }
    assert {event["level"] for event in events.told} == {"info"}


def test_what_is_refused_is_told(office: Office, events: Events) -> None:
    """With the reason of the ledger."""
    office.refusing = {"decision"}
    work(office.desk, office)
    (refused,) = events.told
    assert (refused["event"], refused["level"], refused["kind"]) == ("refused", "error", "decision")
    assert refused["reason"] == "out of order"


def test_hosts_that_fail_are_told(office: Office, events: Events) -> None:
    """One that is down, and one that answers and does nothing."""
    office.host.down = True
    work(office.desk, office)
    off = [event for event in events.told if event["event"] == "put off"]
    assert [(event["level"], event["reason"], event["tries"]) for event in off] == [
        ("warning", "the host is down", 0)
    ] * 2
    office.host.down, office.host.deaf = False, True
    office.now += 60
    events.told.clear()
    work(office.desk, office)
    failed = [event for event in events.told if event["event"] == "failed"]
    assert {event["reason"] for event in failed} == {"the host answered, and nothing has changed"}


def test_what_is_in_force_twice_is_told(events: Events) -> None:
    """With how often it is, once it is read back, and when a check finds it; not when it is known."""
    office = Office(host=TroubledForgetfulHost)
    ask(office.desk, 1, ALICE, blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),), policy=office.policy))
    office.host.late = True
    work(office.desk, office)
    office.now += 60
    work(office.desk, office)
    office.host.catch_up()
    office.now += 60
    events.told.clear()
    work(office.desk, office)
    told = [event for event in events.told if event["event"] in ("carried out", "repeated")]
    assert [(event["event"], event["level"], event["round"]) for event in told] == [
        ("carried out", "info", 1),
        ("repeated", "warning", 1),
    ]
    assert {str(event["reason"]).partition(":")[0] for event in told} == {"it was seen in force 2 times"}
    assert told[1]["measure"] == office.case.carryings[0].entry.hex()
    events.told.clear()
    check(office.desk)
    assert events.told == []
    again = office.host.read_back(Target(ACCOUNT, "m1"))
    office.host._more.update((Target(ACCOUNT, "m1"), name) for name in again.measures)
    check(office.desk)
    (told_again,) = events.told
    assert (told_again["event"], told_again["round"]) == ("repeated", 2)
    assert str(told_again["reason"]).startswith("it was seen in force 3 times")


def test_trouble_is_told(office: Office, events: Events) -> None:
    """A ledger that is down, and a measure that has drifted."""
    office.down = LogError("the disk is full")
    work(office.desk, office)
    assert ("ledger down", "the disk is full") in [(one["event"], one.get("reason")) for one in events.told]
    office.down = None
    work(office.desk, office)
    events.names()
    office.host.lose("m1")
    check(office.desk)
    assert events.names() == ["drifted"]


def test_a_worker_tells_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the standard error, as the settings say; without texts, names of accounts or secrets."""
    here = tmp_path / "here"
    policy = begin(here, 2)
    with open_desk(here) as desk:
        decide(desk, policy, 1)
    capsys.readouterr()
    assert main(["worker", str(here), "--drain", "--log", "json"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    lines = [json.loads(line) for line in told.err.splitlines()]
    assert [line["event"] for line in lines] == ["appended", "appended", "carried out", "appended"]
    assert list(lines[0]) == ["time", "level", "event", "dossier", "kind", "entry", "position"]
    secret = (here / "passphrase").read_text()
    for kept_back in ("稳赚不赔", "招揽读者买币", "account-0", secret):
        assert kept_back not in told.err
    (here / "tipstaff.toml").write_text('log_level = "warning"')
    with open_desk(here) as desk:
        decide(desk, policy, 2)
    assert main(["worker", str(here), "--drain", "--log", "json"]) == 0
    assert capsys.readouterr().err == ""
    square = open_engine(f"sqlite:///{here / 'square.db'}")
    with square.begin() as connection:
        connection.execute(delete(MeasureRow))
    square.dispose()
    assert main(["worker", str(here), "--check", "--log", "json"]) == 0
    assert {json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()} == {"drifted"}
    assert main(["worker", str(here), "--drain"]) == 0
    assert capsys.readouterr().err == "", "no events unless they are asked for"
