"""What the command line offers is what casework knows, though it is not imported to show a help text."""

from __future__ import annotations

from tipstaff.casework.events import Outcome, Reason, Result, Waiver
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.words import TARGET_HELP, MeasureKind
from tipstaff.cli.appeal import rule
from tipstaff.cli.case import decide
from tipstaff.cli.complaint import answer, file
from tipstaff.cli.installation import TARGET_HELP as HELP
from tipstaff.cli.order import amend, enter
from tipstaff.policy.model import Language


def test_a_person_orders_every_measure_but_the_machines() -> None:
    """All kinds are offered except `hold_content`, which machines order."""
    assert set(decide.MEASURES) == set(MeasureKind) - {MeasureKind.HOLD_CONTENT}


def test_all_results_are_offered() -> None:
    """An appeal can have each result."""
    assert set(rule.RESULTS) == set(Result)


def test_every_word_is_offered() -> None:
    """Reasons and outcomes of complaints, scopes and changes of orders, reasons to waive a hearing."""
    assert set(file.REASONS) == set(Reason)
    assert set(answer.OUTCOMES) == set(Outcome)
    assert set(enter.SCOPES) == set(Scope)
    assert set(amend.CHANGES) == set(Change)
    assert set(decide.WAIVERS) == set(Waiver)
    assert set(decide.LANGUAGES) == set(Language)
    assert HELP == TARGET_HELP
