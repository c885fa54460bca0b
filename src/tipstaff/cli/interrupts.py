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

    Within `held` the exception waits until the block is done; a second signal does not wait. Compiled code
    may make another error of the exception, or lose it: `heeded` and `check` bring it back.
    """

    def __init__(self) -> None:
        self._before: dict[int, _Handler] = {}
        self._held = False
        self._came: int | None = None
        self._raised: int | None = None

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
            raise self._interruption(number)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Let an error that follows a signal be the exception of that signal."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            if self._raised is not None:
                raise self._interruption(self._raised) from error
            raise

    def check(self) -> None:
        """Raise the exception of a signal again that somebody lost."""
        if self._raised is not None:
            raise self._interruption(self._raised)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Note a signal, or act on it."""
        if self._held and self._came is None:
            self._came = number
        else:
            raise self._interruption(number)

    def _interruption(self, number: int) -> BaseException:
        """Return the exception of a signal, to be raised."""
        self._raised = number
        return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


def follows_ctrl_c(error: BaseException) -> bool:
    """Tell whether an error is what compiled code made of the exception of Ctrl-C."""
    cause = error.__cause__ or error.__context__
    return cause is not None and (isinstance(cause, KeyboardInterrupt) or follows_ctrl_c(cause))
