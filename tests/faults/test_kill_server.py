"""A server that is killed while many ask it, and whether the checks would notice a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from killing_tools import load_tool, ten_kills
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.texts import reader
from tipstaff.screening.load import load_policy

BAD = "稳赚不赔，加我 bitcoin"
KINDS = {"appeal", "complaint", "confirmation", "decision", "dismissal", "note", "order"}


def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """After ten kills all that was answered is done once, of each kind; what was not is done later."""
    said = ten_kills("kill_server", tmp_path)
    counts = {
        name.removesuffix("s"): int(number.replace(",", ""))
        for number, name in re.findall(r"(\d[\d,]*) ([a-z]+)", said)
    }
    assert all(counts[kind] > 0 for kind in KINDS), said
    assert min(counts["answer"], counts["post"], counts["message"]) > 30, "the load is one"
    assert counts["request"] > 0, "some had no answer"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load what checks."""
    return load_tool("kill_kept")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place with an account."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
        made.place.square.register_account("news", "News")
        yield made


def test_the_checks_notice_what_is_amiss_with_posts(tool: ModuleType, world: Served) -> None:
    """What was acknowledged and is not there, what nobody sent, and a text that cannot be read."""
    number = world.place.publish("news", BAD)
    post = {"id": number, "account": "news", "host": "square", "text": BAD}
    token = world.token("chen", Role.CLERK)
    assert world.ask(token, "POST", "/v1/posts", {"posts": [post]}).status_code == 200
    rules, sent = Counter(["coin-talk"]), {number: post}
    dossiers = load_tool("kill_checks").dossiers_of(world.place.directory)
    with world.place.desk() as desk:
        assert tool.check_posts(desk, dossiers, {number: rules}, sent, tool.Reader()) == 1
        for told, known, message in (
            ({"p99": rules}, sent, "p99 was acknowledged"),
            ({number: rules + rules}, sent, "was acknowledged with"),
            ({}, {}, "none of its account that stands"),
            ({}, {number: post | {"account": "other"}}, "none of its account that stands"),
            ({}, {number: post | {"text": "other"}}, "cannot be read as it was"),
        ):
            with pytest.raises(tool.AmissError, match=message):
                tool.check_posts(desk, dossiers, told, known, tool.Reader())
        twice = {1: [*dossiers[1], *dossiers[1]]}
        with pytest.raises(tool.AmissError, match="has a finding twice"):
            tool.check_posts(desk, twice, {}, sent, tool.Reader())
        desk.vault.drop([one.evidence for one in world.place.case(1).found])
        with pytest.raises(tool.AmissError, match="the evidence of coin-talk"):
            tool.check_posts(desk, dossiers, {}, sent, tool.Reader())
        assert desk.vault.erase(str(account("news")))
        with pytest.raises(tool.AmissError, match="cannot be read as it was"):
            tool.check_posts(desk, dossiers, {}, sent, tool.Reader())


def test_what_requests_leave_is_found(tool: ModuleType, world: Served) -> None:
    """A complaint, a note, its dismissal, an order and its confirmation, by what they are known by."""
    rae = world.token("rae", Role.READER, reader=reader("square", "rae"))
    bob = world.token("bob", Role.REVIEWER)
    chen, wu = (world.token(name, Role.CLERK) for name in ("chen", "wu"))
    order = {
        "authority": "bureau", "reference": "o", "basis": "im-2014", "scope": "account",
        "targets": ["square/account/news"], "territory": "CN", "deadline": "2099-01-01T00:00:00+08:00",
        "text": "o",
    }  # fmt: skip
    about = {"about": "square/account/news", "reason": "fraud", "text": "c"}
    for token, path, body in (
        (rae, "/v1/complaints", about),
        (bob, "/v1/cases/1/notes", {"text": "n"}),
        (bob, "/v1/cases/1/complaints/1/answer", {"outcome": "dismissed"}),
        (chen, "/v1/orders", order),
        (wu, "/v1/orders/2/confirmation", None),
    ):
        answer = world.ask(token, "POST", path, body)
        assert answer.is_success, answer.text
    dossiers = load_tool("kill_checks").dossiers_of(world.place.directory)
    with world.place.desk() as desk:
        assert tool.left_behind(desk, dossiers, tool.Reader()) == Counter(
            [("complaint", "c"), ("note", "n"), ("dismissal", "1-1"), ("order", "o"), ("confirmation", "2")]
        )


def test_the_checks_notice_what_is_amiss_with_requests(tool: ModuleType) -> None:
    """One that was acknowledged and lost, one that was done twice, and one that nobody has sent."""
    asking = load_tool("kill_asking")
    answered, lost = (
        asking.Asked(0, "", "/", {}, ("note", name), lambda _: None, sent=2) for name in ("answered", "lost")
    )
    answered.answer = asking.Answer(200, b"{}", again=False)
    once = Counter([answered.leaves])
    tool.check_asked([answered, lost], once.copy())
    tool.check_asked([answered, lost], once + Counter([lost.leaves]))
    for there, message in (
        (Counter(), "was acknowledged, and is there 0 times"),
        (once + once, "was acknowledged, and is there 2 times"),
        (once + Counter([lost.leaves] * 2), "was sent 2 times, and is there 2 times"),
        (once + Counter([("note", "other")]), "nobody has asked for"),
    ):
        with pytest.raises(tool.AmissError, match=message):
            tool.check_asked([answered, lost], there)


def test_who_asks_notices_what_is_answered_otherwise(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered comes again as it was; what is unsure is not sent again; what is refused is amiss."""
    asking = load_tool("kill_asking")
    client = asking.Client(1)
    unsure = f'{{"detail": "{asking._UNSURE}"}}'.encode()

    def ask(*answers: tuple[int, bytes, bool], keyed: bool = True) -> object:
        asked = asking.Asked(0, "", "/", {}, ("note", "x"), lambda _: None, keyed=keyed)
        for answer in answers:
            monkeypatch.setattr(client, "send", lambda *_, answer=answer: asking.Answer(*answer))
            client.ask(asked)
        return asked.answer, asked.unsure

    assert ask((200, b"{}", False), (200, b"{}", True)) == ((200, b"{}", False), False)
    assert ask((200, b"{}", True)) == ((200, b"{}", True), False)
    for again in ((200, b"{}", False), (200, b"{1}", True), (201, b"{}", True), (409, unsure, False)):
        with pytest.raises(tool.AmissError, match="otherwise than before"):
            ask((200, b"{}", False), again)
    for first in ((409, unsure, False), (409, b'{"detail": ""}', False), (500, b"", False)):
        for keyed in (True, False):
            with pytest.raises(tool.AmissError, match="it was refused"):
                ask(first, keyed=keyed)
