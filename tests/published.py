"""Where published test vectors are, if they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[2] / "shared" / "data" / "ledger_vectors"


def absent(folder: Path) -> pytest.MarkDecorator:
    """Skip the tests of a module, visibly, where the folder of its vectors is not at hand."""
    return pytest.mark.skipif(not folder.is_dir(), reason=f"the published vectors are not at hand ({folder})")
