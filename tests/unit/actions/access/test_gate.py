"""The gate: who comes in, with what, for how long; and that nobody learns anything who does not."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from gates import ADDRESS, CHEAP, NOW, PASSWORD, CountingHasher, Entrance
from msgspec.structs import replace as replaced

from tipstaff.actions.access.codes import code_at, make_recovery_codes, make_secret, recovery_digest
from tipstaff.actions.access.gate import Gate, csrf_of
from tipstaff.actions.access.lockout import LOCK, LockedError
from tipstaff.actions.access.logins import Login, LoginError
from tipstaff.actions.access.me import Asker, Me, SecondFactorError
from tipstaff.actions.access.passwords import Costs, Hasher
from tipstaff.actions.access.permissions import GRANTED, Role
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.access.tokens import User
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.config.settings import ROLES, Settings

WRONG_ONE = "seven lamps by the lake"


def enrolled(entrance: Entrance) -> bytes:
    """Give alice a second factor; returns its secret."""
    secret = make_secret()
    entrance.logins.keep_totp("alice", entrance.gate.keep_secret("alice", secret), 0, (), 1)
    return secret


def test_who_shows_the_password_comes_in() -> None:
    """The session is theirs, with the roles that they have; its secret is nowhere in what is kept."""
    entrance = Entrance(Role.AUDITOR)
    begun = entrance.log_in()
    session, principal = entrance.gate.session_of(begun.shown)
    assert (session, principal.name, principal.roles) == (begun.session, "alice", {Role.AUDITOR})
    assert principal.permissions == GRANTED[Role.AUDITOR]
    assert len(begun.shown) == 43
    assert begun.shown not in repr(entrance.logins.sessions("alice"))
    assert entrance.log_in().shown != begun.shown


@pytest.mark.parametrize("shown", ["", "x", "中文", "\ud800", "A" * 43])
def test_what_is_no_session_is_none(shown: str) -> None:
    """Whatever it is, nobody comes in."""
    entrance = Entrance()
    entrance.log_in()
    with pytest.raises(LoginError, match="this login has ended: log in again"):
        entrance.gate.session_of(shown)


def test_a_session_ends_by_itself() -> None:
    """After half an hour of rest, and after twelve hours in any case."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    for _ in range(24):
        entrance.now += 29 * 60
        entrance.gate.session_of(shown)
    entrance.now = NOW + 12 * 3600 - 1
    entrance.gate.session_of(shown)
    entrance.now += 1
    with pytest.raises(LoginError):
        entrance.gate.session_of(shown)
    other = entrance.log_in().shown
    entrance.now += 30 * 60 - 1
    entrance.gate.session_of(other)
    entrance.now += 30 * 60
    with pytest.raises(LoginError):
        entrance.gate.session_of(other)


def test_a_page_that_looks_by_itself_keeps_no_session_alive() -> None:
    """However often it does: half an hour after somebody has done something the session has ended."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    for _ in range(29):
        entrance.now += 60
        entrance.gate.session_of(shown, seen=False)
    entrance.now += 60
    with pytest.raises(LoginError):
        entrance.gate.session_of(shown, seen=False)


def test_a_login_is_limited_as_its_user_is() -> None:
    """To the hosts whose cases are there for them."""
    entrance = Entrance(Role.CLERK)
    entrance.logins.keep_user(User("alice", frozenset({Role.CLERK}), queues=frozenset({"square"})))
    _, principal = entrance.gate.session_of(entrance.log_in().shown)
    assert principal.queues == {"square"}


def test_settings_say_how_long() -> None:
    """Minutes of rest, and hours in all."""
    entrance = Entrance(settings=Settings(session_idle_minutes=120, session_hours=1))
    shown = entrance.log_in().shown
    entrance.now += 3599
    entrance.gate.session_of(shown)
    entrance.now += 1
    with pytest.raises(LoginError):
        entrance.gate.session_of(shown)


def test_sessions_that_have_ended_are_forgotten() -> None:
    """With the next login nothing is kept of them."""
    entrance = Entrance()
    entrance.log_in()
    entrance.now += 12 * 3600 + 1
    entrance.log_in()
    assert len(entrance.logins.sessions("alice")) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda logins: logins.keep_user(User("alice", frozenset({Role.ADMIN}))),
        lambda logins: logins.keep_user(User("alice", frozenset({Role.AUDITOR}), active=False)),
        lambda logins: logins.keep_password("alice", Hasher(CHEAP).hash("another one of those")),
        lambda logins: logins.keep_totp("alice", bytes(32), 0, (), 1),
        lambda logins: logins.keep_totp("alice", None, 0, (), 1),
    ],
    ids=["roles", "stopped", "password", "second factor", "no second factor"],
)
def test_who_changes_logs_in_again(change: Callable[[Any], None]) -> None:
    """Sessions end when their user is another one now; and they do not come back with who was stopped."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    change(entrance.logins)
    with pytest.raises(LoginError):
        entrance.gate.session_of(shown)
    entrance.logins.keep_user(User("alice", frozenset({Role.AUDITOR})))
    with pytest.raises(LoginError):
        entrance.gate.session_of(shown)


