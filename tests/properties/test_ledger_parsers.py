"""Every parser of the ledger, given anything: it reads what it should, or raises the error that it names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import ORIGIN, World, envelope_draft, key_of, make_es256_key, make_key, repeated, shared

from tipstaff.base.errors import InputError
from tipstaff.ledger import table
from tipstaff.ledger.cbor import Value, byte_string, decode, encode
from tipstaff.ledger.checkpoint import parse_checkpoint
from tipstaff.ledger.errors import EncodingError, ProofError, StatementError, TableError
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.note import parse_note
from tipstaff.ledger.proof import parse_proof, verify_proof
from tipstaff.ledger.receipt import parse_receipt, verify_receipt
from tipstaff.ledger.statement import parse
from tipstaff.ledger.tiles import pack_bundle, unpack_bundle
from tipstaff.ledger.trust import format_trust, parse_trust, verify_statement

WORLD = World.told()
EXAMPLES = 100

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-(2**64), 2**64 - 1) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
"""What has an encoding."""

tagged = st.binary(max_size=3).map(lambda tag: b"\xd8" + tag) | st.sampled_from(
    [bytes([0xC0 | number]) for number in range(24)] + [b"\xd8" + bytes([number]) for number in range(24, 80)]
)
"""The heads of tags, many of which libraries give a meaning to."""

bombs = st.builds(shared, st.integers(1, 29)) | st.builds(
    repeated, st.integers(3, 999), st.integers(1, 20_000)
)
"""What is far more once written out than as it comes: a parser that wrote it out would not end."""


class Parser(NamedTuple):
    """A parser, the one error that it raises, and something that it reads."""

    parse: Callable[[bytes], object]
    error: type[Exception]
    good: bytes


PARSERS = {
    "cbor": Parser(decode, EncodingError, encode({"a": [1, b"2", None, {"c": True}], "b": -5})),
    "key": Parser(VerifyingKey.decode, EncodingError, make_key("a").public.encoded),
    "P-256 key": Parser(VerifyingKey.decode, EncodingError, make_es256_key("a").public.encoded),
    "statement": Parser(parse, StatementError, WORLD.statements[WORLD.index("decision")]),
    "envelope": Parser(parse, StatementError, envelope_draft("deed", "clerk", 1, b"12345678", b"content")),
    "receipt": Parser(parse_receipt, ProofError, WORLD.prover.receipt(9)),
    "consistency": Parser(parse_receipt, ProofError, WORLD.prover.consistency(13)),
    "proof": Parser(parse_proof, ProofError, WORLD.prover.proof(9)),
    "note": Parser(parse_note, ProofError, WORLD.log.last.note),
    "checkpoint": Parser(parse_checkpoint, ProofError, WORLD.log.last.note),
    "trust": Parser(parse_trust, InputError, format_trust(WORLD.trust)),
    "table": Parser(table.read, TableError, encode(table.shipped())),
    "bundle": Parser(unpack_bundle, ValueError, pack_bundle([b"one", b"", b"three"])),
}


def enveloped(data: bytes) -> bytes:
    """Put data in the places of a COSE_Sign1 that are read before any signature is verified."""
    return b"\xd2\x84" + byte_string(data) + data + byte_string(data) + byte_string(bytes(64))


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """Change a few bytes of something good: flipped, taken out, put in, copied from elsewhere."""
    places = st.integers(0, len(good))
    pieces = st.binary(max_size=9) | st.builds(lambda a, b: good[a : a + b], places, st.integers(0, 40))
    edits = st.lists(st.tuples(places, st.integers(0, 12), pieces), min_size=1, max_size=3)
    return edits.map(lambda found: _edited(good, found))


def _edited(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, width, piece in edits:
        data = data[:place] + piece + data[place + width :]
    return data


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_parser_raises_its_error_and_no_other(name: str, data: st.DataObject) -> None:
    """Random bytes, values, tags before them, and changed examples: read, or refused as documented."""
    parser = PARSERS[name]
    given_bytes = data.draw(
        st.binary(max_size=200)
        | values.map(encode)
        | st.builds(lambda tag, value: tag + encode(value), tagged, values)
        | mutated(parser.good)
        | bombs
        | bombs.map(enveloped)
    )
    with suppress(parser.error):
        parser.parse(given_bytes)
    parser.parse(parser.good)


@settings(max_examples=EXAMPLES)
@given(bombs)
def test_what_would_grow_without_end_is_refused(data: bytes) -> None:
    """Shared values and repeated strings are refused wherever they stand: in a header, in a payload."""
    with pytest.raises(EncodingError, match="tag"):
        decode(data)
    with pytest.raises(StatementError):
        parse(enveloped(data))
    with pytest.raises(ProofError):
        parse_receipt(enveloped(data))


@settings(max_examples=EXAMPLES)
@given(values)
def test_every_value_has_one_encoding(value: Value) -> None:
    """What is encoded decodes to the same, and is encoded so again."""
    data = encode(value)
    assert decode(data) == value
    assert encode(decode(data)) == data


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=60) | st.builds(lambda tag, value: tag + encode(value), tagged, values))
def test_what_is_decoded_is_encoded_to_the_same_bytes(data: bytes) -> None:
    """No two encodings are read as one value."""
    with suppress(EncodingError):
        assert encode(decode(data)) == data


HOLDERS = {"order": "court", "decision": "alice", "result": "carol"}


@pytest.mark.parametrize("name", HOLDERS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_changed_statement_is_not_that_of_its_signature(name: str, data: st.DataObject) -> None:
    """A statement with any change of its bytes is not one that its author signed, in either algorithm."""
    good = WORLD.statements[WORLD.index(name)]
    changed = data.draw(mutated(good))
    key = key_of(HOLDERS[name]).public
    original = parse(good)
    assert original.verified_by(key)
    with suppress(StatementError):
        found = parse(changed)
        if found.encoded != good:
            assert not found.verified_by(key)


@settings(max_examples=EXAMPLES)
@given(data=st.data(), position=st.integers(2, WORLD.store.size - 1))
def test_a_changed_receipt_proves_nothing_else(data: st.DataObject, position: int) -> None:
    """A receipt with any change is refused: an entry has one under a checkpoint."""
    good = WORLD.prover.receipt(position)
    entry = list(WORLD.store._positions)[position]
    trust = WORLD.trust
    assert verify_receipt(good, entry, ORIGIN, trust.log_key_at).first == position
    changed = data.draw(mutated(good))
    if changed != good:
        with pytest.raises(ProofError):
            verify_receipt(changed, entry, ORIGIN, trust.log_key_at)


@settings(max_examples=EXAMPLES)
@given(data=st.data(), position=st.integers(0, WORLD.store.size - 1))
def test_a_changed_proof_proves_nothing_else(data: st.DataObject, position: int) -> None:
    """A proof that is still accepted is of the same entry at the same place under the same checkpoint."""
    good = WORLD.prover.proof(position)
    entry = list(WORLD.store._positions)[position]
    with suppress(ProofError):
        found = parse_proof(data.draw(mutated(good)))
        verify_proof(found, entry)
        if found.note.signed_by(ORIGIN, make_key(ORIGIN).public):
            assert (found.position, found.checkpoint) == (position, WORLD.log.last.checkpoint)


@settings(max_examples=EXAMPLES)
@given(data=st.data(), position=st.integers(2, WORLD.store.size - 1))
def test_offline_verification_raises_its_errors_and_no_other(data: st.DataObject, position: int) -> None:
    """Statement and receipt changed in any way: proven, or refused with an error that says why."""
    statement = data.draw(st.just(WORLD.statements[position]) | mutated(WORLD.statements[position]))
    receipt = data.draw(
        mutated(WORLD.prover.receipt(position))
        | mutated(WORLD.prover.proof(position))
        | st.binary(max_size=99)
    )
    with suppress(StatementError, ProofError):
        found = verify_statement(WORLD.trust, statement, receipt)
        assert found.statement.encoded == WORLD.statements[position]
        assert found.position == position
