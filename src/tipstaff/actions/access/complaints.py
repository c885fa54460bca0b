"""Complaints, for those who make them and those who look at them."""

from __future__ import annotations

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.complain import complain
from tipstaff.actions.complained import Complained, complaint_at, complaints_of
from tipstaff.actions.desk import leaving_nothing
from tipstaff.actions.paging import Page, Place, page_of
from tipstaff.base.errors import MissingError
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target


class Complaints(Wing):
    """Complaints: one's own; those who read cases look at each."""

    def make(self, target: Target, reason: Reason, text: str) -> Complained:
        """Complain of a subject or a post of it. Raises `ForbiddenError`, and as `complain` does."""
        by = self._reader()
        with leaving_nothing(self._desk):
            receipt = complain(self._desk, by, target, reason, text)
        return complaint_at(self._desk, Place(receipt.case, receipt.complaint))

    def own(self, most: int, after: Place | None, *, last_first: bool = False) -> Page[Complained]:
        """Return a page of one's own, as `complaints_of` has them. Raises `ForbiddenError`."""
        return page_of(complaints_of(self._desk, self._reader(), after, last_first=last_first), most)

    def read(self, place: Place) -> Complained:
        """Return one; that of somebody else is not there. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require_one(Permission.COMPLAIN, Permission.READ_CASES)
        if not self._principal.may(Permission.READ_CASES):
            return complaint_at(self._desk, place, self._reader())
        found = complaint_at(self._desk, place)
        if not self._principal.sees(found.case.subject):
            raise MissingError(f"there is no complaint {place}")
        return found

    def _reader(self) -> str:
        """Return under which name they complain. Raises `ForbiddenError`."""
        self._principal.require(Permission.COMPLAIN)
        if self._principal.reader is None:
            raise ForbiddenError(
                f"{self._principal.name} is no reader of any host (`tipstaff user --reader`)"
            )
        return self._principal.reader
