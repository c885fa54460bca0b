"""The strikes of an account, and the policy whose ladder counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tipstaff.cli.installation import told_time

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from tipstaff.actions.desk import Desk
    from tipstaff.casework.case import Case
    from tipstaff.policy.model import Policy


def show_strikes(console: Console, desk: Desk, case: Case, directory: Path) -> Policy | None:
    """Show the strikes that are alive, by the policy of the gravest finding, which is returned."""
    from tipstaff.assembly.casework import load_version
    from tipstaff.casework.strikes import strikes

    if not case.found:
        console.print("Nothing was found by a policy: there is no ladder.")
        return None
    policy = load_version(directory, max(case.found, key=lambda found: found.severity).policy)
    alive = strikes(case, policy.ladder, desk.clock())
    for strike in alive:
        told = f"strike by decision {strike.decision}, until {told_time(strike.expires)}"
        console.print(told, highlight=False)
    console.print(f"{len(alive)} live strikes by the ladder of {policy.name}", highlight=False)
    return policy
