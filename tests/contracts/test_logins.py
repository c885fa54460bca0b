"""Where logins are kept: what every store of them does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.lockout import Key, LockedError, Tried, begin, digest_of, succeed
from tipstaff.actions.access.logins import Login, Logins, Session
from tipstaff.actions.access.memory import MemoryLogins
from tipstaff.actions.access.passkeys import Passkey
from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import Token, User, Users
from tipstaff.storage.access.logins import SqlLogins
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.users import SqlUsers

NOW = 1_790_000_000
SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
SESSION = Session("0a", "alice", SECRET, 1, strong=True, made_at=5, seen_at=6, ends_at=9)
BOBS = Session("0b", "bob", OTHER, 1, strong=False, made_at=5, seen_at=6, ends_at=9)
KEY = Passkey("0c", "alice", "phone", b"credential", b"key", 7, 5)
TOKEN = Token("0e", "alice", SECRET, frozenset({Permission.READ_CASES}), made_at=5, expires_at=9)
PAIR = Key("ab", "192.0.2.7")


class Store(NamedTuple):
    """A store of logins, and of the users whose they are."""

    logins: Logins
    users: Users


@pytest.fixture(params=["memory", *DATABASES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store in turn, with two users."""
    if request.param == "memory":
        memory = MemoryLogins()
        yield with_users(Store(memory, memory))
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        yield with_users(Store(SqlLogins(engine), SqlUsers(engine)))


def with_users(store: Store) -> Store:
    """Bring in two users."""
    for name in ("alice", "bob"):
        store.users.keep_user(User(name, frozenset({Role.ADMIN})))
    return store


def test_a_password_is_changed_at_its_version_or_not_at_all(store: Store) -> None:
    """Where something about who logs in has changed since, that stays; another's is nobody else's."""
    logins, users = store
    assert not logins.change_password("alice", "none", 0)
    assert logins.login("alice") is None
    for name in ("alice", "bob"):
        logins.keep_password(name, "one")
    assert logins.change_password("alice", "two", 1)
    assert logins.login("alice") == Login("alice", "two", 2)
    assert not logins.change_password("alice", "three", 1)
    users.keep_user(User("alice", frozenset({Role.AUDITOR})))
    assert not logins.change_password("alice", "three", 2)
    assert logins.login("alice") == Login("alice", "two", 3)
    assert logins.login("bob") == Login("bob", "one", 1)


def test_a_password_is_kept_with_its_version(store: Store) -> None:
    """Nobody else's changes; each new one is another version, and so is each change of its user."""
    logins, users = store
    assert logins.login("alice") is None
    logins.keep_password("alice", "one")
    logins.keep_password("bob", "bobs")
    assert logins.login("alice") == Login("alice", "one", 1)
    logins.keep_password("alice", "two")
    assert logins.login("alice") == Login("alice", "two", 2)
    users.keep_user(User("alice", frozenset({Role.AUDITOR})))
    assert logins.login("alice") == Login("alice", "two", 3)
    users.keep_user(User("carol", frozenset()))
    assert logins.login("carol") is None
    assert logins.login("bob") == Login("bob", "bobs", 1)


def test_the_same_password_is_kept_in_another_form(store: Store) -> None:
    """Its version stays; where it has changed meanwhile nothing does."""
    store.logins.keep_password("alice", "one")
    store.logins.keep_rehashed("alice", "one", "ONE")
    store.logins.keep_rehashed("alice", "one", "older")
    assert store.logins.login("alice") == Login("alice", "ONE", 1)


