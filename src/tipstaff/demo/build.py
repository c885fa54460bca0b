"""Building the world: an installation with people and a policy, and a square on which all have published."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from tipstaff.assembly.casework import add_person, adopt, install, open_square
from tipstaff.demo.clock import StoryClock
from tipstaff.demo.place import Place
from tipstaff.demo.world import World
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.hosts.square.platform import Platform
from tipstaff.policy.model import Policy

Progress = Callable[[int, int], None]
"""What is told how many of how many are done."""


def build(
    world: World, place: Place, policy: Policy, clock: StoryClock, progress: Progress
) -> Mapping[str, str]:
    """Make the installation; returns which id each post of the world has got on square."""
    install(place.installation, world.origin, clock)
    for person in world.persons:
        add_person(place.installation, person.name, person.role, clock)
    adopt(place.installation, policy, clock)
    with open_square(place.installation) as square:
        return _publish(world, square, progress)


def _publish(world: World, square: Platform, progress: Progress) -> Mapping[str, str]:
    """Open accounts and apps, let readers follow, and publish all posts in the order of their time."""
    ids: dict[str, str] = {}
    follows = following(world)
    total = len(follows) + len(world.posts)
    for app in world.apps:
        square.register_app(app.id, AppDetails(app.name, app.publisher, app.scopes, app.url))
    for account in world.accounts:
        square.register_account(account.handle, account.name, account.bio, account.verified_name)
    for done, (reader, handle) in enumerate(follows, start=1):
        square.follow(reader, handle)
        progress(done, total)
    for done, post in enumerate(world.posts, start=len(follows) + 1):
        ids[post.id] = square.publish(post.account, post.draft)
        progress(done, total)
    return ids


def following(world: World) -> list[tuple[str, str]]:
    """Return who follows which account, the same at every run."""
    return [
        (reader, account.handle)
        for account in world.accounts
        for reader in random.Random(account.handle).sample(world.readers, account.followers)  # noqa: S311
    ]
