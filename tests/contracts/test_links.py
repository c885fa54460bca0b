"""Where links are kept: what every store of them does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DATABASES, database
from msgspec.structs import replace

from tipstaff.actions.access.links import Link, Links, Purpose
from tipstaff.actions.access.memory import MemoryLinks
from tipstaff.storage.access.links import SqlLinks
from tipstaff.storage.access.migrate import MIGRATIONS

LINK = Link("0b", bytes(range(32)), 7, Purpose.APPEAL, bytes(32), "alice", 5)


@pytest.fixture(params=["memory", *DATABASES])
def links(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Links]:
    """Each store in turn."""
    if request.param == "memory":
        yield MemoryLinks()
        return
    with database(request.param, tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        yield SqlLinks(engine)


def test_links_are_those_into_their_case(links: Links) -> None:
    """They come the oldest first, of equals by their ids, and are changed one by one."""
    assert (links.link("0b"), links.links(7)) == (None, [])
    same = replace(LINK, id="0a", purpose=Purpose.HEARING, digest=b"\xff" * 32)
    older = replace(LINK, id="0c", made_at=4, by="bob")
    other = replace(LINK, id="0d", case=2**40)
    for link in (LINK, same, older, other):
        links.keep_link(link)
    assert links.links(7) == [older, same, LINK]
    assert links.links(2**40) == [other]
    links.keep_link(replace(LINK, revoked_at=9))
    assert links.link("0b") == replace(LINK, revoked_at=9)
    assert links.link("0a") == same
    assert links.link("0e") is None
