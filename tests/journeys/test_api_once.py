"""Requests that are sent twice, over HTTP: done once, and answered the same."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.actions.complain import complain
from tipstaff.actions.host import HostError
from tipstaff.actions.texts import reader
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target
from tipstaff.screening.load import load_policy
from tipstaff.vault.vault import VaultError

NOTES = "/v1/cases/1/notes"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with a case."""
    folder = tmp_path_factory.mktemp("once")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.place.square.register_account("news", "News")
        with made.place.desk() as desk:
            complain(desk, reader("square", "rae"), Target(account("news")), Reason.FRAUD, "骗人的")
        yield made


def send(
    world: Served, token: str | None, key: str, body: object, path: str = NOTES, match: str = "*"
) -> httpx.Response:
    """Post something under a key."""
    headers = {"Idempotency-Key": key, "If-Match": match}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return world.client.post(path, json=body, headers=headers)


def test_a_note_that_is_sent_twice_is_there_once(world: Served) -> None:
    """The second answer is the first one, and says that it is; another key is another note."""
    alice = world.token("alice", Role.REVIEWER)
    first, second = (send(world, alice, "k-1", {"text": "看过了"}) for _ in range(2))
    assert first.status_code == 200
    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["cache-control"] == "no-store"
    assert len(first.json()["notes"]) == 1
    assert len(send(world, alice, "k-2", {"text": "看过了"}).json()["notes"]) == 2
    trail = world.client.app.state.trail
    assert [one.visit.status for one in trail.visits(Sought(operation="noteOnCase"), 9, None)] == [
        200,
        200,
        200,
    ]


def test_a_key_is_for_one_request(world: Served) -> None:
    """With another body, path or version it is refused; it is not another user's either."""
    alice, bob = (world.token(name, Role.REVIEWER) for name in ("alice", "bob"))
    assert send(world, alice, "k-3", {"text": "a"}).status_code == 200
    for body, path, match in (
        ({"text": "b"}, NOTES, "*"),
        ({"text": "a"}, "/v1/cases/2/notes", "*"),
        ({"text": "a"}, NOTES, '"1"'),
    ):
        answer = send(world, alice, "k-3", body, path, match)
        assert answer.status_code == 422
        assert "a new one takes a new key" in answer.json()["detail"]
    assert "idempotency-replayed" not in send(world, bob, "k-3", {"text": "a"}).headers


def test_what_was_not_done_may_be_sent_again(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused or put off, it has no answer to keep; where the server has failed nobody knows."""
    alice = world.token("alice", Role.REVIEWER)
    assert send(world, alice, "k-4", {"text": " "}).status_code == 409
    assert send(world, alice, "k-4", {"text": "now"}).status_code == 200
    for error, status, then in ((HostError("away"), 503, 200), (ZeroDivisionError(), 500, 409)):
        with monkeypatch.context() as patch:
            patch.setattr("tipstaff.actions.access.front.ask", _raising(error))
            assert send(world, alice, f"k-{status}", {"text": "x"}).status_code == status
        assert send(world, alice, f"k-{status}", {"text": "x"}).status_code == then


def test_nobody_is_answered_who_is_not_known(world: Served) -> None:
    """Without a token, or with a key that is none, nothing is done."""
    assert send(world, None, "k-1", {"text": "看过了"}).status_code == 401
    alice = world.token("alice", Role.REVIEWER)
    answer = send(world, alice, "x" * 300, {"text": "看过了"})
    assert (answer.status_code, "1 to 255" in answer.json()["detail"]) == (400, True)


def test_a_body_that_is_too_long_is_not_read_for_its_key_either(world: Served) -> None:
    """The bound is that of all requests."""
    alice = world.token("alice", Role.REVIEWER)
    assert send(world, alice, "k-5", {"text": "x" * (1 << 20)}).status_code == 413


def _raising(error: Exception) -> object:
    """Return a function that raises."""

    def fail(*_: object) -> None:
        raise error

    return fail


def test_what_is_refused_for_its_key_is_in_the_trail(world: Served) -> None:
    """Another request under the same key, and a key that is none."""
    bob = world.token("bob", Role.REVIEWER)
    assert send(world, bob, "k-6", {"text": "a"}).status_code == 200
    assert send(world, bob, "k-6", {"text": "b"}).status_code == 422
    assert send(world, bob, "x" * 300, {"text": "b"}).status_code == 400
    visits = world.client.app.state.trail.visits(Sought(user="bob"), 3, None)
    assert [one.visit.status for one in visits] == [400, 422, 200]


def test_who_may_no_longer_is_not_answered_again(world: Served) -> None:
    """What was answered then is told to who may do it now."""
    dora = world.token("dora", Role.ADMIN)
    hook = {"url": "https://hooks.example.org/", "events": ["case.opened"]}
    assert send(world, dora, "k-7", hook, "/v1/webhooks").status_code == 201
    second = send(world, dora, "k-7", hook, "/v1/webhooks")
    assert "idempotency-replayed" not in second.headers, "secrets are shown once"
    alice = world.token("alice", Role.REVIEWER)
    assert send(world, alice, "k-8", {"text": "a"}).status_code == 200
    world.token("alice", Role.AUDITOR)
    assert send(world, alice, "k-8", {"text": "a"}).status_code == 422
    for key, queues in (("k-9", frozenset({"elsewhere"})), ("k-10", frozenset[str]())):
        bob = world.token("bob", Role.REVIEWER)
        assert send(world, bob, key, {"text": "a"}).status_code == 200
        world.token("bob", Role.REVIEWER, queues=queues)
        assert send(world, bob, key, {"text": "a"}).status_code == 422


def test_what_cannot_be_shown_may_have_been_done(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the vault fails after it was recorded, the same is not done again."""
    carol = world.token("carol", Role.REVIEWER)
    with monkeypatch.context() as patch:
        patch.setattr("tipstaff.api.cases._shown", _raising(VaultError("altered")))
        assert send(world, carol, "k-9", {"text": "x"}).status_code == 503
    answer = send(world, carol, "k-9", {"text": "x"})
    assert (answer.status_code, "nobody knows" in answer.json()["detail"]) == (409, True)
