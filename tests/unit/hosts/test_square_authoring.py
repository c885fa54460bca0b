"""Publishing on square: one's own accounts alone; what is published is looked at, whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import anyio
import pytest
from desks import Office
from squares import Opened, draft, square

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.actions.screening.looking import Looked
from tipstaff.actions.screening.sending import Screening
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.authoring import Authoring, Published
from tipstaff.screening.posts import Post

Look = Callable[[Sequence[Post]], Sequence[Looked]]
OWN = Subject("square", SubjectKind.ACCOUNT, "own")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open a square with two accounts."""
    with square(tmp_path) as made:
        for handle in ("own", "others"):
            made.platform.register_account(handle, handle.title())
        yield made


def holder(*subjects: Subject, scopes: frozenset[Permission] | None = None) -> Principal:
    """Return an account holder."""
    return Principal("moon", frozenset({Role.ACCOUNT_HOLDER}), scopes=scopes, holds=subjects)


def clean(posts: Sequence[Post]) -> Sequence[Looked]:
    """Find nothing."""
    return [Looked(()) for _ in posts]


def publish(opened: Opened, look: Look, who: Principal, handle: str = "own", **fields: object) -> Published:
    """Publish a post of an account."""
    office = Office()
    office.hosts[opened.host.name] = opened.host

    async def go() -> Published:
        with Screening(office.desk, look) as screening:
            return await Authoring(opened.platform, screening, who).publish(handle, draft(**fields))

    return anyio.run(go)


def test_a_post_is_screened_as_readers_have_it(opened: Opened) -> None:
    """With its account, its followers and all that was written."""
    opened.platform.follow("rae", "own")
    seen: list[Post] = []

    def look(posts: Sequence[Post]) -> Sequence[Looked]:
        seen.extend(posts)
        return clean(posts)

    done = publish(opened, look, holder(OWN), title="T", url="https://a.example/", sponsored=True)
    assert done == Published(done.post, found=False)
    (post,) = seen
    assert (post.id, post.account, post.host, post.followers) == (done.post, "own", "square", 1)
    assert (post.title, post.url, post.sponsored) == ("T", "https://a.example/", True)


@pytest.mark.parametrize("error", [CaseError("no policy is in force here"), BusyError("no room")])
def test_what_was_published_is_not_said_to_have_failed(
    opened: Opened, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Or it would be published twice: where it cannot be looked at, the log has it by its name."""

    def look(_: Sequence[Post]) -> Sequence[Looked]:
        raise error

    with caplog.at_level(logging.ERROR):
        done = publish(opened, look, holder(OWN))
    assert done == Published(done.post, found=False, looked=False)
    assert opened.platform.read_post(done.post).content
    assert "published post not screened" in caplog.text


def test_who_was_put_off_is_not_for_long(opened: Opened) -> None:
    """Where more waits than there is room for it is sent again."""
    calls: list[str] = []

    def look(posts: Sequence[Post]) -> Sequence[Looked]:
        calls.extend(one.id for one in posts)
        if len(calls) == 1:
            raise BusyError("no room")
        return clean(posts)

    done = publish(opened, look, holder(OWN))
    assert done.looked
    assert calls == [done.post, done.post]


def test_what_cannot_be_screened_is_published_and_told_to_the_log(opened: Opened) -> None:
    """As one that is refused among others."""
    done = publish(opened, lambda posts: [Looked((), refused="no") for _ in posts], holder(OWN))
    assert not done.looked


def test_another_account_is_not_there(opened: Opened) -> None:
    """Nor one of another host or kind, and nothing is published."""
    for held in (
        Subject("elsewhere", SubjectKind.ACCOUNT, "others"),
        Subject("square", SubjectKind.APP, "others"),
    ):
        with pytest.raises(MissingError, match="no account 'others' of yours"):
            publish(opened, clean, holder(OWN, held), "others")
    assert list(opened.host.posts()) == []


def test_it_takes_the_permission(opened: Opened) -> None:
    """Whoever asks with a token for something else may not, nor see what could be published under."""
    other = holder(OWN, scopes=frozenset({Permission.HOLD}))
    with pytest.raises(ForbiddenError, match="posts:publish"):
        publish(opened, clean, other)
    authoring = Authoring(opened.platform, Screening(Office().desk, clean), other)
    with pytest.raises(ForbiddenError):
        authoring.accounts()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "example.org", "https://a b", "data:text/html,x"])
def test_a_link_is_one_that_a_browser_only_follows(opened: Opened, url: str) -> None:
    """Another one is refused before anything is published."""
    with pytest.raises(InputError, match="is no link"):
        publish(opened, clean, holder(OWN), url=url)
    assert list(opened.host.posts()) == []
