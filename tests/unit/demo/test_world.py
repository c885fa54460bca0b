"""The invented world as it is kept: how much there is, what refers to what, what the policy says of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from tipstaff.demo.build import following
from tipstaff.demo.world import DATA, World, read_world
from tipstaff.hosts.square.images import read_images
from tipstaff.policy.model import Verdict
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import verdict
from tipstaff.screening.load import load_policy
from tipstaff.screening.posts import Post


@pytest.fixture(scope="module")
def world() -> World:
    """Return the world."""
    return read_world()


def test_there_is_enough_of_it(world: World) -> None:
    """Thirty accounts, two apps, some four hundred posts, about half of them in each language."""
    assert len(world.accounts) == 30
    assert len(world.apps) == 2
    assert 390 <= len(world.posts) <= 450
    assert all(count >= 160 for count in Counter(post.lang for post in world.posts).values())
    assert {post.lang for post in world.posts} == {"zh", "en"}
    assert len(world.complaints) >= 3


def test_names_are_unique(world: World) -> None:
    """No account, app, reader or post has the name of another, and no text is there twice."""
    for names in (
        [account.handle for account in world.accounts],
        [app.id for app in world.apps],
        world.readers,
        [person.name for person in world.persons],
        [post.id for post in world.posts],
        [post.text for post in world.posts],
    ):
        assert len(set(names)) == len(names)


def test_references_hold(world: World) -> None:
    """Whatever a post, a complaint or the order names is there; posts are in the order of their times."""
    accounts = {account.handle for account in world.accounts}
    apps = {app.id for app in world.apps}
    posts = {post.id: post.account for post in world.posts}
    assert {post.account for post in world.posts} == accounts
    assert {post.app for post in world.posts} == apps | {None}
    assert all(post.id.startswith(f"{post.account}-") for post in world.posts)
    for complaint in world.complaints:
        assert complaint.by in world.readers
        assert complaint.about in accounts | apps
        assert complaint.post is None or posts[complaint.post] == complaint.about
    assert set(world.order.kept) < set(world.order.accounts) <= accounts
    assert all(account.followers <= len(world.readers) for account in world.accounts)
    times = [datetime.fromisoformat(post.published_at) for post in world.posts]
    assert times == sorted(times)
    assert times[-1] < world.begins < world.order.deadline


def test_images_are_there_and_used(world: World) -> None:
    """Each is one that square takes, and small; one is shown by two accounts, and so held once."""
    used = Counter(name for post in world.posts for name in post.files)
    assert {path.name for path in (DATA / "images").iterdir()} == set(used)
    for name in used:
        content = (DATA / "images" / name).read_bytes()
        assert len(content) < 5_000
        (image,) = read_images([content])
        assert image.media_type == "image/png"
    assert used["join-code.png"] == 2
    drafts = {post.id: post.draft for post in world.posts}
    assert drafts["moonharbor-06"].files == drafts["bian_front-07"].files != ()


def test_the_policy_says_what_is_expected(world: World) -> None:
    """Each post comes out as the data says; where its author thinks otherwise, that is another verdict."""
    found: dict[str, list[object]] = {}
    posts = [
        Post(id=post.id, account=post.account, text=post.text, title=post.title, host="square")
        for post in world.posts
    ]
    for finding in screen(posts, load_policy("crypto-promotion")):
        found.setdefault(finding.post, []).append(finding)
    for post in world.posts:
        came_to = verdict(found.get(post.id, []))
        assert (Verdict.NONE if came_to is Verdict.PERMITTED else came_to) is post.expect, post.id
        assert post.fair is not post.expect, post.id
    assert 40 <= sum(post.expect is not Verdict.NONE for post in world.posts) <= 60


def test_readers_follow_the_same_accounts_at_every_run(world: World) -> None:
    """Who follows whom is drawn, and always alike; an account has as many followers as it says."""
    drawn = following(world)
    assert drawn == following(world)
    counts = Counter(handle for _, handle in drawn)
    assert counts == {account.handle: account.followers for account in world.accounts}


def test_what_is_not_known_is_refused(tmp_path: Path) -> None:
    """A field that the world does not have is a fault in the data, and not passed over."""
    for name in ("world.toml", "posts.jsonl"):
        (tmp_path / name).write_text((DATA / name).read_text("utf-8"), "utf-8")
    with (tmp_path / "posts.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            '{"id": "x", "account": "y", "published_at": "z", "lang": "en", "text": "", "colour": 1}\n'
        )
    with pytest.raises(msgspec.ValidationError, match="colour"):
        read_world(tmp_path)
