"""Questions for passkeys: what waits is bounded."""

from __future__ import annotations

from hashlib import sha256

import pytest
from gates import Entrance

from tipstaff.actions.access.keyring import Keyring
from tipstaff.base.errors import InputError
from tipstaff.config.settings import Settings


def test_a_new_question_is_asked_however_many_wait() -> None:
    """A stranger who asks for many fills nothing: the oldest goes, and none of those of a user."""
    entrance = Entrance(settings=Settings(public_origin="https://tipstaff.example"))
    keyring = Keyring(entrance.gate, questions=3)
    own = keyring.ask_new("alice").asked.challenge
    asked = []
    for _ in range(4):
        asked.append(keyring.ask().challenge)
        entrance.now += 1
    assert len(set(asked)) == 4

    def waits(challenge: bytes, user: str = "") -> bool:
        return entrance.logins.use_challenge(sha256(challenge).digest(), user, entrance.now)

    assert [waits(one) for one in asked] == [False, True, True, True]
    assert waits(own, "alice")


def test_without_an_origin_there_are_none() -> None:
    """What it takes is told."""
    with pytest.raises(InputError, match="set `public_origin`"):
        Keyring(Entrance().gate).ask()
