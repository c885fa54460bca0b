"""Public suffixes: under which names anybody registers, and which part of a host somebody registered."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tipstaff.policy.hostnames import suffix_rules


class Registrable(NamedTuple):
    """The part of a host that somebody registered, and by which section of the list."""

    domain: str
    section: str


class _Rules:
    """The rules of some sections: how many labels the public suffix of a host has.

    A rule is a name; `*.name` stands for every name directly under it, and for itself; `!name` excepts one.
    """

    def __init__(self, rules: list[str]) -> None:
        self._exact = frozenset(rule for rule in rules if rule[0] not in "*!")
        self._wild = frozenset(rule[2:] for rule in rules if rule[0] == "*")
        self._excepted = frozenset(rule[1:] for rule in rules if rule[0] == "!")
        self._most = max(rule.count(".") + 1 for rule in rules)

    def suffix_labels(self, labels: list[str]) -> int:
        """Return the number of labels of the longest suffix that a rule names, or 0."""
        for count in range(min(len(labels), self._most), 0, -1):
            name = ".".join(labels[-count:])
            if name in self._excepted:
                return count - 1
            if name in self._wild:
                return min(count + 1, len(labels))
            if name in self._exact:
                return count
        return 0


class _Lists(NamedTuple):
    every: _Rules
    icann: _Rules
    top_level: frozenset[str]


@cache
def _lists() -> _Lists:
    icann, private = suffix_rules()
    names = frozenset(rule.rpartition(".")[2] for rule in icann)
    return _Lists(_Rules([*icann, *private]), _Rules([*icann]), names)


def is_top_level(label: str) -> bool:
    """Tell whether `label`, lower-case and decoded, is a top-level domain of the ICANN section."""
    return label in _lists().top_level


def is_public_suffix(host: str) -> bool:
    """Tell whether `host` is itself a suffix of the ICANN section, under which anybody registers."""
    labels = host.split(".")
    return _lists().icann.suffix_labels(labels) == len(labels)


def registrable(host: str) -> Registrable | None:
    """Return the registrable domain of a normal host; nothing for a single label or a bare ICANN suffix.

    The section is `private` when a rule of the list's private section decided (`alice.github.io`), `icann`
    when one of the ICANN section did, and `unknown` when no rule knows the top level.
    """
    lists = _lists()
    labels = host.split(".")
    public = lists.icann.suffix_labels(labels)
    narrowest = lists.every.suffix_labels(labels)
    if 0 < narrowest < len(labels):
        return Registrable(".".join(labels[-narrowest - 1 :]), "icann" if narrowest == public else "private")
    if 0 < public < len(labels):
        return Registrable(".".join(labels[-public - 1 :]), "icann")
    if len(labels) < 2 or is_top_level(labels[-1]):  # noqa: PLR2004 - a name under a top level
        return None
    return Registrable(".".join(labels[-2:]), "unknown")
