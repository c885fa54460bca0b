"""Where requests that are done once are kept: what every store of them does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.memory import MemoryAnswers
from tipstaff.actions.access.once import (
    KEPT,
    Answer,
    Answers,
    Begun,
    OtherRequestError,
    UnsureError,
    asked_of,
    begin,
    end,
)
from tipstaff.base.errors import InputError
from tipstaff.storage.access.answers import SqlAnswers
from tipstaff.storage.access.migrate import MIGRATIONS

NOW = 1_800_000_000
ASKED = asked_of("alice", "k-1", "/v1/cases/1/notes?", '{"text": "看过了"}'.encode())
ANSWER = Answer(200, (("etag", '"3"'),), '{"text": "看过了"}'.encode())


@pytest.fixture(params=["memory", *DATABASES])
def answers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Answers]:
    """Each store in turn."""
    if request.param == "memory":
        yield MemoryAnswers()
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        yield SqlAnswers(engine)


def test_what_was_answered_is_answered_again(answers: Answers) -> None:
    """To who sends the same under the same key, for a day; then it is done anew."""
    assert begin(answers, ASKED, NOW) is None
    end(answers, ASKED, NOW, ANSWER)
    assert begin(answers, ASKED, NOW + KEPT) == ANSWER
    assert begin(answers, ASKED, NOW + KEPT + 1) is None


def test_one_that_goes_on_is_not_begun_again(answers: Answers) -> None:
    """Nobody knows what comes of it, until it is answered, or dropped."""
    assert begin(answers, ASKED, NOW) is None
    with pytest.raises(UnsureError, match="nobody knows whether it was done"):
        begin(answers, ASKED, NOW + 1)
    answers.drop(ASKED.id)
    assert begin(answers, ASKED, NOW + 1) is None


def test_a_key_is_for_one_request_of_one_user(answers: Answers) -> None:
    """Another body or path under the same key is refused; another's key is another one."""
    assert begin(answers, ASKED, NOW) is None
    end(answers, ASKED, NOW, ANSWER)
    for about, body in (("/v1/cases/1/notes?", b"{}"), ("/v1/cases/2/notes?", b'{"text": "x"}')):
        with pytest.raises(OtherRequestError, match="takes a new key"):
            begin(answers, asked_of("alice", "k-1", about, body), NOW)
    assert begin(answers, asked_of("bob", "k-1", "/v1/cases/1/notes?", b"{}"), NOW) is None
    assert begin(answers, asked_of("alice", "k-2", "/v1/cases/1/notes?", b"{}"), NOW) is None


def test_nothing_of_it_can_be_read(answers: Answers) -> None:
    """Neither the key nor what was answered is kept as it is."""
    assert begin(answers, ASKED, NOW) is None
    end(answers, ASKED, NOW, ANSWER)
    kept = answers.begin(Begun(ASKED.id, ASKED.request, NOW), 0)
    assert kept is not None
    assert kept.sealed is not None
    assert ANSWER.body not in kept.sealed
    assert all(b"k-1" not in part for part in (kept.id, kept.request, kept.sealed))
    answers.end(replace(kept, sealed=kept.sealed[:-1] + bytes([kept.sealed[-1] ^ 1])))
    with pytest.raises(InvalidTag):
        begin(answers, ASKED, NOW)


@pytest.mark.parametrize("key", ["", "x" * 256, "钥", "a\tb"])
def test_what_is_no_key_is_told(key: str) -> None:
    """It is some characters of ASCII that can be seen."""
    with pytest.raises(InputError, match="1 to 255 characters of ASCII"):
        asked_of("alice", key, "/", b"")
