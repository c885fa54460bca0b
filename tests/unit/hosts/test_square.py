"""Square for those who publish and read: pages, feed, what is refused, and what stands in place of links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text
from squares import Opened, applied, draft, lifted, sentence, square

from tipstaff.actions.host import HostError, Seen
from tipstaff.base.errors import InputError
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.database import upgrade, writing
from tipstaff.hosts.square.host import Square
from tipstaff.hosts.square.pages import AccountPage, AppDetails, AppPage, Profile, RefusedError
from tipstaff.hosts.square.platform import FEED
from tipstaff.hosts.square.schema import MeasureRow
from tipstaff.storage.engine import open_engine

NEWS = Target(Subject("square", SubjectKind.ACCOUNT, "news"))
SIGNER = Target(Subject("square", SubjectKind.APP, "signer"))
COIN = Target(Subject("square", SubjectKind.SITE, "coin.com"))
DETAILS = AppDetails("Signer", "Signer Ltd", ("sign", "identity"), "https://signer.example")


def test_a_square_of_another_schema_is_not_worked_with(tmp_path: Path) -> None:
    """Also where it was away when somebody began to: it says what mends it, and goes on once it is mended."""
    engine = open_engine(f"sqlite:///{tmp_path / 'square.db'}")
    host = Square(engine)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE square_version SET version_num = '0001'"))
    for ask in (lambda: host.read_back(COIN), lambda: next(host.posts(), None)):
        with pytest.raises(HostError, match="at an older schema than this version: run `tipstaff rebuild`"):
            ask()
    with engine.begin() as connection:
        connection.execute(text("UPDATE square_version SET version_num = '9999'"))
    with pytest.raises(HostError, match="was made by a newer version of Tipstaff: this one is older"):
        host.read_back(COIN)
    with engine.begin() as connection:
        connection.execute(text("UPDATE square_version SET version_num = '0002'"))
    assert host.read_back(COIN).measures == {}
    engine.dispose()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Make a square with the accounts `news`, verified, and `shop`, and the app `signer`."""
    with square(tmp_path) as made:
        made.platform.register_account("news", "Block News", "All about blocks.", "Block News Media Ltd")
        made.platform.register_account("shop", "Shop")
        made.platform.register_app("signer", DETAILS)
        yield made


def test_a_post_is_read_as_it_was_published(opened: Opened) -> None:
    """Readers get all that the author gave, the mark of sponsorship with it."""
    given = draft(
        "正文",
        title="标题",
        url="https://news.com/1",
        images=("a.png", "b.png"),
        lang="zh",
        sponsored=True,
        app="signer",
    )
    page = opened.platform.read_post(opened.platform.publish("news", given))
    content = page.content
    assert content is not None
    assert (content.title, content.text, content.url) == (given.title, given.text, given.url)
    assert (content.images, content.lang, content.app) == (given.images, given.lang, given.app)
    assert (content.sponsored, content.withheld) == (True, ())
    assert (page.account, page.published_at, page.sentence) == ("news", given.published_at, None)


def test_a_post_is_screened_as_it_was_published(opened: Opened) -> None:
    """The port hands on every field that is screened; followers are counted."""
    opened.platform.follow("reader", "news")
    given = draft("正文", title="标题", url="https://news.com/1", lang="zh", sponsored=True, app="signer")
    name = opened.platform.publish("news", given)
    (post,) = opened.host.posts()
    assert (post.id, post.account, post.host, post.followers) == (name, "news", "square", 1)
    assert (post.title, post.text, post.url, post.lang) == (given.title, given.text, given.url, given.lang)
    assert (post.published_at, post.sponsored, post.app) == (given.published_at, True, "signer")