def test_a_login_that_is_overtaken_is_none() -> None:
    """A password that changes while the one before is looked at lets nobody in."""
    entrance = Entrance()

    class Overtaken(CountingHasher):
        def verify(self, password: str, kept: str | None) -> bool:
            entrance.logins.keep_password("alice", self.hash("another one of those"))
            return super().verify(password, kept)

    gate = entrance.with_hasher(Overtaken())
    shown = gate.log_in("alice", PASSWORD, "", ADDRESS).shown
    with pytest.raises(LoginError):
        gate.session_of(shown)


def test_a_password_that_an_admin_sets_meanwhile_stays() -> None:
    """Who changes their own by the one of before has come too late."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    session, principal = entrance.gate.session_of(shown)

    class Overtaken(CountingHasher):
        def hash(self, password: str) -> str:
            entrance.logins.keep_password("alice", super().hash("another one of those"))
            return super().hash(password)

    me = Me(entrance.with_hasher(Overtaken()), Asker(principal, session, shown), ADDRESS)
    with pytest.raises(LoginError, match="changed meanwhile"):
        me.change_password(PASSWORD, "", "a bridge of eleven stones")
    entrance.log_in(password="another one of those")  # noqa: S106
    assert len(entrance.logins.sessions("alice")) == 2


def test_a_session_that_has_ended_begins_no_other() -> None:
    """Who was let in before the owner changed their password has no second factor there, and no session."""
    entrance = Entrance()

    def me() -> Me:
        shown = entrance.log_in().shown
        session, principal = entrance.gate.session_of(shown)
        return Me(entrance.gate, Asker(principal, session, shown), ADDRESS)

    def wait(me: Me) -> str:
        secret = b32decode(me.enrol(PASSWORD).secret)
        return code_at(secret, entrance.now)

    thief, owner = me(), me()
    code = wait(thief)
    owner.change_password(PASSWORD, "", "a bridge of eleven stones")
    with pytest.raises(SecondFactorError, match="no second factor waits"):
        thief.confirm(code)
    entrance.logins.keep_password("alice", entrance.hasher.hash(PASSWORD))
    for change in (
        lambda: thief.confirm(wait(me())),
        lambda: thief.enrol(PASSWORD),
        lambda: thief.change_password(PASSWORD, "", "a bridge of twelve stones"),
    ):
        with pytest.raises(LoginError, match="changed meanwhile"):
            change()
    login = entrance.logins.login("alice")
    assert login
    assert (login.totp, login.version) == (None, 3)
    owner = me()
    begun = owner.confirm(wait(owner)).begun
    assert entrance.gate.session_of(begun.shown)[0].version == 4


def test_a_change_begins_a_session_of_its_own_version() -> None:
    """What an admin changes at the same moment ends that as well."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    session, principal = entrance.gate.session_of(shown)
    me = Me(entrance.gate, Asker(principal, session, shown), ADDRESS)
    secret = b32decode(me.enrol(PASSWORD).secret)
    kept = entrance.logins.keep_totp

    def overtaken(
        user: str, secret: bytes | None, counter: int, recovery: Sequence[str], version: int
    ) -> bool:
        done = kept(user, secret, counter, recovery, version)
        entrance.logins.keep_user(User("alice", frozenset({Role.AUDITOR})))
        return done

    entrance.logins.keep_totp = overtaken  # type: ignore[method-assign]
    begun = me.confirm(code_at(secret, entrance.now)).begun
    with pytest.raises(LoginError):
        entrance.gate.session_of(begun.shown)


