"""Authors on square's pages: a draft is checked as it is written, and published in spite of that or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from places import account
from policies import write_policy
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.base.errors import InputError
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
PUBLISH: Final = "/square/publish"
BAD: Final = "稳赚不赔，加我 bitcoin"
GOOD: Final = "今天天气不错"
PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(16)
BLOCK: Final = {
    "measures": ["restrict_posting"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("authors")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        yield served


def author(world: Web, *handles: str, language: str = "en") -> Visitor:
    """Return somebody who holds new accounts."""
    for handle in handles:
        world.place.square.register_account(handle, handle.title())
    return world.holder(f"of.{handles[0]}", *map(account, handles), language=language)


def posts(world: Web, handle: str) -> list[str]:
    """Return the texts that an account has published."""
    with world.place.desk() as desk:
        return [one.text for one in desk.host(account(handle)).posts_of(account(handle))]


def publish(visitor: Visitor, **fields: str) -> Shown:
    """Fill the form in, and send it."""
    form = visitor.get(PUBLISH).form(PUBLISH)
    return visitor.send(PUBLISH, form, **{"as": "publish", **fields})


def test_what_is_written_is_checked_as_one_types(world: Web) -> None:
    """The passage is marked, with the rule's words and the provision cited; nothing of it is kept."""
    moon = author(world, "moon")
    form = moon.get(PUBLISH).form(PUBLISH)
    shown = moon.part("/check", form, title=GOOD, text=BAD)
    assert shown.status == 200, shown.text
    assert "<html" not in shown.text
    assert '加我 <mark class="s2">bitcoin</mark>' in shown.text
    assert "1 thing was found." in shown.text
    assert "coin-talk" in shown.text
    assert "House rules, article 1" in shown.text
    assert "Tiny policy 1.2.3" in shown.text
    assert shown.answer.headers["hx-retarget"] == "#checked"
    clean = moon.part("/check", form, text=GOOD)
    assert "Nothing found." in clean.text
    with world.place.desk() as desk:
        assert desk.cases.find(account("moon")) is None
        assert desk.vault.count(str(account("moon"))) == 0
    assert posts(world, "moon") == []


def test_it_is_told_in_the_language_of_the_author(world: Web) -> None:
    """The words of the page, of the rule and of the provision."""
    author(world, "zhmoon")
    moon = world.holder("zh", account("zhmoon"), language="zh-CN")
    shown = moon.part("/check", moon.get(PUBLISH).form(PUBLISH), text=BAD)
    assert "发现 1 处问题。" in shown.text
    assert "站规第1条" in shown.text


def test_without_scripts_a_button_checks(world: Web) -> None:
    """What was written stands in the page that comes back, and nothing is published."""
    plain = author(world, "plain")
    page = plain.send(PUBLISH, plain.get(PUBLISH).form(PUBLISH), text=f"\n<b>{BAD}", **{"as": "check"})
    assert page.status == 200
    assert f"&lt;b&gt;{BAD}</textarea>" in page.text
    assert '<mark class="s2">bitcoin</mark>' in page.text
    assert "anyway" not in page.forms[-1].fields
    assert posts(world, "plain") == []


def test_what_is_clean_is_published_at_once(world: Web) -> None:
    """With its title, link, mark and images; and leads to the post."""
    daily = author(world, "daily")
    form = daily.get(PUBLISH).form(PUBLISH)
    page = daily.send_with(
        PUBLISH, form, {"image": ("a.png", PNG)}, title="天气", text=GOOD, url="https://a.example/1",
        sponsored="yes", **{"as": "publish"},
    )  # fmt: skip
    assert page.path.startswith("/square/posts/p"), page.text
    content = world.place.square.read_post(page.path.rpartition("/")[2]).content
    assert content
    assert (content.title, content.text, content.url, content.sponsored) == (
        "天气", GOOD, "https://a.example/1", True,
    )  # fmt: skip
    assert len(content.files) == 1
    assert page.answer.url.query == b"done=published"


def test_who_publishes_in_spite_of_what_was_found_is_warned_once_more(world: Web) -> None:
    """Not stopped: once they have said so, for just what was found, it is published, and a case opens."""
    wire = author(world, "wire")
    warned = publish(wire, text=BAD)
    assert (warned.status, warned.path) == (200, PUBLISH)
    assert "Publish it all the same?" in warned.text
    assert "checked" not in warned.text.partition('name="anyway"')[2].partition(">")[0]
    assert posts(world, "wire") == []
    form = warned.form(PUBLISH)
    (digest,) = form["anyway"]
    other = wire.send(PUBLISH, form, text=BAD, anyway="0" * 16, **{"as": "publish"})
    assert "Publish it all the same?" in other.text, "that was said of something else"
    assert posts(world, "wire") == []
    done = wire.send(PUBLISH, form, text=BAD, anyway=digest, **{"as": "publish"})
    assert done.answer.url.query == b"done=published-found"
    assert posts(world, "wire") == [BAD]
    with world.place.desk() as desk:
        case = desk.cases.find(account("wire"))
    assert case
    assert [(one.post, one.rule) for one in case.found] == [(done.path.rpartition("/")[2], "coin-talk")]


