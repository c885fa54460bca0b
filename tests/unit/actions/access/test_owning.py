"""What hosts have published, page by page: each post once, host by host, from wherever a page has ended."""

from __future__ import annotations

import pytest
from hostings import memory_world

from tipstaff.actions.access.owning import place_in, published
from tipstaff.actions.host import Host
from tipstaff.base.errors import InputError
from tipstaff.hosts.memory import MemoryHost


@pytest.fixture
def hosts() -> dict[str, Host]:
    """Return hosts that are not in the order of their names, one of them without posts."""
    worlds = {name: memory_world(MemoryHost(name)) for name in ("west", "east", "north")}
    for number in range(3):
        worlds["west"].publish("news", f"west {number}", None)
    for number in range(2):
        worlds["east"].publish("shop", f"east {number}", None)
    return {name: world.host for name, world in worlds.items()}


def test_pages_go_on_behind_one_another(hosts: dict[str, Host]) -> None:
    """Ids are those of each host: two hosts may have the same."""
    every = list(published(hosts, None))
    assert [place_in(one) for one in every] == ["east/m1", "east/m2", "west/m1", "west/m2", "west/m3"]
    for number, one in enumerate(every, start=1):
        assert list(published(hosts, place_in(one))) == every[number:]


@pytest.mark.parametrize("after", ["nowhere/m1", "east/m9", "north/m1"])
def test_a_place_that_there_is_not_is_refused(hosts: dict[str, Host], after: str) -> None:
    """Nothing is begun anew in silence."""
    with pytest.raises(InputError):
        list(published(hosts, after))
