"""`tipstaff user`: passwords are typed or piped; locks and lost second factors are lifted."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from gates import PASSWORD
from places import Clock
from saying import Say, saying

from tipstaff.actions.access.lockout import begin
from tipstaff.actions.access.passwords import RFC_9106, Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User
from tipstaff.assembly.access import open_logins, open_users
from tipstaff.assembly.casework import install

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Make an installation with a user."""
    directory = tmp_path / "here"
    install(directory, "square.example/log", Clock())
    with open_users(directory) as users:
        users.keep_user(User("alice", frozenset({Role.AUDITOR})))
    return directory


@pytest.fixture
def say(here: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Say commands there."""
    return saying(here, capsys)


def test_a_password_is_piped_in(here: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of the standard input; it is kept at the costs of RFC 9106, and not told."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\nmore\n"))
    told = say("user", "alice", "--password")
    assert told == "alice logs in with this password from now on; who is logged in is so no more."
    with open_logins(here) as logins:
        login = logins.login("alice")
    assert login
    assert login.password
    assert login.password.startswith(RFC_9106.written)
    assert Hasher().verify(PASSWORD, login.password)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("short\n", "a password has 12 to 200 characters: this one has 5"),
        ("", "this one has 0"),
        ("password1234\n", "guessed first"),
        ("alice in the woods\n", "one's name"),
    ],
)
def test_what_is_no_password_is_not_kept(
    here: Path, say: Say, monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    """What is wrong is told, without what was typed."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    answer = say("user", "alice", "--password", code=2)
    assert told in answer
    assert not typed.strip() or typed.strip() not in answer
    with open_logins(here) as logins:
        assert logins.login("alice") is None


@pytest.mark.parametrize(
    ("again", "told"),
    [(PASSWORD, "alice logs in with this password"), ("another one of it", "these are two passwords")],
)
def test_a_password_is_typed_twice_and_not_shown(here: Path, again: str, told: str) -> None:
    """On a terminal it is asked for."""
    ours, theirs = pty.openpty()
    command = [TIPSTAFF, "user", str(here), "alice", "--password"]
    with subprocess.Popen(  # noqa: S603
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as run:
        os.close(theirs)
        shown = ""
        for asked, typed in (("Password: ", PASSWORD), ("Once more: ", again), (told, "")):
            while asked not in shown.replace("\r\n", " "):
                shown += os.read(ours, 1 << 16).decode()
            os.write(ours, f"{typed}\n".encode() if typed else b"")
        assert run.wait(60) == (0 if again == PASSWORD else 2)
    os.close(ours)
    assert PASSWORD not in shown


def test_nobody_else_is_given_one(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is no user is named, with the mend; one thing is said at a time."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    for option in ("--password", "--stop", "--forget-second-factor"):
        assert "there is no user 'nobody': `--role` brings them in" in say("user", "nobody", option, code=2)
    for options in ((), ("--stop", "--password"), ("--role", "admin", "--unlock")):
        told = say("user", "alice", *options, code=2)
        assert "say one thing at a time: --role, --stop, --password, --unlock, --forget-second-f" in told


def test_a_lock_is_lifted(here: Path, say: Say) -> None:
    """Where nothing went wrong, that is said."""
    assert say("user", "alice", "--unlock") == "Nothing went wrong under the name alice."
    with open_logins(here) as logins:
        begin(logins, "alice", "192.0.2.7", 1)
    assert say("user", "alice", "--unlock") == "alice can log in."
    assert say("user", "alice", "--unlock") == "Nothing went wrong under the name alice."


def test_a_second_factor_is_forgotten(here: Path, say: Say) -> None:
    """With its recovery codes; the step of its last code stays taken."""
    assert "alice has no second factor" in say("user", "alice", "--forget-second-factor", code=2)
    with open_logins(here) as logins:
        logins.keep_password("alice", "one")
        assert logins.keep_totp("alice", bytes(32), 7, ["a"], 1)
    assert "with their password alone" in say("user", "alice", "--forget-second-factor")
    with open_logins(here) as logins:
        login = logins.login("alice")
        assert login
        assert (login.totp, login.counter, logins.recovery_left("alice")) == (None, 7, 0)
