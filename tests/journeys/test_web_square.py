"""Square for readers, without a browser: reading, following, complaining, and notices in place of posts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from gates import PASSWORD
from places import account
from policies import write_policy
from squares import PNG
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.actions.host import Act, Sentence
from tipstaff.assembly.access import open_trail
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.host import Square
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.hosts.square.platform import FEED
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
PATIENCE = 20.0
AGAIN = 20
COMPLAIN = "/square/complaints"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with two reviewers, two readers, an account with over a page of posts, and an app."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        for name in ("alice", "bob"):
            served.user(name, Role.REVIEWER)
        for name in ("rae", "bo"):
            served.user(name, Role.READER, reader=f"square/reader/{name}")
        served.place.square.register_app(
            "signer", AppDetails("Signer", "Signer Ltd", ("sign",), "javascript:x")
        )
        served.place.square.register_account("tide", "Tide <Wire>", "No prices.", "Tide Ltd")
        for number in range(FEED + 1):
            served.place.publish("tide", f"tide number {number}.", "signer" if number == 0 else None)
        yield served


def awaited(visitor: Visitor, path: str, holds: Callable[[Shown], bool]) -> Shown:
    """Return a page once something holds of it: a worker is at work beside."""
    end = time.monotonic() + PATIENCE
    while not holds(page := visitor.get(path)) and time.monotonic() < end:
        time.sleep(0.05)
    assert holds(page), page.text
    return page


def again(visitor: Visitor, path: str, action: str, **fields: str | list[str]) -> None:
    """Fill a form of a page in, and send it; again where the worker beside was there first."""
    for _ in range(AGAIN):
        page = visitor.send(action, visitor.get(path).form(action), **fields)
        if page.status not in (409, 412):
            break
    assert page.status == 200, page.text


def decide(world: Web, case: int, measure: str, **fields: str | list[str]) -> None:
    """Have alice decide a case by its form, for grave harm."""
    path = f"/console/cases/{case}"
    alice = world.visitor("alice")
    assert alice.get(f"{path}/evidence").status == 200  # what is grave takes that
    again(
        alice, path, f"{path}/decisions", measure=[measure], policy="tiny",
        provision="house-1", skip="grave_harm", waive="grave_harm", reasons="招揽读者买币", **fields,
        **{"as": "decision"},
    )  # fmt: skip


def test_anyone_reads_the_newest_posts(world: Web) -> None:
    """Without a login, a page at a time; names are escaped, and what comes through an app says so."""
    stranger = world.visitor()
    first = stranger.get("/square")
    assert first.status == 200
    assert "Tide &lt;Wire&gt;" in first.text
    assert f"tide number {FEED}." in first.text
    found = re.search(r'href="(\?[^"]*before=p\d+)"', first.text)
    assert found
    older = stranger.get(f"/square{found[1].replace('&amp;', '&')}")
    assert "tide number 0." in older.text
    assert f"tide number {FEED}." not in older.text
    assert 'href="/square/apps/signer"' in older.text


def test_a_reader_follows_and_reads_whom_they_follow(world: Web) -> None:
    """By a button on the account; a feed of one's own comes of it, and ends with it."""
    bo = world.visitor("bo")
    assert "tide number" not in bo.get("/square").text
    page = bo.get("/square/accounts/tide")
    followed = bo.send("/square/accounts/tide/follow", page.form("/square/accounts/tide/follow"))
    assert "You follow this account." in followed.text
    assert "1 follower" in followed.text
    assert "tide number" in bo.get("/square").text
    assert "Tide &lt;Wire&gt;" in bo.get("/square/following").text
    bo.send("/square/accounts/tide/unfollow", followed.form("/square/accounts/tide/unfollow"))
    assert "tide number" not in bo.get("/square").text
    assert "tide number" in bo.get("/square?show=newest").text


def test_nobody_follows_without_a_login_or_a_token_of_the_page(world: Web) -> None:
    """A stranger is led to the login; a forged form, and who is no reader, are refused."""
    path = "/square/accounts/tide/follow"
    assert world.visitor().send(path).path == "/login"
    assert world.visitor("bo").send(path).status == 403
    alice = world.visitor("alice")
    assert path not in alice.get("/square/accounts/tide").text
    csrf = alice.get("/console/cases").forms[0].hidden["csrf"]
    assert alice.send(path, csrf=csrf).status == 403
    assert "0 followers" in world.visitor().get("/square/accounts/tide").text


def test_what_is_not_there_is_not_there(world: Web) -> None:
    """Accounts, apps, posts, images and statements alike."""
    stranger = world.visitor()
    paths = ("accounts/nobody", "apps/nothing", "posts/p999", "images/" + "0" * 64)
    for path in (*(f"/square/{one}" for one in paths), "/statements/" + "0" * 64):
        assert stranger.get(path).status == 404, path


def test_only_the_web_is_linked_to(world: Web) -> None:
    """Of an address that is none of it there is the text, and no link."""
    page = world.visitor().get("/square/apps/signer")
    assert "javascript:x" in page.text
    assert 'href="javascript' not in page.text