def test_posts_come_whole_over_many_pages(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """More posts than are read at a time come once each, in order."""
    monkeypatch.setattr("tipstaff.hosts.square.host._PAGE", 2)
    names = [opened.platform.publish("news", draft(str(number))) for number in range(5)]
    assert [post.id for post in opened.host.posts()] == names


def test_the_verified_name_is_withheld(opened: Opened) -> None:
    """Readers and evidence see that an account is verified, and not under which name."""
    assert opened.platform.read_account("news").profile == Profile(
        "Block News", "All about blocks.", verified=True, followers=0
    )
    assert opened.platform.read_account("shop").profile == Profile("Shop", "", verified=False, followers=0)
    assert opened.host.snapshot(NEWS.subject, opened.platform.publish("news", draft())).profile == {
        "handle": "news",
        "name": "Block News",
        "bio": "All about blocks.",
        "verified": "yes",
    }
    assert opened.platform.verified_name("news") == "Block News Media Ltd"
    assert opened.platform.verified_name("shop") is None


def test_the_feed_is_of_those_who_are_followed(opened: Opened) -> None:
    """A reader's feed has the posts of followed accounts, newest first, a page at a time, and no others."""
    opened.platform.follow("reader", "news")
    opened.platform.follow("reader", "news")
    names = [opened.platform.publish("news", draft(str(number))) for number in range(FEED + 1)]
    opened.platform.publish("shop", draft("Not followed"))
    first = opened.platform.feed("reader")
    assert [page.id for page in first] == names[:0:-1]
    assert [page.id for page in opened.platform.feed("reader", before=first[-1].id)] == names[:1]
    assert opened.platform.feed("somebody") == []
    profile = opened.platform.read_account("news").profile
    assert profile is not None
    assert profile.followers == 1


def test_who_is_followed_no_longer_is_not_in_the_feed(opened: Opened) -> None:
    """Following can be ended, also where it never began."""
    opened.platform.follow("reader", "news")
    opened.platform.publish("news", draft("Followed"))
    for _ in range(2):
        opened.platform.unfollow("reader", "news")
    assert opened.platform.feed("reader") == []
    profile = opened.platform.read_account("news").profile
    assert profile is not None
    assert profile.followers == 0


def test_what_is_blocked_stays_in_the_feed_as_its_sentence(opened: Opened) -> None:
    """In the feed a blocked post keeps its place, and has its sentence for content, until that is lifted."""
    opened.platform.follow("reader", "news")
    one, other = (opened.platform.publish("news", draft(text)) for text in ("One", "Other"))
    before = opened.platform.feed("reader")
    target = Target(NEWS.subject, one)
    opened.host.carry_out(applied(target, MeasureKind.BLOCK_CONTENT))
    page = opened.platform.read_post(one)
    assert (page.content, page.sentence) == (None, sentence("m1"))
    assert opened.platform.feed("reader") == [opened.platform.read_post(other), page]
    opened.host.carry_out(lifted(target, MeasureKind.BLOCK_CONTENT))
    assert opened.platform.feed("reader") == before


def test_a_block_of_everything_covers_what_comes_later(opened: Opened) -> None:
    """Under a block of all content the page stays, publishing goes on, and nobody sees what comes of it."""
    opened.host.carry_out(applied(NEWS, MeasureKind.BLOCK_CONTENT))
    page = opened.platform.read_post(opened.platform.publish("news", draft()))
    assert page.sentence == sentence("m1")
    assert opened.platform.read_account("news").sentence is None


@pytest.mark.parametrize("kind", [MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES])
def test_who_may_not_publish_is_told_why(opened: Opened, kind: MeasureKind) -> None:
    """Publishing is refused with the sentence; what was published and the page stay; lifted, it goes on."""
    post = opened.platform.publish("news", draft())
    opened.host.carry_out(applied(NEWS, kind))
    with pytest.raises(RefusedError, match=r"This cannot be seen: m1\. \(statement entry of m1\)") as refused:
        opened.platform.publish("news", draft())
    assert refused.value.sentence == sentence("m1")
    assert opened.platform.read_post(post).sentence is None
    assert opened.platform.read_account("news").sentence is None
    assert opened.platform.publish("shop", draft())
    opened.host.carry_out(lifted(NEWS, kind))
    assert opened.platform.publish("news", draft())
    assert len(list(opened.host.posts())) == 3


def test_a_closed_account_is_silent(opened: Opened) -> None:
    """Page and posts answer with the sentence; publishing and following are refused; the handle is taken."""
    post = opened.platform.publish("news", draft())
    opened.platform.follow("reader", "news")
    before = opened.platform.read_account("news")
    opened.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT))
    assert opened.platform.read_account("news") == AccountPage("news", None, sentence("m1"))
    assert opened.platform.read_post(post).content is None
    for ask in (
        lambda: opened.platform.publish("news", draft()),
        lambda: opened.platform.follow("another", "news"),
    ):
        with pytest.raises(RefusedError) as refused:
            ask()
        assert refused.value.sentence == sentence("m1")
    with pytest.raises(InputError, match="never given again"):
        opened.platform.register_account("news", "News")
    opened.host.carry_out(lifted(NEWS, MeasureKind.CLOSE_ACCOUNT))
    assert opened.platform.read_account("news") == before
    assert opened.platform.read_post(post).content is not None


