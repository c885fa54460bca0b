"""The versions of policies that an installation has stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tipstaff.actions.policies import State, Stated
    from tipstaff.policy.model import Policy


def read_version(directory: Path, named: str) -> Policy:
    """Return the version in shadow that is named; or else load what ships, or a folder."""
    from tipstaff.actions.policies import State, find_version
    from tipstaff.assembly.casework import load_version, open_desk
    from tipstaff.screening.load import load_policy

    with open_desk(directory) as desk:
        found = find_version(desk.policies, named, [State.SHADOW])
    return load_version(directory, found.reference) if found else load_policy(named)


def stated_version(directory: Path, named: str, states: Sequence[State]) -> Stated:
    """Return the version in some states that is named. Raises `InputError` where there is none."""
    from tipstaff.actions.policies import find_version
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.errors import InputError

    with open_desk(directory) as desk:
        found = find_version(desk.policies, named, states)
    if found is None:
        wanted = " or ".join(state.value.replace("_", " ") for state in states)
        raise InputError(f"no version of {named} is in {wanted} here: see `tipstaff policy list {directory}`")
    return found
