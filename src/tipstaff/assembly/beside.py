"""What goes on beside a server, in a thread of its own: begun anew where it breaks off."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Final, Self, TypeAlias

from tipstaff.base.logs import log_event

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds before what broke off is begun anew: twice as long each time, until a turn has gone well."""

END_SECONDS: Final = 15.0
"""How long a turn that is going on at the end is waited for."""

Turns: TypeAlias = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Opens what takes turns."""


class Beside:
    """Takes turns until the end; a context manager. The turn that is going on then is waited for.

    One that takes too long for that ends with the process, which is told; each turn makes good what one that
    died has left.

    A database that was locked for too long, or a disk that was full, ends a turn and not the service: that is
    told on the standard error and in the log, `broken` says so, and all is opened anew.
    """

    def __init__(self, name: str, turns: Turns, pause: float, first_pause: float = FIRST_PAUSE) -> None:
        """`pause` is between two turns, `first_pause` before it is first begun anew; both in seconds."""
        self._name = name
        self._turns = turns
        self._pause = pause
        self._first_pause = first_pause
        self._again = first_pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._broken = False

    @property
    def broken(self) -> bool:
        """Whether it has broken off, and no turn has gone well since; or is not there at all."""
        return self._broken or not self._thread.is_alive()

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join(END_SECONDS)
        if self._thread.is_alive():
            log_event(logging.WARNING, "left off", what=self._name)

    def _run(self) -> None:
        """Take turns, and begin anew where one breaks off."""
        while not self._ended.is_set():
            try:
                with self._turns() as turn:
                    self._take(turn)
            except BaseException as error:  # noqa: BLE001  whatever it is, the server goes on, and says so
                self._broken = True
                self._tell(error)
                self._ended.wait(self._again)
                self._again = min(2 * self._again, LONGEST_PAUSE)

    def _take(self, turn: Callable[[], object]) -> None:
        """Take turns until the end. That one breaks off is known before what was opened is closed."""
        while not self._ended.wait(self._pause):
            try:
                turn()
            except BaseException:
                self._broken = True
                raise
            self._again, self._broken = self._first_pause, False

    def _tell(self, error: BaseException) -> None:
        """Tell why it has broken off. Where that cannot be told, as on a disk that is full, it goes on."""
        with suppress(OSError, ValueError):
            traceback.print_exception(error)
            again = f"{self._again:.0f} s"
            log_event(logging.ERROR, "broken off", what=self._name, reason=repr(error), again=again)
