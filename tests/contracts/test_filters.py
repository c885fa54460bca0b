"""Where saved filters are kept: what every store of them does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.memory import MemoryUsers
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User
from tipstaff.actions.filters import Claimed, Due, Filter, Filters, Saved, Show
from tipstaff.actions.memory import MemoryFilters
from tipstaff.casework.words import SubjectKind
from tipstaff.storage.access.filters import SqlFilters
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.users import SqlUsers

FILTER = Filter(
    show=Show.ALL, policy="house", severity=3, followers=10_000, language="zh", territory="CN", due=Due.DAY,
    kind=SubjectKind.APP, claim=Claimed.MINE, escalated=True, complaints=True, about="square/account/news",
)  # fmt: skip
SAVED = Saved("0b", "alice", "grave", shared=False, filter=FILTER, made_at=5)


class Users(Protocol):
    """Who filters belong to."""

    def keep_user(self, user: User) -> None:
        """Keep a user."""


@pytest.fixture(params=["memory", *DATABASES])
def filters(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Filters]:
    """Each store in turn, with two users."""
    if request.param == "memory":
        _fill(MemoryUsers())
        yield MemoryFilters()
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        _fill(SqlUsers(engine))
        yield SqlFilters(engine)


def _fill(users: Users) -> None:
    """Keep two users."""
    for name in ("alice", "bob"):
        users.keep_user(User(name, frozenset({Role.REVIEWER})))


def test_filters_are_ones_own_and_those_of_all(filters: Filters) -> None:
    """They come the oldest first, whole as they were kept, and are changed and forgotten one by one."""
    assert (filters.saved("0b"), filters.filters("alice")) == (None, [])
    newer = replace(SAVED, id="0a", made_at=6, filter=Filter())
    shared = replace(SAVED, id="0c", owner="bob", shared=True, made_at=4, routed=("alice", "carol"))
    private = replace(SAVED, id="0d", owner="bob")
    for one in (newer, SAVED, shared, private):
        filters.keep_filter(one)
    assert filters.filters("alice") == [shared, SAVED, newer]
    assert filters.filters("bob") == [shared, private]
    assert filters.filters("carol") == [shared]
    filters.keep_filter(replace(SAVED, name="graver"))
    assert filters.saved("0b") == replace(SAVED, name="graver")
    filters.drop_filter("0b")
    filters.drop_filter("0b")
    assert filters.filters("alice") == [shared, newer]
