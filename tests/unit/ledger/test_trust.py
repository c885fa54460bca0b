"""Trust files: offline verification, by position, with the keys as they were."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from worlds import ORIGIN, START, World, make_es256_key, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import ProofError, StatementError
from tipstaff.ledger.trust import Trust, format_trust, parse_trust, verify_statement

WORLD = World.told()


def both(world: World, position: int) -> tuple[bytes, bytes]:
    """Return the receipt of a statement and its proof as text."""
    return world.prover.receipt(position), world.prover.proof(position)


def test_a_trust_file_comes_back_as_it_was_written() -> None:
    """Origin, first key and all keys, also after they were revoked."""
    world = World.told()
    world.revoke("bob")
    trust = world.trust
    assert parse_trust(format_trust(trust)) == trust
    assert (trust.origin, trust.size) == (ORIGIN, world.store.size)
    found = trust.find(world.keys["bob"].public.kid)
    assert found is not None
    assert (found.holder, found.role, found.revoked) == ("bob", "reviewer", world.store.size - 1)


def test_every_statement_verifies_offline() -> None:
    """With its receipt or its proof, whoever signed it; position, size and role are told."""
    trust = parse_trust(format_trust(WORLD.trust))
    for position, statement in enumerate(WORLD.statements):
        for receipt in both(WORLD, position):
            found = verify_statement(trust, statement, receipt)
            assert (found.position, found.statement.encoded) == (position, statement)
            assert found.size > position


def test_a_receipt_is_of_its_statement_alone() -> None:
    """Another statement of the same log is not proven by it."""
    for receipt in both(WORLD, WORLD.index("order")):
        with pytest.raises(ProofError):
            verify_statement(WORLD.trust, WORLD.statements[WORLD.index("decision")], receipt)


def test_a_receipt_of_another_log_proves_nothing() -> None:
    """Neither one of another name nor one of another key."""
    statement = WORLD.statements[5]
    named = msgspec.structs.replace(WORLD.trust, origin="example.net/log")
    for receipt in both(WORLD, 5):
        with pytest.raises(ProofError):
            verify_statement(named, statement, receipt)
    other = [key for key in WORLD.trust.keys if key.role != "log"]
    for receipt in both(WORLD, 5):
        with pytest.raises(ProofError, match="key of this log"):
            verify_statement(msgspec.structs.replace(WORLD.trust, keys=other), statement, receipt)


def test_a_changed_statement_is_not_proven() -> None:
    """A flipped bit in the claims leads to another entry."""
    statement = WORLD.statements[WORLD.index("effect")].replace(b"applied", b"drifted")
    for receipt in both(WORLD, WORLD.index("effect")):
        with pytest.raises(ProofError):
            verify_statement(WORLD.trust, statement, receipt)
    with pytest.raises(StatementError):
        verify_statement(WORLD.trust, b"anything", both(WORLD, 3)[0])


def test_receipts_of_an_old_key_of_the_log_verify_after_it_was_rotated() -> None:
    """What was signed before the rotation is verified with the old key, what comes after with the new one."""
    world = World.told()
    early = [(position, *both(world, position)) for position in range(2, world.store.size)]
    world.rotate("second")
    world.append("note", "log")
    world.rotate("third")
    last = world.append("note", "log")
    trust = parse_trust(format_trust(world.trust))
    for position, *receipts in early:
        for receipt in receipts:
            assert verify_statement(trust, world.statements[position], receipt).position == position
    for position in range(world.store.size):
        for receipt in both(world, position):
            verify_statement(trust, world.statements[position], receipt)
    assert world.store.position(last) == world.store.size - 1


def test_a_rotated_key_of_the_log_signs_no_later_tree() -> None:
    """A receipt that somebody makes with the old key after its revocation is refused, by its size."""
    world = World.told()
    old = make_key(ORIGIN)
    world.rotate("second")
    world.append("note", "log")
    position = world.store.size - 1
    trust = world.trust
    good = world.prover.receipt(position)
    verify_statement(trust, world.statements[position], good)
    revoked = trust.find(old.public.kid)
    assert revoked is not None
    assert revoked.revoked is not None
    assert trust.log_key_at(old.public.kid, revoked.revoked) == old.public
    assert trust.log_key_at(old.public.kid, revoked.revoked + 1) is None
    assert trust.log_keys_at(world.store.size) == [make_key("second").public]


def test_a_trust_file_from_before_a_rotation_does_not_know_the_new_key() -> None:
    """The message says which key is missing; what the old key signed still verifies."""
    world = World.told()
    old = world.trust
    world.rotate("second")
    world.append("note", "log")
    position = world.store.size - 1
    receipt, proof = both(world, position)
    with pytest.raises(ProofError, match="is no key of this log at size"):
        verify_statement(old, world.statements[position], receipt)
    with pytest.raises(ProofError, match="not signed by a key of this log"):
        verify_statement(old, world.statements[position], proof)
    verify_statement(old, world.statements[5], world.prover.receipt(5))


def test_what_a_revoked_key_signed_before_still_verifies() -> None:
    """Revocation is not retroactive: it counts from its position on."""
    world = World.told()
    world.revoke("alice")
    position = world.index("decision")
    for receipt in both(world, position):
        assert verify_statement(world.trust, world.statements[position], receipt).role == "reviewer"


def test_a_key_signs_between_its_positions() -> None:
    """Not at the entry that adds it, not after the one that revokes it."""
    world = World.told()
    world.revoke("bob")
    bob = world.trust.find(world.keys["bob"].public.kid)
    assert bob is not None
    assert bob.revoked == world.store.size - 1
    assert [bob.signs_at(at) for at in (bob.added, bob.added + 1, bob.revoked, bob.revoked + 1)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_signer_whom_an_old_trust_file_does_not_know_is_told() -> None:
    """A statement of a key that was added later needs a newer trust file."""
    world = World.told()
    old = world.trust
    world.add_key("dora", "reviewer")
    world.append("confirmation", "dora")
    position = world.store.size - 1
    with pytest.raises(ProofError, match="is not in the trust file: take a newer one"):
        verify_statement(old, world.statements[position], world.prover.receipt(position))
    verify_statement(world.trust, world.statements[position], world.prover.receipt(position))


@pytest.mark.parametrize("dates", [{"not_before": START + 1}, {"not_after": START - 1}])
def test_a_statement_lies_within_the_dates_of_its_key(dates: dict[str, int]) -> None:
    """Who verifies offline goes by the dates of a key as the log does; only how a log begins has none."""
    for holder, position in (("alice", WORLD.index("decision")), (ORIGIN, WORLD.index("note"))):
        keys = [
            msgspec.structs.replace(key, **dates) if key.holder == holder else key for key in WORLD.trust.keys
        ]
        trust = msgspec.structs.replace(WORLD.trust, keys=keys)
        for receipt in both(WORLD, position):
            with pytest.raises(ProofError, match="is not valid at iat"):
                verify_statement(trust, WORLD.statements[position], receipt)
        for beginning in (0, 1):
            verify_statement(trust, WORLD.statements[beginning], WORLD.prover.receipt(beginning))


@pytest.mark.parametrize("changes", [{"holder": "mallory"}, {"added": 100}, {"revoked": 3}])
def test_a_signer_must_have_been_entitled(changes: dict[str, Any]) -> None:
    """A trust file that says another holder or other positions does not verify."""
    keys = [
        msgspec.structs.replace(key, **changes) if key.holder == "alice" else key for key in WORLD.trust.keys
    ]
    position = WORLD.index("decision")
    with pytest.raises(ProofError, match="could not sign"):
        verify_statement(
            msgspec.structs.replace(WORLD.trust, keys=keys),
            WORLD.statements[position],
            WORLD.prover.receipt(position),
        )


GOOD: dict[str, Any] = json.loads(format_trust(WORLD.trust))


def _changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the trust file with something changed."""
    value = json.loads(format_trust(WORLD.trust))
    change(value)
    return json.dumps(value).encode()


