"""What an audit finds."""

from __future__ import annotations

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """What is wrong: the first statement that it concerns, if one can be named, and the file."""

    index: int | None
    where: str
    what: str


class Rules(msgspec.Struct, frozen=True):
    """The table of registration rules in force at the end: its version, its SHA-256, and whether it ships."""

    version: int
    digest: str
    shipped: bool


class Report(msgspec.Struct, frozen=True):
    """What an audit found. `counts` are of the statements that are sound, by kind; `fault` is the first."""

    origin: str
    size: int
    root: str
    resumed_from: int
    checked: int
    counts: dict[str, int]
    checkpoints: int
    keys: int
    rules: Rules | None
    fault: Fault | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


class FaultError(Exception):
    """Ends an audit at the first fault."""

    def __init__(self, what: str, where: str, index: int | None = None) -> None:
        super().__init__(what)
        self.fault = Fault(index, where, what)
