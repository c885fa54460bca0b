"""A host in memory that cannot tell an act that comes again: the example of one that is not idempotent."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from tipstaff.actions.host import Act, HostError, Seen
from tipstaff.casework.words import Direction, Target
from tipstaff.hosts.memory import MemoryHost


class ForgetfulHost(MemoryHost):
    """A host that forgets keys: whatever is applied is in force once more, and each lift takes one away.

    While it is `late`, no answer comes in time, and what it was asked is done, and seen, when it catches up.
    """

    def __init__(self, name: str = "memory") -> None:
        super().__init__(name)
        self.late = False
        self._asked: list[Act] = []
        self._more: Counter[tuple[Target, str]] = Counter()

    @property
    def idempotent(self) -> bool:
        """Acts are not known by their keys."""
        return False

    def carry_out(self, act: Act) -> None:
        """Do what is asked, however often it was done. Raises `HostError`, also for what is done later."""
        self._check_act(act)
        if self.late:
            self._asked.append(act)
            raise HostError("the host gave no answer in time: it may have done it, or do it yet")
        self._take(act)

    def catch_up(self) -> None:
        """Do what was asked while it was late, and be late no longer."""
        self.late = False
        for act in self._asked:
            self._take(act)
        self._asked.clear()

    def read_back(self, target: Target) -> Seen:
        """Return what is in force on a target, and how often. Raises `InputError` for what never existed."""
        seen = super().read_back(target)
        times = {name: self._more[target, name] + 1 for name in seen.measures if self._more[target, name]}
        return replace(seen, repeated=times)

    def _take(self, act: Act) -> None:
        """Apply a measure once more, or lift one of those that are in force."""
        name = act.target, act.measure
        if act.direction is Direction.APPLY and name in self._in_force:
            self._more[name] += 1
        elif act.direction is Direction.LIFT and self._more[name]:
            self._more[name] -= 1
        else:
            super()._take(act)
