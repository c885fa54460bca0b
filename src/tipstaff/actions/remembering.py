"""A desk for a look at many cases in turn: what they have in common is asked for once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.actions.desk import Desk
    from tipstaff.actions.policies import Policies, Stated


def remembering(desk: Desk) -> Desk:
    """Return the desk, with policies as they stand when they are first asked for."""
    return replace(
        desk,
        policies=_Remembered(desk.policies),
        ladders=cache(desk.ladders),
        provisions=cache(desk.provisions),
    )


class _Remembered:
    """The statements about policies, each read once."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._stated: dict[str | None, list[Stated]] = {}
        self._adopted: dict[str, Stated | None] = {}

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements about a policy, or about all, by name and number."""
        if name not in self._stated:
            self._stated[name] = self._policies.stated(name)
        return self._stated[name]

    def adopted(self, reference: str) -> Stated | None:
        """Return the statement that has put a version in force; None where it is not in force."""
        if reference not in self._adopted:
            self._adopted[reference] = self._policies.adopted(reference)
        return self._adopted[reference]

    def keep(self, stated: Stated) -> None:
        """Keep one more statement, and know it."""
        self._policies.keep(stated)
        self._stated.clear()
        self._adopted.clear()
