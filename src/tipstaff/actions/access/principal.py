"""Who asks, and what they may."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tipstaff.actions.access.permissions import GRANTED, Permission, Role
from tipstaff.base.errors import TipstaffError


class ForbiddenError(TipstaffError):
    """Who asks may not do that; the message says which permission it takes."""


class Principal(msgspec.Struct, frozen=True):
    """Somebody who asks, by the name that they act and sign under; `scopes` narrow what a token may do."""

    name: str
    roles: frozenset[Role]
    scopes: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do, and the token that they ask with as well."""
        granted = permissions_of(self.roles)
        return granted if self.scopes is None else granted & self.scopes

    def require(self, permission: Permission) -> None:
        """Refuse what they may not do. Raises `ForbiddenError`."""
        if permission not in self.permissions:
            told = "" if permission not in permissions_of(self.roles) else " with this token"
            raise ForbiddenError(f"{self.name} may not do this{told}: it takes the permission {permission}")


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what some roles may together."""
    return frozenset(permission for role in roles for permission in GRANTED[role])
