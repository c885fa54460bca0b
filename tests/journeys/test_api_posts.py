"""Posts over HTTP: a verdict for each, cases where something was found, and nothing lost; and drafts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from places import PUBLISHED, account
from policies import MINIMAL, example, group, write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.screening.looking import Looked
from tipstaff.assembly.casework import adopt
from tipstaff.hosts.square.pages import Draft
from tipstaff.screening.load import load_policy
from tipstaff.screening.posts import Post

PATIENCE = 20.0
BAD = "稳赚不赔，加我 bitcoin"


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve a place with an account."""
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.place.square.register_account("news", "News")
        yield made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place of one's own."""
    with serving(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place in which nothing is kept."""
    with serving(tmp_path_factory.mktemp("quiet")) as made:
        yield made


def sent(post: str, text: str, **more: object) -> dict[str, object]:
    """Return a post of the account, as it is sent."""
    return {"id": post, "account": "news", "host": "square", "text": text} | more


def send(world: Served, *posts: object) -> httpx.Response:
    """Send posts, as a clerk's machine does."""
    return world.ask(world.token("chen", Role.CLERK), "POST", "/v1/posts", {"posts": posts})


def screened(world: Served, *posts: object) -> dict[str, Any]:
    """Send posts; returns what became of them."""
    answer = send(world, *posts)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_found_becomes_a_case_and_nothing_else_is_kept(world: Served) -> None:
    """A verdict for each post in order, with evidence in its text; clean posts leave nothing."""
    clean, bad = world.place.publish("news", "今天天气不错"), world.place.publish("news", BAD)
    found = screened(world, sent(clean, "今天天气不错"), sent(bad, BAD))
    assert found["refused"] == []
    first, second = found["verdicts"]
    assert (first["index"], first["id"], first["verdict"], first["case"]) == (0, clean, "none", None)
    assert first["policies"] == [world.place.policy.reference]
    assert (second["index"], second["verdict"], second["case"]) == (1, "violation", 1)
    (finding,) = second["findings"]
    (evidence,) = finding["evidence"]
    assert (finding["provision"], finding["policy"]) == ("house-1", world.place.policy.reference)
    assert BAD[evidence["start"] : evidence["end"]] == evidence["text"] == "bitcoin"
    case = world.place.case(1)
    assert case.posts == (bad,)
    with world.place.desk() as desk:
        assert desk.cases.numbers() == [1]
        assert desk.vault.count(str(account("news"))) == 2  # the snapshot and the evidence


def test_what_is_sent_again_is_there_already(world: Served) -> None:
    """Twice in one request, or later: one case, at the same version."""
    bad = world.place.publish("news", BAD)
    found = screened(world, sent(bad, BAD), sent(bad, BAD))
    assert [one["case"] for one in found["verdicts"]] == [1, 1]
    before = world.place.case(1)
    assert [one["case"] for one in screened(world, sent(bad, BAD))["verdicts"]] == [1]
    assert world.place.case(1) == before
    assert len(before.found) == 1


def test_what_cannot_be_taken_is_told_by_its_place(world: Served) -> None:
    """What is no post, or not what the public was shown, is refused alone, and no other is."""
    bad, other = world.place.publish("news", BAD), world.place.publish("news", "今天天气不错")
    found = screened(
        world,
        {"id": "x", "account": "news"},
        sent(bad, BAD),
        7,
        sent("", BAD),
        sent("p99", BAD),
        sent(other, BAD),
        sent(bad, BAD, account="nobody"),
        sent(bad, BAD, host="elsewhere"),
        sent(bad, BAD, host=None),
        sent(bad, BAD, published_at="yesterday"),
    )
    assert [one["index"] for one in found["verdicts"]] == [1]
    told = {one["index"]: one["reason"] for one in found["refused"]}
    assert sorted(told) == [0, 2, 3, 4, 5, 6, 7, 8, 9]
    for place, words in {
        0: "text",
        2: "object",
        3: "id is empty",
        4: "has published no such post",
        5: "shows another text",
        6: "has published no such post",
        7: "not known here",
        8: "host is missing",
        9: "ISO 8601",
    }.items():
        assert words in told[place], told[place]
    with world.place.desk() as desk:
        assert desk.cases.numbers() == [1]


def test_half_a_sign_is_mended(world: Served) -> None:
    """A lone surrogate, as cut texts have it, stops no post, its own neither."""
    token = world.token("chen", Role.CLERK)
    bad = world.place.square.publish("news", Draft(text=f"{BAD} \ufffd", published_at=PUBLISHED))
    body = json.dumps({"posts": [sent(bad, f"{BAD} \ud83d"), sent("p9", "天气")]}).encode()
    answer = world.client.post("/v1/posts", content=body, headers={"Authorization": f"Bearer {token}"})
    assert [one["case"] for one in answer.json()["verdicts"]] == [1, None], answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"posts": 1}',
        b"{}",
        b'{"posts": [], "x": 1}',
        b"\xff",
        b'{"posts": ' + b"[" * 90_000,
    ],
)
def test_a_body_that_is_none_is_refused_whole(quiet: Served, body: bytes) -> None:
    """It is told what it should be."""
    token = quiet.token("chen", Role.CLERK)
    answer = quiet.client.post("/v1/posts", content=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 400, answer.text
    assert 'write {"posts": […]}' in answer.json()["detail"]


def test_more_than_the_settings_allow_is_refused_whole(quiet: Served) -> None:
    """A thousand and one."""
    answer = send(quiet, *(sent(f"p{number}", "天气") for number in range(1001)))
    assert answer.status_code == 400
    assert "send 1,000 at a time at the most" in answer.json()["detail"]


def test_more_than_there_is_room_for_is_put_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 503, and when to ask again; whoever waits is answered."""
    monkeypatch.setenv("TIPSTAFF_POSTS_WAITING", "2")
    begun, go = threading.Event(), threading.Event()

    def look(posts: Sequence[Post]) -> list[Looked]:
        if posts:  # it is asked with none as the server begins
            begun.set()
            assert go.wait(PATIENCE)
        return [Looked(())] * len(posts)

    policy = load_policy(write_policy(tmp_path / "policy"))
    with served(tmp_path / "here", policy, look) as made, ThreadPoolExecutor(3) as pool:
        token = made.token("chen", Role.CLERK)

        def ask(count: int) -> httpx.Response:
            return made.ask(token, "POST", "/v1/posts", {"posts": [sent("p1", "x")] * count})

        first = pool.submit(ask, 1)
        assert begun.wait(PATIENCE)
        others = {pool.submit(ask, 2), pool.submit(ask, 2)}
        refused, waiting = wait(others, PATIENCE, FIRST_COMPLETED)
        go.set()
        (busy,) = (one.result() for one in refused)
        assert [one.result().status_code for one in (first, *waiting)] == [200, 200]
    assert busy.status_code == 503
    assert (busy.headers["retry-after"], busy.headers["content-type"]) == ("1", "application/problem+json")
    assert "send them again" in busy.json()["detail"]


def test_a_newly_adopted_version_screens_what_comes_next(world: Served) -> None:
    """Without another start; what it does not find is found no more."""
    bad = world.place.publish("news", BAD)
    assert screened(world, sent("p9", "天气"))["verdicts"][0]["policies"] == [world.place.policy.reference]
    files = {
        "policy.toml": MINIMAL["policy.toml"].replace("1.2.3", "1.2.4"),
        "signals/coins.csv": group("gold"),
        "examples.jsonl": example("I hold gold", "violation"),
    }
    later = load_policy(write_policy(world.place.directory.parent / "later", files))
    adopt(world.place.directory, later, world.place.clock)
    (one,) = screened(world, sent(bad, BAD))["verdicts"]
    assert (one["policies"], one["verdict"]) == ([later.reference], "none")


def test_a_token_narrowed_to_posts_sends_them_alone(quiet: Served) -> None:
    """An admin's machine may send posts, and read nothing."""
    token = quiet.token("root", Role.ADMIN, scopes=frozenset({Permission.SEND_POSTS}))
    assert quiet.ask(token, "POST", "/v1/posts", {"posts": []}).status_code == 200
    assert quiet.ask(token, "POST", "/v1/check", {"text": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "accepted", "language", "cited"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh", "站规第1条"),
        ("?language=en", "zh", "en", "House rules, article 1"),
        ("", "fr, en;q=0.5, zh;q=0.2", "en", "House rules, article 1"),
        ("?language=zh", "", "zh", "站规第1条"),
    ],
)
def test_a_draft_is_checked_in_the_language_asked_for(
    quiet: Served, query: str, accepted: str, language: str, cited: str
) -> None:
    """Passages, provision and explanation; nothing is kept."""
    token = quiet.token("petra", Role.POLICY_OWNER)
    answer = quiet.client.post(
        f"/v1/check{query}",
        json={"title": "今天", "text": BAD},
        headers={"Authorization": f"Bearer {token}", "Accept-Language": accepted},
    )
    (problem,) = answer.json()["problems"]
    (passage,) = problem["passages"]
    assert problem["provision"]["citation"] == cited
    assert BAD[passage["start"] : passage["end"]] == "bitcoin"
    assert answer.headers["content-language"] == language
    with quiet.place.desk() as desk:
        assert desk.cases.numbers() == []
        assert desk.vault.count(str(account("author"))) == 0
