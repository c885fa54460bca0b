"""The weights of a learned signal, as data that anyone can check: no pickle, no floats.

The file `learned.bin` begins with a line of canonical JSON (the header) and goes on with `buckets`
weights, each a little-endian signed 16-bit integer. How they are used is in `tipstaff.screening.learned`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from tipstaff.base.canonical import canonical_bytes

FORMAT: Final = "tipstaff-linear-ngrams-1"
MAX_BUCKETS: Final = 1 << 20
MAX_SCALE: Final = 1 << 20


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the weights mean: n-gram lengths, size of the table, bias and scale (integers)."""

    format: str
    shortest: int
    longest: int
    buckets: int
    bias: int
    scale: int
    trained_on: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model over hashed character n-grams. `table`: int16, shape (buckets,)."""

    header: Header
    table: npt.NDArray[np.int16]
    digest: str

    def __eq__(self, other: object) -> bool:
        """Models are equal when their bytes are."""
        return isinstance(other, Weights) and self.digest == other.digest

    def __hash__(self) -> int:
        """Hash of the digest."""
        return hash(self.digest)


def pack(header: Header, table: npt.NDArray[np.int16]) -> bytes:
    """Return the bytes of `learned.bin`."""
    fields = msgspec.structs.asdict(header)
    return canonical_bytes(fields) + b"\n" + table.astype("<i2").tobytes()


def unpack(data: bytes) -> Weights:
    """Read the bytes of `learned.bin`; raises `ValueError` that says what is wrong with them."""
    head, newline, body = data.partition(b"\n")
    if not newline:
        raise ValueError("there is no header line")
    header = msgspec.json.decode(head, type=Header)
    if header.format != FORMAT:
        raise ValueError(f"the format is {header.format!r}, not {FORMAT!r}")
    if not 0 < header.buckets <= MAX_BUCKETS or header.buckets & (header.buckets - 1):
        raise ValueError(f"buckets must be a power of two up to {MAX_BUCKETS}")
    if not 1 <= header.shortest <= header.longest <= 8 or header.scale < 1:  # noqa: PLR2004
        raise ValueError("n-gram lengths must lie in 1..8 and the scale be positive")
    if abs(header.bias) > MAX_SCALE or header.scale > MAX_SCALE:
        raise ValueError(f"bias and scale must not be larger than {MAX_SCALE}")
    if len(body) != 2 * header.buckets:
        raise ValueError(f"{len(body)} bytes of weights, expected {2 * header.buckets}")
    table = np.frombuffer(body, dtype="<i2").astype(np.int16)
    return Weights(header, table, hashlib.sha256(data).hexdigest())
