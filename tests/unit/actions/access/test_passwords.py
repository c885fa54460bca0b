"""Passwords: what may be one, how one is kept, and how many are computed at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from time import sleep, thread_time

import pytest
from gates import CHEAP, PASSWORD

from tipstaff.actions.access.passwords import RFC_9106, Costs, Hasher, check_password, prepared
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.base.errors import InputError

DOUBLE = CHEAP._replace(memory=16)


def test_a_password_is_kept_as_argon2id() -> None:
    """Its costs are those of RFC 9106, 4, and stand with it; no two are alike, and nothing of it is there."""
    assert Costs(3, 4, 65_536) == RFC_9106
    kept = Hasher(CHEAP).hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert Hasher(RFC_9106)._nobodys.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != Hasher(CHEAP).hash(PASSWORD)
    assert "lamps" not in kept


def test_it_is_verified_against_what_is_kept() -> None:
    """Right and wrong, kept at whatever costs; where nothing is kept nothing is right."""
    hasher, other = Hasher(CHEAP), Hasher(DOUBLE)
    kept = hasher.hash(PASSWORD)
    assert hasher.verify(PASSWORD, kept)
    assert other.verify(PASSWORD, kept)
    assert not hasher.verify(PASSWORD + " ", kept)
    assert not hasher.verify(PASSWORD, None)
    assert (hasher.is_outdated(kept), other.is_outdated(kept)) == (False, True)


def test_nobodys_password_costs_as_much() -> None:
    """Where nothing is kept, one of the same costs is computed, and is never right."""
    dear = Hasher(Costs(passes=2, lanes=1, memory=16 * 1024))
    kept = dear.hash(PASSWORD)
    assert (len(dear._nobodys), dear._nobodys[:31]) == (len(kept), kept[:31])
    took = {known: min(timed(dear, kept if known else None) for _ in range(5)) for known in (True, False)}
    assert took[False] > took[True] / 2


def timed(hasher: Hasher, kept: str | None) -> float:
    """Return the seconds of this thread that a wrong password takes, whatever else there is to do."""
    begun = thread_time()
    assert not hasher.verify("wrong", kept)
    return thread_time() - begun


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("café du bord de mer", "cafe\u0301 du bord de mer"),
        ("sept lampes au bord", "sept\u3000lampes\u00a0au\u2003bord"),
    ],
)
def test_however_it_is_typed_it_is_the_same(one: str, other: str) -> None:
    """Accents and spaces are as RFC 8265 (OpaqueString) has them; case and the rest count."""
    hasher = Hasher(CHEAP)
    assert hasher.verify(other, hasher.hash(one))
    assert not hasher.verify(one.upper(), hasher.hash(one))
    assert prepared("ﬁne") == "ﬁne", "compatibility forms are kept apart"


@pytest.mark.parametrize(
    "password", [PASSWORD, "七盏灯在河边一直亮到天明时分", "x1y2z3-" * 28, "🏮🌊🌉🛶🌙⭐🐟🌾🪷🎋🦆🏞"]
)
def test_long_ones_are_taken(password: str) -> None:
    """In any script, from 12 to 200 characters."""
    check_password(password, "alice")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("seven lamps", "has 12 to 200 characters: this one has 11"),
        ("e\u0301" * 11, "this one has 11"),
        ("x1y2z" * 40 + "!", "this one has 201"),
        ("seven\nlamps by it", "no control characters"),
        ("seven\u200blamps by it", "no control characters, and none that cannot be seen"),
        ("seven \ud800 lamps by it", "no control characters"),
        ("Password1234", "guessed first"),
        ("QWERTYuiop123", "guessed first"),
        ("correct horse battery staple", "guessed first"),
        ("abababababab", "guessed first"),
        ("1111111111111", "guessed first"),
        ("the ALICE in wonder", "neither one's name in it"),
        ("my Tipstaff login", "nor this program's"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, told: str) -> None:
    """Too short, too long, what cannot be typed, what is common, one's own name."""
    with pytest.raises(InputError, match=told):
        check_password(password, "alice")


def test_a_short_name_may_be_in_a_password() -> None:
    """Two letters are in many words."""
    check_password(PASSWORD, "la")


class SlowHasher(Hasher):
    """A hasher of which each turn lasts until it is told to end."""

    def __init__(self) -> None:
        super().__init__(CHEAP, at_once=2, waiting=1)
        self.running, self.most, self.started, self.ended = 0, 0, Barrier(3), Event()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait within it."""
        with super()._turn():
            self.running += 1
            self.most = max(self.most, self.running)
            if not self.ended.is_set():
                self.started.wait(30)
                self.ended.wait(30)
            self.running -= 1
            yield


def test_no_more_are_computed_at_once_than_memory_allows() -> None:
    """Two at a time here, one waits, and the fourth is told to come back; later there is room again."""
    hasher = SlowHasher()
    with ThreadPoolExecutor(3) as pool:
        first = [pool.submit(hasher.verify, PASSWORD, None) for _ in range(2)]
        hasher.started.wait(30)
        third = pool.submit(hasher.verify, PASSWORD, None)
        while hasher._room._value:  # until the third one waits
            sleep(0.001)
        with pytest.raises(BusyError, match="ask again") as caught:
            hasher.verify(PASSWORD, None)
        hasher.ended.set()
        assert [one.result(30) for one in (*first, third)] == [False] * 3
    assert caught.value.seconds == 1
    assert hasher.most == 2
    assert not hasher.verify(PASSWORD, None)
