"""A server that is killed while posts are sent to it, and whether the checks would notice a fault."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from killing_tools import load_tool, ten_kills
from places import account
from policies import write_policy
from served import served

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

BAD = "稳赚不赔，加我 bitcoin"


def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """After ten kills all that was answered is kept once; what was not is taken when it is sent again."""
    said = ten_kills("kill_server", tmp_path)
    told = re.search(r"seed 7: ([\d,]+) requests were answered, [\d,]+ of ([\d,]+) posts", said)
    assert told, said
    requests, posts = (int(number.replace(",", "")) for number in told.groups())
    assert min(requests, posts) > 10, "the load is one"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load the tool."""
    return load_tool("kill_server")


def test_the_checks_notice_what_is_amiss(tool: ModuleType, tmp_path: Path) -> None:
    """What was acknowledged and is not there, what nobody sent, and a text that cannot be read."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as world:
        world.place.square.register_account("news", "News")
        number = world.place.publish("news", BAD)
        post = {"id": number, "account": "news", "host": "square", "text": BAD}
        token = world.token("chen", Role.CLERK)
        assert world.ask(token, "POST", "/v1/posts", {"posts": [post]}).status_code == 200
    rules, sent = Counter(["coin-talk"]), {number: post}
    with world.place.desk() as desk:
        assert tool.check_told(desk, {number: rules}, sent) == 1
        for told, known, message in (
            ({"p99": rules}, sent, "p99 was acknowledged"),
            ({number: rules + rules}, sent, "was acknowledged with"),
            ({}, {}, "none of its account that stands"),
            ({}, {number: post | {"account": "other"}}, "none of its account that stands"),
            ({}, {number: post | {"text": "other"}}, "cannot be read as it was"),
        ):
            with pytest.raises(tool.AmissError, match=message):
                tool.check_told(desk, told, known)
        desk.vault.drop([one.evidence for one in world.place.case(1).found])
        with pytest.raises(tool.AmissError, match="the evidence of coin-talk"):
            tool.check_told(desk, {}, sent)
        assert desk.vault.erase(str(account("news")))
        with pytest.raises(tool.AmissError, match="cannot be read as it was"):
            tool.check_told(desk, {}, sent)