def test_a_script_is_told_it_beside_what_was_written(world: Web) -> None:
    """In a part of the page, so that nothing that was typed or chosen is lost."""
    herald = author(world, "herald")
    part = herald.part(PUBLISH, herald.get(PUBLISH).form(PUBLISH), text=BAD, **{"as": "publish"})
    assert part.answer.headers["hx-retarget"] == "#again"
    assert "<html" not in part.text
    assert 'name="anyway"' in part.text
    assert 'id="checked" hx-swap-oob="innerHTML"' in part.text
    assert posts(world, "herald") == []


def test_another_account_is_not_there(world: Web) -> None:
    """Whoever names one that is somebody else's, or none, is told the same; the form has their own alone."""
    own = author(world, "own")
    author(world, "others")
    form = own.get(PUBLISH).form(PUBLISH)
    assert form["account"] == ["own"]
    answers = [
        own.send(PUBLISH, form, **{"account": named, "text": GOOD, "as": "publish"})
        for named in ("others", "nobody")
    ]
    assert [one.status for one in answers] == [404, 404]
    assert answers[0].text.replace("others", "nobody") == answers[1].text
    assert posts(world, "others") == []


def test_of_several_accounts_one_is_chosen(world: Web) -> None:
    """None is preselected, and without one nothing is published."""
    both = author(world, "first", "second")
    page = both.get(PUBLISH)
    assert "First (first)" in page.text
    assert "selected" not in page.text
    assert publish(both, text=GOOD).status == 404
    assert publish(both, account="second", text=GOOD).path.startswith("/square/posts/")
    assert (posts(world, "first"), posts(world, "second")) == ([], [GOOD])


def test_a_restricted_account_publishes_nothing(world: Web) -> None:
    """The page says so with the sentence and its statement, before anything is written and after."""
    number, post = world.open_case("quiet")
    quiet = world.holder("of.quiet", account("quiet"))
    alice = world.token("alice", Role.REVIEWER)
    assert world.ask(alice, "POST", f"/v1/cases/{number}/decisions", BLOCK).status_code == 200
    world.until(alice, f"/v1/cases/{number}", lambda one: "applied" in str(one["decisions"]))
    before = quiet.get(PUBLISH)
    assert "Quiet publishes nothing now" in before.text or "quiet publishes nothing now" in before.text
    assert 'href="/statements/' in before.text
    form = before.form(PUBLISH)
    assert "publish" not in form["as"]
    refused = quiet.send(PUBLISH, form, text=GOOD, **{"as": "publish"})
    assert refused.status == 409
    assert "A measure forbids it" in refused.text
    assert "house-1" in refused.text
    assert f"{GOOD}</textarea>" in refused.text
    part = quiet.part(PUBLISH, form, text=GOOD, **{"as": "publish"})
    assert part.status == 409
    assert "<html" not in part.text
    assert posts(world, "quiet") == [world.place.square.read_post(post).content.text]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "the post is empty"),
        ({"text": GOOD, "url": "javascript:alert(1)"}, "is no link"),
        ({"text": "x" * 100_001}, "the text has 100,001 characters"),
    ],
)
def test_what_cannot_be_published_is_told(world: Web, fields: dict[str, str], told: str) -> None:
    """Empty, too long, or with a link that a browser would run."""
    try:
        odd = author(world, "odd")
    except InputError:
        odd = Visitor(world.client.app).log_in("of.odd", "/check")
    refused = publish(odd, **fields)
    assert (refused.status, told in refused.text) == (400, True), refused.text
    assert posts(world, "odd") == []


def test_who_may_not_publish_may_check(world: Web) -> None:
    """A reviewer checks a draft on a page of its own; the page to publish is refused, as all else is."""
    world.user("alice", Role.REVIEWER)
    world.user("ada", Role.AUDITOR)
    alice = world.visitor("alice")
    page = alice.get("/check")
    checked = alice.send("/check", page.form("/check"), text=BAD)
    assert '<mark class="s2">bitcoin</mark>' in checked.text
    assert alice.get(PUBLISH).status == 403
    assert alice.send(PUBLISH, page.form("/check"), account="moon", text=GOOD).status == 403
    ada = world.visitor("ada")
    assert (ada.get("/check").status, ada.get(PUBLISH).status) == (403, 403)
    assert world.visitor().get(PUBLISH).path == "/login"
    assert alice.post("/check", {"text": BAD}).status == 403, "a form without its token"
