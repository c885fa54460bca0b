"""What is refused to who asks leaves no text; what others keep meanwhile stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from casebook import ACCOUNT
from desks import Office

from tipstaff.actions.access.front import Front, Stores
from tipstaff.actions.access.memory import MemoryLinks, MemoryTrail
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.ask import StaleError
from tipstaff.actions.deciding import Wanted
from tipstaff.actions.memory import MemoryFilters
from tipstaff.actions.screening.sending import Screening
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.assembly.shelf import InstalledShelf
from tipstaff.casework.commands import Escalate, GiveOpinion, Note, Release
from tipstaff.casework.errors import CaseError


def test_what_is_refused_leaves_no_text() -> None:
    """By the case, and where it has moved on; another's text and what was recorded are there still."""
    office = Office()
    principal = Principal("alice", frozenset({Role.REVIEWER}))
    screening = Screening(office.desk, lambda _: ())
    shelf = InstalledShelf(Path("nowhere"), office.desk.clock)
    stores = Stores(MemoryLinks(), MemoryTrail(), MemoryHooks(), shelf, MemoryFilters())
    front, other = (Front(office.desk, principal, screening, stores) for _ in range(2))
    others = other.say(1, "note", "mine")
    with pytest.raises(CaseError, match="nobody has asked alice"):
        front.ask(1, GiveOpinion(front.say(1, "note", "an opinion")), None)
    with pytest.raises(StaleError):
        front.ask(1, Note(front.say(1, "note", "late")), office.case.version + 1)
    assert office.desk.text(others) == "mine"
    assert office.vault.count(str(ACCOUNT)) == 1
    front.ask(1, Note(front.say(1, "note", "kept")), None)
    assert office.vault.count(str(ACCOUNT)) == 2


def test_what_would_be_done_is_refused_alike_and_leaves_nothing() -> None:
    """A decision that may not be taken, or a version that has gone; what may be done leaves no text."""
    office = Office()
    principal = Principal("alice", frozenset({Role.REVIEWER}))
    shelf = InstalledShelf(Path("nowhere"), office.desk.clock)
    stores = Stores(MemoryLinks(), MemoryTrail(), MemoryHooks(), shelf, MemoryFilters())
    front = Front(office.desk, principal, Screening(office.desk, lambda _: ()), stores)
    escalate = front.would(Escalate(b""))
    escalate(office.case, office.case.version)
    with pytest.raises(StaleError):
        escalate(office.case, office.case.version + 1)
    with pytest.raises(CaseError, match="in force"):
        front.would(Wanted(measures=(), reasons="nothing", policy="none"))(office.case, None)
    auditor = Principal("dora", frozenset({Role.AUDITOR}))
    with pytest.raises(ForbiddenError):
        Front(office.desk, auditor, Screening(office.desk, lambda _: ()), stores).would(Release())
    assert (office.vault.count(str(ACCOUNT)), office.desk.kept) == (0, [])
