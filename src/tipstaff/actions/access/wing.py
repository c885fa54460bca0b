"""What the parts of the front have in common: the desk, and who asks."""

from __future__ import annotations

from tipstaff.actions.access.principal import Principal
from tipstaff.actions.desk import Desk
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case


class Wing:
    """A part of the front: some actions, each behind its permission."""

    def __init__(self, desk: Desk, principal: Principal) -> None:
        self._desk = desk
        self._principal = principal

    def _case(self, number: int) -> Case:
        """Return a case. Raises `MissingError`, alike where there is none and where it is another queue's."""
        case = self._desk.cases.load(number)
        if not self._principal.sees(case.subject):
            raise MissingError(f"there is no {case}")
        return case
