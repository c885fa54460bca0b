"""What stands against going on with one case or order, and must not keep the others waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tipstaff.base.errors import TipstaffError
from tipstaff.ledger.errors import LogError


class Trouble(NamedTuple):
    """What a case or an order cannot go on for."""

    about: str
    reason: str

    def __str__(self) -> str:
        """Return `case 7: the host is down`."""
        return f"{self.about}: {self.reason}"


@contextmanager
def telling(about: str, trouble: list[Trouble]) -> Iterator[None]:
    """Note what stands against going on with a case or an order, but for the ledger, which all wait for."""
    try:
        yield
    except LogError:
        raise
    except TipstaffError as error:
        trouble.append(Trouble(about, str(error)))
