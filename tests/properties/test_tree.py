"""The tree and its tiles against the definitions of RFC 9162, at every small size and at many large ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from bare_logs import BareLog, flipped
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.ledger.errors import CorruptLogError, ProofError
from tipstaff.ledger.log import grow
from tipstaff.ledger.tiles import (
    TileNodes,
    bundle_path,
    number_path,
    pack_bundle,
    statements_path,
    tile_path,
    tiles_of,
    unpack_bundle,
)
from tipstaff.ledger.tree import (
    EMPTY_ROOT,
    Nodes,
    Range,
    prove_consistency,
    prove_inclusion,
    root_of,
    subtrees,
    verify_consistency,
    verify_inclusion,
)

SMALL = 64
LARGE = 1 << 20
TILE = 256
EDGES = (255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537)
MOST = max(EDGES)

Mth = Callable[[int, int], bytes]
"""The definition of the hash of the tree over leaves [start, end)."""


def h(data: bytes) -> bytes:
    """Hash."""
    return sha256(data).digest()


def entry(index: int) -> bytes:
    """Return an entry that no other index has."""
    return h(b"entry %d" % index)


def split(size: int) -> int:
    """Return k of RFC 9162, the largest power of two smaller than a size, as its definition reads."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    """Return MTH(D[start:end]) of the entries above (RFC 9162, 2.1.1)."""
    if end - start == 0:
        return h(b"")
    if end - start == 1:
        return h(b"\x00" + entry(start))
    k = split(end - start)
    return h(b"\x01" + mth(start, start + k) + mth(start + k, end))


def path_of(index: int, start: int, end: int, tree: Mth) -> list[bytes]:
    """Return PATH(index, D[start:end]) (RFC 9162, 2.1.3.1)."""
    if end - start == 1:
        return []
    k = split(end - start)
    if index < k:
        return [*path_of(index, start, start + k, tree), tree(start + k, end)]
    return [*path_of(index - k, start + k, end, tree), tree(start, start + k)]


def subproof(old: int, start: int, end: int, tree: Mth, *, whole: bool) -> list[bytes]:
    """Return SUBPROOF(old, D[start:end], whole) (RFC 9162, 2.1.4.1)."""
    if old == end - start:
        return [] if whole else [tree(start, end)]
    k = split(end - start)
    if old <= k:
        return [*subproof(old, start, start + k, tree, whole=whole), tree(start + k, end)]
    return [*subproof(old - k, start + k, end, tree, whole=False), tree(start, start + k)]


def turns(index: int, size: int) -> list[bool]:
    """Say from the leaf up on which side its path has the other subtree: True is the right one."""
    found, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        left = index < middle
        found.append(left)
        start, end = (start, middle) if left else (middle, end)
    return found[::-1]


def shape(old: int, size: int) -> list[bool]:
    """Say from the smallest subtree up on which side a proof of consistency has the other one."""
    found, start, end = [], 0, size
    while old != end:
        middle = start + split(end - start)
        left = old <= middle
        found.append(left)
        start, end = (start, middle) if left else (middle, end)
    return found[::-1]


def nodes_of_all(level: int, number: int) -> bytes:
    """Give the complete subtrees of the log of the entries above."""
    return mth(number << level, (number + 1) << level)


def sparse(special: frozenset[int]) -> tuple[Nodes, Mth]:
    """Return a log of any size whose leaves are alike but for a few: a subtree without those costs nothing.

    It comes as complete subtrees, for the code under test, and as spans of leaves, for the definitions.
    """
    alike = [h(b"\x00")]
    while len(alike) <= LARGE.bit_length():
        alike.append(h(b"\x01" + alike[-1] * 2))

    @cache
    def tree(start: int, end: int) -> bytes:
        size = end - start
        if size & (size - 1) == 0 and not any(start <= index < end for index in special):
            return alike[size.bit_length() - 1]
        if size == 1:
            return h(b"\x00" + entry(start))
        k = split(size)
        return h(b"\x01" + tree(start, start + k) + tree(start + k, end))

    return lambda level, number: tree(number << level, (number + 1) << level), tree


def leads_to(root: bytes, leaf: bytes, index: int, size: int, path: list[bytes]) -> bool:
    """Say whether a path is taken for that of a leaf to a root."""
    try:
        return verify_inclusion(leaf, index, size, path) == root
    except ProofError:
        return False


def shows(old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> bool:
    """Say whether a proof of consistency is taken."""
    try:
        verify_consistency(old, old_root, size, root, proof)
    except ProofError:
        return False
    return True


def damaged(proof: list[bytes], foreign: bytes) -> Iterator[list[bytes]]:
    """Yield a proof that was cut, extended, altered or put in another order, in every place."""
    for at in range(len(proof)):
        yield [*proof[:at], *proof[at + 1 :]]
        yield [*proof[:at], flipped(proof[at], 8 * at), *proof[at + 1 :]]
        yield [*proof[:at], foreign, *proof[at:]]
        yield [*proof[:at], proof[at], *proof[at:]]
    yield [*proof, foreign]
    for at, (left, right) in enumerate(pairwise(proof)):
        if left != right:
            yield [*proof[:at], right, left, *proof[at + 2 :]]


@st.composite
def index_and_size(draw: st.DrawFn, most: int = LARGE) -> tuple[int, int]:
    """Draw a size, near a power of two as often as not, and an index below it."""
    power = draw(st.integers(1, most.bit_length() - 1))
    near = st.integers(-3, 3).map(lambda by: min(max((1 << power) + by, 1), most))
    size = draw(near | st.integers(1, most))
    index = draw(st.integers(0, size - 1) | st.sampled_from([0, size - 1, size // 2]))
    return index, size


# Proofs -------------------------------------------------------------------------------------------------


def test_roots_are_those_of_the_definition_at_every_small_size() -> None:
    """A range that grows by leaves, and complete subtrees, lead to the root of RFC 9162 at sizes to 64."""
    tree = Range()
    assert tree.root() == EMPTY_ROOT == mth(0, 0)
    for size in range(1, SMALL + 1):
        tree.append(mth(size - 1, size))
        assert tree.root() == root_of(nodes_of_all, size) == mth(0, size)


def test_every_inclusion_proof_at_every_small_size() -> None:
    """Every path at every size to 64 is the one of the definition, and leads to the root."""
    for size in range(1, SMALL + 1):
        for index in range(size):
            path = prove_inclusion(nodes_of_all, index, size)
            assert path == path_of(index, 0, size, mth)
            assert verify_inclusion(mth(index, index + 1), index, size, path) == mth(0, size)


def test_every_consistency_proof_at_every_small_size() -> None:
    """Every proof of consistency at every pair of sizes to 64 is that of the definition, and is accepted."""
    for size in range(1, SMALL + 1):
        for old in range(1, size + 1):
            proof = prove_consistency(nodes_of_all, old, size)
            assert proof == subproof(old, 0, size, mth, whole=True)
            verify_consistency(old, mth(0, old), size, mth(0, size), proof)


def test_the_empty_log_begins_every_log() -> None:
    """From the empty log nothing is to be proven, and only its own root will do."""
    for size in (0, 1, 2, 7, SMALL):
        assert prove_consistency(nodes_of_all, 0, size) == []
        verify_consistency(0, EMPTY_ROOT, size, mth(0, size), [])
        assert not shows(0, mth(0, 1), size, mth(0, size), [])
        assert not shows(0, mth(0, 1), size, mth(0, 1), [])
        assert not shows(0, EMPTY_ROOT, size, mth(0, size), [mth(0, 1)])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 21])
def test_no_path_is_taken_for_another(size: int) -> None:
    """At one size, a path proves one leaf at one index and nothing else, in any combination."""
    leaves = [mth(index, index + 1) for index in range(size)]
    for index, leaf in enumerate(leaves):
        path = prove_inclusion(nodes_of_all, index, size)
        for other_index in (-1, *range(size + 1)):
            for other_leaf in leaves:
                right = (other_index, other_leaf) == (index, leaf)
                assert leads_to(mth(0, size), other_leaf, other_index, size, path) == right


def test_a_path_is_taken_at_another_size_only_where_it_takes_the_same_turns() -> None:
    """A path leads to its root under another size only where no hash tells them apart; see the next test."""
    for size in range(1, 33):
        for index in range(size):
            path = prove_inclusion(nodes_of_all, index, size)
            for other in range(40):
                same = index < other and turns(index, other) == turns(index, size)
                assert leads_to(mth(0, size), mth(index, index + 1), index, other, path) == same


def test_a_path_never_leads_to_the_root_of_another_size() -> None:
    """A path does not lead to the root that the log has at any other size, which is what a log signs."""
    for size in range(1, 33):
        for index in range(size):
            path = prove_inclusion(nodes_of_all, index, size)
            for other in range(40):
                taken = leads_to(mth(0, other), mth(index, index + 1), index, other, path)
                assert taken == (other == size)


def test_a_proof_of_consistency_is_taken_at_other_sizes_only_where_it_has_the_same_shape() -> None:
    """A proof shows its roots under other sizes only where no hash tells these from its own."""
    pairs = [(old, size) for size in range(2, 17) for old in range(1, size)]
    whole = {1 << power for power in range(5)}
    for old, size in pairs:
        proof = prove_consistency(nodes_of_all, old, size)
        for other in pairs:
            same = shape(*other) == shape(old, size) and (other[0] in whole) == (old in whole)
            assert shows(other[0], mth(0, old), other[1], mth(0, size), proof) == same


@pytest.mark.parametrize("size", [2, 3, 6, 7, 8, 13])
def test_no_proof_of_consistency_is_taken_for_another(size: int) -> None:
    """A proof between two sizes shows no other old size, and nothing of another root."""
    for old in range(1, size):
        proof = prove_consistency(nodes_of_all, old, size)
        for other in range(size + 2):
            assert shows(other, mth(0, other), size, mth(0, size), proof) == (other == old)
            assert shows(old, mth(0, old), other, mth(0, other), proof) == (other == size)
            assert shows(old, mth(0, other), size, mth(0, size), proof) == (other == old)
            assert shows(old, mth(0, old), size, mth(0, other), proof) == (other == size)
        for start in range(1, size):
            assert not shows(old, mth(start, start + old), size, mth(0, size), proof)


def test_damaged_proofs_are_refused_at_every_small_size() -> None:
    """A path or proof of consistency that is cut, extended, altered or reordered is refused, to size 24."""
    foreign = h(b"foreign")
    for size in range(1, 25):
        for index in range(size):
            leaf, good = mth(index, index + 1), prove_inclusion(nodes_of_all, index, size)
            for path in damaged(good, foreign):
                assert not leads_to(mth(0, size), leaf, index, size, path)
                if len(path) != len(good):
                    with pytest.raises(ProofError, match=f"has {len(good)} hashes, not {len(path)}"):
                        verify_inclusion(leaf, index, size, path)
            for proof in damaged(prove_consistency(nodes_of_all, index + 1, size), foreign):
                assert not shows(index + 1, mth(0, index + 1), size, mth(0, size), proof)


@given(index_and_size())
def test_inclusion_at_large_sizes(drawn: tuple[int, int]) -> None:
    """Paths at sizes to 2^20 are those of the definition and lead to the root; nothing else does."""
    index, size = drawn
    near = {index ^ 1, index + 1, index - 1, index ^ size.bit_length(), size - 1, 0} & set(range(size))
    nodes, tree = sparse(frozenset({index, *near}))
    path = prove_inclusion(nodes, index, size)
    leaf, root = tree(index, index + 1), tree(0, size)
    assert path == path_of(index, 0, size, tree)
    assert root_of(nodes, size) == root == verify_inclusion(leaf, index, size, path)
    for other in near - {index}:
        assert not leads_to(root, leaf, other, size, path)
        assert not leads_to(root, tree(other, other + 1), index, size, path)
    for other in {size - 1, size + 1, size * 2, index}:
        if other != size:
            assert not leads_to(tree(0, other), leaf, index, other, path)
    for bad in damaged(path, h(b"foreign")):
        assert not leads_to(root, leaf, index, size, bad)


@given(index_and_size(), st.integers(0, 255))
def test_consistency_at_large_sizes(drawn: tuple[int, int], bit: int) -> None:
    """Proofs of consistency to 2^20 are those of the definition; with anything altered they are refused."""
    old, size = drawn[0] + 1, drawn[1]
    nodes, tree = sparse(frozenset({0, old - 1, old, size - 1}))
    proof = prove_consistency(nodes, old, size)
    old_root, root = tree(0, old), tree(0, size)
    assert proof == subproof(old, 0, size, tree, whole=True)
    verify_consistency(old, old_root, size, root, proof)
    assert not shows(old, flipped(old_root, bit), size, root, proof)
    assert not shows(old, old_root, size, flipped(root, bit), proof)
    for other in {1, old - 1, old + 1, size - 1} - {0, old, size}:
        if old != size:
            assert not shows(other, tree(0, other), size, root, proof)
    for bad in damaged(proof, h(b"foreign")):
        assert not shows(old, old_root, size, root, bad)


@given(index_and_size(), st.integers(0, LARGE))
def test_a_rewritten_leaf_is_never_consistent(drawn: tuple[int, int], altered: int) -> None:
    """A log in which one old entry was replaced has no proof that it continues the log as it was."""
    old, size = drawn[0] + 1, drawn[1]
    altered %= old
    _, before = sparse(frozenset({size - 1} - {altered}))
    nodes, after = sparse(frozenset({size - 1, altered}))
    proof = prove_consistency(nodes, old, size)
    assert not shows(old, before(0, old), size, after(0, size), proof)


@given(st.integers(-2, 70), st.integers(-2, 66))
def test_what_a_log_does_not_have_is_not_proven(first: int, size: int) -> None:
    """Neither an entry beyond the log nor an earlier state larger than it has a proof."""
    if not 0 <= first < size:
        with pytest.raises(ProofError, match="there is no entry"):
            prove_inclusion(nodes_of_all, first, size)
        with pytest.raises(ProofError, match="there is no entry"):
            verify_inclusion(h(b""), first, size, [])
    if not 0 <= first <= size:
        with pytest.raises(ProofError, match="has no earlier state"):
            prove_consistency(nodes_of_all, first, size)
        with pytest.raises(ProofError, match="has no earlier state"):
            verify_consistency(first, h(b""), size, h(b""), [])


@given(st.binary(max_size=40).filter(lambda data: len(data) != 32))
def test_only_hashes_lead_to_roots(data: bytes) -> None:
    """What has not the 32 bytes of a hash is refused as leaf, root or part of a proof."""
    good = h(b"")
    for leaf, path in ((data, [good]), (good, [data])):
        with pytest.raises(ProofError, match="hashes of 32 bytes"):
            verify_inclusion(leaf, 0, 2, path)
    with pytest.raises(ProofError, match="hashes of 32 bytes"):
        verify_consistency(1, good, 2, good, [data])
    assert not shows(1, data, 2, good, [good])
    assert not shows(1, good, 2, data, [good])


# Tiles --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows() -> list[list[bytes]]:
    """Return all complete subtrees over 65,537 leaves, by level, computed pair by pair."""
    found = [[h(b"\x00" + entry(index)) for index in range(MOST)]]
    while len(found[-1]) > 1:
        row = found[-1]
        found.append([h(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)])
    return found


@pytest.fixture(scope="module")
def tiles(rows: list[list[bytes]]) -> dict[tuple[int, int], bytes]:
    """Return the tiles that `grow` writes for 65,537 leaves in batches of odd sizes."""
    tree, start = Range(), 0
    stored: dict[tuple[int, int], bytes] = {}

    def tile(level: int, number: int) -> bytes:
        return stored.get((level, number), b"")

    for size in (1, 2, 255, 256, 257, 300, 511, 512, 513, 20_000, 65_535, 65_536, 65_537):
        stored.update(grow(tree, rows[0][start:size], tile))
        start = size
    return stored


def at_size(tiles: dict[tuple[int, int], bytes], size: int) -> Callable[[int, int], bytes]:
    """Give the tiles as they were at an earlier size."""

    def tile(level: int, number: int) -> bytes:
        width = max((size >> 8 * level) - number * TILE, 0)
        return tiles.get((level, number), b"")[: width * 32]

    return tile


def test_tiles_hold_every_eighth_level(rows: list[list[bytes]], tiles: dict[tuple[int, int], bytes]) -> None:
    """The tiles that grow are the hashes of levels 0, 8 and 16 in their order, and there are no others."""
    for level in (0, 1, 2):
        held = b"".join(tiles[level, number] for number in range(-(-len(rows[8 * level]) // TILE)))
        assert held == b"".join(rows[8 * level])
    assert {level for level, _ in tiles} == {0, 1, 2}


@pytest.mark.parametrize("size", EDGES)
def test_nodes_from_tiles_are_those_computed(
    size: int, rows: list[list[bytes]], tiles: dict[tuple[int, int], bytes]
) -> None:
    """Every complete subtree from full and partial tiles has the hash computed pair by pair; others fail."""
    nodes = TileNodes(at_size(tiles, size))
    for level in range(size.bit_length()):
        count = size >> level
        step = 1 if count <= 2 * TILE else 37
        for number in {*range(0, count, step), *range(max(count - 40, 0), count)}:
            assert nodes(level, number) == rows[level][number]
        with pytest.raises(CorruptLogError, match="lacks hash"):
            nodes(level, count)


@pytest.mark.parametrize("size", EDGES)
def test_proofs_from_tiles_cross_the_boundaries(
    size: int, rows: list[list[bytes]], tiles: dict[tuple[int, int], bytes]
) -> None:
    """Proofs from tiles verify, on both sides of every boundary between tiles, with next to no cache."""
    nodes = TileNodes(at_size(tiles, size), cached=1)
    root = root_of(nodes, size)
    places = {0, 1, 254, 255, 256, 257, 511, 512, 65_279, 65_280, 65_534, 65_535, 65_536, size - 1}
    for index in {place for place in places if place < size}:
        assert verify_inclusion(rows[0][index], index, size, prove_inclusion(nodes, index, size)) == root
        old = index + 1
        verify_consistency(old, root_of(nodes, old), size, root, prove_consistency(nodes, old, size))


def test_the_roots_of_tiles_and_ranges_agree(
    rows: list[list[bytes]], tiles: dict[tuple[int, int], bytes]
) -> None:
    """A range started again from tiles, at any edge, grows to the same roots as one that never stopped."""
    nodes = TileNodes(at_size(tiles, MOST))
    for before, after in pairwise(EDGES):
        tree = Range(before, [nodes(*subtree) for subtree in subtrees(before)])
        for leaf in rows[0][before:after] if after - before < 1000 else []:
            tree.append(leaf)
        assert tree.root() == root_of(nodes, tree.size)


def widths(size: int) -> set[tuple[tuple[int, int], int]]:
    """Return every tile that a tree has, with its width: all W hashes of level L, 256 to a tile."""
    found = set()
    level = 0
    while count := size >> 8 * level:
        found |= {((level, at // TILE), min(TILE, count - at)) for at in range(0, count, TILE)}
        level += 1
    return found


@given(st.data(), index_and_size(1 << 18))
def test_new_tiles_are_exactly_what_changes(data: st.DataObject, drawn: tuple[int, int]) -> None:
    """`tiles_of` names, once each, the tiles of a tree that are not tiles of the older one."""
    old, size = drawn
    old = data.draw(st.sampled_from([old, 0, size, old // TILE * TILE, max(size - 1, 0)]))
    found = list(tiles_of(size, old))
    assert len(found) == len(set(found))
    assert set(found) == widths(size) - widths(old)


@pytest.mark.parametrize("sizes", [(1, 255, 256, 257), (200, 300), (257, 511, 512, 514), (256, 1000)])
def test_an_export_that_grows_holds_what_a_fresh_one_does(sizes: tuple[int, ...], tmp_path: Path) -> None:
    """A growing export has each file of a fresh one, and else only partial ones.

    These were published, and have had no full one for longer than since this export.
    """
    log = BareLog()
    published: set[str] = set()
    before: set[str] = set()
    for size in sizes:
        signed = log.grow(size)
        grown = files(log.export(signed, tmp_path / "grown"))
        fresh = files(log.export(signed, tmp_path / str(size)))
        assert fresh.items() <= grown.items()
        left = set(grown) - set(fresh)
        assert left <= published
        assert all(".p/" in path and path.partition(".p/")[0] not in before for path in left)
        published |= set(fresh)
        before = set(grown)


def files(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


# Paths and bundles --------------------------------------------------------------------------------------


@given(st.integers(0, 10**12), st.integers(1, TILE))
def test_numbers_in_paths_read_back(number: int, width: int) -> None:
    """A path is groups of three digits, an x before all but the last, and .p/W only where it is partial."""
    path = number_path(number, width)
    match = re.fullmatch(r"((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d*))?", path)
    assert match
    assert int(match[1].replace("x", "").replace("/", "") + match[2]) == number
    assert int(match[3] or TILE) == width
    assert not match[1].startswith("x000")


def test_paths_are_those_of_the_specification() -> None:
    """The example of tlog-tiles, and what stands below the prefix of a log."""
    assert number_path(1_234_067) == "x001/x234/067"
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path(1, 273, 255) == "tile/1/273.p/255"
    assert bundle_path(1_000, 1) == "tile/entries/x001/000.p/1"
    assert statements_path(999) == "statements/999"


@given(st.lists(st.binary(max_size=300) | st.integers(0, 65_535).map(bytes), max_size=20), st.data())
def test_bundles_read_back(items: list[bytes], data: st.DataObject) -> None:
    """A bundle gives back its items; cut within one it is refused, cut after one it lacks the rest."""
    bundle = pack_bundle(items)
    assert unpack_bundle(bundle) == items
    cut = data.draw(st.integers(0, len(bundle)))
    ends = [len(pack_bundle(items[:count])) for count in range(len(items) + 1)]
    if cut in ends:
        assert unpack_bundle(bundle[:cut]) == items[: ends.index(cut)]
    else:
        with pytest.raises(ValueError, match="the bundle ends within item"):
            unpack_bundle(bundle[:cut])
