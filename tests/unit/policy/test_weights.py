"""The file of a learned signal."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tipstaff.policy.weights import FORMAT, Header, pack, unpack

HEADER = Header(FORMAT, 1, 3, 4, -250, 62, "digest of the texts")
TABLE = np.array([-32768, -1, 0, 32767], dtype=np.int16)
WHOLE = (
    b'{"bias":-250,"buckets":4,"format":"tipstaff-linear-ngrams-1","longest":3,"scale":62,"shortest":1,'
    b'"trained_on":"digest of the texts"}\n\x00\x80\xff\xff\x00\x00\xff\x7f'
)


def test_the_bytes_are_these() -> None:
    """A line of JSON with sorted keys, then little-endian signed 16-bit integers."""
    assert pack(HEADER, TABLE) == WHOLE


def test_weights_are_read_as_they_were_written() -> None:
    """Reading gives the header, the weights, and the SHA-256 of the file."""
    weights = unpack(WHOLE)
    assert weights.header == HEADER
    assert weights.table.tolist() == TABLE.tolist()
    assert weights.digest == hashlib.sha256(WHOLE).hexdigest()


def test_weights_are_equal_when_their_bytes_are() -> None:
    """Two readings of one file are one model; another file is another."""
    assert unpack(WHOLE) == unpack(WHOLE)
    assert hash(unpack(WHOLE)) == hash(unpack(WHOLE))
    assert unpack(WHOLE) != unpack(WHOLE[:-1] + b"\x00")


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_a_file_cut_short_is_refused(size: int) -> None:
    """No beginning of a file passes for the whole."""
    with pytest.raises(ValueError, match=r"header|JSON|truncated|bytes of weights"):
        unpack(WHOLE[:size])