def test_a_second_factor_takes_the_place_of_what_waits(store: Store) -> None:
    """Another version, with its recovery codes; gone, these are gone as well."""
    logins = store.logins
    for name in ("alice", "bob"):
        logins.keep_password(name, "one")
    assert logins.keep_pending("alice", SECRET, 1)
    assert logins.login("alice") == Login("alice", "one", 1, pending=SECRET)
    assert logins.keep_totp("alice", SECRET, 7, ["a", "b"], 1)
    assert logins.login("alice") == Login("alice", "one", 2, SECRET, None, 7)
    assert logins.keep_totp("bob", OTHER, 8, ["a"], 1)
    assert (logins.recovery_left("alice"), logins.recovery_left("bob")) == (2, 1)
    assert logins.keep_totp("alice", SECRET, 7, ["c"], 2)
    assert [logins.has_recovery("alice", code) for code in "abc"] == [False, False, True]
    assert logins.keep_totp("alice", None, 9, (), 3)
    assert logins.login("alice") == Login("alice", "one", 4, None, None, 9)
    assert (logins.recovery_left("alice"), logins.recovery_left("bob")) == (0, 1)


def test_a_login_is_changed_at_its_version_or_not_at_all(store: Store) -> None:
    """Whatever is asked of a version before, or of who has no login, changes nothing."""
    logins = store.logins
    other = replace(KEY, id="0d", credential=b"other")
    assert not logins.keep_totp("alice", SECRET, 7, ["a"], 0)
    assert not logins.keep_passkey(KEY, 0)
    assert logins.login("alice") is None
    logins.keep_password("alice", "one")
    assert logins.keep_passkey(KEY, 1)
    for version in (1, 3):
        assert not logins.keep_pending("alice", SECRET, version)
        assert not logins.keep_totp("alice", SECRET, 7, ["a"], version)
        assert not logins.keep_passkey(other, version)
        assert not logins.remove_passkey("alice", KEY.id, version)
    assert logins.login("alice") == Login("alice", "one", 2)
    assert (logins.passkeys("alice"), logins.recovery_left("alice")) == ([KEY], 0)


def test_a_new_password_lets_nothing_wait(store: Store) -> None:
    """A secret that somebody else has begun with is none of a second factor any more."""
    logins = store.logins
    logins.keep_password("alice", "one")
    logins.keep_pending("alice", SECRET, 1)
    logins.keep_password("alice", "two")
    assert logins.login("alice") == Login("alice", "two", 2)
    logins.keep_pending("alice", SECRET, 2)
    assert logins.change_password("alice", "three", 2)
    assert logins.login("alice") == Login("alice", "three", 3)


def test_a_second_factor_is_forgotten_as_a_whole(store: Store) -> None:
    """With its recovery codes and passkeys, in one change; what others have stays."""
    logins = store.logins
    for name, key in (("alice", KEY), ("bob", replace(KEY, id="0d", user="bob", credential=b"bobs"))):
        logins.keep_password(name, "one")
        logins.keep_totp(name, SECRET, 7, ["a"], 1)
        logins.keep_passkey(key, 2)
    assert not logins.forget_second("alice", BOBS)
    assert logins.recovery_left("alice") == 1
    assert logins.forget_second("alice", replace(BOBS, version=3))
    assert logins.login("alice") == Login("alice", "one", 4, counter=7)
    assert (logins.passkeys("alice"), logins.recovery_left("alice")) == ([], 0)
    assert (len(logins.passkeys("bob")), logins.recovery_left("bob")) == (1, 1)
    assert logins.forget_second("bob", None)
    assert logins.recovery_left("bob") == 0


def test_who_is_an_admin_no_more_changes_nobodys_login(store: Store) -> None:
    """A session of another version has ended, and with it what it may."""
    logins, users = store
    assert not logins.give_password("alice", "given", 9, BOBS)
    logins.keep_password("bob", "bobs")
    users.keep_user(User("bob", frozenset({Role.CLERK})))
    assert not logins.give_password("alice", "given", 9, BOBS)
    assert logins.login("alice") is None
    assert logins.give_password("alice", "given", 9, replace(BOBS, version=2))
    assert logins.login("bob") == Login("bob", "bobs", 2)


