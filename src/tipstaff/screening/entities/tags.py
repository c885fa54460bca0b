"""Words that a sign turns into a name: `@handle`, `$CASHTAG`, `#hashtag#`."""

from __future__ import annotations

import re

from tipstaff.policy.hostnames import small
from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.folding import WORD
from tipstaff.screening.entities.places import Expression, Text

HANDLES = Expression.of(
    r"(?<![A-Za-z0-9._%+-])(?:@[A-Za-z](?:(?!https?://)[A-Za-z0-9_]){2,31}+(?=https?://|(?![A-Za-z0-9_])))++"
)
"""Handles may touch one another and a link after them; nobody's name ends in `https://`."""
_ADDRESS = re.compile(r"[.:][A-Za-z0-9]|@[A-Za-z0-9-]{1,63}+[.]", re.ASCII)

CASHTAG = Expression.of(r"(?<![A-Za-z0-9_$\\])\$([A-Za-z][A-Za-z0-9]{1,11})(?![A-Za-z0-9_])")
_PAIR = re.compile(r"/\$?(?:[A-Z]{2,12}|usdt|usdc|usd|btc|eth|bnb|sol|cny)(?![A-Za-z0-9_])", re.ASCII)
_CODE_AFTER = ("/", "->", "=", "::", "[")
_SHELL = frozenset({"EDITOR", "HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TMPDIR", "USER"})

HASH = Expression.of("#")
_BLANK = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOPIC = re.compile(rf"#([^#{_BLANK}]{{1,60}})#", re.ASCII)
_TAG = re.compile(rf"#([{WORD}]{{1,100}}+)(?![{WORD}])", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_INSIDE_A_WORD = re.compile(r"[A-Za-z0-9&/]", re.ASCII)
_SEPARATORS = ",，、;；/|·.。:："


def read_handles(text: Text) -> list[Entity]:
    """Find `@name`. Value: the name in lower case, without `@`.

    Detail: `name`, or `address` when it is the beginning of a longer one (`@name@host.example`,
    `@name:host.example`, `@name.host.example`). An e-mail address has none.
    """
    found: list[Entity] = []
    for chain in text.matches(HANDLES):
        start = chain.start()
        for name in chain[0].split("@")[1:]:
            end = start + 1 + len(name)
            is_address = _ADDRESS.match(text.folded, end) is not None
            if start == chain.start() or not is_address:
                found.append(Entity("handle", start, end, name.lower(), "address" if is_address else "name"))
            start = end
    return found


def read_cashtags(text: Text) -> list[Entity]:
    """Find `$ABC`, no sums and no shell variables. Value: in upper case, without `$`. Detail: `ticker`."""
    return [
        Entity("cashtag", match.start(), match.end(), match[1].upper(), "ticker")
        for match in text.matches(CASHTAG)
        if not _is_variable(text.folded, match)
    ]


def _is_variable(folded: str, match: re.Match[str]) -> bool:
    after = folded[match.end() : match.end() + 2]
    if match[1] in _SHELL and after.startswith(("/", ":")):
        return True
    return after.startswith(_CODE_AFTER) and _PAIR.match(folded, match.end()) is None


def read_hashtags(text: Text) -> list[Entity]:
    """Find `#word` and `#词#`. Value: in lower case, without `#`. Detail: `tag`, or `topic` for `#词#`.

    A `#` after Latin letters that stands directly before Latin letters opens the next tag (`#btc#eth`);
    any other closes a topic. Bare numbers (`#1`) are not tags.
    """
    folded = text.folded
    found: list[Entity] = []
    end = 0
    search = text.searcher(HASH)
    sign = search(0)
    while sign:
        position = sign.start()
        match = None
        if position == end or not _INSIDE_A_WORD.match(folded, position - 1):
            match = _topic(folded, position) or _TAG.match(folded, position)
        end = match.end() if match else end
        if match is not None and not _DIGITS.fullmatch(match[1]):
            detail = "topic" if match[0].endswith("#") else "tag"
            found.append(Entity("hashtag", match.start(), match.end(), small(match[1]), detail))
        sign = search(match.end() if match else position + 1)
    return found


def _topic(folded: str, position: int) -> re.Match[str] | None:
    match = _TOPIC.match(folded, position)
    if match is None or match[1][-1] in _SEPARATORS:
        return None
    after = folded[match.end() : match.end() + 1]
    glued = match[1].isascii() and after.isascii() and (after.isalnum() or after == "_")
    return None if glued else match
