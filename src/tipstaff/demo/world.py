"""The invented world, as it is kept: accounts, apps, readers, posts, complaints, an order."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
from msgspec.structs import replace

from tipstaff.casework.events import Reason
from tipstaff.casework.orders.events import Scope
from tipstaff.hosts.square.pages import Draft
from tipstaff.policy.model import Verdict

DATA: Final = files("tipstaff.demo") / "data"


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something of the world; what it does not know is a fault in the data."""


class Person(_Kept, frozen=True, kw_only=True):
    """Somebody who works for the platform, and signs."""

    name: str
    role: str


class App(_Kept, frozen=True, kw_only=True):
    """A third-party app."""

    id: str
    name: str
    publisher: str
    scopes: tuple[str, ...]
    url: str


class Account(_Kept, frozen=True, kw_only=True):
    """A public account, and how many of the readers follow it."""

    handle: str
    name: str
    bio: str
    followers: int
    verified_name: str | None = None


class WorldPost(_Kept, frozen=True, kw_only=True):
    """A post of the world.

    `images` are addresses, and `files` images of the demo that square is to hold. `expect` is the verdict of
    the policy; `fair` is what its author thinks of it where that is another.
    """

    id: str
    account: str
    published_at: str
    lang: str
    text: str
    title: str | None = None
    url: str | None = None
    images: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    sponsored: bool = False
    app: str | None = None
    expect: Verdict = Verdict.NONE
    fair: Verdict | None = None

    @property
    def draft(self) -> Draft:
        """What its account gives to square."""
        return Draft(
            text=self.text,
            published_at=self.published_at,
            title=self.title,
            url=self.url,
            images=self.images,
            lang=self.lang,
            sponsored=self.sponsored,
            app=self.app,
            files=tuple((DATA / "images" / file).read_bytes() for file in self.files),
        )


class Complaint(_Kept, frozen=True, kw_only=True):
    """What a reader complains of: an account or an app, or a post of it."""

    by: str
    about: str
    reason: Reason
    text: str
    post: str | None = None


class Order(_Kept, frozen=True, kw_only=True):
    """A formal order of an authority against some accounts; `kept` are left when it was narrowed."""

    authority: str
    reference: str
    basis: str
    scope: Scope
    accounts: tuple[str, ...]
    kept: tuple[str, ...]
    territory: str
    deadline: datetime
    text: str
    narrowed: str


_ONE_EACH: Final = {"persons": "person", "apps": "app", "accounts": "account", "complaints": "complaint"}
"""What stands in `world.toml` as one table after another."""


class World(_Kept, frozen=True, kw_only=True, rename=_ONE_EACH):
    """All of it. `begins` is when Tipstaff begins to look at what was published before."""

    origin: str
    begins: datetime
    readers: tuple[str, ...]
    persons: tuple[Person, ...]
    apps: tuple[App, ...]
    accounts: tuple[Account, ...]
    complaints: tuple[Complaint, ...]
    order: Order
    posts: tuple[WorldPost, ...] = ()


def read_world(folder: Traversable = DATA) -> World:
    """Read the world from its two files."""
    world = msgspec.convert(tomllib.loads((folder / "world.toml").read_text("utf-8")), World)
    lines = (folder / "posts.jsonl").read_bytes().splitlines()
    return replace(world, posts=tuple(msgspec.json.decode(line, type=WorldPost) for line in lines))
