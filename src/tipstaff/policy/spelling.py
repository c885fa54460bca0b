"""The spellings under which a term is looked for.

A spelling is a string of letters and digits (the *letters view*, see `tipstaff.policy.folding`), so that
whatever stands between characters needs no spelling of its own. Disguises that replace characters do, and
are derived here when a policy is compiled: digits for Latin letters (leet); for some or all of the Han
characters pinyin, its initials, or characters that look alike. Homophones are not listed, there are too
many: `homophone_target` tells whether a term is looked for by sound, and `tipstaff.screening` then compares
syllables around rare characters.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tipstaff.policy.folding import letters, looks, normal_text, syllables
from tipstaff.policy.model import Spelling

LEET = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8"}
"""Digits that stand for Latin letters in disguised spellings."""

MAX_SPELLED = 63
"""The longest spelling, in letters; the engines keep word breaks in 64 bits."""

MIN_LEET_LENGTH = 5
MIN_PINYIN_LETTERS = 6
MAX_PINYIN_HAN = 5
MIN_INITIALS_HAN = 3
MIN_INITIALS = 4
MAX_LOOKALIKES = 2
MAX_LEET_PLACES = 4
_HAN = range(0x4E00, 0xA000)


@dataclass(frozen=True, slots=True)
class Spelled:
    """One way to write a term: its letters, the places of its word breaks, and the disguise, if any.

    `breaks` holds i when the term itself has something that is no letter before its letter i.
    """

    letters: str
    breaks: frozenset[int]
    disguise: Spelling | None


def spell(term: str, disguises: frozenset[Spelling]) -> tuple[Spelled, ...]:
    """Return every spelling of `term`, the plain one first; empty if normalisation leaves no letter."""
    plain = _plain(term)
    if not plain.letters:
        return ()
    found = {plain.letters: plain}
    for disguise, derive in _DERIVED.items():
        if disguise in disguises:
            for spelled in derive(plain):
                found.setdefault(spelled.letters, spelled)
    return tuple(spelled for spelled in found.values() if len(spelled.letters) <= MAX_SPELLED)


def homophone_target(term: str) -> str | None:
    """Return the characters of a term of two to five Han characters, else None."""
    plain = _plain(term).letters
    return plain if 1 < len(plain) <= MAX_PINYIN_HAN and all(ord(char) in _HAN for char in plain) else None


def _plain(term: str) -> Spelled:
    """Return the term as written, without what is no letter."""
    view = letters(normal_text(term))
    places = enumerate(itertools.pairwise(view.origin), start=1)
    return Spelled(view.text, frozenset(i for i, (left, right) in places if right - left > 1), None)


def _leet(plain: Spelled) -> list[Spelled]:
    """Replace every non-empty choice of up to four letters by the digits that look like them."""
    text = plain.letters
    if len(text) < MIN_LEET_LENGTH or not text.isascii() or not text.isalpha():
        return []
    places = [i for i, char in enumerate(text) if char in LEET][:MAX_LEET_PLACES]
    # Some look-alikes fold to l although they are drawn for i: U+04CF, for one.
    variants = [Spelled(text.replace("i", "l"), plain.breaks, Spelling.LEET)] if "i" in text else []
    for count in range(1, len(places) + 1):
        for chosen in itertools.combinations(places, count):
            written = list(text)
            for i in chosen:
                written[i] = LEET[text[i]]
            variants.append(Spelled("".join(written), plain.breaks, Spelling.LEET))
    return variants


def _pinyin(plain: Spelled) -> list[Spelled]:
    """Replace every non-empty choice of Han characters by their syllables without tones."""
    text = plain.letters
    han = [i for i, char in enumerate(text) if ord(char) in _HAN and syllables(char)]
    if not len(text) > 1 or not 0 < len(han) <= MAX_PINYIN_HAN:
        return []
    ways = {i: sorted(syllables(text[i]))[:2] for i in han}
    variants = [_spell_out(text, reading) for reading in _choices(ways, len(han))]
    return [
        each for each in variants if not each.letters.isascii() or len(each.letters) >= MIN_PINYIN_LETTERS
    ]


def _initials(plain: Spelled) -> list[Spelled]:
    """Replace every non-empty choice of characters by the first letters of their syllables."""
    text = plain.letters
    if homophone_target(text) is None or len(text) < MIN_INITIALS_HAN:
        return []
    ways = {i: sorted({syllable[0] for syllable in syllables(char)})[:1] for i, char in enumerate(text)}
    least = len(text) - (len(text) < MIN_INITIALS)
    return [_replace(text, chosen, Spelling.INITIALS) for chosen in _choices(ways, least)]


def _lookalikes(plain: Spelled) -> list[Spelled]:
    """Replace one or two characters by others that look like them, or by their parts."""
    text = plain.letters
    if homophone_target(text) is None:
        return []
    ways = {i: looks(char) for i, char in enumerate(text)}
    return [_replace(text, chosen, Spelling.LOOKALIKE) for chosen in _choices(ways, MAX_LOOKALIKES)]


def _choices(ways: Mapping[int, Sequence[str]], most: int) -> Iterator[dict[int, str]]:
    """Yield every way to replace one to `most` of the letters at some places."""
    for count in range(1, most + 1):
        for places in itertools.combinations(ways, count):
            for chosen in itertools.product(*(ways[i] for i in places)):
                yield dict(zip(places, chosen, strict=True))


def _replace(text: str, chosen: Mapping[int, str], disguise: Spelling) -> Spelled:
    """Write `text` with some letters replaced."""
    return Spelled("".join(chosen.get(i, char) for i, char in enumerate(text)), frozenset(), disguise)


def _spell_out(text: str, reading: Mapping[int, str]) -> Spelled:
    """Write `text` with some characters as syllables; a syllable may be set off from its neighbours."""
    written, breaks = "", set()
    for i, char in enumerate(text):
        if written and (i in reading or i - 1 in reading):
            breaks.add(len(written))
        written += reading.get(i, char)
    return Spelled(written, frozenset(breaks), Spelling.PINYIN)


_DERIVED: Mapping[Spelling, Callable[[Spelled], list[Spelled]]] = {
    Spelling.LEET: _leet,
    Spelling.PINYIN: _pinyin,
    Spelling.INITIALS: _initials,
    Spelling.LOOKALIKE: _lookalikes,
}
