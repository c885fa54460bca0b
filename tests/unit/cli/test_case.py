"""What the command line offers is what casework knows, though it is not imported to show a help text."""

from __future__ import annotations

from tipstaff.casework.events import Result
from tipstaff.casework.words import MeasureKind
from tipstaff.cli.case import decide, rule


def test_a_person_orders_every_measure_but_the_machines() -> None:
    """All kinds are offered except `hold_content`, which machines order."""
    assert set(decide.MEASURES) == set(MeasureKind) - {MeasureKind.HOLD_CONTENT}


def test_all_results_are_offered() -> None:
    """An appeal can have each result."""
    assert set(rule.RESULTS) == set(Result)
