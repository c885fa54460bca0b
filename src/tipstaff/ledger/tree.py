"""The Merkle tree of RFC 9162, section 2.1: hashes, proofs, and roots that grow by one leaf at a time.

A subtree that is complete is named by its level and its number: (0, i) is leaf i, and (k, n) the node over
the 2^k leaves from n * 2^k on. A tree of any size is a row of complete subtrees of falling height, its
*range*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from tipstaff.ledger.errors import ProofError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

Subtree: TypeAlias = tuple[int, int]
"""Level and number of a complete subtree."""

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree by its level and number."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash a node."""
    return sha256(b"\x01" + left + right).digest()


class Range:
    """The complete subtrees of a tree, from left to right: all that its root and its growth depend on."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Start from the subtrees that `subtrees(size)` names."""
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add leaf `index`; returns the hashes of the subtrees that it completed, by level from 0 on.

        That of level k is number `index >> k` there.
        """
        number, node = self.size, leaf
        completed = [leaf]
        while number & 1:
            node = node_hash(self.hashes.pop(), node)
            completed.append(node)
            number >>= 1
        self.hashes.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root."""
        return fold(self.hashes)

    def copy(self) -> Range:
        """Return another one that grows on its own."""
        return Range(self.size, self.hashes)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Hash a row of subtrees of falling height into one."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def subtrees(size: int, start: int = 0) -> list[Subtree]:
    """Name the complete subtrees over the leaves [start, size), `start` being on the edge of the largest."""
    found = []
    for level in range((size - start).bit_length() - 1, -1, -1):
        if (size - start) >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root_of(nodes: Nodes, size: int) -> bytes:
    """Return the root of the tree at that size."""
    return fold([nodes(*subtree) for subtree in subtrees(size)])


def prove_inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the path from leaf `index` to the root at `size` (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a log of {size:,}")
    # Below the level at which the paths of the leaf and of the last leaf meet, every sibling is complete; at
    # it, the sibling may end with the tree; above it, all siblings are to the left.
    meet = (index ^ (size - 1)).bit_length() - 1
    path = [nodes(level, index >> level ^ 1) for level in range(meet)]
    if meet >= 0:
        start = (index >> meet ^ 1) << meet
        path.append(_hash_of(nodes, (start, min(size, start + (1 << meet)))))
    above = index >> meet + 1
    for level in range(meet + 1, size.bit_length()):
        if above & 1:
            path.append(nodes(level, above ^ 1))
        above >>= 1
    return path


def prove_consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """Return the proof that the tree at `old` is a beginning of the tree at `size` (RFC 9162, 2.1.4.1)."""
    if not 0 <= old <= size:
        raise ProofError(f"a log of {size:,} entries has no earlier state of {old:,}")
    if old in (0, size):
        return []
    return [_hash_of(nodes, part) for part in _consistency(old, 0, size, whole=True)]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a path leads to (RFC 9162, 2.1.3.2); the caller compares or verifies it.

    Raises `ProofError` when the path cannot be one of that leaf at that size.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a log of {size:,}")
    _hashes([leaf, *path])
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        raise ProofError(
            f"the path of entry {index} at size {size:,} has {inner + border} hashes, not {len(path)}"
        )
    node = leaf
    for level, sibling in enumerate(path):
        # Within the subtree that ends at the last leaf the bits of the index tell the side; above, all is
        # left.
        right = level < inner and not index >> level & 1
        node = node_hash(node, sibling) if right else node_hash(sibling, node)
    return node


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that a tree is a beginning of another (RFC 9162, 2.1.4.2).

    Raises `ProofError` when the proof does not show it.
    """
    if not 0 <= old <= size:
        raise ProofError(f"a log of {size:,} entries has no earlier state of {old:,}")
    _hashes(proof)
    if old in (0, size):
        if proof:
            raise ProofError("nothing is to be proven between these sizes, yet there is a proof")
        if (old == 0 and old_root != EMPTY_ROOT) or (old == size and old_root != root):
            raise ProofError(f"two roots at size {old:,}: the log has forked")
        return
    path = list(proof)
    if not old & (old - 1):
        path.insert(0, old_root)  # a complete tree is a node of the larger one, and the proof leaves it out
    if not path:
        raise ProofError("the proof of consistency is empty")
    first, second = old - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    old_node = node = path[0]
    for sibling in path[1:]:
        if not second:
            raise ProofError("the proof of consistency is too long")
        if first & 1 or first == second:
            old_node, node = node_hash(sibling, old_node), node_hash(sibling, node)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            node = node_hash(node, sibling)
        first, second = first >> 1, second >> 1
    if second:
        raise ProofError("the proof of consistency is too short")
    if old_node != old_root or node != root:
        raise ProofError(f"the log at {size:,} entries is no continuation of the log at {old:,}")


def _consistency(old: int, start: int, end: int, *, whole: bool) -> list[tuple[int, int]]:
    """Return the spans of SUBPROOF(old, [start, end), whole), `old` being a size."""
    spans = []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return spans[::-1]


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


def _hash_of(nodes: Nodes, span: tuple[int, int]) -> bytes:
    """Return the hash of the tree over a span of leaves."""
    start, end = span
    return fold([nodes(*subtree) for subtree in subtrees(end, start)])


def _hashes(path: Sequence[bytes]) -> None:
    """Refuse anything but hashes."""
    if any(not isinstance(node, bytes) or len(node) != HASH_SIZE for node in path):
        raise ProofError(f"leaves and paths are hashes of {HASH_SIZE} bytes")
