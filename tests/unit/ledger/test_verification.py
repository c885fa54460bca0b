"""Verification: it looks up the keys that statements name, however many others there are."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time

import pytest
from msgspec.structs import replace
from processes import answer_at_odds
from worlds import ORIGIN, World, envelope_draft, make_key

from tipstaff.ledger import cose, workers
from tipstaff.ledger.errors import StatementError, WorkerError
from tipstaff.ledger.registration import accept
from tipstaff.ledger.state import find_fact, find_key, find_kids
from tipstaff.ledger.statement import parse
from tipstaff.ledger.verification import Checked, Pool, Refused, _told, check

WORLD = World.told()


class Watched:
    """A state that remembers what was looked up."""

    def __init__(self, world: World) -> None:
        self.asked: list[bytes] = []
        self._state = world.store._state

    def get(self, key: bytes, /) -> bytes | None:
        """Look a key up."""
        self.asked.append(key)
        return self._state.get(key)


def test_claims_are_not_decoded_of_what_is_not_verified() -> None:
    """Of claims that are no CBOR nothing is said but that the signature is wrong, or the key unknown."""
    known, unknown = make_key(ORIGIN), make_key("a stranger")
    header = cose.split(WORLD.statements[-1]).protected
    for key in (known, unknown):
        protected = header.replace(parse(WORLD.statements[-1]).kid, key.public.kid)
        forged = cose.assemble(protected, b"no CBOR", bytes(64))
        (found,) = check([forged], WORLD.store)
        if key is known:
            assert isinstance(found, Refused)
            assert "signature" in found.reason
        else:
            assert isinstance(found, Checked)
            assert not found.verified
            with pytest.raises(StatementError, match="payload"):
                _ = found.statement.claims


@pytest.mark.parametrize("workers", [1, 2])
def test_a_pool_finds_what_one_process_finds(workers: int) -> None:
    """Good and wrong signatures, unknown keys, and what is no statement, all in their order."""
    good = WORLD.statements
    flipped = [data[:-1] + bytes((data[-1] ^ 1,)) for data in good]
    stranger = World.begin().draft("note", "log", {}, key=make_key("a stranger"))
    statements = [item for pair in zip(good, flipped, strict=True) for item in pair] * 8
    statements += [b"", stranger, b"\xd2\x84", *good]
    with Pool(workers) as pool:
        first = pool.begin(statements, WORLD.store)
        second = pool.begin(statements[::-1], WORLD.store)
        assert [*map(unknown, first())] == check(statements, WORLD.store)
        assert [*map(unknown, second())] == check(statements[::-1], WORLD.store)


def unknown(found: Checked | Refused) -> Checked | Refused:
    """Return the same, as if nobody had decoded its claims yet."""
    return replace(found, known=False) if isinstance(found, Checked) else found


def test_workers_decode_the_claims_of_what_they_have_verified() -> None:
    """Of nothing else, be it wrong or of an unknown key; what are no claims is refused when it is judged."""
    good = WORLD.statements[-1]
    holder = parse(good).iss
    signer = WORLD.keys.get(holder) or make_key(holder)
    broken = cose.sign(signer, cose.split(good).protected, b"\xa1\x01\x18\x02")
    wrong = good[:-1] + bytes((good[-1] ^ 1,))
    stranger = World.begin().draft("note", "log", {}, key=make_key("a stranger"))
    with Pool(1) as pool:
        found = pool.begin([good, broken, wrong, stranger], WORLD.store)()
    assert [one.known if isinstance(one, Checked) else None for one in found] == [True, False, None, False]
    assert isinstance(found[1], Checked)
    assert found[1].verified
    with pytest.raises(StatementError, match="malformed payload"):
        accept(found[1], WORLD.log.store.size, WORLD.store)


def test_an_envelope_has_no_claims_whatever_a_worker_says() -> None:
    """A worker is not asked about claims of one, and would not be believed."""
    envelope = parse(envelope_draft("note", ORIGIN, WORLD.now, b"an envelope", b"content"))
    assert _told(envelope, workers.GOOD_WITH_CLAIMS) == Checked(envelope, verified=True)
    assert _told(envelope, workers.GOOD) == Checked(envelope, verified=True)
    assert isinstance(_told(envelope, workers.WRONG), Refused)


@pytest.mark.parametrize("at", [0.0, 0.05, 0.4])
def test_a_worker_that_is_killed_is_told_of_and_keeps_nobody_waiting(at: float) -> None:
    """Killed at its start, or at work: whoever waits is told at once, and the pool can be ended."""
    statements = WORLD.statements * 40
    with Pool(2) as pool:
        pending = [pool.begin(statements, WORLD.store) for _ in range(20)]
        time.sleep(at)
        (victim, *_) = multiprocessing.active_children()
        os.kill(victim.pid or 0, signal.SIGKILL)
        with pytest.raises(WorkerError, match="killed"):
            [found() for found in pending]
        with pytest.raises(WorkerError, match="killed"):
            pool.begin(statements, WORLD.store)()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_worker_that_answers_at_odds_is_not_believed(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict too many would be taken for that on a signature of the next piece; one too few ends all."""
    monkeypatch.setattr(workers, "_serve", answer_at_odds)
    wrong = [data[:-1] + bytes((data[-1] ^ 1,)) for data in WORLD.statements]
    statements = (wrong * 20)[: 256 * pieces]
    with Pool(1) as pool, pytest.raises(WorkerError, match="257 verdicts on 256 signatures"):
        pool.begin(statements, WORLD.store)()


def test_a_key_is_looked_up_once_and_only_where_a_statement_names_it() -> None:
    """Ten statements of one author among two hundred keys: one key is looked up."""
    world = World.begin()
    claims = [world.key_claims(f"person {number}", "clerk") for number in range(200)]
    world.register([world.draft("key", "log", claim) for claim in claims])
    watched = Watched(world)
    statements = [world.draft("note", "log", {"number": number}) for number in range(10)]
    found = check(statements, watched)
    assert all(isinstance(item, Checked) and item.verified for item in found)
    assert len(watched.asked) == 1


def test_what_is_made_for_each_statement_is_no_work_for_the_garbage_collector() -> None:
    """Of a million statements it would look through millions of objects, and find no garbage."""
    (checked,) = check(WORLD.statements[-1:], WORLD.store)
    assert isinstance(checked, Checked)
    key = find_key(WORLD.store, checked.statement.kid)
    fact = find_fact(WORLD.store, WORLD.entries["decision"])
    assert key
    assert fact
    made = (checked, checked.statement, key, fact)
    assert not any(map(gc.is_tracked, made))
    assert not any(each.__struct_config__.gc for each in made)  # nor is it counted by how many were made


def test_a_key_that_is_added_changes_no_more_the_more_there_are() -> None:
    """Kids are kept by number: none of them is written again, and all are found in their order."""
    world = World.begin()
    before = dict(world.store._state)
    kids = find_kids(world.store)
    for number in range(30):
        world.add_key(f"person {number}", "clerk")
    changed = {key: value for key, value in world.store._state.items() if before.get(key) != value}
    assert max(len(value) for value in changed.values()) < 300
    assert find_kids(world.store) == [
        *kids, *(make_key(f"person {number}").public.kid for number in range(30)),
    ]  # fmt: skip
