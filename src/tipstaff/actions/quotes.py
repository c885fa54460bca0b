"""What a notice quotes of a post: the sentences that were found, which its author recognises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import opened_item
from tipstaff.casework.events import Found

LONGEST: Final = 80
"""The code points of a sentence that are quoted at the most."""

_SENTENCE: Final = re.compile(r"(?:[^。！？；!?;.\n]|\.(?=\S))+[。！？；!?;.]*")
"""Up to its mark, or the end of the line; a point within a word, as in a link or a number, ends none."""


def quotes_of(desk: Desk, found: Iterable[Found]) -> Iterator[str]:
    """Yield the sentences in which what was found stands, each once, as they come.

    Evidence is words, or parts of words where a signal has learned them: nobody could answer to those. What
    stands elsewhere than in the text of the post is quoted as it was found.
    """
    told = set[str]()
    for one in found:
        item, passages = opened_item(desk, one.snapshot), desk.opened(one.evidence) if one.evidence else None
        for passage in passages if isinstance(passages, list) else ():
            if isinstance(passage, dict) and isinstance(words := passage.get("text"), str) and words:
                start = passage.get("start") if passage.get("field") == "text" else None
                text = item.text if item else ""
                quote = _sentence(text, start, words) if isinstance(start, int) else words
                if quote not in told:
                    told.add(quote)
                    yield quote


def _sentence(text: str, start: int, words: str) -> str:
    """Return the sentence around a place in a text, or the words alone where they do not stand there."""
    around = next((one for one in _SENTENCE.finditer(text) if one.start() <= start < one.end()), None)
    if around is None or text[start : start + len(words)] != words:
        return words
    sentence, place = around[0], start - around.start()
    begins = max(0, min(place - LONGEST // 4, len(sentence) - LONGEST))
    shown = sentence[begins : begins + LONGEST]
    cut = "…" * (begins + LONGEST < len(sentence))
    return " ".join(f"{'…' * (begins > 0)}{shown}{cut}".split())