def test_passwords_are_kept_at_the_costs_of_today() -> None:
    """Who logs in has theirs computed anew when costs have changed; the session goes on."""
    entrance = Entrance()
    shown = entrance.log_in().shown
    dearer = CountingHasher(Costs(passes=2, lanes=1, memory=8))
    gate = entrance.with_hasher(dearer)
    with pytest.raises(LoginError):
        gate.log_in("alice", "wrong", "", ADDRESS)
    kept = entrance.logins.login("alice")
    assert kept
    assert dearer.is_outdated(kept.password or "")
    gate.log_in("alice", PASSWORD, "", ADDRESS)
    after = entrance.logins.login("alice")
    assert after
    assert not dearer.is_outdated(after.password or "")
    assert after == replaced(kept, password=after.password)
    entrance.gate.session_of(shown)
    entrance.log_in()


def test_who_is_right_comes_in_though_too_many_log_in() -> None:
    """Their password is kept at the costs of before, until another time."""
    entrance = Entrance()
    before = entrance.logins.login("alice")

    class Busy(CountingHasher):
        """A hasher that has no room to keep a password anew."""

        def is_outdated(self, kept: str) -> bool:
            """Say that every password is kept at other costs."""
            return bool(kept)

        def hash(self, password: str) -> str:
            """Have no room."""
            raise BusyError(password)

    assert entrance.with_hasher(Busy()).log_in("alice", PASSWORD, "", ADDRESS).session.user == "alice"
    assert entrance.logins.login("alice") == before


def test_a_second_factor_is_needed_once_there_is_one() -> None:
    """Its code of the time, once; half a minute later there is another one."""
    entrance = Entrance()
    secret = enrolled(entrance)
    code = code_at(secret, NOW)
    for wrong in ("", "000000", code_at(secret, NOW + 90)):
        with pytest.raises(LoginError):
            entrance.log_in(wrong)
        entrance.now += 4
    assert entrance.log_in(code).session.strong
    with pytest.raises(LoginError):
        entrance.log_in(code)
    entrance.now += 30
    entrance.log_in(code_at(secret, entrance.now))


def test_a_code_is_not_used_up_by_who_does_not_know_the_password() -> None:
    """Whoever sees a code cannot keep its owner out with it."""
    entrance = Entrance()
    code = code_at(enrolled(entrance), NOW)
    with pytest.raises(LoginError):
        entrance.log_in(code, password=WRONG_ONE)
    entrance.log_in(code)


def test_each_recovery_code_counts_once() -> None:
    """In place of a code of the time."""
    entrance = Entrance()
    codes = make_recovery_codes()
    named = entrance.gate.keep_secret("alice", make_secret())
    entrance.logins.keep_totp("alice", named, 0, [recovery_digest(code) for code in codes], 1)
    with pytest.raises(LoginError):
        entrance.log_in(codes[0], password=WRONG_ONE)
    assert entrance.log_in(codes[0].upper()).session.strong
    with pytest.raises(LoginError):
        entrance.log_in(codes[0])
    assert entrance.logins.recovery_left("alice") == 9
    entrance.log_in(codes[1])


def test_a_secret_that_is_gone_lets_nobody_in() -> None:
    """A vault that has lost it is no way around the second factor."""
    entrance = Entrance()
    secret = enrolled(entrance)
    entrance.office.vault.kept.clear()
    for code in ("", code_at(secret, NOW), code_at(bytes(20), NOW)):
        with pytest.raises(LoginError):
            entrance.log_in(code)


def test_some_may_do_nothing_without_a_second_factor() -> None:
    """As settings say; what it takes is told. Those of other roles may."""
    entrance = Entrance(Role.ADMIN)
    _, principal = entrance.gate.session_of(entrance.log_in().shown)
    assert principal.permissions == frozenset()
    with pytest.raises(ForbiddenError, match=r"before they have a second factor \(`POST /v1/me/totp`\): it"):
        principal.require(next(iter(GRANTED[Role.ADMIN])))
    code = code_at(enrolled(entrance), entrance.now)
    _, principal = entrance.gate.session_of(entrance.log_in(code).shown)
    assert principal.permissions == GRANTED[Role.ADMIN]
    for settings in (Settings(second_factor_roles=""), Settings(second_factor_roles="reader,clerk")):
        other = Entrance(Role.ADMIN, settings=settings)
        _, principal = other.gate.session_of(other.log_in().shown)
        assert principal.permissions == GRANTED[Role.ADMIN]
    assert set(ROLES) == set(Role), "settings name the roles that there are"


