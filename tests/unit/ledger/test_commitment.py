"""Commitments: hiding, binding, and of one field of one kind."""

from __future__ import annotations

import hashlib

import pytest

from tipstaff.base.errors import InputError
from tipstaff.ledger.commitment import commit, make_salt, opens

SALT = bytes(range(32))


def test_a_commitment_is_a_hash_of_salt_kind_field_and_value() -> None:
    """The bytes are those of docs/ledger.md, written out by hand."""
    encoded = bytes.fromhex("83") + b"\x68decision" + b"\x67reasons" + b"\x63why"
    assert commit("decision", "reasons", "why", SALT) == hashlib.sha256(SALT + encoded).digest()


def test_a_commitment_opens_with_its_value_and_salt_alone() -> None:
    """Another value, field, kind or salt does not open it."""
    made = commit("decision", "reasons", "why", SALT)
    assert opens(made, "decision", "reasons", "why", SALT)
    assert not opens(made, "decision", "reasons", "other", SALT)
    assert not opens(made, "decision", "evidence", "why", SALT)
    assert not opens(made, "result", "reasons", "why", SALT)
    assert not opens(made, "decision", "reasons", "why", bytes(32))
    assert not opens(b"", "decision", "reasons", "why", SALT)


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
