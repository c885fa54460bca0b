"""Loading the policies that a command is to use."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tipstaff.base.errors import InputError
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import BlockedSignal, Policy
from tipstaff.screening.load import load_policy


def show_unread_lists(console: Console, policies: Sequence[Policy]) -> None:
    """Say so if block lists are given, but no policy reads any."""
    if not any(isinstance(signal, BlockedSignal) for policy in policies for signal in policy.signals):
        what = "no policy here has a signal of the kind `blocked`, so block lists find nothing"
        console.print(Text(f"--lists: {what}; see `signals/signals.toml` in docs/policy.md", "yellow"))


def load_policies(names: Sequence[str]) -> tuple[Policy, ...]:
    """Load policies by name or folder; all that ship, if none is named. Their names must differ."""
    policies = tuple(load_policy(name) for name in names or shipped_policies())
    seen: set[str] = set()
    for policy in policies:
        if policy.name in seen:
            raise InputError(f"two policies are named {policy.name}; screen under one of them at a time")
        seen.add(policy.name)
    return policies