def test_a_code_is_taken_once(store: Store) -> None:
    """None of the same or an earlier step, and none of a secret that is no more."""
    logins = store.logins
    logins.keep_password("alice", "one")
    logins.keep_totp("alice", SECRET, 7, ["a"], 1)
    assert [logins.use_code("alice", SECRET, step) for step in (7, 8, 8, 6, 10, 9)] == [
        False, True, False, False, True, False,
    ]  # fmt: skip
    assert not logins.use_code("alice", OTHER, 11)
    assert logins.login("alice") == Login("alice", "one", 2, SECRET, None, 10)
    assert [logins.use_recovery("alice", "b"), logins.use_recovery("bob", "a")] == [False, False]
    assert [logins.use_recovery("alice", "a") for _ in range(2)] == [True, False]


def test_of_many_who_show_a_code_at_once_one_comes_in(store: Store) -> None:
    """Also where they come at the same moment."""
    store.logins.keep_password("alice", "one")
    store.logins.keep_totp("alice", SECRET, 7, ["a"], 1)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.logins.use_code("alice", SECRET, 8), range(16)))
        used = list(pool.map(lambda _: store.logins.use_recovery("alice", "a"), range(16)))
    assert (sum(taken), sum(used)) == (1, 1)


def test_a_token_is_made_at_a_version_and_there_are_only_so_many(store: Store) -> None:
    """What cannot be used any more makes room; other people's takes none."""
    logins, users = store
    assert not logins.add_token(TOKEN, 0, 9)
    for name in ("alice", "bob"):
        logins.keep_password(name, "one")
    assert [logins.add_token(TOKEN, version, 9) for version in (0, 2)] == [False, False]
    for number, one in enumerate([{"revoked_at": 6}, {"expires_at": 5}, {"user": "bob"}]):
        users.keep_token(replace(TOKEN, id=f"1{number}", **one))
    assert logins.add_token(TOKEN, 1, 1)
    assert users.token(TOKEN.id) == TOKEN
    assert not logins.add_token(replace(TOKEN, id="0f"), 1, 1)
    assert logins.add_token(replace(TOKEN, id="0f"), 1, 2)
    assert logins.login("alice") == Login("alice", "one", 1)


def test_sessions_are_those_of_their_user(store: Store) -> None:
    """They come the oldest first, are found by their digest, and end one by one or together."""
    logins = store.logins
    older = replace(SESSION, id="0c", digest=bytes(32), made_at=4)
    newer = replace(SESSION, id="0d", digest=bytes(31) + b"x", made_at=6)
    for session in (newer, SESSION, older, BOBS):
        logins.keep_session(session)
    assert logins.sessions("alice") == [older, SESSION, newer]
    assert logins.session(SECRET) == SESSION
    assert logins.session(bytes(31) + b"y") is None
    logins.see_session(SECRET, 8)
    assert logins.session(SECRET) == replace(SESSION, seen_at=8)
    assert logins.end_sessions("bob", number="0a") == 0
    assert logins.end_sessions("alice", number="0a") == 1
    assert logins.sessions("alice") == [older, newer]
    assert logins.end_sessions("alice", but="0c") == 1
    assert logins.sessions("alice") == [older]
    assert logins.sessions("bob") == [BOBS]


def test_sessions_are_forgotten_after_their_end(store: Store) -> None:
    """Those that go on stay."""
    store.logins.keep_session(SESSION)
    store.logins.keep_session(replace(BOBS, ends_at=10))
    store.logins.forget_sessions(10)
    assert (store.logins.sessions("alice"), len(store.logins.sessions("bob"))) == ([], 1)


