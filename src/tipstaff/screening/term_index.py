"""The spellings of a plan, laid out for the kernel that looks for them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

from tipstaff.screening.kernels.terms import (
    BUCKET_BITS,
    FILTER_BITS,
    LONGEST_OTHER_PREFIX,
    LONGEST_PREFIX,
    MULTIPLIER,
    TermIndex,
)


def make_index(terms: Iterable[tuple[str, int]]) -> TermIndex:
    """Lay out terms (letters of a normal form), each with the number of its target."""
    rows = sorted((_bucket(letters), letters, target) for letters, target in terms)
    at_words, anywhere = (np.zeros(1 << FILTER_BITS - 6, dtype=np.uint64) for _ in range(2))
    sizes, single = 0, False
    shared = []
    last_bucket, last = -1, ""
    for bucket, letters, _ in rows:
        place = _hash(_prefix(letters)) >> 32 - FILTER_BITS
        (at_words if letters[0].isascii() else anywhere)[place >> 6] |= np.uint64(1 << (place & 63))
        if letters[0].isascii():
            sizes |= 1 << len(_prefix(letters))
        else:
            single |= len(letters) == 1
        shared.append(_common(last, letters) if bucket == last_bucket else 0)
        last_bucket, last = bucket, letters
    return TermIndex(
        at_words=at_words,
        anywhere=anywhere,
        sizes=sizes,
        single=single,
        buckets=np.searchsorted(
            np.array([bucket for bucket, _, _ in rows], dtype=np.int64),
            np.arange((LONGEST_PREFIX << BUCKET_BITS) + 1),
        ),
        starts=np.cumsum([0, *(len(letters) for _, letters, _ in rows)], dtype=np.int64),
        chars=np.array([ord(char) for _, letters, _ in rows for char in letters], dtype=np.uint32),
        shared=np.array(shared, dtype=np.int64),
        targets=np.array([target for _, _, target in rows], dtype=np.int64),
    )


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


def _bucket(letters: str) -> int:
    """Return the bucket of a term."""
    prefix = _prefix(letters)
    return len(prefix) - 1 << BUCKET_BITS | _hash(prefix) >> 32 - BUCKET_BITS
