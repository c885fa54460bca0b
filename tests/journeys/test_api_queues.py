"""Reviewers and clerks who are limited to some hosts, over HTTP: all of these, nothing of others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from policies import write_policy
from saying import saying
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

HERE = frozenset({"square"})
ELSEWHERE = frozenset({"elsewhere"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with a case."""
    folder = tmp_path_factory.mktemp("queues")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.open_case("news")
        yield made


def test_who_is_limited_works_on_their_queue(world: Served) -> None:
    """As everybody else; what they are limited to is told to them."""
    alice = world.token("alice", Role.REVIEWER, queues=HERE)
    assert world.ask(alice, "GET", "/v1/me").json()["queues"] == ["square"]
    (line,) = world.ask(alice, "GET", "/v1/cases").json()["cases"]
    assert line["number"] == 1
    for path, body in (("claim", None), ("notes", {"text": "看过了"}), ("release", None)):
        assert world.ask(alice, "POST", f"/v1/cases/1/{path}", body).status_code == 200
    assert world.ask(alice, "GET", "/v1/cases/1/preview").json()["posts"] == 1
    assert world.ask(alice, "GET", "/v1/accounts/square/account/news").status_code == 200
    assert world.ask(alice, "GET", "/v1/complaints/1-1").status_code == 200


def test_a_command_limits_at_once(world: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """Also who has a token already; said without, they are limited no more."""
    token = world.token("bob", Role.REVIEWER)
    say = saying(world.place.directory, capsys)
    for queues, status in ((ELSEWHERE, 404), (HERE, 200)):
        world.token("bob", Role.REVIEWER, queues=queues)
        assert world.ask(token, "GET", "/v1/cases/1").status_code == status
    world.token("bob", Role.REVIEWER, queues=ELSEWHERE)
    assert "for the cases of square alone" in say("user", "bob", "--role", "reviewer", "--queue", "square")
    assert world.ask(token, "GET", "/v1/cases/1").status_code == 200
    assert world.ask(token, "GET", "/v1/me").json()["queues"] == ["square"]
    assert "alone" not in say("user", "bob", "--role", "reviewer")
    assert world.ask(token, "GET", "/v1/me").json()["queues"] is None
    unknown = say("user", "bob", "--role", "reviewer", "--queue", "sqare", code=2)
    assert "there is no host 'sqare': known are square" in unknown
    assert "limited to queues" in say("user", "ada", "--role", "admin", "--queue", "square", code=2)


def test_posts_of_another_queue_are_not_sent(world: Served) -> None:
    """Their verdict would tell of its cases."""
    chen = world.token("chen", Role.CLERK, queues=ELSEWHERE)
    posts = {"posts": [{"id": "p2", "account": "news", "host": "square", "text": "稳赚不赔，加我 bitcoin"}]}
    refused = world.ask(chen, "POST", "/v1/posts", posts)
    assert (refused.status_code, "square is another queue" in refused.text) == (403, True)
    chen = world.token("chen", Role.CLERK, queues=HERE)
    assert world.ask(chen, "POST", "/v1/posts", posts).status_code == 200
