"""Policies, for those who own them: put in shadow, in force, or retired, and tried on what was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.desk import Desk
from tipstaff.actions.host import Host
from tipstaff.actions.paging import page_of
from tipstaff.actions.policies import Shelf, State, Stated, find_version, in_force, versions
from tipstaff.actions.screening.looking import Looked
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Policy
from tipstaff.screening.backtest import Backtest, Change, Example
from tipstaff.screening.engine import screen
from tipstaff.screening.posts import Post


class Compared(NamedTuple):
    """What two versions make of some posts; `next` is what the posts behind these begin after."""

    backtest: Backtest
    posts: Sequence[Post]
    next: str | None

    @property
    def changed(self) -> list[Example]:
        """The posts of which they make something else, in order."""
        place = {id(post): number for number, post in enumerate(self.posts)}
        found = (kept for change in Change for _, kept in self.backtest.examples(change))
        return sorted(chain.from_iterable(found), key=lambda one: place[id(one.post)])


_OWNER: Final = "policy_owner"
"""The role of the ledger in which policies are stated."""


class Owning(Wing):
    """Policies: a version is named by NAME, NAME@VERSION or, where there are several of that, its reference.

    What is stated is signed by who asks. Everything raises `ForbiddenError`, `MissingError` where no such
    version ships or was stated here, `InputError` where several may be meant, `CaseError` where it cannot be
    as things stand, and `LogError`.
    """

    def __init__(self, desk: Desk, principal: Principal, shelf: Shelf) -> None:
        super().__init__(desk, principal)
        self._shelf = shelf

    def shadow(self, named: str) -> Stated:
        """Have a version found with beside the one in force; nothing comes of it. Returns how it stands."""
        owner = self._owner()
        policy = self._chosen(named, State.SHADOW)
        self._shelf.shadow(policy, owner)
        return self._standing(policy.reference)

    def adopt(self, named: str) -> Stated:
        """Put a version in force, and retire the one before. Returns how it stands."""
        owner = self._owner()
        policy = self._chosen(named, State.SHADOW, State.IN_FORCE)
        self._shelf.adopt(policy, owner)
        return self._standing(policy.reference)

    def retire(self, named: str) -> Stated:
        """Have nothing found, and nothing decided, under a version any more."""
        owner = self._owner()
        found = find_version(self._desk.policies, named, [State.SHADOW, State.IN_FORCE])
        if found is None:
            told = f"no version of {named} is in shadow or in force here: see `GET /v1/policies`"
            raise CaseError(told) if self._stated(named) else MissingError(told)
        self._shelf.retire(found.reference, owner)
        return self._standing(found.reference)

    def compare(self, named: str, most: int, after: str | None) -> Compared:
        """Run a version in shadow, and the one in force, over some of what hosts have published.

        `after` is where the page before ended. Raises `HostError`.
        """
        self._principal.require(Permission.MANAGE_POLICIES)
        new = find_version(self._desk.policies, named, [State.SHADOW])
        old = in_force(self._desk.policies, named.partition("@")[0])
        if new is None or old is None:
            lacks = "in shadow" if new is None else "in force"
            told = f"no version of {named} is {lacks} here: one in shadow is compared with the one in force"
            raise CaseError(told) if self._stated(named) else MissingError(told)
        page = page_of(published(self._desk.hosts, after), most)
        backtest = Backtest(self._shelf.load(old.reference), self._shelf.load(new.reference), keep=most)
        backtest.add(page.items)
        return Compared(backtest, page.items, place_in(page.items[-1]) if page.more else None)

    def look(self, post: Post) -> list[Looked]:
        """Return what each version in shadow finds on a post, of which nothing is kept: one look for each."""
        self._principal.require(Permission.MANAGE_POLICIES)
        shadow = [one for one in versions(self._desk.policies.stated()) if one.state is State.SHADOW]
        loaded = [self._shelf.load(one.reference) for one in shadow]
        return [Looked((one,), screen([post], (one,))) for one in loaded]

    def _owner(self) -> str:
        """Return the name under which who asks signs. Raises `ForbiddenError`, `CaseError`."""
        self._principal.require(Permission.MANAGE_POLICIES)
        actor = self._desk.actor(self._principal.name)
        if actor.role != _OWNER:
            raise CaseError(
                f"{actor.name} signs as {actor.role}, and how policies stand a policy owner states: "
                f"`tipstaff person DIR NAME --role {_OWNER}` brings one in"
            )
        return actor.name

    def _chosen(self, named: str, *states: State) -> Policy:
        """Return a version: of NAME one in the first of some states, or else what ships; or the one named.

        What is so already comes before what ships: who asks twice has not asked for another version.
        """
        name, _, version = named.partition("@")
        looked = [list(State)] if version else [[state] for state in states]
        found = next(filter(None, (find_version(self._desk.policies, named, one) for one in looked)), None)
        if found is not None:
            return self._shelf.load(found.reference)
        ships = self._shelf.shipped(name)
        if ships is not None and (not version or named in (ships.reference, f"{name}@{ships.version}")):
            return ships
        if self._stated(named):
            raise MissingError(f"{named} names no version that was stated here: see `GET /v1/policies`")
        raise MissingError(
            f"{named} does not ship, and was never stated here: over HTTP a version is named, not sent. "
            "`tipstaff policy shadow DIR PATH`, beside the installation, takes the folder of any other"
        )

    def _stated(self, named: str) -> bool:
        """Say whether anything was ever stated about a policy."""
        return bool(self._desk.policies.stated(named.partition("@")[0]))

    def _standing(self, reference: str) -> Stated:
        """Return how a version stands."""
        found = versions(self._desk.policies.stated(reference.partition("@")[0]))
        return next(one for one in found if one.reference == reference)


def published(hosts: Mapping[str, Host], after: str | None) -> Iterator[Post]:
    """Yield what hosts have published, host by host, from behind a place on. Raises `InputError`."""
    begins, _, post = (after or "/").partition("/")
    if begins and begins not in hosts:
        raise InputError(f"{after!r} is no place: it is `next` of the page before")
    for name in sorted(hosts):
        if name >= begins:
            yield from hosts[name].posts(post if name == begins else None)


def place_in(post: Post) -> str:
    """Return the place of a post that a host has published: HOST/POST."""
    return f"{post.host}/{post.id}"
