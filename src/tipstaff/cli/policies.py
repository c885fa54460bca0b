"""Loading the policies that a command is to use."""

from __future__ import annotations

from collections.abc import Sequence

from tipstaff.base.errors import InputError
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy


def load_policies(names: Sequence[str]) -> tuple[Policy, ...]:
    """Load policies by name or folder; all that ship, if none is named. Their names must differ."""
    policies = tuple(load_policy(name) for name in names or shipped_policies())
    seen: set[str] = set()
    for policy in policies:
        if policy.name in seen:
            raise InputError(f"two policies are named {policy.name}; screen under one of them at a time")
        seen.add(policy.name)
    return policies
