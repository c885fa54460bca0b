"""Lists of square: posts of all, of an account, through an app; accounts and apps; whom somebody follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from squares import Opened, applied, draft, sentence, square

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.base.errors import InputError
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.pages import AccountLine, AppDetails, AppPage
from tipstaff.hosts.square.visiting import Visiting, is_reader

NEWS = Target(Subject("square", SubjectKind.ACCOUNT, "news"))
SIGNER = Target(Subject("square", SubjectKind.APP, "signer"))
DETAILS = AppDetails("Signer", "Signer Ltd", ("sign",), "https://signer.example")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Make a square with the accounts `news`, verified, and `shop`, and the app `signer`."""
    with square(tmp_path) as made:
        made.platform.register_account("news", "Block News", "All about blocks.", "Block News Media Ltd")
        made.platform.register_account("shop", "Shop")
        made.platform.register_app("signer", DETAILS)
        yield made


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the queries that are made meanwhile."""
    made: list[str] = []

    def note(_connection: object, _cursor: object, query: str, *_rest: object) -> None:
        made.append(query)

    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)


def test_the_newest_posts_come_first_a_page_at_a_time(opened: Opened) -> None:
    """Those of all accounts, each once, from behind the last one of the page before."""
    names = [opened.platform.publish(("news", "shop")[number % 2], draft(str(number))) for number in range(5)]
    first = opened.platform.newest(most=3)
    assert [page.id for page in first] == names[:1:-1]
    assert [page.id for page in opened.platform.newest(first[-1].id, most=3)] == names[1::-1]
    with pytest.raises(InputError, match="there is no post 'p999'"):
        opened.platform.newest("p999")


def test_posts_of_an_account_and_through_an_app_are_no_others(opened: Opened) -> None:
    """Each of its list, newest first, and paged alike."""
    first = opened.platform.publish("news", draft("one"))
    opened.platform.publish("shop", draft("of another"))
    last = opened.platform.publish("news", draft("two", app="signer"))
    assert [page.id for page in opened.platform.posts_of("news")] == [last, first]
    assert [page.id for page in opened.platform.posts_of("news", last)] == [first]
    assert [page.id for page in opened.platform.posts_through("signer")] == [last]
    assert opened.platform.posts_through("signer", last) == []


def test_the_author_of_a_post_is_named_unless_closed(opened: Opened) -> None:
    """By name, and whether verified; of a closed account nothing but the handle is shown."""
    name = opened.platform.publish("news", draft())
    line = AccountLine("news", "Block News", "All about blocks.", verified=True, sentence=None)
    assert opened.platform.read_post(name).author == line
    opened.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT))
    closed = AccountLine("news", None, "", verified=False, sentence=sentence("m1"))
    assert opened.platform.read_post(name).author == closed
    assert opened.platform.accounts()[0] == closed, "nor in a list"


def test_accounts_are_listed_by_handle(opened: Opened) -> None:
    """A page at a time, from behind the last one of the page before."""
    opened.platform.register_account("anna", "Anna")
    assert [line.handle for line in opened.platform.accounts(most=2)] == ["anna", "news"]
    assert [line.handle for line in opened.platform.accounts("news", most=2)] == ["shop"]


def test_who_has_published_last_is_found_first(opened: Opened) -> None:
    """Each account once, and none that is closed or has published nothing."""
    opened.platform.register_account("idle", "Idle")
    for handle in ("news", "shop", "news"):
        opened.platform.publish(handle, draft())
    assert [line.handle for line in opened.platform.active(8)] == ["news", "shop"]
    assert [line.handle for line in opened.platform.active(1)] == ["news"]
    opened.host.carry_out(applied(NEWS, MeasureKind.CLOSE_ACCOUNT))
    assert [line.handle for line in opened.platform.active(8)] == ["shop"]


def test_apps_are_listed_with_those_that_are_suspended(opened: Opened) -> None:
    """Of these there is the sentence alone."""
    opened.platform.register_app("bell", DETAILS)
    assert opened.platform.apps(most=1) == [AppPage("bell", DETAILS, None)]
    opened.host.carry_out(applied(SIGNER, MeasureKind.SUSPEND_APP))
    assert opened.platform.apps("bell") == [AppPage("signer", None, sentence("m1"))]


LISTS: list[Callable[[Opened], object]] = [
    lambda opened: opened.platform.newest(),
    lambda opened: opened.platform.posts_of("news"),
    lambda opened: opened.platform.feed("rae"),
    lambda opened: opened.platform.accounts(),
    lambda opened: opened.platform.active(8),
    lambda opened: opened.platform.apps(),
]


@pytest.mark.parametrize("listed", LISTS)
def test_a_longer_list_takes_no_more_queries(opened: Opened, listed: Callable[[Opened], object]) -> None:
    """However many rows there are."""
    opened.platform.follow("rae", "news")
    opened.platform.publish("news", draft())
    with counted(opened.engine) as few:
        listed(opened)
    for number in range(12):
        opened.platform.register_account(f"more{number}", "More")
        opened.platform.register_app(f"app{number}", DETAILS)
        post = opened.platform.publish("news", draft())
        opened.platform.publish(f"more{number}", draft())
        on_post = Target(NEWS.subject, post)
        opened.host.carry_out(applied(on_post, MeasureKind.BLOCK_CONTENT, f"m{number}"))
    with counted(opened.engine) as many:
        listed(opened)
    assert 0 < len(many) == len(few)


def reader(name: str | None = "square/reader/rae", *roles: Role) -> Principal:
    """Return somebody who asks."""
    return Principal("rae", frozenset(roles or (Role.READER,)), reader=name)


def test_a_reader_follows_under_their_own_name(opened: Opened) -> None:
    """Whom they follow is in their feed and list, and in nobody else's."""
    rae, bo = (Visiting(opened.platform, reader(f"square/reader/{name}")) for name in ("rae", "bo"))
    post = opened.platform.publish("news", draft())
    rae.follow("news")
    assert (rae.follows("news"), bo.follows("news")) == (True, False)
    assert [line.handle for line in rae.followed()] == ["news"]
    assert [page.id for page in rae.feed()] == [post]
    assert (bo.feed(), bo.followed()) == ([], [])
    bo.unfollow("news")
    assert rae.follows("news")
    rae.unfollow("news")
    assert (rae.follows("news"), rae.feed()) == (False, [])


