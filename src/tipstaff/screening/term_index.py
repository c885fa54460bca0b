"""The spellings of a plan, laid out for the kernel that looks for them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

from tipstaff.screening.kernels.terms import (
    BUCKET_BITS,
    FILTER_BITS,
    KINDS,
    LONGEST_OTHER_PREFIX,
    LONGEST_PREFIX,
    MULTIPLIER,
    TermIndex,
)


def make_index(terms: Iterable[tuple[str, int]]) -> TermIndex:
    """Lay out terms (letters of a normal form), each with the number of its target."""
    at_words, anywhere = (np.zeros(1 << FILTER_BITS - 6, dtype=np.uint64) for _ in range(2))
    single = False
    records: list[int] = []
    buckets = np.zeros((KINDS << BUCKET_BITS) + 1, dtype=np.int32)
    last_bucket, last = -1, ""
    for bucket, letters, target in sorted((_bucket(letters), letters, target) for letters, target in terms):
        place = _place(letters)
        (at_words if letters[0].isascii() else anywhere)[place >> 6] |= np.uint64(1 << (place & 63))
        single |= len(letters) == 1 and not letters.isascii()
        shared = _common(last, letters) if bucket == last_bucket else 0
        records += [target, len(letters), shared, *map(ord, letters)]
        buckets[bucket + 1] = len(records)
        last_bucket, last = bucket, letters
    np.maximum.accumulate(buckets, out=buckets)
    return TermIndex(at_words, anywhere, single, buckets, np.array(records, dtype=np.uint32))


def _common(one: str, two: str) -> int:
    """Return with how many equal letters two terms begin."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def _prefix(letters: str) -> str:
    """Return the letters of a term that are hashed."""
    return letters[: LONGEST_PREFIX if letters[0].isascii() else LONGEST_OTHER_PREFIX]


def _hash(prefix: str) -> int:
    """Hash a prefix as the kernel does."""
    hashed = 0
    for letter in prefix:
        hashed = (hashed ^ ord(letter)) * MULTIPLIER & 0xFFFFFFFF
    return hashed


def _place(letters: str) -> int:
    """Return the place of a term in its filter."""
    prefix = _prefix(letters)
    return (_hash(prefix[:-1]) >> 32 - FILTER_BITS ^ ord(prefix[-1])) & (1 << FILTER_BITS) - 1


def _bucket(letters: str) -> int:
    """Return the bucket of a term."""
    prefix = _prefix(letters)
    kind = len(prefix) + (LONGEST_OTHER_PREFIX if letters[0].isascii() else 0)
    return kind - 1 << BUCKET_BITS | _hash(prefix) >> 32 - BUCKET_BITS
