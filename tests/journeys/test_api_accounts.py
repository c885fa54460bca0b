"""Accounts and measures over HTTP: who holds one sees how it stands, answers, appeals, takes all along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import PeopleError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.screening.load import load_policy

SAID: Final = {"text": "这是新闻报道"}
MANY: Final = 100
OFFER: Final = "稳赚不赔，加我 bitcoin"
NEWS: Final = "/v1/accounts/square/account/news"
SIGNER: Final = Subject("square", SubjectKind.APP, "signer")
DECIDED: Final = {"reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place where something was decided about one account, and nothing about another and an app."""
    folder = tmp_path_factory.mktemp("accounts")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        found_and_blocked(made, "news")
        made.open_case("shop")
        made.place.square.register_app("signer", AppDetails("Signer", "Paper", (), "https://paper.example"))
        yield made


def found_and_blocked(world: Served, handle: str) -> str:
    """Have a post of a new account complained of, found by the policy, and blocked; returns it."""
    number, post = world.open_case(handle)
    sent = {"id": post, "account": handle, "host": "square", "text": OFFER}
    chen, alice = world.token("chen", Role.CLERK), world.token("alice", Role.REVIEWER)
    assert world.ask(chen, "POST", "/v1/posts", {"posts": [sent]}).json()["verdicts"][0]["case"] == number
    block = DECIDED | {"measures": ["block_content"], "posts": [post], "rungs_skipped_for": "grave_harm"}
    answer = world.ask(alice, "POST", f"/v1/cases/{number}/decisions", block)
    assert answer.status_code == 200, answer.text
    holder = holding(world, handle, account(handle))
    world.until(holder, f"/v1/accounts/square/account/{handle}", lambda one: len(one["told"]) == 2)
    return post


def holding(world: Served, name: str, *subjects: Subject) -> str:
    """Return a token of who holds some accounts and apps."""
    return world.token(f"holder-{name}", Role.ACCOUNT_HOLDER, holds=subjects)


def test_who_holds_an_account_sees_how_it_stands(world: Served) -> None:
    """What is in force and why, with its place on the ledger, strikes and notices; nobody else by name."""
    holder = holding(world, "news", account("news"))
    found = world.ask(holder, "GET", NEWS).json()
    assert (found["subject"], found["profile"]["handle"], found["standing"]) == (
        "square/account/news", "news", "carried out",
    )  # fmt: skip
    (measure,) = found["in_force"]
    assert (measure["kind"], measure["provision"], measure["territory"], measure["until"]) == (
        "block_content", "house-1", "world", None,
    )  # fmt: skip
    assert measure["since"] == "2026-09-21T14:13:20+00:00"
    (decision,) = found["decisions"]
    assert decision["carried_out"][0]["statement"] == measure["statement"]
    assert measure["statement"]["position"] > decision["statement"]["position"] > 0
    assert [(one["decision"], one["expires"]) for one in found["strikes"]] == [
        (1, "2026-10-21T14:13:20+00:00")
    ]
    assert [one["audience"] for one in found["told"]] == ["account", "readers"]
    assert found["hearing"] is None
    told = json.dumps(found, ensure_ascii=False)
    assert not [name for name in ("alice", "rae", "骗人的") if name in told]
    assert world.ask(world.token("alice", Role.REVIEWER), "GET", NEWS).json() == found


def test_ones_own_are_listed(world: Served) -> None:
    """Accounts and apps, with a case or without; neither what is another's nor what is not there."""
    holder = holding(world, "both", SIGNER, account("nobody"), account("shop"))
    listed = world.ask(holder, "GET", "/v1/accounts").json()["accounts"]
    assert [(one["subject"], one["standing"]) for one in listed] == [
        ("square/app/signer", None), ("square/account/shop", "open"),
    ]  # fmt: skip
    assert world.ask(holder, "GET", "/v1/accounts/square/app/signer").json() == listed[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("square/account/news", 404), ("square/account/nobody", 404), ("elsewhere/account/shop", 404),
        ("square/app/shop", 404), ("square/reader/shop", 400), ("square/account/%00", 404),
        ("square/account/shop%2Fp1", 404), ("square/account/" + "x" * 201, 400), ("square/account/..", 404),
    ],
)  # fmt: skip
def test_what_is_anothers_is_not_there(world: Served, path: str, status: int) -> None:
    """As what there never was; for those who read cases that is not there either."""
    holder, alice = holding(world, "shop", account("shop")), world.token("alice", Role.REVIEWER)
    for what in ("", "/export"):
        answer = world.ask(holder, "GET", f"/v1/accounts/{path}{what}")
        assert answer.status_code == status, answer.text
        if "news" not in path:
            assert world.ask(alice, "GET", f"/v1/accounts/{path}{what}").status_code == status
    for what, body in (("hearings/0000/answer", SAID), ("appeals", SAID | {"decision": 1})):
        answer = world.ask(holder, "POST", f"/v1/accounts/{path}/{what}", body)
        assert answer.status_code == status, answer.text


