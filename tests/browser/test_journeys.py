"""Whole journeys in a real browser, each by several people, each of whom has one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from browsers import SCREENS, Person, Screen
from places import account
from playwright.sync_api import Browser, expect
from squares import picture
from travelling import (
    World,
    appeal,
    complain,
    find_in_queue,
    link_on_page,
    on,
    open_evidence,
    refused,
    reverse,
    told,
    travelling,
)

from tipstaff.actions.access.permissions import Role
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.pages import AppDetails

BAD: Final = "稳赚不赔，加我 bitcoin"
BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip
OPEN: Final = "for (const one of document.querySelectorAll('main details')) one.open = true"
WIDE, SMALL, SMALL_DARK, WIDE_DARK = SCREENS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """Serve a place with everybody who has a part in a journey."""
    with travelling(tmp_path_factory.mktemp("journeys"), browser) as made:
        yield made


@pytest.mark.parametrize("screen", [WIDE, SMALL], ids=str)
def test_a_post_is_blocked_and_comes_back(world: World, screen: Screen) -> None:
    """Each sees what the others did, in words; the reviewer has a keyboard and nothing else."""
    handle = f"moon-{on(screen)}"
    world.served.place.square.register_account(handle, "月港")
    post = world.served.place.publish(handle, BAD, None, picture())
    path = f"/square/posts/{post}"
    people = world.site.person
    with people("rae", screen) as rae, people("alice", screen) as alice:
        complaint = complain(rae, path)
        case = world.case_of(account(handle))
        world.served.find(case)
        world.settle()
        block_by_keys(alice, case)
        notice = rae.page.get_by_role("region", name=rae.word("hidden", "block_content"))
        rae.until(path, notice)
        expect(notice).to_contain_text("内容已被屏蔽（依据：house-1）。The content is blocked (house-1).")
        expect(notice).to_contain_text({"en": "House rules, article 1", "zh": "站规第1条"}[screen.language])
        expect(rae.page.get_by_role("main")).not_to_contain_text("bitcoin")
        assert rae.barriers() == []
        rae.named("link", "statement").click()
        expect(rae.page.get_by_role("heading", level=1)).to_contain_text(rae.word("measure", "block_content"))
        rae.until(complaint, rae.page.get_by_text(rae.word("outcome", "upheld"), exact=True))
        world.settle()
        link = link_on_page(alice, case)
        assert alice.faults == []
        with people(None, screen) as holder:
            appeal(holder, link, "这是新闻，不是招揽。")
            assert holder.faults == []
        world.settle()
        with people("carol", screen) as carol:
            reverse(carol, case, "申诉成立。")
            assert carol.faults == []
        back = rae.page.get_by_text(BAD, exact=True)
        rae.until(path, back)
        assert back.inner_text() == BAD
        expect(notice).to_have_count(0)
        rae.until(complaint, rae.named("heading", "After an appeal"))
        assert rae.barriers() == []
        assert rae.faults == []


def block_by_keys(alice: Person, case: int) -> None:
    """Find a case in the queue, read it, and block its post: with keys alone, and seeing where one is."""
    page = alice.page
    find_in_queue(alice, case)
    alice.press("w", "w", "b", "a", "t", "Control+Enter")
    said = refused(alice)
    assert {"en": "rungs are skipped", "zh": "说明为何越级"}[alice.screen.language] in said
    assert "--" not in said, "there are no options of commands on pages"
    open_evidence(alice)
    image = page.get_by_role("img")
    assert image.evaluate("one => getComputedStyle(one).filter") != "none", "blurred until one asks"
    alice.tab_to(page.get_by_label(alice.say("Show it clearly")))
    alice.press("Space")
    expect(image).to_have_css("filter", "none")
    assert alice.barriers() == []
    expect(page.get_by_label(alice.word("verb", "block_content"))).to_be_checked()
    alice.tab_to(page.get_by_text(alice.say("More"), exact=True))
    alice.press("Enter")
    skip = page.get_by_label(alice.say("Rungs are skipped, for"))
    alice.tab_to(skip)
    alice.press("ArrowDown")
    expect(skip).to_have_value("grave_harm")
    expect(page.get_by_role("group", name=alice.say("What would come of it"))).to_contain_text(
        alice.say("reasons from the template")
    )
    alice.press("Control+Enter")
    told(alice, "The case is decided.")
    assert alice.barriers() == []


@pytest.mark.parametrize("screen", [SMALL_DARK, WIDE_DARK], ids=str)
def test_a_reader_and_a_holder_need_no_script(world: World, screen: Screen) -> None:
    """They complain, read the notice, appeal, and read what became of it, as with one."""
    handle = f"plain-{on(screen)}"
    world.served.place.square.register_account(handle, "无脚本")
    post = world.served.place.publish(handle, BAD)
    path = f"/square/posts/{post}"
    alice, carol = (
        world.served.token(name, role)
        for name, role in (("alice", Role.REVIEWER), ("carol", Role.SENIOR_REVIEWER))
    )
    with world.site.person("rae", screen, scripts=False) as rae:
        complaint = complain(rae, path)
        case = f"/v1/cases/{world.case_of(account(handle))}"
        answer = world.served.ask(alice, "POST", f"{case}/decisions", BLOCK | {"posts": [post]})
        assert answer.status_code == 200, answer.text
        rae.until(path, rae.page.get_by_role("region", name=rae.word("hidden", "block_content")))
        rae.until(complaint, rae.page.get_by_text(rae.word("outcome", "upheld"), exact=True))
        world.settle()
        made = world.served.ask(alice, "POST", f"{case}/links", {"decision": 1}).json()
        link = "/links/" + made["path"].rpartition("/")[2]
        with world.site.person(None, screen, scripts=False) as holder:
            appeal(holder, link, "这是新闻，不是招揽。")
            judgement = {"result": "reversed", "answer": "申诉成立。"}
            judged = world.served.ask(carol, "POST", f"{case}/decisions/1/result", judgement)
            assert judged.status_code == 200, judged.text
            holder.until(link, holder.page.get_by_text("申诉成立。", exact=True))
            assert holder.faults == []
        rae.until(path, rae.page.get_by_text(BAD, exact=True))
        rae.until(complaint, rae.named("heading", "After an appeal"))
        assert rae.faults == []


def test_an_order_closes_an_account_and_is_reported(world: World) -> None:
    """Two clerks bring it in, two reviewers carry it out; each page says what is left to be done."""
    square = world.served.place.square
    square.register_account("court", "法庭号")
    post = world.served.place.publish("court", BAD)
    people = world.site.person
    with people("chen", WIDE_DARK) as chen, people("alice", WIDE_DARK) as alice:
        path = enter_order(chen, "square/account/court")
        world.settle()
        with people("wu", SMALL) as wu:
            wu.open(path)
            wu.named("button", "Confirm the order").click()
            told(wu, "It is confirmed.")
            assert wu.faults == []
        chen.until(path, chen.page.get_by_text(chen.word("left", "undecided")))
        assert chen.barriers() == []
        case = world.case_of(account("court"))
        world.settle()
        close_by_order(alice, case)
        chen.until(path, chen.page.get_by_text(chen.word("left", "unconfirmed")))
        world.settle()
        with people("bob", WIDE) as bob:
            bob.open(f"/console/cases/{case}")
            bob.named("button", "Confirm").click()
            told(bob, "It is confirmed.")
            assert bob.faults == []
        with people("rae", SMALL_DARK) as rae:
            rae.until(
                "/square/accounts/court",
                rae.page.get_by_role("region", name=rae.word("hidden", "close_account")),
            )
            expect(rae.page.get_by_role("main")).not_to_contain_text("法庭号")
            assert rae.barriers() == []
            rae.open(f"/square/posts/{post}")
            expect(rae.page.get_by_role("main")).not_to_contain_text("bitcoin")
            assert rae.barriers() == []
            assert rae.faults == []
        report = chen.page.get_by_role("region", name=chen.say("Reports to the authority"))
        chen.until(path, report)
        expect(chen.page.get_by_text(chen.word("left", "undecided"))).to_have_count(0)
        assert chen.barriers() == []
        assert (chen.faults, alice.faults) == ([], [])


def enter_order(chen: Person, target: str) -> str:
    """Enter an order, wrongly at first; returns where it is."""
    page = chen.page
    chen.open("/console/orders")
    chen.named("link", "Enter an order").click()
    for phrase, text in (
        ("Authority", "bureau"), ("Its own reference", "2026/1"), ("The law that it rests on", "im-2014"),
        ("Territory", "CN"), ("Targets, one in each line", f"{target}x"), ("Deadline", "2099-01-01T08:00"),
        ("What it says", "关闭该帐号。"),
    ):  # fmt: skip
        page.get_by_label(chen.say(phrase), exact=True).fill(text)
    page.get_by_label(chen.word("scope", "account"), exact=True).check()
    page.get_by_label(chen.say("On a clock set to UTC")).select_option("+08:00")
    enter = page.get_by_role("button", name=chen.say("Enter the order"), exact=True)
    enter.click()
    assert f"{target.rpartition('/')[2]}x" in refused(chen)
    targets = page.get_by_label(chen.say("Targets, one in each line"))
    expect(targets).to_have_value(f"{target}x")
    targets.fill(target)
    enter.click()
    told(chen, "The order is entered. Another person confirms it.")
    expect(page.get_by_role("main")).to_contain_text(
        chen.say("You have entered it: another person confirms it.")
    )
    return page.url.removeprefix(chen.url).partition("?")[0]


def close_by_order(alice: Person, case: int) -> None:
    """Decide what an order asks for: all content is blocked, and the account closed."""
    page = alice.page
    find_in_queue(alice, case)
    close = page.get_by_label(alice.word("verb", "close_account"))
    expect(close).to_be_disabled()
    open_evidence(alice)
    close.check()
    page.get_by_label(alice.word("verb", "block_content")).check()
    page.get_by_label(alice.say("Reasons, as the subject is told")).fill("依令关闭。")
    page.get_by_text(alice.say("More"), exact=True).click()
    page.get_by_label(alice.say("Carries out the order")).select_option("bureau 2026/1")
    for phrase in ("The subject is not heard first, for", "Rungs are skipped, for"):
        page.get_by_label(alice.say(phrase)).select_option(alice.say("an order"))
    page.get_by_role("button", name=alice.say("Decide")).click()
    told(alice, "The case is decided.")
    expect(page.get_by_role("main")).to_contain_text(alice.say("waits for a second person"))
    expect(page.get_by_role("button", name=alice.say("Confirm"))).to_have_count(0)
    assert alice.barriers() == []


def test_an_app_is_suspended_and_reinstated(world: World) -> None:
    """Readers meet the notice on its page, and after the appeal the app again."""
    details = AppDetails("Signer", "Pen Ltd", ("read", "sign"), "https://pen.example")
    world.served.place.square.register_app("signer", details)
    people, path = world.site.person, "/square/apps/signer"
    with people("rae", SMALL_DARK) as rae, people("alice", SMALL_DARK) as alice:
        complaint = complain(rae, path)
        case = world.case_of(Subject("square", SubjectKind.APP, "signer"))
        world.settle()
        suspend(alice, case)
        world.settle()
        with people("bob", WIDE) as bob:
            bob.open(f"/console/cases/{case}")
            bob.named("button", "Confirm").click()
            told(bob, "It is confirmed.")
            assert bob.faults == []
        notice = rae.page.get_by_role("region", name=rae.word("hidden", "suspend_app"))
        rae.until(path, notice)
        expect(rae.page.get_by_role("main")).not_to_contain_text("Pen Ltd")
        assert rae.barriers() == []
        world.settle()
        link = link_on_page(alice, case)
        assert alice.faults == []
        with people(None, SMALL) as holder:
            appeal(holder, link, "应用只读取公开内容。")
            assert holder.faults == []
        world.settle()
        with people("carol", WIDE_DARK) as carol:
            reverse(carol, case, "申诉成立。")
            assert carol.faults == []
        rae.until(path, rae.page.get_by_role("heading", name="Signer", level=1, exact=True))
        expect(notice).to_have_count(0)
        rae.until(complaint, rae.named("heading", "After an appeal"))
        assert rae.faults == []


def suspend(alice: Person, case: int) -> None:
    """Suspend an app of which nothing was found: the provision is chosen."""
    page = alice.page
    find_in_queue(alice, case)
    open_evidence(alice)
    page.get_by_label(alice.word("verb", "suspend_app")).check()
    page.get_by_label(alice.say("Reasons, as the subject is told")).fill("代签名，骗取授权。")
    page.get_by_text(alice.say("More"), exact=True).click()
    page.get_by_label(alice.say("Provision")).select_option("house-1")
    page.get_by_label(alice.say("Policy")).select_option("tiny")
    page.get_by_label(alice.say("The subject is not heard first, for")).select_option(alice.say("grave harm"))
    page.get_by_role("button", name=alice.say("Decide")).click()
    told(alice, "The case is decided.")
    assert alice.barriers() == []


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_what_opens_over_a_page_is_for_everybody(world: World, screen: Screen) -> None:
    """Help, the palette and the menu are found by keys, have no barrier, and go as they came."""
    with world.site.person("alice", screen) as alice:
        page = alice.page
        alice.open("/console/cases")
        alice.press("?")
        expect(page.get_by_role("dialog", name=alice.say("Keys"))).to_be_visible()
        assert alice.barriers() == []
        alice.press("Escape", "Control+k")
        palette = page.get_by_role("dialog", name=alice.say("All that can be done here"))
        expect(palette).to_be_visible()
        page.keyboard.type(alice.say("Trends"))
        expect(palette.get_by_role("option")).to_have_count(1)
        assert alice.barriers() == []
        if screen.width == SMALL.width:
            alice.press("Escape")
            expect(palette).to_be_hidden()
            alice.tab_to(page.get_by_text(alice.say("Menu"), exact=True))
            alice.press("Enter")
            expect(alice.named("link", "Trends")).to_be_visible()
            assert alice.barriers() == []
            alice.tab_to(alice.named("link", "Trends"))
        alice.press("Enter")
        page.wait_for_url("**/console/trends")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert alice.faults == []


@pytest.mark.parametrize("screen", [SMALL, WIDE_DARK], ids=str)
def test_the_focus_is_seen_wherever_it_goes(world: World, screen: Screen) -> None:
    """Nothing that sticks to an edge covers it, from the first link of a page to the last, all being open."""
    case, _ = world.served.open_case(f"focus-{on(screen)}")
    world.served.find(case)
    for name, paths in {
        "alice": (
            "/console/cases",
            f"/console/cases/{case}",
            f"/console/subjects/square/account/focus-{on(screen)}",
        ),
        "chen": ("/console/orders/new",),
        "rae": ("/square?show=newest",),
    }.items():
        with world.site.person(name, screen) as person:
            for path in paths:
                person.open(path)
                person.page.evaluate(OPEN)
                assert person.tab_through() > 5, path
