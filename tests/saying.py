"""Commands of an installation, as somebody says them who reads what they answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tipstaff.cli.main import main

Say: TypeAlias = Callable[..., str]
"""Runs a command, its words before the directory and its arguments behind; returns all that it tells."""


def saying(here: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs commands on an installation; each must end with `code`, 0 unless it is told."""

    def say(command: str, *arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*command.split(), str(here), *map(str, arguments)]) == code
        told = capsys.readouterr()
        return " ".join((told.out + told.err).split())

    return say