def test_those_who_read_cases_see_how_a_site_stands(world: Served) -> None:
    """What is in force on it, and until when; a site of which nothing was told stands in no case."""
    rae, alice = (
        world.token("rae", Role.READER, reader="square/reader/rae"),
        world.token("alice", Role.REVIEWER),
    )
    path = "/v1/accounts/square/site/coin.example"
    before = world.ask(alice, "GET", path)
    assert before.json() == {
        "subject": "square/site/coin.example", "profile": {"name": "coin.example"}, "standing": None,
        "in_force": [], "strikes": [], "hearing": None, "decisions": [], "told": [],
    }  # fmt: skip
    complaint = {"about": "square/site/coin.example", "reason": "fraud", "text": "骗人的"}
    receipt = world.ask(rae, "POST", "/v1/complaints", complaint)
    assert receipt.status_code == 201, receipt.text
    case = receipt.json()["id"].partition("-")[0]
    block = DECIDED | {"measures": ["block_links"], "until": 1_800_000_000, "rungs_skipped_for": "grave_harm"}
    decided = world.ask(alice, "POST", f"/v1/cases/{case}/decisions", block)
    assert decided.status_code == 200, decided.text
    found = world.until(alice, path, lambda one: len(one["in_force"]) == 1 and bool(one["told"]))
    (measure,) = found["in_force"]
    assert (measure["kind"], measure["on"], measure["until"]) == (
        "block_links", "square/site/coin.example", "2027-01-15T08:00:00+00:00",
    )  # fmt: skip
    assert found["decisions"][0]["carried_out"][0]["statement"] == measure["statement"]
    told = json.dumps(found, ensure_ascii=False)
    assert not [name for name in ("alice", "rae", "骗人的") if name in told]


@pytest.mark.parametrize("name", ["COIN.example", "coin.example:80", "coin..example", "%00.example"])
def test_what_can_be_no_site_is_not_there(world: Served, name: str) -> None:
    """A site is a host in small letters, as links are compared."""
    alice = world.token("alice", Role.REVIEWER)
    assert world.ask(alice, "GET", f"/v1/accounts/square/site/{name}").status_code == 404


def test_nobody_holds_a_site(world: Served) -> None:
    """Who holds an account is not told how one stands; nobody answers for it, appeals, or takes it along."""
    path = "/v1/accounts/square/site/coin.example"
    holder, alice = holding(world, "news", account("news")), world.token("alice", Role.REVIEWER)
    assert world.ask(holder, "GET", path).status_code == 404
    for who in (holder, alice):
        assert world.ask(who, "GET", f"{path}/export").status_code == 400
        assert world.ask(who, "POST", f"{path}/hearings/0000/answer", SAID).status_code == 400
        assert world.ask(who, "POST", f"{path}/appeals", SAID | {"decision": 1}).status_code == 400
    with pytest.raises(PeopleError, match="nobody holds a site"):
        holding(world, "site", Subject("square", SubjectKind.SITE, "coin.example"))


def test_a_token_may_be_for_less(world: Served) -> None:
    """Without its permission what is one's own is refused, and not said to be absent."""
    narrowed = world.token(
        "narrow", Role.ACCOUNT_HOLDER, holds=(account("news"),), scopes=frozenset[Permission]()
    )
    for path in (NEWS, "/v1/accounts", "/v1/notices"):
        assert world.ask(narrowed, "GET", path).status_code == 403


def test_who_holds_an_account_appeals(world: Served) -> None:
    """Once; what comes of it is seen where the decision is; who judges is not named."""
    post = found_and_blocked(world, "daily")
    holder, path = holding(world, "daily", account("daily")), "/v1/accounts/square/account/daily"
    missing = world.ask(holder, "POST", f"{path}/appeals", SAID | {"decision": 2})
    assert (missing.status_code, "has no decision 2" in missing.text) == (409, True)
    made = world.ask(holder, "POST", f"{path}/appeals", SAID | {"decision": 1})
    assert made.status_code == 201, made.text
    assert made.json()["appeal"]["text"] == SAID["text"]
    assert world.ask(holder, "POST", f"{path}/appeals", SAID | {"decision": 1}).status_code == 409

    def stated(found: dict[str, Any]) -> bool:
        return found["decisions"][0]["appeal"]["statement"]["position"] is not None

    world.until(holder, path, stated)
    with world.place.desk() as desk:
        case = desk.cases.find(account("daily"))
    assert case
    carol, judgement = world.token("carol", Role.SENIOR_REVIEWER), {"result": "reversed", "answer": "成立"}
    judged = world.ask(carol, "POST", f"/v1/cases/{case.number}/decisions/1/result", judgement)
    assert judged.status_code == 200, judged.text
    found = world.until(holder, path, lambda one: not one["in_force"] and len(one["told"]) == 4)
    assert (found["standing"], found["strikes"]) == ("appeal reversed", [])
    appeal = found["decisions"][0]["appeal"]
    assert (appeal["result"], appeal["answer"]) == ("reversed", "成立")
    assert world.place.square.read_post(post).content is not None
    assert "carol" not in json.dumps(found)
    listed = world.ask(carol, "GET", "/v1/measures?most=200").json()["measures"]
    assert [one["in_force"] for one in listed if one["case"] == case.number] == [False], "its end is none"