def test_passkeys_are_those_of_their_user(store: Store) -> None:
    """Each that comes or goes is another version of its user; nobody else removes it."""
    logins = store.logins
    for name in ("alice", "bob"):
        logins.keep_password(name, "one")
    older = replace(KEY, id="0d", credential=b"other", made_at=4, counter=0)
    for passkey in (KEY, older, replace(KEY, id="0e", credential=b"bobs", user="bob")):
        login = logins.login(passkey.user)
        assert login
        assert logins.keep_passkey(passkey, login.version)
        assert not logins.keep_passkey(passkey, login.version + 1)
    assert logins.passkeys("alice") == [older, KEY]
    assert (logins.passkey(b"credential"), logins.passkey(b"x")) == (KEY, None)
    assert logins.login("alice") == Login("alice", "one", 3)
    assert logins.login("bob") == Login("bob", "one", 2)
    assert not logins.remove_passkey("bob", "0c", 2)
    assert logins.remove_passkey("alice", "0c", 3)
    assert not logins.remove_passkey("alice", "0c", 4)
    assert logins.passkeys("alice") == [older]
    assert logins.login("alice") == Login("alice", "one", 4)


def test_a_passkey_counts_on(store: Store) -> None:
    """What it signed before it does not sign again; where it does not count at all, it is as good as ever."""
    logins = store.logins
    logins.keep_password("alice", "one")
    logins.keep_passkey(KEY, 1)
    assert [logins.use_passkey(b"credential", number, number) for number in (6, 7, 8, 8, 0, 9)] == [
        False, False, True, False, False, True,
    ]  # fmt: skip
    assert logins.passkey(b"credential") == replace(KEY, counter=9, used_at=9)
    assert not logins.use_passkey(b"x", 10, 10)
    logins.keep_passkey(replace(KEY, id="0d", credential=b"other", counter=0), 2)
    assert [logins.use_passkey(b"other", number, 5) for number in (0, 0, 1, 0)] == [True, True, True, False]


def test_a_question_is_answered_once(store: Store) -> None:
    """By who was asked, before it has ended; those that have are forgotten."""
    logins = store.logins
    logins.keep_challenge(SECRET, "alice", 10, 9)
    logins.keep_challenge(OTHER, "", 11, 9)
    for digest, user, now in ((SECRET, "bob", 9), (SECRET, "", 9), (SECRET, "alice", 10), (bytes(32), "", 9)):
        assert not logins.use_challenge(digest, user, now)
    assert [logins.use_challenge(SECRET, "alice", 9) for _ in range(2)] == [True, False]
    logins.forget_challenges(11)
    assert logins.use_challenge(OTHER, "", 10)


def test_the_newest_questions_of_each_are_kept(store: Store) -> None:
    """So many of nobody in particular, and of each user; those that had an end are forgotten."""
    logins = store.logins
    asked = [bytes([number]) * 32 for number in range(6)]
    logins.keep_challenge(SECRET, "alice", 1, 2)
    for number, digest in enumerate(asked):
        logins.keep_challenge(digest, "", 10 + number, 3)
    logins.forget_challenges(14)
    waits = [logins.use_challenge(digest, "", 0) for digest in asked]
    assert waits == [False, False, False, False, True, True]
    assert not logins.use_challenge(SECRET, "alice", 0)


def test_tries_change_together_or_not(store: Store) -> None:
    """What was never kept is as nothing; where a change breaks off, all is as before."""
    keys = [PAIR, Key("", "192.0.2.7")]
    one = Tried(2, 3, 4, 5)

    def change(found: Mapping[Key, Tried]) -> Mapping[Key, Tried]:
        seen.append(dict(found))
        if len(seen) == 2:
            raise LockedError(1)
        return {key: one for key in found if key.name}

    seen: list[dict[Key, Tried]] = []
    store.logins.change_tries(keys, change)
    with pytest.raises(LockedError):
        store.logins.change_tries(keys, change)
    store.logins.change_tries(keys, change)
    assert seen == [dict.fromkeys(keys, Tried()), seen[1], {keys[0]: one, keys[1]: Tried()}]


