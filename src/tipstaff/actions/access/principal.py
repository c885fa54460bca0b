"""Who asks, and what they may."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tipstaff.actions.access.permissions import GRANTED, Permission, Role
from tipstaff.base.errors import TipstaffError
from tipstaff.casework.words import Subject


class ForbiddenError(TipstaffError):
    """Who asks may not do that; the message says which permission it takes."""


class Principal(msgspec.Struct, frozen=True):
    """Somebody who asks, by the name that they act and sign under; `scopes` narrow what a token may do.

    `reader` is the name that they complain under, `holds` are the accounts and apps that are theirs; `by`
    is the id of the token or session that they ask with. Who `lacks` something may nothing before
    they have it. `queues` are the hosts whose cases are there for them; None for all.
    """

    name: str
    roles: frozenset[Role]
    scopes: frozenset[Permission] | None = None
    reader: str | None = None
    holds: tuple[Subject, ...] = ()
    by: str = ""
    lacks: str = ""
    queues: frozenset[str] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do, and the token that they ask with as well."""
        granted = permissions_of(self.roles)
        return granted if self.scopes is None else granted & self.scopes

    def require(self, permission: Permission) -> None:
        """Refuse what they may not do. Raises `ForbiddenError`."""
        self.require_one(permission)

    def require_one(self, *permissions: Permission) -> None:
        """Refuse who has none of some permissions. Raises `ForbiddenError`."""
        if self.permissions.isdisjoint(permissions):
            told = "" if permissions_of(self.roles).isdisjoint(permissions) else " with this token"
            if told and self.lacks:
                told = f" before they have {self.lacks}"
            named = " or ".join(permissions)
            raise ForbiddenError(f"{self.name} may not do this{told}: it takes the permission {named}")

    def may(self, permission: Permission) -> bool:
        """Say whether they may do something."""
        return permission in self.permissions

    def reaches(self, host: str) -> bool:
        """Say whether what is about a host is in a queue of theirs: of others nothing is there."""
        return self.queues is None or host in self.queues

    def sees(self, subject: Subject) -> bool:
        """Say whether what is about a subject is in a queue of theirs."""
        return self.reaches(subject.host)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what some roles may together."""
    return frozenset(permission for role in roles for permission in GRANTED[role])
