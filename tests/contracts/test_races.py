"""Two at once on one database: both are answered, nothing is lost, and nothing fails, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Final, TypeVar

import pytest
from databases import DATABASES, database
from msgspec.structs import replace
from sqlalchemy import Engine

from tipstaff.actions.access.lockout import PAIR, Key, LockedError, begin, digest_of
from tipstaff.actions.access.once import Begun
from tipstaff.actions.access.passkeys import Passkey
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import Token, User
from tipstaff.actions.webhooks.hooks import Attempt, Message, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.base.errors import InputError
from tipstaff.casework.events import Opened, Recorded, Source
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.access.answers import SqlAnswers
from tipstaff.storage.access.hooks import SqlHooks
from tipstaff.storage.access.logins import SqlLogins
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.users import SqlUsers
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade

ROUNDS: Final = 30
NOW: Final = 1_800_000_000
HOOK: Final = Webhook("0" * 16, "https://a.example/", "A", frozenset({EventType.CASE_OPENED}), NOW, b"a" * 32)
MESSAGE: Final = Message("evt_1", EventType.CASE_OPENED, NOW, b"{}")
Result = TypeVar("Result")


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each database in turn."""
    with database(request.param, tmp_path) as engine:
        upgrade(engine)
        MIGRATIONS.upgrade(engine)
        yield engine


def at_once(*jobs: Callable[[], Result]) -> list[Result]:
    """Do some things at once, each in a thread; returns what each has returned. Raises what one raises."""
    together = Barrier(len(jobs))

    def run(job: Callable[[], Result]) -> Result:
        together.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_each_wrong_login_counts(engine: Engine) -> None:
    """However many come at once under one name, while its lock is lifted and old ones are forgotten."""
    logins = SqlLogins(engine)

    def count(number: int) -> Callable[[], object]:
        return lambda: begin(logins, "alice", f"192.0.2.{number}", NOW)

    for number in range(ROUNDS):
        at_once(
            count(number), count(number), lambda: logins.unlock(digest_of("alice")),
            lambda: logins.forget_tries(NOW + 1, NOW),
        )  # fmt: skip
    logins.unlock(digest_of("alice"))
    at_once(*[count(250)] * PAIR)
    found: list[int] = []
    logins.change_tries(
        [Key(digest_of("alice"), "")], lambda kept: found.extend(one.count for one in kept.values()) or kept
    )
    assert found == [PAIR]
    with pytest.raises(LockedError):
        begin(logins, "alice", "192.0.2.250", NOW)


def test_a_request_begins_once(engine: Engine) -> None:
    """Of two one is told what the other has begun, also while that is dropped and old ones are forgotten."""
    answers = SqlAnswers(engine)
    for number in range(ROUNDS):
        begun = Begun(number.to_bytes(32), b"r" * 32, NOW + number)
        old = Begun((number + 1000).to_bytes(32), b"r" * 32, NOW - 9)
        answers.begin(old, 0)
        results = at_once(*[lambda begun=begun: answers.begin(begun, NOW)] * 3)
        assert sorted(results, key=bool) == [None, begun, begun]
        at_once(
            *[lambda begun=begun: answers.begin(begun, NOW)] * 2,
            *[lambda begun=begun: answers.drop(begun.id)] * 2,
        )


def test_the_first_webhook_is_the_first_of_one(engine: Engine) -> None:
    """Two are added at once, where there is none: what came before is told to neither."""
    hooks, cases = SqlHooks(engine), SqlCases(engine)
    for number in range(ROUNDS):
        subject = Subject("square", SubjectKind.ACCOUNT, f"a{number}")
        cases.open(subject, Recorded(NOW, "machine", Opened(subject, Source.FINDING)))
        both = [replace(HOOK, id=f"{number:015}{which}") for which in range(2)]
        assert at_once(*[lambda one=one: hooks.add(one, 9) for one in both]) == [True, True]
        assert hooks.changed(99) == []
        for one in both:
            hooks.remove(one.id)


def test_there_are_no_more_webhooks_than_there_may_be(engine: Engine) -> None:
    """Of four that are added at once two have room."""
    hooks = SqlHooks(engine)
    four = [replace(HOOK, id=str(which) * 16) for which in range(4)]
    added = at_once(*[lambda one=one: hooks.add(one, 2) for one in four])
    assert sorted(added) == [False, False, True, True]
    assert len(hooks.webhooks()) == 2