def test_tries_are_forgotten_and_lifted(store: Store) -> None:
    """By their age, unless somebody is known; and by their name."""
    kept = {
        Key("a", "1"): Tried(1, 10, 10),
        Key("b", "1"): Tried(1, 20, 20),
        Key("c", "1"): Tried(0, 10, 10, 10),
        Key("d", "1"): Tried(0, 10, 10, 9),
        Key("", "1"): Tried(4, 20, 30),
    }
    store.logins.change_tries(list(kept), lambda _: kept)
    store.logins.forget_tries(20, 10)
    found: dict[Key, Tried] = {}
    store.logins.change_tries(list(kept), lambda there: found.update(there) or {})
    gone = {Key("a", "1"), Key("d", "1")}
    assert found == {key: Tried() if key in gone else one for key, one in kept.items()}
    assert (store.logins.unlock("b"), store.logins.unlock("x")) == (1, 0)
    store.logins.change_tries(list(kept), lambda there: found.update(there) or {})
    assert (found[Key("b", "1")], found[Key("c", "1")]) == (Tried(), kept[Key("c", "1")])


@pytest.mark.parametrize("name", DATABASES)
def test_of_many_at_once_none_is_lost(name: str, tmp_path: Path) -> None:
    """Each is counted, under its name and its address, while others are counted, given back and forgotten."""
    with database(name, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        logins = SqlLogins(engine)

        def try_once(number: int) -> None:
            who = f"user{number % 8}" if number < 40 else f"other{number}"
            begun = begin(logins, who, f"192.0.2.{number % 5}", NOW)
            if number >= 40:
                succeed(logins, begun, NOW)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(try_once, range(80)))
        found: dict[Key, Tried] = {}
        addresses = [Key("", f"192.0.2.{number}") for number in range(5)]
        logins.change_tries(addresses, lambda there: found.update(there) or {})
        assert [found[key].count for key in addresses] == [8] * 5


def test_it_is_told_until_when_something_is_refused_under_a_name(store: Store) -> None:
    """The latest of all that is under it, wherever it comes from; of another name nothing."""
    logins = store.logins
    assert logins.locked_until("ab") == 0
    for address, until in (("192.0.2.7", 9), ("", 7), ("192.0.2.8", 8)):
        key = Key("ab", address)
        logins.change_tries([key], lambda _, key=key, until=until: {key: Tried(5, 1, until)})
    other = Key("", "192.0.2.7")
    logins.change_tries([other], lambda _: {other: Tried(5, 1, 99)})
    assert logins.locked_until("ab") == 9
    assert logins.locked_until("cd") == 0
    logins.unlock("ab")
    assert logins.locked_until("ab") == 0


def test_a_password_that_is_not_their_own_has_an_end(store: Store) -> None:
    """One that they have chosen, or that was typed for them, has none."""
    logins = store.logins
    logins.keep_password("bob", "bobs")
    assert logins.give_password("alice", "given", 9, BOBS)
    assert logins.login("alice") == Login("alice", "given", 1, initial_until=9)
    assert logins.change_password("alice", "own", 1)
    assert logins.login("alice") == Login("alice", "own", 2)
    assert logins.give_password("alice", "given", 9, BOBS)
    logins.keep_password("alice", "typed")
    assert logins.login("alice") == Login("alice", "typed", 4)


def test_how_many_stand_is_told_at_once(store: Store) -> None:
    """Each has what is theirs; who never logged in, and who is nobody, has nothing."""
    logins, _ = store
    logins.keep_password("alice", "one")
    assert logins.keep_passkey(KEY, 1)
    for _ in range(3):
        begin(logins, "bob", "192.0.2.7", NOW)
    found = logins.standings(["alice", "bob", "nobody"])
    assert found["alice"] == (logins.login("alice"), 1, 0)
    assert found["bob"] == (None, 0, logins.locked_until(digest_of("bob")))
    assert found["bob"].locked_until > NOW
    assert found["nobody"] == (None, 0, 0)
    assert logins.standings([]) == {}
