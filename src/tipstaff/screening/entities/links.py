"""Finding links: web addresses with a scheme, bare ones, and defanged spellings of both.

One pass from left to right. Every repetition in a pattern is possessive or bounded and starts only where
no character of the same run stands before, so time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tipstaff.policy.hostnames import small
from tipstaff.screening.entities.folding import WORD, even, fold_link
from tipstaff.screening.entities.hosts import (
    MAX_HOST,
    before_glued_sentence,
    is_address,
    looks_like_site,
    normal_host,
)
from tipstaff.screening.entities.places import Expression, Text
from tipstaff.screening.entities.suffixes import is_top_level, registrable

MAX_REST = 2000
"""Characters kept after the host."""

_MAX_WRITTEN = 2 * MAX_HOST
"""Characters a host may take as written: defanging makes it longer."""

_LETTERS = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff"
"""Scripts with spaces between words. Chinese may touch a bare link on both sides, so it ends one."""

_DOT = r"(?:\.|\[\.\]|\(\.\)|\[(?i:dot)\]|\((?i:dot)\))"
_LABEL = rf"[{_LETTERS}0-9_-]"

_SCHEME = r"(?P<scheme>h(?:tt|xx)ps?(?::|：|\[:\])(?:[/\\]{2,4}+|\\))"
"""To a browser a backslash is a slash."""
START = Expression.of(
    rf"{_SCHEME}|(?<!{_LABEL}){_LABEL}++(?:{_DOT}{_LABEL}++)++",
    re.IGNORECASE,
    begins=rf"{_SCHEME}|(?<!{_LABEL}){_LABEL}++(?:{_DOT}{_LABEL}++)*{_DOT}[0-9_-]*[{_LETTERS}]",
)
"""Digits with dots between them are no site. A label of theirs has no scheme at its end either."""

_DOTS = re.compile(_DOT, re.ASCII)
_LONGEST_USER = 128
_USER = re.compile(rf"[A-Za-z0-9._~!$&'*+,;=:%@-]{{0,{_LONGEST_USER}}}@", re.ASCII)
_PLAIN_HOST = re.compile(rf"{_LABEL}++(?:{_DOT}{_LABEL}++)*+", re.ASCII)
_ANY_LABEL = rf"[{WORD}\u0300-\u036f\u0900-\u0eff-]{{1,63}}+"
_ANY_HOST = re.compile(rf"{_ANY_LABEL}(?:{_DOT}{_ANY_LABEL}){{0,8}}+", re.ASCII)
_PLAIN_LABEL = re.compile(rf"{_LABEL}++")
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]", re.ASCII)
_REST = re.compile(
    rf"(?::[0-9]{{1,5}}+(?![0-9]))?(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{{0,{MAX_REST}}}+)?", re.ASCII
)
_GLUED_SCHEME = re.compile(r"(?<=[A-Za-z0-9])h(?:tt|xx)ps?://", re.IGNORECASE | re.ASCII)
_ENDS_IN_SCHEME = re.compile(r"h(?:tt|xx)ps?\Z", re.IGNORECASE | re.ASCII)
_LOOSE_END = ".,;:!?'*"
_CLOSERS = {")": "(", "]": "["}
_TRIMMED = {*_LOOSE_END, *_CLOSERS}


class Link(NamedTuple):
    """A link in a text; places are code points of the text as written."""

    start: int
    end: int
    host_start: int
    host_end: int
    scheme: str
    host: str
    rest: str
    defanged: bool

    @property
    def bare(self) -> str:
        """The link without its scheme."""
        return self.host + self.rest


class _Host(NamedTuple):
    start: int
    end: int
    labels: list[str]
    normal: str
    is_known: bool
    """Whether its last label is a top level."""


def read_links(text: Text) -> list[Link]:
    """Return the links of a text, folded for links, from left to right; they do not overlap."""
    folded = text.folded
    found: list[Link] = []
    position = 0
    search = text.searcher(START)
    while match := search(position):
        if match["scheme"]:
            position = match.end()
            link = _with_scheme(folded, match)
        else:
            position = _unglued(folded, match.end())
            link = _without_scheme(folded, match.start(), position)
        if link is not None:
            found.append(link)
            position = link.end
    return found


def _with_scheme(folded: str, match: re.Match[str]) -> Link | None:
    at = match.end()
    if "@" in folded[at : at + _LONGEST_USER + 1] and (user := _USER.match(folded, at)):
        at = user.end()
    host = _host_after_scheme(folded, at)
    if host is None or folded.startswith("://", host.end):
        return None
    rest = _rest(folded, host.end)
    written = match["scheme"].lower()
    return Link(
        start=match.start(),
        end=host.end + len(rest),
        host_start=host.start,
        host_end=host.end,
        scheme="https" if "ps" in written else "http",
        host=host.normal,
        rest=rest,
        defanged="xx" in written or "[" in written or _is_defanged(folded, host),
    )


def _without_scheme(folded: str, start: int, end: int) -> Link | None:
    while start < end and folded[start] in "-_":
        start += 1
    host = _host(folded, start, end)
    if host is None or folded.startswith("@", host.end):
        return None
    before = folded[max(0, host.start - 2) : host.start]
    if before.endswith(("@", "\\")) or (before.endswith("/") and before[:1].isalnum() and before.isascii()):
        return None
    rest = _rest(folded, host.end)
    supported = "/" in rest or host.labels[0].lower() == "www"
    if not looks_like_site(host.labels, supported=supported) or registrable(host.normal) is None:
        return None
    if not supported and folded.startswith("(", host.end):
        return None
    return Link(
        start=host.start,
        end=host.end + len(rest),
        host_start=host.start,
        host_end=host.end,
        scheme="",
        host=host.normal,
        rest=rest,
        defanged=_is_defanged(folded, host),
    )


def read_host(written: str) -> str | None:
    """Return the normal form of a host as it stands in a text, defanged or not; nothing if it is none."""
    return normal_host(_DOTS.sub(".", fold_link(even(written))))


def _is_defanged(folded: str, host: _Host) -> bool:
    written = folded[host.start : host.end]
    return "(" in written or "[" in written[1:]


def _unglued(folded: str, end: int) -> int:
    """Return the end of a run of labels without the `http` of a link glued to it."""
    if folded.startswith("://", end) and (scheme := _ENDS_IN_SCHEME.search(folded, end - 5, end)):
        return scheme.start()
    return end


def _host(folded: str, start: int, end: int) -> _Host | None:
    """Read a host, leaving off a sentence that is glued to it."""
    host = _host_as_written(folded, start, end)
    if host is None or host.is_known:
        return host
    count = before_glued_sentence(host.labels)
    if not count:
        return host
    dots = list(_DOTS.finditer(folded, start, end))
    return _host_as_written(folded, start, dots[count - 1].start())


def _host_as_written(folded: str, start: int, end: int) -> _Host | None:
    if end - start > _MAX_WRITTEN:
        return None
    written = folded[start:end]
    if "[" in written or "(" in written:
        written = _DOTS.sub(".", written)
    normal = normal_host(written)
    if not normal:
        return None
    return _Host(start, end, written.split("."), normal, is_top_level(normal.rpartition(".")[2]))


def _host_after_scheme(folded: str, at: int) -> _Host | None:
    if folded.startswith("[", at) and (bracketed := _BRACKETED.match(folded, at)):
        literal = bracketed[0].lower()
        return _Host(at, bracketed.end(), [literal], literal, is_known=False) if is_address(literal) else None
    match = _PLAIN_HOST.match(folded, at)
    plain = _host(folded, at, match.end()) if match else None
    if plain is not None and plain.is_known:
        return plain
    return _international_host(folded, at) or plain


def _international_host(folded: str, at: int) -> _Host | None:
    """Read a host with labels in any script; where running text touches it, its top level ends it."""
    match = _ANY_HOST.match(folded, at)
    if match is None:
        return None
    dots = list(_DOTS.finditer(folded, at, match.end()))
    ends = [dot.start() for dot in dots[1:]] + [match.end()]
    for dot, end in reversed(list(zip(dots, ends, strict=False))):
        for cut in _possible_ends(folded, dot.end(), end):
            if is_top_level(small(folded[dot.end() : cut])):
                return _host(folded, at, cut)
        if _PLAIN_LABEL.match(folded, dot.end()):
            return None
    return None


def _possible_ends(folded: str, start: int, end: int) -> range | tuple[int]:
    """Return where a top level may end: where Latin letters give way to others, or anywhere among those."""
    match = _PLAIN_LABEL.match(folded, start, end)
    return (match.end(),) if match else range(end, start, -1)


def _rest(folded: str, at: int) -> str:
    """Return port, path, query and fragment after a host, without the punctuation of the sentence."""
    match = _REST.match(folded, at)
    rest = match[0] if match else ""
    if "://" in rest and (glued := _GLUED_SCHEME.search(rest, 1)):
        rest = rest[: glued.start()]
    if rest[-1:] not in _TRIMMED:
        return rest
    surplus = {closer: rest.count(closer) - rest.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(rest)
    while end:
        last = rest[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _LOOSE_END:
            break
        end -= 1
    return rest[:end]
