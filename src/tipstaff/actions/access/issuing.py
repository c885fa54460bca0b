"""Links, for those who issue them."""

from __future__ import annotations

from tipstaff.actions.access.links import Links, Made, make_link, revoke_others
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.desk import Desk


class Issuing(Wing):
    """Links into cases."""

    def __init__(self, desk: Desk, principal: Principal, links: Links) -> None:
        super().__init__(desk, principal)
        self._links = links

    def issue(self, number: int, decision: int | None, *, revoke: bool) -> Made:
        """Issue a link to appeal against a decision or, without one, to answer what is proposed.

        With `revoke`, all that were issued for the same before end. Raises `ForbiddenError`, `MissingError`,
        and `CaseError` where there is nothing to answer or to appeal against.
        """
        self._principal.require(Permission.LINK)
        now = self._desk.clock()
        case, table = self._case(number), self._desk.table
        made = make_link(self._links, case, decision, self._principal.name, now, table)
        if revoke:
            revoke_others(self._links, made.link, now)
        return made
