"""Signals that never come in the middle of a write."""

from __future__ import annotations

import os
import signal

import pytest

from tipstaff.cli.interrupts import Interrupts


def _send(number: int) -> None:
    os.kill(os.getpid(), number)


def test_ctrl_c() -> None:
    """SIGINT is `KeyboardInterrupt`."""
    with pytest.raises(KeyboardInterrupt), Interrupts():
        _send(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination(number: int) -> None:
    """SIGTERM and SIGHUP end the program with 128 and their number."""
    with pytest.raises(SystemExit) as error, Interrupts():
        _send(number)
    assert error.value.code == 128 + number


def _write(*signals: int) -> list[str]:
    """Return how far a write gets while signals come in the middle of it."""
    steps = ["begun"]

    def write() -> None:
        with Interrupts() as interrupts, interrupts.held():
            for number in signals:
                _send(number)
            steps.append("written")

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        write()
    return steps


def test_held() -> None:
    """A signal that comes while held takes effect when the block is done."""
    assert _write(signal.SIGINT) == ["begun", "written"]


def test_second_signal() -> None:
    """A second signal does not wait."""
    assert _write(signal.SIGINT, signal.SIGTERM) == ["begun"]


def test_handlers_come_back() -> None:
    """Afterwards signals do what they did before; what was ignored is ignored throughout."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts():
            _send(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, before)
