"""Whether a spelling found in the letters view is the term in the text, or an accident.

The letters view has no gaps, so the characters of a term may be found although the text says something
else: "交易，所以" holds 交易所, "the rapist" holds "therapist". This module says which gaps between the
letters of a term are let pass, and where a Latin word must begin and end. The compiled kernels implement
the same rules over arrays; this is the form to read, and the one that they are tested against.

1. *Edges.* A term that begins (ends) with a Latin letter must not follow (precede) a Latin letter without
   a gap, likewise for digits; a plural `s` after a term of four letters or more is passed over.
2. *Word breaks* of the term itself may be closed, or hold up to three characters that end no sentence.
3. *Inside a word* there may be up to three blanks or symbols (no line ends, commas, brackets or quotes)
   if one neighbour is no Latin letter or digit. Between two Latin letters only one symbol, once, in terms
   of at least five letters.
4. *Spread out.* Any gap of up to four characters, if it is the same between all letters of the term (and,
   for a term of two, also before or after it): `p u m p`, one character to a line.
"""

from __future__ import annotations

from enum import IntEnum

from tipstaff.policy.folding import Letters
from tipstaff.policy.spelling import Spelled

MAX_GAP = 3
MAX_SPREAD_GAP = 4
MIN_SYMBOL_LENGTH = 5
MIN_PLURAL_LENGTH = 4


class Kind(IntEnum):
    """What the rules know of a character of the normal form."""

    LETTER = 0
    LATIN = 1
    DIGIT = 2
    BLANK = 3
    SYMBOL = 4
    COMMA = 5
    STOP = 6


_COMMAS = frozenset('\n,，、:：()（）[]【】{}<>《》〈〉“”‘’"「」『』…')
_STOPS = frozenset("。!！?？;；")


def kind_of(char: str, *, letter: bool) -> Kind:
    """Classify a character of the normal form; `letter` says whether it stands in the letters view."""
    if letter:
        if "a" <= char <= "z":
            return Kind.LATIN
        return Kind.DIGIT if "0" <= char <= "9" else Kind.LETTER
    if char in (" ", "\t", "\r"):
        return Kind.BLANK
    if char in _STOPS:
        return Kind.STOP
    return Kind.COMMA if char in _COMMAS else Kind.SYMBOL


def stands(spelled: Spelled, normal: str, view: Letters, at: int) -> bool:
    """Tell whether `spelled`, found at letter `at` of `view`, stands in the text as a term."""
    end = at + len(spelled.letters)
    return _edges(spelled, view, at, end) and (
        _joined(spelled, normal, view, at, end) or _spread(normal, view, at, end)
    )


def _gap(normal: str, view: Letters, right: int) -> str:
    """Return what stands between letter `right - 1` and letter `right`."""
    return normal[view.origin[right - 1] + 1 : view.origin[right]]


def _kind(view: Letters, i: int) -> Kind:
    return kind_of(view.text[i], letter=True)


def _clash(view: Letters, left: int) -> bool:
    """Tell whether letters `left` and `left + 1` touch and belong to one word or one number."""
    if left < 0 or left + 1 >= len(view.text) or view.origin[left + 1] != view.origin[left] + 1:
        return False
    kind = _kind(view, left)
    return kind is not Kind.LETTER and kind is _kind(view, left + 1)


def _edges(spelled: Spelled, view: Letters, at: int, end: int) -> bool:
    """Rule 1."""
    if _clash(view, at - 1):
        return False
    if not _clash(view, end - 1):
        return True
    plural = _kind(view, end - 1) is Kind.LATIN and view.text[end] == "s"
    return plural and len(spelled.letters) >= MIN_PLURAL_LENGTH and not _clash(view, end)


def _joined(spelled: Spelled, normal: str, view: Letters, at: int, end: int) -> bool:
    """Rules 2 and 3."""
    symbols = 0
    for right in range(at + 1, end):
        gap = _gap(normal, view, right)
        if not gap:
            continue
        kinds = {kind_of(char, letter=False) for char in gap}
        if len(gap) > MAX_GAP or Kind.STOP in kinds:
            return False
        if right - at in spelled.breaks:
            continue
        if Kind.COMMA in kinds:
            return False
        if Kind.LETTER not in (_kind(view, right - 1), _kind(view, right)):
            symbols += 1
            if kinds != {Kind.SYMBOL} or len(gap) > 1 or symbols > 1 or end - at < MIN_SYMBOL_LENGTH:
                return False
    return True


def _spread(normal: str, view: Letters, at: int, end: int) -> bool:
    """Rule 4."""
    gap = _gap(normal, view, at + 1) if end - at > 1 else ""
    if not 0 < len(gap) <= MAX_SPREAD_GAP:
        return False
    if any(_gap(normal, view, right) != gap for right in range(at + 2, end)):
        return False
    if end - at > 2:  # noqa: PLR2004  the rule's own number
        return True
    before = at > 0 and _gap(normal, view, at) == gap
    after = end < len(view.text) and _gap(normal, view, end) == gap
    return before or after
