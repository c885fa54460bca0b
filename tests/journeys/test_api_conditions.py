"""Conditional requests: what is known already is not sent again, and what has moved is not changed unseen."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.screening.load import load_policy

CLOSE = {"measures": ["close_account"], "reasons": "…", "hearing_waived_for": "grave_harm",
         "policy": "tiny", "provision": "house-1"}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("conditions")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


def read(world: Served, number: int, known: str | None, token: str = "") -> httpx.Response:
    """Read a case, if it is another one by now than is known."""
    shown = token or world.token("alice", Role.REVIEWER)
    headers = {"Authorization": f"Bearer {shown}"} | ({} if known is None else {"If-None-Match": known})
    return world.client.get(f"/v1/cases/{number}", headers=headers)


def settled(world: Served, handle: str) -> tuple[int, str]:
    """Open a case, and return it with the ETag that it has."""
    number, _ = world.open_case(handle)
    return number, read(world, number, None).headers["etag"]


def test_what_is_known_is_not_sent_again(world: Served) -> None:
    """Nothing but its ETag; once something has happened in the case it is sent. That one asked is kept."""
    number, etag = settled(world, "known")
    answer = read(world, number, etag)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert answer.headers["cache-control"] == "no-store"
    (kept,) = world.client.app.state.trail.visits(Sought(operation="readCase"), 1, None)
    assert kept.visit.status == 304
    alice = world.token("alice", Role.REVIEWER)
    moved = world.ask(alice, "POST", f"/v1/cases/{number}/notes", {"text": "看过了"}).headers["etag"]
    assert moved != etag
    again = read(world, number, etag)
    assert (again.status_code, again.headers["etag"]) == (200, moved)
    assert again.json()["notes"][0]["text"] == "看过了"
    assert read(world, number, moved).status_code == 304


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"0", {etag}', 304),
        ('"0",W/{etag} , "x"', 304),
        ("*", 304),
        ('"0"', 200),
        ('""', 200),
        ('"x{bare}"', 200),
        ("{bare}", 400),
        ("{etag},", 400),
        ("*, {etag}", 400),
        ('"a b"', 400),
    ],
)
def test_etags_are_compared_one_by_one(world: Served, said: str, status: int) -> None:
    """However strongly they are meant, and whatever else is known; what is none is told."""
    number, etag = settled(world, f"said-{abs(hash(said))}")
    assert read(world, number, said.format(etag=etag, bare=etag.strip('"'))).status_code == status


def test_nobody_is_told_that_another_case_is_as_it_was(world: Served) -> None:
    """What is not there, or not for them, is answered as ever."""
    number, etag = settled(world, "others")
    assert read(world, 9999, "*").status_code == 404
    assert read(world, number, etag, world.token("ada", Role.ADMIN)).status_code == 403
    limited = world.token("bob", Role.REVIEWER, queues=frozenset({"elsewhere"}))
    assert read(world, number, "*", limited).status_code == 404


def test_what_ends_by_its_time_is_sent(world: Served) -> None:
    """The version is the same, and the case shows less: a claim is over."""
    number, _ = world.open_case("times")
    alice = world.token("alice", Role.REVIEWER)
    claimed = world.ask(alice, "POST", f"/v1/cases/{number}/claim")
    etag = claimed.headers["etag"]
    assert claimed.json()["claimed_by"] == "alice"
    assert read(world, number, etag).status_code == 304
    world.place.clock.now += 1800
    over = read(world, number, etag)
    assert (over.status_code, over.json()["claimed_by"], over.headers["etag"]) == (200, None, etag)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("claim", None),
        ("release", None),
        ("notes", {"text": "…"}),
        ("escalation", {"text": "…"}),
        ("questions", {"of": "bob", "text": "…"}),
        ("opinions", {"text": "…"}),
        ("complaints/1/answer", {"outcome": "dismissed"}),
        ("proposals", {"measures": ["warn"], "text": "…", "policy": "tiny", "provision": "house-1"}),
        ("decisions", CLOSE),
        ("decisions/1/confirmation", None),
        ("decisions/1/withdrawal", None),
        ("decisions/1/result", {"result": "upheld", "answer": "…"}),
        ("decisions/1/result/confirmation", None),
    ],
)
def test_what_has_moved_is_not_changed(world: Served, path: str, body: object) -> None:
    """Each command that is given another version is refused before anything else is looked at."""
    number, etag = settled(world, f"moved-{path.replace('/', '-')}")
    carol = world.token("carol", Role.SENIOR_REVIEWER)
    before = read(world, number, None).json()
    refused = world.ask(carol, "POST", f"/v1/cases/{number}/{path}", body, if_match='"1"')
    assert (refused.status_code, refused.json()["title"]) == (412, "Precondition Failed")
    assert read(world, number, None).json() == before
    assert read(world, number, etag).status_code == 304
