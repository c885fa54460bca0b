"""Exit codes, and what is told of the exceptions that commands end with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tipstaff.base.errors import InputError
from tipstaff.cli.main import guarded, main


def raising(error: BaseException) -> Callable[[], int]:
    """Return what raises."""

    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_that_of_the_command(code: int) -> None:
    """What a command returns is the exit code."""
    assert guarded(lambda: code) == code


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("gone wrong"), MemoryError("gone wrong"), OSError("gone wrong")]
)
def test_a_defect_is_no_answer(capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    """An exception that was not expected is told with its traceback, and ends with neither 1 nor 2."""
    assert guarded(raising(error)) == 70
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert told.endswith(f"{type(error).__name__}: gone wrong\n")


def test_what_is_expected_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An error that was raised on purpose is told as it is, and cannot steer the terminal."""
    assert guarded(raising(InputError("not\x1b[2J this\x9b2J"))) == 2
    assert capsys.readouterr().err == "tipstaff: not␛[2J this\ufffd2J\n"


def test_the_traceback_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What others wrote may stand in the message of a defect."""
    guarded(raising(ValueError("\x1b[2J")))
    assert "\x1b" not in capsys.readouterr().err


def test_ctrl_c_is_told_by_the_exit_code() -> None:
    """Ctrl-C ends with 130, also where compiled code made another exception of it."""
    assert guarded(raising(KeyboardInterrupt())) == 130
    error = SystemError("returned a result with an exception set")
    error.__cause__ = KeyboardInterrupt()
    assert guarded(raising(error)) == 130


def test_python_runs_it_as_a_module() -> None:
    """`python -m tipstaff` is `tipstaff`."""
    told = subprocess.run(
        [sys.executable, "-m", "tipstaff", "--version"], capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("tipstaff ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "square post here news two words",
            "tipstaff square post: error: unrecognized arguments: words: a",
        ),
        (
            "order list here --wating",
            "order list: error: unrecognized arguments: --wating: did you mean --waiting?",
        ),
        ("case list here --frobnicate=3", "unrecognized arguments: --frobnicate=3\n"),
    ],
)
def test_words_that_are_not_taken_are_told_by_the_command(
    capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    """With its own usage, and what may be meant."""
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert end.value.code == 2
    assert told in capsys.readouterr().err
