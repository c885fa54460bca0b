"""Questions for passkeys: what waits is bounded."""

from __future__ import annotations

import pytest
from gates import Entrance

from tipstaff.actions.access.keyring import SECONDS, Keyring
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.base.errors import InputError
from tipstaff.config.settings import Settings


def test_too_many_questions_are_put_off() -> None:
    """Anybody may ask for one: no more than so many wait, and each is forgotten in time."""
    entrance = Entrance(settings=Settings(public_origin="https://tipstaff.example"))
    keyring = Keyring(entrance.gate, questions=3)
    asked = [keyring.ask().challenge for _ in range(3)]
    assert len(set(asked)) == 3
    with pytest.raises(BusyError) as caught:
        keyring.ask()
    assert caught.value.seconds == SECONDS
    entrance.now += SECONDS + 1
    keyring.ask()


def test_without_an_origin_there_are_none() -> None:
    """What it takes is told."""
    with pytest.raises(InputError, match="set `public_origin`"):
        Keyring(Entrance().gate).ask()
