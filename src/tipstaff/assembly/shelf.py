"""The shelf of an installation: policies that are kept or ship, and the statements how they stand."""

from __future__ import annotations

import threading
from pathlib import Path

from tipstaff.assembly.casework import adopt, retire, shadow
from tipstaff.assembly.ledger import Clock
from tipstaff.base.errors import InputError
from tipstaff.casework.errors import CaseError
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy
from tipstaff.storage import installation
from tipstaff.storage.policies import Versions


class InstalledShelf:
    """Policies of an installation that is served: one is read at a time, for that takes seconds.

    Names are looked up among those that ship and those that were stated, and are never paths.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._versions = Versions(directory / installation.POLICIES)
        self._reading = threading.Lock()
        self._shipped: dict[str, Policy] = {}

    def load(self, reference: str) -> Policy:
        """Return a version that was stated. Raises `CaseError` where its copy is not what was stated."""
        with self._reading:
            try:
                return self._versions.load(reference)
            except InputError as error:  # of this installation, and not of who asks
                raise CaseError(str(error)) from error

    def read(self, reference: str) -> Policy:
        """Return a version as its copy is, for those who look. Raises `CaseError` where it cannot be read."""
        with self._reading:
            try:
                return self._versions.shown(reference)
            except InputError as error:
                raise CaseError(str(error)) from error

    def shipped(self, name: str) -> Policy | None:
        """Return the policy of that name that ships; None where none does."""
        if name not in shipped_policies():
            return None
        with self._reading:
            if name not in self._shipped:
                self._shipped[name] = load_policy(name)
            return self._shipped[name]

    def adopt(self, policy: Policy, by: str) -> None:
        """State that a version is in force, and that the one before is retired. Raises `CaseError`."""
        adopt(self._directory, policy, self._clock, by)

    def shadow(self, policy: Policy, by: str) -> None:
        """State that a version is in shadow. Raises `CaseError`."""
        shadow(self._directory, policy, self._clock, by)

    def retire(self, reference: str, by: str) -> None:
        """State that a version is retired. Raises `CaseError`."""
        retire(self._directory, reference, self._clock, by)
