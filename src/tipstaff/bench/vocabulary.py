"""The invented language of the bench: Han words, Latin words, and the terms that its policy looks for.

No word means anything, so nothing of a real policy can be tuned to it. What is kept of real language is
what matters for speed: how often characters and words recur (Zipf), how long they are, and that the terms
of a lexicon are ordinary words of it, which therefore turn up by accident and inside other words.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

GROUPS: Final = (
    "coins", "venues", "sale", "gift", "referral", "calling", "dealing", "returns",
    "scheme", "acting", "warning", "reporting",
)  # fmt: skip
"""The lexicon groups. The first ten are what a promotion is made of, the last two put it in context."""

GROUP_SIZE: Final = 125

_HAN_WORDS = 6000
_LATIN_WORDS = 5000
_RARE_CHARS = 120
_CONTEXT = 2
_FUNCTION_WORDS = (
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "was", "with", "be", "by",
    "on", "not", "he", "i", "this", "are", "or", "his", "from", "at", "which", "but", "have", "an",
    "had", "they", "you", "were", "their", "one", "all", "we", "can", "her", "has", "there", "been",
    "if", "more", "when", "will", "would", "who", "so", "no",
)  # fmt: skip
_ONSETS = (
    "", "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v",
    "br", "ch", "cl", "cr", "dr", "gr", "pl", "pr", "sh", "sp", "st", "th", "tr",
)  # fmt: skip
_NUCLEI = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "ea", "ou", "ai", "io")
_CODAS = ("", "", "", "n", "r", "s", "t", "l", "d", "m", "ng", "nt", "st", "ck")
_SUFFIXES = ("", "", "", "", "ing", "ed", "ly", "er", "tion", "al")


@dataclass(frozen=True, slots=True)
class Words:
    """Words from the most to the least frequent, and their cumulated weights."""

    words: Sequence[str]
    cumulated: Sequence[float]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words of the invented language. `terms`: those of each lexicon group, Han ones first."""

    han: Words
    latin: Words
    terms: Mapping[str, Sequence[str]]


def make_vocabulary(random: Random) -> Vocabulary:
    """Invent a language; the same one for the same state of `random`."""
    han = _han_words(random)
    latin = _latin_words(random)
    return Vocabulary(_ranked(han), _ranked(latin), _terms(random, han, latin))


def _ranked(words: Sequence[str]) -> Words:
    """Weigh words by Zipf's law: the word of rank r has the weight 1/r (a few ranks flattened)."""
    return Words(words, list(itertools.accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1))))


def _level_one() -> list[str]:
    """Return the 3,755 common characters of GB 2312 level 1, in their order."""
    rows = ((row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    pairs = (bytes(pair) for pair in rows if not (pair[0] == 0xD7 and pair[1] > 0xF9))  # noqa: PLR2004
    return [pair.decode("gb2312") for pair in pairs]


def _level_two() -> list[str]:
    """Return the 3,008 rarer characters of GB 2312 level 2: those that a search by sound must look at."""
    pairs = (bytes((row, cell)) for row in range(0xD8, 0xF8) for cell in range(0xA1, 0xFF))
    return [pair.decode("gb2312") for pair in pairs]


def _han_words(random: Random) -> list[str]:
    """Invent Han words: most of two characters, some of one, three and four."""
    chars = _level_one()
    random.shuffle(chars)
    chars += random.sample(_level_two(), _RARE_CHARS)
    cumulated = list(itertools.accumulate(1 / (rank + 20) for rank in range(1, len(chars) + 1)))
    words = dict.fromkeys(chars[:90])  # the grammar: short and everywhere
    while len(words) < _HAN_WORDS:
        size = random.choices((1, 2, 3, 4), (8, 70, 13, 9))[0]
        words["".join(random.choices(chars, cum_weights=cumulated, k=size))] = None
    return list(words)


def _latin_words(random: Random) -> list[str]:
    """Invent words that could be English, after the function words of English itself."""
    words = dict.fromkeys(_FUNCTION_WORDS)
    while len(words) < _LATIN_WORDS:
        syllables = random.choices((1, 2, 3), (30, 50, 20))[0]
        word = "".join(
            random.choice(part) for _ in range(syllables) for part in (_ONSETS, _NUCLEI, _CODAS)
        ) + random.choice(_SUFFIXES)
        if len(word) > 2:  # noqa: PLR2004  shorter ones are the function words
            words[word] = None
    return list(words)


def _terms(random: Random, han: Sequence[str], latin: Sequence[str]) -> dict[str, list[str]]:
    """Choose the terms of each group: three in five Han, two in three of them single words of the language.

    Those of promotion are words of middling and low frequency, those of context more frequent ones.
    """
    taken: set[str] = set()
    terms: dict[str, list[str]] = {}
    for number, group in enumerate(GROUPS):
        context = number >= len(GROUPS) - _CONTEXT
        first = 150 if context else 600
        chosen: list[str] = []
        while len(chosen) < GROUP_SIZE:
            is_han = len(chosen) < GROUP_SIZE * 3 // 5
            words = han if is_han else latin
            term = random.choice(words[first:])
            if random.random() < 1 / 3:
                term += ("" if is_han else " ") + random.choice(words[100:])
            if len(term) < (2 if is_han else 3) or term in taken:
                continue
            taken.add(term)
            chosen.append(term)
        terms[group] = chosen
    return terms
