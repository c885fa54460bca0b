"""Both engines on real posts, when the shared data is at hand: every finding is the same.

`tools/compare_engines.py` does the same for the whole stream.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from tipstaff.policy.faults import Faults
from tipstaff.policy.load import read_policy, shipped_policies
from tipstaff.policy.model import Policy
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.posts import Post
from tipstaff.screening.relax import relax

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
EVERY = 120
"""One post in so many of the stream is screened."""

BATCH = 256

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data is not at hand ({DATA})")


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    """Return the policies that ship; skipped if the files of one cannot be read at the moment."""
    found = []
    for name, folder in shipped_policies().items():
        faults = Faults()
        policy = read_policy(folder, faults, relax)
        if policy is None or faults:
            pytest.skip(f"{name} cannot be read: {faults.found[0]}")
        found.append(policy)
    return found


def in_batches(posts: Iterator[Post]) -> Iterator[list[Post]]:
    """Yield posts in batches."""
    while batch := list(islice(posts, BATCH)):
        yield batch


def agree(posts: Iterator[Post], policies: list[Policy]) -> tuple[int, int]:
    """Screen posts with both engines; return how many posts and findings there were."""
    seen = found = 0
    for batch in in_batches(posts):
        columnar = screen(batch, policies)
        reference = screen(batch, policies, engine=EngineName.REFERENCE)
        differing = {finding.post for finding in set(columnar) ^ set(reference)}
        assert not differing, f"the engines differ on {[post for post in batch if post.id in differing]}"
        assert columnar == reference
        seen, found = seen + len(batch), found + len(columnar)
    return seen, found


def stream() -> Iterator[Post]:
    """Yield every so manyth post of the stream."""
    with gzip.open(DATA / "stream.jsonl.gz") as lines:
        for line in islice(lines, 0, None, EVERY):
            yield msgspec.json.decode(line, type=Post)


def test_the_stream(policies: list[Policy]) -> None:
    """On a slice of the real stream both engines find the same, finding by finding."""
    seen, found = agree(stream(), policies)
    assert seen > 500
    assert found > 0


class Labelled(msgspec.Struct):
    """A line of the evaluation data."""

    id: str
    text: str


@pytest.mark.parametrize(
    "name", ["violation", "permitted", "unrelated", "evasion", "evasion_controls", "boundary"]
)
def test_the_labelled_posts(policies: list[Policy], name: str) -> None:
    """On the labelled posts both engines find the same, finding by finding."""
    lines = (DATA / "crypto_promotion" / f"{name}.jsonl").read_bytes().splitlines()
    labelled = [msgspec.json.decode(line, type=Labelled) for line in lines]
    seen, _ = agree((Post(id=row.id, account=name, text=row.text) for row in labelled), policies)
    assert seen == len(lines)