def test_who_is_outside_asks_as_who_they_are() -> None:
    """The name that they complain under comes with their login."""
    entrance = Entrance()
    entrance.logins.keep_user(User("alice", frozenset({Role.READER}), reader="square/reader/alice"))
    _, principal = entrance.gate.session_of(entrance.log_in().shown)
    assert principal.reader == "square/reader/alice"


def test_a_busy_gate_counts_nothing() -> None:
    """Who is told to come back has not been wrong."""
    entrance = Entrance()
    busy = CountingHasher()
    busy._room = type(busy._room)(0)
    gate = entrance.with_hasher(busy)
    for _ in range(20):
        with pytest.raises(BusyError):
            gate.log_in("alice", PASSWORD, "", ADDRESS)
    entrance.log_in()


def test_what_a_page_shows_follows_from_the_session() -> None:
    """Another session has another one, and the secret is not in it."""
    entrance = Entrance()
    one, other = entrance.log_in().shown, entrance.log_in().shown
    assert csrf_of(one) == csrf_of(one) != csrf_of(other)
    assert len(csrf_of(one)) == 43
    assert one not in csrf_of(one)


class Watched:
    """Something of which it is written down what is asked."""

    def __init__(self, of: object, calls: list[str]) -> None:
        self._of, self._calls = of, calls

    def __getattr__(self, name: str) -> object:
        """Write it down."""
        self._calls.append(name)
        return getattr(self._of, name)


def someone(entrance: Entrance, *, active: bool = True, password: bool = True, second: bool = False) -> None:
    """Change how alice logs in."""
    if not password:
        entrance.logins._logins["alice"] = Login("alice")
    if second:
        enrolled(entrance)
    entrance.logins.keep_user(User("alice", frozenset({Role.AUDITOR}), active))


WRONG: dict[str, tuple[Callable[[Entrance], None], str, str]] = {
    "nobody of this name": (someone, "nobody", PASSWORD),
    "a wrong password": (someone, "alice", "wrong password"),
    "stopped": (lambda entrance: someone(entrance, active=False), "alice", PASSWORD),
    "no password": (lambda entrance: someone(entrance, password=False), "alice", PASSWORD),
    "a wrong code": (lambda entrance: someone(entrance, second=True), "alice", PASSWORD),
    "both wrong": (lambda entrance: someone(entrance, second=True), "alice", "wrong password"),
}


def transcript(kind: str, times: int) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Log in wrongly, second after second; returns what was told, when to come back, and the work."""
    entrance, calls = Entrance(), list[str]()
    prepare, name, password = WRONG[kind]
    prepare(entrance)
    logins = Watched(entrance.logins, calls)
    desk = replace(entrance.desk, vault=Watched(entrance.office.vault, calls))
    gate = Gate(desk, logins, logins, entrance.hasher)
    found = []
    for _ in range(times):
        calls.clear()
        before = entrance.hasher.verified
        with pytest.raises((LoginError, LockedError)) as caught:
            gate.log_in(name, password, "123", ADDRESS)
        seconds = caught.value.seconds if isinstance(caught.value, LockedError) else 0
        found.append((str(caught.value), seconds, entrance.hasher.verified - before, tuple(calls)))
        entrance.now += 1
    return found


def test_ten_thousand_wrong_logins_lock_and_tell_nothing() -> None:
    """Whatever is wrong, the same is told, after the same work, at the same times; and soon hardly any."""
    expected = transcript("a wrong password", 10_000)
    for kind in WRONG:
        assert transcript(kind, 10_000) == expected, kind
    computed = sum(work for _, _, work, _ in expected)
    assert 10 < computed < 30, "a lock of fifteen minutes lets one through"
    assert max(seconds for _, seconds, _, _ in expected) == LOCK - 1
    assert {told for told, seconds, _, _ in expected if not seconds} == {
        "the name, the password, or the code of the second factor is wrong"
    }
    assert all(work == (seconds == 0) for _, seconds, work, _ in expected)
