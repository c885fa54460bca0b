"""One Chromium for each module: with it runs an event loop, in which no other test may begin one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsers import chromium
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with chromium() as started:
        yield started
