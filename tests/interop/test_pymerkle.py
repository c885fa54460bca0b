"""The package pymerkle computes the same roots."""

from __future__ import annotations

from pymerkle import InmemoryTree

from tipstaff.ledger.tree import Range, leaf_hash


def test_roots_are_equal_at_every_size_to_1000() -> None:
    """At every size from 0 to 1,000 the root is the one that pymerkle computes."""
    theirs, ours = InmemoryTree(algorithm="sha256"), Range()
    assert ours.root() == theirs.get_root(0)
    for size in range(1, 1001):
        entry = b"entry %d" % size
        theirs.append_entry(entry)
        ours.append(leaf_hash(entry))
        assert ours.root() == theirs.get_root(size)