def test_followed_accounts_are_listed_by_handle(opened: Opened) -> None:
    """A page at a time."""
    rae = Visiting(opened.platform, reader())
    for handle in ("shop", "news"):
        rae.follow(handle)
    assert [line.handle for line in rae.followed(most=1)] == ["news"]
    assert [line.handle for line in rae.followed("news")] == ["shop"]


@pytest.mark.parametrize(
    ("principal", "told"),
    [
        (reader("square/reader/rae", Role.REVIEWER), Permission.COMPLAIN),
        (reader(None), "is no reader of square"),
        (reader("elsewhere/reader/rae"), "is no reader of square"),
        (reader("square/reader/"), "is no reader of square"),
    ],
)
def test_who_is_no_reader_follows_nobody(opened: Opened, principal: Principal, told: str) -> None:
    """It takes the permission, and a name on square."""
    visiting = Visiting(opened.platform, principal)
    assert not is_reader(principal)
    asked: list[Callable[[], object]] = [
        lambda: visiting.follow("news"),
        lambda: visiting.unfollow("news"),
        lambda: visiting.follows("news"),
        visiting.followed,
        visiting.feed,
    ]
    for ask in asked:
        with pytest.raises(ForbiddenError, match=told):
            ask()
    profile = opened.platform.read_account("news").profile
    assert profile is not None
    assert profile.followers == 0