ES256 = make_es256_key("log").public


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"null", b"{", b"\xff", b'{"format": "\xff"}', b"[" * 100_000,
        _changed(lambda value: value.pop("origin")),
        _changed(lambda value: value.update(more=1)),
        _changed(lambda value: value.update(format="tipstaff-trust-2")),
        _changed(lambda value: value.update(origin="a name")),
        _changed(lambda value: value.update(origin=7)),
        _changed(lambda value: value.update(size="7")),
        _changed(lambda value: value.update(keys={})),
        _changed(lambda value: value["keys"][0].pop("role")),
        _changed(lambda value: value["keys"][0].update(more=1)),
        _changed(lambda value: value["log_key"].update(kid="00" * 32)),
        _changed(lambda value: value["log_key"].update(public_key="AAAA")),
        _changed(lambda value: value["log_key"].update(public_key="A")),
        _changed(lambda value: value["log_key"].update(public_key="ключ")),
        _changed(lambda value: value["log_key"].update(
            kid=ES256.kid.hex(), public_key=base64.b64encode(ES256.encoded).decode()
        )),
        _changed(lambda value: value["log_key"].update(verifier=f"{ORIGIN}+98af023b+AQ==")),
        _changed(lambda value: value["keys"].append({
            "kid": ES256.kid.hex(), "public_key": base64.b64encode(ES256.encoded).decode(), "alg": "ES256",
            "holder": ORIGIN, "role": "log", "added": 1,
        })),
        _changed(lambda value: value["keys"][3].update(public_key="ключ")),
        _changed(lambda value: value["keys"][3].update(public_key="AAAA")),
        _changed(lambda value: value["keys"][3].update(alg="RS256")),
        _changed(lambda value: value["keys"][3].update(kid="00" * 32)),
    ],
)  # fmt: skip
def test_what_is_no_trust_file_is_refused(data: bytes) -> None:
    """Not JSON, another format, missing or unknown members, keys that are not what they say."""
    with pytest.raises(InputError):
        parse_trust(data)


def test_the_first_key_is_that_of_the_log() -> None:
    """An auditor starts from it, and from nothing else in the file."""
    assert WORLD.trust.first_key() == make_key(ORIGIN).public
    assert isinstance(WORLD.trust, Trust)
    assert GOOD["log_key"]["verifier"].startswith(f"{ORIGIN}+")
    assert GOOD["keys"][0]["not_before"] == START
