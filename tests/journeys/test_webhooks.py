"""`tipstaff webhook`: set up, told by a worker, looked at, told again, and removed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from places import account
from receivers import OK, receiving, saying
from saying import saying as commands

from tipstaff.actions.complain import complain, reader
from tipstaff.actions.desk import Desk
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.assembly.access import open_access
from tipstaff.assembly.casework import install, open_desk
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target
from tipstaff.cli.webhook.add import EVENTS
from tipstaff.hosts.square.platform import Platform
from tipstaff.storage.engine import open_engine


def complained(desk: Desk, name: str) -> None:
    """Have a reader complain of an account."""
    complain(desk, reader("square", "rae"), Target(account(name)), Reason.FRAUD, "骗人的")


def test_events_are_those_of_the_actions() -> None:
    """What can be asked for is what there is."""
    assert set(EVENTS) == set(EventType)


def test_the_road_of_a_webhook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens after it was set up is sent by the worker, and can be sent again."""
    here = tmp_path / "here"
    install(here, "example.org/log")
    say = commands(here, capsys)
    square = Platform(open_engine(f"sqlite:///{here / 'square.db'}"))
    for name in ("old", "new"):
        square.register_account(name, name)
    with open_desk(here) as desk:
        complained(desk, "old")
    assert "Nobody is told of anything." in say("webhook list")
    with receiving(saying(OK)) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        assert "http is for this machine, where webhook_inside names it" in say("webhook add", url, code=2)
        monkeypatch.setenv("TIPSTAFF_WEBHOOK_INSIDE", "127.0.0.1")
        assert f"webhooks do not go to port {receiver.port}" in say("webhook add", url, code=2)
        monkeypatch.setenv("TIPSTAFF_WEBHOOK_PORTS", str(receiver.port))
        made = say("webhook add", url, "--event", "case.opened", "--description", "a trial")
        number, secret = made.split()[1], made.split()[-1]
        assert secret.startswith("whsec_")
        listed = say("webhook list")
        assert f"{number} {url} active case.opened a trial" in listed
        assert secret not in listed
        assert "It was told nothing." in say("webhook log", number)

        with open_desk(here) as desk:
            complained(desk, "new")
        assert "1 message sent to webhooks" in say("worker", "--drain")
        assert len(receiver.received) == 1
        assert b'"subject":"square/account/new"' in receiver.received[0]
        assert "sent to webhooks" not in say("worker", "--drain")
        log = say("webhook log", number, "--most", 1)
        assert re.search("case.opened evt_[0-9a-f]{32} arrived", log)
        assert "answered 204" in log
        assert "0 messages to be sent again." in say(
            "webhook replay", number, "--since", "2020-01-01T00:00:00Z"
        )
        told = say("webhook replay", number, "--since", "2020-01-01T00:00:00Z", "--arrived")
        assert "1 message to be sent again." in told
        assert "arrived, is sent at" in say("webhook log", number)
        assert "1 message sent to webhooks" in say("worker", "--drain")
        say("webhook replay", number, "--number", log.split()[0])
        say("worker", "--drain")
        assert len(receiver.received) == 3
        assert len({one.partition(b"webhook-id: ")[2].split(b"\r\n")[0] for one in receiver.received}) == 1
    say("webhook replay", number, "--number", log.split()[0])
    say("worker", "--drain")
    assert "nothing has arrived since" in say("webhook list")
    assert "it cannot be reached: Connection refused" in say("webhook log", number)

    assert "--arrived goes with --since" in say("webhook replay", number, "--number", 1, "--arrived", code=2)
    assert "was told nothing under the number 99" in say("webhook replay", number, "--number", 99, code=2)
    assert "1 or more" in say("webhook log", number, "--most", 0, code=2)
    say("webhook remove", number)
    assert f"there is no webhook '{number}'" in say("webhook log", number, code=2)
    assert "Nobody is told of anything." in say("webhook list")


def test_one_that_was_stopped_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says why, and `doctor` what mends it; then all is well."""
    here = tmp_path / "here"
    install(here, "example.org/log")
    say, url = commands(here, capsys), "https://hooks.example.org/"
    number = say("webhook add", url).split()[1]
    with open_access(here) as access:
        access.hooks.set_active(number, "nothing has arrived for 3 days", active=False)
    assert "stopped: nothing has arrived for 3 days" in say("webhook list")
    told = say("doctor", code=1)
    assert f"webhook {number}" in told
    assert f"tipstaff webhook enable {here} {number}" in told.replace("/ ", "/")
    say("webhook enable", number)
    assert f"{number} {url} active" in say("webhook list")
    assert "All is well." in say("doctor")
