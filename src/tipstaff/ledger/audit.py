"""The auditor: replays an exported log, believing its origin and its first key, and nothing else.

Everything is read and hashed at every audit. Signatures and registration rules are gone through once for each
statement: an auditor who remembers goes on from where he was, and a log that would show him another past than
before is caught by what he remembers of it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger import registration, table
from tipstaff.ledger.cbor import encode
from tipstaff.ledger.checkpoint import Checkpoint
from tipstaff.ledger.errors import RefusedError, StatementError
from tipstaff.ledger.export import CHECKPOINT
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.note import Note
from tipstaff.ledger.published import Bundle, Published, Read
from tipstaff.ledger.remembering import Memory, Remembered
from tipstaff.ledger.report import FaultError, Report, Rules
from tipstaff.ledger.state import TABLE, Overlay, View, find_key, find_kids
from tipstaff.ledger.tiles import (
    HEIGHT,
    WIDTH,
    Coordinates,
    kept,
    tiles_of,
)
from tipstaff.ledger.tree import Range
from tipstaff.ledger.trust import Trust
from tipstaff.ledger.verification import Begin, Checked, Pending, Refused, begin

SAVED_EVERY: Final = 64
"""Bundles between two times that what was learned is put by."""

AHEAD: Final = 4
"""Bundles that are being checked while another is replayed."""

_UNCONFIRMED: Final = "this log does not lead to what an audit that broke off has replayed"


class _Begun(NamedTuple):
    """A bundle whose statements from place `fresh` on are being checked."""

    bundle: Bundle
    fresh: int
    pending: Pending


class Auditor:
    """One audit of one log."""

    def __init__(
        self,
        read: Read,
        trust: Trust,
        memory: Memory,
        begin: Begin = begin,
        saved_every: int = SAVED_EVERY,
    ) -> None:
        """`saved_every` is after how many bundles what was learned is put by."""
        self._memory = memory
        self._start: Callable[[], _Replay] = lambda: _Replay(read, trust, memory, begin, saved_every)

    def run(self, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Report:
        """Replay the log. `progress` is told how many statements of how many are done."""
        replay = self._start()
        report = replay.run(progress)
        if report.sound or replay.confirmed:
            return report
        # Another past may have been shown to an audit that broke off, by whom nobody knows: no word of this
        # report rests on it.
        self._memory.discard()
        return self._start().run(progress)


class _Replay:
    """Goes through a log once, on top of what is remembered of it.

    It is `confirmed` once this log is known to lead to the root of what is remembered; what is pinned is so
    from the beginning, and compared with the checkpoints that were seen.
    """

    def __init__(self, read: Read, trust: Trust, memory: Memory, begin: Begin, saved_every: int) -> None:
        self._saved_every = saved_every
        self._published = Published(read)
        self._trust = trust
        self._memory = memory
        self._begin = begin
        self._state = Overlay(memory)
        self._seen = dict(memory.seen())
        self._known = self._recall()
        self._counts = Counter(self._known.counts)
        self._size = self._known_size = self._known.size
        self._tree = Range()
        self._note: Note | None = None
        self._open: dict[Coordinates, bytearray] = {}
        self.confirmed = not self._size or self._seen.get(self._size) == self._known.root

    def run(self, progress: Callable[[int, int], None]) -> Report:
        """Replay the log."""
        checkpoint = Checkpoint(self._trust.origin, 0, b"")
        resumed_from = self._size
        fault = None
        try:
            checkpoint, note, published = self._checkpoint()
            self._note = note
            self._compare_seen(checkpoint)
            for begun in self._bundles(checkpoint.size):
                self._replay(begun)
                progress(self._tree.size, checkpoint.size)
                if (begun.bundle.number + 1) % self._saved_every == 0:
                    self._put_by()
            self._finish(checkpoint, note)
            self._memory.pin(self._learned(), self._state.changes, published)
            self._seen[checkpoint.size] = checkpoint.root
        except FaultError as error:
            fault = error.fault
        return Report(
            origin=self._trust.origin,
            size=checkpoint.size,
            root=checkpoint.root.hex(),
            resumed_from=resumed_from,
            checked=self._size,
            counts=dict(sorted(self._counts.items())),
            checkpoints=len(self._seen),
            keys=len(find_kids(self._state)),
            rules=_rules(self._state),
            fault=fault,
        )

    def _recall(self) -> Remembered:
        """Return what is remembered of this log, or start with its first key."""
        first = self._trust.first_key()
        known = self._memory.recall()
        if known is None:
            self._state.apply(registration.genesis(self._trust.origin, first))
            return Remembered(self._trust.origin, first.kid)
        if (known.origin, known.first_kid) != (self._trust.origin, first.kid):
            raise InputError(
                f"what is remembered is of the log {known.origin!r} or of another first key: use "
                "another state"
            )
        return known

    def _learned(self) -> Remembered:
        """Return what is known by now."""
        return msgspec.structs.replace(
            self._known, size=self._size, root=self._tree.root(), counts=dict(self._counts)
        )

    def _put_by(self) -> None:
        """Remember tentatively what was learned since the last time."""
        if self._tree.size < self._size:
            return  # what is gone through again was learned before
        self._memory.remember(self._learned(), self._state.changes)
        self._state = Overlay(self._memory)

    def _checkpoint(self) -> tuple[Checkpoint, Note, bytes]:
        """Read the checkpoint, which is believed only once its key is known from the log itself."""
        checkpoint, note, published = self._published.checkpoint()
        if checkpoint.origin != self._trust.origin:
            raise FaultError(f"this is the log {checkpoint.origin!r}, not {self._trust.origin!r}", CHECKPOINT)
        return checkpoint, note, published

    def _compare_seen(self, checkpoint: Checkpoint) -> None:
        """Refuse a log that is shorter than it was, or another one at the same size."""
        greatest = max(self._seen, default=0)
        if greatest > checkpoint.size:
            what = f"rolled back to {checkpoint.size:,} statements: {greatest:,} were seen"
            raise self._contradiction(what, checkpoint.size)
        if self._size > checkpoint.size:
            raise FaultError(_UNCONFIRMED, CHECKPOINT, checkpoint.size)

    def _bundles(self, size: int) -> Iterator[_Begun]:
        """Yield the bundles, each read and begun to be checked while those before it are replayed."""
        ahead: deque[_Begun] = deque()
        fault = None
        for number in range(-(-size // WIDTH)):
            try:
                ahead.append(self._load(number, min(WIDTH, size - number * WIDTH)))
            except FaultError as error:
                fault = error  # it is told in its turn: another may come before it
                break
            # The first bundle is replayed before others are begun: it adds most of the keys that sign them.
            if len(ahead) > (AHEAD if number else 0):
                yield ahead.popleft()
        yield from ahead
        if fault:
            raise fault

    def _load(self, number: int, width: int) -> _Begun:
        """Read one bundle and what goes with it, and begin to check what is new in it."""
        bundle = self._published.bundle(number, width)
        fresh = min(width, max(0, self._known_size - number * WIDTH))
        return _Begun(bundle, fresh, self._begin(bundle.statements[fresh:], self._state))

    def _replay(self, begun: _Begun) -> None:
        """Replay one bundle of statements, as far as they are those of its entries and its tile."""
        bundle, fresh = begun.bundle, begun.fresh
        start = bundle.number * WIDTH
        sound = bundle.sound
        checked = begun.pending()
        for place in range(sound):
            if place >= fresh:
                self._judge(checked[place - fresh], start + place, bundle.statements[place], bundle.where)
            self._grow(start + place, bundle.leaves[place])
        if bundle.fault:
            raise bundle.fault

    def _judge(self, checked: Checked | Refused, index: int, data: bytes, where: str) -> None:
        """Judge one statement as the log must have done."""
        if isinstance(checked, Refused):
            raise FaultError(checked.reason, where, index)
        statement = checked.statement
        if statement.encoded != data:
            raise FaultError("the unprotected map is not empty", where, index)
        try:
            self._state.apply(registration.accept(checked, index, self._state))
        except (StatementError, RefusedError) as error:
            raise FaultError(str(error), where, index) from error
        self._counts[statement.kind] += 1
        self._size = index + 1

    def _grow(self, index: int, leaf: bytes) -> None:
        """Add a leaf; compare the tiles above and the checkpoints that were seen at this size."""
        completed = self._tree.append(leaf)
        if len(completed) > HEIGHT:  # tiles of level 0 are compared leaf by leaf
            for where, place, node in islice(kept(completed, index), 1, None):
                self._open.setdefault(where, bytearray()).extend(node)
                if place == WIDTH - 1:
                    self._compare_tile(where, WIDTH, index)
        size = self._tree.size
        seen = self._seen.get(size)
        if seen is not None and seen != self._tree.root():
            raise self._contradiction(f"forked: at {size:,} statements another root was seen", index)
        if size == self._known_size and not self.confirmed:
            if self._tree.root() != self._known.root:
                raise FaultError(_UNCONFIRMED, CHECKPOINT, index)
            self.confirmed = True

    def _contradiction(self, what: str, index: int) -> FaultError:
        """Return the fault of what contradicts what was seen: the log's, if the log has signed it."""
        keys = _log_keys(self._state, ever=True)
        if not any(self._note and self._note.signed_by(self._trust.origin, key) for key in keys):
            what += (
                "; but no key that the log is known to have had has signed this checkpoint: whoever serves "
                "it may have made it up"
            )
        return FaultError(what, CHECKPOINT, index)

    def _compare_tile(self, where: Coordinates, width: int, index: int) -> None:
        """Compare a tile above level 0 with the hashes that it must hold."""
        path, hashes = self._published.tile(where, index, width)
        if hashes != bytes(self._open.pop(where, b"")):
            raise FaultError("the tile does not hold the hashes of the tiles below", path, index)

    def _finish(self, checkpoint: Checkpoint, note: Note) -> None:
        """Compare what is partial, then the root, then believe the checkpoint if the log's key signed it."""
        last = checkpoint.size - 1
        for where, width in tiles_of(checkpoint.size):
            if where[0] and width < WIDTH:
                self._compare_tile(where, width, last)
        if self._tree.root() != checkpoint.root:
            raise FaultError("the statements do not lead to the root of the checkpoint", CHECKPOINT, None)
        if not any(note.signed_by(checkpoint.origin, key) for key in _log_keys(self._state)):
            raise FaultError("the checkpoint is not signed by a key that the log had then", CHECKPOINT, None)


def _rules(view: View) -> Rules | None:
    """Return the table in force, by which an auditor who has read it knows it again."""
    encoded = view.get(TABLE)
    if encoded is None:
        return None
    return Rules(table.read(encoded).version, sha256(encoded).hexdigest(), encoded == encode(table.shipped()))


def _log_keys(view: View, *, ever: bool = False) -> Iterator[VerifyingKey]:
    """Yield the keys of the log that are in force, or that ever were."""
    for kid in find_kids(view):
        record = find_key(view, kid)
        if record and record.role == registration.LOG and (ever or record.revoked is None):
            yield VerifyingKey.decode(record.encoded)
