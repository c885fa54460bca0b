"""The inclusion and consistency cases that transparency-dev/merkle publishes."""

from __future__ import annotations

import base64

import msgspec
import pytest
from published import VECTORS, absent

from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.tree import EMPTY_ROOT, verify_consistency, verify_inclusion

CASES = VECTORS / "merkle" / "testdata"
COUNT = 196
SIZE_ZERO = "consistency/additional/size1-is-zero-and-size2-is-not-zero.json"
"""From nothing to something without a proof: refused there; here, as C2SP has it, every log begins so."""

pytestmark = absent(CASES)


class Inclusion(msgspec.Struct, rename="camel"):
    """A path, right or wrong."""

    leaf_idx: int
    tree_size: int
    root: str
    leaf_hash: str
    proof: list[str] | None
    want_err: bool


class Consistency(msgspec.Struct, rename="camel"):
    """A proof of consistency, right or wrong."""

    size1: int
    size2: int
    root1: str
    root2: str
    proof: list[str] | None
    want_err: bool


def names(kind: str) -> list[str]:
    """Return the cases of a kind, by their paths."""
    return [path.relative_to(CASES).as_posix() for path in sorted((CASES / kind).rglob("*.json"))]


def hashes(proof: list[str] | None) -> list[bytes]:
    """Decode the hashes of a proof."""
    return [base64.b64decode(node) for node in proof or ()]


def test_all_cases_are_there() -> None:
    """There are 196 cases, and one of them holds a convention that is another here."""
    assert len(names("inclusion")) + len(names("consistency")) == COUNT
    assert SIZE_ZERO in names("consistency")


@pytest.mark.parametrize("name", names("inclusion"))
def test_inclusion(name: str) -> None:
    """A path leads to the root where the case says so, and nowhere else."""
    case = msgspec.json.decode((CASES / name).read_bytes(), type=Inclusion)
    leaf, root = base64.b64decode(case.leaf_hash), base64.b64decode(case.root)
    try:
        right = verify_inclusion(leaf, case.leaf_idx, case.tree_size, hashes(case.proof)) == root
    except ProofError:
        right = False
    assert right == (not case.want_err)


@pytest.mark.parametrize("name", [name for name in names("consistency") if name != SIZE_ZERO])
def test_consistency(name: str) -> None:
    """A proof of consistency is accepted where the case says so, and refused elsewhere."""
    case = msgspec.json.decode((CASES / name).read_bytes(), type=Consistency)
    try:
        verify(case)
        right = True
    except ProofError:
        right = False
    assert right == (not case.want_err)


def test_the_convention_of_size_zero_is_another() -> None:
    """Every log continues the empty one here, as C2SP has it; the published case says that none does."""
    case = msgspec.json.decode((CASES / SIZE_ZERO).read_bytes(), type=Consistency)
    assert (case.size1, base64.b64decode(case.root1), case.proof, case.want_err) == (0, EMPTY_ROOT, [], True)
    verify(case)


def verify(case: Consistency) -> None:
    """Verify the proof of a case."""
    verify_consistency(
        case.size1,
        base64.b64decode(case.root1),
        case.size2,
        base64.b64decode(case.root2),
        hashes(case.proof),
    )
