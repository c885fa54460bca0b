"""Webhooks over HTTP: what happens reaches a receiver, signed; who manages them sees how they stand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from places import account
from policies import write_policy
from receivers import OK, Receiver, receiving, saying
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.ask import ask
from tipstaff.actions.complain import complain, reader
from tipstaff.actions.desk import PLATFORM
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.casework.commands import Appeal
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target
from tipstaff.screening.load import load_policy

PATIENCE = 30.0
TEXTS = ("稳赚不赔", "骗人的", "招揽读者买币", "这是新闻", "成立", "关闭", "rae", "alice", "carol")
EVENTS = sorted(EventType)
ORDER = {
    "authority": "bureau", "reference": "1", "basis": "im-2014", "scope": "account", "territory": "CN",
    "targets": ["square/account/news"], "deadline": "2099-01-01T00:00:00+08:00", "text": "关闭该帐号。",
}  # fmt: skip


class World(NamedTuple):
    """A served place, and a receiver on this machine that the settings let webhooks go to."""

    served: Served
    receiver: Receiver
    admin: str

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:  # noqa: ANN401  JSON
        """Ask for something as an admin."""
        answer = self.served.ask(self.admin, method, f"/v1/webhooks{path}", body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def kinds(self) -> list[str]:
        """Return the types of what was received."""
        return [json.loads(message_of(one).body)["type"] for one in self.receiver.received]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, self.kinds()
            time.sleep(0.05)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Serve a place, and listen."""
    with receiving(saying(OK)) as receiver:
        monkeypatch.setenv("TIPSTAFF_WEBHOOK_PORTS", f"443 {receiver.port}")
        monkeypatch.setenv("TIPSTAFF_WEBHOOK_INSIDE", "127.0.0.1")
        with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
            yield World(made, receiver, made.token("ada", Role.ADMIN))


class Sent(NamedTuple):
    """What a receiver was sent: its headers, and the body."""

    headers: dict[str, str]
    body: bytes


def message_of(received: bytes) -> Sent:
    """Read what was received."""
    head, _, body = received.partition(b"\r\n\r\n")
    lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return Sent({name.lower(): value for name, value in lines}, body)


