"""Running automata over many texts: the few places where each of their expressions may begin to match."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

FARTHEST = 256
"""Code points that are looked at from one place; what is open then counts as accepted."""

WORD_BITS = 6
"""Automata are told apart by the bits of words of 64."""

WORD_MASK = (1 << WORD_BITS) - 1

_U = np.uint64
_NONE = np.uint64(0)
_ONE = np.uint64(1)
_STOP = np.uint32(0x3002)
_DOT = np.uint32(0x2E)


@nb.njit(nogil=True, cache=True)
def fold_texts(
    chars: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    dots: bool,  # noqa: FBT001  a kernel takes no keywords
    folded: npt.NDArray[np.uint32],
    changed: npt.NDArray[np.bool_],
) -> None:
    """Fold the texts `chars[starts[i]:starts[i + 1]]` one for one, and tell which of them changed.

    With `dots` an ideographic full stop between ASCII letters or digits is a dot.
    """
    for text in range(starts.size - 1):
        differs = False
        stops = False
        first = starts[text]
        last = starts[text + 1]
        for at in range(first, last):
            plain = table[chars[at]]
            differs |= plain != chars[at]
            folded[at] = plain
            stops |= plain == _STOP
        if stops and dots:
            for at in range(first + 1, last - 1):
                if folded[at] == _STOP and _is_alnum(folded[at - 1]) and _is_alnum(folded[at + 1]):
                    folded[at] = _DOT
                    differs = True
        changed[text] = differs


@nb.njit(nogil=True, cache=True, inline="always")
def _is_alnum(char):  # type: ignore[no-untyped-def]
    """Tell whether a code point is an ASCII letter or digit."""
    lower = char | np.uint32(0x20)
    return (char >= 0x30 and char <= 0x39) or (lower >= 0x61 and lower <= 0x7A)


@nb.njit(nogil=True, cache=True, inline="always")
def _possible(of_text, at, end, bits, state, columns, edge, following, accepted, still_open):  # type: ignore[no-untyped-def]
    """Return which expressions of `bits` may match where `state` was reached just before `at`."""
    mask = accepted[state]
    ahead = at
    last = min(end, at + _U(FARTHEST))
    while ahead < last and still_open[state] & bits & ~mask:
        state = _U(following[state, columns[of_text[ahead]]])
        mask |= accepted[state]
        ahead += _ONE
    if ahead == end:
        mask |= accepted[following[state, edge]]
    elif ahead == at + _U(FARTHEST):
        mask |= still_open[state]
    return mask & bits


@nb.njit(nogil=True, cache=True, inline="always")
def _classes_of(chars, classes, room):  # type: ignore[no-untyped-def]
    """Return the classes of some code points, in `room` if there is enough."""
    if chars.size > room.size:
        room = np.empty(2 * chars.size, dtype=np.uint16)
    for at in range(chars.size):
        room[at] = classes[chars[at]]
    return room


@nb.njit(nogil=True, cache=True)
def find_starts(
    folded: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint16],
    columns: npt.NDArray[np.uint16],
    begins: npt.NDArray[np.uint16],
    following: npt.NDArray[np.uint16],
    accepted: npt.NDArray[np.uint32],
    still_open: npt.NDArray[np.uint32],
    places: npt.NDArray[np.int64],
    masks: npt.NDArray[np.uint32],
    place_starts: npt.NDArray[np.int64],
) -> int:
    """Write where the `wanted` expressions (one bit each) of every text may begin, and which of them there.

    `places` (as long as `folded`) counts from the beginning of the text; those of text i are at
    `place_starts[i]` and on. Returns how many bits were set in `masks` altogether.
    """
    found = _U(0)
    count = 0
    edge = columns[classes[classes.size - 1]]
    of_text = np.empty(0, dtype=np.uint16)
    place_starts[0] = 0
    for text in range(starts.size - 1):
        bits = wanted[text]
        end = _NONE
        if bits:
            of_text = _classes_of(folded[starts[text] : starts[text + 1]], classes, of_text)
            end = _U(starts[text + 1] - starts[text])
        behind = edge
        at = _NONE
        while at < end:
            here = columns[of_text[at]]
            state = _U(following[begins[behind], here])
            behind = here
            at += _ONE
            if state == _NONE:
                continue
            mask = _possible(of_text, at, end, bits, state, columns, edge, following, accepted, still_open)
            if mask:
                places[found] = np.int64(at - _ONE)
                masks[found] = mask
                found += _ONE
                while mask:
                    count += 1
                    mask &= mask - np.uint32(1)
        place_starts[text + 1] = np.int64(found)
    return count


@nb.njit(nogil=True, cache=True)
def _together(texts, automata, pair):  # type: ignore[no-untyped-def]
    """Return the automata of a pair and of those after it that are of the same text and the same word."""
    wanted = _NONE
    for other in range(pair, texts.size):
        number = automata[other]
        if number < 0:
            continue
        if texts[other] != texts[pair] or number >> WORD_BITS != automata[pair] >> WORD_BITS:
            break
        wanted |= _ONE << _U(number & WORD_MASK)
    return wanted


@nb.njit(nogil=True, cache=True)
def _gather(of_text, firsts, wanted, places, masks):  # type: ignore[no-untyped-def]
    """Write where one of the `wanted` may begin by its first class, and which; returns how many places."""
    count = _NONE
    for at in range(_U(of_text.size)):
        mask = firsts[of_text[at]] & wanted
        places[count] = at
        masks[count] = mask
        count += _U(mask != _NONE)
    return count


@nb.njit(nogil=True, cache=True)
def find_few_starts(
    chars: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int64],
    automata: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint16],
    firsts: npt.NDArray[np.uint64],
    columns: npt.NDArray[np.uint16],
    begins: npt.NDArray[np.uint16],
    begin_starts: npt.NDArray[np.int64],
    following: npt.NDArray[np.uint16],
    cell_starts: npt.NDArray[np.int64],
    accepted: npt.NDArray[np.uint32],
    still_open: npt.NDArray[np.uint32],
    state_starts: npt.NDArray[np.int64],
    few: int,
    places: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int64],
) -> int:
    """Write where the one expression of automaton `automata[i]` may begin in text `texts[i]`, for each i.

    The arrays of the automata follow one another; `columns` has a row for each. Bit a of word w of `firsts`,
    for each class, tells whether what automaton `64 * w + a` reads may begin with it. `places` has room for
    `few` of each i; it gets `counts[i]` of them, counted from the beginning of the text. If there are more,
    or nothing is known of the expression (its automaton is -1), it gets none and the count is -1. Returns
    how many places were written. Fastest where what is of one text comes together, by automaton.
    """
    one = np.uint32(1)
    written = 0
    text = word = -1
    of_text = np.empty(0, dtype=np.uint16)
    begins_at, masks = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64)
    candidates = end = _NONE
    for pair in range(texts.size):
        number = automata[pair]
        if number < 0:
            counts[pair] = -1
            continue
        if texts[pair] != text or number >> WORD_BITS != word:
            if texts[pair] != text:
                text = texts[pair]
                of_text = _classes_of(chars[starts[text] : starts[text + 1]], classes, of_text)
                end = _U(starts[text + 1] - starts[text])
                if of_text.size >= masks.size:
                    begins_at, masks = np.empty((2, of_text.size + 1), dtype=np.uint64)
            word = number >> WORD_BITS
            wanted = _together(texts, automata, pair)
            candidates = _gather(of_text[:end], firsts[word], wanted, begins_at, masks)
        first, last = state_starts[number], state_starts[number + 1]
        column = columns[number]
        before = begins[begin_starts[number] : begin_starts[number + 1]]
        table = following[cell_starts[number] : cell_starts[number + 1]].reshape((last - first, before.size))
        accepts = accepted[first:last]
        is_open = still_open[first:last]
        edge = column[classes[classes.size - 1]]
        bit = _ONE << _U(number & WORD_MASK)
        count = 0
        for candidate in range(candidates):
            if not masks[candidate] & bit:
                continue
            at = begins_at[candidate]
            behind = column[of_text[at - _ONE]] if at else edge
            state = _U(table[before[behind], column[of_text[at]]])
            if state != _NONE and _possible(
                of_text, at + _ONE, end, one, state, column, edge, table, accepts, is_open
            ):
                if count == few:
                    count = -1
                    break
                places[written + count] = np.int32(at)
                count += 1
        counts[pair] = count
        written += max(count, 0)
    return written


@nb.njit(nogil=True, cache=True)
def sort_starts(
    places: npt.NDArray[np.int64],
    masks: npt.NDArray[np.uint32],
    place_starts: npt.NDArray[np.int64],
    expressions: int,
    sorted_places: npt.NDArray[np.int64],
    runs: npt.NDArray[np.int64],
) -> int:
    """Sort the places of every text by expression.

    Fills `sorted_places`, and `runs` with a column for each text and expression: both, and from where to
    where their places are. Both have room for an entry for each bit of `masks`. Returns the number of runs.
    """
    count = 0
    written = 0
    for text in range(place_starts.size - 1):
        seen = np.uint32(0)
        for index in range(place_starts[text], place_starts[text + 1]):
            seen |= masks[index]
        for expression in range(expressions):
            bit = np.uint32(1) << np.uint32(expression)
            if not seen & bit:
                continue
            runs[0, count] = text
            runs[1, count] = expression
            runs[2, count] = written
            for index in range(place_starts[text], place_starts[text + 1]):
                if masks[index] & bit:
                    sorted_places[written] = places[index]
                    written += 1
            runs[3, count] = written
            count += 1
    return count
