"""What somebody has complained of is listed, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import islice

import pytest
from casebook import READER
from desks import Office
from worlds import START

from tipstaff.actions.cases import Change, Dossier
from tipstaff.actions.complained import complaints_of
from tipstaff.actions.memory import MemoryCases
from tipstaff.actions.paging import Place
from tipstaff.casework.case import Case
from tipstaff.casework.events import Complained, Opened, Reason, Recorded, Source
from tipstaff.casework.words import Subject, SubjectKind


class CountedCases(MemoryCases):
    """Cases that count how often some are asked for."""

    times = 0

    def load(self, number: int) -> Case:
        """Build a case, and count that it was asked for."""
        self.times += 1
        return super().load(number)

    def complained_in(self, complainant: str) -> list[int]:
        """Return the numbers of cases, which no database builds for that."""
        times, found = self.times, super().complained_in(complainant)
        self.times = times
        return found

    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build cases, and count that they were asked for at once."""
        self.times += 1
        return super().dossiers(numbers)


@pytest.mark.parametrize("last_first", [False, True])
def test_a_page_of_complaints_reads_its_cases_at_once(*, last_first: bool) -> None:
    """In their order, on from any place; two complaints in one case are two."""
    cases = CountedCases()
    for number in range(9):
        subject = Subject("memory", SubjectKind.ACCOUNT, f"a{number}")
        case = cases.open(subject, Recorded(START, READER.name, Opened(subject, Source.COMPLAINT)))
        for place in (1, 2):
            event = Complained(place, Reason.FRAUD, f"m{place}", b"")
            case = cases.change(case, Change([Recorded(START, READER.name, event)]))
    desk, step = replace(Office().desk, cases=cases), -1 if last_first else 1
    cases.times = 0
    listed = [one.place for one in complaints_of(desk, READER.name, None, last_first=last_first)]
    assert listed == [Place(case, place) for case in range(1, 10) for place in (1, 2)][::step]
    assert cases.times == 1
    behind = complaints_of(desk, READER.name, listed[6], last_first=last_first)
    assert [one.place for one in islice(behind, 4)] == listed[7:11]
