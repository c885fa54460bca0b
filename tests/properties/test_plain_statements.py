"""Statements that are read where they stand: they say what CBOR says, and nothing else is taken for one."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from worlds import World, envelope_draft, make_es256_key, make_key

from tipstaff.ledger.cbor import byte_string
from tipstaff.ledger.errors import StatementError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.plain import read_plain
from tipstaff.ledger.statement import Draft, Statement, read, sign

KEYS = (make_key("a"), make_es256_key("a"))
WORLD = World.told()

names = st.text(min_size=1, max_size=200, alphabet=st.characters(exclude_categories=("Cs",)))
drafts = st.builds(
    Draft,
    st.from_regex(r"[a-z][a-z_]{0,31}", fullmatch=True),
    st.integers(1, 70_000),
    names,
    names,
    st.integers(0, 2**40),
    st.binary(min_size=8, max_size=64),
    st.dictionaries(st.text(max_size=8), st.binary(max_size=400), max_size=3),
)


def as_cbor(data: bytes) -> Statement | str:
    """Read a statement as CBOR, whatever it is; what is wrong with it otherwise."""
    with patch("tipstaff.ledger.statement.read_plain", return_value=None):
        return outcome(data)


def outcome(data: bytes) -> Statement | str:
    """Read a statement; what is wrong with it otherwise."""
    try:
        return read(data)
    except StatementError as error:
        return str(error)


@given(drafts, st.sampled_from(KEYS))
def test_what_is_signed_is_read_as_cbor_reads_it(draft: Draft, key: SigningKey) -> None:
    """Whether it is read where it stands or not, the same is said."""
    data = sign(draft, key)

    assert outcome(data) == as_cbor(data)


def test_nearly_all_statements_are_read_where_they_stand() -> None:
    """Those of a whole world of kinds, by both algorithms; hash envelopes are others."""
    assert all(read_plain(data) for data in WORLD.statements)
    draft = Draft("note", 1, "anna", "case-1", 1_790_000_000, b"12345678", {"text": "a" * 300})
    assert all(read_plain(sign(draft, key)) for key in KEYS)
    assert read_plain(envelope_draft("deed", "clerk", 1, b"12345678", b"content")) is None


@given(st.data(), drafts, st.sampled_from(KEYS))
def test_what_is_altered_is_refused_as_cbor_refuses_it(
    data: st.DataObject, draft: Draft, key: SigningKey
) -> None:
    """A byte more, a byte less, another byte: what comes of it is the same."""
    whole = sign(draft, key)
    at = data.draw(st.integers(0, len(whole)))
    instead = data.draw(st.binary(max_size=2))
    altered = whole[:at] + instead + whole[at + data.draw(st.integers(0, 2)) :]

    assert outcome(altered) == as_cbor(altered)


@pytest.mark.parametrize("at", range(180))
def test_every_place_counts(at: int) -> None:
    """No byte of a statement's heads can be anything else."""
    draft = Draft("note", 1, "anna", "case-1", 1_790_000_000, b"12345678", {"text": "a" * 30})
    whole = sign(draft, KEYS[0])
    for byte in {
        0,
        1,
        2,
        7,
        23,
        24,
        0x40,
        0x58,
        0x5F,
        0x60,
        0x78,
        0x7F,
        0xA0,
        0xFF,
        whole[at] ^ 1,
        whole[at] + 1 & 255,
    }:
        altered = whole[:at] + bytes([byte]) + whole[at + 1 :]
        assert outcome(altered) == as_cbor(altered)


@pytest.mark.parametrize(
    ("stands", "instead"),
    [
        (b"\x64anna", b"\x78\x04anna"),
        (b"\x64anna", b"\x79\x00\x04anna"),
        (b"\x64anna", b"\x60"),
        (b"\x64anna", b"\x78\xc9" + b"a" * 201),
        (b"\x66case-1", b"\x60"),
        (b"\x66case-1", b"\x78\xc9" + b"a" * 201),
        (b"\x4812345678", b"\x58\x0812345678"),
        (b"\x4812345678", b"\x471234567"),
        (b"\x4812345678", b"\x58\x41" + b"1" * 65),
        (b"\x07\x48", b"\x18\x07\x48"),
        (b"\x1a\x6a\xb1\x3b\x80", b"\x1b\x00\x00\x00\x00\x6a\xb1\x3b\x80"),
        (b"\x1a\x6a\xb1\x3b\x80", b"\x1a\x00\x00\x3b\x80"),
        (b"\x3a\x00\x01\x00\x01\x01", b"\x3a\x00\x01\x00\x01\x18\x01"),
    ],
)
def test_what_is_longer_than_it_must_be_or_of_another_size_is_refused(stands: bytes, instead: bytes) -> None:
    """One value has one encoding, and names have their sizes, also where all around them is right."""
    draft = Draft("note", 1, "anna", "case-1", 0x6AB13B80, b"12345678", {"text": "a" * 30})
    whole = sign(draft, KEYS[0])
    header = whole[4 : 4 + whole[3]]
    assert header.count(stands) == 1
    altered = whole[:2] + byte_string(header.replace(stands, instead)) + whole[4 + whole[3] :]

    assert isinstance(told := as_cbor(altered), str)
    assert outcome(altered) == told


@example(b"")
@given(st.binary(max_size=300))
def test_anything_may_come(data: bytes) -> None:
    """What is no statement at all is refused, and nothing else happens."""
    assert outcome(data) == as_cbor(data)
