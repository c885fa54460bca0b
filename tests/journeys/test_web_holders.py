"""Account holders on square's pages: what is in force on what is theirs and why, answering and appealing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import pytest
from places import account
from policies import write_policy
from visitors import Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\ndecision_delay = 0\n'
BAD: Final = "稳赚不赔，加我 bitcoin"
DOCUMENT: Final = b"%PDF-1.7 proof"
BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("holders")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        yield served


def blocked(world: Web, handle: str) -> tuple[int, str]:
    """Have a post of a new account complained of, found to break a rule, and blocked; returns both."""
    number, post = world.open_case(handle)
    chen, alice = world.token("chen", Role.CLERK), world.token("alice", Role.REVIEWER)
    told = {"id": post, "account": handle, "host": "square", "text": BAD}
    assert world.ask(chen, "POST", "/v1/posts", {"posts": [told]}).status_code == 200
    path = f"/v1/cases/{number}"
    answer = world.ask(alice, "POST", f"{path}/decisions", BLOCK | {"posts": [post]})
    assert answer.status_code == 200, answer.text
    world.until(alice, path, lambda one: "applied" in str(one["decisions"]))
    return number, post


def page_of(handle: str) -> str:
    """Return where an account is shown to who holds it."""
    return f"/square/mine/account/{handle}"


def holder(world: Web, handle: str, language: str = "en") -> Visitor:
    """Return somebody who holds an account."""
    return world.holder(f"of.{handle}", account(handle), language=language)


def test_what_is_in_force_is_told_with_its_reasons_and_evidence(world: Web) -> None:
    """The measure, its provision in words, the passage that it rests on, the time to appeal, strikes."""
    _, post = blocked(world, "moon")
    moon = holder(world, "moon")
    page = moon.get("/square/mine")
    assert (page.status, page.path) == (200, page_of("moon")), "it is the only one"
    for told in (
        "block of content", f'href="/square/posts/{post}"', "House rules, article 1",
        "No promotion of coins.", "招揽读者买币", '加我 <mark class="s2">bitcoin</mark>', "coin-talk",
        "You can appeal until", "decided by a reviewer", "until it is lifted", "counts until",
        "The next decision would bring", 'href="/v1/accounts/square/account/moon/export"',
    ):  # fmt: skip
        assert told in page.text, told
    assert "骗人的" not in page.text, "what a complainant wrote"
    assert "alice" not in page.text
    assert "rae" not in page.text
    chinese = holder(world, "moon", "zh-CN").get(page_of("moon"))
    assert "站规第1条" in chinese.text
    assert "不得宣传币种。" in chinese.text


def test_an_appeal_with_a_document_is_made_once(world: Web) -> None:
    """It is kept, and shown with its document; the form is gone, and a second one is refused."""
    number, _ = blocked(world, "shop")
    shop = holder(world, "shop")
    form = shop.get(page_of("shop")).form(f"{page_of('shop')}/appeal")
    files = {"attachment": ("proof.pdf", DOCUMENT)}
    done = shop.send_with(form.action, form, files, text="这是新闻报道")
    assert (done.status, done.path) == (200, page_of("shop")), done.text
    assert "Your appeal is kept." in done.text
    assert "这是新闻报道" in done.text
    assert hashlib.sha256(DOCUMENT).hexdigest() in done.text
    assert f"{page_of('shop')}/appeal" not in [one.action for one in done.forms]
    again = shop.send(form.action, form, text="noch einmal")
    assert (again.status, "appealed against already" in again.text) == (409, True)
    carol = world.token("carol", Role.SENIOR_REVIEWER)
    got = world.ask(carol, "GET", f"/v1/cases/{number}/decisions/1/appeal/document")
    assert got.content == DOCUMENT
    judgement = {"result": "reversed", "answer": "成立，已恢复"}
    world.until(carol, f"/v1/cases/{number}", lambda one: bool(one["decisions"][0]["appeal"]))
    answer = world.ask(carol, "POST", f"/v1/cases/{number}/decisions/1/result", judgement)
    assert answer.status_code == 200, answer.text
    world.until(carol, f"/v1/cases/{number}", lambda one: "lifted" in str(one["decisions"]))
    after = shop.get(page_of("shop"))
    assert "成立，已恢复" in after.text
    assert "Nothing is in force." in after.text
    assert "carol" not in after.text


def test_without_a_document_and_without_a_text(world: Web) -> None:
    """A document need not go with it; without a text nothing is an appeal."""
    blocked(world, "wire")
    wire = holder(world, "wire")
    form = wire.get(page_of("wire")).form(f"{page_of('wire')}/appeal")
    empty = wire.send_with(form.action, form, {"attachment": ("", b"")}, text=" ")
    assert (empty.status, "nothing was written" in empty.text) == (400, True)
    long = wire.send(form.action, form, text="x" * 20_001)
    assert (long.status, "20,001 characters" in long.text) == (400, True)
    none = wire.send(form.action, form, decision="", text="…")
    assert none.status == 400
    done = wire.send_with(form.action, form, {"attachment": ("", b"")}, text="no")
    assert "Your appeal is kept." in done.text
    assert "With a document" not in done.text


def test_what_is_proposed_is_answered_once(world: Web) -> None:
    """What, why, and the time left; the answer is shown in place of the form."""
    number, _ = world.open_case("daily")
    world.propose(number)
    daily = holder(world, "daily")
    page = daily.get(page_of("daily"))
    assert "拟警告" in page.text
    assert "You can answer until" in page.text
    assert "1 hour left" in page.text
    form = page.form(f"{page_of('daily')}/answer")
    done = daily.send(form.action, form, text="我们会改")
    assert "Your answer is kept." in done.text
    assert "我们会改" in done.text
    assert form.action not in [one.action for one in done.forms]
    again = daily.send(form.action, form, text="again")
    assert again.status == 409
    other = daily.send(form.action, form, hearing="0" * 16, text="to nothing")
    assert other.status == 404


def test_another_account_is_not_there(world: Web) -> None:
    """Nor is one that there is not, or of another kind: the same is answered, to a reviewer too."""
    blocked(world, "theirs")
    world.place.square.register_account("own", "Own")
    own = holder(world, "own")
    assert own.get(page_of("own")).status == 200
    form = own.get("/check").form("/check")
    world.user("alice", Role.REVIEWER)
    alice = world.visitor("alice")
    for path in (page_of("theirs"), page_of("nobody"), "/square/mine/site/a.example", "/square/mine/app/own"):
        assert own.get(path).status in (404, 400), path
        assert own.send(f"{path}/appeal", form, decision="1", text="…").status in (404, 400)
        assert own.send(f"{path}/answer", form, hearing="0" * 16, text="…").status in (404, 400)
    assert own.get(page_of("theirs")).text.replace("theirs", "nobody") == own.get(page_of("nobody")).text
    assert alice.get(page_of("theirs")).status == 403
    assert alice.get("/square/mine").status == 403
    assert world.visitor().get(page_of("theirs")).path == "/login"


def test_nobody_is_told_of_what_may_be_taken_back(world: Web) -> None:
    """Nor of what is found, before somebody has decided: nothing is in force, and nothing was decided."""
    number, post = world.open_case("early")
    chen = world.token("chen", Role.CLERK)
    told = {"id": post, "account": "early", "host": "square", "text": BAD}
    assert world.ask(chen, "POST", "/v1/posts", {"posts": [told]}).status_code == 200
    page = holder(world, "early").get(page_of("early"))
    assert "Nothing is in force." in page.text
    assert "coin-talk" not in page.text
    assert f"Case {number}" not in page.text


def test_several_are_listed(world: Web) -> None:
    """Accounts and apps, each with what is in force on it."""
    blocked(world, "listed")
    world.place.square.register_app("signer", AppDetails("Signer", "somebody", (), "https://a.example"))
    app = Subject("square", SubjectKind.APP, "signer")
    both = world.holder("of.both", account("listed"), app)
    page = both.get("/square/mine")
    assert page.path == "/square/mine"
    assert f'href="{page_of("listed")}"' in page.text
    assert "block of content" in page.text
    shown = both.get("/square/mine/app/signer")
    assert "Signer" in shown.text
    assert "Strikes" not in shown.text


def test_a_document_may_be_large_and_no_larger(world: Web) -> None:
    """Four megabytes with the form around it; more is refused as too long."""
    blocked(world, "large")
    large = holder(world, "large")
    form = large.get(page_of("large")).form(f"{page_of('large')}/appeal")
    files = {"attachment": ("proof.pdf", bytes(4 << 20))}
    assert large.send_with(form.action, form, files, text="…").status == 413
    files = {"attachment": ("proof.pdf", bytes((4 << 20) - 10_000))}
    assert "Your appeal is kept." in large.send_with(form.action, form, files, text="…").text


def test_images_of_the_evidence_are_there_for_who_holds_the_account(world: Web) -> None:
    """As they were; for nobody else."""
    world.place.square.register_account("drawn", "Drawn")
    png = b"\x89PNG\r\n\x1a\n" + bytes(16)
    post = world.place.publish("drawn", BAD, None, png)
    chen, alice = world.token("chen", Role.CLERK), world.token("alice", Role.REVIEWER)
    told = {"id": post, "account": "drawn", "host": "square", "text": BAD}
    sent = world.ask(chen, "POST", "/v1/posts", {"posts": [told]}).json()
    number = sent["verdicts"][0]["case"]
    path = f"/v1/cases/{number}"
    assert world.ask(alice, "POST", f"{path}/decisions", BLOCK | {"posts": [post]}).status_code == 200
    world.until(alice, path, lambda one: "applied" in str(one["decisions"]))
    own = holder(world, "drawn")
    image = f"{page_of('drawn')}/images/{hashlib.sha256(png).hexdigest()}"
    assert f'src="{image}"' in own.get(page_of("drawn")).text
    shown = own.get(image)
    assert (shown.answer.content, shown.answer.headers["content-type"]) == (png, "image/png")
    assert own.get(f"{page_of('drawn')}/images/{'0' * 64}").status == 404
    world.place.square.register_account("other", "Other")
    assert holder(world, "other").get(image).status == 404
    made = world.ask(alice, "POST", f"{path}/links", {"decision": 1}).json()
    by_link = made["page"].partition("/links/")[2]
    digest = hashlib.sha256(png).hexdigest()
    assert world.visitor().get(f"/links/{by_link}/images/{digest}").answer.content == png
    assert world.visitor().get(f"/links/{by_link}x/images/{digest}").status == 404