def test_a_suspended_app_brings_nothing_new(opened: Opened) -> None:
    """Its page answers with the sentence, what came through it stays, and nothing new does."""
    post = opened.platform.publish("news", draft(app="signer"))
    opened.host.carry_out(applied(SIGNER, MeasureKind.SUSPEND_APP))
    assert opened.platform.read_app("signer") == AppPage("signer", None, sentence("m1"))
    assert opened.platform.read_post(post).content is not None
    with pytest.raises(RefusedError) as refused:
        opened.platform.publish("news", draft(app="signer"))
    assert refused.value.sentence == sentence("m1")
    assert opened.platform.publish("news", draft())
    opened.host.carry_out(lifted(SIGNER, MeasureKind.SUSPEND_APP))
    assert opened.platform.read_app("signer") == AppPage("signer", DETAILS, None)
    assert opened.platform.publish("news", draft(app="signer"))


def test_warnings_are_kept_for_who_is_warned(opened: Opened) -> None:
    """Warnings about an account and its posts are its notices while in force, in order; no others are."""
    post = opened.platform.publish("news", draft())
    opened.host.carry_out(applied(Target(NEWS.subject, post), MeasureKind.WARN, "z"))
    opened.host.carry_out(applied(NEWS, MeasureKind.WARN, "a"))
    opened.host.carry_out(applied(NEWS, MeasureKind.HOLD_CONTENT, "hold"))
    assert opened.platform.notices(NEWS.subject) == [sentence("z"), sentence("a")]
    assert opened.platform.notices(SIGNER.subject) == []
    opened.host.carry_out(lifted(NEWS, MeasureKind.WARN, "a"))
    assert opened.platform.notices(NEWS.subject) == [sentence("z")]


LINKS = {
    "Look at https://coin.com/buy?x=1 now": "Look at SENTENCE now",
    "Look at COIN.com, now": "Look at SENTENCE, now",
    "看www.coin.com/买": "看SENTENCE买",
    "ｃｏｉｎ.com and coin[.]com and coin。com": "SENTENCE and SENTENCE and SENTENCE",
    "hxxps://user@coin.com:8443/": "SENTENCE",
}
"""Spellings of links to one site, and what readers get where it is blocked."""


@pytest.mark.parametrize("text", LINKS)
def test_links_give_way_in_every_spelling(opened: Opened, text: str) -> None:
    """Where a site is blocked its sentence stands in place of each link; lifted, the post is as before."""
    post = opened.platform.publish("news", draft(text, title=text))
    before = opened.platform.read_post(post)
    opened.host.carry_out(applied(COIN, MeasureKind.BLOCK_LINKS))
    content = opened.platform.read_post(post).content
    assert content is not None
    shown = LINKS[text].replace("SENTENCE", sentence("m1").text)
    assert (content.title, content.text, content.withheld) == (shown, shown, (sentence("m1"),))
    opened.host.carry_out(lifted(COIN, MeasureKind.BLOCK_LINKS))
    assert opened.platform.read_post(post) == before


@pytest.mark.parametrize("text", LINKS)
def test_new_links_to_a_blocked_site_are_refused(opened: Opened, text: str) -> None:
    """A post with a link to a blocked site, in any spelling, is refused with the sentence."""
    opened.host.carry_out(applied(COIN, MeasureKind.BLOCK_LINKS))
    with pytest.raises(RefusedError) as refused:
        opened.platform.publish("news", draft(text))
    assert refused.value.sentence == sentence("m1")
    assert list(opened.host.posts()) == []


@pytest.mark.parametrize(
    "text",
    [
        "coin.com.example.org",
        "bitcoin.com",
        "сoin.com with a Cyrillic letter",
        "https://x.org/coin.com",
        "me@coin.com",
    ],
)
def test_other_hosts_are_left_alone(opened: Opened, text: str) -> None:
    """A host that only looks like the blocked one, or is named elsewhere in a link, is another host."""
    opened.host.carry_out(applied(COIN, MeasureKind.BLOCK_LINKS))
    page = opened.platform.read_post(opened.platform.publish("news", draft(text)))
    assert page.content is not None
    assert page.content.text == text