def test_a_complaint_takes_two_clicks(world: Web) -> None:
    """The first opens the reasons, the second sends one; its words are the text where nothing was written."""
    world.place.square.register_account("loud", "Loud")
    post = world.place.publish("loud", "Buy now")
    rae = world.visitor("rae", "zh-CN")
    form = rae.get(f"/square/posts/{post}").form(COMPLAIN)
    assert form.hidden["about"] == f"square/account/loud/{post}"
    assert "fraud" in form["reason"]
    receipt = rae.send(COMPLAIN, form, reason="fraud")
    assert receipt.status == 200
    assert re.fullmatch(r"/square/complaints/\d+-\d+", receipt.path)
    assert "投诉已收到" in receipt.text
    assert '<p class="words">欺诈' in receipt.text
    again = rae.send(COMPLAIN, form, reason="fraud", text="again")
    assert again.status == 409, "it waits for its answer"
    assert world.visitor("bo").get(receipt.path).status == 404, "that of somebody else is not there"
    own = rae.send(COMPLAIN, rae.get("/square/accounts/loud").form(COMPLAIN), reason="other", text="Too loud")
    assert "Too loud" in own.text
    listed = rae.get(COMPLAIN).text
    assert listed.index(own.path) < listed.index(receipt.path), "the last one first"
    assert rae.send(COMPLAIN, form, reason="boredom").status == 400


def test_a_stranger_logs_in_to_complain_and_is_back(world: Web) -> None:
    """At the post that it is about."""
    post = world.place.square.newest()[0].id
    stranger = world.visitor()
    page = stranger.get(f"/square/posts/{post}")
    assert f'href="/login?back=/square/posts/{post}"' in page.text
    login = stranger.get(f"/login?back=/square/posts/{post}").form("/login")
    back = stranger.send("/login", login, name="rae", password=PASSWORD)
    assert back.path == f"/square/posts/{post}"


def test_a_blocked_post_gives_way_to_a_notice(world: Web) -> None:
    """The sentence, the provision in the reader's language, since when, and what proves it; nothing of it."""
    case, post = world.open_case("coinshop")
    decide(world, case, "block_content", post=[post])
    page = awaited(world.visitor(), f"/square/posts/{post}", lambda one: "This is blocked" in one.text)
    assert "稳赚不赔" not in page.text
    assert "内容已被屏蔽（依据：house-1）。The content is blocked (house-1)." in page.text
    assert "House rules, article 1" in page.text
    assert "No promotion of coins." in page.text
    assert "2026-" in page.text
    assert COMPLAIN not in [one.action for one in page.forms]
    assert "站规第1条" in world.visitor(language="zh-CN").get(f"/square/posts/{post}").text
    found = re.search(r'href="(/statements/[0-9a-f]{64})"', page.text)
    assert found
    stated = world.visitor().get(found[1])
    assert "A measure: block of content" in stated.text
    assert "the platform" in stated.text
    receipt = re.search(r'href="(/v1/statements/[0-9a-f]{64}/receipt)"', page.text)
    assert receipt
    assert world.visitor().get(receipt[1]).status == 200
    listed = world.visitor().get("/square/accounts/coinshop").text
    assert "House rules, article 1" in listed
    assert "稳赚不赔" not in listed


def test_a_statement_leads_to_what_it_cites(world: Web) -> None:
    """From a measure to its decision, and from that to the policy; reasons stay sealed."""
    case, post = world.open_case("coinbar")
    decide(world, case, "block_content", post=[post])
    page = awaited(world.visitor(), f"/square/posts/{post}", lambda one: "This is blocked" in one.text)
    found = re.search(r'href="(/statements/[0-9a-f]{64})">the decision', page.text)
    assert found
    decision = world.visitor().get(found[1])
    assert "<h1>A decision</h1>" in decision.text
    assert "a reviewer · <bdi>alice</bdi>" in decision.text
    assert "招揽读者买币" not in decision.text
    cited = re.search(r'href="(/statements/[0-9a-f]{64})">How a policy stands</a>', decision.text)
    assert cited
    assert "in force" in world.visitor().get(cited[1]).text


def test_a_closed_account_shows_nothing_but_why(world: Web) -> None:
    """No name, no posts, and none of its images, not even to who has them already."""
    case, _ = world.open_case("moon")
    shown = world.place.publish("moon", "with an image", None, PNG)
    stranger = world.visitor()
    image = re.search(r'src="(/square/images/[0-9a-f]{64})"', stranger.get(f"/square/posts/{shown}").text)
    assert image
    seen = stranger.get(image[1])
    assert (seen.status, seen.answer.headers["content-type"]) == (200, "image/png")
    assert seen.answer.headers["x-content-type-options"] == "nosniff"
    etag = seen.answer.headers["etag"]
    assert stranger.get(image[1], **{"If-None-Match": etag}).status == 304
    decide(world, case, "close_account")
    bob = world.visitor("bob")
    again(bob, f"/console/cases/{case}", f"/console/cases/{case}/decisions/1", **{"as": "confirm"})
    page = awaited(stranger, "/square/accounts/moon", lambda one: "This account is closed" in one.text)
    assert "with an image" not in page.text
    assert "/square/posts/" not in page.text
    assert stranger.get(image[1], **{"If-None-Match": etag}).status == 404
    assert 'href="/square/accounts/moon"' in stranger.get("/square/accounts").text
    assert "account closed" in stranger.get("/square/accounts").text
    assert "This account is closed" in stranger.get(f"/square/posts/{shown}").text


