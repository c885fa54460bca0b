"""The versions of policies that an installation has stated, each in a folder of its own, as it was then."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from pathlib import Path

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.base.files import replace_files, sync
from tipstaff.policy.model import Policy, Reversal, Rung

# What loads a policy is imported where that is done: every command opens a desk, and hardly any screens.


class _Named(msgspec.Struct, frozen=True):
    """A provision, of which the id is read."""

    id: str


class _Reversals(msgspec.Struct, frozen=True):
    """What is read of the table of reversals."""

    second_person: tuple[Reversal, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    """What is read of `policy.toml` without loading the policy."""

    ladder: tuple[Rung, ...] = ()
    provision: tuple[_Named, ...] = ()
    reversals: _Reversals = _Reversals()


class Versions:
    """Versions in a folder, named by NAME@VERSION+DIGEST."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, policy: Policy) -> None:
        """Keep a copy of a policy, whole or not at all; what is there already stays."""
        path = self._folder / policy.reference
        if path.exists():
            return
        unfinished = Path(tempfile.mkdtemp(prefix=".", dir=self._folder))
        try:
            found = sorted(path for path in policy.folder.rglob("*") if path.is_file())
            files = ((str(one.relative_to(policy.folder)), one.read_bytes()) for one in found)
            replace_files(unfinished, files)
            unfinished.replace(path)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        sync(self._folder)

    def ladder(self, reference: str) -> tuple[Rung, ...]:
        """Return the ladder of a version, which was found sound when it was kept. Raises `InputError`."""
        return self._head(reference).ladder

    def second_person(self, reference: str) -> tuple[Reversal, ...]:
        """Return what a second person undoes under a version. Raises `InputError`."""
        return self._head(reference).reversals.second_person

    def provisions(self, reference: str) -> tuple[str, ...]:
        """Return the ids of the provisions of a version. Raises `InputError`."""
        return tuple(one.id for one in self._head(reference).provision)

    def _head(self, reference: str) -> _Head:
        """Read what is needed of `policy.toml`. Raises `InputError`."""
        path = self._folder / reference / "policy.toml"
        try:
            return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Head)
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise InputError(f"{path} cannot be read: restore it from a backup ({error})") from error

    def load(self, reference: str) -> Policy:
        """Load a version. Raises `InputError` where it is not there, or was altered."""
        from tipstaff.screening.load import load_policy  # noqa: PLC0415

        path = self._folder / reference
        if not path.is_dir():
            raise InputError(f"{path} is missing: restore it from a backup")
        policy = load_policy(path)
        if policy.reference != reference:
            raise InputError(
                f"{path} is not what was stated, but {policy.reference}: restore it from a backup"
            )
        return policy