def test_each_attempt_is_in_the_log(engine: Engine) -> None:
    """Two that end at once: one that was claimed, and another since it was to be sent again."""
    hooks = SqlHooks(engine)
    assert hooks.add(HOOK, 9)
    for number in range(ROUNDS):
        owed = hooks.owe(HOOK.id, replace(MESSAGE, id=f"evt_{number}"), NOW)
        assert owed is not None
        made = [Attempt(NOW, status, status) for status in (200, 500, 503)]
        at_once(*[lambda one=one, owed=owed: hooks.attempted(owed, NOW + 9, one, None) for one in made])
        (kept,) = hooks.owed(HOOK.id, 1, None)
        assert sorted(one.ms for one in kept.attempts) == [200, 500, 503]
        assert (kept.arrived_at, kept.due, kept.tries) == (NOW, NOW, 0)


def test_a_webhook_goes_whatever_is_done_with_it(engine: Engine) -> None:
    """It is told something, and an attempt ends, while it is removed: both before that, or not at all."""
    hooks = SqlHooks(engine)
    for number in range(ROUNDS):
        hook = replace(HOOK, id=f"{number:016}")
        assert hooks.add(hook, 9)
        owed = hooks.owe(hook.id, MESSAGE, NOW)
        assert owed is not None
        at_once(
            lambda hook=hook: hooks.remove(hook.id),
            lambda hook=hook: hooks.owe(hook.id, replace(MESSAGE, id="evt_2"), NOW),
            lambda owed=owed: hooks.attempted(owed, NOW, Attempt(NOW, 200, 1), None),
            lambda: hooks.forget(NOW + 1),
        )
        assert (hooks.webhooks(), hooks.owed(hook.id, 9, None)) == ([], [])


def test_one_secret_takes_the_place_of_another(engine: Engine) -> None:
    """Of two that are made at once one is kept, and whoever made the other is told so."""
    hooks = SqlHooks(engine)
    assert hooks.add(HOOK, 9)
    for number in range(ROUNDS):
        (known,) = hooks.webhooks()
        made = [bytes([number, which]) * 16 for which in range(2)]
        kept = at_once(
            *[lambda one=one, known=known: hooks.set_secret(HOOK.id, known.secret, one, 9) for one in made]
        )
        assert sorted(kept) == [False, True]
        (now,) = hooks.webhooks()
        assert (now.secret, now.older) == (made[kept.index(True)], known.secret)


def test_there_are_no_more_tokens_than_there_may_be(engine: Engine) -> None:
    """Of two who make the last one at once one does."""
    users, logins = SqlUsers(engine), SqlLogins(engine)
    users.keep_user(User("alice", frozenset({Role.CLERK})))
    logins.keep_password("alice", "hash")
    for number in range(ROUNDS):
        two = [Token(f"{number}-{which}", "alice", b"d", None, NOW, NOW + 9) for which in range(2)]
        made = at_once(*[lambda one=one, most=number + 1: logins.add_token(one, 1, most) for one in two])
        assert sorted(made) == [False, True]


def test_of_two_who_stop_each_other_one_is_left(engine: Engine) -> None:
    """The second sees what the first has done, and decides on that."""
    users = SqlUsers(engine)

    def stop(name: str, by: str) -> bool:
        def stopped(found: list[User]) -> User:
            known = {one.name: one for one in found}
            if not known[by].active:
                raise InputError("stopped")
            return replace(known[name], active=False)

        try:
            users.change_users(stopped, NOW)
        except InputError:
            return False
        return True

    for _ in range(ROUNDS):
        for name in ("ada", "eve"):
            users.keep_user(User(name, frozenset({Role.ADMIN})))
        assert sorted(at_once(partial(stop, "ada", "eve"), partial(stop, "eve", "ada"))) == [False, True]
        assert sorted(one.active for one in users.users()) == [False, True]


def test_who_is_kept_twice_is_there_once(engine: Engine) -> None:
    """A user and a password that two keep at once; a passkey is the first one's."""
    users, logins = SqlUsers(engine), SqlLogins(engine)
    for number in range(ROUNDS):
        name = f"u{number}"
        at_once(*[lambda name=name: users.keep_user(User(name, frozenset({Role.CLERK})))] * 2)
        at_once(*[lambda name=name: logins.keep_password(name, "hash")] * 2)
        login = logins.login(name)
        assert login is not None
        assert login.version == 2
        key = Passkey(f"{number:016}", name, "phone", name.encode(), b"k", 0, NOW)
        assert sorted(at_once(*[lambda key=key: logins.keep_passkey(key, 2)] * 2)) == [False, True]
    assert len(users.users()) == ROUNDS