def test_a_complainant_sees_what_became_of_it(world: Web) -> None:
    """That it was upheld, when, and what they were told after an appeal; in the list as well."""
    case, post = world.open_case("gold")
    rae = world.visitor("rae")
    assert "not answered yet" in rae.get(f"{COMPLAIN}/{case}-1").text
    decide(world, case, "block_content", post=[post])
    page = awaited(rae, f"{COMPLAIN}/{case}-1", lambda one: "not answered yet" not in one.text)
    assert ">upheld<" in page.text
    assert "投诉 1：你的投诉成立" in page.text
    assert "After an appeal" not in page.text
    holder = world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("gold"),))
    appeal = {"decision": 1, "text": "这是新闻"}
    assert world.ask(holder, "POST", "/v1/accounts/square/account/gold/appeals", appeal).is_success
    judge = world.token("carol", Role.SENIOR_REVIEWER)
    result = {"result": "reversed", "answer": "成立"}
    judged = world.ask(judge, "POST", f"/v1/cases/{case}/decisions/1/result", result)
    assert judged.is_success, judged.text
    told = awaited(rae, f"{COMPLAIN}/{case}-1", lambda one: "After an appeal" in one.text)
    assert "申诉" in told.text
    assert "申诉" in rae.get(COMPLAIN).text
    restored = awaited(world.visitor(), f"/square/posts/{post}", lambda one: "稳赚不赔" in one.text)
    assert "This is blocked" not in restored.text


def test_links_to_a_blocked_site_are_withheld(world: Web) -> None:
    """In their place stands the sentence, and below the post why; in a list that there are some."""
    world.place.square.register_account("linker", "Linker")
    post = world.place.publish("linker", "Go to https://coin.example/now today.")
    site = Target(Subject("square", SubjectKind.SITE, "coin.example"))
    host = Square(world.place.square_engine)
    told = Sentence("Links to this site are blocked <here>.", "house-1", "0" * 64)
    host.carry_out(Act("k1", "m1", MeasureKind.BLOCK_LINKS, Direction.APPLY, site, told))
    page = world.visitor().get(f"/square/posts/{post}")
    assert "coin.example" not in page.text
    assert '<mark class="withheld">Links to this site are blocked &lt;here&gt;.</mark> today.' in page.text
    assert '<h2 id="withheld-1">Links to this site are blocked</h2>' in page.text
    assert "House rules, article 1" in page.text
    assert "not on the ledger yet" in page.text
    listed = world.visitor().get("/square/accounts/linker").text
    assert "Links to a blocked site are withheld" in listed
    host.carry_out(Act("k2", "m1", MeasureKind.BLOCK_LINKS, Direction.LIFT, site, told))
    assert "coin.example" in world.visitor().get(f"/square/posts/{post}").text


def test_a_suspended_app_gives_way_to_a_notice(world: Web) -> None:
    """Its publisher and what it may are gone; what people published through it stays."""
    signer = Target(Subject("square", SubjectKind.APP, "signer"))
    host = Square(world.place.square_engine)
    told = Sentence("The app is suspended.", "house-1", "0" * 64)
    stranger = world.visitor()
    assert "Signer Ltd" in stranger.get("/square/apps").text
    host.carry_out(Act("k3", "m2", MeasureKind.SUSPEND_APP, Direction.APPLY, signer, told))
    page = stranger.get("/square/apps/signer")
    assert "This app is suspended" in page.text
    assert "Signer Ltd" not in page.text + stranger.get("/square/apps").text
    assert "tide number 0." in page.text
    host.carry_out(Act("k4", "m2", MeasureKind.SUSPEND_APP, Direction.LIFT, signer, told))


def test_what_somebody_reads_is_not_kept(world: Web) -> None:
    """The trail has what they do, and not which posts, accounts or statements they have looked at."""
    world.user("kim", Role.READER, reader="square/reader/kim")
    kim = world.visitor("kim")
    post = world.place.square.newest()[0]
    for path in ("", "/following", "/accounts", "/apps", f"/posts/{post.id}", f"/accounts/{post.account}"):
        assert kim.get(f"/square{path}").status == 200, path
    page = kim.get("/square/accounts/tide")
    kim.send("/square/accounts/tide/follow", page.form("/square/accounts/tide/follow"))
    with open_trail(world.place.directory) as trail:
        kept = list(trail.visits(Sought(user="kim"), 50, None))
    assert "followOnPage" in {one.visit.operation for one in kept}
    assert {one.visit.operation for one in kept} <= {"logInOnPage", "goHome", "followOnPage"}
