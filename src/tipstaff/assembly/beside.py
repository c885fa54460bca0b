"""What goes on beside a server, in a thread of its own: begun anew where it breaks off."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Self, TypeAlias

from tipstaff.base.logs import log_event

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds before what broke off is begun anew: twice as long each time, until a turn has gone well."""

Turns: TypeAlias = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Opens what takes turns."""


class Beside:
    """Takes turns until the end; a context manager. The turn that is going on then is ended.

    A database that was locked for too long, or a disk that was full, ends a turn and not the service: that is
    told on the standard error and in the log, `broken` says so, and all is opened anew.
    """

    def __init__(self, name: str, turns: Turns, pause: float, first_pause: float = FIRST_PAUSE) -> None:
        """`pause` is between two turns, `first_pause` before it is first begun anew; both in seconds."""
        self._name = name
        self._turns = turns
        self._pause = pause
        self._first_pause = first_pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.broken = False

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        """Take turns, and begin anew where one breaks off."""
        again = self._first_pause
        while not self._ended.is_set():
            try:
                with self._turns() as turn:
                    while not self._ended.wait(self._pause):
                        turn()
                        again, self.broken = self._first_pause, False
            except Exception as error:  # noqa: BLE001  whatever it is, the server goes on, and says so
                self.broken = True
                traceback.print_exception(error)
                log_event(
                    logging.ERROR, "broken off", what=self._name, reason=repr(error), again=f"{again:.0f} s"
                )
                self._ended.wait(again)
                again = min(2 * again, LONGEST_PAUSE)
