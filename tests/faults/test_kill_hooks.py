"""What a receiver of webhooks was told by servers that died, and whether the checks would notice a fault."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from casebook import POSTS, Casebook, blocking
from killing_tools import load_tool

from tipstaff.actions.webhooks.events import messages_of
from tipstaff.actions.webhooks.hooks import Attempt, Changed, Message, Owed
from tipstaff.casework.commands import Asked
from tipstaff.casework.words import MeasureKind

EVENTS = ("case.opened", "decision.recorded", "measure.carried_out", "notice.sent", "notice.penalty")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load what receives and checks."""
    return load_tool("kill_hooks")


@pytest.fixture
def book() -> Casebook:
    """Return a case of which a post is blocked."""
    book = Casebook()
    book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT, POSTS[:1]),)))
    book.carried_out()
    return book


def messages(book: Casebook) -> list[Message]:
    """Return what is told of a case."""
    return messages_of(Changed(1, 0, book.events), b"log")


def send(port: int, number: str, body: bytes) -> int:
    """Send a message; returns what is answered."""
    headers = {"webhook-id": number}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def logged(message: Message, attempts: int = 1) -> Owed:
    """Return the log of a message that has arrived."""
    return Owed(1, "w", message, None, 1, 5, (Attempt(5, 204, 1),) * attempts)


def test_what_comes_again_is_counted_and_looked_at(tool: ModuleType) -> None:
    """Some messages are refused when they first come; one that is another under the same id is amiss."""
    with tool.receiving() as receiver:
        assert [send(receiver.server_port, "evt_2", b"{}") for _ in range(2)] == [500, 204]
        assert [send(receiver.server_port, one, b"{}") for one in ("evt_1", "evt_3")] == [204, 204]
        assert receiver.bodies == {"evt_2": b"{}", "evt_1": b"{}", "evt_3": b"{}"}
        assert receiver.repeats == 1
        receiver.check()
        assert send(receiver.server_port, "evt_3", b"[]") == 204
        with pytest.raises(tool.AmissError, match="evt_3 came with another body"):
            tool.check_told(receiver, {})


def test_the_checks_notice_what_is_amiss(tool: ModuleType, book: Casebook) -> None:
    """What was told and has not happened, or under two ids; what has happened and was not told."""
    sent = messages(book)
    assert {one.type for one in sent} == {*EVENTS}
    decided = next(one for one in sent if one.type == "decision.recorded")
    other = json.loads(decided.body)
    other["data"]["decision"] = 2
    with tool.receiving() as receiver:
        for one in sent:
            send(receiver.server_port, one.id, one.body)
        tool.check_all_told(receiver, {1: book.events}, list(map(logged, sent)))
        for number, body in (("evt_4", decided.body), ("evt_5", msgspec.json.encode(other))):
            send(receiver.server_port, number, body)
            with pytest.raises(tool.AmissError, match=r"not happened, or under two ids.*decision\.recorded"):
                tool.check_told(receiver, {1: book.events})
            del receiver.bodies[number]
        with pytest.raises(tool.AmissError, match="not happened"):
            tool.check_told(receiver, {1: book.events[:-1]})
        for one in sent:
            body = receiver.bodies.pop(one.id)
            tool.check_told(receiver, {1: book.events})
            with pytest.raises(tool.AmissError, match=f"no receiver was told of .*{one.type}"):
                tool.check_all_told(receiver, {1: book.events}, list(map(logged, sent)))
            receiver.bodies[one.id] = body


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda log: log[1:], "does not have what was received"),
        (lambda log: [msgspec.structs.replace(log[0], arrived_at=None), *log[1:]], "its log says otherwise"),
        (lambda log: [msgspec.structs.replace(log[0], due=9), *log[1:]], "its log says otherwise"),
        (lambda log: [msgspec.structs.replace(log[0], attempts=()), *log[1:]], "its log says otherwise"),
        (lambda log: [logged(log[0].message, 2), *log[1:]], "came 1 times, and its log has 2 attempts"),
    ],
)
def test_the_log_is_compared(
    tool: ModuleType, book: Casebook, fault: Callable[[list[Owed]], list[Owed]], message: str
) -> None:
    """The log has each message that was received, as having arrived, and no more attempts than came."""
    with tool.receiving() as receiver:
        for one in messages(book):
            send(receiver.server_port, one.id, one.body)
        log = list(map(logged, messages(book)))
        tool.check_all_told(receiver, {1: book.events}, log)
        with pytest.raises(tool.AmissError, match=message):
            tool.check_all_told(receiver, {1: book.events}, fault(log))
