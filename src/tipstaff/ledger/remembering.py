"""What an auditor knows of a log between audits.

Progress is *tentative* until a checkpoint over it is believed: whoever serves a log can make up statements
and hashes, and cannot sign a checkpoint over them. What is tentative saves work where the log leads to the
same root; where it does not, it accuses nobody and is discarded. What is *pinned* goes with a
checkpoint that the log signed: whoever shows another past than that has forked or rolled back the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from tipstaff.ledger.state import Changes, View
from tipstaff.ledger.tree import EMPTY_ROOT


class Remembered(msgspec.Struct, frozen=True):
    """How much of a log was replayed, and how many statements of each kind that were.

    `root` is that of the tree over the `size` statements: their state must not be used over another past.
    """

    origin: str
    first_kid: bytes
    size: int = 0
    root: bytes = EMPTY_ROOT
    counts: dict[str, int] = {}


class Memory(View, Protocol):
    """What an auditor remembers between audits, or within one: the state of the rules, and the rest."""

    def recall(self) -> Remembered | None:
        """Return what is remembered, with what is tentative; None at first."""

    def seen(self) -> Mapping[int, bytes]:
        """Return the roots of the checkpoints that were believed, by size."""

    def remember(self, remembered: Remembered, changes: Changes) -> None:
        """Remember tentatively, together with changes of the state."""

    def pin(self, remembered: Remembered, changes: Changes, note: bytes) -> None:
        """Remember together with all that is tentative, as what a checkpoint that was believed is over."""

    def discard(self) -> None:
        """Forget what is tentative: what was pinned last is remembered again."""
