"""When the texts about a subject may be erased, and when their time is over. Pure."""

from __future__ import annotations

from typing import Final

from tipstaff.casework.case import Case, Stage

DAY: Final = 86_400

_NEEDED: Final = {
    Stage.OPEN: "is open: what was found is to be decided on",
    Stage.HEARING: "has a proposal that was not decided on yet",
    Stage.APPEALED: "has an appeal that is not settled yet",
}


def needed(case: Case) -> str | None:
    """Say why the texts of a case are needed still; None where they are not."""
    if case.stage in _NEEDED:
        return f"{case} {_NEEDED[case.stage]}"
    if any(complaint.answered is None for complaint in case.complaints):
        return f"{case} has a complaint that was not answered yet"
    return None


def kept_until(case: Case, days: int) -> int | None:
    """Return when the texts of a case are erased, so many days after it was settled and its measures ended.

    None while they are needed.
    """
    if needed(case):
        return None
    ends = [
        measure.until
        for decision in case.decisions
        for measure in decision.said.measures
        if measure.until is not None
    ]
    return max(case.settled_at, *ends, 0) + days * DAY
