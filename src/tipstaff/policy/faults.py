"""Everything wrong with a policy, gathered into one report."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tipstaff.base.errors import InputError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a policy: where it stands, what it is, and how to mend it.

    `line` counts from 1; 0 means the file as a whole.
    """

    file: str
    line: int
    message: str
    mend: str = ""

    def __str__(self) -> str:
        """`FILE:LINE: message (mend)`, as compilers write it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f"; {self.mend}" if self.mend else "")


class PolicyError(InputError):
    """A policy does not load. `faults` holds every fault found, in the order of files and lines."""

    def __init__(self, folder: Path, faults: Iterable[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        heading = f"policy {folder.name} has {count} fault{'s' if count != 1 else ''}:"
        super().__init__("\n".join([heading, *(f"  {fault}" for fault in self.faults)]))


@dataclass(slots=True)
class Faults:
    """A report being filled while a policy is read."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, message: str, mend: str = "") -> None:
        """Put one fault into the report."""
        self.found.append(Fault(file, line, message, mend))

    def __bool__(self) -> bool:
        """Whether anything is wrong so far."""
        return bool(self.found)


@dataclass(frozen=True, slots=True)
class Declared:
    """The names that a file declares, whether or not something is wrong with what they stand for.

    `whole`: there can be no other names in it. What is not declared for sure is no fault of who names it.
    """

    names: frozenset[str]
    whole: bool = True

    def lacks(self, name: str) -> bool:
        """Tell whether a name is certainly not declared."""
        return self.whole and name not in self.names


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a mend that names the nearest known word, or lists what there is."""
    names = sorted(known)
    return nearest(word, names) or (f"known: {', '.join(names)}" if names else "there are none")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a mend that names the nearest known word; empty if none is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""
