"""What stands against a command."""

from __future__ import annotations

from tipstaff.base.errors import InputError
from tipstaff.casework.commands import Actor
from tipstaff.ledger.table import Table


class CaseError(InputError):
    """What is asked of a case or an order cannot be done as things stand, or not by this person."""


def may_sign(table: Table, kind: str, actor: Actor) -> None:
    """Refuse an actor whose role may not sign statements of a kind. Raises `CaseError`."""
    allowed = table.kinds[kind].signed_by
    if actor.role not in allowed:
        raise CaseError(f"{_a(actor.role)} may not sign {_a(kind)}: that is for {_a(' or '.join(allowed))}")


def _a(noun: str) -> str:
    """Return a noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
