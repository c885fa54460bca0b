"""Traces by which a closed account is recognised when it registers again. Pure.

A trace is kept as a digest: what is compared is whether two accounts share one, and an account that was
erased leaves nothing readable behind. No trace decides anything: what they bring about is a case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tipstaff.casework.words import Trace, TraceKind
from tipstaff.policy.folding import letters_text, normal_text
from tipstaff.screening.posts import Post

# Finders are imported where they are called: every command opens a desk, and hardly any closes an account.

SUSPICIOUS: Final = 3
"""The weight of shared traces from which on an account is looked at."""

WEIGHTS: Final[Mapping[TraceKind, int]] = {
    TraceKind.HANDLE: 2,
    TraceKind.NAME: 2,
    TraceKind.CONTACT: 2,
    TraceKind.TEXT: 1,
    TraceKind.LINK: 1,
    TraceKind.APP: 1,
}
"""What sharing traces of a kind weighs, however many of that kind are shared."""

_CONTACTS: Final = ("wechat", "qq", "telegram", "phone", "wallet", "invitation")
_SHORTEST_NAME: Final = 4
_SHORTEST_SENTENCE: Final = 12
"""Letters below which a name or a sentence may be anybody's."""

_SENTENCES: Final = re.compile(r"[。！？!?\n]+|\.\s")
_LEET: Final = str.maketrans("013457", "oleast")
_DIGITS: Final = re.compile(r"\d+")
_DIGEST_SIZE: Final = 16


def traces_of(profile: Mapping[str, str], posts: Iterable[Post]) -> tuple[Trace, ...]:
    """Return the traces of an account: `profile` has its `handle` and `name`, `posts` are its own."""
    found = {*_of_profile(profile)}
    for post in posts:
        found.update(_of_post(post))
    return tuple(sorted(found))


def shared_kinds(one: Iterable[Trace], other: Iterable[Trace]) -> tuple[TraceKind, ...]:
    """Return the kinds of the traces that two accounts share, where these weigh enough; else none."""
    kinds = sorted({trace.kind for trace in {*one} & {*other}})
    return tuple(kinds) if sum(WEIGHTS[kind] for kind in kinds) >= SUSPICIOUS else ()


def _of_profile(profile: Mapping[str, str]) -> Iterator[Trace]:
    """Yield the skeletons of handle and name: without digits, and with those that stand for letters."""
    for kind in (TraceKind.HANDLE, TraceKind.NAME):
        letters = letters_text(normal_text(profile.get(kind.value, "")))
        without = _DIGITS.sub("", letters)
        # Digits stand for letters only among letters: a number spells nothing.
        spelt = _DIGITS.sub("", letters.translate(_LEET)) if without else ""
        for skeleton in {without, spelt}:
            # A name in Chinese says as much in half the letters.
            if len(skeleton.encode()) >= _SHORTEST_NAME:
                yield _trace(kind, skeleton)


def _of_post(post: Post) -> Iterator[Trace]:
    """Yield the traces in a post."""
    from tipstaff.screening.entities import FINDERS  # noqa: PLC0415

    text = f"{post.title or ''}\n{post.text}\n{post.url or ''}"
    for contact in _CONTACTS:
        for found in FINDERS[contact](text):
            yield _trace(TraceKind.CONTACT, f"{contact} {found.value}")
    for found in FINDERS["domain"](text):
        yield _trace(TraceKind.LINK, found.value)
    for sentence in _SENTENCES.split(text):
        letters = letters_text(normal_text(sentence))
        if len(letters) >= _SHORTEST_SENTENCE:
            yield _trace(TraceKind.TEXT, letters)
    if post.app:
        yield _trace(TraceKind.APP, post.app)


def _trace(kind: TraceKind, value: str) -> Trace:
    """Return a trace."""
    return Trace(
        kind, hashlib.blake2b(value.encode(), digest_size=_DIGEST_SIZE, person=kind.encode()).digest()
    )
