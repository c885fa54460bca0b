"""The logins of the demo, shown once it is served."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tipstaff.actions.access.permissions import Role
from tipstaff.demo.users import Shown


def show_users(console: Console, users: Sequence[Shown], port: int) -> None:
    """Show who can log in and with what, and how a program asks for somebody."""
    table = Table(box=None, pad_edge=False)
    for name in ("name", "who", "password"):
        table.add_column(name, no_wrap=True)
    for one in users:
        what = one.user.reader or ", ".join(map(str, one.user.holds))
        who = ", ".join(sorted(one.user.roles))
        table.add_row(one.user.name, f"{who} ({what})" if what else who, Text(one.password, "bold"))
    reviewer = next(one for one in users if Role.REVIEWER in one.user.roles)
    address = f"http://127.0.0.1:{port}"
    console.rule("Logins", align="left")
    console.print("Made for this world, and shown this once.", highlight=False)
    console.print(table)
    console.print(Text.assemble("In a browser: ", (f"{address}/", "bold"), "; square for readers: /square"))
    console.print("A program asks with a token:", highlight=False)
    console.print(
        Text(f'curl -H "Authorization: Bearer {reviewer.token}" {address}/v1/cases'), soft_wrap=True
    )
