"""What anyone may look at: square as readers see it, and what stands on the ledger about what they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from litestar.datastructures import State
from litestar.di import NamedDependency

from tipstaff.actions.access.me import Asker
from tipstaff.actions.citing import Provisions
from tipstaff.actions.host import Sentence
from tipstaff.base.errors import InputError, MissingError
from tipstaff.hosts.square.pages import PostPage, RefusedError
from tipstaff.hosts.square.platform import Platform
from tipstaff.hosts.square.visiting import Visiting, is_reader
from tipstaff.ledger.live import Found, Live
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language
from tipstaff.web.view import Looking

_ENTRY: Final = re.compile("[0-9a-f]{64}")
_WEB: Final = ("https://", "http://")

Span = tuple[int, int, str]


class Cited(NamedTuple):
    """A provision in the words of who reads; of one that no policy has, its id alone."""

    id: str
    words: str
    summary: str = ""
    source: str = ""


class Notice(NamedTuple):
    """What stands in place of something, why, and since when; `stated` is what the ledger has of it."""

    sentence: Sentence
    provision: Cited
    stated: Found | None

    @property
    def kind(self) -> str | None:
        """The kind of the measure; None where the ledger has nothing of it, or not yet."""
        return self._text("kind")

    @property
    def territory(self) -> str | None:
        """Where it is so; None as for `kind`."""
        return self._text("territory")

    @property
    def until(self) -> int | None:
        """When it ends; None where it has no end."""
        found = self.stated.statement.claims.get("until") if self.stated else None
        return found if isinstance(found, int) else None

    @property
    def decision(self) -> str | None:
        """The entry of the decision behind it; None as for `kind`."""
        found = self.stated.statement.claims.get("decision") if self.stated else None
        return found.hex() if isinstance(found, bytes) else None

    def _text(self, claim: str) -> str | None:
        """Return a claim that is a text."""
        found = self.stated.statement.claims.get(claim) if self.stated else None
        return found if isinstance(found, str) else None


class Public:
    """Square, the ledger and provisions, for who looks; `visiting` is None for who is no reader of square."""

    def __init__(
        self, platform: Platform, live: Live, provisions: Provisions, language: Language, asker: Asker | None
    ) -> None:
        reads = asker is not None and is_reader(asker.principal)
        self.square = platform
        self.live = live
        self.visiting = Visiting(platform, asker.principal) if asker and reads else None
        self._provisions = provisions
        self._language = language

    def cite(self, identifier: str) -> Cited:
        """Return a provision as it is cited in the language of who looks."""
        found = self._provisions.find(identifier)
        if found is None:
            return Cited(identifier, identifier)
        source = found.source if found.source.startswith(_WEB) else ""
        summary = found.summary.in_language(self._language)
        return Cited(identifier, citation(found, self._language), summary, source)

    def notice(self, sentence: Sentence) -> Notice:
        """Return what is known of a sentence that stands in place of something."""
        return Notice(sentence, self.cite(sentence.provision), self.stated(sentence.statement))

    def stated(self, entry: str) -> Found | None:
        """Return the statement with that entry; None where the ledger has none, or not yet."""
        return self.live.find(bytes.fromhex(entry)) if _ENTRY.fullmatch(entry) else None


Reading = NamedDependency[Public]
"""What anyone may look at."""


def public_of(view: Looking, state: State) -> Public:
    """Return what anyone may look at, in the language of who looks."""
    provisions = Provisions(state.desk.policies, state.shelf)
    return Public(state.square, state.live, provisions, view.language, view.asker)


def visiting_of(asker: NamedDependency[Asker], state: State) -> Visiting:
    """Return what a reader does on square, for who asks."""
    return Visiting(state.square, asker.principal)


@contextmanager
def looked_up() -> Iterator[None]:
    """Say of what square does not know that it is not there. Raises `MissingError`."""
    try:
        yield
    except RefusedError:
        raise
    except InputError as error:
        raise MissingError(str(error)) from error


def withheld_in(text: str, sentences: Sequence[Sentence]) -> list[Span]:
    """Return where in a text sentences stand in place of links."""
    told = "|".join(re.escape(one.text) for one in sentences if one.text)
    return [(found.start(), found.end(), "withheld") for found in re.finditer(told, text)] if told else []


def last_of(posts: Sequence[PostPage], most: int) -> str | None:
    """Return what the next page begins before, where more were found than a page has."""
    return posts[most - 1].id if len(posts) > most else None
