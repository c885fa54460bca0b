"""The versions of policies that an installation has stated, each in a folder of its own, as it was then."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TypeAlias

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.base.files import replace_files, sync
from tipstaff.policy.model import Policy, Reversal, Rung

# What loads a policy is imported where that is done: every command opens a desk, and hardly any screens.


class _Head(msgspec.Struct, frozen=True):
    """What is read of `policy.toml` to show it."""

    ladder: tuple[Rung, ...] = ()


_Marks: TypeAlias = tuple[tuple[str, int, int, int, int], ...]
"""What tells whether files have changed: of each its name, inode, size, and when it was changed, twice."""


def _marks_of(folder: Path) -> _Marks:
    """Return the marks of the files in a folder, by name."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(
        (str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for path, stat in found
    )


class Versions:
    """Versions in a folder, named by NAME@VERSION+DIGEST. One that has not changed is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_before: dict[str, tuple[_Marks, Policy]] = {}
        self._loaded_before: dict[str, tuple[_Marks, Policy]] = {}

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
        """Return the ladder of a version. Raises `InputError` where it is not there, or was altered."""
        return self._stated(reference).ladder

    def shown_ladder(self, reference: str) -> tuple[Rung, ...]:
        """Return the ladder that stands in the copy of a version, for those who look. Raises `InputError`.

        It is read without the rest: whoever decides is told where the copy was altered.
        """
        path = self._folder / reference / "policy.toml"
        try:
            return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Head).ladder
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise InputError(f"{path} cannot be read: restore it from a backup ({error})") from error

    def shown(self, reference: str) -> Policy:
        """Return a version as its copy is, for those who look: nothing is run. Raises `InputError`."""
        return self._read(reference)

    def provisions(self, reference: str) -> tuple[str, ...]:
        """Return the ids of the provisions of a version. Raises `InputError` as `ladder` does."""
        return tuple(one.id for one in self._stated(reference).provisions)

    def second_person(self, reference: str) -> tuple[Reversal, ...]:
        """Return what a second person undoes under a version. Raises `InputError` where it is not there.

        An altered copy counts for nothing: then it is everything. So it is with a version of before the
        engines have changed, which has another digest now; appeals against what it bore must be judged.
        """
        policy = self._read(reference)
        return policy.second_person if policy.reference == reference else tuple(Reversal)

    def _stated(self, reference: str) -> Policy:
        """Read a version, which must be what was stated. Raises `InputError`."""
        return _checked(self._folder / reference, self._read(reference))

    def _read(self, reference: str) -> Policy:
        """Read a version as it is, without running its examples. Raises `InputError`."""
        from tipstaff.policy.faults import Faults  # noqa: PLC0415
        from tipstaff.policy.load import read_policy  # noqa: PLC0415

        path, faults = self._folder / reference, Faults()
        marks = _marks_of(path)
        if (before := self._read_before.get(reference)) and before[0] == marks:
            return before[1]
        policy = read_policy(path, faults, lambda _: None)
        if policy is None:
            raise InputError(f"{path} cannot be read: restore it from a backup ({faults.found[0]})")
        self._read_before[reference] = marks, policy
        return policy

    def load(self, reference: str) -> Policy:
        """Load a version. Raises `InputError` where it is not there, or was altered."""
        from tipstaff.screening.load import load_policy  # noqa: PLC0415

        path = self._folder / reference
        if not path.is_dir():
            raise InputError(f"{path} is missing: restore it from a backup")
        marks = _marks_of(path)
        if (before := self._loaded_before.get(reference)) and before[0] == marks:
            return before[1]
        policy = _checked(path, load_policy(path))
        self._loaded_before[reference] = marks, policy
        return policy


def _checked(path: Path, policy: Policy) -> Policy:
    """Return the policy of a folder, which is named by what was stated. Raises `InputError`."""
    if policy.reference != path.name:
        raise InputError(
            f"{path} is not what was stated, but {policy.reference}: restore it from a backup or, if "
            "Tipstaff is newer than it, put it in force anew (`tipstaff policy adopt`)"
        )
    return policy
