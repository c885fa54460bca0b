"""What the tests of streams share: a small policy of their own, and ways to write inputs."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tipstaff import Policy, load_policy
from tipstaff.streams.files import Source, find_sources

Write = Callable[[str, bytes], Source]


@pytest.fixture(scope="session")
def mini() -> Policy:
    """Load a policy against mooncoin: offers are a violation, hints for review, warnings exempt offers."""
    return load_policy(Path(__file__).with_name("mini"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of a given name, packed as its ending says, and return it as a source."""

    def write(name: str, data: bytes) -> Source:
        path = tmp_path / name
        if path.suffix == ".gz":
            data = gzip.compress(data)
        elif path.suffix == ".zst":
            data = pa.compress(data, codec="zstd", asbytes=True)
        path.write_bytes(data)
        return find_sources([str(path)])[0]

    return write
