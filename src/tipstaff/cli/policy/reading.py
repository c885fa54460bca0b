"""Reading a policy to look at it: its files are checked, but its examples are not run."""

from __future__ import annotations

from pathlib import Path

from tipstaff.policy.faults import Faults, PolicyError
from tipstaff.policy.load import read_policy
from tipstaff.policy.model import Policy
from tipstaff.screening.relax import relax


def read_unrun(folder: Path) -> Policy:
    """Read a policy; raises `PolicyError` with everything that is wrong with its files."""
    faults = Faults()
    policy = read_policy(folder, faults, relax)
    if policy is None or faults:
        raise PolicyError(folder, faults.found)
    return policy
