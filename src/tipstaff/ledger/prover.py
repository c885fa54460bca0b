"""What a log hands out of its tree: receipts, proofs as text, and receipts of consistency."""

from __future__ import annotations

from tipstaff.base.errors import InputError
from tipstaff.ledger.checkpoint import SignedCheckpoint
from tipstaff.ledger.proof import format_proof
from tipstaff.ledger.receipt import consistency_receipt, inclusion_receipt
from tipstaff.ledger.store import Checkpoints, Store
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import prove_consistency, prove_inclusion


class Prover:
    """Proves from what is stored; it signs nothing and may run beside the writer."""

    def __init__(self, store: Store, checkpoints: Checkpoints) -> None:
        self.store = store
        self._checkpoints = checkpoints
        self._nodes = TileNodes(store.tile)

    def receipt(self, position: int) -> bytes:
        """Return the receipt of a statement, always the same: under the first checkpoint over it."""
        signed = self._checkpoints.covering(position)
        if signed is None or position < 0:
            raise InputError(
                f"no checkpoint is over statement {position} yet: the log holds {self.store.size:,}"
            )
        return inclusion_receipt(
            signed, position, prove_inclusion(self._nodes, position, signed.checkpoint.size)
        )

    def proof(self, position: int) -> bytes:
        """Return the proof of a statement as text, under the last checkpoint."""
        last = self._last()
        return format_proof(position, prove_inclusion(self._nodes, position, last.checkpoint.size), last.note)

    def consistency(self, old: int) -> bytes:
        """Return the receipt that the log at `old` entries is a beginning of the log as last signed."""
        last = self._last()
        return consistency_receipt(last, old, prove_consistency(self._nodes, old, last.checkpoint.size))

    def _last(self) -> SignedCheckpoint:
        """Return the last checkpoint."""
        last = self._checkpoints.last()
        if last is None:
            raise InputError("nothing was signed yet")
        return last