def test_who_holds_an_account_answers(world: Served) -> None:
    """What is proposed, by its name, so that nothing is answered which was not read."""
    number, _ = world.open_case("weekly")
    holder, path = holding(world, "weekly", account("weekly")), "/v1/accounts/square/account/weekly"
    first = world.propose(number)["hearing"]
    second = world.propose(number)["hearing"]
    assert world.ask(holder, "GET", path).json()["hearing"]["id"] == second
    gone = world.ask(holder, "POST", f"{path}/hearings/{first}/answer", SAID)
    assert (gone.status_code, "or it is over" in gone.text) == (404, True)
    answered = world.ask(holder, "POST", f"{path}/hearings/{second}/answer", SAID)
    assert (answered.status_code, answered.json()["heard"]) == (201, SAID["text"])
    again = world.ask(holder, "POST", f"{path}/hearings/{second}/answer", SAID)
    assert (again.status_code, "answered already" in again.text) == (409, True)


def test_all_that_is_kept_is_taken_along(world: Served) -> None:
    """A line for each thing, under what it is; the posts as the host has them; nobody by name."""
    holder = holding(world, "news", account("news"))
    answer = world.ask(holder, "GET", f"{NEWS}/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    assert answer.text.endswith("\n")
    lines = [one for line in answer.text.splitlines() for one in json.loads(line).items()]
    kept = {name: [value for each, value in lines if each == name] for name, _ in lines}
    assert kept["subject"] == ["square/account/news"]
    assert [one["text"] for one in kept["posts"]] == [OFFER]
    assert [one["rule"] for one in kept["found"]] == ["coin-talk"]
    assert [one["reason"] for one in kept["complaints"]] == ["fraud"]
    assert [one["reasons"] for one in kept["decisions"]] == ["招揽读者买币"]
    assert [one["audience"] for one in kept["told"]] == ["account", "readers"]
    assert not [name for name in ("alice", "rae", "骗人的") if name in answer.text]
    empty = world.ask(holding(world, "app", SIGNER), "GET", "/v1/accounts/square/app/signer/export")
    assert [next(iter(json.loads(line))) for line in empty.text.splitlines()] == [
        "subject", "made_at", "profile", "erased",
    ]  # fmt: skip


def pages(world: Served, token: str, path: str, name: str) -> list[dict[str, Any]]:
    """Read a list one by one."""
    found: list[dict[str, Any]] = []
    after = ""
    while len(found) < MANY:
        page = world.ask(token, "GET", f"{path}?most=1{after}").json()
        found += page[name]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"
    raise AssertionError(found)


def test_notices_come_page_by_page(world: Served) -> None:
    """Of all that is one's own, each once; and of nothing else."""
    found_and_blocked(world, "globe")
    holder = holding(world, "two", account("globe"), account("news"), account("shop"))
    found = pages(world, holder, "/v1/notices", "notices")
    assert [(one["subject"], one["audience"]) for one in found] == [
        (f"square/account/{handle}", audience)
        for handle in ("news", "globe")
        for audience in ("account", "readers")
    ]
    assert world.ask(holder, "GET", "/v1/notices").json() == {"notices": found, "next": None}
    assert "内容已被屏蔽" in found[0]["text"]


def test_measures_come_page_by_page(world: Served) -> None:
    """All that were stated, with their cases, or those alone that are in force."""
    posts = {found_and_blocked(world, "herald"), found_and_blocked(world, "courier")}
    alice = world.token("alice", Role.REVIEWER)
    found = pages(world, alice, "/v1/measures", "measures")
    assert posts <= {one["on"] for one in found}
    assert world.ask(alice, "GET", "/v1/measures?most=200").json() == {"measures": found, "next": None}
    one = next(each for each in found if each["subject"] == "square/account/news")
    standing = world.ask(alice, "GET", NEWS).json()["in_force"][0]
    assert standing.items() <= one.items()
    assert (one["seen"], one["in_force"]) == ("applied", True)
    alive = world.ask(alice, "GET", "/v1/measures?in_force=true&most=200").json()["measures"]
    assert alive == [each for each in found if each["in_force"]]
