"""Folding a column of UTF-8 text to its letters, and finding every term in them, in one pass.

A field is folded, and searched while its letters are still in the cache. A term that begins with a Latin
letter or a digit can stand only where a word or a number begins (rule 1 of `tipstaff.screening.alignment`),
so it is looked for only there; any other may begin at each letter. What a place begins with is hashed and
tested against a small bit filter; where it passes, the terms of a bucket are compared letter by letter.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.alignment import MIN_PLURAL_LENGTH
from tipstaff.screening.kernels.fold import decode
from tipstaff.screening.tables import (
    DIGIT,
    DIGITS,
    DIGITS_COUNT,
    FLAG_SHIFT,
    IS_DIGIT,
    IS_DROPPED,
    IS_EXPANDED,
    IS_LATIN,
    IS_LETTER,
    LONG_RUN,
    LONG_RUN_LENGTH,
    POINT,
)

LONGEST_PREFIX = 4
"""The most letters of a term that are hashed, if it begins with a Latin letter or a digit."""

LONGEST_OTHER_PREFIX = 2
"""The most letters that are hashed of any other term."""

FILTER_BITS = 17
BUCKET_BITS = 14
KINDS = LONGEST_OTHER_PREFIX + LONGEST_PREFIX
TARGET_BITS = 24
CROWDED = 64
"""More terms than that in one field are not sorted one by one."""

MOST_LETTERS = 5
"""No code point folds to more letters for each of its bytes: U+FDFA has three bytes and 15 letters."""

MULTIPLIER = 0x9E3779B1

_U = np.uint64
_U32 = np.uint32
_POINT = _U32(POINT)
_WORD = _U32(IS_LATIN | IS_DIGIT)
_LETTER_SHIFT = _U32(IS_LETTER.bit_length() - 1)
_LATIN_SHIFT = _U32(IS_LATIN.bit_length() - 1)
_DIGIT_SHIFT = _U32(IS_DIGIT.bit_length() - 1)
_ONE = _U32(1)
_ASCII = _U32(0x80)
_RARELY = _U32(IS_DROPPED | IS_EXPANDED)
_THREE_BYTES = _U((0xE0 << 12) + (0x80 << 6) + 0x80)
_SMALL_A, _SMALL_S, _ZERO = _U32(ord("a")), _U32(ord("s")), _U32(ord("0"))
_LATIN_COUNT, _DIGIT_COUNT = _U32(26), _U32(10)
_MULTIPLIER = _U32(MULTIPLIER)
_FILTER_SHIFT = _U32(32 - FILTER_BITS)
_FILTER_MASK = _U32((1 << FILTER_BITS) - 1)
_BUCKET_SHIFT = _U32(32 - BUCKET_BITS)
_PLACE_SHIFT, _BUCKET_MASK = _U(BUCKET_BITS + 3), _U((1 << BUCKET_BITS + 3) - 1)
_SIX, _SIX_BITS = _U32(6), _U32(63)


class TermIndex(NamedTuple):
    """The terms to look for.

    The terms of bucket b (see `bucket_of`) are `records[buckets[b]:buckets[b + 1]]`, sorted by their letters:
    each is its number in the plan, how many letters it has, with how many of them the term before it in the
    bucket begins, too, and then the letters.

    `at_words` and `anywhere` are bit filters over the hashes of prefixes: of terms that begin with a Latin
    letter or a digit, and of the others. `single`: whether any of the latter have one letter.
    """

    at_words: npt.NDArray[np.uint64]
    anywhere: npt.NDArray[np.uint64]
    single: bool
    buckets: npt.NDArray[np.int32]
    records: npt.NDArray[np.uint32]


@nb.njit(nogil=True, cache=True, inline="always")
def bucket_of(kind, hashed):  # type: ignore[no-untyped-def]
    """Return the bucket of terms whose prefix has this hash.

    `kind` is the number of letters of the prefix; `LONGEST_OTHER_PREFIX` more for terms that begin with a
    Latin letter or a digit.
    """
    return _U(kind - 1 << BUCKET_BITS) + _U(hashed >> _BUCKET_SHIFT)


@nb.njit(nogil=True, cache=True, inline="always")
def _extend(hashed, letter):  # type: ignore[no-untyped-def]
    """Add one letter to the hash of a prefix."""
    return _U32((hashed ^ letter) * _MULTIPLIER)


@nb.njit(nogil=True, cache=True, inline="always")
def _same_kind(one, two):  # type: ignore[no-untyped-def]
    """Tell whether two letters are both Latin or both digits."""
    if _U32(one - _SMALL_A) < _LATIN_COUNT:
        return _U32(two - _SMALL_A) < _LATIN_COUNT
    return _U32(one - _ZERO) < _DIGIT_COUNT and _U32(two - _ZERO) < _DIGIT_COUNT


@nb.njit(nogil=True, cache=True, inline="always")
def _clash(letters, marks, begin, right):  # type: ignore[no-untyped-def]
    """Tell whether letters `right - 1` and `right` touch and belong to one word or one number."""
    return _same_kind(letters[right - _U(1)], letters[right]) and not marks[right - begin]


@nb.njit(nogil=True, cache=True, inline="always")
def _ends(letters, marks, begin, at, end):  # type: ignore[no-untyped-def]
    """Tell whether a term may end before letter `end`: not inside a word or number, but for a plural."""
    if not _clash(letters, marks, begin, end):
        return True
    plural = letters[end] == _SMALL_S and end - at >= _U(MIN_PLURAL_LENGTH)
    return plural and not _clash(letters, marks, begin, end + _U(1))


@nb.njit(nogil=True, cache=True, inline="always")
def _compare(letters, places, count, index, heads, marks, begin, found, total):  # type: ignore[no-untyped-def]
    """Report the terms that stand at `places`, each packed with its bucket; returns the new total.

    The terms of a bucket are sorted: what they share with the one before tells which need not be compared.
    `marks` tells where a word or a number begins, counted from `begin`.
    """
    records = index.records
    for i in range(count):  # the look-ups depend on nothing, and may overlap
        bucket = places[_U(i)] & _BUCKET_MASK
        heads[_U(i)] = _U(index.buckets[bucket]) << _U(32) | _U(index.buckets[bucket + _U(1)])
    for i in range(count):
        at = places[_U(i)] >> _PLACE_SHIFT
        record = heads[_U(i)] >> _U(32)
        stop = heads[_U(i)] & _U(0xFFFFFFFF)
        matched = _U(0)
        while record < stop:
            length = _U(records[record + _U(1)])
            shared = _U(records[record + _U(2)])
            if shared < matched:
                break
            if shared == matched:
                first = record + _U(3)
                while matched < length and letters[at + matched] == records[first + matched]:
                    matched += _U(1)
                if matched < length:
                    if letters[at + matched] < records[first + matched]:
                        break
                elif _ends(letters, marks, begin, at, at + length):
                    if total < _U(found.size):
                        found[total] = np.int64((at + length) << _U(TARGET_BITS) | _U(records[record]))
                    total += _U(1)
            record += _U(3) + length
    return total


@nb.njit(nogil=True, cache=True, inline="always")
def _passes(bits, hashed, letter):  # type: ignore[no-untyped-def]
    """Return 1 if a term may begin with the letters of that hash and then this one, else 0."""
    place = (hashed >> _FILTER_SHIFT ^ letter) & _FILTER_MASK
    return (bits[place >> _SIX] >> _U(place & _SIX_BITS)) & _U(1)


@nb.njit(nogil=True, cache=True, inline="always")
def _search(letters, first, last, words, words_count, marks, index, places, heads, found, total):  # type: ignore[no-untyped-def]
    """Report the terms in letters `first` to `last`, four zeros behind them; returns the new total.

    Where a term may begin is gathered without a branch, and compared afterwards.
    """
    bits = index.anywhere
    count = _U(0)
    at = first
    while at < last:
        places[count] = at
        count += _passes(bits, _extend(_U32(0), letters[at]), letters[at + _U(1)])
        at += _U(1)
    for i in range(count):
        at = places[_U(i)]
        hashed = _extend(_extend(_U32(0), letters[at]), letters[at + _U(1)])
        places[_U(i)] = at << _PLACE_SHIFT | bucket_of(2, hashed)
    if index.single:
        at = first
        while at < last:
            places[count] = at << _PLACE_SHIFT | bucket_of(1, _extend(_U32(0), letters[at]))
            count += _passes(bits, _U32(0), letters[at])
            at += _U(1)
    bits = index.at_words
    marks[: last - first + _U(1)] = False
    for word in range(words_count):
        at = words[_U(word)]
        marks[at - first] = True
        hashed = _U32(0)
        for k in range(LONGEST_PREFIX):
            letter = letters[at + _U(k)]
            passes = _passes(bits, hashed, letter)
            hashed = _extend(hashed, letter)
            places[count] = at << _PLACE_SHIFT | bucket_of(LONGEST_OTHER_PREFIX + 1 + k, hashed)
            count += passes
    return _compare(letters, places, count, index, heads, marks, first, found, total)


@nb.njit(nogil=True, cache=True)
def _sort(found, first, last):  # type: ignore[no-untyped-def]
    """Sort a few numbers that are nearly sorted, by insertion."""
    for i in range(first + _U(1), last):
        number = found[i]
        k = _U(i)
        while k > first and found[k - _U(1)] > number:
            found[k] = found[k - _U(1)]
            k -= _U(1)
        found[k] = number


@nb.njit(nogil=True, cache=True)
def unpack(
    packed: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    targets: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
) -> None:
    """Unpack what was found, sorted: fills the target, the field, and the end counted within the field."""
    field = 0
    for i in range(packed.size):
        end = packed[i] >> TARGET_BITS
        while end > starts[field + 1]:
            field += 1
        targets[i] = packed[i] & (1 << TARGET_BITS) - 1
        ends[i] = end - starts[field]
        fields[i] = field


@nb.njit(nogil=True, cache=True, inline="always")
def _put(entry, before, letters, o, words, w):  # type: ignore[no-untyped-def]
    """Write one entry that may be a letter, and note where a word or number begins; returns both new ends."""
    letters[o] = entry & _POINT
    words[w] = o
    begins = entry & ~before & _WORD
    w += _U(((begins >> _LATIN_SHIFT) | (begins >> _DIGIT_SHIFT)) & _ONE)
    o += _U((entry >> _LETTER_SHIFT) & _ONE)
    return o, w


@nb.njit(nogil=True, cache=True)
def fold_and_find(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    expanded: npt.NDArray[np.uint32],
    expanded_offsets: npt.NDArray[np.int64],
    index: TermIndex,
    letters: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    flags: npt.NDArray[np.uint8],
    found: npt.NDArray[np.int64],
) -> tuple[int, np.int64, bool]:
    """Write the letters of fields `data[offsets[i]:offsets[i + 1]]`, valid UTF-8, and find the terms in them.

    Fills `letters` with code points, end to end; `starts` (where each field begins, one more than fields);
    `flags`; `found` with `end << TARGET_BITS | target`, the end counted in letters from the beginning of
    `letters`.

    Returns the number of fields that went into `letters`, fewer than all when it was too small; how many
    terms were found, more than `found` holds when that was too small; and whether `found` is sorted, which
    it is unless a field has very many.
    """
    longest_field = 0
    for field in range(offsets.size - 1):
        longest_field = max(longest_field, offsets[field + 1] - offsets[field])
    words = np.empty(min(letters.size, MOST_LETTERS * longest_field) + 1, dtype=np.uint64)
    marks = np.empty(words.size, dtype=np.bool_)
    places = np.empty(1024, dtype=np.uint64)
    heads = np.empty(1024, dtype=np.uint64)
    room = _U(letters.size)
    o = _U(0)
    total = _U(0)
    ordered = True
    starts[0] = 0
    for field in range(offsets.size - 1):
        i = _U(offsets[field])
        end = _U(offsets[field + 1])
        # No byte gives more than one letter but in expansions, which check for themselves; then the zeros.
        if o + (end - i) + _U(LONGEST_PREFIX) > room:
            return field, np.int64(total), ordered
        begin = o
        w = _U(0)
        seen = before = _U32(0)
        digits = run = longest = _U(0)
        while i < end:
            entry = _U32(0)
            first = _U32(data[i])
            if first < _ASCII:
                while True:
                    entry = table[first]
                    i += _U(1)
                    if entry & _RARELY:
                        break
                    seen |= entry
                    o, w = _put(entry, before, letters, o, words, w)
                    digits += _U((entry >> _DIGIT_SHIFT) & _ONE)
                    run = (run + _U(1)) & (_U(0) - _U((entry >> _LETTER_SHIFT) & _ONE))
                    longest = max(longest, run)
                    before = entry
                    if i >= end:
                        break
                    first = _U32(data[i])
                    if first >= _ASCII:
                        break
                if not entry & _RARELY:
                    continue
            elif _U32(0xE0) <= first < _U32(0xF0):
                while True:
                    # The marks of lead and trail bytes are taken off the sum, all at once.
                    point = (_U(data[i]) << _U(12)) + (_U(data[i + _U(1)]) << _U(6)) + _U(data[i + _U(2)])
                    entry = table[point - _THREE_BYTES]
                    i += _U(3)
                    if entry & (_WORD | _RARELY):
                        break
                    seen |= entry
                    letters[o] = entry & _POINT
                    o += _U((entry >> _LETTER_SHIFT) & _ONE)
                    run = _U(0)
                    before = entry
                    if i >= end or _U32(data[i]) - _U32(0xE0) >= _U32(16):
                        break
                if not entry & (_WORD | _RARELY):
                    continue
            else:
                char, width = decode(data, i)
                entry = table[char]
                i += width
            seen |= entry
            if entry & _U32(IS_EXPANDED):
                part = expanded_offsets[entry & _POINT]
                stop = expanded_offsets[(entry & _POINT) + _ONE]
                if o + _U(stop - part) + (end - i) + _U(LONGEST_PREFIX) > room:
                    return field, np.int64(total), ordered
                for k in range(part, stop):
                    o, w = _put(expanded[k], before, letters, o, words, w)
                    digits += _U((expanded[k] >> _DIGIT_SHIFT) & _ONE)
                    before = expanded[k]
                run = _U(0)
            elif entry & _U32(IS_DROPPED):
                run = _U(0)
            else:
                o, w = _put(entry, before, letters, o, words, w)
                digits += _U((entry >> _DIGIT_SHIFT) & _ONE)
                run = run + _U(1) if entry & _WORD else _U(0)
                longest = max(longest, run)
                before = entry
        for k in range(LONGEST_PREFIX):
            letters[o + _U(k)] = 0
        starts[field + 1] = np.int64(o)
        flag = seen >> _U32(FLAG_SHIFT)
        if longest >= _U(LONG_RUN_LENGTH):
            flag |= _U32(LONG_RUN)
        if digits:
            flag |= _U32(DIGIT)
        if digits >= _U(DIGITS_COUNT):
            flag |= _U32(DIGITS)
        flags[field] = np.uint8(flag)
        earlier = total
        # A term may begin at any letter, alone or with the next, and in several ways where a word begins.
        most = 2 * (o - begin) + _U(LONGEST_PREFIX) * w + _ONE
        if most > _U(places.size):
            places = np.empty(2 * most, dtype=np.uint64)
            heads = np.empty(2 * most, dtype=np.uint64)
        total = _search(letters, begin, o, words, w, marks, index, places, heads, found, total)
        if total - earlier > _U(CROWDED):
            ordered = False
        elif total <= _U(found.size):
            _sort(found, earlier, total)
    return offsets.size - 1, np.int64(total), ordered
