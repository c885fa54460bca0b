"""Ctrl-C and termination, as exceptions that never come in the middle of a write."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self, TypeAlias

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Raises `KeyboardInterrupt` on SIGINT, and `SystemExit` with 128 + number on SIGTERM and SIGHUP.

    Within `held` the exception waits until the block is done; a second signal does not wait.
    """

    def __init__(self) -> None:
        self._before: dict[int, _Handler] = {}
        self._held = False
        self._came: int | None = None

    def __enter__(self) -> Self:
        """Begin to listen; a signal that was ignored before is ignored still."""
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if handler is not signal.SIG_IGN:
                self._before[number] = handler
                signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the block finish before a signal takes effect."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._came is not None:
            number, self._came = self._came, None
            _interrupt(number)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Note a signal, or act on it."""
        if self._held and self._came is None:
            self._came = number
        else:
            _interrupt(number)


def _interrupt(number: int) -> None:
    """Raise the exception of a signal."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