def verify(secret: str, sent: Sent) -> None:
    """Verify what was sent as a receiver does, by the words of the convention."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{sent.headers['webhook-id']}.{sent.headers['webhook-timestamp']}.".encode() + sent.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" in sent.headers["webhook-signature"].split()


def test_what_happens_is_told(world: World) -> None:
    """From a complaint to the end of what was done: each step once, signed, without a word of anybody."""
    made = world.ask("POST", "", {"url": world.receiver.url, "events": EVENTS}, 201)
    place, here = world.served.place, world.served
    place.square.register_account("news", "News")
    post = place.publish("news", "稳赚不赔，加我 bitcoin")
    with place.desk() as desk:
        complain(desk, reader("square", "rae"), Target(account("news"), post), Reason.FRAUD, "骗人的")
    alice, carol = here.token("alice", Role.REVIEWER), here.token("carol", Role.SENIOR_REVIEWER)
    block = {"measures": ["block_content"], "posts": [post], "reasons": "招揽读者买币", "policy": "tiny",
             "provision": "house-1", "rungs_skipped_for": "grave_harm"}  # fmt: skip
    assert here.ask(alice, "POST", "/v1/cases/1/decisions", block).is_success
    world.until(lambda: "notice.penalty" in world.kinds() and "complaint.answered" in world.kinds())
    with place.desk() as desk:
        ask(desk, 1, PLATFORM, Appeal(1, desk.say(account("news"), "appeal", "text", "这是新闻")))
    world.until(lambda: "appeal.received" in world.kinds())
    ruled = {"result": "reversed", "answer": "成立"}
    assert here.ask(carol, "POST", "/v1/cases/1/decisions/1/result", ruled).is_success
    world.until(
        lambda: world.kinds().count("measure.carried_out") == 2 and world.kinds().count("notice.sent") >= 5
    )
    chen = here.token("chen", Role.CLERK)
    assert here.ask(chen, "POST", "/v1/orders", ORDER).is_success
    world.until(lambda: "order.received" in world.kinds())
    assert set(world.kinds()) == set(EVENTS)
    for kind in set(world.kinds()) - {"notice.sent", "measure.carried_out"}:
        assert world.kinds().count(kind) == 1, kind
    for sent in map(message_of, world.receiver.received):
        verify(made["secret"], sent)
        assert sent.headers["content-type"] == "application/json"
        assert set(json.loads(sent.body)) == {"type", "timestamp", "data"}
        assert not any(text in sent.body.decode() for text in TEXTS)
    ids = [message_of(one).headers["webhook-id"] for one in world.receiver.received]
    assert len(set(ids)) == len(ids)
    log = world.ask("GET", f"/{made['webhook']['id']}/deliveries?most=200")["deliveries"]
    assert sorted(one["id"] for one in log) == sorted(ids)
    assert all(one["arrived_at"] and one["attempts"][0]["status"] == 204 for one in log)


def test_a_webhook_is_managed(world: World) -> None:
    """Its secret is shown once; it is tested, stopped, told again, and removed."""
    url = world.receiver.url
    made = world.ask("POST", "", {"url": url, "events": ["case.opened"], "description": "a trial"}, 201)
    path, secret = f"/{made['webhook']['id']}", made["secret"]
    assert secret.startswith("whsec_")
    view = world.ask("GET", path)
    assert view == made["webhook"]
    assert (view["active"], view["trouble"], view["failing_since"], view["older_until"]) == (
        True,
        "",
        None,
        None,
    )
    (listed,) = world.ask("GET", "")["webhooks"]
    assert listed == view
    assert secret not in json.dumps(listed)
    assert (
        world.served.ask(world.served.token("alice", Role.REVIEWER), "GET", "/v1/webhooks").status_code == 403
    )

    tested = world.ask("POST", f"{path}/test")
    world.until(lambda: len(world.receiver.received) == 1)
    sent = message_of(world.receiver.received[0])
    verify(secret, sent)
    assert sent.headers["webhook-id"] == tested["id"]
    assert json.loads(sent.body)["type"] == "webhook.test"

    other = world.ask("POST", f"{path}/secret", {"hours": 1})
    assert other["webhook"]["older_until"] is not None
    again = world.ask("POST", f"{path}/deliveries/{tested['number']}/replay")
    assert (again["number"], len(again["attempts"])) == (tested["number"], 1)
    world.until(lambda: len(world.receiver.received) == 2)
    for one in (secret, other["secret"]):
        verify(one, message_of(world.receiver.received[1]))
    assert message_of(world.receiver.received[1]).headers["webhook-id"] == tested["id"]

    assert world.ask("POST", f"{path}/disable")["active"] is False
    since = {"since": "2020-01-01T00:00:00Z"}
    world.until(lambda: world.ask("GET", f"{path}/deliveries")["deliveries"][0]["due"] is None)
    assert world.ask("POST", f"{path}/replay", since) == {"replayed": 0}
    assert world.ask("POST", f"{path}/replay", since | {"arrived": True}) == {"replayed": 1}
    time.sleep(0.5)
    assert len(world.receiver.received) == 2
    assert world.ask("POST", f"{path}/enable")["active"] is True
    world.until(lambda: len(world.receiver.received) == 3)

    world.ask("DELETE", path, status=204)
    world.ask("GET", path, status=404)
    world.ask("DELETE", path, status=404)
    assert world.ask("GET", "")["webhooks"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": "https://169.254.169.254/latest/meta-data/"}, 409),
        ({"url": "https://127.0.0.2/"}, 409),
        ({"url": "https://[::ffff:127.0.0.1]/"}, 409),
        ({"url": "http://hooks.example.org/"}, 409),
        ({"url": "https://hooks.example.org:22/"}, 409),
        ({"url": "https://me:secret@hooks.example.org/"}, 409),
        ({"url": "file:///etc/passwd"}, 400),
        ({"url": "https://hooks.example.org/\r\nX: y"}, 400),
        ({"url": "https://hooks.example.org/" + "x" * 500}, 400),
        ({"events": []}, 400),
        ({"events": ["case.closed"]}, 400),
        ({"description": "x" * 201}, 400),
        ({"secret": "whsec_MTIz"}, 400),
    ],
)
def test_what_cannot_be_is_told(world: World, body: dict[str, object], status: int) -> None:
    """Where webhooks may not go, and what cannot be read; nothing is set up then."""
    told = world.ask(
        "POST", "", {"url": "https://hooks.example.org/", "events": ["case.opened"]} | body, status
    )
    assert told["status"] == status
    assert world.ask("GET", "")["webhooks"] == []


def test_a_name_that_leads_inside_is_told_nothing(world: World) -> None:
    """It can be set up, for names change; it is not connected to, and the log says why."""
    url = f"https://localhost:{world.receiver.port}/"
    made = world.ask("POST", "", {"url": url, "events": ["case.opened"]}, 201)
    path = f"/{made['webhook']['id']}"
    world.ask("POST", f"{path}/test")
    world.until(lambda: bool(world.ask("GET", f"{path}/deliveries")["deliveries"][0]["attempts"]))
    (delivery,) = world.ask("GET", f"{path}/deliveries")["deliveries"]
    (attempt,) = delivery["attempts"]
    assert attempt["status"] is None
    assert "localhost is not on the internet" in attempt["error"]
    assert delivery["due"] is not None
    assert world.ask("GET", path)["failing_since"] is not None
    assert world.receiver.received == []
