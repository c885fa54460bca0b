"""A server that is killed while posts are sent to it, and whether the checks would notice a fault."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from places import account
from policies import write_policy
from served import served

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

TOOL = Path(__file__).parents[2] / "tools" / "kill_server.py"
BAD = "稳赚不赔，加我 bitcoin"


def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """After ten kills all that was answered is kept once; what was not is taken when it is sent again."""
    command = [sys.executable, str(TOOL), "--kills", "10", "--seed", "7", "--keep", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=300)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.match(
        r"10 kills, seed 7: ([\d,]+) requests were answered, [\d,]+ of ([\d,]+) posts", done.stdout
    )
    assert told, done.stdout
    requests, posts = (int(number.replace(",", "")) for number in told.groups())
    assert min(requests, posts) > 10, "the load is one"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load the tool."""
    sys.path.insert(0, str(TOOL.parent))  # where tools find one another when they are run
    spec = importlib.util.spec_from_file_location(TOOL.stem, TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
