"""Signals that never come in the middle of a write."""

from __future__ import annotations

import os
import signal

import pytest

from tipstaff.cli.interrupts import Interrupts, follows_ctrl_c


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


def _compiled(number: int, *, lost: bool = False) -> None:
    """Do as compiled code does when a signal comes while it asks Python for something."""
    try:
        _send(number)
    except (KeyboardInterrupt, SystemExit) as error:
        if not lost:
            raise SystemError("returned a result with an exception set") from error


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_what_compiled_code_makes_of_a_signal(number: int, kind: type[BaseException]) -> None:
    """The error that compiled code makes of an interrupt is the interrupt; other errors are themselves."""
    with pytest.raises(kind), Interrupts() as interrupts, interrupts.heeded():
        _compiled(number)
    with pytest.raises(ZeroDivisionError), Interrupts() as interrupts, interrupts.heeded():
        raise ZeroDivisionError


def test_what_compiled_code_loses() -> None:
    """An interrupt that was lost comes back when it is asked for."""
    with Interrupts() as interrupts:
        interrupts.check()
        _compiled(signal.SIGINT, lost=True)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_ctrl_c_where_nobody_listens() -> None:
    """Without `Interrupts` too the error that compiled code makes of Ctrl-C can be told from others."""
    with pytest.raises(SystemError) as caught:
        _compiled(signal.SIGINT)
    assert follows_ctrl_c(caught.value)
    assert not follows_ctrl_c(SystemError("of its own"))


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
