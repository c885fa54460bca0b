"""What the parts of the front have in common: the desk, and who asks."""

from __future__ import annotations

from tipstaff.actions.access.principal import Principal
from tipstaff.actions.desk import Desk


class Wing:
    """A part of the front: some actions, each behind its permission."""

    def __init__(self, desk: Desk, principal: Principal) -> None:
        self._desk = desk
        self._principal = principal
