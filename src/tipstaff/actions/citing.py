"""Provisions for those who read what was done by them: their citations are public, like the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tipstaff.actions.policies import Policies, Shelf, State, versions
from tipstaff.casework.errors import CaseError

if TYPE_CHECKING:
    from tipstaff.policy.model import Policy, Provision


class Provisions:
    """Looks provisions up in the policies in force, then in those that were: never in one in shadow.

    Each version is read once, and only where those before have not the provision.
    """

    def __init__(self, policies: Policies, shelf: Shelf) -> None:
        self._shelf = shelf
        self._versions = self._read(policies)
        self._known: dict[str, Provision] = {}

    def find(self, identifier: str) -> Provision | None:
        """Return the provision of that id; None where no policy has it that can be read."""
        while identifier not in self._known:
            policy = next(self._versions, None)
            if policy is None:
                return None
            for one in policy.provisions:
                self._known.setdefault(one.id, one)
        return self._known[identifier]

    def _read(self, policies: Policies) -> Iterator[Policy]:
        """Yield the policies, one that cannot be read aside: whoever works with those is told of it."""
        stated = versions(policies.stated())
        for state in (State.IN_FORCE, State.RETIRED):
            for one in reversed([each for each in stated if each.state is state]):
                try:
                    yield self._shelf.read(one.reference)
                except CaseError:
                    continue
