"""Accounts, apps and sites, for those who read cases: of another queue none is there."""

from __future__ import annotations

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.subjects import Found, SubjectSeen, find_subjects, look_at
from tipstaff.base.errors import MissingError
from tipstaff.casework.words import Subject


class Subjects(Wing):
    """Whatever a case may be about."""

    def find(self, sought: str) -> Found:
        """Return what is called so, or begins so among the subjects of cases. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return find_subjects(self._desk, sought, self._principal.queues)

    def read(self, subject: Subject) -> SubjectSeen:
        """Return what is to be seen of a subject. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require(Permission.READ_CASES)
        if not self._principal.sees(subject):
            raise MissingError(f"there is no {subject}")
        return look_at(self._desk, subject)