def test_addresses_and_images_of_a_blocked_site_are_left_out(opened: Opened) -> None:
    """The address and the images of a post that are on a blocked site are not shown; the others are."""
    images = ("https://img.coin.com/1.png", "mine.png")
    post = opened.platform.publish("news", draft("Text", url="https://coin.com/original", images=images))
    opened.host.carry_out(applied(COIN, MeasureKind.BLOCK_LINKS))
    content = opened.platform.read_post(post).content
    assert content is not None
    assert (content.url, content.images, content.text) == (None, ("mine.png",), "Text")
    assert content.withheld == (sentence("m1"),)


def test_the_nearest_blocked_host_speaks(opened: Opened) -> None:
    """A link below two blocked hosts shows the sentence of the nearer; of two measures on one, the first."""
    shop = Target(Subject("square", SubjectKind.SITE, "shop.coin.com"))
    post = opened.platform.publish("news", draft("https://shop.coin.com/1 coin.com"))
    for target, measure in ((COIN, "m1"), (COIN, "m2"), (shop, "near")):
        opened.host.carry_out(applied(target, MeasureKind.BLOCK_LINKS, measure))
    content = opened.platform.read_post(post).content
    assert content is not None
    assert content.text == f"{sentence('near').text} {sentence('m1').text}"


@pytest.mark.parametrize(
    "name", ["COIN.com", "https://coin.com", "coin[.]com", "coin.com/x", "", "xn--e1afmkfd.com"]
)
def test_a_site_has_one_spelling(opened: Opened, name: str) -> None:
    """A site under another spelling than that of the lexer would block nothing, so it is refused."""
    site = Target(Subject("square", SubjectKind.SITE, name))
    with pytest.raises(InputError, match="is no host of a site"):
        opened.host.read_back(site)
    with pytest.raises(HostError, match="is no host of a site"):
        opened.host.carry_out(applied(site, MeasureKind.BLOCK_LINKS))


def test_reading_back_is_reading(opened: Opened) -> None:
    """A measure whose row is gone behind the host's back is not read back, though it was carried out."""
    opened.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT))
    with writing(opened.engine) as turn:
        turn.session.execute(delete(MeasureRow))
    assert opened.host.read_back(NEWS) == Seen({}, None)


REFUSED: dict[str, Callable[[Opened], object]] = {
    "no name": lambda opened: opened.platform.register_account("News", "News"),
    "the name signer is taken": lambda opened: opened.platform.register_app("signer", DETAILS),
    "no account 'nobody'": lambda opened: opened.platform.publish("nobody", draft()),
    "no app 'unknown'": lambda opened: opened.platform.publish("news", draft(app="unknown")),
    "no account 'none'": lambda opened: opened.platform.follow("reader", "none"),
    "no post 'p0'": lambda opened: opened.platform.read_post("p0"),
    "is no time": lambda opened: opened.platform.publish("news", draft(published_at="yesterday")),
    "has no offset": lambda opened: opened.platform.publish("news", draft(published_at="2018-08-21T09:00")),
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_used_is_told(opened: Opened, message: str) -> None:
    """Names that are none or taken, what is not there and times that are none are refused, with the mend."""
    with pytest.raises(InputError, match=message):
        REFUSED[message](opened)
    assert list(opened.host.posts()) == []


def test_what_no_database_holds_is_replaced(opened: Opened) -> None:
    """Lone surrogates and zero characters become U+FFFD; all else is kept to the letter."""
    post = opened.platform.publish("news", draft("a\ud800b\0c\U0001f600 e\u0301"))
    content = opened.platform.read_post(post).content
    assert content is not None
    assert content.text == "a\ufffdb\ufffdc\U0001f600 e\u0301"


def test_all_is_there_after_opening_again(tmp_path: Path) -> None:
    """Accounts, posts, measures and the keys of acts are in the file; making the tables again keeps them."""
    act = applied(NEWS, MeasureKind.BLOCK_CONTENT)
    with square(tmp_path) as made:
        made.platform.register_account("news", "News")
        post = made.platform.publish("news", draft())
        made.host.carry_out(act)
        made.host.carry_out(lifted(NEWS, MeasureKind.BLOCK_CONTENT))
    with square(tmp_path) as again:
        again.host.carry_out(act)
        assert again.host.read_back(NEWS) == Seen({}, None)
        assert again.platform.read_post(post).content is not None
        assert again.platform.publish("news", draft()) != post
    assert (tmp_path / "square.db").stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    """A database without tables is the error of a host, which may be asked again, and then answers."""
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    host = Square(engine)
    with pytest.raises(HostError, match="run `tipstaff rebuild`"):
        host.read_back(NEWS)
    upgrade(engine)
    with pytest.raises(InputError):
        host.read_back(NEWS)
    engine.dispose()
