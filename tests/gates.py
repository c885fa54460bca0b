"""Gates in memory for tests of logins: cheap passwords, and a clock that stands still until it is moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from desks import Office

from tipstaff.actions.access.gate import Begun, Gate
from tipstaff.actions.access.memory import MemoryLogins
from tipstaff.actions.access.passwords import Costs, Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User
from tipstaff.config.settings import Settings

CHEAP: Final = Costs(passes=1, lanes=1, memory=8)
"""The least that Argon2id takes: tests try often."""

PASSWORD: Final = "seven lamps by the river"  # noqa: S105
ADDRESS: Final = "192.0.2.7"
NOW: Final = 1_790_000_000


class CountingHasher(Hasher):
    """A cheap hasher that counts what it computes."""

    def __init__(self, costs: Costs = CHEAP) -> None:
        super().__init__(costs)
        self.verified = 0

    def verify(self, password: str, kept: str | None) -> bool:
        """Count it."""
        self.verified += 1
        return super().verify(password, kept)


class Entrance:
    """A gate with one user, alice, who has a password; `now` is what its clock tells."""

    def __init__(self, *roles: Role, settings: Settings | None = None) -> None:
        self.now = NOW
        self.office = Office()
        self.logins = MemoryLogins()
        self.hasher = CountingHasher()
        self.logins.keep_user(User("alice", frozenset(roles or {Role.AUDITOR})))
        self.logins.keep_password("alice", self.hasher.hash(PASSWORD))
        self.desk = replace(self.office.desk, clock=lambda: self.now, settings=settings or Settings())
        self.gate = self.with_hasher(self.hasher)

    def with_hasher(self, hasher: Hasher) -> Gate:
        """Return a gate to the same users, with another hasher."""
        return Gate(self.desk, self.logins, self.logins, hasher)

    def log_in(
        self, code: str = "", name: str = "alice", password: str = PASSWORD, address: str = ADDRESS
    ) -> Begun:
        """Log in."""
        return self.gate.log_in(name, password, code, address)
