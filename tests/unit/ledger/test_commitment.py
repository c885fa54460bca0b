"""Commitments: hiding, binding, and of one field of one kind."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.commitment import commit, decode_opening, encode_opening, make_salt

SALT = bytes(range(32))


def _nested(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Return lists and maps of values."""
    return st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=30), values, max_size=4)


def test_a_commitment_is_a_hash_of_salt_kind_field_and_value() -> None:
    """The bytes are those of docs/ledger.md, written out by hand."""
    encoded = bytes.fromhex("83") + b"\x68decision" + b"\x67reasons" + b"\x63why"
    assert commit("decision", "reasons", "why", SALT) == hashlib.sha256(SALT + encoded).digest()


def test_a_commitment_opens_with_its_value_and_salt_alone() -> None:
    """Another value, field, kind or salt does not open it."""
    made = commit("decision", "reasons", "why", SALT)
    for opening in (
        ("decision", "reasons", "why", SALT),
        ("decision", "reasons", "other", SALT),
        ("decision", "evidence", "why", SALT),
        ("result", "reasons", "why", SALT),
        ("decision", "reasons", "why", bytes(32)),
    ):
        found = decode_opening(made, encode_opening(*opening))
        assert found == (opening if opening == ("decision", "reasons", "why", SALT) else None)
    assert decode_opening(b"", encode_opening("decision", "reasons", "why", SALT)) is None


def test_what_is_no_opening_opens_nothing() -> None:
    """A byte more, less or other anywhere: neither the head of the list nor that of the salt goes unread."""
    made, opening = (
        commit("decision", "reasons", "why", SALT),
        encode_opening("decision", "reasons", "why", SALT),
    )
    assert decode_opening(made, opening) == ("decision", "reasons", "why", SALT)
    for place in range(len(opening)):
        assert decode_opening(made, opening[:place]) is None
        other = bytearray(opening)
        other[place] ^= 1
        assert decode_opening(made, bytes(other)) is None, place
    assert decode_opening(made, opening + b"\0") is None
    assert decode_opening(made, b"") is None


@given(st.recursive(st.none() | st.booleans() | st.integers(0, 2**63) | st.text() | st.binary(), _nested))
def test_whatever_is_committed_to_comes_back(value: Value) -> None:
    """Encoded as it was committed to, maps in their order."""
    opening = encode_opening("decision", "evidence", value, SALT)
    found = decode_opening(commit("decision", "evidence", value, SALT), opening)
    assert found == ("decision", "evidence", value, SALT)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_has_32_bytes(size: int) -> None:
    """A shorter one could be guessed, and a longer one would move the border to the value."""
    with pytest.raises(InputError, match="32 bytes"):
        commit("decision", "reasons", "why", bytes(size))


def test_salts_are_fresh() -> None:
    """No two fields share a salt: equal values do not show as equal."""
    first, second = make_salt(), make_salt()
    assert first != second
    assert commit("appeal", "text", "same", first) != commit("appeal", "text", "same", second)
