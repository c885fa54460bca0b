"""Measures on a page: all that were stated, what hosts are owed, and whether the machine goes on."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import QueryParameter

from tipstaff.actions.cases import Backlog
from tipstaff.actions.measures import Owed, Taken
from tipstaff.actions.paging import PATTERN, place_of
from tipstaff.actions.standing import InForce, in_force_of
from tipstaff.casework.events import EffectState
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking

_PAGE: Final = 50
_REFUSED: Final = 10
"""Cases of which the ledger has refused something that are named."""

Show = Annotated[str, QueryParameter(pattern="^(trouble|force|all)$")]
"""What hosts are owed and what went wrong, the measures in force, or all that were stated."""

AfterPlace = Annotated[str | None, QueryParameter(pattern=PATTERN)]


class Row(NamedTuple):
    """A measure in a list: what was seen on the host last, when, and how often it had drifted."""

    taken: Taken
    measure: InForce
    seen: str
    detail: str
    read_at: int
    drifted: int


class Line(NamedTuple):
    """A delivery that a host is owed, and the measure that begins or ends by it."""

    owed: Owed
    measure: InForce
    direction: str


class Machine(NamedTuple):
    """How the machine is: whether what goes on beside the server does, and what waits for it.

    `statements` are those on the ledger, `check_hours` is how often all measures are read back.
    With `refused`, there are cases of which the ledger has refused a statement.
    """

    worker: bool
    webhooks: bool
    statements: int
    backlog: Backlog
    check_hours: int
    refused: bool

    @property
    def sound(self) -> bool:
        """Whether nothing is stuck."""
        alive = self.worker and self.webhooks and not self.refused
        return alive and not self.backlog.tried and self.backlog.since is None


@get("/console/measures", sync_to_thread=True, operation_id="showMeasures")
def show_measures(
    view: Looking, front: Asking, state: State, show: Show = "trouble", after: AfterPlace = None
) -> Response[str]:
    """Show what hosts are owed, the measures in force, or all of them; and how the machine is."""
    backlog, refused = front.backlog(_PAGE), front.refused(_REFUSED)
    machine = Machine(
        not state.worker.broken,
        not state.webhooks.broken,
        front.desk.ledger.size,
        backlog,
        front.desk.settings.check_hours,
        bool(refused.lines),
    )
    rows: list[Row] = []
    last = None
    if show != "trouble":
        place = place_of(after) if after else None
        found = front.measures(_PAGE, place, in_force=show == "force")
        rows = [_row(one) for one in found.items]
        last = str(found.items[-1].place) if found.more else None
    return view.show(
        "console/measures.html",
        machine=machine,
        refused=refused,
        lines=[_line(one) for one in front.owed(backlog)] if show == "trouble" else [],
        rows=rows,
        next=last,
        show=show,
    )


def _row(taken: Taken) -> Row:
    """Return a measure in one line."""
    case, carrying = taken.case, taken.carrying
    detail = carrying.effects[-1].detail if carrying.effects else case.refused.get(carrying.entry, "")
    drifted = sum(one.state is EffectState.DRIFTED for one in carrying.effects)
    return Row(taken, in_force_of(case, carrying), case.seen(carrying), detail, carrying.read_at, drifted)


def _line(owed: Owed) -> Line:
    """Return a delivery in one line."""
    return Line(owed, in_force_of(owed.case, owed.carrying), owed.carrying.said.direction.value)
