"""The strikes of an account on the terminal, and the ladder that counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tipstaff.cli.installation import told_time

if TYPE_CHECKING:
    from rich.console import Console

    from tipstaff.actions.desk import Desk
    from tipstaff.casework.case import Case


def show_strikes(console: Console, desk: Desk, case: Case) -> None:
    """Show the strikes that are alive, by the policy of the gravest finding."""
    from tipstaff.actions.standing import live_strikes
    from tipstaff.base.counted import counted
    from tipstaff.screening.findings import policy_name

    policy, _, alive = live_strikes(desk, case)
    if policy is None:
        console.print("Nothing was found by a policy: there is no ladder.")
        return
    for strike in alive:
        told = f"strike by decision {strike.decision}, until {told_time(strike.expires)}"
        console.print(told, highlight=False)
    strikes = counted(len(alive), "live strike")
    console.print(f"{strikes} by the ladder of {policy_name(policy)}", highlight=False)
