"""The settings of the installation, and how it is: read, and changed nowhere here."""

from __future__ import annotations

from importlib.metadata import version

from litestar import Response, get
from litestar.datastructures import State

from tipstaff.actions.access.permissions import Permission
from tipstaff.casework.words import MeasureKind
from tipstaff.config.shown import shown_settings
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking


@get("/console/settings", sync_to_thread=True, operation_id="showSettings")
def show_settings(view: Looking, front: Asking, state: State) -> Response[str]:
    """Show what is set, and how the installation is."""
    front.require(Permission.READ_PEOPLE)
    desk = front.desk
    return view.show(
        "console/settings.html",
        settings=shown_settings(desk.settings, state.settings_set_where),
        version=version("tipstaff"),
        statements=desk.ledger.size,
        checkpoint=state.live.last(),
        waiting=len(desk.cases.waiting()),
        owed=len(desk.cases.owed(desk.clock())),
        works=not state.worker.broken,
        tells=not state.webhooks.broken,
        hosts=[desk.hosts[name] for name in sorted(desk.hosts)],
        kinds=list(MeasureKind),
    )
