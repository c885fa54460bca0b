"""Where users and tokens are kept: what every store of them does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.memory import MemoryUsers
from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import Token, User, Users
from tipstaff.base.errors import InputError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.schema import METADATA
from tipstaff.storage.access.users import SqlUsers

NEWS = Subject("square", SubjectKind.ACCOUNT, "news")
APP = Subject("square", SubjectKind.APP, "应用")
ALICE = User("alice", frozenset({Role.REVIEWER, Role.CLERK}))
BOB = User("bob", frozenset())
TOKEN = Token("0a", "alice", bytes(range(32)), frozenset({Permission.READ_CASES, Permission.DECIDE}), 5, 9)


@pytest.fixture(params=["memory", *DATABASES])
def users(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Users]:
    """Each store in turn."""
    if request.param == "memory":
        yield MemoryUsers()
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        yield SqlUsers(engine)


def test_a_user_is_kept_as_follows_from_all(users: Users) -> None:
    """Who decides on one is shown all; where they refuse nothing is kept. Who is stopped has no tokens."""
    users.keep_user(ALICE)
    users.keep_user(BOB)
    seen: list[list[User]] = []

    def stop(found: list[User]) -> User:
        seen.append(found)
        return replace(found[0], active=False)

    def refuse(_: list[User]) -> User:
        raise InputError("no")

    for token in (TOKEN, replace(TOKEN, id="0b", revoked_at=6), replace(TOKEN, id="0c", user="bob")):
        users.keep_token(token)
    users.change_users(stop, 7)
    assert seen == [[ALICE, BOB]]
    with pytest.raises(InputError, match="no"):
        users.change_users(refuse, 8)
    assert users.users() == [replace(ALICE, active=False), BOB]
    assert [one.revoked_at for one in users.tokens("alice")] == [7, 6]
    assert [one.revoked_at for one in users.tokens("bob")] == [None]
    users.change_users(lambda _: ALICE, 9)
    assert [one.revoked_at for one in users.tokens("alice")] == [7, 6]
    users.change_users(lambda _: BOB, 9)
    assert [one.revoked_at for one in users.tokens("bob")] == [None]


def test_a_user_is_kept_in_place_of_the_one_before(users: Users) -> None:
    """Roles and whether they are active are those that were kept last; nobody else changes."""
    assert (users.user("alice"), users.users()) == (None, [])
    users.keep_user(BOB)
    users.keep_user(ALICE)
    assert users.users() == [ALICE, BOB]
    rae = User("rae", frozenset({Role.READER}), reader="square/reader/rae", holds=(NEWS, APP))
    users.keep_user(rae)
    assert users.user("rae") == rae
    bob = replace(BOB, queues=frozenset({"square", "应用"}))
    users.keep_user(bob)
    assert users.user("bob") == bob
    users.keep_user(replace(bob, queues=frozenset()))
    assert users.user("bob") == replace(BOB, queues=frozenset()), "none of them is not all of them"
    users.keep_user(BOB)
    users.keep_user(replace(rae, reader=None, holds=()))
    assert users.users() == [ALICE, BOB, replace(rae, reader=None, holds=())]
    stopped = replace(ALICE, roles=frozenset({Role.ADMIN}), active=False)
    users.keep_user(stopped)
    assert users.user("alice") == stopped
    assert users.users()[:2] == [stopped, BOB]


def test_tokens_are_those_of_their_user(users: Users) -> None:
    """They come the oldest first, with and without scopes, and are changed one by one."""
    users.keep_user(ALICE)
    users.keep_user(BOB)
    older = replace(TOKEN, id="0b", scopes=None, made_at=4)
    other = replace(TOKEN, id="0c", user="bob", scopes=frozenset())
    for token in (TOKEN, older, other):
        users.keep_token(token)
    assert users.tokens("alice") == [older, TOKEN]
    assert users.tokens("bob") == [other]
    users.keep_token(replace(TOKEN, revoked_at=7))
    assert users.token("0a") == replace(TOKEN, revoked_at=7)
    assert users.token("0b") == older
    assert users.token("0d") is None


@pytest.mark.parametrize("name", DATABASES)
def test_migrations_make_exactly_the_tables(name: str, tmp_path: Path) -> None:
    """Between what the migrations make and the tables of the code nothing differs."""
    with database(name, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        assert MIGRATIONS.is_newest(engine)
        options = {"compare_type": True, "compare_server_default": True, "version_table": MIGRATIONS.table}
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, METADATA) == []


@pytest.mark.parametrize("name", DATABASES)
def test_who_was_stopped_by_an_older_version_has_no_tokens(name: str, tmp_path: Path) -> None:
    """They would count again with new roles; those of others go on."""
    with database(name, tmp_path) as engine:
        with engine.begin() as connection:
            config = MIGRATIONS._config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0008")
        users = SqlUsers(engine)
        users.keep_user(replace(ALICE, active=False))
        users.keep_user(BOB)
        for token in (TOKEN, replace(TOKEN, id="0b", revoked_at=6), replace(TOKEN, id="0c", user="bob")):
            users.keep_token(token)
        MIGRATIONS.upgrade(engine)
        ended = [one.revoked_at for one in users.tokens("alice")]
        assert (ended[0] is None, ended[1]) == (False, 6)
        assert [one.revoked_at for one in users.tokens("bob")] == [None]
