"""Hosts for tests, each with the same accounts and app, and what publishes on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from squares import GIF, PNG, TIME, draft, image, square

from tipstaff.actions.host import Host, Snapshot
from tipstaff.casework.words import SubjectKind
from tipstaff.hosts.forgetful import ForgetfulHost
from tipstaff.hosts.memory import MemoryHost
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.screening.posts import Post

FILES: Final = (image(GIF, "image/gif"), image())
"""The images that posts show here."""

IDEMPOTENT: Final = {"memory": True, "forgetful": False, "square": True}
"""The hosts, by name, and whether they know an act by its key."""


class World(NamedTuple):
    """A host with the accounts `news` and `shop` and the app `signer`, and what publishes on it."""

    host: Host
    publish: Callable[[str, str, str | None], str]


@contextmanager
def hosting(name: str, folder: Path) -> Iterator[World]:
    """Make a host and fill it."""
    if name == "square":
        with square_world(folder) as world:
            yield world
    else:
        yield memory_world(MemoryHost() if name == "memory" else ForgetfulHost(name))


def memory_world(host: MemoryHost) -> World:
    """Fill a host in memory."""
    for name in ("news", "shop"):
        host.register(SubjectKind.ACCOUNT, name)
    host.register(SubjectKind.APP, "signer")
    numbers = count(1)

    def publish(account: str, text: str, app: str | None) -> str:
        name = f"m{next(numbers)}"
        post = Post(id=name, account=account, text=text, published_at=TIME, host=host.name, app=app)
        host.publish(Snapshot(post, ("chart.png",), {"handle": account}, FILES))
        return name

    return World(host, publish)


@contextmanager
def square_world(folder: Path) -> Iterator[World]:
    """Fill a square."""
    with square(folder) as (_, platform, host):
        for name in ("news", "shop"):
            platform.register_account(name, name.title())
        platform.register_app(
            "signer", AppDetails("Signer", "Signer Ltd", ("sign",), "https://signer.example")
        )

        def publish(account: str, text: str, app: str | None) -> str:
            given = draft(text, images=("chart.png",), app=app, files=(GIF, PNG))
            return platform.publish(account, given)

        yield World(host, publish)
