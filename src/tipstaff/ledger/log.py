"""The writer of a log: the one place where a mistake could sign two histories.

A batch goes through four steps, and a process may die between any two of them, or within one:

1. *check* each statement, in a transaction that holds the write lock;
2. *commit* statements, tiles and state together. Dying before leaves nothing; dying after leaves statements
   that nobody was told of. They are part of the log all the same: step 3 takes them up on the next start.
3. *publish*: read back what was committed since the last checkpoint, hash it again, and sign a checkpoint
   over it. What is signed was on the disk first. Dying here leaves what step 2 left.
4. *swap* the last checkpoint, kept apart, from the one we went on from to the new one. Dying before the swap
   is durable loses a signature that nobody has seen; the next start signs the same root again. Dying after it
   leaves a log whose caller does not know: he sends the same statements again, and is told where they stand.

Only then is anybody told. A store that is behind its last checkpoint, or does not lead to its root, was
rolled back or damaged: nothing more is signed. A second writer fails at the transaction, at the size that
he finds moved on, or at the swap; which of two checkpoints stands is decided by the swap alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from tipstaff.base.errors import InputError
from tipstaff.ledger import registration
from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, RefusedError, StatementError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.readback import read_back
from tipstaff.ledger.state import Overlay, View, author_key, find_author, find_key, positions_key
from tipstaff.ledger.statement import Statement
from tipstaff.ledger.store import Checkpoints, Store, Transaction
from tipstaff.ledger.tiles import Coordinates, TileNodes, kept
from tipstaff.ledger.tree import HASH_SIZE, Range, leaf_hash, subtrees
from tipstaff.ledger.verification import Checked, Refused, check

AHEAD: Final = 300
"""Seconds that iat may lie ahead of the log's clock.

