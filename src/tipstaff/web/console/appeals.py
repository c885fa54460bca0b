"""Appeals and hearings on a page: what waits for somebody who has had no part in it."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Response, get
from litestar.params import QueryParameter

from tipstaff.actions.appeals import MOST
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking

Show = Annotated[str, QueryParameter(pattern="^(judge|confirm|hearings)$")]
"""Appeals to be judged, results that wait for a second person, or hearings."""

_MOST: Final = MOST


@get("/console/appeals", sync_to_thread=True, operation_id="showAppeals")
def show_appeals(view: Looking, front: Asking, show: Show = "judge") -> Response[str]:
    """Show the appeals that are to be judged or confirmed, or the hearings: what waits longest first."""
    found = front.heard() if show == "hearings" else front.contested(judged=show == "confirm")
    return view.show(
        "console/appeals.html", found=found.items, more=found.more, most=_MOST, show=show, desk=front.desk
    )