One that lies far ahead would shut out all who come after.
"""

GENESIS_SIZE: Final = 2
"""A log begins with its rules and its key: a checkpoint over one entry would have receipts without a path."""


class Registered(NamedTuple):
    """A statement that is on the log, under a checkpoint that is signed."""

    entry: bytes
    position: int


Outcome: TypeAlias = Registered | Refused


class Log:
    """A log that is written to. One process has it; within it, calls to `append` follow one another."""

    def __init__(
        self,
        origin: str,
        keys: Sequence[SigningKey],
        store: Store,
        checkpoints: Checkpoints,
        clock: Callable[[], int],
    ) -> None:
        """Open a log, and finish what an earlier writer left.

        `keys` are those of the log; `clock` gives seconds.

        Raises `LogError` when the store is not what the last checkpoint says.
        """
        self.origin = origin
        self.store = store
        self._keys = {key.public.kid: key for key in keys}
        self._checkpoints = checkpoints
        self.now = clock
        self._range: Range | None = None
        self._last: SignedCheckpoint | None = None
        self._recover()

    @property
    def last(self) -> SignedCheckpoint:
        """The last checkpoint."""
        if self._last is None:
            raise InputError("the log has no checkpoint yet: it has not been begun")
        return self._last

    def append(self, statements: Sequence[bytes]) -> list[Outcome]:
        """Check and register a batch of statements, in this order; returns what became of each."""
        return self.register(check(statements, self.store))

    def register(self, checked: Sequence[Checked | Refused]) -> list[Outcome]:
        """Register a batch of statements whose signatures were checked; returns what became of each.

        The same statement again is answered with the place that it has; another one with the same author
        and identifier, or one that the rules refuse, is refused and the others go on. Raises `LogError`
        when the log cannot go on, and whatever the store raises when it cannot write; the log then starts
        from what it holds.
        """
        try:
            if self._range is None:
                self._recover()
            with self.store.transaction() as transaction:
                outcomes = self._write(checked, transaction)
            self._publish()
        except BaseException:
            self._range = None  # what is on the disk is uncertain: the next call reads it again
            raise
        return outcomes

    def hold(self, key: SigningKey) -> None:
        """Take a private key that the log may come to sign with."""
        self._keys[key.public.kid] = key

    def signing_key(self) -> SigningKey:
        """Return the key that signs for the log now: the last that was added and is not revoked."""
        if self.store.size < GENESIS_SIZE:
            return next(iter(self._keys.values()))
        return self._key_in_force(self.store)

    def _key_in_force(self, view: View) -> SigningKey:
        """Return the key that signs for the log in a state. Raises `InputError` where it is not here."""
        records = {kid: find_key(view, kid) for kid in self._keys}
        valid = [
            (record.added, kid)
            for kid, record in records.items()
            if record and record.role == registration.LOG and record.revoked is None
        ]
        if not valid:
            raise InputError(
                "none of the log's private keys here is in force: add the key that was rotated in"
            )
        return self._keys[max(valid)[1]]

    def _write(self, checked: Sequence[Checked | Refused], transaction: Transaction) -> list[Outcome]:
        """Judge a batch, and write what is accepted of it (steps 1 and 2)."""
        size = self.last.checkpoint.size if self._last else 0
        if transaction.size != size:
            raise AnotherWriterError(
                f"another writer has moved the log from {size:,} to {transaction.size:,} entries"
            )
        overlay = Overlay(transaction)
        keys = _looked_up_first(checked)
        overlay.foresee(keys, transaction.get_all(keys))
        accepted: list[Statement] = []
        outcomes: list[Outcome] = []
        latest = self.now() + AHEAD
        for item in checked:
            if isinstance(item, Refused):
                outcomes.append(item)
                continue
            position = size + len(accepted)
            outcome = _judge(item, position, overlay, latest)
            if isinstance(outcome, Registered) and outcome.position == position:
                accepted.append(item.statement)
            outcomes.append(outcome)
        if accepted:
            self._key_in_force(overlay)  # what nobody here could sign for is not committed
            entries = [statement.entry for statement in accepted]
            encoded = [statement.encoded for statement in accepted]
            tiles = grow(self._grown(), map(leaf_hash, entries), transaction.tile)
            transaction.write(encoded, entries, tiles, overlay.changes)
        return outcomes

    def _grown(self) -> Range:
        """Return a copy of the range at the last checkpoint."""
        return self._range.copy() if self._range else Range()

    def _recover(self) -> None:
        """Start from the store, which must lead to the last checkpoint; publish what came after."""
        self._last = self._checkpoints.last()
        if self._last is None:
            self._range = Range()
        else:
            origin, size, root = self._last.checkpoint
            if origin != self.origin:
                raise InputError(f"this is the log {origin!r}, not {self.origin!r}")
            if self.store.size < size:
                raise CorruptLogError(
                    f"the store holds {self.store.size:,} statements, but a checkpoint over "
                    f"{size:,} was signed: "
                    "it was rolled back. Restore a newer backup; never sign over this one"
                )
            nodes = TileNodes(self.store.tile)
            self._range = Range(size, [nodes(*subtree) for subtree in subtrees(size)])
            if self._range.root() != root:
                raise CorruptLogError(
                    f"the tiles do not lead to the checkpoint that was signed over {size:,} entries"
                )
        self._publish()

    def _publish(self) -> None:
        """Read back what was committed since the last checkpoint, and sign over it (steps 3 and 4)."""
        size, tree = self.store.size, self._grown()
        if size == tree.size:
            return
        if size < GENESIS_SIZE:
            raise CorruptLogError("the log holds its rules without its key: it was not begun properly")
        for _ in read_back(self.store, tree, size):
            pass
        signed = sign_checkpoint(Checkpoint(self.origin, size, tree.root()), self.now(), self.signing_key())
        self._checkpoints.swap(self._last, signed)
        self._last, self._range = signed, tree


def grow(tree: Range, leaves: Iterable[bytes], tile: Callable[[int, int], bytes]) -> dict[Coordinates, bytes]:
    """Append leaves to a range; returns the tiles that grew, whole."""
    grown: dict[Coordinates, bytearray] = {}
    for leaf in leaves:
        for where, place, node in kept(tree.append(leaf), tree.size - 1):
            if where not in grown:
                grown[where] = bytearray(tile(*where)[: place * HASH_SIZE])
            grown[where] += node
    return {where: bytes(data) for where, data in grown.items()}


def _looked_up_first(checked: Sequence[Checked | Refused]) -> list[bytes]:
    """Return the keys that are looked up for each statement, and are there for few of them."""
    statements = [item.statement for item in checked if isinstance(item, Checked)]
    authors = [author_key(statement.iss, statement.cti) for statement in statements]
    return authors + [positions_key(statement.entry) for statement in statements]


def _judge(checked: Checked, position: int, overlay: Overlay, latest: int) -> Outcome:
    """Judge one statement, and put what it changes on top of the state."""
    statement = checked.statement
    same = find_author(overlay, statement.iss, statement.cti)
    if same is not None and same[1] == statement.entry:
        return Registered(statement.entry, same[0])
    if statement.iat > latest:
        return Refused(f"iat lies in the future: more than {AHEAD} s ahead of the clock of this log")
    try:
        overlay.apply(registration.accept(checked, position, overlay))
    except (RefusedError, StatementError) as error:
        return Refused(str(error))
    return Registered(statement.entry, position)
